"""What goes wrong, each a trial that is done over and over: afterwards all that was acknowledged is on record once, and work goes on."""

import os
import random
import shutil
import signal
import subprocess
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from records.register.register import Register
from records.store.repository import Repository
from records.store.store import StoreError
from tests.faults.apps import TwoApps, ailing, two_apps
from tests.faults.around import clocked, maintained, published, spoil_index, unwatched
from tests.faults.office import ENVIRONMENT, WRITERS, BrokenError, NotHereError, Office, UntoldError, apart
from tests.faults.seats import Attended
from tests.faults.servers import TwoServers, two_servers
from tests.faults.sessions import sessions

_UNSAID = 2  # exit status of an act whose fault fell on the saying of what came of it


@dataclass(frozen=True)
class Piece:
    """One kind of fault.

    Attributes:
        name: what it is called.
        all: how many faults there are in all.
        trial: does it once to an office, from a seed, and raises BrokenError where something does not hold.
        each: how many faults a trial has.
        disk: whether the office must stand on a disk of its own.
        office: what kind of office it is.
        kept: whether one office stays for all trials, and ``all`` counts the acts that were acknowledged there: its history is one.
        sample: how many trials the suite makes; fewer where one takes long.
    """

    name: str
    all: int
    trial: Callable[[Office, random.Random], None]
    each: int = 1
    disk: bool = False
    office: type[Office] = Office
    kept: bool = False
    sample: int = 2


def killed(office: Office, chance: random.Random) -> None:
    """Of those who act one after the other is killed, wherever he is; the last one goes on at once."""
    with office.acting() as processes:
        office.acted(1)
        for victim in chance.sample(processes, WRITERS - 1):
            time.sleep(chance.random() / 50)
            victim.kill()
        for process in processes:
            if process.is_alive():
                office.acted(1)


def stopped(office: Office, chance: random.Random) -> None:
    """One who acts is stopped, also while he holds the lock or leads the line, and goes on."""
    with office.acting() as processes:
        office.acted(1)
        victim = chance.choice(processes).pid or 0
        time.sleep(chance.random() / 50)
        os.kill(victim, signal.SIGSTOP)
        time.sleep(chance.random() / 5)
        os.kill(victim, signal.SIGCONT)
        office.acted(WRITERS)
    if told := office.refusals():
        raise BrokenError(f"an act was refused: {told[-1]}")


def packed(office: Office, chance: random.Random) -> None:
    """Stock Git packs, prunes what is old, packs the branches and fetches, in the middle of acts."""
    words = chance.choice(
        (
            ("gc", "-q"),
            ("repack", "-adq"),
            ("repack", "-dq", "--geometric=2"),
            ("pack-refs", "--all"),
            ("prune", "--expire=2.weeks.ago"),
            ("commit-graph", "write", "--reachable", "--changed-paths"),
            # A local clone copies files while others move them, and may fail where anybody writes, as its manual page says.
            ("clone", "-q", "--bare", "--no-local", ".", f"{office.home}/copy"),
        )
    )
    with office.acting():
        office.acted(1)
        if office.stock(*words).wait():
            raise BrokenError(f"git {' '.join(words)} failed")
        office.acted(1)
    shutil.rmtree(office.home / "copy", ignore_errors=True)


def indexed(office: Office, chance: random.Random) -> None:
    """The index is taken away, cut short, overwritten or of another version, in the middle of acts and of reading."""
    register = Register(office.home)
    register.index.catch_up()
    with office.acting():
        office.acted(1)
        spoil_index(office.home, chance.randrange(4), chance)
        office.acted(1)
    head = Repository(office.git).head() or ""
    item = register.describe(head).message.partition("Duban-Item: ")[2].partition("\n")[0]
    for reader in (register, Register(office.home)):
        reader.index.catch_up()
        if reader.index.history(item)[-1].commit != head:
            raise BrokenError("the index does not find what is on record")
        reader.close()


def damaged(office: Office, chance: random.Random) -> None:
    """A record's object is damaged: it is said so, nothing of it is shown, all else goes on; put back, it is as before."""
    store = Repository(office.git)
    number = chance.randrange(8)
    path = f"items/2026/30/DB-2026-{3000 + number}.yaml"
    office.stock("repack", "-adq", "--unpack-unreachable=1.day.ago").wait()
    office.act()
    with office.acting(1):
        office.acted(8)
    blob = store.blob_id(path, store.head() or "")
    where = office.git / "objects" / (blob or "")[:2] / (blob or "")[2:]
    good = where.read_bytes()
    bad = bytearray(good)
    bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
    where.unlink()
    where.write_bytes(bytes(bad))
    with suppress(StoreError):
        if Repository(office.git).blob(blob or "") != store.blob(blob or ""):
            raise BrokenError("a damaged record was shown")
    if len(told := office.act()) != 40:
        raise BrokenError(f"an act on another matter does not go on: {told}")
    where.unlink()
    where.write_bytes(good)
    where.chmod(0o444)


def headless(office: Office, chance: random.Random) -> None:
    """HEAD is detached, points elsewhere or is gone: the register goes by its branch."""
    head = office.git / "HEAD"
    good = head.read_bytes()
    try:
        with office.acting():
            office.acted(1)
            head.write_bytes(chance.choice((f"{Repository(office.git).head()}\n".encode(), b"ref: refs/heads/other\n")))
            office.acted(2)
    finally:
        head.write_bytes(good)


def cut_off(office: Office, chance: random.Random) -> None:
    """The power fails while people act: what was acknowledged is there when the machine comes up again."""
    with office.acting():
        office.acted(chance.randrange(1, 9))
        time.sleep(chance.random() / 50)
        office.on_disk.fail()
    office.on_disk.plug_in_again()


def full(office: Office, chance: random.Random) -> None:
    """The disk is full at some write or other of an act: it is said so, and once there is room the next act goes on."""
    ballast, free = office.on_disk.root / "ballast", os.statvfs(office.home)
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - chance.randrange(0, 160_000))
    try:
        with office.acting():
            until = time.monotonic() + 30
            while not office.refusals() and time.monotonic() < until:
                time.sleep(0.01)
    finally:
        ballast.unlink()
    told = office.refusals()
    if not told:
        raise BrokenError("nobody was told that the disk is full")
    if wrong := [line for line in told if "磁盘已满" not in line]:
        raise BrokenError(f"a full disk was called otherwise: {wrong[-1]}")


def read_only(office: Office, chance: random.Random) -> None:
    """The disk can only be read for a while: reading goes on, an act says so, and afterwards acts go on."""
    if chance.random() < 0.5:
        with office.acting():
            office.acted(1)

    def read() -> bool:
        register = Register(office.home)
        return register.view().item("DB-2026-3000") is not None and len(register.index.items(limit=5)) == 5

    apart(read)
    office.on_disk.lock(True)
    try:
        told = office.act()
        if not apart(read):
            raise BrokenError("what is on record cannot be read")
    finally:
        office.on_disk.lock(False)
    if "只读" not in told:
        raise BrokenError(f"a disk that cannot be written was called otherwise: {told}")


def faulty(office: Office, chance: random.Random) -> None:
    """The system answers one call of an act with an error: nothing is half done, and what is on record is not said to have failed."""
    if not shutil.which("strace"):
        raise NotHereError("strace is not installed")
    call = chance.choice(("fsync", "write", "openat", "rename", "link", "mkdir", "pwrite64", "unlink", "flock", "utimensat"))
    error, number = chance.choice(("EIO", "ENOSPC", "EROFS", "EMFILE")), chance.randrange(1, 60 if call == "openat" else 14)
    what, before = f"{call} {number} {error}", Repository(office.git).head()
    ready, went = os.pipe()
    process = os.fork()
    if process == 0:  # here everything is imported, and only what an act calls is counted
        os.close(went)
        os.read(ready, 1)
        os._exit(_acted_once(office))
    os.close(ready)
    argv = ["strace", "-f", "-qq", "-o", str(office.told / "trace"), "-p", str(process)]
    with subprocess.Popen([*argv, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={number}"], env=ENVIRONMENT) as tracing:
        while f"TracerPid:\t{tracing.pid}" not in Path(f"/proc/{process}/status").read_text():
            time.sleep(0.005)
        os.write(went, b"x")
        _, status = os.waitpid(process, 0)
    os.close(went)
    if (ended := os.waitstatus_to_exitcode(status)) == _UNSAID:
        return  # what is on record is looked at all the same
    told = (office.told / "said").read_text(encoding="utf-8") if ended == 0 else "died"
    moved = Repository(office.git).head() != before
    if told == "died" or told.startswith("Traceback"):
        raise BrokenError(f"{what}: {told[-600:]}")
    if moved != (told == "done") and "不要重复操作" not in told:
        raise BrokenError(f"{what}: {'' if moved else 'not '}on record, and it was said: {told}")


def _acted_once(office: Office) -> int:
    try:
        try:
            told = office.act()
        except UntoldError:
            return _UNSAID
        except Exception:
            told = traceback.format_exc()
        (office.told / "said").write_text("done" if len(told) == 40 else told, encoding="utf-8")
    except BaseException:  # the fault fell on the saying
        return _UNSAID
    return 0


PIECES = (
    Piece("killed", 2000, killed, each=WRITERS - 1),
    Piece("stopped", 200, stopped),
    Piece("packed", 200, packed),
    Piece("indexed", 100, indexed),
    Piece("damaged", 50, damaged),
    Piece("headless", 50, headless),
    Piece("cut off", 100, cut_off, disk=True),
    Piece("full", 100, full, disk=True),
    Piece("read-only", 50, read_only, disk=True),
    Piece("faulty", 500, faulty),
    Piece("maintained", 100, maintained),
    Piece("published", 100, published, sample=1),
    Piece("clocked", 100, clocked),
    Piece("unwatched", 20, unwatched, sample=1),
    Piece("sessions", 200, sessions, office=Attended, sample=1),
    Piece("two apps", 100, two_apps, office=TwoApps, sample=1),
    Piece("ailing app", 60, ailing, office=TwoApps, disk=True, sample=1),
    Piece("two servers", 10_000, two_servers, each=2, office=TwoServers, kept=True, sample=1),
)
