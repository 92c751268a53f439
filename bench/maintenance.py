"""What upkeep makes of a register: how long stock Git takes for one item's history, in how many files and bytes it all lies, who waits.

    python bench/maintenance.py [--acts 6000] [--night 2000] [--at DIR]

Acts of matters that go their way sixty at a time are written as the register writes them, object by object. Then ``git log -- PATH`` of one
item, the files and the bytes: as they lie, after stock ``git repack -d --geometric=2`` with a graph of the commits, and after ``duban
maintain``; each on a copy of the same acts. As many acts again follow with an upkeep each night, and somebody acts while one runs. What
500,000 acts would take is reckoned from the last state, in a line of its own. Exit status 1 if a maintained history takes over 150 ms, or
500,000 acts would take over 1.5 GB or 2,000 files.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from itertools import count, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.audit import created, one_story
from records.register.maintenance import inventory, maintain
from records.store.paths import item_path
from records.store.repository import Repository
from records.store.stock_git import Git
from records.store.store import Ident
from tests.bureau import at
from tui.command.environment import now

HISTORY, BYTES, FILES = 0.150, 1.5 * 2**30, 2000
MANY = 500_000
_BESIDE = 60  # matters that are on their way at a time
_A_YEAR = 2400
_LOOKS = 5
Step = tuple[str, bytes, Ident, str]


def environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(home: Path, *words: str) -> str:
    command = ["git", "-C", str(home / "register.git"), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment()).stdout


def steps() -> Iterator[Step]:
    """Yield act after act, without end: path, record, who, what is said of it."""
    when = at("2019-01-02T09:00")
    for first in count(0, _BESIDE):
        for data, name, email, message, _ in one_story():
            for number in range(first, first + _BESIDE):
                item = f"DB-{2019 + number // _A_YEAR}-{number % _A_YEAR + 1:04}"
                content = data.replace(b"DB-2026-0001", item.encode()).replace("第1期".encode(), f"第{number}期".encode())
                when += timedelta(minutes=1)
                yield item_path(item), content, Ident(name, email, when), message.replace("DB-2026-0001", item)


def act(store: Repository, step: Step) -> float:
    """Write an act, and return the seconds that it took."""
    path, content, who, message = step
    begun = time.perf_counter()
    with store.writing(60.0) as register:
        register.commit({path: content}, author=who, committer=who, message=message)
    return time.perf_counter() - begun


def history(home: Path) -> float:
    """Return the seconds that stock Git takes for one item's history, the middle of some tries."""
    path = item_path("DB-2019-0005")
    taken = []
    for _ in range(_LOOKS):
        begun = time.perf_counter()
        found = git(home, "log", "--format=%h %an %s", "main", "--", path)
        taken.append(time.perf_counter() - begun)
        assert found
    return statistics.median(taken)


def lying(home: Path) -> tuple[int, int]:
    """Return the files and the bytes on disk of a register."""
    found = [path.lstat() for path in (home / "register.git").rglob("*") if path.is_file()]
    return len(found), sum(each.st_blocks * 512 for each in found)


def rival(home: Path) -> None:
    git(home, "repack", "-d", "--geometric=2", "-q")
    git(home, "commit-graph", "write", "--reachable", "--changed-paths", "--no-progress")


def ours(home: Path) -> None:
    maintain(home, Git(shutil.which("git") or "git", os.environ["PATH"]), now())


def tended(home: Path, many: int, night: int, following: Iterator[Step]) -> None:
    """Go on for so many acts, with an upkeep each night."""
    store = Repository(home / "register.git")
    for _ in range(0, many, night):
        for step in islice(following, night):
            act(store, step)
        ours(home)


def meanwhile(home: Path, many: int, following: Iterator[Step]) -> tuple[list[float], list[float]]:
    """Return the seconds of each act before an upkeep of so many and while it runs."""
    store = Repository(home / "register.git")
    before = [act(store, step) for step in islice(following, many)]
    upkeep = threading.Thread(target=ours, args=(home,))
    upkeep.start()
    during: list[float] = []
    while upkeep.is_alive() or not during:
        during.append(act(store, next(following)))
    upkeep.join()
    return before, during


def main() -> int:
    parser = argparse.ArgumentParser(description="what upkeep makes of a register")
    parser.add_argument("--acts", type=int, default=6000)
    parser.add_argument("--night", type=int, default=2000, help="acts between two upkeeps, of those that follow")
    parser.add_argument("--at", type=Path, help="where the registers are made; a folder in memory otherwise")
    options = parser.parse_args()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="duban-bench-", dir=options.at or (memory if memory.is_dir() else None)) as folder:
        home, following = Path(folder) / "acts", steps()
        created(home)
        store = Repository(home / "register.git")
        for step in islice(following, options.acts):
            act(store, step)
        print(f"{'':36}  {'acts':>7}  {'took, s':>7}  {'files':>7}  {'MB':>7}  {'one history, ms':>15}  {'ratio':>6}")
        plain = row("as they were written", home, options.acts, lambda home: None, 0)
        copy = home.with_name("rival")
        shutil.copytree(home, copy)
        row("git repack --geometric, commit-graph", copy, options.acts, rival, plain)
        kept = row("duban maintain", home, options.acts, ours, plain)
        nightly = partial(tended, many=options.acts, night=options.night, following=following)
        row(f"and each night of {options.night:,}", home, 2 * options.acts, nightly, plain)
        files, size = lying(home)
        before, during = meanwhile(home, options.night, following)
        sound = git(home, "fsck", "--strict", "--no-dangling")
        packs = inventory(home / "register.git").packs
    return report(2 * options.acts, files, size, packs, kept, (before, during), sound)


def row(name: str, home: Path, acts: int, work: Callable[[Path], None], plain: float) -> float:
    begun = time.perf_counter()
    work(home)
    took = time.perf_counter() - begun
    (files, size), seconds = lying(home), history(home)
    ratio = seconds / (plain or seconds)
    print(f"{name:36}  {acts:>7,}  {took:>7.1f}  {files:>7,}  {size / 2**20:>7.1f}  {1000 * seconds:>15.1f}  {ratio:>6.3f}")
    return seconds


def report(acts: int, files: int, size: int, packs: int, seconds: float, waits: tuple[list[float], list[float]], wrong: str) -> int:
    whole, each = size * MANY / acts, size / acts
    print(f"reckoned for {MANY:,} acts: {whole / 2**30:.2f} GB ({each:,.0f} bytes an act), in some {files} files and {packs} packs as now")
    for name, taken in zip(("before", "while one runs"), waits, strict=True):
        ordered = [1000 * each for each in sorted(taken)]
        middle, slow = statistics.median(ordered), ordered[int(0.95 * len(ordered))]
        print(f"an act {name:15}  {len(ordered):>5} of them  p50 {middle:>6.1f} ms  p95 {slow:>6.1f} ms")
    print(f"git fsck --strict: {wrong or 'nothing to say'}")
    return 0 if seconds <= HISTORY and whole <= BYTES and files < FILES and not wrong else 1


if __name__ == "__main__":
    raise SystemExit(main())
