"""One registry of keys: what each means, the person's own beside it, and why some keys cannot be given."""

import ast
import re
from pathlib import Path

import pytest

import tui
from records.register.register import Register
from tests.tui.playing import playing
from tui.frame.chosen import ChosenApp
from tui.terminal.keymap import KEYS, OwnKeys, refusal


async def test_a_key_of_ones_own_does_the_same_stands_at_the_foot_and_holds_the_next_time(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("ctrl+p")
        await play.type("按键")
        await play.press("enter", "down", "down", "enter")
        await play.stands("new_key")
        await play.press("ctrl+g")
        await play.stands("keys")
    async with playing(demo, "BGS.clerk1") as play:
        assert "视图 在办" in await play.press("ctrl+g")
        # Here it is the search line, as F3 is, which goes on working.
        text = await play.press("ctrl+g")
        assert "Ctrl+G 查找" in text
        assert play.app.focused is play.app.screen.query_one("OrderedInput")
        await play.press("escape", "f3")
        assert play.app.focused is play.app.screen.query_one("OrderedInput")
        await play.press("escape", "f1")
        assert re.search(r"Ctrl\+G、F3、/ +查找", await play.type("查找"))
        await play.press("escape")
        await play.press("ctrl+p")
        await play.type("keys")
        await play.press("enter", "down", "down")
        assert "已去掉另设的键" in await play.press("delete")
        assert "这一个没有另设过" in await play.press("delete")
    async with playing(demo, "BGS.clerk1") as play:
        assert "视图" not in await play.press("ctrl+g")


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("f5", "对这一件办什么"),
        ("f3", "本来就是这个键"),
        ("a", "输入法"),
        ("养", "输入法"),
        ("1", "输入法"),
        ("ctrl+space", "输入法"),
        ("shift+space", "输入法"),
        ("alt+f", "PuTTY"),
        ("f11", "全屏"),
        ("shift+pageup", "终端"),
        ("ctrl+b", "tmux"),
        ("ctrl+h", "退格"),
        ("ctrl+i", "Tab"),
        ("ctrl+m", "回车"),
        ("ctrl+k", "编辑"),
        ("ctrl+x", "编辑"),
        ("ctrl+q", "退出"),
        ("ctrl+c", "中断"),
        ("enter", "不能改"),
        ("up", "不能改"),
        ("ctrl+o", "“帮助：这里能按什么键”"),
    ],
)
def test_a_key_that_cannot_be_given_says_why(key: str, why: str) -> None:
    assert why in refusal("find", key, {"help": "ctrl+o"})


@pytest.mark.parametrize("key", ["ctrl+g", "ctrl+o", "ctrl+t", "f12", "insert"])
def test_any_other_can(key: str) -> None:
    assert refusal("find", key, {"find": "ctrl+g", "help": "ctrl+l"}) == ""


def test_kept_keys_that_cannot_be_take_none_away() -> None:
    own = OwnKeys({"find": "f5", "help": "q", "act": "ctrl+g", "new": "ctrl+g", "nothing": "ctrl+t"})
    assert own.given == {"act": "ctrl+g"}


async def test_a_refusal_stands_on_the_page_and_esc_leaves_all_as_it_was(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("ctrl+p")
        await play.type("按键")
        text = await play.press("enter", "enter", "f5")
        assert "F5 是“对这一件办什么，不能办的为什么”的键，不能再当别的用。" in text
        text = await play.press("enter", "escape")
        assert "按键  另设的" in text
        assert play.app.settings.keys == {}


async def test_wide_signs_of_an_input_method_command_as_narrow_ones_do(demo: Register) -> None:
    async with playing(demo, "L03") as play:
        assert "灯：红" in await play.type("１")
        await play.press("escape", "escape")
        assert "做什么（按回车就做）" in await play.type("？")


def test_no_two_meanings_share_a_key_and_screens_name_meanings() -> None:
    keys = [key for each in KEYS.values() for key in each.keys.split(",")]
    assert len(set(keys)) == len(keys)
    assert [(path.name, found) for path in Path(tui.__path__[0]).rglob("*.py") for found in _function_keys(path)] == []


def test_the_guide_says_what_each_key_means() -> None:
    guide = (Path(__file__).parents[2] / "docs/guide/clerk.md").read_text(encoding="utf-8")
    said = [row for row in guide.splitlines() if re.match(r"\| (F\d+|Ctrl)", row)]
    assert said == [f"| {'、'.join(map(ChosenApp().key_called, each.keys.split(',')))} | {each.told} |" for each in KEYS.values()]


def _function_keys(path: Path) -> list[str]:
    """Return the function keys that a module binds by their own name, beside the registry."""
    calls = [each for each in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(each, ast.Call)]
    first = [
        ast.literal_eval(each.args[0]) for each in calls if isinstance(each.func, ast.Name) and each.func.id == "Binding" and _said(each)
    ]
    return [key for key in first if re.search(r"\bf\d+\b", key)]


def _said(call: ast.Call) -> bool:
    return bool(call.args) and isinstance(call.args[0], ast.Constant)


async def test_where_no_function_key_comes_through_all_is_reached_by_others_and_by_the_mouse(demo: Register) -> None:
    async with playing(demo, "L03") as play:
        await play.press("ctrl+p")
        await play.type("0206")
        assert "在谁手里" in await play.press("enter")
        await play.press("ctrl+p")
        await play.type("阅示")
        assert " 阅示〔三（一）1〕" in await play.press("enter")
        await play.press("escape")
        await play.press("question_mark")  # what F4 to F9 do here, each done by Enter
        await play.type("公文")
        assert " 公文  DB-2026-0206" in await play.press("enter")
        await play.press("escape")
        # And by the mouse alone.
        assert "可以办 阅示" in await play.click(">您可办")
        text = await play.click("可以办 阅示")
        assert "不写就印“同意交办。”" in text, text
        assert "已办：阅示 DB-2026-0206" in await play.click("F10 办理")
