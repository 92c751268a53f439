"""What the figures of a year cost over a large register, from the index, against reading the same facts with plain sqlite.

    python bench/figures.py [--items 20000] [--open 1000] [--rounds 15]

The items came in by one pack; all but the open ones are concluded, with receipts, feedback and a report each. The rival reads the same
facts from a table of plain columns, row by row, and counts nothing. Exit status 1 if the figures by unit take over 300 ms, or over
LIMIT times what reading takes.
"""

import argparse
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from msgspec.structs import astuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from desk.desk import Desk
from desk.statistics import question
from desk.statistics import statistics as figures
from records.matter.item import Item
from records.register.register import Register
from records.store.paths import item_path
from records.store.record_files import emit
from tests.bureau import NOW, Matter, at, roster

LIMIT = 10.0
MOST = 0.3  # seconds
UNITS = ("JJ", "CG", "ZA", "XJ", "JZ", "WA", "QLH", "FZ")
LEADERS = ("L02", "L04", "L05", "L06")


def concluded() -> Item:
    """Return a matter that went its whole way."""
    return Matter().until("conclude").do("conclude", "BGS.clerk1")


def variant(pattern: Item, number: int, policy: str) -> Item:
    """Return a matter like another one, of another unit, category, leader."""
    chance = random.Random(number)
    lead, helper = chance.sample(UNITS, 2)
    units = tuple(replace(part, unit=unit) for part, unit in zip(pattern.units, (lead, helper), strict=True))
    points = tuple(replace(point, unit=point.unit and helper) for point in pattern.points)
    number_of = replace(pattern, id=f"DB-2026-{number:04}", category=chance.randrange(1, 10), portfolio_leader=chance.choice(LEADERS))
    return replace(number_of, units=units, points=points, policy=policy)


def stream(register: Register, items: int, still_open: int) -> Iterator[bytes]:
    """Yield one commit with that many items."""
    view = register.view()
    whole, on_its_way = concluded(), Matter().until("draft_report").item
    assert on_its_way is not None
    who, message = f"王拟敏 <BGS.clerk1@lzga> {int(NOW.timestamp())} +0800", "登记立项\n".encode()
    yield f"commit refs/heads/main\ncommitter {who}\ndata {len(message)}\n".encode() + message
    yield b"from " + (register.head() or "").encode() + b"\n"
    for number in range(1, items + 1):
        this = variant(on_its_way if number % (items // still_open) == 0 else whole, number, view.policy_id)
        data = emit(this)
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (item_path(this.id).encode(), len(data), data)
    yield b"done\n"


def built(home: Path, items: int, still_open: int) -> Register:
    """Return a register of that many items, its index complete."""
    known = roster()
    register = Register.create(home, known.bureau, known.leaders, tuple(known.units.values()), at("2026-01-01T09:00"))
    command = ["git", "-C", str(home / "register.git"), "fast-import", "--quiet", "--done"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        for line in stream(register, items, still_open):
            importer.stdin.write(line)
    if importer.returncode:
        raise SystemExit("git fast-import failed")
    register = Register(home)
    register.index.catch_up(lambda done, total: True)
    return register


def plain(register: Register, path: Path) -> sqlite3.Connection:
    """Return a table of plain columns with the same facts, in a file of its own."""
    _, found = register.index.facts()
    db = sqlite3.connect(path)
    names = ", ".join(f"c{n}" for n in range(len(found[0].__struct_fields__)))
    db.execute(f"CREATE TABLE facts ({names})")  # names of our own
    marks = ", ".join("?" * len(found[0].__struct_fields__))
    rows = ([each if isinstance(each, str | int | None) else repr(each) for each in astuple(facts)] for facts in found)
    db.executemany(f"INSERT INTO facts VALUES ({marks})", rows)  # marks of our own
    db.commit()
    return db


def median(work: Callable[[], object], rounds: int) -> float:
    """Return what processor time something takes, in seconds, whatever else the machine does; the first time is not counted."""
    work()
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return statistics.median(taken)


def main() -> int:
    parser = argparse.ArgumentParser(description="what the figures of a year cost")
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--open", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        begun = time.perf_counter()
        register = built(Path(folder) / "register", options.items, options.open)
        print(f"{options.items:,} items, {options.open:,} of them open; made and indexed in {time.perf_counter() - begun:.0f} s")
        day = date(2026, 9, 30)
        desk = Desk(register, None, lambda: datetime.combine(day, NOW.timetz()) + timedelta(hours=1))
        if (total := figures(desk, question("unit", day)).total.figure("dispatched").count) != options.items:
            raise SystemExit(f"{total} items are counted")
        db = plain(register, Path(folder) / "plain.sqlite")
        reading = median(lambda: db.execute("SELECT * FROM facts").fetchall(), options.rounds)
        print(f"plain sqlite, reading alone: {1000 * reading:.0f} ms")
        ours = {by: median(partial(figures, desk, question(by, day)), options.rounds) for by in ("unit", "category", "month", "closed")}
        for by, taken in ours.items():
            print(f"figures by {by:<9} {1000 * taken:>5.0f} ms  {taken / reading:>5.1f} times reading")
        kept = ours["unit"] <= MOST and ours["unit"] / reading <= LIMIT
    print(f"by unit within {1000 * MOST:.0f} ms and {LIMIT} times reading: {'yes' if kept else 'NO'}")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
