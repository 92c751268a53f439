"""The keys at the foot of a screen: those that work now, each pressed by a click on it, and nothing redrawn where they stay the same."""

from typing import ClassVar

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import MouseMove
from textual.widgets import Input, OptionList

from tests.tui.hands import Hands, hands_on
from tui.widgets.key_line import KeyLine


class _Desk(App[None]):
    """Two fields whose keys differ not, and a list with one of its own."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5,ctrl+d", "do('办理')", "办理"),
        Binding("f9", "do('公文')", "公文"),
        Binding("f6", "do('暗')", "不显示", show=False),
        Binding("f7", "never", "现在不能"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input(id="one")
        yield Input(id="two")
        yield _Listing("甲", "乙")
        yield KeyLine()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        return action != "never"

    def action_do(self, what: str) -> None:
        self.done.append(what)


class _Listing(OptionList):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f3", "app.do('列表')", "列表")]


def _keys(hands: Hands[_Desk]) -> str:
    return str(hands.app.query_one(KeyLine).content).strip()


async def test_what_can_be_done_now_stands_there_with_its_first_key() -> None:
    async with hands_on(_Desk()) as hands:
        assert _keys(hands) == "f5 办理  f9 公文"
        await hands.press("tab", "tab")
        assert _keys(hands) == "f3 列表  f5 办理  f9 公文"
        text = await hands.press("shift+tab")
        assert text.splitlines()[-1] == " f5 办理  f9 公文"


async def test_a_click_presses_the_key_it_is_on() -> None:
    async with hands_on(_Desk()) as hands:
        await hands.click("公文")
        await hands.click(" f5")
        await hands.click_at(70, 23)
        assert hands.app.done == ["公文", "办理"]


async def test_the_key_under_the_mouse_is_marked() -> None:
    async with hands_on(_Desk()) as hands:
        line = hands.app.query_one(KeyLine)
        for x, pointed in ((2, "f5"), (11, "f9"), (70, "")):
            hands.app.post_message(MouseMove(None, x, 23, 0, 0, button=0, shift=False, meta=False, ctrl=False))
            await hands.look()
            content = line.content
            assert isinstance(content, Content)
            marked = {content.plain[span.start : span.end].split()[0] for span in content.spans if "hover" in str(span.style)}
            assert (line.pointed, marked & {"f5", "f9"}) == (pointed, {pointed} - {""})


async def test_the_line_is_left_alone_while_the_same_keys_stand_there() -> None:
    async with hands_on(_Desk()) as hands:
        before = hands.app.query_one(KeyLine).content
        await hands.press("tab")
        assert hands.app.focused is hands.app.query_one("#two")
        assert hands.app.query_one(KeyLine).content is before


class _Crowded(App[None]):
    """More keys than there is room for."""

    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "do(1)", "返回"),
        Binding("f1", "do(0)", "帮助"),
        *(Binding(f"f{n}", f"do({n})", "办一件事") for n in range(2, 10)),
    ]

    def compose(self) -> ComposeResult:
        yield KeyLine()


async def test_where_there_is_no_room_for_all_none_is_cut_and_the_way_out_and_the_help_stay() -> None:
    for width, there in ((40, 1), (60, 3), (200, 8)):
        async with hands_on(_Crowded(), (width, 5)) as hands:
            keys = str(hands.app.query_one(KeyLine).content)
            assert keys.count("办一件事") == there
            assert keys.endswith(" esc 返回  f1 帮助 ")
            assert cell_len(keys) <= width
