"""The roundups (通报) that a person may see, what he may do with them, and which of them wait for him."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

from desk.desk import Desk
from desk.offering import offered
from records.acts import Prospect, duties
from records.acts.duties import whose
from records.matter.roundup import Roundup
from records.store.record_files import Unreadable
from schema.problem import Problem
from schema.tables import acts

_RECENT = 3  # roundups that may still wait for somebody


@dataclass(frozen=True)
class RoundupFile:
    """One month's roundup with all that a screen shows of it.

    Attributes:
        roundup: as the person may see it; None where there is none, or none for him.
        to_draft: the month that a roundup would be drafted of now, ``2026-10``.
        prospects: the acts on it, and the drafting of ``to_draft``, as they are offered.
        documents: the files that it was published as.
    """

    roundup: Roundup | None
    to_draft: str
    prospects: tuple[Prospect, ...]
    documents: tuple[Path, ...]


def roundups(desk: Desk, last: int | None = None) -> tuple[tuple[Roundup, ...], tuple[Problem, ...]]:
    """Return the roundups the person may see, newest first, without their rows, and what is wrong with those that cannot be read.

    Office, leaders and auditors see all of them; units what was issued to them, and of one that cannot be read nothing.

    Args:
        desk: the person's.
        last: only so many of the newest, None for all.
    """
    view = desk.view
    found: list[Roundup] = []
    problems: list[Problem] = []
    for month in islice(view.months(), last):
        try:
            if (one := view.roundup(month)) is not None:
                found.append(replace(one, rows=()))
        except Unreadable as broken:
            problems += broken.problems if desk.sees_every else ()
    return tuple(each for each in found if desk.may_read(each)), tuple(problems)


def roundup(desk: Desk, month: str) -> RoundupFile:
    """Return what the person may see of a month's roundup, and what he may do; ``month`` is empty where there is none to show.

    Raises:
        Unreadable: the record is broken.
    """
    desk.whole()
    view, last = desk.view, (desk.today.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    found = desk.kept_roundup(month)
    to_draft = last if desk.kept_roundup(last) is None else desk.today.strftime("%Y-%m")
    names = [f"roundup-{month}{kind}" for kind in (".docx", ".xlsx")] if found else []
    prospects = (each for on in (found, to_draft) if on for each in desk.prospects(on))
    due = duties(view.world(), found, desk.clock()) if found else ()
    return RoundupFile(
        roundup=desk.roundup(month),
        to_draft=to_draft,
        prospects=offered(prospects, found, due, desk.person.id if desk.person else ""),
        documents=tuple(path for name in names if (path := desk.register.published / name).exists()),
    )


def owed_roundups(desk: Desk) -> tuple[tuple[str, str], ...]:
    """Return the months whose roundups wait for the person, each with the name of what he is to do."""
    if desk.person is None:
        return ()
    world, at, person = desk.view.world(), desk.clock(), desk.person.id
    found = ((each.id, duty) for each in roundups(desk, _RECENT)[0] for duty in duties(world, each, at))
    return tuple((month, acts()[duty.act].label) for month, duty in found if person in whose(duty, world.roster, at.date()))
