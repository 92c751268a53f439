"""What sshd runs for whoever comes in: it hands its terminal over to the service, passes signals on, and leaves with the status it is told.

It starts for every login, so it imports nothing of this program and little else. It has no right on any register, and nothing that it says
of a person is believed unless it runs under the service's own account: the service asks the kernel who is at the other end.
"""

import json
import os
import signal
import socket
import struct
import sys
import termios
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

TYPE_CHECKING = False  # of each of a hundred who wait, typing would take most of a megabyte
if TYPE_CHECKING:
    from typing import Any

SOCKET = "/run/duban/door"
"""Where the service listens, unless it is told otherwise."""

NOTE = "sessions/service"
"""The file in the folder of a register that names the socket at which its service listens."""

REFUSED = 126
"""Exit status of what is not let through, as a shell gives it for what cannot be run."""

LONGEST = 1000
"""Characters that are passed on of a command or of a variable; what is longer is refused for its length anyhow."""

PASSED = ("TERM", "COLORTERM", "SSH_CONNECTION", "GIT_PROTOCOL")
"""The variables that are passed on, to be judged by the service."""

SIGNALS = {
    b"W": signal.SIGWINCH,
    b"I": signal.SIGINT,
    b"T": signal.SIGTERM,
    b"H": signal.SIGHUP,
}
"""What is sent for a signal; the service raises it in the session."""

_GONE = "督办服务停止了，会话已经结束。没有提交的内容尽量存为草稿，请稍后重新登录。"
_ANSWER = 1 << 14  # bytes
_AGENT = 5  # seconds in which sshd must take a call for an agent
_PATIENCE = 60  # seconds in which the service must take a call
_RESTORED = b"\x1b[?1049l\x1b[?1000;1002;1003;1006;2004l\x1b[?25h\x1b[0m\r\n"


def main() -> None:
    """Enter by account: the forced command of a group. The one argument is the service's socket."""
    status = enter(sys.argv[1] if len(sys.argv) > 1 else SOCKET)
    if status is None:
        _say("督办服务没有运行，或者这个账号不在可以进入的组里。请联系系统管理员。")
    sys.exit(REFUSED if status is None else status)


def handed_over(words: Sequence[str]) -> int | None:
    """Have the service do what a line of sshd's list asks of ``duban``, and return the exit status; None where none of its kind runs.

    Args:
        words: the arguments as such a line has them; others are none of ours.
    """
    if not staff_line(words):
        return None
    told = dict(zip(words[3::2], words[4::2], strict=True))
    if not {"--as", "--key", "--role"} <= told.keys() <= {"--as", "--key", "--role", "--keys"} or told["--role"] != "staff":
        return None
    home = os.path.abspath(words[1])
    try:
        with open(os.path.join(home, NOTE), encoding="utf-8") as note:
            place = note.read(4096).strip()
    except (OSError, ValueError):
        return None
    stated = {"person": told["--as"], "key": told["--key"], "home": home}
    return enter(place, stated | ({"keys": os.path.abspath(told["--keys"])} if "--keys" in told else {}))


def staff_line(words: Sequence[str]) -> bool:
    """Say whether these are arguments as a line of sshd's list has them, and somebody came in by it."""
    return [*words[0:1], *words[2:3]] == ["--register", "serve"] and len(words) % 2 == 1 and bool(os.environ.get("SSH_CONNECTION"))


def agent_line() -> "socket.socket | None":
    """Return a line to the agent that whoever came in has forwarded, None where there is none.

    It is opened here, by whom sshd started for him and with his rights: he can name no other's socket, and nobody is given a path.
    """
    place = os.environ.get("SSH_AUTH_SOCK")
    if not place:
        return None
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(_AGENT)
        line.connect(place)
        line.setblocking(True)
    except (OSError, ValueError):
        line.close()
        return None
    return line


def enter(place: str, stated: dict[str, str] | None = None) -> int | None:
    """Hand standard input, output and error over to the service, wait until it is done with them, and return the exit status.

    Args:
        place: the service's socket.
        stated: person, key and register, by who is believed: the service's own account, which must own the service then.

    Returns:
        None where no service answers, or the one that does is not for this.
    """
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with line:
        line.settimeout(_PATIENCE)
        try:
            line.connect(place)
        except OSError:
            return None
        if stated and _uid(line) != os.geteuid():
            return None
        before = _settings()
        for name, number in SIGNALS.items():
            signal.signal(number, partial(_passed_on, line, name))
        for number in (signal.SIGTSTP, signal.SIGQUIT):  # a stopped caller would hold its session, a core its secrets
            signal.signal(number, signal.SIG_IGN)
        given = {name: os.environ[name][:LONGEST] for name in PASSED if name in os.environ}
        asked = os.environ.get("SSH_ORIGINAL_COMMAND", "")[: LONGEST + 1]
        hello = json.dumps({"asked": asked, "given": given, "stated": stated}).encode()
        answer, agent = b"", agent_line()
        with suppress(OSError):
            socket.send_fds(line, [hello], [0, 1, 2, *([agent.fileno()] if agent else [])])
            if agent:
                agent.close()  # it is the session's alone
            line.settimeout(None)
            answer = line.recv(_ANSWER)
    return _left(answer, before)


def _uid(line: socket.socket) -> int:
    """Whose process is at the other end, as the kernel says."""
    found: int = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]
    return found


def _passed_on(line: socket.socket, name: bytes, *_: object) -> None:
    with suppress(OSError):
        line.send(name)


def _left(answer: bytes, before: "list[Any] | None") -> int | None:
    """Say what is to be said at the end, put the terminal back where the session could not, and return the status."""
    told = json.loads(answer or json.dumps({"status": 1, "broken": True, "say": _GONE}))
    if told.get("broken") and before is not None:
        with suppress(OSError, termios.error):
            termios.tcsetattr(0, termios.TCSANOW, before)
            os.write(1, _RESTORED)
    if told.get("say"):
        _say(str(told["say"]))
    status = told.get("status")
    return status if isinstance(status, int) else None


def _settings() -> "list[Any] | None":
    try:
        return termios.tcgetattr(0) if os.isatty(1) else None
    except (OSError, termios.error):
        return None


def _say(text: str) -> None:
    with suppress(OSError):
        os.write(2, f"{text}\n".encode())


if __name__ == "__main__":
    main()
