"""What a person typed into a form and has not handed in, as it lies on disk."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from desk.daily import OUT_OF_SIGHT
from desk.desk import CaseFile, Desk
from desk.terms import Line, moment
from records.bureau.calendar import Calendar
from records.bureau.roster import Person
from records.matter.prose import content_hash
from tui.terminal.drafts import Drafts

if TYPE_CHECKING:  # whoever only asks what lies there opens no form
    from desk.asked import Asked
    from desk.forms import Field


@dataclass(frozen=True)
class Kept:
    """What a person typed into a form and has not handed in.

    Attributes:
        at: when it was kept.
        base: the commit at which the record stood before him.
        filled: names what the form was filled with then.
        words: what stands in the fields.
        aside: what he gave up for the words of others, field by field, the last last.
        before: when and at which commit the statement was put before him that he signs himself, as desk.signing keeps it.
    """

    at: str
    base: str
    filled: str
    words: Mapping[str, str]
    aside: Sequence[Mapping[str, str]]
    before: str = ""

    @property
    def text(self) -> str:
        """As it lies on disk."""
        return json.dumps(vars(self), ensure_ascii=False)


def kept(text: str | None) -> Kept | None:
    """Return what lies on disk, None for what is none of it."""
    with suppress(ValueError):
        match json.loads(text or "null"):
            case {"at": str(at), "base": str(base), "words": dict(words), **rest} if datetime.fromisoformat(at):
                aside = rest.get("aside")
                return Kept(
                    at, base, str(rest.get("filled", "")), words, aside if isinstance(aside, list) else (), str(rest.get("before", ""))
                )
    return None


def brought_back(found: Kept, fields: "Iterable[Field]", calendar: Calendar, today: date) -> dict[str, str]:
    """Return the words of a draft by field; on another day than it was kept, with the days in them as they were meant then."""
    from desk.forms import as_meant

    day, there = datetime.fromisoformat(found.at).date(), {each: found.words[each.name] for each in fields if each.name in found.words}
    return {each.name: words if day == today else as_meant(each, words, day, calendar) for each, words in there.items()}


def done_since(found: Kept, form: "Asked", person: Person | None) -> str:
    """Return, to be said, that the person has done on the matter what this is a draft of; empty where he has not.

    A session may end between an act and the end of its draft, and many an act is done as well a second time.
    """
    steps = form.on.history if isinstance(form.on, CaseFile) and person else ()
    acts = (form.spec.name, form.bare)
    done = max(
        (step.time for step in steps if step.act in acts and person and step.person == person.id and step.time >= found.at), default=""
    )
    return f"您 {moment(done)[5:]} 已经办过“{form.spec.label}”，不要重复办理。" if done else ""


def goes_on(desk: Desk, drafts: Drafts, act: str, item: str, case: CaseFile | None) -> bool:
    """Say whether a person can go on with an act on a matter: it is open to him, or he began to enter that it was signed on paper."""
    from desk.paper_entry import entered, paper_fields

    if case is None:
        return False
    if act in {each.spec.name for each in case.open_acts}:
        return True
    found = kept(drafts.load(f"{act} {item}"))
    return found is not None and entered(found.words) is not None and bool(paper_fields(desk, act, item, case))


def kept_on_matters(drafts: Drafts) -> dict[tuple[str, str], str]:
    """Return when the person last wrote what he has not handed in, by act and matter; nothing where it cannot be read."""
    found: dict[tuple[str, str], str] = {}
    with suppress(OSError):
        for key, text in drafts.all().items():
            act, _, item = key.partition(" ")
            if item.startswith("DB-") and (words := kept(text)):
                found[act, item] = words.at
    return found


def fingerprint(words: Mapping[str, str]) -> str:
    """Return what names exactly these words."""
    return content_hash(*words.values())


def left_behind(desk: Desk, drafts: Drafts, act: str, item: str) -> tuple[tuple[Line, ...], dict[str, str]] | None:
    """Return what a person wrote for an act that he cannot do on a matter: in facts, with the reason, and by field; None for nothing."""
    if (found := kept(drafts.load(f"{act} {item}"))) is None or not desk.may_reread(item):
        return None
    case = desk.open(item)
    fields = {field.name: field for field in desk.form(act, case.item if case else None)}
    whole = case is None or case.item.classified is None  # else what no form of it asks for stays on paper
    names = [name for name, said in found.words.items() if said.strip() and (whole or name in fields)]
    words = {name: fields[name].spoken(found.words[name]) if name in fields else found.words[name] for name in names}
    refused = next((each.refusal for each in case.prospects if each.spec.name == act), None) if case else None
    why = ("不能办", str(refused) if refused else f"本件{OUT_OF_SIGHT}。")
    written = ((fields[name].label if name in fields else "另有", said) for name, said in words.items())
    return (("写于", moment(found.at)), why, *written), words
