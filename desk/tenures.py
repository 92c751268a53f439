"""沿革: who held an office from when to when, on what paper, and by which commit it was put on record; from records and history alone."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from desk.desk import Desk
from desk.terms import Line, moment
from records.bureau.foundations import LEADERS
from records.bureau.roster import Appointment, Leaders, Roster, StandIn, Unit, role_label
from records.matter.history import Step
from records.store.paths import foundation_place
from records.store.record_files import Unreadable, parse
from schema.tables import acts

_FIRST = "init"
"""What the first commit of a register says it did."""

_Term = Appointment | StandIn


@dataclass(frozen=True)
class Tenure:
    """An office held, or stood in for, by one person.

    Attributes:
        term: as it stands on record.
        began: the commit that put it on record, ``ended`` the one that ended it; None where no act of the register did.
        name: the person's name of that day; ``title`` likewise.
    """

    term: _Term
    name: str
    title: str
    began: Step | None
    ended: Step | None


def tenures(desk: Desk, body: str, role: str = "") -> tuple[Tenure, ...]:
    """Return who held an office of a body, or any of its offices, the latest first; office by office in the order of the regulation.

    Args:
        desk: the person's; reads the register.
        body: id of a unit, or ``leaders``.
        role: the office, "" for all.
    """
    roster = desk.view.roster
    record = roster.leaders if body == LEADERS else roster.units.get(body)
    if record is None:
        return ()
    began, ended = _commits(desk, body)
    held = [each for each in _terms(record) if role in ("", each.role)]
    order = list(dict.fromkeys(each.role for each in held))
    held.sort(key=lambda each: each.begins, reverse=True)
    held.sort(key=lambda each: order.index(each.role))
    return tuple(_tenure(roster, each, began.get(_identity(each)), ended.get(_identity(each))) for each in held)


def told(found: tuple[Tenure, ...], roster: Roster) -> Iterator[Line]:
    """Yield tenures as a page tells them: from when to when, who, and what it rests on; the office before the first of each."""
    role = ""
    for each in found:
        if each.term.role != role:
            role = each.term.role
            yield "", role_label(role)
        until = each.term.until or "今"
        yield f"{each.term.begins} 至 {until}", "\n".join(_lines(each, roster))


def _lines(each: Tenure, roster: Roster) -> Iterator[str]:
    term = each.term
    behalf = f"，代{roster.name(term.on_behalf_of)}" if isinstance(term, StandIn) else ""
    yield f"{each.name}（{each.title}{behalf}）" if each.title or behalf else each.name
    dated = "" if term.since == term.begins else f"，文件日期 {term.since}"
    yield f"依据 {term.basis or '没有写明'}{dated}；{_recorded(each.began, roster)}"
    if term.ended:
        yield f"终止 {term.ended.basis}，{term.ended.day}；{_recorded(each.ended, roster)}"


def _recorded(step: Step | None, roster: Roster) -> str:
    if step is None:
        return "不是由本系统的办理记下的"
    who = "建立登记簿时列入" if step.act == _FIRST else f"{roster.name(step.person, step.time)}登记"
    return f"{moment(step.time)} {who}，提交 {step.commit[:8]}"


def _tenure(roster: Roster, term: _Term, began: Step | None, ended: Step | None) -> Tenure:
    person = roster.people.get(term.person)
    at = f"{term.begins}T23:59:59"
    name, title = person.known_as(at) if person else (term.person, "")
    return Tenure(term, name, title, began, ended)


def _commits(desk: Desk, body: str) -> tuple[dict[object, Step], dict[object, Step]]:
    """The commits in which each term of a body stands first, and in which it ends."""
    register, path = desk.register, foundation_place("unit", body)
    began: dict[object, Step] = {}
    ended: dict[object, Step] = {}
    desk.whole()
    for step in register.index.steps_by([_FIRST, *(name for name, spec in acts().items() if spec.target in ("unit", "leaders"))]):
        parent = register.describe(step.commit).parent
        if parent is not None and path not in register.changed(parent, step.commit):
            continue
        with suppress(Unreadable):
            written = register.written(path, step.commit) or b""
            for each in _terms(parse(written, Leaders) if body == LEADERS else parse(written, Unit)):
                began.setdefault(_identity(each), step)
                if each.ended:
                    ended.setdefault(_identity(each), step)
    return began, ended


def _terms(record: Unit | Leaders) -> tuple[_Term, ...]:
    return (*record.appointments, *record.stand_ins)


def _identity(each: _Term) -> object:
    return (type(each), each.role, each.person, each.since, each.begins, each.on_behalf_of if isinstance(each, StandIn) else "")
