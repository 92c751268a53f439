"""Who is on the roster and who holds which office: enrolled, put right, appointed, relieved, standing in, moved (二; D-17).

Each rests on a document and takes effect on a day; what was done before is judged by the roster of its own commit for ever.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from records.bureau.foundations import LEADERS
from records.bureau.roster import Appointment, Leaders, Person, Portfolio, StandIn, Term, Unit, Waiver, role_label
from records.bureau.roster_changes import Ended, Former, Moved
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE

_T = TypeVar("_T")
_OF_UNIT = ("waive_four_eyes", "rename_unit", "correct_unit", "dissolve_unit")
_OF_BODY = ("enrol", "correct_person", "appoint", "relieve", "stand_in", "end_stand_in", "move_person", *_OF_UNIT)


@TABLE.gate("D-17", *_OF_BODY, sees="record")
def there_is_such_a_body(case: Case, given: Given) -> Refusal | None:
    """What changes is there: the leadership, or a unit that stands."""
    if case.target == LEADERS:
        if case.spec.name in _OF_UNIT:
            return case.refuse("D-17", f"“{case.spec.label}”只用于单位。")
        return None
    unit = case.world.roster.units.get(case.target)
    if unit is None:
        return case.refuse("D-17", f"花名册里没有“{case.target}”这个单位。", "请核对单位代码；新的单位请先“设立单位”。")
    if unit.dissolved:
        successor = case.world.roster.unit_name(unit.dissolved.successor)
        return case.refuse("D-17", f"{unit.name}已于 {unit.dissolved.day} 撤并，由{successor}承接。", "请在承接单位办理。")
    return None


@TABLE.gate("D-17", "appoint", "set_portfolio")
def takes_effect_about_now(case: Case, given: Given) -> Refusal | None:
    """Acts are judged by it from today or later, a few workdays back at most, and not before the day of the fact (D-17)."""
    effective = given.maybe("effective")
    if effective and effective < given.text("since"):
        return case.refuse("D-17", f"生效日期 {effective} 早于任职日期 {given.text('since')}。", field="effective")
    return _too_far_back(case, effective, "effective")


@TABLE.gate("D-17", "relieve")
def ends_about_now(case: Case, given: Given) -> Refusal | None:
    """The same for the end of an office."""
    effective = given.maybe("effective")
    if effective and effective < given.text("day"):
        return case.refuse("D-17", f"生效日期 {effective} 早于免职日期 {given.text('day')}。", field="effective")
    return _too_far_back(case, effective, "effective")


@TABLE.gate("D-17", "stand_in", "waive_four_eyes")
def stands_for_days_to_come(case: Case, given: Given) -> Refusal | None:
    """A stand-in makes nothing lawful that was done before it was on record (D-6, D-17)."""
    if given.text("until") < given.text("since"):
        return case.refuse("D-17", f"止日 {given.text('until')} 早于起日 {given.text('since')}。", field="until")
    if given.text("until") < case.today:
        return case.refuse("D-17", f"止日 {given.text('until')} 已过。", field="until")
    return _too_far_back(case, given.text("since"), "since")


@TABLE.gate("D-17", "end_stand_in")
def ends_from_now_on(case: Case, given: Given) -> Refusal | None:
    """What stood in until now did so lawfully."""
    return _too_far_back(case, given.text("day"), "day")


def _too_far_back(case: Case, day: str | None, field: str) -> Refusal | None:
    back = case.world.policy.backdating_workdays
    first = case.world.calendar.shift(case.at.date(), -back).isoformat()
    if day is not None and day < first:
        return case.refuse(
            "D-17", f"{day} 太早：最多倒签{back}个工作日，不早于 {first}。", "以前办的事照当时的花名册，不受影响。", field=field
        )
    return None


@TABLE.gate("D-17", "correct_person")
def a_fact_of_somebody_here_changes(case: Case, given: Given) -> Refusal | None:
    """Somebody who is listed here is put right, and something is another than before."""
    old = next((each for each in _body(case).people if each.id == given.text("person")), None)
    if old is None:
        return case.refuse("D-17", f"{given.text('person')} 不在这里的名册上。", "在别处列名的，请到那里更正。", field="person")
    if all(given.maybe(name) in (None, getattr(old, name)) for name in ("name", "title", "login")):
        return case.refuse("D-17", "没有一项与原记录不同。", "请至少更正一项。")
    return None


@TABLE.gate("D-17", "relieve")
def he_holds_the_office(case: Case, given: Given) -> Refusal | None:
    """Whoever is relieved holds the office, or is to."""
    if _held(case, given) is None:
        name, role = case.world.roster.name(given.text("person")), role_label(given.text("role"))
        return case.refuse("D-17", f"{name}没有任“{role}”，无从免职。", "请核对人员和角色。", field="person")
    return None


@TABLE.gate("D-17", "end_stand_in")
def he_stands_in(case: Case, given: Given) -> Refusal | None:
    """Whoever is to stand in no longer does so, or will."""
    if _standing_in(case, given) is None:
        return case.refuse("D-17", "花名册里没有这项代理，或者已经终止。", "请核对代理人、被代理人和角色。", field="person")
    return None


@TABLE.gate("D-17", "move_person")
def he_comes_from_elsewhere(case: Case, given: Given) -> Refusal | None:
    """Somebody is moved who stands on the list of another body."""
    roster, person = case.world.roster, given.text("person")
    if person not in roster.people:
        return case.refuse("D-17", f"花名册里没有 {person}。", "新来的人请“登记人员”。", field="person")
    if any(each.id == person for each in _body(case).people):
        return case.refuse("D-17", f"{roster.name(person)}已在本单位名册上。", field="person")
    return None


@TABLE.act("enrol")
def enrol(case: Case, given: Given) -> Change:
    """Put somebody on the roster; what he may do comes with an appointment."""
    person = Person(given.text("id"), given.text("name"), given.text("title"), given.maybe("login"), given.text("basis"))
    return _changed(case, replace(_body(case), people=(*_body(case).people, person)), person.name, given)


@TABLE.act("correct_person")
def correct_person(case: Case, given: Given) -> Change:
    """Put a person's facts right; older commits keep the names that they carry (D-17)."""
    told, body = given.texts("name", "title", "login"), _body(case)
    people = tuple(
        replace(each, **told, former=_with_former(case, each, given)) if each.id == given.text("person") else each for each in body.people
    )
    return _changed(case, replace(body, people=people), case.world.roster.name(given.text("person")), given)


@TABLE.act("appoint")
def appoint(case: Case, given: Given) -> Change:
    """Give somebody an office; from the day it takes effect its duties are his (D-4, D-17)."""
    since = given.text("since")
    effective = given.maybe("effective") or max(since, case.today)
    held = Appointment(
        given.text("role"), given.text("person"), since, effective=None if effective == since else effective, basis=given.text("basis")
    )
    about = f"{case.world.roster.name(held.person)}任{role_label(held.role)}，自 {held.begins} 起"
    return _changed(case, replace(_body(case), appointments=(*_body(case).appointments, held)), about, given)


@TABLE.act("relieve")
def relieve(case: Case, given: Given) -> Change:
    """End an office; what waits in it waits for whoever holds it next (D-4)."""
    held, body = _there(_held(case, given)), _body(case)
    ended = _ended(case, given)
    appointments = tuple(_ending(each, ended) if each is held else each for each in body.appointments)
    about = f"{case.world.roster.name(held.person)}不再任{role_label(held.role)}，自 {ended.effective} 起"
    return _changed(case, replace(body, appointments=appointments), about, given)


@TABLE.act("stand_in")
def stand_in(case: Case, given: Given) -> Change:
    """Let somebody act for another on written grounds (AB角; D-6)."""
    role, person, behalf, since, until, basis = (given.text(name) for name in ("role", "person", "on_behalf_of", "since", "until", "basis"))
    new = StandIn(role, person, behalf, since, until, basis)
    roster = case.world.roster
    about = f"{roster.name(new.person)}代{roster.name(new.on_behalf_of)}（{role_label(new.role)}），{new.since} 至 {new.until}"
    return _changed(case, replace(_body(case), stand_ins=(*_body(case).stand_ins, new)), about, given)


@TABLE.act("end_stand_in")
def end_stand_in(case: Case, given: Given) -> Change:
    """End a stand-in before its day."""
    found, body = _there(_standing_in(case, given)), _body(case)
    ended = Ended(given.text("day"), given.text("day"), given.text("basis"))
    stand_ins = tuple(replace(each, until=_before(ended.effective), ended=ended) if each is found else each for each in body.stand_ins)
    roster = case.world.roster
    about = f"{roster.name(found.person)}不再代{roster.name(found.on_behalf_of)}，自 {ended.effective} 起"
    return _changed(case, replace(body, stand_ins=stand_ins), about, given)


@TABLE.act("move_person")
def move_person(case: Case, given: Given) -> Change:
    """Move somebody here from the body on whose list he stands: his offices there end, both lists change in one commit."""
    roster, person, body = case.world.roster, given.text("person"), _body(case)
    from_unit = roster.unit_of(person)
    old: Unit | Leaders = roster.units[from_unit] if from_unit else roster.leaders
    moved = Moved(given.text("day"), given.text("basis"), from_unit)
    ended = Ended(moved.day, max(moved.day, case.today), moved.basis)
    left = replace(
        old,
        people=tuple(each for each in old.people if each.id != person),
        appointments=tuple(_ending(each, ended) if each.person == person and _lasts(each, ended) else each for each in old.appointments),
    )
    known = roster.people[person]
    came = replace(known, title=given.text("title"), moved=moved, former=_with_former(case, known, given))
    about = f"{roster.name(person)}从{roster.unit_name(from_unit) if from_unit else '局领导'}调来"
    change = _changed(case, replace(body, people=(*body.people, came)), about, given)
    return replace(change, foundations=(*change.foundations, left))


@TABLE.act("waive_four_eyes")
def waive_four_eyes(case: Case, given: Given) -> Change:
    """Let one person of a small unit draft and review, on written grounds (Q14)."""
    new = Waiver(*(given.text(name) for name in ("person", "since", "until", "basis")))
    unit = case.world.roster.units[case.target]
    about = f"{case.world.roster.name(new.person)}，{new.since} 至 {new.until}"
    return _changed(case, replace(unit, waivers=(*unit.waivers, new)), about, given)


@TABLE.act("set_portfolio")
def set_portfolio(case: Case, given: Given) -> Change:
    """Put a unit under a bureau leader; whoever was over it is so no longer from that day (2-1)."""
    roster, unit, since = case.world.roster, given.text("unit"), given.text("since")
    effective = given.maybe("effective") or max(since, case.today)
    new = Portfolio(given.text("leader"), unit, since, effective=None if effective == since else effective, basis=given.text("basis"))
    kept = tuple(
        replace(each, until=_before(effective)) if each.unit == unit and (each.until is None or each.until >= effective) else each
        for each in roster.leaders.portfolios
    )
    about = f"{roster.name(new.leader)}分管{roster.unit_name(unit)}，自 {new.begins} 起"
    return _changed(case, replace(roster.leaders, portfolios=(*kept, new)), about, given)


def without_offices(unit: Unit, ended: Ended) -> Unit:
    """Return a unit in which every office and stand-in ends."""
    return replace(
        unit,
        appointments=tuple(_ending(each, ended) if _lasts(each, ended) else each for each in unit.appointments),
        stand_ins=tuple(
            replace(each, until=_before(ended.effective), ended=ended) if each.until >= ended.effective else each for each in unit.stand_ins
        ),
    )


def _changed(case: Case, body: Unit | Leaders, about: str, given: Given) -> Change:
    name = body.name if isinstance(body, Unit) else "局领导"
    return Change(None, foundations=(body,), about="：".join(filter(None, (name, about))), basis=given.text("basis"))


def _with_former(case: Case, person: Person, given: Given) -> tuple[Former, ...]:
    return (*person.former, Former(person.name, person.title, case.at.isoformat(), given.text("basis")))


def _there(found: _T | None) -> _T:
    """What a gate has found to be there; a form that is yet to be filled in may name what is not."""
    if found is None:
        raise KeyError
    return found


def _body(case: Case) -> Unit | Leaders:
    return case.world.roster.leaders if case.target == LEADERS else case.world.roster.units[case.target]


def _ended(case: Case, given: Given) -> Ended:
    day = given.text("day")
    return Ended(day, given.maybe("effective") or max(day, case.today), given.text("basis"))


def _ending(held: Appointment, ended: Ended) -> Appointment:
    return replace(held, until=_before(ended.effective), ended=ended)


def _lasts(term: Term, ended: Ended) -> bool:
    return term.until is None or term.until >= ended.effective


def _held(case: Case, given: Given) -> Appointment | None:
    wanted, ended = (given.text("role"), given.text("person")), _ended(case, given)
    return next((each for each in _body(case).appointments if (each.role, each.person) == wanted and _lasts(each, ended)), None)


def _standing_in(case: Case, given: Given) -> StandIn | None:
    wanted = tuple(given.text(name) for name in ("role", "person", "on_behalf_of"))
    found = (each for each in _body(case).stand_ins if (each.role, each.person, each.on_behalf_of) == wanted)
    return next((each for each in found if each.until >= given.text("day")), None)


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
