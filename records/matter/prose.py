"""The text of a report as a record keeps it: one sentence a line, a blank line between paragraphs.

So a plain ``git diff`` of two rounds shows exactly the sentences that changed. A sentence that is a heading says so with one to
four ``#`` and a space at the start of its line; the heading may stand alone or run into the text of its own paragraph,
as officials write it: ``# 一、查实情况。`` followed by the sentences under it.

Two or more lines of cells between ``|`` in a block of their own are a table, its first row the head: ``| 指标 | 目标 |``. A row is a line,
so a diff shows the rows that changed.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

_SENTENCE = re.compile(r"[^。！？]*[。！？]+[”’』」）〉》]*|[^。！？]+")
_ENDED = re.compile(r"[。！？][”’』」）〉》]*$")
_MARK = re.compile(r"(#{1,4}) +(\S.*)")
_ROW = re.compile(r"\|.*\|")
# What Markdown sets under the head of a table, and what a spreadsheet puts between its cells.
_UNDER_HEAD = re.compile(r":?-{2,}:?|:-:?|-:")
_TABBED = re.compile(r"(?:^[^\n\t]*\t[^\n]*(?:\n|\Z)){2,}", re.M)
_NUMBERED = (
    re.compile(r"[一二三四五六七八九十]{1,3}、[^。，；：\n]{1,24}(?:。|$)", re.M),
    re.compile(r"（[一二三四五六七八九十]{1,3}）[^。，；：\n]{1,24}(?:。|$)", re.M),
)
_NUMERALS = "〇一二三四五六七八九十"


def numeral(number: int) -> str:
    """Return a number up to 99 as headings are counted: 一, 十二, 二十."""
    tens, ones = divmod(number, 10)
    return (_NUMERALS[tens] if tens > 1 else "") + ("十" if tens else "") + (_NUMERALS[ones] if ones or not tens else "")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph, the heading that opens it, if any, and its running text; or a table.

    Attributes:
        heading: the heading's words, with their number and full stop as written; empty when there is none.
        level: 1 to 4 (一、 （一） 1. （1）), 0 without a heading.
        text: the sentences after the heading, joined without breaks.
        rows: the cells of a table, as many in every row, the head first; heading and text are then empty.
    """

    heading: str
    level: int
    text: str
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def words(self) -> str:
        """All that it says; of a table a line a row."""
        return "\n".join("　".join(row) for row in self.rows) if self.rows else self.heading + self.text


def normalise(text: str) -> str:
    """Return the canonical form of a text; a text already in that form comes back unchanged."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    found = "\n\n".join(part for block in blocks for part in _parts(block) if part)
    return found + "\n" if "\n" in found else found


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a canonical text, headings apart from what runs after them."""
    found = []
    for block in text.strip("\n").split("\n\n"):
        first, *rest = block.split("\n")
        if rows := _rows(block.split("\n")):
            found.append(Paragraph("", 0, "", rows))
        elif mark := _MARK.fullmatch(first):
            found.append(Paragraph(mark[2], len(mark[1]), "".join(rest)))
        elif block:
            found.append(Paragraph("", 0, "".join([first, *rest])))
    return tuple(found)


def attachment_texts(text: str) -> Iterator[tuple[str, tuple[Paragraph, ...]]]:
    """Yield each attachment in a canonical text with its paragraphs: its name is a first-level heading, and the levels below move up.

    What stands before the first name comes under the name "".
    """
    name: str = ""
    found: list[Paragraph] = []
    for each in paragraphs(text):
        if each.level == 1:
            if name or found:
                yield name, tuple(found)
            name, found = each.heading, [Paragraph("", 0, each.text)] if each.text else []
        else:
            found.append(replace(each, level=max(0, each.level - 1)))
    if name or found:
        yield name, tuple(found)


def flowing(text: str) -> str:
    """Return the text as a person reads it: a line a paragraph, no marks."""
    return "\n".join(paragraph.words for paragraph in paragraphs(text))


def with_headings(text: str) -> str:
    """Return a typed or pasted text with its numbered short openings marked as headings, for the drafter to look over.

    What was copied from a spreadsheet, its cells parted by tabs, becomes a table. An aid at the desk only: nothing that is recorded or
    printed guesses at headings.
    """
    blocks = re.split(
        r"\n\s*\n|\n(?=\s*(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）))",
        _TABBED.sub(_fenced, text.replace("\r\n", "\n")),
    )
    return normalise("\n\n".join(_with_heading(block.strip()) for block in blocks))


def content_hash(*parts: str) -> str:
    """Return ``sha256:`` and 64 hex digits over the parts, each bound by its length so that none can lend a character to the next."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(b"%d\0" % len(data) + data)
    return f"sha256:{digest.hexdigest()}"


def printed_code(digest: str) -> str:
    """Return the short form of a content hash that is printed on paper: its first 12 hex digits, such as 3f2a-91bc-77d0 (3-2-3)."""
    digits = digest.removeprefix("sha256:")[:12]
    return "-".join(digits[start : start + 4] for start in range(0, 12, 4))


def as_printed_code(typed: str) -> str:
    """Return a code read off a paper as it is printed, whatever its capitals and gaps; what is none stays as typed."""
    digits = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", typed)).lower()
    return printed_code(digits) if re.fullmatch(r"[0-9a-f]{12}", digits) else typed


def _parts(block: str) -> Iterator[str]:
    """Yield what a block of typed text holds: tables, and what stands before, between and behind them."""
    text: list[str] = []
    for is_row, run in groupby((line.strip() for line in block.split("\n")), key=lambda line: bool(_ROW.fullmatch(line))):
        lines = list(run)
        if is_row and (rows := _rows(lines)):
            yield _lines("\n".join(text))
            yield "\n".join(f"| {' | '.join(row)} |" for row in rows)
            text = []
        else:
            text += lines
    yield _lines("\n".join(text))


def _rows(lines: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the cells of a table, () for what is none: less than a head and a row, or a single column."""
    if len(lines) < 2 or not all(map(_ROW.fullmatch, lines)):
        return ()
    cells = ([cell.strip() for cell in line[1:-1].split("|")] for line in lines)
    rows = [row for row in cells if any(row) and not all(map(_UNDER_HEAD.fullmatch, row))]
    width = max(map(len, rows), default=0)
    return tuple((*row, *[""] * (width - len(row))) for row in rows) if len(rows) > 1 and width > 1 else ()


def _fenced(tabbed: re.Match[str]) -> str:
    rows = (" | ".join(cell.strip().replace("|", "｜") for cell in line.split("\t")) for line in tabbed[0].strip("\n").split("\n"))
    return "\n\n" + "\n".join(f"| {row} |" for row in rows) + "\n\n"


def _lines(block: str) -> str:
    """One sentence a line; a line feed inside a paragraph separates nothing that a full stop does not."""
    running: list[str] = []
    for line in (part.strip() for part in block.split("\n")):
        if mark := _MARK.fullmatch(line):
            first, *rest = _sentences(mark[2])
            running += ["", f"{mark[1]} {first}", *rest] if running else [f"{mark[1]} {first}", *rest]
        elif line:
            sentences = _sentences(line)
            if running and running[-1] and not running[-1].startswith("#") and not _ENDED.search(running[-1]):
                running[-1] += sentences.pop(0)
            running += sentences
    return "\n".join(running)


def _sentences(line: str) -> list[str]:
    found: list[str] = []
    for sentence in (part.strip() for part in _SENTENCE.findall(line)):
        # A mark in the middle of a line is a character like any other; at the start of its own line it would become a heading.
        if found and (sentence.startswith("#") or not sentence):
            found[-1] += sentence
        else:
            found.append(sentence)
    return found


def _with_heading(block: str) -> str:
    for level, pattern in enumerate(_NUMBERED, start=1):
        if found := pattern.match(block):
            below = "\n" if found[0].endswith("。") else "\n\n"
            return f"{'#' * level} {found[0]}{below}{block[found.end() :].lstrip()}"
    return block
