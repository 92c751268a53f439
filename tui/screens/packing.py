"""档案包 of one item, made beside the drawing while everybody goes on reading: told how far it is, stopped between two files."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from desk.archive import ToArchive
from desk.desk import Desk
from records.register.register import Register
from records.store.disk import reporting

if TYPE_CHECKING:
    from documents.archive.containers import Writer
    from documents.publishing.publisher import PdfPrinter


class StoppedError(Exception):
    """Whoever packs wants no more of it; nothing is left of the package."""


@dataclass(frozen=True)
class Making:
    """A package in the making.

    Attributes:
        home: the folder of the register.
        found: what is packed.
        place: the file that it becomes; by its name of one commit, so that what lies there already is the same.
        stop: set to end it.
        tell: told how far it is; called by another thread.
    """

    home: Path
    found: ToArchive
    place: Path
    stop: Event
    tell: Callable[[str], None]

    def make(self) -> str:
        """Make the package and say where it lies.

        Raises:
            StoppedError: it was stopped.
            StoreError: the register cannot be read, or the disk refuses.
        """
        from documents.archive import containers  # with these come the libraries of documents, which no list needs
        from documents.archive.packing import Packing, pack_item
        from documents.layout.profile import standard

        if self.place.exists():
            return f"这个档案包已经做过，在 {self.place}"
        register, item = Register(self.home), self.found.items[0]
        seconds = int(register.describe(self.found.head).author.time.timestamp())
        with reporting("写出档案包", self.place):
            self.place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with ExitStack() as stack:
            printer = self._printer(stack)
            writer = stack.enter_context(containers.tar(self.place, item.id, seconds))
            done = pack_item(Packing(register, self.found.head, standard(), printer), item, _Watched(writer, self))
        lacking = f"，缺失 {len(done.missing)} 件" if done.missing else ""
        return f"档案包已存到 {self.place}，{done.files} 个文件{lacking}，摘要 {done.sha256[:16]}…；核对用 duban archive verify"

    def step(self, told: str) -> None:
        """Say what comes next, unless it is to end here."""
        if self.stop.is_set():
            raise StoppedError
        self.tell(f"正在做档案包：{told}。按 Esc 停下，什么也不留。")

    def _printer(self, stack: ExitStack) -> "PdfPrinter | None":
        from documents.libreoffice.installation import find_office
        from documents.libreoffice.printer import Printer

        self.step("找排版程序")
        office = find_office(os.environ.get("PATH", os.defpath))
        return _Printing(stack.enter_context(Printer(office)), self) if office else None


class _Printing:
    """A printer that tells at which document it is."""

    def __init__(self, inner: "PdfPrinter", making: Making) -> None:
        self._inner, self._making, self._count = inner, making, 0

    def pdf(self, document: bytes) -> bytes:
        """Turn a document into PDF."""
        self._count += 1
        self._making.step(f"排第 {self._count} 份公文")
        return self._inner.pdf(document)


class _Watched:
    """A writer that tells at which file it is."""

    def __init__(self, inner: "Writer", making: Making) -> None:
        self._inner, self._making, self._count = inner, making, 0

    def put(self, name: str, data: bytes) -> None:
        """Add a file."""
        self._count += 1
        self._making.step(f"写第 {self._count} 个文件")
        self._inner.put(name, data)


def making(desk: Desk, found: ToArchive, tell: Callable[[str], None]) -> Making:
    """Return the package to be made of one item, beside the drafts of the person, as all that the app saves."""
    who = desk.person.id if desk.person else "nobody"
    place = (desk.box or desk.register.drafts / who) / f"{found.items[0].id}-{found.head[:10]}.tar"
    return Making(desk.register.home, found, place, Event(), tell)
