"""The comparison and the status line, on a screen."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.widget import Widget

from tests.tui.hands import hands_on
from tests.tui.paint import seen
from tui.terminal import ChineseApp
from tui.terminal.status_line import StatusLine
from tui.widgets.diff_view import DiffView


class _Holding(ChineseApp):
    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self._widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self._widgets


def _colours(app: ChineseApp, text: str) -> set[str]:
    """Return the colours in which a text stands on the screen."""
    segments = [segment for strip in app.screen._compositor.render_strips() for segment in strip if text in segment.text]
    return {
        str(segment.style.color.triplet and segment.style.color.triplet.hex)
        for segment in segments
        if segment.style and segment.style.color
    }


async def test_a_change_is_coloured_and_marked_and_nothing_in_it_is_obeyed() -> None:
    app = _Holding(DiffView("抓获3名[/]。\n看\x1b[2J。\n", "抓获5名[/]。\n看\x1b[2J。\n\n另段[@click=app.quit]x[/]。\n"))
    async with hands_on(app, (60, 8)):
        assert seen(app).split("\n")[:4] == [" 抓获[-3-]{+5+}名[/]。", " 看␛[2J。", "", " {+另段[@click=app.quit]x[/]。+}"]
        assert _colours(app, "[-3-]") == {"#ff8787"}
        assert _colours(app, "{+5+}") == {"#87d787"}


async def test_other_texts_can_be_compared() -> None:
    app = _Holding(view := DiffView())
    async with hands_on(app, (60, 8)) as hands:
        assert "没有可以对比的内容" in seen(app)
        view.compare("甲句。\n", "乙句。\n")
        assert "[-甲-]{+乙+}句。" in await hands.look()


async def test_says_what_was_done_in_a_line_and_what_came_of_it_in_up_to_three() -> None:
    app = _Holding(line := StatusLine())
    async with hands_on(app, (40, 8)) as hands:
        line.said("已签收 DB-2026-0118[/]\n\x1b[2J（提交 abc1234）" + "很长的话" * 20)
        await hands.look()
        assert line.size.height == 3
        assert seen(app).startswith(" 已签收 DB-2026-0118[/]␊␛[2J（提交\n abc1234）很长的话")
        line.said("已签收 DB-2026-0118（提交 abc1234）")
        await hands.look()
        assert line.size.height == 1
        line.said("")
        assert (await hands.look()).strip() == ""


async def test_an_error_says_so_in_words_and_shows_its_way_out() -> None:
    app = _Holding(line := StatusLine())
    async with hands_on(app, (40, 8)) as hands:
        line.failed("登记库不能写入：磁盘已满，已填写的内容保存在草稿中。请联系管理员清理后再按[F2]提交。")
        assert (await hands.look()).startswith(" 出错：登记库")
        assert "再按[F2]提交。" in seen(app).replace("\n ", "")
        assert 1 < line.size.height <= 3
        line.said("已提交")
        await hands.look()
        assert line.size.height == 1
        assert "出错" not in seen(app)


async def test_what_is_going_on_gives_way_to_what_was_said() -> None:
    app = _Holding(line := StatusLine())
    async with hands_on(app, (60, 8)) as hands:
        steps: list[tuple[Callable[[], None], str]] = [
            (lambda: line.failed("没有存上"), "出错：没有存上"),
            (lambda: line.passing("正在读取"), "正在读取"),
            (lambda: line.passed("别的"), "正在读取"),
            (lambda: line.passed("正在读取"), "出错：没有存上"),
            (lambda: line.passing("正在读取"), "正在读取"),
            (lambda: line.said("已签收"), "已签收"),
            (lambda: line.passed("正在读取"), "已签收"),
        ]
        for say, stands in steps:
            say()
            assert (await hands.look()).strip() == stands
            assert line.has_class("-failed") == stands.startswith("出错")


async def test_what_the_app_notifies_comes_to_the_line() -> None:
    app = _Holding(StatusLine())
    async with hands_on(app, (60, 8), notifications=True) as hands:
        app.notify("已存草稿")
        assert (await hands.look()).strip() == "已存草稿"
        app.notify("没有存上", severity="error")
        assert (await hands.look()).strip() == "出错：没有存上"
