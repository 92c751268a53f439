"""Many who act at once, beside pygit2 under one lock: how many acts a second, how long each waits, whether anybody is left behind.

    python bench/writers.py [--writers 1 8 32 64] [--items 10000] [--seconds 8] [--at DIR]

Each writer is a process of its own that acts on an item of its own, again and again: ``store`` is the register's commit path alone,
``act`` a whole act (进展反馈), judged and checked. The rival, ``pygit2``, writes the same records with the same commits under one lock that
waits (``flock``), with its own syncs on; it checks nothing. All three take turns on registers of the same size, on the same disk: one of
ext4 with a journal, as Debian makes it (``parts/disk``), or the one of ``--at``. Exit status 1 if anybody was refused, if an act that was
acknowledged is not on record exactly once, if one act in twenty waits over three times as long as the middle one, if 32 writers' whole acts
are fewer a second than the rival's, or 64 writers' fewer than 300. What one writer's act costs beside the rival's, at the size that is
asked for, ``bench/durable_act.py`` asks.
"""

import argparse
import gc
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.durable_act import CLERK, SERVICE, clean_environment, path_of
from bench.durable_act import build as build_plain
from bench.parts.disk import office_disk
from bench.parts.pygit2_act import pygit2_act
from records.acts import Refusal
from records.demo import build as build_demo
from records.register.register import Register
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.repository import Repository
from records.store.store import StoreError

_FIRST, _EACH = 2000, 40  # the first of the matters that are added, and how many a writer has
_MANY, _RATES, _WAIT = 32, {64: 300.0}, 3.0  # what is asked for: acts a second, p95 beside p50
Act = Callable[[int], None]


@dataclass(frozen=True)
class Run:
    """What some writers did: seconds of each act of each of them, how many were refused, and the seconds it all took."""

    taken: list[list[float]]
    refused: int
    seconds: float

    @property
    def rate(self) -> float:
        return sum(map(len, self.taken)) / self.seconds

    def part(self, share: float) -> float:
        """Milliseconds within which that share of the acts was done."""
        every = sorted(each for writer in self.taken for each in writer)
        return 1000 * every[min(int(share * len(every)), len(every) - 1)]


def store_acts(home: Path, writer: int) -> Act:
    """The commit path alone: the record of an item is read and its next state committed."""
    store, path = Repository(home), path_of(writer)

    def act(turn: int) -> None:
        with store.writing() as register:
            before = (store.read(path, register.head or "") or b"")[:3000]
            register.commit({path: before + b"# %d\n" % turn}, author=CLERK, committer=SERVICE, message=f"签收 {writer}")

    return act


def rival_acts(home: Path, writer: int) -> Act:
    """The same by pygit2: one lock that waits, and every object and the branch synced by libgit2."""
    return partial(pygit2_act(home, int(CLERK.time.timestamp())), path_of(writer))


def whole_acts(home: Path, writer: int) -> Act:
    """Whole acts: a unit reports its progress on one of its matters after the other."""
    register = Register(home)
    begun = datetime.fromisoformat("2027-01-04T09:00:00+08:00")

    def act(turn: int) -> None:
        at = begun + timedelta(seconds=int(time.monotonic()))  # one clock for all: who is quicker does not run ahead of it
        text = {"text": f"第{writer}组走访商户{turn}家，发放告知书。"}
        item = f"DB-2026-{_FIRST + writer * _EACH + turn % _EACH:04}"
        found = register.act("report_progress", item, "JJ.liaison", text, at)
        if isinstance(found, Refusal):
            raise StoreError(str(found))

    return act


def build_many(home: Path, writers: int) -> None:
    """Make the demo's register, with as many matters more of one unit as the writers need."""
    register = build_demo(home)
    like = next(item for item in register.view().all_items() if item.state == "in_progress" and item.units[0].unit == "JJ")
    store = Repository(home / "register.git")
    ids = [f"DB-2026-{_FIRST + number:04}" for number in range(writers * _EACH)]
    with store.writing() as transaction:
        files = {item_path(each): emit(replace(like, id=each)) for each in ids}
        transaction.commit(files, author=CLERK, committer=SERVICE, message="更多")


def run(acts: Callable[[Path, int], Act], home: Path, writers: int, seconds: float) -> Run:
    """Let so many act for so long."""
    os.sync()  # what those before them left in memory is written at nobody's cost
    context = multiprocessing.get_context("fork")
    ready, told = context.Barrier(writers + 1), context.Queue()
    processes = [context.Process(target=_write, args=(acts, home, number, seconds, ready, told)) for number in range(writers)]
    for process in processes:
        process.start()
    ready.wait()
    begun = time.perf_counter()
    found = [told.get() for _ in processes]
    took = time.perf_counter() - begun
    for process in processes:
        process.join()
    return Run([taken for taken, _ in found], sum(refused for _, refused in found), took)


def _write(acts: Callable[[Path, int], Act], home: Path, number: int, seconds: float, ready: object, told: object) -> None:
    act, taken, refused, turn = acts(home, number), list[float](), 0, 0
    ready.wait()  # type: ignore[attr-defined]
    until = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < until:
        turn += 1
        try:
            act(turn)
            taken.append(time.perf_counter() - begun)
        except StoreError as error:
            if not refused:
                print(error, file=sys.stderr)
            refused += 1
    told.put((taken, refused))  # type: ignore[attr-defined]


def commits(home: Path) -> int:
    words = ["git", "-C", str(home), "rev-list", "--count", "main"]
    return int(subprocess.run(words, capture_output=True, check=True, env=clean_environment()).stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description="many who act at once")
    parser.add_argument("--writers", type=int, nargs="+", default=[1, 8, 32, 64])
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--at", type=Path, help="a folder on the disk to be measured")
    options = parser.parse_args()
    print("writers  what      acts/s   p50, ms   p95, ms  p95/p50  least/even  refused  of rival")
    good = True
    with office_disk() if options.at is None else tempfile.TemporaryDirectory(prefix="duban-bench-", dir=options.at) as folder:
        place = Path(folder)
        build_plain(place / "store.git", options.items)
        build_plain(place / "rival.git", options.items)
        build_many(place / "demo", max(options.writers))
        whole_acts(place / "demo", 0)(0)  # as in the service: what every session does first is done before they are forked
        gc.collect()
        gc.freeze()  # likewise
        os.sync()
        for writers in options.writers:
            rival = run(rival_acts, place / "rival.git", writers, options.seconds)
            for name, acts, home, counted in (
                ("store", store_acts, place / "store.git", place / "store.git"),
                ("act", whole_acts, place / "demo", place / "demo/register.git"),
            ):
                before = commits(counted)
                found = run(acts, home, writers, options.seconds)
                lost = sum(map(len, found.taken)) - (commits(counted) - before)
                good &= not lost and not found.refused and found.part(0.95) <= _WAIT * found.part(0.5)
                good &= name == "store" or found.rate >= max(rival.rate if writers >= _MANY else 0, _RATES.get(writers, 0))
                told(writers, name, found, rival.rate)
                if lost:
                    print(f"{lost} acts were acknowledged and are not on record")
            told(writers, "pygit2", rival, rival.rate)
    return 0 if good else 1


def told(writers: int, name: str, found: Run, rival: float) -> None:
    p50, p95 = found.part(0.5), found.part(0.95)
    least = min(map(len, found.taken)) / statistics.mean(map(len, found.taken))
    how_fast = f"{found.rate:>8.1f}  {p50:>8.1f}  {p95:>8.1f}  {p95 / p50:>7.2f}"
    print(f"{writers:>7}  {name:<7} {how_fast}  {least:>10.2f}  {found.refused:>7}  {found.rate / rival:>8.2f}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
