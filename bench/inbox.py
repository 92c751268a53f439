"""What 待办 costs where thousands of matters are concluded and wait to be filed, beside where there are few.

    python bench/inbox.py [--items 20000] [--at DIR]

Two registers, of 200 matters and of so many, of which nine tenths are concluded and not archived; both have their index. Asked is in
processor time, children included, of three in turn the middle one: what reads the first page of 待办 in a process that has read nothing of
the register yet, for a clerk and for the archivist, whom all of the concluded ones await; the first screen on a terminal of its own,
without the service; the digest of everybody; and what finds out whom the clock urges. The rival parses each record that waits for somebody
by yaml.CSafeLoader, asked of every tenth and told for all. All but the newest came in a hundred at a time: a register to try things in is
walked through to its first commit at each start, which would be a second of 20,000, and one in use never is. Exit status 1 if 待办 takes
over twice what it takes with 200.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.parts.registers import CONCLUDED, indexed
from bench.parts.terminal import Terminal
from documents.layout.profile import standard
from documents.publishing.publisher import Publisher
from records.register.register import Register
from records.rules.clocks import CLOSED
from records.store.paths import item_path

FEW, OPEN_SHARE, ROUNDS, TIMES = 200, 0.1, 3, 2.0
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=8)))
CLERK, ARCHIVIST = "BGS.clerk1", "BGS.archivist"
_READ = """
import sys, time
from datetime import datetime
from pathlib import Path
from desk.desk import Desk
from desk.inbox import awaiting, inboxes
from records.register.clock import due_acts
from records.register.register import Register
what, home, now = sys.argv[1], Path(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
begun = time.process_time()
register = Register(home)
view = register.view()
if what == "digest":
    found = sum(len(tasks) for _, tasks in inboxes(register, lambda: now))
elif what == "urged":
    found = len(tuple(due_acts(view, register.come_due(view, now.date()), now.date())))
else:
    waiting = awaiting(Desk(register, view.roster.people[what], lambda: now))
    waiting.page(0, 50)
    found = waiting.total
print(time.process_time() - begun, found)
"""


def read(what: str, home: Path) -> tuple[float, int]:
    """Return the processor time of something asked of a register in a process of its own, and how much it found."""
    done = subprocess.run([sys.executable, "-c", _READ, what, home, NOW.isoformat()], capture_output=True, check=True)
    took, found = done.stdout.split()
    return float(took), int(found)


def painted(who: str, home: Path) -> tuple[float, int]:
    """Return the processor time until 待办 stands on a terminal."""
    return Terminal([str(Path(sys.executable).with_name("duban")), "--register", str(home), "--as", who]).painted("待办")[1], 0


def parsed(register: Register) -> float:
    """Return the processor time in which all records that are open or wait to be filed are parsed."""
    head = register.head() or ""
    waiting = [each.id for each in register.index.items() if each.state not in CLOSED or each.state == "concluded"][::10]
    begun = time.process_time()
    for item in waiting:
        yaml.load(register.written(item_path(item), head) or b"", yaml.CSafeLoader)
    return (time.process_time() - begun) * 10


def main() -> int:
    parser = argparse.ArgumentParser(description="what 待办 costs")
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--at", type=Path, help="where the registers are kept")
    options = parser.parse_args()
    kept = True
    with tempfile.TemporaryDirectory(prefix="duban-bench-", dir="/dev/shm") as folder:
        registers = [
            indexed((options.at or Path(folder)) / str(items), items, OPEN_SHARE, CONCLUDED, FEW) for items in (FEW, options.items)
        ]
        few, many = (register.home for register in registers)
        rival = parsed(registers[1])
        for register in registers:
            register.close()
        print(f"{options.items:,} matters; load {os.getloadavg()[0]:.1f}; the rival parses what waits in {rival:.1f} s")
        print(f"{'processor ms':26}  {FEW:>8,}  {options.items:>8,}  {'ratio':>5}  {'of rival':>8}  {'found':>7}")
        asked: dict[str, Callable[[Path], tuple[float, int]]] = {
            "待办, a clerk": lambda home: read(CLERK, home),
            "待办, the archivist": lambda home: read(ARCHIVIST, home),
            "first screen, a clerk": lambda home: painted(CLERK, home),
            "first screen, archivist": lambda home: painted(ARCHIVIST, home),
            "digest of everybody": lambda home: read("digest", home),
            "whom the clock urges": lambda home: read("urged", home),
        }
        for name, ask in asked.items():
            with ExitStack() as still:  # so that no app publishes meanwhile, of which there is more to be done in the larger one
                for register in registers:
                    still.enter_context(Publisher(register, standard()).try_lock())
                taken = [(ask(few), ask(many)) for _ in range(ROUNDS)]
            small, large = (statistics.median(each[which][0] for each in taken) for which in (0, 1))
            found = taken[0][1][1]
            print(f"{name:26}  {1000 * small:>8.0f}  {1000 * large:>8.0f}  {large / small:>5.1f}  {large / rival:>8.3f}  {found or '':>7}")
            kept = kept and (large <= TIMES * small or not name.startswith(("待办", "first")))
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
