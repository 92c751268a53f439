"""How many keys the daily acts take from the row of 待办 that they are about, held against what was allowed; typed text is not counted.

Run with ``-s`` it prints the table.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import groupby

from records.matter.prose import printed_code
from records.register.register import Register
from tests.tui.playing import Playing, act, playing
from tui.widgets.line_list import LineList

_REPORTED = "DB-2026-0188"


class _Counting:
    """A person whose keys are counted."""

    def __init__(self, play: Playing) -> None:
        self._play = play
        self.keys: list[str] = []
        self.text = ""
        self.register = play.app.desk.register

    async def stands_on(self, text: str) -> None:
        """Bring the cursor to a row; the way there depends on what else there is to do, and is not counted."""
        self.text = await self._play.press("home")
        while text and text not in self._under():
            self.text = await self._play.press("down")

    def _under(self) -> str:
        row = self._play.app.focused
        assert isinstance(row, LineList)
        return " ".join(vars(row.row).get(name, "") for name in ("what", "title")) if row.row else ""

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
        at: what stands in the row that it is about, where that is not the one on which the cursor stands at first.
        before: what others do before.
    """

    what: str
    person: str
    allowed: int
    task: Callable[[_Counting], Awaitable[object]]
    done: str
    at: str = ""
    before: Callable[[Register], object] = lambda _: None


def _submitted(register: Register) -> None:
    act(register, "submit", _REPORTED, "JJ.liaison")


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
    await hand.press("enter", "4", "enter")
    for text in ("上级领导批示", "", "上级领导批示", "市委办公室", "群众来信摘报第99期", "今天", "省领导", "今天"):
        await hand.type(text)
        await hand.press("enter")
    await hand.type("请抓紧查实整改，结果报我。")
    await hand.does("do")


async def _propose(hand: _Counting) -> None:
    await hand.press("enter")
    for text in ("交警", "治安、城关", "逐校排查隐患", "护学岗到岗情况"):
        await hand.type(text)
        await hand.press("enter")
    await hand.type("城关：违停整治")
    await hand.press("tab", "tab", "tab")
    await hand.type("拟由交警支队主办，治安支队、城关分局协办。")
    await hand.does("do")


async def _find(hand: _Counting) -> None:
    await hand.type("夜市")
    await hand.press("enter")


async def _return(hand: _Counting) -> None:
    await hand.press("f5")
    place = next(row.split()[0] for row in hand.text.splitlines() if "责成重新上报" in row)
    await hand.press(place, "3", "4")
    await hand.type("没有责任人，协办意见未附。")
    await hand.press("tab")
    await hand.type("+1工作日")
    await hand.does("do")


async def _receive(hand: _Counting) -> None:
    await hand.press("enter")
    await hand.type("2")
    await hand.press("enter", "enter")
    item = hand.register.view().item(_REPORTED)
    assert item is not None
    assert item.report is not None
    await hand.type(printed_code(item.report.hash))
    await hand.does("do")


async def _mend(hand: _Counting) -> None:
    await hand.press("enter")
    await hand.does("insert")
    await hand.press("enter")


async def _people(hand: _Counting) -> None:
    await hand.press("ctrl+p")
    await hand.type("人员")
    await hand.press("enter")


BUDGETS = (
    _Budget("阅示，同意", "L03", 2, _do, "已办：阅示"),
    _Budget("主要领导同意", "JJ.main_leader", 3, _consent, "已办：主要领导同意"),
    _Budget("签收", "JB.liaison", 2, _do, "已办：签收"),
    _Budget("协办意见", "JJ.liaison", 2, _opine, "已办：协办意见"),
    _Budget("退回重报，打开，到第一项缺的", "QLH.liaison", 3, _mend, "# 五、责任所队和时限。"),
    _Budget("看报告改了什么", "QLH.liaison", 2, lambda hand: hand.does("compare"), "第2轮"),
    _Budget("无新进展", "CG.liaison", 2, _do, "已办：反馈无新进展", at="进展反馈"),
    _Budget("纸质件核收", "BGS.registry", 4, _receive, "已办：纸质件核收", before=_submitted),
    _Budget("退回，两条原因", "BGS.clerk1", 6, _return, "已办：责成重新上报", at="办公室审核"),
    _Budget("登记，八项事实", "BGS.clerk1", 14, _register, "已办：登记立项"),
    _Budget("拟办：主办，两个协办，三项要求", "BGS.clerk1", 10, _propose, "已办：拟办", at="拟办"),
    _Budget("催办，照常用的话", "BGS.clerk1", 2, _do, "已办：催办", at="城关分局"),
    _Budget("按两个字找到、打开", "BGS.clerk1", 1, _find, "市委领导对夜市噪声扰民和秩序问题的批示  办理中"),
    _Budget("为什么不能办", "BGS.clerk1", 1, lambda hand: hand.does("act"), "不能办"),
    _Budget("到别的页", "BGS.clerk1", 2, lambda hand: hand.does("roundups"), "通报"),
    _Budget("到别的页，按名称", "BGS.clerk1", 2, _people, "看职务"),
)


async def test_what_people_do_all_day_takes_no_more_keys_than_allowed(demo: Register) -> None:
    told, over = ["准用 实用  办什么"], []
    for person, budgets in groupby(BUDGETS, key=lambda each: each.person):
        todo = list(budgets)
        todo[0].before(demo)
        async with playing(demo, person) as play:
            for each in todo:
                await play.app.action_inbox()
                hand = _Counting(play)
                await hand.stands_on(each.at)
                await each.task(hand)
                assert each.done in hand.text, f"{each.what}\n{hand.text}"
                told.append(f"{each.allowed:4} {len(hand.keys):4}  {each.what}：{' '.join(hand.keys)}")
                if len(hand.keys) > each.allowed:
                    over.append(each.what)
    print("\n".join(told))  # noqa: T201 - the table is what the test is run for by hand
    assert not over, "\n".join(told)
