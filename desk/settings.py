"""What a person chose for himself: colours, the columns, the order and the views of his ledger, his keys, how far he is in the tour.

It lies beside his drafts, never in a record, as what he follows does: how somebody likes to look at things is nobody else's affair. It
grants nothing: a view lists what he may see, and of matters that he put into it himself those that he still may.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from desk.desk import Desk
from desk.ledger import Order
from records.store.disk import plain_bytes, replace_durably, reporting
from records.store.store import StoreError

_LARGEST = 1 << 20  # bytes: views of some tens of thousands of matters


@dataclass(frozen=True)
class LedgerView:
    """A view of the ledger.

    Attributes:
        name: by which it is known.
        words: filters and words, as they are typed where one searches.
        order: of the lines, empty for whatever it is.
        items: the only matters that it lists, empty for all.
    """

    name: str
    words: str = ""
    order: Order | Literal[""] = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """All that a person chose; whatever he did not choose is empty.

    Attributes:
        theme: name of the colours.
        columns: names of the ledger's columns, in their order.
        order: of its lines.
        view: name of the view in which he left the ledger.
        views: those that he saved.
        keys: what he moved to another key, each with that key.
        tour: whether he is on the tour of the demo or has left it; empty until he answers the offer.
        toured: names of its steps that he has done.
        damaged: whether what was kept cannot be read; it is lost with the next choice.
    """

    theme: str = ""
    columns: tuple[str, ...] = ()
    order: Order = "number"
    view: str = ""
    views: tuple[LedgerView, ...] = ()
    keys: dict[str, str] = field(default_factory=dict)
    tour: Literal["", "on", "off"] = ""
    toured: tuple[str, ...] = ()
    damaged: bool = False


def settings(desk: Desk) -> Settings:
    """Return what the person at a desk chose; nothing where nobody sits there, or where what was kept cannot be read."""
    if desk.person is None:
        return Settings()
    try:
        return msgspec.json.decode(plain_bytes(_file(desk), _LARGEST), type=Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, StoreError, ValueError, msgspec.MsgspecError, RecursionError):
        return Settings(damaged=True)


def choose(desk: Desk, **chosen: object) -> None:
    """Keep what a person chose now beside what he chose before, also meanwhile in another window; nothing where nobody sits there.

    Args:
        desk: the person's.
        chosen: fields of `Settings` with what they are to be.

    Raises:
        StoreError: the disk refuses.
    """
    if desk.person is None:
        return
    now = replace(settings(desk), damaged=False, **chosen)  # type: ignore[arg-type]  # dataclasses.replace takes fields by name
    path = _file(desk)
    with reporting("保存设置", path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_durably(path, msgspec.json.format(msgspec.json.encode(now)), 0o600)


def _file(desk: Desk) -> Path:
    assert desk.person is not None
    return desk.register.drafts / desk.person.id / "settings"
