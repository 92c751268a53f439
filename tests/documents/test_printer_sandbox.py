"""The sandbox of LibreOffice: what runs in its place sees nothing of the machine, and what it makes of its own folder deceives nobody."""

import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from documents.forms.special_report import render
from documents.layout.profile import standard
from documents.libreoffice.installation import Office, environment_in, find_office
from documents.libreoffice.printer import Printer, PrintError
from tests.e2e.measuring import REPORT
from tests.waiting import until

DOCUMENT = render(REPORT, standard())
# In the place of soffice.bin: tries all that it should not, and leaves word of what it could.
INTRUDER = """#!/bin/bash
[ "$1" = --version ] && exit
exec > "$HOME/told" 2> /dev/null
grep -q . {secret} && echo read
echo altered >> {secret} && echo wrote
touch "${{0%/*}}/new" && echo changed a program
kill -0 {process} && echo reached a process
echo > /dev/tcp/127.0.0.1/{port} && echo reached the network
echo at work
"""
ALL = {"read", "wrote", "changed a program", "reached a process", "reached the network", "at work"}


def sandboxed(path: str) -> Office:
    if not shutil.which("soffice") or not shutil.which("bwrap"):
        pytest.skip("LibreOffice or bubblewrap is not installed")
    found = find_office(path)
    assert found
    if not found.sandbox:
        pytest.skip("bubblewrap is forbidden here")
    return found


def intruding(place: Path, secret: Path, port: int) -> Path:
    """Lay an installation of LibreOffice that is none; returns the folder with its programs."""
    programs = place / "office" / "program"
    programs.mkdir(parents=True)
    for name in ("soffice", "soffice.bin"):
        (programs / name).write_text(INTRUDER.format(secret=secret, process=os.getpid(), port=port))
        (programs / name).chmod(0o755)
    return programs


def told(office: Office, folder: Path) -> set[str]:
    folder.mkdir(mode=0o700)
    subprocess.run(office.command(folder), env=environment_in(folder, {}), cwd=folder, check=True, timeout=60)
    return set((folder / "told").read_text().splitlines())


@pytest.mark.e2e
def test_nothing_of_the_machine_is_seen_from_within(tmp_path: Path) -> None:
    secret = tmp_path / "register" / "leaders.yaml"
    secret.parent.mkdir()
    secret.write_text("leaders: []\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        programs = intruding(tmp_path, secret, server.getsockname()[1])
        office = sandboxed(f"{programs}:{os.environ['PATH']}")
        assert office.program == programs / "soffice.bin"
        assert told(office, tmp_path / "within") == {"at work"}
        assert secret.read_text() == "leaders: []\n"
        assert told(replace(office, sandbox=()), tmp_path / "without") == ALL


@pytest.mark.e2e
def test_the_sandbox_changes_no_byte(tmp_path: Path) -> None:
    office = sandboxed(os.environ["PATH"])
    with Printer(office) as within, Printer(replace(office, sandbox=())) as without:
        assert within.pdf(DOCUMENT) == without.pdf(DOCUMENT)


def test_a_bubblewrap_that_is_forbidden_is_none(tmp_path: Path) -> None:
    programs = intruding(tmp_path, tmp_path / "secret", 1)
    for name, status in (("bwrap", 1), ("python3", 0)):
        (programs / name).write_text(f"#!/bin/sh\nexit {status}\n")
        (programs / name).chmod(0o755)
    office = find_office(str(programs))
    assert office == Office(programs / "soffice.bin", programs / "python3", {})


def deceiving(place: Path, *lines: str) -> Printer:
    """A printer whose listener is a script of the shell, in the folder that LibreOffice has for itself."""
    script = place / "python3"
    script.write_text("\n".join(("#!/bin/sh", "read job", *lines, "read job")))
    script.chmod(0o755)
    return Printer(Office(Path("/nowhere/soffice.bin"), script, {}))


def test_a_link_in_the_place_of_the_pdf_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "leaders.yaml").write_text("%PDF of all leaders")
    with deceiving(tmp_path, f"ln -s {tmp_path / 'leaders.yaml'} document.pdf; echo '{{}}'") as printer, pytest.raises(PrintError):
        printer.pdf(DOCUMENT)


def test_a_pipe_in_the_place_of_the_pdf_holds_nobody_up(tmp_path: Path) -> None:
    with deceiving(tmp_path, "mkfifo document.pdf; echo '{}'") as printer, pytest.raises(PrintError, match="未能把这份公文转成 PDF"):
        printer.pdf(DOCUMENT)


def test_a_link_in_the_place_of_the_next_document_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    victim = tmp_path / "leaders.yaml"
    victim.write_text("leaders: []\n")
    plant = f"echo %PDF > document.pdf; echo '{{}}'; while [ -e document.docx ]; do :; done; ln -s {victim} document.docx"
    with deceiving(tmp_path, plant) as printer:
        printer.pdf(DOCUMENT)
        until(lambda: any(path.is_symlink() for path in tmp_path.glob("duban-*/document.docx")))
        with pytest.raises(PrintError):
            printer.pdf(DOCUMENT)
    assert victim.read_text() == "leaders: []\n"
