"""Lists with nothing in them say why, and what to do: in a register on its first day, and where nothing is found."""

import re
from pathlib import Path

import pytest

from records.register.register import Register
from tests.tui.playing import Playing, act, in_earnest, playing
from tests.tui.talking import sat
from tui.widgets.line_list import LineList

_WAY_OUT = re.compile(r"F\d|Esc|左右键|换个|见下面")
"""A key to press, or something else to do."""

_WALKS = {
    "待办": (), "台账": ("f3",), "台账找不到": ("f3", "f3", "查"), "已办": ("y",), "我跟踪的": ("y", "f7"), "我登记的": ("y", "f7", "f4"),
    "通报": ("b",), "文号": ("w",), "人员找不到": ("p", "f3", "查无此人"), "没有空缺": ("p", "f4"), "休息日": ("z", "f4"),
    "条文找不到": ("z", "f7", "f3", "查无此条"), "统计": ("i", "f4", "２０２５年", "enter"),
    "去哪里": ("f2", "查无此处"), "帮助": ("f1", "查无此键"),
}  # fmt: skip
"""The keys that lead to each list from the inbox, and what is typed there. The year's end is never empty: it lists what is due."""


async def _empty(play: Playing, keys: tuple[str, ...]) -> list[str]:
    for key in keys:
        await (play.press(key) if key.isascii() else play.type(key))
    lists = [rows for rows in play.app.screen.query(LineList) if rows.display and rows.region and rows.row is None]
    return [rows.render_line(1).text.strip() for rows in lists]


@pytest.mark.parametrize("person", ["BGS.clerk1", "QLH.liaison"])
async def test_every_empty_list_says_why_and_what_to_do(tmp_path: Path, person: str) -> None:
    async with playing(in_earnest(tmp_path), person) as play:
        said: dict[str, list[str]] = {}
        for name, keys in _WALKS.items():
            said[name] = await _empty(play, keys)
            while len(play.app.screen_stack) > play.app.GROUND:
                await play.app.pop_screen()
            await play.look()
    silent = {name: told for name, told in said.items() if not told or not all(map(_WAY_OUT.search, told)) or "…" in "".join(told)}
    assert not silent


async def test_who_left_his_office_is_told_why_there_is_nothing(demo: Register) -> None:
    gone = {"role": "liaison", "person": "JJ.liaison", "day": "2026-11-22", "effective": "2026-11-23", "basis": "兰公任〔2026〕1号"}
    act(demo, "relieve", "JJ", "BGS.section_chief", **gone)
    async with playing(demo, "JJ.liaison") as play:
        assert "您现在没有任职" in await play.look()
        text = await play.press("f3")
        assert "您现在没有任职" in text
        assert "还没有" not in text, "there are thirty"
    assert "您现在没有任职" in sat(demo, "JJ.liaison")
