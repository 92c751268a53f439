"""已办: what one person did, newest first, and how the matter stands now; and whether his last step can still be taken back."""

from dataclasses import dataclass
from datetime import timedelta

from desk.desk import Desk
from desk.holding import in_whose_hands, named
from desk.terms import label
from records.matter.history import Step
from records.rules.roundup_figures import period
from schema.tables import acts

UNSEEN = "（现在不在您的职责范围内）"


@dataclass(frozen=True)
class DoneStep:
    """One step of a person.

    Attributes:
        title: of its item, "" where it was about none; what he may no longer see is said to be so.
        now: how the item stands and who has it, "" where there is nothing to say.
    """

    step: Step
    title: str
    now: str

    @property
    def label(self) -> str:
        """What was done; a number or a series has no label of its own."""
        known = acts().get(self.step.act)
        return known.label if known else self.step.subject

    @property
    def opens(self) -> bool:
        """Whether there is an item that the person may open."""
        return bool(self.step.item) and self.title != UNSEEN


def done(desk: Desk, month: str) -> tuple[DoneStep, ...]:
    """Return what the person at the desk did in a month written ``2026-10``, newest first, under his own name or for whom he stood in."""
    if desk.person is None:
        return ()
    desk.whole()
    since, until = period(month)
    steps = desk.register.index.steps_of(desk.person.id, since, f"{until}T24")
    seen = {each.id: each for each in desk.seen(dict.fromkeys(step.item for step in steps if step.item))}
    hands = in_whose_hands(desk, tuple(seen.values()))
    roster = desk.view.roster
    now = {item: f"{label('state', each.state)} {named(roster, hands.get(item))}".rstrip() for item, each in seen.items()}
    titles = {item: each.title for item, each in seen.items()}
    return tuple(DoneStep(step, titles.get(step.item, UNSEEN) if step.item else "", now.get(step.item or "", "")) for step in steps)


def way_back(desk: Desk, last: DoneStep) -> str:
    """Return the act by which the person may take a step back now, "" where he may not: it is the last on its item, and his (D-11)."""
    case = desk.open(last.step.item) if last.step.item else None
    newest = next((step for step in reversed(case.history) if step.person == last.step.person), None) if case else None
    if case is None or newest != last.step:
        return ""
    back = (each.spec for each in case.open_acts if any(str(wanted.at).startswith("taken_back") for wanted in each.spec.inputs))
    return next((spec.name for spec in back), "")


def months(desk: Desk, last: int = 24) -> tuple[str, ...]:
    """Return the months one can look at, this one first."""
    found, day = [], desk.today
    for _ in range(last):
        found.append(f"{day:%Y-%m}")
        day = day.replace(day=1) - timedelta(days=1)
    return tuple(found)
