"""A roster is checked as a whole, at set-up, in a register, in its history and in a clone: every problem with file, line and way out."""

import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from documents.layout.profile import standard
from documents.publishing.preview import Preview
from records.register.register import Register
from records.store.receipt import service
from records.store.roster_files import committed_roster_problems, read_roster
from records.store.worktree import WorkTree
from schema.yaml_text import write
from tests.bureau import at
from tests.documents.case import created
from tests.planting import store_of
from tui.command import duban, main

Told = dict[str, Any]
JJ, XJ, BGS = 9, 7, 0
DAY = date(2026, 9, 1)
STAND_IN = {
    "role": "liaison",
    "person": "JJ.liaison_b",
    "on_behalf_of": "JJ.liaison",
    "since": "2026-01-01",
    "until": "2026-12-31",
    "basis": "一",
}


@cache
def _sound() -> Told:
    found: Told = yaml.safe_load((files("records.demo") / "roster.yaml").read_bytes())
    assert [found["units"][place]["id"] for place in (JJ, XJ, BGS)] == ["JJ", "XJ", "BGS"]
    return found


def sound() -> Told:
    return deepcopy(_sound())


def unit(place: int, *path: str | int, value: object) -> Callable[[Told], None]:
    return entry("units", place, *path, value=value)


def entry(*path: str | int, value: object) -> Callable[[Told], None]:
    def change(told: Any) -> None:
        for part in path[:-1]:
            told = told[part]
        told[path[-1]] = value

    return change


def more(*path: str | int, value: object) -> Callable[[Told], None]:
    def change(told: Any) -> None:
        for part in path[:-1]:
            told = told[part]
        told.setdefault(path[-1], []).append(value)

    return change


def without(role: str, *path: str | int) -> Callable[[Told], None]:
    def change(told: Any) -> None:
        for part in path:
            told = told[part]
        told["appointments"] = [each for each in told["appointments"] if each["role"] != role]

    return change


def held(role: str, person: str, since: str = "2026-01-01", **until: str) -> dict[str, str]:
    return {"role": role, "person": person, "since": since, **until}


def portfolio(leader: str, of: str, since: str = "2026-01-01", **until: str) -> dict[str, str]:
    return {"leader": leader, "unit": of, "since": since, **until}


def unled(told: Told) -> None:
    told["leaders"]["portfolios"] = [each for each in told["leaders"]["portfolios"] if each["unit"] != "JJ"]


def stand_in_too_late(told: Told) -> None:
    told["units"][JJ]["appointments"][0]["until"] = "2026-02-01"
    told["units"][JJ]["stand_ins"] = [STAND_IN | {"since": "2026-03-01"}]


# What is done to a sound roster, the words of the line that is named, the words that are said.
FAULTS: dict[str, tuple[Callable[[Told], None], str, str]] = {
    "one login twice": (unit(JJ, "people", 0, "login", value="xj_liaison"), "login: xj_liaison", "xj_liaison 已是"),
    "a leader's login twice": (unit(JJ, "people", 0, "login", value="l01"), "login: l01", "l01 已是孟拟衡（L01）的登录名"),
    "one id twice": (unit(JJ, "people", 0, "id", value="XJ.liaison"), "- id: XJ.liaison", "XJ.liaison 已是刑事警察支队的"),
    "the register's own id": (
        more("units", JJ, "people", value={"id": "SYSTEM", "name": "某", "title": "员"}),
        "- id: SYSTEM",
        "登记簿自己",
    ),
    "unknown person in an office": (
        unit(JJ, "appointments", 0, "person", value="JJ.nobody"),
        "person: JJ.nobody",
        "花名册里没有 JJ.nobody",
    ),
    "unknown leader in an office": (more("leaders", "appointments", value=held("auditor", "L99")), "person: L99", "花名册里没有 L99"),
    "unknown person in a portfolio": (
        more("leaders", "portfolios", value=portfolio("L99", "JJ", "2030-01-01")),
        "- leader: L99",
        "没有 L99",
    ),
    "unknown person as stand-in": (more("units", JJ, "stand_ins", value=STAND_IN | {"person": "X1"}), "person: X1", "花名册里没有 X1"),
    "stand-in of somebody unknown": (
        more("units", JJ, "stand_ins", value=STAND_IN | {"on_behalf_of": "X1"}),
        "on_behalf_of: X1",
        "没有 X1",
    ),
    "waiver of somebody unknown": (
        more("units", JJ, "waivers", value={"person": "X1", "since": "2026-01-01", "until": "2026-12-31", "basis": "一"}),
        "person: X1",
        "花名册里没有 X1",
    ),
    "stand-in of oneself": (
        more("units", JJ, "stand_ins", value=STAND_IN | {"person": "JJ.liaison"}),
        "person: JJ.liaison",
        "不能代理自己",
    ),
    "stand-in of one who holds no such office": (
        more("units", JJ, "stand_ins", value=STAND_IN | {"on_behalf_of": "JJ.main_leader"}),
        "on_behalf_of: JJ.main",
        "没有任“联络员”",
    ),
    "stand-in after the office has ended": (
        stand_in_too_late,
        "on_behalf_of: JJ.liaison",
        "没有任“联络员”",
    ),
    "stand-in of a leader without office": (
        more("leaders", "stand_ins", value=STAND_IN | {"role": "bureau_leader", "person": "L01", "on_behalf_of": "JJ.liaison"}),
        "on_behalf_of: JJ.liaison",
        "没有任局领导职务",
    ),
    "stand-in in a role that there is not": (
        more("units", JJ, "stand_ins", value=STAND_IN | {"role": "boss"}),
        "role: boss",
        "“boss”不在可选之列，应为：supervision_office（市局办公室督办人员）",
    ),
    "office that is no unit": (entry("bureau", "office", value="BGX"), "office: BGX", "没有 BGX 这个单位"),
    "office that is another kind of unit": (
        unit(BGS, "kind", value="department"),
        "kind: department",
        "办公室是 BGS，应为 supervising_office",
    ),
    "unit named supervising office that is not": (
        unit(JJ, "kind", value="supervising_office"),
        "kind: supervising_office",
        "交通警察支队是 JJ，请改为它的类别",
    ),
    "no deputy director": (without("deputy_director_in_charge", "leaders"), "appointments:", "没有人任“主管副局长”"),
    "deputy director has left": (entry("leaders", "appointments", 3, "until", value="2026-08-31"), "appointments:", "没有人任“主管副局长”"),
    "two deputy directors": (
        more("leaders", "appointments", value=held("deputy_director_in_charge", "L02", "2026-02-01")),
        "since: '2026-02-01'",
        "同一天只能有一人",
    ),
    "two main leaders": (
        more("units", JJ, "appointments", value=held("main_leader", "JJ.liaison", "2026-02-01")),
        "since: '2026-02-01'",
        "同一天只能有一人",
    ),
    "one office twice": (
        more("units", JJ, "appointments", value=held("liaison", "JJ.liaison", "2026-03-01")),
        "- role: liaison",
        "写了两次",
    ),
    "nobody in an office of the unit": (without("reviewing_head", "units", JJ), "appointments:", "交通警察支队没有人任“负责人”"),
    "nobody in an office of the supervising office": (without("registry_clerk", "units", BGS), "appointments:", "办公室没有人任“机要文书”"),
    "unit's role among the leaders": (
        more("leaders", "appointments", value=held("liaison", "L05")),
        "- role: liaison",
        "“联络员”只能写在单位的",
    ),
    "leader's role in a unit": (
        more("units", JJ, "appointments", value=held("bureau_leader", "JJ.liaison")),
        "- role: bureau_leader",
        "“局领导”只能写在局领导的",
    ),
    "office's role in another unit": (
        more("units", JJ, "appointments", value=held("supervision_office", "JJ.liaison")),
        "- role: supervision_office",
        "只能写在督办主管部门的",
    ),
    "the clock's role": (more("units", JJ, "appointments", value=held("system", "JJ.liaison")), "- role: system", "“系统”不由人担任"),
    "office ends before it begins": (unit(JJ, "appointments", 1, "until", value="2025-12-31"), "until: '2025-12-31'", "早于起日"),
    "stand-in ends before it begins": (
        more("units", JJ, "stand_ins", value=STAND_IN | {"until": "2025-12-31"}),
        "until: '2025-12-31'",
        "早于起日",
    ),
    "portfolio ends before it begins": (
        more("leaders", "portfolios", value=portfolio("L05", "JJ", "2027-02-02", until="2027-02-01")),
        "until: '2027-02-01'",
        "早于起日",
    ),
    "unknown portfolio unit": (more("leaders", "portfolios", value=portfolio("L05", "JJX")), "unit: JJX", "没有 JJX 这个单位"),
    "portfolio of one who is no bureau leader": (
        more("leaders", "portfolios", value=portfolio("JJ.liaison", "JJ", "2030-01-01")),
        "- leader: JJ.liaison",
        "不是在任的局领导",
    ),
    "two leaders over one unit": (
        more("leaders", "portfolios", value=portfolio("L05", "JJ", "2026-04-01")),
        "since: '2026-04-01'",
        "只能由一位局领导分管",
    ),
    "nobody over a unit": (unled, "portfolios:", "没有局领导分管交通警察支队（JJ）"),
    "one 代字 for two units": (unit(JJ, "char", value="刑"), "char: 刑", "兰公刑报〔年份〕1号"),
    "a unit's number is the bureau's": (
        lambda told: told["bureau"].update(series=_series(characters="交报")),
        "char: 交",
        "兰公交报〔年份〕1号",
    ),
    "one unit twice": (lambda told: told["units"].append(deepcopy(told["units"][JJ])), "- id: JJ", "“单位代码”（units."),
    "one unit's name twice": (unit(JJ, "name", value="刑事警察支队"), "name: 刑事警察支队", "分不清是哪个单位"),
    "one unit's full name twice": (
        unit(JJ, "full_name", value="兰州市公安局刑事警察支队"),
        "full_name: 兰州市公安局刑",
        "分不清是哪个单位",
    ),
    "no units": (lambda told: told.update(units=[]), "units: []", "没有单位"),
    "units under another name": (lambda told: told.update(unit=told["units"][:1]), "unit:", "没有这样的项"),
    "something else than a unit": (lambda told: told["units"].append("JJ"), "- JJ", "应为一组“键: 内容”"),
}


def _series(characters: str) -> Told:
    told: Told = yaml.safe_load((files("schema") / "series.yaml").read_bytes())
    told["special"]["characters"] = characters
    return told


def initiated(told: Told, place: Path) -> tuple[list[str], list[str], int]:
    """Set up a register with a roster; return the lines of the roster, those of the answer, and the exit code."""
    (place / "roster.yaml").write_bytes(write(told))
    done = CliRunner().invoke(duban, ["init", str(place / "home"), "--roster", str(place / "roster.yaml")])
    return write(told).decode().split("\n"), done.output.splitlines(), done.exit_code


def test_the_sound_roster_is_accepted(tmp_path: Path) -> None:
    assert read_roster(write(sound()), "roster.yaml", DAY).problems == ()
    _, _, code = initiated(sound(), tmp_path)
    assert code == 0


def ending(role: str, until: str) -> Callable[[Told], None]:
    def change(told: Told) -> None:
        for each in told["units"][JJ]["appointments"]:
            if each["role"] == role:
                each["until"] = until

    return change


def led_twice(until: str, since: str, turned: bool) -> Callable[[Told], None]:
    """Traffic police under one leader until a day and under another since a day, in either order of the file."""

    def change(told: Told) -> None:
        others = [each for each in told["leaders"]["portfolios"] if each["unit"] != "JJ"]
        two = [portfolio("L06", "JJ", until=until), portfolio("L05", "JJ", since)]
        told["leaders"]["portfolios"] = [*others, *(reversed(two) if turned else two)]

    return change


# What is done to a sound roster on 1 September, and the words of the one problem that there is then, if any.
EDGES: list[tuple[Callable[[Told], None], str]] = [
    (more("leaders", "appointments", value=held("auditor", "L02", "2026-09-01", until="2026-09-01")), ""),
    (more("leaders", "appointments", value=held("auditor", "L02", "2026-09-02", until="2026-09-01")), "早于起日"),
    (ending("main_leader", "2026-09-01"), ""),
    (ending("main_leader", "2026-08-31"), "没有人任“主要领导”"),
    (led_twice("2026-09-01", "2026-09-02", False), ""),
    (led_twice("2026-09-01", "2026-09-02", True), ""),
    (led_twice("2026-09-01", "2026-09-01", False), "L0"),
    (led_twice("2026-09-01", "2026-09-01", True), "L0"),
]


@pytest.mark.parametrize(("change", "words"), EDGES)
def test_an_office_lasts_through_its_last_day_and_two_may_follow_each_other_but_not_overlap(
    change: Callable[[Told], None], words: str
) -> None:
    change(told := sound())
    found = [str(each) for each in read_roster(write(told), "roster.yaml", DAY).problems]
    assert bool(found) == bool(words), found
    assert all(words in each for each in found)


@pytest.mark.parametrize(("until", "led"), [("2026-09-01", True), ("2026-08-31", False)])
def test_a_unit_is_led_through_the_last_day_of_a_portfolio(until: str, led: bool) -> None:
    told = sound()
    for each in told["leaders"]["portfolios"]:
        each.update({"until": until} if each["unit"] == "JJ" else {})
    assert (read_roster(write(told), "roster.yaml", DAY).problems == ()) == led


@pytest.mark.parametrize("name", FAULTS)
def test_a_faulty_roster_is_refused_with_line_and_way_out(name: str, tmp_path: Path) -> None:
    change, where, words = FAULTS[name]
    change(told := sound())
    lines, answer, code = initiated(told, tmp_path)
    assert code == 1
    assert not (tmp_path / "home").exists()
    (said,) = [line for line in answer if words in line]
    number = int(said.removeprefix(str(tmp_path / "roster.yaml")).split(":")[1])
    assert where in lines[number - 1]
    assert "请" in said or "应" in said


def test_every_problem_of_a_roster_is_told_not_only_the_first(tmp_path: Path) -> None:
    told = sound()
    together = {
        name: fault for name, fault in FAULTS.items() if name.startswith(("unknown", "one login", "two leaders", "one 代字", "the clock"))
    }
    for change, _, _ in together.values():
        change(told)
    told["units"][0]["people"][0]["login"] = "Not A Login"  # wrong by itself, beside what is wrong as a whole
    _, answer, _ = initiated(told, tmp_path)
    expected = [words for name, (_, _, words) in together.items() if not name.startswith("unknown")]
    assert [words for words in (*expected, "“登录名”") if not any(words in line for line in answer)] == []


def test_the_files_of_a_register_are_checked_like_one_document(faulty: Callable[[Told], Register]) -> None:
    names = (
        "one login twice",
        "unknown portfolio unit",
        "office that is another kind of unit",
        "one 代字 for two units",
        "no deputy director",
    )
    told = sound()
    for name in names:
        FAULTS[name][0](told)
    register = faulty(told)
    head = register.head() or ""
    found = committed_roster_problems(store_of(register), head, DAY)
    for _, where, words in (FAULTS[name] for name in names):
        (problem,) = [each for each in found if words in str(each)]
        data = store_of(register).read(problem.file, head) or b""
        assert where.removeprefix("- ") in data.decode().split("\n")[problem.line - 1]


@pytest.fixture
def faulty(tmp_path: Path) -> Callable[[Told], Register]:
    """Return what plants a roster in a register, by the back door."""

    def plant(told: Told) -> Register:
        register = created(tmp_path / "register")
        files = {"bureau.yaml": write(told["bureau"]), "leaders.yaml": write(told["leaders"])}
        files |= {f"units/{each['id']}.yaml": write(each) for each in told["units"]}
        who = service(register.view().roster.bureau, at("2026-08-31T09:00"))
        with store_of(register).writing() as transaction:
            transaction.commit(files, author=who, committer=who, message="换人\n\nDuban-Act: init\nDuban-Rules: 2\n")
        return register

    return plant


def test_check_and_history_and_doctor_tell_a_faulty_roster(
    faulty: Callable[[Told], Register], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one login twice", "two deputy directors"):
        FAULTS[name][0](told := sound())
    register = faulty(told)

    def run(*argv: str) -> str:
        monkeypatch.setattr(sys, "argv", ["duban", "--register", str(register.home), *argv])
        with pytest.raises(SystemExit):
            main()
        return capsys.readouterr().out

    assert "leaders.yaml:" in run("check")
    (line,) = [line for line in run("check", "--history").splitlines() if "改动了办理动作不应改动的文件" in line]
    assert "同一天只能有一人" in line
    assert "有 1 处记录有误" in run("doctor")


def test_a_whole_roster_in_one_file_is_checked_before_it_is_used(tmp_path: Path) -> None:
    FAULTS["one login twice"][0](told := sound())
    (tmp_path / "花名册.yaml").write_bytes(write(told))
    done = CliRunner().invoke(duban, ["check", str(tmp_path / "花名册.yaml")])
    assert done.exit_code == 1
    assert "xj_liaison 已是" in done.output


def test_an_edit_in_a_clone_that_makes_the_roster_faulty_is_told_when_it_is_saved_and_when_it_is_mended(tmp_path: Path) -> None:
    register = created(tmp_path / "register")
    subprocess.run(["git", "clone", "-q", str(store_of(register).path), str(tmp_path / "clone")], check=True)
    tree = WorkTree(tmp_path / "clone")
    preview, path = Preview(tree, tmp_path / "preview", standard()), tmp_path / "clone/units/JJ.yaml"
    assert list(preview.begin()) == []
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("char: 交", "char: 刑"), encoding="utf-8")
    (looked,) = preview.look(["units/JJ.yaml"])
    assert "兰公刑报〔年份〕1号" in str(looked.problems[0])
    path.write_text(text, encoding="utf-8")
    (looked,) = preview.look(["units/JJ.yaml"])
    assert looked.mended
