"""A piece led by what its examples come by: atheris watches which branches are taken, and bends the bytes that become examples.

``python -m tests.fuzz.guided PIECE SEED SECONDS FOLDER`` prints how many examples were tried and fails where one does. It takes the package
``atheris``, of which there are wheels for this Python on x86_64 alone, so it is no part of the requirements: ``pip install atheris``.
"""

import sys
from pathlib import Path

import atheris  # type: ignore[import, unused-ignore]

with atheris.instrument_imports(include=["schema", "records", "desk", "documents", "tui"]):
    from tests.fuzz.pieces import PIECES, Bench
    from tests.fuzz.run import LONGEST, bounded

from hypothesis import HealthCheck, given, settings


def main(name: str, number: str, seconds: str, place: str) -> None:
    """Try a piece."""
    piece = next(piece for piece in PIECES if piece.name == name)
    bench = Bench(Path(place))

    @settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(piece.given)
    def run(value: object) -> None:
        with bounded(LONGEST * 3):  # it is watched, and so slower
            piece.holds(bench, value)

    told = [sys.argv[0], f"-seed={number}", f"-max_total_time={seconds}", "-print_final_stats=1", f"-artifact_prefix={bench.place}/"]
    atheris.Setup(told, run.hypothesis.fuzz_one_input)  # type: ignore[attr-defined]
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:5])
