"""What the shell is offered to go on with when Tab is pressed: acts, matters, people. It offers nothing where it cannot look.

It is asked inside of ``duban`` itself, each time anew: each looks with the eyes of whoever types, and imports what it needs when asked.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

import click

from schema.text import show
from tui.command.caller import Caller
from tui.command.common import desk_of
from tui.command.environment import Unknown

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from desk.desk import Desk

_MOST = 60


def acts_named(_: click.Context, __: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Return the acts whose name or label begins so."""
    from schema.tables import acts

    return _begun({name: each.label for name, each in acts().items()}, begun)


def items_named(context: click.Context, _: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Return the matters that these letters or digits lead to, the newest first: a few digits of the number are enough."""
    from records.store.store import StoreError

    with suppress(StoreError, Unknown, OSError):
        return list(islice(_items(context, begun), _MOST))
    return []


def people_named(context: click.Context, _: click.Parameter, begun: str) -> "list[CompletionItem]":
    """Return the people of the roster whose id or name begins so."""
    from records.store.record_files import Unreadable
    from records.store.store import StoreError

    with suppress(StoreError, Unreadable, Unknown, OSError):
        return _begun({key: each.name for key, each in _desk(context).view.roster.people.items()}, begun)
    return []


def _begun(named: Mapping[str, str], begun: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    return [CompletionItem(key, help=show(name)) for key, name in named.items() if key.startswith(begun) or name.startswith(begun)]


def _items(context: click.Context, begun: str) -> "Iterator[CompletionItem]":
    from click.shell_completion import CompletionItem

    for excerpt, _ in _desk(context).ledger(begun):
        if begun in excerpt.id or begun in excerpt.title:
            yield CompletionItem(excerpt.id, help=show(excerpt.title))


def _desk(context: click.Context) -> "Desk":
    root = context.find_root()
    if not isinstance(root.obj, Caller):  # the line is only read so far, and nothing of it has been run
        root.obj = Caller(root.params.get("place"))
    return desk_of(context, context.params.get("person"))
