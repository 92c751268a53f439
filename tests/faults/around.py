"""What goes wrong round those who act: the upkeep is killed, a clock is wrong, the system has no more room to tell of changes."""

import ctypes
import hashlib
import os
import random
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from documents.layout.profile import standard
from documents.publishing.changes import changes
from documents.publishing.publisher import Publisher, PublishError
from records.register.maintenance import MaintainedNowError, maintain
from records.register.register import Register
from records.store.repository import Repository
from records.store.stock_git import Git
from tests.faults.office import BrokenError, NotHereError, Office, apart, forked

_GIT = Git(shutil.which("git") or "git", os.environ["PATH"])
_NOBODY = 61_184  # systemd gives this number to nobody that is there while a test runs
_LONGEST = 60.0


def spoil_index(home: Path, how: int, chance: random.Random) -> None:
    """Take the index away (0), cut it short (1), overwrite parts of it (2), or put nothing of the kind in its place (3)."""
    index = home / "index.sqlite"
    if how == 0:
        for each in home.glob("index.sqlite*"):
            each.unlink()
    elif how == 1:
        os.truncate(index, chance.randrange(9000))
    elif how == 2:
        data = bytearray(index.read_bytes())
        for _ in range(64):
            data[chance.randrange(len(data))] ^= 0xFF
        index.write_bytes(data)
    else:
        index.write_bytes(chance.randbytes(20_000))


def maintained(office: Office, chance: random.Random) -> None:
    """The upkeep is killed, wherever it is, while people act; the next one goes through."""
    with office.acting():
        office.acted(2)
        victim = forked(lambda: _maintained(office.home))
        time.sleep(chance.random() / 2)
        victim.kill()
        victim.join()
        office.acted(2)
        apart(lambda: _maintained(office.home))
        office.acted(2)
    if told := office.refusals():
        raise BrokenError(f"an act was refused: {told[-1]}")


def _maintained(home: Path) -> None:
    with suppress(MaintainedNowError):
        maintain(home, _GIT, datetime.now().astimezone())


def published(office: Office, chance: random.Random) -> None:
    """Publishers are killed, wherever they are, two beside each other, while people act; the next brings the folder to where all stands."""
    with office.acting():
        office.acted(1)
        victims = [forked(lambda: published_once(office.home)) for _ in range(2)]
        time.sleep(chance.random())
        for victim in victims:
            victim.kill()
            victim.join()
        office.acted(1)
    if told := office.refusals():
        raise BrokenError(f"an act was refused: {told[-1]}")
    apart(lambda: published_once(office.home))
    if wrong := apart(lambda: list(amiss(office.home))):
        raise BrokenError(f"not in the published folder as it is on record: {wrong[:3]}")


def published_once(home: Path) -> None:
    """Bring a published folder to where its register stands, unless another is at it."""
    with suppress(PublishError):  # the other one is at it
        Publisher(Register(home), standard()).catch_up()


def amiss(home: Path) -> Iterator[str]:
    """What is not as it should be in a published folder that stands where its register does."""
    register = Register(home)
    publisher, head = Publisher(register, standard()), register.head() or ""
    found = publisher.manifest()
    if found is None or found.commit != head:
        yield f"manifest at {found and found.commit}, register at {head}"
        return
    for document in found.documents:
        if hashlib.sha256((register.published / document.name).read_bytes()).hexdigest() != document.sha256:
            yield document.name
    copies = {path.relative_to(register.published / "records").as_posix(): path for path in register.published.glob("records/items/**/*")}
    for path in register.changed(None, head):
        if path.startswith("items/") and copies[path].read_bytes() != register.written(path, head):
            yield path
    yield from (str(path) for path in register.published.rglob("*.tmp*"))


def clocked(office: Office, chance: random.Random) -> None:
    """A server's clock runs ahead, then behind what is on record: acts that were put before others say so, and nothing is half done.

    Who acts by a clock that is a little behind is given the time of the last act.
    """
    ahead = chance.choice((chance.randrange(1, 250), chance.randrange(700, 90_000)))
    office.later(ahead)
    if len(told := office.act()) != 40:
        raise BrokenError(f"an act by a clock that runs ahead does not go on: {told}")
    office.later(-ahead)
    before = Repository(office.git).head()
    told = office.act()
    moved = Repository(office.git).head() != before
    if ahead > 600 and ("请检查服务器时钟" not in told or moved):
        raise BrokenError(f"an act {ahead} s before the last was taken: {told}")
    if ahead <= 250 and not moved:
        raise BrokenError(f"an act {ahead} s before the last was not taken: {told}")
    with office.acting():
        time.sleep(chance.random() / 20)
    office.later(ahead)
    times = [each.author.time for each in Repository(office.git).commits(None, Repository(office.git).head() or "")]
    if times != sorted(times):
        raise BrokenError("the history goes back in time")


def unwatched(office: Office, chance: random.Random) -> None:
    """The system has no more room to tell of changes: it is said once, what changes is found by looking, and acts go on."""
    if os.geteuid():
        raise NotHereError("only root can be somebody else")
    with office.acting():
        office.acted(1)
        told, found = apart(lambda: _looking(office.git / "refs/heads", chance.randrange(1, 4)))
        office.acted(1)
    if len(told) != 1 or "inotify 的名额已用完" not in told[0] or not found:
        raise BrokenError(f"it was said: {told}; found: {found}")


def _looking(folder: Path, many: int) -> tuple[list[str], int]:
    """As somebody who has used up all that he may have told: what a watcher says, and how many changes it finds; ends after so many."""
    folder.chmod(0o755)
    os.chdir(folder)  # what is above it is not everybody's
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    libc = ctypes.CDLL(None, use_errno=True)
    while libc.inotify_init1(os.O_CLOEXEC) >= 0:
        pass
    told, stop, found, until = list[str](), threading.Event(), 0, time.monotonic() + _LONGEST
    watching = changes(Path("."), wanted=lambda _: True, recursive=False, burst=50, step=10, timeout=100, stop=stop, told=told.append)
    for paths in watching:
        found += bool(paths)
        if found >= many or time.monotonic() > until:
            stop.set()
    return told, found
