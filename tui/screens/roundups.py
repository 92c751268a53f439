"""通报: the monthly roundups, newest first; beneath them what the chosen one says, and each item that stands in it."""

from functools import partial
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Static

from desk.roundups import RoundupFile, roundup, roundups
from desk.terms import Line
from desk.wording import circular, listed
from records.acts import Prospect
from records.bureau.roster import Roster, role_label
from records.matter.roundup import Roundup, RoundupRow
from schema.tables import checker
from tui.frame.among import among
from tui.frame.parts import Facts, HeadFacts
from tui.frame.screen import RowList, begin
from tui.frame.unit_names import unit_within
from tui.screens.browsing import Browsing
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn

_LATE = "bold $text-error"


class _Line(NamedTuple):
    """An item in the roundup."""

    row: RoundupRow
    roster: Roster


_TITLE = 46
"""Cells that the title takes."""

_LEAD = 12  # and the unit


class _Months(RowList[Roundup]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "看各件")]

    def __init__(self) -> None:
        super().__init__(
            ListColumn("期次", lambda month: month.id, 7, stays=-1),  # the title begins with it
            ListColumn("标题", lambda month: month.title),
            ListColumn("状态", lambda month: checker("roundup").enum_label(("state",), month.state), 6),
            ListColumn("交办", lambda month: str(month.figures.opened), 4),
            ListColumn("报结", lambda month: str(month.figures.closed_on_time + month.figures.closed_late), 4),
            ListColumn("在办", lambda month: str(month.figures.open_in_time + month.figures.overdue), 4),
            ListColumn("逾期", lambda month: str(month.figures.overdue), 4, lambda month: _LATE if month.figures.overdue else ""),
            key=lambda month: month.id,
            least=_TITLE,
        )


class _Items(RowList[_Line]):
    """The items in the roundup."""

    def __init__(self) -> None:
        super().__init__(
            ListColumn("事项", lambda line: line.row.title),
            ListColumn("主办", lambda line: unit_within(line.roster.unit_name(line.row.lead), line.roster, _LEAD), _LEAD),
            ListColumn("时限", lambda line: (line.row.due or "")[5:] or "—", 5),
            ListColumn(
                "办理",
                lambda line: _late(line.row.days_late) or ("未逾期" if line.row.due else "—"),
                8,
                lambda line: _LATE if line.row.days_late is not None else "",
            ),
            ListColumn(
                "反馈",
                lambda line: _late(line.row.feedback_late) or "—",
                8,
                lambda line: _LATE if line.row.feedback_late is not None else "",
            ),
            ListColumn("催办", lambda line: str(line.row.urges or "—"), 4),
            ListColumn("退回", lambda line: str(line.row.returned or "—"), 4),
            ListColumn("通报", lambda line: "不列入" if line.row.omitted else "列入", 6),
            ListColumn("编号", lambda line: line.row.item, 12),
            key=lambda line: line.row.item,
        )


class Roundups(Browsing[None]):
    """The roundups of all months, and one of them in full."""

    GUIDE = (
        "上面选一期，回车到下面看列入的各件；在各件中按回车打开事项，按 Esc 回到上面。按 F5 办理：生成、写综述、不列入某件、审批、印发。"
    )
    AUTO_FOCUS = "_Months"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("act", "act"),
        Binding("escape", "back", "返回"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._found: tuple[Roundup, ...] = ()
        self._file: RoundupFile | None = None

    def body(self) -> ComposeResult:
        """Yield the months, what the chosen one says, its items, and the item under the cursor."""
        with Container(classes="pair"):
            yield _Months()
            yield Facts()
        yield Static(classes="broken", markup=False)
        yield _Items()
        yield HeadFacts(classes="row")

    async def load(self) -> None:
        """Read the roundups."""
        self._found, problems = await self.at.ask(partial(roundups, self.at.desk))
        broken = self.query_one(".broken", Static)
        broken.display = bool(problems)
        broken.update(plain(f"有 {len({each.file for each in problems})} 期记录有误：{problems[0]}" if problems else ""))
        months = self.query_one(_Months)
        months.say_empty("没有可看的汇总通报，怎样生成见下面。")
        months.replace(self._found)
        await self._read()

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Show the roundup, or the item, that the cursor came to."""
        if isinstance(event.control, _Items):
            self._tell_row()
        else:
            begin(self, "detail", self._told_read)

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Go from the months to the items, from there to the item itself."""
        if isinstance(event.control, _Months):
            self.query_one(_Items).focus()
        elif row := self._row:
            items = [each.row.item if each else None for each in self.query_one(_Items).shown]
            self.at.open_case(row.item, among=among(event.list, items, row.item))

    def action_act(self) -> None:
        """Show what can be done with the roundup now, and why the rest cannot."""

        async def offer() -> None:
            with self.telling():
                await self._read()
                file, row = self._file, self._row
                if file:
                    found = file.roundup
                    on = f"{found.id} {found.title}" if found else "汇总通报"
                    self.offer(on, file.prospects, partial(_target, file), row.item if row else "")

        begin(self, "offer", offer)

    def action_back(self) -> None:
        """Go back to the months, then leave."""
        months = self.query_one(_Months)
        if self.query_one(_Items).has_focus:
            months.focus()
        else:
            self.dismiss()

    @property
    def _row(self) -> RoundupRow | None:
        """The row of the roundup under the cursor."""
        place = self.query_one(_Items).index
        return self._file.roundup.rows[place] if self._file and self._file.roundup and place is not None else None

    async def _told_read(self) -> None:
        with self.telling():
            await self._read()

    async def _read(self) -> None:
        """Read the chosen roundup with what can be done on it, and show it."""
        place = self.query_one(_Months).index
        month = "" if place is None else self._found[place].id
        self._file = file = await self.at.ask(partial(roundup, self.at.desk, month))
        roster, found = self.at.desk.view.roster, file.roundup
        items = self.query_one(_Items)
        items.say_empty("这一期没有列入的事项。按 Esc 返回。" if found else "有了通报，其中各件就在这里。按 Esc 返回。")
        items.replace([_Line(row, roster) for row in found.rows] if found else [])
        self.query_one(".pair Facts", Facts).tell(self._told(file, roster))
        self._tell_row()

    def _told(self, file: RoundupFile, roster: Roster) -> list[Line]:
        told = list(circular(file.roundup, roster)) if file.roundup else [("怎样生成", self._how())]
        where = f"{'、'.join(path.name for path in file.documents)}\n{file.documents[0].parent}" if file.documents else "还没有生成。"
        told += [("公文", where)] if file.roundup else []
        labels = [each.spec.label for each in file.prospects if each.refusal is None]
        mine = [("您可办", f"{'、'.join(labels)}（按 F5）" if labels else "现在没有您要办的")] if self.at.desk.person else []
        return [*told[:1], *mine, *told[1:]]

    def _how(self) -> str:
        days = self.at.desk.view.policy.roundup_workday
        made = f"每月前{days}个工作日内由定时任务按记录生成上月的汇总；没有生成的，由{role_label('supervision_office')}在这里按 F5 生成。"
        return f"{made}印发以后各单位都能看到。"

    def _tell_row(self) -> None:
        row = self._row
        self.query_one(HeadFacts).tell(listed(row, self.at.desk.view.roster) if row else [])


def _target(file: RoundupFile, act: Prospect) -> str:
    return file.roundup.id if file.roundup and act.spec.from_states else file.to_draft


def _late(days: int | None) -> str:
    return "" if days is None else f"逾期{days}日" if days else "已过期"
