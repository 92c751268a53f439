"""What a screen asks of the app that it runs in: so that screens know no app, and the app knows its screens."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from textual.message_pump import MessagePump
from textual.screen import Screen

from desk.desk import Desk
from desk.settings import Settings
from tui.frame.among import Among
from tui.terminal import Drafts

_T = TypeVar("_T")


class Host(Protocol):
    """The app, as its screens see it.

    Attributes:
        desk: the person's desk; only the thread behind ``ask`` reads the register through it.
        drafts: what the person has typed and not sent.
        settings: what he chose for himself.
        identity: who sits there, for the title.
        registers: whether he registers new matters.
    """

    desk: Desk
    drafts: Drafts
    settings: Settings
    identity: str
    registers: bool

    @property
    def invitation(self) -> str:
        """What is said to whoever is here for the first time, empty for nothing."""

    async def ask(self, work: Callable[[], _T], /) -> _T:
        """Have something done by the thread that reads and writes the register, and return what it gives."""

    def contain(self, error: Exception, where: MessagePump | None = None, doing: str = "") -> bool:
        """Say a fault of the program, write it down and go on, and return True; False where the app cannot go on."""

    def choose(self, **chosen: object) -> None:
        """Go by what the person chose from now on, and keep it for the next time."""

    def key_called(self, key: str) -> str:
        """Return a key as the keyboard names it."""

    def key_for(self, meaning: str) -> str:
        """Return the key that the person goes by for a meaning, as the keyboard names it."""

    def open_case(self, item: str, act: str = "", among: Among | None = None) -> None:
        """Open an item; ``act`` is offered first; ``among`` is the list that it is opened from, to be gone through from there."""

    def page_of(self, screen: Screen[Any]) -> int | None:
        """Return the place among the pages of a screen that is one, None of any other."""

    def pages_counted(self) -> Sequence[str]:
        """Return the pages in their order, each with how much waits on it where that is known."""

    def counted(self, **waiting: int) -> None:
        """Take down how much waits on pages, by their names, as the register stands now."""

    def stands(self) -> None:
        """Told by a screen that what it read stands there: what nobody waits for begins then."""

    def find(self, words: str) -> None:
        """Look for words in the ledger."""
