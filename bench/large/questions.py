"""Asks of 1,000,000 matters, and of ten years of an office, what the benches beside ask of less; each answer is kept.

    python bench/large/questions.py --at DIR [--items 1000000] [--only WORD …] [--again]

The register of so many matters is made once (an hour, some 15 GB), and its index; both go on where they were. A question that was
answered is not asked again: its answer stands in DIR/answers. What a bench asks for is meant for its own size; what is asked for at
this one is a durable act of at most 1.5 times that at 1,000 matters, and what ``decade`` says. Exit status 1 if either is not reached.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

_BENCH = Path(__file__).resolve().parents[1]


class Question(NamedTuple):
    """A bench, what it is told, and whether what it asks for is asked for here."""

    name: str
    bench: str
    words: tuple[str, ...]
    asked_for: bool = False


def questions(at: Path, items: int) -> tuple[Question, ...]:
    """Return all questions in the order in which they are cheapest: what is made for one is used by the next."""
    many, register = ("--items", str(items)), ("--at", str(at / "register"))
    return (
        Question("durable act", "durable_act.py", ("--items", "1000", str(items), "--rival-rounds", "0"), asked_for=True),
        Question("ten years", "large/decade.py", ("--at", str(at / "decade")), asked_for=True),
        Question("pages", "large/pages.py", ("--at", str(at / "decade/register"))),
        Question("cold index", "cold.py", (*many, *register)),
        Question("following", "refresh.py", (*many, *register)),
        Question("ledger", "ledger.py", (*many, *register, "--rounds", "2")),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description="what a million matters and ten years cost")
    parser.add_argument("--at", type=Path, required=True, help="where registers and answers are kept")
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", default=[], help="words of the questions to be asked")
    parser.add_argument("--again", action="store_true", help="ask also what was answered")
    options = parser.parse_args()
    answers, missed = options.at / "answers", []
    answers.mkdir(parents=True, exist_ok=True)
    for question in questions(options.at, options.items):
        if options.only and not any(word in question.name for word in options.only):
            continue
        kept = answers / f"{question.name}.txt"
        if options.again or not kept.exists():
            kept.write_text(asked(question))
        told = kept.read_text()
        print(f"== {question.name}\n{told}", flush=True)
        if question.asked_for and not told.endswith("exit status 0\n"):
            missed.append(question.name)
    if missed:
        print(f"not reached, or broken off: {', '.join(missed)}")
    return 1 if missed else 0


def asked(question: Question) -> str:
    """Ask, and return what was answered; what was broken off by a signal is no answer, and ends this as well."""
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, _BENCH / question.bench, *question.words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode < 0:
        raise SystemExit(f"{question.name}: broken off by signal {-done.returncode}")
    return f"{done.stdout}{time.perf_counter() - begun:,.0f} s in all, exit status {done.returncode}\n"


if __name__ == "__main__":
    raise SystemExit(main())
