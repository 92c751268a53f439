"""办后 is what the record says afterwards: every act in every state from which the demo has it, and what no story has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from desk.desk import Desk
from desk.forms import Field
from desk.outlook import came_out, outlook
from desk.terms import holders
from documents.publishing.catalogue import plans
from records.acts import Outcome, duties
from records.matter.history import Step
from records.matter.item import Item
from records.matter.plain_data import to_data
from records.procedure.input_places import supplied
from records.register.register import NEW, Receipt, Register
from records.store.view import View
from schema.tables import acts, checker
from tests.tui.playing import NOW

_NOT_AGAIN = {"take_back"}
"""What asks for the last step of today, which is another one than it was."""


@dataclass(frozen=True)
class Done:
    """A step on a matter, with the register before it and after it."""

    step: Step
    item: str
    before: View
    after: View

    @property
    def was(self) -> Item | None:
        return self.before.item(self.item)

    @property
    def now(self) -> Item:
        found = self.after.item(self.item)
        assert found is not None
        return found


def _done(register: Register) -> Iterator[Done]:
    """Each step on a matter, the first of its act from one state to another."""
    register.index.catch_up()
    seen: set[tuple[str, str, str]] = set()
    for excerpt in register.index.items():
        for step in register.index.history(excerpt.id):
            if step.act not in acts() or step.act in _NOT_AGAIN or step.on_behalf_of or step.person not in register.view().roster.people:
                continue
            this = Done(step, excerpt.id, register.view(register.describe(step.commit).parent), register.view(step.commit))
            how = (step.act, this.was.state if this.was else "", this.now.state)
            if how not in seen:
                seen.add(how)
                yield this


def _rehearsed(register: Register, done: Done) -> Outcome:
    spec, step, was = acts()[done.step.act], done.step, done.was
    given = supplied(spec, to_data(was) if was else {}, to_data(done.now))
    at = datetime.fromisoformat(step.time)
    found, _ = register.rehearse(done.before, spec.name, done.item if was else NEW, step.person, given, at)
    assert isinstance(found, Outcome), (step, str(found))
    return found


def numbers_changed(before: View, after: View, year: int) -> set[str]:
    """The document numbers whose entry is another one than before."""
    every = ((after.numbers(name, year), before.numbers(name, year).entries) for name in after.series_in_use(year))
    return {series.written(entry.number) for series, entries in every for entry in series.entries if entry not in entries}


def _papers(item: Item | None) -> set[tuple[str, str, str]]:
    return {(plan.name, plan.draft, plan.number) for plan in plans(item)}


def _holds(register: Register, done: Done) -> None:
    said_truly(dict(came_out(_rehearsed(register, done), done.before)), done)


def said_truly(told: Mapping[str, str], done: Done) -> None:
    """Hold what was said an act would come to against what the record says."""
    was, now, about = done.was, done.now, f"{done.step.act} {done.item} {done.step.time}"
    assert checker("item").enum_label(("state",), now.state) in told["办后"].rpartition("→")[2], (about, told)
    due = duties(done.after.world(), now, datetime.fromisoformat(done.step.time))
    assert ("下一手" in told) == bool(due), about
    if due:
        who, _, then = told["下一手"].rpartition("，下一步")
        first, with_it, others = who.partition("和")
        assert (first, then) == (holders(due[:1], done.after.roster, titles=False), acts()[due[0].act].label), about
        units = {done.after.roster.unit_name(each.body or "") for each in due if (each.act, bool(each.body)) == (due[0].act, True)}
        assert set(filter(None, others.split("、"))) == units - {done.after.roster.unit_name(due[0].body or "")}, about
        assert bool(with_it) == bool(others), about
    numbers = numbers_changed(done.before, done.after, int(done.step.time[:4]))
    assert all(number in told.get("文号", "") for number in numbers), about
    assert bool(numbers) == ("文号" in told), about
    assert bool(_papers(now) - _papers(was)) == ("成文" in told), about
    passed = now.transfers[len(was.transfers) if was else 0 :]
    units = {unit for each in passed for unit in (each.from_unit, each.to_unit) if unit}
    assert all(done.after.roster.unit_name(unit) in told["单位"] for unit in units), about
    assert bool(passed) == ("单位" in told), about
    assert (len(now.voidings) > len(was.voidings if was else ())) <= ("失效" in told), about


_SELDOM = (
    ("change_assisting", "DB-2026-0203"), ("change_lead", "DB-2026-0205"), ("name_leader", "DB-2026-0206"),
    ("open_accountability", "DB-2026-0194"),
    ("approve_accountability", "DB-2026-0194"),
    ("record_outcome", "DB-2026-0194"),
    ("report_no_change", "DB-2026-0162"), ("read", "DB-2026-0206"), ("take_back", "DB-2026-0206"),
    ("verify", "DB-2026-0198"), ("void_number", "DB-2026-0156"),
)  # fmt: skip
"""Acts that no story has, each on a matter on which the demo's last morning leaves it open to somebody."""


def _words(field: Field) -> str:
    """What stands in a field, or may."""
    if field.default or field.besides:
        return field.default
    first = next((value for value, _ in field.choices if value), "")
    return first or ({"date": "明天", "number": "1"}.get(field.kind, "如实办理。") if field.required else "")


def test_the_same_holds_of_what_no_story_has(demo: Register) -> None:
    people = demo.view().roster.people.values()
    for act, item in _SELDOM:
        desks = (Desk(demo, person, lambda: NOW) for person in people)
        record = demo.view().item(item)
        assert record is not None
        desk = next(each for each in desks if any(one.spec.name == act and one.refusal is None for one in each.prospects(record)))
        given = desk.inputs(act, {field.name: _words(field) for field in desk.form(act, record)})
        told, before = outlook(desk, act, item, given), demo.view()
        assert told is not None
        done = desk.do(act, item, given)
        assert isinstance(done, Receipt), (act, str(done))
        this = Done(Step("", item, act, "", NOW.isoformat(), "", "", "", "", ""), item, before, demo.view())
        said_truly(dict(told.lines), this)


def test_what_an_act_was_said_to_come_to_is_what_the_record_says(demo_home: Path) -> None:
    register, met = Register(demo_home), set[str]()
    for done in _done(register):
        _holds(register, done)
        met.add(done.step.act)
    assert len(met) > 40, met
