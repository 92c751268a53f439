"""PDF beside the .docx, where LibreOffice is installed: one that is kept warm, for duban alone, deaf to macros and links.

LibreOffice speaks to Python through the module ``uno``, which seldom belongs to the Python that runs duban; ``listener`` is a script for
the one it belongs to. That script owns LibreOffice: it ends it, and clears away after it, as soon as this side is gone.
"""

import io
import json
import os
import re
import select
import shutil
import stat
import subprocess
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from documents.libreoffice.installation import STAND_INS, Office, environment_in
from records.store.disk import reporting
from records.store.store import StoreError

_LISTENER = Path(__file__).with_name("listener.py")
_LIMIT = 60.0  # seconds for a document, the start of LibreOffice included
_GRACE = 10.0  # seconds for the listener to kill LibreOffice and clear away
_RECYCLE = 100  # documents: LibreOffice keeps 2 MB of each, and a new start costs as much time as 15 of them
_BROKEN = "LibreOffice 未能把这份公文转成 PDF。文件可能已损坏，请重新生成公文；仍不行的，请检查临时目录的空间。"
_NO_TABLES = "LibreOffice 未能把这份表格转成 PDF，多半是没有装它的表格部件（Debian：libreoffice-calc-nogui）。可以另存为 .xlsx 打印。"
_KEPT = "；.docx 不受影响，可用 WPS 或 Word 打开、打印。"
# What LibreOffice writes of the moment: the time, a random identity and a sum over both, which names no document.
_MOMENT = re.compile(rb"(?<=/CreationDate\(D:)\d{14}")
# LibreOffice 25 writes it four times.
_WRITTEN = re.compile(rb"(<xmp:(?:Create|Modify|Metadata)Date>|<dc:date>\s*<rdf:Seq>\s*<rdf:li>)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_IDENTITY = re.compile(rb"/ID \[ <[0-9A-F]{32}>\s<[0-9A-F]{32}> \]|/DocChecksum /[0-9A-F]{32}")
_EPOCH, _SINCE = b"19800101000000", rb"\g<1>1980-01-01T00:00:00"
# A font that is embedded as Type 1, as all that come as OpenType with cubic outlines (Noto, Fandol) are, bears the number of fonts that
# LibreOffice embedded since it was started. The number stands in the encrypted part, too, so that all bytes after it change.
# The colour profile of the output intent (/N 3) bears the time.
_STREAM = re.compile(
    rb"((?:/Filter/FlateDecode/Length1 \d+/Length2 \d+/Length3 \d+|/N 3/Length \d+ 0 R/Filter/FlateDecode)>>\nstream\n)"
    rb"(.*?)(\nendstream\nendobj\n\n\d+ 0 obj\n)(\d+)",
    re.DOTALL,
)
_PROFILE_DATE = slice(24, 36)  # ICC.1, 7.2.8
_UNIQUE = re.compile(rb"/UniqueID \d{7}")
_TABLE = re.compile(rb"startxref\n(\d+)\n%%EOF\s*\Z")
_OFFSET = re.compile(rb"^\d{10}(?= 00000 n)|(?<=startxref\n)\d+", re.MULTILINE)


Kind = Literal[".docx", ".xlsx"]
"""What may be turned into PDF, by the ending of its name."""


class PrintError(Exception):
    """A document could not be turned into PDF; the message says in Chinese what, and the way out."""


class Printer:
    """Turns documents into PDF, one at a time, from any thread. LibreOffice starts with the first and stays until ``close``.

    Args:
        office: what ``find_office`` found.
        stand_ins: the fonts that may stand in for each one that documents ask for, best first.
    """

    def __init__(self, office: Office, stand_ins: Mapping[str, Iterable[str]] = STAND_INS) -> None:
        self._office, self._stand_ins = office, stand_ins
        self._lock = threading.Lock()
        self._listener: _Listener | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def pdf(self, data: bytes, kind: Kind = ".docx") -> bytes:
        """Return a document as PDF; the same bytes for the same document, fonts and LibreOffice.

        Args:
            data: the document.
            kind: what it is; a workbook takes the part of LibreOffice that sets tables (Calc), which may be missing where Writer is.

        Raises:
            PrintError: LibreOffice refuses the document, takes more than a minute, died over it twice, or the disk is full. The next
                document starts it anew.
        """
        if not zipfile.is_zipfile(io.BytesIO(data)):  # what is empty LibreOffice would take for an empty document
            raise PrintError(_BROKEN if kind == ".docx" else _NO_TABLES)
        try:
            with self._lock, reporting("生成 PDF", Path(tempfile.gettempdir())):
                with suppress(_DiedError):  # perhaps long ago, and for no fault of the document
                    return _timeless(self._set(data, kind))
                return _timeless(self._set(data, kind))
        except _DiedError as error:
            raise PrintError(f"LibreOffice 未能启动或中途退出，没有生成 PDF{_KEPT}请用 duban doctor 检查 LibreOffice。") from error
        except StoreError as error:
            raise PrintError(str(error)) from error

    def close(self) -> None:
        """End LibreOffice and remove its temporary files; another document would start it again."""
        with self._lock:
            self._end()

    def _set(self, data: bytes, kind: Kind) -> bytes:
        if self._listener and self._listener.done >= _RECYCLE:
            self._end()
        self._listener = self._listener or _Listener(self._office, self._stand_ins)
        try:
            return self._listener.set(data, kind)
        except BaseException:  # whatever it is, its answer might be taken for the next one's
            self._end()
            raise

    def _end(self) -> None:
        if self._listener:
            self._listener.end()
        self._listener = None


class _DiedError(Exception):
    """The listener, or LibreOffice under it, is no more."""


class _Listener:
    """A running listener in a folder that no other user may enter."""

    def __init__(self, office: Office, stand_ins: Mapping[str, Iterable[str]]) -> None:
        self.done = 0
        self._folder = Path(tempfile.mkdtemp(prefix="duban-"))
        self._seen = office.seen(self._folder)
        try:
            environment = environment_in(self._folder, stand_ins)
            self._process = self._started(office, environment)
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def _started(self, office: Office, environment: dict[str, str]) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(
                [office.python, _LISTENER, self._folder, self._seen, *office.command(self._folder)],
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=self._folder,
                env=environment,
                start_new_session=True,  # what is typed at the terminal to interrupt duban is not for LibreOffice
            )
        except OSError as error:
            raise _DiedError from error

    def set(self, data: bytes, kind: Kind) -> bytes:
        source, target = self._folder / f"document{kind}", self._folder / "document.pdf"
        with source.open("xb") as file:  # never through a link
            file.write(data)
        self._tell({"source": str(self._seen / source.name), "target": str(self._seen / target.name)})
        if refusal := self._answer().get("error"):
            raise PrintError(_BROKEN if kind == ".docx" else _NO_TABLES) from ValueError(refusal)
        pdf = _taken(target)
        for path in (source, target):
            path.unlink()
        self.done += 1
        return pdf

    def end(self) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()  # LibreOffice dies with it
            self._process.wait()
        self._process.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _tell(self, job: dict[str, str]) -> None:
        assert self._process.stdin
        with suppress(BrokenPipeError):  # then there will be no answer, either
            self._process.stdin.write(json.dumps(job).encode() + b"\n")

    def _answer(self) -> dict[str, str]:
        assert self._process.stdout
        poll = select.poll()
        poll.register(self._process.stdout, select.POLLIN)
        if not poll.poll(_LIMIT * 1000):
            raise PrintError(f"LibreOffice {_LIMIT:.0f} 秒内没有排完这份公文，已停止，没有生成 PDF{_KEPT}请稍后再试。")
        line = self._process.stdout.readline()
        if not line:
            raise _DiedError
        answer: dict[str, str] = json.loads(line)
        return answer


def _taken(path: Path) -> bytes:
    """Return a file that LibreOffice has made; what a hostile document made of it might be a link to a file that it cannot read itself."""
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise PrintError(_BROKEN)
        return file.read()


def _timeless(pdf: bytes) -> bytes:
    """Return a PDF in which nothing tells when, or after how many others, it was made."""
    same = _IDENTITY.sub(lambda found: re.sub(rb"[0-9A-F]{32}", b"0" * 32, found[0]), _MOMENT.sub(_EPOCH, _WRITTEN.sub(_SINCE, pdf)))
    table = _TABLE.search(same)
    if not table or not same.startswith(b"xref\n", int(table[1])):
        return same  # of a LibreOffice that writes it otherwise; what follows would break its offsets
    moves: list[tuple[int, int]] = []

    def remade(stream: re.Match[bytes]) -> bytes:
        head, packed, tail, length = stream.groups()
        data, lengths = zlib.decompress(packed), [*map(int, re.findall(rb"/Length[12] (\d+)", head))]
        again = zlib.compress(_renumbered(data, len(moves), *lengths) if lengths else _undated(data))
        moves.append((stream.start(3), len(again) - len(packed)))
        moves.append((stream.end(), len(str(len(again))) - len(length)))
        return head + again + tail + str(len(again)).encode()

    def moved(place: re.Match[bytes]) -> bytes:
        offset = int(place[0])
        return str(offset + sum(by for start, by in moves if start <= offset)).encode().zfill(len(place[0]))

    body, offsets = same[: int(table[1])], same[int(table[1]) :]
    return _STREAM.sub(remade, body) + _OFFSET.sub(moved, offsets)


def _undated(profile: bytes) -> bytes:
    dated = bytearray(profile)
    dated[_PROFILE_DATE] = bytes.fromhex("07bc00010001000000000000")  # 1 January 1980
    return bytes(dated)


def _renumbered(font: bytes, number: int, clear: int, hidden: int) -> bytes:
    """Return a Type 1 font with a number of the document's own; the lengths are of its clear and of its encrypted part."""
    own = b"/UniqueID %d" % (4100000 + number)  # from here to 4999999 the numbers are nobody's
    secret = _crypt(_UNIQUE.sub(own, _crypt(font[clear : clear + hidden], decrypt=True)), decrypt=False)
    return _UNIQUE.sub(own, font[:clear]) + secret + font[clear + hidden :]


def _crypt(data: bytes, *, decrypt: bool) -> bytes:
    """Apply or undo the encryption of Type 1 fonts (Adobe Type 1 Font Format, 7.1 and 7.3), which hides nothing from anybody."""
    key, done = 55665, bytearray()
    for byte in data:
        other = byte ^ (key >> 8)
        done.append(other)
        key = ((byte if decrypt else other) + key) * 52845 + 22719 & 0xFFFF
    return bytes(done)
