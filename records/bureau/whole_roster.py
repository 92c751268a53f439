"""A roster as a whole: what its parts say against one another, each of which its own schema finds right.

Of two people with one login the first would act for both, two units with one 代字 would issue the same number, an office without anybody in
it would leave its duties to nobody: none of this is seen in one file alone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from typing import TypeVar

from records.bureau.roster import SYSTEM, Appointment, Bureau, Leaders, Person, Portfolio, Roster, StandIn, Unit, Waiver, role_label
from records.bureau.series import counter, default_series
from schema.problem import Field, Problem
from schema.tables import acts, checker

_ALONE = frozenset({"deputy_director_in_charge", "main_leader"})  # 主管副局长、一把手: one at a time (domain 1.1)
_OFFICE_KIND = "supervising_office"
_EVER = "9999-12-31"
_Dated = Appointment | StandIn | Waiver | Portfolio
_T = TypeVar("_T")


@dataclass(frozen=True)
class Parts:
    """A roster as its files hold it, in their order; None stands for a part that cannot be read by itself."""

    bureau: Bureau | None
    leaders: Leaders | None
    units: tuple[Unit | None, ...]

    @property
    def complete(self) -> bool:
        """Whether every part can be read: only then can it be told who or what there is not."""
        return None not in (self.bureau, self.leaders, *self.units)

    def known_units(self) -> Iterator[tuple[Field, Unit]]:
        """Yield the units that can be read, each with its place."""
        return ((("units", place), unit) for place, unit in enumerate(self.units) if unit)

    def bodies(self) -> Iterator[tuple[Field, Leaders | Unit]]:
        """Yield the leadership and the units, as far as they can be read, each with its place."""
        if self.leaders:
            yield ("leaders",), self.leaders
        yield from self.known_units()

    def people(self) -> Iterator[tuple[Field, Person]]:
        """Yield everybody with his place."""
        for at, body in self.bodies():
            yield from (((*at, "people", place), person) for place, person in enumerate(body.people))


def roster_problems(parts: Parts, day: date) -> tuple[Problem, ...]:
    """Return everything that is wrong with a roster as a whole, empty when it is right.

    Args:
        parts: the roster.
        day: from when on somebody must hold each office.

    Returns:
        Problems whose fields begin at ``bureau``, ``leaders`` or ``units`` and the number of the unit, as in one document that holds all.
    """
    return (*contradictions(parts), *_vacancies(parts, day))


def contradictions(parts: Parts) -> tuple[Problem, ...]:
    """Return what the parts of a roster say against one another on any day; offices that nobody holds are none of it."""
    rules = (_people, _units, _numbers, _dates, _unknown, _roles, _overlaps, _stand_ins, _portfolios, _office)
    return tuple(problem for rule in rules for problem in rule(parts))


def parts_of(roster: Roster) -> Parts:
    """Return the parts of a roster that can be read."""
    return Parts(roster.bureau, roster.leaders, tuple(roster.units.values()))


def _people(parts: Parts) -> Iterator[Problem]:
    ids: dict[str, str] = {}
    logins: dict[str, Person] = {}
    for at, person in parts.people():
        own = f"{_body(parts, at)}的{person.name}"
        if person.id == SYSTEM:
            yield _problem((*at, "id"), f"{SYSTEM} 是登记簿自己的编号，请另取一个")
        if (other := ids.setdefault(person.id, own)) is not own:
            yield _problem((*at, "id"), f"{person.id} 已是{other}。两个人请改一个编号；同一个人只列一处，在别处任职的只写任职")
        if person.login and (first := logins.setdefault(person.login, person)).id != person.id:
            yield _problem((*at, "login"), f"{person.login} 已是{first.name}（{first.id}）的登录名，一个账号只能是一个人。请改一个")


def _units(parts: Parts) -> Iterator[Problem]:
    for name in ("id", "name", "full_name"):
        seen: dict[str, Unit] = {}
        for at, unit in parts.known_units():
            value: str = getattr(unit, name)
            if (other := seen.setdefault(value, unit)) is not unit:
                yield _problem((*at, name), f"与{other.name}（{other.id}）相同，分不清是哪个单位。请改一个")


def _numbers(parts: Parts) -> Iterator[Problem]:
    """Two counters that print the same characters would give out every number twice (三（四）)."""
    if parts.bureau is None:
        return
    series = parts.bureau.series or default_series()
    units = {unit.id: unit for _, unit in parts.known_units()}
    roster = Roster(parts.bureau, units, parts.leaders or Leaders((), (), ()))
    taken = {roster.series_characters(name): ("", each.title) for name, each in series.items() if each.scope == "bureau"}
    for at, unit in parts.known_units():
        for name in (name for name, each in series.items() if each.scope == "unit"):
            written = roster.series_characters(counter(unit.id, name))
            whose, called = taken.setdefault(written, (unit.id, unit.name))
            if whose != unit.id:
                reason = f"与{called}编出同一个文号：{written}〔年份〕1号。一个代字只能归一个单位，请改一个"
                yield _problem((*at, "char" if unit.char else "name"), reason)
                break


def _dates(parts: Parts) -> Iterator[Problem]:
    for at, each in _dated(parts):
        # What was entered by mistake, and ended before it took effect, stays on record.
        if each.until is not None and each.until < each.begins and not getattr(each, "ended", None):
            yield _problem((*at, "until"), f"{each.until} 早于起日 {each.begins}，这一条永不生效。请改正日期")


def _unknown(parts: Parts) -> Iterator[Problem]:
    if not parts.complete:
        return
    people, units = {person.id for _, person in parts.people()}, {unit.id for _, unit in parts.known_units()}
    for at, each in _dated(parts):
        for name in ("person", "on_behalf_of", "leader"):
            if (who := getattr(each, name, None)) is not None and who not in people:
                yield _problem((*at, name), f"花名册里没有 {who}。请改正编号，或者在“人员”里列上此人")
        if isinstance(each, Portfolio) and each.unit not in units:
            yield _problem((*at, "unit"), f"没有 {each.unit} 这个单位。请改正单位代码，或者列上这个单位")


def _roles(parts: Parts) -> Iterator[Problem]:
    """Each role belongs to the leadership, to the supervising office or to every unit, as the table of acts has it."""
    for at, body in parts.bodies():
        office = parts.bureau is None or not isinstance(body, Unit) or body.id == parts.bureau.office
        allowed = {"bureau"} if isinstance(body, Leaders) else {"unit", "office"} if office else {"unit"}
        held: list[tuple[Field, Appointment | StandIn]] = [*_entries(at, "appointments", body.appointments)]
        for place, each in (*held, *_entries(at, "stand_ins", body.stand_ins)):
            if (scopes := _scopes().get(each.role)) and not scopes & allowed:
                where = "、".join(_PLACES[scope] for scope in sorted(scopes))
                yield _problem((*place, "role"), f"“{role_label(each.role)}”{where}。请移到那里，或者改正角色")


def _overlaps(parts: Parts) -> Iterator[Problem]:
    for at, body in parts.bodies():
        for (_, first), (place, second) in combinations(_entries(at, "appointments", body.appointments), 2):
            if first.role == second.role and _overlap(first, second):
                if first.person == second.person:
                    yield _problem(place, f"{_named(parts, second.person)}的“{role_label(second.role)}”写了两次，日期重叠。请删去一条")
                elif first.role in _ALONE:
                    reason = f"“{role_label(second.role)}”同一天只能有一人，与{_named(parts, first.person)}的任期重叠。请写明前任的止日"
                    yield _problem((*place, "since"), reason)
    leaders = parts.leaders.portfolios if parts.leaders else ()
    for (_, one), (place, other) in combinations(_entries(("leaders",), "portfolios", leaders), 2):
        if one.unit == other.unit and _overlap(one, other):
            reason = f"{other.unit} 同一天只能由一位局领导分管，与{_named(parts, one.leader)}的分管日期重叠。请写明前任的止日，或者删去一条"
            yield _problem((*place, "since"), reason)


def _stand_ins(parts: Parts) -> Iterator[Problem]:
    """Somebody stands in for another who holds the office meanwhile; for a bureau leader in whatever he holds (D-6)."""
    known = {person.id for _, person in parts.people()}
    for at, body in parts.bodies():
        for place, each in _entries(at, "stand_ins", body.stand_ins):
            if each.ended and not _ever(each):
                continue  # it was called off before it began, and nobody stood in
            held = [one for one in body.appointments if one.person == each.on_behalf_of and _overlap(one, each)]
            roles = {one.role for one in held}
            if each.person == each.on_behalf_of:
                yield _problem((*place, "person"), "不能代理自己。请写另一人")
            elif each.on_behalf_of in known and not (roles if isinstance(body, Leaders) else each.role in roles):
                office = "局领导职务" if isinstance(body, Leaders) else f"“{role_label(each.role)}”"
                yield _problem(
                    (*place, "on_behalf_of"), f"{_named(parts, each.on_behalf_of)}在此期间没有任{office}，无从代理。请改正人员、角色或日期"
                )


def _portfolios(parts: Parts) -> Iterator[Problem]:
    if parts.leaders is None:
        return
    people = {person.id for _, person in parts.people()}
    for place, each in _entries(("leaders",), "portfolios", parts.leaders.portfolios):
        held = (one for one in parts.leaders.appointments if (one.person, one.role) == (each.leader, "bureau_leader"))
        if each.leader in people and not any(_overlap(one, each) for one in held):
            reason = f"{_named(parts, each.leader)}在此期间不是在任的局领导，不能分管。请补上任职，或者改由在任的局领导分管"
            yield _problem((*place, "leader"), reason)


def _office(parts: Parts) -> Iterator[Problem]:
    if parts.bureau is None:
        return
    office = parts.bureau.office
    if parts.complete and office not in {unit.id for _, unit in parts.known_units()}:
        yield _problem(("bureau", "office"), f"没有 {office} 这个单位。请改正单位代码，或者列上这个单位")
    kind = checker("unit").enum_label(("kind",), _OFFICE_KIND)
    for at, unit in parts.known_units():
        if (unit.id == office) != (unit.kind == _OFFICE_KIND):
            way = f"应为 {_OFFICE_KIND}" if unit.id == office else "请改为它的类别，或者改正机关的“督办主管部门”"
            yield _problem((*at, "kind"), f"{kind}是 {office}，{unit.name}是 {unit.id}，{way}")


def _vacancies(parts: Parts, day: date) -> Iterator[Problem]:
    """Each act that somebody may owe needs somebody in its office, each unit a leader over it (二: 分工领导负责制)."""
    for at, body in parts.bodies():
        if isinstance(body, Unit) and body.dissolved:
            continue
        held = {each.role for each in body.appointments if (each.until or _EVER) >= day.isoformat()}
        office = isinstance(body, Unit) and parts.bureau is not None and body.id == parts.bureau.office
        scopes = {"bureau"} if isinstance(body, Leaders) else {"unit", "office"} if office else {"unit"}
        for role in roles_expected():
            if _scopes()[role] & scopes and role not in held:
                yield _problem((*at, "appointments"), f"{_body(parts, at)}没有人任“{role_label(role)}”（{role}），该办的事无人可办。请写上")
    if parts.leaders is None:
        return
    led = {each.unit for each in parts.leaders.portfolios if (each.until or _EVER) >= day.isoformat()}
    for _, unit in parts.known_units():
        if unit.id not in led and not unit.dissolved:
            yield _problem(("leaders", "portfolios"), f"没有局领导分管{unit.name}（{unit.id}），不能向它交办。请写上")


def roles_of(body: Unit | Leaders, office: str) -> tuple[str, ...]:
    """Return the roles that are held in a body, by the acts that they may do; those that do none, as the auditor's, anywhere."""
    scopes = {"bureau"} if isinstance(body, Leaders) else {"unit", "office"} if body.id == office else {"unit"}
    return tuple(role for role in _known_roles() if role != "system" and scopes & _scopes().get(role, frozenset(scopes)))


_PLACES = {
    "bureau": "只能写在局领导的“任职”和“代理”里",
    "office": "只能写在督办主管部门的“任职”和“代理”里",
    "unit": "只能写在单位的“任职”和“代理”里",
    "system": "不由人担任",
}
_BODIES = {"office": "office", "bureau": "bureau", "system": "system"}  # any other scope of an act is a unit's


@cache
def _scopes() -> Mapping[str, frozenset[str]]:
    """Where each role is held, by the acts that it may do; one that does none may stand anywhere."""
    found: dict[str, frozenset[str]] = {}
    for spec in acts().values():
        for who in spec.who:
            found[who.role] = found.get(who.role, frozenset()) | {_BODIES.get(who.of, "unit")}
    return found


@cache
def roles_expected() -> tuple[str, ...]:
    """Return the roles of which the regulation expects something, each named first in an act that is owed."""
    return tuple(dict.fromkeys(spec.who[0].role for spec in acts().values() if spec.owed))


@cache
def _known_roles() -> tuple[str, ...]:
    roles = checker("unit").at(("appointments", 0, "role"))["enum"]
    assert isinstance(roles, list)
    return tuple(roles)


def _entries(at: Field, name: str, entries: Iterable[_T]) -> Iterator[tuple[Field, _T]]:
    return (((*at, name, place), entry) for place, entry in enumerate(entries))


def _dated(parts: Parts) -> Iterator[tuple[Field, _Dated]]:
    for at, body in parts.bodies():
        yield from _entries(at, "appointments", body.appointments)
        yield from _entries(at, "stand_ins", body.stand_ins)
        yield from _entries(at, "waivers", body.waivers if isinstance(body, Unit) else ())
        yield from _entries(at, "portfolios", body.portfolios if isinstance(body, Leaders) else ())


def _overlap(one: _Dated, other: _Dated) -> bool:
    return one.begins <= (other.until or _EVER) and other.begins <= (one.until or _EVER) and _ever(one) and _ever(other)


def _ever(term: _Dated) -> bool:
    return term.begins <= (term.until or _EVER)


def _named(parts: Parts, person: str) -> str:
    return next((f"{each.name}（{person}）" for _, each in parts.people() if each.id == person), person)


def _body(parts: Parts, at: Field) -> str:
    unit = parts.units[int(at[1])] if at[0] == "units" else None
    return unit.name if unit else "局领导"


def _problem(at: Field, reason: str) -> Problem:
    kind, inside = ("unit", at[2:]) if at[0] == "units" else (str(at[0]), at[1:])
    return Problem(reason, field=at, label=checker(kind).label(inside))
