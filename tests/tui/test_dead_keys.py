"""With function keys that do nothing all can be done: by buttons, Ctrl+P and arrows, without the mouse as with it."""

from records.register.register import Register
from tests.tui.playing import Playing, playing

_FIELDS = 30
"""More than a form has."""


class _Keyboard:
    """Keys of a person whose keyboard, or terminal, has no function keys."""

    def __init__(self, play: Playing) -> None:
        self._play = play
        self.type, self.click = play.type, play.click

    async def press(self, *keys: str) -> str:
        assert not any(key.startswith("f") and key[1:].isdigit() for key in keys)
        return await self._play.press(*keys)

    async def reaches(self, text: str, key: str) -> None:
        """Press a key until something is seen."""
        for _ in range(_FIELDS):
            if text in (seen := await self.press(key)):
                return
        raise AssertionError(seen)

    async def goes(self, words: str) -> str:
        """Go somewhere, or do something, by a word for it."""
        await self.press("ctrl+p")
        await self.type(words)
        return await self.press("enter")


async def test_a_day_without_function_keys_and_without_a_mouse(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        hand = _Keyboard(play)
        # Pages, search, views, what can be done and why not, comparison, documents, help.
        assert "【台账" in await hand.press("right")
        assert "视图和列" in await hand.goes("视图和列")
        await hand.press("escape")
        assert "办理  DB-2026-" in await hand.goes("办法")
        await hand.press("escape", "escape")
        await hand.type("电动自行车")
        await hand.press("enter")
        assert "对比 0194 第1轮" in await hand.goes("对比")
        await hand.press("escape")
        assert "公文" in await hand.goes("公文")
        await hand.press("escape", "escape", "escape")
        assert "做什么（按回车就做）" in await hand.type("？")
        await hand.press("escape")
        # A new matter is registered from the list of ways, its list opened by Enter, the form handed in by its button.
        assert "登记立项〔一〕" in await hand.goes("登记新事项")
        await hand.type("省领导对学校周边交通安全的批示")
        assert "选择类别" in await hand.press("enter", "enter")
        await hand.type("4")
        await hand.press("enter")
        for text in ("上级领导批示", "", "上级领导批示", "市委办公室", "群众来信摘报第99期", "今天", "省领导", "今天"):
            await hand.press("enter")
            await hand.type(text)
        await hand.press("enter")
        await hand.type("请抓紧查实整改，结果报我。")
        await hand.reaches(">【登记立项 F10】", "tab")
        assert ">【留草稿 Esc】" in await hand.press("right")
        assert "已办：登记立项" in await hand.press("left", "enter")
        # What else a form does is a word away, and leaving it by its button keeps what was typed.
        await hand.goes("拟办")
        await hand.type("交警")
        await hand.reaches(">【拟办 F10】", "down")
        assert "所填内容已存为草稿" in await hand.press("right", "enter")
        await hand.goes("拟办")
        assert "再按一次 F9" in await hand.goes("重填")


async def test_what_a_button_says_follows_the_decision_and_a_click_does_it(demo: Register) -> None:
    async with playing(demo, "L03") as play:
        hand = _Keyboard(play)
        assert " 【同意交办 F10】  【不办 Esc】" in await hand.press("enter")
        assert " 【请办公室修改后再报 F10】  【留草稿 Esc】" in await hand.press("right")
        await hand.press("left")
        assert "已办：阅示" in await hand.click("【同意交办 F10】")
