"""What stood when a walk began in the midst of a history: of every record its hashes, of every item the paper that it came from.

An act of today may rest on any record before it, so all of them are read, once, by all cores. Of an item as the register writes it the
lines that tell of its paper stand by themselves and nothing else is looked at: some 90 microseconds a record, where parsing takes 2
milliseconds. Whatever is not written so is parsed, and so is each item that an act turns out to rest on.
"""

import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context

from records.matter.digests import Digests, digests
from records.matter.item import Item
from records.matter.papers import carried, carried_key, paper_key, paper_of
from records.store.paths import kind_of
from records.store.record_files import Unreadable, parse
from records.store.store import FOLDER, Store, StoreError

_MANY = 4000  # records; below that, starting processes costs more than they save
_PIECES = re.compile(rb"(?:[a-z][a-z0-9_]*:(?: [^\n]*)?\n(?:(?: [^\n]*)?\n)*)*")
_QUOTED = re.compile(rb"(?<=[:-] )'(?:[^'\n]|'')*'\n")
_BLOCK = re.compile(rb"\n(?:(?:  [^\n]*)?\n)+")
_LINE = re.compile(rb"^  ([a-z_]+): (?:'((?:[^'\n]|'')*)'|([^\n]*))\n", re.MULTILINE)
_NO_WORD = re.compile(rb"[-?:,\[\]{}#&*!|>'\"%@`\s]|.*(?:: | #|[: ]\Z)")


@dataclass
class Beginning:
    """What stood at a commit.

    Attributes:
        digests: the hashes of each record, by the id of its blob.
        papers: the items that a paper may have made, by its key.
        carried: those that may have come in under a number of another ledger, likewise.
    """

    digests: dict[str, Digests] = field(default_factory=dict)
    papers: dict[str, list[str]] = field(default_factory=dict)
    carried: dict[str, list[str]] = field(default_factory=dict)


def beginning(store: Store, commit: str, cores: int) -> Beginning:
    """Read all that stands at a commit.

    Args:
        store: the repository.
        commit: which commit.
        cores: how many processes may read.

    Raises:
        StoreError: a folder is missing or damaged; a record that is stands in none of what is returned.
    """
    files = list(_files(store, "", commit))
    found = Beginning()
    for blob, hashes, item, paper, number in _read_by(store, files, cores if len(files) >= _MANY else 1):
        found.digests[blob] = hashes
        if paper is not None:
            found.papers.setdefault(paper, []).append(item)
        if number is not None:
            found.carried.setdefault(number, []).append(item)
    return found


_File = tuple[str, str]  # path, id of the blob
_Read = tuple[str, Digests, str, str | None, str | None]


def _read_by(store: Store, files: Sequence[_File], cores: int) -> Iterator[_Read]:
    if cores == 1:
        yield from _read(store, files)
        return
    size = -(-len(files) // cores)
    with ProcessPoolExecutor(cores, get_context("fork"), signal.signal, (signal.SIGINT, signal.SIG_IGN)) as pool:
        parts = [pool.submit(_all_read, store, files[start : start + size]) for start in range(0, len(files), size)]
        for part in parts:
            yield from part.result()


def _all_read(store: Store, files: Sequence[_File]) -> list[_Read]:
    return list(_read(store, files))


def _read(store: Store, files: Sequence[_File]) -> Iterator[_Read]:
    for path, blob in files:
        try:
            data = store.blob(blob)
        except StoreError:  # what an act does not rest on is found where it came to be; what it does rest on is read again
            continue
        item = kind_of(path) == "item"
        paper, number = keys_of(data, path) if item else (None, None)
        yield blob, digests(data), path.rpartition("/")[2].removesuffix(".yaml") if item else "", paper, number


def _files(store: Store, folder: str, commit: str) -> Iterator[_File]:
    for entry in store.entries(folder, commit):
        path = f"{folder}/{entry.name}" if folder else entry.name
        if entry.mode == FOLDER:
            yield from _files(store, path, commit)
        else:
            yield path, entry.id


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
