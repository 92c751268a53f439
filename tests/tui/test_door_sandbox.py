"""The sandbox of a session: what it hides and holds back, and that all else goes on as without it (issue 12 A; S10)."""

import json
import os
import platform
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from records.register.upkeep import writer
from records.store import process
from tests.tui.apart import within
from tests.tui.test_door_service import CONNECTED, ROOT, Played, gone, run
from tui.door import afresh, sandbox
from tui.door.afresh import reason, wrapping
from tui.door.sandbox import Sandbox, covered, own, trial

pytestmark = pytest.mark.e2e

WHY_NOT = trial(Sandbox, (), (ROOT,))
apart = pytest.mark.skipif(bool(WHY_NOT), reason=f"this machine allows no sandbox: {WHY_NOT}")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    with run(tmp_path_factory.mktemp("apart"), "_HOLDING=3", "_LOOK=0.1", "sandbox") as found:
        yield found


def looked(played: Played, *places: Path) -> dict[str, object]:
    done = played.ask(f"look {' '.join(map(str, places))}")
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@apart
def test_a_session_sees_no_process_no_network_and_no_folder_of_others_and_keeps_its_own(played: Played) -> None:
    home = played.place / "duban"
    for person in ("me", "other"):
        for name in ("boxes", "drafts"):
            (home / name / person).mkdir(parents=True, exist_ok=True)
            (home / name / person / "secret").write_text(person)
    agents = Path("/tmp") / f"duban-agent-{os.getpid()}"  # where sshd makes them
    agents.mkdir()
    try:
        found = looked(played, agents, home / "boxes", home / "boxes/me", home / "drafts", played.place / "run", Path("/dev/pts"), home)
    finally:
        agents.rmdir()
    assert found["pids"] == [1]
    assert found["names"] == ["lo"]
    assert found["rights"] == ["0" * 16, "0" * 16, "1"]
    seen = found["seen"]
    assert isinstance(seen, dict)
    assert seen.pop(str(played.place / "run")) in ("[]", "FileNotFoundError")  # as the folder of the tests lies in a covered one or not
    assert seen == {
        str(agents): "FileNotFoundError",
        str(home / "boxes"): "['me']",
        str(home / "boxes/me"): "['secret']",
        str(home / "drafts"): "['me']",
        "/dev/pts": "[]",
        str(home): str(sorted(os.listdir(home))),
    }
    assert found["service"] == "FileNotFoundError"  # whoever is of its account could be anybody there
    assert found["number"] not in (1, os.getpid())


@apart
def test_what_it_covers_stays_covered_for_programs_that_it_starts() -> None:
    def uncovering() -> str:
        for argv in (["umount", "/tmp"], ["umount", "-l", "/run"], ["mount", "-t", "tmpfs", "x", "/mnt"]):
            subprocess.run(argv, stderr=subprocess.DEVNULL, check=False)
        nested = "umount /tmp; umount -l /run; mount --bind / /mnt"
        subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", nested], stderr=subprocess.DEVNULL, check=False)
        return f"{os.listdir('/tmp')} {os.listdir('/mnt')}"

    own = [ROOT.relative_to("/tmp").parts[0]] if ROOT.is_relative_to("/tmp") else []  # where this program lies it is seen
    assert within(Sandbox(), (ROOT,), uncovering) == f"{own} []"


@apart
def test_signals_faults_status_and_streams_are_as_without_it(played: Played) -> None:
    assert played.ask("who read", "given").stdout.endswith("given\n")
    assert played.ask("who").returncode == 7
    waiting = played.opened(f"wait {played.place}/duban/signals")
    assert waiting.stdout
    assert waiting.stdout.readline() == "ready 1\n"
    waiting.send_signal(signal.SIGWINCH)
    waiting.send_signal(signal.SIGHUP)
    assert waiting.wait(60) == 0
    waiting.communicate()
    assert str(int(signal.SIGHUP)) in (played.place / "duban/signals").read_text().split()
    done = played.ask("fault")
    assert (done.returncode, "会话意外结束" in done.stderr) == (128 + signal.SIGSEGV, True)
    reading = subprocess.Popen(
        played.argv(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**CONNECTED, "SSH_ORIGINAL_COMMAND": "who read"}
    )
    session = only_session(played)
    reading.kill()  # its line drops; a session without a handler of its own ends all the same
    gone(session)
    reading.communicate()


@apart
def test_who_hangs_up_before_his_session_has_begun_ends_it_and_nothing_of_the_service(tmp_path: Path) -> None:
    with run(tmp_path, "_LOOK=0.1", "slow") as slow:
        person = slow.opened("who")
        session = only_session(slow)
        person.kill()
        person.communicate()
        gone(session)
        assert (slow.place / "run/door").is_socket()
        assert (slow.place / "duban/sessions/service").exists()


def only_session(played: Played) -> int:
    """The one session that is open, once it is."""
    while not (publisher := played.place / "published").exists() or not publisher.read_text():
        time.sleep(0.01)
    while True:
        found = [int(each) for each in Path(f"/proc/{played.process.pid}/task/{played.process.pid}/children").read_text().split()]
        if left := [each for each in found if each != int(publisher.read_text())]:
            return left[0]


@apart
def test_whoever_holds_the_lock_is_known_by_the_number_that_the_machine_knows(played: Played) -> None:
    person = played.opened("hold")
    assert person.stdout
    assert person.stdout.readline() == "held\n", person.communicate()
    if (found := writer(played.place / "duban")) is not None:  # it may have been ended already
        gone(found.pid)
    assert person.wait(60) == 128 + signal.SIGKILL
    assert "占用登记库" in person.communicate()[1]


@apart
def test_an_agents_line_is_the_callers_own_and_no_path_is_taken(played: Played, tmp_path: Path) -> None:
    place = tmp_path / "agent"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
        agent.bind(str(place))
        agent.listen()
        env = {**CONNECTED, "SSH_ORIGINAL_COMMAND": "look", "SSH_AUTH_SOCK": str(place)}
        done = subprocess.run(played.argv(), capture_output=True, text=True, check=False, env=env, timeout=60)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["agent"] is True
        env["SSH_AUTH_SOCK"] = str(tmp_path / "none")
        done = subprocess.run(played.argv(), capture_output=True, text=True, check=False, env=env, timeout=60)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["agent"] is False


def test_where_the_system_forbids_it_the_session_goes_on_without(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "unheard-of")
    assert "系统不许建立命名空间" in trial(Sandbox, (), ())
    with pytest.raises(OSError, match="no such call"):
        Sandbox().fork()


@apart
def test_a_trial_that_does_not_see_what_it_should_says_so(tmp_path: Path) -> None:
    assert trial(Sandbox, (), (ROOT,)) == ""
    assert "没有分开" in trial(Sandbox, (), (tmp_path / "none",))
    home = tmp_path / "home"
    assert trial(Sandbox, covered(home, home / "run/door"), (home, *own(home, "JJ.liaison"))) == ""


def test_a_process_is_known_by_its_own_number_where_nobody_says_otherwise() -> None:
    assert process.number() == os.getpid()


WRAPPED = wrapping(["--register", str(ROOT), "serve"])
wrapped = pytest.mark.skipif(bool(reason(WRAPPED)), reason=f"bubblewrap does not work here: {reason(WRAPPED)}")


@wrapped
def test_one_that_is_started_afresh_sees_no_more(tmp_path: Path) -> None:
    home = tmp_path / "duban"
    for person in ("me", "other"):
        for name in ("boxes", "drafts"):
            (home / name / person).mkdir(parents=True)
    words = ["--register", str(home), "serve", "--as", "me", "--key", "SHA256:x", "--role", "staff"]
    look = f"ls {home}/boxes {home}/drafts; ls -d {tmp_path}/*; ls /run; echo /proc/[0-9]*; echo x > {home}/x; echo x > /etc/x"
    done = subprocess.run([*wrapping(words), "--", "sh", "-c", look], capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:6] == [f"{home}/boxes:", "me", "", f"{home}/drafts:", "me", str(home)]
    assert "other" not in done.stdout
    assert len(done.stdout.split("/proc/")) <= 5, done.stdout
    assert "/etc/x" in done.stderr
    assert (home / "x").exists()
    (home / "upstream").mkdir()
    (home / "upstream/url").write_text("ssh://git@host/x.git\n")
    assert "--unshare-net" in WRAPPED
    assert "--unshare-net" not in wrapping(words)


def test_both_ways_hide_the_same_of_the_machine() -> None:
    assert set(sandbox.COVERED) - set(afresh.COVERED) == {"/dev/pts"}  # bubblewrap needs a terminal's own, and has only that from sshd
    assert set(afresh.COVERED) < set(sandbox.COVERED)


def test_without_bubblewrap_it_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(afresh, "PROGRAMS", ("/nonexistent",))
    monkeypatch.setenv("SSH_CONNECTION", "x")
    assert wrapping(["--register", "/x", "serve"]) == []
    assert reason([]) == "没有安装 bubblewrap"
    before = os.umask(0o022)
    afresh.go_apart(["--register", "/x", "serve", "--as", "me", "--key", "x", "--role", "staff"])
    assert os.umask(before) == 0o027  # as a session has it, and no test after this one
