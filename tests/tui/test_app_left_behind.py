"""What was written for an act that is no longer its writer's: kept, listed, read, copied, given up; it tells nothing of the matter."""

from records.register.register import Register
from tests.tui.playing import act, playing
from tests.tui.talking import desk_of, drafts_of, sat
from tui.forms.kept import left_behind

ITEM = "DB-2026-0171"
BODY = "隐患路段已排查完毕，正在整改。"


async def _written(demo: Register) -> None:
    async with playing(demo, "JJ.liaison") as play:
        await play.press("end", "up")
        text = await play.press("enter")
        assert f"起草办结报告〔三（二）〕  {ITEM}" in text
        await play.type("关于冬季整治的报告")
        await play.press("tab")
        await play.type(BODY)
        act(demo, "change_lead", ITEM, "BGS.clerk1", to_unit="ZA", reason="改由治安管理支队主办。")
        text = await play.press("f10")
        assert "不在您的职责范围内。您能看的都在台账里。" in text.replace("\n ", ""), "nobody types a command on a screen"
        await play.press("escape")


async def test_of_a_matter_that_went_to_another_unit(demo: Register) -> None:
    await _written(demo)
    async with playing(demo, "JJ.liaison") as play:
        text = await play.look()
        assert "写了没办的草稿 1 件" in text
        assert "0171 已不在您的职责范围内" in text
        assert "冬季农村" not in text
        await play.press("end", "down")
        text = await play.press("enter")
        await play.stands("left_behind")
        assert BODY in text
        await play.press("f5")
        assert BODY in play.app.clipboard
        assert "再按一次 F9" in await play.press("f9")
        text = await play.press("f9")
        assert "草稿已删去" in text
        assert "写了没办的草稿" not in text


async def test_of_a_matter_on_which_it_can_no_longer_be_done(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("end")
        assert "协办意见〔二〕" in await play.press("enter")
        await play.type("建议并入专项行动。")
        await play.press("escape")
        act(demo, "cancel", "DB-2026-0160", "L03", reason="上级撤回。")
        play.app._look()
        text = await play.look()
        assert "写了没办的草稿 1 件" in text
        await play.press("end", "down")
        text = await play.press("enter")
        assert "建议并入专项行动。" in text
        assert "不能办    〔二〕" in text


async def test_of_a_matter_that_few_may_know_not_even_that(demo: Register) -> None:
    await _written(demo)
    act(demo, "amend", ITEM, "BGS.clerk1", need_to_know=["L01"], reason="限定知悉。")
    async with playing(demo, "JJ.liaison") as play:
        text = await play.look()
        assert "写了没办的草稿" not in text
    assert left_behind(desk_of(demo, "JJ.liaison"), drafts_of(demo, "JJ.liaison"), "draft_report", ITEM) is None


async def test_line_by_line_too(demo: Register) -> None:
    await _written(demo)
    heard = sat(demo, "JJ.liaison", "3")
    assert "已不在您的职责范围内" in heard
    assert "写了没办的草稿：" in heard
    assert BODY in heard
    assert "冬季农村" not in heard
