"""C: what is changed round the commits, so that a reader sees another register or runs something; and what is damaged."""

import hashlib
import os
import sqlite3
import struct
import subprocess
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

from records.register.register import Register
from records.store.packs import packed
from tests.tampering.base import DONE, LATE
from tests.tampering.by_hand import Tamper
from tests.tampering.forge import Forge


def _write(name: str, text: str, *, told: str = "") -> Tamper:
    def tamper(forge: Forge) -> str:
        path = forge.git / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(head=forge.head))
        return told or name

    return tamper


def _append(name: str, text: str) -> Tamper:
    def tamper(forge: Forge) -> str:
        path = forge.git / name
        path.write_text(path.read_text() + text)
        return name

    return tamper


def _swap(name: str, old: str, new: str) -> Tamper:
    def tamper(forge: Forge) -> str:
        path = forge.git / name
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))
        return name

    return tamper


def _branch(forge: Forge) -> str:
    head = forge.head
    log = (forge.git / "logs/refs/heads/main").read_text()
    false = forge.hand(lambda files: forge.changed(files, LATE, "due: '2026-09-07'", "due: '2026-09-30'"))
    forge.main.write_text(f"{head}\n")
    (forge.git / "logs/refs/heads/main").write_text(log)
    (forge.git / "refs/heads/other").write_text(f"{false}\n")
    return "refs/heads/other"


def _head_elsewhere(forge: Forge) -> str:
    _branch(forge)
    (forge.git / "HEAD").write_text("ref: refs/heads/other\n")
    return "HEAD"


def _replaced(kind: str) -> Tamper:
    def tamper(forge: Forge) -> str:
        old = forge.head if kind == "commit" else forge.line()[-1].files[LATE][1]
        new = forge.line()[3].id if kind == "commit" else forge.put("blob", forge.get(old).replace(b"09-07", b"09-30"))
        path = forge.git / "refs/replace" / old
        path.parent.mkdir(parents=True)
        path.write_text(f"{new}\n")
        return f"refs/replace/{old}"

    return tamper


def _borrowed(forge: Forge) -> str:
    away = forge.home.parent / f"away-{forge.home.name}"
    os.rename(forge.git / "objects", away)
    (forge.git / "objects/info").mkdir(parents=True)
    (forge.git / "objects/info/alternates").write_text(f"{away}\n")
    return "objects/info/alternates"


def _flipped(forge: Forge, name: str) -> None:
    path = forge.path(name)
    data = bytearray(path.read_bytes())
    data[-3] ^= 0x55
    path.unlink()  # the objects are those of all the tests
    path.write_bytes(bytes(data))


def _flip_blob(last: bool) -> Tamper:
    def tamper(forge: Forge) -> str:
        line, place = forge.line(), forge.find("conclude")
        _flipped(forge, line[-1 if last else place].files[LATE if last else DONE][1])
        return line[forge.find("remind") if last else place].id

    return tamper


def _flip_commit(forge: Forge) -> str:
    name = forge.line()[forge.find("conclude")].id
    _flipped(forge, name)
    return name


def _flip_tree(forge: Forge) -> str:
    line, place = forge.line(), forge.find("conclude")
    _flipped(forge, forge.tree(line[place].files))
    return line[place].id


def _lost_commit(forge: Forge) -> str:
    name = forge.line()[forge.find("conclude")].id
    forge.path(name).unlink()
    return name


def _moved_aside(forge: Forge) -> str:
    """``main`` moved by stock Git and back again: nothing of it is left but the log."""
    line = forge.line()
    path = forge.git / "logs/refs/heads/main"
    there, back = (f"{one} {other} x <x@y> 0 +0800\tx\n" for one, other in ((line[-1].id, line[3].id), (line[3].id, line[-1].id)))
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines, there]))
    forge.main.write_text(f"{line[3].id}\n")
    path.write_text("".join([*lines, there, back]))
    forge.main.write_text(f"{line[-1].id}\n")
    return "logs/refs/heads/main"


def _log_cut(forge: Forge) -> str:
    path = forge.git / "logs/refs/heads/main"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:10], *lines[12:]]))
    return "logs/refs/heads/main"


def _packed_otherwise(forge: Forge) -> str:
    """A pack that has another record under the id of one: Git takes it out of there, and counts no hash."""
    line, place = forge.line(), forge.find("conclude")
    name = line[place].files[DONE][1]
    other = forge.get(name).replace(b"2026", b"2025")
    title, pack, index = packed({name: b"blob %d\0%s" % (len(other), other)})
    for ending, data in ((".pack", pack), (".idx", index)):
        (forge.git / "objects/pack" / f"pack-{title}{ending}").write_bytes(data)
    shown = subprocess.run(["git", "-C", str(forge.git), "cat-file", "blob", name], capture_output=True, check=True)
    assert shown.stdout == other, "this is what it is done for"
    return line[place].id


def _git(forge: Forge) -> Callable[..., bytes]:
    def git(*argv: str, given: bytes = b"") -> bytes:
        return subprocess.run(["git", "-C", str(forge.git), *argv], input=given, capture_output=True, check=True).stdout

    return git


def _filter_of_a_series(forge: Forge) -> str:
    """A graph by which an act left the numbers alone of which it took one; that it was done on the matter is told as ever."""
    git, commit, item = _git(forge), forge.line()[forge.find("bureau_sign")].id, DONE
    (series,) = set(git("diff-tree", "-r", "--name-only", f"{commit}^", commit).decode().split()) - {item}
    git("commit-graph", "write", "--reachable", "--changed-paths")
    path = forge.git / "objects/info/commit-graph"
    path.chmod(0o644)
    true = path.read_bytes()[:-20]
    begins = {true[n : n + 4]: int.from_bytes(true[n + 4 : n + 12], "big") for n in range(8, 8 + 12 * true[6], 12)}
    place = sorted(git("rev-list", "main").decode().split()).index(commit)
    ends = struct.unpack_from(f">{place + 1}I", true, begins[b"BIDX"])
    first = begins[b"BDAT"] + 12
    for at in range(8 * (first + (ends[-2] if place else 0)), 8 * (first + ends[-1])):
        data = bytearray(true)
        data[at // 8] &= ~(1 << at % 8)
        path.write_bytes(data + hashlib.sha1(data, usedforsecurity=False).digest())
        told = [commit.encode() in git("log", "--format=%H", "main", "--", name) for name in (item, series)]
        if told == [True, False]:
            return commit
    raise AssertionError("this is what it is done for")


def _bitmap(forge: Forge) -> str:
    """A bitmap by which an act was never done: so Git counts the commits where it is told to, and packs what it sends."""
    git = _git(forge)
    lost = forge.line()[forge.find("conclude")].id.encode()
    title = git("pack-objects", "--quiet", "--revs", "objects/pack/pack", given=b"main\n").decode().strip()
    pack = forge.git / f"objects/pack/pack-{title}.pack"
    rows = sorted(
        (int(row.split()[0]), row.split()[1]) for row in git("show-index", given=pack.with_suffix(".idx").read_bytes()).splitlines()
    )
    kinds = [row.split()[1] for row in git("cat-file", "--batch-check", given=b"\n".join(name for _, name in rows)).splitlines()]
    by_kind = b"".join(_bits(each == kind for each in kinds) for kind in (b"commit", b"tree", b"blob", b"tag"))
    head = struct.pack(">IBB", sorted(name for _, name in rows).index(forge.head.encode()), 0, 0) + _bits(name != lost for _, name in rows)
    data = b"BITM" + struct.pack(">HHI", 1, 1, 1) + pack.read_bytes()[-20:] + by_kind + head
    pack.with_suffix(".bitmap").write_bytes(data + hashlib.sha1(data, usedforsecurity=False).digest())
    counted = [int(git("rev-list", "--count", *how, "main")) for how in ((), ("--use-bitmap-index",))]
    assert counted[0] == counted[1] + 1, "this is what it is done for"
    return f"objects/pack/{pack.stem}.bitmap"


def _bits(each: Iterable[bool]) -> bytes:
    """Bits as such a file holds them, none of them compressed: how many, in how many words, these, and where the last count stands."""
    bits = [*each]
    words = [sum(bit << at for at, bit in enumerate(bits[n : n + 64])) for n in range(0, len(bits), 64)]
    return struct.pack(f">II{len(words) + 1}QI", len(bits), len(words) + 1, len(words) << 33, *words, 0)


def _log_of_another(forge: Forge) -> str:
    """The last act taken away, and the log left as it was."""
    forge.lay(forge.line()[:-1], log=False)
    return "logs/refs/heads/main"


def _paper(forge: Forge) -> str:
    (path,) = (each for each in (forge.home / "attachments").rglob("*") if each.is_file())
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"x")
    return str(path)


def _published(forge: Forge) -> str:
    path: Path = forge.home / "published/DB-2026-0001-special.docx"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"x")
    return "published/DB-2026-0001-special.docx"


def _lying_index(forge: Forge) -> str:
    Register(forge.home).index.catch_up(lambda done, total: True)
    with closing(sqlite3.connect(forge.home / "index.sqlite")) as db, db:
        db.execute("UPDATE items SET excerpt = replace(excerpt, '2026-09-07', '2026-09-30')")
    return "index.sqlite"


ROUND_IT: dict[str, Tamper] = {
    "C01 a tag": _write("refs/tags/v1", "{head}\n"),
    "C02 another branch with a falsehood": _branch,
    "C03 HEAD on another branch": _head_elsewhere,
    "C04 a commit replaced": _replaced("commit"),
    "C05 a record replaced": _replaced("blob"),
    "C06 grafts": _write("info/grafts", "{head}\n"),
    "C07 shallow": _write("shallow", "{head}\n"),
    "C08 objects borrowed": _borrowed,
    "C09 a program for the file system": _append("config", "[core]\n\tfsmonitor = /tmp/x\n"),
    "C10 a guard taken away": _swap("config", "denyNonFastForwards = true", "denyNonFastForwards = false"),
    "C11 a hook": _write("hooks/post-update", "#!/bin/sh\n"),
    "C12 the log gone": _write("logs/refs/heads/main", ""),
    "C13 a damaged record at the tip": _flip_blob(last=True),
    "C14 a damaged record long ago": _flip_blob(last=False),
    "C27 a damaged commit": _flip_commit,
    "C28 a damaged folder": _flip_tree,
    "C29 a commit lost": _lost_commit,
    "C30 a pager": _append("config", "[core]\n\tpager = /tmp/x\n"),
    "C31 a program that shows records": _append("config", '[diff "x"]\n\ttextconv = /tmp/x\n'),
    "C32 settings from elsewhere": _append("config", "[include]\n\tpath = /tmp/x\n"),
    "C33 another place of hooks": _append("config", "[core]\n\thooksPath = /tmp\n"),
    "C34 attributes": _write("info/attributes", "* diff=x\n"),
    "C35 a note": _write("refs/notes/commits", "{head}\n"),
    "C36 a packed branch": _write("packed-refs", "# pack-refs with: peeled\n{head} refs/heads/old\n", told="refs/heads/old"),
    "C37 main moved and moved back": _moved_aside,
    "C38 lines of the log taken out": _log_cut,
    "C39 a log of another history": _log_of_another,
    "C40 another repository in its place": _write("commondir", "/tmp\n"),
    "C41 a record that a pack has otherwise": _packed_otherwise,
    "C42 somebody's index over the packs": _write("objects/pack/multi-pack-index", "MIDX"),
    "C43 somebody's bitmap": _bitmap,
    "C44 a graph that hides what an act did besides": _filter_of_a_series,
    "D01 an index that lies": _lying_index,
    "D02 a paper beside the register": _paper,
    "D03 an issued document": _published,
}
"""Kind to what does it."""
