"""What one durable act costs as the register grows, beside the same by pygit2, and beside ``git add`` and ``git commit`` in a work tree.

    python bench/durable_act.py [--items 1000 100000] [--rounds 60] [--rival-rounds 5]

Each act reads one record under the lock and commits its next state, synced to disk; pygit2 does the same with its own syncs on and checks
nothing. The sizes take turns, and so do the two, so that a busy moment of the machine falls on all of them. Git's own commit is measured as
it comes: it syncs less than ours. Exit status 1 if an act at the largest size takes over 1.5 times as long as at the smallest, or longer
than pygit2's.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.parts.pygit2_act import pygit2_act
from records.store.paths import item_path
from records.store.repository import Repository
from records.store.store import Ident

LIMIT = 1.5
PHRASES = (
    "经核查，群众反映的问题基本属实。",
    "责任单位已约谈相关负责人并限期整改。",
    "请于七个工作日内报送办理情况。",
    "案件线索已移交经侦支队依法查处。",
    "整改措施已落实到岗到人，建立长效机制。",
    "同意办结，归档备查。",
)
WHEN = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=8)))
CLERK = Ident("王敏", "wangmin@bureau", WHEN)
SERVICE = Ident("督办系统", "duban@bureau", WHEN)


def path_of(number: int) -> str:
    """Return where a record lies, of which each year has ten thousand."""
    return item_path(f"DB-{2026 - number // 10_000}-{number % 10_000:04}")


def item(number: int, state: str) -> bytes:
    """Return a record of about 3 KB, no two alike."""
    chance = random.Random(number)
    sentences = "\n".join(f"  {chance.choice(PHRASES)}（{chance.randrange(10**6)}）" for _ in range(52))
    return f"id: DB-2026-{number:04d}\nstate: {state}\nunit: U{chance.randrange(40):02d}\nreport: |\n{sentences}\n".encode()


def build(path: Path, items: int) -> Repository:
    """Return a register of that many items that arrived in one commit and lie in one pack."""
    store = Repository.create(path)
    command = ["git", "-C", str(path), "-c", "core.compression=1", "fast-import", "--quiet", "--depth=0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=clean_environment()) as importer:
        assert importer.stdin is not None
        for line in stream(items):
            importer.stdin.write(line)
    if importer.returncode:
        raise SystemExit(f"git fast-import failed at {items} items")
    return store


def stream(items: int) -> Iterator[bytes]:
    yield b"commit refs/heads/main\ncommitter bench <bench@bureau> 1767225600 +0800\ndata 5\nbuild\n"
    for number in range(items):
        data = item(number, "open")
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path_of(number).encode(), len(data), data)
    yield b"done\n"


def act(store: Repository, number: int, turn: int) -> None:
    act_on(store, path_of(number), turn)


def act_on(store: Repository, path: str, turn: int) -> None:
    """Read a record under the lock and commit its next state, durably."""
    with store.writing() as register:
        before = store.read(path, register.head or "")
        assert before is not None
        register.commit({path: before + f"# {turn}\n".encode()}, author=CLERK, committer=SERVICE, message=f"签收 {path}")


def by_pygit2(commit: Callable[[str, int], None], number: int, turn: int) -> None:
    commit(path_of(number), turn)


def rival_act(tree: Path, number: int, turn: int) -> None:
    path = path_of(number)
    with (tree / path).open("a") as file:
        file.write(f"# {turn}\n")
    for command in (["add", "--", path], ["-c", "user.name=bench", "-c", "user.email=bench@bureau", "commit", "-q", "-m", "签收"]):
        subprocess.run(["git", "-C", str(tree), *command], check=True, env=clean_environment())


def clean_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def alternate(work: dict[tuple[str, int], Callable[[int, int], None]], rounds: int) -> dict[tuple[str, int], list[float]]:
    """Return milliseconds a call for each way and size; the first call of each is not counted."""
    taken: dict[tuple[str, int], list[float]] = {each: [] for each in work}
    for turn in range(rounds + 1):
        for (way, items), call in work.items():
            number = random.Random(turn).randrange(items)
            begun = time.perf_counter()
            call(number, turn)
            if turn:
                taken[way, items].append(1000 * (time.perf_counter() - begun))
    return taken


def main() -> int:
    parser = argparse.ArgumentParser(description="what one durable act costs as the register grows")
    parser.add_argument("--items", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--rival-rounds", type=int, default=5, help="0 leaves git add + git commit out")
    options = parser.parse_args()
    sizes = sorted(options.items)
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        stores = {items: build(Path(folder) / f"{items}.git", items) for items in sizes}
        beside = {items: build(Path(folder) / f"{items}.pygit2.git", items).path for items in sizes}
        trees = {}
        for items in sizes if options.rival_rounds else []:
            trees[items] = Path(folder) / f"{items}.tree"
            subprocess.run(
                ["git", "clone", "-q", "--no-local", str(stores[items].path), str(trees[items])], check=True, env=clean_environment()
            )
        os.sync()  # what building left to write must not fall on those measured first
        work: dict[tuple[str, int], Callable[[int, int], None]] = {}
        for items in sizes:
            work["ours", items] = partial(act, stores[items])
            work["pygit2", items] = partial(by_pygit2, pygit2_act(beside[items], int(WHEN.timestamp())))
        taken = alternate(work, options.rounds)
        taken |= alternate({("git", items): partial(rival_act, tree) for items, tree in trees.items()}, options.rival_rounds)
    return report({each: (statistics.median(some), sorted(some)[int(0.95 * len(some))]) for each, some in taken.items()}, sizes)


def report(taken: dict[tuple[str, int], tuple[float, float]], sizes: list[int]) -> int:
    """Tell median and p95 of each way and size, and whether what was asked for holds."""
    smallest, largest = taken["ours", sizes[0]][0], taken["ours", sizes[-1]][0]
    print(f"{'items':>9}  {'durable act, ms':>15}  {'p95':>6}  {'growth':>6}  {'pygit2, ms':>10}  {'of it':>5}  {'git commit, ms':>14}")
    for items in sizes:
        (median, p95), (rival, _), (git, _) = (taken.get((way, items), (float("nan"), 0.0)) for way in ("ours", "pygit2", "git"))
        print(f"{items:>9,}  {median:>15.2f}  {p95:>6.2f}  {median / smallest:>6.2f}  {rival:>10.2f}  {median / rival:>5.2f}  {git:>14.1f}")
    grows, dearer = largest / smallest, largest / taken["pygit2", sizes[-1]][0]
    print(f"largest against smallest: {grows:.2f} (at most {LIMIT}), against pygit2: {dearer:.2f} (at most 1.0)")
    return 0 if grows <= LIMIT and dearer <= 1 else 1


if __name__ == "__main__":
    raise SystemExit(main())
