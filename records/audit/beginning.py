"""What stood when a walk began in the midst of a history: of every folder its hashes, of every item the paper that it came from.

An act of today may rest on any record before it, so all of them are read, once, by all cores. Of an item as the register writes it the
lines that tell of its paper stand by themselves and nothing else is looked at: some 90 microseconds a record, where parsing takes 2
milliseconds. Whatever is not written so is parsed, and so is each item that an act turns out to rest on.

What a folder holds never changes under its id. So an auditor who keeps what was read of them (``Folders.dumped``) reads, the next time, the
folders that changed since, and no other.
"""

import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import NamedTuple

import msgspec

from records.matter.digests import Digests, digests, has_sm3
from records.matter.item import Item
from records.matter.papers import carried, carried_key, paper_key, paper_of
from records.store.paths import kind_of
from records.store.record_files import Unreadable, parse
from records.store.store import DEEPEST, FOLDER, Store, StoreError, TreeEntry
from records.store.tree_digests import tree_digests

FORM = 1
"""Of what is kept; raised with every change of what the key of a paper is, or of a number in another ledger."""

_NONE = Digests("", "")
_MANY = 4000  # records; below that, starting processes costs more than they save
_FULL = 100  # records in a folder, at most as a rule
_PIECES = re.compile(rb"(?:[a-z][a-z0-9_]*:(?: [^\n]*)?\n(?:(?: [^\n]*)?\n)*)*")
_QUOTED = re.compile(rb"(?<=[:-] )'(?:[^'\n]|'')*'\n")
_BLOCK = re.compile(rb"\n(?:(?:  [^\n]*)?\n)+")
_LINE = re.compile(rb"^  ([a-z_]+): (?:'((?:[^'\n]|'')*)'|([^\n]*))\n", re.MULTILINE)
_NO_WORD = re.compile(rb"[-?:,\[\]{}#&*!|>'\"%@`\s]|.*(?:: | #|[: ]\Z)")


@dataclass(frozen=True)
class Folder:
    """What the files of a folder hold.

    Attributes:
        digests: the hashes over it.
        items: of each item its id, the key of its paper, and that of its number in another ledger.
    """

    digests: Digests
    items: tuple[tuple[str, str | None, str | None], ...] = ()


@dataclass(frozen=True)
class _Kept:
    form: int
    folders: dict[str, Folder]


class Folders:
    """What is known of folders by their ids and where they lie, from walks before this one, and what this one came by.

    Args:
        kept: as ``dumped`` returned it; what is anything else is nothing.
    """

    def __init__(self, kept: bytes = b"") -> None:
        self._seen: dict[str, Folder] = {}
        try:
            found = msgspec.json.decode(kept, type=_Kept)
            self._kept = found.folders if found.form == FORM else {}
        except msgspec.DecodeError:
            self._kept = {}

    @property
    def told(self) -> bool:
        """Whether anything was taken from what is kept."""
        return any(each in self._kept for each in self._seen)

    def known(self, path: str, tree: str) -> Folder | None:
        """Return what a folder holds, None where it is not known; hashes without the SM3 that this machine can count are not."""
        place = f"{tree} {path}"
        found = self._seen.get(place) or self._kept.get(place)
        if found is None or (has_sm3() and not found.digests.sm3):
            return None
        self._seen[place] = found
        return found

    def note(self, path: str, tree: str, folder: Folder) -> None:
        """Note what a folder holds."""
        self._seen[f"{tree} {path}"] = folder

    def forget(self) -> None:
        """Forget all of it, what was kept and what was read."""
        self._kept, self._seen = {}, {}

    def dumped(self) -> bytes:
        """Return what this walk came by, to be kept for the next one; nothing where it asked for nothing."""
        return msgspec.json.encode(_Kept(FORM, self._seen)) if self._seen else b""


@dataclass
class Beginning:
    """What stood at a commit.

    Attributes:
        digests: the hashes of each folder of records, and of each record beside them, by its id.
        papers: the items that a paper may have made, by its key.
        carried: those that may have come in under a number of another ledger, likewise.
    """

    digests: dict[str, Digests] = field(default_factory=dict)
    papers: dict[str, list[str]] = field(default_factory=dict)
    carried: dict[str, list[str]] = field(default_factory=dict)


def beginning(store: Store, commit: str, cores: int, folders: Folders | None = None) -> Beginning:
    """Read all that stands at a commit.

    Args:
        store: the repository.
        commit: which commit.
        cores: how many processes may read.
        folders: what is known of folders; told what is read.

    Raises:
        StoreError: a folder is missing or damaged; a record that is stands in none of what is returned.
    """
    folders = folders or Folders()
    places = list(_folders(store, "", commit, folders))
    unread = [each for each in places if each.files]
    read = dict(zip(unread, _read_by(store, unread, cores if len(unread) * _FULL >= _MANY else 1), strict=True))
    found = Beginning()
    for place in places:
        folder = read.get(place) or folders.known(place.path, place.tree)
        assert folder is not None
        if folder.digests.sha256:
            found.digests[place.tree] = folder.digests
            folders.note(place.path, place.tree, folder)
        for item, paper, number in folder.items:
            if paper is not None:
                found.papers.setdefault(paper, []).append(item)
            if number is not None:
                found.carried.setdefault(number, []).append(item)
    return found


class _Place(NamedTuple):
    """Where a folder lies, its id, its files: none where it is known what they hold; no id where it holds folders beside them."""

    path: str
    tree: str
    files: tuple[TreeEntry, ...] = ()


def _folders(store: Store, path: str, commit: str, folders: Folders, tree: str = "") -> Iterator[_Place]:
    entries = store.entries(path, commit)
    within = [each for each in entries if each.mode == FOLDER]
    if files := tuple(each for each in entries if each.mode != FOLDER):
        yield _Place(path, "" if within else tree, files)
    for each in within:
        inner = f"{path}/{each.name}" if path else each.name
        if folders.known(inner, each.id):
            yield _Place(inner, each.id)
        elif inner.count("/") < DEEPEST:  # what lies deeper is no record; who hashes it is told
            yield from _folders(store, inner, commit, folders, each.id)


def _read_by(store: Store, places: Sequence[_Place], cores: int) -> Iterator[Folder]:
    if cores == 1:
        yield from (_read(store, each) for each in places)
        return
    size, read = -(-len(places) // cores), 0
    try:
        with ProcessPoolExecutor(cores, get_context("fork"), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
            parts = [pool.submit(_all_read, store, places[start : start + size]) for start in range(0, len(places), size)]
            for part in parts:
                yield from part.result()
                read += size
    except BrokenProcessPool:  # one was ended from outside, as where memory is short: which says nothing of the register
        yield from (_read(store, each) for each in places[read:])


def _all_read(store: Store, places: Sequence[_Place]) -> list[Folder]:
    return [_read(store, each) for each in places]


def _read(store: Store, place: _Place) -> Folder:
    """What a folder holds; without hashes where a file of it cannot be read, or folders lie beside them."""
    items: list[tuple[str, str | None, str | None]] = []
    known: dict[str, Digests] = {}
    for entry in place.files:
        try:
            data = store.blob(entry.id)
        except StoreError:  # what an act does not rest on is found where it came to be; what it does rest on is read again
            continue
        known[entry.id] = digests(data)
        if kind_of(file := f"{place.path}/{entry.name}") == "item":
            items.append((entry.name.removesuffix(".yaml"), *keys_of(data, file)))
    with suppress(StoreError):
        return Folder(tree_digests(store.raw, place.tree, known) if place.tree else _NONE, tuple(items))
    return Folder(_NONE, tuple(items))


def keys_of(data: bytes, path: str) -> tuple[str | None, str | None]:
    """Return the key of an item's paper, and that of its number in another ledger, None where it has none or cannot be read.

    Args:
        data: the record.
        path: where it lies.
    """
    if (lines := _lines(data)) is not None:
        source, meeting, came = lines.get("source", {}), lines.get("meeting"), lines.get("carried_in")
        try:
            minutes = (meeting["number"], meeting["clause"]) if meeting is not None else None
            number = carried(came["ledger"], came["number"]) if came is not None else None
            return paper_key(source["kind"], source["organ"], source["ref"], minutes), number
        except KeyError:
            pass
    try:
        item = parse(data, Item, path)
    except Unreadable:
        return None, None
    return paper_of(item).key, carried_key(item)


def _lines(data: bytes) -> Mapping[str, Mapping[str, str]] | None:
    """What the lines of the three entries say that tell of a paper; None of a record in which a line may not be what it looks like.

    It is what it looks like where every entry begins at the start of a line, and up to there no quotation or bracket goes on over its end.
    """
    if not _PIECES.fullmatch(data):
        return None
    found: dict[str, Mapping[str, str]] = {}
    end = 0
    for name in ("source", "meeting", "carried_in"):
        heading = f"\n{name}:".encode()
        if (at := data.find(heading)) < 0:
            continue
        block = _BLOCK.match(data, at + len(heading))
        if block is None or data.find(heading, at + 1) >= 0:
            return None
        lines = _LINE.findall(block[0])
        found[name] = {key.decode(): _word(quoted, word) for key, quoted, word in lines if not _NO_WORD.match(word)}
        end = max(end, block.end())
    rest = _QUOTED.sub(b"\n", data[:end])
    return None if any(sign in rest for sign in (b"'", b'"', b"[", b"{", b"\t", b"\r")) else found


def _word(quoted: bytes, word: bytes) -> str:
    return (word or quoted.replace(b"''", b"'")).decode(errors="replace")
