"""The base app: what Textual does wrong or says in English, seen through the screen."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from rich.color import Color as RichColor
from rich.color import ColorSystem
from rich.segment import Segment
from textual.app import ComposeResult
from textual.color import Color
from textual.containers import Vertical
from textual.content import Content
from textual.css import stylesheet
from textual.css.parse import parse
from textual.events import Paste
from textual.pilot import Pilot
from textual.screen import Screen
from textual.theme import Theme
from textual.widget import Widget
from textual.widgets import Button, Footer, Input, OptionList, Static, TextArea

from tests.tui.hands import hands_on
from tests.tui.paint import seen
from tui.terminal import ChineseApp, OrderedInput, OrderedTextArea, plain, themes
from tui.terminal.status_line import StatusLine

_MARKUP = "[@click=app.quit]x[/] [b]粗[a=b][/]"


class _Holding(ChineseApp):
    """An app that holds what a test gives it."""

    def __init__(self, *widgets: Widget, theme: str | None = None) -> None:
        super().__init__(theme=theme)
        self._widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self._widgets


class _Counting(Screen[None]):
    """A screen that counts how often it is laid out."""

    laid = 0

    def compose(self) -> ComposeResult:
        yield Static("甲" * 30)

    def on_mount(self) -> None:
        self.screen_layout_refresh_signal.subscribe(self, self._count, immediate=True)

    def _count(self, _: Screen[object]) -> None:
        self.laid += 1


class _Asked(ChineseApp):
    def on_mount(self) -> None:
        self.exit(("by", asyncio.get_running_loop().get_task_factory()))


async def test_tasks_begin_in_the_order_in_which_the_tests_have_them_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    def eager(loop: asyncio.AbstractEventLoop, work: Coroutine[object, object, object], **how: Any) -> "asyncio.Task[object]":
        return asyncio.Task(work, loop=loop, **how)

    monkeypatch.setattr(asyncio, "eager_task_factory", eager, raising=False)  # which Textual takes where there is one, but in tests
    assert await _Asked().run_async(headless=True) == ("by", None)


async def test_a_screen_is_laid_out_no_more_for_the_size_it_has_and_anew_for_another() -> None:
    async with hands_on(_Holding(), (40, 10)) as hands:
        screen = _Counting()
        await hands.app.push_screen(screen)
        assert "甲" * 20 in await hands.look()
        assert screen.laid == 2, "as it comes, and with what stands in it"
        await Pilot(hands.app).resize_terminal(20, 10)
        assert "甲" * 11 not in await hands.look()
        assert screen.laid > 2


async def test_markup_in_record_text_is_only_text() -> None:
    app = _Holding(Static(plain(_MARKUP)), OptionList(plain(_MARKUP)), Button(plain(_MARKUP)), StatusLine())
    async with hands_on(app, (60, 14)) as hands:
        app.notify(_MARKUP, title="[/]")
        assert (await hands.look()).count(_MARKUP) == 4
        assert f"[/]：{_MARKUP}" in seen(app)


async def test_a_second_app_parses_no_style_sheet_again_and_looks_as_the_first_in_its_own_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def counted(scope: str, css: str, *more: object, **named: object) -> object:
        parsed.append(css)
        return parse(scope, css, *more, **named)  # type: ignore[arg-type]

    class Unkept(Static):
        """One whose style sheet nobody who installs the program knows."""

        DEFAULT_CSS = "Unkept { color: $primary; }"

    monkeypatch.setattr(stylesheet, "parse", counted)
    drawn, parses = [], []
    for theme in (*themes.NAMES, *themes.NAMES):
        parsed.clear()
        app = _Holding(Button("甲"), Input(placeholder="乙"), Unkept("丙"), StatusLine(), theme=theme)
        async with hands_on(app, (40, 10)):
            with app._context():
                drawn.append([segment for strip in app.screen._compositor.render_strips() for segment in strip])
        parses.append(len(parsed))
    half = len(themes.NAMES)
    assert all(parses[:half])
    assert parses[half:] == [0] * half
    assert drawn[half:] == drawn[:half]
    assert len({tuple(map(str, each)) for each in drawn}) == half  # each in its own colours


async def test_a_toast_is_not_markup_either() -> None:
    app = _Holding(Static("无状态行"))
    async with hands_on(app, (70, 14), notifications=True) as hands:
        app.notify("[b]粗[/] [/]")
        assert "[b]粗[/] [/]" in await hands.look()


def test_text_that_nobody_made_visible_is_blanked_out_in_its_cells() -> None:
    (net,) = [each for each in ChineseApp().get_line_filters() if type(each).__module__.startswith("tui.")]
    dirty = Segment("甲\x1b[2J\x9b\u202e\u200b\ud800\u2028乙")
    (clean,) = net.apply([dirty], Color(0, 0, 0))
    assert clean.text.isprintable()
    assert clean.text.startswith("甲")
    assert clean.text.endswith("乙")
    assert clean.cell_length == dirty.cell_length


def test_lawful_text_passes_the_net() -> None:
    (net,) = [each for each in ChineseApp().get_line_filters() if type(each).__module__.startswith("tui.")]
    lawful = [Segment("\u3000\u3000第一段\u00a0“引”\ue000阿卜杜·热合曼")]
    assert net.apply(lawful, Color(0, 0, 0)) == lawful


@pytest.mark.parametrize("editor", [OrderedInput, OrderedTextArea])
async def test_keys_in_a_burst_act_in_order(editor: Callable[[str], Input | TextArea]) -> None:
    app = _Holding(editor(""))
    async with hands_on(app) as hands:
        hands.send("张", "李", "left", "王", "赵", "backspace", "home", "周", "end")
        app.post_message(Paste("吴"))
        await hands.burst("left", "孙")
        field = app.query_one(editor)  # type: ignore[call-overload]
        assert (field.value if isinstance(field, Input) else field.text) == "周张王李孙吴"


@pytest.mark.parametrize("first", [OrderedInput, OrderedTextArea, Button])
async def test_what_follows_a_tab_in_a_burst_goes_to_the_next_field(first: Callable[[str], Widget]) -> None:
    last = OrderedInput()
    app = _Holding(first(""), OrderedInput(), last)
    async with hands_on(app) as hands:
        hands.send("一", "tab", "二", "left", "三", "tab", "四")
        app.post_message(Paste("五"))
        await hands.look()
        assert [field.value for field in app.query(OrderedInput)][-2:] == ["三二", "四五"]


async def test_what_was_typed_before_a_command_of_the_app_is_in_its_field_by_then() -> None:
    left: list[str] = []

    class Leaving(_Holding):
        async def action_quit(self) -> None:
            left.append(self.query_one(OrderedInput).value)

    app = Leaving(OrderedInput())
    async with hands_on(app) as hands:
        await hands.burst("意", "见", "ctrl+q")
        assert left == ["意见"]


async def test_a_tab_that_the_editor_wants_stays_in_it() -> None:
    editor = OrderedTextArea("", tab_behavior="indent")
    app = _Holding(editor, OrderedInput())
    async with hands_on(app) as hands:
        await hands.burst("tab", "一")
        assert editor.text == "    一"


async def test_a_value_is_not_wiped_by_the_first_key() -> None:
    class Form(ChineseApp):
        def compose(self) -> ComposeResult:
            yield Button("一")
            yield OrderedInput("已有内容")

    app = Form()
    async with hands_on(app) as hands:
        await hands.press("tab", "加")
        assert app.query_one(OrderedInput).value == "已有内容加"


@pytest.mark.parametrize("editor", [OrderedInput, OrderedTextArea])
def test_cursors_do_not_blink(editor: Callable[[str], Input | TextArea]) -> None:
    assert not editor("").cursor_blink


_PARAGRAPH = (
    "第一条 为加强公文管理，规范收发文流程（包括“电子公文”），见 https://example.cn/a.b?c=1,2 与《条例》第3.5条、12:30……提高——办事效率。"
)


@pytest.mark.parametrize("kind", ["static", "area"])
@pytest.mark.parametrize("width", range(30, 44))
async def test_chinese_lines_break_after_any_character_and_never_before_closing_punctuation(kind: str, width: int) -> None:
    text = _PARAGRAPH * 2
    widget = Static(plain(text)) if kind == "static" else OrderedTextArea(text, compact=True, show_line_numbers=False)
    widget.styles.scrollbar_size_vertical = 0
    widget.styles.padding = 0
    app = _Holding(Vertical(widget))
    async with hands_on(app, (width, 24)):
        lines = [line for line in seen(app).splitlines() if line.strip()]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert line[0] not in "，。、；：？！）》”…—"
        assert line.rstrip()[-1] not in "（《“"
        assert line.count("https") == line.count("https://example.cn/a.b?c=1,2")
        assert line.count("3.") == line.count("3.5")
    room = max(len(lines[0].encode("gbk")), len(lines[1].encode("gbk")))
    assert room >= width - 6, "a Chinese line breaks near its end, not at the last space"


async def _asked(app: ChineseApp, *keys: str) -> str:
    async with hands_on(app, (60, 20)) as hands:
        await hands.press("ctrl+p", *keys)
        return seen(app)


async def test_the_palette_speaks_chinese_and_finds() -> None:
    assert "输入要找的命令" in await _asked(_Holding(Footer()))
    found = await _asked(_Holding(Footer()), "浅", "色")
    assert "主题：浅色" in found
    assert "退出" not in found


async def test_the_palette_says_that_nothing_was_found() -> None:
    screen = await _asked(_Holding(Footer()), "饕")
    assert "没有找到" in screen
    assert "No matches" not in screen


async def test_the_palette_changes_the_theme() -> None:
    app = _Holding(Footer())
    async with hands_on(app) as hands:
        await hands.press("ctrl+p", *"跟随终端（浅色）", "enter")
        assert app.theme == "ansi-light"


async def test_no_english_and_no_emoji_of_textual_is_left() -> None:
    app = _Holding(OrderedInput(), waiting := Static("稍候"), StatusLine(), Footer())
    async with hands_on(app, (60, 20)) as hands:
        waiting.loading = True
        both = await hands.press("ctrl+c") + await hands.press("ctrl+p")
    assert "正在读取…" in both
    assert "f2 去…" in both
    assert "🔎" not in both
    assert set(re.findall(r"\^?[A-Za-z]+", both)) <= {"f", "^p", "^q"}


async def test_ctrl_c_tells_how_to_leave() -> None:
    app = _Holding(Static("页面"), StatusLine())
    async with hands_on(app) as hands:
        assert "退出请按 ^q" in await hands.press("ctrl+c")


async def test_pictures_stand_still() -> None:
    assert ChineseApp().animation_level == "none"


async def test_a_line_is_drawn_again_where_its_words_or_their_looks_change(monkeypatch: pytest.MonkeyPatch) -> None:
    line, drawn = Static(Content("页面"), markup=False), list[str]()
    app = _Holding(line)
    async with hands_on(app) as hands:
        monkeypatch.setattr(line, "refresh", lambda *_, **__: drawn.append(str(line.content)))
        for content, again in (
            (Content("页面"), 0),
            (Content.styled("页面", "bold"), 1),
            (Content.styled("页面", "bold"), 0),
            (Content("另"), 1),
        ):
            drawn.clear()
            line.update(content)
            assert len(drawn) == again
        await hands.look()


async def test_a_slow_line_is_drawn_seldom_and_in_few_colours_whatever_was_imported_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLORTERM", "truecolor")
    for slow, colours, times in ((False, "truecolor", 60), (True, "standard", 15), (False, "truecolor", 60)):
        app = ChineseApp(slow=slow)
        assert (app.console.color_system, app.theme == "ansi-dark", app.sheet is not None) == (colours, slow, slow)
        async with app.run_test():
            assert app.screen._update_timer._interval == 1 / times


@pytest.mark.parametrize("theme", themes.NAMES)
async def test_every_theme_works(theme: str) -> None:
    app = _Holding(Static("页面"), Footer(), theme=theme)
    async with hands_on(app):
        assert app.theme == theme
        assert "页面" in seen(app)


def test_the_default_is_dark_and_without_colours_the_terminals_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert ChineseApp().theme == "duban-dark"
    monkeypatch.setenv("NO_COLOR", "1")
    assert ChineseApp().theme == "ansi-dark"


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT])
def test_colours_of_the_themes_come_out_as_they_are_where_there_are_256(theme: Theme) -> None:
    colours = [value for value in (*vars(theme).values(), *theme.variables.values()) if isinstance(value, str) and value.startswith("#")]
    assert len(colours) > 15
    for colour in map(RichColor.parse, colours):
        shown = colour.downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        assert all(abs(asked - came) <= 2 for asked, came in zip(colour.get_truecolor(), shown, strict=True)), colour


@pytest.mark.parametrize(("disk_full", "said"), [(False, "没有提交的内容已存为草稿"), (True, "没有提交的内容未能存为草稿（磁盘已满）")])
async def test_a_failure_keeps_the_drafts_and_shows_no_data_of_records(
    capsys: pytest.CaptureFixture[str], disk_full: bool, said: str
) -> None:
    kept: list[str] = []

    class Failing(ChineseApp):
        BINDINGS = [("x", "fail", "出错")]  # noqa: RUF012

        def keep_drafts(self) -> str:
            kept.append("草稿")
            return "磁盘已满" if disk_full else ""

        def action_fail(self) -> None:
            secret = "身份证号"  # noqa: F841 - a local name, which Textual would print
            raise ValueError("坏\x1b]52;c;SEVM\x07[/]")

    async def fail() -> None:
        async with hands_on(app) as hands:
            await hands.press("x")

    app = Failing()
    with pytest.raises(ValueError, match="坏"):
        await fail()
    shown = capsys.readouterr().err
    assert kept == ["草稿"]
    assert "ValueError: 坏␛]52;c;SEVM␇[/]" in shown
    assert said in shown.replace("\n", "")
    assert "身份证号" not in shown
    assert isinstance(app.failure, ValueError)


async def test_content_may_hold_lines_where_they_are_wanted() -> None:
    assert plain("一\n二").plain == "一␊二"
    assert plain("一\n二", lines=True).plain == "一\n二"
    assert isinstance(plain("一"), Content)
