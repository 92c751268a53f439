"""Follows the register, publishes what changes and heals what is damaged; in a thread or process of its own: no act ever waits for it."""

import threading
from collections.abc import Callable, Mapping
from time import monotonic, thread_time

from documents.publishing.changes import changes
from documents.publishing.publisher import Built, Publisher
from records.register.register import Register

_STEP = 50  # milliseconds of quiet after a change before it is told; watchfiles wakes once in each of them, changes or not
_BURST = 100  # milliseconds after which it is told although there is no quiet
_LOOK = 2.0  # seconds between looks at the head, for what raises no event there: ``git pack-refs``, a lost event, a network disk
SHARE = 1000
"""A look at all files of the folder is not repeated before so many times what it took: a thousandth of a core."""


def follow(
    register: Register,
    publisher: Publisher,
    *,
    stop: threading.Event,
    built: Callable[[tuple[Built, ...]], None],
    failed: Callable[[Exception], None],
    told: Callable[[str], None],
) -> None:
    """Keep the published folder whole and at the register's head until told to stop; returns promptly then, after the PDF in hand if any.

    Takes the publisher's lock itself. While another publisher has it, this one stands by without watching anything, and takes over when
    the other is gone. Commits that come while documents are being made are published together afterwards.

    Args:
        register: what to follow.
        publisher: what publishes it.
        stop: set it to end.
        built: called with what each pass did, if it did anything.
        failed: called with each error; the same one again is not told twice. Following goes on and tries again.
        told: called with a line for a person when the system does not tell of changes, and they are looked for instead.
    """
    follower = _Follower(register, publisher, stop, built, failed, told)
    while not stop.is_set():
        try:
            with publisher.try_lock() as mine:
                if mine:
                    follower.work()
        except Exception as error:  # whatever it is, the next commit deserves its documents
            follower.tell(error)
        stop.wait(_LOOK)


class _StoppedError(Exception):
    """Ends a pass in its middle."""


class _Follower:
    def __init__(
        self,
        register: Register,
        publisher: Publisher,
        stop: threading.Event,
        built: Callable[[tuple[Built, ...]], None],
        failed: Callable[[Exception], None],
        told: Callable[[str], None],
    ) -> None:
        self._register, self._publisher, self._stop = register, publisher, stop
        self._built, self._failed, self._said = built, failed, told
        self._seen: str | None = None
        self._stamps: Mapping[str, tuple[int, ...]] | None = None
        self._healed: set[str] = set()
        self._next = 0.0  # before when the folder is not looked through again
        self._told = ""

    def work(self) -> None:
        """Publish whenever the branch moves; returns when told to stop, raises when watching is impossible."""
        self._look()
        for _ in changes(
            self._register.watched,
            wanted=lambda _: True,
            recursive=False,
            burst=_BURST,
            step=_STEP,
            timeout=round(_LOOK * 1000),
            stop=self._stop,
            told=self._told_once,
        ):
            self._look()

    def tell(self, error: Exception) -> None:
        """Report an error unless it was the last one reported."""
        if (words := f"{type(error).__name__}: {error}") != self._told:
            self._told = words
            self._failed(error)

    def _told_once(self, text: str) -> None:
        self._said(text)
        self._said = lambda _: None

    def _look(self) -> None:
        """Publish what was committed, then put back what somebody deleted or altered, as often as the size of the folder allows."""
        head = self._register.head()
        try:
            if head != self._seen and (done := self._publisher.catch_up(self._end_if_stopped)):
                self._built(done)
            if monotonic() >= self._next:
                self._heal()
        except Exception as error:  # whatever it is, the next commit deserves its documents
            if not self._stop.is_set():
                self.tell(error)
        else:
            self._seen, self._told = head, ""

    def _heal(self) -> None:
        """Put back what was deleted or altered; at first all is compared, later what was touched since the last look."""
        begun, spent = monotonic(), thread_time()
        stamps = self._publisher.stamps()  # before anything is compared, so that what is altered meanwhile is seen the next time
        took = thread_time() - spent  # of a core: who had to wait for one shall not wait a thousand times as long again
        touched = None if self._stamps is None else {name for name, _ in stamps.items() ^ self._stamps.items()} | self._healed
        done = self._publisher.heal(touched, self._end_if_stopped) if touched != set() else ()
        # Deleted once more it would look as it did before.
        self._healed = {name for each in done for name in each.files}
        self._stamps, self._next = stamps, begun + SHARE * took
        if done:
            self._built(done)

    def _end_if_stopped(self, _done: int, _all: int) -> None:
        if self._stop.is_set():
            raise _StoppedError
