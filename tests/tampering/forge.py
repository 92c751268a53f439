"""The forger's workshop: a repository taken apart into commits and files, changed in any way, and put together again past all acts."""

import os
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha1
from pathlib import Path

Files = Mapping[str, tuple[bytes, str]]
"""Path to Git's mode and the id of the blob."""


@dataclass(frozen=True)
class Link:
    """One commit taken apart.

    Attributes:
        id: as it was; "" for one that is new.
        headers: the lines between parent and message: author, committer and whatever else.
        message: everything after the first empty line.
        files: what it holds.
        parents: further parents beside the link before it.
        tree: the id of a tree to be used as it is, instead of one made of ``files``.
    """

    id: str
    headers: tuple[bytes, ...]
    message: bytes
    files: Files
    parents: tuple[str, ...] = ()
    tree: str = ""

    @property
    def act(self) -> str:
        found = re.search(rb"^Duban-Act: (\S+)$", self.message, re.MULTILINE)
        return found[1].decode() if found else ""

    @property
    def author(self) -> bytes:
        return self.headers[0].removeprefix(b"author ")


class Forge:
    """A repository in a forger's hands.

    Args:
        home: a register's folder, the forger's own copy.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.git = home / "register.git"
        self.main = self.git / "refs/heads/main"

    def put(self, kind: str, data: bytes) -> str:
        whole = b"%s %d\0%s" % (kind.encode(), len(data), data)
        name = sha1(whole, usedforsecurity=False).hexdigest()
        path = self.path(name)
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(whole, 1))
        return name

    def get(self, name: str) -> bytes:
        return zlib.decompress(self.path(name).read_bytes()).partition(b"\0")[2]

    def path(self, name: str) -> Path:
        return self.git / "objects" / name[:2] / name[2:]

    @property
    def head(self) -> str:
        return self.main.read_text().strip()

    def line(self) -> list[Link]:
        """The history, oldest first."""
        found: list[Link] = []
        at = self.head
        while at:
            head, _, message = self.get(at).partition(b"\n\n")
            tree, *rest = head.split(b"\n")
            parents = [line[7:].decode() for line in rest if line.startswith(b"parent ")]
            headers = tuple(line for line in rest if not line.startswith(b"parent "))
            found.append(Link(at, headers, message, dict(self._files(tree[5:].decode()))))
            at = parents[0] if parents else ""
        return found[::-1]

    def _files(self, tree: str, under: str = "") -> list[tuple[str, tuple[bytes, str]]]:
        data, found = self.get(tree), []
        while data:
            mode, _, rest = data.partition(b" ")
            name, _, rest = rest.partition(b"\0")
            path, name_of = under + name.decode(), rest[:20].hex()
            found += self._files(name_of, f"{path}/") if mode == b"40000" else [(path, (mode, name_of))]
            data = rest[20:]
        return found

    def tree(self, files: Files) -> str:
        """Put a tree of files, as Git would."""
        here: dict[bytes, bytes] = {}
        folders: dict[str, dict[str, tuple[bytes, str]]] = {}
        for path, (mode, blob) in files.items():
            folder, slash, rest = path.partition("/")
            if slash:
                folders.setdefault(folder, {})[rest] = mode, blob
            else:
                here[path.encode()] = b"%s %s\0%s" % (mode, path.encode(), bytes.fromhex(blob))
        for folder, inside in folders.items():
            here[folder.encode() + b"/"] = b"40000 %s\0%s" % (folder.encode(), bytes.fromhex(self.tree(inside)))
        return self.put("tree", b"".join(here[key] for key in sorted(here)))

    def lay(self, line: list[Link], *, log: bool = True) -> list[str]:
        """Put a history together, move ``main`` to its end and return its commits; ``log`` covers the tracks in the reflog."""
        made: list[str] = []
        for link in line:
            tree = link.tree or self.tree(link.files)
            parents = b"".join(b"parent %s\n" % each.encode() for each in (*made[-1:], *link.parents))
            made.append(self.put("commit", b"tree %s\n%s%s\n\n%s" % (tree.encode(), parents, b"\n".join(link.headers), link.message)))
        self.main.write_text(f"{made[-1]}\n")
        if log:
            path, at = self.git / "logs/refs/heads/main", "0" * 40
            lines = []
            for name in made:
                lines.append(f"{at} {name} x <x@y> 0 +0800\tx\n")
                at = name
            path.write_text("".join(lines))
        return made

    def blob(self, files: Files, path: str) -> bytes:
        return self.get(files[path][1])

    def changed(self, files: Files, path: str, old: str, new: str) -> Files:
        """The files with a text in one of them exchanged wherever it stands."""
        data = self.blob(files, path)
        assert old.encode() in data, (path, old)
        return {**files, path: (b"100644", self.put("blob", data.replace(old.encode(), new.encode())))}

    def hand(self, edit: Callable[[Files], Files], message: str = "改\n", author: bytes = b"") -> str:
        """Commit by hand on top of everything, and return the commit."""
        line = self.line()
        who = author or line[-1].author
        link = Link("", (b"author " + who, b"committer " + who), message.encode(), edit(line[-1].files))
        return self.lay([*line, link])[-1]

    def each(self, edit: Callable[[int, Link], Link | None]) -> list[str]:
        """Run through history and make it again, each commit as ``edit`` has it; None leaves it out."""
        line = [made for number, link in enumerate(self.line()) if (made := edit(number, link)) is not None]
        return self.lay(line)

    def everywhere(self, path: str, old: str, new: str) -> list[str]:
        """Exchange a text in every version of a record."""

        def edit(_: int, link: Link) -> Link:
            stands = path in link.files and old.encode() in self.blob(link.files, path)
            return replace(link, files=self.changed(link.files, path, old, new)) if stands else link

        return self.each(edit)

    def find(self, act: str, last: bool = False) -> int:
        """The place in history of the first commit of an act, or the last."""
        found = [number for number, link in enumerate(self.line()) if link.act == act]
        return found[-1 if last else 0]

    def drop(self, path: str) -> None:
        """Take a file of the repository away."""
        os.unlink(self.git / path)
