"""An opinion that is given anew is no later than the first was: lateness is judged by the first (2-9; D-1)."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from records.acts import Outcome
from records.bureau.calendar import Calendar
from records.matter.item import Item
from records.matter.stamps import Stamp
from records.rules.roundup_figures import rows
from records.rules.timeliness import lateness
from records.store.record_files import emit, parse
from tests.bureau import CALENDAR, STORY, Matter, at

OWN = [{"text": "查实"}, {"text": "错峰放学", "unit": "CG", "due": "2026-09-07"}]


def matter(points: object = None, due: str = "2026-09-07") -> Matter:
    """A matter due on Monday 7 September, its opinions so by Thursday the third, that both units have signed for."""
    found = Matter()
    for act, by, inputs in STORY[:7]:
        found.do(act, by, **({**inputs, "points": points or [{"text": "查实"}], "due": due} if act == "propose" else inputs))
    return found


def speaks(found: Matter, *days: str) -> Item:
    for n, day in enumerate(days):
        found.now = at(f"{day}T10:00")
        found.do("give_opinion", "CG.liaison", text=f"第{n + 1}次意见。")
    assert found.item is not None
    return found.item


def late(found: Matter) -> list[tuple[str, str, int]]:
    assert found.item is not None
    return [(each.due, each.at[:10], each.days) for each in lateness(found.item, found.policy, found.calendar) if each.kind == "opinion"]


@pytest.mark.parametrize(
    ("days", "first", "came_late"),
    [
        (["2026-09-02"], None, []),
        (["2026-09-02", "2026-09-03"], None, []),  # in time both: nothing is kept, as before
        (["2026-09-02", "2026-09-04"], "2026-09-02", []),
        (["2026-09-02", "2026-09-03", "2026-09-04"], "2026-09-03", []),  # the one that was in time is enough
        (["2026-09-02", "2026-09-04", "2026-09-08"], "2026-09-02", []),
        (["2026-09-04"], None, [("2026-09-03", "2026-09-04", 1)]),
        (["2026-09-04", "2026-09-08"], "2026-09-04", [("2026-09-03", "2026-09-04", 1)]),
    ],
)
def test_an_opinion_given_anew_is_judged_by_the_first(
    days: Sequence[str], first: str | None, came_late: list[tuple[str, str, int]]
) -> None:
    found = matter()
    item = speaks(found, *days)
    part = item.part("CG")
    assert part is not None
    assert part.opinion is not None
    assert (part.opinion.at[:10], part.opinion.text) == (days[-1], f"第{len(days)}次意见。")  # the words in force are the last
    assert (part.first_opinion and part.first_opinion.at[:10]) == first
    assert late(found) == came_late
    assert parse(emit(item), Item) == item


def test_a_roundup_names_no_unit_whose_opinion_was_in_time_the_first_time() -> None:
    for days, named in ((["2026-09-04"], ("opinion",)), (["2026-09-02", "2026-09-04"], ())):
        item = speaks(found := matter(), *days)
        (row,) = rows([item], "2026-09-01", "2026-09-30", at("2026-10-08T09:00").date(), CALENDAR, found.policy_at, found.policy)
        assert tuple(kind for kind in row.came_late if kind == "opinion") == named


def test_an_opinion_stays_in_time_when_the_units_own_day_is_dropped() -> None:
    found = matter(OWN)
    item = speaks(found, "2026-09-02", "2026-09-04")  # by the seventh, its own day; without it by the third
    assert (late(found), item.units[1].first_opinion) == ([], Stamp("CG.liaison", "2026-09-02T10:00:00+08:00"))
    found.do("propose_adjustment", "BGS.clerk1", points=[{"text": "查实"}, {"text": "错峰放学", "unit": "CG"}], reason="不另定日期。")
    found.do("decide_adjustment", "L03", decision="approved", text="同意。")
    assert late(found) == []


def test_where_the_years_notice_is_not_in_yet_the_first_is_kept() -> None:
    found = matter()
    found.calendar = Calendar({})
    item = speaks(found, "2026-09-01", "2026-09-02")
    assert item.units[1].first_opinion == Stamp("CG.liaison", "2026-09-01T10:00:00+08:00")


def test_one_that_was_late_stays_late_though_more_time_was_granted_since() -> None:
    found = matter()
    speaks(found, "2026-09-04")
    found.now = at("2026-09-04T15:00")
    found.do("request_extension", "JJ.main_leader", reason="等候检测。", until="2026-09-21")
    found.do("decide_extension", "BGS.director_in_charge", decision="approved", text="同意。")
    speaks(found, "2026-09-07")
    assert late(found) == [("2026-09-03", "2026-09-04", 1)]


def test_taking_back_the_later_one_leaves_the_first_as_it_stood() -> None:
    found = matter()
    was = speaks(found, "2026-09-02").units
    speaks(found, "2026-09-04")
    item = found.do("take_back", "CG.liaison", reason="写错了。")
    assert item.units == was
    # One that was itself taken back was never given.
    other = matter()
    speaks(other, "2026-09-02")
    other.do("take_back", "CG.liaison", reason="写错了。")
    speaks(other, "2026-09-04")
    assert late(other) == [("2026-09-03", "2026-09-04", 1)]


def test_a_unit_that_comes_in_later_answers_for_its_own_opinion() -> None:
    found = matter()
    speaks(found, "2026-09-02", "2026-09-04")
    found.do("change_assisting", "BGS.clerk1", from_unit="CG", to_unit="ZA", reason="职责调整。")
    item = found.do("sign_for", "ZA.liaison")
    assert [part.first_opinion for part in item.units] == [None, None]


def test_what_was_put_on_record_before_is_read_and_goes_on() -> None:
    found = matter()
    item = speaks(found, "2026-09-02", "2026-09-04")
    old = replace(item, units=tuple(replace(part, first_opinion=None) for part in item.units))
    found.item = old  # as the program of before wrote it: by that record the opinion is late
    assert late(found) == [("2026-09-03", "2026-09-04", 1)]
    found.now = at("2026-09-08T10:00")
    again = found.try_("give_opinion", "CG.liaison", text="再补充。")
    assert isinstance(again, Outcome)
    assert again.item is not None
    assert again.item.units[1].first_opinion == Stamp("CG.liaison", "2026-09-04T10:00:00+08:00")
