"""Who changed a fact of a matter, from what to what, and where the new value first came from: the answer to one question (三（三）).

The steps of a matter tell what was done; the versions of its record, what it came to. So "who moved this deadline, on whose request" is the
step in which the member changed, and the earlier one that first wrote the value, such as a request for more time.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from desk.classified import is_hidden
from records.matter.altered import Altered, altered
from records.matter.history import Step
from records.matter.item import Item
from records.matter.plain_data import to_data
from records.register.register import Register
from records.store.paths import item_path
from records.store.record_files import Unreadable
from schema.tables import checker


@dataclass(frozen=True)
class StepChange:
    """What a step made of one fact.

    Attributes:
        step: the step.
        changes: the members it changed.
        source: an earlier step that wrote the new value first, None where this one did.
    """

    step: Step
    changes: tuple[Altered, ...]
    source: Step | None


def members(words: str) -> frozenset[str]:
    """Return the members of an item that a person means by a name: its key or what the schema calls it; empty for none."""
    known = checker("item").at(()).get("properties", {})
    assert isinstance(known, Mapping)
    return frozenset(key for key in known if words in (key, checker("item").at((key,)).get("title")))


def changes_of(register: Register, item: Item, steps: Sequence[Step], wanted: frozenset[str]) -> Iterator[StepChange]:
    """Yield the steps that changed members of an item, oldest first; of what is shown no more, nothing.

    Args:
        register: the register.
        item: the item as it stands.
        steps: its history, oldest first.
        wanted: keys of the item; those members alone.
    """
    known: list[tuple[Step, tuple[Altered, ...]]] = []
    before: Mapping[str, object] = {}
    for step in steps:
        record = version(register, step.commit, item.id)
        after = to_data(record) if record else before
        made = () if is_hidden(item, step) else tuple(altered(item_path(item.id), "item", before, after))
        before = after
        if changes := tuple(each for each in made if each.place[0] in wanted):
            new = {each.new for each in changes if isinstance(each.new, str)}
            yield StepChange(step, changes, next((earlier for earlier, told in known if any(_holds(each.new, new) for each in told)), None))
        known.append((step, made))


def version(register: Register, commit: str, item: str) -> Item | None:
    """Return an item as it stood at a commit; None where there was none, or none that passes: what was broken was mended by a later one."""
    with suppress(Unreadable):
        return register.view(commit).item(item)
    return None


def _holds(value: object, wanted: set[str]) -> bool:
    if isinstance(value, Mapping):
        return any(_holds(each, wanted) for each in value.values())
    if isinstance(value, list | tuple):
        return any(_holds(each, wanted) for each in value)
    return isinstance(value, str) and value in wanted
