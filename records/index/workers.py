"""The processes that help to fill an index: a function done over many jobs by all cores."""

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from records.store.store import Store

if TYPE_CHECKING:  # who looks needs no helpers, and what runs them takes a while to load
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing.process import BaseProcess

_POOL = 2000  # records or commits; below that, starting processes costs more than they save
_CHUNK = 50  # of them to a process at a time
_Job = TypeVar("_Job")
_Found = TypeVar("_Found")


class Workers:
    """Runs a function over many jobs, in processes of its own when there are enough of them; results come in the order of the jobs.

    Args:
        store: the register, which each process opens for itself.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._pool: ProcessPoolExecutor | None = None

    def map(self, function: Callable[[Store, _Job], _Found], jobs: Sequence[_Job]) -> Iterator[_Found]:
        """Yield what a function gives for each job."""
        done = 0
        if self._pool or len(jobs) >= _POOL:
            from concurrent.futures.process import BrokenProcessPool

            with suppress(BrokenProcessPool, OSError):  # no room for processes: what they left undone is done here
                for found in self._started().map(partial(_work, function), jobs, chunksize=_CHUNK):
                    yield found
                    done += 1
                return
        for job in jobs[done:]:
            yield function(self._store, job)

    def expect(self, jobs: int) -> None:
        """Be ready for so many jobs that come in pieces."""
        if jobs >= _POOL:
            with suppress(OSError):
                self._started()

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _started(self) -> "ProcessPoolExecutor":
        if self._pool is None:
            from concurrent.futures import ProcessPoolExecutor
            from multiprocessing import get_context

            # Never by fork: the screens have threads, whose locks a forked child would find held.
            self._pool = ProcessPoolExecutor(min(len(os.sched_getaffinity(0)), 8), get_context("spawn"), _begin_work, (self._store,))
        return self._pool


_helping: list[Store] = []  # in a helping process: the store, opened there once


def _begin_work(store: Store) -> None:
    """In a helping process: leave Ctrl-C to the one that asked for help, and end when that one ends, however it does."""
    _helping.append(store)
    gc.freeze()
    gc.disable()  # records make no circles; looking for them takes a tenth of the time
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: "BaseProcess") -> None:
    parent.join()
    os._exit(1)


def _work(function: Callable[[Store, _Job], _Found], job: _Job) -> _Found:
    return function(_helping[0], job)
