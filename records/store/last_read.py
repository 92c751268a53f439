"""Records as they were read last, kept by the store and the blobs that they were read from; what a blob holds never changes.

What is said to have passed is kept by itself, as it is held against no schema: whoever acts is given none of it.

Every function raises Unreadable for a record that its schema does not allow, and StoreError where it cannot be read.
"""

from contextlib import suppress
from functools import lru_cache
from typing import TypeVar, cast

from records.bureau.calendar import Calendar, CalendarYear
from records.bureau.policy import Policy, PolicyDraft
from records.bureau.roster import Bureau, Leaders, Roster, Unit
from records.bureau.scoring import Scoring, ScoringDraft
from records.matter.checkpoint import Checkpoint
from records.matter.digests import Digests
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.roundup import Roundup
from records.store.paths import kind_of
from records.store.record_files import Unreadable, parse
from records.store.store import Store

_T = TypeVar("_T")


def _cached(store: Store, blob: str, kind: type[_T], path: str, *, passed: bool) -> _T:
    return cast(_T, _parsed(store.blob(blob), kind, path, passed))  # type: ignore[arg-type]  # a class is hashable


@lru_cache(256)
def _parsed(data: bytes, kind: type[object], path: str, passed: bool) -> object:
    """What a record says goes by its bytes alone: a process that opens one register after another parses none of it twice."""
    return parse(data, kind, path, passed=passed)


@lru_cache(256)
def roundup(store: Store, blob: str, path: str, passed: bool) -> Roundup:
    """Return a roundup."""
    return _cached(store, blob, Roundup, path, passed=passed)


@lru_cache(64)
def checkpoint(store: Store, blob: str, path: str, passed: bool) -> Checkpoint:
    """Return a checkpoint."""
    return _cached(store, blob, Checkpoint, path, passed=passed)


@lru_cache(4)
def digests(store: Store) -> dict[str, Digests]:
    """Return what hashes files and folders are known to have, by the ids of blobs and trees; to be added to."""
    return {}


@lru_cache(256)
def series(store: Store, blob: str, path: str) -> NumberSeries:
    """Return a series of numbers."""
    return _cached(store, blob, NumberSeries, path, passed=False)


@lru_cache(512)
def item(store: Store, blob: str, path: str, passed: bool) -> Item:
    """Return an item."""
    return _cached(store, blob, Item, path, passed=passed)


@lru_cache(8)
def roster(store: Store, itself: str, leaders: str, units: tuple[tuple[str, str], ...], passed: bool) -> Roster:
    """Return everybody; a unit whose file is broken is left out, and so is a file that is none of a unit's."""
    found: dict[str, Unit] = {}
    for path, blob in ((f"units/{name}", blob) for name, blob in units):
        with suppress(Unreadable):
            if kind_of(path) == "unit":
                unit = _cached(store, blob, Unit, path, passed=passed)
                found[unit.id] = unit
    return Roster(bureau(store, itself, passed), found, _cached(store, leaders, Leaders, "leaders.yaml", passed=passed))


@lru_cache(8)
def bureau(store: Store, blob: str, passed: bool) -> Bureau:
    """Return what a bureau says of itself."""
    return _cached(store, blob, Bureau, "bureau.yaml", passed=passed)


@lru_cache(8)
def calendar(store: Store, years: tuple[tuple[str, str], ...], passed: bool) -> Calendar:
    """Return the calendars of some years; a file that is none of a year's is left out."""
    paths = ((f"calendar/{name}", blob) for name, blob in years)
    found = [_cached(store, blob, CalendarYear, path, passed=passed) for path, blob in paths if kind_of(path) == "calendar"]
    return Calendar({year.year: year for year in found})


@lru_cache(32)
def policy(store: Store, blob: str, passed: bool) -> Policy:
    """Return a policy."""
    return _cached(store, blob, Policy, "policy.yaml", passed=passed)


@lru_cache(8)
def policy_draft(store: Store, blob: str, passed: bool) -> PolicyDraft:
    """Return a version of the policy that was drawn up."""
    return _cached(store, blob, PolicyDraft, "policy_draft.yaml", passed=passed)


@lru_cache(8)
def scoring(store: Store, blob: str, passed: bool) -> Scoring:
    """Return a scoring."""
    return _cached(store, blob, Scoring, "scoring.yaml", passed=passed)


@lru_cache(8)
def scoring_draft(store: Store, blob: str, passed: bool) -> ScoringDraft:
    """Return a version of the scoring that was drawn up."""
    return _cached(store, blob, ScoringDraft, "scoring_draft.yaml", passed=passed)
