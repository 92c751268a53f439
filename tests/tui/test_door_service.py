"""The service by itself: who calls is what the kernel says, one session is no other's business, and nothing is held for ever (S9)."""

import array
import json
import os
import pty
import pwd
import select
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from records.acts import Refusal
from records.bureau.entrances import Entrance
from records.keys.closed import ClosedError
from records.keys.keys import Keys
from records.register.register import Register
from records.register.upkeep import writer
from records.store.lock import held
from records.store.store import Ident, StoreError
from tests.bureau import at, roster
from tests.guests import identity
from tui.command import serve as serving
from tui.command.environment import find_keys
from tui.command.service import _visit, identity_of
from tui.door import enter as entering
from tui.door.calls import Call, Stated
from tui.door.enter import REFUSED, handed_over
from tui.door.guest import Guest, Identity
from tui.door.seats import seated

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
CONNECTED = {"SSH_CONNECTION": "10.8.0.7 4000 10.8.0.1 22", "PATH": os.defpath, "LC_ALL": "C.UTF-8"}


class Played:
    """A service of the tests' own."""

    def __init__(self, place: Path, *bounds: str) -> None:
        self.place = place
        (place / "duban/register.git").mkdir(parents=True)
        (place / "run").mkdir(mode=0o750)
        self.process = self.started(*bounds)

    def started(self, *bounds: str) -> "subprocess.Popen[str]":
        argv = [sys.executable, str(ROOT / "tests/tui/service_played.py"), str(self.place), *bounds]
        found = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**CONNECTED, "PYTHONPATH": str(ROOT)}
        )
        assert found.stdout
        self.told = found.stdout.readline()
        return found

    def argv(self) -> list[str]:
        return [sys.executable, "-IS", str(ROOT / "tui/door/enter.py"), str(self.place / "run/door")]

    def ask(self, asked: str, given: str = "") -> "subprocess.CompletedProcess[str]":
        told = {**CONNECTED, "SSH_ORIGINAL_COMMAND": asked, "TERM": "xterm", "LD_PRELOAD": ""}
        return subprocess.run(self.argv(), input=given, capture_output=True, text=True, check=False, env=told, timeout=60)

    def opened(self, asked: str, **more: int) -> "subprocess.Popen[str]":
        """Open a session and wait until it says something."""
        told = {**CONNECTED, "SSH_ORIGINAL_COMMAND": asked}
        return subprocess.Popen(self.argv(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=told, **more)  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def formal(tmp_path: Path) -> Register:
    """Return a register that is in use."""
    found = roster()
    return Register.create(
        tmp_path / "formal", replace(found.bureau, demo=False), found.leaders, tuple(found.units.values()), at("2026-08-31T09:00")
    )


@contextmanager
def run(place: Path, *bounds: str) -> Iterator[Played]:
    played = Played(place, *bounds)
    try:
        yield played
    finally:
        played.process.terminate()
        assert played.process.wait(60) == 0


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with run(tmp_path_factory.mktemp("service"), "_HOLDING=3", "_LOOK=0.1") as found:
        assert "等候" in found.told
        yield found


def gone(pid: int) -> None:
    """Wait until a process that is not ours is no more."""
    with suppress(ProcessLookupError), os.fdopen(os.pidfd_open(pid)) as there:
        ended = select.poll()
        ended.register(there, select.POLLIN)
        assert ended.poll(1000 * 60)


def test_who_calls_is_what_the_kernel_says_and_streams_and_status_are_the_callers(played: Played) -> None:
    done = played.ask("who read", "given")
    assert (done.stdout.split(maxsplit=2)[:2], done.returncode, done.stderr) == ([str(os.geteuid()), "None"], 7, "")
    assert done.stdout.endswith("['SSH_CONNECTION', 'TERM'] False given\n")


def test_one_of_the_services_own_account_says_for_whom_and_for_which_register(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    line = ["--register", str(played.place / "duban"), "serve", "--as", "JJ.liaison", "--key", "SHA256:x", "--role", "staff"]
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from tui.door.enter import handed_over; sys.exit(handed_over({line!r}) or 9)"

    def told(text: str, **env: str) -> "subprocess.CompletedProcess[str]":
        given = {**CONNECTED, "SSH_ORIGINAL_COMMAND": "who", **env}
        return subprocess.run([sys.executable, "-ISc", text], capture_output=True, text=True, check=False, env=given)

    done = told(code)
    assert (done.returncode, "Stated(person='JJ.liaison', key='SHA256:x')" in done.stdout) == (7, True)
    monkeypatch.setenv("SSH_CONNECTION", "x")
    other = played.place / "other/sessions"
    other.mkdir(parents=True)
    (other / "service").write_text(str(played.place / "run/door"))
    for wrong in (
        [*line[:1], str(other.parent), *line[2:]],  # its own register is another
        [*line, "--keys", str(played.place)],
        [*line[:1], str(played.place), *line[2:]],
        [*line[:-1], "inspector"],
        line[:-2],
        [*line, "--help"],
        ["serve", *line],
    ):
        assert handed_over(wrong) is None, wrong
    monkeypatch.setattr(entering, "_uid", lambda _: -1)  # somebody else's service
    assert handed_over(line) is None


@pytest.mark.parametrize("asked", ["crash", "raise \x1b[2Jmarker"])
def test_a_session_that_crashes_is_its_own_affair(played: Played, asked: str) -> None:
    waiting = played.opened(f"wait {played.place}/kept")
    assert waiting.stdout
    pid = int(waiting.stdout.readline().split()[1])
    done = played.ask(asked)
    assert done.returncode == (128 + signal.SIGSEGV if asked == "crash" else 1)
    assert ("会话意外结束" in done.stderr, "Traceback" in done.stderr, "marker" in done.stderr) == (asked == "crash", False, False)
    assert played.ask("who").returncode == 7
    waiting.send_signal(signal.SIGWINCH)
    waiting.kill()  # S9: the line drops without a word
    gone(pid)
    waiting.communicate()
    assert str(int(signal.SIGHUP)) in (played.place / "kept").read_text().split()


REHEARSED = """
import gc, os
from tui.command.rehearsal import rehearse
from tui.terminal.widths import count_changeably
count_changeably()
rehearse()
from rich.cells import cached_cell_len
from tui.app import DubanApp
left = [each for each in gc.get_objects() if isinstance(each, DubanApp)]
print(len(os.listdir("/proc/self/task")), len(left), cached_cell_len.cache_info().currsize, os.listdir(os.environ["TMPDIR"]))
"""


def test_what_the_service_rehearses_leaves_no_thread_no_screen_no_width_and_no_file(tmp_path: Path) -> None:
    env = {**CONNECTED, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", REHEARSED], capture_output=True, text=True, check=False, env=env, timeout=120)
    assert done.stdout == "1 0 0 []\n", done.stderr


def test_a_signal_of_the_terminal_reaches_the_session(played: Played) -> None:
    person = played.opened(f"wait {played.place}/signals")
    assert person.stdout
    person.stdout.readline()
    person.send_signal(signal.SIGWINCH)
    person.send_signal(signal.SIGHUP)
    assert person.wait(60) == 0
    person.communicate()
    told = (played.place / "signals").read_text().split()
    assert set(told) == {str(int(number)) for number in (signal.SIGHUP, signal.SIGWINCH)} or told == [str(int(signal.SIGHUP))] * len(told)


def test_a_crash_gives_the_terminal_back_as_it_was(played: Played) -> None:
    here, there = pty.openpty()
    before = termios.tcgetattr(there)
    argv = played.argv()
    done = subprocess.run(argv, stdin=there, stdout=there, stderr=there, check=False, env={**CONNECTED, "SSH_ORIGINAL_COMMAND": "crash"})
    assert done.returncode == 128 + signal.SIGSEGV
    assert termios.tcgetattr(there) == before
    assert "会话意外结束" in os.read(here, 4096).decode()
    os.close(here)
    os.close(there)


def test_whoever_holds_the_lock_too_long_is_named_to_those_who_wait_and_ended(played: Played, tmp_path: Path) -> None:
    home = played.place / "duban"
    person = played.opened("hold")
    assert person.stdout
    assert person.stdout.readline() == "held\n", person.communicate()
    found = writer(home)
    if found is not None:  # it may have been ended already
        assert found.who == "邵拟行（JJ.liaison）"
        gone(found.pid)
    assert person.wait(60) == 128 + signal.SIGKILL
    assert "占用登记库" in person.communicate()[1]
    assert writer(home) is None
    path = tmp_path / "lock"
    with (
        held(path, 1, "邵拟行（JJ.liaison）"),
        pytest.raises(StoreError, match=rf"邵拟行（JJ.liaison）（进程 {os.getpid()}）"),
        held(path, 0.02),
    ):
        pass


def test_hostile_calls_come_to_nothing_and_leave_the_service_up(played: Played) -> None:
    hello: dict[str, object] = {"asked": "who", "given": {}, "stated": None}
    zeros = list(os.pipe())
    calls: list[tuple[bytes, list[int]]] = [
        (b"", [0, 1, 2]),
        (b"x" * 16000, zeros),
        (b"[" * 16000, [*zeros, 2]),
        (json.dumps(hello).encode(), []),
        (json.dumps(hello).encode(), zeros),
        (json.dumps(hello | {"asked": 1}).encode(), [*zeros, 2]),
        (json.dumps(hello | {"given": {"TERM": 1}}).encode(), [*zeros, 2]),
        (json.dumps(hello | {"stated": {"person": "L03"}}).encode(), [*zeros, 2]),
        (json.dumps(hello | {"stated": ["L03"]}).encode(), [*zeros, 2]),
    ]
    for data, descriptors in calls:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
            line.connect(str(played.place / "run/door"))
            line.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else [])
            line.settimeout(60)
            assert line.recv(100) == b"", data[:40]
    for each in zeros:
        os.close(each)
    assert played.ask("who").returncode == 7


def test_there_is_one_service_and_one_publisher_and_both_are_gone_after(tmp_path: Path) -> None:
    with run(tmp_path / "x", "_LOOK=0.1") as played:
        waiting = played.opened(f"wait {tmp_path}/kept")
        assert waiting.stdout
        waiting.stdout.readline()
        assert os.stat(played.place / "run/door").st_mode & 0o777 == 0o660
        second = played.started()
        assert "已经有服务" in played.told + second.communicate()[0]
        assert (played.place / "run/door").exists()
        publisher = int((tmp_path / "x/published").read_text())
        waiting.send_signal(signal.SIGHUP)
        assert waiting.wait(60) == 0
        waiting.communicate()
    gone_already = not Path(f"/proc/{publisher}").exists()
    assert gone_already
    assert not (played.place / "run/door").exists()
    assert not (played.place / "duban/sessions/service").exists()
    assert played.ask("who").returncode == REFUSED
    (played.place / "run").chmod(0o777)
    third = played.started()
    assert "不能用" in played.told + third.communicate()[0]


def test_a_service_that_is_killed_takes_its_sessions_with_it_in_good_order(tmp_path: Path) -> None:
    played = Played(tmp_path / "x")
    waiting = played.opened(f"wait {tmp_path}/kept")
    assert waiting.stdout
    said = waiting.stdout.readline()
    assert said.startswith("ready "), waiting.communicate()
    pid = int(said.split()[1])
    played.process.kill()
    played.process.wait()
    gone(pid)
    assert waiting.wait(60) == 1
    assert "督办服务停止了" in waiting.communicate()[1]
    assert str(int(signal.SIGHUP)) in (tmp_path / "kept").read_text().split()
    again = played.started()  # what the dead one left lying about is in nobody's way
    assert "等候" in played.told
    again.terminate()
    assert again.wait(60) == 0


def test_who_an_account_is_follows_from_its_number_and_the_keys_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = at("2026-11-23T10:30")
    by = Ident("keys", "keys@keys", now)
    book = Keys.create(tmp_path / "keys", "a" * 40, by)
    book.enrol("JJ.liaison", Entrance("staff", now.isoformat(), "2027-11-22", "x", account="shao"), by)
    names = {4242: "shao", 4243: "twin", 4244: "li", 0: "shao", os.geteuid() or 4245: "shao"}

    def entry(name: str, uid: int) -> pwd.struct_passwd:
        return pwd.struct_passwd((name, "x", uid, uid, "", "/", "/bin/sh"))

    monkeypatch.setattr(pwd, "getpwuid", lambda uid: entry(names[uid], uid))
    monkeypatch.setattr(pwd, "getpwnam", lambda name: entry(name, {"shao": 4242, "twin": 4242, "li": 4244}[name]))
    assert identity_of(Call(4242, "", {"USER": "L03"}, None), book) == Identity("JJ.liaison", "shao")
    assert identity_of(Call(0, "", {}, Stated("L03", "SHA256:x")), book) == Identity("L03", "SHA256:x")
    for uid, words in (
        (4243, "不是哪个人的"),
        (4244, "没有登记是谁"),
        (0, "不是哪个人的"),
        (os.geteuid(), "不是哪个人的"),
        (7, "不是哪个人的"),
    ):
        with pytest.raises(ClosedError, match=words):
            identity_of(Call(uid, "", {}, None), book)


def test_a_session_of_the_service_leaves_the_documents_to_its_publisher(formal: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(formal.home)  # a session goes to its box
    own, seen = identity(formal.home, "L03"), list[dict[str, object]]()

    def opened(*_: object, **told: object) -> int:
        seen.append(told)
        return 3

    monkeypatch.setattr(serving, "open_app", opened)
    for name in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{name}", SimpleNamespace(isatty=lambda: True))
    environment = dict(os.environ)
    agent, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    call = Call(os.geteuid(), "", {"TERM": "xterm", "LD_PRELOAD": "/x.so"}, Stated(own.person, own.entrance), agent.detach())
    assert _visit(formal.home, find_keys(None, formal.home), 60.0, formal.home / "run/door", None, call) == 3
    (told,) = seen
    assert (told["publish"], told["idle"]) == (False, 60.0)
    assert isinstance(told["guest"], Guest)
    assert told["guest"].agent is None  # where sessions are not kept apart none is taken, and its line is closed at once
    assert theirs.recv(1) == b""
    theirs.close()
    assert "LD_PRELOAD" not in os.environ
    os.environ.clear()
    os.environ.update(environment)


def test_a_person_has_so_many_seats_and_a_process_that_ends_leaves_its_own(
    tmp_path: Path, fork: Callable[[Callable[[], str]], tuple[str, int]]
) -> None:
    first, second = (fork(lambda: str(seated(tmp_path, "JJ.liaison", 2))) for _ in range(2))
    assert first[0] == second[0] == "None"
    found = seated(tmp_path, "JJ.liaison", 2)
    assert isinstance(found, Refusal)
    assert "已经开着2个会话" in str(found)
    assert seated(tmp_path, "L03", 2) is None
    os.kill(first[1], signal.SIGKILL)
    os.waitpid(first[1], 0)
    assert seated(tmp_path, "JJ.liaison", 2) is None
    os.kill(second[1], signal.SIGKILL)
    os.waitpid(second[1], 0)


@pytest.fixture
def fork() -> Callable[[Callable[[], str]], tuple[str, int]]:
    """Return what does something in a process of its own that stays until it is killed: its answer, its id."""

    def forked(work: Callable[[], str]) -> tuple[str, int]:
        told, tell = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.write(tell, work().encode())
            os.close(tell)
            signal.pause()
        os.close(tell)
        with os.fdopen(told) as answer:
            return answer.read(), pid

    return forked
