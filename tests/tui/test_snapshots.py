"""All that the snapshots hold is within its terminal, in Chinese, and cut nowhere without a sign that it was (screens.md, check 1)."""

from rich.cells import cell_len

from tests.tui.playing import foreign, snapshots

SIZES = {"wide": (120, 40), "broad": (200, 60)}
"""Columns and rows by the last word of a snapshot's name; of all others 80 and 24."""
TORN = tuple("“‘（《〈【〔[")
"""No line ends with a mark that opens: what it opens stands with it."""


def test_a_screen_is_within_its_terminal_and_in_chinese() -> None:
    wrong: dict[str, list[str]] = {}
    for name, text in snapshots().items():
        columns, lines = SIZES.get(name.rpartition("_")[2], (80, 24))
        rows = text.splitlines()
        wrong[name] = [
            *rows[lines:],
            *(row for row in rows if cell_len(row) > columns or row[-1:] in TORN or "（（" in row),
            *foreign(text),
        ]
    assert {name: found for name, found in wrong.items() if found} == {}
    assert len(wrong) > 70
