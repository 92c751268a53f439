"""Records beside the matters, line by line: roundups, numbers, people, rules, days; what is told of them, and the ways on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from desk.desk import Desk
from desk.done import done
from desk.paper_entry import to_enter
from desk.roundups import roundup, roundups
from desk.rules import plain_words, scoring_in_words, spoken_today, waiting
from desk.staff import bodies, doors, found
from desk.terms import Line
from desk.wording import numbered
from records.acts import Prospect
from records.bureau.foundations import BUREAU, POLICY, SCORING, kinds_named
from schema.tables import acts, checker
from tui.lines.telling import body_of, roundup_of

_NUMBERS = 10  # the last of a series that are read out

Way = tuple[str, str, str]
"""What is said of it, the act, what that is done on; without an act, the word that leads on."""


class Place(NamedTuple):
    """What is told of records, the ways on, and the acts on them with what each is done on, whether open to the person or not."""

    told: Iterable[Line]
    ways: list[Way]
    acts_on: Sequence[tuple[Prospect, str]] = ()


@dataclass(frozen=True)
class Door:
    """One of the things that were read out with a number: what is said of it, and what it leads to."""

    told: str
    go: Callable[[], None]


class Places:
    """The records beside the matters, with a person's eyes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def registers(self) -> bool:
        """Whether the person registers new matters."""
        desk = self._desk
        who = acts()["register"].who[0]
        return desk.person is not None and desk.view.roster.authority(desk.person.id, who, None, desk.today) is not None

    def done(self) -> Iterator[tuple[str, str]]:
        """Yield what the person did this month on matters, newest first."""
        for each in done(self._desk, f"{self._desk.today:%Y-%m}"):
            if each.opens and each.step.item:
                when = each.step.time[5:16].replace("T", " ")
                yield f"{when}，{each.label}，{each.step.item} {each.title}，{each.now}", each.step.item

    def roundups(self, month: str) -> Place:
        """Return the roundups, or one month's with the acts on it."""
        desk, told = self._desk, list[Line]()
        this = roundup(desk, month)
        if this.roundup:
            told = [("", this.roundup.title), *roundup_of(this.roundup, desk)]
        acts_on = [(each, this.roundup.id if this.roundup and each.spec.from_states else this.to_draft) for each in this.prospects]
        ways = list(_open(acts_on))
        if not month:
            told = [("", "汇总通报。")]
            for each in roundups(desk)[0]:
                state = checker("roundup").enum_label(("state",), each.state)
                ways.append((f"{each.id} {each.title}，{state}", "", f"通报 {each.id}"))
        return Place(told, ways, acts_on)

    def numbers(self) -> Place:
        """Return the series of document numbers with the last of each, and the acts on them."""
        desk, told, ways = self._desk, [("", "发文字号。")], list[Way]()
        for series in desk.number_series(desk.today.year)[0]:
            name = f"{series.chars}〔{series.year}〕"
            told.append((name, f"下一个是第{series.next}号"))
            titles = desk.titles(each.item for each in series.entries[-_NUMBERS:] if each.item)
            for entry in series.entries[-_NUMBERS:]:
                lines = numbered(entry, series, desk.view.roster, titles.get(entry.item or "", ""))
                told.append(("", "，".join(value.replace("\n", "，") for _, value in lines)))
            ways += [(f"{name} {each.spec.label}", each.spec.name, series.series) for each in desk.number_acts(series) if not each.refusal]
        return Place(told, ways)

    def people(self, words: str) -> Place | None:
        """Return the bodies that are meant, or the one with its offices and the acts on it."""
        desk = self._desk
        every = bodies(desk)
        named = [body for body in every if words in (body.id, body.name)]
        meant = named or found(every, words)
        if not meant:
            return None
        if len(meant) > 1:
            return Place([("", f"{len(meant)} 个单位。")], [(body.name, "", f"人员 {body.name}") for body in meant])
        return Place(body_of(meant[0]), list(_open(doors(desk, meant[0].id))))

    def rules(self) -> Place:
        """Return the rules in force in plain words, and the acts on them."""
        view = self._desk.view
        told = [("时限规则", f"第{view.policy.version}版"), *plain_words(view.policy), *scoring_in_words(view.scoring), *waiting(view)]
        acts_on = list(self._on(POLICY, SCORING, *([BUREAU] if self._desk.read_only else [])))
        return Place(told, list(_open(acts_on)), acts_on)

    def days(self, year: str) -> Place | None:
        """Return what day it is, and the acts on the calendar of a year."""
        desk = self._desk
        target = year or str(desk.today.year)
        if kinds_named(target) != ("calendar",):
            return None
        return Place([("", f"{target}年日历。今天 {spoken_today(desk.view.calendar, desk.today)}")], list(_open(self._on(target))))

    def signed_on_paper(self, found: Iterable[tuple[Prospect, str]]) -> Iterator[Way]:
        """Yield those of some acts that somebody else may have signed on paper, each with what it is done on (代录)."""
        targets = {each.spec.name: target for each, target in found}
        there = to_enter(self._desk, targets)
        yield from ((acts()[act].label, act, target) for act, target in targets.items() if act in there)

    def _on(self, *targets: str) -> Iterator[tuple[Prospect, str]]:
        for target in targets:
            yield from ((each, target) for each in self._desk.foundation_acts(kinds_named(target), target))


def _open(found: Iterable[tuple[Prospect, str]]) -> Iterator[Way]:
    yield from (_way(each, target) for each, target in found if each.refusal is None)


def _way(each: Prospect, target: str) -> Way:
    return f"{each.spec.label}。{each.spec.help}", each.spec.name, target
