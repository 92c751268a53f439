"""换身份: everybody on the roster, for a demo register in which anyone may be played; whoever the item in hand waits for comes first."""

from collections.abc import Iterator

from desk.desk import CaseFile, Desk
from records.bureau.roster import Person, Roster, role_label
from schema.tables import acts
from tui.frame.picker import Picker
from tui.widgets.line_list import ListColumn


def people_picker(desk: Desk, case: CaseFile | None) -> tuple[Picker, tuple[Person, ...]]:
    """Return a list of all people and, in its order, the people.

    Args:
        desk: the desk; reads the roster.
        case: the item in hand, if there is one.
    """
    roster = desk.view.roster
    waited = dict(_waited_for(case)) if case else {}
    first = (roster.bureau.office, None)
    everybody = sorted(roster.people.values(), key=lambda person: (person.id not in waited, roster.unit_of(person.id) not in first))
    offices = {person.id: _office(person, roster, desk) for person in everybody}
    columns: list[ListColumn[Person]] = [
        ListColumn("单位", lambda person: _unit(person, roster), 14),
        ListColumn("姓名", lambda person: person.name, 8),
        ListColumn("职务和角色", lambda person: offices[person.id]),
        ListColumn("等他办" if case else "", lambda person: waited.get(person.id, ""), 14 if case else 1),
    ]
    heading = "换身份（演示登记簿里可以扮演任何人）" + (f"  {case.item.id} 等的人在最前" if case else "")
    return Picker(heading, columns, everybody), tuple(everybody)


def _waited_for(case: CaseFile) -> Iterator[tuple[str, str]]:
    """Yield who owes something on the item, and what; what it waits for first comes last, and so counts."""
    for duty in reversed(case.duties):
        yield from ((person, acts()[duty.act].label) for person in duty.people)


def _unit(person: Person, roster: Roster) -> str:
    unit = roster.unit_of(person.id)
    return roster.unit_name(unit) if unit else "局领导"


def _office(person: Person, roster: Roster, desk: Desk) -> str:
    roles = dict.fromkeys(role_label(role) for role, _ in roster.roles(person.id, desk.today))
    named = "、".join(role for role in roles if role not in person.title)
    return f"{person.title}（{named}）" if named else person.title
