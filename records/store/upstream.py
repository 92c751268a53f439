"""A register's upstream: the repository on a Git host whose branch ``main`` decides what counts, reached by stock Git.

What an upstream answers to a push is one of a few cases, and each needs something else done: so none of them is told by the wording of a
complaint alone. After any answer but a plain yes it is looked where the upstream's branch stands: our commit is in it, or it has moved, or
it stands where it stood. A line that was cut after sending is no answer at all, and then the same commit is sent again: it has one id, so
it lands once.

Where the upstream is stands in ``upstream/url`` in the register's folder, beside the key by which this server comes in. Git and ssh are
told everything by fixed words; nobody's configuration and nothing of the caller's environment counts. ssh keeps its connection for ten
minutes. Each question is a process of its own: a long-lived one would answer from what it read first.
"""

import hashlib
import math
import os
import re
import select
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from records.store.address import Address, address
from records.store.answers import Answer, Locked, Moved, Refused, Standby, Taken, Unreached, Unsure
from records.store.branch import MAIN
from records.store.complaints import complaint, in_words, lock_left, meaning, of_the_other_end
from records.store.disk import plain_bytes, reporting
from records.store.opening import FOLDER
from records.store.rolling import tidied
from records.store.stock_git import Git, leaving_no_halves
from records.store.store import LARGEST, Commit, StoreError

ENTER = "enter"
"""The file that sshd runs for each key, in the upstream's folder."""
REPLICA = "replica"
"""The second line of ``url`` at a server that only reads."""

STATE = "duban-state"
"""What the entrance of an upstream of our own is asked for its configuration and the locks that were left."""
TURN = "duban-turn"
"""What it is asked for when several servers want to push at once: to be let go first."""
LOCKED = "locks"
"""The section in which these stand."""
CLOCK = "clock"
"""The section in which stands what time it is there."""
SCRIPTS = "scripts"
"""The section in which stand the sums of the files of the shell's there that can be run."""
STANDBY = "standby"
"""The section in which stands what the entrance says of a standby."""
STRAYS = "strays"
"""The section in which stands what killed programs of Git's left there over a day ago."""
FEEDING = "standby"
"""The folder of an upstream in which stands where its standby is, beside the key by which it comes in there."""
NOT_AT_STANDBY = "备用库没有收下，所以这里也没有收："
"""How the hook begins that could not bring a push to the standby; what Git or ssh complained of there follows."""
UNSURE_AT_STANDBY = "备用库没有答复，所以这里没有收："
"""How it begins where the standby may have taken it all the same: then it counts here too, once the standby can be heard again."""
AT_STANDBY = "备用库已经收下。"
"""What the hook says that brought a push to the standby: whatever hinders it here, it counts once that is mended."""
FED = "DUBAN_FED"
"""What is set for a standby's own Git when its upstream pushes to it."""

_PATH = "/usr/local/bin:/usr/bin:/bin"
_FETCH = ("-c", "fetch.unpackLimit=1", "fetch", "--progress", "--no-tags", "--no-auto-maintenance")
_PUSH = ("push", "--porcelain", "--progress", "--no-verify")
_TIMEOUT = 30.0  # seconds for a question, and for which a push or a fetch may stand still
_PATIENCE = 10.0  # seconds from the end of the first push of a commit to the beginning of the last
_PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0)  # seconds before the next push of the same commit
_OLD = 60  # seconds; Git holds a lock for milliseconds
_STATUS = re.compile(rf"([ +*=!-])\t\S*:{MAIN}\t(.*)")
_SENT = re.compile(rf"> [0-9a-f]{{40}} [0-9a-f]{{40}} {MAIN}")
_REF = re.compile(r"([0-9a-f]{40})\t(refs/.+)")
_SILENT = "Could not read from remote repository"  # which Git says of an end that gave it nothing to read at all
_LONGEST = 64  # bytes of an answer that is one line
_UNKEPT = "(unable to migrate objects"


class UnreachedError(StoreError):
    """The upstream cannot be asked."""


@dataclass(frozen=True)
class _Pushed:
    """How one push ended: what is told of the branch, empty if nothing is; why not, whether it may be there, or its pack was not kept.

    ``standby`` is what has to be known where the upstream did not take it: that its standby has, or may have.
    """

    mark: str
    words: str
    sent: bool
    unkept: bool = False
    standby: Standby | None = None


def ssh_command(folder: str, *, kept: bool = True) -> str:
    """Return how ssh is run, told everything by fixed words.

    Args:
        folder: where key and known hosts lie, from where it runs.
        kept: whether the connection is kept for those who come next: by host and account, for after a change of upstream it would still
            lead to the old one.
    """
    held = f" -o ControlMaster=auto -o ControlPath={folder}/line-%C -o ControlPersist=600" if kept else ""
    return (
        f"ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o IdentityAgent=none -i {folder}/key"
        f" -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile={folder}/known_hosts -o GlobalKnownHostsFile=none -o HashKnownHosts=no"
        " -o ClearAllForwardings=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3 -o LogLevel=ERROR"
        f"{held}"
    )


class Upstream:
    """The upstream of a register on this disk.

    Args:
        home: the register's folder.
        where: its address; as ``upstream/url`` says, if None.
        kept: whether ssh keeps the connection for those who come next.
        quiet: seconds for which a push or a fetch may stand still; however long they take as long as they move.

    Raises:
        StoreError: the file cannot be read, or holds no address that is taken.
    """

    def __init__(self, home: Path, where: Address | None = None, *, kept: bool = True, quiet: float | None = None) -> None:
        self._home, self._repository = home, home / "register.git"
        self.address, self.replica = (where, False) if where else _noted(home / FOLDER / "url")
        self._quiet, self._ssh = quiet or _TIMEOUT, ssh_command(f"../{FOLDER}", kept=kept)
        self._name = hashlib.sha256(str(home).encode()).hexdigest()[:12]  # over ssh the host knows this server by its key

    def is_another_by_now(self) -> bool:
        """Whether the register's folder names another upstream than this since it was opened."""
        try:
            return _noted(self._home / FOLDER / "url") != (self.address, self.replica)
        except StoreError:  # whoever opens it next is told
            return False

    def land(self, old: str | None, commit: str, describe: Callable[[str], Commit]) -> Answer:
        """Move the upstream's branch, and do not rest before it is known what became of it, or ten seconds are over.

        Args:
            old: where it must stand, None where it must not be there yet. If it stands further on towards the commit, it goes on from
                there: whoever sent that much died over it.
            commit: where it goes; its objects lie in the register's repository.
            describe: reads a commit there.

        Raises:
            StoreError: what the upstream holds cannot be read.
        """
        end, sent, standby, words = math.inf, False, None, ""
        answer: Answer | None = None
        for again, pause in enumerate((*_PAUSES, _PATIENCE)):
            pushed = self._push(old, commit, again)
            if pushed.mark and pushed.mark != "!":
                return Taken()
            end = min(end, time.monotonic() + _PATIENCE)  # not from its beginning: a large one takes longer, and may be cut as well
            sent, standby, words = sent or pushed.sent, pushed.standby or standby, pushed.words
            if standby:  # which has what was sent before, or may, whatever is said of this time
                pushed = replace(pushed, mark="")
            try:
                answer, old = self._answer(old, commit, pushed, describe)
            except UnreachedError:
                if not sent:
                    break
                answer = None
            if (answer and not isinstance(answer, Locked) and not pushed.unkept) or time.monotonic() + pause > end:
                break
            time.sleep(pause)
        return answer or self._unknown(words.removeprefix(NOT_AT_STANDBY), standby, sent=sent)

    def tip(self) -> str | None:
        """Return where the upstream's branch stands, None where it has none yet.

        Raises:
            UnreachedError: it cannot be asked.
        """
        done = self._run("ls-remote", "--quiet", "--", self.address.url, MAIN)
        found = [_REF.fullmatch(line) for line in done.stdout.splitlines()]
        if done.returncode or not all(found):
            raise self._unreached(done.stderr)
        return next((each[1] for each in found if each and each[2] == MAIN), None)  # Git names all whose names end so

    def fetch(self) -> str | None:
        """Bring the history of the upstream's branch into the repository, and return where it stands; None where it has none yet.

        Raises:
            UnreachedError: it cannot be asked, or not all came.
        """
        with leaving_no_halves(self._repository):
            done = self._run(*_FETCH, "--", self.address.url, MAIN, moving=True)
        if done.returncode:
            if _SILENT in done.stderr:
                raise self._unreached(done.stderr)
            if self.tip() is None:
                return None
            words = complaint(done.stderr)
            told = in_words(words, self._folder, there="Git 主机" if "remote: " in words else "本机")
            raise UnreachedError(f"上级库连得上，它的历史没有取全，登记簿还在原处。{told}")
        with reporting("读取取来的历史", self._repository):
            return plain_bytes(self._repository / "FETCH_HEAD", 1 << 16)[:40].decode(errors="replace")

    def tidied(self) -> None:
        """Roll into one what many fetches brought, a pack each. Under the register's lock."""
        tidied(self._repository, self._git)

    def state(self) -> str | None:
        """Return what is to be known of it, None where nobody tells: its configuration, a standby, the time, its scripts, strays, locks.

        All but the first are sections more of the configuration.
        """
        told = self._entrance(STATE)
        if told is not None and f"[{LOCKED}]" in told:
            return told
        if (there := self.address.path) is not None:
            with suppress(OSError, StoreError):
                now, config = time.clock_gettime(time.CLOCK_REALTIME), plain_bytes(there / "config", LARGEST).decode(errors="replace")
                old = [f"{each.relative_to(there)}" for each in there.rglob("*.lock") if now - each.stat().st_mtime > _OLD]
                return "\n".join((config, f"[{LOCKED}]", *old))
        return None

    @contextmanager
    def turn(self) -> Iterator[str | None]:
        """Be the server that is let go first until the block ends or something is pushed, and give where the upstream stands then.

        None where there are no turns: at a foreign host. It is comfort only, nothing rests on it: whoever pushes without one may be quicker
        all the same. Who dies gives it back: the connection ends, and what held it for him at the upstream.
        """
        argv, environment = self._entering(TURN)
        waiting = None
        with suppress(OSError):  # no ssh here, or another machine's
            waiting = subprocess.Popen(
                argv, cwd=self._repository, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) if argv else None  # fmt: skip
        if waiting is None:
            yield None
            return
        with waiting:
            try:
                assert waiting.stdout
                told = _line(waiting.stdout.fileno(), _TIMEOUT)
                yield told.strip() if re.fullmatch(r"[0-9a-f]{40}\n", told) else None
            finally:
                waiting.kill()

    def _entrance(self, word: str) -> str | None:
        """Ask the entrance of an upstream of our own, and return what it says; None where there is no such entrance."""
        argv, environment = self._entering(word)
        with suppress(OSError, subprocess.TimeoutExpired):
            done = subprocess.run(
                argv, cwd=self._repository, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT,
                check=False, stdin=subprocess.DEVNULL, env=environment,
            ) if argv else None  # fmt: skip
            return done.stdout if done and done.returncode == 0 else None
        return None

    def _entering(self, word: str) -> tuple[list[str], dict[str, str]]:
        """How the entrance of an upstream of our own is asked; nothing where there is none."""
        environment, there = {"PATH": _PATH}, self.address.path
        if there is not None and (there / ENTER).is_file():
            return ["/bin/sh", str(there / ENTER), self._name], {**environment, "SSH_ORIGINAL_COMMAND": word}
        if self.address.way == "ssh":
            port = ["-p", self.address.port] if self.address.port else []
            return [*shlex.split(self._ssh), *port, "--", self.address.host, word], environment
        return [], environment

    def _answer(self, old: str | None, commit: str, pushed: _Pushed, describe: Callable[[str], Commit]) -> tuple[Answer | None, str | None]:
        """What a push that was not plainly taken came to, by where the upstream stands now; None where it may as well come yet.

        Beside it where the upstream must stand for the next push.
        """
        tip = self.fetch()
        if tip == old:
            if pushed.mark and (lock := lock_left(pushed.words)):
                return Locked(lock.replace("/./", "/"), pushed.words.startswith(NOT_AT_STANDBY)), old
            return (Refused(pushed.words) if pushed.mark else None), old
        if _is_on(tip, commit, old, describe):
            return Taken(), old
        return (None, tip) if _is_on(commit, tip, old, describe) else (Moved(tip), old)

    def _unknown(self, words: str, standby: Standby | None, *, sent: bool) -> Answer:
        """What is told where nothing is known when the time is over."""
        if standby:
            return Unsure(meaning(words, there="备用主机" if standby is Standby.SILENT else "Git 主机") or words, standby)
        words = meaning(words, self._folder) or words
        return Unsure(words) if sent else Unreached(words)

    def _push(self, old: str | None, commit: str, again: int = 0) -> _Pushed:
        lease, where = f"--force-with-lease={MAIN}:{old or ''}", f"{commit}:{MAIN}"
        # Packed otherwise, a pack has another name: Git 2.47 refuses one by whose name a killed process of its own left its mark (.keep).
        otherwise = ("-c", f"pack.compression={again}") if again else ()
        try:
            done = self._run(*otherwise, *_PUSH, lease, "--", self.address.url, where, trace=True, moving=True)
        except UnreachedError:
            return _Pushed("", "没有应答", sent=True)
        found = next((found for line in done.stdout.splitlines() if (found := _STATUS.fullmatch(line))), None)
        if found is None:
            return _Pushed("", complaint(done.stderr), _SENT.search(done.stderr) is not None)
        if found[2].startswith("[remote failure]"):  # it was unpacked there, and then nobody said anything
            return _Pushed("", found[2], sent=True)
        words, standby = of_the_other_end(done.stderr) or found[2], None
        for said, meant in ((UNSURE_AT_STANDBY, Standby.SILENT), (AT_STANDBY, Standby.HAS_IT)):
            if words.startswith(said):
                words, standby = words.removeprefix(said).strip() or found[2], meant
        return _Pushed(found[1], words, sent=True, unkept=_UNKEPT in found[2], standby=standby)

    @property
    def _folder(self) -> str:
        return str(self._home.absolute() / FOLDER)

    def _unreached(self, told: str) -> UnreachedError:
        return UnreachedError(f"上级库连不上：{in_words(complaint(told), self._folder, there='Git 主机')}")

    def _run(self, *argv: str, trace: bool = False, moving: bool = False) -> subprocess.CompletedProcess[str]:
        """Run Git; where it tells of its progress, for as long as it moves."""
        git = self._tracing if trace else self._git
        folder = self._repository if self._repository.is_dir() else self._home / FOLDER  # in either `..` is the register's
        try:
            with reporting("与上级库往来", folder):
                if moving:
                    return git.moving(*argv, folder=folder, quiet=self._quiet)
                return git.tried(*argv, folder=folder, timeout=_TIMEOUT)
        except subprocess.TimeoutExpired as error:
            raise self._unreached(f"{error.timeout:.0f} 秒没有应答") from error

    @cached_property
    def _git(self) -> Git:
        if (program := shutil.which("git", path=_PATH)) is None:
            raise StoreError("没有 git 命令，不能与上级库往来，没有办理。请安装 git 和 openssh-client。")
        told = {"GIT_SSH_VARIANT": "ssh", "GIT_SSH_COMMAND": f"exec {self._ssh}", "DUBAN_SERVER": self._name}
        told["GIT_CEILING_DIRECTORIES"] = os.path.realpath(self._home)  # while there is no repository here, none above counts either
        return Git(program, _PATH, told)

    @cached_property
    def _tracing(self) -> Git:
        """The same, and Git writes down which lines it exchanges: by these it is known whether a push that failed was ever sent."""
        return Git(self._git.program, _PATH, {**self._git.reaching, "GIT_TRACE_PACKET": "2"})


def _line(pipe: int, seconds: float) -> str:
    """What comes out of a pipe up to the end of a line, or until it is shut or the time is over."""
    end, told, heard = time.monotonic() + seconds, b"", select.poll()  # which takes descriptors of any number
    heard.register(pipe, select.POLLIN)
    while not told.endswith(b"\n") and len(told) < _LONGEST and heard.poll(1000 * max(0.0, end - time.monotonic())):
        if not (piece := os.read(pipe, _LONGEST)):
            break
        told += piece
    return told.decode(errors="replace")


def _is_on(line: str | None, commit: str | None, since: str | None, describe: Callable[[str], Commit]) -> bool:
    """Whether a commit stands on the line that ends at another and begins after a third."""
    while line is not None and line not in (since, commit):
        line = describe(line).parent
    return line is not None and line == commit


def _noted(file: Path) -> tuple[Address, bool]:
    """The address in the file, and whether this server only reads."""
    with reporting("读取上级库的地址", file):
        lines = plain_bytes(file, 1 << 12).decode(errors="replace").splitlines()
    if len(lines) not in (1, 2) or lines[1:] not in ([], [REPLICA]):
        raise StoreError(f"{file} 不是上级库的地址：应为一行地址，副本另有一行 {REPLICA}。请照 docs/machines.md 重新写好。")
    return address(lines[0]), len(lines) == 2
