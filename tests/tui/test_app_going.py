"""去哪里、办什么 (Ctrl+P): screens, matters, people and acts are found by Chinese, pinyin and English; what cannot be done says why."""

from records.register.register import Register
from tests.tui.playing import act, playing
from tui.frame.screen import DeskScreen

_THERE = {
    "台账": "30 件中 18 件", "ledger": "30 件中 18 件", "tz": "30 件中 18 件", "statistics": "按主办单位",
    "0194": "0194 局长对电动自行车盗窃警情上升的批示", "僵尸车": "0188 媒体反映", "顾拟宁": "查找 顾拟宁", "JJ": "查找 交通警察支队",
    "规定": "规定条文", "gdtw": "规定条文", "regulation": "规定条文", "休息日": "休息日", "我跟踪": "我跟踪的", "wdjd": "我登记的",
    "帮助": "做什么（按回车就做）", "help": "做什么（按回车就做）", "设置": "每个键", "按键": "另设的只归您用",
}  # fmt: skip
"""What one types, and what is seen where it leads."""


async def test_one_goes_there_by_any_word_for_it(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        for typed, there in _THERE.items():
            await play.press("ctrl+p")
            text = await play.type(typed)
            if typed != "设置":  # of settings there are several
                text = await play.press("enter")
            assert there in text, f"{typed}:\n{text}"
            while len(play.app.screen_stack) > play.app.GROUND:
                await play.app.pop_screen()
            await play.look()
        # A number means its own matter alone, whatever others hold its digits.
        await play.press("ctrl+p")
        rows = [row for row in (await play.type("0201")).splitlines() if "事项" in row[1:].split()[:1]]
        assert len(rows) == 1
        assert "2026-0201 " in rows[0]


async def test_of_the_matter_in_front_it_offers_what_can_be_done_first_and_last_what_cannot_with_the_reason(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f3")
        await play.type("0162")
        await play.press("enter", "ctrl+p")
        await play.type("cb")
        await play.stands("going")
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


async def test_the_pages_stand_in_a_row_and_the_one_beside_is_an_arrow_away(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        names = ["待办", "台账", "已办", "统计", "通报", "文号", "人员", "规则"]
        assert (await play.look()).splitlines()[1].startswith(" 【待办 2】 台账 18  已办  统计  通报  文号  人员  规则")
        for name in names[1:]:
            assert f"【{name}" in (await play.press("right")).splitlines()[1]
        # There is none beyond the last; a sheet that has the focus turns its months instead.
        assert "【规则】" in (await play.press("right", "tab", "left")).splitlines()[1]
        assert "2026年10月" in await play.look()
        assert "【人员】" in (await play.press("shift+tab", "left")).splitlines()[1]
        # In a text the arrows are the text's, and what stands there is no command.
        assert "【人员】" in (await play.press("f3", "left")).splitlines()[1]
        assert "【统计】" in (await play.click("统计")).splitlines()[1]
        # What is known of a register that has moved on is not said any more.
        act(demo, "read", "DB-2026-0206", "L03", decision="agree", text="同意。")
        assert isinstance(play.app.screen, DeskScreen)
        play.app.screen.reload()
        assert (await play.look()).splitlines()[1].startswith("  待办  台账  已办 【统计】")
    async with playing(demo, "BGS.clerk1", (60, 16)) as play:
        assert (await play.press("right")).splitlines()[1].rstrip().endswith("2/8  ← →")
        # Nothing is cut without a sign there either, as `playing` sees.
        await play.press("enter", "f5", "escape", "f7", "f1", "escape", "f2", "escape", "escape", *["right"] * 6)
