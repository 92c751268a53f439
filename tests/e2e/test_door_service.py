"""The service on the real thing: accounts with a password, forty at once, lines that drop (S8, S9 of security.md §6)."""

import fcntl
import json
import os
import signal
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from records.keys.keys import Keys
from tests.e2e.doors import Door, account_of
from tests.e2e.terminals import Terminal, gone
from tests.e2e.test_door import registration

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.geteuid() != 0, reason="only root makes accounts; run the tests as root for the door")]
PERSON, OTHER = "QZ.liaison", "ZZB.liaison"
FORGING = """
import json, os, socket, sys
line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
line.connect(sys.argv[1])
stated = {"person": "L03", "key": sys.argv[2], "home": sys.argv[3]}
given = {"USER": "L03", "LOGNAME": "L03", "SSH_CONNECTION": "x", "LD_PRELOAD": "/x.so", "TERM": "x"}
socket.send_fds(line, [json.dumps({"asked": "files", "given": given, "stated": stated}).encode()], [0, 1, 2])
print(line.recv(4096))
"""


def enrolled(door: Door, role: str, person: str) -> None:
    """Have an account be a person's, unless it is already."""
    if not any(entrance.account == account_of(role) for each in Keys(door.keys).people() for entrance in each.entrances):
        door.keep("enrol", person, "--account", account_of(role), "--basis", "测试")


def test_whoever_knows_the_password_of_an_account_is_the_person_whose_it_is(door: Door) -> None:
    enrolled(door, "chang", PERSON)
    given = json.dumps(registration(source_ref="热线第21期")).encode()
    status, _, err = door.ask_by_password("chang", "act register new", given=given)
    assert (status, door.log()[-1].split()[1:3]) == (1, [PERSON, account_of("chang")]), err  # a liaison registers nothing
    status, out, err = door.ask_by_password("chang", "put paper.pdf", given=b"%PDF-1.4 a scanned page startxref 0 %%EOF")
    assert (status, "SHA-256" in out.decode()) == (0, True), err
    assert f" {PERSON} {account_of('chang')} staff 'kept paper.pdf" in door.log()[-1]
    assert "paper.pdf" in door.ask_by_password("chang", "files")[1].decode()
    assert "paper.pdf" not in door.ok("liaison", "files")
    assert door.ask_by_password("chang", "files", password="wrong")[0] == 255
    for asked in ("git-upload-pack 'register'", "id", "ls --as L03", "duban-enter", "sh -c id"):
        status, out, err = door.ask_by_password("chang", asked)
        assert (status, out, err.count("\n")) == (126, b"", 1), asked
    for options in (["-W", "127.0.0.1:22"], ["-s"], ["-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:22"]):
        argv = door.by_password("chang", *(["sftp"] if options == ["-s"] else []), options=options)
        assert subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode != 0, options
    for path in (door.home, door.home / "register.git", door.keys):
        assert door.run("chang", "ls", str(path)).returncode != 0, path
    assert door.run("chang", "sh", "-c", f"echo x > {door.place}/run/x").returncode != 0


def test_the_kernel_says_who_calls_whatever_the_caller_says(door: Door) -> None:
    """With a shell of his own, and all that a leader's key is known by, he is himself; who is not of the group reaches nothing."""
    enrolled(door, "chang", PERSON)
    fingerprint = next(each["name"] for each in json.loads(door.keep("list", "--json")) if each["person"] == "L03")
    forged = (sys.executable, "-c", FORGING, str(door.place / "run/door"), fingerprint, str(door.home))
    done = door.run("chang", *forged)
    assert '"status": 0' in done.stdout, done.stderr
    assert f" {PERSON} {account_of('chang')} staff 'files'" in door.log()[-1]
    before = door.log()
    done = door.run("liaison", *forged)
    assert "PermissionError" in done.stderr
    done = door.run("svc", str(Path(sys.executable).with_name("duban-enter")), str(door.place / "run/door"))
    assert (done.returncode, "不是哪个人的" in done.stderr) == (126, True)
    assert door.log() == before


def test_an_account_of_nobody_or_outside_the_group_or_of_two_lets_nobody_in(door: Door) -> None:
    enrolled(door, "chang", PERSON)
    enrolled(door, "outside", "JB.liaison")
    status, out, err = door.ask_by_password("nobody", "ls")
    assert (status, out, "没有登记是谁" in err) == (126, b"", True)
    enter = f"{Path(sys.executable).with_name('duban-enter')} {door.place}/run/door"
    status, out, err = door.ask_by_password("outside", enter)
    assert (status, out, "不在可以进入的组里" in err) == (126, b"", True)
    taken = door.run("sec", str(Path(sys.executable).with_name("duban")), "--register", str(door.home), "keys", "enrol", "L03", "--account",
                     account_of("chang"), "--basis", "x")  # fmt: skip
    assert (taken.returncode, f"已经是 {PERSON}" in taken.stderr) == (1, True)
    for account, words in (("root", "不是哪个人的"), (account_of("none"), "没有账号")):
        argv = (str(Path(sys.executable).with_name("duban")), "--register", str(door.home), "keys", "enrol", "L03", "--account", account)
        assert words in door.run("sec", *argv, "--basis", "x").stderr
    enrolled(door, "nobody", OTHER)
    person = Terminal(door.by_password("nobody", tty=True))
    person.until("待办")
    door.keep("revoke", OTHER, "--reason", "离职")
    person.until("")
    assert (person.left(), "停用" in person.raw.decode(errors="replace")) == (1, True)
    assert "停用" in door.ask_by_password("nobody", "ls")[2]


def test_the_screen_by_password_follows_the_size_of_the_terminal(door: Door) -> None:
    enrolled(door, "chang", PERSON)
    person = Terminal(door.by_password("chang", tty=True))
    took = person.until("黄拟宁")
    fcntl.ioctl(person.file, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    person.until("", sent=b"\x1b[40;")
    person.press(b"\x11")  # ctrl+q
    person.until("")
    assert person.left() == 0
    print(f"first screen by password after {took:.2f} s")  # noqa: T201


def test_without_the_service_a_key_comes_in_all_the_same(door: Door) -> None:
    enrolled(door, "chang", PERSON)
    waiting = Terminal(door.argv("liaison"))
    waiting.until("邵拟行")
    door.stop()
    waiting.until("")
    assert waiting.left() != 0  # its drafts were kept, and it was told
    try:
        assert "SHA-256" in door.ask("clerk", "put alone.pdf", given=b"%PDF-1.4 a scanned page startxref 0 %%EOF")[1].decode()
        assert "没有运行" in door.ask_by_password("chang", "files")[2]
    finally:
        door.start()
    assert "alone.pdf" in door.ok("clerk", "files")


def test_forty_at_once_come_in_and_a_ninth_of_one_person_is_told(door: Door) -> None:
    """S8: none is dropped by sshd or by the service."""
    keys = ("clerk", "liaison", "keeper", "leader", "archivist")
    every = [door.argv(key, "put", f"at-once-{n}.json") for key in keys for n in range(8)]
    asked = [[*argv[:-2], " ".join(argv[-2:])] for argv in every]
    opened = [subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for argv in asked]
    assert len(door.sessions_until(41)) >= 41  # and the publisher
    status, _, err = door.ask("clerk", "files")
    assert (status, "已经开着8个会话" in err) == (126, True)
    done = [each.communicate("{}", timeout=240) for each in opened]
    assert [each.returncode for each in opened] == [0] * 40, done
    assert "at-once-0.json" in door.ok("clerk", "files")


@pytest.mark.parametrize("frozen", [False, True])
def test_a_client_that_dies_or_freezes_leaves_its_draft_and_no_process(door: Door, frozen: bool) -> None:
    """S9; the page's three minutes between two looks at a client are three seconds here."""
    head, before = door.head(), set(door.sessions())
    words = "停车场里的灯坏了" if frozen else "河边的路灯坏了"
    with door.impatient() as port:
        argv = door.argv("clerk")
        argv[argv.index("-p") + 1] = str(port)
        person = Terminal(argv)
        person.until("待办")
        (session,) = set(door.sessions()) - before
        person.press(b"\x1bOR")  # F3
        person.until("F9登记")
        person.press(b"\x1b[20~")  # F9
        person.until("事项名称")
        person.press(words.encode())
        person.until(words)
        os.kill(person.pid, signal.SIGSTOP if frozen else signal.SIGKILL)
        gone(session)
        os.kill(person.pid, signal.SIGKILL)
        person.left()
    kept = [path.read_text(encoding="utf-8") for path in (door.home / "drafts/BGS.clerk1").iterdir()]
    assert any(words in each for each in kept)
    assert door.head() == head
