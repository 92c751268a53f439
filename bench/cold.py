"""How long after a start without an index a large register's lists are there, beside only parsing the same records.

    python bench/cold.py [--items 10000] [--at DIR]

An index is made as the app makes it: first what is open and the newest 500, then the other records, then the text search, by all cores.
The rival reads each record and gives it to yaml.CSafeLoader once, on one core, and keeps nothing; it is asked of every tenth record and
told for all. Processor time is user and system, with that of the children; what the clock says of a machine that others use stands beside
it. Then the app is started without an index, until a matter stands beside the list of 待办. Exit status 1 if what is open takes over 3
seconds by the clock, all lists over 8, all with text over 15, or that matter in the app over 8.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.parts.registers import large, place_of
from bench.parts.terminal import Terminal
from documents.layout.profile import standard
from documents.publishing.publisher import Publisher
from records.register.register import Register

LIMITS = {"open, and newest 500": 3.0, "every list": 8.0, "all with text": 15.0, "a matter, in the app": 8.0}
_SAMPLE = 10


def seconds() -> float:
    """Return the processor time of this process and its children, those that still run included."""
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(each.ru_utime + each.ru_stime for each in both) + sum(_running()) / os.sysconf("SC_CLK_TCK")


def _running() -> Iterator[int]:
    for each in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            told = each.read_text().rpartition(")")[2].split()
            if int(told[1]) == os.getpid():
                yield int(told[11]) + int(told[12])


def rival(register: Register) -> float:
    """Return the processor time in which all records are read and parsed."""
    head = register.head() or ""
    paths = sorted(path for path in register.changed(None, head) if path.startswith("items/"))[::_SAMPLE]
    begun = time.process_time()
    for path in paths:
        yaml.load(register.written(path, head) or b"", yaml.CSafeLoader)
    return (time.process_time() - begun) * _SAMPLE


def cold(register: Register) -> dict[str, tuple[float, float]]:
    """Return when each part of the index was there, by the clock and in processor time."""
    begun, spent, found = time.perf_counter(), seconds(), {}

    def reached(what: str) -> None:
        found[what] = time.perf_counter() - begun, seconds() - spent

    index = register.index
    for missing in index.pieces():
        if not found:
            reached("open, and newest 500")
        if not missing and len(found) == 1:
            reached("every list")
        if len(found) == 2 and index.searchable:
            reached("all with text")
            break
    return found


def on_screen(home: Path) -> tuple[float, float]:
    """Return when the first matter of somebody's 待办 stands beside its list in the app, which finds no index."""
    for path in home.glob("index.sqlite*"):
        path.unlink()
    visit = home / "drafts/BGS.clerk1/visit"
    visit.parent.mkdir(parents=True, exist_ok=True)
    visit.write_text("2026-01-05T09:00:00+08:00")  # who was here before is told what others did since
    argv = [str(Path(sys.executable).with_name("duban")), "--register", str(home), "--as", "BGS.clerk1"]
    return Terminal(argv, columns=120, rows=40).painted("在谁手里")


def main() -> int:
    parser = argparse.ArgumentParser(description="how long a cold index takes")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--at", type=Path, help="where the register is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duban-bench-", dir="/dev/shm") as folder:
        register = large(options.at or place_of(Path(folder), options.items), options.items)
        for path in register.home.glob("index.sqlite*"):
            path.unlink()
        before = rival(register)
        found = cold(register)
        with Publisher(register, standard()).try_lock():  # so that no app publishes meanwhile
            found |= {"a matter, in the app": on_screen(register.home)}
        parsing = (before + rival(register)) / 2
        open_ones = len(register.index.open_items())
        register.close()
    print(f"{options.items:,} matters, {open_ones} open; {os.cpu_count()} cores; load {os.getloadavg()[0]:.1f}")
    print(f"{'':24}  {'clock, s':>8}  {'cores x s':>9}  {'ratio':>5}")
    print(f"{'yaml.CSafeLoader':24}  {'':>8}  {parsing:>9.1f}  {1:>5.2f}")
    for what, (clock, spent) in found.items():
        print(f"{what:24}  {clock:>8.1f}  {spent:>9.1f}  {spent / parsing:>5.2f}")
    return 0 if all(found[what][0] <= limit for what, limit in LIMITS.items()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
