"""Which fields of 登记立项 a matter needs: those of its category, and those that its secrecy asks for; the rest stand behind a key.

The gates of registration decide what must be there (records/acts/registration); here nothing is asked or refused, only left out of sight,
and what is refused for want of a field brings it back.
"""

from collections.abc import Iterable, Mapping

from desk.paper_entry import PAPER, entered
from records.rules.routes import lawful_kinds
from schema.tables import acts

_MEETING = ("meeting_number", "meeting_clause")
_SUGGESTION = ("proposer", "session", "suggestion_number", "suggestion_role")
_LEADER = ("instruction_leader",)
_DEGREE = ("secrecy_years", "copy_number")
MORE = ("need_to_know", "original", "another_paper", "lead", "assisting", "due")
"""Fields that few matters need whatever their category."""

_SUGGESTED = 7
"""The category of suggestions and proposals (1-7)."""


def needless(act: str, words: Mapping[str, str], *, more: bool = False) -> frozenset[str]:
    """Return the fields of an act's form that a matter does not need as far as it is filled in.

    Of an act but registration these are the fields for a signature that was given on paper.

    Args:
        act: the act.
        words: what stands in its fields.
        more: whether the person asked for those that few matters need.
    """
    if not _registers(act):
        return frozenset() if more or entered(words) else frozenset(PAPER)
    category = words.get("category", "")
    came = {words["source_kind"]} if words.get("source_kind") else set(lawful_kinds(int(category))) if category.isdigit() else set()
    hidden = set() if more else set(MORE)
    hidden |= set() if "director_meeting" in came else set(_MEETING)
    hidden |= set() if category == str(_SUGGESTED) else set(_SUGGESTION)
    hidden |= set() if "bureau_leader_instruction" in came else set(_LEADER)
    hidden |= set() if words.get("secrecy", "none") not in ("", "none") else set(_DEGREE)
    return frozenset(hidden)


def has_more(act: str, asked: Iterable[str]) -> bool:
    """Say whether any of the fields that a form asks for stands behind the key for those that few matters need."""
    return any(name in (*MORE, *PAPER) for name in needless(act, {}) & set(asked))


def derived(act: str, words: Mapping[str, str]) -> dict[str, str]:
    """Return what follows for other fields from what stands in some: the kind of source where the category leaves but one."""
    category = words.get("category", "")
    lawful = lawful_kinds(int(category)) if _registers(act) and category.isdigit() else ()
    return {"source_kind": lawful[0]} if len(lawful) == 1 else {}


def _registers(act: str) -> bool:
    """Whether an act begins a matter in the first state there is; what is carried in comes in the state that it had."""
    spec = acts().get(act)
    return spec is not None and spec.target == "item" and not spec.from_states and bool(spec.to)
