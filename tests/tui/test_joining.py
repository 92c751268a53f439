"""Several servers keep one register: the first founds it at the upstream, the next takes it, replicas follow."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

import pytest

from records.acts import Refusal
from records.register.joining import join
from records.register.register import Receipt, Register
from records.store import line
from records.store import lock as locks
from records.store.address import address
from records.store.store import StoreError
from tests import githost
from tests.bureau import at, roster
from tests.documents.case import ITEM, NOW, act, created, walk
from tests.githost import git, serving, sshd, upstream_at
from tests.tui.test_command import Shell
from tui.command.init import _sample

pytestmark = pytest.mark.e2e

DUBAN = Path(sys.executable).with_name("duban")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(tmp_path / "register", capsys, monkeypatch)


@pytest.fixture
def up(tmp_path: Path) -> Path:
    return upstream_at(tmp_path / "up.git")


@pytest.fixture
def filled_in(tmp_path: Path) -> Path:
    """A roster that somebody has filled in."""
    path = tmp_path / "花名册.xlsx"
    path.write_bytes(_sample())
    return path


@pytest.fixture
def forced(tmp_path: Path, up: Path, shell: Shell) -> Iterator[str]:
    """The upstream behind the entrance that ``duban upstream`` wrote for the key of the server ``one``; gives its address."""
    listening = serving(sshd().place, "")
    yield listening.url(Path("/whatever.git"))
    listening.process.terminate()
    listening.process.wait()
    for name in ("one", "two", "replica"):
        githost.let_go(tmp_path / name)


def head(up: Path) -> str:
    return git(up, "rev-parse", "main")


def test_the_first_server_founds_it_and_the_next_takes_it(shell: Shell, up: Path, forced: str, filled_in: Path, tmp_path: Path) -> None:
    """Over ssh, by the keys and the entrance that the commands themselves make."""
    port = forced.rpartition(":")[2].partition("/")[0]
    lines = []
    for name in ("one", "two"):
        told = shell.ok("init", str(tmp_path / name), "--upstream", forced)
        public = tmp_path / name / "upstream/key.pub"
        assert f"公钥在 {public}" in told
        assert "再运行一次" in told
        assert (tmp_path / name / "upstream/key").stat().st_mode & 0o077 == 0
        lines.append(shell.ok("upstream", str(up), "--key", str(public)).splitlines()[-1])
    _, out, err = shell("init", str(tmp_path / "one"), "--upstream", forced)
    assert ("主机密钥如下" in out, "ED25519" in out, "连不上" in err) == (True, True, True), out + err
    (sshd().place / f"authorized{port}").write_text("\n".join(lines) + "\n")
    told = shell.ok("init", str(tmp_path / "one"), "--upstream", forced, "--roster", str(filled_in))
    assert "已建立" in told
    one = Register(tmp_path / "one")
    assert one.head() == head(up)
    told = shell.ok("init", str(tmp_path / "two"), "--upstream", forced)
    assert f"已从上级库 {forced} 取来登记簿，在 {head(up)[:12]}" in told
    assert Register(tmp_path / "two").head() == head(up)
    told = shell.ok("init", str(tmp_path / "two"), "--upstream", forced)
    assert "与本机同在" in told


@pytest.mark.parametrize("left", ["", "# nobody\n", "[127.0.0.1]:22 ssh-ed25519 AAAAC3Nz"], ids=["nothing", "nobody", "half a line"])
def test_a_file_of_known_hosts_that_names_nobody_stops_nobody(shell: Shell, up: Path, forced: str, tmp_path: Path, left: str) -> None:
    """As ``ssh-keygen -R`` leaves it once a host that was given another key is taken out."""
    founded(tmp_path / "first", up)
    githost.with_key(tmp_path / "one")
    known = tmp_path / "one/upstream/known_hosts"
    known.write_text(left)
    port = forced.rpartition(":")[2].partition("/")[0]
    (sshd().place / f"authorized{port}").write_text((sshd().place / "key.pub").read_text())
    told = shell.ok("init", str(tmp_path / "one"), "--upstream", forced.replace("/whatever.git", str(up)))
    assert "主机密钥如下" in told
    assert "已从上级库" in told


def test_a_key_that_was_made_by_half_is_none(shell: Shell, forced: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk: who runs the command again was told for ever that the host does not know the key."""
    keygen = tmp_path / "bin/ssh-keygen"
    keygen.parent.mkdir()
    keygen.write_text('#!/bin/sh\nwhile [ "$1" != -f ]; do shift; done\nprintf half >"$2"\necho No space left on device >&2\nexit 1\n')
    keygen.chmod(0o755)
    with monkeypatch.context() as full:
        full.setenv("PATH", f"{keygen.parent}:{os.environ['PATH']}")
        status, out, err = shell("init", str(tmp_path / "one"), "--upstream", forced)
        assert (status, "No space left" in err, "已为这台服务器生成密钥" in out) == (1, True, False)
    told = shell.ok("init", str(tmp_path / "one"), "--upstream", forced)
    assert (tmp_path / "one/upstream/key.pub").read_text().strip() in told
    assert sorted(each.name for each in (tmp_path / "one/upstream").iterdir()) == ["key", "key.pub"]


def test_without_a_roster_the_sample_comes_first_also_under_an_upstream(shell: Shell, up: Path, tmp_path: Path) -> None:
    told = shell.ok("init", str(tmp_path / "one"), "--upstream", str(up))
    assert "已写出花名册样本" in told
    assert f"--upstream {up}" in told  # what is to be typed again says it too
    assert "还是样本" in shell("init", str(tmp_path / "one"), "--upstream", str(up))[2]
    assert git(up, "for-each-ref") == ""


def test_acts_of_two_servers_make_one_history_that_audits_green(shell: Shell, up: Path, tmp_path: Path) -> None:
    one = founded(tmp_path / "one", up, "dispatch")
    join(tmp_path / "two", address(str(up)))
    two = Register(tmp_path / "two")
    assert two.head() == head(up)
    act(two, "sign_for", "JJ.liaison", {})
    act(one, "sign_for", "CG.liaison", {})  # on a register that it has seen only up to the dispatch
    assert one.head() == head(up)
    two.follow()
    assert [each.author.email.partition("@")[0] for each in two.commits()][-2:] == ["JJ.liaison", "CG.liaison"]
    status, out, err = shell("audit", str(tmp_path / "two"))
    assert status == 0, out + err


def test_an_act_that_another_server_did_first_is_refused_with_the_reason(up: Path, tmp_path: Path) -> None:
    one = founded(tmp_path / "one", up, "dispatch")
    join(tmp_path / "two", address(str(up)))
    two = Register(tmp_path / "two")
    act(two, "sign_for", "JJ.liaison", {})
    found = one.act("sign_for", ITEM, "JJ.liaison", {}, at("2026-08-31T10:00"))
    assert isinstance(found, Refusal)
    assert one.head() == two.head() == head(up)


def test_nothing_is_refused_for_what_another_server_has_changed_meanwhile(up: Path, tmp_path: Path) -> None:
    one = founded(tmp_path / "one", up, "dispatch")
    join(tmp_path / "two", address(str(up)))
    two = Register(tmp_path / "two")
    act(two, "sign_for", "JJ.liaison", {})
    found = one.act("report_progress", ITEM, "JJ.liaison", {"percent": 40, "text": "查处。"}, NOW)  # not signed for, as far as it knows
    assert isinstance(found, Receipt), str(found)
    up.rename(up.with_name("away.git"))
    again = one.act("sign_for", ITEM, "JJ.liaison", {}, NOW)  # refused all the same where nobody can be asked
    assert isinstance(again, Refusal)


def test_a_register_that_there_is_goes_to_an_empty_upstream(shell: Shell, up: Path, tmp_path: Path) -> None:
    one = created(tmp_path / "one")
    walk(one, "dispatch")
    told = shell.ok("init", str(tmp_path / "one"), "--upstream", str(up))
    assert f"已送到上级库 {up}" in told
    assert head(up) == one.head()
    assert (tmp_path / "one/upstream/url").read_text() == f"{up}\n"
    act(Register(tmp_path / "one"), "sign_for", "JJ.liaison", {})
    assert head(up) == Register(tmp_path / "one").head()


def test_what_an_upstream_lost_is_sent_again_when_somebody_says_so(shell: Shell, up: Path, tmp_path: Path) -> None:
    one = founded(tmp_path / "one", up, "dispatch")
    was = one.head() or ""
    act(one, "sign_for", "JJ.liaison", {})
    git(up, "update-ref", "refs/heads/main", was)
    assert "从旧备份恢复" in shell("--register", str(tmp_path / "one"), "sync")[2]
    assert head(up) == was
    assert "已送到上级库" in shell.ok("init", str(tmp_path / "one"), "--upstream", str(up))
    assert head(up) == one.head()


def test_another_register_and_a_fork_are_refused_and_nothing_is_changed(shell: Shell, up: Path, tmp_path: Path) -> None:
    one = founded(tmp_path / "one", up)
    people = roster()
    other = Register.create(
        tmp_path / "other", replace(people.bureau, demo=False), people.leaders, tuple(people.units.values()), at("2026-01-02T09:00")
    )
    before = other.head()
    status, _, told = shell("init", str(tmp_path / "other"), "--upstream", str(up))
    assert (status, "没有共同的一笔，是两个登记簿。已停下" in told) == (1, True), told
    assert not (tmp_path / "other/upstream/url").exists()
    assert (head(up), Register(tmp_path / "other").head()) == (one.head(), before)


def test_a_replica_takes_follows_and_only_reads(shell: Shell, up: Path, tmp_path: Path) -> None:
    assert "副本无从取起" in shell("init", str(tmp_path / "replica"), "--upstream", str(up), "--replica")[2]
    assert "要与 --upstream 一起写" in shell("init", str(tmp_path / "replica"), "--replica")[2]
    one = founded(tmp_path / "one", up, "dispatch")
    assert "副本" in shell.ok("init", str(tmp_path / "replica"), "--upstream", str(up), "--replica")
    copy = Register(tmp_path / "replica")
    closed = copy.read_only(at("2026-08-31T09:00").date())
    assert closed is not None
    assert "这里是副本，只供查看" in closed.reason
    act(one, "sign_for", "JJ.liaison", {})
    with pytest.raises(StoreError, match="这里是副本"):
        act(copy, "sign_for", "CG.liaison", {})
    told = shell.ok("--register", str(tmp_path / "replica"), "sync")
    assert "新取来 1 笔，与上级库同在" in told
    assert copy.head() == one.head()
    assert "落后 0 笔" in shell.ok("--register", str(tmp_path / "replica"), "sync")


def test_a_replica_that_keeps_running_follows_tells_of_trouble_once_and_goes_on(up: Path, tmp_path: Path) -> None:
    one = founded(tmp_path / "one", up, "dispatch")
    join(tmp_path / "replica", address(str(up)), replica=True)
    argv = [str(DUBAN), "--register", str(tmp_path / "replica"), "sync", "--every", "0.1"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}) as run:
        assert run.stdout
        assert "与上级库同在" in run.stdout.readline()
        act(one, "sign_for", "JJ.liaison", {})
        assert f"新取来 1 笔，与上级库同在 {head(up)[:12]}" in run.stdout.readline()
        up.rename(up.with_name("away.git"))
        assert "连不上" in run.stdout.readline()
        up.with_name("away.git").rename(up)
        assert "与上级库同在" in run.stdout.readline()
        run.terminate()


def interrupted() -> NoReturn:
    raise KeyboardInterrupt


@pytest.mark.parametrize("held", ["duban.lock", "duban.settle"])
def test_a_server_that_keeps_running_waits_for_whoever_writes_longer_than_it_has_patience(
    up: Path, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    """An import of a year; it ended, and had to be started anew."""
    founded(tmp_path / "one", up, "dispatch")
    join(tmp_path / "two", address(str(up)))
    lock = os.open(tmp_path / "two/register.git" / held, os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    patient, paused = locks.locked, iter((lambda: os.close(lock), interrupted))
    for module in (locks, line):
        monkeypatch.setattr(module, "locked", lambda file, how, timeout: patient(file, how, min(timeout, 0.1)))
    clock = SimpleNamespace(**{**vars(time), "sleep": lambda _: next(paused)()})
    monkeypatch.setattr("tui.command.joining.time", clock)
    act(Register(tmp_path / "one"), "sign_for", "JJ.liaison", {})
    status, out, err = shell("--register", str(tmp_path / "two"), "sync", "--every", "1")
    assert (status, err.strip()) == (130, "已中断。")
    busy, came = out.splitlines()
    assert "登记库正忙" in busy
    assert busy.endswith("接着再试。")
    assert f"新取来 1 笔，与上级库同在 {head(up)[:12]}" in came


def test_a_keygen_that_cannot_be_run_is_to_be_installed_again(
    shell: Shell, forced: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keygen = tmp_path / "bin/ssh-keygen"
    keygen.parent.mkdir()
    keygen.write_text("\x7fELF?")
    keygen.chmod(0o755)
    monkeypatch.setenv("PATH", f"{keygen.parent}:{os.environ['PATH']}")
    status, _, err = shell("init", str(tmp_path / "one"), "--upstream", forced)
    assert (status, err.strip()) == (1, f"ssh-keygen 命令 {keygen} 运行不了：格式不对。请重新安装 openssh-client。")


def test_a_register_is_restored_from_its_upstream_and_is_on_its_own_then(shell: Shell, up: Path, tmp_path: Path) -> None:
    one = founded(tmp_path / "one", up, "dispatch")
    told = shell.ok("restore", str(up), str(tmp_path / "back"))
    assert f"到提交 {head(up)[:10]}。附件不在上级库里" in told
    assert "没有发现问题" in told
    act(Register(tmp_path / "back"), "sign_for", "JJ.liaison", {})
    assert head(up) == one.head()
    assert "已经存在" in shell("restore", str(up), str(tmp_path / "back"))[2]
    assert "失败" in shell("restore", str(tmp_path / "none.git"), str(tmp_path / "x"))[2]
    assert "不合规" in shell("restore", "ext::sh -c id", str(tmp_path / "x"))[2]
    upstream_at(tmp_path / "empty.git")
    assert "失败" in shell("restore", str(tmp_path / "empty.git"), str(tmp_path / "x"))[2]
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["移动 硬盘", "a (1)", 'it\'s "up" #1'])
def test_a_register_is_restored_from_a_folder_of_any_name(
    shell: Shell, up: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    one = founded(tmp_path / "one", up, "dispatch")
    (tmp_path / name).mkdir()
    there = up.rename(tmp_path / name / "up.git")
    monkeypatch.chdir(tmp_path)
    for source, to in ((str(there), "back"), (f"{name}/up.git", "again")):
        assert "没有发现问题" in shell.ok("restore", source, str(tmp_path / to))
        assert Register(tmp_path / to).head() == one.head()


def test_an_upstream_on_a_disk_with_a_blank_in_its_name_is_joined_followed_and_written_to(shell: Shell, tmp_path: Path) -> None:
    up = tmp_path / "移动 硬盘 (1)/库.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(up))
    one = founded(tmp_path / "one", up, "dispatch")
    told = shell.ok("init", str(tmp_path / "two"), "--upstream", str(up))
    assert f"已从上级库 {up} 取来登记簿" in told
    act(one, "sign_for", "JJ.liaison", {})
    assert "新取来 1 笔" in shell.ok("--register", str(tmp_path / "two"), "sync")
    assert head(up) == one.head() == Register(tmp_path / "two").head()


def test_what_is_not_wanted_here_is_moved_away_and_the_rest_taken_anew(shell: Shell, up: Path, tmp_path: Path) -> None:
    """As the page says; the link beside the repository leads nowhere meanwhile, and a repository above counts for nothing."""
    founded(tmp_path / "one", up, "dispatch")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "config", "url./nowhere/.insteadOf", f"{tmp_path}/")
    (tmp_path / "one/register.git").rename(tmp_path / "forked.git")
    told = shell.ok("init", str(tmp_path / "one"), "--upstream", str(up))
    assert "已从上级库" in told
    assert Register(tmp_path / "one").head() == head(up)
    (tmp_path / "one/.git").unlink()
    (tmp_path / "one/register.git").rename(tmp_path / "again.git")
    assert "已从上级库" in shell.ok("init", str(tmp_path / "one"), "--upstream", str(up))


def test_a_replica_becomes_no_server_by_a_word_that_was_left_out(shell: Shell, up: Path, tmp_path: Path) -> None:
    founded(tmp_path / "one", up)
    join(tmp_path / "replica", address(str(up)), replica=True)
    noted = tmp_path / "replica/upstream/url"
    status, _, told = shell("init", str(tmp_path / "replica"), "--upstream", str(up))
    assert (status, noted.read_text()) == (1, f"{up}\nreplica\n")
    assert f"请加 --replica；要改为办理的服务器，先删除 {noted}" in told
    noted.unlink()
    shell.ok("init", str(tmp_path / "replica"), "--upstream", str(up))
    assert noted.read_text() == f"{up}\n"


def test_a_register_without_an_upstream_has_nothing_to_follow(shell: Shell, tmp_path: Path) -> None:
    created(tmp_path / "register")
    assert "没有上级库，不用取" in shell("sync")[2]


def test_a_first_server_whose_upstream_fails_is_begun_again(shell: Shell, up: Path, filled_in: Path, tmp_path: Path) -> None:
    hook = up / "hooks/reference-transaction"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert "ref updates aborted by hook" in shell("init", str(tmp_path / "one"), "--upstream", str(up), "--roster", str(filled_in))[2]
    hook.unlink()
    assert "已建立" in shell.ok("init", str(tmp_path / "one"), "--upstream", str(up), "--roster", str(filled_in))
    assert head(up) == Register(tmp_path / "one").head()


def founded(home: Path, up: Path, through: str = "") -> Register:
    """A register in use whose upstream it is."""
    register = created(home)
    if through:
        walk(register, through)  # before, for its objects may be laid down here as they came about elsewhere
    join(home, address(str(up)))
    return Register(home)


def test_acts_that_go_together_are_done_again_together(up: Path, tmp_path: Path) -> None:
    one = founded(tmp_path / "one", up, "dispatch")
    join(tmp_path / "two", address(str(up)))
    two = Register(tmp_path / "two")
    act(two, "sign_for", "JJ.liaison", {})
    found = one.act_each([("sign_for", ITEM, {}), ("sign_for", ITEM, {})], "CG.liaison", NOW)
    assert [type(each) for each in found] == [Receipt, Refusal]
    assert head(up) == one.head()
    assert len(list(one.commits(two.head()))) == 1
