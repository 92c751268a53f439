"""Packs an item, or all that came to its end in a year. The same register gives the same package, PDFs on the same machine only."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from documents.archive import sums
from documents.archive.containers import Writer
from documents.archive.metadata import item_metadata, year_metadata
from documents.archive.papers import Paper, in_order, issued, scanned
from documents.archive.record_text import record_text
from documents.forms import file_index
from documents.forms.file_index import IndexLine
from documents.forms.terms import degree, label
from documents.layout.profile import Profile
from documents.libreoffice.printer import PrintError
from documents.publishing.publisher import PdfPrinter
from records.matter.digests import Digests, digests, has_sm3
from records.matter.item import Item
from records.register.register import Register
from records.store.paths import item_path
from records.store.record_files import Unreadable, parse
from records.store.record_history import RecordHistory
from schema.text import show
from schema.yaml_text import write

Progress = Callable[[int, int], None]
"""Called with how many items are packed and how many there are; what it raises ends the work."""

RECORD, RECORD_TEXT, HISTORY, PROOF = "record.yaml", "record.txt", "history.bundle", "proof.pack"
METADATA, POLICY, ITEMS = "metadata.yaml", "policy.yaml", "items"
README = "README.txt"
CONTENTS = ("contents.docx", "contents.txt", "contents.pdf")
_SM3_CHECK = """\
    cksum -a sm3 --untagged --quiet -c SM3SUMS && echo SM3 相符    # coreutils 9 以上；没有的用下面的 openssl
    while read -r h f; do [ "$(openssl dgst -sm3 -r "$f" | cut -c-64)" = "$h" ] || echo "不符 $f"; done < SM3SUMS
"""
_PLACE = re.compile(r"\{([a-z0-9_]+)\}")


@dataclass(frozen=True)
class Packing:
    """What a package is made of and with.

    Attributes:
        register: the register.
        head: the commit at which it is packed.
        profile: the layout of documents.
        printer: makes PDFs; None where there is no LibreOffice.
    """

    register: Register
    head: str
    profile: Profile
    printer: PdfPrinter | None


class Packed(NamedTuple):
    """What came of it: the hash that stands for the whole package, how many files, what is missing, in words."""

    sha256: str
    files: int
    missing: tuple[str, ...]


def pack_item(packing: Packing, item: Item, writer: Writer) -> Packed:
    """Write the package of one item.

    Args:
        packing: with what.
        item: the item as it stands at ``packing.head``.
        writer: takes the files.

    Raises:
        StoreError: the register cannot be read or the files not be written.
    """
    hashed = _Hashed(writer, "")
    papers = _put_item(packing, item, hashed)
    return Packed(hashed.seal(), hashed.count, tuple(f"{each.name}：{each.missing}" for each in papers if each.missing))


def pack_year(
    packing: Packing, year: str, items: Sequence[Item], left: Sequence[tuple[str, str]], hidden: int, writer: Writer, progress: Progress
) -> Packed:
    """Write the package of a year: that of each item, and over them an index and a list of hashes.

    Args:
        packing: with what.
        year: the year.
        items: what came to its end in it, as of ``packing.head``.
        left: ids of those that are not packed, each with the reason.
        hidden: how many more the archivist may not see.
        writer: takes the files.
        progress: told how far it has come.

    Raises:
        StoreError: the register cannot be read or the files not be written.
    """
    whole, missing, lines = _Hashed(writer, ""), [], []
    for place, item in enumerate(items):
        progress(place, len(items))
        own = _Hashed(whole, f"{ITEMS}/{item.id}/")
        papers = _put_item(packing, item, own)
        own.seal()
        missing += [f"{item.id} {each.name}：{each.missing}" for each in papers if each.missing]
        lines.append(_item_line(item, papers, packing.register.view(packing.head).roster.bureau.name))
    progress(len(items), len(items))
    roster = packing.register.view(packing.head).roster
    closing = f"以上共{len(items)}件。" + (f"另有{len(left) + hidden}件没有装入，见 metadata.yaml。" if left or hidden else "")
    day = packing.register.describe(packing.head).author.time.date()
    heading = f"{roster.bureau.name}{year}年度办结的督办事项。"
    document = file_index.of_year(heading, lines, closing, roster.bureau.print_organ, day, packing.profile)
    pdf = _put_index("归档文件目录", heading, closing, lines, document, packing.printer, whole)
    whole.put(METADATA, write(year_metadata(roster.bureau.name, year, packing.head, len(items), left, hidden)))
    told = [f"\n  没有装入 {item}：{show(reason)}" for item, reason in left]
    told += [f"\n  另有 {hidden} 件不在装包人的知悉范围，没有装入。"] if hidden else []
    words = {"year": year, "bureau": roster.bureau.name, "head": packing.head, "count": str(len(items)), "left": "".join(told)}
    whole.put(README, _readme("readme_year.txt", words, pdf))
    return Packed(whole.seal(), whole.count, tuple(missing))


class _Hashed:
    """Passes files on and keeps their hashes, for the lists at the end."""

    def __init__(self, inner: Writer, under: str) -> None:
        self._inner, self._under = inner, under
        self._found: dict[str, Digests] = {}
        self.sizes: dict[str, int] = {}

    @property
    def count(self) -> int:
        return len(self._found)

    def put(self, name: str, data: bytes) -> None:
        self._inner.put(self._under + name, data)
        self._found[name], self.sizes[name] = digests(data), len(data)

    def seal(self) -> str:
        """Write the lists and return the hash of the one that stands for all."""
        if has_sm3():
            self.put(sums.SM3, sums.listed({name: each.sm3 for name, each in self._found.items()}))
        last = sums.listed({name: each.sha256 for name, each in self._found.items()})
        self.put(sums.SHA256, last)
        return digests(last).sha256


def _put_item(packing: Packing, item: Item, hashed: _Hashed) -> tuple[Paper, ...]:
    register, path = packing.register, item_path(item.id)
    history, roster = register.record_history(item.id, packing.head), register.view(packing.head).roster
    versions = list(_versions(history, path))
    documents = issued(register, packing.profile, item, packing.head, packing.printer)
    papers = in_order((*documents, *scanned(register, versions, roster)))
    for name, data in (
        (RECORD, history.steps[-1].record),
        (RECORD_TEXT, record_text(item, roster).encode()),
        (HISTORY, history.bundle),
        (PROOF, history.proof),
        *((name, data) for each in papers for name, data in each.files.items()),
    ):
        hashed.put(name, data)
    if policy := _policy(register, history, item):
        hashed.put(POLICY, policy)
    lines, missing = [_line(each) for each in papers], sum(bool(each.missing) for each in papers)
    closing = f"以上共{len(lines)}件" + (f"，其中{missing}件缺失，原因见 contents.txt" if missing else "") + "。"
    organ, day = roster.bureau.print_organ, history.steps[-1].commit.author.time.date()
    heading = f"{item.id}《{item.title}》"
    document = file_index.of_matter(heading, lines, closing, organ, day, degree(item.secrecy), packing.profile)
    pdf = _put_index("卷内目录", heading, closing, lines, document, packing.printer, hashed)
    words = {"id": item.id, "title": show(item.title), "head": packing.head, "path": path, "last": history.steps[-1].commit.id}
    words["missing"] = f"\n  缺失 {missing} 件，名称和原因见 metadata.yaml 和 contents.txt。\n" if missing else ""
    words["policy_listed"] = (
        "  policy.yaml     本事项所依的时限规则（记录里 policy 是它的 Git 对象编号：git hash-object）\n" if policy else ""
    )
    hashed.put(README, _readme("readme_item.txt", words, pdf))
    told = item_metadata(item, history, papers, packing.head, item.over_at[:4], roster, packing.profile.version, hashed.sizes)
    hashed.put(METADATA, write(told))
    return papers


def _versions(history: RecordHistory, path: str) -> Iterator[Item]:
    """Yield the versions of a record; one that cannot be read, which no act wrote, is named by whoever checks the package."""
    for step in history.steps:
        with suppress(Unreadable):
            yield parse(step.record, Item, path)


def _policy(register: Register, history: RecordHistory, item: Item) -> bytes | None:
    """Return the rules that the item pins, as they are written; they are those in force at one of its commits."""
    for step in history.steps if item.policy else ():
        if register.view(step.commit.id).policy_id == item.policy:
            return register.written(POLICY, step.commit.id)
    return None


def _put_index(
    title: str, heading: str, closing: str, lines: Sequence[IndexLine], document: bytes, printer: PdfPrinter | None, writer: Writer
) -> bool:
    """Write an index as .docx and as text, where it can be had also as PDF; say whether it could."""
    writer.put(CONTENTS[0], document)
    writer.put(CONTENTS[1], "".join(f"{line}\n" for line in (title, heading, "", *_told(lines), closing)).encode())
    if printer is None:
        return False
    try:
        writer.put(CONTENTS[2], printer.pdf(document))
    except PrintError:
        return False
    return True


def _told(lines: Iterable[IndexLine]) -> Iterator[str]:
    for place, line in enumerate(lines, start=1):
        facts = (("文号", line.number), ("责任者", line.organ), ("日期", line.compact_day), ("密级", line.secrecy), ("页数", line.pages))
        yield show(f"{place:>3}  {line.title}")
        yield show("     " + "  ".join(f"{name} {value}" for name, value in facts if value))
        yield show("     " + "  ".join(each for each in (line.file, line.note, line.missing and f"缺失：{line.missing}") if each))
        yield ""


def _line(paper: Paper) -> IndexLine:
    pages = str(paper.pages) if paper.pages else ""
    return IndexLine(paper.title, paper.number, paper.organ, paper.day, pages, paper.note, "", paper.name, paper.missing)


def _item_line(item: Item, papers: Sequence[Paper], bureau: str) -> IndexLine:
    end, pages = item.concluded or item.closed or item.registered, sum(each.pages or 0 for each in papers)
    notes = [] if item.state == "archived" else [label("state", value=item.state)]
    notes += [f"缺{count}件"] if (count := sum(bool(each.missing) for each in papers)) else []
    secrecy = "" if item.secrecy.level == "none" else label("secrecy", "level", value=item.secrecy.level)
    number = (item.outgoing and item.outgoing.number) or (item.report and item.report.number) or ""
    place = f"{ITEMS}/{item.id}/"
    return IndexLine(f"{item.title}（{item.id}）", number, bureau, end.at[:10], str(pages or ""), "，".join(notes), secrecy, place)


def _readme(name: str, words: dict[str, str], pdf: bool) -> bytes:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    sm3 = has_sm3()
    words["contents_pdf"] = "，.pdf 供阅读" if pdf else "；未做 PDF"
    words["sm3_listed"] = "  SM3SUMS         各文件的 SM3（GB/T 32905）清单\n" if sm3 else ""
    words["sm3_check"] = _SM3_CHECK if sm3 else "  装包的机器算不出 SM3，没有 SM3 清单。\n"
    return _PLACE.sub(lambda found: words.get(found[1], found[0]), text).encode()
