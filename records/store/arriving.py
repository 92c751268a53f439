"""A repository together with objects that are to come into it and lie apart still: what was pushed, what was taken out of a bundle."""

from collections.abc import Iterator
from pathlib import Path

from records.store.objects import Objects, tree_differences
from records.store.repository import Repository


class Arriving(Repository):
    """A repository read as it will be. Its branch is where it was, and nothing is written through this.

    Args:
        path: the repository.
        apart: the folder of the objects that are not in it yet, as Git keeps them: a quarantine, or another repository's ``objects``.
    """

    def __init__(self, path: Path, apart: Path) -> None:
        super().__init__(path)
        self._apart = apart
        self._objects = Objects(apart, lender=path / "objects")

    def __reduce__(self) -> tuple[type["Arriving"], tuple[Path, Path]]:  # type: ignore[override]
        return type(self), (self.path, self._apart)

    def new_with(self, commit: str) -> Iterator[tuple[str, bytes]]:
        """Yield kind and bytes of each object that is new with a commit, each after what it names, the commit last.

        Raises:
            StoreError: one is missing or damaged.
        """
        found = self.describe(commit)
        yield from self._new_below(self._root(found.parent) if found.parent else None, found.tree)
        yield "commit", self.raw(commit, "commit")

    def _new_below(self, old: str | None, new: str) -> Iterator[tuple[str, bytes]]:
        if old == new:
            return
        data = self._tree(new)
        for key, was, now in tree_differences(self._tree(old) if old else b"", data):
            if now is None or (was is not None and was.id == now.id):
                continue
            if key.endswith(b"/"):
                yield from self._new_below(was.id if was else None, now.id)
            else:
                yield "blob", self.blob(now.id)
        yield "tree", data
