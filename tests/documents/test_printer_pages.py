"""What one LibreOffice makes of one document after another: the same bytes every time, nothing of what is not in the document."""

import io
import re
import select
import socket
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from PIL import Image

from documents.layout.profile import standard
from documents.libreoffice.installation import Office
from documents.libreoffice.printer import Printer, PrintError
from tests.documents.test_printer import DOCUMENT, OTHER, text
from tests.e2e.measuring import LETTER, REPORT

SPELL = "督2督2督2督2督2督2"
_NAMES = "http://schemas.openxmlformats.org"
_LINKED = f"""<w:p><w:r><w:drawing><wp:inline xmlns:wp="{_NAMES}/drawingml/2006/wordprocessingDrawing">
<wp:extent cx="900000" cy="900000"/><wp:docPr id="77" name="p"/><a:graphic xmlns:a="{_NAMES}/drawingml/2006/main">
<a:graphicData uri="{_NAMES}/drawingml/2006/picture"><p:pic xmlns:p="{_NAMES}/drawingml/2006/picture">
<p:nvPicPr><p:cNvPr id="0" name="p"/><p:cNvPicPr/></p:nvPicPr>
<p:blipFill><a:blip xmlns:r="{_NAMES}/officeDocument/2006/relationships" r:link="rId99"/><a:stretch><a:fillRect/></a:stretch></p:blipFill>
<p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>
</p:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>""".encode()
_W = f'xmlns:w="{_NAMES}/wordprocessingml/2006/main"'


@pytest.fixture(scope="module")
def pdfs(office: Office) -> Iterator[Printer]:
    """The one LibreOffice of all these tests; starting another costs as much as fifteen documents."""
    with Printer(office) as found:
        yield found


def altered(data: bytes, **parts: Callable[[bytes], bytes]) -> bytes:
    """A .docx with parts of it made into something else; of those made into nothing there is none."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            for part, change in parts.items():
                content = change(content) if name.endswith((f"{part}.xml", f"{part}.xml.rels")) else content
            if content:
                new.writestr(name, content)
    return changed.getvalue()


@pytest.mark.e2e
def test_the_same_document_is_the_same_pdf_whenever_and_after_whatever(office: Office, pdfs: Printer) -> None:
    first = pdfs.pdf(DOCUMENT)
    assert REPORT.title in text(first)
    other = pdfs.pdf(OTHER)
    assert LETTER.number in text(other)
    assert pdfs.pdf(DOCUMENT) == first
    with Printer(office) as another:
        assert another.pdf(OTHER) == other
        assert another.pdf(DOCUMENT) == first


@pytest.mark.e2e
def test_fonts_are_still_fonts(pdfs: Printer, tmp_path: Path) -> None:
    (tmp_path / "document.pdf").write_bytes(pdfs.pdf(DOCUMENT))
    argv = ["pdftoppm", "-r", "50", "-l", "1", str(tmp_path / "document.pdf"), str(tmp_path / "page")]
    assert subprocess.run(argv, capture_output=True, check=True).stderr == b""
    assert Image.open(next(tmp_path.glob("page*.ppm"))).convert("L").point(lambda level: 255 * (level < 128)).getbbox()


@pytest.mark.e2e
def test_no_paragraph_parts_digits_from_characters(pdfs: Printer) -> None:
    document = docx.Document(io.BytesIO(DOCUMENT))
    section = document.sections[0]
    places = ["正文", "独样", "表格", "嵌套", "图框", "页眉", "首眉", "页脚"]
    document.paragraphs[0].insert_paragraph_before(SPELL + places[0])
    document.styles.element.append(
        parse_xml(f'<w:style {_W} w:type="paragraph" w:styleId="Lone" w:customStyle="1"><w:name w:val="Lone"/></w:style>')
    )
    document.paragraphs[0].insert_paragraph_before(SPELL + places[1], "Lone")
    table = document.add_table(1, 1).cell(0, 0)
    table.text = SPELL + places[2]
    table.add_table(1, 1).cell(0, 0).text = SPELL + places[3]
    frame = f'<w:framePr {_W} w:w="5000" w:h="600" w:hAnchor="page" w:vAnchor="page" w:x="2000" w:y="9000" w:wrap="none"/>'
    document.add_paragraph(SPELL + places[4])._p.get_or_add_pPr().insert(0, parse_xml(frame))
    for part, place in zip((section.header, section.first_page_header, section.footer), places[5:], strict=True):
        part.add_paragraph(SPELL + place)
    section.different_first_page_header_footer = True
    document.settings.odd_and_even_pages_header_footer = False
    saved = io.BytesIO()
    document.save(saved)
    words = re.findall(
        r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">(.*?)</word>', text(pdfs.pdf(saved.getvalue()), "-bbox")
    )
    widths = {word.removeprefix(SPELL): float(right) - float(left) for left, right, word in words if SPELL in word}
    assert sorted(widths) == sorted(places)
    # Eleven borders would make 38 points of difference.
    assert max(widths.values()) - min(widths.values()) < 2


@pytest.mark.e2e
def test_what_is_no_document_is_refused_and_the_next_one_made(pdfs: Printer) -> None:
    first = pdfs.pdf(DOCUMENT)
    for broken in (b"", b"text", DOCUMENT[:9000], altered(DOCUMENT, document=lambda _: b"")):
        with pytest.raises(PrintError, match="已损坏，请重新生成"):
            pdfs.pdf(broken)
        assert pdfs.pdf(DOCUMENT) == first


@pytest.mark.e2e
def test_a_document_reads_nothing_but_itself(pdfs: Printer, tmp_path: Path) -> None:
    Image.new("RGB", (30, 30), "red").save(tmp_path / "secret.png")
    kind = f"{_NAMES}/officeDocument/2006/relationships/image"
    with socket.create_server(("127.0.0.1", 0)) as server:
        for target in ((tmp_path / "secret.png").as_uri(), f"http://127.0.0.1:{server.getsockname()[1]}/secret.png"):
            relation = f'<Relationship Id="rId99" Type="{kind}" Target="{target}" TargetMode="External"/></Relationships>'.encode()

            def linked(part: bytes, relation: bytes = relation) -> bytes:
                return part.replace(b"<w:body>", b"<w:body>" + _LINKED).replace(b"</Relationships>", relation)

            pdf = pdfs.pdf(altered(DOCUMENT, document=linked))
            assert REPORT.title in text(pdf)
            assert b"/Subtype/Image" not in pdf
        assert select.select([server], [], [], 0)[0] == []


@pytest.mark.e2e
def test_threads_take_turns(pdfs: Printer) -> None:
    wanted = [DOCUMENT, OTHER] * 4
    with ThreadPoolExecutor(4) as pool:
        titles = [REPORT.number in text(pdf) for pdf in pool.map(pdfs.pdf, wanted)]
    assert titles == [True, False] * 4


@pytest.mark.e2e
def test_every_font_of_the_layout_has_one_that_stands_in(office: Office) -> None:
    assert office.fonts.keys() == {face.name for face in standard().faces.values()}
    assert all(office.fonts.values())
