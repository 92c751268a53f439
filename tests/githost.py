"""A Git host on this machine: an sshd of the tests' own for the account that runs them, and Git over HTTP by its own CGI program."""

import atexit
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from records.register.hosting import hosted
from records.store.opening import FOLDER
from records.store.stock_git import Git
from records.store.upstream import REPLICA

ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
ENVIRONMENT |= {f"GIT_{who}_{what}": "x@y" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(place: Path, *words: str) -> str:
    """What stock Git says at a repository; it must succeed."""
    done = subprocess.run(["git", "-C", str(place), *words], capture_output=True, check=True, env=ENVIRONMENT, text=True)
    return done.stdout.strip()


def upstream_at(place: Path) -> Path:
    """An upstream as ``duban upstream`` makes it."""
    for _ in hosted(place, Git(shutil.which("git") or "git", os.environ["PATH"])):
        pass
    return place


def attached(home: Path, url: str, *, replica: bool = False) -> Path:
    """The folder of a register that is told where its upstream is, with the key that every host of these tests lets in."""
    folder = home / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "url").write_text(f"{url}\n{REPLICA + chr(10) if replica else ''}")
    return with_key(home) if url.startswith("ssh:") else home


def with_key(home: Path) -> Path:
    """The folder of a register that has the key which every host of these tests lets in."""
    (home / FOLDER).mkdir(parents=True, exist_ok=True)
    shutil.copy(sshd().place / "key", home / FOLDER / "key")
    return home


def let_go(home: Path, folder: str = FOLDER) -> None:
    """End the connection that a register's ssh keeps, or that of an upstream to its standby."""
    for line in (home / folder).glob("line-*"):
        argv = ["ssh", "-F", "none", "-o", f"ControlPath={line.name}", "-O", "exit", "host"]
        subprocess.run(argv, cwd=home / folder, check=False, stderr=subprocess.DEVNULL)


def with_own_key(home: Path) -> str:
    """Make a key for the folder of a register, and return its public half."""
    (home / FOLDER).mkdir(parents=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / FOLDER / "key"], check=True)
    return (home / FOLDER / "key.pub").read_text()


@dataclass(frozen=True)
class Sshd:
    """An sshd that serves every repository of the account, as a foreign host does, or the one whose entrance it is told to force."""

    place: Path
    port: int
    process: subprocess.Popen[str]

    def url(self, repository: Path) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{repository}"


@cache
def sshd() -> Sshd:
    """The one sshd of this run; it goes with it."""
    place = Path(tempfile.mkdtemp(prefix="duban-sshd-"))
    for name in ("host", "key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", place / name], check=True)
    found = serving(place, (place / "key.pub").read_text())

    def gone() -> None:
        found.process.terminate()
        found.process.wait()
        shutil.rmtree(place, ignore_errors=True)

    atexit.register(gone)
    return found


def serving(place: Path, authorized: str, more: str = "") -> Sshd:
    """Start an sshd, and wait until it listens.

    Args:
        place: holds its host key.
        authorized: the lines of its authorized_keys.
        more: lines of its configuration.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (place / f"authorized{port}").write_text(authorized)
    config = place / f"config{port}"
    # Of the account's own start-up files nothing runs: they are this machine's, and cost more than Git.
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {place}/host\nUsePAM no\nPidFile none\nStrictModes no\nMaxStartups 100\n"
        f"AuthorizedKeysFile {place}/authorized{port}\nSetEnv HOME=/nonexistent\n{more}"
    )
    os.makedirs("/run/sshd", exist_ok=True)
    argv = ["setpriv", "--pdeathsig", "TERM", "/usr/sbin/sshd", "-D", "-e", "-f", str(config)]
    process = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True, errors="replace")
    told: list[str] = []
    assert process.stderr
    for line in process.stderr:
        told.append(line)
        if "Server listening" in line:
            break
    assert process.poll() is None, "".join(told)
    threading.Thread(target=process.stderr.read, daemon=True).start()
    return Sshd(place, port, process)


class _Backend(BaseHTTPRequestHandler):
    """Hands each request to ``git http-backend``, as any web server would."""

    def do_GET(self) -> None:
        self._serve(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(iter(self._piece, b""))
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self._serve(body)

    def log_message(self, *_: Any) -> None:
        pass

    def _piece(self) -> bytes:
        data = self.rfile.read(int(self.rfile.readline(), 16))
        self.rfile.readline()
        return data

    def _serve(self, body: bytes) -> None:
        assert isinstance(self.server, _Server)
        path, _, query = self.path.partition("?")
        told = {
            "GIT_PROJECT_ROOT": str(self.server.root), "GIT_HTTP_EXPORT_ALL": "1", "REMOTE_USER": "server", "REQUEST_METHOD": self.command,
            "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }  # fmt: skip
        done = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env=ENVIRONMENT | told, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        lines = [line.partition(": ") for line in head.decode().split("\r\n")]
        self.send_response(next((int(value[:3]) for name, _, value in lines if name == "Status"), 200))
        for name, _, value in lines:
            if name != "Status":
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


class _Server(ThreadingHTTPServer):
    root: Path


@contextmanager
def over_http(root: Path) -> Iterator[str]:
    """Serve the bare repositories below a folder; gives the address that the folder has."""
    server = _Server(("127.0.0.1", 0), _Backend)
    server.root = root
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
