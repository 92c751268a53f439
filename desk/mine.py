"""我登记的 and 我跟踪的: the matters that a person entered, and those that he chose to follow, with what others did since he last looked.

What somebody follows is his own affair: it lies beside his drafts, never in a record. It grants nothing: what he may no longer see is not
listed, as if it were not there.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from desk.desk import Desk
from records.index.listing import EVERY, Having, Listing
from records.index.rows import Excerpt, item_number
from records.matter.history import Step
from records.rules.clocks import Light
from records.store.disk import plain_bytes, replace_durably, reporting
from schema.tables import acts

Mine = Literal["registered", "followed"]
MINE: Mapping[Mine, str] = {"registered": "我登记的", "followed": "我跟踪的"}
_LARGEST = 1 << 20  # bytes: some tens of thousands of items


@dataclass(frozen=True)
class MineLine:
    """A matter of such a list; ``news`` says what others did since the person last looked, "" where nothing or where he does not follow."""

    excerpt: Excerpt
    light: Light
    news: str = ""


class MineSight(NamedTuple):
    """How many matters there are in such a list, some of them, and what is to be said of what is not there yet, empty for nothing."""

    total: int = 0
    lines: tuple[MineLine, ...] = ()
    lacks: str = ""


def mine(desk: Desk, what: Mine, first: int = 0, most: int = EVERY) -> MineSight:
    """Return what there is in a list that the person may see, newest first; nothing where nobody sits at the desk.

    Args:
        desk: the person's.
        what: the list.
        first: how many are left out before them.
        most: how many at most.
    """
    if desk.person is None:
        return MineSight()
    desk.catch_up()
    if what == "followed":
        looks = _followed(desk)
        found = sorted(desk.seen(looks), key=lambda each: item_number(each.id) or 0, reverse=True)
        told = (_news(desk, each.id, looks[each.id]) for each in found[first : first + most])
        return MineSight(len(found), tuple(map(MineLine, found[first : first + most], desk.lights(found[first : first + most]), told)))
    lacks, listing = desk.know_history(), Listing(desk.scope, having=(Having("registered", (desk.person.id,)),))
    _, found = desk.register.index.listings.page(listing, first, most)
    return MineSight(desk.register.index.listings.count(listing), tuple(map(MineLine, found, desk.lights(found))), lacks)


def follows(desk: Desk, item: str) -> bool:
    """Say whether the person follows a matter."""
    return desk.person is not None and item in _followed(desk)


def follow(desk: Desk, item: str, *, on: bool = False) -> bool | None:
    """Follow a matter from now on, or no longer; return whether he does now, None where he may see none, or nobody sits there.

    Args:
        desk: the person's.
        item: id of the matter.
        on: go on following it where he does already.

    Raises:
        StoreError: the disk refuses.
    """
    if desk.person is None or not desk.titles([item]):
        return None
    looks = dict(_followed(desk))
    if item in looks and on:
        return True
    if item in looks:
        del looks[item]
    else:
        looks[item] = len(desk.register.index.history(item))
    _keep(desk, looks)
    return item in looks


def told_follow(item: str, became: bool | None) -> str:
    """Return what became of a matter that was to be followed, or no longer, in words."""
    if became is None:
        return "没有选定身份，不能跟踪。"
    return f"已跟踪 {item}，列在已办的“{MINE['followed']}”里，有变动会说。" if became else f"不再跟踪 {item}。"


def looked(desk: Desk, item: str, steps: int) -> None:
    """Note that the person has a matter before him with so many steps, where he follows it.

    Fewer than he had before him already are nothing to note while an index that starts cold has yet to read the others.

    Raises:
        StoreError: the disk refuses.
    """
    looks = _followed(desk) if desk.person else {}
    if item in looks and (looks[item] < steps or (looks[item] > steps and desk.register.index.has_history)):
        _keep(desk, {**looks, item: steps})


def _news(desk: Desk, item: str, before: int) -> str:
    others = [step for step in desk.register.index.history(item)[before:] if desk.person and step.person != desk.person.id]
    return f"其后{len(others)}步：{_label(others[-1])} {others[-1].time[5:10]}" if others else ""


def _label(step: Step) -> str:
    known = acts().get(step.act)
    return known.label if known else step.subject


def _file(desk: Desk) -> Path:
    assert desk.person is not None
    return desk.register.drafts / desk.person.id / "followed"


def _followed(desk: Desk) -> Mapping[str, int]:
    """What the person follows, each with how many steps it had when he last looked; a damaged file follows nothing."""
    with reporting("读取跟踪的事项", _file(desk)), suppress(FileNotFoundError, ValueError):
        found = json.loads(plain_bytes(_file(desk), _LARGEST))
        return {item: steps for item, steps in found.items() if isinstance(steps, int)} if isinstance(found, dict) else {}
    return {}


def _keep(desk: Desk, looks: Mapping[str, int]) -> None:
    path = _file(desk)
    with reporting("保存跟踪的事项", path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_durably(path, json.dumps(looks, indent=0).encode(), 0o600)
