"""The papers beside a register, brought into a mirror: what its records name now, each held against its hash, however it came."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from records.matter.attachments import named
from records.register.attachments import Attachments
from records.register.scans import MOST
from records.store.disk import replace_durably, reporting
from records.store.repository import Repository
from records.store.store import StoreError

Ask = Callable[[Sequence[str]], Iterator[tuple[str, bytes]]]
"""Fetches papers by their hashes; of those that are not to be had nothing comes."""

_THROUGH = "attachments.head"
CUT = "附件没有取完，线路断了。已经取到的留着，请再运行一次。"
_LINE = re.compile(rb"([0-9a-f]{64}) (\d{1,9})\n", re.ASCII)


@dataclass(frozen=True)
class Brought:
    """What became of the papers that records name.

    Attributes:
        fetched: how many came now.
        away: how many are still not here.
    """

    fetched: int
    away: int


def bring(folder: Path, ask: Ask) -> Brought:
    """Fetch into a mirror what its records name and it does not hold; only what changed since all of it was there is looked through.

    Args:
        folder: the mirror's.
        ask: reaches the register.

    Raises:
        StoreError: the mirror cannot be read or written, or the register not be reached.
    """
    store, kept = Repository(folder), Attachments(folder / "attachments")
    head = store.head()
    if head is None:
        return Brought(0, 0)
    paths = [each.path for each in store.changes(_through(store, folder), head)]
    records = (data for path in paths if (data := store.read(path, head)) is not None)
    wanted = [digest for digest in sorted(named(records)) if kept.size(digest) < 0]
    fetched = 0
    for digest, data in ask(wanted) if wanted else ():
        if digest in wanted and hashlib.sha256(data).hexdigest() == digest:
            kept.keep(digest, data)
            fetched += 1
    away = sum(kept.size(digest) < 0 for digest in wanted)
    if not away:
        _note(folder, head)
    return Brought(fetched, away)


def given(kept: Attachments, wanted: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the papers of those hashes that are there and whole."""
    for digest in wanted:
        try:
            data = kept.read(digest)
        except StoreError:  # damaged: it is for the audit on the server to say
            continue
        if data is not None:
            yield digest, data


def sent(papers: Iterator[tuple[str, bytes]], to: IO[bytes]) -> int:
    """Write papers one after another, each after a line with its hash and size, and return how many."""
    count = 0
    for digest, data in papers:
        to.write(b"%s %d\n" % (digest.encode(), len(data)))
        to.write(data)
        count += 1
    return count


def received(stream: IO[bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield what ``sent`` wrote.

    Raises:
        StoreError: it is something else, or ends in the midst of a paper.
    """
    while line := stream.readline(80):
        found = _LINE.fullmatch(line)
        if found is None or int(found[2]) > MOST:
            raise StoreError("取来的附件写法不对，没有收下。请确认登记簿服务器上的 duban 不比这里的旧。")
        data = stream.read(int(found[2]))
        if len(data) < int(found[2]):
            raise StoreError(CUT)
        yield found[1].decode(), data


def _through(store: Repository, folder: Path) -> str | None:
    """The commit up to which all papers are here, None where none is noted, or what is noted is no commit here."""
    with reporting("读取镜像", folder):
        try:
            noted = (folder / _THROUGH).read_text(encoding="ascii", errors="replace").strip()
        except FileNotFoundError:
            return None
    try:
        return store.describe(noted).id
    except StoreError:
        return None


def _note(folder: Path, head: str) -> None:
    with reporting("记下附件取到哪里", folder):
        replace_durably(folder / _THROUGH, f"{head}\n".encode(), 0o640)
