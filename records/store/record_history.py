"""The history of one record by itself, for whoever may see this record and no other: a Git bundle, and a proof that it is the register's.

The bundle holds a commit for each commit of the register that changed the record: the same author, committer, times and message, and in
its tree the record alone, at its own path. A trailer, ``Duban-Commit``, names the register's commit. The proof is a pack of those commits
as they are, and of the folders on the path to the record: from the id of each leads a chain of hashes to the very bytes that the bundle
holds. Folders name other records by id and hash and tell nothing of what is in them.

Everything is stored, nothing deflated: the same history gives the same bytes on any machine. Stock Git clones the bundle and unpacks the
proof beside it (``git unpack-objects``).
"""

import hashlib
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from records.store import receipt
from records.store.branch import MAIN
from records.store.objects import check_tree, commit_data, identified, object_id, parse_commit, tree_find, tree_with
from records.store.packs import KINDS, entry_header
from records.store.store import FILE, LARGEST, Commit, Store, StoreError

ORIGIN = "Duban-Commit"
"""The trailer that names the commit of the register."""

_SIGNATURE = b"# v2 git bundle\n"
_REFS = re.compile(rb"([0-9a-f]{40}) refs/heads/main\n\1 HEAD\n\n")
_ID = re.compile(r"[0-9a-f]{40}")
_BLOCK = 0xFFFF  # bytes in a block of a stream that is stored
_MUCH = 256 << 20  # bytes that a pack may unfold to
_MANY = 200_000  # objects in it
_NAMES = {number: name.decode() for name, number in KINDS.items()}

Read = Callable[[str, str], bytes]
"""Gives an object by its id and its kind, checked against the id; raises StoreError where there is none."""


@dataclass(frozen=True)
class RecordStep:
    """One commit of the register that changed the record, and the record as it left it."""

    commit: Commit
    record: bytes


@dataclass(frozen=True)
class RecordHistory:
    """A record's history by itself.

    Attributes:
        bundle: for ``git clone``.
        proof: a pack of the register's own commits and folders.
        steps: oldest first.
    """

    bundle: bytes
    proof: bytes
    steps: tuple[RecordStep, ...]


def cut_out(store: Store, path: str, commits: Sequence[str], head: str) -> RecordHistory:
    """Return the history of one record by itself.

    Args:
        store: the register's.
        path: of the record.
        commits: those that changed it, oldest first.
        head: the commit up to which it is told.

    Raises:
        StoreError: these are not all that changed it, or one cannot be read.
    """
    before: str | None = None
    for commit in commits:
        parent = store.describe(commit).parent
        if (store.blob_id(path, parent) if parent else None) != before:
            raise StoreError(f"{path} 的各笔提交连不起来，缺 {commit[:10]} 以前的一笔。请管理员删去索引重建后再试。")
        before = store.blob_id(path, commit)
    if before is None or store.blob_id(path, head) != before:
        raise StoreError(f"{path} 刚刚又有办理，或者没有这个记录。请重新做档案包。")
    return _made(store.raw, path, commits)


def opened(bundle: bytes, proof: bytes, path: str) -> RecordHistory:
    """Return the history that a bundle and its proof hold, whoever made them; nothing of it is taken on trust.

    Raises:
        StoreError: they are damaged, or not what ``cut_out`` makes of the commits that they name.
    """
    refs = _REFS.match(bundle, len(_SIGNATURE)) if bundle.startswith(_SIGNATURE) else None
    if refs is None:
        raise StoreError("不是本程序写的 Git bundle，或者开头已损坏。")
    own, proven = _unpacked(bundle[refs.end() :]), _unpacked(proof)
    objects = proven | own
    read = _reader(objects)
    made = _made(read, path, tuple(_origins(refs[1].decode(), read)))
    if made.bundle != bundle:
        raise StoreError("与所依据的原提交对不上：重新得出的历史与它不同。")
    if made.proof != proof:
        raise StoreError("证明里的对象多于或少于应有的。")
    return made


def blob_id(data: bytes) -> str:
    """Return the id that a file's bytes have as a Git object."""
    return object_id("blob", data)


def _origins(head: str, read: Read) -> Iterator[str]:
    found: list[str] = []
    at: str | None = head
    while at is not None:
        commit = parse_commit(at, read(at, "commit"))
        origin = receipt.trailers(commit.message).get(ORIGIN, "")
        if not _ID.fullmatch(origin):
            raise StoreError(f"提交 {at[:10]} 没有写明登记簿里的原提交（{ORIGIN}）。")
        found.append(origin)
        at = commit.parent
    return reversed(found)


def _made(read: Read, path: str, commits: Sequence[str]) -> RecordHistory:
    own: dict[str, bytes] = {}
    proven: dict[str, bytes] = {}
    steps: list[RecordStep] = []
    parent: str | None = None
    for commit in commits:
        data = read(commit, "commit")
        _keep(proven, "commit", data)
        found = parse_commit(commit, data)
        blob = read(_followed(read, found.tree, path, proven), "blob")
        tree = _alone(path, _keep(own, "blob", blob), own)
        message = f"{found.message}\n{'' if receipt.trailers(found.message) else chr(10)}{ORIGIN}: {commit}"
        parent = _keep(own, "commit", commit_data(tree, parent, found.author, found.committer, message))
        steps.append(RecordStep(found, blob))
    refs = f"{parent} {MAIN}\n{parent} HEAD\n\n".encode()
    return RecordHistory(_SIGNATURE + refs + _packed(own), _packed(proven), tuple(steps))


def _followed(read: Read, tree: str, path: str, proven: dict[str, bytes]) -> str:
    """Return the id of the record in a commit's tree; the folders on the way go into the proof."""
    at = tree
    for part in path.split("/"):
        data = check_tree(read(at, "tree"))
        _keep(proven, "tree", data)
        entry = tree_find(data, part)
        if entry is None:
            raise StoreError(f"目录对象 {at[:10]} 里没有 {part}。")
        at, mode = entry.id, entry.mode
    if mode != FILE:
        raise StoreError(f"{path} 不是普通文件。")
    return at


def _alone(path: str, blob: str, objects: dict[str, bytes]) -> str:
    """Return the tree in which a file stands alone at its path."""
    *folders, name = path.split("/")
    at = _keep(objects, "tree", tree_with(b"", {name.encode(): blob}))
    for folder in reversed(folders):
        at = _keep(objects, "tree", tree_with(b"", {f"{folder}/".encode(): at}))
    return at


def _keep(objects: dict[str, bytes], kind: str, data: bytes) -> str:
    whole = b"%s %d\0%s" % (kind.encode(), len(data), data)
    found = identified(whole)
    objects.setdefault(found, whole)
    return found


def _reader(objects: Mapping[str, bytes]) -> Read:
    def read(object_id: str, kind: str) -> bytes:
        header, _, data = objects.get(object_id, b"").partition(b"\0")
        if header != b"%s %d" % (kind.encode(), len(data)):
            raise StoreError(f"缺少对象 {object_id}（{kind}）。")
        return data

    return read


def _packed(objects: Mapping[str, bytes]) -> bytes:
    pieces = [b"PACK" + struct.pack(">II", 2, len(objects))]
    for whole in objects.values():
        header, _, data = whole.partition(b"\0")
        pieces += [entry_header(KINDS[header.split(b" ")[0]], len(data)), _stored(data)]
    body = b"".join(pieces)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def _stored(data: bytes) -> bytes:
    """Return a zlib stream (RFC 1950, 1951) of blocks that are stored: no library has a choice in it."""
    blocks = [data[at : at + _BLOCK] for at in range(0, len(data), _BLOCK)] or [b""]
    last = len(blocks) - 1
    told = (struct.pack("<BHH", place == last, len(block), len(block) ^ 0xFFFF) + block for place, block in enumerate(blocks))
    return b"\x78\x01" + b"".join(told) + struct.pack(">I", zlib.adler32(data))


def _unpacked(pack: bytes) -> dict[str, bytes]:
    """Return the objects of a pack that holds no differences, by id; sizes are looked at before anything is unfolded.

    Raises:
        StoreError: it is damaged, or unfolds to more than any record's history.
    """
    if pack[:8] != b"PACK" + struct.pack(">I", 2) or hashlib.sha1(pack[:-20], usedforsecurity=False).digest() != pack[-20:]:
        raise StoreError("Git 对象包已损坏，校验和不符。")
    objects: dict[str, bytes] = {}
    at, left, count = 12, _MUCH, int.from_bytes(pack[8:12])
    if count > _MANY:
        raise StoreError("Git 对象包里的对象过多，不予读取。")
    try:
        for _ in range(count):
            kind, size, at = _header(pack, at)
            left -= size
            if size > LARGEST or left < 0:
                raise StoreError("Git 对象包展开后过大，不予读取。")
            stream = zlib.decompressobj()
            piece = pack[at : at + size + (size >> 8) + 64]  # what a stream of that size has at most
            data = stream.decompress(piece, size + 1)
            if len(data) != size or not stream.eof:
                raise StoreError("Git 对象包已损坏，有对象展开不到应有的长度。")
            at += len(piece) - len(stream.unused_data)
            _keep(objects, _NAMES[kind], data)
    except (KeyError, IndexError, zlib.error) as error:
        raise StoreError("Git 对象包已损坏，或者不是本程序写的。") from error
    if at != len(pack) - 20:
        raise StoreError("Git 对象包的末尾有多余的内容。")
    return objects


def _header(pack: bytes, at: int) -> tuple[int, int, int]:
    """Return kind and size of the entry at a place of a pack, and where its stream begins."""
    byte = pack[at]
    kind, size, shift = byte >> 4 & 7, byte & 0xF, 4
    while byte & 0x80:
        at += 1
        byte = pack[at]
        size |= (byte & 0x7F) << shift
        shift += 7
        if shift > 64:
            raise IndexError(at)
    return kind, size, at + 1
