"""What one durable act costs as the register grows, beside ``git add`` and ``git commit`` in a work tree of the same size.

    python bench/durable_act.py [--items 1000 100000] [--rounds 60] [--rival-rounds 5]

Each act reads one record under the lock and commits its next state, synced to disk. The sizes take turns, so that a busy moment of the
machine falls on all of them. Git's own commit is measured as it comes: it syncs less than ours. Exit status 1 if an act at the largest
size takes over 1.5 times as long as at the smallest.
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


def rival_act(tree: Path, number: int, turn: int) -> None:
    path = path_of(number)
    with (tree / path).open("a") as file:
        file.write(f"# {turn}\n")
    for command in (["add", "--", path], ["-c", "user.name=bench", "-c", "user.email=bench@bureau", "commit", "-q", "-m", "签收"]):
        subprocess.run(["git", "-C", str(tree), *command], check=True, env=clean_environment())


def clean_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def alternate(work: dict[int, Callable[[int, int], None]], rounds: int) -> dict[int, list[float]]:
    """Return milliseconds a call for each size; the first call of each is not counted."""
    taken: dict[int, list[float]] = {items: [] for items in work}
    for turn in range(rounds + 1):
        for items, call in work.items():
            number = random.Random(turn).randrange(items)
            begun = time.perf_counter()
            call(number, turn)
            if turn:
                taken[items].append(1000 * (time.perf_counter() - begun))
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
        trees = {}
        for items in sizes if options.rival_rounds else []:
            trees[items] = Path(folder) / f"{items}.tree"
            subprocess.run(
                ["git", "clone", "-q", "--no-local", str(stores[items].path), str(trees[items])], check=True, env=clean_environment()
            )
        os.sync()  # what building left to write must not fall on those measured first
        ours = alternate({items: partial(act, store) for items, store in stores.items()}, options.rounds)
        rival = alternate({items: partial(rival_act, tree) for items, tree in trees.items()}, options.rival_rounds)
    return report(ours, rival)


def report(ours: dict[int, list[float]], rival: dict[int, list[float]]) -> int:
    medians = {items: statistics.median(taken) for items, taken in ours.items()}
    smallest, largest = medians[min(medians)], medians[max(medians)]
    print(f"{'items':>9}  {'durable act, ms':>15}  {'p95':>6}  {'ratio':>5}  {'git add + git commit, ms':>24}  {'times ours':>10}")
    for items, median in medians.items():
        p95 = sorted(ours[items])[int(0.95 * len(ours[items]))]
        beside = statistics.median(rival[items]) if rival else float("nan")
        print(f"{items:>9,}  {median:>15.2f}  {p95:>6.2f}  {median / smallest:>5.2f}  {beside:>24.1f}  {beside / median:>10.1f}")
    kept = largest / smallest <= LIMIT
    print(f"largest against smallest: {largest / smallest:.2f}, {'within' if kept else 'OVER'} the limit of {LIMIT}")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
