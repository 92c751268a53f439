"""What stands below 待办 where there is room: what the person handed on and others have now; what the days ahead ask from outside.

Both are told by the index, and of few matters each; whoever opens his page does not wait for either.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from desk.daily import Page, numbered
from desk.desk import Desk
from desk.holding import Hands, in_whose_hands, named
from records.index.rows import Excerpt
from records.rules.clocks import CLOSED
from records.rules.roundup_figures import issue_by
from records.store.record_files import Unreadable
from schema.tables import acts

_STEPS = 200
"""The last steps of the person that are gone through."""

_LATELY = 14
"""Days within which he handed something on."""

_HANDED = 5
"""Matters that he handed on which are listed, the last first; how many there are is said."""

DAYS = 10
"""Days that are looked ahead."""


@dataclass(frozen=True)
class Handed:
    """A matter that the person handed on: since when it is where it is, who has it, its number and name, what he is to do."""

    item: str
    since: str
    who: str
    title: str
    what: str


@dataclass(frozen=True)
class Ahead:
    """A day ahead and what it asks; the matter, empty where it is none."""

    day: date
    told: str
    item: str = ""


@dataclass(frozen=True)
class Below:
    """What stands there: what was handed on, how much of it there is beyond what is listed, what the days ahead ask."""

    handed: tuple[Handed, ...] = ()
    more: int = 0
    ahead: tuple[Ahead, ...] = ()


def below(desk: Desk, page: Page) -> Below:
    """Return what stands below a page of the person at a desk; reads the register.

    Args:
        desk: the person's.
        page: what stands above; no matter is listed twice.
    """
    if desk.person is None:
        return Below()
    listed = {line.item for line in (*page.mine, *page.left, *page.watched)}
    handed = tuple(_handed(desk, desk.person.id, listed))
    told = tuple(_told(desk, *each) for each in handed[:_HANDED])
    return Below(told, len(handed) - len(told), tuple(sorted(_ahead(desk), key=lambda each: (each.day, each.item))))


def _handed(desk: Desk, person: str, listed: set[str]) -> Iterator[tuple[Excerpt, Hands]]:
    """Yield what he handed on, what he did last first."""
    index, since = desk.register.index, (desk.today - timedelta(days=_LATELY)).isoformat()
    steps = index.last_of(person, _STEPS)
    items = dict.fromkeys(step.item for step in steps if step.item and step.time >= since and step.item not in listed)
    found: list[Excerpt] = [each for item in items if (each := index.excerpt(item)) and each.state not in CLOSED and desk.sees(each)]
    holding = in_whose_hands(desk, found)
    for each in found:
        hands = holding.get(each.id)
        if hands and person not in hands.people:
            yield each, hands


def _told(desk: Desk, excerpt: Excerpt, hands: Hands) -> Handed:
    people = desk.view.roster.people  # what the register did by itself moved nothing into other hands
    last = next((step for step in reversed(desk.steps(excerpt.id)) if step.person in people), None)
    since = f"自{last.time[5:10]}" if last else ""
    return Handed(excerpt.id, since, named(desk.view.roster, hands), numbered(excerpt, desk.today), acts()[hands.act].label)


def _ahead(desk: Desk) -> Iterator[Ahead]:
    today, last = desk.today, desk.today + timedelta(days=DAYS)
    for each in desk.register.index.listings.asked_for(desk.scope, today.isoformat(), last.isoformat()):
        yield Ahead(date.fromisoformat(each.external_due or ""), f"{numbered(each, today)}  上级要求报送", each.id)
    if not {role for role, _ in desk.roles} & _who_makes_roundups():
        return
    month = today.replace(day=1)
    for begun in ((month - timedelta(days=1)).replace(day=1), month):
        name = f"{begun:%Y-%m}"
        due = issue_by(name, desk.view.calendar, desk.view.policy)
        if today <= due <= last and not _issued(desk, name):
            yield Ahead(due, f"{begun.month}月汇总通报印发期限（第{desk.view.policy.roundup_workday}个工作日）")


def _issued(desk: Desk, month: str) -> bool:
    with suppress(Unreadable):
        found = desk.view.roundup(month)
        return found is not None and found.issued is not None
    return False


def _who_makes_roundups() -> set[str]:
    return {who.role for spec in acts().values() if spec.target == "roundup" for who in spec.who}
