"""A matter that is classified after it was entered: from then on nothing of its text can be read on any way that the program has (D-16)."""

import json
import shutil
from pathlib import Path

import pytest

from desk.desk import Desk
from records.register.register import Receipt, Register
from tests.bureau import at
from tests.documents.case import texts
from tests.tui.test_command import Shell
from tui.screens.step import _read

ITEM, MONTH = "DB-2026-0118", "2026-10"
NOW = at("2026-11-23T15:00")
WORDS = ("学校周边", "货车抢行", "家长车辆")
CLERK, DIRECTOR = "BGS.clerk1", "BGS.section_chief"
CLASSIFY = ("--set", "secrecy=secret", "--set", "secrecy_years=5", "--set", "copy_number=000007", "--set", "basis=兰公密定〔2026〕3号")


@pytest.fixture
def shell(brief: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(brief.home, capsys, monkeypatch)


@pytest.fixture
def demo_shell(demo: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(demo.home, capsys, monkeypatch)


def leaks(text: str) -> list[str]:
    return [words for words in WORDS if words in text]


def test_of_what_was_classified_later_nothing_can_be_read_any_more(shell: Shell, brief: Register, tmp_path: Path) -> None:
    shell.ok("build", "--no-pdf")
    published = brief.home / "published"
    issued = next(published.glob(f"{ITEM}-special*.docx"))
    kept = tmp_path / issued.name
    shutil.copy(issued, kept)
    commit = next(step.commit for step in brief.index.history(ITEM) if step.act == "bureau_sign")
    before = [shell.ok(*each) for each in (("show", ITEM), ("log", ITEM), ("ls", "--search", "学校周边"))]
    assert all(leaks(each) for each in before), [leaks(each) for each in before]

    shell.ok("act", "classify", ITEM, "--as", CLERK, *CLASSIFY)
    shell.ok("build", "--no-pdf")
    after = [
        shell.ok(*each)
        for each in (
            ("show", ITEM), ("show", ITEM, "--json"), ("log", ITEM), ("ls",), ("ls", "--json"), ("digest",),
                ("numbers", "--year", "2026", "--json"), ("yearend", "2026", "--json"),
                ("acts", ITEM, "--as", CLERK), ("score", ITEM),
        )
    ]  # fmt: skip
    assert [leaks(each) for each in after] == [[]] * len(after)
    assert ITEM not in shell("ls", "--search", "学校周边")[1]
    for refused in (("diff", ITEM), ("build", ITEM, "--to", str(tmp_path / "to"), "--at", commit)):
        status, out, err = shell(*refused)
        assert (status, "本件已定密" in out + err) == (1, True)
    assert not [path.name for path in published.rglob(f"*{ITEM}*") if path.is_file()]
    assert not [path.name for path in published.rglob("*.yaml") if ITEM in path.name]
    assert "与登记簿一致" in shell.ok("verify", str(kept))

    told = shell.ok("check")
    assert f"告安全保密管理员：{ITEM} 于" in told
    assert commit[:10] not in told.replace(f"至 {commit[:10]}", "")


def test_neither_does_the_screen_show_it(brief: Register) -> None:
    given = {"secrecy": "secret", "secrecy_years": 5, "copy_number": "000007", "basis": "兰公密定〔2026〕3号"}
    assert isinstance(brief.act("classify", ITEM, CLERK, given, NOW), Receipt)
    desk = Desk(brief, brief.view().roster.people[CLERK], lambda: NOW)
    case = desk.open(ITEM)
    assert case is not None
    assert desk.rounds(ITEM) == {}
    assert leaks("".join(f"{step.subject}{step.words}" for step in case.history)) == []
    for step in case.history:
        texts = _read(brief, ITEM, step)
        assert leaks(json.dumps([texts.told, texts.written], ensure_ascii=False)) == []
    assert [each.name for each in desk.form("amend", case.item) if each.kind == "prose"] == []


def test_a_roundup_that_named_it_names_it_no_more(demo_shell: Shell, demo: Register) -> None:
    """Drawn up before, issued after: neither the list nor the circular nor a list of an earlier day has its name."""
    demo_shell.ok("act", "draft_roundup", MONTH, "--as", DIRECTOR)
    drawn = demo.view().roundup(MONTH)
    assert drawn is not None
    row = next(row for row in drawn.rows if not row.title.startswith("涉密"))
    demo_shell.ok("act", "classify", row.item, "--as", CLERK, *CLASSIFY)
    demo_shell.ok("act", "write_roundup", MONTH, "--as", DIRECTOR, "--set", "text=见各件原因。")
    demo_shell.ok("build", MONTH, "--no-pdf")
    told = [
        demo_shell.ok("roundup", MONTH),
        demo_shell.ok("roundup", MONTH, "--json"),
        demo_shell.ok("roundup", MONTH, "--as-of", "2026-11-20"),
    ]
    desk = Desk(demo, demo.view().roster.people[CLERK], lambda: NOW)
    shown = desk.roundup(MONTH)
    assert shown is not None
    told.append("".join(each.title for each in shown.rows))
    told += texts((demo.home / "published" / f"roundup-{MONTH}.docx").read_bytes())
    assert [each for each in told if row.title in each] == []
    assert "涉密事项（份号000007）" in told[0]
