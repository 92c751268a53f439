"""The line of acts that wait to be made durable together.

Syncing takes longer than all else in an act, and one sync serves whoever waits for it. So an act, under the register's lock, only writes
its commit down where the next one finds it, and stands in the line; then it lets the lock go. Whoever finds the line without a leader
leads it: puts the objects of all that wait in their places, durable, and moves ``main`` to the last of them at once. Each is still a
commit of its own, on top of the one before; none counts, and none is said to be done, before ``main`` has moved.

``duban.line``     where the line stands (``line_file``). Under ``flock`` by each act that waits: where nobody does, all that is left of the
                   line is of processes that died, and is forgotten, as after a power cut
``duban.settle``   the lock of whoever leads
``duban.leads``    the lock of whoever is going to lead once all have come who are about to: under an upstream, where he waited for his turn
``duban.bell``     sounds when he has done so
``waiting/``       the objects of each act in the line (``waiting``)
"""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from records.store.bell import Bell
from records.store.branch import Branch
from records.store.disk import reporting, said
from records.store.line_file import Joined, Led, Trouble, make_room, slot, write_slot
from records.store.lock import let_go, locked
from records.store.loose import unfolded
from records.store.objects import Objects, parse_commit
from records.store.store import BusyError, MovedError, SentError, StoreError
from records.store.waiting import Waiting

_PAUSE, _LONGEST = 0.002, 0.25  # seconds after which one looks again, should nobody have been about to ring
_WORDS = 300
_UNREAD = "登记库出错（{}），不知道本次操作是否已写入。请先核对记录，不要重复操作，并告诉系统管理员。"
_UNSURE = "登记库正忙，前面的操作迟迟没有落盘，不知道本次操作是否已写入。请先核对记录，不要重复操作，并告诉系统管理员。"
_CUT_SHORT = "操作中断，本次操作未写入。请稍后重试。"
_SENT = "送往上级库的操作中断，不知道本次操作是否已写入。请先核对记录，没有这一笔再办。"
_BUSY = "登记库正忙，前面的操作迟迟没有落盘，本次操作未写入。请稍后重试；一直这样的，请告诉系统管理员。"


@dataclass(frozen=True)
class Place:
    """A place in the line: held by an open file until its act is settled."""

    line: str
    count: int
    descriptor: int
    objects: Mapping[str, bytes]


class _UnreadError(StoreError):
    """What the line says cannot be read or asked: nothing was done here, but others may have led whoever stands in it."""


class Line:
    """The line of one repository.

    Args:
        repository: its folder.
        objects: where what is led goes.
        waiting: where it comes from.
        branch: what is moved then.
    """

    def __init__(self, repository: Path, objects: Objects, waiting: Waiting, branch: Branch) -> None:
        self._file, self._settle, self._bell = repository / "duban.line", repository / "duban.settle", Bell(repository / "duban.bell")
        self._leads = repository / "duban.leads"
        self._objects, self._waiting, self._branch = objects, waiting, branch

    def end(self) -> str | None:
        """Return the commit that the next one stands on: the last in the line, or that of the branch. Under the register's lock."""
        with self._opened() as file:
            joined, led = slot(file, Joined), slot(file, Led)
            return joined.commit if self._stands(file, joined, led) else self._branch.head()

    def join(self, head: str | None, objects: Mapping[str, bytes]) -> Place:
        """Stand in the line with a commit. Under the register's lock.

        Args:
            head: what the commit stands on: ``end``, as it was.
            objects: id to the object with its header, folded; the commit last.

        Raises:
            MovedError: what it stands on is not on record, nor in the line any more.
            StoreError: it cannot be written, or what it stands on did not go well; it is not in the line then.
        """
        with reporting("写入登记库", self._file):
            descriptor = self._open()
            try:
                make_room(descriptor)
                joined, led = slot(descriptor, Joined), slot(descriptor, Led)
                trouble = led.trouble(joined.line, joined.count + 1)
                if trouble and head == joined.commit:
                    raise trouble.told()
                goes_on = self._attended(descriptor) and not trouble
                if not goes_on:
                    self._branch.expect(head)
                    self._waiting.forget()
                line, count = (joined.line, joined.count + 1) if goes_on and joined.line else (os.urandom(8).hex(), 1)
                if not locked(descriptor, fcntl.LOCK_SH, 0):
                    raise StoreError("登记库正被另一程序占用，本次操作未写入。请稍后重试。")
                self._waiting.add(line, count, objects)
                write_slot(descriptor, Joined(line, count, list(objects)[-1]))
                return Place(line, count, descriptor, objects)
            except BaseException:
                let_go(descriptor)
                raise

    def put(self, places: list[Place]) -> None:
        """Put in place what acts brought, durable: for whoever would only wait while another moves the branch, which takes its time.

        Where it cannot be done, whoever leads finds that out.
        """
        with suppress(StoreError, OSError):
            self._objects.put({name: folded for place in places for name, folded in place.objects.items()})
            for place in places:
                self._waiting.placed(place.line, place.count)

    def settle(self, place: Place, timeout: float) -> None:
        """Wait until the branch has reached a place in the line, leading the line where nobody does. Not under the register's lock.

        Args:
            place: is given up.
            timeout: seconds.

        Raises:
            StoreError: it did not, unless the message says so.
        """
        until, pause, rang = time.monotonic() + timeout, _PAUSE, False
        try:
            while True:
                with self._bell.heard() as listening:
                    if self._settled(place):
                        return
                    left = until - time.monotonic()
                    # Whoever leads next has his own bell; who announced that he will may have been stopped.
                    left_to_others = (rang and listening.hears) or (left > timeout / 2 and self.is_announced())
                    if not left_to_others and self._led_by_me(place):
                        return
                    if left <= 0:
                        raise StoreError(_UNSURE)
                    # Who leads wakes all; one who wakes of himself asks a dozen things of the system in vain. Only a bell whose ringer died
                    # is silent, and then nobody leads but whoever has just asked, or asks after that.
                    rang = listening.wait(min(_LONGEST if listening.hears else pause, left))
                pause = min(2 * pause, _LONGEST)
        except _UnreadError as error:
            raise StoreError(_UNREAD.format(said(error.__cause__))) from error
        finally:
            let_go(place.descriptor)

    def drain(self, timeout: float) -> None:
        """Lead all that wait, so that the branch stands where the line ends. Under the register's lock.

        Raises:
            BusyError: others lead it all that time.
            StoreError: nothing can be said of what befell it.
        """
        with self._opened() as file:
            joined = slot(file, Joined)
            while self._stands(file, joined, slot(file, Led)):
                with self._at_the_head(timeout) as now:
                    if now is None:
                        raise BusyError(_BUSY)
                    try:
                        self._lead(joined.line, now)
                    except _UnreadError:
                        raise
                    except StoreError:  # theirs to be told
                        pass

    @contextmanager
    def announced(self, timeout: float) -> Iterator[None]:
        """Be the one who is going to lead: until the block ends whoever stands in the line leaves it to him. Under the register's lock.

        Once he dies, or they have waited half their time, others lead. Whoever has to have the line at its end at once (``drain``) does not
        wait for him.
        """
        with self._bell.rung():
            with reporting("锁定登记库", self._leads):
                descriptor = os.open(self._leads, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                locked(descriptor, fcntl.LOCK_EX, timeout)  # comfort: where it cannot be had, the others lead themselves
                yield
            finally:
                let_go(descriptor)

    def is_announced(self) -> bool:
        """Whether somebody is going to lead."""
        with suppress(OSError):
            if not self._leads.exists():  # nobody ever does where there is no upstream
                return False
            descriptor = os.open(self._leads, os.O_RDONLY | os.O_CLOEXEC)
            try:
                return not locked(descriptor, fcntl.LOCK_SH, 0)
            finally:
                let_go(descriptor)
        return False

    @contextmanager
    def alone(self, timeout: float) -> Iterator[None]:
        """Keep everybody else from moving the branch. Under the register's lock.

        Raises:
            BusyError: others lead the line all that time.
        """
        with self._at_the_head(timeout) as now:
            if now is None:
                raise BusyError(_BUSY)
            yield

    def _settled(self, place: Place) -> bool:
        with reporting("读取登记库", self._file, _UnreadError):
            joined, led = slot(place.descriptor, Joined), slot(place.descriptor, Led)
        if trouble := led.trouble(place.line, place.count):
            raise trouble.told()
        if place.line not in (joined.line, led.line):  # another line was begun since this one was led
            return self._on_record([place.objects]) > 0
        return led.line == place.line and led.count >= place.count

    def _led_by_me(self, place: Place) -> bool:
        """Lead the line where nobody does, and say whether it has reached a place."""
        with self._at_the_head(0) as now:
            try:
                return now is not None and self._lead(place.line, now) >= place.count
            except StoreError:
                with suppress(_UnreadError):
                    if self._settled(place):  # who leads may be better off than those who came after him
                        return True
                raise

    def _lead(self, line: str, now: float) -> int:
        """Move the branch to the end of the line, and say how many of it are on record; whoever leads holds the lock for it."""
        with self._bell.rung(), self._opened() as file:
            joined, led = slot(file, Joined), slot(file, Led)
            first = led.count + 1 if led.line == line else 1
            if joined.line != line or first > joined.count or led.trouble(line, first):
                return 0
            try:
                self._land(joined, first, now)
            except BaseException as error:
                # What they brought stays until the next one joins: whoever stands on it is at work, and must not find it damaged.
                if (befallen := self._befallen(joined, led, first, error)) is not None:
                    self._tell(file, befallen, error)
                raise
            with suppress(OSError):  # whoever leads next finds the branch moved
                write_slot(file, Led(line, joined.count, led.troubles))
                self._waiting.forget(line, first, joined.count)
            return joined.count

    def _befallen(self, joined: Joined, led: Led, first: int, error: BaseException) -> Led | None:
        """How far a line was led that could not be led to its end, and why; None where it was, and only nobody has said so."""
        cut_short, reached = not isinstance(error, StoreError), self._reached(joined.commit)
        if cut_short and reached:  # whoever leads next finds it moved, and confirms that
            return None
        # In the midst of anything, and sending takes long.
        words = str(error) if not cut_short else _SENT if self._branch.is_far else _CUT_SHORT
        told = words[:_WORDS].encode(errors="replace").decode()  # a path need not be text
        sent = isinstance(error, SentError) or (cut_short and self._branch.is_far) or reached
        last = joined.count if sent else 0  # whoever came later was not, and only stands on it
        done = self._landed(joined.line, first, joined.count) if isinstance(error, MovedError) else 0
        trouble = Trouble(joined.line, first + done, last, told, isinstance(error, MovedError))
        return Led(joined.line, last or first + done - 1, (*led.troubles, trouble))

    def _tell(self, file: int, befallen: Led, error: BaseException) -> None:
        """Say what befell the line; where that cannot be said, the next one who leads may well lead all of it to its end."""
        try:
            with reporting("写入登记库", self._file, _UnreadError):
                write_slot(file, befallen)
        except _UnreadError:
            if isinstance(error, StoreError):
                raise

    def _landed(self, line: str, first: int, last: int) -> int:
        """How many of some acts of a line are on record though it could not be led to its end: a leader that died had sent them."""
        with suppress(StoreError):
            return self._on_record([self._waiting.of(line, count).objects for count in range(first, last + 1)])
        return 0

    def _on_record(self, acts: list[Mapping[str, bytes]]) -> int:
        """How many of some acts are, of which each stands on the one before, by where the branch stands."""
        commits, stood = [list(objects)[-1] for objects in acts], _parent(acts[0])
        with suppress(StoreError):
            at = self._branch.head()
            while at is not None and at != stood:
                if at in commits:
                    return commits.index(at) + 1
                at = parse_commit("", self._objects.read(at, "commit")).parent
        return 0

    def _reached(self, commit: str) -> bool:
        with suppress(StoreError):
            return self._branch.head() == commit
        return False

    def _land(self, joined: Joined, first: int, now: float) -> None:
        """Put in place what the acts of a line brought, from one of them on, and move the branch to the last of them."""
        head, last = self._branch.head(), joined.count
        if head == joined.commit:  # whoever led before died between the move and saying so
            self._branch.confirm()
            return
        found = {count: self._waiting.of(joined.line, count) for count in range(first, last + 1)}
        commits = [list(each.objects)[-1] for each in found.values()]
        if head in commits:  # so did one to whom others had come since
            first += commits.index(head) + 1
        if head != (parent := _parent(found[first].objects)):
            raise MovedError
        objects = dict[str, bytes]()
        for count in range(first, last + 1):
            brought, placed = found[count]  # what nothing refers to yet a `git gc --prune=now` may have taken again
            objects |= {name: folded for name, folded in brought.items() if not (placed and self._objects.loose.holds(name))}
        if objects:
            self._objects.put(objects)
        self._branch.advance(parent, commits[-1], _commit(found[last].objects), now)
        self._objects.loose.sweep(commits[-1], now)

    def _stands(self, file: int, joined: Joined, led: Led) -> bool:
        """Whether acts are in the line that have not been led to their end; asked under the register's lock."""
        if not joined.line or (led.line == joined.line and led.count >= joined.count) or led.trouble(joined.line, joined.count):
            return False
        return self._branch.head() != joined.commit and self._attended(file)

    def _attended(self, file: int) -> bool:
        """Whether anybody waits in the line: under the register's lock nobody joins meanwhile."""
        if not locked(file, fcntl.LOCK_EX, 0):
            return True
        fcntl.flock(file, fcntl.LOCK_UN)
        return False

    @contextmanager
    def _at_the_head(self, timeout: float) -> Iterator[float | None]:
        """Be the one who leads, and give the time on the file system's clock; None where somebody else leads all that time."""
        with reporting("锁定登记库", self._settle, _UnreadError):
            descriptor = os.open(self._settle, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            with reporting("锁定登记库", self._settle, _UnreadError):
                had = locked(descriptor, fcntl.LOCK_EX, timeout)
                if had:
                    os.utime(descriptor)
                now = os.fstat(descriptor).st_mtime
            yield now if had else None
        finally:
            let_go(descriptor)

    def _open(self) -> int:
        return os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        with reporting("读取登记库", self._file, _UnreadError):
            descriptor = self._open()
            try:
                yield descriptor
            finally:
                os.close(descriptor)


def _commit(objects: Mapping[str, bytes]) -> bytes:
    """The commit of an act, which is the last of its objects."""
    return unfolded(objects[list(objects)[-1]], "").partition(b"\0")[2]


def _parent(objects: Mapping[str, bytes]) -> str | None:
    return parse_commit("", _commit(objects)).parent
