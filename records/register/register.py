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
from typing import TYPE_CHECKING

from records.bureau.roster import SYSTEM, Bureau, Leaders, Unit
from records.matter.papers import Papers
from records.procedure.case import PaperEntry, Refusal
from records.register.acting import NEW, Acting, Request
from records.register.again import until_it_lands
from records.register.reader import Reader
from records.store import receipt
from records.store.opening import opened
from records.store.record_files import emit
from records.store.repository import Repository
from records.store.store import Transaction
from records.store.view import View
from schema.tables import default_calendars, default_text

if TYPE_CHECKING:  # whoever only reads loads no act, and what only acts need
    from records.acts import Outcome
    from records.register.attachments import Attachments
    from records.register.clock import Due
    from records.register.scans import Scan
    from records.signatures.statement import Statement

__all__ = ["NEW", "Receipt", "Register", "link_for_git"]


@dataclass(frozen=True)
class Receipt:
    """An act that is on record: its commit and what it did."""

    commit: str
    outcome: "Outcome"


class Register(Reader):
    """One bureau's register on disk.

    Args:
        home: its folder.
        still: asked before each act, under the lock: raises StoreError where whoever acts may not any more.
        who: says who acts, for those who wait for him at the lock.
        rechecks: as for `Reader`.

    Attributes:
        signer: says by person, fingerprint and time why a key is not his own, empty where it is; None where nobody knows whose keys are
            whose, and then nothing is signed by anybody himself but in a demo.

    Raises:
        StoreError: there is no register, or it cannot be read.
    """

    def __init__(
        self, home: Path, *, still: Callable[[], None] = lambda: None, who: Callable[[], str] = lambda: "", rechecks: bool = True
    ) -> None:
        super().__init__(home, who, rechecks=rechecks)
        self.still = still
        self.signer: Callable[[str, str, datetime], str] | None = None
        self._acting = Acting(self._store, lambda: self.index, lambda: self.signer, lambda: self.demo)

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

    @property
    def published(self) -> Path:
        """Where the documents are published."""
        return self.home / "published"

    @property
    def drafts(self) -> Path:
        """Where unsent texts are kept."""
        return self.home / "drafts"

    def read_only(self, day: date) -> Refusal | None:
        """Return why nothing can be done in the register as it stands, None where it can; on a day, for whom to ask.

        Raises:
            Unreadable: the roster, the policy or a calendar is broken.
        """
        from records.acts import read_only, too_new

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
        scans: "Iterable[Scan]" = (),
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
        scans: "Iterable[Scan]" = (),
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
        self.index.have(())
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

    def _keep(self, scans: "Iterable[Scan]") -> None:
        for scan in scans:
            self.attachments.keep(scan.named.digest, scan.data)

    def to_sign(
        self, view: View, name: str, target: str, person: str, inputs: Mapping[str, object], at: datetime, base: str = ""
    ) -> "Statement | Refusal":
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
        self,
        view: View,
        name: str,
        target: str,
        person: str,
        inputs: Mapping[str, object],
        at: datetime,
        *,
        paper: PaperEntry | None = None,
        base: str | None = None,
    ) -> "tuple[Outcome | Refusal, frozenset[str]]":
        """Return what an act would come to in a view of the register, and the inputs that its gates ask for; nothing is put on record.

        The other arguments are those of ``act``.
        """
        return self._acting.rehearse(view, Request(name, target, person, inputs, at, paper, base))

    def tick(self, at: datetime) -> "Iterator[tuple[Due, Receipt | Refusal]]":
        """Carry out what the clock owes now and yield each act with its receipt; safe to run at any time, twice, or late (三（三）).

        In a register that is read-only it owes nothing.
        """
        from records.register.clock import due_acts

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

    @cached_property
    def attachments(self) -> "Attachments":
        """The papers kept beside the repository."""
        from records.register.attachments import Attachments

        return Attachments(self.home / "attachments")


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
