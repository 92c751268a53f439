"""A register of the first rules, and one of rules to come, are only looked at; the first is taken over by an act that replays (D-17)."""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from desk.desk import Desk
from documents.publishing.document_hashes import record_issued
from documents.publishing.folder import Manifest, Published
from records.acts import Refusal
from records.procedure.shell import is_shell_only, scrubbed
from records.register.register import NEW, Receipt, Register
from records.rules.routes import kinds
from records.store.paths import item_path
from records.store.receipt import trailers
from records.store.record_files import Unreadable
from schema.tables import acts
from schema.versions import RULES
from tests.bureau import DRAFT, REGISTER
from tests.records.test_first_rules import BUNDLE, NOTE, forge, git, wrong
from tui.command import duban

BY, KEEPER, CLERK = "BGS.director_in_charge", "BGS.clerk2", "BGS.clerk1"
BASIS = {"basis": "市局办公室〔2026〕31号通知"}
_FEW = 70
URGE = {"means": "phone", "level": "urge", "text": "请按时上报。"}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of the first rules; read it, never write to it."""
    home = tmp_path_factory.mktemp("first") / "register"
    home.mkdir()
    git(home, "clone", "-q", "--bare", str(BUNDLE), "register.git")
    git(home / "register.git", "branch", "-m", "rules1", "main")
    git(home / "register.git", "symbolic-ref", "HEAD", "refs/heads/main")
    return home


@pytest.fixture(scope="module")
def later(first: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, taken over; read it, never write to it."""
    home = tmp_path_factory.mktemp("later") / "register"
    shutil.copytree(first, home)
    done(Register(home), "upgrade", "bureau", BY, keeper=KEEPER, **BASIS)
    return home


@pytest.fixture
def register(first: Path, tmp_path: Path) -> Register:
    """The first of its commits, of which DB-2026-0073 no longer fits; a replay of all of them takes its time."""
    home = Path(shutil.copytree(first, tmp_path / "register"))
    early = git(home / "register.git", "rev-list", "--reverse", "main").split()[_FEW - 1]
    git(home / "register.git", "update-ref", "refs/heads/main", early)
    return Register(home)


@pytest.fixture
def taken_over(later: Path, tmp_path: Path) -> Register:
    return Register(shutil.copytree(later, tmp_path / "register"))


def now(register: Register) -> datetime:
    return register.describe(register.head() or "").author.time + timedelta(minutes=1)


def tried(register: Register, act: str, target: str, by: str, **inputs: object) -> Receipt | Refusal:
    return register.act(act, target, by, inputs, now(register))


def done(register: Register, act: str, target: str, by: str, **inputs: object) -> Receipt:
    found = tried(register, act, target, by, **inputs)
    assert isinstance(found, Receipt), str(found)
    return found


def desk(register: Register, person: str) -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: now(register))


@pytest.mark.parametrize(
    ("act", "target", "by", "inputs"),
    [
        ("urge", "DB-2026-0194", CLERK, URGE),
        ("register", NEW, CLERK, REGISTER),
        ("draft_report", "DB-2026-0194", "QLH.liaison", DRAFT),
        ("record_outside_numbers", "letter", "BGS.registry", {"from_number": 90, "reason": "其他工作"}),
        ("draft_roundup", "2026-11", CLERK, {}),
        ("announce_calendar", "2027", BY, {"basis": "国办发明电〔2026〕9号", "holidays": []}),
        ("remind", "DB-2026-0194", "SYSTEM", {}),
    ],
)
def test_nothing_is_done_in_one_of_the_first_rules(first: Path, act: str, target: str, by: str, inputs: Mapping[str, object]) -> None:
    register = Register(first)
    before = register.head()
    found = tried(register, act, target, by, **inputs)
    assert isinstance(found, Refusal)
    assert str(found) == "〔规则版本〕本登记簿按第1版规则形成，升级以前只能查看，不能办理。请主管主任（田拟霖）先在“规则”里办理“升级”。"
    assert register.head() == before


def test_neither_the_clock_nor_a_table_nor_a_publisher_writes_into_it(first: Path) -> None:
    register = Register(first)
    before, at = register.head(), now(register) + timedelta(days=30)
    assert list(register.tick(at)) == []
    assert {str(found)[:6] for found in register.act_each([("register", NEW, REGISTER)] * 2, CLERK, at)} == {"〔规则版本〕"}
    assert isinstance(register.act_together([("enrol", "JJ", {}), ("enrol", "JJ", {})], BY, at), Refusal)
    name = "DB-2026-0118-special.docx"
    issued = Published(name=name, item="DB-2026-0118", commit="", sha256="0" * 64, bytes=1, draft="")
    assert list(record_issued(register, Manifest(1, "", (issued,), {}), at)) == []
    assert register.head() == before


def test_a_person_is_offered_nothing_but_the_way_out(first: Path) -> None:
    register = Register(first)
    assert desk(register, BY).read_only
    case = desk(register, CLERK).open("DB-2026-0194")
    assert case
    assert case.open_acts == ()
    offered = [each.spec.name for each in desk(register, BY).foundation_acts(("bureau", "policy_draft"), "bureau") if each.refusal is None]
    assert offered == ["upgrade"]
    run = CliRunner().invoke(duban, ["--register", str(first), "tick"])
    assert run.exit_code == 1
    assert "升级以前只能查看" in run.output
    shown = CliRunner().invoke(duban, ["--register", str(first), "show", "DB-2026-0194", "--as", CLERK])
    assert shown.exit_code == 0, shown.output


def test_it_says_in_the_history_what_it_took_over(taken_over: Register, first: Path) -> None:
    tip = taken_over.describe(taken_over.head() or "")
    told = trailers(tip.message)
    assert (told["Duban-Act"], told["Duban-Record"], told["Duban-Rules"]) == ("upgrade", "bureau", str(RULES))
    assert told["Duban-Basis"] == BASIS["basis"]
    old = Register(first).head() or ""
    assert f"此前587笔（至 {old[:12]}）按第1版规则形成，不再重办；自本笔起按第{RULES}版规则办理。" in tip.message
    assert "按现行格式改写事项7件，其中涉密的3件只留要素。\n花名册管理员：江拟川。" in tip.message
    (upgrade,) = taken_over.view().roster.bureau.upgrades
    assert (upgrade.rules, upgrade.commits, upgrade.head, upgrade.keeper, upgrade.by) == (1, 587, old, KEEPER, BY)


def test_what_no_longer_fits_is_put_right(taken_over: Register, first: Path) -> None:
    view, before = taken_over.view(), Register(first).view()
    for item in view.all_items():
        assert item.source.level == kinds()[item.source.kind].level
        old = before.item(item.id)
        assert old
        assert (item.state, item.moved_at, item.dispatched) == (old.state, old.moved_at, old.dispatched)
        if is_shell_only(item.secrecy, view.policy):
            assert item.classified
            assert scrubbed(item) == item
        else:
            assert item.classified is None
            assert item == old or item.source != old.source
    assert taken_over.problems(now(taken_over).date()) == ()


def test_acts_go_on_after_it_and_are_done_again(taken_over: Register) -> None:
    done(taken_over, "urge", "DB-2026-0194", CLERK, **URGE)
    done(taken_over, "give_opinion", "DB-2026-0164", "JB.liaison")  # of a matter whose texts went
    done(taken_over, "enrol", "JJ", KEEPER, id="JJ.new", name="新拟来", title="民警", **BASIS)
    day = now(taken_over).date().isoformat()
    done(taken_over, "appoint", "BGS", KEEPER, role="roster_keeper", person=CLERK, since=day, **BASIS)
    assert desk(taken_over, CLERK).read_only is None
    assert "upgrade" not in [each.spec.name for each in desk(taken_over, BY).foundation_acts(("bureau",), "bureau")]
    run = CliRunner().invoke(duban, ["--register", str(taken_over.home), "check", "--history"])
    assert run.exit_code == 0, run.output
    assert "已核对 592 笔提交，5 笔可以重现。\n587 笔按第1版规则形成，未重办。" in run.output


@pytest.mark.parametrize(
    ("by", "inputs", "word"),
    [
        (CLERK, {"keeper": KEEPER, **BASIS}, "不属于孔拟恒"),
        (BY, BASIS, "没有花名册管理员"),
        (BY, {"keeper": "JJ.liaison", **BASIS}, "不是市局办公室的人员"),
        (BY, {"keeper": KEEPER}, "文件依据|依据"),
    ],
)
def test_it_is_refused(first: Path, by: str, inputs: Mapping[str, object], word: str) -> None:
    found = tried(Register(first), "upgrade", "bureau", by, **inputs)
    assert isinstance(found, Refusal)
    assert any(each in found.reason for each in word.split("|")), found.reason


def test_it_is_done_once(taken_over: Register) -> None:
    found = tried(taken_over, "upgrade", "bureau", BY, **BASIS)
    assert isinstance(found, Refusal)
    assert found.reason == f"本登记簿已按第{RULES}版规则办理，不用升级。"


def test_who_keeps_the_roster_already_is_not_named_again(register: Register) -> None:
    role = "  - role: archivist\n    person: BGS.archivist\n"
    forge(register, (role, f"{role}    since: '2026-01-01'\n  - role: roster_keeper\n    person: BGS.clerk1\n"), "units/BGS.yaml")
    found = tried(register, "upgrade", "bureau", CLERK, keeper=KEEPER, **BASIS)
    assert isinstance(found, Refusal)
    assert found.reason == "花名册管理员已有孔拟恒。"
    receipt = done(register, "upgrade", "bureau", CLERK, **BASIS)
    assert [type(each).__name__ for each in receipt.outcome.foundations] == ["Bureau"]


def amended(register: Register, edit: tuple[str, str], path: str) -> None:
    """Put another file into the commit that takes the register over, as if it had been made so."""
    tip = register.describe(register.head() or "")
    repository = register.home / "register.git"
    text = git(repository, "show", f"{tip.id}:{path}") + "\n"
    assert edit[0] in text
    blob = git(repository, "hash-object", "-w", "--stdin", data=text.replace(*edit, 1))
    git(repository, "read-tree", tip.id)
    git(repository, "update-index", "--cacheinfo", f"100644,{blob},{path}")
    body = git(repository, "cat-file", "commit", tip.id).replace(tip.tree, git(repository, "write-tree"), 1) + "\n"
    git(repository, "update-ref", "refs/heads/main", git(repository, "hash-object", "-t", "commit", "-w", "--stdin", data=body))


@pytest.mark.parametrize(
    ("edit", "path"),
    [
        ((f"commits: {_FEW}\n", f"commits: {_FEW - 1}\n"), "bureau.yaml"),
        (("  level: other\n", "  level: bureau\n"), item_path("DB-2026-0073")),
        (("urgency: ordinary\n", "urgency: urgent\n"), item_path("DB-2026-0012")),
    ],
)
def test_one_that_did_something_else_is_found(register: Register, edit: tuple[str, str], path: str) -> None:
    done(register, "upgrade", "bureau", BY, keeper=KEEPER, **BASIS)
    amended(register, edit, path)
    (said,) = wrong(register)
    assert "不一致" in said


def test_rules_of_today_do_not_stand_on_the_first_ones_without_it(register: Register) -> None:
    edit, note = ("urgency: ordinary\n", "urgency: urgent\n"), NOTE.replace("0194", "0012")
    forge(register, edit, item_path("DB-2026-0012"), note=f"{note}Duban-Rules: {RULES}\n")
    (said,) = wrong(register)
    assert "升级以前只能查看" in said


def to_come(register: Register, edit: tuple[str, str], path: str) -> None:
    """A newer program goes on with the register under a newer version of the rules."""
    forge(register, edit, path, note=f"{NOTE}Duban-Rules: {RULES + 1}\n")


def test_rules_to_come_are_looked_at_and_nothing_is_done_under_them(taken_over: Register) -> None:
    to_come(taken_over, ("urgency: urgent\n", "urgency: extra_urgent\n"), item_path("DB-2026-0194"))
    words = f"用的是第{RULES + 1}版规则；本程序只认到第{RULES}版，只能查看，不能办理。请换用更新的程序。"
    for act, target in (("urge", "DB-2026-0194"), ("upgrade", "bureau")):
        assert words in str(tried(taken_over, act, target, BY, **URGE))
    assert list(taken_over.tick(now(taken_over) + timedelta(days=30))) == []
    run = CliRunner().invoke(duban, ["--register", str(taken_over.home), "ls"])
    assert run.exit_code == 0
    assert "DB-2026-0194" in run.output


@pytest.mark.parametrize(
    ("edit", "path", "read"),
    [
        (("version: ", "new_setting: 1\nversion: "), "policy.yaml", lambda register: register.view().policy),
        (("print_organ: ", "new_fact: 1\nprint_organ: "), "bureau.yaml", lambda register: register.view().roster),
    ],
)
def test_what_they_wrote_otherwise_is_said_to_be_of_a_newer_program(
    taken_over: Register, edit: tuple[str, str], path: str, read: Callable[[Register], object]
) -> None:
    to_come(taken_over, edit, path)
    with pytest.raises(Unreadable) as raised:
        read(taken_over)
    assert "请换用更新的程序" in str(raised.value.problems[0])
    refused = tried(taken_over, "urge", "DB-2026-0194", CLERK, **URGE)
    assert isinstance(refused, Refusal)
    assert "本程序只认到" in refused.reason


def test_a_unit_of_a_newer_program_stops_nobody_from_looking(taken_over: Register) -> None:
    to_come(taken_over, ("channel: ", "new_fact: 1\nchannel: "), "units/JJ.yaml")
    assert "本程序只认到" in str(desk(taken_over, CLERK).read_only)
    assert desk(taken_over, CLERK).open("DB-2026-0194")


def test_every_act_is_asked(first: Path) -> None:
    register = Register(first)
    for spec in acts().values():
        target = {"item": "DB-2026-0194", "numbers": "letter", "roundup": "2026-10", "calendar": "2027"}.get(spec.target, "bureau")
        found = tried(register, spec.name, target, CLERK)
        assert isinstance(found, Refusal)
        assert (found.clause == "规则版本") is (spec.name != "upgrade"), spec.name


def test_a_copy_is_taken_over_the_same_way(first: Path, later: Path, tmp_path: Path) -> None:
    again = Register(shutil.copytree(first, tmp_path / "again"))
    at = Register(later).describe(Register(later).head() or "").author.time
    assert isinstance(again.act("upgrade", "bureau", BY, {"keeper": KEEPER, **BASIS}, at), Receipt)
    assert again.head() == Register(later).head()
    subprocess.run(["git", "-C", str(again.home / "register.git"), "fsck", "--strict"], check=True, capture_output=True)
