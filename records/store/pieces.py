"""Records read and written piece by piece: what did not change from one version of a record to the next is neither read nor written again.

A record as the register writes it is a piece for each of its entries, each from the start of a line with its key; an act changes a few of
them. Whatever does not come apart so, or has anything wrong with it, goes the whole way (``record_files``), which says what it is.
"""

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

from records.matter.plain_data import entries, plain
from records.store.paths import kind_of
from records.store.record_files import as_data, emit
from schema.tables import checker
from schema.yaml_text import LIMIT, read, write

_T = TypeVar("_T")
_KEPT = 1000
"""Records whose last version is kept in pieces: those that came by last, so that a register of any size costs the same."""
_PIECE = re.compile(rb"[a-z][a-z0-9_]*:(?: [^\n]*)?\n(?:(?: [^\n]*)?\n)*")
_ENTRY = re.compile(rb"  - [^\n]*\n(?:(?:   [^\n]*)?\n)*")
_Data = dict[bytes, tuple[str, object]]  # a piece, or an entry of a list under its key, to its key and what it holds
_Written = dict[str, tuple[object, list[object], list[bytes]]]  # a field to its value, the parts of that, the bytes of each part


class Pieces:
    """The last versions of the records that came by, in pieces."""

    def __init__(self) -> None:
        self._read: OrderedDict[str, _Data] = OrderedDict()
        self._written: OrderedDict[str, _Written] = OrderedDict()

    def data(self, data: bytes, path: str) -> Mapping[str, object]:
        """Return a record as checked plain data; it shares what it has in common with the version before, so nobody may change it.

        Raises:
            Unreadable: the bytes do not hold a sound record.
        """
        found = self._data(data, path)
        return as_data(data, path) if found is None else found

    def emit(self, path: str, record: object) -> bytes:
        """Return a record as the one YAML text that stands for it, as ``record_files.emit`` does.

        Args:
            path: where it lies.
            record: itself; its fields are never changed, only replaced, so one that is still the same object reads the same.
        """
        before, now = self._written.get(path, {}), dict[str, tuple[object, list[object], list[bytes]]]()
        for name, value in entries(record):
            now[name] = _piece(name, value, before.get(name))
        keep(self._written, path, now)
        whole = b"".join(part for _, _, parts in now.values() for part in parts)
        return whole if now and len(whole) <= LIMIT else emit(record)

    def _data(self, data: bytes, path: str) -> dict[str, object] | None:
        kind, pieces = kind_of(path), _PIECE.findall(data)
        if kind is None or len(data) > LIMIT or b"\r" in data or b"".join(pieces) != data:
            return None
        known, now = self._read.get(path, {}), _Data()
        record: dict[str, object] = {}
        for piece in pieces:
            parts = [_alone(part, kind, known, now) for part in _parts(piece)]
            if parts[0] is None or parts[0][0] in record or None in parts:
                return None
            key, found = parts[0]
            if len(parts) > 1:
                found = [entry for part in parts if part and isinstance(part[1], list) for entry in part[1]]
            record[key] = found
        if checker(kind).problems(record):
            return None
        keep(self._read, path, now)
        return record


def _parts(piece: bytes) -> list[bytes]:
    """A piece, or each entry of the list that it is under the list's key."""
    heading, _, rest = piece.partition(b"\n")
    listed = _ENTRY.findall(rest) if heading.endswith(b":") else []
    return [b"%s\n%s" % (heading, entry) for entry in listed] if len(listed) > 1 and b"".join(listed) == rest else [piece]


def _alone(piece: bytes, kind: str, known: _Data, now: _Data) -> tuple[str, object] | None:
    """The key of a piece and what it holds; None of one that is not whole by itself."""
    if (found := known.get(piece)) is None:
        alone = read(piece).data
        if alone is None or len(alone) != 1:
            return None
        found = next(iter(cast(dict[str, object], checker(kind).typed(alone)).items()))
    now[piece] = found
    return found


def _piece(name: str, value: object, before: tuple[object, list[object], list[bytes]] | None) -> tuple[object, list[object], list[bytes]]:
    """Write one field; of a list only the parts that are new."""
    if before is not None and before[0] is value:
        return before
    if not isinstance(value, tuple) or not value:
        return value, [], [write({name: plain(value)})]
    heading = f"{name}:\n".encode()
    known = dict(_known(before)) if before else {}
    parts = [known.get(id(part)) or write({name: (plain(part),)})[len(heading) :] for part in value]
    return value, list(value), [heading, *parts]


def _known(before: tuple[object, list[object], list[bytes]]) -> Iterator[tuple[int, bytes]]:
    """The parts of a list by which objects they are: the list holds them, so none of them can have given its place to another."""
    return ((id(part), written) for part, written in zip(before[1], before[2][1:], strict=False))


def keep(kept: OrderedDict[str, _T], path: str, what: _T) -> None:
    """Keep what was made of the last version of a record; of what is kept the oldest gives way.

    Args:
        kept: what is kept, by the paths of the records.
        path: where this one lies.
        what: was made of it.
    """
    kept[path] = what
    kept.move_to_end(path)
    if len(kept) > _KEPT:
        kept.popitem(last=False)
