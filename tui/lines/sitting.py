"""A person at the desk, line by line: what is to do first, then whatever he writes: a number of the list read out last, a word, a place."""

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial

from desk import daily, ledger, ledger_words
from desk.asked import asked
from desk.columns import LedgerLine
from desk.desk import CaseFile, Desk
from desk.ledger import LedgerQuery
from desk.mine import looked
from desk.offering import offered
from desk.roundups import owed_roundups
from desk.visits import came, news
from desk.wording import facts, head
from records.acts import Prospect
from records.matter.item import Item
from records.register.register import NEW
from records.store.record_files import Unreadable
from records.store.store import StoreError
from schema.text import narrow
from tui.forms.kept import goes_on, kept_on_matters, left_behind
from tui.lines.filling import Filling
from tui.lines.places import Door, Place, Places
from tui.lines.talk import Talk, numbered
from tui.lines.telling import matter_of, row_of
from tui.terminal.drafts import Drafts

_PAGE = 10
_FOUND = 500
_ITEM = re.compile(r"(?:DB-)?(?:(\d{4})-)?(\d{4,6})", re.ASCII | re.IGNORECASE)
_QUIT = ("退出", "tc", "再见", "q")
HELP = (
    "写念过的序号，就办那一件、看那一件。写事项的编号（如 0162）打开它，写别的字就在台账里找。",
    "还可以写：待办、台账、已办、登记、通报、文号、人员、规则、日历、更多、重念、退出；拼音首字母也行，如 db。",
    "打开一件以后：全文、经过、公文、对比、不能办；领导在纸上签了的，办公室写“代录”，在通报、规则里也一样。",
    "人员、通报、日历后面可以带字，如“人员 交警”“通报 2026-10”“日历 2027”。",
    "办的时候一栏一栏地问，直接按回车用念出来的内容；写 < 回上一栏，写 ? 听说明，写“不办”离开，写过的存为草稿。",
)


class Sitting:
    """One person's session.

    Args:
        talk: with him.
        desk: his.
        drafts: his, the same as of the screens.
    """

    def __init__(self, talk: Talk, desk: Desk, drafts: Drafts) -> None:
        self._talk, self._desk, self._drafts = talk, desk, drafts
        self._places = Places(desk)
        self._doors: list[Door] = []
        self._read = 0
        self._item = ""
        self._place: Place | None = None
        self._again: Callable[[], None] = self._duties
        self._words: Mapping[tuple[str, ...], Callable[[str], None]] = {
            ("待办", "db"): lambda _: self._duties(),
            ("台账", "tz"): lambda _: self._search(""),
            ("已办", "yb"): lambda _: self._put(self._places.done(), "您本月办过的", self._open),
            ("登记", "dj"): lambda _: self._act("register", NEW),
            ("通报", "tb"): lambda month: self._put_place(self._places.roundups(month)),
            ("文号", "wh"): lambda _: self._put_place(self._places.numbers()),
            ("人员", "ry"): lambda words: self._put_place(self._places.people(words)),
            ("规则", "gz"): lambda _: self._put_place(self._places.rules()),
            ("日历", "rl"): lambda year: self._put_place(self._places.days(year)),
            ("更多", "gd"): lambda _: self._more(),
            ("重念", "cn"): lambda _: self._again(),
            ("全文", "qw"): lambda _: self._whole(),
            ("经过", "jg"): lambda _: self._steps(),
            ("公文", "gw"): lambda _: self._papers(),
            ("对比", "bd"): lambda _: self._compared(),
            ("不能办", "bnb"): lambda _: self._shut(),
            ("代录", "dl"): lambda _: self._on_paper(),
            ("帮助", "bz", "?", "？"): lambda _: self._talk.say(*HELP),
        }

    def begin(self) -> None:
        """Greet the person, say what is to do, and do what he says until he leaves.

        Raises:
            HungUp: the line is at its end.
        """
        desk, roster = self._desk, self._desk.view.roster
        person = desk.person
        assert person is not None
        unit = roster.unit_of(person.id)
        body = roster.unit_name(unit) if unit and not person.title.startswith(roster.unit_name(unit)) else ""
        day = f"{desk.today.isoformat()} 周{'一二三四五六日'[desk.today.weekday()]}"
        self._talk.say(f"{roster.bureau.name}督办。{person.name}，{body}{person.title}。{day}。", "写“帮助”听怎样用，写“退出”离开。")
        if closed := desk.read_only:
            self._talk.say(str(closed))
        before = came(desk)
        self._told(self._duties)
        mine = frozenset(line.item for line in daily.page(desk, kept_on_matters(self._drafts)).mine)
        if told := news(desk, before, mine):
            self._talk.say(told)
        while (word := self._next()) not in _QUIT:
            self._told(partial(self._go, word))
        self._talk.say("再见。")

    def _next(self) -> str:
        self._talk.say("")
        return self._talk.ask("请选：").strip()

    def _told(self, work: Callable[[], None]) -> None:
        """Do something; what is wrong with the register is said, and the session goes on."""
        try:
            work()
        except StoreError as error:
            self._talk.say(str(error))
        except Unreadable as broken:
            first = str(broken.problems[0]) if broken.problems else "登记簿缺少必要的文件"
            self._talk.say(f"记录有误：{first}。请登记簿管理人员修复。")

    def _go(self, word: str) -> None:
        """Do what a word means."""
        if not word:
            self._talk.say("写序号，或者写“帮助”。")
            return
        if (at := numbered(word, len(self._doors))) is not None and len(narrow(word)) < 4:
            self._doors[at].go()
            return
        first, _, rest = word.replace("　", " ").partition(" ")
        for names, do in self._words.items():
            if first in names:
                do(rest.strip())
                return
        if match := _ITEM.fullmatch(narrow(word)):
            self._open(f"DB-{match[1] or self._desk.today.year}-{match[2]}")
        else:
            self._search(word)

    def _put(self, doors: Iterable[Door] | Iterable[tuple[str, str]], heading: str, go: Callable[[str], None] | None = None) -> None:
        """Read out a list, ten at first, each with the number that leads on."""
        self._doors = [each if isinstance(each, Door) else Door(each[0], partial(go or self._open, each[1])) for each in doors]
        self._read = 0
        self._talk.say("", f"{heading} {len(self._doors)} 件。" if go or not self._doors else heading)
        self._more()

    def _more(self) -> None:
        page = self._doors[self._read : self._read + _PAGE]
        self._talk.say(*(f"{n} {door.told}" for n, door in enumerate(page, start=self._read + 1)))
        self._read += len(page)
        if left := len(self._doors) - self._read:
            self._talk.say(f"还有 {left} 个，写“更多”接着念。")

    def _put_place(self, place: Place | None) -> None:
        """Tell of records that are no matter, and read out the acts on them, or the places they lead to."""
        if place is None:
            self._talk.say("没有找到。")
            return
        self._item, self._place = "", place
        self._talk.say("")
        self._talk.tell(place.told)
        doors = [Door(words, partial(self._act, act, target) if act else partial(self._go, target)) for words, act, target in place.ways]
        self._doors, self._read = doors, 0
        self._talk.say("", "可选：" if doors else "这里现在没有您要办的。")
        self._more()

    def _duties(self, *, brief: bool = False) -> None:
        """Read out what the person is to do, what he left half written and, unless he has just heard it, what he watches."""
        self._again, self._item, self._place = self._duties, "", None
        page = daily.page(self._desk, kept_on_matters(self._drafts))
        late = sum(line.light.colour == "red" for line in page.mine)
        told = f"待办 {page.total} 件" + (f"，其中逾期 {late} 件" if late else "")
        told += f"；草稿 {len(page.left)} 件" if page.left else ""
        told += f"；别人手里逾期的 {page.late} 件" if page.watched else ""
        own = [("", line) for line in page.mine] + [("草稿，", line) for line in page.left]
        others = [] if brief else [("别人手里，", line) for line in page.watched]
        self._doors = [Door(whose + row_of(line), partial(self._line, line)) for whose, line in (*own, *others)]
        for month, label in owed_roundups(self._desk):
            self._doors.insert(0, Door(f"{month} 通报，{label}", partial(self._go, f"通报 {month}")))
        self._read = 0
        nothing = self._desk.why_nothing or "没有待办。写“台账”看全部事项，写几个字查找。"
        self._talk.say("", f"{told}。" if self._doors or page.watched else nothing)
        self._more()

    def _line(self, line: daily.Line) -> None:
        """Go to the act of a row, where it is still open; else tell what was written for it, or go to the matter."""
        case = self._desk.open(line.item)
        if line.act and goes_on(self._desk, self._drafts, line.act, line.item, case):
            self._act(line.act, line.item)
        elif line.act and (left := left_behind(self._desk, self._drafts, line.act, line.item)):
            self._talk.say("", "写了没办的草稿：")
            self._talk.tell(left[0])
        else:
            self._open(line.item)

    def _search(self, words: str) -> None:
        """Read out the matters that words find, or all."""
        self._again, self._item, self._place = partial(self._search, words), "", None
        asked_for = ledger_words.meant(self._desk, LedgerQuery(words=words, order="number" if words else "time_left"))
        self._desk.catch_up()
        lines: tuple[LedgerLine, ...] = ledger.page(self._desk, asked_for.query, 0, _FOUND).lines
        if asked_for.told:
            self._talk.say("只看：" + "、".join(asked_for.told))
        self._put(((matter_of(line), line.excerpt.id) for line in lines), f"“{words}”找到" if words else "台账", self._open)

    def _open(self, item: str) -> None:
        """Say where a matter is, and what the person may do with it."""
        case = self._case(item)
        if case is None:
            return
        self._again, self._item, self._place = partial(self._open, item), item, None
        with suppress(StoreError, OSError):
            looked(self._desk, item, len(case.history))
        self._talk.say("")
        self._talk.tell(head(case, self._desk.view.roster, self._desk.view.calendar))
        ways = [each for each in self._offered(case) if each.refusal is None]
        self._doors = [Door(f"{each.spec.label}。{each.spec.help}", partial(self._act, each.spec.name, item)) for each in ways]
        self._read = 0
        self._talk.say("", "您可办：" if ways else "现在没有您要办的。")
        self._more()
        self._talk.say("还可以写：全文、经过、公文、对比、不能办。")

    def _case(self, item: str) -> CaseFile | None:
        case = self._desk.open(item) if item else None
        if case is None:
            self._talk.say(f"没有 {item} 这个事项，或不在您的职责范围内。" if item else "先打开一件：写它的编号。")
        return case

    def _offered(self, case: CaseFile) -> tuple[Prospect, ...]:
        assert self._desk.person is not None
        return offered(case.prospects, case.item, case.duties, self._desk.person.id)

    def _whole(self) -> None:
        if case := self._case(self._item):
            self._talk.tell(facts(case, self._desk.view.roster, self._desk.view.calendar))

    def _steps(self) -> None:
        if case := self._case(self._item):
            name = self._desk.view.roster.name
            for step in case.history:
                when = step.time[:16].replace("T", " ")
                self._talk.say(f"{when}，{name(step.person, step.time)}，{step.subject}", *step.words.splitlines())

    def _papers(self) -> None:
        """Read out which documents there are, each of them to be read out in turn."""
        from desk.documents import papers

        if case := self._case(self._item):
            found, told = papers(self._desk, case.item)
            if told:
                self._talk.say(told)
            self._put(((f"{each.title}，{each.state}，{each.name}", each.name) for each in found), "公文", partial(self._paper, case.item))

    def _paper(self, item: Item, name: str) -> None:
        from desk.documents import paper_text
        from documents.publishing.folder import PublishError

        try:
            lines = paper_text(self._desk, item, name)
        except PublishError as error:
            self._talk.say(f"没有生成：{error}")
            return
        self._talk.say(*(line.text for line in lines or ()), "（公文完。）")

    def _compared(self) -> None:
        """Read out what the last round of the report changed against the one before."""
        from desk.char_diff import changed, marked

        rounds = self._desk.rounds(self._item) if self._case(self._item) else {}
        if len(rounds) < 2:
            self._talk.say("报告还没有两轮，没有可对比的。")
            return
        (_, old), (_, new) = (rounds[each] for each in sorted(rounds)[-2:])
        self._talk.say("改动的段落。删去的在方括号减号里，增加的在花括号加号里：")
        told = [marked(line) for line in changed(f"{old.title}\n\n{old.body}", f"{new.title}\n\n{new.body}")]
        self._talk.say(*(line for line in told if "[-" in line or "{+" in line))

    def _shut(self) -> None:
        if case := self._case(self._item):
            self._talk.say(*(f"{each.spec.label}：{each.refusal}" for each in self._offered(case) if each.refusal))

    def _on_paper(self) -> None:
        """List what others may have signed on paper, for whoever enters that."""
        found: Iterable[tuple[Prospect, str]] = self._place.acts_on if self._place else ()
        if self._place is None:
            if (case := self._case(self._item)) is None:
                return
            found = ((each, case.item.id) for each in self._offered(case))
        ways = self._places.signed_on_paper(found)
        if doors := [Door(label, partial(self._act, act, target, on_paper=True)) for label, act, target in ways]:
            self._put(doors, "可以代录纸质签字的：")
        else:
            self._talk.say("这里现在没有可以在纸上签的，或者不由您代录。")

    def _act(self, act: str, target: str, *, on_paper: bool = False) -> None:
        """Fill in an act and do it; then what it led to, or the next thing to do."""
        if act == "register" and not self._places.registers:
            self._talk.say("登记立项不在您的职责范围内。")
            return
        done = Filling(self._talk, self._desk, self._drafts, asked(self._desk, act, target), on_paper=on_paper).done()
        if done is None:
            self._again()
        elif target == NEW and done.outcome.item:
            self._open(done.outcome.target)
        else:
            self._duties(brief=True)
