"""What an act would do away with that its author has not seen: somebody else wrote it after the record was put before him.

Found by comparing three states of the record, as it was seen, as it stands and as the act would leave it: so it holds for every act that
overwrites anything, and no act says of itself that it does.
"""

from collections.abc import Iterator, Mapping

from records.procedure.input_places import place_of, standing
from schema.problem import Field
from schema.tables import ActSpec, checker

Data = Mapping[str, object]
_TEXTS = {
    "report": ("report", ("title", "body", "attachments", "attachment_text", "shell")),
    "outgoing": ("outgoing", ("series", "kind", "title", "to", "copy_to", "body", "attachments", "attachment_text")),
}
_FOLLOWS = ("state", "hash")
"""Members that follow from the others, and so are nobody's words."""


def unseen(spec: ActSpec, seen: Data, now: Data, after: Data) -> tuple[Field, ...]:
    """Return the places at which an act would do away with what is not as its author saw it, or rests on a text that is not.

    Args:
        spec: the act.
        seen: the record as its author had it before him; empty where nothing of it can count as seen.
        now: the record as it stands.
        after: the record as the act would leave it.
    """
    if seen == now:
        return ()
    if spec.target == "numbers":
        return (("entries",),)  # the next number is another one than he was shown
    found = [*_gone_on_with(spec, seen, now, after), *_overwritten(seen, now, after), *_shown(spec, seen, now)]
    return tuple(dict.fromkeys(found))


def unseen_inputs(spec: ActSpec, seen: Data, now: Data) -> tuple[str, ...]:
    """Return the inputs that a form fills with what stands in the record, where that is no longer what it was filled with."""
    return tuple(each.name for each in spec.inputs if each.again and standing(each, seen) != standing(each, now))


def labels(kind: str, places: tuple[Field, ...]) -> tuple[str, ...]:
    """Return what places of a kind of record are called, each name once: a stamp by what was done, anything else by its own name."""
    check, found = checker(kind), []
    for place in places:
        parts = place[:-1] if place[-1] in ("by", "at", "on_behalf_of", "entered_by", "scan") and len(place) > 1 else place
        named = next((title for end in range(len(parts), 0, -1) if (title := check.at(parts[:end]).get("title"))), parts[0])
        found.append(str(named))
    return tuple(dict.fromkeys(found))


def _gone_on_with(spec: ActSpec, seen: Data, now: Data, after: Data) -> Iterator[Field]:
    """Yield the inputs that began with what was seen, where the act would put something else in the place of what stands now."""
    for wanted in spec.inputs:
        if wanted.name in unseen_inputs(spec, seen, now) and standing(wanted, after) != standing(wanted, now):
            yield place_of(wanted)


def _overwritten(seen: Data, now: Data, after: Data) -> Iterator[Field]:
    was, left = dict(_leaves(seen)), dict(_leaves(after))
    for place, value in _leaves(now):
        if place[-1] not in _FOLLOWS and was.get(place) != value and left.get(place) != value:
            yield place


def _shown(spec: ActSpec, seen: Data, now: Data) -> Iterator[Field]:
    """Yield the text that was before his eyes, where it is another now; what is signed carries its own hash."""
    if spec.signs or not spec.text:
        return
    if spec.text == "roundup":
        yield from ((name,) for name in ("text", "rows", "figures") if seen.get(name) != now.get(name))
        return
    place, members = _TEXTS[spec.text]
    was, stands = (each if isinstance(each := record.get(place), Mapping) else {} for record in (seen, now))
    yield from ((place, name) for name in members if was.get(name) != stands.get(name))


def _leaves(value: object, place: Field = ()) -> Iterator[tuple[Field, object]]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _leaves(entry, (*place, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _leaves(entry, (*place, index))
    else:
        yield place, value
