"""Commands that keep a register: ``demo``, ``init``, ``build``, ``watch``, ``check``, ``doctor``."""

import hashlib
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from records.files import check, kind_of
from records.model import from_data
from records.register import Register
from records.replay import Replay
from records.roster import Bureau, Leaders, Unit
from schema.problem import Problem
from schema.tables import checker
from schema.yaml_text import read
from tui.command.common import fail, register_of, say
from tui.command.doctor import examine
from tui.command.help import command
from tui.edge import now

if TYPE_CHECKING:
    # python-docx takes as long to import as everything else; only the commands that make documents pay for it.
    from documents.publisher import Built, Publisher


@command("demo")
@click.argument("place", metavar="[DIR]", default="register", type=click.Path(file_okay=False, path_type=Path))
@click.option("--walk", is_flag=True, help="把 DB-2026-0118 从登记到签发的经过逐步讲一遍。")
def demo(place: Path, walk: bool) -> None:
    """建立演示登记簿：虚构的机关、人员和三十个事项，每一步都按当时的人和时间真实办理一遍。"""
    from records import demo as stories

    if (place / "register.git").is_dir():
        register = Register(place)
        say(f"演示登记簿已在 {place}。")
    else:
        say(f"正在建立演示登记簿 {place}（{len(stories.steps())} 笔）…")
        register = stories.build(place, _progress)
        say("")
    _publish(register, lambda publisher: publisher.catch_up())
    if walk:
        from tui.command.walk import tell

        tell(register)


@command("init")
@click.argument("place", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--roster", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.yaml", help="机关、局领导和各单位花名册。"
)
def init(place: Path, roster: Path | None) -> None:
    """建立正式登记簿。先不带 --roster 运行一次，得到花名册样本；填好以后带 --roster 再运行。"""
    if roster is None:
        sample = place / "roster.yaml"
        if sample.exists():
            fail(f"{sample} 已经存在。填好以后请运行 duban init {place} --roster {sample}。")
        place.mkdir(parents=True, exist_ok=True)
        sample.write_bytes(_sample())
        say(f"已写出花名册样本 {sample}。请填写机关、局领导、各单位人员、任职和登录名，")
        say(f"然后运行：duban init {place} --roster {sample}")
        return
    bureau, leaders, units = _roster(roster)
    Register.create(place, bureau, leaders, units, now())
    say(f"已建立{bureau.name}督办登记簿 {place}：局领导{len(leaders.people)}人，单位{len(units)}个。")


@command("build")
@click.argument("item", metavar="[ITEM]", required=False)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="把一个事项的全部公文（含单位报告、请示）写到这个目录。",
)
@click.option("--at", "commit", metavar="COMMIT", help="按某一笔提交时的记录生成，与 --to 合用。")
@click.pass_context
def build(context: click.Context, item: str | None, folder: Path | None, commit: str | None) -> None:
    """生成公文到 published 目录：一个事项的，或全部。"""
    from documents.catalogue import planned, planned_by_units

    register = register_of(context)
    if folder is not None or commit is not None:
        if item is None or folder is None:
            fail("--to 和 --at 须写明事项，--at 须与 --to 合用。")
        _print(register, item, folder, commit)
        return
    if item and register.view().item(item) is None:
        fail(f"没有 {item} 这个事项。")
    _publish(register, lambda publisher: publisher.rebuild(item))
    found = register.view().item(item) if item else None
    if found is not None and not (planned(found) or planned_by_units(found)):
        say(f"{item} 还没有可以生成的公文。")
    say(f"公文在 {register.published}。")


def _print(register: Register, item: str, folder: Path, commit: str | None) -> None:
    """Write every document that an item yields as it stood at a commit, the bureau's and the units'."""
    from documents.catalogue import planned, planned_by_units
    from documents.official import DocumentError
    from documents.profile import standard

    register.index.catch_up()
    known = [step.commit for step in register.index.history(item)]
    at = next((each for each in known if each.startswith(commit)), None) if commit else None
    if commit and at is None:
        fail(f"{item} 没有 {commit} 这一笔。用 duban log {item} 查看各笔提交。")
    view = register.view(at)
    found = view.item(item)
    if found is None:
        fail(f"没有 {item} 这个事项。")
    folder.mkdir(parents=True, exist_ok=True)
    plans = (*planned(found), *planned_by_units(found))
    for plan in plans:
        try:
            (folder / plan.name).write_bytes(plan.make(view, standard()))
        except DocumentError as error:
            say(f"未生成 {plan.name}：{error}")
        else:
            say(f"生成 {folder / plan.name}" + (f"（{plan.draft}）" if plan.draft else ""))
    if not plans:
        say(f"{item} 还没有可以生成的公文。")


@command("watch")
@click.pass_context
def watch(context: click.Context) -> None:
    """跟随登记簿，记录一有变化就重新生成有关公文；按 Ctrl+C 停止。"""
    from documents.profile import standard
    from documents.publisher import Publisher
    from documents.watcher import follow

    register, stop = register_of(context), threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    say(f"正在跟随 {register.home}，公文写到 {register.published}。按 Ctrl+C 停止。")
    try:
        follow(register, Publisher(register, standard()), stop=stop, built=_report, failed=lambda error: say(str(error)))
    except KeyboardInterrupt:
        stop.set()
    say("已停止。")


@command("check")
@click.argument("paths", metavar="[FILE]…", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--history", is_flag=True, help="把登记簿的历史逐笔重新办理一遍，核对每一笔是否一字不差。")
@click.pass_context
def check_files(context: click.Context, paths: tuple[Path, ...], history: bool) -> None:
    """检查记录文件；不写文件时检查整个登记簿。有误时逐条指出文件、行、列、栏目和原因，返回 1。"""
    problems = [problem for path in paths for problem in _check(path)]
    if not paths:
        register = register_of(context)
        register.index.catch_up()
        problems = list(register.index.problems())
        if history:
            problems += _replay(register)
    for problem in problems:
        say(str(problem))
    if problems:
        sys.exit(1)
    say("没有发现问题。")


@command("verify")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def verify(context: click.Context, path: Path) -> None:
    """核对一份公文：是哪个事项、哪一笔提交的文本，还是已被改动，或不是本登记簿生成的。"""
    from documents.profile import standard
    from documents.publisher import Publisher

    register = register_of(context)
    _publish(register, lambda publisher: publisher.catch_up())
    manifest = Publisher(register, standard()).manifest()
    known = manifest.documents if manifest else ()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if found := next((each for each in known if each.sha256 == digest), None):
        what = found.draft or "已签发"
        say(f"与登记簿一致：{found.item}，{found.name}（{what}），提交 {found.commit[:10]}。")
        return
    if named := next((each for each in known if each.name == path.name), None):
        fail(f"与登记簿中的 {named.name} 不一致：文件已被改动，或是较早的一稿。用 duban build {named.item} 可重新生成。")
    fail("不是本登记簿现有的公文。")


@command("doctor")
@click.pass_context
def doctor(context: click.Context) -> None:
    """检查本机条件：终端、字体、Git、LibreOffice、登记簿。"""
    sound = examine(context.find_root().obj)
    sys.exit(0 if sound else 2)


def _replay(register: Register) -> list[Problem]:
    problems, count = [], 0
    for _, problem in Replay(register.store).problems():
        count += 1
        if problem:
            problems.append(problem)
        if sys.stderr.isatty():
            click.echo(f"\r已核对 {count} 笔", nl=False, err=True)
    click.echo(f"\r已核对 {count} 笔提交，{count - len(problems)} 笔可以重现。", err=True)
    return problems


def _check(path: Path) -> tuple[Problem, ...]:
    """Check a file under the kind of record that its place, or else its keys, say it is."""
    inside = next((tail for n in range(1, 5) if kind_of(tail := "/".join(path.parts[-n:]))), None)
    data = path.read_bytes()
    if inside:
        return tuple(Problem(each.reason, str(path), each.line, each.column, each.field, each.label) for each in check(data, inside))
    found = read(data, str(path))
    if found.data is None:
        return found.problems
    keys = set(found.data)
    kinds = ("item", "unit", "leaders", "bureau", "numbers", "calendar", "policy")
    kind = max(kinds, key=lambda each: len(keys & set(checker(each).at(()).get("required", ()))))  # type: ignore[call-overload]
    return checker(kind).load(data, str(path))[1]


def _roster(path: Path) -> tuple[Bureau, Leaders, tuple[Unit, ...]]:
    document = read(path.read_bytes(), str(path))
    problems = list(document.problems)
    found: dict[str, list[object]] = {"bureau": [], "leaders": [], "unit": []}
    for kind, entries in (("bureau", [(document.data or {}).get("bureau")]), ("leaders", [(document.data or {}).get("leaders")])):
        found[kind] = [checker(kind).typed(entry) for entry in entries]
    units = (document.data or {}).get("units")
    found["unit"] = [checker("unit").typed(unit) for unit in units] if isinstance(units, list) else []
    for kind, entries in found.items():
        for entry in entries:
            problems += [Problem(each.reason, str(path), 0, 0, each.field, each.label) for each in checker(kind).problems(entry)]
    if problems:
        fail("\n".join(str(problem) for problem in problems))
    return (
        from_data(found["bureau"][0], Bureau),
        from_data(found["leaders"][0], Leaders),
        tuple(from_data(unit, Unit) for unit in found["unit"]),
    )


def _sample() -> bytes:
    from importlib.resources import files

    text = files("records.demo").joinpath("roster.yaml").read_text(encoding="utf-8")
    head = "# 花名册样本：请把机关、人员换成本单位的，删去 demo 一行，每人写上登录名（login），再用 duban init 建立登记簿。\n"
    return (head + text.split("\n", 1)[1].replace("  demo: true\n", "")).encode()


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty() or done == total:
        click.echo(f"\r  {done}/{total}", nl=done == total)


def _publish(register: Register, work: "Callable[[Publisher], tuple[Built, ...]]") -> None:
    from documents.profile import standard
    from documents.publisher import Publisher, PublishError

    try:
        _report(work(Publisher(register, standard())))
    except PublishError as error:
        fail(str(error))


def _report(built: "tuple[Built, ...]") -> None:
    """Say which documents were made; the plain copies of records are not worth a line."""
    for each in built:
        for name in each.files:
            if name.endswith(".docx"):
                say(f"生成 {name}")
        for name in each.removed:
            say(f"删去 {name}")
        for problem in each.problems:
            say(f"未生成：{problem}")


COMMANDS = (demo, init, build, verify, watch, check_files, doctor)
