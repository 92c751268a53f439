"""What has no room ends in “…”, whoever cuts it."""

import pytest
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from tests.tui.cuts import cuts_watched, hidden
from tests.tui.hands import hands_on
from tui.terminal import ChineseApp, OrderedInput
from tui.terminal.cutting import cut

_LONG = "请七里河分局自己剖析，刑警支队帮着看，三周内给我一个能落地的方案"


class _Rows(ChineseApp):
    def compose(self) -> ComposeResult:
        yield (told := Static(_LONG, markup=False))
        yield (row := Static(_LONG, markup=False))
        yield OrderedInput(_LONG, compact=True)
        yield OrderedInput(placeholder=_LONG, compact=True)
        told.styles.height = row.styles.height = 1
        row.styles.text_wrap, row.styles.text_overflow = "nowrap", "ellipsis"


@pytest.mark.parametrize(
    ("cells", "kept"), [(0, ""), (1, "…"), (2, "…"), (3, "请…"), (4, "请…"), (5, "请七…"), (6, "请七里"), (7, "请七里")]
)
def test_no_character_is_cut_in_half(cells: int, kept: str) -> None:
    assert cut(Content("请七里"), cells).plain == kept


async def test_rows_and_lines_to_edit_say_what_they_hide() -> None:
    with cuts_watched() as found:
        app = _Rows()
        async with hands_on(app, (30, 6)) as hands:
            app.set_focus(None)
            rows = (await hands.look()).splitlines()[:4]
            assert rows == ["请七里河分局自己剖析，刑警支…"] * 2 + ["请七里河分局自己剖析，刑警支 …"] * 2
            app.query(OrderedInput).first().focus()
            assert (await hands.look()).splitlines()[2].strip() == "…，三周内给我一个能落地的方案"
            # The caret is never under the sign, wherever it goes.
            for _ in range(20):
                row = (await hands.press("left")).splitlines()[2]
                caret = app.query(OrderedInput).first().cursor_screen_offset.x
                assert row[0] + row.rstrip()[-1] in {"……", "…案", "请…"}
                assert 2 <= caret < 28 or row[0] != "…"
            assert not hidden(app)
    assert not found
