"""How long a ledger on screen takes to follow what others did, beside only parsing the records that they changed.

    python bench/refresh.py [--items 10000] [--rounds 7] [--at DIR]

Somebody changes 1, 10 or 100 open matters, a commit each; then another who looks on has his index catch up and what is in sight of the
ledger read again, as the screen does it. The rival reads each changed record and gives it to yaml.CSafeLoader. Medians of processor time,
and the clock beside it. Exit status 1 if by the clock it takes over 15, 40 and 250 ms.
"""

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.parts.registers import indexed, place_of
from desk import ledger
from desk.desk import Desk
from desk.ledger import LedgerQuery
from records.register.register import Register
from records.store.paths import item_path
from records.store.repository import Repository
from records.store.store import Ident

LIMITS = {1: 0.015, 10: 0.040, 100: 0.250}
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=8)))
_TITLE = re.compile(rb"^title: .*$", re.MULTILINE)


def changed(store: Repository, items: list[str], turn: int) -> None:
    """Change the titles of matters, a commit each."""
    for place, item in enumerate(items):
        path, head = item_path(item), store.head() or ""
        data = _TITLE.sub(f"title: 关于某事的督办（{turn}）".encode(), store.read(path, head) or b"", count=1)
        who = Ident("王拟敏", "BGS.clerk1@lzga", NOW + timedelta(seconds=place))
        with store.writing() as transaction:
            transaction.commit({path: data}, author=who, committer=who, message=f"修改 {item}\n\nDuban-Act: amend\nDuban-Item: {item}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description="how long a ledger takes to follow")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--at", type=Path, help="where the register is kept")
    options = parser.parse_args()
    kept, turns = True, count(int(time.time()))
    with tempfile.TemporaryDirectory(prefix="duban-bench-", dir="/dev/shm") as folder:
        register = indexed(options.at or place_of(Path(folder), options.items), options.items)
        store = Repository(register.home / "register.git")
        desk = Desk(register, register.view().roster.people["BGS.clerk1"], lambda: NOW)
        open_ones = [each.id for each in register.index.open_items()]
        ledger.sight(desk, LedgerQuery())
        print(f"{options.items:,} matters; load {os.getloadavg()[0]:.1f}")
        print(f"{'acts':>5}  {'clock, ms':>9}  {'processor, ms':>13}  {'rival, ms':>9}  {'ratio':>5}  {'at most, ms':>11}")
        for acts, limit in LIMITS.items():
            clock, spent, parsing = [], [], []
            for _ in range(options.rounds):
                some = (open_ones * acts)[:acts]
                changed(store, some, next(turns))
                begun, processor = time.perf_counter(), time.process_time()
                ledger.sight(desk, LedgerQuery(), open_ones[0])
                clock.append(time.perf_counter() - begun)
                spent.append(time.process_time() - processor)
                parsing.append(parsed(register, some))
            ours, theirs = statistics.median(spent), statistics.median(parsing)
            print(
                f"{acts:>5}  {1000 * statistics.median(clock):>9.1f}  {1000 * ours:>13.1f}  {1000 * theirs:>9.1f}  {ours / theirs:>5.2f}"
                f"  {1000 * limit:>11.0f}"
            )
            kept = kept and statistics.median(clock) <= limit
        register.close()
    return 0 if kept else 1


def parsed(register: Register, items: list[str]) -> float:
    """Return the processor time in which records are read and parsed."""
    begun, head = time.process_time(), register.head() or ""
    for item in items:
        yaml.load(register.written(item_path(item), head) or b"", yaml.CSafeLoader)
    return time.process_time() - begun


if __name__ == "__main__":
    raise SystemExit(main())
