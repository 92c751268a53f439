"""By which route a matter is reported up (domain 1.5)."""

from typing import Literal

from records.matter.item import Item

Series = Literal["special", "letter"]

_LETTER_KINDS = frozenset(
    {"organ_assignment", "indicator", "npc_motion", "npc_suggestion", "cppcc_proposal", "party_delegate_proposal", "peer_request"}
)


def route(item: Item) -> Series | None:
    """Return the series under which the bureau reports on a matter from that source (domain 1.5), None for the bureau's own."""
    if item.source.kind == "leader_instruction":
        return "special"
    return "letter" if item.source.kind in _LETTER_KINDS else None
