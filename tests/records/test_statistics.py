"""The figures of D-18: counted by hand and by another way, adding up, opening to their items, the same on a clone of any day."""

import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from desk.desk import Desk
from desk.statistics import question, statistics
from records.bureau.calendar import CalendarYear, Holiday
from records.matter.changes import Suspension
from records.matter.item import Item
from records.matter.report import OfficeReview
from records.matter.stamps import Remark, Stamp
from records.register.register import Register
from records.rules.clocks import clocks, overdue, worst
from records.rules.statistics import By, Facts, FigureName, Figures, facts, tally, total
from records.store.record_files import emit, parse
from records.store.store import Ident
from tests.bureau import CALENDAR, POLICY, Matter, at
from tests.planting import store_of

LAST = date(2026, 11, 28)
DIMENSIONS: tuple[By, ...] = get_args(By)
NAMES: tuple[FigureName, ...] = get_args(FigureName)
# Counted by hand from the drawing 统计 of the screens, and from the records where it does not say: dispatched, concluded, open, otherwise
# ended, overdue, returned, workdays on average.
BY_HAND = {
    "JJ": (8, 3, 4, 1, 2, 2, 23), "ZA": (6, 4, 2, 0, 1, 3, 49), "XJ": (2, 1, 1, 0, 0, 1, 69), "QLH": (1, 0, 1, 0, 1, 2, None),
    "CG": (1, 0, 1, 0, 1, 0, None), "JZ": (1, 0, 1, 0, 1, 0, None), "ZZB": (1, 0, 1, 0, 1, 0, None), "JB": (1, 0, 1, 0, 1, 0, None),
    "BGS": (1, 0, 1, 0, 1, 0, None), "FZ": (1, 0, 1, 0, 0, 0, None), "SYH": (1, 0, 1, 0, 0, 1, None), "RK": (1, 1, 0, 0, 0, 1, 17),
    "WA": (1, 1, 0, 0, 0, 1, 71), "QZ": (1, 1, 0, 0, 0, 0, 45), "JS": (1, 0, 1, 0, 0, 0, None), "JD": (1, 0, 1, 0, 0, 0, None),
}  # fmt: skip


def counted(found: Iterable[Facts], by: By, day: date, register: Register, since: str = "2026-01-01") -> dict[str, Figures]:
    view = register.view()
    return dict(tally(found, by, since, "2026-12-31", day, view.calendar, view.policy_at))


def count(row: Figures, name: FigureName) -> int:
    return row[name].count if name in row else 0


@pytest.fixture
def every(demo: Register) -> list[Facts]:
    return demo.index.facts()[1]


def test_the_demo_counts_as_it_was_counted_by_hand(demo: Register, every: list[Facts]) -> None:
    found = {}
    for unit, row in counted(every, "unit", LAST, demo).items():
        numbers = [count(row, name) for name in ("dispatched", "concluded", "open", "ended_otherwise", "overdue", "returned")]
        if any(numbers):
            mean = round(count(row, "workdays") / count(row, "judged")) if "judged" in row else None
            found[unit] = (*numbers, mean)
    assert found == BY_HAND


def test_a_matter_belongs_to_a_period_from_its_first_day_to_its_last_and_the_row_with_most_stands_first(
    demo: Register, every: list[Facts]
) -> None:
    view = demo.view()
    for each in every:
        for first, last, inside in (
            (each.dispatched, each.dispatched, True),
            ("2020-01-01", (date.fromisoformat(each.dispatched) - timedelta(days=1)).isoformat(), False),
            ((date.fromisoformat(each.dispatched) + timedelta(days=1)).isoformat(), "2030-01-01", False),
        ):
            assert bool(tally([each], "unit", first, last, LAST, view.calendar, view.policy_at)) is inside
    for by in ("unit", "leader"):
        counts = [count(row, "dispatched") for row in counted(every, by, LAST, demo).values()]
        assert counts == sorted(counts, reverse=True)
        assert len(set(counts)) > 2


def _cloned(register: Register, folder: Path, commit: str) -> Iterator[dict[str, Any]]:
    """The items of a clone checked out at a commit, as plain data."""
    subprocess.run(["git", "clone", "-q", str(register.home / "register.git"), str(folder)], check=True)
    subprocess.run(["git", "-C", str(folder), "checkout", "-q", commit], check=True)
    for path in sorted(folder.glob("items/*/*/*.yaml")):
        yield yaml.load(path.read_bytes(), yaml.CSafeLoader)


def test_another_way_of_counting_finds_the_same_in_every_dimension(demo: Register, every: list[Facts], tmp_path: Path) -> None:
    plain = [item for item in _cloned(demo, tmp_path / "clone", demo.head() or "") if "dispatched" in item]
    keys: dict[By, Callable[[dict[str, Any]], str]] = {
        "unit": lambda item: next(part["unit"] for part in item["units"] if part["role"] == "lead"),
        "category": lambda item: str(item["category"]),
        "leader": lambda item: item["portfolio_leader"],
        "month": lambda item: item["dispatched"]["at"][:7],
        "dispatched": lambda item: item["dispatched"]["at"][:4],
    }
    for by, key in keys.items():
        rows = counted(every, by, LAST, demo)
        wanted: dict[FigureName, Counter[str]] = {
            "dispatched": Counter(map(key, plain)),
            "concluded": Counter(key(item) for item in plain if "concluded" in item),
            "returned": Counter(key(item) for item in plain for each in item.get("report", {"rounds": ()})["rounds"] if "returned" in each),
            "first_round": Counter(
                key(item) for item in plain if "concluded" in item and "office_reviewed" in item["report"]["rounds"][0]
                and len(item["report"]["rounds"]) == 1
            ),
        }  # fmt: skip
        for name, own in wanted.items():
            assert {row: count(figures, name) for row, figures in rows.items() if name in figures} == own, (by, name)
    signed = sum("signed_for" in part for item in plain for part in item["units"])
    signed += sum("signed_for" in each for item in plain for each in item.get("transfers", ()))
    waiting = 1  # 0203, which its unit never signed for
    assert count(total(counted(every, "unit", LAST, demo).values()), "signed") == signed + waiting
    closed = counted(every, "closed", LAST, demo)
    assert {year: count(row, "dispatched") for year, row in closed.items()} == {
        "2026": sum("concluded" in item or "closed" in item for item in plain)
    }


@pytest.mark.parametrize("day", [date(2026, 6, 1), date(2026, 9, 10), LAST, date(2027, 2, 1)])
def test_columns_add_up_and_every_figure_is_recounted_by_its_items(demo: Register, every: list[Facts], day: date) -> None:
    whole = None
    for by in DIMENSIONS:
        rows = counted(every, by, day, demo, "2020-01-01")
        together = {name: count(total(rows.values()), name) for name in NAMES}
        assert together == {name: sum(count(row, name) for row in rows.values()) for name in NAMES}
        if by != "closed":
            assert whole in (None, together), "every way of dividing the same matters has the same sum"
            whole = together
        for key, row in rows.items():
            assert count(row, "dispatched") == sum(count(row, name) for name in ("concluded", "open", "ended_otherwise"))
            for part, of in (("in_time", "judged"), ("first_round", "judged"), ("judged", "concluded"), ("overdue", "open")):
                assert part not in row or row[part].items <= row[of].items  # type: ignore[index]
            for part, of in (("signed_in_time", "signed"), ("fed_back_in_time", "fed_back")):
                assert part not in row or all(times <= row[of].times[item] for item, times in row[part].times.items())  # type: ignore[index]
            for name, figure in row.items():
                again = counted([each for each in every if each.item in figure.items], by, day, demo, "2020-01-01")
                assert again[key][name] == figure, (by, key, name)


def test_the_index_holds_what_the_records_tell(demo: Register, every: list[Facts]) -> None:
    view = demo.view()
    told = [facts(item, view.policy_at(item.policy), view.calendar) for item in view.all_items()]
    assert sorted(every) == sorted(each for each in told if each)


def test_red_is_what_the_light_of_an_item_says_on_every_day(demo: Register) -> None:
    view = demo.view()
    for item in view.all_items():
        policy = view.policy_at(item.policy)
        running = clocks(item, policy, view.calendar)
        for n in range(0, 200, 3):
            day = date(2026, 8, 1) + timedelta(days=n)
            assert overdue(running, day) == (worst(running, item.urgency, policy, view.calendar, day).colour == "red"), (item.id, day)


@pytest.mark.parametrize("day", [date(2026, 3, 31), date(2026, 9, 5), date(2026, 11, 10), date(2026, 11, 22)])
def test_a_past_day_is_what_a_clone_of_that_day_counts(demo: Register, tmp_path: Path, day: date) -> None:
    desk = Desk(demo, None, lambda: datetime.fromisoformat("2026-11-28T09:00:00+08:00"))
    found = statistics(desk, question("unit", day))
    git = ["git", "--git-dir", str(demo.home / "register.git")]
    till = subprocess.run(
        [*git, "log", "-1", f"--until={day}T23:59:59+08:00", "--format=%H", "main"], check=True, capture_output=True, text=True
    )
    assert found.commit == till.stdout.strip()
    list(_cloned(demo, tmp_path / "clone", found.commit))
    view = demo.view()  # calendar and policy of the demo never change
    told = []
    for path in sorted((tmp_path / "clone").glob("items/*/*/*.yaml")):
        item = parse(path.read_bytes(), Item, str(path.relative_to(tmp_path / "clone")))
        told.append(facts(item, view.policy_at(item.policy), view.calendar))
    wanted = counted([each for each in told if each], "unit", day, demo)
    assert {row.key: row.figures for row in found.rows} == wanted
    assert found.from_records


def test_a_calendar_that_changes_is_judged_by_at_once(demo: Register) -> None:
    before = demo.index.facts()[1]
    with store_of(demo).writing() as transaction:
        year = parse(store_of(demo).read("calendar/2026.yaml", demo.head() or "") or b"", CalendarYear, "calendar/2026.yaml")
        longer = replace(year, holidays=(*year.holidays, Holiday("防汛", "2026-06-09", "2026-06-18")))
        who = Ident("某人", "x@lzga", at("2026-11-28T09:00"))
        transaction.commit({"calendar/2026.yaml": emit(longer)}, author=who, committer=who, message="手改\n")
    demo.index.catch_up()
    view, found = demo.view(), demo.index.facts()[1]
    told = [facts(item, view.policy_at(item.policy), view.calendar) for item in view.all_items()]
    assert sorted(found) == sorted(each for each in told if each) != sorted(before)


def told(item: Item) -> Facts:
    found = facts(item, POLICY, CALENDAR)
    assert found is not None
    return found


def test_before_the_dispatch_nothing_is_counted() -> None:
    item = Matter().until("dispatch").item
    assert item is not None
    assert facts(item, POLICY, CALENDAR) is None


def test_a_pause_is_no_time_worked() -> None:
    matter = Matter().until("conclude")
    item = matter.do("conclude", "BGS.clerk1")
    assert item.report is not None
    rounds = (replace(item.report.rounds[0], submitted=Stamp("JJ.liaison", "2026-09-14T09:00:00+08:00")),)
    longer = replace(item, report=replace(item.report, rounds=rounds))
    assert told(longer).workdays == 10
    pause = Suspension("BGS.clerk1", "2026-09-02T09:00:00+08:00", reason="等", from_state="in_progress")
    paused = replace(pause, resumed=Remark("BGS.clerk1", "2026-09-07T09:00:00+08:00"))
    assert told(replace(longer, suspensions=(paused,))).workdays == 7


def test_what_was_accepted_again_after_a_fresh_start_did_not_pass_in_the_first_round() -> None:
    matter = Matter().until("conclude")
    item = matter.do("conclude", "BGS.clerk1")
    assert told(item).first_round
    assert item.report is not None
    first = item.report.rounds[0]
    again = replace(first, round=2, office_reviewed=OfficeReview("BGS.clerk1", "2026-09-03T09:00:00+08:00"))
    assert not told(replace(item, report=replace(item.report, rounds=(first, again)))).first_round


def test_what_was_never_signed_for_counts_against_the_unit_once_its_day_has_passed() -> None:
    item = Matter().until("sign_for").item
    assert item is not None
    one = [told(item)]
    for day, wanted in ((date(2026, 8, 31), {}), (date(2026, 9, 1), {"JJ": (0, 1), "CG": (0, 1)})):
        rows = tally(one, "unit", "2026-01-01", "2026-12-31", day, CALENDAR, lambda _: POLICY)
        signed = {unit: (count(row, "signed_in_time"), count(row, "signed")) for unit, row in rows.items() if "signed" in row}
        assert signed == wanted
