"""Signs that nobody sees, pasted from web pages and word processors: each is found, and the caret stands where the text says."""

import pytest
from textual.events import Paste

from records.register.register import Register
from tests.tui.playing import Playing, playing
from tui.forms.editors import LineEditor, TextEditor

SENTENCES = "".join(f"第{n}句，已查处货车23起。" for n in range(300))


async def _paste(play: Playing, text: str) -> str:
    play.app.post_message(Paste(text))
    return await play.look()


async def test_the_caret_goes_to_a_sign_that_may_not_stand_there(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("enter", "ctrl+home")
        await _paste(play, f"{SENTENCES[:3000]}\u200b{SENTENCES[3000:3050]}\x1b{SENTENCES[3050:]}\n")
        text = await play.press("f10")
        assert "不允许的字符 ⟨200B⟩" in text
        assert "光标已到不允许的字符后面，按退格键删去。" in text
        area = play.app.focused
        assert isinstance(area, TextEditor)
        assert area.cursor_location == (0, 3001)
        text = await play.press("backspace", "f10")
        assert "不允许的字符 ␛" in text
        assert area.cursor_location == (0, 3051)
        assert "已办：起草办结报告" in await play.press("backspace", "f10")


async def test_in_a_line_too(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f9")
        await _paste(play, "关于夜市\u202e噪声的批示")
        text = await play.press("f10")
        assert "按退格键删去" in text
        line = play.app.focused
        assert isinstance(line, LineEditor)
        assert line.cursor_position == 5
        assert "按退格键删去" not in await play.press("backspace", "f10")


@pytest.mark.parametrize("sign", ["\a", "\b", "\v", "\f", "\x1b", "\u200b"])
async def test_what_cannot_be_seen_moves_nothing_that_can(demo: Register, sign: str) -> None:
    """Rich takes some of them out as it draws, and what follows stood a place before its caret."""
    async with playing(demo, "QLH.liaison") as play:
        await play.press("enter", "ctrl+home")
        clean = await _paste(play, f"{SENTENCES}\n")
        await play.press("ctrl+home", "right", "right", "right")
        clean = await play.look()
        area = play.app.focused
        assert isinstance(area, TextEditor)
        area.insert(sign, (0, 1))
        rows = (await play.look()).splitlines()[4:10]
        assert rows == clean.splitlines()[4:10]
