"""The rival of an act: pygit2 commits the next state of a record under one lock, with its own syncs on, and checks nothing."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pygit2
from pygit2.enums import FileMode, Option

_RECORD = 3000  # bytes of a record that stay; what an act adds to them is a line


def pygit2_act(home: Path, moment: int) -> Callable[[str, int], None]:
    """Return what commits the next state of the record at a path; the number says which turn it is.

    Args:
        home: a bare repository.
        moment: seconds since 1970, for the signature.
    """
    pygit2.option(Option.ENABLE_FSYNC_GITDIR, True)
    repository, who = pygit2.Repository(str(home)), pygit2.Signature("王敏", "wangmin@bureau", moment, 480)
    lock = os.open(home / "rival.lock", os.O_RDWR | os.O_CREAT)

    def tree_with(tree: Any, parts: list[str], blob: Any) -> Any:  # noqa: ANN401  # it comes without types
        builder = repository.TreeBuilder(tree)
        if parts[1:]:
            builder.insert(parts[0], tree_with(tree[parts[0]], parts[1:], blob), FileMode.TREE)
        else:
            builder.insert(parts[0], blob, FileMode.BLOB)
        return builder.write()

    def act(path: str, turn: int) -> None:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            head = repository.references["refs/heads/main"].target
            tree = repository[head].tree
            blob = repository.create_blob(tree[path].data[:_RECORD] + b"# %d\n" % turn)
            root = tree_with(tree, path.split("/"), blob)
            repository.create_commit("refs/heads/main", who, who, f"签收 {path}", root, [head])
        finally:
            fcntl.flock(lock, fcntl.LOCK_UN)

    return act
