"""Commands that look: ``ls``, ``show``, ``log``, ``diff``. What one of them alone needs is imported by it."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, get_args

import click

from desk.desk import CaseFile, Desk
from desk.mine import Mine, mine
from records.matter.history import Step
from records.rules.clocks import LIGHT_LABELS
from schema.check import keywords
from schema.tables import acts, checker
from schema.text import show
from tui.command.common import as_json, as_person, desk_of, fail, say, say_data, table
from tui.command.completing import items_named
from tui.command.help import command
from tui.command.tables import as_pdf, as_xlsx, write_book

if TYPE_CHECKING:
    from desk.columns import LedgerLine
    from records.bureau.roster import Roster
    from records.matter.item import Item

_T = TypeVar("_T")
_LIGHTS = {label: colour for colour, label in LIGHT_LABELS.items()} | {colour: colour for colour in LIGHT_LABELS}


@command("ls")
@as_person
@click.option("--unit", default="", metavar="UNIT", help="只看某单位主办或协办的，写单位代码。")
@click.option("--state", default="", metavar="STATE", help="只看某状态的，写英文名或中文名。")
@click.option("--category", type=click.IntRange(1, 9), metavar="N", help="只看某一类的，1 至 9。")
@click.option("--meeting", default="", metavar="TEXT", help="只看一次会议议定的，按纪要条目的次序，例如 2026年第18次。")
@click.option("--light", "colour", default="", metavar="LIGHT", help="只看某种灯：red 红、yellow 黄、green 绿。")
@click.option("--search", "words", default="", metavar="TEXT", help="只看找得到这些字的，与界面里查找一样；几个词用空格隔开。")
@click.option("--year", type=click.IntRange(2000, 2999), metavar="YEAR", help="只看某一年登记的，按编号里的年份。")
@click.option("--mine", "own", type=click.Choice(get_args(Mine)), help="只看自己的：registered 我登记的，followed 在界面里跟踪的。")
@as_xlsx
@as_pdf
@as_json
@click.pass_context
def ls(
    context: click.Context,
    person: str | None,
    unit: str,
    state: str,
    category: int | None,
    meeting: str,
    colour: str,
    words: str,
    year: int | None,
    own: Mine | None,
    sheet: Path | None,
    pdf: Path | None,
    as_data: bool,
) -> None:
    """台账：列出督办事项。"""
    from desk import columns

    desk = desk_of(context, person, acting=own is not None)
    labels = keywords(checker("item").at(("state",))).enum_labels
    state = next((name for name, label in labels.items() if state in (name, label)), state)
    if state and state not in labels:
        fail(f"没有“{state}”这个状态。可选：{'、'.join(f'{name}（{label}）' for name, label in labels.items())}。")
    if unit and unit not in desk.view.roster.units:
        fail(f"没有“{unit}”这个单位。可选：{'、'.join(f'{each.id}（{each.name}）' for each in desk.view.roster.units.values())}。")
    if colour and colour not in _LIGHTS:
        fail(f"没有“{colour}”这种灯。可选：red（红）、yellow（黄）、green（绿）。")
    found = _found(desk, words) if words else None
    rows = desk.ledger(unit=unit, state=state, colour=_LIGHTS.get(colour, ""), meeting=meeting, among=found)
    view = desk.view
    lines = [columns.LedgerLine(*row, view.roster, calendar=view.calendar) for row in rows if category in (None, row[0].category)]
    lines = [line for line in lines if year is None or line.excerpt.id.startswith(f"DB-{year}-")]
    if own is not None:
        lines = _his_own(desk, lines, own)
    if meeting:
        from desk.ledger import recorded  # and with it all acts, which a list does without

        lines = list(recorded(desk, reversed(lines)))  # as they were registered, which is the order of the minutes
    if write_book("写出台账", sheet, pdf, partial(_workbook, desk, lines, year)):
        say(f"共 {len(lines)} 件。")
    elif as_data:
        say_data([{column.name: column.data(line) for column in columns.JSON} for line in lines])
    else:
        table([[column.told(line) for column in (columns.DECIDED if meeting else columns.LISTED)] for line in lines])
        if not lines:
            click.echo("没有符合条件的事项。", err=True)
    for problem in desk.problems:
        click.echo(f"记录有误：{problem}", err=True)


def _found(desk: Desk, words: str) -> frozenset[str]:
    """Return the ids of what words find, as they do on the screen, and say what of the words is a filter."""
    from desk.ledger_words import matching  # and with it what only lists of the screens need

    found, told = matching(desk, words)
    if told:
        click.echo(show(f"只看：{'、'.join(told)}"), err=True)
    return found


def _his_own(desk: Desk, lines: "list[LedgerLine]", own: Mine) -> "list[LedgerLine]":
    """Return those that are the person's own, and say what happened to them."""
    news = {each.excerpt.id: each.news for each in mine(desk, own).lines}
    lines = [line for line in lines if line.excerpt.id in news]
    for line in lines:
        if told := news[line.excerpt.id]:
            click.echo(show(f"{line.excerpt.id} {told}"), err=True)
    return lines


def _workbook(desk: Desk, lines: "list[LedgerLine]", year: int | None) -> bytes:
    from desk import columns
    from desk.ledger import recorded
    from documents.forms.ledger import workbook

    known = list(recorded(desk, lines))
    title = f"{desk.view.roster.bureau.name}{f'{year}年' if year else ''}督办台账"
    return workbook(title, [column.bound(known) for column in columns.WORKBOOK], desk.clock())


@command("show")
@click.argument("item", metavar="ITEM", shell_complete=items_named)
@as_person
@as_json
@click.pass_context
def show_item(context: click.Context, item: str, person: str | None, as_data: bool) -> None:
    """显示一个事项：事实、要求、单位、报告，现在在谁手里、下一步是什么。"""
    from desk.wording import facts
    from records.matter.plain_data import to_data

    desk = desk_of(context, person)
    case = _case(desk, item)
    if as_data:
        standing: dict[str, object] = {
            "light": case.light.colour,
            "days_left": case.light.days,
            "estimated": case.light.estimated,
            "since": case.since,
        }
        if duty := case.next:
            people = (person for each in case.duties if each.act == duty.act for person in each.people)
            standing |= {"next": duty.act, "holder_role": duty.role, "holders": list(dict.fromkeys(people))}
        say_data({"item": to_data(case.item), "standing": standing})
        return
    for name, value in facts(case, desk.view.roster, desk.view.calendar):
        lines = value.split("\n")
        say(f"{name}：{lines[0]}" if name else lines[0])
        for line in lines[1:]:
            say(f"    {line}")


@command("log")
@click.argument("item", metavar="ITEM", shell_complete=items_named)
@click.option("--act", "named", metavar="ACT", help="只看这个动作，写名称（例如 审批延期）。")
@click.option("--by", "author", metavar="PERSON", help="只看这个人办的，写姓名或者人员编号。")
@click.option("--field", metavar="NAME", help="只看改动了这一栏的，写出原为什么、改为什么、新的内容最早见于哪一步，例如 --field 办结时限。")
@as_person
@click.pass_context
def log(context: click.Context, item: str, named: str | None, author: str | None, field: str | None, person: str | None) -> None:
    """列出一个事项的经过：何人、何时、依据哪一条、办了什么、哪一笔提交。"""
    from desk.corrections import corrected_by
    from desk.step_changes import members

    desk = desk_of(context, person)
    found, history = _known(item, desk.read(item))
    if field is not None and not members(field):
        fail(f"事项没有“{field}”这一栏。写栏目的名称或者英文键，例如 办结时限、due；用 duban show {item} --json 可以看到各栏。")
    shown = [step for step in history if _is_meant(desk, step, named, author)]
    if not shown:
        fail(f"{item} 的经过里没有这样的步骤。动作写名称，例如 审批延期；人写姓名或者人员编号。")
    if field is not None:
        _say_changes(desk, found, history, shown, field)
        return
    roster = desk.view.roster
    for step in shown:
        _say_step(roster, step)
        for line in corrected_by(desk.register, found, step):
            say(f"        {line}")


def _say_changes(desk: Desk, item: "Item", history: tuple[Step, ...], shown: list[Step], field: str) -> None:
    from desk.audit_words import said
    from desk.step_changes import changes_of, members

    roster = desk.view.roster
    names = {each.id: each.name for each in roster.people.values()}
    for found in changes_of(desk.register, item, history, members(field)):
        if found.step in shown:
            _say_step(roster, found.step)
            for each in found.changes:
                say(f"        {checker('item').label(each.place)}：{said(each, each.old, names)} → {said(each, each.new, names)}")
            if found.source is not None:
                say("        这个内容最早见于：")
                _say_step(roster, found.source, indent="          ")


def _is_meant(desk: Desk, step: Step, named: str | None, author: str | None) -> bool:
    spec = acts().get(step.act)
    act = named is None or named in (step.act, spec.label if spec else "")
    return act and (author is None or author in (step.person, desk.view.roster.name(step.person, step.time)))


def _say_step(roster: "Roster", step: Step, indent: str = "") -> None:
    spec = acts().get(step.act)
    behalf = f"（代{step.on_behalf_of.split(' <')[0]}）" if step.on_behalf_of else ""
    clause = f"〔{spec.clause}〕" if spec else ""
    who = roster.name(step.person, step.time)
    say(f"{indent}{step.time[:16].replace('T', ' ')}  {step.commit[:10]}  {who}{behalf}  {step.subject}{clause}")
    for line in step.words.splitlines():
        say(f"{indent}        {line}")


@command("diff")
@click.argument("item", metavar="ITEM", shell_complete=items_named)
@click.option("--rounds", nargs=2, type=int, metavar="N M", help="比较哪两轮，默认最后两轮。")
@as_person
@click.pass_context
def diff(context: click.Context, item: str, rounds: tuple[int, int] | None, person: str | None) -> None:
    """逐字比较办结报告的两轮文本：[-删去-]{+增加+}，并列出退回原因。"""
    from desk.answers import answered
    from desk.char_diff import changed, marked
    from desk.classified import NO_LONGER_SHOWN

    desk = desk_of(context, person)
    if _case(desk, item).item.classified:
        fail(NO_LONGER_SHOWN)
    found = desk.rounds(item)
    first, last = rounds or (max(found, default=0) - 1, max(found, default=0))
    for n in (first, last):
        if n not in found:
            fail(f"{item} 没有第{n}轮报告；现有 {'、'.join(str(each) for each in found) or '0'} 轮。")
    (old_commit, old), (new_commit, new) = found[first], found[last]
    say(f"{item} 第{first}轮（{old_commit[:10]}）→ 第{last}轮（{new_commit[:10]}）")
    back = next((each.returned for each in new.rounds if each.round == first), None)
    if back:
        this = next((each for each in new.rounds if each.round == first + 1), None)
        say("退回原因和答复：")
        for reason, said in answered(back, this):
            say(f"    {reason}：{said}")
        say(f"退回意见：{back.comment.strip()}\n")
    for line in changed(f"{old.title}\n\n{old.body}", f"{new.title}\n\n{new.body}"):
        say(marked(line))


def _case(desk: Desk, item: str) -> CaseFile:
    return _known(item, desk.open(item))


def _known(item: str, found: _T | None) -> _T:
    if found is None:
        fail(f"没有 {item} 这个事项，或不在您的职责范围内。")
    return found


COMMANDS = (ls, show_item, log, diff)
