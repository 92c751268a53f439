"""两人同改: who wrote while another did is shown both, decides, and loses nothing of what he typed."""

import json

from desk.meanwhile import both
from records.matter.report import Report
from records.register.register import Register
from tests.tui.playing import Playing, act, playing
from tui.terminal import Drafts

ITEM = "DB-2026-0194"


def _report(register: Register) -> Report:
    item = register.view().item(ITEM)
    assert item is not None
    assert item.report is not None
    return item.report


async def _open(play: Playing) -> str:
    await play.press("f3", "f3")
    await play.type(ITEM)
    await play.press("enter", "f5")
    await play.choose("起草办结报告")
    return await play.press("enter")


async def _write(play: Playing, register: Register) -> str:
    """Have A write a sentence at the top, and B meanwhile record another text and another title, and A press F10."""
    old = _report(register)
    await _open(play)
    await play.press("ctrl+home")
    await play.type("甲稿新写。")
    text = f"乙稿新写。\n{old.body}"
    act(register, "draft_report", ITEM, "QLH.liaison_b", title="关于整改情况的报告", body=text, attachments=["警情分布图"])
    return await play.press("f10")


async def test_what_another_wrote_meanwhile_is_shown_and_ones_own_goes_on_with_it(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        text = await _write(play, demo)
        assert "龙拟思 11-23 10:30" in text
        await play.stands("two_versions")
        assert "第 1 处，共 1 处" in await play.press("f7")
        assert "乙稿新写" in _report(demo).body
        text = await play.press("escape")
        assert "甲稿新写" in text
        await play.press("f10")
        text = await play.press("1")
        assert "甲稿新写" in text
        assert "关于整改情况的报告" in text, "what A left as it was is B's now"
        assert "已办：起草办结报告" in await play.press("f10")
    assert _report(demo).body.startswith("甲稿新写")
    assert "乙稿" not in _report(demo).body
    assert _report(demo).title == "关于整改情况的报告"
    assert _report(demo).attachments == ("警情分布图",)


async def test_who_takes_over_the_other_text_keeps_his_own_beside_it(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await _write(play, demo)
        text = await play.press("2")
        assert "乙稿新写" in text
        assert "甲稿新写" not in text
        await play.press("escape", "f5")
        await play.choose("起草办结报告")
        assert "乙稿新写" in await play.press("enter")
        assert "[-乙-]{+甲+}稿新写。" in await play.press("f6")
        assert "甲稿新写" in await play.press("1")
        await play.press("f10")
    assert _report(demo).body.startswith("甲稿新写")


async def test_both_are_kept_side_by_side_to_be_worked_over(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        old = _report(demo).body
        await _write(play, demo)
        text = await play.press("3")
        assert "甲稿新写" in text
        assert "乙稿新写" in text
        assert "已办：起草办结报告" in await play.press("f10")
    assert _report(demo).body == f"乙稿新写。\n甲稿新写。\n{old}"
    assert _report(demo).title == "关于整改情况的报告"
    assert both("甲\n乙", "甲\n丙") == "甲\n乙\n丙"
    assert both("同。\n他的一句。\n又同。", "同。\n又同。我的一句。") == "同。\n他的一句。\n又同。我的一句。"


async def test_a_draft_of_yesterday_does_not_overwrite_what_came_since(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await _open(play)
        await play.press("ctrl+home")
        await play.type("甲稿新写。")
        await play.press("escape")
    act(demo, "draft_report", ITEM, "QLH.liaison_b", title="关于整改情况的报告", body="乙稿新写。")
    async with playing(demo, "QLH.liaison") as play:
        assert "此后记录已有改动" in await _open(play)
        assert "两稿对比" in await play.press("f10")
    assert _report(demo).body == "乙稿新写。"
    assert Drafts(demo.drafts / "QLH.liaison").all()


async def test_a_draft_whose_base_the_register_does_not_hold_is_held_against_what_stands_there(demo: Register) -> None:
    """As after a restored backup, or in a draft of an earlier version of the program."""
    words = {"title": "关于整改情况的报告", "body": "甲稿新写。", "attachments": "", "attachment_text": ""}
    for base in ("sha256:" + "0" * 64, "0" * 40):
        kept = {"at": "2026-11-20T10:00:00+08:00", "base": base, "words": words}
        Drafts(demo.drafts / "QLH.liaison").save(f"draft_report {ITEM}", json.dumps(kept))
        async with playing(demo, "QLH.liaison") as play:
            assert "甲稿新写" in await _open(play)
            text = await play.press("f10")
            assert "两稿对比" in text
            assert "从前的记录不在了" in text
            assert "甲稿新写" in await play.press("1")


async def test_a_signature_given_meanwhile_is_not_voided_unseen(demo: Register) -> None:
    """No field differs, and yet the act would do away with something."""
    act(demo, "draft_report", ITEM, "QLH.liaison_b", title="关于整改情况的报告", body="乙稿新写。")
    async with playing(demo, "QLH.liaison") as play:
        await _open(play)
        await play.press("ctrl+home")
        await play.type("甲稿新写。")
        act(demo, "review_report", ITEM, "QLH.reviewing_head", verdict="pass")
        text = await play.press("f10")
        assert "别人改动了“负责人审核”" in text.replace("\n ", "")
        assert "用对方的" not in text
        await play.press("1")
    assert _report(demo).round.reviewed is not None
