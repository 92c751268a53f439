"""Stock Git, run as a program of its own: nothing of the caller's surroundings counts, and no text from a record is an argument."""

import errno
import os
import selectors
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from records.store.complaints import complaint, meaning, moves
from records.store.disk import is_open, said
from records.store.store import StoreError
from schema.text import show

_PIECE = 1 << 16
_HALVES = "tmp_*"
_NOT_TO_BE_RUN = (errno.ENOENT, errno.EACCES, errno.ENOEXEC, errno.EISDIR, errno.ENOTDIR, errno.ELIBBAD)
_SILENCE = 300  # seconds after which Git gives up a web server that says nothing: nobody else would, where its caller was killed


@dataclass(frozen=True)
class Git:
    """Stock Git; neither the caller's environment nor anybody's configuration counts.

    Args:
        program: where it is.
        path: where it finds its own programs.
        reaching: what of the caller's environment it takes to reach another machine: home, agent, locale of ssh; nothing else.
    """

    program: str
    path: str
    reaching: Mapping[str, str] = field(default_factory=dict)

    def run(self, doing: str, *argv: str, given: str = "") -> str:
        """Run a command of Git's and return what it says.

        Args:
            doing: what it is run for, in words.
            argv: its arguments.
            given: what it reads.

        Raises:
            StoreError: it failed.
        """
        done = self.tried(*argv, given=given)
        if done.returncode:
            words = complaint(done.stderr)
            told = show(words[-300:])
            why = f"{meant}（{told}）" if (meant := meaning(words, there="本机")) else told or str(done.returncode)
            raise StoreError(f"{doing}失败：{why}。登记簿未受影响，请排除故障后重试，或联系系统管理员。")
        return done.stdout

    def tried(
        self, *argv: str, folder: Path | None = None, timeout: float | None = None, given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of Git's, and return how it ended and what it said.

        Args:
            argv: the command.
            folder: where it runs; where the caller is, if None.
            timeout: seconds that it has.
            given: what it reads.

        Raises:
            subprocess.TimeoutExpired: it was not through in time, and was killed.
        """
        with self._begun(argv, folder, alone=timeout is not None) as run:
            try:
                told, complained = run.communicate(given.encode(), timeout)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)  # with its transport, which holds the pipes open
                raise
        return _ended(argv, run, told, complained)

    def moving(self, *argv: str, folder: Path, quiet: float) -> subprocess.CompletedProcess[str]:
        """Run a command of Git's that tells of its progress, as ``tried`` does, for as long as it tells that it moves.

        What a hook at the other end says, what keeps a line alive, and what Git traces is heard, and is no movement.

        Args:
            argv: the command.
            folder: where it runs.
            quiet: seconds for which it may stand still.

        Raises:
            subprocess.TimeoutExpired: it stood still for so long, and was killed.
        """
        with self._begun(argv, folder, alone=True) as run, selectors.DefaultSelector() as heard:
            assert run.stdin is not None
            run.stdin.close()
            told: dict[int, bytearray] = {}
            for pipe in filter(None, (run.stdout, run.stderr)):
                heard.register(pipe, selectors.EVENT_READ)
                told[pipe.fileno()] = bytearray()
            end = monotonic() + quiet
            while heard.get_map():
                for key, _ in heard.select(max(0.0, end - monotonic())):
                    piece = os.read(key.fd, _PIECE)
                    if _moves(told[key.fd], piece):
                        end = monotonic() + quiet
                    told[key.fd] += piece
                    if not piece:
                        heard.unregister(key.fileobj)
                if heard.get_map() and monotonic() >= end:
                    os.killpg(run.pid, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(argv, quiet)
        return _ended(argv, run, *map(bytes, told.values()))

    def _begun(self, argv: Sequence[str], folder: Path | None, *, alone: bool) -> subprocess.Popen[bytes]:
        """A run of Git's; in a session of its own unless it may wait without end, and so be asked something at the caller's terminal."""
        environment: Mapping[str, str] = {
            "PATH": self.path, "LC_ALL": "C", "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_COMMITTER_NAME": "duban", "GIT_COMMITTER_EMAIL": "duban@localhost", "GIT_ALLOW_PROTOCOL": "file:ssh:http:https",
            "GIT_TERMINAL_PROMPT": "0", "GIT_HTTP_LOW_SPEED_LIMIT": "1", "GIT_HTTP_LOW_SPEED_TIME": str(_SILENCE), **self.reaching,
        }  # fmt: skip
        pipe = subprocess.PIPE
        try:
            return subprocess.Popen(
                [self.program, "-c", "safe.directory=*", *argv],
                env=environment, cwd=folder, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=alone,
            )  # fmt: skip
        except OSError as error:
            if folder is not None and not folder.is_dir():
                raise
            raise StoreError(not_run("git", self.program, error)) from error


def not_run(name: str, program: str, error: OSError, package: str = "") -> str:
    """Return what is said of a program of the system that could not be started, with the way out.

    Args:
        name: by which it is known.
        program: where it is.
        error: what the system said.
        package: what is to be installed; that of its name, if empty.
    """
    why = "格式不对" if error.errno == errno.ENOEXEC else said(error)
    way = f"请重新安装 {package or name}" if error.errno in _NOT_TO_BE_RUN else "请排除故障后重试"
    return f"{name} 命令 {program} 运行不了：{why}。{way}。"


@contextmanager
def leaving_no_halves(repository: Path) -> Iterator[None]:
    """Take away what Git leaves of a history that did not come whole: tried again over a bad line, it would fill the disk.

    Args:
        repository: into which nobody else fetches meanwhile; an upkeep may be packing there.
    """
    folder = repository / "objects/pack"
    before = set(folder.glob(_HALVES))
    try:
        yield
    finally:
        for path in set(folder.glob(_HALVES)) - before:
            with suppress(OSError):
                if not is_open(path):
                    path.unlink()


def _moves(before: bytearray, piece: bytes) -> bool:
    """Whether a line that ends in what was heard just now tells of movement."""
    begun = before[max(before.rfind(b"\n"), before.rfind(b"\r")) + 1 :]
    *whole, _ = (begun + piece).replace(b"\r", b"\n").split(b"\n")
    return any(moves(each.decode(errors="replace")) for each in whole)


def _ended(argv: Sequence[str], run: subprocess.Popen[bytes], said: bytes, complained: bytes) -> subprocess.CompletedProcess[str]:
    told = (each.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n") for each in (said, complained))  # as text is read
    return subprocess.CompletedProcess(argv, run.returncode, *told)
