"""What rows of the table of acts name for their forms: what is proposed where nothing stands yet, and what there is to choose from."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

from desk.answers import to_be_answered
from records.bureau.foundations import Foundation
from records.bureau.roster import Appointment, Leaders, Person, Roster, Unit, role_label
from records.bureau.whole_roster import roles_of
from records.matter.item import Item
from records.matter.plain_data import to_data
from records.matter.prose import attachment_texts, paragraphs
from records.matter.roundup import Roundup
from records.procedure.shell import is_shell_only
from records.rules.clocks import light
from records.rules.routes import addressees, route
from records.store.view import View
from schema.tables import ActSpec, RegulationError, acts, checker

Choices = tuple[tuple[str, str], ...]
"""Value and Chinese label of each."""

_BEFORE_OUTER = 8  # workdays before the superior's own day, about the ten days that deputies' matters keep (domain 2.2)


def units(roster: Roster) -> Choices:
    """Return every unit that stands."""
    return tuple((unit.id, unit.name) for unit in roster.units.values() if not unit.dissolved)


def people(found: Iterator[Person] | tuple[Person, ...]) -> Choices:
    """Return people with their titles."""
    return tuple((person.id, f"{person.name}（{person.title}）") for person in found)


def _outgoing_document(item: Item, view: View, today: date) -> Mapping[str, object]:
    """The report in the shape in which it goes up, where it does."""
    known = view.roster.series
    if item.report is None or (series := route(item, known)) is None:
        return {}
    upward = known[series].to == "leader" or item.source.level == "superior"
    kind = "reply" if item.category == 7 else "report" if upward else "letter"
    if item.report.shell is not None:  # the text is on paper; what stands for it here the act writes
        return {"outgoing": {"series": series, "kind": kind, "to": addressees(item, known[series])[0]}}
    return {
        "outgoing": {
            "series": series,
            "kind": kind,
            "title": item.report.title,
            "to": addressees(item, known[series])[0],
            "body": item.report.body,
            "attachments": item.report.attachments,
            "attachment_text": item.report.attachment_text,
        }
    }


def _requirements(item: Item, view: View, today: date) -> Mapping[str, object]:
    """What is asked for now, to be changed."""
    return {"adjustments": [{"points": [to_data(point) for point in item.points]}]}


def _answers(item: Item, view: View, today: date) -> Mapping[str, object]:
    """A line for each reason of the return that the report in hand answers (3-2-5)."""
    return {"report": {"rounds": [{"answers": to_be_answered(item, on_paper=is_shell_only(item.secrecy, view.policy))}]}}


def _day_by_policy(item: Item, view: View, today: date) -> Mapping[str, object]:
    """The day a proposal starts from: some days before the superior's own, else as the policy says for the urgency."""
    if item.due:
        return {}
    if item.external_due:
        return {"due": view.calendar.shift(date.fromisoformat(item.external_due), -_BEFORE_OUTER).isoformat()}
    return {"due": view.calendar.shift(today, view.policy.due_workdays[item.urgency]).isoformat()}


def _usual_urge(item: Item, view: View, today: date) -> Mapping[str, object]:
    """A call in the words that are said to whoever is late, at the first level of the policy for it; nothing where nobody is."""
    policy = view.policy_at(item.policy)
    found = light(item, policy, view.calendar, today)
    levels = [each.level for each in policy.reminders if each.days_left < 0]
    if not found.late or not levels:
        return {}
    asked = "请立即送达。" if found.kind == "paper" else "请抓紧办理，并即反馈进展。"
    return {"urges": [{"means": "phone", "level": levels[0], "text": f"{found.words}，{asked}"}]}


def _decided_points(item: Item, view: View, today: date) -> Mapping[str, object]:
    """What a meeting decided, a requirement a paragraph (1-2); where one is too long for that, nobody but a person shortens it."""
    if item.meeting is None or not item.instructions or is_shell_only(item.secrecy, view.policy):
        return {}
    told = [paragraph.words for paragraph in paragraphs(item.instructions[0].text)]
    longest = checker("item").at(("points", 0, "text"))["maxLength"]
    return {"points": [{"text": words} for words in told]} if all(len(words) <= int(str(longest)) for words in told) else {}


def _assisting_units(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    parts = record.assisting if isinstance(record, Item) else ()
    return tuple((part.unit, roster.unit_name(part.unit)) for part in parts)


def _undertaking_units(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    parts = record.units if isinstance(record, Item) else ()
    return tuple((part.unit, roster.unit_name(part.unit)) for part in parts)


def _bureau_leaders(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    return people(roster.leaders.people)


def _rows_listed(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    rows = record.rows if isinstance(record, Roundup) else ()
    return tuple((row.item, f"{row.item} {row.title}") for row in rows if row.omitted is None)


def _people_listed(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    return people(record.people) if isinstance(record, Unit | Leaders) else ()


def _people_elsewhere(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    here = {each for each, _ in _people_listed(record, roster)}
    return tuple(each for each in people(tuple(roster.people.values())) if each[0] not in here)


def _people_here_first(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    """Everybody: those of the body first, the others with the unit that they are of, since titles are alike in all units."""
    here = _people_listed(record, roster)
    near = {each for each, _ in here}
    others = (each for each in roster.people.values() if each.id not in near)
    return *here, *((each.id, f"{each.name}（{_body(each, roster)}{each.title}）") for each in others)


def _body(person: Person, roster: Roster) -> str:
    unit = roster.unit_of(person.id)
    return roster.unit_name(unit) if unit else "局领导"


def _people_of_office(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    return people(roster.units[roster.bureau.office].people)


def _people_in_office(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    """Those who hold an office of the body, each with all that he holds: whoever ends one sees whose it is."""
    held: dict[str, list[str]] = {}
    for each in _held(record):
        held.setdefault(each.person, []).append(role_label(each.role))
    found = ((roster.people[each], roles) for each, roles in held.items() if each in roster.people)
    return tuple((person.id, f"{person.name}（{person.title}，任{'、'.join(dict.fromkeys(roles))}）") for person, roles in found)


def _roles_held(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    return tuple((role, role_label(role)) for role in dict.fromkeys(each.role for each in _held(record)))


def _held(record: Item | Roundup | Foundation | None) -> tuple[Appointment, ...]:
    """The offices of a body that nobody has put an end to."""
    return tuple(each for each in record.appointments if not each.ended) if isinstance(record, Unit | Leaders) else ()


def _roles_of_body(record: Item | Roundup | Foundation | None, roster: Roster) -> Choices:
    if not isinstance(record, Unit | Leaders):
        return ()
    return tuple((role, role_label(role)) for role in roles_of(record, roster.bureau.office))


def _printed_sides(item: Item, view: View) -> str:
    """How long the report is that came in electronically, without the attachments that are not printed with it."""
    from documents.layout.official_document import DocumentError  # with documents come their libraries, which no list needs
    from documents.layout.profile import standard
    from documents.publishing.catalogue import report_sides

    try:
        sides, report = report_sides(item, view, standard()), item.report
    except DocumentError:  # what cannot be set was not printed from here
        return ""
    if sides is None or report is None:
        return ""
    apart = len(report.attachments) - len(list(attachment_texts(report.attachment_text or "")))
    return f"电子件排出来是 {sides} 页" + (f"，另附的 {apart} 件附件不计" if apart else "")


PROPOSALS: Mapping[str, Callable[[Item, View, date], Mapping[str, object]]] = {
    "answers": _answers,
    "outgoing_document": _outgoing_document,
    "day_by_policy": _day_by_policy,
    "decided_points": _decided_points,
    "usual_urge": _usual_urge,
    "requirements": _requirements,
}
"""By name, parts of an item in the shape of its record, for the inputs whose places they hold."""

OFFERS: Mapping[str, Callable[[Item | Roundup | Foundation | None, Roster], Choices]] = {
    "assisting_units": _assisting_units,
    "bureau_leaders": _bureau_leaders,
    "people_elsewhere": _people_elsewhere,
    "people_here_first": _people_here_first,
    "people_in_office": _people_in_office,
    "people_listed": _people_listed,
    "people_of_office": _people_of_office,
    "roles_held": _roles_held,
    "roles_of_body": _roles_of_body,
    "rows_listed": _rows_listed,
    "undertaking_units": _undertaking_units,
}


EXPECTATIONS: Mapping[str, Callable[[Item, View], str]] = {"printed_sides": _printed_sides}
"""By name, what a person may hold against what he types, in a sentence."""


def seal(specs: Mapping[str, ActSpec]) -> None:
    """Hold the names in rows and the functions here to each other.

    Raises:
        RegulationError: one has not the other.
    """
    inputs = [(spec.name, wanted) for spec in specs.values() for wanted in spec.inputs]
    for what, known, named in (
        ("proposed", PROPOSALS, {wanted.proposed: act for act, wanted in inputs if wanted.proposed}),
        ("offers", OFFERS, {wanted.offers: act for act, wanted in inputs if wanted.offers}),
        ("expects", EXPECTATIONS, {wanted.expects: act for act, wanted in inputs if wanted.expects}),
    ):
        if unknown := sorted(named.keys() - known.keys()):
            raise RegulationError(f"{named[unknown[0]]}: {what} {unknown[0]} is unknown")
        if unused := sorted(known.keys() - named.keys()):
            raise RegulationError(f"{what} {unused[0]}: no row names it")


seal(acts())
