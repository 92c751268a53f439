"""Packs rolled into one another: of many that hold little, one that holds all of it.

Each has twice as many objects as all smaller ones together: they are few, and an object is packed again a few times in ten years. What a
pack was made of is taken away only once the pack is durable, its name included.

A fetch brings a pack of its own, and whoever looks for an object asks one pack after the other: a day of fetches at a busy upstream made
an act twenty times as long. So whoever fetched rolls up what is small himself once it is many; the rest is the upkeep's (``maintenance``).
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from records.store.disk import reporting, sync_folder
from records.store.lock import held
from records.store.stock_git import Git
from records.store.store import StoreError

ALONE = "duban.maintenance.lock"
"""The lock of whoever packs, in the repository."""
_DURABLE = ("-c", "core.fsync=all", "-c", "core.fsyncMethod=fsync", "-c", "pack.threads=1")
_FACTOR = 2
MANY = 50
"""So many packs are rolled up by whoever fetched, or was pushed to, and do not wait for the upkeep."""
_SMALL = 5000  # objects of a pack that is rolled up while acts wait: some tenths of a second
_HEADER, _FANOUT = 8, 256 * 4  # of the index of a pack, whose fan-out ends with how many objects it has


def tidied(repository: Path, git: Git) -> None:
    """Roll small packs into one where there are many, unless somebody packs just now. Under the register's lock.

    It is comfort: where it cannot be done the next one tries it, and the upkeep says why.
    """
    with suppress(StoreError, OSError):
        if sum(name.endswith(".pack") for name in os.listdir(repository / "objects/pack")) > MANY:
            with held(repository / ALONE, 0):
                taken_away(repository, rolled_up(repository, git, _SMALL))


def rolled_up(repository: Path, git: Git, largest: int | None = None) -> list[Path]:
    """Put what lies in small packs into one, and return the indexes of those that nobody needs any more.

    Args:
        repository: where nobody else packs meanwhile.
        git: stock Git.
        largest: objects of a pack that is looked at; of any size, if None.

    Raises:
        StoreError: Git or the disk refuses.
    """
    packs = sorted((_objects(each), each) for each in _packs(repository))
    packs = [(size, each) for size, each in packs if largest is None or size <= largest]
    sources = [each for _, each in packs[: rolled([size for size, _ in packs])]]
    if not sources:
        return []
    lines = "".join(f"{each.stem}.pack\n" for each in sources)
    into = ("--stdin-packs", "--local", "--delta-base-offset", "--non-empty", "--quiet")
    made = packing(git, repository, "pack-objects", *into, "objects/pack/pack", given=lines).strip()
    sync_packs(repository)
    return [each for each in sources if each.stem != f"pack-{made}"]


def taken_away(repository: Path, indexes: Sequence[Path]) -> None:
    """Take away packs, by their indexes. Under the register's lock, so that no act meets it half-way.

    Raises:
        OSError: the disk refuses.
    """
    if indexes:
        (repository / "objects/pack/multi-pack-index").unlink(missing_ok=True)  # one of an operator's would name packs that are gone
    for index in indexes:
        for path in (index, *index.parent.glob(f"{index.stem}.*")):  # without its index a pack is looked for no more
            path.unlink(missing_ok=True)


def rolled(sizes: Sequence[int]) -> int:
    """Return how many packs, the smallest first, go into one, so that each is left with twice as many objects as all smaller ones.

    Args:
        sizes: the objects of each pack, in rising order.
    """
    together = many = 0
    for number, size in enumerate(sizes):
        if number and size < _FACTOR * together:
            many = number + 1
        together += size
    return many


def packing(git: Git, repository: Path, *argv: str, given: str = "") -> str:
    """Run a command of Git's that writes packs or what goes with them, durably but for their names.

    Raises:
        StoreError: it failed.
    """
    return git.run("维护登记库", "-C", str(repository), *_DURABLE, *argv, given=given)


def sync_packs(repository: Path) -> None:
    """Make the names of new packs durable before anything goes that they stand for: Git syncs files and not folders."""
    with reporting("维护登记库", repository):
        sync_folder(repository / "objects/pack")


def _packs(repository: Path) -> Iterator[Path]:
    """Yield the indexes of the packs that nobody wants kept as they are."""
    for index in (repository / "objects/pack").glob("pack-*.idx"):
        if not any(index.with_suffix(ending).exists() for ending in (".keep", ".promisor", ".mtimes")):
            yield index


def _objects(index: Path) -> int:
    """How many objects a pack has, by its index."""
    with reporting("查看登记库", index), index.open("rb") as file:
        file.seek(_HEADER + _FANOUT - 4)
        return int.from_bytes(file.read(4), "big")
