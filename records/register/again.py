"""An act that lost the race against another server is done again, from the start, on where the register stands now.

That is the whole of what several servers need from the acts: still lawful, it lands; no longer lawful, it is refused with the reason. The
store has brought the register up to date by then; here is the one place where anything is tried again. A refusal that may rest on what
another server has changed meanwhile is looked at again too, before anybody is told.
"""

import random
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from records.procedure.case import Refusal
from records.store.store import Followed, MovedError, StoreError


class _Register(Protocol):
    def head(self) -> str | None:
        """Return where the register stands."""

    def follow(self) -> Followed | None:
        """Go on to where the upstream stands."""


_R = TypeVar("_R", bound=_Register)
_P = ParamSpec("_P")
_T = TypeVar("_T")
_PATIENCE = 30.0  # seconds
_PAUSE = 0.01  # seconds at most before the second try; the third waits half as long again, and so on
_LONGEST = 0.5


def until_it_lands(act: Callable[Concatenate[_R, _P], _T]) -> Callable[Concatenate[_R, _P], _T]:
    """Return what does an act again as long as other servers are quicker, for half a minute.

    The pauses are random, so that two servers that lost together do not lose together again.
    """

    @wraps(act)
    def done(register: _R, /, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        end, pause, seen = time.monotonic() + _PATIENCE, _PAUSE, False
        while True:
            before = register.head()
            try:
                found = act(register, *args, **kwargs)
                if seen or not _refused(found) or not _has_moved(register, before):
                    return found
                seen = True  # what is refused now is refused on what was so after he asked for it
                continue
            except MovedError as moved:
                if time.monotonic() > end:
                    told = "别的服务器一直先办，本次操作未写入。请稍后再试；一直这样的，请系统管理员查看上级库。"
                    raise StoreError(told) from moved
            time.sleep(random.uniform(0, pause))
            pause = min(1.5 * pause, _LONGEST)

    return done


def _refused(found: object) -> bool:
    """Whether nothing landed and something was refused: what lands shows that the register stood where the upstream does."""
    return isinstance(found, Refusal) or (isinstance(found, tuple) and len(found) > 0 and all(isinstance(each, Refusal) for each in found))


def _has_moved(register: _Register, since: str | None) -> bool:
    """Whether the upstream stands elsewhere than the register did, which now stands there too; where nobody can be asked nothing moved."""
    with suppress(StoreError):
        followed = register.follow()
        return followed is not None and followed.new != since
    return False
