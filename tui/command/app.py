"""``duban`` without a command: the app, in whatever terminal it was called from."""

import os
import sys
from typing import TYPE_CHECKING, Literal, cast

from records.bureau.roster import Person
from records.register.register import Register
from tui.command.caller import importing
from tui.command.environment import find_register, now, whoami
from tui.later import load_without
from tui.terminal import NOT_UTF8, settle_widths, unfit

if TYPE_CHECKING:
    from tui.app import DubanApp
    from tui.door.guest import Guest


def open_app(
    place: str | None,
    person: str | None,
    width: str,
    slow: bool,
    guest: "Guest | None" = None,
    idle: float | None = None,
    publish: bool = True,
) -> int:
    """Open the app and return the exit code once the person has left it.

    Args:
        place: folder of the register, as given on the command line.
        person: whom to be in a demo register.
        width: ``auto``, ``narrow`` or ``wide``: how wide the terminal draws characters like “ and ….
        slow: whether the line is slow: few colours, no mouse.
        guest: who came in through the door; his register, and himself, whatever else is said.
        idle: seconds without a key after which the app is left; None for never.
        publish: whether the app makes documents as the register moves.

    Raises:
        StoreError: there is no register that can be read.
        Unreadable: its roster is broken.
        Unknown: nobody on the roster is meant, or the register is in use and nobody came in through the door.
    """
    if reason := unfit(os.environ.get("TERM", ""), sys.stdin.isatty(), sys.stdout.isatty() and sys.stderr.isatty()):
        print(reason, file=sys.stderr)
        return 1
    register = guest.register if guest else Register(find_register(place), rechecks=False)
    who = guest.person() if guest else None if register.demo and not person else whoami(register, person)
    widths = settle_widths(cast(Literal["auto", "narrow", "wide"], width))
    if not widths.utf8:
        os.write(sys.stderr.fileno(), NOT_UTF8)
        return 1
    app = _app(register, who, guest, wide_lines=widths.wide_lines, slow=slow, publish=publish, idle=idle)
    app.run(mouse=not slow)
    if app.failure is not None:
        print(f"出错经过记在 {app.faults.last}，请交管理员。" if app.faults.last else "出错经过没有写下。", file=sys.stderr)
    return app.return_code or 0


def _app(
    register: Register, person: Person | None, guest: "Guest | None", *, wide_lines: bool, slow: bool, publish: bool, idle: float | None
) -> "DubanApp":
    """The app, with what comes with who came in through the door."""
    with importing():
        load_without("asyncio")
        from tui.app import DubanApp
        from tui.terminal.garbage import Garbage

    app = DubanApp(
        register,
        person,
        clock=now,
        wide_lines=wide_lines,
        slow=slow,
        publish=publish,
        box=guest.box.folder if guest else None,
        idle=idle,
        warning=guest.warning() if guest else "",
        agent=guest.agent if guest else None,
    )
    app.garbage = Garbage()
    return app
