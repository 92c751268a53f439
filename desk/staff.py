"""人员: who holds which office today and since when, who stands in, what is vacant, what each has in hand, and the acts that change it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from desk.desk import Desk
from desk.finding import Key, key
from desk.inbox import Task, in_hand, inbox
from records.acts import Prospect
from records.bureau.foundations import BUREAU, LEADERS, kinds_named
from records.bureau.roster import Leaders, Person, Roster, Unit, role_label
from records.bureau.whole_roster import roles_expected, roles_of
from records.index.rows import numbered
from records.register.register import NEW

_NO_OFFICE = "其他人员"
_PAIRED = "liaison"  # A角 and B角: the one office that is held by two, so that a report goes on when one is away


@dataclass(frozen=True)
class InHand:
    """What awaits somebody: how many duties, whatever the one who looks may see of them, and the items of these that he may see."""

    count: int = 0
    items: tuple[str, ...] = ()
    hidden: int = 0


@dataclass(frozen=True)
class Post:
    """An office of a body and who holds it; ``person`` is empty where it is vacant, ``role`` of somebody who is listed without an office.

    ``note`` says since when, on what basis, until when, or for whom somebody stands in.
    """

    role: str
    person: str
    name: str
    title: str
    note: str
    hand: InHand = InHand()
    key: Key = field(default=Key(()), repr=False, compare=False)

    @property
    def label(self) -> str:
        """What the office is called."""
        return role_label(self.role) if self.role else _NO_OFFICE

    @property
    def busy(self) -> int:
        """How much awaits the person."""
        return self.hand.count


@dataclass(frozen=True)
class Body:
    """A unit, or the leadership, with its offices, and the unit's open items that may be seen; ``vacant`` counts offices without holder."""

    id: str
    name: str
    about: str
    posts: tuple[Post, ...]
    items: tuple[str, ...] = ()

    @property
    def vacant(self) -> int:
        """How many offices nobody holds."""
        return sum(not post.person for post in self.posts)


def bodies(desk: Desk) -> tuple[Body, ...]:
    """Return the leadership and every unit with its offices today; units that are no more stand last, with nobody in them."""
    roster, day = desk.view.roster, desk.today
    hands, items = _hands(desk), _items(desk)
    units = sorted(roster.units.values(), key=lambda unit: (unit.dissolved is not None, unit.id != roster.bureau.office))
    return (
        Body(LEADERS, "局领导", "", _posts(roster, roster.leaders, day, hands)),
        *(Body(unit.id, unit.name, _about(roster, unit, day), _posts(roster, unit, day, hands), tuple(items[unit.id])) for unit in units),
    )


def found(every: tuple[Body, ...], words: str, *, only_vacant: bool = False) -> tuple[Body, ...]:
    """Return the bodies that are meant by what was typed, or in which somebody or an office is; each word may mean another of them."""
    parts = words.split()
    standing = (body for body in every if body.vacant or not only_vacant)
    return tuple(body for body in standing if all(any(each.rank(part) is not None for each in _keys(body)) for part in parts))


def meant(body: Body, words: str) -> int | None:
    """Return the place of the post that was meant by what was typed, the nearest of several; None where only the body was."""
    parts = _beside_the_body(body, words)
    ranks = [(rank, place) for place, post in enumerate(body.posts) if (rank := post.key.rank(parts)) is not None]
    return min(ranks)[1] if parts and ranks else None


def posts_meant(body: Body, words: str) -> tuple[Post, ...]:
    """Return the posts that were meant by what was typed, the person's or the office's; none where the body itself was, or all of it."""
    parts = _beside_the_body(body, words)
    return tuple(post for post in body.posts if parts and post.key.rank(parts) is not None)


def tasks(desk: Desk, person: str) -> tuple[Task, ...]:
    """Return what awaits somebody, most urgent first, as far as whoever looks may see its items."""
    who = desk.view.roster.people[person]
    return tuple(each for each in inbox(Desk(desk.register, who, desk.clock)) if desk.sees(each.excerpt))


def doors(desk: Desk, body: str) -> tuple[tuple[Prospect, str], ...]:
    """Return the acts on a body, those that begin a unit, and those on the bureau's own facts, each with what it is done on."""
    here = tuple((each, body) for each in desk.foundation_acts(kinds_named(body), body) if not each.spec.names)
    begun = tuple((each, NEW) for each in desk.foundation_acts(("unit",), NEW) if each.spec.names)
    return (*here, *begun, *((each, BUREAU) for each in desk.foundation_acts(("bureau",), BUREAU)))


def _beside_the_body(body: Body, words: str) -> str:
    """What was typed, without the words that mean the body."""
    whose = key((body.id, body.name))
    return " ".join(part for part in words.split() if whose.rank(part) is None)


def _keys(body: Body) -> tuple[Key, ...]:
    return (key((body.id, body.name)), *(post.key for post in body.posts))


def _about(roster: Roster, unit: Unit, day: date) -> str:
    if unit.dissolved:
        return f"{unit.dissolved.day}撤并，由{roster.unit_name(unit.dissolved.successor)}承接"
    leader = roster.portfolio_leader(unit.id, day)
    office = "督办主管部门  " if unit.id == roster.bureau.office else ""
    return f"{office}收发口 {unit.channel}  分管 {roster.name(leader) if leader else '无'}"


def _posts(roster: Roster, body: Unit | Leaders, day: date, hands: Mapping[str, InHand]) -> tuple[Post, ...]:
    unit = None if isinstance(body, Leaders) else body.id
    if isinstance(body, Unit) and body.dissolved:
        return ()
    posts: list[Post] = []
    for role in roles_of(body, roster.bureau.office):
        posts += _held(roster, body, role, day)
        for standing in roster.standings(role, unit, day):
            if standing.on_behalf_of:
                posts.append(Post(role, standing.person, "", "", f"代{roster.name(standing.on_behalf_of)}"))
    named = {post.person for post in posts}
    idle = (each.id for each in body.people if each.id not in named and not any(roster.roles(each.id, day)))
    posts += (Post("", each, "", "", _former(body, each)) for each in idle)
    return tuple(_named(roster, post, hands) for post in posts)


def _held(roster: Roster, body: Unit | Leaders, role: str, day: date) -> list[Post]:
    """The office with those who hold it now, and those who will; vacant where the regulation expects somebody and there is nobody."""
    held = [each for each in body.appointments if each.role == role and each.in_force(day)]
    coming = [each for each in body.appointments if each.role == role and each.begins > day.isoformat()]
    posts = []
    for each in held:
        until = f"，至 {each.until}" if each.until else ""
        alone = "，没有B角" if role == _PAIRED and len(held) == 1 else ""
        posts.append(Post(role, each.person, "", "", f"{each.begins}起{until}{alone}" + (f"，{each.basis}" if each.basis else "")))
    posts += (Post(role, each.person, "", "", f"{each.begins}起接任") for each in coming)
    if not held and role in roles_expected():
        posts.append(Post(role, "", "空缺", "", "没有人任此职，该办的事转给办公室"))
    return posts


def _former(body: Unit | Leaders, person: str) -> str:
    """What is to be said of somebody without an office: which he held last, and until when."""
    last = max((each for each in body.appointments if each.person == person), key=lambda each: each.until or "", default=None)
    return f"没有任职，任{role_label(last.role)}至 {last.until}" if last else "没有任职"


def _named(roster: Roster, post: Post, hands: Mapping[str, InHand]) -> Post:
    known = roster.people.get(post.person) or Person(post.person, post.name or post.person, "")
    found_by = key((known.name, known.title, post.label, known.id, known.login or ""))
    return replace(post, name=known.name, title=known.title, hand=hands.get(post.person, InHand()), key=found_by)


def _hands(desk: Desk) -> Mapping[str, InHand]:
    """What awaits each person: its number tells nothing, its items only those whom they concern."""
    return {person: _in_hand(found) for person, found in in_hand(desk).items()}


def _items(desk: Desk) -> Mapping[str, list[str]]:
    """The open items of each unit that the person may see, those it leads and those in which it assists."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for excerpt in desk.register.index.open_items():
        for unit in filter(None, (excerpt.lead, *excerpt.assisting)):
            if desk.sees(excerpt):
                found[unit].append(excerpt.id)
    return found


def _in_hand(duties: list[tuple[int, bool]]) -> InHand:
    items = tuple(numbered(n) for n in dict.fromkeys(n for n, seen in duties if seen))
    return InHand(len(duties), items, len({n for n, seen in duties if not seen}))
