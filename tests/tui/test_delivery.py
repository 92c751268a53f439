"""Digests leave the system by the way that the operator set, each once a workday, whatever breaks off in between."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from records.bureau.roster import Person
from records.register.register import NEW, Receipt, Register
from records.store.store import StoreError
from tests.bureau import REGISTER, at
from tests.tui.test_command import ROOT, Shell
from tui.command import delivery
from tui.command.configuration import ConfigurationError, DigestRoute, configured, digest_route
from tui.command.delivery import deliver

NOW, SATURDAY = at("2026-11-23T10:30"), at("2026-11-28T10:30")
DAY = date(2026, 11, 23)
PEOPLE = tuple((Person(f"JJ.p{n}", f"某{n}", "民警", f"p{n}" if n != 2 else None), f"某{n}同志：您有1件督办待办。") for n in range(1, 4))


@pytest.fixture
def shell(demo: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr("tui.command.environment.now", lambda: NOW)
    return Shell(demo.home, capsys, monkeypatch)


@pytest.fixture
def spool(tmp_path: Path) -> DigestRoute:
    (tmp_path / "spool").mkdir()
    return DigestRoute(tmp_path / "state.json", tmp_path / "spool")


def config(folder: Path, text: str) -> Path:
    path = folder / "duban.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    return path


def program(folder: Path, script: str) -> Path:
    path = folder / "send"
    head = f"#!{sys.executable}\nimport os, pathlib, sys, time\nhere = pathlib.Path({str(folder)!r})\n"
    path.write_text(f"{head}{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def sent(route: DigestRoute, day: date = DAY, people: tuple[tuple[Person, str], ...] = PEOPLE) -> dict[str, str]:
    """Return whom it was tried to send to, each with why it failed."""
    return {person.id: trouble for person, trouble in deliver(route, day, people)}


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_each_person_finds_one_file_a_day_in_the_spool_whole_and_for_his_eyes(spool: DigestRoute) -> None:
    assert spool.spool
    assert sent(spool) == {"JJ.p1": "", "JJ.p2": "", "JJ.p3": ""}
    assert texts(spool.spool) == {f"2026-11-23-JJ.p{n}.txt": f"某{n}同志：您有1件督办待办。\n" for n in (1, 2, 3)}
    assert {path.stat().st_mode & 0o777 for path in (*spool.spool.iterdir(), spool.state)} == {0o600}
    for path in spool.spool.iterdir():
        path.unlink()  # whoever sends them on has taken them
    assert sent(spool) == {}
    assert sent(spool, date(2026, 11, 24)) == {"JJ.p1": "", "JJ.p2": "", "JJ.p3": ""}
    assert set(json.loads(spool.state.read_text())["people"]) == {"JJ.p1", "JJ.p2", "JJ.p3"}


@pytest.mark.parametrize("step", range(1, 10))
def test_whenever_a_run_dies_nobody_gets_two_and_nobody_none(spool: DigestRoute, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """A run dies before any of its renames; what is taken out of the spool in between never comes there again."""
    taken: list[str] = []
    calls = 0

    def dying(old: Path, new: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == step:
            raise KeyboardInterrupt
        os.rename(old, new)

    assert spool.spool
    with monkeypatch.context() as patched:
        patched.setattr("tui.command.delivery.os.replace", dying)
        with pytest.raises(KeyboardInterrupt):
            sent(spool)
    for _ in range(2):
        for path in sorted(spool.spool.glob("[!.]*")):
            taken.append(path.name)
            path.unlink()
        sent(spool)
    assert sorted(taken + [path.name for path in spool.spool.glob("[!.]*")]) == [f"2026-11-23-JJ.p{n}.txt" for n in (1, 2, 3)]


def test_a_program_gets_the_text_on_its_input_and_the_login_as_an_argument_of_its_own(tmp_path: Path) -> None:
    send = program(tmp_path, "(here / f'got-{sys.argv[1]}').write_text(repr(sys.argv[2:]) + sys.stdin.read() + repr(sorted(os.environ)))")
    route = DigestRoute(tmp_path / "state.json", command=(str(send), "{login}", "; rm -rf $HOME", "{id}"))
    assert sent(route) == {"JJ.p1": "", "JJ.p2": "花名册里没有登录名，不能交给程序。", "JJ.p3": ""}
    got = (tmp_path / "got-p1").read_text(encoding="utf-8")
    assert got.startswith("['; rm -rf $HOME', 'JJ.p1']某1同志：您有1件督办待办。\n")
    assert "DUBAN_REGISTER" not in got
    assert sent(route) == {"JJ.p2": "花名册里没有登录名，不能交给程序。"}


def test_what_fails_is_said_and_tried_again_next_time(tmp_path: Path) -> None:
    send = program(tmp_path, "(here / 'ready').exists() or sys.exit('网关\\x1b[31m不通')")
    route = DigestRoute(tmp_path / "state.json", command=(str(send),))
    assert set(sent(route, people=PEOPLE[:2]).values()) == {f"{send} 以状态 1 退出：网关\x1b[31m不通"}
    (tmp_path / "ready").touch()
    assert sent(route, people=PEOPLE[:2]) == {"JJ.p1": "", "JJ.p2": ""}


def test_after_three_failures_in_a_row_the_rest_waits(tmp_path: Path) -> None:
    route = DigestRoute(tmp_path / "state.json", command=("/nowhere/send",))
    people = (*PEOPLE, (Person("JJ.p4", "某4", "民警"), "某4"))
    tried: list[str] = []
    with pytest.raises(StoreError, match="连续 3 份没有发出，其余 1 份下次再发"):
        tried.extend(person.id for person, _ in deliver(route, DAY, people))
    assert json.loads(route.state.read_text())["people"] == {}


def test_a_program_that_hangs_is_killed_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "LIMIT", 1.0)
    send = tmp_path / "send"
    send.write_text(f"#!/bin/sh\nsleep 600 &\necho $! >{tmp_path}/child\necho $$ >{tmp_path}/parent\nwait\n")
    send.chmod(0o755)
    route = DigestRoute(tmp_path / "state.json", command=(str(send),))
    (trouble,) = sent(route, people=PEOPLE[:1]).values()
    assert "秒没有完成，已终止" in trouble
    assert [name for name in ("child", "parent") if not _ends(int((tmp_path / name).read_text()))] == []
    assert json.loads(route.state.read_text())["people"] == {}, "it is tried again"


def _ends(pid: int) -> bool:
    """Wait until a process that was killed is gone: its parent's death is no sign of its own."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        (ended := select.poll()).register(descriptor, select.POLLIN)
        return bool(ended.poll(60_000))
    finally:
        os.close(descriptor)


def test_what_broke_off_under_a_program_is_not_sent_again_that_day_and_said_once(tmp_path: Path) -> None:
    send = program(tmp_path, "(here / 'runs').touch()\ntime.sleep(600)")
    route = DigestRoute(tmp_path / "state.json", command=(str(send),))
    code = f"from tests.tui.test_delivery import *\nsent(DigestRoute(Path({str(route.state)!r}), command=({str(send)!r},)))"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, start_new_session=True)
    while not (tmp_path / "runs").exists():
        assert process.poll() is None
        time.sleep(0.02)
    process.kill()
    process.wait()
    _end(send)
    assert sent(route, people=PEOPLE[:1]) == {"JJ.p1": "上次发送中断，是否发出不明，今天不再发。"}
    assert sent(route, people=PEOPLE[:1]) == {}


def _end(send: Path) -> None:
    """End the program that the killed run left behind, by the file that it was started from."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        if _command(path).endswith(f"{send}\0"):
            os.killpg(int(path.parent.name), signal.SIGKILL)


def _command(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def test_two_runs_do_not_send_at_once(spool: DigestRoute) -> None:
    running = deliver(spool, DAY, PEOPLE)
    next(running)
    with pytest.raises(StoreError, match="另一个 duban tick 正在发送"):
        sent(spool)
    assert len(list(running)) == 2


@pytest.mark.parametrize(
    ("state", "told"),
    [
        ("{", "已损坏"), ("[]", "已损坏"), ('{"day": "2026-11-23", "people": {"JJ.p1": "maybe"}}', "已损坏"),
        ('{"day": "2026-11-24", "people": {}}', "晚于今天"),
    ],
)  # fmt: skip
def test_a_state_that_tells_nothing_sends_nothing(spool: DigestRoute, state: str, told: str) -> None:
    spool.state.write_text(state, encoding="utf-8")
    with pytest.raises(StoreError, match=told):
        sent(spool)
    assert spool.spool
    assert not list(spool.spool.iterdir())


def test_a_folder_that_is_not_there_stops_nobody_and_is_said(tmp_path: Path) -> None:
    route = DigestRoute(tmp_path / "state.json", tmp_path / "missing")
    assert sent(route, people=PEOPLE[:1]) == {"JJ.p1": f"不能写入 {tmp_path / 'missing'}：文件或目录不存在"}


_PROBLEMS = [
    ("[digest]\nstate = 1", [":2：state 应为绝对路径", ":1：spool（放进目录）和 command（交给程序）须写一样"]),
    ("[digest]\nspool = \"/a\"", [":1：缺 state"]),
    ("[digest]\nstate = \"/a\"\nspool = \"b\"", [":3：spool 应为绝对路径"]),
    ("[digest]\nstate = \"/a\"\nspool = \"/b\"\ncommand = [\"/c\"]", [":1：spool（放进目录）和 command（交给程序）须写一样，且只写一样"]),
    ("[digest]\nstate = \"/a\"\ncommand = \"/c {login}\"", [":3：command 应为程序和参数的列表"]),
    ("[digest]\nstate = \"/a\"\ncommand = [\"c\"]", [":3：command 的第一项应为程序的绝对路径"]),
    ("[digest]\nstate = \"/a\"\ncommand = [\"/c\", \"--to={login}\"]", [":3：参数“--to={login}”：占位符只有 {login}、{id}，须单独"]),
    ("[digest]\nstate = \"/a\"\ncommand = [\"/c\", \"{name}\"]", [":3：参数“{name}”"]),
    ("[digest]\nstate = \"/a\"\nspool = \"/b\"\nshell = true", [":4：没有“shell”这一项"]),
    ("[mail]\n[digest]\nstate = \"/a\"\nspool = \"/b\"", [":1：没有“mail”这一节"]),
    ("digest = 1", [":1：digest 应为一节"]),
    ("[digest]\nstate = /a", [":2：第9列不合 TOML 的写法"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told"), _PROBLEMS, ids=[str(n) for n in range(len(_PROBLEMS))])
def test_a_configuration_is_read_strictly_and_each_mistake_has_its_line(tmp_path: Path, text: str, told: list[str]) -> None:
    path = config(tmp_path, text)
    with pytest.raises(ConfigurationError) as found:
        digest_route(path, tmp_path / "register")
    for each, line in zip(told, str(found.value).splitlines(), strict=True):
        assert line.startswith(f"{path}{each}")


def test_a_configuration_is_the_operators_alone_and_lies_outside_the_register(tmp_path: Path) -> None:
    path = config(tmp_path, '[digest]\nstate = "/a"\nspool = "/b"\n')
    assert digest_route(path, tmp_path / "register") == DigestRoute(Path("/a"), Path("/b"))
    with pytest.raises(ConfigurationError, match="在登记簿的目录里"):
        digest_route(path, tmp_path)
    path.chmod(0o664)
    with pytest.raises(ConfigurationError, match="别的账号可以改写"):
        digest_route(path, tmp_path / "register")
    with pytest.raises(StoreError, match="文件或目录不存在"):
        digest_route(tmp_path / "missing.toml", tmp_path / "register")
    assert digest_route(None, tmp_path) is None
    assert digest_route(config(tmp_path, ""), tmp_path / "register") is None


def test_tick_sends_after_the_clocks_work_and_never_twice(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "spool").mkdir()
    path = config(tmp_path, f'[digest]\nstate = "{tmp_path}/state.json"\nspool = "{tmp_path}/spool"\n')
    first = shell.ok("tick", "--config", str(path))
    found = texts(tmp_path / "spool")
    assert f"待办摘要发出 {len(found)} 份。" in first
    assert found["2026-11-23-JJ.liaison.txt"] == shell.ok("digest", "--as", "JJ.liaison")
    monkeypatch.setenv("DUBAN_CONFIG", str(path))
    assert shell.ok("tick") == "共 0 件。\n待办摘要发出 0 份。\n"
    monkeypatch.setattr("tui.command.environment.now", lambda: SATURDAY)
    assert shell.ok("tick") == "共 0 件。\n"


def test_trouble_with_digests_stops_no_reminder_and_is_told_by_the_status(shell: Shell, tmp_path: Path) -> None:
    path = config(tmp_path, "[digest]\nstate = 3\n")
    status, out, err = shell("tick", "--config", str(path))
    assert (status, "待办摘要：" in err) == (1, True)
    assert int(out.splitlines()[-3].removeprefix("共 ").removesuffix(" 件。")) > 0
    assert out.endswith("待办摘要发出 0 份。\n")


def test_a_matter_that_only_a_few_may_know_of_has_no_name_outside(shell: Shell, demo: Register) -> None:
    inputs = {**REGISTER, "need_to_know": ["L01"], "title": "绝不外传", "received": "2026-11-20"}
    done = demo.act("register", NEW, "BGS.clerk1", inputs, NOW)
    assert isinstance(done, Receipt)
    told = shell.ok("digest", "--as", "BGS.clerk1")
    assert "限定知悉范围，名称请在系统里看" in told
    assert done.outcome.target in told
    assert "绝不外传" not in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[digest]\nstate = "{0}/s"\nspol = "/x"\n', "3：没有“spol”这一项"),
        ('[digest]\nstate = "{0}/none/s"\nspool = "{0}"\n', "2：{0}/none 不是本账号"),
        ('[digest]\nstate = "{0}"\nspool = "{0}"\n', "2：{0} 不是本账号"),
        ('[digest]\nstate = "{0}/s"\nspool = "{0}/none"\n', "3：{0}/none 不是本账号"),
        ('[digest]\nstate = "{0}/s"\ncommand = ["{0}/none", "{{login}}"]\n', "3：没有 {0}/none 这个程序"),
        ('[digest]\nstate = "{0}/s"\ncommand = ["{0}/text"]\n', "3：{0}/text 本账号"),
        ('[digest]\nstate = "{0}/s"\ncommand = ["{0}/send"]\n', ""),
        ("", ""),
    ],
)
def test_the_doctor_says_what_is_wrong_with_the_configuration_with_its_line(
    text: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "duban.toml"
    for name, mode in (("text", 0o644), ("send", 0o755)):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(mode)
    path.write_text(text.format(tmp_path))
    path.chmod(0o644)
    monkeypatch.setenv("DUBAN_CONFIG", str(path))
    found, wrong = configured(tmp_path / "register")
    assert found == path
    assert [each.startswith(f"{path}:{told.format(tmp_path)}") for each in wrong][:1] == [True] * bool(told), wrong
    monkeypatch.setenv("DUBAN_CONFIG", "")
    assert configured(tmp_path / "register") == (None, ())
