"""导览: five steps through the demo that go on as they are done, stand in nobody's way, and are remembered."""

from desk.desk import Desk
from desk.settings import Settings, settings
from records.register.register import Register
from tests.tui.playing import NOW, Playing, playing
from tui.screens.touring import STAGES

CLERK = "BGS.clerk1"


async def _tour(play: Playing) -> str:
    await play.press("f2")
    await play.type("导览")
    return await play.press("enter")


def _kept(register: Register) -> Settings:
    return settings(Desk(register, register.view().roster.people[CLERK], lambda: NOW))


async def test_whoever_comes_first_is_offered_it_in_a_line_and_walks_all_five_steps(demo: Register) -> None:
    async with playing(demo, CLERK, newcomer=True) as play:
        assert "第一次来：按 F2 选“导览”" in await play.look()
        await _tour(play)
        await play.stands("tour")
        assert "导览 1/5 待办" in await play.press("enter")
        await play.stands("tour_inbox")
        assert "导览 2/5 填和办" in await play.press("enter")
        await play.type("60")
        await play.stands("tour_form")
        assert "导览 3/5 查找" in await play.press("f10")
        assert "导览 3/5 查找" in await play.press("f3", "f3")
        await play.type("夜市")
        assert "导览 4/5 对比" in await play.press("enter")
        assert "[√] 3 查找" in await _tour(play)
        assert "导览 4/5 对比" in await play.press("enter")
        assert "导览 5/5 不知道时" in await play.press("f6")
        await play.press("f1")
        assert "五步都走过了" in await play.press("escape")
        assert "五步都走过了" not in await play.press("escape")
        assert "导览" not in await play.press("escape")
    kept = _kept(demo)
    assert (kept.tour, set(kept.toured)) == ("off", {each.name for each in STAGES})
    async with playing(demo, CLERK, newcomer=True) as play:
        assert "导览" not in await play.look()


async def test_it_is_left_at_any_step_and_gone_on_with_and_touches_nothing_that_is_being_typed(brief: Register) -> None:
    async with playing(brief, CLERK, newcomer=True) as play:
        await _tour(play)
        await play.press("space")
        assert "导览 2/5" in await play.press("down", "enter")
        await play.press("f9")
        await play.type("一件新事")
        assert "一件新事" in await play.look()
        assert "[√] 1 待办" in await _tour(play)
        text = await play.press("4", "enter")
        assert "一件新事" in text
        assert "导览 4/5" in text
        await play.type("也在")
        await _tour(play)
        text = await play.press("escape")
        assert "一件新事也在" in text
        assert "导览" not in text
        play.app.choose(keys={"find": "f12"})
        assert "按 F12 到台账" in await _tour(play)
        await play.press("enter")
    assert _kept(brief).tour == "on"
    async with playing(brief, CLERK, newcomer=True) as play:
        assert "导览 2/5" in await play.look(), "he goes on where he was"
