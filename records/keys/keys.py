"""The repository of keys: plain records, a commit each, written by the security administrator's account and read by the door.

<home>/keys.git       keyring.yaml, people/<id>.yaml

Nothing else says who a key or an account is: a person who has no entrance here comes in nowhere, whatever the roster calls his login.
"""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from records.acts import Refusal
from records.bureau.entrances import Entrance, Entrances, Keyring, Revoked
from records.keys.closed import ClosedError
from records.store.disk import reporting
from records.store.record_files import Unreadable, emit, parse
from records.store.repository import Repository
from records.store.store import Ident, StoreError
from records.store.worktree import repository_of

_KEYRING, _PEOPLE = "keyring.yaml", "people"
_T = TypeVar("_T")
_PERSON = re.compile(r"[A-Z][A-Za-z0-9_.]{0,39}")
SOON = 30
"""Days before it is closed for which an entrance is warned of."""

_NAMES = {"staff": "办理", "inspector": "克隆", "site": "送来办理"}


class Keys:
    """The keys of one register.

    Args:
        home: the folder; it lies outside the register's and belongs to another account. Or a clone of what lies in it, for an audit.

    Raises:
        StoreError: there are none, or they cannot be read.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        repository = home if (home / "objects").is_dir() else home / "keys.git"
        if (home / ".git" / "objects").is_dir():
            repository = repository_of(home)
        self._store = Repository(repository)
        if not os.path.isdir(repository) or self._store.head() is None:
            raise StoreError(f"{home} 里没有入口登记簿，或者本账号读不了。请用 duban keys init 建立，并许可服务账号读。")

    @classmethod
    def create(cls, home: Path, register: str, by: Ident) -> "Keys":
        """Make an empty repository of keys for a register.

        Args:
            home: the folder.
            register: id of the register's first commit.
            by: the account that makes it, and when.

        Raises:
            StoreError: the folder holds one already, or cannot be written.
        """
        store = Repository.create(home / "keys.git")
        with reporting("建立入口登记簿", home):
            (home / ".git").write_text("gitdir: keys.git\n")  # so that git log works here as anyone would type it
        with store.writing() as transaction:
            transaction.commit({_KEYRING: emit(Keyring(register))}, author=by, committer=by, message="建立入口登记簿\n\nDuban-Keys: init\n")
        return cls(home)

    def head(self) -> str:
        """Return the newest commit; cheap enough for every act."""
        if (head := self._store.head()) is None:
            raise StoreError(f"{self.home} 里没有入口登记簿。")
        return head

    @property
    def register(self) -> str:
        """The id of the first commit of the register that they are for.

        Raises:
            StoreError: it cannot be read.
        """
        if (found := self._record(_KEYRING, Keyring, self.head())) is None:
            raise _unusable(_KEYRING)
        return found.register

    def people(self) -> Iterator[Entrances]:
        """Yield everybody who has or had an entrance, in the order of their ids.

        Raises:
            StoreError: a record cannot be read.
        """
        head = self.head()
        for entry in self._store.entries(_PEOPLE, head):
            yield self._of(entry.name.removesuffix(".yaml"), head)

    def open(self, at: datetime, role: str) -> Iterator[tuple[str, Entrance]]:
        """Yield the entrances that are open at a time for a role, each with its person.

        Raises:
            StoreError: a record cannot be read.
        """
        for each in self.people():
            yield from ((each.person, entrance) for entrance in each.entrances if entrance.role == role and not entrance.closed(at))

    def ending(self, at: datetime) -> Iterator[tuple[str, Entrance]]:
        """Yield the entrances that will be closed within ``SOON`` days, each with its person, where he has none for it that lasts longer.

        Raises:
            StoreError: a record cannot be read.
        """
        for each in self.people():
            last: dict[str, Entrance] = {}
            for entrance in (one for one in each.entrances if not one.closed(at)):
                if entrance.role not in last or last[entrance.role].until < entrance.until:
                    last[entrance.role] = entrance
            yield from ((each.person, entrance) for entrance in last.values() if entrance.days_left(at) < SOON)

    def days_left(self, person: str, name: str, role: str, at: datetime) -> int | None:
        """Return for how many days a person still comes in by an entrance, None where that is no matter yet; see ``closed``.

        Raises:
            StoreError: it cannot be read.
        """
        mine = [each for each in self._of(person, self.head()).entrances if (each.name, each.role) == (name, role) and not each.closed(at)]
        left = max((each.days_left(at) for each in mine), default=SOON)
        return left if left < SOON else None

    def closed(self, person: str, name: str, role: str, at: datetime) -> str:
        """Return why a person does not come in by an entrance at a time, in the bureau's zone; empty where he does.

        Args:
            person: his id.
            name: the fingerprint of his key, or his account.
            role: for what.
            at: when.

        Raises:
            StoreError: it cannot be read. Then nobody comes in.
        """
        there = [each for each in self._of(person, self.head()).entrances if each.name == name]
        if not there:
            return f"{person} 没有登记这个入口（{name}）"
        if not (mine := [each for each in there if each.role == role]):
            return f"这个入口不是用来{_NAMES.get(role, role)}的"
        reasons = [each.closed(at) for each in mine]
        return "" if not all(reasons) else f"这个入口{reasons[-1]}"

    def signer(self, person: str, key: str, at: datetime) -> str:
        """Return why a signature that a key made at a time is not a person's; empty where it is, whatever became of the key since.

        Args:
            person: his id.
            key: the fingerprint of the key.
            at: when, in the bureau's zone.

        Raises:
            StoreError: it cannot be read.
        """
        mine = [each for each in self._of(person, self.head()).entrances if each.key and each.name == key and each.role == "staff"]
        if not mine:
            return f"签名的密钥 {key} 没有登记为 {person} 的"
        return "" if any(each.stood(at) for each in mine) else f"签名的密钥 {key} 当时不在 {person} 登记的有效期内"

    def whose(self, account: str) -> str:
        """Return the person whose entrance an account of the server is or was; whether it is open, ``closed`` says.

        Raises:
            ClosedError: it is nobody's, or, as nobody could enrol it, of more than one.
            StoreError: it cannot be read. Then nobody comes in.
        """
        found = [each.person for each in self.people() if any(other.account == account for other in each.entrances)]
        if len(found) > 1:
            raise ClosedError(f"账号 {account} 登记给了不止一个人，谁也不能用它进入。请联系安全管理员。")
        if not found:
            raise ClosedError(f"账号 {account} 没有登记是谁，不能进入。请联系安全管理员。")
        return found[0]

    def enrol(self, person: str, entrance: Entrance, by: Ident) -> str | Refusal:
        """Open an entrance for a person and return its commit, or why not: a key and an account are one person's, once and for ever.

        Args:
            person: his id.
            entrance: the new one.
            by: the account that does it, and when.

        Raises:
            StoreError: it cannot be read or written.
        """

        def opened(mine: Entrances) -> Entrances | Refusal:
            known = [(each.person, other) for each in self.people() for other in each.entrances if other.name == entrance.name]
            taken = next((whose for whose, _ in known if whose != person), None)
            if taken is not None:
                return Refusal(
                    "", f"{entrance.name} 已经是 {taken} 的入口。", "一把密钥、一个账号只能是一个人，停用了也不能给别人。请换一个。"
                )
            if any(other.revoked and other.key for _, other in known):
                return Refusal("", f"密钥 {entrance.name} 已经停用。", "停用的密钥不再登记。请换一把新的。")
            if any(not other.closed(by.time) for _, other in known):
                return Refusal("", f"{entrance.name} 已经登记。", "期满以后可以再登记；另一种用途用另一把密钥。")
            if entrance.account and (entrance.role != "staff" or entrance.sources):
                return Refusal("", "账号只能用来办理，也不能写来源地址。", "克隆用密钥登记；账号从哪里可以来，写在 sshd 的设置里。")
            return replace(mine, entrances=(*mine.entrances, entrance))

        return self._written(person, opened, by, f"登记入口 {person} {entrance.name}\n\n{entrance.basis}\n\nDuban-Keys: enrol\n")

    def revoke(self, person: str, name: str, reason: str, by: Ident) -> str | Refusal:
        """Close an entrance of a person, or all of his, for good, and return the commit, or why not.

        Args:
            person: his id.
            name: the fingerprint of the key, or the account; empty for all of them.
            reason: why.
            by: the account that does it, and when.

        Raises:
            StoreError: it cannot be read or written.
        """
        closing = Revoked(by.time.isoformat(), reason)

        def closed(mine: Entrances) -> Entrances | Refusal:
            meant = [each for each in mine.entrances if each.revoked is None and name in ("", each.name)]
            if not meant:
                return Refusal("", f"{person} 没有{f'入口 {name}' if name else '入口'}，或者已经停用。", "请用 duban keys list 查看。")
            return replace(mine, entrances=tuple(replace(each, revoked=closing) if each in meant else each for each in mine.entrances))

        return self._written(person, closed, by, f"停用入口 {person} {name or '全部'}\n\n{reason}\n\nDuban-Keys: revoke\n")

    def _written(self, person: str, change: Callable[[Entrances], Entrances | Refusal], by: Ident, message: str) -> str | Refusal:
        if not _PERSON.fullmatch(person):
            return Refusal("", f"“{person}”不是人员编号。", "应写作 JJ.liaison、L01 这样。")
        with self._store.writing() as transaction:
            made = change(self._of(person, transaction.head or ""))
            if isinstance(made, Refusal):
                return made
            data, path = emit(made), f"{_PEOPLE}/{person}.yaml"
            try:
                parse(data, Entrances, path)
            except Unreadable as wrong:
                return Refusal("", f"{wrong.problems[0]}。", "请改正后再登记。", problems=wrong.problems)
            return transaction.commit({path: data}, author=by, committer=by, message=message)

    def _of(self, person: str, commit: str) -> Entrances:
        path = f"{_PEOPLE}/{person}.yaml"
        found = self._record(path, Entrances, commit) or Entrances(person, ())
        if found.person != person:
            raise _unusable(path)
        return found

    def _record(self, path: str, kind: type[_T], commit: str) -> _T | None:
        data = self._store.read(path, commit)
        try:
            return None if data is None else parse(data, kind, path)
        except Unreadable as broken:
            raise _unusable(path) from broken


def _unusable(path: str) -> StoreError:
    return StoreError(f"入口登记簿里的 {path} 有误或者没有，不能采用。请安全管理员核查由谁改动。")
