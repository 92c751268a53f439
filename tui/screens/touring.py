"""导览: five steps through the demo, told in one line beneath whatever is in front, that goes on when the person has done what it says.

It stands in nobody's way: it takes no key and no focus, and a line that is offered once. The keys in it come from the registry and are
those that the person goes by, so that it cannot say one that does nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from textual.app import SystemCommand
from textual.screen import Screen
from textual.widgets import Static

from desk.desk import Desk
from desk.ledger import LedgerQuery, page
from tui.frame.chosen import ChosenApp
from tui.frame.screen import DeskScreen, begin
from tui.screens.inbox import Inbox
from tui.terminal.keymap import KEYS
from tui.terminal.safety import plain

_INVITES = "第一次来：按 {go} 选“导览”，五步走一遍，约三分钟。不看也行，照常办事。"
_ENDED = "五步都走过了。以后想再看，按 {go} 选“导览”。"
_LOOKED = 500
"""Matters, the newest, among which one is looked for that has been reported on twice."""

_Front = Screen[object] | None


@dataclass(frozen=True)
class Stage:
    """A step of the tour.

    Attributes:
        name: under which it is remembered that the person has done it.
        called: what it is about, in a word.
        how: what to press, with the meanings of keys in braces.
        more: what the person should know besides.
        done: whether it is done once a screen has come to the front, from the one that was there before.
    """

    name: str
    called: str
    how: str
    more: str
    done: Callable[[_Front, _Front], bool]


def _opens(front: _Front, before: _Front) -> bool:
    return isinstance(before, Inbox) and (_is_form(front) or _is_matter(front))


def _hands_in(_: _Front, before: _Front) -> bool:
    from tui.forms.form import Form

    return isinstance(before, Form) and before.handed_in


def _finds(front: _Front, before: _Front) -> bool:
    from tui.screens.ledger import Ledger

    return isinstance(before, Ledger) and _is_matter(front)


def _is_form(screen: _Front) -> bool:
    from tui.forms.form import Form

    return isinstance(screen, Form)


def _is_matter(screen: _Front) -> bool:
    from tui.screens.case import CaseScreen

    return isinstance(screen, CaseScreen)


def _compares(front: _Front, _: _Front) -> bool:
    from tui.screens.rounds import Rounds

    return isinstance(front, Rounds)


def _helps(front: _Front, _: _Front) -> bool:
    from tui.screens.help import HelpPicker

    return isinstance(front, HelpPicker)


STAGES = (
    Stage(
        "inbox", "待办", "在待办里把光标移到一件上，按回车进去。",
        "您要办的都在这里，最急的在最上面。进去以后上面是依据，中间填，下面是办了以后怎样。没有待办的，按 {go} 换个身份。",
        _opens,
    ),
    Stage(
        "do", "填和办", "看过上面的依据，填好空着的，按 {do} 办。",
        "上面是依据，中间填，下面写着办了以后到谁手里。没有办的按 Esc 返回，填的不丢，下次接着填。",
        _hands_in,
    ),
    Stage(
        "find", "查找", "直接输两个字找一件（或先按 {find} 到台账），回车打开。",
        "输名称里的字、编号、单位、状态都行，例如“夜市”。按 Esc 清掉查找。",
        _finds,
    ),
    Stage(
        "compare", "对比", "在报过两轮的事项里按 {compare}，看哪些字改了。",
        "在这里按回车，就替您打开一件报过两轮的。旁边写着退回的原因，和承办单位怎样答。",
        _compares,
    ),
    Stage(
        "help", "不知道时", "按 {help} 看这里能按什么键；要去别处，按 {go} 说中文。",
        "每个画面最下面一行是这里能按的键。{go} 里中文、拼音首字母、编号、姓名都行。",
        _helps,
    ),
)  # fmt: skip
"""In the order in which they are walked."""


class TourLine(Static):
    """What to press now."""


class TouredApp(ChosenApp):
    """Base of the app: offers the tour in a demo, and walks it with whoever wants to."""

    _front: _Front = None
    _meant = ""
    _over = False

    def on_mount(self) -> None:
        """Follow which screen is in front."""
        if self._tours:
            self.screen_change_signal.subscribe(self, self._came)
            self._came(self.screen)

    def dress(self) -> None:
        """Go by where the person at the desk is in his tour."""
        super().dress()
        self._meant, self._over = "", False
        if self.is_running:
            self._tell_step()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer the tour at any time."""
        if self._tours:
            yield SystemCommand("导览", "五步，约三分钟：办、查、对比、求助", self.action_tour)
        yield from super().get_system_commands(screen)

    @property
    def invitation(self) -> str:
        """What is said to whoever is here for the first time; empty where he has answered it, or no tour is given."""
        return self.in_keys(_INVITES) if self._tours and self.desk.person and not self.settings.tour else ""

    @property
    def stage(self) -> Stage | None:
        """The step that the person is at: the one that he chose, else the first that he has not done."""
        left = [each for each in STAGES if each.name not in self.settings.toured]
        return next((each for each in left if each.name == self._meant), left[0] if left else None)

    def in_keys(self, text: str) -> str:
        """Return a text with the keys that the person goes by in the place of their meanings."""
        return text.format_map({name: self.key_called(self.keys.shown(each.key)) for name, each in KEYS.items()})

    def action_tour(self) -> None:
        """Show the steps."""
        from tui.screens.tour import TourPage

        if not isinstance(self.screen, TourPage):
            self.push_screen(TourPage())

    def try_stage(self, stage: Stage) -> None:
        """Walk a step, also once more: go where it can be done, unless something is being written, and say what to press."""
        self._meant, self._over = stage.name, False
        self.choose(tour="on", toured=tuple(each for each in self.settings.toured if each != stage.name))

        async def go() -> None:
            found = await self.ask(partial(_reported_twice, self.desk)) if stage.name == "compare" else ""
            if any(map(_is_form, self.screen_stack)):
                await self.pop_screen()
                return
            await self.run_action("inbox")
            if found:
                from tui.screens.case import CaseScreen

                self.push_screen(CaseScreen(found))
            elif stage.name == "compare":
                self.notify(self.in_keys("您能看的事项里还没有报过两轮的。按 {go} 换个身份再看这一步。"))

        begin(self, "tour", go)

    @property
    def _tours(self) -> bool:
        return self.desk.register.demo

    def _came(self, front: Screen[object]) -> None:
        """Take it down where what came to the front shows that a step is done."""
        before, self._front = self._front, front
        self._over = self._over and not isinstance(before, DeskScreen)
        if self.settings.tour == "on":
            toured = self.settings.toured
            done = [each.name for each in STAGES if each.name not in toured and each.done(front, before)]
            if done:
                self._over = len(toured) + len(done) >= len(STAGES)
                self.choose(tour="off" if self._over else "on", toured=(*toured, *done))
        self._tell_step()

    def _tell_step(self) -> None:
        if isinstance(front := self.screen, DeskScreen):
            front.call_later(self._put_beneath, front)

    def _put_beneath(self, screen: DeskScreen[object]) -> None:
        """Say what to press beneath what a screen shows; asked of the screen itself, once it is whole."""
        lines, told = screen.query(TourLine), self._beneath
        if not screen.is_attached:
            return
        if not told:
            lines.remove()
        elif lines:
            lines.first().update(plain(told))
        else:
            screen.mount(TourLine(plain(told), markup=False), before=screen.status)

    @property
    def _beneath(self) -> str:
        if self._over:
            return self.in_keys(_ENDED)
        if self.settings.tour != "on" or (stage := self.stage) is None:
            return ""
        return f"导览 {STAGES.index(stage) + 1}/{len(STAGES)} {stage.called}：{self.in_keys(stage.how)}"


def _reported_twice(desk: Desk) -> str:
    lines = page(desk, LedgerQuery(), 0, _LOOKED).lines
    return next((each.excerpt.id for each in lines if each.excerpt.round > 1), "")
