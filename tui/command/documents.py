"""The commands that make and check documents: build, watch, verify."""

import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from desk.classified import NO_LONGER_SHOWN
from desk.desk import Desk
from records.acts import Refusal
from records.matter.item import Item
from records.register.register import Register
from records.store import receipt
from records.store.disk import reporting, said
from records.store.ownership import refuse_root
from records.store.store import Commit
from schema.tables import acts
from tui.command.common import commit_of, desk_of_guest, fail, register_of, say
from tui.command.environment import now
from tui.command.help import command
from tui.command.paths import read_paper, write_file

if TYPE_CHECKING:
    # python-docx takes as long to import as everything else; only the commands that make documents pay for it.
    from documents.publishing.origin import Origin
    from documents.publishing.preview import Looked
    from documents.publishing.publisher import Built, PdfPrinter, Publisher

_DIFFERENT = 10  # paragraphs told
_PREVIEW = "preview"
_LISTED = 40  # files that are named one by one
without_pdf = click.option("--no-pdf", "docx_only", is_flag=True, help="不生成 PDF。")


@command("build")
@click.argument("target", metavar="[ITEM|MONTH]", required=False)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="把一个事项的全部公文（含单位报告、请示和办公室工作用件）写到这个目录。",
)
@click.option("--at", "commit", metavar="COMMIT", help="按某一笔提交时的记录生成，与 --to 合用。")
@without_pdf
@click.pass_context
def build(context: click.Context, target: str | None, folder: Path | None, commit: str | None, docx_only: bool) -> None:
    r"""生成公文到 published 目录：一个事项的、一个月通报的，或全部。有 LibreOffice 时同时生成 PDF。

    \b
    例：duban build DB-2026-0118
        duban build 2026-10
        duban build DB-2026-0118 --to 公文 --at 3f2a91c
    """
    from documents.publishing.catalogue import plans

    register, desk = register_of(context), desk_of_guest(context)
    if desk:  # what is made for him lies in his box, which is the folder that we are in, under a name that is no published document's
        if target is None or not _sees(desk, target):
            fail(f"没有 {target} 这个事项，也没有这个月份的通报，或不在您的职责范围内。")
        with pdf_printer(docx_only) as printer:
            _print(register, target, Path(), commit, printer, "built-")
        return
    if (folder is None and commit is not None) or (folder is not None and target is None):
        fail("--to 和 --at 须写明事项或月份，--at 须与 --to 合用。")
    if target is not None and folder is None and register.view().record(target) is None:
        fail(f"没有 {target} 这个事项，也没有这个月份的通报。")
    with pdf_printer(docx_only) as printer:
        if target is not None and folder:
            _print(register, target, folder, commit, printer)
            return
        publish(register, lambda publisher: publisher.rebuild(target, _progress), printer, target)
        if target and not plans(register.view().record(target)):
            say(f"{target} 还没有可以生成的公文。")
    say(f"公文在 {register.published}。")


def _print(register: Register, target: str, folder: Path, commit: str | None, printer: "PdfPrinter | None", before: str = "") -> None:
    """Write every document that an item or a roundup yields as it stood at a commit; ``before`` stands before each name."""
    from documents.layout.official_document import DocumentError
    from documents.layout.profile import standard
    from documents.libreoffice.printer import PrintError
    from documents.publishing.folder import pdf_name
    from documents.publishing.history import History

    at = commit_of(register, commit, target) if commit else register.head() or ""
    record = register.view(at).record(target)
    if record is None:
        fail(f"没有 {target} 这个事项，也没有这个月份的通报。")
    now_is = register.view().record(target)
    if isinstance(now_is, Item) and now_is.classified:
        fail(NO_LONGER_SHOWN)
    with reporting("写出公文", folder):
        folder.mkdir(parents=True, exist_ok=True)
    due = tuple(History(register, None, at).due(target, record, ()))
    for plan, made_of in due:
        try:
            if made_of is None:
                raise DocumentError("签发签名与历史中的签发不符，请核查记录由谁改动。")
            data = plan.make(register.view(made_of), standard())
            write_file("写出公文", folder / f"{before}{plan.name}", data)
            say(f"生成 {folder / f'{before}{plan.name}'}" + (f"（{plan.draft}）" if plan.draft else ""))
            if printer and (pdf := pdf_name(plan.name)):
                write_file("写出公文", folder / f"{before}{pdf}", printer.pdf(data))
                say(f"生成 {folder / f'{before}{pdf}'}")
        except (DocumentError, PrintError) as error:
            say(f"未生成 {plan.name}：{error}")
    if not due:
        say(f"{target} 还没有可以生成的公文。")


@command("watch")
@click.argument("place", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.argument("targets", metavar="[ITEM|MONTH]…", nargs=-1)
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="预览写到这个目录，默认写到克隆里的 preview。"
)
@without_pdf
@click.pass_context
def watch(context: click.Context, place: Path | None, targets: tuple[str, ...], folder: Path | None, docx_only: bool) -> None:
    """跟随登记簿，记录一有变化就重新生成有关公文；按 Ctrl+C 停止。

    写明 DIR（用 git clone 克隆登记簿得到的目录）时，跟随那里正在编辑的记录：改动过的和以后每次保存的事项、通报都生成预览，
    每份标“草稿”；记录有误时指出文件、行、列、栏目和原因。再写 ITEM 或者 MONTH，没有改动过的事项、当月通报也预览。
    """
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        if place is not None:
            _preview(place, targets, folder or place / _PREVIEW, docx_only, stop)
        elif folder is not None:
            fail("--to 须与 DIR 合用：登记簿的公文总写到它的 published 目录。")
        else:
            _follow(register_of(context), docx_only, stop)
    except KeyboardInterrupt:
        stop.set()
    say("已停止。")


def _follow(register: Register, docx_only: bool, stop: threading.Event) -> None:
    from documents.layout.profile import standard
    from documents.publishing.publisher import Publisher
    from documents.publishing.watcher import follow

    refuse_root(register.home)
    with pdf_printer(docx_only) as printer:
        say(f"正在跟随 {register.home}，公文写到 {register.published}。按 Ctrl+C 停止。")
        publisher = Publisher(register, standard(), printer)

        def built(done: "tuple[Built, ...]") -> None:
            _report(done)
            _record_issued(register, publisher, {each.record for each in done})

        follow(register, publisher, stop=stop, built=built, failed=_failed, told=say)


def _preview(place: Path, targets: tuple[str, ...], folder: Path, docx_only: bool, stop: threading.Event) -> None:
    from documents.layout.profile import standard
    from documents.publishing.folder import record_path
    from documents.publishing.preview import Preview, follow
    from records.store.worktree import WORK_TREE, WorkTree

    tree = WorkTree(place)
    for target in targets:
        try:
            there = tree.read(record_path(target), WORK_TREE) is not None
        except ValueError:
            there = False
        if not there:
            fail(f"{place} 里没有 {target} 这个事项，也没有这个月份的通报。")
    with pdf_printer(docx_only) as printer:
        preview = Preview(tree, folder, standard(), printer)
        say(f"正在跟随 {place}，改动过的和每次保存的事项、通报都预览到 {folder}，每份标“草稿”。按 Ctrl+C 停止。")
        follow(preview, owners=targets, stop=stop, looked=_tell, failed=_failed, told=say)


def _failed(error: Exception) -> None:
    """Say what went wrong while following; what the system says in its own words, in ours."""
    say(f"读写失败：{said(error)}。稍后再试。" if isinstance(error, OSError) else str(error))


def _tell(looked: "Looked") -> None:
    """Say what came of a saved record."""
    for problem in looked.problems:
        say(str(problem))
    if looked.mended:
        say(f"{looked.record} 已改正。")
    for name in looked.written:
        say(f"预览 {name}")
    for name in looked.removed:
        say(f"删去 {name}")
    if not (looked.problems or looked.mended or looked.written or looked.removed):
        say(f"{looked.record} 没有错误，{'公文没有变化' if looked.papers else '还没有可以预览的公文'}。")


@command("verify")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--all", "everywhere", is_flag=True, help="从文件看不出是哪个事项的，逐件核对全部事项的历史。")
@click.pass_context
def verify(context: click.Context, path: Path, everywhere: bool) -> None:
    """核对一份公文（.docx 或 PDF）：是哪个事项、第几轮、哪一笔提交的文本，何人何时签发，还是已被改动，或不是本登记簿生成的。"""
    from documents.layout.package import layout_of
    from documents.layout.profile import standard
    from documents.publishing.origin import likely, origin

    register, data = register_of(context), read_paper(path)
    register.index.catch_up()
    printed, desk = data.startswith(b"%PDF"), desk_of_guest(context)
    owners = [] if printed else [each for each in likely(register, path.name, data) if _sees(desk, each)]
    every = [each.id for each in register.index.items() if desk is None or desk.sees(each)] if everywhere and not printed else []
    found = origin(register, standard(), data, list(dict.fromkeys([*owners, *every])), _searched)
    if found and not _sees(desk, found.owner):
        found = None  # whoever may not know a matter is told what he would be told of any other file
    if found is None and printed:
        fail("登记簿里没有这份 PDF：文件已被改动，或不是最近发布的一份。请核对同名的 .docx。")
    if found is None and owners and (layout := layout_of(data)) not in (None, standard().version):
        fail(
            f"{owners[0]} 登记成文的公文里没有这份文件。它写明按第{layout}版版式生成，本程序用第{standard().version}版，"
            f"没有登记成文的（草稿、工作用件）不能重新生成来核对，真伪不能断定：请与经办人手里的原件核对，或者用第{layout}版版式的程序核对。"
        )
    if found is None and owners:
        _say_akin(register, data, owners)
        way = f"用 duban build {owners[0]} --to 目录 可重新生成，对照查看。"
        fail(f"与 {owners[0]} 历次的公文都不一致：文件已被改动，或不是本登记簿生成的。{way}")
    if found is None:
        fail("不是本登记簿生成的公文。" + ("" if everywhere else "从文件看不出是哪个事项；逐件核对全部事项的历史请加 --all。"))
    _attest(register, found, standard().version)


def _sees(desk: Desk | None, owner: str) -> bool:
    """Whether whoever came in through the door may see an item or a roundup; on the machine itself there is nobody to ask for."""
    if desk is None:
        return True
    return desk.open(owner) is not None if owner.startswith("DB-") else desk.roundup(owner) is not None


def _say_akin(register: Register, data: bytes, owners: list[str]) -> None:
    """Say of a file that is none of ours byte by byte which document it says the same as, or where it says something else."""
    from documents.layout.profile import standard
    from documents.publishing.saved_again import akin

    found = akin(register, standard(), data, owners)
    if found is None:
        return
    name = f"{found.name}（{found.word or '已签发'}，提交 {found.commit[:10]}）"
    if not found.differences:
        say(f"文字与 {name} 逐段相同，但文件另存过，不是原件：签名、印章和版面以原件为准。")
        return
    say(f"文字与 {name} 相近，有 {len(found.differences)} 段不同：")
    for own, here in found.differences[:_DIFFERENT]:
        say(f"  登记：{own or '（没有这一段）'}")
        say(f"  此件：{here or '（没有这一段）'}")


def _searched(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r正在核对历史 {done}/{total}", nl=done == total, err=True)


def _attest(register: Register, found: "Origin", now: int) -> None:
    what = f"{found.owner} " + (f"第{found.round}轮 " if found.round else "") + f"{found.name}（{found.word or '已签发'}）"
    commit = register.describe(found.commit)
    if not found.stands:
        fail(f"是 {what}在提交 {commit.id[:10]}（{_minute(commit)}）时的文本，后来已改动。用 duban build {found.owner} 可生成现在的文本。")
    say(f"与登记簿一致：{what}，提交 {commit.id[:10]}。")
    if found.layout != now:
        say(f"文件按第{found.layout}版版式生成，摘要与登记的相符，是原件。本程序用第{now}版，重新生成的版面与它不同，以这份文件为准。")
    if found.printed:
        say("这是由它排成的 PDF：PDF 的摘要只在发布清单里，记录里没有，要紧的请核对 .docx。")
    if withdrawn := _withdrawn(register, found):
        say(withdrawn)
    if not found.word:
        told, names = receipt.trailers(commit.message), register.view(commit.id).roster
        who, behalf = names.name(receipt.person_of(commit.author.email)), told.get("Duban-On-Behalf-Of", "").split(" <")[0]
        signer = f"{behalf}（纸质，{who}录入）" if receipt.on_paper(commit) else f"{who}（代{behalf}）" if behalf else who
        spec = acts().get(told.get("Duban-Act", ""))
        say(f"{_minute(commit)} {signer} {spec.label if spec else '签发'}。")


def _withdrawn(register: Register, found: "Origin") -> str:
    """That a document was withdrawn since, and why; "" for one that stands (D-13)."""
    record = register.view().record(found.owner)
    gone = record.withdrawn_files.get(found.name) if isinstance(record, Item) else None
    if gone is None:
        return ""
    told = f"，{gone.notice_at}通知{gone.notice_to}" if gone.notice_to else ""
    who = register.view().roster.name(gone.by)
    return f"这份公文已于{gone.at[:10]}由{who}撤回，文号{gone.number}作废{told}：{' '.join(gone.reason.split())}"


def _minute(commit: Commit) -> str:
    return f"{commit.author.time:%Y-%m-%d %H:%M}"


@contextmanager
def pdf_printer(docx_only: bool) -> "Iterator[PdfPrinter | None]":
    """Give what makes PDFs, None where they are not wanted or LibreOffice is missing, which is said."""
    from documents.libreoffice.installation import find_office
    from documents.libreoffice.printer import Printer

    office = None if docx_only else find_office(os.environ.get("PATH", os.defpath))
    if office is None:
        if not docx_only:
            say("本机没有可用的 LibreOffice，只生成 .docx，不生成 PDF。")
        yield None
        return
    with Printer(office) as printer:
        yield printer


def publish(
    register: Register, work: "Callable[[Publisher], tuple[Built, ...]]", printer: "PdfPrinter | None" = None, target: str | None = None
) -> None:
    """Let the publisher of a register do something, say what came of it, above all for a target, and put what is issued on record."""
    from documents.layout.profile import standard
    from documents.publishing.publisher import Publisher, PublishError

    refuse_root(register.home)
    try:
        publisher = Publisher(register, standard(), printer)
        _report(work(publisher), target)
        if _record_issued(register, publisher, None):
            publisher.catch_up()  # the copies of the records, too, say what was put on record
    except PublishError as error:
        fail(str(error))


def _record_issued(register: Register, publisher: "Publisher", paths: Collection[str] | None) -> int:
    """Put the hash of each issued document on record, of these records or of all, and return how many; only a failure is said."""
    from documents.publishing.document_hashes import record_issued
    from documents.publishing.folder import owner_of

    manifest = publisher.manifest()
    owners = None if paths is None else {owner for path in paths if (owner := owner_of(path))}
    count = 0
    for name, came in record_issued(register, manifest, now(), owners) if manifest else ():
        if isinstance(came, Refusal):
            say(f"{name} 未能登记成文：{came}")
            break
        count += 1
    return count


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty() and total > 1:
        click.echo(f"\r正在生成 {done}/{total} ", nl=done == total, err=True)


def _report(built: "tuple[Built, ...]", target: str | None = None) -> None:
    """Say which documents were made; of many those of the target, and how many others. Copies of records are not worth a line."""
    made = [name for each in built for name in each.files if not name.endswith(".yaml")]
    named = [name for name in made if len(made) <= _LISTED or (target and target in name)]
    for name in named:
        say(f"生成 {name}")
    if len(made) > len(named):
        kinds = Counter(name.rpartition(".")[2] for name in made if name not in named)
        say("生成 " + "，".join(f".{kind} {count} 份" for kind, count in sorted(kinds.items())) + "。")
    for each in built:
        for name in each.removed:
            say(f"删去 {name}")
        for problem in each.problems:
            say(f"未生成：{problem}")


COMMANDS = (build, watch, verify)
