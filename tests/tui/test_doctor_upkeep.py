"""What ``duban init`` and ``duban doctor`` say of a register that is to go on: found and tried on the spot."""

import errno
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from records.audit.surroundings import set_up
from records.bureau.roster import SYSTEM
from records.register import upkeep as tried
from records.register.register import Receipt, Register
from tests import guests
from tests.bureau import at, roster
from tui.command import doctor, duban, environment, init, upkeep
from tui.command.running import running_lines
from tui.command.upkeep import upkeep_lines
from tui.door.enter import NOTE
from tui.terminal.faults import FaultLog

NOON = "2026-08-31T12:00"
ME = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    """A register that nobody has used yet, on a machine without a single timer."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin").mkdir()
    return created(tmp_path / "register")


def created(home: Path) -> Register:
    found = roster()
    return Register.create(home, replace(found.bureau, demo=False), found.leaders, tuple(found.units.values()), at("2026-08-31T09:00"))


def line(register: Register, words: str, when: str = NOON) -> str:
    return next(f"{mark} {text}" for mark, text in upkeep_lines(register, at(when)) if words in text)


def program(place: Path, name: str, answers: str) -> None:
    path = place / "bin" / name
    path.write_text(f"#!/bin/sh\n{answers}\n")
    path.chmod(0o755)


def test_writing_is_tried_everywhere_and_leaves_nothing(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(register.home.rglob("*"))
    assert line(register, "本账号").startswith(f"正常 本账号 {ME} 可以写登记簿")
    register.index.catch_up()
    assert {path.name for path in set(register.home.rglob("*")) - set(before)} <= {"index.sqlite", "index.sqlite-shm", "index.sqlite-wal"}

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        told = line(register, "本账号")
    assert told.startswith("缺失")
    assert f"{register.home} 磁盘已满" in told
    shutil.rmtree(register.home / "register.git/objects/pack")
    assert "objects/pack 文件或目录不存在" in line(register, "本账号")


@pytest.fixture
def elsewhere() -> Iterator[Path]:
    """A folder that every account may enter."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        yield Path(place)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another account")
def test_another_account_is_told_where_it_may_not_write_and_whose_the_register_is(elsewhere: Path) -> None:
    home = created(elsewhere / "register").home
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    os.chown(home, 65534, -1)
    os.seteuid(65534)
    try:
        wrong = dict(tried.unwritable(home))
        told = line(Register(home), "写不了登记簿")
    finally:
        os.seteuid(0)
    assert home not in wrong
    assert {wrong[home / "register.git" / name] for name in ("objects", "refs/heads", "duban.lock", "logs/refs/heads/main")} == {"没有权限"}
    assert f"登记簿属于账号 {pwd.getpwuid(65534).pw_name}" in told
    assert line(Register(home), "本账号").startswith("提示 本账号 root 可以写登记簿，但登记簿属于账号")


def test_whoever_writes_just_now_is_told(register: Register) -> None:
    with (register.home / "register.git/duban.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "登记库正忙" in line(register, "正忙")


def test_what_others_can_reach_is_told_with_the_command_that_mends_it(register: Register) -> None:
    assert line(register, "其他账号").startswith("正常")
    scans = register.home / "attachments/ab"
    scans.mkdir(parents=True)
    scans.parent.chmod(0o755)
    scans.chmod(0o770)
    told = line(register, "其他账号")
    assert told.endswith(f"请运行：chmod -R g-w,o= {register.home / 'attachments'}")
    subprocess.run(["/bin/sh", "-c", told.rpartition("：")[2]], env={"PATH": os.defpath}, check=True)
    assert stat.S_IMODE(scans.stat().st_mode) == 0o750
    assert line(register, "其他账号").startswith("正常")


@pytest.mark.parametrize(
    ("free", "files", "mark"), [(3 << 30, 10**6, "正常"), (1 << 30, 10**6, "提示"), (1 << 20, 10**6, "缺失"), (3 << 30, 9, "提示")]
)
def test_the_disk_is_told_before_it_is_full(register: Register, monkeypatch: pytest.MonkeyPatch, free: int, files: int, mark: str) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _: os.statvfs_result((1, 1, 4 << 30, free, free, 10**7, files, files, 0, 255)))
    assert line(register, "所在磁盘").startswith(mark)


def test_faults_of_the_program_are_told_with_where_they_are_written_down(register: Register) -> None:
    assert not any("出错" in text for _, text in upkeep_lines(register, at(NOON)))
    log = FaultLog(register.home / "faults")
    for minute in (10, 9):
        log.write(RuntimeError(f"at {minute}"), at(f"2026-08-31T09:{minute:02}"), [f"在做：{minute}"])
    told = line(register, "程序出过错")
    assert f"{register.home}/faults 里有 2 份出错经过，最近的是 error-20260831-091000-1.log" in told


def test_a_clock_behind_the_register_is_told(register: Register) -> None:
    assert line(register, "本机时钟").startswith("正常")
    assert line(register, "本机时钟", "2026-08-31T08:56").startswith("正常")  # the register forgives five minutes
    assert line(register, "本机时钟", "2026-08-31T08:54").startswith("缺失")


def test_a_clock_far_ahead_of_the_register_is_told_and_nothing_is_done_by_it_unattended(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it did would keep everybody from acting until that time has come."""
    ahead = at("2027-08-31T12:00")
    assert "晚365天" in line(register, "本机时钟", ahead.isoformat()[:16])
    monkeypatch.setattr(environment, "now", lambda: ahead)
    before = register.head()
    done = CliRunner().invoke(duban, ["--register", str(register.home), "tick"])
    assert (done.exit_code, register.head()) == (1, before)
    monkeypatch.setattr(environment, "now", lambda: at("2026-09-30T12:00"))
    assert CliRunner().invoke(duban, ["--register", str(register.home), "tick"]).exit_code == 0
    assert register.head() != before, "the checkpoint of the day"


def test_the_calendar_of_next_year_is_asked_for_from_december_on(register: Register) -> None:
    assert line(register, "节假日安排", "2026-11-30T12:00") == "正常 2026年的节假日安排已登记"
    told = line(register, "节假日安排", "2026-12-01T12:00")
    assert told.startswith("提示 2027年的节假日安排没有登记")
    assert "calendar 2027 --import 2027.json" in told


def test_whoever_keeps_the_register_must_come_in_by_keys_that_another_account_keeps(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = at(NOON)
    monkeypatch.setattr(guests, "now", lambda: now)
    assert "没有人进得来" in line(register, "入口登记簿")
    guests.identity(register.home, "BGS.section_chief")
    assert "能写登记簿的就能给自己开入口" in line(register, "入口登记簿")
    real = Path.stat
    apart = lambda path, **how: os.stat_result((0, 0, 0, 0, 7, 0, 0, 0, 0, 0)) if path.name == "keys.git" else real(path, **how)  # noqa: E731
    with monkeypatch.context() as another:
        another.setattr(Path, "stat", apart)
        told = line(register, "没有入口")
    assert told.startswith("提示")
    assert "BGS.section_chief" not in told
    for person in re.findall(r"（(BGS\.\w+)）", told):
        guests.identity(register.home, person)
    monkeypatch.setattr(Path, "stat", apart)
    assert line(register, "都有入口").startswith("正常")


def test_what_somebody_set_up_in_the_repositories_is_told_as_the_audit_tells_it(
    elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = created(elsewhere / "register")
    guests.identity(register.home, "BGS.section_chief")
    own, keys = register.home / "register.git", elsewhere / "register-keys/keys.git"

    def told() -> str:
        doctor.examine(str(register.home))
        return capsys.readouterr().out

    assert "正常  登记库、入口登记簿的 HEAD、配置、钩子、引用都是程序写成的" in told()
    with (own / "config").open("a") as config:
        config.write("[diff]\n\texternal = /tmp/x\n")
    (keys / "hooks").mkdir(exist_ok=True)
    (keys / "hooks/post-update").write_text("#!/bin/sh\n")
    found = told()
    reasons = {path: [each.reason for each in set_up(path)] for path in (own, keys)}
    assert {path: len(each) for path, each in reasons.items()} == {own: 1, keys: 1}
    assert f"提示  登记库 {own}：{reasons[own][0]}" in found
    assert f"提示  入口登记簿 {keys}：{reasons[keys][0]}" in found
    assert hashlib.sha256(b"#!/bin/sh\n").hexdigest()[:16] in found
    if os.geteuid() == 0:  # the keys are another account's, and nothing is said of what may not be read
        keys.parent.chmod(0o700)
        for path in (register.home, *register.home.rglob("*")):
            os.chown(path, 65534, -1)
        os.seteuid(65534)
        try:
            assert "入口登记簿 /" not in told()
        finally:
            os.seteuid(0)


def test_rules_that_the_bureau_did_not_approve_are_called_an_estimate(register: Register) -> None:
    assert "没有经本局批准，是程序自带的估计值" in line(register, "时限规则第")


SYSTEMCTL = """case "$*" in
*.timer*) echo Unit=other.service; echo; echo Unit=office.service;;
*office*) echo 'ExecStart={ path=/opt/duban/bin/duban ; argv[]=/opt/duban/bin/duban --register /srv/duban tick ; }';;
esac"""
TIMERS = [
    ("systemctl", SYSTEMCTL, "office.timer"),
    ("crontab", "echo '*/30 8-18 * * * /opt/duban/bin/duban --register /srv/duban tick'", "crontab"),
]


@pytest.mark.parametrize(("name", "answers", "found"), TIMERS, ids=["systemd", "cron"])
def test_a_timer_is_looked_for_where_timers_are(register: Register, tmp_path: Path, name: str, answers: str, found: str) -> None:
    assert line(register, "定时任务").startswith("提示 没有找到运行 duban tick 的定时任务")
    assert f"{upkeep.timed(register.home)}" in line(register, "定时任务")
    program(tmp_path, name, answers)
    assert line(register, "定时任务").startswith(f"正常 定时任务 {found}，近两个月没有由系统办理的")
    program(tmp_path, name, "echo '# duban tick'; exit 1")
    assert line(register, "定时任务").startswith("提示 没有找到")


def test_a_timer_that_stands_still_shows_by_what_was_not_done(demo: Register) -> None:
    head = demo.head()
    assert head
    last = demo.describe(head).author.time
    later = at("2026-12-28T12:00")
    _, told = upkeep._timer(demo, later)
    assert told.startswith("定时任务没有在运行：有 ")
    receipts = [done for _, done in demo.tick(later) if isinstance(done, Receipt)]
    assert receipts
    assert all(each.outcome.actor.person == SYSTEM for each in receipts)
    _, told = upkeep._timer(demo, later)
    assert "没有在运行" not in told
    assert "最近一次由系统办理在 2026-12-28 12:00" in told
    assert tried.last_run(demo, later) == later
    assert last < later


def test_init_finds_what_it_can_and_ends_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*words: str) -> tuple[int, str]:
        found = CliRunner().invoke(duban, list(words))
        return found.exit_code, found.output

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(init, "find_register", lambda given: Path(given or "register"))
    assert "然后再运行一次：" in run("init")[1]
    sample = tmp_path / "register/roster.xlsx"
    assert run("init")[0] == 1
    assert "还是样本，没有填写" in run("init")[1]
    sample.rename(tmp_path / "filled.xlsx")
    code, told = run("init", "--roster", "filled.xlsx")
    assert code == 0, told
    steps = told.partition("下一步，依次：\n")[2]
    assert [
        words for words in ("doctor", " tick", "numbers special", "numbers letter", "ledger", "calendar", "policy") if words not in steps
    ] == []
    assert "钱某（BGS.c）从入口办理" in steps
    assert "keys init" in steps
    lists = set(re.findall(r"AuthorizedKeysFile (/\S+)", (Path(__file__).parents[2] / "docs/door.md").read_text(encoding="utf-8")))
    assert set(re.findall(r"authorized-keys .*--to (\S+)", steps)) == lists  # where the sshd of that page looks
    code, told = run("init")  # to be read again at any time
    assert (code, told.partition("下一步，依次：\n")[2]) == (0, steps)


def test_a_folder_that_one_may_not_look_into_holds_no_register(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """After `su` one stands where root stood, in a home that is closed to others."""

    def closed(path: str | os.PathLike[str], *_args: object, **_named: object) -> os.stat_result:
        if "register.git" in os.fspath(path):
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    real = os.stat
    monkeypatch.setattr(environment, "DEFAULT_HOME", tmp_path)
    monkeypatch.setattr(os, "stat", closed)
    assert environment.find_register(None) == tmp_path


def test_a_register_that_was_moved_away_or_lost_a_part_is_named(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """X9: doctor says what is not there, and exits with 2; of a part that is missing the act's own complaint."""
    monkeypatch.setattr(doctor, "_office", lambda: ("正常", ""))
    (register.home / "register.git/HEAD").unlink()
    (register.home / "register.git/refs/heads/main").unlink()
    told = CliRunner().invoke(duban, ["--register", str(register.home), "doctor"])
    assert (told.exit_code, f"{register.home}" in told.output, "缺失" in told.output) == (2, True, True)
    register.home.rename(register.home.with_name("elsewhere"))
    told = CliRunner().invoke(duban, ["--register", str(register.home), "doctor"])
    assert (told.exit_code, f"{register.home}" in told.output, "缺失" in told.output) == (2, True, True)


def test_a_service_that_was_not_started_again_after_an_upgrade_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    note = tmp_path / NOTE
    note.parent.mkdir()
    note.write_text(f"{tmp_path / 'door'}\n", encoding="utf-8")
    assert not list(running_lines(tmp_path)), "none runs"
    listening = "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.bind('door'); s.listen(); print(); input()"
    with subprocess.Popen([sys.executable, "-c", listening], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as service:
        assert service.stdout
        service.stdout.readline()
        assert not list(running_lines(tmp_path))
        was = sys.prefix
        monkeypatch.setattr(sys, "prefix", "/opt/duban/new")
        ((mark, told),) = running_lines(tmp_path)
        service.kill()
    assert mark == "提示"
    assert f"服务（进程 {service.pid}）还是另一次安装的程序（{was}" in told
    assert "systemctl restart duban" in told
