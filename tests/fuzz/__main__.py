"""Fuzzing: ``python -m tests.fuzz``. Two hours in all, shared alike among the pieces; cut off, it goes on where it was.

What was tried stands in ``.fuzz``, a line a run: piece, seed, examples, seconds, what failed. It counts while the product is what it is.
Exit status 0: all time is used and nothing failed; 1: something failed; 3: the time of this run is up, the same again goes on.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz.pieces import PIECES, Bench, Piece
from tests.fuzz.run import tried
from tests.mutation.book import digest
from tests.mutation.sites import ROOT

_HOME = ROOT / ".fuzz"
_ALL = 120 * 60.0  # seconds, over all the pieces
_BATCH = 20.0  # seconds that a run should take


class _Book:
    """What was tried of the product as it stands."""

    def __init__(self) -> None:
        _HOME.mkdir(exist_ok=True)
        self._file = _HOME / f"{digest('records', 'schema', 'documents', 'desk', 'tui', 'tests/fuzz')}.jsonl"
        lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.exists() else []
        self.runs = [json.loads(line) for line in lines if line.endswith("}")]

    def note(self, piece: str, number: int, examples: int, seconds: float, failed: str) -> None:
        """Keep what came of a run."""
        self.runs.append({"piece": piece, "seed": number, "examples": examples, "seconds": round(seconds, 2), "failed": failed})
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self.runs[-1], ensure_ascii=False) + "\n")

    def of(self, piece: str) -> tuple[int, int, float]:
        """How many runs there were of a piece, how many examples, how many seconds."""
        mine = [run for run in self.runs if run["piece"] == piece]
        return len(mine), sum(run["examples"] for run in mine), sum(run["seconds"] for run in mine)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _guided(piece: Piece, number: int, place: Path) -> int:
    """Let atheris lead for a while, in a process of its own, for it does not come back; return how many examples were tried."""
    argv = [sys.executable, "-m", "tests.fuzz.guided", piece.name, str(number), str(int(_BATCH)), tempfile.mkdtemp(dir=place)]
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", check=False, cwd=ROOT)
    found = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    if done.returncode or found is None:
        raise RuntimeError(f"{done.stdout[-2000:]}{done.stderr[-3000:]}")
    return int(found[1])


def _once(book: _Book, piece: Piece, bench: Bench, guided: bool) -> None:
    runs, examples, seconds = book.of(piece.name)
    size = int(_BATCH * examples / seconds) + 1 if seconds else 50
    began, failed = time.monotonic(), ""
    try:
        size = min(max(size, 50), 20_000)
        done = _guided(piece, runs + 1, bench.place) if guided else tried(piece, bench, runs + 1, size)
    except Exception:
        done, failed = 0, traceback.format_exc()
        _say(f"{piece.name}, seed {runs + 1}:\n{failed}")
    book.note(piece.name, runs + 1, done, time.monotonic() - began, failed)


def main(arguments: Sequence[str]) -> int:
    """Fuzz until the time is up, and print what was tried."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Give every reader of foreign bytes what nobody would write.")
    parser.add_argument("--only", action="append", help="only pieces in whose name this stands; may be repeated")
    parser.add_argument("--minutes", type=float, default=55, help="stop by then (default: 55); the same again goes on")
    parser.add_argument("--guided", action="store_true", help="let atheris lead, where it is installed")
    asked = parser.parse_args(arguments)
    until, book = time.monotonic() + asked.minutes * 60, _Book()
    pieces = [piece for piece in PIECES if not asked.only or any(part in piece.name for part in asked.only)]
    left = list(pieces)
    with tempfile.TemporaryDirectory(prefix="duban-fuzz-") as place:
        bench = Bench(Path(place))
        while left and time.monotonic() < until:
            for piece in left:
                if time.monotonic() < until:
                    _once(book, piece, bench, asked.guided)
            left = [piece for piece in left if book.of(piece.name)[2] < _ALL / len(PIECES)]
    _say(f"{'piece':<14}{'runs':>6}{'examples':>11}{'seconds':>9}")
    for piece in pieces:
        runs, examples, seconds = book.of(piece.name)
        _say(f"{piece.name:<14}{runs:>6}{examples:>11}{seconds:>9.0f}")
    failed = [run for run in book.runs if run["failed"] and any(piece.name == run["piece"] for piece in pieces)]
    for run in failed:
        _say(f"failed: {run['piece']}, seed {run['seed']}: {run['failed'].strip().splitlines()[-1]}")
    return 1 if failed else 3 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
