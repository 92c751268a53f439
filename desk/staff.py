"""人员: who holds which office today and since when, who stands in, what is vacant, what each one has to do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desk.desk import Desk
from desk.inbox import owed
from records.bureau.foundations import LEADERS
from records.bureau.roster import Leaders, Roster, Unit, role_label
from records.bureau.whole_roster import roles_expected, roles_of


@dataclass(frozen=True)
class Post:
    """An office of a body and who holds it; ``person`` is empty where it is vacant.

    ``note`` says since when, on what basis, until when, or for whom somebody stands in; ``busy`` counts what awaits the person.
    """

    role: str
    person: str
    name: str
    title: str
    note: str
    busy: int = 0

    @property
    def label(self) -> str:
        """What the office is called."""
        return role_label(self.role)


@dataclass(frozen=True)
class Body:
    """A unit, or the leadership, with its offices; ``vacant`` counts those that nobody holds."""

    id: str
    name: str
    about: str
    posts: tuple[Post, ...]

    @property
    def vacant(self) -> int:
        """How many offices nobody holds."""
        return sum(not post.person for post in self.posts)


def bodies(desk: Desk) -> tuple[Body, ...]:
    """Return the leadership and every unit with its offices today; units that are no more stand last, with nobody in them."""
    view, day = desk.view, desk.today
    busy = _busy(desk)
    roster = view.roster
    units = sorted(roster.units.values(), key=lambda unit: (unit.dissolved is not None, unit.id != roster.bureau.office))
    return (
        Body(LEADERS, "局领导", "", tuple(_posts(roster, roster.leaders, day, busy))),
        *(Body(unit.id, unit.name, _about(roster, unit, day), tuple(_posts(roster, unit, day, busy))) for unit in units),
    )


def found(every: tuple[Body, ...], words: str) -> tuple[Body, ...]:
    """Return the bodies of which name, or people of which name, title or office hold all that was typed, in any order."""
    parts = words.split()
    return tuple(body for body in every if all(any(part in text for text in _texts(body)) for part in parts))


def _texts(body: Body) -> tuple[str, ...]:
    return (body.id, body.name, *(f"{post.name}{post.title}{post.label}{post.person}" for post in body.posts))


def _about(roster: Roster, unit: Unit, day: date) -> str:
    if unit.dissolved:
        return f"{unit.dissolved.day}撤并，由{roster.unit_name(unit.dissolved.successor)}承接"
    leader = roster.portfolio_leader(unit.id, day)
    return f"收发口 {unit.channel}  分管 {roster.name(leader) if leader else '无'}"


def _posts(roster: Roster, body: Unit | Leaders, day: date, busy: Mapping[str, int]) -> list[Post]:
    unit = None if isinstance(body, Leaders) else body.id
    if isinstance(body, Unit) and body.dissolved:
        return []
    expected = roles_expected()
    posts: list[Post] = []
    for role in roles_of(body, roster.bureau.office):
        held = [each for each in body.appointments if each.role == role and each.in_force(day)]
        for each in held:
            until = f"，至 {each.until}" if each.until else ""
            note = f"{each.begins}起{until}" + (f"，{each.basis}" if each.basis else "")
            posts.append(_post(roster, role, each.person, note, busy))
        for standing in roster.standings(role, unit, day):
            if standing.on_behalf_of:
                posts.append(_post(roster, role, standing.person, f"代{roster.name(standing.on_behalf_of)}", busy))
        coming = [each for each in body.appointments if each.role == role and each.begins > day.isoformat()]
        posts += (_post(roster, role, each.person, f"{each.begins}起接任", busy) for each in coming)
        if not held and role in expected:
            posts.append(Post(role, "", "空缺", "", "没有人任此职，该办的事转给办公室"))
    return posts


def _post(roster: Roster, role: str, person: str, note: str, busy: Mapping[str, int]) -> Post:
    known = roster.people.get(person)
    return Post(role, person, roster.name(person), known.title if known else "", note, busy.get(person, 0))


def _busy(desk: Desk) -> Mapping[str, int]:
    """How much awaits each person, whatever the one who looks may see of it: a number tells nothing."""
    desk.register.index.catch_up()
    waiting = desk.register.index.items(only_waiting=True)
    return Counter(person for _, _, people in owed(desk.view, waiting, desk.clock()) for person in people)
