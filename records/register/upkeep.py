"""Whether a register can go on: may this account write to it, who else may read it, does the clock do its work. Tried, not guessed."""

import errno
import os
import stat
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

from records.bureau.roster import SYSTEM
from records.register.clock import Due, due_acts
from records.register.register import Register
from records.store.disk import said
from records.store.lock import Holder, held, holder
from records.store.receipt import person_of, trailers
from records.store.store import StoreError
from schema.tables import acts

_LONG = timedelta(days=45)
"""Longer than any office does nothing; a clock that is further ahead of the last act is more likely wrong than the office asleep."""

_REPOSITORY = tuple(f"register.git/{name}" for name in ("", "objects", "objects/pack", "refs/heads", "logs/refs/heads"))
_FOLDERS = (
    "register.git/objects/??",
    "register.git/waiting",
    "published",
    "drafts",
    "faults",
    "attachments",
    "attachments/??",
    "boxes",
    "boxes/*",
    "door",
    "arrivals",
    "sessions",
)
_LOCK = "register.git/duban.lock"
_OPENED = (_LOCK, "register.git/duban.line", "register.git/duban.settle", "register.git/logs/refs/heads/main", "index.sqlite")
_PRIVATE = ("register.git", "index.sqlite", "drafts", "faults", "attachments", "attachments/??", "boxes", "door", "arrivals", "sessions")
_NO_NAMELESS = (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL)  # a file system that makes no file without a name


def unwritable(home: Path) -> Iterator[tuple[Path, str]]:
    """Yield each place in a register's folder that an act writes to and this account cannot, with the reason; nothing is left there.

    A file without a name is written in each folder, so a full disk, a quota and a read-only mount show as they would in an act.
    """
    for folder in (home, *(home / name for name in _REPOSITORY), *_there(home, _FOLDERS)):
        try:
            _written_in(folder)
        except OSError as error:
            yield folder, said(error)
    for path in (home / name for name in _OPENED):
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK))
        except FileNotFoundError:
            continue  # the first act makes it
        except OSError as error:
            yield path, said(error)


def busy(home: Path) -> str:
    """Return why the lock of a register cannot be had, empty where it can: it is taken as an act takes it, and let go again."""
    path = home / _LOCK
    try:
        if path.exists():  # made here it would belong to whoever asks
            with held(path, 0):
                pass
    except StoreError as error:
        return str(error)
    return ""


def writer(home: Path) -> Holder | None:
    """Return who holds the lock of a register now, None where nobody does.

    Raises:
        StoreError: it cannot be seen.
    """
    return holder(home / _LOCK)


def exposed(home: Path) -> Iterator[Path]:
    """Yield what of a register that is private (records, drafts, attachments) is open to other accounts, or to the writing of the group."""
    for path in _there(home, _PRIVATE):
        if path.lstat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
            yield path


def far_ahead(register: Register, at: datetime) -> str:
    """Return why a clock should be looked at before anything is done by it unattended, empty where it is as it should be.

    Times never run back: what is done by a clock that runs ahead keeps everybody from acting until that time has come. A demo has its own.
    """
    tip = register.describe(register.head() or "").author.time
    if register.demo or at - tip <= _LONG:
        return ""
    told = f"本机时钟 {at:%Y-%m-%d %H:%M} 比登记簿最后一笔 {tip:%Y-%m-%d %H:%M} 晚{(at - tip).days}天"
    return f"{told}，时钟走快了办下去，以后什么都办不了。请核对时钟；时钟不错的，有人从入口办过一笔，就照常"


def neglected(register: Register, at: datetime) -> tuple[Due, ...]:
    """Return what the clock owed on the workday before, where it has done nothing since that day began: somebody must have stopped it."""
    register.index.catch_up()
    view = register.view()
    day = view.calendar.previous(at.date())
    if last_run(register, datetime.combine(day, time(), at.tzinfo)) is not None:
        return ()
    return tuple(due_acts(view, register.come_due(view, day), day))


def last_run(register: Register, since: datetime) -> datetime | None:
    """Return when the clock last put something on record, None where it did not since then."""
    commit = register.head()
    while commit is not None:
        found = register.describe(commit)
        if found.author.time < since:
            return None
        spec = acts().get(trailers(found.message).get("Duban-Act", ""))
        if person_of(found.author.email) == SYSTEM and spec and spec.name in ("remind", "draft_roundup", "take_checkpoint"):
            return found.author.time
        commit = found.parent
    return None


def _written_in(folder: Path) -> None:
    try:
        descriptor = os.open(folder, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno not in _NO_NAMELESS:
            raise
        if not os.access(folder, os.W_OK | os.X_OK, effective_ids=True):
            raise PermissionError(errno.EACCES, "", str(folder)) from error
        return
    try:
        os.write(descriptor, b"duban")
    finally:
        os.close(descriptor)


def _there(home: Path, names: tuple[str, ...]) -> Iterator[Path]:
    """Yield what there is under these names; a name of two places is that of each."""
    for name in names:
        yield from sorted(home.glob(name)) if "?" in name or "*" in name else filter(os.path.lexists, [home / name])
