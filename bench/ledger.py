"""What the ledger costs on the screen of a large register, beside a bare Textual list of one screen of rows.

    python bench/ledger.py [--items 10000] [--rounds 5] [--at DIR]

Both run on a terminal of their own. Ours is what ``duban`` starts: once the inbox stands there, F3 is pressed, and it is measured how long
it takes until the ledger is painted; then how long each key takes until the last of what it set off stands on the screen, and beside that
until the first of it does (some keys take several drawings, and each waits for its turn), and its processor time. An Esc
is told from another key by nothing following it for 25 ms, which are part of its time. The rival is measured from the start of its process,
which ours has behind it by then. Memory is what each has to itself, with the ledger and before it. Exit status 1 if the first screen takes
over twice the rival's, the ledger makes memory more than 1.5 times what it was, or a key takes over 100 ms.
"""

import argparse
import os
import select
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.idle import seconds
from bench.parts.registers import indexed, place_of
from bench.sessions import Terminal
from documents.layout.profile import standard
from documents.publishing.publisher import Publisher

KEY = 0.1
PAINT = 2.0
MEMORY = 1.5
_QUIET = 0.25  # seconds without output after which a screen has answered
_TAKEN = b"\x1b[?1049h"  # by which an app takes the whole screen
_BARE = """
from textual.app import App
from textual.widgets import OptionList, Static
class Bare(App):
    def compose(self):
        yield Static("待办")
        yield OptionList(*(f"DB-2026-{number:04} 关于校园周边秩序问题的督办 城关分局 已归档" for number in range(24)))
Bare().run()
"""
_KEYS = {
    "one row down": b"\x1b[B",
    "a page down": b"\x1b[6~",
    "the last row": b"\x1b[F",
    "the first row": b"\x1b[H",
    "the views": b"\x1bOS",
    "the red ones": b"2",
    "back from them": b"\x1b",
    "a letter typed": "养".encode(),
    "the next letter": "犬".encode(),
    "the search left": b"\x1b",
}


def memory(pid: int) -> int:
    """Return the bytes that a process has to itself; the register's files that it looks into are the machine's."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:")) * 1024


class Answer(NamedTuple):
    """After how many seconds the last and the first came of what a key set off, and the processor time that it took."""

    last: float
    first: float
    spent: float


class Screen(Terminal):
    """A program on a terminal whose answers are waited for."""

    def settled(self) -> None:
        """Read on until the app has the terminal and nothing more comes."""
        shown = b""
        while select.select([self._file], [], [], 5.0 if _TAKEN in shown else 120.0)[0]:
            shown += (data := os.read(self._file, 65536))
            self._answer(data)

    def press(self, keys: bytes) -> Answer:
        """Return when what a key set off came to the screen."""
        spent, begun, came = seconds(self.pid), time.perf_counter(), list[float]()
        os.write(self._file, keys)
        while select.select([self._file], [], [], _QUIET if came else 20.0)[0]:
            with suppress(OSError):
                self._answer(os.read(self._file, 65536))
            came.append(time.perf_counter() - begun)
        return Answer(came[-1], came[0], seconds(self.pid) - spent)


def main() -> int:
    parser = argparse.ArgumentParser(description="what the ledger costs on the screen")
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at", type=Path, help="where the register is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duban-bench-", dir="/dev/shm") as folder:
        home = options.at or place_of(Path(folder), options.items)
        register = indexed(home, options.items)
        register.close()
        argv = [str(Path(sys.executable).with_name("duban")), "--register", str(home)]
        paint, bare, before, after, rival = [], [], 0, 0, 0
        keys: dict[str, list[Answer]] = {name: [] for name in _KEYS}
        with Publisher(register, standard()).try_lock():  # so that no app publishes meanwhile
            for _ in range(options.rounds):
                theirs = Screen([sys.executable, "-c", _BARE])
                bare.append(theirs.first_screen())
                rival = memory(theirs.pid)
                ours = Screen(argv)
                ours.settled()
                ours.press(b"\x1b")  # nobody in particular looks on, so that no inbox is measured
                before = memory(ours.pid)
                paint.append(ours.press(b"\x1bOR").last)
                for name, key in _KEYS.items():
                    keys[name].append(ours.press(key))
                after = memory(ours.pid)
                theirs.leave()
                ours.leave()
    return report(options.items, statistics.median(paint), statistics.median(bare), (before, after, rival), keys)


def report(items: int, paint: float, bare: float, shares: tuple[int, int, int], keys: dict[str, list[Answer]]) -> int:
    before, after, rival = (each / (1 << 20) for each in shares)
    print(f"{items:,} matters")
    print(f"{'':28}  {'ours':>9}  {'rival':>9}  {'ratio':>5}")
    print(f"{'first screen, ms':28}  {1000 * paint:>9.0f}  {1000 * bare:>9.0f}  {paint / bare:>5.2f}")
    print(f"{'memory, MB':28}  {after:>9.1f}  {before:>9.1f}  {after / before:>5.2f}   (rival: our own inbox; a bare list {rival:.1f})")
    longest = 0.0
    print(f"{'':28}  {'last':>9}  {'first':>9}  {'processor':>9}")
    for name, taken in keys.items():
        last, first, spent = (statistics.median(each) for each in zip(*taken, strict=True))
        longest = max(longest, last)
        print(f"{name + ', ms':28}  {1000 * last:>9.1f}  {1000 * first:>9.1f}  {1000 * spent:>9.1f}")
    return 0 if paint <= PAINT * bare and after <= MEMORY * before and longest <= KEY else 1


if __name__ == "__main__":
    raise SystemExit(main())
