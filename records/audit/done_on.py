"""On which record an act was done, as its commit tells."""

from functools import cache

from records.store import receipt
from records.store.objects import parse_commit
from records.store.paths import kind_of, numbers_path, record_place
from records.store.store import Commit, StoreError
from schema.tables import rows


def done_on(commit: str, data: bytes) -> str:
    """Return where the record lies that an act was done on, by its commit's id and bytes; empty where it names none."""
    try:
        told = parse_commit(commit, data)
    except StoreError:
        return ""
    trailers = receipt.trailers(told.message)
    kind = _targets().get(trailers.get("Duban-Act", ""))
    return record_of(kind, receipt.target_of(trailers), told) if kind else ""


def record_of(kind: str, target: str, commit: Commit) -> str:
    """Return where the record of a kind and an id lies on which a commit's act was done, empty where there can be none."""
    try:
        path = numbers_path(target, commit.author.time.year) if kind == "numbers" else record_place(kind, target)
    except ValueError:
        return ""
    return path if kind_of(path) else ""


@cache
def _targets() -> dict[str, str]:
    """What each act is done on, under whichever version of the rules."""
    return {row.name: row.target for row in rows()}
