"""What is to be done once a register is set up: each step with its command as it is typed, and who may type it."""

import shlex
from collections.abc import Iterator
from datetime import date

from records.bureau.roster import Person, Roster
from records.register.register import Register
from schema.tables import acts
from tui.command.common import say
from tui.command.upkeep import program, timed
from tui.door.guest import SERVICE

_DOOR = f"ssh {SERVICE}@服务器"


def tell_next(register: Register, day: date) -> None:
    """Print the next steps, in their order.

    Args:
        register: one that has just been set up, or an older one.
        day: today.
    """
    say("下一步，依次：")
    for number, (what, commands) in enumerate(_steps(register, day), start=1):
        say(f"{number}. {what}")
        for each in commands:
            say(f"     {each}")


def _steps(register: Register, day: date) -> Iterator[tuple[str, list[str]]]:
    view = register.view()
    roster = view.roster
    duban = f"{program()} --register {shlex.quote(str(register.home.absolute()))}"
    clerk, keeper = (_who(roster, acts()[name].who[0].role, day) for name in ("record_outside_numbers", "announce_calendar"))
    yield "看本机条件是否齐备，照提示补上：", [f"{duban} doctor"]
    yield "设定时任务（到期提醒、逾期催办、月度汇总），在登记簿所属账号的 crontab（crontab -e）里加一行：", [timed(register.home)]
    series = [name for name, each in roster.series.items() if each.scope == "bureau"]
    doors = [  # the lists where the sshd of docs/door.md reads them
        f"{duban} keys init",
        f"{duban} keys enrol 人员编号 --key 公钥.pub --basis 依据",
        f"{duban} keys authorized-keys --to /etc/duban/staff",
        f"{duban} keys authorized-keys --role inspector --to /etc/duban/inspectors",
    ]
    yield "设入口，照“入口”一页（docs/door.md）；enrol 由安全管理员用 duban-keys 运行，其余用 root 运行：", doors
    through = """echo '{"through": N, "reason": "启用时结转"}'"""
    told = [f"{through} | {_DOOR} act record_outside_numbers {name}" for name in series]
    yield f"结转今年已用的文号，N 换成已用到的最后一个号，没有用过的不必办；由{clerk}从入口办理：", told
    ledger = f"{_DOOR} import ledger ledger.xlsx"
    yield (
        f"导入原来的台账，没有的略过；由{_who(roster, acts()['carry_in_item'].who[0].role, day)}从入口办理，先试后导：",
        [f"{_DOOR} put ledger.xlsx < 台账.xlsx", f"{ledger} --dry-run", ledger],
    )
    year = next(each for each in range(day.year, day.year + 9) if view.calendar.estimated(date(each, 1, 1)))
    when = "现在" if year == day.year else f"国务院办公厅公布{year}年安排以后"
    holidays = [f"{_DOOR} put {year}.json < {year}.json", f"echo 文号 | {_DOOR} calendar {year} --import {year}.json"]
    yield f"登记{year}年的节假日安排，{when}办；由{keeper}从入口办理：", holidays
    yield f"对照本局规定核对时限规则，要改的由{keeper}拟定、主管副局长批准（界面里按 z）：", [f"{duban} policy"]
    yield "各人用自己的密钥打开界面：", [_DOOR.replace("ssh", "ssh -t")]


def _who(roster: Roster, role: str, day: date) -> str:
    """Return those who hold a role of the supervising office with their ids, or what the role is called."""
    found: tuple[Person, ...] = roster.holders(role, roster.bureau.office, day)
    return "、".join(f"{each.name}（{each.id}）" for each in found) or "督办主管部门"
