"""What an app costs while nothing happens, on a large register whose documents are all published, beside a bare Textual app with a list.

    python bench/idle.py [--items 10000] [--sessions 2] [--seconds 30] [--at DIR]

The apps are what ``duban`` starts, each on a terminal of its own; one of them publishes, the others stand by. Each is left alone
until it has come to rest, then its processor time is read off the kernel over the same seconds as the rival's, of several stretches the
middle one. The publisher looks through all of the folder once in so long that most runs would not meet it and some would take it for
what the app always does: what it may take at most, by its own rule, is added. ``--at`` keeps the register and finds it again. Exit
status 1 if an app takes more than 0.5 % of a core.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.parts.registers import place_of, published
from bench.sessions import Terminal
from documents.publishing.watcher import SHARE

MOST = 0.005
_REST = 10.0  # seconds that are looked at to know whether an app has come to rest
_PATIENCE = 900.0
_STRETCHES = 5
_BARE = """
from textual.app import App
from textual.widgets import OptionList, Static
class Bare(App):
    def compose(self):
        yield Static("待办")
        yield OptionList(*(f"DB-2026-{number:04} 事项" for number in range(50)))
Bare().run()
"""


def seconds(pid: int) -> float:
    """Return the processor time that the threads of a process have taken; the kernel's ticks are too long for a few seconds of rest."""
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in Path(f"/proc/{pid}/task").iterdir()) / 1e9


def taken(pids: list[int], for_seconds: float) -> list[float]:
    """Return which share of a core each process takes in the time that follows."""
    before = [seconds(pid) for pid in pids]
    begun = time.monotonic()
    time.sleep(for_seconds)
    passed = time.monotonic() - begun
    return [(seconds(pid) - first) / passed for pid, first in zip(pids, before, strict=True)]


def main() -> int:
    parser = argparse.ArgumentParser(description="what an idle app costs")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--sessions", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--at", type=Path, help="where the register is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duban-bench-", dir="/dev/shm") as folder:
        home = options.at or place_of(Path(folder), options.items)
        register = published(home, options.items)
        waiting = len(register.index.open_items())
        register.close()
        files = sum(1 for _ in os.scandir(home / "published"))
        argv = [str(Path(sys.executable).with_name("duban")), "--register", str(home), "--as", "BGS.clerk1"]
        opened = [Terminal(argv) for _ in range(options.sessions)]
        opened.append(Terminal([sys.executable, "-c", _BARE]))
        for each in opened:
            each.first_screen()
        pids = [each.pid for each in opened]
        begun = time.monotonic()
        while max(taken(pids, _REST)[:-1]) > 2 * MOST and time.monotonic() - begun < _PATIENCE:
            pass
        rest = time.monotonic() - begun
        stretches = [taken(pids, options.seconds / _STRETCHES) for _ in range(_STRETCHES)]
        *ours, bare = (statistics.median(shares) for shares in zip(*stretches, strict=True))
        for each in opened:
            each.leave()
    print(f"{options.items:,} matters, {waiting:,} open; {files:,} published files; came to rest after {rest:.0f} s at most")
    print(f"{'':20}  {'% of a core':>11}")
    print(f"{'bare Textual app':20}  {100 * bare:>11.2f}")
    *others, publishing = sorted(ours)
    for share in others:
        print(f"{'duban':20}  {100 * share:>11.2f}")
    print(f"{'duban, publishing':20}  {100 * (publishing + 1 / SHARE):>11.2f}  {100 / SHARE:.2f} of it looks through the folder, reckoned")
    return 0 if publishing + 1 / SHARE <= MOST else 1


if __name__ == "__main__":
    raise SystemExit(main())
