"""A register begun under the first version of the rules: read, gone on with, and held to what can be told of its old commits."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from records.register.register import Receipt, Register
from records.store.paths import item_path
from schema.versions import RULES
from tui.command import duban

BUNDLE = Path(__file__).parents[1] / "data" / "demo-rules-1.bundle"
NOTE = "更正 DB-2026-0194\n\nDuban-Act: amend\nDuban-Item: DB-2026-0194\n"
CLERK = "孔拟恒 <BGS.clerk1@lzga>"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """The demo as it was when the rules had never changed."""
    home = tmp_path / "register"
    home.mkdir()
    git(home, "clone", "-q", "--bare", str(BUNDLE), "register.git")
    git(home / "register.git", "branch", "-m", "rules1", "main")
    git(home / "register.git", "symbolic-ref", "HEAD", "refs/heads/main")
    return Register(home)


def git(where: Path, *words: str, data: str | None = None) -> str:
    return subprocess.run(["git", "-C", str(where), *words], check=True, capture_output=True, text=True, input=data).stdout.strip()


def forge(register: Register, edit: tuple[str, str], path: str = item_path("DB-2026-0194"), note: str = NOTE, who: str = CLERK) -> None:
    """Put a commit with an edited file on top, as the service would write it, with its own tools."""
    repository, tip = register.home / "register.git", register.head() or ""
    text = git(repository, "show", f"{tip}:{path}") + "\n"
    assert edit[0] in text
    blob = git(repository, "hash-object", "-w", "--stdin", data=text.replace(*edit, 1))
    git(repository, "read-tree", tip)
    git(repository, "update-index", "--add", "--cacheinfo", f"100644,{blob},{path}")
    tree = git(repository, "write-tree")
    at = register.describe(tip).author.time
    when = f"{int(at.timestamp())} +0800"
    body = f"tree {tree}\nparent {tip}\nauthor {who} {when}\ncommitter 督办登记簿 <duban@lzga> {when}\n\n{note}"
    git(repository, "update-ref", "refs/heads/main", git(repository, "hash-object", "-t", "commit", "-w", "--stdin", data=body))


def wrong(register: Register) -> list[str]:
    return [str(problem) for _, problem in register.replay().problems() if problem]


def test_its_commits_are_checked_and_said_not_to_be_done_again(register: Register) -> None:
    replay = register.replay()
    assert [str(problem) for _, problem in replay.problems() if problem] == []
    assert replay.unperformed == 587
    told = CliRunner().invoke(duban, ["--register", str(register.home), "check", "--history"])
    assert told.exit_code == 0
    assert "587 笔按第1版规则形成，未重办" in told.output


FORGED = [
    (("urgency: urgent\n", "urgency:   urgent\n"), item_path("DB-2026-0194"), CLERK, "规范写法"),
    (("urgency:   urgent\n", "urgency: extra_urgent\n"), item_path("DB-2026-0194"), "孔拟恒 <BGS.clerk2@lzga>", "署名"),
    (("urgency: extra_urgent\n", "urgency: at once\n"), item_path("DB-2026-0194"), CLERK, "紧急程度"),
    (("status: issued\n", "status: reserved\n"), "numbers/2026/special.yaml", CLERK, "被改动"),
]


def test_every_forged_commit_among_them_is_found(register: Register) -> None:
    """One walk over the history finds them all, each for its own reason: a commit is held to the one before it, forged or not."""
    forged = []
    for edit, path, who, _ in FORGED:
        forge(register, edit, path, who=who)
        forged.append(register.head())
    found = [(commit.id, str(problem)) for commit, problem in register.replay().problems() if problem]
    assert [commit for commit, _ in found] == forged
    assert [word for (_, said), (*_, word) in zip(found, FORGED, strict=True) if word in said] == [word for *_, word in FORGED]


def test_once_the_rules_have_changed_nothing_goes_back_behind_them(register: Register) -> None:
    forge(register, ("urgency: urgent\n", "urgency: extra_urgent\n"))  # under the first rules a commit is not done again
    at = register.describe(register.head() or "").author.time + timedelta(minutes=1)
    inputs = {"keeper": "BGS.clerk2", "basis": "市局办公室〔2026〕31号通知"}
    assert isinstance(register.act("upgrade", "bureau", "BGS.director_in_charge", inputs, at), Receipt)
    forge(register, ("urgency: extra_urgent\n", "urgency: urgent\n"))
    (said,) = wrong(register)
    assert "第1版" in said


def test_rules_of_a_newer_program_are_not_guessed_at(register: Register) -> None:
    forge(register, ("urgency: urgent\n", "urgency: extra_urgent\n"), note=f"{NOTE}Duban-Rules: {RULES + 1}\n")
    (said,) = wrong(register)
    assert f"第{RULES + 1}版" in said


def test_only_a_demonstration_may_have_them(register: Register) -> None:
    forge(register, ("demo: true\n", ""), "bureau.yaml")
    forge(register, ("urgency: urgent\n", "urgency: extra_urgent\n"))
    assert any("不是演示登记簿" in said for said in wrong(register))
