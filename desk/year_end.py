"""年终结转: one list of what goes on into the next year, what can be archived now, and what the next year still lacks.

Carried over is what is open: it needs no record, for a matter keeps number, clock and holder over the new year whatever anybody enters.
The one thing that is done from this list is the act 归档, once an item, by the person who may do it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from desk.columns import LEDGER, NONE, Column, LedgerLine
from desk.desk import Desk
from desk.number_register import number_register
from desk.terms import holders, label
from records.acts import ARCHIVES, Refusal, duties
from records.acts.duties import Duty
from records.bureau.roster import role_label
from records.index.rows import Excerpt
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.register.register import Receipt
from records.rules.clocks import CLOSED, LIGHT_LABELS, Light
from records.store.record_files import Unreadable
from schema.tables import acts

if TYPE_CHECKING:
    from documents.forms.workbook import WorkbookSheet

BATCH = 50
"""Items that are archived together: others wait to act until a batch is through."""
Part = Literal["carried", "ready", "barred", "reserved", "series", "next"]
PARTS: dict[Part, str] = {
    "carried": "结转下年",
    "ready": "可以归档",
    "barred": "不能归档",
    "reserved": "已编号未签发",
    "series": "文号另起",
    "next": "下年准备",
}
_AFTERMATH = 3  # months into which the end of a year drags on
_BROKEN = "记录有误，请登记簿管理人员修复"


@dataclass(frozen=True)
class YearEndLine:
    """A line of the list.

    Attributes:
        part: what becomes of it.
        id: the item's, or the document number.
        title: its name; what the line is about where it is no item.
        state: its state.
        holder: who has it, and what he is to do next.
        due: by when, of a clock that runs.
        light: its light, None where it has none.
        note: what hinders, or is to be known.
    """

    part: Part
    id: str
    title: str
    state: str = ""
    holder: str = ""
    due: str = ""
    light: Light | None = None
    note: str = ""


@dataclass(frozen=True)
class YearEnd:
    """The list.

    Attributes:
        year: which year ends.
        commit: the commit that was read.
        lines: part by part.
        hidden: items that only a few may know of, and that are not listed.
    """

    year: int
    commit: str
    lines: tuple[YearEndLine, ...]
    hidden: int

    def of(self, part: Part) -> tuple[YearEndLine, ...]:
        """Return the lines of a part."""
        return tuple(line for line in self.lines if line.part == part)

    @property
    def counts(self) -> str:
        """How many there are of each part, in a line."""
        told = "，".join(f"{name}{len(self.of(part))}" for part, name in PARTS.items() if part not in ("series", "next"))
        return told + (f"；另有{self.hidden}件限定知悉范围，不列名" if self.hidden else "")


def _light(line: YearEndLine) -> str:
    return LIGHT_LABELS[line.light.colour] if line.light else NONE


_COLUMNS: tuple[Column[YearEndLine], ...] = (
    Column("part", "分项", lambda line: line.part, lambda line: PARTS[line.part], signs=13, cells=12),
    Column("id", "编号", lambda line: line.id or None, signs=20, cells=13),
    Column("title", "名称", lambda line: line.title, signs=32, running=True),
    Column("state", "状态", lambda line: line.state or None, signs=13, cells=14),
    Column("holder", "在谁手里", lambda line: line.holder or None, signs=24, running=True),
    Column("due", "现行时限", lambda line: line.due or None, signs=13),
    Column("light", "灯", lambda line: line.light and line.light.colour, _light, signs=5, cells=2, colours=LEDGER["light"].colours),
    Column("note", "说明", lambda line: line.note or None, signs=29, running=True),
)
YEAR_END = {column.name: column for column in _COLUMNS}
SCREEN = tuple(YEAR_END[name] for name in ("part", "id", "title", "state", "light"))
LISTED = tuple(YEAR_END[name] for name in ("id", "state", "light", "due", "holder", "title", "note"))


def usual_year(day: date) -> int:
    """Return the year whose end people mean on a day: to the end of March it is the one before."""
    return day.year - (day.month <= _AFTERMATH)


def year_end(desk: Desk, year: int) -> YearEnd:
    """Return the list of a year as the person may see it: of items entered in it or before, as they stand now.

    Raises:
        Unreadable: calendar, policy or roster are broken.
    """
    desk.whole()
    view, index = desk.view, desk.register.index
    still = [each for each in index.open_items() if int(each.id[3:7]) <= year]
    ended = [each for state in CLOSED for each in index.items(state=state) if state != "archived" and _told_in(each, year)]
    seen = {each.id for each in (*still, *ended) if desk.sees(each)}
    wide = desk.sees_every
    hidden = sum(bool(each.need_to_know) and each.id not in seen for each in (*still, *ended)) if wide else 0
    lines = (
        *sorted((_carried(desk, each) for each in still if each.id in seen), key=lambda line: line.id),
        *sorted(_closed(desk, [each for each in ended if each.id in seen]), key=lambda line: (line.part, line.id)),
        *_reserved(desk, year),
        *_series(desk, year),
        *_next(desk, year),
    )
    return YearEnd(year, view.commit, lines, hidden)


def archive(desk: Desk, lines: Sequence[YearEndLine]) -> tuple[tuple[YearEndLine, Receipt | Refusal], ...]:
    """Archive the items of these lines as the desk's person, each by an act and a commit of its own, and return what became of each.

    Args:
        desk: of the person who archives.
        lines: at most ``BATCH`` of them; those that are lawful are on record together.

    Raises:
        StoreError: the disk or the repository failed; nothing of these is on record unless the message says so.
    """
    assert desk.person is not None
    found = desk.register.act_each([(ARCHIVES, line.id, {}) for line in lines], desk.person.id, desk.clock())
    return tuple(zip(lines, found, strict=True))


def who_archives(desk: Desk) -> Refusal | None:
    """Return why the person cannot archive anything at all, None where the office is his."""
    spec, roster = acts()[ARCHIVES], desk.view.roster
    if desk.person is None:
        return Refusal(spec.clause, "没有选定身份。", "请先选定身份。")
    if any(roster.authority(desk.person.id, who, None, desk.today) for who in spec.who):
        return None
    office, role = roster.unit_name(roster.bureau.office), role_label(spec.who[0].role)
    return Refusal(spec.clause, f"“{spec.label}”由{office}{role}办理，不属于{desk.person.name}的职责。", rule=spec.who_rule or "")


def told(line: YearEndLine, became: Receipt | Refusal) -> str:
    """Return what became of an item in a line."""
    if isinstance(became, Receipt):
        return f"{line.id} 已归档"
    return f"{line.id} 没有归档：{became}"


def sheets(desk: Desk, found: YearEnd) -> "tuple[WorkbookSheet, ...]":
    """Return the list as a workbook, to be printed and signed."""
    from documents.forms.terms import day_text
    from documents.forms.workbook import WorkbookSheet  # with it come the libraries of documents, which no list needs

    at = desk.clock()
    heading = f"{desk.view.roster.bureau.name}{found.year}年督办事项年终结转清单"
    caption = f"截至{day_text(at.date().isoformat())}{at:%H:%M}，依据提交 {found.commit[:10]}，{found.counts}"
    return (WorkbookSheet("年终结转", heading, caption, [column.bound(found.lines) for column in _COLUMNS], frozen=3, paper="A4"),)


def _carried(desk: Desk, excerpt: Excerpt) -> YearEndLine:
    """An open matter: it goes on as it stands."""
    light, view = desk.light(excerpt), desk.view
    line = LedgerLine(excerpt, light, view.roster, calendar=view.calendar)
    item = _record(desk, excerpt)
    owed = duties(view.world(), item, desk.clock()) if item else ()
    return YearEndLine(
        "carried", excerpt.id, LEDGER["title"].told(line), label("state", excerpt.state),
        _holder(desk, owed) if owed else "", LEDGER["clock_due"].told(line), light, "" if item else _BROKEN,
    )  # fmt: skip


def _holder(desk: Desk, owed: Sequence[Duty]) -> str:
    return f"{holders(owed, desk.view.roster, titles=False)}，{acts()[owed[0].act].label}"


def _closed(desk: Desk, ended: Iterable[Excerpt]) -> Iterator[YearEndLine]:
    """What is over and not archived: whether the act would be lawful now, else what stands against it, with the clause."""
    view, at = desk.view, desk.clock()
    judge = desk.person.id if desk.person and who_archives(desk) is None else _archivist(desk)
    for excerpt in ended:
        title = LEDGER["title"].told(LedgerLine(excerpt, desk.light(excerpt), view.roster))
        line = YearEndLine("barred", excerpt.id, title, label("state", excerpt.state), note=_BROKEN)
        if (item := _record(desk, excerpt)) is None:
            yield line
            continue
        became, _ = desk.register.rehearse(view, ARCHIVES, item.id, judge, {}, at)
        if isinstance(became, Refusal):
            yield YearEndLine("barred", line.id, title, line.state, note=str(became))
        else:
            yield YearEndLine("ready", line.id, title, line.state, note=f"{item.over_at[:10]} 办结")


def _archivist(desk: Desk) -> str:
    """Whoever may archive today, for somebody who only looks; empty where nobody may, which the act itself then says."""
    roster, day = desk.view.roster, desk.today
    places = ((who.role, unit) for who in acts()[ARCHIVES].who for unit in roster.bodies(who, None))
    return next((each.person for role, unit in places for each in roster.standings(role, unit, day)), "")


def _told_in(excerpt: Excerpt, year: int) -> bool:
    """Whether a closed matter stands in the list of a year; what was cancelled or merged is never archived, and is told in its own."""
    over = int((excerpt.over or "0")[:4])
    return over == year or (over < year and excerpt.state in acts()[ARCHIVES].from_states)


def _record(desk: Desk, excerpt: Excerpt) -> Item | None:
    with suppress(Unreadable):
        return desk.view.item(excerpt.id)
    return None


def _reserved(desk: Desk, year: int) -> Iterator[YearEndLine]:
    """Numbers that stand reserved: they keep their year, whenever the document is signed."""
    for each in (past for past in desk.number_years() if past <= year):
        series = (_still_reserved(found) for found in desk.number_series(each)[0])  # of all others no record need be read
        for line in (line for lines in number_register(desk, tuple(series)) for line in lines if line.entry.status == "reserved"):
            note = f"{line.entry.item}，仍用{each}年的号；不再用的，请作废" if line.known else ""
            number, title = line.series.written(line.entry.number), line.paper.title if line.paper else ""
            yield YearEndLine("reserved", number, title, line.status, note=note)


def _still_reserved(series: NumberSeries) -> NumberSeries:
    return replace(series, entries=tuple(entry for entry in series.entries if entry.status == "reserved"))


def _series(desk: Desk, year: int) -> Iterator[YearEndLine]:
    """The series in use, each of which counts anew in the next year."""
    then = {each.series: each for each in desk.number_series(year + 1)[0]}
    for each in desk.number_series(year)[0]:
        if each.entries:
            after = then.get(each.series)
            begun = f"，已用到第{after.next - 1}号" if after and after.entries else ""
            note = f"{year}年用到第{each.next - 1}号，{year + 1}年从第1号起{begun}"
            yield YearEndLine("series", each.chars, desk.view.roster.series_name(each.series), note=note)


def _next(desk: Desk, year: int) -> Iterator[YearEndLine]:
    """What the next year needs: its calendar, and rules that somebody of the bureau approved."""
    view = desk.view
    days = view.calendar.years.get(year + 1)
    if days is None or days.estimated:
        note = "放假通知公布后请在“规则”里登记；此前的时限是估算"
        yield YearEndLine("next", "", f"{year + 1}年节假日安排", "尚未登记" if days is None else "估算", note=note)
    else:
        yield YearEndLine("next", "", f"{year + 1}年节假日安排", "已登记", note=days.basis)
    draft, version = view.policy_draft, view.policy.version
    if draft and draft.approved and draft.policy == view.policy:
        who = f"{view.roster.name(draft.approved.by, draft.approved.at)} {draft.approved.at[:10]} 批准施行"
        yield YearEndLine("next", "", f"时限和规则 {version}", "已批准", note=who)
    else:
        yield YearEndLine("next", "", f"时限和规则 {version}", "尚未批准", note="程序自带的估定值，请在“规则”里起草，报主管副局长批准")
    if draft and not draft.approved:
        yield YearEndLine("next", "", f"时限和规则 {draft.policy.version}", "已起草", note="新版尚未批准施行")


def in_batches(lines: Sequence[YearEndLine]) -> Iterator[Sequence[YearEndLine]]:
    """Yield the lines in the batches in which they are archived."""
    yield from (lines[start : start + BATCH] for start in range(0, len(lines), BATCH))
