"""Agents of invented people: a real one, and one that answers whatever the test wants."""

import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from records.signatures.sshsig import string
from tests.signing import key


@contextmanager
def agent_of(*who: str) -> Iterator[Path]:
    """An ``ssh-agent`` that holds these people's keys; gives its socket."""
    told = dict(re.findall(r"(SSH_\w+)=([^;]+);", subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout))
    place = Path(told["SSH_AUTH_SOCK"])
    try:
        for each in who:
            environment = {"PATH": os.defpath, "SSH_AUTH_SOCK": str(place)}
            subprocess.run(["ssh-add", "-q", str(key(each))], env=environment, check=True)
        yield place
    finally:
        os.kill(int(told["SSH_AGENT_PID"]), signal.SIGTERM)


@contextmanager
def line_to(place: Path) -> Iterator[socket.socket]:
    """A line to an agent."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(str(place))
        yield line


@contextmanager
def answering(answer: Callable[[bytes], bytes | None]) -> Iterator[socket.socket]:
    """A line to an agent that answers each question as it is told: with these bytes, or not at all."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)

    def serve() -> None:
        while len(head := there.recv(4)) == 4:
            asked = b""
            while len(asked) < int.from_bytes(head, "big"):
                asked += there.recv(1 << 16)
            if (told := answer(asked)) is not None:
                there.sendall(told)
        there.close()

    with here:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield here
        with suppress(OSError):  # whoever held it may have closed it
            here.shutdown(socket.SHUT_RDWR)
    thread.join()


def listed(*keys: bytes) -> bytes:
    """The answer by which an agent says which keys it holds."""
    return string(b"\x0c" + len(keys).to_bytes(4, "big") + b"".join(string(each) + string(b"pc") for each in keys))
