"""On which record an act was done, as its commit tells."""

from functools import cache

from records.bureau.foundations import KINDS
from records.store import receipt
from records.store.objects import parse_commit
from records.store.paths import foundation_place, item_path, kind_of, numbers_path, roundup_path
from records.store.store import Commit, StoreError
from schema.tables import rows


def done_on(commit: str, data: bytes) -> str:
    """Return where the record lies that an act was done on, by its commit's id and bytes; empty where it names none."""
    try:
        told = parse_commit(commit, data)
    except StoreError:
        return ""
    act = receipt.trailers(told.message).get("Duban-Act", "")
    return record_of(_targets().get(act, ""), told)


def record_of(kind: str, commit: Commit) -> str:
    """Return where the record lies that an act on such a target was done on, empty where its commit names none that there could be."""
    target = receipt.target_of(receipt.trailers(commit.message))
    try:
        if kind in KINDS:
            path = foundation_place(kind, target)
        elif kind == "item":
            path = item_path(target)
        elif kind == "roundup":
            path = roundup_path(target)
        else:
            path = numbers_path(target, commit.author.time.year)
    except ValueError:
        return ""
    return path if kind_of(path) else ""


@cache
def _targets() -> dict[str, str]:
    """What each act is done on, under whichever version of the rules."""
    return {row.name: row.target for row in rows()}
