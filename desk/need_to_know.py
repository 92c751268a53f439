"""Who may see a matter that only a few may know of (D-19; design §4)."""

from datetime import datetime

from records.matter.item import Item
from records.store.view import View


def the_few(item: Item, view: View, at: datetime) -> frozenset[str]:
    """Return those who may see a matter with a need-to-know list, beside the people of its units; empty for any other matter.

    They are those named, the leader over it, who registered it, and who handles it now: of those whom a duty on it falls to the ones
    among these or standing in for them, and all of them only where there is none, so that somebody can always go on with it.
    """
    if not item.need_to_know:
        return frozenset()
    from records.acts.duties import duties, whose

    roster, day = view.roster, at.date()
    known = {*item.need_to_know, item.registered.by, roster.leader_over(item, day) or ""}
    units = {part.unit for part in item.units}
    handling: set[str] = set()
    for duty in duties(view.world(), item, at):
        if any(each.unit in units for each in duty.holders):
            continue
        entitled = {each.person for each in duty.holders if known & {each.person, each.on_behalf_of or each.person}}
        handling |= entitled or set(whose(duty, roster, day))
    return frozenset((known | handling) - {""})
