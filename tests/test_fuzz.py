"""A sample of ``make fuzz``: every reader of foreign bytes, a few examples each, the same ones each time."""

import pytest

from tests.fuzz.pieces import PIECES, Bench, Piece
from tests.fuzz.run import tried

_DEAR = {"hook": 8, "audit": 8, "verify": 8, "xlsx": 15}  # examples; a register is judged, documents are made over each


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("fuzz"))


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.name)
def test_no_crash_and_no_hang(piece: Piece, bench: Bench) -> None:
    assert tried(piece, bench, 1, _DEAR.get(piece.name, 40)) > 0
