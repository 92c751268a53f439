"""Sending digests out: each person one a workday at most, however often the clock's work runs, and whenever it dies.

Before anything leaves, a file beside says that it is about to; afterwards that it has. What broke off in between is put right where that
can be told (a file that is renamed or is not), and is else not sent again that day, for twice is worse than not at all.
"""

import fcntl
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from records.bureau.roster import Person
from records.store.disk import plain_bytes, reporting, said, sync_folder, write_durably
from records.store.store import StoreError
from tui.command.configuration import DigestRoute

LIMIT = 10.0
"""Seconds that a program has for a digest."""
_MODE = 0o600
_BEGUN, _SENT, _UNKNOWN = "begun", "sent", "unknown"
_PATIENCE = 3  # failures in a row after which the rest waits for the next time
_SIZE = 1 << 22  # bytes of the state
_SAID = 200  # bytes of a complaint that are told
_ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


class _FailedError(Exception):
    """One digest did not leave; the message says why."""


@dataclass
class _Sent:
    """What a day's state says of each person, kept on disk with every change."""

    path: Path
    day: str
    people: dict[str, str] = field(default_factory=dict)

    def mark(self, person: str, what: str | None) -> None:
        if what is None:
            self.people.pop(person, None)
        else:
            self.people[person] = what
        with reporting("记录已发的待办摘要", self.path):
            _replace(self.path, json.dumps({"day": self.day, "people": self.people}).encode())


def deliver(route: DigestRoute, day: date, digests: Iterable[tuple[Person, str]]) -> Iterator[tuple[Person, str]]:
    """Send each person his digest of the day, if it was not sent before, and yield him with why it did not leave, "" where it did.

    Args:
        route: how they leave.
        day: the workday.
        digests: the people with their texts.

    Raises:
        StoreError: what was sent cannot be remembered, or another run is sending: nothing more is sent then.
    """
    with _alone(route.state):
        sent, failures, left = _read(route.state, day.isoformat()), 0, 0
        for person, text in digests:
            stands = sent.people.get(person.id)
            if stands in (_SENT, _UNKNOWN):
                continue
            if failures == _PATIENCE:
                left += 1
                continue
            try:
                _send(route, sent, person, text, begun=stands == _BEGUN)
            except _FailedError as error:
                failures += 1
                yield person, str(error)
            else:
                failures = 0
                yield person, ""
        if left:
            raise StoreError(f"连续 {_PATIENCE} 份没有发出，其余 {left} 份下次再发。")


def _send(route: DigestRoute, sent: _Sent, person: Person, text: str, *, begun: bool) -> None:
    data = f"{text}\n".encode()
    if route.spool is not None:
        _put(sent, route.spool, person, data, begun=begun)
    elif begun:
        sent.mark(person.id, _UNKNOWN)
        raise _FailedError("上次发送中断，是否发出不明，今天不再发。")
    else:
        command = _filled(route.command, person)
        sent.mark(person.id, _BEGUN)
        try:
            _run(command, data)
        except _FailedError:
            sent.mark(person.id, None)
            raise
        sent.mark(person.id, _SENT)


def _put(sent: _Sent, spool: Path, person: Person, data: bytes, *, begun: bool) -> None:
    """Put a digest into the folder under its own name in one go; whoever reads there sees all of it or nothing."""
    name = f"{sent.day}-{person.id}.txt"
    new = spool / f".{name}.new"
    try:
        if not begun:
            new.unlink(missing_ok=True)
            write_durably(new, data, _MODE)
            sent.mark(person.id, _BEGUN)
        if not begun or new.exists():  # else it was renamed before it broke off
            os.replace(new, spool / name)
        sync_folder(spool)
    except OSError as error:
        if not begun:
            sent.mark(person.id, None)
        raise _FailedError(f"不能写入 {spool}：{said(error)}") from error
    sent.mark(person.id, _SENT)


def _filled(command: tuple[str, ...], person: Person) -> list[str]:
    known = {"{id}": person.id, "{login}": person.login}
    found = [known.get(word, word) for word in command]
    if None in found:
        raise _FailedError("花名册里没有登录名，不能交给程序。")
    return [word for word in found if word is not None]


def _run(command: list[str], data: bytes) -> None:
    """Run a program with a text on its standard input and nobody's shell between; it is killed with its group when its time is over."""
    with tempfile.TemporaryFile() as text, tempfile.TemporaryFile() as complaint:
        text.write(data)
        text.seek(0)
        try:
            process = subprocess.Popen(
                command, stdin=text, stdout=subprocess.DEVNULL, stderr=complaint, env=_ENVIRONMENT, cwd="/", start_new_session=True
            )
        except OSError as error:
            raise _FailedError(f"不能运行 {command[0]}：{said(error)}") from error
        try:
            status = process.wait(LIMIT)
        except subprocess.TimeoutExpired as error:
            raise _FailedError(f"{command[0]} {LIMIT:.0f} 秒没有完成，已终止") from error
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if status:
            complaint.seek(0)
            told = complaint.read(_SAID).decode(errors="replace").strip().partition("\n")[0]
            raise _FailedError(f"{command[0]} 以状态 {status} 退出{f'：{told}' if told else ''}")


def _read(path: Path, day: str) -> _Sent:
    """What was sent today; nothing where the state is of an earlier day."""
    try:
        data = plain_bytes(path, _SIZE)
    except FileNotFoundError:
        return _Sent(path, day)
    except OSError as error:
        raise StoreError(f"读取 {path} 失败：{said(error)}。分不清今天已发给谁，没有发送。") from error
    told = None
    with suppress(ValueError):
        told = json.loads(data)
    if not (isinstance(told, dict) and isinstance(told.get("day"), str) and _are_marks(told.get("people"))):
        raise StoreError(f"{path} 已损坏，分不清今天已发给谁，没有发送。确定要重发的，请删去它。")
    if told["day"] > day:
        raise StoreError(f"{path} 记的是 {told['day']}，晚于今天 {day}，没有发送。请检查服务器时钟；时钟走快过、现在已经校准的，请删去它。")
    return _Sent(path, day, told["people"] if told["day"] == day else {})


def _are_marks(people: object) -> bool:
    return isinstance(people, dict) and all(what in (_BEGUN, _SENT, _UNKNOWN) for what in people.values())


@contextmanager
def _alone(state: Path) -> Iterator[None]:
    """Be the only one who sends; the lock goes with the process."""
    lock = state.with_name(f"{state.name}.lock")
    with reporting("发送待办摘要", lock):
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, _MODE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError("另一个 duban tick 正在发送待办摘要，这次不发。") from error
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, data: bytes) -> None:
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    write_durably(new, data, _MODE)
    os.replace(new, path)
    sync_folder(path.parent)
