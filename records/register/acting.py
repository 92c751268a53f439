"""What an act comes to in a register: the record it is done on, what stands round it, and the commit that would put it on record.

An act is carried out before the register's lock is asked for, on the register as it stands then. Under the lock it is only seen whether all
that was looked at is still the same; where it is not, or where the index was asked, it is carried out once more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from records.bureau.foundations import KINDS
from records.bureau.roster import SYSTEM
from records.index.index import Index
from records.matter.item import Item
from records.matter.papers import Papers
from records.matter.plain_data import to_data
from records.matter.roundup import Roundup
from records.procedure.case import PaperEntry, Refusal, World
from records.store import receipt
from records.store.receipt import contents
from records.store.record_files import Unreadable
from records.store.store import Ident, Store, StoreError, Transaction
from records.store.view import View
from schema.problem import Problem
from schema.tables import acts

if TYPE_CHECKING:  # whoever only reads loads no act, and what only acts need
    from records.acts import Outcome
    from records.signatures.statement import Statement

NEW = "new"
_CLOCK_SLACK = timedelta(minutes=5)
_T = TypeVar("_T")
Signer = Callable[[str, str, datetime], str]


@dataclass(frozen=True)
class Request:
    """What somebody wants done: the arguments of ``Register.act``."""

    name: str
    target: str
    person: str
    inputs: Mapping[str, object]
    at: datetime
    paper: PaperEntry | None = None
    base: str | None = None


@dataclass(frozen=True)
class Entry:
    """What an act came to, and the commit that puts it on record."""

    outcome: "Outcome"
    files: Mapping[str, bytes]
    author: Ident
    committer: Ident
    message: str

    def recorded(self, transaction: Transaction) -> str:
        """Put it on record, and return its commit."""
        return transaction.commit(self.files, author=self.author, committer=self.committer, message=self.message)


@dataclass(frozen=True)
class Ahead:
    """What an act came to before the lock was there: in which view, at which time."""

    view: View
    at: datetime
    entry: Entry


@dataclass(frozen=True)
class _Around:
    """What an act is done on, by its id, what it looks at, and how the record was seen."""

    world: World
    target: str
    item: Item | None
    roundup: Roundup | None
    seen: Mapping[str, object] | None


class Acting:
    """What acts come to in one register; nothing is put on record here.

    Args:
        store: its commits.
        index: its index.
        signer: says why a key is not a person's own (``Register.signer``).
        demo: says whether anybody may be anyone in it.
    """

    def __init__(self, store: Store, index: Callable[[], Index], signer: Callable[[], Signer | None], demo: Callable[[], bool]) -> None:
        self._store, self._index, self._signer, self._demo = store, index, signer, demo

    def ahead(self, wanted: Request) -> Ahead | None:
        """Return what an act comes to on the register as it stands now; None where that must be seen under the lock."""
        view = View(self._store, self._store.head() or "")
        at = self.told(view, wanted.at)
        with suppress(_AsksIndexError, StoreError):
            entry = at if isinstance(at, Refusal) else self.entry(view, wanted, at, ready=_must_not_ask)
            return None if isinstance(entry, Refusal) or isinstance(at, Refusal) else Ahead(view, at, entry)
        return None

    def under_lock(self, transaction: Transaction, wanted: Request, ahead: Ahead | None) -> Entry | Refusal:
        """Return what an act comes to on what a transaction stands on; what a refusal rests on is on record by then."""
        view = View(self._store, transaction.head or "")
        at = self.told(view, wanted.at)
        if not isinstance(at, Refusal) and ahead is not None and ahead.at == at and ahead.view.same_in(view):
            return ahead.entry
        found = at if isinstance(at, Refusal) else self.entry(view, wanted, at, ready=transaction.let_others_land)
        if isinstance(found, Refusal):
            transaction.let_others_land()
        return found

    def told(self, view: View, at: datetime) -> datetime | Refusal:
        """Return the time that an act is given: never before the commit it stands on, and none where the clock must be wrong."""
        tip = self._store.describe(view.commit).author.time
        if at < tip - _CLOCK_SLACK:
            return Refusal(
                "", f"现在的时间 {at:%Y-%m-%d %H:%M} 早于登记簿最后一笔 {tip:%Y-%m-%d %H:%M}。", "请检查服务器时钟，有几台的每台都检查。"
            )
        return max(at, tip.astimezone(at.tzinfo))

    def entry(
        self,
        view: View,
        wanted: Request,
        at: datetime,
        *,
        ready: Callable[[], None] = lambda: None,
        ahead: Papers | None = None,
    ) -> Entry | Refusal:
        """Return what an act comes to in a view.

        Args:
            view: the register as it stands.
            wanted: the act.
            at: the time that it is given.
            ready: called before the index is asked, which follows the branch.
            ahead: the papers of items that the index cannot have yet.
        """
        from records.acts import perform, too_new

        try:
            on = self._around(view, wanted, at, ready, ahead)
            done = perform(
                on.world, wanted.name, on.item, wanted.person, wanted.inputs, at,
                target=on.target, roundup=on.roundup, paper=wanted.paper, seen=on.seen,
            )  # fmt: skip
            if isinstance(done, Refusal):
                return done
            return self._not_his_key(done) or _entry(view, done)
        except Unreadable as broken:
            return too_new(view.rules) or _unreadable(broken)

    def to_sign(self, view: View, wanted: Request) -> "Statement | Refusal":
        """Return what a person signs himself to do an act on a record as it stands in a view, or why there is nothing to sign."""
        from records.acts import to_sign, too_new

        try:
            on = self._around(view, Request(wanted.name, wanted.target, wanted.person, wanted.inputs, wanted.at), wanted.at)
            base = wanted.base or view.commit
            return to_sign(
                on.world, wanted.name, on.item, wanted.person, wanted.inputs, wanted.at, base, target=on.target, roundup=on.roundup
            )
        except Unreadable as broken:
            return too_new(view.rules) or _unreadable(broken)

    def rehearse(self, view: View, wanted: Request) -> "tuple[Outcome | Refusal, frozenset[str]]":
        """Return what an act would come to in a view of the register, and the inputs that its gates ask for."""
        from records.acts import rehearse, too_new

        try:
            on = self._around(view, wanted, wanted.at)
            return rehearse(
                on.world, wanted.name, on.item, wanted.person, wanted.inputs, wanted.at,
                target=on.target, roundup=on.roundup, paper=wanted.paper, seen=on.seen,
            )  # fmt: skip
        except Unreadable as broken:
            return too_new(view.rules) or _unreadable(broken), frozenset()

    def _not_his_key(self, done: "Outcome") -> Refusal | None:
        """Why an act that its actor signed himself is refused though his signature is good: the key is not known to be his own."""
        if not done.own or (self._signer() is None and self._demo()):
            return None
        from records.signatures.sshsig import Unfit
        from records.signatures.statement import own_signature

        reason = "这里没有入口登记簿，不知道签名的密钥是谁的"
        if (signer := self._signer()) is not None:
            signed = own_signature(done.own)
            key = signed.reason if isinstance(signed, Unfit) else signed.made.fingerprint
            if not (reason := signer(done.actor.person, key, done.at)):
                return None
        problems = (Problem(reason, field=("signature",), label="“本人签名”"),)
        return Refusal(
            done.spec.clause, f"本人签名不能采用：{reason}。", "请用自己登记的密钥签；换了密钥的，先请安全管理员登记。", "R-17", problems
        )

    def _around(
        self, view: View, wanted: Request, at: datetime, ready: Callable[[], None] = lambda: None, ahead: Papers | None = None
    ) -> _Around:
        papers, target = ahead or Papers(), wanted.target
        spec = acts().get(wanted.name)
        kind = spec.target if spec else "item"
        if spec and kind == "item" and not spec.from_states and target == NEW:
            target = view.next_item(at.year)
        item, roundup = view.item(target) if kind == "item" else None, view.roundup(target) if kind == "roundup" else None
        world = view.world(
            lambda key: papers.same_source(key) or self._asked(ready, _with((), lambda index: index.same_source(key))),
            lambda since: self._roundup_items(view, since, ready),
            lambda item: self._asked(ready, _with((item,), lambda index: last_commit(index, item))),
            lambda number: papers.carried_in(number) or self._asked(ready, lambda index: _carried_in(index, number)),
            count=view.count,
        )
        return _Around(world, target, item, roundup, self._seen(wanted.base, kind, target, at.year))

    def _seen(self, base: str | None, kind: str, target: str, year: int) -> Mapping[str, object] | None:
        """The record as it stood at a commit; nothing of it where the register holds no such commit, as one from a backup may."""
        if base is None:
            return None
        with suppress(StoreError):
            view = View(self._store, base)
            if kind in KINDS:
                found: object = view.world().foundation(kind, target)
            else:
                found = view.numbers(target, year) if kind == "numbers" else view.record(target)
            return to_data(found) if found else {}
        return {}

    def _asked(self, ready: Callable[[], None], ask: Callable[[Index], _T]) -> _T:
        """What the index says; where that must be asked under the lock, what it takes long to read is read before, and holds up nobody."""
        try:
            ready()
        except _AsksIndexError:
            ask(self._index())
            raise
        return ask(self._index())

    def _roundup_items(self, view: View, since: str, ready: Callable[[], None]) -> Iterable[Item]:
        """The items that can matter to a roundup, found through the index and read from Git."""

        def touched(index: Index) -> list[str]:
            index.have_since(since)
            return [each.id for each in index.items(since=since)]

        from records.rules.roundup_figures import concerns

        recent = self._asked(ready, touched)
        items: Iterator[Item | None] = (view.item(each) for each in sorted(recent))
        return [item for item in items if item is not None and concerns(item, since)]


def last_commit(index: Index, item: str) -> str | None:
    """Return the last commit that a person made on an item, None where there is none; what the system did since counts for nothing."""
    return next((step.commit for step in reversed(index.history(item)) if step.person != SYSTEM), None)


def _with(items: tuple[str, ...], ask: Callable[[Index], _T]) -> Callable[[Index], _T]:
    """What is asked of an index that has these items, and all that are open."""

    def asked(index: Index) -> _T:
        index.have(items)
        return ask(index)

    return asked


def _carried_in(index: Index, number: str) -> str | None:
    index.catch_up()  # it may be any matter, over for years
    return index.carried_in(number)


class _AsksIndexError(Exception):
    """An act asks the index, which may lag behind what it is done on."""


def _must_not_ask() -> None:
    raise _AsksIndexError


def _unreadable(broken: Unreadable) -> Refusal:
    reason = "；".join(str(problem) for problem in broken.problems[:3]) or "登记簿缺少必要的文件。"
    return Refusal("", f"记录有误，不能办理：{reason}", "请登记簿管理人员修复后再办。", problems=broken.problems)


def _entry(view: View, outcome: "Outcome") -> Entry:
    """The commit that puts an outcome on record."""
    at = outcome.at
    return Entry(
        outcome,
        contents(outcome),
        receipt.author(outcome.paper.entered_by if outcome.paper else outcome.actor.person, view.roster, at),
        receipt.service(view.roster.bureau, at),
        receipt.message(outcome, view.roster, view.policy_id),
    )
