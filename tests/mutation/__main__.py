"""Whether the tests would notice: ``python -m tests.mutation``.

Each gate of the table is taken away once, each comparison of the rules turned into its neighbour, each role exchanged for another; some
test must fail for it. A run can be cut off and goes on where it was. Exit status 0: every mutant was noticed, or is known to change
nothing; 1: one was not; 2: the tests fail as they are, or a mutant that is said to change nothing is gone; 3: the time is up, the same
again goes on.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from tests.mutation import switch
from tests.mutation.sites import ROOT, Importer


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description="Mutate rules and table, and see the tests fail.")
    parser.add_argument(
        "--kind", action="append", choices=("gate", "comparison", "role"), help="only mutants of this kind; may be repeated"
    )
    parser.add_argument("--only", action="append", help="only mutants in whose name this stands; may be repeated")
    parser.add_argument("--shard", default="1/1", help="one part of several, as 2/3")
    parser.add_argument("--minutes", type=float, default=55, help="stop by then (default: 55); the same again goes on")
    parser.add_argument("--seconds", type=float, default=10, help="how long the tests asked about one may take (default: 10)")
    parser.add_argument("--sample", type=int, default=0, help="so many mutants at random, nothing kept")
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--alone", type=int, default=-1, help=argparse.SUPPRESS)  # a mutant that must be alive at import
    parser.add_argument("tests", nargs="*", help="the test files that are asked, by default all that know the rules")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Try the mutants that are asked for and report those that lived."""
    asked = _asked(arguments)
    os.chdir(ROOT)
    switch.active = asked.alone
    importer = Importer()
    sys.meta_path.insert(0, importer)
    from tests.mutation.run import Run  # after it: whatever comes of the product comes with the switches

    return Run(importer.sites, asked).carried_out()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
