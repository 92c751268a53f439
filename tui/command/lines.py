"""``duban --plain``: the desk line by line, at whatever the lines come from: a terminal, or a pipe that nobody's terminal stands behind."""

import os
import select
import sys
from collections.abc import Callable

from desk.desk import Desk
from records.bureau.roster import Person
from records.register.register import Register
from tui.command.environment import clock, find_register, whoami
from tui.door.guest import Guest
from tui.lines.sitting import Sitting
from tui.lines.talk import HungUp, Talk
from tui.terminal.drafts import Drafts

_MUCH = 1 << 20
"""Bytes without an end of line that are held at most."""

_IDLE = "\n久未输入，会话已经结束。没有办理的都存为草稿，请重新登录。\n"


def open_lines(place: str | None, person: str | None, guest: Guest | None = None, idle: float | None = None) -> int:
    """Sit a person down at his desk, line by line, until he leaves or the line ends, and return the exit code.

    Args:
        place: folder of the register, as given on the command line.
        person: whom to be in a demo register.
        guest: who came in through the door; his register, and himself, whatever else is said.
        idle: seconds without a line after which the session ends; None for never.

    Raises:
        StoreError: there is no register that can be read.
        Unreadable: its roster is broken.
        Unknown: nobody on the roster is meant, or the register is in use and nobody came in through the door.
    """
    register = guest.register if guest else Register(find_register(place), rechecks=False)
    who: Person = guest.person() if guest else whoami(register, person)
    box, agent = (guest.box.folder, guest.agent) if guest else (None, None)
    desk = Desk(register, who, guest.clock if guest else clock(register), box=box, agent=agent)
    talk = Talk(_lines(sys.stdin.fileno(), idle), _written, cuts=os.isatty(sys.stdin.fileno()))
    try:
        Sitting(talk, desk, Drafts(register.drafts / who.id)).begin()
    except HungUp:
        _written("\n")
    finally:
        register.close()
    return 0


def _written(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _lines(source: int, idle: float | None) -> Callable[[], bytes | None]:
    """Return what waits for the next line; it says so where nobody wrote one in time, and gives None."""
    held = bytearray()
    ready = select.poll()
    ready.register(source, select.POLLIN)

    def read() -> bytes | None:
        while (end := held.find(b"\n")) < 0:
            if not ready.poll(None if idle is None else idle * 1000):
                _written(_IDLE)
                return None
            data = os.read(source, 1 << 16)
            if not data:
                return None
            held.extend(data[: max(0, _MUCH - len(held))] or (b"\n" if b"\n" in data else b""))
        line = bytes(held[:end])
        del held[: end + 1]
        return line

    return read
