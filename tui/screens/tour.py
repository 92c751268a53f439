"""导览: its five steps on one page, which are done and what each shows; Enter walks the one under the cursor."""

from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tui.frame.screen import DeskScreen, RowList
from tui.screens.touring import STAGES, Stage, TouredApp
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn

_INVENTED = "这是演示登记簿：人和事都是虚构的，做错了不要紧。\n做完一步打一个勾；中间走开，下次登录接着来。"


class _Stages(RowList[Stage]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "现在就试")]


class TourPage(DeskScreen[None]):
    """The tour."""

    GUIDE = "五步走一遍。光标放在一步上按回车，就去试；要按什么键，画面下面一直写着。按 Esc 走开，以后按 F2 选“导览”接着来。"
    AUTO_FOCUS = "_Stages"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"stage({n - 1})", f"第{n}步", show=False) for n in range(1, len(STAGES) + 1)),
        Binding("space", "tick", "打勾或去掉"),
        Binding("escape", "leave", "走开"),
    ]

    def body(self) -> ComposeResult:
        """Yield the steps, what is to be said of the one under the cursor, and that nothing here can go wrong."""
        yield Static(plain(f"导览  {len(STAGES)} 步，约三分钟，随时按 Esc 走开"), classes="heading", markup=False)
        yield _Stages(
            ListColumn("", lambda each: "[√]" if each.name in self.at.settings.toured else "[ ]", 3),
            ListColumn("步", lambda each: f"{STAGES.index(each) + 1} {each.called}", 10),
            ListColumn("怎么做", lambda each: self._walked.in_keys(each.how)),
            key=lambda each: each.name,
        )
        yield Static(classes="more", markup=False)
        yield Static(plain(_INVENTED, lines=True), classes="told", markup=False)

    async def load(self) -> None:
        """Show the steps, the cursor on the one that is next."""
        rows = self.query_one(_Stages)
        if rows.index is None:
            rows.replace(STAGES)
            if next_one := self._walked.stage:
                rows.cursor = STAGES.index(next_one)
        rows.refresh()

    def on_line_list_highlighted(self, _: LineList.Highlighted) -> None:
        """Say more of the step."""
        if stage := self.query_one(_Stages).row:
            self.query_one(".more", Static).update(plain(self._walked.in_keys(stage.more)))

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Walk the step."""
        self._walked.try_stage(STAGES[event.index])

    def action_stage(self, place: int) -> None:
        """Go to a step."""
        self.query_one(_Stages).cursor = place

    def action_tick(self) -> None:
        """Take a step for done, or no longer."""
        if stage := self.query_one(_Stages).row:
            toured = self.at.settings.toured
            others = tuple(each for each in toured if each != stage.name)
            self.at.choose(toured=others if stage.name in toured else (*toured, stage.name))
            self.query_one(_Stages).refresh()

    def action_leave(self) -> None:
        """Leave the tour where it stands."""
        self.at.choose(tour="off")
        self.dismiss()

    @property
    def _walked(self) -> TouredApp:
        return cast(TouredApp, self.app)
