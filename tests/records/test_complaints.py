"""What Git and ssh complain of, in words by which whoever keeps the machines goes on; each as it was once seen."""

import subprocess
from pathlib import Path

import pytest

from records.store.complaints import complaint, in_words, meaning, of_the_other_end
from records.store.stock_git import Git
from tests.waiting import Clock, looked_at

_FOLDER = "/srv/duban/upstream"
_REST = (
    "fatal: Could not read from remote repository.\n\n"
    "Please make sure you have the correct access rights\nand the repository exists.\n"
)  # fmt: skip
_FRAME = "@" * 59
_CHANGED = f"""\
{_FRAME}
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
{_FRAME}
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Someone could be eavesdropping on you right now (man-in-the-middle attack)!
It is also possible that a host key has just been changed.
The fingerprint for the ED25519 key sent by the remote host is
SHA256:Bnu1YuglNTFCFSRMCrPOHZPon+5zFwyDV1X1RUaJWaQ.
Please contact your system administrator.
Add correct host key in ../upstream/known_hosts to get rid of this message.
Host key for githost has changed and you have requested strict checking.
Host key verification failed.
{_REST}"""
_UNPROTECTED = f"""\
{_FRAME}
@         WARNING: UNPROTECTED PRIVATE KEY FILE!          @
{_FRAME}
Permissions 0644 for '../upstream/key' are too open.
It is required that your private key files are NOT accessible by others.
This private key will be ignored.
Load key "../upstream/key": bad permissions
duban-git@githost: Permission denied (publickey,password).
{_REST}"""


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        (_CHANGED, "主机密钥与记下的不同：换过，或者连到的不是它。请与它的管理员核对，换过的，删除 /srv/duban/upstream/known_hosts"),
        (_UNPROTECTED, "密钥（/srv/duban/upstream/key）不在、读不了，或者别的账号也读得了"),
        (f"duban-git@githost: Permission denied (publickey,password).\n{_REST}", "那台主机不认密钥（/srv/duban/upstream/key）"),
        (f"ssh: connect to host githost port 22: Connection refused\n{_REST}", "那台主机在，没有服务应答"),
        (f"WARNING: Your password has expired.\nPassword change required but no TTY available.\n{_REST}", "这个账号或者它的口令过期了"),
        (
            f"Your account has expired; please contact your system administrator.\nConnection closed by 10.0.0.2 port 22\n{_REST}",
            "这个账号或者它的口令过期了",
        ),
        ("fatal: protocol error: bad line length character: This\n", "它的壳不能登录（nologin），或者登录时运行的脚本在说话"),
        (f"Connection timed out during banner exchange\n{_REST}", "那台主机没有应答"),
        (f"ssh: Could not resolve hostname githost: Name or service not known\n{_REST}", "找不到这个名字的主机"),
        (f"/bin/sh: 0: cannot open /srv/git/duban.git/enter: No such file\n{_REST}", "那里没有这个库"),
        (f"/bin/sh: 0: cannot open /srv/git/duban.git/enter: Permission denied\n{_REST}", "Git 主机的库里有文件不归运行的账号"),
        ("remote: fatal: bad object 1a2b\nfatal: the remote end hung up unexpectedly\nfatal: early EOF\n", "Git 主机的库里有损坏的对象"),
        ("fatal: the receiving end does not support this repository's hash algorithm\n", "Git 主机的库用 SHA-256 格式的对象"),
        ("fatal: mismatched algorithms: client sha1; server sha256\n", "Git 主机的库用 SHA-256 格式的对象"),
        ("fatal: sha1 file 'objects/pack/tmp_idx_x' write error. Out of diskspace\n", "Git 主机的磁盘满了"),
    ],
)
def test_what_is_known_is_told_with_the_way_on_and_as_it_was_said(told: str, meant: str) -> None:
    words = complaint(told)
    assert "@" not in words.replace("duban-git@githost", "")
    assert "correct access rights" not in words
    assert meant in meaning(words, _FOLDER, there="Git 主机")
    assert f"。（原话：{words[:200]}）" in in_words(words, _FOLDER, there="Git 主机")


def test_the_fingerprint_by_which_a_changed_host_is_checked_is_told() -> None:
    assert "SHA256:Bnu1YuglNTFCFSRMCrPOHZPon+5zFwyDV1X1RUaJWaQ" in in_words(complaint(_CHANGED))


def test_what_the_other_end_could_not_unpack_is_told_where_it_says_no_more() -> None:
    told = "error: remote unpack failed: unable to create temporary object directory\nerror: failed to push some refs to 'x'\n"
    assert "Git 主机的库写不进去：磁盘满了（空间或者文件数，用 df、df -i 看）、只能读，或者有文件不归" in meaning(
        of_the_other_end(told), there="Git 主机"
    )
    full = "remote: fatal: write error: No space left on device        \nerror: remote unpack failed: index-pack abnormal exit\n"
    assert meaning(of_the_other_end(full), there="Git 主机") == "Git 主机的磁盘满了。请腾出空间"
    assert of_the_other_end("error: failed to push some refs to 'x'\n") == ""


def test_what_is_not_known_is_given_on_and_no_sign_of_it_reaches_a_terminal() -> None:
    assert meaning("something new") == ""
    assert in_words("something \x1b[31mnew") == "something ␛[31mnew。请检查网络、密钥和那台主机。"
    assert in_words("") == "没有应答。请检查网络、密钥和那台主机。"
    assert "\x1b" not in in_words("\x1b[2J Connection refused")


def test_how_far_git_has_come_is_no_complaint() -> None:
    told = """\
remote: Enumerating objects: 5, done.\rremote: Counting objects:  50% (1/2)\rremote: Counting objects: 100% (2/2), done.
remote: Total 5 (delta 0), reused 0 (delta 0), pack-reused 0\rReceiving objects:  80% (4/5), 1.2 MiB | 50.00 KiB/s
From ssh://git@host/srv/up
 * branch            main       -> FETCH_HEAD
fatal: early EOF
"""
    assert complaint(told) == "early EOF"
    assert complaint("remote: the disk is full\nReceiving objects:  10% (1/10)\r") == "remote: the disk is full"


def test_how_far_a_push_has_come_is_no_complaint_and_what_the_other_end_says_is_told_without_it() -> None:
    told = """\
Delta compression using up to 2 threads
Writing objects:  14% (1/7)\rWriting objects: 100% (7/7), 14.31 MiB | 20.61 MiB/s, done.
Total 7 (delta 0), reused 0 (delta 0), pack-reused 0
remote: Resolving deltas: 100% (3/3), completed with 3 local objects.
remote: Checking connectivity: 21        \rremote: 今天不收
"""
    assert of_the_other_end(told) == "今天不收"
    assert complaint(told) == "remote: 今天不收"


@pytest.fixture
def clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return looked_at(tmp_path, monkeypatch, step=4.0)


def telling(folder: Path, line: str, times: int) -> Git:
    """A Git that tells something so many times, each when it is given a sign."""
    program = folder / "git"
    program.write_text(
        f"#!/bin/sh\nexec 3<{folder}/sign\nfor _ in $(seq {times}); do read -r _ <&3; printf '{line}' >&2; done\necho done\n"
    )
    program.chmod(0o755)
    return Git(str(program), "/usr/bin:/bin")


@pytest.mark.parametrize(
    "line", ["Receiving objects:  10%% (1/10)\\r", "remote: Writing objects: 7\\n", "remote: remote: Resolving deltas: 1%% (1/9)\\r"]
)
def test_a_slow_line_is_waited_for_as_long_as_it_moves(tmp_path: Path, clock: Clock, line: str) -> None:
    done = telling(tmp_path, line, 50).moving("fetch", folder=tmp_path, quiet=30.0)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (0, "done\n", 50)
    assert clock.at >= 200


@pytest.mark.parametrize(
    "line",
    [
        "remote: 还在核对\\n",
        "12:00:00.000001 pkt-line.c:80  packet:  sideband< 1\\n",
        "12:00:00.1 x: Counting objects: 7\\n",
        "Counting objects: 7",
    ],
)
@pytest.mark.usefixtures("clock")
def test_what_is_heard_and_is_no_movement_does_not_keep_it_alive(tmp_path: Path, line: str) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        telling(tmp_path, line, 1000).moving("push", folder=tmp_path, quiet=30.0)


def test_what_is_silent_is_killed_with_all_it_started(tmp_path: Path) -> None:
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\necho 'Counting objects: 7' >&2\nexec sleep 3600\n")
    program.chmod(0o755)
    with pytest.raises(subprocess.TimeoutExpired):
        Git(str(program), "/usr/bin:/bin").moving("fetch", folder=tmp_path, quiet=0.5)
    begun = tmp_path / "pid"
    if begun.exists() and (pid := begun.read_text().strip()):  # else it was killed before it had begun
        assert not Path(f"/proc/{pid}").exists()
