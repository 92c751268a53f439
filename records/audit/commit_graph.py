"""The graph that Git keeps of the commits, a cache of its own: what it says of a commit goes before the commit itself, to Git alone.

The register's upkeep has Git write it. By a forged one ``git log`` on the server leaves out acts, or shows other records, while the commits
are as they were and this program, which never reads it, sees them all. The format is that of Git's gitformat-commit-graph manual page.
"""

import hashlib
import re
import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from records.audit.finding import Finding
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
    """One file of the graph: ids in their order, what it says of each, and how many stand in those beneath it."""

    ids: bytes
    said: bytes
    beneath: int

    @property
    def count(self) -> int:
        return len(self.ids) // 20

    def of(self, commit: bytes) -> bytes | None:
        place = bisect_left(range(self.count), commit, key=self.id)
        return self.said[36 * place : 36 * place + 36] if self.id(place) == commit else None

    def id(self, place: int) -> bytes:
        return self.ids[20 * place : 20 * place + 20]


def commit_graph(repository: Path, store: Store, history: Sequence[str]) -> Iterator[Finding]:
    """Yield that the graph of a repository is no graph, or says of commits what they do not say themselves.

    Args:
        repository: its folder.
        store: reads the commits.
        history: those that are looked at.

    Raises:
        StoreError: a file cannot be read.
    """
    with reporting("核对登记库", repository):
        layers, broken = _layers(repository)
    if broken:
        yield Finding("repository", f"{broken} 不是 Git 的提交图，或者已损坏。{_WAY}", paths=(broken,))
    wrong = [commit for commit in history if _is_another(layers, store, commit)] if layers else []
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
    rows = (data[at : at + 12] for at in range(8, 8 + 12 * data[6], 12))
    begins = {row[:4]: int.from_bytes(row[4:], "big") for row in rows}
    count = int.from_bytes(data[begins[b"OIDF"] + 255 * 4 :][:4], "big")
    ids, said = (data[begins[name] :][: size * count] for name, size in ((b"OIDL", 20), (b"CDAT", 36)))
    if (len(ids), len(said)) != (20 * count, 36 * count):
        raise ValueError(count)
    return _Layer(ids, said, beneath)


def _is_another(layers: Sequence[_Layer], store: Store, commit: str) -> bool:
    """Whether the graph says of a commit another folder, parent or time than it says itself."""
    said = next((found for layer in layers if (found := layer.of(bytes.fromhex(commit)))), None)
    if said is None:
        return False
    tree, parent, second, when = struct.unpack(">20sIIQ", said)
    try:
        data = store.raw(commit, "commit")
    except StoreError:  # which is found where the commit is judged
        return False
    head = data.partition(b"\n\n")[0]
    if head.count(b"\nparent ") > 1:  # likewise
        return False
    made = _TIME.search(head)
    own = (data[5:45].decode(errors="replace"), parent_in(data), _NONE, made and int(made[1]))
    return (tree.hex(), _named(layers, parent), second, when & _SECONDS) != own


def _named(layers: Sequence[_Layer], place: int) -> str | None:
    if place == _NONE:
        return None
    return next((layer.id(place - layer.beneath).hex() for layer in layers if 0 <= place - layer.beneath < layer.count), "")
