"""The published folder, brought to where the register stands: documents, their PDFs, a plain copy of each record, and a manifest.

<home>/published/DB-2026-0118-special.docx   a document
<home>/published/DB-2026-0118-special.pdf    the same for the eye, where a printer is at hand
<home>/published/records/items/2026/01/…     the records as they stand, for ``less`` and ``grep``
<home>/published/manifest.json               what was built from which commit; written last, so that what it says is there

Everything in it can be made again from the register. Each file is whole at any moment, also after a kill or a power cut: it is written
and synced beside its place and then renamed. A document once issued never changes, whatever happens to records, roster or layout.
"""

import fcntl
import os
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from documents.layout.profile import Profile
from documents.publishing.building import Built, Pass, PdfPrinter, Progress
from documents.publishing.folder import FORMAT, Folder, Manifest, Published, PublishError, pdf_name, record_path
from records.register.register import Register

__all__ = ["Built", "Manifest", "PdfPrinter", "Progress", "PublishError", "Published", "Publisher"]


class Publisher:
    """Publishes a register's documents. One publisher works on a folder at a time; a second is turned away, not queued.

    Every method raises StoreError when the register, and PublishError when the published folder, cannot be read or written; the
    manifest then stays where it was and the next pass tries again.

    Args:
        register: the register.
        profile: the layout of the documents, usually ``profile.standard()``.
        printer: makes the PDF beside each document; without one there is none.
    """

    def __init__(self, register: Register, profile: Profile, printer: PdfPrinter | None = None) -> None:
        self._register = register
        self._profile = profile
        self._printer = printer
        self._folder = Folder(register.published)
        self._mine = threading.RLock()
        self._locked = False

    @contextmanager
    def try_lock(self) -> Iterator[bool]:
        """Hold the folder for this thread of this publisher alone until the block ends; gives False at once when another works on it.

        The passes below take it themselves; hold it round them to keep others out in between. The kernel lets go if the process dies.
        """
        if not self._mine.acquire(blocking=False):
            yield False
            return
        try:
            if self._locked:
                yield True
                return
            descriptor = self._folder.lock()
            self._locked = descriptor is not None
            try:
                yield self._locked
            finally:
                self._locked = False
                if descriptor is not None:
                    fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing is not enough if a process was forked meanwhile
                    os.close(descriptor)
        finally:
            self._mine.release()

    def manifest(self) -> Manifest | None:
        """Return what the folder holds, None when that is not known. Cheap: reads one file, never the register."""
        found = self._folder.manifest()
        return found if found and found.format == FORMAT else None

    def catch_up(self, progress: Progress | None = None) -> tuple[Built, ...]:
        """Bring the folder from where its manifest stands to the register's head, or build all of it when there is no manifest.

        All documents come before the first PDF. When the register moves on meanwhile, the PDFs that are left wait for the next pass.
        """
        return self._pass(frozenset(), False, progress)

    def rebuild(self, item: str | None = None, progress: Progress | None = None) -> tuple[Built, ...]:
        """Catch up, and make the documents of one item or roundup (None: of all) again, also where the manifest knows of no change.

        Puts back what was deleted or altered in the folder, and brings drafts into a changed layout.

        Raises:
            ValueError: not the id of an item, nor a month.
        """
        return self._pass(frozenset() if item is None else frozenset({record_path(item)}), item is None, progress)

    def stamps(self) -> Mapping[str, tuple[int, ...]]:
        """Return what tells each file in the folder from what it was before, by its name. Cheap: reads none."""
        return self._folder.stamps()

    def heal(self, touched: Collection[str] | None = None, progress: Progress | None = None) -> tuple[Built, ...]:
        """Put back what was deleted or altered in the folder; where that cannot be made again, it is a problem of its record.

        Args:
            touched: names of files to compare with the manifest; None for all that it tells of.
            progress: as for ``catch_up``.
        """
        told = self.manifest()
        if told is None:  # then nothing tells what should be there
            return self.catch_up(progress)
        damaged = frozenset(record_path(each.item) for each in told.documents if not all(self._whole(each, touched)))
        return self._pass(damaged, False, progress) if damaged else ()

    def _whole(self, document: Published, touched: Collection[str] | None) -> Iterator[bool]:
        for name, sha256 in ((document.name, document.sha256), (pdf_name(document.name) or "", document.pdf)):
            if sha256 and (touched is None or name in touched):
                yield self._folder.holds(name, sha256)

    def _pass(self, wanted: frozenset[str], everything: bool, progress: Progress | None) -> tuple[Built, ...]:
        with self.try_lock() as mine:
            if not mine:
                raise PublishError(f"另一个程序正在发布 {self._folder.path} 里的公文，本次未生成。它会跟上登记簿，请稍后查看。")
            return Pass(self._register, self._profile, self._printer, self._folder, everything).run(wanted, progress)
