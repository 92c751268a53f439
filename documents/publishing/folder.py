"""The published folder on disk and its manifest: every file in it is whole at any moment, also after a kill or a power cut."""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

import msgspec

from records.store.disk import reporting, sync_folder, write_durably
from records.store.paths import item_path, kind_of, roundup_path
from records.store.store import StoreError

COPIES = "records"
FORMAT = 5

_MANIFEST = "manifest.json"
_NAME = re.compile(r"((?:(DB-\d{4}-\d{4,6})-[a-z]+(?:-\d+)*|roundup-(\d{4}-\d{2}))\.)(docx|xlsx|pdf)", re.ASCII)
_UNKNOWN = "来源不明"


class PublishError(Exception):
    """The published folder cannot be brought up to date; the message says in Chinese what is wrong, where, and the way out."""


class Published(msgspec.Struct, frozen=True):
    """A document in the folder.

    Attributes:
        name: its file name.
        item: the item it belongs to; of a roundup its month, ``2026-10``.
        commit: the state of the register from which anyone can make the same bytes; for an issued document the commit of its signature.
        sha256: hex digits.
        bytes: its size.
        draft: the word over it, "" when it is issued and never changes again.
        pdf: hex digits of the SHA-256 of the PDF of the same stem beside it, "" while there is none.
        round: which round of the report it carries, None for what belongs to no round.
        layout: version of the layout that made it; manifests from before layouts were counted tell none, which is the first.
    """

    name: str
    item: str
    commit: str
    sha256: str
    bytes: int
    draft: str
    pdf: str = ""
    round: int | None = None
    layout: int = 1


class Manifest(msgspec.Struct, frozen=True):
    """What the folder holds.

    Attributes:
        format: version of this format.
        commit: where in the register's history the folder stands; 40 hex digits.
        documents: in the order of their names.
        problems: a line a problem by the path of the record; these records keep their last good document.
        withheld: what was issued of items that few may know, which is not in the folder; their hashes go on record like any other.
    """

    format: int
    commit: str
    documents: tuple[Published, ...]
    problems: Mapping[str, tuple[str, ...]]
    withheld: tuple[Published, ...] = ()


class Folder:
    """The files of the published folder. Only who holds the lock may write. Every method raises PublishError when the disk refuses.

    Args:
        path: where it is; made when it is first locked.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._touched: set[Path] = set()

    def lock(self) -> int | None:
        """Return the descriptor that holds the lock, None when another has it."""
        with _reporting(self.path):
            self.path.mkdir(mode=0o750, exist_ok=True)  # of a register that was moved away nothing is made anew
            descriptor = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            except BaseException:
                os.close(descriptor)
                raise
        return descriptor

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a file, None when there is none."""
        with _reporting(self.path / name), suppress(FileNotFoundError):
            return (self.path / name).read_bytes()
        return None

    def holds(self, name: str, sha256: str) -> bool:
        """Say whether a file stands here and is the one of that hash."""
        data = self.read(name) if sha256 else None
        return data is not None and digest(data) == sha256

    def put(self, name: str, data: bytes) -> bool:
        """Write a file, durable once ``sync`` returns; say whether it was other than that."""
        if self.read(name) == data:
            return False
        path = self.path / name
        spare = path.parent / ".new"  # one name a folder, so that killed passes leave no heap behind
        with _reporting(path):
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            spare.unlink(missing_ok=True)
            write_durably(spare, data, 0o640)
            os.replace(spare, path)
        self._touched.update(folder for folder in path.parents if folder.is_relative_to(self.path))
        return True

    def remove(self, name: str) -> bool:
        """Remove a file; say whether it was there."""
        path = self.path / name
        with _reporting(path), suppress(FileNotFoundError):
            path.unlink()
            self._touched.add(path.parent)
            return True
        return False

    def sync(self) -> None:
        """Make durable what was written and removed."""
        for folder in sorted(self._touched):
            with _reporting(folder), suppress(FileNotFoundError):
                sync_folder(folder)
        self._touched.clear()

    def stamps(self) -> dict[str, tuple[int, ...]]:
        """Return what tells the manifest, each document and each PDF from what it was before, by its name, without reading it."""
        found: dict[str, tuple[int, ...]] = {}
        with _reporting(self.path), suppress(FileNotFoundError):
            for each in os.scandir(self.path):
                with suppress(FileNotFoundError):  # gone meanwhile
                    if each.name == _MANIFEST or _NAME.fullmatch(each.name):
                        at = each.stat(follow_symlinks=False)
                        found[each.name] = (at.st_mtime_ns, at.st_size, at.st_ino)
        return found

    def copies(self) -> Iterator[str]:
        """Yield the paths of the records whose copies lie here."""
        top = self.path / COPIES
        for path in top.rglob("*.yaml"):
            yield path.relative_to(top).as_posix()

    def strays(self, known: Iterable[Published]) -> Iterator[Published]:
        """Yield the documents that lie here although no manifest tells of them; they give way to whatever is made now."""
        told = {document.name for document in known}
        for match in filter(None, map(_NAME.fullmatch, sorted(os.listdir(self.path)))):
            name = match[1] + ("docx" if match[4] == "pdf" else match[4])  # a PDF that was left alone goes with the document it was of
            if name not in told:
                told.add(name)
                data = self.read(name) or b""
                yield Published(name, match[2] or match[3], "", digest(data), len(data), _UNKNOWN)

    def manifest(self) -> Manifest | None:
        """Return the manifest if it may be relied on: its names are file names and nothing else. Its format may be another than ours."""
        with suppress(msgspec.DecodeError, UnicodeError):
            found = msgspec.json.decode(self.read(_MANIFEST) or b"", type=Manifest)
            matches = [(_NAME.fullmatch(document.name), document.item) for document in (*found.documents, *found.withheld)]
            if all(match and match[4] != "pdf" and item in (match[2], match[3]) for match, item in matches):
                return found
        return None

    def note(self, manifest: Manifest) -> None:
        """Write the manifest, after all that it tells of, so that what it says is there."""
        self.sync()
        self.put(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        self.sync()


def digest(data: bytes) -> str:
    """Return the SHA-256 of a file as hex digits."""
    return hashlib.sha256(data).hexdigest()


def pdf_name(name: str) -> str | None:
    """Return the name of the PDF of a document, None for a workbook, which has none."""
    return f"{name.removesuffix('.docx')}.pdf" if name.endswith(".docx") else None


def record_path(owner: str) -> str:
    """Return the path in the register of the record that documents belong to, by ``Published.item``.

    Raises:
        ValueError: not the id of an item, nor a month.
    """
    path = item_path(owner) if owner.startswith("DB-") else roundup_path(owner)
    if kind_of(path) is None:
        raise ValueError(owner)
    return path


def owner_named(name: str) -> str:
    """Return whose a document is by the name of its file: the id of an item, the month of a roundup; empty for no name of a document."""
    match = _NAME.fullmatch(name)
    return (match[2] or match[3]) if match else ""


def owner_of(path: str) -> str | None:
    """Return whose documents a record yields, the inverse of ``record_path``; None for a record that yields none."""
    whole = PurePosixPath(path)
    owner = {"item": whole.stem, "roundup": f"{whole.parent.name}-{whole.stem}"}.get(kind_of(path) or "")
    return owner if owner and record_path(owner) == path else None


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    try:
        with reporting("发布公文", path):
            yield
    except StoreError as error:
        raise PublishError(str(error)) from error
