"""The edges where the program meets the machine: the clock, who is chosen, the place of the register."""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from records.bureau.roster import Person
    from records.register.register import Register

ZONE = timezone(timedelta(hours=8))
"""The bureau's zone: there is one in the country, and no summer time in it since 1991; no table needs to be loaded for that."""
DEFAULT_HOME = Path("/srv/duban")


DOOR_ONLY = (
    "正式登记簿只从入口办理：ssh -t 服务账号@服务器 打开界面，或者 ssh 服务账号@服务器 act …。在服务器上直接用命令，只能查看、检查、备份。"
)


class Unknown(Exception):
    """Nobody of the roster is meant by this account or name; the message says what to do."""


def now() -> datetime:
    """Return the time in the bureau's zone, whole seconds."""
    return datetime.now(ZONE).replace(microsecond=0)


def clock(register: "Register") -> Callable[[], datetime]:
    """Return the clock that acts go by: the machine's; in a demo register never before the last step of its stories.

    What a register says of itself now is enough for that; whether anybody may be anyone there rests on its first commit too (`whoami`).
    """
    if not register.view().bureau.demo:
        return now

    def never_before_the_stories() -> datetime:
        head = register.head()
        assert head is not None
        return max(now(), register.describe(head).author.time)

    return never_before_the_stories


def find_register(given: str | None) -> Path:
    """Return the folder of the register: as given, else from the environment, else the nearest sensible default."""
    if chosen := given or os.environ.get("DUBAN_REGISTER"):
        with suppress(RuntimeError):  # there is no such account: then the sign is part of the name
            return Path(chosen).expanduser()
        return Path(chosen)
    nearby = Path("register")
    # os.path, not Path: after `su` one may stand in a folder that one may not look into, and there is no register there
    return nearby if os.path.isdir(nearby / "register.git") or not DEFAULT_HOME.is_dir() else DEFAULT_HOME


def find_keys(given: Path | None, home: Path) -> Path:
    """Return the folder of the keys: as given, else beside that of the register."""
    return given or home.absolute().with_name(f"{home.absolute().name}-keys")


def whoami(register: "Register", chosen: str | None) -> "Person":
    """Return who acts at the command line: in a demo register whoever is chosen, elsewhere nobody. In a register that is in use a person
    comes in through the door alone; what the account is called that runs this command says nothing of who acts.

    Raises:
        Unknown: nobody is chosen, or nobody of the roster, or the register is in use.
    """
    roster = register.view().roster
    if not register.demo:
        raise Unknown(DOOR_ONLY)
    if not chosen:
        raise Unknown("请用 --as 写明身份，例如 --as BGS.clerk1（演示登记簿里可以任选）。")
    found = roster.people.get(chosen) or next((person for person in roster.people.values() if person.name == chosen), None)
    if found is None:
        raise Unknown(f"花名册里没有“{chosen}”。可以写人员编号，例如 BGS.clerk1，也可以写姓名。")
    return found
