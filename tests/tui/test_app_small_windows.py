"""60 columns and 16 rows, and texts longer than anybody expects: what must be known is in sight, and the keys reach the rest."""

from records.matter.item import Item
from records.register.register import Register
from tests.tui.playing import NARROW, act, playing
from tui.forms.deciding import Deciding
from tui.forms.editors import TextEditor
from tui.frame.parts import HeadFacts, Pages
from tui.screens.step import StepPage

SMALL = (60, 16)
ENDLESS = "因上级另有部署，原定各项措施并入专项行动一并落实，" * 18 + "到此为止。"


def _named(register: Register) -> Item:
    """A matter with a name as long as a name may be."""
    name = "关于进一步加强和规范全市公安机关重点场所治安隐患排查整治工作的通知" * 3
    act(register, "amend", "DB-2026-0162", "BGS.clerk1", title=name[:100], reason="照来文全称。")
    item = register.view().item("DB-2026-0162")
    assert item
    return item


async def test_a_name_of_any_length_leaves_room_for_state_and_light(demo: Register) -> None:
    _named(demo)
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f3")
        await play.type("0162")
        await play.press("enter")
        for size in (SMALL, NARROW, (120, 40)):
            text = await play.resize(*size)
            assert "  办理中  红灯，逾期11个工作日" in text, text


async def test_why_a_matter_ended_leaves_the_page_its_room_and_stands_there_whole(demo: Register) -> None:
    act(demo, "cancel", "DB-2026-0162", "L03", reason=ENDLESS)
    async with playing(demo, "BGS.clerk1", SMALL) as play:
        await play.press("f3", "f3")
        await play.type("0162")
        text = await play.press("enter")
        assert "+理由" in text
        assert "…（顾拟宁" in await play.resize(*NARROW), "who ended it is said whatever he wrote"
        await play.resize(*SMALL)
        text = await play.press("down", "enter", *["pagedown"] * 3)
        assert "到此为止。" in text


async def test_what_stands_above_a_page_and_has_no_room_is_come_to_by_tab(demo: Register) -> None:
    act(demo, "cancel", "DB-2026-0162", "L03", reason=ENDLESS)
    async with playing(demo, "BGS.clerk1") as play:
        case = await play.app.ask(lambda: play.app.desk.open("DB-2026-0162"))
        assert case
        play.app.push_screen(StepPage("DB-2026-0162", case.history[-1]))
        text = await play.look()
        facts = play.app.screen.query_one(HeadFacts)
        assert facts.max_scroll_y > 0
        assert "提交" not in text
        text = await play.press("tab", "end")
        assert "提交" in text
        assert facts.has_focus
        await play.press("tab")
        assert not facts.has_focus


async def test_a_text_is_signed_in_the_smallest_window_without_turning_a_page_for_each_row(demo: Register) -> None:
    async with playing(demo, "L04", SMALL) as play:
        text = await play.press("enter")
        assert "关于涉诈电话卡线索核查情况的报告" in text
        basis = play.app.screen.query_one(".basis > PaperView", Pages)
        assert basis.scrollable_content_region.height >= 3
        assert "办后      待局领导审签 → 已签发" in text
        assert "PgDn 看下面" in text
        await play.press(*["pagedown"] * 20)
        assert "成文      信函" in await play.look(), "behind the text the same key shows what comes of signing it"
        assert isinstance(play.app.screen, Deciding)
        text = await play.press(*["pageup"] * 20)
        assert "办后      待局领导审签 → 已签发" in text
        assert basis.scroll_offset.y == 0


async def test_a_matter_is_known_by_its_name_in_the_smallest_inbox(demo: Register) -> None:
    async with playing(demo, "BGS.section_chief", SMALL) as play:
        assert "0162 市委领导对夜市噪声" in await play.look()
        assert "最近变动" in await play.resize(*NARROW)


async def test_what_is_decided_on_is_turned_while_one_writes(demo: Register) -> None:
    """PgDn stands over it, and the caret is in the one field that there is."""
    async with playing(demo, "QLH.liaison") as play:
        await play.press("end")
        text = await play.press("enter")
        assert "协办意见〔二〕" in text
        assert "第 1 屏，共 2 屏  PgDn" in text
        assert "第 2 屏，共 2 屏  PgDn" in await play.press("pagedown")
        assert "第 1 屏，共 2 屏  PgDn" in await play.press("pageup")
        await play.type("一是建议并入专项行动。\n二是责任到所。\n三是月底前报结果。")
        assert "第 2 屏，共 2 屏  PgDn" in await play.press("pagedown")
        area = play.app.focused
        assert isinstance(area, TextEditor)
        await play.press("pageup")
        assert area.cursor_location[0] == 0, "within the text first"
        assert "第 1 屏，共 2 屏  PgDn" in await play.press("pageup")
