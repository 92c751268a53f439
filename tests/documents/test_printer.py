"""PDF from a LibreOffice of our own: the same bytes every time, whatever dies meanwhile, and nothing left behind."""

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from documents.forms.letter import render as letter
from documents.forms.special_report import render
from documents.layout.profile import standard
from documents.libreoffice import printer
from documents.libreoffice.installation import Office, find_office
from documents.libreoffice.printer import Printer, PrintError
from tests.e2e.measuring import LETTER, REPORT
from tests.e2e.paper import without_profile
from tests.waiting import until

ROOT = Path(__file__).parents[2]
DOCUMENT = render(REPORT, standard())
OTHER = letter(LETTER, standard())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where all temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


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
    done = subprocess.run(["pdftotext", *options, "-", "-"], input=without_profile(pdf), capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode()


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


def test_nothing_of_the_moment_stays_however_often_it_is_written(stub: Stub, tmp_path: Path) -> None:
    """The XMP of LibreOffice 25.2, in a PDF whose table is not looked at."""
    (tmp_path / "made").write_text(
        """%PDF-1.7
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
   <dc:date>
    <rdf:Seq>
     <rdf:li>2026-11-30T08:33:SSZ</rdf:li>
    </rdf:Seq>
   </dc:date>
   <xmp:CreateDate>2026-11-30T08:33:SSZ</xmp:CreateDate>
   <xmp:ModifyDate>2026-11-30T08:33:SSZ</xmp:ModifyDate>
   <xmp:MetadataDate>2026-11-30T08:33:SSZ</xmp:MetadataDate>
</rdf:Description><</CreationDate(D:202611300833SSZ')>>
"""
    )
    script = f"""n=10; while read job; do n=$((n+1)); sed s/SS/$n/ {tmp_path}/made > document.pdf; echo '{{}}'; done"""
    with stub(script) as pdfs:
        first, second = pdfs.pdf(DOCUMENT), pdfs.pdf(DOCUMENT)
    assert first == second
    assert first.count(b"1980") == 5
    assert b"2026" not in first


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
