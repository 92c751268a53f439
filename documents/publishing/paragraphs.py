"""The paragraphs of a .docx of whatever making, read without trusting it: bounded, with a real parser, and nothing else of it looked at."""

import zlib
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

_MUCH = 4 << 20  # bytes of text


def paragraphs(data: bytes, most: int, shortest: int = 1) -> Iterator[str]:
    """Yield the paragraphs of a .docx in their order, those in tables too; nothing for any other file, whatever it is made to look like.

    Args:
        data: the file.
        most: how many at most.
        shortest: how many characters one must have.
    """
    with suppress(BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, zlib.error), ZipFile(BytesIO(data)) as archive:
        part = archive.getinfo("word/document.xml")
        if part.compress_type in (ZIP_STORED, ZIP_DEFLATED):  # others may ask for any amount of memory
            yield from _Paragraphs(most, shortest).told(archive.open(part).read(_MUCH))


class _Paragraphs:
    """Gathers paragraphs out of XML of whatever making: one pass of a real parser, which stops at what our documents do not hold."""

    def __init__(self, most: int, shortest: int) -> None:
        self._most, self._shortest = most, shortest
        self._found: list[str] = []
        self._line: list[str] = []
        self._in_text = False
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._refuse

    def told(self, xml: bytes) -> list[str]:
        """Return what was found until the XML ended, or was none."""
        with suppress(expat.ExpatError, _EnoughError):
            self._parser.Parse(xml, False)  # in one piece: some versions begin a long piece anew each time more of it comes
        return self._found

    def _start(self, name: str, _: object) -> None:
        self._in_text = name == "w:t"

    def _end(self, name: str) -> None:
        self._in_text = False
        if name == "w:p":
            line = "".join(self._line)
            self._line.clear()
            if len(line) >= self._shortest:
                self._found.append(line)
            if len(self._found) == self._most:
                raise _EnoughError

    def _text(self, text: str) -> None:
        if self._in_text:
            self._line.append(text)

    def _refuse(self, *_: object) -> None:
        raise _EnoughError


class _EnoughError(Exception):
    """What follows is not wanted."""
