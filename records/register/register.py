"""The register: a folder with the bare repository, its index, the drafts and the published documents; every act goes through here.

<home>/register.git   the records and their history; the only thing that counts
<home>/index.sqlite   a cache of it, deletable
<home>/attachments    papers that the records name by their hash
<home>/published      documents made from it, rebuildable
<home>/drafts         what people are typing, nobody else's business
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from records.acts import Outcome, PaperEntry, Refusal, read_only, too_new
from records.audit.replay import Replay
from records.bureau.roster import SYSTEM, Bureau, Leaders, Unit
from records.index.index import Index
from records.index.rows import Excerpt
from records.matter.item import Item
from records.matter.papers import Papers
from records.matter.report import Report
from records.register.acting import NEW, Acting, Request, last_commit
from records.register.again import until_it_lands
from records.register.attachments import Attachments
from records.register.clock import Due, due_acts, has_come_due
from records.register.scans import Scan
from records.rules.clocks import CLOSED, clock
from records.signatures.statement import Statement
from records.store import receipt
from records.store.opening import opened
from records.store.paths import item_path
from records.store.record_files import Unreadable, emit
from records.store.record_history import RecordHistory, cut_out
from records.store.repository import Repository
from records.store.roster_files import committed_roster_problems
from records.store.store import Commit, Followed, Store, StoreError, Transaction
from records.store.view import View, begun
from schema.problem import Problem
from schema.tables import default_calendars, default_text

__all__ = ["NEW", "Receipt", "Register", "is_open", "link_for_git"]

_LOOKING_UP = ("register", "carry_in_item", "amend", "draft_roundup")
"""The acts that look things up in the index."""


@dataclass(frozen=True)
class Receipt:
    """An act that is on record: its commit and what it did."""

    commit: str
    outcome: Outcome


class Register:
    """One bureau's register on disk.

    Args:
        home: its folder.
        still: asked before each act, under the lock: raises StoreError where whoever acts may not any more.
        who: says who acts, for those who wait for him at the lock.

    Attributes:
        signer: says by person, fingerprint and time why a key is not his own, empty where it is; None where nobody knows whose keys are
            whose, and then nothing is signed by anybody himself but in a demo.

    Raises:
        StoreError: there is no register, or it cannot be read.
    """

    def __init__(self, home: Path, *, still: Callable[[], None] = lambda: None, who: Callable[[], str] = lambda: "") -> None:
        self.home, self.still = home, still
        self.signer: Callable[[str, str, datetime], str] | None = None
        self._kept = opened(home, who)
        self._store: Store = self._kept
        self._acting = Acting(self._store, lambda: self.index, lambda: self.signer, lambda: self.demo)
        if self._store.head() is None:
            raise StoreError(f"{home} 里没有登记簿。请用 duban init 或 duban demo 建立，或用 --register 指明位置。")

    @classmethod
    def create(cls, home: Path, bureau: Bureau, leaders: Leaders, units: tuple[Unit, ...], at: datetime) -> "Register":
        """Set up a new register with its people, the default policy and the calendars that ship with the program.

        Raises:
            StoreError: the folder holds a register already or cannot be written.
        """
        lay_out(home)
        store = opened(home)
        files = {"bureau.yaml": emit(bureau), "leaders.yaml": emit(leaders), "policy.yaml": default_text("policy.yaml")}
        files |= {f"units/{unit.id}.yaml": emit(unit) for unit in units}
        files |= {name: default_text(name) for name in default_calendars()}
        who = receipt.service(bureau, at)
        with store.writing() as transaction:
            transaction.commit(files, author=who, committer=who, message=receipt.first_message(bureau))
        return cls(home)

    @staticmethod
    def founded(home: Path) -> bool:
        """Say whether a folder that holds a repository holds a register in it."""
        return Repository(home / "register.git").head() is not None

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
        with its first commit counts, and what is said now only besides.
        """
        return self.view().roster.bureau.demo and self.view(self.first).roster.bureau.demo

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
        return (*self.index.problems(), *committed_roster_problems(self._store, self._store.head() or "", day))

    def replay(self) -> Replay:
        """Return the walk that runs the whole history again."""
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

    @property
    def published(self) -> Path:
        """Where the documents are published."""
        return self.home / "published"

    @property
    def drafts(self) -> Path:
        """Where unsent texts are kept."""
        return self.home / "drafts"

    def view(self, commit: str | None = None) -> View:
        """Return the register at a commit, by default the newest."""
        return View(self._store, commit or self._store.head() or "")

    def read_only(self, day: date) -> Refusal | None:
        """Return why nothing can be done in the register as it stands, None where it can; on a day, for whom to ask.

        Raises:
            Unreadable: the roster, the policy or a calendar is broken.
        """
        if self._kept.read_only:
            return Refusal("", self._kept.read_only)
        view = self.view()
        return too_new(view.rules) or read_only(view.world(), day)

    @until_it_lands
    def act(
        self,
        name: str,
        target: str,
        person: str,
        inputs: Mapping[str, object],
        at: datetime,
        *,
        paper: PaperEntry | None = None,
        base: str | None = None,
        scans: Iterable[Scan] = (),
    ) -> Receipt | Refusal:
        """Carry out an act and put it on record, or refuse it and change nothing.

        What it comes to counts as it is seen under the lock; an act that was lawful on the screen and no longer is, because somebody else
        was quicker, is refused with the reason.

        Args:
            name: the act.
            target: the item's id, ``new`` for a registration under the next id, a number series, or the month of a roundup.
            person: id of who acts.
            inputs: what he supplies.
            at: when, in the bureau's zone, whole seconds.
            paper: for a signature given on paper: who enters it and the hash of the scan.
            base: the commit at which the record was put before the person: what came since is not done away with unseen. None where he is
                taken to have seen it as it stands.
            scans: the papers that the inputs name; they are kept once the act is known to be lawful, before any record names them.

        Raises:
            StoreError: the disk or the repository failed; nothing was recorded unless the message says so.
        """
        if name in _LOOKING_UP:  # what it takes to bring the index there holds up nobody
            self.index.catch_up()
        wanted = Request(name, target, person, inputs, at, paper, base)
        ahead = self._acting.ahead(wanted)
        with self._store.writing() as transaction:
            self.still()
            entry = self._acting.under_lock(transaction, wanted, ahead)
            if isinstance(entry, Refusal):
                return entry
            self._keep(scans)
            commit = entry.recorded(transaction)
        return Receipt(commit, entry.outcome)

    @until_it_lands
    def act_each(
        self,
        steps: Sequence[tuple[str, str, Mapping[str, object]]],
        person: str,
        at: datetime,
        *,
        keep: bool = True,
        whole: bool = False,
        scans: Iterable[Scan] = (),
    ) -> tuple[Receipt | Refusal, ...]:
        """Carry out acts of which each stands for itself, and land what is lawful together: one commit an act, the branch moved once.

        An act stands on those before it as if they had been on record already. A process that dies leaves all of them or none.

        Args:
            steps: name, target and inputs of each; nobody else can act until all are through, so a few hundred at a time.
            person: id of who acts.
            at: when, in the bureau's zone, whole seconds.
            keep: whether to put it on record; else it is only seen what it would come to.
            whole: whether nothing lands where one is refused.
            scans: as for ``act``.

        Returns:
            For each its receipt, or why it was refused.

        Raises:
            StoreError: as ``act``; nothing was recorded unless the message says so.
        """
        self.index.catch_up()
        found: tuple[Receipt | Refusal, ...] = ()
        with suppress(_RehearsedError), self._store.batch() as transaction:
            found = tuple(self._one_upon_another(transaction, steps, person, at))
            if not keep or (whole and any(isinstance(each, Refusal) for each in found)):
                raise _RehearsedError
            self._keep(scans)
        return found

    @until_it_lands
    def act_together(
        self, steps: Sequence[tuple[str, str, Mapping[str, object]]], person: str, at: datetime
    ) -> tuple[Receipt, ...] | Refusal:
        """Carry out acts that belong together: each a commit, each on what those before it left, all on record at once or none of them.

        Args:
            steps: name, target and inputs of each; on people, units, rules and days.
            person: id of who acts.
            at: when, in the bureau's zone, whole seconds.

        Raises:
            StoreError: as ``act``; nothing was recorded unless the message says so.
        """
        done: list[Receipt] = []
        refusal: Refusal | None = None
        with suppress(_RehearsedError), self._store.batch() as transaction:
            for each in self._one_upon_another(transaction, steps, person, at):
                if isinstance(each, Refusal):
                    refusal = each
                    raise _RehearsedError
                done.append(each)
        return refusal or tuple(done)

    def _one_upon_another(
        self, transaction: Transaction, steps: Iterable[tuple[str, str, Mapping[str, object]]], person: str, at: datetime
    ) -> Iterator[Receipt | Refusal]:
        """Carry out acts, each on what those before it left, and yield what became of each; what is refused leaves nothing."""
        self.still()
        told, papers = self._acting.told(View(self._store, transaction.head or ""), at), Papers()
        for name, target, inputs in steps:
            view, wanted = View(self._store, transaction.head or ""), Request(name, target, person, inputs, at)
            entry = told if isinstance(told, Refusal) else self._acting.entry(view, wanted, told, ahead=papers)
            if isinstance(entry, Refusal):
                yield entry
                continue
            if entry.outcome.item is not None:
                papers.note(entry.outcome.item)
            yield Receipt(entry.recorded(transaction), entry.outcome)

    def _keep(self, scans: Iterable[Scan]) -> None:
        for scan in scans:
            self.attachments.keep(scan.named.digest, scan.data)

    def to_sign(
        self, view: View, name: str, target: str, person: str, inputs: Mapping[str, object], at: datetime, base: str = ""
    ) -> Statement | Refusal:
        """Return what a person signs himself to do an act on a record as it stands in a view, or why there is nothing to sign.

        Args:
            view: the register as it stands.
            name: the act.
            target: what it is done on.
            person: id of who acts.
            inputs: what he supplies beside his signature.
            at: when the record was put before him.
            base: the commit at which, where that is an earlier one than the view's.
        """
        return self._acting.to_sign(view, Request(name, target, person, inputs, at, base=base))

    def rehearse(
        self, view: View, name: str, target: str, person: str, inputs: Mapping[str, object], at: datetime, base: str | None = None
    ) -> tuple[Outcome | Refusal, frozenset[str]]:
        """Return what an act would come to in a view of the register, and the inputs that its gates ask for; nothing is put on record.

        The other arguments are those of ``act``.
        """
        return self._acting.rehearse(view, Request(name, target, person, inputs, at, base=base))

    def tick(self, at: datetime) -> Iterator[tuple[Due, Receipt | Refusal]]:
        """Carry out what the clock owes now and yield each act with its receipt; safe to run at any time, twice, or late (三（三）).

        In a register that is read-only it owes nothing.
        """
        self.index.catch_up()
        view = self.view()
        if self.read_only(at.date()):
            return
        for due in due_acts(view, self.come_due(view, at.date()), at.date()):
            yield due, self.act(due.act, due.target, SYSTEM, dict(due.inputs), at)

    def take_checkpoint(self, at: datetime) -> Receipt | Refusal | None:
        """Take the checkpoint of the day; safe to run at any time, and twice.

        Returns:
            Its receipt, or why it was refused; None where that of the day is on record, or nothing was done since the last one.

        Raises:
            StoreError: also where the last one does not lie in this history, which was cut short or written anew.
        """
        view, day = self.view(), at.date().isoformat()
        last = view.checkpoint
        if last is not None and (last.day >= day or view.count(last) == 1):
            return None
        _ = view.digests  # what takes long in a large register is read while nobody waits
        found, last = self.act("take_checkpoint", day, SYSTEM, {}, at), self.view().checkpoint
        return None if isinstance(found, Refusal) and last is not None and last.day >= day else found  # another run was quicker

    def commit_at(self, at: datetime) -> str | None:
        """Return the last commit made at or before a time, None when there was none yet."""
        commit = self._store.head()
        while commit is not None:
            found = self._store.describe(commit)
            if found.author.time <= at:
                return commit
            commit = found.parent
        return None

    @cached_property
    def attachments(self) -> Attachments:
        """The papers kept beside the repository."""
        return Attachments(self.home / "attachments")

    def record_history(self, item: str, commit: str) -> RecordHistory:
        """Return the history of one item's record by itself, up to a commit.

        Raises:
            StoreError: it changed meanwhile, or cannot be read.
        """
        self.index.catch_up()
        return cut_out(self._store, item_path(item), [step.commit for step in self.index.history(item)], commit)

    def rounds(self, item: str) -> Mapping[int, tuple[str, Report]]:
        """Return the report as it stood at the end of each round, with the commit it stands in; history is where they are kept."""
        self.index.catch_up()
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
        self.index.catch_up()
        return last_commit(self.index, item)

    def come_due(self, view: View, day: date) -> Iterator[Item]:
        """The open items of which a clock has come to a step of the policy on a day; of the others no record is read."""

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


class _RehearsedError(Exception):
    """Ends a batch that is not to land."""


def lay_out(home: Path) -> None:
    """Make a register's repository, without a commit yet; one that was begun and has none is gone on with.

    Raises:
        StoreError: something else is there, or it cannot be written.
        OSError: it cannot be written.
    """
    place = home / "register.git"
    if not (place / "HEAD").is_file() or Repository(place).head() is not None:
        Repository.create(place)
    link_for_git(home)


def link_for_git(home: Path) -> None:
    """Let ``git -C <home> log`` work, as anyone would type it.

    Raises:
        OSError: it cannot be written.
    """
    (home / ".git").write_text("gitdir: register.git\n")


def is_open(item: Item) -> bool:
    """Say whether a matter is still to be seen through."""
    return item.state not in CLOSED
