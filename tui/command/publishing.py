"""The commands that make and check documents: build, watch, verify."""

import hashlib
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from records.register import Register
from tui.command.common import fail, register_of, say
from tui.command.help import command

if TYPE_CHECKING:
    # python-docx takes as long to import as everything else; only the commands that make documents pay for it.
    from documents.publisher import Built, Publisher


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
    publish(register, lambda publisher: publisher.rebuild(item))
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


@command("verify")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def verify(context: click.Context, path: Path) -> None:
    """核对一份公文：是哪个事项、哪一笔提交的文本，还是已被改动，或不是本登记簿生成的。"""
    from documents.profile import standard
    from documents.publisher import Publisher

    register = register_of(context)
    publish(register, lambda publisher: publisher.catch_up())
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


def publish(register: Register, work: "Callable[[Publisher], tuple[Built, ...]]") -> None:
    """Let the publisher of a register do something and say what came of it."""
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


COMMANDS = (build, watch, verify)
