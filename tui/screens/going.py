"""去哪里、办什么: acts on the matter in front, screens, matters, people and units in one list, found by Chinese, pinyin or English words.

What cannot be done stands last, with the reason: whoever does not know the key does not know either why it is not there.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from textual.app import SystemCommand

from desk import ledger
from desk.desk import Desk
from desk.ledger import LedgerQuery
from desk.offering import offered
from desk.terms import serial
from records.acts import Prospect
from tui.frame.picker import Picker
from tui.screens.paged import PAGES
from tui.widgets.line_list import ListColumn

_MATTERS = 500
"""Matters that are listed, the newest first; of more the ledger finds the others by any word."""

_ALIASES = {
    "待办": "inbox todo 首页", "台账": "ledger list 事项 查找 find search", "已办": "done 我办过的", "统计": "statistics figures 数字",
    "通报": "roundup circular 汇总通报", "文号": "numbers 发文字号", "年终结转": "year end 归档 archive", "登记新事项": "register new 立项",
    "帮助": "help 怎么用", "退出": "quit exit", "办理": "do submit", "按键": "keys settings 设置 快捷键", "主题": "theme settings 设置",
    "导览": "tour", "人员": "people roster 花名册 单位 任免", "规则": "rules calendar clauses 时限 日历 节假日",
    "规定条文": "regulation clauses 规定 条文 制度", "休息日到期": "days off holidays 节假日", "我跟踪的": "followed",
    "我登记的": "registered mine", "换身份": "people identity 身份", "视图和列": "views columns settings 设置",
}  # fmt: skip
"""Other words by which a screen is found, as people and the English call it; they are never shown."""


@dataclass(frozen=True)
class Way:
    """Somewhere to go, or something to do.

    Attributes:
        kind: what it is, in a word.
        name: how it is called.
        about: what it does, or why it cannot be done.
        texts: what it is found by, also where it stands nowhere; what it does is told and not searched.
        go: does it; None where it cannot be done.
    """

    kind: str
    name: str
    about: str
    texts: tuple[str, ...]
    go: Callable[[], object] | None


@dataclass(frozen=True)
class Doors:
    """How the app opens what stands in the list: a form of an act on a matter, a matter, the roster at somebody."""

    act: Callable[[str, str], None]
    case: Callable[[str], None]
    people: Callable[[str], None]


def ways(desk: Desk, item: str, commands: Iterable[SystemCommand], doors: Doors, here: Iterable[SystemCommand] = ()) -> tuple[Way, ...]:
    """Return all ways from here; reads the register.

    Args:
        desk: the person's.
        item: id of the matter in front, empty where there is none.
        commands: what the app does everywhere.
        doors: how the app opens things.
        here: what keys do on the screen in front, for whoever has no such keys.
    """
    case = desk.open(item) if item else None
    person = desk.person.id if desk.person else ""
    acts = offered(case.prospects, case.item, case.duties, person) if case else ()
    found = [Way("办", each.spec.label, each.spec.help, _names(each), _opens(doors, each, item)) for each in acts if each.refusal is None]
    found += [Way("这里", each.title, each.help, _called(each), each.callback) for each in here]
    found += [_page(each) for each in commands]
    found += _matters(desk, doors)
    found += _people(desk, doors)
    return (*found, *(Way("不能办", each.spec.label, str(each.refusal), _names(each), None) for each in acts if each.refusal))


def going_picker(found: Sequence[Way], about: str) -> Picker:
    """Return the list, to be searched by typing."""
    columns = [
        ListColumn[Way]("", lambda way: way.kind, 6, _dim),
        ListColumn[Way]("去哪里、办什么", lambda way: way.name, None, _dim),
        ListColumn[Way]("说明", lambda way: way.about, 36, _dim, after=44),
    ]
    heading = f"去哪里、办什么{f'  {about}' if about else ''}  中文、拼音首字母、编号、姓名都行；空着按数字换页"
    digit: Callable[[Way], str] = lambda way: way.kind[2:] if way.kind.startswith("去 ") else ""  # noqa: E731
    return Picker(heading, columns, found, texts=lambda way: way.texts, digit=digit, empty="没有找到。换个词，或按 F3 到台账查找。")


def _page(each: SystemCommand) -> Way:
    names = [page.name for page in PAGES]
    digit = f" {names.index(each.title) + 1}" if each.title in names else ""
    return Way(f"去{digit}", each.title, each.help, _called(each), each.callback)


def _called(each: SystemCommand) -> tuple[str, ...]:
    return each.title, *_ALIASES.get(each.title.partition("：")[0], "").split()


def _names(each: Prospect) -> tuple[str, ...]:
    return each.spec.label, each.spec.name.replace("_", " ")


def _opens(doors: Doors, each: Prospect, item: str) -> Callable[[], None]:
    return lambda: doors.act(each.spec.name, item)


def _matters(desk: Desk, doors: Doors) -> Iterator[Way]:
    for line in ledger.page(desk, LedgerQuery(), 0, _MATTERS).lines:
        item = line.excerpt.id
        lead = f"{line.roster.unit_name(line.excerpt.lead)} {line.light.short}" if line.excerpt.lead else line.light.short
        texts = (item, serial(item, desk.today.year), line.excerpt.title)
        yield Way("事项", f"{item.removeprefix('DB-')} {line.excerpt.title}", lead, texts, _to(doors.case, item))


def _people(desk: Desk, doors: Doors) -> Iterator[Way]:
    roster = desk.view.roster
    for unit in roster.units.values():
        yield Way("单位", roster.unit_name(unit.id), "看职务和人员", (unit.id, unit.name), _to(doors.people, roster.unit_name(unit.id)))
    for person in roster.people.values():
        yield Way("人员", person.name, roster.position(person.id), (person.name, person.id, person.title), _to(doors.people, person.name))


def _to(door: Callable[[str], None], what: str) -> Callable[[], None]:
    return lambda: door(what)


def _dim(way: Way) -> str:
    return "$foreground-muted" if way.go is None else ""
