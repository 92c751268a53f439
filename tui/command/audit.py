"""Command for inspectors: ``audit`` judges a register, or any clone of one, from its commits alone."""

import hashlib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from desk.audit_words import Audited, data, lines
from records.audit.audit import Account
from records.audit.beginning import Folders
from records.audit.finding import Finding
from records.audit.own_keys import strange_keys
from records.audit.subject import Subject, subject
from records.audit.surroundings import NOT_ON_A_CLONE
from records.audit.witnesses import Witness, by_codes, by_heads, contradictions
from records.index.layout import FAULTS
from records.keys.keys import Keys
from records.matter.checkpoint import typed
from records.register.attachments import Attachments
from records.register.mirror import LOG, read_log
from records.register.register import Register
from records.store.store import StoreError
from schema.problem import Problem
from schema.text import show
from tui.command.audit_kept import keep, kept
from tui.command.common import as_json, caller_of, fail, say, say_data
from tui.command.environment import find_keys, find_register, now
from tui.command.help import command
from tui.command.paths import read_paper, write_file


@command("audit")
@click.argument("place", metavar="[REPO]", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--checkpoint", "codes", multiple=True, metavar="CODE", help="公文上印的检查点，照着打；可以写几个。")
@click.option(
    "--mirror",
    "book",
    type=click.Path(exists=True, path_type=Path),
    metavar="DIR",
    help="自己的镜像（或者它的 heads.log）：它记下的每一处都要在这段历史里。",
)
@click.option(
    "--keys",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="入口登记簿或者它的克隆：本人签名的密钥当天是谁的，由它作证。在服务器上不写也会去找。",
)
@click.option("--since", metavar="COMMIT", help="只核对这一笔以后的；以前的照现在的样子看待。")
@click.option("--anew", is_flag=True, help="不用本机以前核对时存下的，--since 以前的各个文件夹全部重新读。")
@click.option("--docx", "paper", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="写成核对报告，签字存档。")
@as_json
@click.pass_context
def audit(
    context: click.Context,
    place: Path | None,
    codes: tuple[str, ...],
    book: Path | None,
    keys: Path | None,
    since: str | None,
    anew: bool,
    paper: Path | None,
    as_data: bool,
) -> None:
    r"""核对一个登记簿，或者它的任何一个克隆：只凭提交，不靠服务器、索引和公文清单。

    每一笔重新办理，提交和目录的每一个字节都要一样；公文重新制作，与登记的摘要对照；附件按摘要核对。在服务器上还核对 HEAD、引用、
    配置、钩子、日志。发现的逐处说明日期、人员、事项、栏目、原为什么、现为什么，并分清是不是由前面的引起的。
    照规矩重编一遍、截去末尾的历史，要靠外面记下的东西才查得出：公文上印的检查点、自己的镜像。
    没有问题返回 0，有发现返回 1，不能核对返回 2。

    \b
    例：duban audit 克隆的目录 --checkpoint 3f2a-91bc-0d4e-77aa-1c5e-9
    """
    if since and not re.fullmatch("[0-9a-f]{4,40}", since):
        fail("--since 写一笔提交的编号，四位以上的十六进制数。")
    try:
        found = _audited(subject(place or find_register(caller_of(context).place)), since, tuple(map(_typed, codes)), book, keys, anew)
    except StoreError as error:
        click.echo(show(str(error), lines=True), err=True)
        sys.exit(2)
    if as_data:
        say_data(data(found))
    else:
        for line in lines(found):
            say(line)
    if paper is not None:
        _write_paper(found, paper)
    sys.exit(1 if found.findings else 0 if found.account.commits == found.of else 2)


def _audited(judged: Subject, since: str | None, codes: tuple[str, ...], book: Path | None, keys: Path | None, anew: bool) -> Audited:
    from documents.layout import profile
    from documents.publishing.remaking import judge

    head = judged.head()
    commits, begin, stump = judged.history(head, since or "")
    if since and begin is None:
        raise StoreError(stump)
    folders = Folders(b"" if anew or begin is None else kept())
    account = judged.walk(commits, begin, judge(profile.standard()), _progress, len(os.sched_getaffinity(0)), folders)
    if read := folders.dumped():
        keep(read)
    whole = begin is None and not stump
    through = account.commits == len(commits)
    witnesses = tuple(_witnesses(commits if whole else [], account, codes, book)) if through else ()
    known = commits if begin is None else [begin, *commits]
    beside, cut_off = judged.surroundings(head, known, whole=whole, beside=account.beside)
    around = [*judged.ahead(head, now()), *beside, *_published(judged, account)]
    held, damaged = _attachments(judged, account)
    untold = [*_untold(judged, begin, stump, folders.told), *cut_off]
    if account.unhashed:
        untold.append(
            f"{account.unhashed} 个检查点的 SM3 摘要：本机的 OpenSSL 不能计算 SM3，只按 SHA-256 核对了。请换用 OpenSSL 1.1.1 以上。"
        )
    if account.unproved:
        untold.append(
            f"{account.unproved} 个本人签名：这个克隆是浅的，签名所据的提交、登记簿的第一笔不在里面，签的是不是这一份声明没有核对。"
            "请先 git fetch --unshallow，或者重新克隆。"
        )
    strange, unknown = _own_keys(judged, account, commits[0] if whole else "", keys)
    untold += unknown
    if not through and (codes or book):
        untold.append("检查点和镜像：历史没有核对完。")
    if judged.home is not None and whole and through:
        try:
            around += _index(judged.home)
        except StoreError as error:
            untold.append(f"索引：{error}")
    false = (*contradictions(witnesses), *strange, *around, *damaged)
    server = judged.home is not None
    return Audited(str(judged.repository), server, head, len(commits), account, false, held, tuple(untold), witnesses, judged.names(head))


def _write_paper(found: Audited, file: Path) -> None:
    from desk.audit_report import report
    from documents.forms.audit_report import paper
    from documents.layout.profile import standard

    write_file("写出核对报告", file, paper(report(found, "", now().date()), standard()))
    click.echo(f"核对报告已写到 {show(str(file))}。", err=True)


def _typed(text: str) -> str:
    code = typed(text)
    if isinstance(code, Problem):
        fail(f"检查点“{text[:60]}”{code.reason}")
    return code


def _witnesses(history: Sequence[str], account: Account, codes: tuple[str, ...], book: Path | None) -> Iterator[Witness]:
    """Yield what was written down elsewhere, held against the history; a part of it can say of nothing where it stands."""
    if (codes or book) and not history:
        raise StoreError("只看得到一部分历史，检查点和镜像不能核对。请去掉 --since；历史读不全的，先换一份完整的克隆。")
    places = {commit: place for place, commit in enumerate(history, start=1)}
    yield from by_codes(codes, {each.code: each for each in account.checkpoints}, places)
    if book is not None:
        seen = read_log(book / LOG if book.is_dir() else book)
        yield from by_heads([(each.at.isoformat(), each.head, each.count) for each in seen], places)


def _untold(judged: Subject, begin: str | None, stump: str, told: bool) -> Iterator[str]:
    if begin is not None:
        yield f"{begin[:12]} 和它以前的各笔照现在的样子看待，没有核对。"
        if told:
            yield "那时各个文件夹的摘要和来文，取自本机以前核对时存下的；加 --anew 全部重新读。"
    if stump:
        yield f"更早的历史读不到：{stump}"
    if judged.home is None:
        yield f"{'、'.join(NOT_ON_A_CLONE)}只在服务器上，克隆里没有；要在服务器上核对。"


def _own_keys(judged: Subject, account: Account, first: str, place: Path | None) -> tuple[list[Finding], list[str]]:
    """Hold the keys of own signatures against the register of keys; and say what could not be held against it."""
    if place is None and judged.home is not None and (beside := find_keys(None, judged.home)).is_dir():
        place = beside
    if place is None:
        told = "本人签名的密钥当天是谁的：没有入口登记簿的克隆（--keys）；只看了有没有两个人用同一把。"
        return list(strange_keys(account.own, None)), [told] if account.own else []
    keys = Keys(place)
    if first and keys.register != first:
        raise StoreError(f"{place} 不是这个登记簿的入口登记簿。")
    return list(strange_keys(account.own, keys.signer)), []


def _attachments(judged: Subject, account: Account) -> tuple[tuple[int, int, int], list[Finding]]:
    """Hold the papers beside the register against the hashes that records name; of what is not here nothing can be said."""
    kept = Attachments((judged.home or judged.repository) / "attachments")
    agree = away = 0
    damaged: list[Finding] = []
    for digest in sorted(account.attachments):
        try:
            if kept.read(digest) is None:
                away += 1
            else:
                agree += 1
        except StoreError as error:
            damaged.append(Finding("attachment", str(error), paths=(str(kept.path(digest)),)))
    return (agree, away, len(damaged)), damaged


def _published(judged: Subject, account: Account) -> Iterator[Finding]:
    """Hold the issued documents that lie in the published folder against the hashes on record."""
    for paper in account.papers:
        path = (judged.home or judged.repository) / "published" / paper.name
        if path.exists() and hashlib.sha256(read_paper(path)).hexdigest() != paper.digest:
            reason = f"published/{paper.name} 与记录里登记的摘要不符：文件被改动过。用 duban build {paper.item} 可以重新生成。"
            yield Finding("document", reason, record=paper.item, paths=(f"published/{paper.name}",))


def _index(home: Path) -> Iterator[Finding]:
    """Hold the index against one made anew from the commits: a cache, yet every list and every search is read from it."""
    from records.index.comparison import lies

    register = Register(home)
    with closing(register), TemporaryDirectory(prefix="duban-audit-") as folder:
        register.index.catch_up(lambda done, total: True)
        if not (home / "index.sqlite").is_file():
            return
        anew = Path(folder) / "index.sqlite"
        with closing(register.index_at(anew)) as other:
            other.catch_up(lambda done, total: True)
        try:
            found = list(lies(home / "index.sqlite", anew))
        except FAULTS as error:
            yield Finding("index", f"索引读不出来（{error}）。请删去 index.sqlite，程序会重新建立。", paths=("index.sqlite",))
            return
    for item in found:
        reason = "索引里的内容与记录不符：台账和查找看到的不是记录。请删去 index.sqlite，程序会重新建立。"
        yield Finding("index", reason, record=item, paths=("index.sqlite",))


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r已核对 {done}/{total} 笔", nl=done == total, err=True)


COMMANDS = (audit,)
