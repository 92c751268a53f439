"""Every act's form opens: on every record of the demo, for everybody to whom the act is open: desk, command, screen, lines."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from desk.asked import asked as put_together
from desk.desk import CaseFile, Desk
from desk.forms import unsaid
from desk.outlook import outlook
from desk.roundups import roundup
from records.acts import Prospect, form
from records.bureau.foundations import BUREAU, LEADERS, POLICY, SCORING, Foundation, kinds_named
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.roundup import Roundup
from records.procedure.shell import is_on_paper
from records.register.register import NEW, Register
from schema.tables import acts
from tests.tui.playing import NOW, Playing, act, playing
from tests.tui.talking import Said, drafts_of
from tests.tui.test_command import Shell
from tui.forms.fields import FieldRow
from tui.forms.form import Form, form_for
from tui.lines.filling import Filling

MONTH = "2026-10"
_FILLED: dict[str, tuple[str, str, dict[str, str]]] = {
    "sign_for": ("JB.liaison", "DB-2026-0203", {}),
    "urge": ("BGS.clerk1", "DB-2026-0162", {"means": "phone"}),
    "report_progress": ("JJ.liaison", "DB-2026-0171", {"percent": "60", "text": "隐患路段已排查完毕，正在整改。"}),
    "give_opinion": ("AN.liaison", "DB-2026-0188", {"text": "辖区4处已清理完毕。"}),
    "decide_objection": ("BGS.section_chief", "DB-2026-0201", {"decision": "accepted", "to_unit": "CG", "text": "按职责由属地分局主办。"}),
    "decline": ("L04", "DB-2026-0156", {"text": "请补充数据来源。"}),
    "bureau_sign": ("L04", "DB-2026-0156", {"text": "同意签发。"}),
    "request_extension": ("ZA.main_leader", "DB-2026-0160", {"reason": "两家单位的数据还没有对上。", "until": "12-21"}),
    "draft_policy": ("BGS.section_chief", POLICY, {"version": "2026-02", "due_urgent": "7", "reason": "试行一年，按季评估。"}),
    "announce_calendar": ("BGS.section_chief", "2027", {"basis": "国办发明电〔2026〕9号", "holidays": "元旦｜2027-01-01｜2027-01-03"}),
}
"""Who fills in what on which record: forms of the main acts that no other test shows."""


@dataclass(frozen=True)
class Open:
    """One act that is open to one person on one record, in one state."""

    person: str
    act: str
    target: str
    state: str


@pytest.fixture(scope="module")
def on_items(demo_home: Path) -> tuple[Open, ...]:
    """Return every act that is open to anybody on any item."""
    return tuple(_on_items(Register(demo_home)))


def _opened(prospects: Iterable[Prospect]) -> set[str]:
    return {each.spec.name for each in prospects if each.refusal is None}


def _desks(register: Register) -> Iterator[tuple[str, Desk]]:
    for person, who in register.view().roster.people.items():
        yield person, Desk(register, who, lambda: NOW)


def _on_items(register: Register) -> Iterator[Open]:
    view = register.view()
    items = [item for each in register.index.items() if (item := view.item(each.id))]
    for person, desk in _desks(register):
        for item in items:
            if desk.may_open(item):
                yield from (Open(person, name, item.id, item.state) for name in _opened(desk.prospects(item)))


def _on_other_records(register: Register) -> Iterator[Open]:
    for person, desk in _desks(register):
        if desk.view.roster.authority(person, acts()["register"].who[0], None, desk.today):
            yield Open(person, "register", NEW, "")
        for series in desk.number_series(NOW.year)[0]:
            yield from (Open(person, name, series.series, "") for name in _opened(desk.number_acts(series)))
        for target in ("JJ", "NEW", LEADERS, BUREAU, POLICY, SCORING, "2027"):
            yield from (Open(person, name, target, "") for name in _opened(desk.foundation_acts(kinds_named(target), target)))
        found = roundup(desk, MONTH)
        state = found.roundup.state if found.roundup else ""
        for name in _opened(found.prospects):
            yield Open(person, name, MONTH if acts()[name].from_states else found.to_draft, state)


def _at_every_stage_of_a_roundup(register: Register) -> Iterator[Open]:
    yield from _on_other_records(register)
    act(register, "draft_roundup", MONTH, "BGS.clerk1")
    yield from _on_other_records(register)
    act(register, "write_roundup", MONTH, "BGS.clerk1", text="逾期事项已逐件催办。")
    act(register, "approve_roundup", MONTH, "L03", text="同意印发。")
    yield from _on_other_records(register)


def _form_opens(desk: Desk, each: Open, on: Item | Roundup | NumberSeries | Foundation | None) -> None:
    fields = desk.form(each.act, on)
    shell = isinstance(on, Item) and on.secrecy.level != "none"  # of its texts none is asked for
    typed = (wanted for wanted in acts()[each.act].inputs if not (wanted.shown or wanted.own))  # no policy here asks for anybody's key
    asked = {
        wanted.name for wanted in typed if not (shell and not wanted.besides and is_on_paper(wanted, form(each.act).at((wanted.name,))))
    }
    if not (isinstance(on, Item) and on.report and on.report.to_answer):
        asked.discard("answers")  # nothing was returned
    assert {field.name for field in fields} == asked, each
    assert all(field.label for field in fields), each
    assert all(field.default in ("", *dict(field.choices)) for field in fields if field.kind == "choice"), each
    desk.inputs(each.act, {field.name: field.default for field in fields})


def test_at_the_desk(demo: Register, on_items: tuple[Open, ...]) -> None:
    desks, view = dict(_desks(demo)), demo.view()
    items = {item: view.item(item) for item in {each.target for each in on_items}}
    for each in on_items:
        _form_opens(desks[each.person], each, items[each.target])
    for each in _at_every_stage_of_a_roundup(demo):
        on = desks[each.person].subject(each.act, each.target)
        assert not isinstance(on, CaseFile)
        _form_opens(desks[each.person], each, on)


def test_by_command(
    demo: Register, on_items: tuple[Open, ...], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.command.environment.now", lambda: NOW)
    shell = Shell(demo.home, capsys, monkeypatch)
    told: dict[tuple[str, str], set[str]] = {}
    for each in on_items:
        told.setdefault((each.person, each.target), set()).add(each.act)
    for (person, item), names in told.items():
        out = shell.ok("acts", item, "--as", person)
        can = out.partition("不能办：")[0].splitlines()[1:]
        assert {line.split()[0] for line in can} == names


def test_line_by_line(demo: Register, on_items: tuple[Open, ...]) -> None:
    """Enter at each field, then 不办: it says what is decided on, asks for each field that the screen shows, says what comes of it."""
    every = {(each.act, each.person): each for each in on_items} | {(each.act, each.state): each for each in on_items}
    desks = dict(_desks(demo))
    for each in (*dict.fromkeys(every.values()), *_at_every_stage_of_a_roundup(demo)):
        form = put_together(desks[each.person], each.act, each.target)
        said = Said(answer=_enter_then_leave)
        assert Filling(said.talk, desks[each.person], drafts_of(demo, each.person), form).done() is None
        assert f"{acts()[each.act].label}〔" in said.heard, each
        assert all(value.split("\n")[0] in said.heard for _, value in form.told), each
        if each.act != "register":  # which asks for what its category needs
            assert all(f"栏 {field.label}，" in said.heard for field in form.fields if not field.besides), each
        assert any(words in said.heard for words in ("办后：", "还缺：", "还不能办：")), (each, said.heard)
        assert "没有办理" in said.heard, each


def _enter_then_leave(prompt: str) -> str:
    return "不办" if prompt.startswith("写“办”") else ""


async def test_on_the_screen_and_a_refusal_goes_with_the_last_field_that_it_is_about(demo: Register, on_items: tuple[Open, ...]) -> None:
    """Each act with each set of fields that it has anywhere. What is asked and not given stands there until it is given."""
    met: set[str] = set()
    shown: set[tuple[str, ...]] = set()
    async with playing(demo, "BGS.clerk1", theme="duban-light") as play:

        async def opens(found: Iterable[Open]) -> None:
            for each in {(one.act, one.state): one for one in found}.values():
                play.app.sit(demo.view().roster.people[each.person])
                if (fields := await play.app.ask(partial(_asked, play.app.desk, each))) not in shown:
                    shown.add(fields)
                    form = await play.app.ask(partial(form_for, play.app.desk, each.act, each.target))
                    await play.app.switch_screen(form)
                    assert acts()[each.act].label in await play.look(), each
                    if found is on_items and each.act not in met and await _refused_and_mended(play, form):
                        met.add(each.act)

        await opens(on_items)
        await opens(_at_every_stage_of_a_roundup(demo))
        for name in _FILLED:
            await _filled_in(play, demo, name)
    assert len({act for act, *_ in shown}) > 50
    assert len(met) > 15


async def _filled_in(play: Playing, demo: Register, name: str) -> None:
    """Fill in the form of an act and hold it against its snapshots: what it is decided on, how it was understood, what comes of it."""
    person, target, words = _FILLED[name]
    play.app.sit(demo.view().roster.people[person])
    form = await play.app.ask(partial(form_for, play.app.desk, name, target, "", words))
    await play.app.switch_screen(form)
    await play.look()
    await play.stands(f"form_{name}")


def _asked(desk: Desk, each: Open) -> tuple[str, ...]:
    """What tells one form from another: the act, and the fields that it has for this record."""
    on = desk.view.item(each.target) if acts()[each.act].target == "item" and each.target != NEW else desk.subject(each.act, each.target)
    assert not isinstance(on, CaseFile)
    return each.act, *(field.name for field in desk.form(each.act, on))


async def _refused_and_mended(play: Playing, form: Form) -> bool:
    """Say whether a form asks for anything that it does not have; what is said of that goes when it is given."""
    rows = list(form.query(FieldRow))
    lacking = {row.field.name for row in rows if row.wanted and not row.words}
    if not lacking - unsaid(form.spec, [row.field for row in rows], {row.field.name: row.words for row in rows}).keys():
        return False
    assert "不予办理" in await play.press("f10"), form.spec.name
    *others, last = form.query(".-wrong").results(FieldRow)
    for row in others:
        row.post_message(FieldRow.Changed(row))
    await play.look()
    assert form.query_one(".refusal").display, form.spec.name
    last.post_message(FieldRow.Changed(last))
    await play.look()
    assert not form.query_one(".refusal").display, form.spec.name
    return True


async def test_what_comes_of_an_act_is_read_by_the_thread_that_reads_the_register(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def watched(*given: object, **more: object) -> object:
        ran.append(threading.current_thread().name)
        return outlook(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("tui.forms.form.outlook", watched)
    async with playing(demo, "JJ.main_leader") as play:
        text = await play.press("enter")
        assert "办后      待主要领导同意 → 待上报" in text
        assert "下一手    交通警察支队联络员 邵拟行、汤拟泉，下一步上报" in text
        await play.press("tab")
        text = await play.press("right")
        assert "办后      待主要领导同意 → 起草报告" in text, "it follows what is filled in"
        assert "已办：主要领导同意 DB-2026-0188。现在在交通警察支队联络员 邵拟行、汤拟泉手里，下一步起草办结报告" in (
            await play.press("f10")
        ).replace("\n ", "")
    assert ran
    assert all(name.startswith("register") for name in ran)
