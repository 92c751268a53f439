"""The printed page as a thing to be measured: its ink in millimetres, its lines of text, as LibreOffice set them for duban."""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from documents.libreoffice.installation import STAND_INS, find_office
from documents.libreoffice.printer import Printer

DOTS_A_MM = 10


class Ink(NamedTuple):
    """A band of ink across the page, in millimetres from its upper left corner."""

    top: float
    bottom: float
    left: float
    right: float

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Page:
    """A page as its text lines, top down, and its picture, painted when somebody looks; what ink was looked for once is kept."""

    lines: list[str]
    pdf: Path
    number: int
    _seen: dict[tuple[bool, float, float], list[Ink]] = field(default_factory=dict)

    @cached_property
    def picture(self) -> Image.Image:
        """The page in dots."""
        to, page = self.pdf.with_name(f"{self.pdf.stem}-{self.number}"), str(self.number)
        subprocess.run(["pdftoppm", "-r", str(25.4 * DOTS_A_MM), "-singlefile", "-f", page, "-l", page, self.pdf, to], check=True)
        return Image.open(to.with_name(f"{to.name}.ppm"))

    @cached_property
    def _dark(self) -> Image.Image:
        return self.picture.getchannel(1).point(lambda level: 255 if level < 128 else 0)

    @cached_property
    def _red(self) -> Image.Image:
        bright = self.picture.getchannel(0).point(lambda level: 255 if level > 180 else 0)
        return Image.composite(self._dark, Image.new("L", self._dark.size), bright)

    def ink(self, *, red: bool = False, left: float = 0, right: float = 210) -> list[Ink]:
        """The bands of ink from top to bottom, of any colour or only the red ones, between two verticals."""
        wanted = (red, left, right)
        if wanted not in self._seen:
            self._seen[wanted] = list(self._ink(*wanted))
        return self._seen[wanted]

    def _ink(self, red: bool, left: float, right: float) -> Iterator[Ink]:
        dark = self._red if red else self._dark
        window = (round(left * DOTS_A_MM), 0, round(right * DOTS_A_MM), dark.height)
        for top, bottom, start, end in _bands(dark.crop(window)):
            yield Ink(top, bottom, left + start, left + end)

    def black(self, *, left: float = 0, right: float = 210) -> list[Ink]:
        """The bands of ink that are no part of a red one."""
        red = self.ink(red=True, left=left, right=right)
        return [
            band
            for band in self.ink(left=left, right=right)
            if not any(band.top <= each.bottom and each.top <= band.bottom for each in red)
        ]

    def rules(self) -> list[Ink]:
        """The black rules across the 版心."""
        return [band for band in self.black() if band.bottom - band.top < 1 and band.right - band.left > 150]


def _bands(dark: Image.Image) -> Iterator[Ink]:
    top = None
    for row, inked in enumerate((*dark.getprojection()[1], 0)):
        if inked and top is None:
            top = row
        elif not inked and top is not None:
            left, _, right, _ = dark.crop((0, top, dark.width, row)).getbbox() or (0, 0, 0, 0)
            yield Ink(*(dots / DOTS_A_MM for dots in (top, row, left, right)))
            top = None


def rendered(folder: Path, documents: Mapping[str, bytes]) -> dict[str, list[Page]]:
    """Return the pages of documents as duban prints them; the .pdf of each stays in the folder."""
    printed(folder, documents)
    pdfs = {name: _without_profile(folder / f"{name}.pdf") for name in documents}
    shown = zip(pdfs.items(), shown_lines(folder, documents), strict=True)
    return {name: [Page(lines, pdf, number) for number, lines in enumerate(sides, start=1)] for (name, pdf), sides in shown}


def printed(folder: Path, documents: Mapping[str, bytes], stand_ins: Mapping[str, Iterable[str]] = STAND_INS) -> None:
    """Leave a .pdf of each document in a folder, all made by one LibreOffice."""
    office = find_office(os.environ["PATH"])
    assert office, "no LibreOffice with a Python that can drive it"
    with Printer(office, stand_ins) as printer:
        for name, data in documents.items():
            (folder / f"{name}.pdf").write_bytes(printer.pdf(data))


def count_sides(pdf: Path) -> int:
    """Return how many pages there are, blank ones too."""
    told = subprocess.run(["pdfinfo", pdf], check=True, capture_output=True).stdout.decode(errors="replace")
    return int(re.findall(r"^Pages: +(\d+)$", told, re.MULTILINE)[0])


def shown_lines(folder: Path, names: Iterable[str]) -> list[list[list[str]]]:
    """Return the lines of text of each page of the .pdf files of those names, top down."""
    return [_shown(_without_profile(folder / f"{name}.pdf")) for name in names]


def without_profile(pdf: bytes) -> bytes:
    """Return it so that it names no profile of colours: what black and red are goes without, and poppler turns it round in every run."""
    return pdf.replace(b"/OutputIntents", b"/OutputNothing")  # as long, lest the table of contents be wrong


def _without_profile(pdf: Path) -> Path:
    plain = pdf.with_suffix(".plain.pdf")
    plain.write_bytes(without_profile(pdf.read_bytes()))
    return plain


def _shown(pdf: Path) -> list[list[str]]:
    told = subprocess.run(["pdftotext", "-bbox-layout", pdf, "-"], check=True, capture_output=True).stdout
    boxes = told.decode(errors="replace")  # it writes the title of the file as the file has it
    return [_lines(page) for page in boxes.split("<page ")[1:]]


def _lines(page: str) -> list[str]:
    """Words that stand on one height, left to right: a line to the eye, whatever blocks the tool sees."""
    words = re.findall(r'<word xMin="([\d.]+)" yMin="[\d.]+" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</word>', page)
    rows: dict[int, list[tuple[float, str]]] = {}
    for left, bottom, text in words:
        row = next((key for key in rows if abs(key - float(bottom)) < 6), round(float(bottom)))
        rows.setdefault(row, []).append((float(left), text))
    return ["".join(text for _, text in sorted(rows[row])) for row in sorted(rows)]
