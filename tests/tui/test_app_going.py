"""去哪里、办什么 (Ctrl+P): screens, matters, people and acts are found by Chinese, pinyin and English; what cannot be done says why."""

import pytest

from records.register.register import Register
from tests.tui.playing import playing


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("台账", "30 件中 18 件"),
        ("ledger", "30 件中 18 件"),
        ("tz", "30 件中 18 件"),
        ("statistics", "按主办单位"),
        ("0194", "0194 局长对电动自行车盗窃警情上升的批示"),
        ("僵尸车", "0188 媒体反映"),
        ("顾拟宁", "查找 顾拟宁"),
        ("JJ", "查找 交通警察支队"),
    ],
)
async def test_one_goes_there_by_any_word_for_it(demo: Register, typed: str, there: str) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("ctrl+p")
        await play.type(typed)
        assert there in await play.press("enter")


async def test_of_the_matter_in_front_it_offers_what_can_be_done_first_and_last_what_cannot_with_the_reason(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f3")
        await play.type("0162")
        await play.press("enter", "ctrl+p")
        await play.type("cb")
        play.looks_like("going")
        text = await play.press("enter")
        assert "催办〔三（三）〕  DB-2026-0162" in text
        await play.press("escape", "ctrl+p")
        await play.type("return report")
        text = await play.press("enter")
        assert "现在不能“责成重新上报”：" in text
        assert "〔三（二）〕" in text


async def test_what_is_not_found_says_where_to_look(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("ctrl+p")
        assert "没有找到。换个词，或按 F3 到台账查找。" in await play.type("黑作坊")
