"""The paper that a matter comes from, and when two papers are one: one paper makes one item (1-0; R-02, D-7).

Index, replay and register all ask here, so that none of them takes for two what another takes for one.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from records.matter.item import Item
from schema.tables import states

_YEAR = re.compile(r"\((?:19|20)\d\d\)")
_MEETING = "会议"
_LEFT_OPEN = re.compile(r"[×✕✖╳*□_]|(?<![a-z0-9])x+(?![a-z0-9])")
"""What stands in a reference for a number that is not told."""


@dataclass(frozen=True)
class Paper:
    """The paper of one item.

    Attributes:
        item: the item's id.
        key: the paper in the form in which two are compared.
        open: whether the item is still to be seen through.
        into: the item it was merged into.
    """

    item: str
    key: str
    open: bool
    into: str | None = None


def paper_of(item: Item) -> Paper:
    """Return the paper of an item.

    A meeting's paper is told by meeting and clause; a reference with a 〔year〕 names its organ itself; any other counts with the organ.
    """
    meeting = (item.meeting.number, item.meeting.clause) if item.meeting else None
    into = item.closed.merged_into if item.closed is not None and item.state == "merged" else None
    return Paper(
        item.id, paper_key(item.source.kind, item.source.organ, item.source.ref, meeting), item.state not in states("closed"), into
    )


def paper_key(kind: str, organ: str, ref: str, meeting: tuple[str, str] | None) -> str:
    """Return the paper of an item in the form in which two are compared.

    Args:
        kind: of source.
        organ: that it came from.
        ref: its reference.
        meeting: number and entry of the minutes, where it came from a meeting.
    """
    if kind == "director_meeting" and meeting is not None:
        return meeting_key(*meeting)
    told = ("文号", ref) if _YEAR.search(folded(ref)) else ("来文", organ, ref)
    return "\n".join(map(folded, told))


def meeting_key(number: str, clause: str) -> str:
    """Return the key of the paper of what a meeting decided under an entry of its minutes (D-7)."""
    return "\n".join(map(folded, (_MEETING, number, clause)))


def is_unsure(item: Item) -> bool:
    """Say whether the paper cannot be told from another: its reference is blank, or its number is left open (×)."""
    meeting = item.meeting if item.source.kind == "director_meeting" else None
    told = (meeting.number, meeting.clause) if meeting else (item.source.ref,)
    return any(not folded(each) or _LEFT_OPEN.search(folded(each)) for each in told)


def open_item(papers: Iterable[Paper], find: Callable[[str], Paper | None]) -> str | None:
    """Return the oldest open item that stands for one of these papers, its own or the one it was merged into; None without one.

    Args:
        papers: those with the key in question.
        find: gives the paper of an item, None for an item that there is not.
    """
    found = {last.item for paper in papers if (last := _followed(paper, find)) is not None and last.open}
    return min(found, key=lambda item: (item[3:7], int(item[8:])), default=None)


def _followed(paper: Paper, find: Callable[[str], Paper | None]) -> Paper | None:
    seen: set[str] = set()
    last: Paper | None = paper
    while last is not None and last.into is not None and last.item not in seen:
        seen.add(last.item)
        last = find(last.into)
    return last


def carried_key(item: Item) -> str | None:
    """Return by what a matter is told in the ledger that it was carried in from; None for any other, and where that was taken back."""
    came = item.carried_in
    undone = item.state == "cancelled" and any(each.act == "carry_in_item" for each in item.taken_back)
    return None if came is None or undone else carried(came.ledger, came.number)


def carried(ledger: str, number: str) -> str:
    """Return a number of another ledger in the form in which two are compared."""
    return "\n".join((folded(ledger), folded(number)))


class Papers:
    """The papers of all the items noted so far, and the numbers that they had in another ledger.

    Args:
        earlier: gives an item that is not noted yet, None where there is none: what an item was merged into may be one.
    """

    def __init__(self, earlier: Callable[[str], Item | None] = lambda item: None) -> None:
        self._earlier = earlier
        self._carried: dict[str, str] = {}
        self._of: dict[str, Paper] = {}
        self._with: dict[str, set[str]] = {}

    def note(self, item: Item) -> None:
        """Note the paper of an item as it stands now."""
        paper = paper_of(item)
        if (old := self._of.get(item.id)) is not None:
            self._with[old.key].discard(item.id)
        self._of[item.id] = paper
        self._with.setdefault(paper.key, set()).add(item.id)
        if item.carried_in is not None:
            key = carried(item.carried_in.ledger, item.carried_in.number)
            if carried_key(item) is not None:
                self._carried[key] = item.id
            elif self._carried.get(key) == item.id:
                del self._carried[key]

    def find(self, item: str) -> Paper | None:
        """Return the paper of an item by its id, None for an item that there is not."""
        if item not in self._of and (earlier := self._earlier(item)) is not None:
            self.note(earlier)
        return self._of.get(item)

    def same_source(self, key: str) -> str | None:
        """Return the open item that a paper of this key belongs to, None without one."""
        return open_item([self._of[item] for item in self._with.get(key, ())], self.find)

    def carried_in(self, key: str) -> str | None:
        """Return the item that came in under that number of another ledger, None without one."""
        return self._carried.get(key)


def folded(text: str) -> str:
    """Return a reference as it is compared: without regard to width, case, kind of bracket, blanks and dashes."""
    return text.translate(_ALONE) if _PLAIN.fullmatch(text) else _folded(text)


def _folded(text: str) -> str:
    return "".join(map(_sign, unicodedata.normalize("NFKC", text).casefold()))


_PLAIN = re.compile("[ -~\u00b7\u00d7\u2010-\u2027\u3000-\u3029\u4e00-\u9fff\uff01-\uff5e]*")
"""Text in which each sign is folded by itself, whatever stands beside it; nearly all is."""


class _Signs(dict[int, str]):
    """What each sign comes to, found once."""

    def __missing__(self, sign: int) -> str:
        self[sign] = folded = _folded(chr(sign))
        return folded


_ALONE = _Signs()


def _sign(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind in ("Ps", "Pe") or sign in "<>":
        return "(" if kind == "Ps" or sign == "<" else ")"
    return "" if kind[0] in "ZC" or kind == "Pd" or sign == "\N{MINUS SIGN}" else sign
