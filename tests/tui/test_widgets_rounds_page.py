"""A comparison on the screen: marks stay with their characters, however narrow; what a text holds is shown as it is written."""

import pytest
from textual.app import ComposeResult

from desk.char_diff import changed
from desk.rounds import Passage, Sentence, _sentence
from tests.tui.hands import hands_on
from tests.tui.paint import seen
from tui.terminal import ChineseApp
from tui.terminal.wrapping import break_chinese_lines
from tui.widgets.diff_view import coloured
from tui.widgets.rounds_page import RoundsPage

OLD = "每学期开学前两周由交警大队和学校联合勘查一次，查处货车19起。\n"
NEW = "每学期开学前两周，由城关交警大队（责任人：大队长）会同学校、派出所联合勘查一次，查处货车23起，没有再发现。\n"


@pytest.mark.parametrize("width", range(12, 60))
def test_a_mark_is_never_torn_from_its_character_at_the_end_of_a_line(width: int) -> None:
    break_chinese_lines()
    rows = [row.plain for row in coloured(changed(OLD, NEW)[0]).wrap(width)]
    assert "".join(rows).replace(" ", "") == coloured(changed(OLD, NEW)[0]).plain
    assert not [row for row in rows if row.endswith(("[-", "{+", "[", "{")) or row.startswith(("-]", "+}", "]", "}"))]


class _App(ChineseApp):
    def compose(self) -> ComposeResult:
        yield RoundsPage()


def _passages(old: str, new: str) -> tuple[Passage, ...]:
    sentences: tuple[Sentence, ...] = tuple(_sentence(line) for line in changed(old, new))
    return (Passage(sentences),)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 24)])
async def test_a_hostile_text_is_compared_as_it_is_written(size: tuple[int, int]) -> None:
    app = _App()
    async with hands_on(app, size) as hands:
        page = app.query_one(RoundsPage)
        page.show(_passages("[@click=app.quit]甲[/] \x1b]52;c;QQ==\x07乙。\n", "[@click=app.quit]丙[/] \x1b]52;c;QQ==\x07\u202e丁。\n"), ())
        await hands.press("down", "f7")
        text = seen(app)
        assert "[@click=app.quit]" in text
        assert not {"\x1b", "\x07", "\u202e"} & set(text)
