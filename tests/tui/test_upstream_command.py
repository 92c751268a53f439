"""``duban upstream``: what the Git host holds for several servers: made once, mended where it lacks something, taking ``main`` alone."""

import hashlib
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pytest

from records.register.hosting import wanting
from records.register.register import Register
from tests.documents.case import created
from tests.planting import store_of
from tests.records.test_keys import ed25519
from tests.tui.test_command import Shell

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Told:
    """How the command ended, and what it said."""

    status: int
    text: str


Upstream: TypeAlias = Callable[..., Told]


@pytest.fixture
def upstream(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Upstream:
    """Runs the command on ``up.git``, or another place."""
    shell = Shell(tmp_path / "register", capsys, monkeypatch)

    def run(*words: str, place: str = "up.git") -> Told:
        status, out, err = shell("upstream", str(tmp_path / place), *words)
        return Told(status, out + err)

    return run


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return created(tmp_path / "register")


def git(place: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    argv = ["git", "-C", str(place), *words]
    return subprocess.run(argv, capture_output=True, text=True, check=False, env=environment)


def test_it_is_made_once_and_the_second_time_nothing_is_done(upstream: Upstream, tmp_path: Path) -> None:
    first = upstream()
    assert first.status == 0, first.text
    assert "建立裸库" in first.text
    assert "--key FILE.pub 写出 authorized_keys 里的一行" in first.text
    assert wanting((tmp_path / "up.git/config").read_text()) == ()
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "up.git").rglob("*")}
    again = upstream()
    assert "已经齐备，未作改动" in again.text
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "up.git").rglob("*")} == before


def test_a_bare_repository_that_is_there_gets_what_it_lacks_and_keeps_the_rest(upstream: Upstream, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "up.git")
    git(tmp_path / "up.git", "config", "receive.maxInputSize", "9m")
    git(tmp_path / "up.git", "config", "receive.unpackLimit", "100")
    assert "core.fsync = all" in wanting((tmp_path / "up.git/config").read_text())
    told = upstream().text
    assert "设 core.fsync = all（原来没有设）" in told
    assert "设 receive.unpacklimit = 1（原来是 100）" in told
    assert git(tmp_path / "up.git", "config", "receive.maxInputSize").stdout == "9m\n"
    assert wanting((tmp_path / "up.git/config").read_text()) == ()
    (tmp_path / "up.git/hooks/pre-receive").write_text("#!/bin/sh\n# duban upstream：旧的\nexit 1\n")
    assert "改写钩子" in upstream().text


def test_a_lock_that_a_killed_one_left_is_named(upstream: Upstream, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "up.git")
    lock = tmp_path / "up.git/config.lock"
    lock.touch()
    told = upstream()
    assert (told.status, f"本机有残留的锁 {lock}。请确认没有 git 命令在运行，删除它" in told.text) == (1, True), told.text
    lock.unlink()
    assert upstream().status == 0


def test_a_standby_that_is_exchanged_for_another_is_said_to_be_left_behind(upstream: Upstream, tmp_path: Path) -> None:
    upstream()
    for name in ("one.git", "two.git"):
        upstream("--standby", place=name)
    assert "不再跟上" not in upstream("--to", str(tmp_path / "one.git")).text
    assert "不再跟上" not in upstream("--to", str(tmp_path / "one.git"), "--later").text
    assert f"原来的备用库 {tmp_path}/one.git 从现在起不再跟上，请不要再用它接替" in upstream("--to", str(tmp_path / "two.git")).text


def test_what_is_somebody_elses_is_refused_and_left(upstream: Upstream, register: Register, tmp_path: Path) -> None:
    with store_of(register).writing():
        pass
    told = upstream(place="register/register.git")
    assert told.status == 1
    assert "登记簿自己的库" in told.text, told.text
    git(tmp_path, "init", "-q", "tree")
    assert "已有内容" in upstream(place="tree").text
    assert "不是裸库" in upstream(place="tree/.git").text
    git(tmp_path, "init", "-q", "--bare", "-b", "other", "other.git")
    assert "HEAD 指向" in upstream(place="other.git").text
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "--object-format=sha256", "long.git")  # as Git does unasked from version 3 on
    assert "SHA-256 格式" in upstream(place="long.git").text
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "table.git")
    (tmp_path / "table.git/reftable").mkdir()
    (tmp_path / "table.git/HEAD").write_text("ref: refs/heads/.invalid\n")
    assert "git refs migrate --ref-format=files" in upstream(place="table.git").text
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "mine.git")
    (tmp_path / "mine.git/hooks").mkdir(exist_ok=True)
    (tmp_path / "mine.git/hooks/pre-receive").write_text("#!/bin/sh\nexit 0\n")
    told = upstream(place="mine.git")
    assert (told.status, "是别人写的，没有改动" in told.text) == (1, True)
    assert (tmp_path / "mine.git/hooks/pre-receive").read_text() == "#!/bin/sh\nexit 0\n"
    assert "请换一个目录" in upstream(place='a"b.git').text


def test_each_servers_line_is_written_from_its_key_and_nothing_rides_along(upstream: Upstream, tmp_path: Path) -> None:
    (tmp_path / "a.pub").write_text(f"{ed25519()} a@server\n")
    told = upstream("--key", str(tmp_path / "a.pub")).text
    server = hashlib.sha256(ed25519().encode()).hexdigest()[:12]
    assert told.endswith(f'restrict,command="/bin/sh {tmp_path}/up.git/enter {server}" {ed25519()}\n')
    told = upstream("--key", str(tmp_path / "a.pub"), "--read").text
    assert told.endswith(f'restrict,command="/bin/sh {tmp_path}/up.git/enter {server} read" {ed25519()}\n')
    (tmp_path / "b.pub").write_text(f'command="id" {ed25519()}\n')
    refused = upstream("--key", str(tmp_path / "b.pub"))
    assert (refused.status, "前面不能有选项" in refused.text) == (1, True)


def test_it_takes_main_alone_and_only_onward(upstream: Upstream, register: Register, tmp_path: Path) -> None:
    upstream()
    home, to = register.home / "register.git", str(tmp_path / "up.git")
    assert git(home, "push", to, "main").returncode == 0
    for words in (("main:other",), ("--delete", "main"), ("main:refs/tags/v1",), ("main:main", "main:refs/heads/x")):
        done = git(home, "push", to, *words) if words[0] != "--delete" else git(home, "push", "--delete", to, "main")
        assert done.returncode != 0, words
    assert "只收 main 一个分支" in git(home, "push", to, "main:other").stderr
    other = git(home, "-c", "user.name=x", "-c", "user.email=x@y", "commit-tree", "-m", "x", "main^{tree}").stdout.strip()
    assert git(home, "push", "--force", to, f"{other}:refs/heads/main").returncode != 0
    assert git(tmp_path / "up.git", "for-each-ref").stdout.splitlines() == [f"{register.head()} commit\trefs/heads/main"]
    assert git(tmp_path / "up.git", "fsck", "--strict", "--no-dangling").stdout == ""


@pytest.mark.parametrize(
    ("argument", "command", "status"),
    [
        ("", "git-upload-pack '/anything'", 0),
        ("", "git-receive-pack 'x'; id", 0),
        ("read", "git-upload-pack '/anything'", 0),
        ("read", "git-receive-pack '/anything'", 126),
        ("", "", 126),
        ("", "id", 126),
        ("", "git-upload-archive 'x'", 126),
        ("", "git-receive-packx", 126),
        ("x", "git-receive-pack 'x'", 126),
        ("read", "duban-turn", 126),
    ],
)
def test_the_entrance_knows_two_commands_and_no_path(upstream: Upstream, tmp_path: Path, argument: str, command: str, status: int) -> None:
    upstream()
    environment = {"PATH": os.environ["PATH"], "SSH_ORIGINAL_COMMAND": command}
    argv = ["/bin/sh", str(tmp_path / "up.git/enter"), "server", *([argument] if argument else [])]
    done = subprocess.run(argv, input=b"0000", capture_output=True, check=False, env=environment, cwd="/")
    assert done.returncode == status, done.stderr
    assert ("这把密钥在名单里只能取" in done.stderr.decode()) == (argument == "read" and command.startswith("git-receive-pack "))
    assert b"uid=" not in done.stdout
    assert (b"refs/heads/main" in done.stdout or b"capabilities^{}" in done.stdout or done.stdout.endswith(b"0000")) == (status == 0)
