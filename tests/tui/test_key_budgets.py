"""How many keys the daily acts take from the screen that one logs in to, held against what was allowed; text that is typed is not counted.

Run with ``-s`` it prints the table. What takes more than allowed stands there with what it takes, so that it cannot come to take more.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from records.register.register import Register
from tests.tui.playing import Playing, playing


class _Counting:
    """A person whose keys are counted."""

    def __init__(self, play: Playing) -> None:
        self._play = play
        self.keys: list[str] = []
        self.text = ""

    async def press(self, *keys: str) -> str:
        """Press keys."""
        self.keys += keys
        self.text = await self._play.press(*keys)
        return self.text

    async def type(self, text: str) -> str:
        """Type what no key is counted for."""
        self.text = await self._play.type(text)
        return self.text

    async def does(self, action: str) -> str:
        """Press the key that stands for an action here, whichever it is."""
        bindings = (each.binding for each in self._play.app.screen.active_bindings.values())
        return await self.press(next(each.key for each in bindings if each.action.rpartition(".")[2] == action))


@dataclass(frozen=True)
class _Budget:
    """One thing that people do all day.

    Attributes:
        what: what they do.
        person: who.
        allowed: keys that it may take.
        task: does it.
        done: what is seen then.
        takes: keys that it takes as yet, where these are more.
    """

    what: str
    person: str
    allowed: int
    task: Callable[[_Counting], Awaitable[object]]
    done: str
    takes: int = 0


async def _do(hand: _Counting) -> None:
    await hand.press("enter")
    await hand.does("do")


async def _consent(hand: _Counting) -> None:
    await hand.press("enter")
    while "已办" not in await hand.does("do"):
        assert "看完" in hand.text, hand.text


async def _opine(hand: _Counting) -> None:
    await hand.press("enter")
    await hand.type("同意，无补充。")
    await hand.does("do")


async def _register(hand: _Counting) -> None:
    await hand.does("register")
    await hand.type("省领导对学校周边交通安全的批示")
    await hand.press("down", "enter")
    await hand.type("4")
    await hand.press("enter", "down")
    await hand.type("上级领导批示")
    await hand.press("down", "down", "enter")
    await hand.type("上级领导批")
    await hand.press("enter", "down")
    for text in ("市委办公室", "群众来信摘报第99期", "今天", "省领导", "今天"):
        await hand.type(text)
        await hand.press("down")
    await hand.type("请抓紧查实整改，结果报我。")
    await hand.does("do")


async def _find(hand: _Counting) -> None:
    await hand.does("ledger")
    await hand.does("search")
    await hand.type("夜市")
    await hand.press("enter", "enter")


async def _compare(hand: _Counting) -> None:
    await hand.press("ctrl+p")
    await hand.type("0194")
    await hand.press("enter")
    await hand.does("compare")


async def _why(hand: _Counting) -> None:
    await hand.does("open")
    await hand.does("act")


async def _people(hand: _Counting) -> None:
    await hand.press("ctrl+p")
    await hand.type("人员")
    await hand.press("enter")


BUDGETS = (
    _Budget("阅示，同意", "L03", 2, _do, "已办：阅示"),
    _Budget("主要领导同意", "JJ.main_leader", 3, _consent, "已办：主要领导同意"),
    _Budget("签收", "JB.liaison", 2, _do, "已办：签收"),
    _Budget("协办意见", "JJ.liaison", 2, _opine, "已办：协办意见"),
    _Budget("登记，八项事实", "BGS.clerk1", 14, _register, "已办：登记立项", takes=16),
    _Budget("按两个字找到、打开", "BGS.clerk1", 1, _find, "夜市噪声扰民", takes=4),
    _Budget("看报告改了什么", "QLH.liaison", 2, _compare, "第2轮", takes=3),
    _Budget("为什么不能办", "BGS.clerk1", 1, _why, "不能办", takes=2),
    _Budget("到别的页", "BGS.clerk1", 2, lambda hand: hand.does("roundups"), "通报"),
    _Budget("到别的页，按名称", "BGS.clerk1", 2, _people, "看职务"),
)


async def test_what_people_do_all_day_takes_no_more_keys_than_allowed(demo: Register) -> None:
    told, over = ["准用 实用  办什么"], []
    for each in BUDGETS:
        async with playing(demo, each.person) as play:
            hand = _Counting(play)
            await each.task(hand)
            assert each.done in hand.text, f"{each.what}\n{hand.text}"
            told.append(f"{each.allowed:4} {len(hand.keys):4}  {each.what}：{' '.join(hand.keys)}")
            if len(hand.keys) > max(each.allowed, each.takes):
                over.append(each.what)
    print("\n".join(told))  # noqa: T201 - the table is what the test is run for by hand
    assert not over, "\n".join(told)
