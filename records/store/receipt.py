"""The commit of an act as its receipt: what a reviewer reads in plain ``git log``, and the trailers that programs read.

The trailers are the last paragraph, as ``git interpret-trailers`` wants them; whatever a person typed stands before it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from records.bureau.roster import SERVICE, SYSTEM, Bureau, Roster
from records.procedure.case import PaperEntry
from records.store.paths import foundation_path, item_path, numbers_path, roundup_path
from records.store.record_files import emit
from records.store.store import Commit, Ident
from schema.text import show
from schema.versions import RULES

if TYPE_CHECKING:
    from records.acts import Outcome

_TARGETS = {"item": "Duban-Item", "numbers": "Duban-Series", "roundup": "Duban-Roundup"}
_TRAILER = re.compile(r"(Duban-[A-Za-z-]+): (.*)")


def message(outcome: "Outcome", roster: Roster, policy_id: str) -> str:
    """Return the commit message of an act: subject, the actor's words, trailers."""
    spec, actor = outcome.spec, outcome.actor
    subject = show(f"{spec.label} {outcome.target} {outcome.about}".strip())
    behalf = actor.person if outcome.paper else actor.on_behalf_of
    trailers = {
        "Duban-Act": spec.name,
        _TARGETS.get(spec.target, "Duban-Record"): outcome.target,
        "Duban-Unit": actor.unit,
        "Duban-Role": actor.role,
        "Duban-Clause": spec.clause,
        "Duban-Rules": str(outcome.rules),
        "Duban-Policy": policy_id,
        "Duban-Number": outcome.number,
        "Duban-Basis": outcome.basis,
        "Duban-Paper": outcome.paper.scan if outcome.paper else "",
        "Duban-On-Behalf-Of": behalf and f"{roster.name(behalf)} <{address(behalf, roster.bureau)}>",
    }
    lines = "\n".join(f"{key}: {show(value)}" for key, value in trailers.items() if value)
    return "\n\n".join(part for part in (subject, show(outcome.words, lines=True).strip("\n"), lines) if part) + "\n"


def first_message(bureau: Bureau, rules: int = RULES) -> str:
    """Return the commit message of a register's first commit."""
    return f"建立{bureau.name}督办登记簿\n\nDuban-Act: init\nDuban-Rules: {rules}\n"


def rules_of(told: Mapping[str, str]) -> int:
    """Return the version of the rules that a commit tells by its trailers; the first where it tells none, 0 where it is no number."""
    rules = told.get("Duban-Rules", "1")
    return int(rules) if rules.isascii() and rules.isdigit() and len(rules) < 4 else 0


def trailers(text: str) -> Mapping[str, str]:
    """Return the trailers of a commit message, empty when its last paragraph holds anything else."""
    last = text.strip("\n").split("\n\n")[-1].split("\n")
    found = [_TRAILER.fullmatch(line) for line in last]
    return {match[1]: match[2] for match in found if match} if all(found) else {}


def target_of(told: Mapping[str, str]) -> str:
    """Return the id of what an act was done on, by its trailers; empty where they name nothing."""
    return next((told[key] for key in (*_TARGETS.values(), "Duban-Record") if key in told), "")


def on_paper(commit: Commit) -> tuple[str, PaperEntry] | None:
    """Return who signed on paper what a commit records, and the entry of it; None for an act done in the system."""
    told = trailers(commit.message)
    if "Duban-Paper" not in told:
        return None
    signer = told.get("Duban-On-Behalf-Of", "").rpartition("<")[2].rstrip(">")
    return person_of(signer), PaperEntry(person_of(commit.author.email), told["Duban-Paper"])


def author(person: str, roster: Roster, at: datetime) -> Ident:
    """Return a person as author of a commit: ``name <id@bureau>``."""
    return service(roster.bureau, at) if person == SYSTEM else Ident(roster.name(person), address(person, roster.bureau), at)


def service(bureau: Bureau, at: datetime) -> Ident:
    """Return the service that writes for the persons, as committer."""
    return Ident(SERVICE, f"duban@{bureau.id}", at)


def address(person: str, bureau: Bureau) -> str:
    """Return a person's address in commits; an identity, not a mailbox."""
    return f"{person}@{bureau.id}"


def person_of(email: str) -> str:
    """Return the person's id in an address made by ``address``."""
    person = email.rpartition("@")[0]
    return SYSTEM if person == "duban" else person


def contents(outcome: "Outcome", written: Callable[[str, object], bytes] = lambda path, record: emit(record)) -> dict[str, bytes]:
    """Return the files that an act leaves behind: the item, the series of numbers it touched, people, rules and days.

    Args:
        outcome: of the act.
        written: gives the YAML text of the record that lies at a path.
    """
    records: list[tuple[str, object]] = [(numbers_path(series.series, series.year), series) for series in outcome.numbers]
    records += [(item_path(item.id), item) for item in (outcome.item, *outcome.items) if item is not None]
    if outcome.roundup is not None:
        records.append((roundup_path(outcome.roundup.id), outcome.roundup))
    records += [(foundation_path(each), each) for each in outcome.foundations]
    return {path: written(path, record) for path, record in records}
