"""What the index keeps of a record: the excerpt that stands in lists."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from records.index import search
from records.matter.attachments import attachments
from records.matter.history import Step
from records.matter.item import Item
from records.matter.papers import carried_key, folded, meeting_key, paper_of
from records.procedure.turn import ToAsk, Turn
from records.rules.clocks import CLOSED, Running, clock_due, running
from records.rules.statistics import Facts
from records.store.paths import item_path
from records.store.receipt import person_of, trailers
from records.store.store import Commit
from schema.text import show


@dataclass(frozen=True)
class Excerpt:
    """All that a list, an inbox or a light needs of an item. Days are ``2026-09-07``, times ISO 8601 with offset, people and units ids.

    Attributes:
        received: the day the paper came.
        dispatched: time, of one carried in the day.
        due: the day set for completion; ``clock_due`` is the day by which the lead reports now, None while that clock does not run.
        running: its clocks, as far as the record tells; the policy and the calendar say to which day they run.
        updated: time of the last commit that touched it.
        round: number of the report's round in hand, 0 before the first draft.
        returned: how often its report was sent back; a round may also begin because the matter was taken up again.
        policy: blob of the policy that its dispatch pinned.
        secrecy: degree, ``none`` for an ordinary matter.
        need_to_know: those who may see it beside its units; empty when nothing narrows it.
        carried_in: by what it is told in the ledger that it was carried in from (``papers.carried_key``), None for any other.
        attachments: how it names the papers that are kept beside the register.
        over: when it came to its end (`Item.over_at`), None while it is open.
        urged: by what means it was urged last, and when; None while it never was.
        urges: how often it was urged, reminders apart.
        external_due: the day that whoever it came from set.
        unreadable: the record at head does not pass; this is what stood in its last good version.
    """

    id: str
    title: str
    category: int
    state: str
    urgency: str
    importance: str
    lead: str | None
    assisting: tuple[str, ...]
    portfolio_leader: str | None
    received: str
    dispatched: str | None
    due: str | None
    clock_due: str | None
    updated: str
    round: int
    policy: str | None
    secrecy: str
    need_to_know: tuple[str, ...] = ()
    unreadable: bool = False
    running: tuple[Running, ...] = ()
    carried_in: str | None = None
    attachments: tuple[str, ...] = ()
    over: str | None = None
    urged: tuple[str, str] | None = None
    urges: int = 0
    external_due: str | None = None
    returned: int = 0


read_excerpt = msgspec.json.Decoder(Excerpt).decode
"""Reads an excerpt as it lies in the index, as text or as its bytes."""


class IndexRow(NamedTuple):
    """What is kept of one record.

    ``facts`` is None for what no figure counts; ``asked``, what is to be asked, the record and when it was moved, where ``turns`` says all
    that is owed.
    """

    n: int
    open: bool
    state: str
    source: str
    merged: str | None
    excerpt: str
    ended: str | None
    facts: str | None
    units: tuple[str, ...]
    text: str
    turns: tuple[Turn, ...]
    asked: tuple[ToAsk, bytes, str] | None


def numbers_of(items: Iterable[str]) -> str:
    """Return the numbers of items as a list that SQLite reads, without those that are none of an item."""
    return to_json([n for item in items if (n := item_number(item)) is not None])


def item_number(item: str) -> int | None:
    """Return the row number of an item id, which rises with year and serial number; None for what is no id."""
    with suppress(ValueError):
        if item.isascii() and item_path(item):
            return (int(item[3:7]) * 10**6 + int(item[8:])) * 4 + len(item) - 12
    return None


def numbered(number: int) -> str:
    """Return the id of the item that has a row number."""
    told, length = divmod(number, 4)
    year, place = divmod(told, 10**6)
    return f"DB-{year:04}-{place:0{length + 4}}"


def meeting_pattern(words: str) -> str:
    """Return what the key of a paper is LIKE, if it is a meeting's in whose name these words stand."""
    kind, _, _ = meeting_key("", "").split("\n")
    told = re.sub(r"([%_\\])", r"\\\1", folded(words))
    return "\n".join((kind, f"%{told}%", "%"))


def item_id(path: str) -> str:
    """Return the id of the item that lies at a path."""
    return path.rpartition("/")[2].removesuffix(".yaml")


def item_at(path: str) -> int | None:
    """Return the row number of the item whose one place a path is, None for any other: a file in a wrong place speaks for no item."""
    item = item_id(path)
    number = item_number(item)
    return number if number is not None and item_path(item) == path else None


def step_of(commit: Commit, item: str | None) -> Step:
    """Return what is kept of a commit; ``item`` is the one item that it touched, if it is one."""
    said = trailers(commit.message)
    subject, _, rest = commit.message.partition("\n")
    words = rest.rpartition("\n\n")[0] if said else rest
    return Step(
        commit=commit.id,
        item=item,
        act=said.get("Duban-Act", ""),
        person=show(person_of(commit.author.email)),
        time=commit.author.time.isoformat(),
        subject=show(subject),
        words=show(words.strip("\n"), lines=True),
        unit=said.get("Duban-Unit", ""),
        on_behalf_of=said.get("Duban-On-Behalf-Of", ""),
        number=said.get("Duban-Number", ""),
    )


def row_of(item: Item, owed: tuple[Turn, ...], asked: ToAsk | None, facts: Facts | None, scans: bool = True) -> IndexRow:
    """Return what is kept of a record.

    Args:
        item: the record.
        owed: what is owed on it, as ``duties.turns`` tells.
        asked: what is to be asked besides, None for nothing.
        facts: what the figures need of it, None where they cannot be told.
        scans: whether it may name papers; else none are looked for.
    """
    n = item_number(item.id)
    assert n is not None
    excerpt = Excerpt(
        id=item.id,
        title=item.title,
        category=item.category,
        state=item.state,
        urgency=item.urgency,
        importance=item.importance,
        lead=item.lead,
        assisting=tuple(part.unit for part in item.assisting),
        portfolio_leader=item.portfolio_leader,
        received=item.source.received,
        dispatched=item.dispatched.at if item.dispatched else item.dispatched_on,
        due=item.due,
        clock_due=clock_due(item),
        updated=item.moved_at,  # until the history has come that far
        round=item.report.round.round if item.report else 0,
        policy=item.policy,
        secrecy=item.secrecy.level,
        need_to_know=item.need_to_know,
        running=running(item),
        carried_in=carried_key(item),
        attachments=tuple(str(found) for _, _, found in attachments(item)) if scans else (),
        over=item.over_at if item.state in CLOSED else None,
        urged=(item.urges[-1].means, item.urges[-1].at) if item.urges else None,
        urges=sum(1 for _ in item.urged()),
        external_due=item.external_due,
        returned=sum(each.returned is not None for each in item.report.rounds) if item.report else 0,
    )
    paper = paper_of(item)
    taking_part = tuple(dict.fromkeys(part.unit for part in item.units))
    told, ended = (to_json(facts), facts.ended) if facts else (None, None)
    text = search.searchable(item)
    kept = (paper.open, item.state, paper.key, paper.into, to_json(excerpt), ended, told, taking_part, text)
    return IndexRow(n, *kept, owed, None if asked is None else (asked, msgspec.json.encode(item), item.moved_at))


def to_json(value: object) -> str:
    """Return a value as the text in which the file holds it."""
    return msgspec.json.encode(value).decode()
