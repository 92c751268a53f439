"""年终结转: what goes on, what may be archived and what may not, and the archiving as acts of their own."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from desk.desk import Desk
from desk.year_end import Part, YearEnd, archive, year_end
from records.acts import Refusal
from records.register.register import NEW, Receipt, Register
from records.store.view import View
from tests.bureau import NOW, STORY, as_read, at, roster
from tests.tui.test_command import Shell

ITEM = "DB-2026-0001"
CLERK = "BGS.clerk1"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    known = roster()
    return Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), NOW)


@pytest.fixture
def shell(demo: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(demo.home, capsys, monkeypatch)


def acted(register: Register, act: str, target: str, by: str, now: datetime = NOW, **inputs: object) -> None:
    item = register.view().item(target) if target.startswith("DB") else None
    done = register.act(act, target, by, as_read(act, inputs, item), now)
    assert isinstance(done, Receipt), str(done)


def walked(register: Register, until: str, **first: object) -> None:
    for act, by, inputs in STORY:
        if act == until:
            return
        acted(register, act, NEW if act == "register" else ITEM, by, NOW, **{**inputs, **(first if act == "register" else {})})


def desk(register: Register, person: str | None, now: datetime = NOW) -> Desk:
    return Desk(register, register.view().roster.people[person] if person else None, lambda: now)


def told(found: YearEnd, part: Part) -> list[tuple[str, str, str]]:
    return [(line.id, line.state, line.note) for line in found.of(part)]


def test_what_is_open_goes_on_with_state_holder_day_and_light(demo: Register) -> None:
    found = year_end(desk(demo, "BGS.archivist", at("2026-11-23T10:30")), 2026)
    line = next(line for line in found.of("carried") if line.id == "DB-2026-0162")
    assert (line.state, line.due, line.light and line.light.colour) == ("办理中", "2026-11-06", "red")
    assert line.holder == "城关分局联络员 蒋拟恒、阎拟川，起草办结报告"
    assert {line.id for line in found.of("carried")} == {each.id for each in demo.index.open_items()}
    assert told(found, "ready") == [("DB-2026-0131", "已办结", "2026-09-29 办结"), ("DB-2026-0151", "已办结", "2026-10-15 办结")]
    assert told(found, "barred") == [("DB-2026-0073", "已并案", "〔三（四）〕本件现在是“已并案”，不能“归档”。")]
    assert [line.id for line in found.of("reserved")] == ["兰公督字〔2026〕16号", "兰公交报〔2026〕41号"]


def test_of_numbers_that_are_not_reserved_any_more_no_record_is_read(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """After ten years there are forty thousand numbers: to read what each went to took the app half a minute."""
    read: list[str] = []
    item = View.item
    monkeypatch.setattr(View, "item", lambda view, which: read.append(which) or item(view, which))  # type: ignore[func-returns-value]
    found = year_end(desk(demo, CLERK), 2026)
    listed = {line.id for line in found.lines} | {line.note.partition("，")[0] for line in found.of("reserved")}
    assert {which for which in read if which not in listed} == set()


def test_the_next_year_is_told_what_it_lacks_and_where_each_series_begins(register: Register) -> None:
    acted(register, "record_outside_numbers", "special", "BGS.registry", through=14, reason="启用时结转。")
    found = year_end(desk(register, CLERK), 2026)
    assert told(found, "series") == [("兰公办", "", "2026年用到第14号，2027年从第1号起")]
    assert [(line.title, line.state) for line in found.of("next")] == [("2027年节假日安排", "尚未登记"), ("时限和规则 2026-01", "尚未批准")]
    acted(register, "record_outside_numbers", "special", "BGS.registry", at("2027-01-04T09:00"), through=2, reason="启用时结转。")
    acted(
        register, "announce_calendar", "2027", "BGS.section_chief", at("2027-01-04T09:00"), basis="国办发明电〔2026〕9号",
        holidays=[{"name": "元旦", "since": "2027-01-01", "until": "2027-01-03"}], workdays=["2027-01-09"],
    )  # fmt: skip
    later = year_end(desk(register, CLERK, at("2027-01-05T09:00")), 2026)
    assert told(later, "series") == [("兰公办", "", "2026年用到第14号，2027年从第1号起，已用到第2号")]
    assert told(later, "next")[0] == ("", "已登记", "国办发明电〔2026〕9号")


def test_archiving_is_an_act_an_item_and_what_is_refused_is_named(register: Register) -> None:
    walked(register, "archive")
    archivist = desk(register, "BGS.archivist")
    (line,) = year_end(archivist, 2026).of("ready")
    before = register.head()
    (done, missing) = archive(archivist, (line, replace(line, id="DB-2026-0009")))
    assert isinstance(done[1], Receipt)
    assert isinstance(missing[1], Refusal)
    assert "没有 DB-2026-0009 这个事项" in str(missing[1])
    (commit,) = register.commits(before)
    assert "Duban-Act: archive" in commit.message
    item = register.view().item(ITEM)
    assert item is not None
    assert (item.state, item.archived and item.archived.by) == ("archived", "BGS.archivist")
    assert not [problem for _, problem in register.replay().problems() if problem]
    assert year_end(archivist, 2026).lines == tuple(each for each in year_end(archivist, 2026).lines if each.part in ("series", "next"))


def test_who_has_not_the_office_archives_nothing(register: Register) -> None:
    walked(register, "archive")
    clerk, head = desk(register, CLERK), register.head()
    ready = year_end(clerk, 2026).of("ready")
    assert [line.id for line in ready] == [ITEM], "who only looks is told what the archivist may do"
    ((_, became),) = archive(clerk, ready)
    assert isinstance(became, Refusal)
    assert became.rule == "R-34"
    assert register.head() == head


def test_a_matter_that_ended_in_the_next_year_is_of_that_year(register: Register) -> None:
    walked(register, "conclude")
    acted(register, "conclude", ITEM, CLERK, at("2027-01-04T09:00"))
    later = at("2027-01-05T09:00")
    assert not year_end(desk(register, CLERK, later), 2026).of("ready")
    assert [line.id for line in year_end(desk(register, CLERK, later), 2027).of("ready")] == [ITEM]


def test_what_a_few_may_know_is_counted_and_not_named(register: Register) -> None:
    walked(register, "sign_for", need_to_know=["L01"])
    for person, seen in (("L01", 1), ("BGS.registry", 0), ("JJ.liaison", 1)):
        found = year_end(desk(register, person), 2026)
        assert (len(found.of("carried")), found.hidden) == (seen, 0 if seen else 1), person
    hidden = year_end(desk(register, "BGS.registry"), 2026)
    assert "另有1件限定知悉范围，不列名" in hidden.counts
    assert ITEM not in repr(hidden.lines)
    assert year_end(desk(register, "XJ.liaison"), 2026).hidden == 0, "whom only units concern is told of no others"


def test_the_command_shows_everything_and_archives_by_the_number_only(shell: Shell, tmp_path: Path) -> None:
    out = shell.ok("yearend", "2026")
    assert "可以归档（2）" in out
    assert "duban yearend 2026 --archive 2 逐件归档" in out
    assert shell("yearend", "2026", "--archive", "2", "--as", CLERK)[::2] == (
        1, "不予办理 〔三（四）〕“归档”由办公室档案员办理，不属于孔拟恒的职责。\n",
    )  # fmt: skip
    status, _, err = shell("yearend", "2026", "--archive", "3", "--as", "BGS.archivist")
    assert (status, "可以归档的是 2 件，不是 3 件，一件也没有归档" in err) == (1, True)
    done = shell.ok("yearend", "2026", "--archive", "2", "--as", "BGS.archivist")
    assert done.count(" 已归档  ") == 2
    assert "共 2 件：已归档 2 件，没有归档 0 件。" in done
    data = json.loads(shell.ok("yearend", "2026", "--json"))
    assert {line["part"] for line in data["lines"]} == {"carried", "barred", "reserved", "series", "next"}
    assert shell("yearend", "2031")[2] == "2031年还没有到。\n"
    assert "已写出" in shell.ok("yearend", "2026", "--xlsx", str(tmp_path / "list.xlsx"))
