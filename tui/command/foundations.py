"""Commands for people, rules and days: ``roster``, ``calendar``, ``policy``, ``clause``; what changes them is ``act``."""

from datetime import date
from pathlib import Path

import click

from desk.calendar_file import LIMIT, NotACalendarError, days_besides, read_calendar
from desk.clauses import clause_lines, clauses_found
from desk.days_off import fallen, falling
from desk.desk import Desk
from desk.roster_table import rows_of, written
from desk.rules import settings, sheet, versions, waiting
from desk.staff import Post, bodies, found, posts_meant, tasks
from desk.tenures import tenures, told
from desk.units import unit_called
from records.acts import Refusal
from records.acts.roster_changes import rehearsed, role_named, steps
from records.bureau.calendar import Calendar
from records.bureau.foundations import LEADERS
from records.matter.plain_data import to_data
from records.rules.clocks import LIGHT_LABELS
from records.store.disk import read_foreign
from tui.command.common import as_json, as_person, caller_of, desk_of, fail, refused, say, say_data, table
from tui.command.help import ChineseCommand, ChineseGroup, command
from tui.command.paths import write_file
from tui.command.tables import sheets_of, workbook_of
from tui.door.guest import Guest

_FEW = 5  # people whose work is listed, and not only counted
_TOLD = 12  # clauses that are told in full; the longest part has eleven


@click.group("roster", cls=ChineseGroup)
def roster() -> None:
    """花名册：何人任何职（show），写成表格（export），从表格办理任免调动（import）。"""


@roster.command("show", cls=ChineseCommand)
@click.argument("words", metavar="[WORDS]…", nargs=-1)
@click.option("--vacant", is_flag=True, help="只列有空缺的单位。")
@as_person
@as_json
@click.pass_context
def show_roster(context: click.Context, words: tuple[str, ...], vacant: bool, person: str | None, as_data: bool) -> None:
    """各单位何人任何职、自何时起、谁代理、哪里空缺、各人手里几件；按姓名、拼音首字母、编号、登录名、职务查找的，只列此人和要办的事。"""
    desk = desk_of(context, person)
    typed = " ".join(words)
    every = [(body, posts_meant(body, typed) or body.posts) for body in found(bodies(desk), typed, only_vacant=vacant)]
    if as_data:
        names = ("role", "person", "name", "title", "note", "busy")
        say_data(
            [
                {"body": body.id, **{name: getattr(post, name) for name in names}, "items": list(post.hand.items)}
                for body, posts in every
                for post in posts
            ]
        )
        return
    for body, posts in every:
        say(f"{body.name}  {body.about}".rstrip())
        table([(f"  {post.label}", post.name, post.title, f"手里{post.busy}件" if post.busy else "", post.note) for post in posts])
    meant = {post.person: post for body, _ in every for post in posts_meant(body, typed) if post.person}
    for post in meant.values() if len(meant) <= _FEW else ():
        _say_in_hand(desk, post)
    if not every:
        say("没有找到。")


def _say_in_hand(desk: Desk, post: Post) -> None:
    """Say what somebody has to do, and on which items, as far as whoever asks may see them."""
    seen = tasks(desk, post.person)
    unseen = f"，其中{post.busy - len(seen)}件不在您的职责范围内" if len(seen) < post.busy else ""
    say(f"{post.name}要办的 {post.busy} 件{unseen}" + ("：" if seen else ""))
    table([("  " + LIGHT_LABELS[each.light.colour], each.light.short, each.label, each.excerpt.id, each.excerpt.title) for each in seen])


@roster.command("history", cls=ChineseCommand)
@click.argument("body", metavar="UNIT")
@click.argument("words", metavar="[ROLE]", required=False, default="")
@as_person
@click.pass_context
def show_history(context: click.Context, body: str, words: str, person: str | None) -> None:
    """一个单位（写代码或名称；局领导写 leaders）的职务历任何人、起止、文件依据、哪一笔提交；可只看一个职责，如 联络员。"""
    desk = desk_of(context, person)
    roster = desk.view.roster
    unit = body if body == LEADERS else unit_called(body, roster)
    if not unit:
        fail(f"花名册里没有“{body}”这个单位。")
    role = role_named(words) if words else ""
    if words and not role:
        fail(f"没有“{words}”这个职责。")
    for name, text in told(tenures(desk, unit, role), roster):
        say(f"{name}  " + text.replace("\n", "\n    ") if name else text)


@roster.command("export", cls=ChineseCommand)
@click.argument("target", metavar="FILE.xlsx", type=click.Path(dir_okay=False, path_type=Path))
@as_person
@click.pass_context
def export_roster(context: click.Context, target: Path, person: str | None) -> None:
    """把花名册写成表格：单位、任职、代理各一张，改好以后用 duban roster import 读回。"""
    desk = desk_of(context, person)
    sheets = {name: rows for name, rows in written(desk.view.roster, desk.today).items() if len(rows) > 1}
    write_file("写出花名册", target, workbook_of(sheets, f"{desk.view.roster.bureau.name}花名册", desk.clock()))
    say(f"已写出 {target}：{'、'.join(f'{name}{len(rows) - 1}行' for name, rows in sheets.items())}。")


@roster.command("import", cls=ChineseCommand)
@click.argument("source", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--basis", metavar="TEXT", default="", help="文件依据；表里“文件依据”一栏写了的，照表里的。")
@click.option("--dry-run", is_flag=True, help="只列出要办的各步和触及的事项，不办。")
@as_person
@click.pass_context
def import_roster(context: click.Context, source: Path, basis: str, dry_run: bool, person: str | None) -> None:
    """照表格办理任免、调动、分工、单位设立和更名：表里写到的单位以表为准，不在表里的任职即免去。有一处不对就一步也不办。"""
    desk = desk_of(context, person, acting=True)
    rows, wrong = rows_of(sheets_of(source))
    wanted, more = steps(rows, desk.view.roster, desk.today, basis)
    wrong = (*wrong, *more)
    who = desk.person.id if desk.person else ""
    if not wrong:
        outcomes, wrong = rehearsed(desk.view.world(), wanted, who, desk.clock())
        table([(each.spec.label, each.about) for each in outcomes])  # which body it is done on stands in the second
    if wrong:
        fail("\n".join(["表里有误，一步也没有办：", *(f"  {each}" for each in wrong)]))
    if not wanted:
        say("表里的与花名册相同，没有要办的。")
    elif dry_run:
        say(f"共 {len(wanted)} 步。（只是试办，没有记入登记簿。）")
    else:
        landed = desk.register.act_together([(each.act, each.target, each.inputs) for each in wanted], who, desk.clock())
        if isinstance(landed, Refusal):
            refused(landed)
        say(f"已办 {len(landed)} 步，最后一笔提交 {landed[-1].commit[:10]}。")


@command("calendar")
@click.argument("month", metavar="[MONTH|YEAR]", required=False)
@click.option(
    "--import",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="从文件登记 YEAR 的节假日安排：holiday-cn 的 .json，或者 .ics。",
)
@click.option("--basis", metavar="TEXT", default="", help="通知文号，如 国办发明电〔2026〕9号。")
@click.option("--dry-run", is_flag=True, help="只看文件里读出来的安排，不登记。")
@as_person
@click.pass_context
def show_calendar(context: click.Context, month: str | None, source: Path | None, basis: str, dry_run: bool, person: str | None) -> None:
    """工作日历：一个月（如 2027-01）哪些天放假、调休上班；--import 按通知登记一年的安排。"""
    desk = desk_of(context, person, acting=source is not None and not dry_run)
    asked, guest = month or desk.today.strftime("%Y-%m"), caller_of(context).guest
    if source is None:
        say("\n".join(sheet(desk.view.calendar, _month(asked), desk.today)))
        _say_fallen(desk, person, guest)
        return
    try:
        data = read_foreign(source, LIMIT)
        year = read_calendar(data, int(asked[:4]) if asked[:4].isdecimal() else 0, basis)
        others = days_besides(data, year.year)
    except NotACalendarError as error:
        fail(f"{source}：{error}")
    table(
        [("放假", each.name, f"{each.since} 至 {each.until}") for each in year.holidays] + [("上班", "调休", day) for day in year.workdays]
    )
    if others:
        say(f"通知还涉及{year.year}年以外的日子：{'、'.join(others)}。这里不登记，请并入那一年的安排，另办“公布节假日安排”。")
    if dry_run:
        calendar = Calendar({**desk.view.calendar.years, year.year: year})
        for item, days in falling(desk, calendar):
            if new := [str(each) for each in days if desk.view.calendar.is_workday(each.date)]:
                say(f"公布以后落在休息日：{item.id} {item.title}  {'、'.join(new)}")
        return
    if not year.basis:
        fail("文件里没有写明通知。请用 --basis 写明文号。")
    inputs = {name: value for name, value in to_data(year).items() if name in ("basis", "holidays", "workdays")}
    done = desk.do("announce_calendar", str(year.year), inputs)
    if isinstance(done, Refusal):
        refused(done)
    say(f"已办 {done.outcome.spec.label} {done.outcome.about}（提交 {done.commit[:10]}）")
    _say_fallen(desk, person, guest)


def _say_fallen(desk: Desk, person: str | None, guest: Guest | None) -> None:
    """Say which matters are due on days off, and each act by which the person may move them as a command; of the others who may."""
    found = fallen(desk)
    if found:
        say(f"\n时限落在休息日的在办事项 {len(found)} 件，逐件办：")
    for each in found:
        say(f"{each.item} {each.title}  {'、'.join(map(str, each.days))}")
        for way in each.ways:
            say(f"  {way.to}，{way.label}。{way.refusal or ''}")
            if way.refusal is None:
                say(f"  {way.command(each.item, person or '', guest.identity.login if guest else '')}")


@command("policy")
@as_person
@click.pass_context
def show_policy(context: click.Context, person: str | None) -> None:
    """现在施行的时限和规则，历次版本，评分规则；有拟定待批准的，列出与现行不同之处。"""
    desk = desk_of(context, person)
    view = desk.view
    table(settings(view.policy))
    table([(f"版本 {each.version}", f"{each.since} 起", each.told, f"在办{each.items}件") for each in versions(desk)])
    say(f"{view.scoring.title}：")
    table(settings(view.scoring))
    table(waiting(view))


@command("clause")
@click.argument("words", metavar="[NUMBER|WORDS]…", nargs=-1)
def show_clause(words: tuple[str, ...]) -> None:
    r"""规定条文：原文、据此可办的、据此不予的。按编号、不予办理的序号或者条文里的字查找，不写时列出各条。

    \b
    例：duban clause 2-3
        duban clause 三（一）1
        duban clause R-03
        duban clause 重新上报
    """
    typed = " ".join(words)
    found = clauses_found(typed)
    if not found:
        fail(f"规定里没有“{typed}”。用 duban clause 列出各条。")
    if not typed or len(found) > _TOLD:
        table([(each.clause.id, each.number, each.clause.heading) for each in found])
        return
    for each in found:
        say(f"{each.clause.id}  {each.clause.heading}")
        for name, text in clause_lines(each, whole=len(found) == 1):
            say(f"  {name}：" + text.replace("\n", "\n    "))


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01" if len(text) > 4 else f"{text}-01-01")
    except ValueError:
        fail(f"“{text}”不是月份，应写作 2027-01。")


COMMANDS = (roster, show_calendar, show_policy, show_clause)
