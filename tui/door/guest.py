"""Who came in through the door. He is asked for again at every act: a key that was revoked meanwhile does nothing any more (S7)."""

import syslog
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from records.bureau.roster import Person
from records.keys.closed import ClosedError
from records.keys.keys import Keys
from records.register.register import Register
from records.signatures.sshsig import SshSignature, Unfit
from records.store.store import StoreError
from tui.door.box import Box
from tui.door.grammar import Role

SERVICE = "duban"
"""The account by which people come in with a key (docs/door.md)."""
_CUT = 160  # characters of what was asked that go into the log


@dataclass(frozen=True)
class Identity:
    """Who comes, as told by whom the service trusts: sshd by the forced command of a key, or the kernel of an account; by nobody else.

    Attributes:
        person: his id.
        entrance: the fingerprint of his key, or his account.
        role: for what he comes.
    """

    person: str
    entrance: str
    role: Role = "staff"

    @property
    def by_key(self) -> bool:
        """Whether he comes in by a key, else by an account of the server."""
        return self.entrance.startswith("SHA256:")

    @property
    def login(self) -> str:
        """What he writes behind ``ssh``: the service's account where he comes by a key, else his own."""
        return f"{SERVICE if self.by_key else self.entrance}@服务器"


class Guest:
    """A person inside the door.

    Args:
        identity: who he is.
        home: the folder of the register.
        keys: the folder of the keys.
        clock: the time in the bureau's zone.

    Raises:
        ClosedError: he does not come in.
        StoreError: register or keys cannot be read; then nobody comes in.

    Attributes:
        agent: as for ``Desk``; None where he forwards none, or nothing keeps it from others.
    """

    def __init__(self, identity: Identity, home: Path, keys: Path, clock: Callable[[], datetime]) -> None:
        self.identity, self.clock = identity, clock
        self._keys = Keys(keys)
        self._name = identity.person
        self.register = Register(home, still=self.check, who=lambda: self._name)
        self.agent: Callable[[bytes], SshSignature | Unfit] | None = None
        self.check()
        if not self.register.begins_with(self._keys.register):
            raise StoreError(f"入口登记簿 {keys} 不是登记簿 {home} 的。请系统管理员核对。")
        self._name = f"{self.person().name}（{identity.person}）"

    def check(self) -> None:
        """Say that he may still be here.

        Raises:
            ClosedError: he may not.
            StoreError: the keys cannot be read.
        """
        who = self.identity
        if reason := self._keys.closed(who.person, who.entrance, who.role, self.clock()):
            raise ClosedError(f"{reason}，不能进入，也不能办理。请联系安全管理员。")

    def warning(self) -> str:
        """Return what he must know as he comes in: that his entrance will be closed soon; empty where it will not.

        Raises:
            StoreError: the keys cannot be read.
        """
        who = self.identity
        left = self._keys.days_left(who.person, who.entrance, who.role, self.clock())
        if left is None:
            return ""
        what = "密钥" if who.by_key else "账号"
        return f"您的{what}{f'还有{left}天' if left else '今天'}到期，到期以后进不来，请现在就请安全管理员重新登记。"

    def person(self) -> Person:
        """Return him as the roster has him now.

        Raises:
            ClosedError: it does not know him; or he clones, and holds no office of an auditor today.
        """
        who, roster = self.identity, self.register.view().roster
        found = roster.people.get(who.person)
        if found is None:
            raise ClosedError(f"花名册里没有 {who.person}，不能进入。请联系花名册管理员。")
        if who.role == "inspector" and "auditor" not in {role for role, _ in roster.roles(who.person, self.clock().date())}:
            raise ClosedError(f"{found.name}现在没有督察职责，不能克隆。请联系花名册管理员。")
        return found

    @cached_property
    def box(self) -> Box:
        """His box."""
        return Box(self.register.home / "boxes" / self.identity.person)

    def note(self, what: str) -> None:
        """Write a line into the log of the door, and into the system's: who, by which entrance, what. It never stops what it tells of."""
        note(self.register.home, self.clock(), self.identity, what)


def note(home: Path, at: datetime, who: Identity, what: str) -> None:
    """Write a line into the log of the door; what a client sent is written with ``ascii`` and cut, so that it stays one line.

    Args:
        home: the folder of the register.
        at: when.
        who: who.
        what: what he did or asked for.
    """
    line = f"{who.person} {who.entrance} {who.role} {ascii(what)[: _CUT + 2]}"
    syslog.openlog("duban", syslog.LOG_PID, syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_INFO, line)
    with suppress(OSError):
        folder = home / "door"
        folder.mkdir(mode=0o700, exist_ok=True)
        with (folder / f"{at:%Y-%m}.log").open("a", encoding="ascii") as log:
            log.write(f"{at.isoformat()} {line}\n")
