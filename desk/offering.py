"""In which order acts are offered: first what is the person's to do now, last what he could only do over again."""

from collections.abc import Iterable, Sequence

from records.acts import Duty, Prospect
from records.matter.item import Item
from records.matter.roundup import Roundup
from records.procedure.input_places import within


def offered(
    prospects: Iterable[Prospect], record: Item | Roundup | None, due: Sequence[Duty], person: str, meant: str = ""
) -> tuple[Prospect, ...]:
    """Return acts as they are offered.

    The open ones come first, of these what the person owes as of now, then what may be done any time, and what he would only do over
    again last. Of the others first comes what the record waits for.

    Args:
        prospects: the acts on a record.
        record: the record, None where there is none yet.
        due: what is owed on it now, what its last step asked for first.
        person: id of who is offered them.
        meant: the act for which he opened the record; it comes first as long as he owes it.
    """
    mine = [duty.act for duty in due if person in duty.people]
    waited_for = [duty.act for duty in due]

    def rank(each: Prospect) -> tuple[bool, int, bool, bool]:
        name, shut = each.spec.name, each.refusal is not None
        first = waited_for if shut else mine
        place = len(first) if name not in first else -1 if name == meant else first.index(name)
        at = each.spec.given_at
        again = not (shut or name in mine or at.endswith("[-1]")) and bool(at) and within(record, at) is not None
        return shut, place, again, each.spec.optional

    return tuple(sorted(prospects, key=rank))
