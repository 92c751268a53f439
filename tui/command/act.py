"""Commands that act: ``act`` and ``acts``."""

import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import NoReturn, ParamSpec

import click

from desk.desk import Desk, PaperSignature
from desk.terms import guessed
from records.acts import Prospect, Refusal, form
from records.bureau.foundations import Foundation, kinds_named
from records.matter.item import Item
from records.register.register import Receipt
from records.register.scans import TAKEN
from schema.tables import acts
from schema.yaml_text import LIMIT, read
from tui.command.common import as_json, as_person, commit_of, desk_of, fail, refused, say, say_data, table
from tui.command.completing import acts_named, items_named
from tui.command.environment import ZONE
from tui.command.help import command
from tui.command.paths import read_record

_P = ParamSpec("_P")


def _filled_in(told: Callable[_P, None]) -> Callable[_P, None]:
    """Give a command the act, what it is done on, by whom, and the ways to fill it in."""
    for each in (
        click.option("--stdin", "piped", is_flag=True, help="从标准输入读取各项，写成一个 JSON 对象；没有要填的可以是空的。"),
        click.option(
            "--from",
            "source",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE.yaml",
            help="从 YAML 文件读取各项。",
        ),
        click.option("--set", "pairs", multiple=True, metavar="KEY=VALUE", help="填写一项；可重复。列表用顿号隔开，多行内容请用 --from。"),
        as_person,
        click.argument("target", metavar="ITEM", shell_complete=items_named),
        click.argument("name", metavar="NAME", shell_complete=acts_named),
    ):
        told = each(told)
    return told


@command("act")
@_filled_in
@click.option("--at", "at", metavar="TIME", help="办理时间，如 2026-09-07T09:20；只在演示登记簿里可以写。")
@click.option("--paper-of", "signer", metavar="PERSON", help="录入纸质签字：签字人的人员编号；须同时附扫描件。")
@click.option(
    "--scan",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=f"纸质签字的扫描件：{TAKEN}。",
)
@click.option("--base", metavar="COMMIT", help="所据的提交（duban log 里的）：此后别人改过的，不予覆盖。不写的，视为看过现在的记录。")
@click.option("--dry-run", is_flag=True, help="只看办后如何：状态、下一手、文号、成文，人员和日历变动触及哪些事项；不记入登记簿。")
@as_json
@click.pass_context
def act(
    context: click.Context,
    name: str,
    target: str,
    person: str | None,
    pairs: tuple[str, ...],
    source: Path | None,
    piped: bool,
    at: str | None,
    signer: str | None,
    scan: Path | None,
    base: str | None,
    dry_run: bool,
    as_data: bool,
) -> None:
    r"""办理一个动作。登记立项时 ITEM 写 new，文号登记时写文号系列（special、letter、JJ.report）。

    人员、单位写单位代码（局领导写 leaders），机关写 bureau，日历写年份，时限规则写 policy。

    \b
    例：duban act sign_for DB-2026-0118 --as JJ.liaison
        duban act read DB-2026-0206 --as 顾拟宁 --set decision=agree --set text=同意。
    """
    if name not in acts():
        fail(f"没有“{name}”这个动作。可办的动作：{'、'.join(f'{each}（{spec.label}）' for each, spec in acts().items())}。")
    desk = desk_of(context, person, acting=True)
    if at is not None:
        desk = _at(desk, at)
    inputs = _inputs(desk, name, pairs, source, piped=piped)
    paper = _on_paper(signer, scan)
    if dry_run:
        _rehearse(desk, name, target, inputs, paper)
        return
    from desk.signing import done_signed

    seen = commit_of(desk.register, base, target) if base else None
    done = desk.do(name, target, inputs, paper, base=seen) if paper else done_signed(desk, name, target, inputs, seen)
    if as_data:
        _say_done(done)
        return
    if isinstance(done, Refusal):
        refused(done)
    from desk.corrections import corrected

    outcome = done.outcome
    say(f"已办 {outcome.spec.label} {outcome.target} {outcome.about}（提交 {done.commit[:10]}）")
    for line in corrected(outcome.was, outcome.item, desk.view.roster):
        say(f"        {line}")
    ends = [str(inputs.get(wanted.name, "")) for wanted in outcome.spec.inputs if wanted.at.endswith(("due", "until", "points"))]
    if note := guessed(" ".join((outcome.about, *ends)), desk.view.calendar):
        say(note)


@command("statement")
@_filled_in
@click.pass_context
def statement(
    context: click.Context, name: str, target: str, person: str | None, pairs: tuple[str, ...], source: Path | None, piped: bool
) -> None:
    r"""写出本人签名的声明：办理须本人签名的一步以前，把它存成文件，在自己的电脑上用 ssh-keygen 签。

    各项照办理时填写；时间和所据的提交是现在的，以后记录有变动的，重新写出、重新签。办理时把声明和签名块接在一起，填在 signature 里。

    \b
    例：duban statement consent DB-2026-0188 --as JJ.main_leader --set decision=agree > s.txt
        ssh-keygen -Y sign -n duban-signoff@v1 -f ~/.ssh/id_ed25519 s.txt
    """
    from desk.signing import statement_of

    if name not in acts():
        fail(f"没有“{name}”这个动作。")
    desk = desk_of(context, person, acting=True)
    found = statement_of(desk, name, target, _inputs(desk, name, pairs, source, piped=piped))
    if isinstance(found, Refusal):
        refused(found)
    sys.stdout.buffer.write(found[0].text.encode())
    sys.stdout.buffer.flush()


def _inputs(desk: Desk, name: str, pairs: tuple[str, ...], source: Path | None, *, piped: bool) -> dict[str, object]:
    """The inputs of an act from wherever they were written; what stands on the command line goes before what stands in a file."""
    words = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            fail(f"--set 应写作 名称=内容，收到的是“{pair}”。")
        words[key] = value
    given = {**(_from_file(name, source) if source else {}), **(_from_stdin(name) if piped else {})}
    return {**given, **desk.inputs(name, words)}


def _say_done(done: Receipt | Refusal) -> None:
    """Say for a program what became of an act."""
    if isinstance(done, Refusal):
        problems = [{"field": list(each.field), "label": each.label, "reason": each.reason} for each in done.problems]
        told = {"rule": done.rule, "clause": done.clause, "reason": done.reason, "way_out": done.way_out, "problems": problems}
        say_data({"done": False, **told})
        sys.exit(1)
    outcome = done.outcome
    say_data({"done": True, "act": outcome.spec.name, "target": outcome.target, "about": outcome.about, "commit": done.commit})


def _rehearse(desk: Desk, name: str, target: str, inputs: Mapping[str, object], paper: PaperSignature | None) -> None:
    from desk.outlook import outlook

    found = outlook(desk, name, target, inputs, paper=paper)
    if found is None or found.refusal:
        refused(found.refusal if found and found.refusal else Refusal("", "没有写明身份。", "请用 --as 写明。"))
    say("照此办理：")
    table([("  " + label, line) for label, line in found.lines] or [("  ", "没有触及在办的事项。")])
    say("（只是试办，没有记入登记簿。）")


@command("acts")
@click.argument("item", metavar="ITEM", shell_complete=items_named)
@as_person
@as_json
@click.pass_context
def list_acts(context: click.Context, item: str, person: str | None, as_data: bool) -> None:
    """列出此人对此件（或者单位、leaders、bureau、年份、policy、scoring）现在可办的动作，以及其余动作为什么不能办。"""
    desk = desk_of(context, person, acting=True)
    say_them = _say_acts_as_data if as_data else _say_acts
    if kinds := kinds_named(item):
        say_them(desk, {each: desk.foundation(each.spec.target, item) for each in desk.foundation_acts(kinds, item)})
        return
    case = desk.open(item)
    if case is None:
        fail(f"没有 {item} 这个事项，或不在您的职责范围内。")
    if closed := desk.read_only:
        refused(closed)
    say_them(desk, dict.fromkeys((*case.open_acts, *(each for each in case.prospects if each.refusal)), case.item))


def _say_acts(desk: Desk, found: Mapping[Prospect, Item | Foundation | None]) -> None:
    """Say which acts are open, with what they ask for, and why the others are not."""
    say("可办：")
    for each, on in found.items():
        if each.refusal is None:
            asked = (field for field in desk.form(each.spec.name, on) if not field.besides)
            wanted = "、".join(f"{field.name}{'' if field.required else '?'}（{field.label}）" for field in asked)
            say(f"  {each.spec.name}  {each.spec.label}〔{each.spec.clause}〕{'  填写：' + wanted if wanted else ''}")
    if all(each.refusal for each in found):
        say("  （没有）")
    say("不能办：")
    table([("  " + each.spec.name, each.spec.label, str(each.refusal)) for each in found if each.refusal])


def _say_acts_as_data(desk: Desk, found: Mapping[Prospect, Item | Foundation | None]) -> None:
    told = [
        {"act": each.spec.name, "label": each.spec.label, "clause": each.spec.clause, "refusal": str(each.refusal or "")} for each in found
    ]
    for line, (each, on) in zip(told, found.items(), strict=True):
        asked = () if each.refusal else desk.form(each.spec.name, on)
        inputs = [{"name": field.name, "label": field.label, "required": field.required} for field in asked if not field.besides]
        line |= {"inputs": inputs}  # type: ignore[dict-item]
    say_data(told)


def _at(desk: Desk, text: str) -> Desk:
    if not desk.register.demo:
        fail("正式登记簿的时间只取服务器时钟，不能用 --at。")
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        fail(f"“{text}”不是时间，应写作 2026-09-07T09:20。")
    local = (found.replace(tzinfo=ZONE) if found.tzinfo is None else found.astimezone(ZONE)).replace(microsecond=0)
    fixed = datetime.fromisoformat(local.isoformat())
    return Desk(desk.register, desk.person, lambda: fixed)


def _on_paper(signer: str | None, scan: Path | None) -> PaperSignature | None:
    if signer is None and scan is None:
        return None
    if signer is None or scan is None:
        fail("录入纸质签字须同时写明签字人（--paper-of）和扫描件（--scan）。")
    return PaperSignature(signer, scan)


def _from_stdin(name: str) -> dict[str, object]:
    """Return the inputs of an act as a program writes them: one object of JSON, no key twice; nothing at all where nothing was written."""
    data = b"" if sys.stdin.isatty() else sys.stdin.buffer.read(LIMIT + 1)
    if not data.strip():
        return {}
    if len(data) > LIMIT:
        fail(f"标准输入超过 {LIMIT >> 20} MiB，不予读取。")
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        fail(f"标准输入不是一个 JSON 对象（UTF-8）：{error}。例：" + '{"decision": "agree", "text": "同意。"}')
    typed = form(name).typed(found) if isinstance(found, dict) else None
    return typed if isinstance(typed, dict) else fail("标准输入应为一个 JSON 对象，写在花括号里。")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("有一项写了两次")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} 不是数")


def _from_file(name: str, source: Path) -> dict[str, object]:
    document = read(read_record(source), str(source))
    if document.data is None:
        fail("\n".join(str(problem) for problem in document.problems))
    found = form(name).typed(document.data)
    return dict(found) if isinstance(found, dict) else {}


COMMANDS = (act, statement, list_acts)
