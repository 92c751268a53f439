"""What stands in a register: read, never changed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from records.index.index import Index
from records.index.rows import Excerpt
from records.matter.item import Item
from records.matter.report import Report
from records.register.acting import last_commit
from records.rules.clocks import clock
from records.store.ancestry import begun
from records.store.opening import opened
from records.store.paths import item_path
from records.store.record_files import Unreadable
from records.store.record_history import RecordHistory, cut_out
from records.store.store import Commit, Followed, Store, StoreError
from records.store.view import View
from schema.problem import Problem

if TYPE_CHECKING:
    from records.audit.replay import Replay


class Reader:
    """What stands in one bureau's register on disk, and in its history.

    Args:
        home: its folder.
        who: says who acts, for those who wait for him at the lock.
        rechecks: whether what is looked at is held against its schema though the index found it sound: whoever lives on does that once for
            all, and reads nothing twice where he acts; for one command it is a tenth of the time.

    Raises:
        StoreError: there is no register, or it cannot be read.
    """

    def __init__(self, home: Path, who: Callable[[], str] = lambda: "", *, rechecks: bool = True) -> None:
        self.home, self._rechecks = home, rechecks
        self._kept = opened(home, who)
        self._store: Store = self._kept
        if self._store.head() is None:
            raise StoreError(f"{home} 里没有登记簿。请用 duban init 或 duban demo 建立，或用 --register 指明位置。")

    def head(self) -> str | None:
        """Return the newest commit; cheap enough for polling."""
        return self._store.head()

    @cached_property
    def first(self) -> str:
        """The commit with which the register began: what it is, and whose, was settled there and is never changed."""
        return begun(self._store, self._store.head() or "")

    def begins_with(self, commit: str) -> bool:
        """Say whether a commit is one with which a history here begins; costs the reading of one object."""
        with suppress(StoreError):
            return self.describe(commit).parent is None
        return False

    @cached_property
    def demo(self) -> bool:
        """Whether this is a register to try things in, where anybody may be anyone. One that is in use never becomes one: what was said
        with its first commit counts, and what is said now only besides. The index says which that is where it knows, for the way back is as
        long as the history. Where nobody says that it is a demo now, nothing that an index says makes it one.
        """
        now = self.view()
        if not now.bureau.demo:
            return False
        told = self.index.first() if (self.home / "index.sqlite").is_file() else None
        then = self.view(told if told and self.begins_with(told) else self.first)
        return then.bureau_id == now.bureau_id or then.bureau.demo

    def describe(self, commit: str) -> Commit:
        """Return who made a commit, when, on top of which and with what message."""
        return self._store.describe(commit)

    def commits(self, since: str | None = None, until: str | None = None) -> Iterator[Commit]:
        """Yield the commits after ``since`` (None: from the first) up to ``until`` (None: the newest), oldest first.

        Raises:
            StoreError: ``since`` is no ancestor of ``until``.
        """
        return self._store.commits(since, until or self._store.head() or "")

    def changed(self, old: str | None, new: str) -> frozenset[str]:
        """Return the paths of the files that differ between two commits."""
        return frozenset(change.path for change in self._store.changes(old, new))

    def written(self, path: str, commit: str) -> bytes | None:
        """Return a record as it is written at a commit, None where there is none."""
        return self._store.read(path, commit)

    def problems(self, day: date) -> tuple[Problem, ...]:
        """Return what is wrong with the records at the newest commit: each by itself, by file and line, and the roster as a whole.

        Args:
            day: from when on somebody must hold each office.
        """
        from records.store.roster_files import committed_roster_problems

        return (*self.index.problems(), *committed_roster_problems(self._store, self._store.head() or "", day))

    def replay(self) -> "Replay":
        """Return the walk that runs the whole history again."""
        from records.audit.replay import Replay

        return Replay(self._store)

    @property
    def watched(self) -> Path:
        """A folder in which something changes whenever the register moves on, for whoever wants to be told by the system."""
        return self._store.watched

    def follow(self) -> Followed | None:
        """Go on to where the register's upstream stands; None where it has none.

        Raises:
            UnreachedError: it cannot be asked.
            StoreError: its history does not go on from this one, which stays as it is.
        """
        return self._kept.follow()

    @cached_property
    def index(self) -> Index:
        """The index; call its ``catch_up`` before reading what others may have written."""
        return self.index_at(self.home / "index.sqlite")

    @property
    def alarm(self) -> str:
        """What whoever read the index must be told, in a line; empty where nobody did, or nothing is amiss."""
        return self.index.alarm if "index" in vars(self) else ""

    def close(self) -> None:
        """Let go of the index's file; nothing else is held open."""
        if "index" in vars(self):
            self.index.close()

    def index_at(self, path: Path) -> Index:
        """Return an index of this register that is kept in another file, to be made anew from the commits."""
        return Index(path, self._store)

    def view(self, commit: str | None = None) -> View:
        """Return the register at a commit, by default the newest."""
        at = commit or self._store.head() or ""
        return View(self._store, at, lambda: not self._rechecks and (self.home / "index.sqlite").is_file() and self.index.passed(at))

    def commit_at(self, at: datetime) -> str | None:
        """Return the last commit made at or before a time, None when there was none yet."""
        commit = self._store.head()
        while commit is not None:
            found = self._store.describe(commit)
            if found.author.time <= at:
                return commit
            commit = found.parent
        return None

    def record_history(self, item: str, commit: str) -> RecordHistory:
        """Return the history of one item's record by itself, up to a commit.

        Raises:
            StoreError: it changed meanwhile, or cannot be read.
        """
        self.index.have((item,))
        return cut_out(self._store, item_path(item), [step.commit for step in self.index.history(item)], commit)

    def rounds(self, item: str) -> Mapping[int, tuple[str, Report]]:
        """Return the report as it stood at the end of each round, with the commit it stands in; history is where they are kept."""
        self.index.have((item,))
        found: dict[int, tuple[str, Report]] = {}
        for step in reversed(self.index.history(item)):
            if step.act in ("draft_report", "submit"):
                report = self._report(item, step.commit)
                if report and report.round.round not in found:
                    found[report.round.round] = (step.commit, report)
        return dict(sorted(found.items()))

    def _report(self, item: str, commit: str) -> Report | None:
        found = self.view(commit).item(item)
        return found.report if found else None

    def last_commit(self, item: str) -> str | None:
        """Return the last commit that a person made on an item, None where there is none; what the system did since counts for nothing."""
        self.index.have((item,))
        return last_commit(self.index, item)

    def come_due(self, view: View, day: date) -> Iterator[Item]:
        """The open items of which a clock has come to a step of the policy on a day; of the others no record is read."""
        from records.register.clock import has_come_due

        def due(each: Excerpt) -> bool:
            policy = view.policy_at(each.policy)
            return has_come_due((clock(one, policy, view.calendar) for one in each.running), policy, view.calendar, day)

        return self._open(view, due)

    def open_items(self, view: View) -> Iterator[Item]:
        """The open items that can be read; a broken one is listed elsewhere and stops nobody."""
        return self._open(view, lambda each: True)

    def _open(self, view: View, wanted: Callable[[Excerpt], bool]) -> Iterator[Item]:
        for each in filter(wanted, self.index.open_items()):
            with suppress(Unreadable):
                if (item := view.item(each.id)) is not None:
                    yield item
