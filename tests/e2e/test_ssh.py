"""``ssh -t account@server duban`` on the real thing: the account's login name is the person, and nothing else says who he is."""

import os
import pty
import pwd
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyte
import pytest

from records.demo import __file__ as demo_file

pytestmark = pytest.mark.e2e
ROOT = Path(__file__).parents[2]
LOGIN = pwd.getpwuid(os.getuid()).pw_name


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a real register whose traffic police liaison logs in under the account that runs the tests."""
    text = Path(demo_file).with_name("roster.yaml").read_text(encoding="utf-8")
    roster = tmp_path / "roster.yaml"
    roster.write_text(text.replace("  demo: true\n", "").replace("login: jj_liaison\n", f"login: {LOGIN}\n"), encoding="utf-8")
    register = tmp_path / "register"
    subprocess.run([sys.executable, "-m", "tui.command", "init", str(register), "--roster", str(roster)], cwd=ROOT, check=True)
    return register


@pytest.fixture
def server(tmp_path: Path) -> Iterator[list[str]]:
    """Run an sshd of the test's own on loopback; yield the start of an ssh command that reaches it."""
    for name in ("host", "client"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)], check=True)
    (tmp_path / "client.pub").chmod(0o600)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = tmp_path / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {tmp_path / 'host'}\nAuthorizedKeysFile {tmp_path / 'client.pub'}\n"
        "StrictModes no\nPermitRootLogin prohibit-password\nPasswordAuthentication no\nUsePAM no\nPidFile none\n"
    )
    os.makedirs("/run/sshd", exist_ok=True)
    daemon = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
    options = ["-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={tmp_path / 'known'}", "-o", "LogLevel=ERROR"]
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield ["ssh", "-F", "none", *options, "-i", str(tmp_path / "client"), "-p", str(port), f"{LOGIN}@127.0.0.1"]
    finally:
        daemon.terminate()
        daemon.wait()


def remote(*argv: str) -> str:
    """Return the command line to run on the other side."""
    return f"cd {ROOT} && PYTHONPATH={ROOT} {sys.executable} -m tui.command {' '.join(argv)}"


def test_the_account_is_the_person(server: list[str], home: Path) -> None:
    def said(*argv: str) -> str:
        done = subprocess.run(
            [*server, remote("--register", str(home), *argv)], capture_output=True, text=True, encoding="utf-8", check=False
        )
        return done.stdout + done.stderr

    assert "邵拟行" in said("doctor")
    assert "不能用 --as" in said("ls", "--as", "L01")


def test_the_screen_opens_over_ssh_as_that_person_and_leaves_the_terminal_as_it_was(server: list[str], home: Path) -> None:
    argv = [*server[:1], "-tt", *server[1:], remote("--register", str(home))]
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm-256color"
        os.execvp(argv[0], argv)
    screen = pyte.Screen(80, 24)
    stream = pyte.ByteStream(screen)
    os.set_blocking(terminal, False)

    def until(words: str) -> None:
        shown = ""
        for _ in range(600):
            if select.select([terminal], [], [], 0.05)[0]:
                try:
                    stream.feed(os.read(terminal, 65536))
                except OSError:
                    break
            shown = "\n".join(screen.display).replace(" ", "")
            if words in shown:
                return
        pytest.fail(f"“{words}” never appeared:\n{shown}")

    try:
        until("邵拟行")
        os.write(terminal, b"\x11")  # ctrl+q
        with suppress(OSError):  # the end; ssh cannot take a key while nobody reads what it writes
            while select.select([terminal], [], [], 60)[0]:
                os.read(terminal, 65536)
            pytest.fail("it does not leave")
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    finally:
        os.close(terminal)
