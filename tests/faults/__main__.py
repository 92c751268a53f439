"""What goes wrong: ``python -m tests.faults``. So many faults of each kind; cut off, it goes on where it was.

What was tried stands in ``.faults``, a line a trial: piece, seed, faults, acts acknowledged, what failed. It counts while the product is
what it is. Exit status 0: all was tried and nothing failed; 1: something failed; 3: the time is up, the same again goes on, or something
cannot be tried on this machine.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from tests.disks import Disk
from tests.faults.office import BrokenError, NotHereError, Office, model
from tests.faults.pieces import PIECES, Piece
from tests.mutation.book import digest
from tests.mutation.sites import ROOT

_SIZE = 96 << 20  # bytes of a disk of its own
_LONG = 25  # trials in one office: its matters grow, and in the end it is looked at as a whole


class _Book:
    """What was tried of the product as it stands."""

    def __init__(self) -> None:
        home = ROOT / ".faults"
        home.mkdir(exist_ok=True)
        now = digest("records", "schema", "documents", "desk", "tui", "tests/faults")
        self._file, self.offices = home / f"{now}.jsonl", home / f"{now}-offices"
        lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.exists() else []
        self.trials = [json.loads(line) for line in lines if line.endswith("}")]

    def note(self, piece: Piece, seed: int, acts: int, failed: str) -> None:
        """Keep what came of a trial."""
        self.trials.append({"piece": piece.name, "seed": seed, "faults": piece.each, "acts": acts, "failed": failed})
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(self.trials[-1], ensure_ascii=False) + "\n")

    def of(self, piece: Piece) -> tuple[int, int, int]:
        """How many trials there were of a piece, how many faults, how many acts were acknowledged."""
        mine = [trial for trial in self.trials if trial["piece"] == piece.name]
        return len(mine), sum(trial["faults"] for trial in mine), sum(trial["acts"] for trial in mine)

    def left(self, piece: Piece) -> int:
        """How many trials there are still to be of a piece, about."""
        trials, faults, acts = self.of(piece)
        if piece.kept:
            return -(-(piece.all - acts) * max(trials, 1) // max(acts, piece.each))
        return -(-(piece.all - faults) // piece.each)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tried(piece: Piece, like: Path, place: Path, seeds: Sequence[int], book: _Book | None = None, until: float = float("inf")) -> int:
    """Try a piece in an office of its own, and return how many acts were acknowledged.

    Args:
        piece: the piece.
        like: a register made by ``model``.
        place: an empty folder.
        seeds: one a trial.
        book: where it is noted.
        until: when no more is begun.

    Raises:
        BrokenError: something does not hold.
        NotHereError: this machine does not allow it.
    """
    with ExitStack() as stack:
        disk = None
        if piece.disk:
            try:
                disk = Disk(place, _SIZE)
                disk.mount()
            except OSError as error:
                raise NotHereError(str(error)) from error
            stack.callback(disk.take_away)
        office = piece.office((disk.root if disk else place) / "office", like, disk)
        stack.callback(office.close)
        done = office.acts
        for seed in seeds:
            if time.monotonic() > until:
                break
            piece.trial(office, random.Random(f"{piece.name} {seed}"))
            office.holds(whole=seed == seeds[-1])
            if book:
                book.note(piece, seed, office.acts - done, "")
            done = office.acts
        return done


def _go_on(book: _Book, piece: Piece, like: Path, until: float) -> str:
    """Try a piece some more, and return why it cannot be tried here."""
    began, _, _ = book.of(piece)
    seeds = range(began + 1, began + 1 + min(_LONG, book.left(piece)))
    with tempfile.TemporaryDirectory(prefix="duban-faults-", ignore_cleanup_errors=True) as place:
        try:
            tried(piece, like, book.offices / piece.name.replace(" ", "-") if piece.kept else Path(place), seeds, book, until)
        except NotHereError as error:
            return str(error)
        except BrokenError as error:
            seed = book.of(piece)[0] + 1
            _say(f"{piece.name}, seed {seed}: {error}")
            book.note(piece, seed, 0, str(error))
    return ""


def main(arguments: Sequence[str]) -> int:
    """Let things go wrong until the time is up, and print the counts."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="Let everything go wrong that can, while an office acts.")
    parser.add_argument("--only", action="append", help="only pieces in whose name this stands; may be repeated")
    parser.add_argument("--minutes", type=float, default=55, help="stop by then (default: 55); the same again goes on")
    asked = parser.parse_args(arguments)
    until, book = time.monotonic() + asked.minutes * 60, _Book()
    pieces = [piece for piece in PIECES if not asked.only or any(part in piece.name for part in asked.only)]
    left, not_here = list(pieces), dict[str, str]()
    with tempfile.TemporaryDirectory(prefix="duban-faults-") as place:
        like = model(Path(place)) if any(piece.office is Office for piece in pieces) else Path(place)
        while left and time.monotonic() < until:
            for piece in left:
                if reason := _go_on(book, piece, like, until):
                    not_here[piece.name] = reason
            left = [piece for piece in left if book.left(piece) > 0 and piece.name not in not_here]
    _say(f"{'piece':<12}{'trials':>7}{'faults':>8}{'of':>7}{'acts':>9}")
    for piece in pieces:
        trials, faults, acts = book.of(piece)
        _say(f"{piece.name:<12}{trials:>7}{faults:>8}{piece.all:>7}{acts:>9}  {not_here.get(piece.name, '')}")
    failed = [trial for trial in book.trials if trial["failed"] and any(piece.name == trial["piece"] for piece in pieces)]
    for trial in failed:
        _say(f"failed: {trial['piece']}, seed {trial['seed']}: {trial['failed']}")
    return 1 if failed else 3 if left or not_here else 0


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
