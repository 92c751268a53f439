"""The screens between which a person moves freely: they share the keys that lead from one to the other."""

from typing import ClassVar, TypeVar

from textual.binding import Binding, BindingType

from tui.screens.base import DeskScreen

_T = TypeVar("_T")


class Browsing(DeskScreen[_T]):
    """A screen from which the others are one key away; nothing is being typed here that could be lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "app.inbox", "待办"),
        Binding("f3", "app.ledger", "台账"),
        Binding("f4", "app.people", "换身份"),
    ]
