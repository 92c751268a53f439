"""A sample of ``make faults``: each thing that goes wrong, a few times, the same ones each time."""

from pathlib import Path

import pytest

from tests.faults.__main__ import tried
from tests.faults.office import NotHereError, model
from tests.faults.pieces import PIECES, Piece

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def like(tmp_path_factory: pytest.TempPathFactory, demo_home: Path) -> Path:
    return model(tmp_path_factory.mktemp("like"), demo_home)


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.name)
def test_what_was_acknowledged_is_on_record_once_and_work_goes_on(piece: Piece, like: Path, tmp_path: Path) -> None:
    try:
        assert tried(piece, like, tmp_path, range(1, piece.sample + 1)) > 0
    except NotHereError as error:
        pytest.skip(f"not here: {error}")
