"""Git objects as bytes: read from loose files and packs, written so that a power cut loses nothing that was acknowledged.

Packs are found in by gitdb, the object database under GitPython (``packs``). The package ``git`` itself stays out: importing it runs a
command that an environment variable names, and its tree functions take names in the encoding of the caller's locale. Loose objects
(``loose``) and the three formats (Git's gitformat-* manual pages) are a few lines each. Whatever is unfolded is bounded first.
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from itertools import chain
from pathlib import Path

try:
    import _sha1 as _own  # type: ignore[import-not-found]  # what hashlib takes where there is no OpenSSL
except ImportError:
    _own = None

from records.store.disk import plain_bytes, reporting
from records.store.loose import Loose
from records.store.packs import Packs
from records.store.store import FILE, FOLDER, LARGEST, Commit, Ident, StoreError, TreeEntry
from schema.text import show

_DEEPEST = 5  # databases that borrow from one another; Git follows no more
_LOOKS = 100  # at what moves each time: more repacks than anybody runs while one object is looked for
_TAKEN = "刚写入的内容读回不符，可能有清理程序正在运行，本次操作未生效。请稍后重试；如再次出现，请联系系统管理员。"
_ID = re.compile(r"[0-9a-f]{40}")
_TREE_ENTRY = re.compile(rb"([1-7][0-7]{4,5}) ([^\0/]+)\0(.{20})", re.DOTALL)
_AROUND = 2  # bytes of an entry besides its mode, its name and its id
_PARENT = re.compile(rb"^parent ([0-9a-f]{40})$", re.MULTILINE)
_IDENTITY = re.compile(r"([^<>\n]*?) ?<([^<>\n]*)> (\d{1,12}) ([+-])(\d\d)(\d\d)")


def check_tree(data: bytes) -> bytes:
    """Return the bytes of a tree object if they are one; the functions below rely on it.

    Two entries of one name would be one record to one reader and another to the next, and so is an order that is not Git's.

    Raises:
        StoreError: they are not.
    """
    found, names = _entries(data), _by_name(data)
    if len(b"".join(chain.from_iterable(found))) + _AROUND * len(found) != len(data):  # something lies between two of them
        raise StoreError("登记库中的目录对象格式不正确。请停止写入，用 git fsck 检查并从备份恢复。")
    keys = [name + b"/" if mode == b"40000" else name for mode, name, _ in found]
    if keys != sorted(keys) or len(names) < len(found):
        raise StoreError("登记库中的目录对象有重名的条目，或者次序不对：不同的程序会读出不同的记录。请停止写入，并核查由谁提交。")
    return data


@lru_cache(16)
def _entries(data: bytes) -> list[tuple[bytes, bytes, bytes]]:
    """Mode, name and id of each entry; along a history a tree is looked at three times, as it is read and beside those next to it."""
    return _TREE_ENTRY.findall(data)


@lru_cache(16)
def _by_name(data: bytes) -> dict[bytes, tuple[bytes, bytes, bytes]]:
    """The entries by name: along an act a tree is asked for a few."""
    return {found[1]: found for found in _entries(data)}


def tree_entries(data: bytes) -> Iterator[tuple[bytes, TreeEntry]]:
    """Yield the entries of a tree object with their sort key: the name, followed by a slash if it is a folder, as Git orders them."""
    for found in _TREE_ENTRY.finditer(data):
        yield _sort_key(found[1], found[2]), _entry(*found.groups())


def tree_differences(old: bytes, new: bytes) -> Iterator[tuple[bytes, TreeEntry | None, TreeEntry | None]]:
    """Yield the entries that differ between two tree objects, by their sort keys in Git's order; equal ones are never made."""
    was, now = (set(_entries(data)) for data in (old, new))
    before, after = ({_sort_key(*found[:2]): _entry(*found) for found in some} for some in (was - now, now - was))
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield key, before.get(key), after.get(key)


def tree_find(data: bytes, name: str) -> TreeEntry | None:
    """Return the entry of that name."""
    found = _by_name(data).get(name.encode(errors="surrogateescape"))
    return _entry(*found) if found else None


def tree_with(data: bytes, changed: Mapping[bytes, str]) -> bytes:
    """Return a tree object with some entries set, every other byte as it was.

    Args:
        data: the tree before; empty for a new folder.
        changed: sort key (see ``tree_entries``) to object id.
    """
    pieces, position = [], 0
    todo = sorted(changed, reverse=True)
    for found in _TREE_ENTRY.finditer(data):
        key = _sort_key(found[1], found[2])
        while todo and todo[-1] <= key:
            pieces += [data[position : found.start()], _tree_entry(todo[-1], changed[todo[-1]])]
            position = found.end() if todo.pop() == key else found.start()
        if not todo:
            break
    pieces += [data[position:], *(_tree_entry(key, changed[key]) for key in reversed(todo))]
    return b"".join(pieces)


def commit_data(tree: str, parent: str | None, author: Ident, committer: Ident, message: str) -> bytes:
    """Return the commit object; control and format characters of the message become visible signs.

    Raises:
        ValueError: a time has no zone, or lies before 1970.
    """
    lines = [f"tree {tree}", *([f"parent {parent}"] if parent else [])]
    lines += [f"author {_identity(author)}", f"committer {_identity(committer)}", "", show(message, lines=True).strip("\n"), ""]
    return "\n".join(lines).encode()


def object_id(kind: str, data: bytes) -> str:
    """Return the id that an object has."""
    return identified(b"%s %d\0%s" % (kind.encode(), len(data), data))


class _Identifier:
    """Gives objects their ids; the first ones by what the interpreter has at hand, for OpenSSL, five times as fast, takes long to load."""

    _FEW = 512 << 10  # bytes, for which that takes as long as OpenSSL takes to load

    def __init__(self) -> None:
        self._left = self._FEW if hasattr(_own, "sha1") else 0

    def __call__(self, whole: bytes) -> str:
        if self._left <= 0:
            return hashlib.sha1(whole, usedforsecurity=False).hexdigest()
        self._left -= len(whole)
        told: str = _own.sha1(whole).hexdigest()
        return told


_identifier = _Identifier()


def identified(whole: bytes) -> str:
    """Return the id of an object with its header."""
    return _identifier(whole)


def parse_commit(commit_id: str, data: bytes) -> Commit:
    """Return a commit object's contents; headers of no concern here (signatures, further parents) are passed over.

    Raises:
        StoreError: the bytes are no commit.
    """
    head, _, message = data.decode(errors="replace").partition("\n\n")
    fields: dict[str, str] = {}
    for line in head.split("\n"):
        name, _, value = line.partition(" ")
        fields.setdefault(name, value)
    try:
        author = _signature(fields["author"])
        committer = author if fields["committer"] == fields["author"] else _signature(fields["committer"])
        return Commit(commit_id, fields.get("parent"), fields["tree"], author, committer, message.rstrip("\n"))
    except (KeyError, ValueError, OverflowError, OSError) as error:
        raise StoreError(f"提交 {commit_id} 格式不正确。请停止写入，用 git fsck 检查并从备份恢复。") from error


def parent_in(data: bytes) -> str | None:
    """Return on top of which commit a commit object was made, None for a first one: all that is wanted along a history."""
    found = _PARENT.search(data.partition(b"\n\n")[0])
    return found[1].decode() if found else None


class Objects:
    """The object database of one repository: safe for several threads, for packs that come and go, and beside stock Git.

    Args:
        folder: the repository's ``objects``.
        depth: through how many others this one is borrowed from.
        lender: another one's folder from which this one borrows, besides those that it names itself.
        waiting: gives an object, with its header, that is on its way here; None for one that is not.
        everywhere: whether an object must be the same wherever it lies. Git takes it out of a pack before it looks at what lies loose, and
            does not count its hash: of two that have one id it would show another than is read here.

    Attributes:
        loose: those that lie here loose.
    """

    def __init__(
        self,
        folder: Path,
        depth: int = 0,
        lender: Path | None = None,
        waiting: Callable[[str], bytes | None] = lambda _: None,
        *,
        everywhere: bool = False,
    ) -> None:
        self._folder = folder
        self._depth = depth
        self._lender = lender
        self._waiting = waiting
        self._everywhere, self._looked = everywhere, False
        self.loose = Loose(folder)
        self._others: dict[Path, Objects] = {}
        self._packs = Packs(folder / "pack")
        self._gathered: dict[str, bytes] | None = None

    def read(self, object_id: str, kind: str) -> bytes:
        """Return an object's contents, checked against its id.

        Args:
            object_id: 40 hex digits.
            kind: what it must be: ``blob``, ``tree`` or ``commit``.

        Raises:
            StoreError: it is missing, damaged or of another kind.
        """
        if not _ID.fullmatch(object_id):
            raise StoreError(f"对象编号 {show(object_id)[:60]} 不合规：应为 40 位十六进制数。")
        with reporting("读取登记库", self._folder):
            whole = self._found(object_id)
        if whole is None:
            raise StoreError(self._why_missing() or f"登记库中缺少对象 {object_id}。请停止写入，用 git fsck 检查并从备份恢复。")
        header, _, data = whole.partition(b"\0")
        if identified(whole) != object_id:
            raise StoreError(f"登记库中的对象 {object_id} 已损坏。请停止写入，用 git fsck 检查并从备份恢复。")
        if header != b"%s %d" % (kind.encode(), len(data)):
            raise StoreError(f"登记库中的对象 {object_id} 不是 {kind}。")
        return data

    def starting(self, start: str) -> set[str]:
        """Return the ids of the objects that begin with some hex digits, two at least.

        Raises:
            StoreError: the folders cannot be read.
        """
        with reporting("读取登记库", self._folder):
            self._look_again()
            found = self.loose.starting(start) | set(self._packs.starting(start))
        return found.union(*(other.starting(start) for other in self._others.values()))

    def write(self, kind: str, data: bytes) -> str:
        """Keep an object in memory, among those that are gathered, and return its id."""
        whole = b"%s %d\0%s" % (kind.encode(), len(data), data)
        object_id = identified(whole)
        assert self._gathered is not None
        self._gathered[object_id] = whole
        return object_id

    @contextmanager
    def gathering(self) -> Iterator[dict[str, bytes]]:
        """Keep in memory what is written in the block, by id and with its header; what has not landed when it ends is forgotten."""
        self._gathered = {}
        try:
            yield self._gathered
        finally:
            self._gathered = None

    def land(self) -> None:
        """Write what was gathered as one pack, durable, and read it back.

        Raises:
            StoreError: it could not be written, or does not read as it was written; no temporary file is left.
        """
        gathered = self._gathered or {}
        with reporting("写入登记库", self._folder):
            self._packs.write(gathered)
        self._gathered = {}
        with reporting("读取登记库", self._folder):
            if any(self._found(object_id) != whole for object_id, whole in gathered.items()):
                raise StoreError(_TAKEN)

    def put(self, objects: Mapping[str, bytes]) -> None:
        """Put objects there loose and durable, and look whether they are there: a ``git gc --prune=now`` beside us may have taken what
        nothing refers to yet.

        Args:
            objects: as for ``Loose.put``.

        Raises:
            StoreError: they could not be written, or are not there.
        """
        self.loose.put(objects)
        with reporting("读取登记库", self._folder):
            if any(not self.loose.holds(each) and self._sought(each, (self.loose.read, self._packs.read)) is None for each in objects):
                raise StoreError(_TAKEN)

    def _found(self, object_id: str) -> bytes | None:
        if self._gathered is not None and (whole := self._gathered.get(object_id)) is not None:
            return whole
        whole = self._found_at_once(object_id)
        return self._sought(object_id, (self._found_at_once,)) if whole is None else whole

    def _sought(self, object_id: str, places: Sequence[Callable[[str], bytes | None]]) -> bytes | None:
        """Look where an object may lie until nothing has moved meanwhile.

        A repack puts the new pack there first and takes the old place away then, and the next one may do so while this one is looked for:
        what is found nowhere is missing only once all stood where it was known to stand, twice.
        """
        unmoved = 0
        for _ in range(_LOOKS):
            if (whole := next((found for place in places if (found := place(object_id)) is not None), None)) is not None:
                return whole
            unmoved = 0 if self._look_again() else unmoved + 1
            if unmoved == 2:
                break
        return None

    def _found_at_once(self, object_id: str) -> bytes | None:
        if self._everywhere:
            if not self._looked:
                self._look_again()
            found = set(self._copies(object_id))
            return b"" if len(found) > 1 else next(iter(found), None)  # what is nothing has no id
        if (whole := self.loose.read(object_id)) is not None:  # as nearly all that is young
            return whole
        places = (self._waiting, self._packs.read, *(other._found_at_once for other in self._others.values()))
        return next((whole for place in places if (whole := place(object_id)) is not None), None)

    def _copies(self, object_id: str) -> Iterator[bytes]:
        """Yield an object as it lies in each place that holds it."""
        yield from (whole for place in (self.loose.read, self._waiting) if (whole := place(object_id)) is not None)
        yield from self._packs.copies(object_id)
        for other in self._others.values():
            yield from other._copies(object_id)

    def _look_again(self) -> bool:
        """Open what has come, let go of what is gone, and say whether anything was."""
        moved, self._looked = self._packs.look_again(), True
        if self._depth < _DEEPEST:
            others = {path: self._others.get(path) or Objects(path, self._depth + 1) for path in self._borrowed() if path.is_dir()}
            moved, self._others = moved or others.keys() != self._others.keys(), others
        return any([moved, *(other._look_again() for other in self._others.values())])

    def _borrowed(self) -> list[Path]:
        """The folders of objects that this one borrows from, as ``git clone --shared`` leaves it, in the file that names them."""
        lent = [self._lender] if self._lender else []
        try:
            lines = plain_bytes(self._folder / "info" / "alternates", LARGEST).splitlines()
        except FileNotFoundError:
            return lent
        return lent + [self._folder / os.fsdecode(line) for line in lines if line and not line.startswith((b"#", b'"'))]

    def _why_missing(self) -> str:
        """Say what kind of clone may lack objects without any damage, empty for one that may not."""
        home = self._folder.parent
        if lost := [path for path in self._borrowed() if not path.is_dir()]:
            return f"{home} 借用 {lost[0]} 的对象（git clone --shared），那里现在读不到。请恢复那个目录，或者从登记簿重新克隆。"
        if (home / "shallow").exists():
            return f"{home} 是浅克隆（git clone --depth），没有完整的历史。请在其中运行 git fetch --unshallow，或者从登记簿重新克隆。"
        if any((self._folder / "pack").glob("*.promisor")):
            return f"{home} 是部分克隆（git clone --filter），缺少的对象没有取来。请从登记簿完整地重新克隆。"
        return ""


def _sort_key(mode: bytes, name: bytes) -> bytes:
    return name + b"/" if mode == b"40000" else name


def _entry(mode: bytes, name: bytes, object_id: bytes) -> TreeEntry:
    return TreeEntry(name.decode(errors="surrogateescape"), int(mode, 8), object_id.hex())


def _tree_entry(key: bytes, object_id: str) -> bytes:
    return b"%o %s\0%s" % (FOLDER if key.endswith(b"/") else FILE, key.rstrip(b"/"), bytes.fromhex(object_id))


def _identity(signature: Ident) -> str:
    offset = signature.time.utcoffset()
    seconds = int(signature.time.timestamp())
    if offset is None or seconds < 0:
        raise ValueError(f"a commit needs a time with a zone, after 1970: {signature.time!r}")
    minutes = offset // timedelta(minutes=1)
    name, email = (show(text).translate({ord("<"): "＜", ord(">"): "＞"}).strip() for text in (signature.name, signature.email))
    return f"{name or '未具名'} <{email}> {seconds} {'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"


def _signature(text: str) -> Ident:
    found = _IDENTITY.fullmatch(text)
    if not found:
        raise ValueError(text)
    name, email, seconds, sign, hours, minutes = found.groups()
    return Ident(name, email, datetime.fromtimestamp(int(seconds), _zone(sign, int(hours) * 60 + int(minutes))))


@lru_cache(64)
def _zone(sign: str, minutes: int) -> timezone:
    return timezone(timedelta(minutes=-minutes if sign == "-" else minutes))
