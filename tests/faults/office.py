"""An office that acts while things go wrong: a register, those who act on it in processes of their own, and what must hold afterwards."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar, cast

from records.acts import Refusal
from records.audit.branch_log import branch_log, read_branch_log
from records.demo import build
from records.register.register import Register
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.repository import Repository
from records.store.store import Ident, StoreError
from tests.disks import Disk

_FORKED = multiprocessing.get_context("fork")
_UNTOLD = 3  # exit status
_WHEN = datetime.fromisoformat("2027-01-04T09:00:00+08:00")
_WHO = Ident("督办登记簿", "duban@lzga", _WHEN)
_FIRST, _EACH = 3000, 8  # the first of the matters that are acted on, and how many each who acts has
WRITERS = 4
_T = TypeVar("_T")
_LONGEST = 60.0  # seconds: an act that takes longer hangs


class NotHereError(Exception):
    """This machine does not allow it; said aloud, never passed over."""


class UntoldError(Exception):
    """A fault fell on the saying of what came of something, not on the thing."""


class BrokenError(AssertionError):
    """Something that must hold does not."""


class Office:
    """A register, and what was acknowledged by those who act on it.

    Args:
        home: a folder for it, which does not exist yet.
        like: a register whose copy it is.
        disk: the disk of its own that it stands on, where there is one.

    Attributes:
        told: a folder, elsewhere, for what those who act were told.
    """

    def __init__(self, home: Path, like: Path, disk: Disk | None = None) -> None:
        self._disk = disk
        shutil.copytree(like, home)
        os.sync()  # what was copied is not what may get lost
        self.home, self.git = home, home / "register.git"
        self.told = Path(tempfile.mkdtemp(prefix="told-", dir=like.parent))
        self._seen = apart(lambda: Repository(self.git).head() or "")
        self._known: set[str] = set()
        self._turn = 0  # by which the clock goes, too
        self.acts = 0

    @property
    def on_disk(self) -> Disk:
        """The disk of its own."""
        assert self._disk is not None
        return self._disk

    def close(self) -> None:
        """Take it away."""
        shutil.rmtree(self.told)
        shutil.rmtree(self.home, ignore_errors=True)

    @contextmanager
    def acting(self, count: int = WRITERS) -> Iterator[list[BaseProcess]]:
        """Let so many act in the block, again and again; whoever is still there at its end ends the act that he is at."""
        self._turn += 1
        stop = self.told / "stop"
        processes = [self.writer(number, stop) for number in range(count)]
        try:
            yield processes
        finally:
            stop.touch()
            for process in processes:
                process.join(_LONGEST)
            stop.unlink()
            if stuck := [process for process in processes if process.is_alive()]:
                for process in stuck:
                    process.kill()
                raise BrokenError(f"{len(stuck)} of those who act hang")
            if failed := [process.exitcode for process in processes if process.exitcode not in (0, -signal.SIGKILL)]:
                raise BrokenError(f"those who act ended with {failed}")

    def writer(self, number: int, stop: Path) -> BaseProcess:
        """Somebody who acts until a file is there."""
        process = _FORKED.Process(target=_act_on, args=(self.home, number, self._turn, self.told, stop))
        process.start()
        return process

    def act(self) -> str:
        """Act once, and return what was said: the commit, or why it was not done."""
        self._turn += 1
        return apart(self._acted_once)

    def later(self, seconds: int) -> None:
        """Set the clock of those who start to act from now on."""
        self._turn += seconds

    def _acted_once(self) -> str:
        try:
            return _act(Register(self.home), WRITERS, self._turn, 0, self.told)
        except StoreError as error:
            return str(error)

    def acted(self, many: int, within: float = _LONGEST) -> None:
        """Wait until so many acts more were acknowledged."""
        until, before = time.monotonic() + within, len(self._acknowledged())
        while len(self._acknowledged()) < before + many:
            if time.monotonic() > until:
                raise BrokenError(f"{many} acts take more than {within} s")
            time.sleep(0.005)

    def refusals(self) -> list[str]:
        """What those who act were told that was not a receipt."""
        path = self.told / "refused"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def holds(self, *, whole: bool = False) -> None:
        """Look whether all that was acknowledged is on record once, and nothing twice or half; and whether the next act goes on.

        Args:
            whole: look at every object, and at the history too.

        Raises:
            BrokenError: it does not hold.
        """
        line, before = apart(self._line), self._seen
        self._known |= set(line)
        self._seen = line[-1] if line else self._seen
        acknowledged = self._acknowledged()
        self.acts = len(acknowledged)
        if lost := [commit for commit in acknowledged if commit not in self._known]:
            raise BrokenError(f"{len(lost)} acknowledged acts are not on record: {lost[:3]}")
        if len(set(acknowledged)) < len(acknowledged):
            raise BrokenError("one commit was acknowledged twice")
        apart(self._none_twice)
        told = self.act()
        if len(told) != 40:
            raise BrokenError(f"the next act does not go on: {told}")
        if false := apart(lambda: self._told_falsely(before)):
            raise BrokenError(f"an audit would take main's log for tampered with: {false}")
        left = [each.name for name in ("main.lock", "duban.main", "duban.bell") for each in self.git.rglob(name)]
        if left:
            raise BrokenError(f"left behind: {left}")
        self.fsck(*(["--strict", "--full"] if whole else ["--connectivity-only", "--no-dangling"]))

    def fsck(self, *words: str) -> None:
        """Let stock Git look at the objects."""
        done = subprocess.run(["git", "-C", str(self.git), "fsck", *words], capture_output=True, text=True, check=False, env=ENVIRONMENT)
        if done.returncode or any(line.startswith(("error", "missing", "broken")) for line in done.stdout.splitlines()):
            raise BrokenError(f"git fsck: {done.stdout[:300]}{done.stderr[:300]}")

    def stock(self, *words: str) -> subprocess.Popen[bytes]:
        """Start stock Git on the register."""
        quiet = subprocess.DEVNULL
        return subprocess.Popen(["git", "-C", str(self.git), *words], env=ENVIRONMENT, stdout=quiet, stderr=quiet)

    def _line(self) -> list[str]:
        store = Repository(self.git)
        return [commit.id for commit in store.commits(self._seen, store.head() or "")]

    def _told_falsely(self, since: str) -> list[str]:
        """What an audit finds in the log of ``main`` from a commit on."""
        log, store = read_branch_log(self.git), Repository(self.git)  # in this order: others may act meanwhile
        known = [since, *(commit.id for commit in store.commits(since, store.head() or ""))]
        return [each.reason for each in branch_log(log, known, whole=False)[0]]

    def _none_twice(self) -> None:
        view = Register(self.home).view()
        for number in range((WRITERS + 1) * _EACH):
            item = view.item(f"DB-2026-{_FIRST + number:04}")
            texts = [each.text for each in item.progress] if item else []
            if len(set(texts)) < len(texts):
                raise BrokenError(f"{item and item.id} holds one act twice")

    def _acknowledged(self) -> list[str]:
        found: list[str] = []
        for path in self.told.glob("acts-*"):
            found += [line for line in path.read_text().split("\n")[:-1] if line]
        return found


ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "LC_ALL": "C.UTF-8",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "HOME": os.devnull,
}


def forked(work: Callable[[], object]) -> BaseProcess:
    """Start something in a process of its own."""
    process = _FORKED.Process(target=work)
    process.start()
    return process


def apart(work: Callable[[], _T]) -> _T:
    """Do something in a process of its own, which leaves nothing open here, and return what came of it.

    Raises:
        UntoldError: it was done, and could not be told.
        Exception: what it raised.
    """
    ours, theirs = _FORKED.Pipe(duplex=False)
    process = _FORKED.Process(target=_done, args=(work, theirs))
    process.start()
    theirs.close()
    try:
        found, error = ours.recv()
    except EOFError as died:
        process.join()
        raise UntoldError if process.exitcode == _UNTOLD else BrokenError("it died") from died
    finally:
        process.join()
    if error is not None:
        raise error
    return cast(_T, found)


def _done(work: Callable[[], object], told: Connection) -> None:
    done: tuple[object, Exception | None]
    try:
        done = work(), None
    except Exception as error:
        done = None, error
    try:
        told.send(done)
    except OSError:
        os._exit(_UNTOLD)


def model(place: Path, demo: Path | None = None) -> Path:
    """Make the register that each office's is a copy of: the demo's, with matters of one unit for each who acts.

    Args:
        place: an empty folder.
        demo: the demo's register, where there is one; it is only read.
    """
    if demo:
        shutil.copytree(demo, place / "model")
    register = Register(place / "model") if demo else build(place / "model")
    like = next(item for item in register.view().all_items() if item.state == "in_progress" and item.units[0].unit == "JJ")
    files = {item_path(each): emit(replace(like, id=each)) for each in (f"DB-2026-{_FIRST + n:04}" for n in range((WRITERS + 1) * _EACH))}
    with Repository(place / "model/register.git").writing() as transaction:
        transaction.commit(files, author=_WHO, committer=_WHO, message="更多")
    register.index.catch_up()
    register.close()
    subprocess.run(["git", "-C", str(place / "model/register.git"), "repack", "-adq"], check=True, env=ENVIRONMENT)
    return place / "model"


def _act_on(home: Path, number: int, turn: int, told: Path, stop: Path) -> None:
    os.environ.clear()
    register, count = Register(home), 0
    while not stop.exists():
        count += 1
        try:
            _act(register, number, turn, count, told)
        except StoreError as error:
            with (told / "refused").open("a", encoding="utf-8") as file:
                file.write(f"{error}\n")
            time.sleep(0.01)


def _act(register: Register, number: int, turn: int, count: int, told: Path) -> str:
    """Do one act, keep its commit as acknowledged and return it."""
    item = f"DB-2026-{_FIRST + number * _EACH + count % _EACH:04}"
    text = f"第{turn}次第{number}组（{os.getpid()}）走访商户{count}家。"
    found = register.act("report_progress", item, "JJ.liaison", {"text": text}, _WHEN + timedelta(seconds=turn))
    if isinstance(found, Refusal):
        raise StoreError(str(found))
    try:
        descriptor = os.open(told / f"acts-{number}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.write(descriptor, f"{found.commit}\n".encode())
        os.close(descriptor)
    except OSError as error:
        raise UntoldError from error
    return found.commit
