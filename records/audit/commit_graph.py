"""The graph that Git keeps of the commits, a cache of its own: what it says of a commit goes before the commit itself, to Git alone.

The register's upkeep has Git write it. By a forged one ``git log`` on the server leaves out acts, or shows other records, while the commits
are as they were and this program, which never reads it, sees them all. The format is that of Git's gitformat-commit-graph manual page.
"""

import hashlib
import re
import struct
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from records.audit.done_on import done_on
from records.audit.finding import Finding
from records.audit.path_filters import PathFilters
from records.store.disk import reporting
from records.store.objects import parent_in
from records.store.store import Store, StoreError

_BEGINS = b"CGPH\x01\x01"  # version 1, of SHA-1
_NONE = 0x70000000  # in the place of a parent that there is not
_SECONDS = (1 << 34) - 1
_CHAIN = "objects/info/commit-graphs/commit-graph-chain"
_TIME = re.compile(rb"^committer [^\n]*> (\d{1,12}) [+-]\d{4}$", re.MULTILINE)
_WAY = "请删去 objects/info 里的 commit-graph 和 commit-graphs，维护时会重新写。"


@dataclass(frozen=True)
class _Layer:
    """One file of the graph.

    Attributes:
        ids: of its commits, in their order.
        said: of each its folder, its parents, its time and how many led to it at most.
        later: by how much the time by which Git walks is later than that of each, as no commit's is before its parent's; may be missing.
        filters: which paths each may have touched; may be missing.
        beneath: how many stand in the files beneath it.
    """

    ids: bytes
    said: bytes
    later: bytes
    filters: PathFilters | None
    beneath: int

    @property
    def count(self) -> int:
        return len(self.ids) // 20

    def place(self, commit: bytes) -> int | None:
        place = bisect_left(range(self.count), commit, key=self.id)
        return place if self.id(place) == commit else None

    def id(self, place: int) -> bytes:
        return self.ids[20 * place : 20 * place + 20]


class _Said(NamedTuple):
    """What the graph says of a commit; ``parent`` and ``second`` are places in all of it."""

    tree: bytes
    parent: int
    second: int
    time: int
    led: int
    walked: int | None

    @classmethod
    def of(cls, layer: _Layer, place: int) -> "_Said":
        tree, parent, second, when = struct.unpack_from(">20sIIQ", layer.said, 36 * place)
        time, (later,) = when & _SECONDS, struct.unpack_from(">I", layer.later, 4 * place) if layer.later else (None,)
        return cls(tree, parent, second, time, when >> 34, None if later is None else time + later)


def commit_graph(repository: Path, store: Store, history: Sequence[str], beside: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    """Yield that the graph of a repository is no graph, or says of commits what they do not say themselves.

    Args:
        repository: its folder.
        store: reads the commits.
        history: those that are looked at.
        beside: where the records lie that a commit left besides the one on which its act was done, as far as that is known.

    Raises:
        StoreError: a file cannot be read.
    """
    with reporting("核对登记库", repository):
        layers, broken = _layers(repository)
    if broken:
        yield Finding("repository", f"{broken} 不是 Git 的提交图，或者已损坏。{_WAY}", paths=(broken,))
    wrong = [commit for commit in history if _is_another(layers, store, commit, beside.get(commit, ()))] if layers else []
    if wrong:
        told = f"提交图（commit-graph）把 {wrong[0][:12]} 等 {len(wrong)} 笔说成别的：Git 在这里看到的不是登记簿的历史。{_WAY}"
        yield Finding("repository", told, wrong[0], paths=("objects/info/commit-graph",))


def _layers(repository: Path) -> tuple[list[_Layer], str]:
    """What there is of the graph, as Git takes it: one file, or else a chain; and the name of a file that is none."""
    names = ["objects/info/commit-graph"]
    if not (repository / names[0]).exists():
        if not (repository / _CHAIN).exists():
            return [], ""
        lines = (repository / _CHAIN).read_text(encoding="ascii", errors="replace").split()
        names = [f"objects/info/commit-graphs/graph-{line}.graph" for line in lines if re.fullmatch("[0-9a-f]{40}", line)]
    found: list[_Layer] = []
    for name in names:
        try:
            found.append(_layer((repository / name).read_bytes(), sum(each.count for each in found)))
        except FileNotFoundError:  # of an upkeep at this moment: Git goes without it too
            break
        except (LookupError, ValueError):
            return found, name
    return found, ""


def _layer(data: bytes, beneath: int) -> _Layer:
    if data[:6] != _BEGINS or hashlib.sha1(data[:-20], usedforsecurity=False).digest() != data[-20:]:
        raise ValueError(data[:6])
    rows = [data[at : at + 12] for at in range(8, 20 + 12 * data[6], 12)]
    ends = [int.from_bytes(row[4:], "big") for row in rows[1:]]
    parts = {row[:4]: data[int.from_bytes(row[4:], "big") : end] for row, end in zip(rows, ends, strict=False)}
    count, ids, said = int.from_bytes(parts[b"OIDF"][-4:], "big"), parts[b"OIDL"], parts[b"CDAT"]
    later, ends_of_filters, filters = (parts.get(name, b"") for name in (b"GDA2", b"BIDX", b"BDAT"))
    if (len(ids), len(said)) != (20 * count, 36 * count) or {len(later), len(ends_of_filters)} - {0, 4 * count}:
        raise ValueError(count)
    return _Layer(ids, said, later, PathFilters.of(ends_of_filters, filters) if ends_of_filters and filters else None, beneath)


def _is_another(layers: Sequence[_Layer], store: Store, commit: str, beside: Sequence[str]) -> bool:
    """Whether the graph says something of a commit that it does not say itself: so that Git takes it for another, or leaves it out."""
    found = next(((layer, place) for layer in layers if (place := layer.place(bytes.fromhex(commit))) is not None), None)
    if found is None:
        return False
    try:
        data = store.raw(commit, "commit")
    except StoreError:  # which is found where the commit is judged
        return False
    head = data.partition(b"\n\n")[0]
    if head.count(b"\nparent ") > 1:  # likewise
        return False
    said, made = _Said.of(*found), _TIME.search(head)
    own = (data[5:45].decode(errors="replace"), parent_in(data), _NONE, made and int(made[1]))
    if (said.tree.hex(), _named(layers, said.parent), said.second, said.time) != own or _is_misplaced(layers, said):
        return True
    if (filters := found[0].filters) is None:
        return False
    left_out = [path for path in (done_on(commit, data), *beside) if path and filters.leave_out(found[1], path)]
    with suppress(StoreError):  # likewise; and so is it where a commit does not touch what it names
        return any(store.blob_id(path, commit) != (store.blob_id(path, own[1]) if own[1] else None) for path in left_out)
    return False


def _is_misplaced(layers: Sequence[_Layer], said: _Said) -> bool:
    """Whether Git, which walks by how many led to a commit or by time, would come by it at another place than behind its parent's."""
    if said.parent == _NONE:
        return said.led != 1 or said.walked not in (None, said.time)
    before = next(_Said.of(each, said.parent - each.beneath) for each in layers if 0 <= said.parent - each.beneath < each.count)
    if said.led != before.led + 1:
        return True
    return None not in (said.walked, before.walked) and said.walked != max(said.time, (before.walked or 0) + 1)


def _named(layers: Sequence[_Layer], place: int) -> str | None:
    if place == _NONE:
        return None
    return next((layer.id(place - layer.beneath).hex() for layer in layers if 0 <= place - layer.beneath < layer.count), "")
