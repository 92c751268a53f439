"""PDF from a LibreOffice of our own: the same bytes every time, whatever dies meanwhile, and nothing left behind."""

import io
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from PIL import Image

from documents.forms.letter import render as letter
from documents.forms.special_report import render
from documents.layout.profile import standard
from documents.libreoffice import printer
from documents.libreoffice.installation import Office, find_office
from documents.libreoffice.printer import Printer, PrintError
from tests.e2e.measuring import LETTER, REPORT

ROOT = Path(__file__).parents[2]
PATIENCE = 30
DOCUMENT = render(REPORT, standard())
OTHER = letter(LETTER, standard())
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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where all temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session", params=["as it is", "in its sandbox"])
def office(request: pytest.FixtureRequest) -> Office:
    if not shutil.which("soffice"):
        pytest.skip("LibreOffice is not installed")
    found = find_office(os.environ["PATH"])
    assert found
    if request.param == "as it is":
        return replace(found, sandbox=())
    if not found.sandbox:
        pytest.skip("bubblewrap is not installed, or forbidden here")
    return found


@pytest.fixture
def nothing_left(folder: Path) -> Iterator[None]:
    """No process, not even a dead one, and no folder outlives the test."""
    before = under(os.getpid()).keys()
    yield
    assert under(os.getpid()).keys() <= before
    assert not list(folder.glob("duban-*"))


@pytest.fixture
def pdfs(office: Office, nothing_left: None) -> Iterator[Printer]:
    with Printer(office) as found:
        yield found


def under(pid: int) -> dict[int, str]:
    """The names of all processes that a process started, and of those that they started."""
    names, parents = {}, {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            each, name, _, parent = re.findall(r"^(\d+) \((.*)\) (\w) (\d+)", path.read_text())[0]
            names[int(each)], parents[int(each)] = name, int(parent)

    def below(each: int) -> bool:
        return parents.get(each) == pid or (each in parents and below(parents[each]))

    return {each: names[each] for each in names if below(each)}


def soffice(pid: int | None = None) -> int:
    (found,) = (each for each, name in under(pid or os.getpid()).items() if name == "soffice.bin")
    return found


def until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Whether a process has ended, reaped or not."""
    with suppress(FileNotFoundError):
        return ") Z" in Path(f"/proc/{pid}/stat").read_text()
    return True


def sockets(pid: int) -> list[Path]:
    """The files on which a process listens, as they are called outside of its sandbox."""
    own = {os.readlink(each) for each in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [line.split() for line in Path(f"/proc/{pid}/net/unix").read_text().splitlines()]
    names = [Path(row[7]).name for row in rows if len(row) == 8 and f"socket:[{row[6]}]" in own]
    places = (Path("/tmp"), *Path(tempfile.gettempdir()).glob("duban-*"))
    return [place / name for name in names for place in places if (place / name).is_socket() and not place.is_symlink()]


def text(pdf: bytes, *options: str) -> str:
    """What a PDF says; that its table of contents is in order is part of it."""
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode()


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
def test_every_font_of_the_layout_has_one_that_stands_in(office: Office) -> None:
    assert office.fonts.keys() == {face.name for face in standard().faces.values()}
    assert all(office.fonts.values())


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
def test_libreoffice_killed_between_two_documents_is_started_again(pdfs: Printer) -> None:
    first = pdfs.pdf(DOCUMENT)
    old = soffice()
    os.kill(old, signal.SIGKILL)
    assert pdfs.pdf(DOCUMENT) == first
    assert soffice() != old


@pytest.mark.e2e
def test_libreoffice_killed_over_a_document_makes_it_all_the_same(pdfs: Printer, folder: Path) -> None:
    first = pdfs.pdf(DOCUMENT)
    os.kill(soffice(), signal.SIGSTOP)
    with ThreadPoolExecutor() as pool:
        second = pool.submit(pdfs.pdf, DOCUMENT)
        until(lambda: any(folder.glob("duban-*/document.docx")))
        os.kill(soffice(), signal.SIGKILL)
        assert second.result() == first


@pytest.mark.e2e
def test_a_libreoffice_that_hangs_is_ended(pdfs: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    first = pdfs.pdf(DOCUMENT)
    hung = soffice()
    os.kill(hung, signal.SIGSTOP)
    with monkeypatch.context() as brief:
        brief.setattr(printer, "_LIMIT", 0.5)
        with pytest.raises(PrintError, match=r"没有排完.*\.docx 不受影响"):
            pdfs.pdf(DOCUMENT)
    assert gone(hung)
    assert pdfs.pdf(DOCUMENT) == first


@pytest.mark.e2e
def test_it_is_started_anew_before_it_grows_too_large(pdfs: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printer, "_RECYCLE", 2)
    seen = []
    for _ in range(3):
        pdfs.pdf(DOCUMENT)
        seen.append(soffice())
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.e2e
def test_threads_take_turns(pdfs: Printer) -> None:
    wanted = [DOCUMENT, OTHER] * 4
    with ThreadPoolExecutor(4) as pool:
        titles = [REPORT.number in text(pdf) for pdf in pool.map(pdfs.pdf, wanted)]
    assert titles == [True, False] * 4


@pytest.mark.e2e
def test_closing_leaves_nothing_and_nobody_else_may_enter(pdfs: Printer, folder: Path) -> None:
    pdfs.pdf(DOCUMENT)
    found, own = sockets(soffice()), list(folder.glob("duban-*"))
    assert found
    assert own
    assert {path.stat().st_mode & 0o077 for path in (*own, *(path for path in found if path.parent not in own))} == {0}
    assert not list(folder.glob("duban-*/document.*"))
    pdfs.close()
    assert not list(folder.iterdir())
    assert not any(path.exists() for path in found)
    assert REPORT.title in text(pdfs.pdf(DOCUMENT))


@pytest.mark.e2e
@pytest.mark.parametrize("victim", ["the program", "the listener", "bubblewrap"])
def test_whoever_is_killed_libreoffice_goes_with_him(office: Office, folder: Path, victim: str) -> None:
    (folder / "document.docx").write_bytes(DOCUMENT)
    code = (
        "import sys, tempfile, time; from pathlib import Path; tempfile.tempdir = sys.argv[1]\n"
        "from documents.libreoffice.installation import Office; from documents.libreoffice.printer import Printer\n"
        "pdfs = Printer(Office(Path(sys.argv[2]), Path(sys.argv[3]), {}, tuple(sys.argv[4:])))\n"
        "pdfs.pdf(Path(sys.argv[1], 'document.docx').read_bytes())\n"
        "print('ready', flush=True); time.sleep(600)"
    )
    argv: list[str | Path] = [sys.executable, "-c", code, folder, office.program, office.python, *office.sandbox]
    program = subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=ROOT)
    assert program.stdout
    with program:
        try:
            assert program.stdout.readline() == b"ready\n"
            office_pid = soffice(program.pid)
            started = under(program.pid)
            (listener,) = (each for each, name in started.items() if name not in ("soffice.bin", "bwrap"))
            wrapper = min((each for each, name in started.items() if name == "bwrap"), default=None)
            if victim == "bubblewrap" and not wrapper:
                pytest.skip("it runs without")
            left = sockets(office_pid)
            assert left
            victims = {"the program": program.pid, "the listener": listener, "bubblewrap": wrapper or 0}
            os.kill(victims[victim], signal.SIGKILL)
            until(lambda: all(gone(each) for each, name in started.items() if each != listener or victim != "bubblewrap"))
            if victim == "the program":
                assert not list(folder.glob("duban-*"))
                assert not any(path.exists() for path in left)
        finally:
            program.kill()
    for path in left:  # it was the listener's to remove them
        path.unlink(missing_ok=True)


@pytest.mark.e2e
@pytest.mark.usefixtures("nothing_left")
def test_a_libreoffice_that_does_not_come_up_is_told(office: Office) -> None:
    with Printer(replace(office, program=Path("/bin/false"))) as pdfs, pytest.raises(PrintError, match="未能启动"):
        pdfs.pdf(DOCUMENT)


class Stub:
    """A listener of another kind: a script of the shell."""

    def __init__(self, folder: Path) -> None:
        self._script, self._log = folder / "python3", folder / "log"

    def __call__(self, *lines: str) -> Printer:
        self._script.write_text("\n".join(("#!/bin/sh", f"echo started >> {self._log}", *lines)))
        self._script.chmod(0o755)
        return Printer(Office(Path("/nowhere/soffice.bin"), self._script, {}))

    @property
    def starts(self) -> int:
        return len(self._log.read_text().splitlines())


@pytest.fixture
def stub(folder: Path, nothing_left: None) -> Stub:
    return Stub(folder)


def test_what_dies_over_a_document_twice_is_given_up(stub: Stub) -> None:
    with stub("read job") as pdfs, pytest.raises(PrintError, match=r"未能启动或中途退出.*duban doctor"):
        pdfs.pdf(DOCUMENT)
    assert stub.starts == 2


def test_what_does_not_start_is_told(stub: Stub, tmp_path: Path) -> None:
    with Printer(Office(tmp_path, tmp_path / "none", {})) as pdfs, pytest.raises(PrintError, match="未能启动"):
        pdfs.pdf(DOCUMENT)


def test_what_hears_nothing_is_killed(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printer, "_LIMIT", 0.1)
    monkeypatch.setattr(printer, "_GRACE", 0.1)
    with stub("exec sleep 600") as pdfs, pytest.raises(PrintError, match="没有排完"):
        pdfs.pdf(DOCUMENT)
    assert stub.starts == 1


def test_a_disk_that_is_full_is_told(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with stub("read job") as pdfs:
        monkeypatch.setattr(Path, "open", full)
        with pytest.raises(PrintError, match="生成 PDF失败：磁盘"):
            pdfs.pdf(DOCUMENT)


def test_an_interruption_ends_it_so_that_no_answer_is_taken_for_anothers(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with stub("read job; sleep 600") as pdfs:
        monkeypatch.setattr(printer, "_GRACE", 0.1)
        monkeypatch.setattr(select, "poll", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pdfs.pdf(DOCUMENT)
        assert "sleep" not in under(os.getpid()).values()


def executable(path: Path, status: int = 0) -> Path:
    path.write_text(f"#!/bin/sh\nexit {status}\n")
    path.chmod(0o755)
    return path


def test_libreoffices_own_python_goes_first(tmp_path: Path) -> None:
    (tmp_path / "program").mkdir()
    (tmp_path / "bin").mkdir()
    for name in ("soffice", "soffice.bin"):
        executable(tmp_path / "program" / name)
    python = executable(tmp_path / "program/python3")
    (tmp_path / "bin/libreoffice").symlink_to(tmp_path / "program/soffice")
    found = find_office(f"/nowhere:{tmp_path / 'bin'}")
    assert found == Office(tmp_path / "program/soffice.bin", python, {})
    executable(python, 1)
    found = find_office(str(tmp_path / "bin"))
    assert found is None or found.python == Path("/usr/bin/python3")


def test_no_libreoffice_is_none(tmp_path: Path) -> None:
    assert find_office(str(tmp_path)) is None
    executable(tmp_path / "soffice")  # something else of that name
    assert find_office(str(tmp_path)) is None
