"""What was written down outside the register bears witness to its history: codes on paper, heads in a mirror's book.

A history that was cut, or run again with something left out, is lawful in itself. It is another history all the same: the checkpoint whose
code was printed does not stand in it, the head that the mirror saw is none of its commits. So each that is found vouches for everything up
to its commit, against whoever holds the server; beyond the newest of them nothing outside does.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from records.audit.finding import Finding
from records.matter.checkpoint import Checkpoint


@dataclass(frozen=True)
class Witness:
    """Something outside that was held against the history.

    Attributes:
        what: the code, or the head with its day, as it was given.
        commit: up to which it vouches, "" where it contradicts the history.
        count: which commit that is, counted from the first.
        at: when it was written down, as far as that is known.
    """

    what: str
    commit: str
    count: int
    at: str = ""


def by_codes(codes: Sequence[str], taken: Mapping[str, Checkpoint], history: Mapping[str, int]) -> Iterator[Witness]:
    """Yield what codes typed in from paper vouch for.

    Args:
        codes: as ``records.matter.checkpoint.typed`` returns them.
        taken: code to checkpoint, those that came out again when history was.
        history: commit to its place, counted from 1.
    """
    for code in codes:
        found = taken.get(code)
        place = history.get(found.commit, 0) if found else 0
        yield Witness(code, found.commit, place, found.at) if found and place == found.count else Witness(code, "", 0)


def by_heads(seen: Sequence[tuple[str, str, int]], history: Mapping[str, int]) -> Iterator[Witness]:
    """Yield what the heads in a mirror's book vouch for: the newest that stands in the history, and each that does not.

    Args:
        seen: time, commit and count of each, oldest first.
        history: commit to its place, counted from 1.
    """
    newest: Witness | None = None
    for at, head, count in seen:
        if history.get(head) == count:
            newest = Witness(head[:12], head, count, at)
        else:
            yield Witness(f"{head[:12]}（{at[:16].replace('T', ' ')}，第{count}笔）", "", 0, at)
    if newest is not None:
        yield newest


def contradictions(witnesses: Sequence[Witness]) -> Iterator[Finding]:
    """Yield a finding for each witness that contradicts the history."""
    best = max((each.count for each in witnesses if each.commit), default=0)
    since = f"第{best}笔以后" if best else "不知从哪一笔起"
    for each in witnesses:
        if not each.commit:
            reason = f"外面记下的 {each.what} 不在这段历史里：{since}被改写、截短过，或者不是同一个登记簿。"
            yield Finding("checkpoint", reason, paths=(each.what,))
