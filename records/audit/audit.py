"""An audit of a whole history: every commit judged, on all cores, whatever is damaged; the first cause told apart from what follows."""

import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import TypeAlias

from records.acts import Outcome
from records.audit.before import Known
from records.audit.beginning import Folders
from records.audit.finding import Finding
from records.audit.own_keys import Signed
from records.audit.replay import Judged, Replay
from records.bureau.foundations import KINDS
from records.matter.checkpoint import Checkpoint
from records.matter.item import Item
from records.signatures.statement import OwnSignature, own_signature
from records.store import receipt
from records.store.objects import parent_in
from records.store.paths import item_path, kind_of
from records.store.record_files import Unreadable
from records.store.store import Commit, Store, StoreError
from records.store.view import View

_POOL = 2000  # commits; below that, starting processes costs more than they save
_PIECE = 200  # commits between two words on progress
_WALKED = 20_000  # commits of which it is kept what they tell

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many commits are judged and how many there are."""


class Past:
    """What a judge of documents may ask of the history behind a commit.

    Args:
        store: the repository.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._walked: dict[str, tuple[str, str, str | None]] = {}

    def note(self, commit: Commit) -> None:
        """Keep what a commit tells, for a signature mostly stands a few hundred commits before the hash of what it signed."""
        if len(self._walked) >= _WALKED:
            self._walked.clear()
        self._walked[commit.id] = _told(commit)

    def view(self, commit: str) -> View:
        """Return the register as it stood at a commit."""
        return View(self._store, commit)

    def steps(self, item: str, until: str) -> Iterator[tuple[str, str]]:
        """Yield the acts on an item at and before a commit with their commits, the newest first."""
        at: str | None = until
        while at is not None:
            on, act, parent = self._walked.get(at) or _told(self._store.describe(at))
            if on == item:
                yield act, at
            at = parent


def _told(commit: Commit) -> tuple[str, str, str | None]:
    """The item and the act that a commit names, and its parent."""
    told = receipt.trailers(commit.message)
    return told.get("Duban-Item", ""), told.get("Duban-Act", ""), commit.parent


@dataclass(frozen=True, slots=True)
class Paper:
    """An issued document of which a commit put the hash on record.

    Attributes:
        commit: which commit.
        item: whose document it is.
        name: its file's name.
        digest: the hash on record, SHA-256 in hex.
        layout: the version of the layout that made it.
        verdict: what became of it when it was made again: ``same``, ``other`` or ``older``, of a layout that is not made any more.
    """

    commit: str
    item: str
    name: str
    digest: str
    layout: int
    verdict: str


_Piece: TypeAlias = tuple[Sequence[str], str | None, Callable[[], int], int]
"""Commits, the one before them, how many led to that, how many processes may work on them."""
Documents: TypeAlias = Callable[[Past, str, Item | None, Item], Iterator[Paper]]
"""Judges what a commit put on record of an item's documents: given the past, the commit, the item before and after it."""


@dataclass
class Account:
    """What an audit came by, added up.

    Attributes:
        until: the last commit up to which everything was judged, "" where nothing was.
        commits: how many were walked over.
        reproduced: how many of them came out again byte for byte.
        unperformed: how many were made under the first version of the rules, which are not done again.
        unhashed: of how many checkpoints the SM3 was not counted, for this machine cannot.
        unproved: how many own signatures were taken as they stand, for a shallow clone lacks what they are over.
        signatures: how many steps among them were such as a person may sign himself.
        own: those of them that the persons signed themselves; the others have the service's word alone.
        papers: the issued documents that were put on record, with the verdict on each.
        attachments: the SHA-256 of each paper beside the register that a record names.
        checkpoints: those that were taken among the commits and came out again, oldest first.
        beside: where the records lie that a commit left, of those that left more than the one on which its act was done.
        findings: what is false, in the order of history.
    """

    until: str = ""
    commits: int = 0
    reproduced: int = 0
    unperformed: int = 0
    unhashed: int = 0
    unproved: int = 0
    signatures: int = 0
    own: list[Signed] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)
    attachments: set[str] = field(default_factory=set)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    beside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: "Account") -> None:
        """Add what the next part of the same history came to."""
        self.until = other.until or self.until
        self.commits += other.commits
        self.reproduced += other.reproduced
        self.unperformed += other.unperformed
        self.unhashed += other.unhashed
        self.unproved += other.unproved
        self.signatures += other.signatures
        self.own += other.own
        self.papers += other.papers
        self.attachments |= other.attachments
        self.checkpoints += other.checkpoints
        self.beside |= other.beside
        self.findings += other.findings


def chain(store: Store, head: str, since: str = "") -> tuple[list[str], str | None, str]:
    """Return the commits after ``since`` up to ``head``, oldest first, that commit, and why it goes no further back, "" when it does.

    A commit that is damaged is the oldest that is returned: what lies behind it cannot be known.

    Args:
        store: the repository.
        head: the newest.
        since: the beginning of a commit's id; "" for all of history, then the commit returned is None.
    """
    line: list[str] = []
    at: str | None = head
    while at is not None and not (since and at.startswith(since)):
        line.append(at)
        try:
            at = parent_in(store.raw(at, "commit"))
        except StoreError as error:
            return line[::-1], None, str(error)
    if since and at is None:
        return line[::-1], None, f"{since} 不在 {head[:12]} 的历史中：登记库可能被改写或恢复过，请与镜像核对。"
    return line[::-1], at, ""


def walked(
    store: Store,
    commits: Sequence[str],
    since: str | None,
    documents: Documents | None,
    progress: Progress,
    cores: int,
    known: Known | None = None,
    folders: Folders | None = None,
) -> Account:
    """Judge commits that follow one another, and return what came of it; nothing that is wrong with any of them stops the walk.

    Whoever interrupts it (KeyboardInterrupt) gets what is known up to ``Account.until``, from where it can go on.

    Args:
        store: the repository; may be opened anew in other processes.
        commits: oldest first.
        since: the commit before the first of them, None when that is the first of all.
        documents: judges issued documents; None leaves them out.
        progress: told how far it has come.
        cores: how many processes may work.
        known: where to look for the papers that stood before; used as long as one process does the work.
        folders: what is known of what the folders held at ``since``, told what is read of them; likewise.
    """
    account = Account()
    pieces = list(_pieces(store, commits, since, cores))
    parts: list[list[Account]] = [[] for _ in pieces]
    done = 0
    with suppress(KeyboardInterrupt):
        for number, part in _by_processes(store, pieces, documents) if len(pieces) > 1 else _here(store, pieces, documents, known, folders):
            parts[number].append(part)
            done += part.commits
            progress(done, len(commits))
    for piece, judged in zip(pieces, parts, strict=True):
        for part in judged:
            account.add(part)
        if sum(part.commits for part in judged) < len(piece[0]):
            break  # what comes later is known, but does not join on
    account.findings = list(caused(account.findings))
    return account


def _here(
    store: Store, pieces: Sequence[_Piece], documents: Documents | None, known: Known | None, folders: Folders | None
) -> Iterator[tuple[int, Account]]:
    for piece in pieces:
        for part in _judged(store, *piece, documents, known, folders):
            yield 0, part


def _by_processes(store: Store, pieces: Sequence[_Piece], documents: Documents | None) -> Iterator[tuple[int, Account]]:
    """Judge each piece in a process of its own, and yield what comes with the number of its piece.

    Raises:
        StoreError: one of them was ended from outside.
    """
    context, ends = get_context("fork"), {}
    for number, piece in enumerate(pieces):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_in_a_process, args=(store, piece, documents, theirs), daemon=True)
        process.start()
        theirs.close()  # so that ours ends when the process does, however that comes
        ends[ours] = number, process
    try:
        while ends:
            for end in wait(list(ends)):
                assert isinstance(end, Connection)
                number, process = ends[end]
                try:
                    yield number, end.recv()
                except (EOFError, OSError):  # at its end, or in the midst of a word
                    del ends[end]
                    process.join()
                    if process.exitcode:
                        raise StoreError("有一个核对进程中途被终止，没有核对完。请再核对一次。") from None
    finally:
        for _, process in ends.values():
            process.terminate()


def _in_a_process(store: Store, piece: _Piece, documents: Documents | None, told: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the parent's to answer
    for part in _judged(store, *piece, documents):
        told.send(part)


def caused(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings in the order of history, each that may come of an earlier one with the commit of that one.

    An act on a record that is false already, or on people, rules or days that are, is judged by them; a checkpoint by everything before it.
    """
    false: dict[str, str] = {}
    beneath = first = ""
    for finding in findings:
        under = first if any(kind_of(path) == "checkpoint" for path in finding.paths) else beneath
        cause = next((false[path] for path in finding.paths if path in false), under) if finding.rests else ""
        first = first or finding.commit
        yield replace(finding, follows=cause)
        for path in finding.paths:
            false.setdefault(path, cause or finding.commit)
            if kind_of(path) in KINDS:
                beneath = beneath or finding.commit


def _pieces(store: Store, commits: Sequence[str], since: str | None, cores: int) -> Iterator[_Piece]:
    parts = min(cores, len(commits) // _POOL) or 1
    size = -(-len(commits) // parts) or 1
    for start in range(0, len(commits), size):
        before = commits[start - 1] if start else since
        yield commits[start : start + size], before, partial(_led, store, since, start), cores if parts == 1 else 1


def _led(store: Store, since: str | None, walked: int) -> int:
    """How many commits led to one that is walked over after so many others."""
    return walked + (View(store, since).count() if since else 0)


def _judged(
    store: Store,
    commits: Sequence[str],
    since: str | None,
    count: Callable[[], int],
    cores: int,
    documents: Documents | None,
    known: Known | None = None,
    folders: Folders | None = None,
) -> Iterator[Account]:
    """Yield what comes of the commits, some at a time."""
    replay, past = Replay(store, since, count, cores, known, folders), Past(store)
    for start in range(0, len(commits), _PIECE):
        part = Account()
        before = replay.reproduced, replay.unperformed, replay.unhashed, replay.unproved
        for commit in commits[start : start + _PIECE]:
            judged = replay.judge(commit)
            part.commits += 1
            if judged.finding is not None:
                part.findings.append(judged.finding)
            _note(part, past, judged, documents)
            part.until = commit
        part.reproduced, part.unperformed = replay.reproduced - before[0], replay.unperformed - before[1]
        part.unhashed, part.unproved = replay.unhashed - before[2], replay.unproved - before[3]
        yield part


def _note(part: Account, past: Past, judged: Judged, documents: Documents | None) -> None:
    part.attachments |= judged.attachments
    if judged.commit is not None:
        past.note(judged.commit)
    if judged.outcome is None or judged.finding is not None:
        return
    if len(left := receipt.contents(judged.outcome, lambda path, record: b"")) > 1:
        part.beside[judged.id] = tuple(left)
    part.signatures += judged.outcome.spec.signable
    part.own += _signed(judged, judged.outcome)
    part.checkpoints += [each for each in judged.outcome.foundations if isinstance(each, Checkpoint)]
    was, item = judged.outcome.was, judged.outcome.item
    if documents is None or item is None:
        return
    try:
        for paper in documents(past, judged.id, was if isinstance(was, Item) else None, item):
            part.papers.append(paper)
            if paper.verdict == "other":
                part.findings.append(_other_paper(judged, paper))
    except (StoreError, Unreadable) as error:  # an older commit is damaged, and named by itself
        part.findings.append(Finding("document", f"公文不能重新制作：{error}", judged.id, record=item.id, rests=True))


def _signed(judged: Judged, outcome: Outcome) -> Iterator[Signed]:
    assert judged.commit is not None
    if outcome.own and isinstance(found := own_signature(outcome.own), OwnSignature):
        author = f"{judged.commit.author.name} <{judged.commit.author.email}>"
        yield Signed(judged.id, author, outcome.at, outcome.actor.person, outcome.target, found.made.fingerprint, found.by_agent)


def _other_paper(judged: Judged, paper: Paper) -> Finding:
    assert judged.commit is not None
    author = f"{judged.commit.author.name} <{judged.commit.author.email}>"
    reason = f"{paper.name} 登记的摘要 {paper.digest[:16]}… 与按签发时的记录重新制作的公文不同：登记的不是这份公文。"
    return Finding("document", reason, judged.id, judged.commit.author.time, author, paper.item, (item_path(paper.item),), rests=True)
