"""Commands that keep a register: ``demo``, ``init``, ``check``, ``doctor``."""

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from desk import founding
from desk.attachments import named
from desk.classified import for_the_security_administrator
from desk.founding import Founding
from desk.tables import Sheet, read_sheets
from records.bureau.roster import Bureau, Leaders, Unit
from records.register.register import Register
from records.store.disk import reporting
from records.store.paths import kind_of
from records.store.record_files import check
from records.store.roster_files import RosterDocument, is_roster, read_roster
from schema.problem import Problem
from schema.tables import checker
from schema.yaml_text import read
from tui.command.common import caller_of, fail, register_of, say
from tui.command.doctor import examine
from tui.command.documents import publish
from tui.command.environment import find_register, now
from tui.command.help import command
from tui.command.next_steps import tell_next
from tui.command.paths import read_record, write_file
from tui.command.tables import sheets_of, workbook_of
from tui.command.upkeep import program


@command("demo")
@click.argument("place", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option("--walk", is_flag=True, help="把 DB-2026-0118 从登记到签发的经过逐步讲一遍。")
@click.pass_context
def demo(context: click.Context, place: Path | None, walk: bool) -> None:
    """建立演示登记簿：虚构的机关、人员和三十个事项，每一步都按当时的人和时间真实办理一遍。"""
    from records import demo as stories

    place = place or Path(caller_of(context).place or "register")
    if (place / "register.git").is_dir():
        register = Register(place)
        say(f"演示登记簿已在 {place}。")
    else:
        say(f"正在建立演示登记簿 {place}（{len(stories.steps())} 笔）…")
        register = stories.build(place, _progress)
        say("")
    publish(register, lambda publisher: publisher.catch_up())
    if walk:
        from tui.command.walk import tell

        tell(register)


@command("init")
@click.argument("place", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="机关、局领导和各单位花名册：.xlsx，或者 .yaml。不写时用 DIR 里填好的 roster.xlsx。",
)
@click.option(
    "--upstream", "url", metavar="URL", help="几台服务器共用的上级库：空的，登记簿建在那里；有登记簿的，取来（docs/machines.md）。"
)
@click.option("--replica", is_flag=True, help="与 --upstream 一起写：这台服务器是副本，只供查看。")
@click.pass_context
def init(context: click.Context, place: Path | None, roster: Path | None, url: str | None, replica: bool) -> None:
    """建立正式登记簿。第一次运行得到花名册样本；填好以后再运行一次。建成以后说明下一步做什么，随时可以再看。"""
    place = place or find_register(caller_of(context).place)
    again = f"{program()} init {shlex.quote(str(place))}"
    if replica and url is None:
        fail("--replica 要与 --upstream 一起写。")
    if url is not None:
        from tui.command.joining import upstream_first

        if not upstream_first(place, url, replica=replica):
            return
        again += f" --upstream {shlex.quote(url)}"
    if roster is None and (place / "register.git").is_dir() and Register.founded(place):
        say(f"登记簿已经建立在 {place}，未作改动。")
        tell_next(Register(place), now().date())
        return
    sample = place / "roster.xlsx"
    if roster is None and not sample.exists():
        with reporting("写出花名册样本", sample):
            place.mkdir(mode=0o750, parents=True, exist_ok=True)
        write_file("写出花名册样本", sample, _sample())
        say(f"已写出花名册样本 {sample}，四张表：机关、单位、任职、代理。请用 WPS 或 Excel 换成本局的，")
        say(f"存在原处，然后再运行一次：{again}")
        return
    if roster is None and _texts(sheets_of(sample)) == _texts(read_sheets(_sample(), "")):
        fail(f"{sample} 还是样本，没有填写。请换成本局的，存在原处，然后再运行一次：{again}")
    bureau, leaders, units = _roster(roster or sample)
    register = Register.create(place, bureau, leaders, units, now())
    say(f"已建立{bureau.name}督办登记簿 {place}：局领导{len(leaders.people)}人，单位{len(units)}个。")
    tell_next(register, now().date())


@command("check")
@click.argument("paths", metavar="[FILE]…", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--history", is_flag=True, help="把登记簿的历史逐笔重新办理一遍，核对每一笔是否一字不差。")
@click.pass_context
def check_files(context: click.Context, paths: tuple[Path, ...], history: bool) -> None:
    """检查记录文件；不写文件时检查整个登记簿。有误时逐条指出文件、行、列、栏目和原因，返回 1。"""
    files = [problem for path in paths for problem in _check(path)]
    if not (_tell(files) if paths else audited(register_of(context), history=history)):
        sys.exit(1)


def audited(register: Register, *, history: bool) -> bool:
    """Check the records and the papers beside them, with ``history`` all of that too; say what is found, return whether it is sound."""
    register.index.catch_up()
    problems = list(register.problems(now().date()))
    for told in for_the_security_administrator(register.view(), register.index.items(), register.index.history):
        say(told)
    if history:
        problems += _replay(register)
    return _tell([*problems, *_attachments(register, ever=history)])


def _tell(problems: Sequence[Problem]) -> bool:
    for problem in problems:
        say(str(problem))
    if not problems:
        say("没有发现问题。")
    return not problems


@command("doctor")
@click.pass_context
def doctor(context: click.Context) -> None:
    """检查本机条件：终端、字体、Git、LibreOffice、登记簿；本账号能否写入、定时任务、磁盘、时钟、节假日、时限规则，逐项试过再说。"""
    sound = examine(caller_of(context).place)
    sys.exit(0 if sound else 2)


def _replay(register: Register) -> list[Problem]:
    problems, count, replay = [], 0, register.replay()
    for _, problem in replay.problems():
        count += 1
        if problem:
            problems.append(problem)
        if sys.stderr.isatty():
            click.echo(f"\r已核对 {count} 笔", nl=False, err=True)
    click.echo(f"\r已核对 {count} 笔提交，{replay.reproduced} 笔可以重现。", err=True)
    if replay.unperformed:
        click.echo(f"{replay.unperformed} 笔按第1版规则形成，未重办。", err=True)
    return problems


def _attachments(register: Register, *, ever: bool) -> Iterator[Problem]:
    """Hold the papers that lie beside the register against the records; of what is not there nothing can be said."""
    found = register.attachments.survey(named(register, ever=ever), reading=True)
    if checked := len(found.named) - len(found.missing) - len(found.damaged):
        say(f"附件 {checked} 件与记录的摘要相符。")
    if found.missing:
        say(f"附件未随克隆 {len(found.missing)} 件：不在这里，没有核对。")
    for each in found.damaged:
        yield Problem("内容与记录的摘要不符，已被改动或损坏。请从备份恢复这个文件。", str(register.attachments.path(each.digest)))


def _check(path: Path) -> tuple[Problem, ...]:
    """Check a file under the kind of record that its place, or else its keys, say it is."""
    inside = next((tail for n in range(1, 5) if kind_of(tail := "/".join(path.parts[-n:]))), None)
    data = read_record(path)
    if inside:
        return tuple(Problem(each.reason, str(path), each.line, each.column, each.field, each.label) for each in check(data, inside))
    found = read(data, str(path))
    if found.data is None:
        return found.problems
    if is_roster(found.data):
        return read_roster(data, str(path), now().date()).problems
    keys = set(found.data)
    kinds = ("item", "unit", "leaders", "bureau", "numbers", "calendar", "policy")
    kind = max(kinds, key=lambda each: len(keys & set(checker(each).at(()).get("required", ()))))  # type: ignore[call-overload]
    return checker(kind).load(data, str(path))[1]


def _roster(path: Path) -> tuple[Bureau, Leaders, tuple[Unit, ...]]:
    found: RosterDocument | Founding
    if path.suffix.lower() in (".xlsx", ".csv"):
        found = founding.read(sheets_of(path), now().date().isoformat())
    else:
        found = read_roster(read_record(path), str(path), now().date())
    if found.problems:
        fail("\n".join(str(problem) for problem in found.problems))
    bureau, leaders = found.parts.bureau, found.parts.leaders
    assert bureau
    assert leaders
    return bureau, leaders, tuple(filter(None, found.parts.units))


def _texts(sheets: Sequence[Sheet]) -> list[tuple[str, list[list[str]]]]:
    return [(sheet.name, [[cell.text for cell in row] for row in sheet.rows]) for sheet in sheets]


def _sample() -> bytes:
    return workbook_of(founding.sample(), "花名册样本", now())


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty() or done == total:
        click.echo(f"\r  {done}/{total}", nl=done == total)


COMMANDS = (demo, init, check_files, doctor)
