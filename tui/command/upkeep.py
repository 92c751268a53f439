"""What ``duban doctor`` says of a register that is to go on: each line tried on the spot, with the way out where something is amiss."""

import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from records.bureau.roster import Person
from records.keys.keys import Keys
from records.matter.digests import has_sm3
from records.register import upkeep
from records.register.maintenance import inventory, last_maintained
from records.register.register import Register
from records.store.opening import is_replica
from records.store.store import StoreError
from tui.command.environment import find_keys

Line = tuple[str, str]
FINE, HINT, MISSING = "正常", "提示", "缺失"
_PATIENCE = 10  # seconds for a program of the system to answer
_SLACK = timedelta(minutes=5)  # by which the register forgives a clock that runs behind
_TIMER = re.compile(r"\bduban\b.*\btick\b")
_LONG_AGO = timedelta(days=62)
_UNTENDED = timedelta(days=3)
_LOOSE, _PACKS = 20_000, 30  # some 3,000 acts; as many packs as a reader keeps open at once
_STALE = timedelta(days=2)  # of a checkpoint, which is taken each day
_SHOWN = 3


def upkeep_lines(register: Register, at: datetime) -> Iterator[Line]:
    """Yield what was found of everything that a register needs to go on.

    Args:
        register: a sound one.
        at: the time by this machine's clock.
    """
    demo = register.demo
    yield _writing(register.home)
    yield _modes(register.home)
    yield _disk(register.home)
    yield from _faults(register.home)
    yield from _sm3()
    if not demo:  # a demo goes by the clock of its stories, and nobody tends it
        yield _clock(register, at)
        if is_replica(register.home):
            yield from _no_timer()
        else:
            yield _timer(register, at)
            yield _checkpoint(register, at)
        yield _keepers(register, at)
    yield _maintenance(register, at)
    yield _calendar(register, at.date())
    yield _policy(register)


def program() -> str:
    """Return how this program is called on this machine: by its name where that finds it, else by its path."""
    script, found = _script(), shutil.which("duban")
    return "duban" if not script.exists() or (found and Path(found).samefile(script)) else shlex.quote(str(script))


def started() -> Path:
    """Return the path at which this program is started again, by sshd as by the clock; an upgrade leaves it as it is."""
    return _script()


def timed(home: Path) -> str:
    """Return the line of a crontab that has the clock do its work at a register; tick itself keeps to workdays and does nothing twice."""
    return f"*/30 8-18 * * * {shlex.quote(str(_script()))} --register {shlex.quote(str(home.absolute()))} tick"


def _script() -> Path:
    """The path by which this program was started, which an upgrade leaves as it is; else the one beside its Python."""
    started = Path(sys.argv[0]).absolute()
    return started if started.name == "duban" and started.is_file() else Path(sys.executable).with_name("duban")


def _writing(home: Path) -> Line:
    me, owner = _account(os.geteuid()), _account(home.stat().st_uid)
    wrong = list(upkeep.unwritable(home))
    if wrong:
        told = "；".join(f"{path} {reason}" for path, reason in wrong[:_SHOWN]) + (f"；等{len(wrong)}处" if len(wrong) > _SHOWN else "")
        return MISSING, f"本账号 {me} 写不了登记簿：{told}。登记簿属于账号 {owner}，请用它登录，或请系统管理员授权。"
    if me != owner:
        return HINT, f"本账号 {me} 可以写登记簿，但登记簿属于账号 {owner}：由 {me} 写的文件 {owner} 可能写不了，请用 {owner} 办理。"
    if reason := upkeep.busy(home):
        return HINT, reason
    return FINE, f"本账号 {me} 可以写登记簿（已在各文件夹试写，未留下文件）"


def _modes(home: Path) -> Line:
    wrong = list(upkeep.exposed(home))
    if not wrong:
        return FINE, "登记库、草稿、附件不对其他账号开放"
    told = "、".join(map(str, wrong[:_SHOWN])) + (f" 等{len(wrong)}处" if len(wrong) > _SHOWN else "")
    tops = dict.fromkeys(shlex.quote(str(home / path.relative_to(home).parts[0])) for path in wrong)
    return HINT, f"{told} 对其他账号开放，或者同组账号可写。请运行：chmod -R g-w,o= {' '.join(tops)}"


def _faults(home: Path) -> Iterator[Line]:
    """What the app wrote down of faults of its own (``tui.terminal.faults``), which nobody else looks for."""
    if logs := sorted((home / "faults").glob("error-*.log")):
        yield HINT, f"程序出过错：{home / 'faults'} 里有 {len(logs)} 份出错经过，最近的是 {logs[-1].name}。请交开发人员，交过的删去。"


def _disk(home: Path) -> Line:
    found = os.statvfs(home)
    free, total = found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
    told = f"{home} 所在磁盘还有 {free / 2**30:.1f} GB（共 {total / 2**30:.0f} GB）"
    if found.f_files and found.f_favail < 100_000:
        return HINT, f"{told}，还能建立 {found.f_favail} 个文件。请腾出空间：每办一步约建立 6 个文件。"
    if free < 200 << 20:
        return MISSING, f"{told}。快要写不下了，请尽快腾出空间或扩容。"
    return (HINT, f"{told}。请腾出空间或扩容。") if free < 2 << 30 else (FINE, told)


def _clock(register: Register, at: datetime) -> Line:
    tip = register.describe(register.head() or "").author.time
    if at < tip - _SLACK:
        told = f"本机时钟 {at:%Y-%m-%d %H:%M} 早于登记簿最后一笔 {tip:%Y-%m-%d %H:%M}，什么都办理不了。请校准时钟。"
        return MISSING, f"{told}有几台服务器的，也看办那一笔的是不是快了。"
    if doubt := upkeep.far_ahead(register, at):
        return HINT, f"{doubt}，在那以前定时任务不办。"
    return FINE, f"本机时钟 {at:%Y-%m-%d %H:%M}，登记簿最后一笔在 {tip:%Y-%m-%d %H:%M}"


def _timer(register: Register, at: datetime) -> Line:
    timers = list(_timers())
    owed = upkeep.neglected(register, at)
    last = upkeep.last_run(register, at - _LONG_AGO)
    seen = f"最近一次由系统办理在 {last:%Y-%m-%d %H:%M}" if last else "近两个月没有由系统办理的（没有到期的事项时本来就没有）"
    way = f"请在登记簿所属账号的 crontab（crontab -e）里加一行：{timed(register.home)}"
    if owed:
        told = f"有 {len(owed)} 件在上一个工作日就该由系统催办或汇总而没有办理，{seen}"
        return HINT, f"定时任务没有在运行：{told}。" + (f"已设的 {'、'.join(timers)} 请查明为什么不运行。" if timers else way)
    if timers:
        return FINE, f"定时任务 {'、'.join(timers)}，{seen}"
    return HINT, f"没有找到运行 duban tick 的定时任务（查了 systemd、/etc/crontab、/etc/cron.d 和本账号的 crontab），{seen}。{way}"


def _no_timer() -> Iterator[Line]:
    """Say what would have the clock do its work at a replica, where nothing can be done; the servers that push do it."""
    if timers := list(_timers()):
        yield HINT, f"本机是副本，定时任务 {'、'.join(timers)} 在这里办不成什么，请停用；催办、检查点由办理的服务器做。"


def _sm3() -> Iterator[Line]:
    if not has_sm3():
        yield HINT, "本机的 OpenSSL 不能计算 SM3 摘要，取不了检查点，档案包里也没有 SM3 清单。请换用支持 SM3 的 OpenSSL（1.1.1 以上）。"


def _checkpoint(register: Register, at: datetime) -> Line:
    """Say by which checkpoint the history can be told from another, and how much lies outside it."""
    view = register.view()
    last = view.checkpoint
    if last is None:
        return HINT, f"还没有检查点，历史被改动时没有外部凭据可对。请由定时任务每天取一个：{program()} tick"
    told = f"最近的检查点 {last.code}，{last.at[:16].replace('T', ' ')} 取"
    try:
        since = view.count(last)
    except StoreError as error:
        return MISSING, f"{told}，与登记簿现在的历史接不上：{error}"
    if since == 1:  # the commit that records it
        return FINE, f"{told}，此后没有新的办理"
    told += f"，此后 {since} 笔没有外部凭据"
    if at - datetime.fromisoformat(last.at) > _STALE:
        return HINT, f"{told}。已超过 {_STALE.days} 天没有取，请查明定时任务为什么没有运行。"
    return FINE, told


def _keepers(register: Register, at: datetime) -> Line:
    """Say whether those without whom nothing can be kept come in, and whether the keys are another account's than the register."""
    roster, day, keys = register.view().roster, at.date(), find_keys(None, register.home)
    try:
        known = {person for person, _ in Keys(keys).open(at, "staff")}
    except StoreError as error:
        return HINT, f"没有人进得来：{error}"
    if (owner := (keys / "keys.git").stat().st_uid) == register.home.stat().st_uid:
        return HINT, f"入口登记簿 {keys} 与登记簿同属账号 {_account(owner)}：能写登记簿的就能给自己开入口。请交给安全管理员的账号。"
    wanted = ("roster_keeper", "registry_clerk", "supervision_office")
    people: dict[str, Person] = {each.id: each for role in wanted for each in roster.holders(role, roster.bureau.office, day)}
    missing = [each for each in people.values() if each.id not in known]
    if not missing:
        return FINE, f"督办主管部门 {len(people)} 人都有入口"
    told = "、".join(f"{each.name}（{each.id}）" for each in missing)
    return HINT, f"督办主管部门的 {told} 没有入口，进不来。请安全管理员用 duban keys enrol 登记他们的公钥。"


def _maintenance(register: Register, at: datetime) -> Line:
    """Say in how many files the repository lies, and when it was last looked after."""
    found, last = inventory(register.home / "register.git"), last_maintained(register.home)
    told = f"登记库有散对象 {found.loose} 个、包 {found.packs} 个，共 {found.size / 2**20:.1f} MB，"
    told += f"最近一次维护在 {last:%Y-%m-%d %H:%M}" if last else "还没有维护过"
    idle = last is None or at - last > _UNTENDED
    if found.packs > _PACKS or (found.loose > _LOOSE and idle):
        way = f"请用登记簿所属账号运行 {program()} --register {shlex.quote(str(register.home))} maintain"
        return HINT, f"{told}。查历史会越来越慢，占的磁盘和文件越来越多。{way}，并由定时任务每天夜里运行。"
    return FINE, told


def _calendar(register: Register, day: date) -> Line:
    calendar = register.view().calendar
    years = (day.year, *((day.year + 1,) if day.month == 12 else ()))
    missing = [year for year in years if calendar.estimated(date(year, 1, 1))]
    if not missing:
        return FINE, f"{'、'.join(map(str, years))}年的节假日安排已登记"
    way = f"echo 文号 | ssh duban@服务器 calendar {missing[0]} --import {missing[0]}.json"
    return HINT, f"{'、'.join(map(str, missing))}年的节假日安排没有登记，时限按估算。请花名册管理员照国务院办公厅通知登记：{way}"


def _policy(register: Register) -> Line:
    view = register.view()
    draft = view.policy_draft
    name = f"时限规则第{view.policy.version}版"
    if draft is not None and draft.approved is not None and draft.policy == view.policy:
        return FINE, f"{name}，{view.roster.name(draft.approved.by)} {draft.approved.at[:10]} 批准"
    waiting = "；已拟定新的一版，等主管副局长批准" if draft is not None and draft.approved is None else ""
    return HINT, f"{name}没有经本局批准，是程序自带的估计值{waiting}。请对照本局规定，由花名册管理员拟定、主管副局长批准（界面里按 z）。"


def _timers() -> Iterator[str]:
    """Yield what on this machine runs ``duban tick`` by the clock, as far as this account may see it."""
    units = re.findall(r"^Unit=(\S+)$", _said("systemctl", "show", "*.timer", "--property=Unit"), re.MULTILINE)
    for unit in units:
        if _TIMER.search(_said("systemctl", "show", unit, "--property=ExecStart")):
            yield unit.replace(".service", ".timer")
    for path in (Path("/etc/crontab"), *sorted(Path("/etc/cron.d").glob("*"))):
        with suppress(OSError):
            if _runs_it(path.read_text(encoding="utf-8", errors="replace")):
                yield str(path)
    if _runs_it(_said("crontab", "-l")):
        yield "crontab"


def _runs_it(table: str) -> bool:
    return any(_TIMER.search(line) and not line.lstrip().startswith("#") for line in table.splitlines())


def _said(*argv: str) -> str:
    """Return what a program of the system prints, nothing where it is not there or does not answer."""
    found = shutil.which(argv[0])
    if found is None:
        return ""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
    with suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(
            [found, *argv[1:]], capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False, env=environment
        ).stdout
    return ""


def _account(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
