"""Commands of the clock: ``tick``, ``digest``, ``roundup``."""

import sys
from datetime import datetime
from pathlib import Path

import click

from desk.dates import as_date
from desk.digest import digest as digest_of
from desk.inbox import inbox, inboxes
from records.acts import Refusal, perform
from records.bureau.roster import SYSTEM
from records.matter.plain_data import to_data
from records.matter.roundup import Roundup
from records.register.register import Register
from records.register.upkeep import far_ahead
from records.rules.roundup_figures import late_words
from records.rules.scoring import ranking, scores, totals
from records.store.disk import reporting
from records.store.paths import roundup_path
from records.store.store import StoreError
from schema.tables import acts, checker
from schema.text import show
from tui.command.common import as_json, as_person, caller_of, desk_of, fail, refused, register_of, say, say_data, table
from tui.command.configuration import USUAL, VARIABLE, ConfigurationError, digest_route
from tui.command.delivery import deliver
from tui.command.environment import clock
from tui.command.help import command


@command("tick")
@click.option(
    "--config",
    "place",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"配置文件；默认取环境变量 {VARIABLE}，再取 {USUAL}。",
)
@click.pass_context
def tick(context: click.Context, place: Path | None) -> None:
    r"""定时任务：到期提醒、逾期催办、到时生成汇总，发出待办摘要，每天取一个检查点。

    提醒、催办、摘要只在工作日发出，检查点休息日也取；重复运行、晚运行都不会多发、多取。

    \b
    待办摘要发到哪里，写在登记簿以外的配置文件里，每人每个工作日至多一份：
        [digest]
        state = "/var/lib/duban/digests.json"
        spool = "/var/spool/duban"
    或者不写 spool，交给一个程序：不经过 shell，摘要在它的标准输入，限时 10 秒，
    {login}、{id} 单独成一个参数，换成收件人的登录名、人员编号：
        command = ["/usr/local/bin/send", "{login}"]
    """
    register = register_of(context)
    if closed := register.read_only(clock(register)().date()):
        refused(closed)
    if doubt := far_ahead(register, clock(register)()):
        fail(f"定时任务没有办：{doubt}。")
    count = 0
    for due, done in register.tick(clock(register)()):
        count += 1
        said = str(done) if isinstance(done, Refusal) else f"{done.outcome.about}（提交 {done.commit[:10]}）"
        say(f"{acts()[due.act].label} {due.target} {said}")
    say(f"共 {count} 件。")
    taken = _took_checkpoint(register)
    if not _sent_digests(register, place) or not taken:
        sys.exit(1)


def _took_checkpoint(register: Register) -> bool:
    """Take the checkpoint of the day where it is due, and return whether there is nothing against it."""
    try:
        done = register.take_checkpoint(clock(register)())
    except StoreError as error:
        click.echo(show(f"没有取检查点：{error}", lines=True), err=True)
        return False
    if isinstance(done, Refusal):
        click.echo(show(f"没有取检查点：{done}"), err=True)
        return False
    if done is not None:
        say(f"检查点 {done.outcome.about}")
    return True


def _sent_digests(register: Register, place: Path | None) -> bool:
    """Send digests where the operator has said whereto, and return whether all that were due left; what the clock did is done by then."""
    counts = {True: 0, False: 0}
    try:
        route, now = digest_route(place, register.home), clock(register)
        if route is None or not register.view().calendar.is_workday(now().date()):
            return True
        digests = ((person, text) for person, tasks in inboxes(register, now) if (text := digest_of(person, tasks)))
        for person, trouble in deliver(route, now().date(), digests):
            counts[not trouble] += 1
            if trouble:
                click.echo(show(f"{person.id} 的待办摘要没有发出：{trouble}"), err=True)
    except (ConfigurationError, StoreError) as error:
        click.echo(show(f"待办摘要：{error}", lines=True), err=True)
        counts[False] += 1
    say(f"待办摘要发出 {counts[True]} 份。")
    return not counts[False]


@command("digest")
@as_person
@click.option(
    "--to", "folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="每人写一个文本文件，供短信、邮件转发。"
)
@click.pass_context
def digest(context: click.Context, person: str | None, folder: Path | None) -> None:
    """每人一份待办摘要，不是一事一条。"""
    register = register_of(context)
    if person or caller_of(context).guest:  # whoever came in through the door is told what is his alone
        desk = desk_of(context, person, acting=True)
        say(digest_of(desk.person, inbox(desk)))
        return
    for someone, tasks in inboxes(register, clock(register)):
        text = digest_of(someone, tasks)
        if not text:
            continue
        if folder is None:
            say(text + "\n")
        else:
            with reporting("写出摘要", folder):
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{someone.id}.txt").write_text(text + "\n", encoding="utf-8")
    if folder is not None:
        say(f"已写到 {folder}。")


@command("roundup")
@click.argument("month", metavar="MONTH")
@click.option("--as-of", "day", metavar="DATE", help="按某一天登记簿的样子重算，只看不存；任何时候重算结果都一样。")
@as_json
@click.pass_context
def roundup(context: click.Context, month: str, day: str | None, as_data: bool) -> None:
    """显示一期领导批示件办理情况汇总，MONTH 写作 2026-10。办理用 duban act draft_roundup 2026-10 等。"""
    register, desk = register_of(context), desk_of(context, None)
    found = desk.as_known(_as_of(register, month, day)) if day else desk.roundup(month)
    if found is None:
        fail(f"没有 {month} 这期汇总（{roundup_path(month)}），或不在您的职责范围内。用 duban act draft_roundup {month} 生成。")
    if as_data:
        say_data(to_data(found))
        return
    roster, check = register.view().roster, checker("roundup")
    say(f"{found.title}（{check.enum_label(('state',), found.state)}，统计时点 {found.as_of[:16].replace('T', ' ')}）")
    for name, count in to_data(found.figures).items():
        said = check.at(("figures", name))
        say(f"{said['title']} {count}" + (f"（{said['description']}）" if "description" in said else ""))
    if not found.rows:
        say("本期没有列入通报的事项。")
    if found.text:
        say(found.text)
    table(
        [
            (
                row.item,
                roster.unit_name(row.lead),
                checker("item").enum_label(("state",), row.state),
                row.due or "—",
                "，".join(late_words(row, roster.unit_name)),
                f"催{row.urges}次" if row.urges else "",
                f"退{row.returned}次" if row.returned else "",
                "不列入：" + row.omitted.reason.strip() if row.omitted else row.title,
            )
            for row in found.rows
        ]
    )


@command("score")
@click.argument("item", metavar="ITEM")
@as_person
@click.pass_context
def score(context: click.Context, item: str, person: str | None) -> None:
    """按评分规则给一个事项的主办单位计分，每一处扣分都指出是哪一笔提交。默认不排名。"""
    desk = desk_of(context, person)
    case = desk.open(item)
    if case is None:
        fail(f"没有 {item} 这个事项，或不在您的职责范围内。")
    view, rules = desk.view, desk.view.scoring
    marks = scores(case.item, case.history, view.policy_at(case.item.policy), view.calendar, rules)
    table([(mark.at[:10], view.roster.unit_name(mark.unit), f"{mark.points}", mark.commit[:10], mark.why) for mark in marks])
    for unit, total in totals(case.item, marks, rules).items():
        say(f"{view.roster.unit_name(unit)} {total} 分（{rules.title} {rules.version}）")
    say(ranking([], rules).note)


def _as_of(register: Register, month: str, day: str) -> Roundup:
    """Compute a roundup from the register as it stood at the end of a day."""
    try:
        end = datetime.fromisoformat(f"{as_date(day, clock(register)().date())}T23:59:59+08:00")
    except ValueError:
        fail(f"“{day}”不是日期，应写作 2026-11-10。")
    commit = register.commit_at(end)
    if commit is None:
        fail(f"{day} 登记簿还没有建立。")
    view = register.view(commit)
    drafted = perform(view.world(), "draft_roundup", None, SYSTEM, {}, end, target=month)
    if isinstance(drafted, Refusal):
        refused(drafted)
    assert drafted.roundup is not None
    return drafted.roundup


COMMANDS = (tick, digest, roundup, score)
