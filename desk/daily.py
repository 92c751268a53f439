"""待办 as a page: what the person must do, since when and who asked; what he left half written; what others owe that he watches."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

from desk import ledger
from desk.desk import Desk
from desk.inbox import Awaiting, Task, awaiting
from desk.ledger import LedgerQuery
from desk.lights import until
from desk.terms import holders, label, serial
from records.acts import duties
from records.acts.duties import whose
from records.index.listing import EVERY
from records.index.rows import Excerpt
from records.matter.history import Step
from records.rules.clocks import Light
from records.store.record_files import Unreadable
from schema.tables import ActSpec, acts

_WATCHED = 50
"""What is late and in other hands, the latest first, of which so many are listed; how many there are is said."""

OUT_OF_SIGHT = "已不在您的职责范围内"

_AGAIN = 2
"""Returns of a report from which it is counted."""


@dataclass(frozen=True)
class Line:
    """One row of the page.

    Attributes:
        item: id of the matter.
        act: what Enter leads to; empty where it opens the matter.
        title: its number and its name.
        what: what is to be done, or who owes it.
        light: of the clock that runs.
        when: the day, and how far off it is, in words.
        last: since when it is here, a draft of it, or how it was urged last.
    """

    item: str
    act: str
    title: str
    what: str
    light: Light
    when: str
    last: str


@dataclass(frozen=True)
class Figure:
    """A number that leads on: what it counts, how many, and the ledger behind it."""

    name: str
    count: int
    colour: str = ""
    only: frozenset[str] | None = None


@dataclass(frozen=True)
class Page:
    """The page.

    Attributes:
        awaiting: what awaits the person, None where nobody sits at the desk.
        mine: what he must do, most urgent first, as far as it was read.
        total: how much that is in all.
        left: what he left half written though nothing of it is owed.
        watched: what is late in other hands.
        late: how many of these there are, also beyond those listed.
        figures: for those who look after all matters.
    """

    awaiting: Awaiting | None = None
    mine: tuple[Line, ...] = ()
    total: int = 0
    left: tuple[Line, ...] = ()
    watched: tuple[Line, ...] = ()
    late: int = 0
    figures: tuple[Figure, ...] = ()


def page(desk: Desk, drafts: Mapping[tuple[str, str], str], most: int = 0) -> Page:
    """Return the page; reads the register.

    Args:
        desk: the person's.
        drafts: when he last wrote on what he has not handed in, by act and matter.
        most: how much of what awaits him is read at least, all that is open apart.
    """
    found = awaiting(desk)
    tasks = found.page(0, max(most, len(found.open)))[1] if found else []
    owed = {(task.act, task.excerpt.id) for task in tasks}
    mine = tuple(_duty(desk, task, drafts) for task in tasks)
    left = tuple(_left(desk, ((act, item, at) for (act, item), at in drafts.items() if (act, item) not in owed)))
    first = Page(found, mine, found.total if found else 0, left)
    if desk.person is None or not desk.sees_every:
        return first
    red = LedgerQuery(colour="red", order="time_left")
    late = ledger.page(desk, red, 0, _WATCHED).lines
    own = frozenset(task.excerpt.id for task in tasks)
    urging = _urging()
    urges = urging.name if {role for role, _ in desk.roles} & {who.role for who in urging.who} else ""
    watched = tuple(_watched(desk, each.excerpt, each.light, urges) for each in late if each.excerpt.id not in own)
    count, his = (ledger.count(desk, each, EVERY) for each in (red, replace(red, only=own)))
    yellow = ledger.count(desk, LedgerQuery(colour="yellow"), EVERY)
    again = frozenset(each.id for each in desk.register.index.open_items(_AGAIN) if each.returned >= _AGAIN and desk.sees(each))
    figures = Figure("红灯", count, "red"), Figure("黄灯", yellow, "yellow"), Figure("退回两次", len(again), only=again)
    return replace(first, watched=watched, late=count - his, figures=figures)


def further(desk: Desk, found: Page, drafts: Mapping[tuple[str, str], str], first: int, most: int) -> tuple[Line, ...] | None:
    """Return more of what awaits the person, as `Awaiting.page`; None where the register has moved on since the page was read."""
    if found.awaiting is None:
        return ()
    commit, tasks = found.awaiting.page(first, most)
    return tuple(_duty(desk, task, drafts) for task in tasks) if commit == found.awaiting.commit else None


def why(desk: Desk, line: Line) -> tuple[str, ...]:
    """Return in two rows at most what stands behind a line: what was done last and by whom; who else has it, and its clause."""
    excerpt = desk.register.index.excerpt(line.item)
    if excerpt is None or not desk.sees(excerpt):
        return ("您写了没办的，回车看。",)
    steps, view = desk.steps(line.item), desk.view
    last = next((each for each in reversed(steps) if each.person in view.roster.people), None)  # what the register did is nobody's step
    told = [_step(last, desk)] if last else []
    spec = acts().get(line.act)
    clause = f"{spec.label}〔{spec.clause}〕" if spec else ""
    with suppress(Unreadable):
        item = view.item(line.item)
        owed = duties(view.world(), item, desk.clock()) if item else ()
        due = next((each for each in owed if each.act == line.act), None)
        if due is not None:
            names = [view.roster.name(each) for each in whose(due, view.roster, desk.today)]
            clause += f"，自 {due.since[5:10]}" + (f"  {len(names)}人都可办，先办为准：{'、'.join(names)}" if len(names) > 1 else "")
        elif owed:
            told.append(f"在{holders(owed, view.roster, titles=False)}手里，等{acts()[owed[0].act].label}")
    return (*told, *([clause] if clause else []))[:2]


def numbered(excerpt: Excerpt, today: date) -> str:
    """Return a matter's number within its year, with the year where it is another, and its name."""
    return f"{serial(excerpt.id, today.year)} {excerpt.title}"


def _duty(desk: Desk, task: Task, drafts: Mapping[tuple[str, str], str]) -> Line:
    draft = drafts.get((task.act, task.excerpt.id), "")
    last = f"草稿{draft[5:10]}" if draft else task.excerpt.updated[5:10]
    return Line(task.excerpt.id, task.act, numbered(task.excerpt, desk.today), task.label, task.light, until(task.light), last)


def _left(desk: Desk, drafts: Iterable[tuple[str, str, str]]) -> Iterator[Line]:
    for act, item, at in drafts:
        if act not in acts() or not desk.may_reread(item):
            continue
        excerpt = desk.register.index.excerpt(item)
        seen = excerpt if excerpt and desk.sees(excerpt) else None
        light = desk.light(seen) if seen else Light("none")
        title = numbered(seen, desk.today) if seen else f"{serial(item, desk.today.year)} {OUT_OF_SIGHT}"  # what he wrote stays his
        yield Line(item, act, title, acts()[act].label, light, until(light), f"草稿{at[5:10]}")


def _urging() -> ActSpec:
    """The act by which a person urges: the first whose level he chooses."""
    return next(spec for spec in acts().values() if any(wanted.at == "urges[-1].level" for wanted in spec.inputs))


def _watched(desk: Desk, excerpt: Excerpt, light: Light, urges: str) -> Line:
    roster, own = desk.view.roster, excerpt.lead == desk.view.roster.bureau.office
    who, last = roster.unit_name(excerpt.lead) if excerpt.lead else "", "本室" if own else _urged(excerpt)
    return Line(excerpt.id, "" if own else urges, numbered(excerpt, desk.today), who, light, until(light), last)


def _urged(excerpt: Excerpt) -> str:
    if excerpt.urged is None:
        return "未催"
    means, at = excerpt.urged
    return f"{label('urges.0.means', means)[:2]}{at[5:10]}"


def _step(step: Step, desk: Desk) -> str:
    known = acts().get(step.act)
    return f"{desk.view.roster.name(step.person, step.time)} {step.time[5:16].replace('T', ' ')} {known.label if known else step.subject}"
