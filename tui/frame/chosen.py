"""The app as one person likes it: what he chose is worn from the start and kept for the next time."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from textual.binding import Binding
from textual.events import Event, Key

from desk.desk import Desk
from desk.settings import Settings, choose, settings
from records.store.store import StoreError
from tui.frame.screen import begin
from tui.terminal import ChineseApp, themes
from tui.terminal.keymap import KEYS, OwnKeys, widened

_T = TypeVar("_T")
_CALLED = {"enter": "回车", "escape": "Esc", "slash": "/", "space": "空格", "question_mark": "?"}
_CALLED |= {"up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End"}
_CALLED |= {"tab": "Tab", "backspace": "退格"}


class ChosenApp(ChineseApp):
    """Base of the app: remembers for each person what he chose.

    Attributes:
        settings: of who sits at the desk.
        keys: those that he gave himself.
    """

    desk: Desk
    settings: Settings
    keys = OwnKeys({})

    def __init__(self, *, theme: str | None = None, wide_lines: bool = False, slow: bool = False) -> None:
        """Make the app, as `ChineseApp`; a theme that is named here, and that of a slow line, hold whatever a person chose."""
        super().__init__(theme=theme, wide_lines=wide_lines, slow=slow)
        self._usual, self._fixed = self.theme, slow or theme is not None

    async def ask(self, work: Callable[[], _T], /) -> _T:
        """Have something done by the thread that reads and writes the register; given by the app."""
        raise NotImplementedError

    async def on_event(self, event: Event) -> None:
        """Take a key of the person's own for the one that it stands for."""
        await super().on_event(self.keys.meant(event) if isinstance(event, Key) and not event.is_forwarded else event)

    def meant(self, key: Key) -> Key:
        """Take a wide sign of an input method for the narrow one where it commands."""
        return widened(key)

    def key_called(self, key: str) -> str:
        """Return a key as the keyboard names it."""
        parts = key.split("+")
        return "+".join(_CALLED.get(part, part.capitalize() if len(part) > 1 or len(parts) > 1 else part) for part in parts)

    def key_for(self, meaning: str) -> str:
        """Return the key that the person goes by for a meaning, as the keyboard names it."""
        return self.key_called(self.keys.shown(KEYS[meaning].key))

    def get_key_display(self, binding: Binding) -> str:
        """Return the key that the person goes by, as the keyboard names it."""
        return self.key_called(binding.key_display or self.keys.shown(binding.key))

    def dress(self) -> None:
        """Go by what the person at the desk chose; in colours unless the line wants others, or the terminal none but its own."""
        self.settings = settings(self.desk)
        self.keys = OwnKeys(self.settings.keys)
        wanted = self.settings.theme
        fits = wanted in themes.NAMES and not (self.no_color and wanted in themes.OWN)
        self.theme = wanted if fits and not self._fixed else self._usual

    def choose_theme(self, name: str) -> None:
        """Change to a theme, and remember it."""
        super().choose_theme(name)
        self.choose(theme=name)

    def choose(self, **chosen: object) -> None:
        """Go by what the person chose from now on, and keep it for the next time; says so where it cannot be kept."""
        self.settings = replace(self.settings, damaged=False, **chosen)  # type: ignore[arg-type]  # as `desk.settings.choose` takes it
        self.keys = OwnKeys(self.settings.keys)
        desk = self.desk

        async def keep() -> None:
            try:
                await self.ask(partial(choose, desk, **chosen))
            except StoreError as error:
                self.notify(f"这次照用，下次登录要重新设：{error}", severity="warning")

        begin(self, f"settings {' '.join(chosen)}", keep)

    def say_damaged(self) -> None:
        """Tell whose settings cannot be read that they are those of the program now."""
        if self.settings.damaged:
            self.notify("您的设置读不出来，先用原来的颜色、视图和按键。重新设一次就好。", severity="warning", timeout=20)
