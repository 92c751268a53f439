"""The list of many rows."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from typing import NamedTuple

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.app import ComposeResult
from textual.content import Content
from textual.strip import Strip
from textual.widgets import Footer

from tests.tui.hands import hands_on
from tests.tui.paint import seen
from tui.terminal import ChineseApp, plain
from tui.widgets.line_list import CURSOR, LineList, ListColumn, Look


class _Matter(NamedTuple):
    id: str
    title: str
    light: str


_NUMBER: ListColumn[_Matter] = ListColumn("编号", lambda row: row.id, 5)
_TITLE: ListColumn[_Matter] = ListColumn("事项", lambda row: row.title)
_LIGHT: ListColumn[_Matter] = ListColumn("灯", lambda row: row.light, 4)
_COLUMNS = (_NUMBER, _TITLE, _LIGHT)
_LIGHTS = ("红", "黄", "绿")


def _rows(count: int) -> list[_Matter]:
    return [_Matter(f"DB{number:03}", f"督办事项第{number}号", _LIGHTS[number % 3]) for number in range(count)]


class _Listing(ChineseApp):
    def __init__(self, rows: list[_Matter], columns: tuple[ListColumn[_Matter], ...] = _COLUMNS, empty: str = "没有事项") -> None:
        super().__init__()
        self.list = LineList(columns, rows, key=lambda row: row.id, empty=empty)
        self.told: list[tuple[str, int | None]] = []

    def compose(self) -> ComposeResult:
        yield self.list
        yield Footer()

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        assert message.control is self.list
        self.told.append(("chosen", message.index))

    def on_line_list_highlighted(self, message: LineList.Highlighted) -> None:
        self.told.append(("highlighted", message.index))


def _lines(app: ChineseApp) -> list[str]:
    """Return the lines behind the cell of the cursor."""
    return [line[1:] for line in seen(app).split("\n")[:-1]]


def _under_cursor(app: _Listing) -> str:
    """Return the row that stands on the cursor's background."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            ground = segment.style and segment.style.bgcolor and segment.style.bgcolor.triplet
            if ground and ground.hex == "#005f87":
                return segment.text.strip().removeprefix(CURSOR)
    return ""


async def test_header_and_rows_stand_in_their_columns() -> None:
    app = _Listing(_rows(3))
    async with hands_on(app, (40, 8)):
        assert seen(app).splitlines()[:4] == [
            " 编号  事项                         灯",
            ">DB000 督办事项第0号                红",
            " DB001 督办事项第1号                黄",
            " DB002 督办事项第2号                绿",
        ]


@pytest.mark.parametrize("columns", list(permutations(_COLUMNS)), ids=lambda columns: "".join(column.title for column in columns))
async def test_cells_stay_under_their_heading_in_any_order(columns: tuple[ListColumn[_Matter], ...]) -> None:
    app = _Listing(_rows(3), columns)
    async with hands_on(app, (40, 8)):
        head, *lines = _lines(app)[:4]
        for row, line in zip(_rows(3), lines, strict=True):
            assert {each.title: _under(head, each.title, line) for each in columns} == {each.title: each.text(row) for each in columns}


def _under(head: str, title: str, line: str) -> str:
    """Return what stands in a line below a title, which must begin where the title does."""
    at = cell_len(head[: head.index(title)])
    (cell,) = [part for part in line.split() if cell_len(line[: line.index(part)]) == at]
    return cell


async def test_wide_characters_are_cut_cleanly_at_every_width() -> None:
    row = _Matter("DB001", "“断卡”行动ab线索核查情况的督办事项", "红灯亮着")
    for width in range(24, 40):
        app = _Listing([row])
        async with hands_on(app, (width, 6)):
            strips = app.screen._compositor.render_strips()
            assert all(strip.cell_length == width for strip in strips)
            line = strips[1].text
            title, light = line[7 : line.index("…") + 1], line.rstrip()[-2:]
            assert row.title.startswith(title[:-1])
            assert cell_len(title) in {width - 7 - 5, width - 7 - 6}
            assert light == "红…"


async def test_a_row_is_drawn_only_when_it_is_in_sight() -> None:
    drawn: list[str] = []

    def noted(row: _Matter) -> str:
        drawn.append(row.id)
        return ""

    app = _Listing(_rows(100_000), (_NUMBER, _TITLE, replace(_LIGHT, look=noted)))
    async with hands_on(app, (40, 12)) as hands:
        await hands.press("end")
        assert "督办事项第99999号" in _under_cursor(app)
        assert app.list.index == 99_999
        assert len(set(drawn)) < 60


async def test_a_step_draws_two_rows_again() -> None:
    drawn: list[str] = []

    def noted(row: _Matter) -> str:
        drawn.append(row.id)
        return ""

    app = _Listing(_rows(50), (_NUMBER, _TITLE, replace(_LIGHT, look=noted)))
    async with hands_on(app, (40, 12)) as hands:
        drawn.clear()
        await hands.press("down")
        assert set(drawn) == {"DB000", "DB001"}


@pytest.mark.parametrize(
    ("keys", "index"),
    [
        ("down down", 2),
        ("j j j k", 2),
        ("down up up", 0),
        ("end", 49),
        ("G", 49),
        ("G g", 0),
        ("end home", 0),
        ("pagedown", 9),
        ("pagedown pagedown pageup", 9),
        ("G down", 49),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_in_sight(keys: str, index: int) -> None:
    app = _Listing(_rows(50))
    async with hands_on(app, (40, 12)) as hands:
        await hands.press(*keys.split())
        assert app.list.index == index
        assert _under_cursor(app).startswith(f"DB{index:03}")
        assert not {"j", "k", "g", "G"} & set(_footer(app))


def _footer(app: ChineseApp) -> str:
    return seen(app).split("\n")[-1]


async def test_enter_and_a_click_choose() -> None:
    app = _Listing(_rows(50))
    async with hands_on(app, (40, 12)) as hands:
        await hands.press("down", "enter")
        assert app.told[-1] == ("chosen", 1)
        await hands.press("G")
        await hands.click_at(8, 1)
        assert app.told[-1] == ("chosen", 40)
        before = list(app.told)
        await hands.click_at(8, 0)
        assert app.told == before, "the header is not a row"


async def test_a_double_click_chooses_once() -> None:
    app = _Listing(_rows(5))
    async with hands_on(app, (40, 12)) as hands:
        await hands.click_at(8, 3, times=2)
        assert app.told.count(("chosen", 2)) == 1


async def test_a_click_below_the_rows_chooses_nothing() -> None:
    app = _Listing(_rows(2))
    async with hands_on(app, (40, 12)) as hands:
        await hands.click_at(8, 6)
        assert "chosen" not in {what for what, _ in app.told}


async def test_the_wheel_scrolls() -> None:
    app = _Listing(_rows(50))
    async with hands_on(app, (40, 12)) as hands:
        assert "DB000" not in await hands.wheel(20, 5)
        assert _lines(app)[0].startswith("编号"), "the header stays"


async def test_a_filter_shows_its_rows_and_the_cursor_stays_with_its_row() -> None:
    app = _Listing(_rows(50))
    async with hands_on(app, (40, 12)) as hands:
        await hands.press(*["down"] * 6)
        app.list.show([30, 6, 3])
        await hands.look()
        assert [line[:5] for line in _lines(app)[1:4]] == ["DB030", "DB006", "DB003"]
        assert app.list.index == 6
        assert _under_cursor(app).startswith("DB006")
        app.list.show([30, 3])
        await hands.look()
        assert app.list.index == 30
        assert app.told[-1] == ("highlighted", 30)
        app.list.show(range(50))
        await hands.look()
        assert _under_cursor(app).startswith("DB030")


async def test_the_cursor_stays_on_the_row_of_the_same_key_when_rows_are_read_again() -> None:
    app = _Listing(_rows(50))
    async with hands_on(app, (40, 12)) as hands:
        await hands.press(*["down"] * 6)
        app.list.replace([_Matter("DB900", "新来的事项", "红"), *_rows(50)])
        await hands.look()
        assert app.list.index == 7
        assert _under_cursor(app).startswith("DB006")
        app.list.replace([row for row in _rows(50) if row.id != "DB006"])
        await hands.look()
        assert app.list.index == 7, "its row is gone: it keeps its place"
        app.list.replace(_rows(3))
        await hands.look()
        assert app.list.index == 2


async def test_an_empty_list_says_so() -> None:
    app = _Listing([], empty="正在读取…")
    async with hands_on(app, (40, 8)) as hands:
        assert _lines(app)[1] == "正在读取…"
        await hands.press("down", "enter", "G", "pageup")
        assert app.list.index is None
        app.list.say_empty("没有符合条件的事项")
        await hands.look()
        assert _lines(app)[1] == "没有符合条件的事项"
        app.list.replace(_rows(1))
        await hands.look()
        assert _under_cursor(app).startswith("DB000")
        assert "没有符合" not in seen(app)


@pytest.mark.parametrize(
    ("look", "colour"),
    [
        (lambda _: "bold $text-error", "#ff8787"),
        (lambda _: Style(color="#87d787"), "#87d787"),
        (lambda _: Content.styled("亮", "$text-warning"), "#ffd75f"),
    ],
)
async def test_a_cell_may_look_as_its_row_says(look: Callable[[_Matter], Look], colour: str) -> None:
    app = _Listing(_rows(2), (_NUMBER, _TITLE, replace(_LIGHT, look=look)))
    async with hands_on(app, (40, 8)):
        strip = app.screen._compositor.render_strips()[2]
        segment = next(segment for segment in strip if segment.text.strip() in {"黄", "亮"})
        assert segment.style is not None
        assert segment.style.color is not None
        assert segment.style.color.triplet is not None
        assert segment.style.color.triplet.hex == colour


async def test_a_narrow_screen_drops_columns_from_the_right() -> None:
    app = _Listing(_rows(2))
    async with hands_on(app, (20, 8)):
        assert _lines(app)[:2] == ["编号  事项", "DB000 督办事项第0号"]


async def test_nothing_in_a_row_is_obeyed() -> None:
    hostile = _Matter("DB001", "[@click=app.quit]x[/]\x1b[2J\u202e\n", "[/]")
    app = _Listing([hostile], (_NUMBER, _TITLE, replace(_LIGHT, look=lambda row: plain(row.light))))
    async with hands_on(app, (60, 8)):
        assert "[@click=app.quit]x[/]␛[2J⟨202E⟩␊" in seen(app)
        assert _lines(app)[1].endswith("[/]")


async def test_the_cursor_is_seen_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = _Listing(_rows(2))
    async with hands_on(app, (40, 8)):
        styles = [segment.style for strip in app.screen._compositor.render_strips()[1:3] for segment in strip if "督办" in segment.text]
        assert [bool(style and style.reverse) for style in styles] == [True, False]
        assert all(style and style.color and style.color.is_default for style in styles)


def test_exactly_one_column_is_flexible() -> None:
    with pytest.raises(ValueError, match="flexible"):
        _Listing([], (_NUMBER, _LIGHT))
    with pytest.raises(ValueError, match="flexible"):
        _Listing([], (_TITLE, _TITLE))


async def test_what_came_while_the_list_was_out_of_sight_stands_there_when_it_comes_back() -> None:
    app = _Listing(_rows(5))
    async with hands_on(app, (40, 12)) as hands:
        for rows in ([each._replace(title="改过") for each in _rows(5)], _rows(3)):
            app.list.display = False
            await hands.look()
            app.list.replace(rows)
            await hands.look()
            app.list.display = True
            await hands.look()
            shown = [row for row in app.list.shown if row]
            assert [line.split()[:2] for line in _lines(app)[1 : len(shown) + 2]] == [[row.id, row.title] for row in shown] + [[]]


async def test_lines_that_say_what_they_said_are_not_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    app, drawn = _Listing(_rows(5)), list[int]()
    render = LineList.render_line

    def counted(self: LineList[_Matter], y: int) -> Strip:
        drawn.append(y)
        return render(self, y)

    async with hands_on(app, (40, 12)) as hands:
        await hands.look()
        monkeypatch.setattr(LineList, "render_line", counted)
        app.list.replace(_rows(5))
        await hands.look()
        assert not drawn
        app.list.replace([each if each.id != "DB003" else each._replace(title="改过") for each in _rows(5)])
        await hands.look()
        assert set(drawn) == {4}
