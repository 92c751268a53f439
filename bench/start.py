"""What it costs to start: each command beside ``python -c pass`` and ``git log -1``, and the first screen beside a bare app with one list.

    python bench/start.py [--rounds 15] [--screens 11]

The register is the demo's, and the program was loaded whole once, as whoever installs it does it. Commands take turns, so that a busy
moment falls on all; of each the middle one counts, by the clock and in processor time. *query* is what the same command takes in a
process that has done it once: the work itself, for which everything is loaded. The first screen is that of a person's 待办 on a terminal
of its own, without the service, until its lines stand there and with them how many they are; the rival is an app of one list. *At the
door* is the same command as a person gives it who comes by his key to a server with ``duban service``: what sshd runs, by the clock, for
the service does the work. Exit status 1 if a command takes over four times ``python -c pass`` and its query, or the screen over 1.5 times
its rival, in processor time, for the clock tells how busy the machine is.
"""

import argparse
import contextlib
import io
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.parts.terminal import ENVIRONMENT, Terminal
from bench.sessions import called, service
from records.demo import build
from tui.command import duban

TIMES, SCREEN = 4.0, 1.5
_COUNTED = " 件"  # stands over the list of 待办 once it is filled
ITEM, WHO = "DB-2026-0118", "BGS.clerk1"
COMMANDS = (
    ("--version",),
    ("ls",),
    ("show", ITEM),
    ("log", ITEM),
    ("acts", ITEM, "--as", WHO),
)
_BARE = """
from textual.app import App
from textual.widgets import OptionList
class Bare(App):
    def compose(self):
        yield OptionList(*(f"待办 {number}" for number in range(30)))
Bare().run()
"""


def once(argv: list[str], asked: str = "") -> tuple[float, float]:
    """Return the seconds of a command, by the clock and of the processor; what is asked at the door is told as sshd tells it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    environment = ENVIRONMENT | ({"SSH_ORIGINAL_COMMAND": asked, "SSH_CONNECTION": "x"} if asked else {})
    done = subprocess.run(argv, env=environment, capture_output=True, check=False)
    took = time.perf_counter() - begun
    if done.returncode:
        raise SystemExit(f"{argv}: {done.stderr.decode(errors='replace')}")
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime


def query(register: Path, asked: tuple[str, ...]) -> float:
    """Return the seconds that a command takes where everything is loaded, the quickest of some."""
    taken = []
    for _ in range(4):
        begun = time.perf_counter()
        with contextlib.redirect_stdout(io.StringIO()), suppress(SystemExit):
            duban(["--register", str(register), *asked], standalone_mode=False)
        taken.append(time.perf_counter() - begun)
    return min(taken)


def main() -> int:
    parser = argparse.ArgumentParser(description="what it costs to start")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--screens", type=int, default=11)
    options = parser.parse_args()
    program = str(Path(sys.executable).with_name("duban"))
    subprocess.run([sys.executable, "-m", "tui.everything"], env=ENVIRONMENT, check=True)
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        made = build(Path(folder) / "register")
        made.index.catch_up(lambda done, total: True)
        home = made.home
        made.close()
        asked = {"python -c pass": [sys.executable, "-c", "pass"], "git log -1": ["git", "-C", str(home / "register.git"), "log", "-1"]}
        asked |= {" ".join(("duban", *words)): [program, "--register", str(home), *words] for words in COMMANDS}
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
        for _ in range(options.rounds):
            for name, argv in asked.items():
                taken[name].append(once(argv))
        came = called(home, WHO)
        with service(home, Path(folder) / "run/door"):
            for words in COMMANDS[1:]:
                told = " ".join(word for word in words if word not in ("--as", WHO))
                taken[f"at the door: {told}"] = [once(came, told) for _ in range(options.rounds)]
        queries = {" ".join(("duban", *words)): query(home, words) for words in COMMANDS}
        app, bare = [program, "--register", str(home), "--as", WHO], [sys.executable, "-c", _BARE]
        screens: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}
        for _ in range(options.screens):
            screens["bare"].append(Terminal(bare).painted("待办 3"))
            screens["ours"].append(Terminal(app).painted(_COUNTED))
    return report(taken, queries, {name: (median(found, 0), median(found, 1)) for name, found in screens.items()})


def median(found: list[tuple[float, float]], which: int) -> float:
    return statistics.median(each[which] for each in found)


def report(taken: dict[str, list[tuple[float, float]]], queries: dict[str, float], screens: dict[str, tuple[float, float]]) -> int:
    least, processor, kept = median(taken["python -c pass"], 0), median(taken["python -c pass"], 1), True
    print(f"{'':42}  {'ms':>7}  {'ratio':>5}  {'processor ms':>12}  {'ratio':>5}  {'query ms':>8}  {'asked for':>9}")
    for name, found in taken.items():
        clock, spent = median(found, 0), median(found, 1)
        most = TIMES * processor + queries.get(name, 0.0)
        kept = kept and spent <= most
        told = f"{1000 * queries[name]:>8.0f}  {1000 * most:>9.0f}" if name in queries else ""
        row = f"{name:42}  {1000 * clock:>7.0f}  {clock / least:>5.1f}"
        print(row if name.startswith("at the door") else f"{row}  {1000 * spent:>12.0f}  {spent / processor:>5.1f}  {told}")
    (ours, mine), (bare, theirs) = screens["ours"], screens["bare"]
    ratio = mine / theirs
    print(f"first screen: {ours:.2f} s, a bare app with one list {bare:.2f} s, ratio {ours / bare:.2f}")
    print(f"first screen, processor time: {mine:.2f} s, a bare app with one list {theirs:.2f} s, ratio {ratio:.2f}")
    return 0 if kept and ratio <= SCREEN else 1


if __name__ == "__main__":
    raise SystemExit(main())
