"""Whatever a command is given and wherever that leads: a word in Chinese at once, nothing waited for, nothing read without bound."""

import io
import os
import signal
import socket
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import click
import pytest

from documents.libreoffice import installation, printer
from documents.libreoffice.printer import Printer
from records.register.register import Register
from records.store.disk import read_foreign
from records.store.store import StoreError
from tests.documents.case import created, walk
from tui.command import duban, main

PATIENCE = 20  # seconds until a command counts as hanging; the machine may be slow
PLACES: tuple[str, ...] = (
    "pipe",
    "link-to-pipe",
    "loop",
    "socket",
    "folder",
    "huge",
    "/dev/zero",
    "/dev/tty",
    "/proc/self/mem",
    "/proc/kmsg",
    "/dev/full",
)
PLACES += ("noise", "empty", "plain/below", "x" * 5000, "\udcff", "a\0b", "\ud800")
WORDS = ("a\0b", "\ud800", "\udcff", "x" * 5000, "", "\x1b]0;x\x07", "../../x", "9" * 4000)
FINE = ("\udcff", "noise", "empty", "huge", "folder")  # a folder that may be made, a file that may be overwritten, and checked
FILLED = {"NAME": "read", "ITEM": "DB-2026-0118", "MONTH": "2026-10", "DIR": "/nowhere", "[DIR]": "/nowhere", "FILE": "/nowhere"}
FILLED |= {"BACKUP|URL": "folder", "YEAR": "2026", "SHELL": "bash"}
DAY_OFF = datetime.fromisoformat("2026-11-28T10:30:00+08:00")
MAKES = {"demo", "init"}  # a register where there is nothing, which is no fault


def _walk() -> Iterator[tuple[str, click.Parameter]]:
    for name, command in duban.commands.items():
        yield from ((name, param) for param in command.params if not (isinstance(param, click.Option) and param.is_flag))


ARGUMENTS = list(_walk())


class Hung(Exception):
    """A command does not end."""


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with one of each thing that is no file, in which the commands run."""
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    Path("link-to-pipe").symlink_to("pipe")
    Path("loop").symlink_to("loop")
    Path("folder").mkdir()
    Path("noise").write_bytes(bytes(range(256)) * 20)
    Path("empty").touch()
    Path("plain").touch()
    with open("huge", "wb") as file:
        file.truncate(1 << 36)
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("socket")
        yield tmp_path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a register of one matter: each command is run at it a dozen times, and most read all that there is."""
    register = created(tmp_path_factory.mktemp("small") / "register")
    walk(register, "reserve_number")
    register.index.catch_up()
    head = register.head()
    yield register.home
    assert register.head() == head, "a test has written to the register of all tests"


@pytest.fixture(scope="module")
def libreoffice() -> Iterator[Printer | None]:
    """The one LibreOffice of all these commands, each of which would look for it and start its own; None where there is none."""
    if office := installation.find_office(os.environ["PATH"]):
        with Printer(office) as found:
            yield found
    else:
        yield None


@pytest.fixture
def run(
    home: Path, libreoffice: Printer | None, places: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    """Return what runs a command at the register, to which nothing here may write."""
    monkeypatch.setattr(installation, "find_office", lambda path: libreoffice)
    monkeypatch.setattr(printer, "Printer", nullcontext)
    monkeypatch.setattr("tui.command.environment.now", lambda: DAY_OFF)  # the clock owes nothing, so that tick writes nothing
    monkeypatch.setattr(Register, "take_checkpoint", lambda *_: None)

    def once(*argv: str, register: str = str(home)) -> tuple[int, str]:
        def hung(*_: object) -> None:
            raise Hung(argv)

        monkeypatch.setattr(sys, "argv", ["duban", "--register", register, *argv])
        signal.signal(signal.SIGALRM, hung)
        signal.alarm(PATIENCE)
        try:
            with pytest.raises(SystemExit) as left:
                main()
        finally:
            signal.alarm(0)
        told = capsys.readouterr()
        return int(left.value.code or 0), told.out + told.err

    return once


def _line(name: str, param: click.Parameter, value: str) -> list[str]:
    argv = [name]
    for other in duban.commands[name].params:
        needed = other.required or (name, other.name) == ("watch", "place")
        if isinstance(other, click.Argument) and needed and other is not param:
            argv.append(FILLED[other.metavar or ""])
    argv += ["--as", "L03"] if name in ("act", "acts", "statement") and param.name != "person" else []
    argv += (
        {"signer": ["--scan", "empty"], "scan": ["--paper-of", "L03"], "folder": ["--no-pdf"]}.get(param.name or "", [])
        if name in ("act", "build")
        else []
    )
    if isinstance(param, click.Argument):
        return [*argv, "--", value] if value.startswith("-") else [*argv, value]
    return [*argv, param.opts[0], f"text={value}" if param.name == "pairs" else value]


@pytest.mark.parametrize(("name", "param"), ARGUMENTS, ids=[f"{name} {param.name}" for name, param in ARGUMENTS])
def test_every_argument_of_every_command_may_be_or_lead_to_anything(
    name: str, param: click.Parameter, run: Callable[..., tuple[int, str]]
) -> None:
    is_path = isinstance(param.type, click.Path)
    for value in PLACES if is_path else WORDS:
        if name in MAKES and is_path and value in ("folder", "\udcff"):
            continue
        code, told = run(*_line(name, param, value))
        assert any("一" <= sign <= "龥" for sign in told), value
        assert not any(words in told for words in ("程序出错", "Traceback", "\x1b", "\0")), (value, told)
        assert code or not is_path or value in FINE, (value, told)


@pytest.mark.parametrize("value", [*PLACES, "~nobody-of-that-name", ""])
def test_the_register_may_be_said_to_lie_anywhere(value: str, run: Callable[..., tuple[int, str]]) -> None:
    code, told = run("ls", register=value)
    assert code
    assert not any(words in told for words in ("程序出错", "Traceback"))
    assert any("一" <= sign <= "龥" for sign in told)


def test_no_more_of_a_file_is_read_than_allowed_and_nothing_but_files(places: Path) -> None:
    (places / "ten").write_bytes(b"0123456789")
    assert read_foreign(places / "ten", 10) == b"0123456789"
    for name, words in {"ten": "上限", "huge": "上限", "pipe": "管道", "folder": "目录", "socket": "套接字", "/dev/zero": "设备"}.items():
        with pytest.raises(StoreError, match=words):
            read_foreign(places / name, 9)


_WORD = '<w:document xmlns:w="x"><w:body>'
DOCUMENTS = {
    "400,000 tags in 3 KB": "<w:t " * 400_000,
    "attributes": _WORD + "<w:t " + " ".join(f'a{n}="1"' for n in range(200_000)) + ">",
    "depth": _WORD + "<w:p>" * 400_000,
    "one text": f"{_WORD}<w:p><w:t>{'督' * 1_000_000}</w:t></w:p>",
    "entities in entities": "<!DOCTYPE a [<!ENTITY a0 'aaaa'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    + f"]>{_WORD}<w:p><w:t>&a11;</w:t></w:p>",
    "zeros": "\0" * (64 << 20),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_made_to_hang_its_reader_is_said_to_be_none_of_ours(
    name: str, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", DOCUMENTS[name])
    (tmp_path / "a.docx").write_bytes(packed.getvalue())
    code, told = run("verify", "a.docx")
    assert code == 1
    assert "不是本登记簿生成的公文" in told


def test_a_document_in_a_compression_that_asks_for_memory_is_not_unpacked(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("word/document.xml", _WORD)
    assert "不是本登记簿生成的公文" in run("verify", "a.docx")[1]
