"""A document as text, for whoever has a terminal and no word processor: what will be printed, line by line, nothing added."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.table import Table
from docx.text.paragraph import Paragraph

Side = Literal["left", "centre", "right"]
_CODE = re.compile(r"文本校验码 [0-9a-f-]+")
_SIDES: dict[object, Side] = {WD_ALIGN_PARAGRAPH.CENTER: "centre", WD_ALIGN_PARAGRAPH.RIGHT: "right"}


@dataclass(frozen=True)
class TextLine:
    """A paragraph of a document, or a row of a table.

    Attributes:
        text: what it says, its indent written as full-width spaces.
        side: where it stands.
    """

    text: str
    side: Side = "left"


def as_text(data: bytes) -> Iterator[TextLine]:
    """Yield the lines of a .docx that this program made, from its first to its last, and the code that stands at the foot of its pages.

    Pictures and page numbers are left out.

    Args:
        data: the document.
    """
    paper = docx.Document(BytesIO(data))
    for part in paper.iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                cells = dict.fromkeys((cell._tc, cell.text.strip().replace("\n", " ")) for cell in row.cells)  # merged cells come once
                yield TextLine("  ".join(text for _, text in cells if text))
        else:
            yield _line(part)
    foot = "".join(part.text for part in paper.sections[-1].footer.paragraphs)
    if code := _CODE.search(foot):
        yield TextLine(code[0], "right")


def _line(paragraph: Paragraph) -> TextLine:
    style = paragraph.style.paragraph_format if paragraph.style else None
    alignment = paragraph.alignment if paragraph.alignment is not None else style and style.alignment
    indent = paragraph.paragraph_format.first_line_indent or (style and style.first_line_indent)
    text = paragraph.text.strip()
    return TextLine(f"　　{text}" if indent and indent > 0 and text else text, _SIDES.get(alignment, "left"))
