"""The app that every screen runs in: Textual made fit for Chinese over SSH, with no English left of its own."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from typing import ClassVar

from rich.text import Text
from textual._context import active_message_pump
from textual.app import App, RenderResult, ScreenStackError, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import NoScreen
from textual.events import Event, Key, Paste, Resize
from textual.geometry import Size
from textual.message_pump import MessagePump
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import LoadingIndicator
from textual.worker import WorkerFailed, get_current_worker

from schema.text import show
from tui.terminal import themes
from tui.terminal.awaiting_keys import sleep_until_keys_come
from tui.terminal.cutting import mark_cuts
from tui.terminal.drawing import draw
from tui.terminal.faults import contain_faults, while_drawing
from tui.terminal.going_on import go_on_once
from tui.terminal.keymap import bound
from tui.terminal.layouts import lay_out_once
from tui.terminal.leaving import leave_on_hangup
from tui.terminal.no_file import say_no_file
from tui.terminal.palette import ChinesePalette
from tui.terminal.pastes import keep_pastes_whole
from tui.terminal.safety import SafeOutput
from tui.terminal.same_words import say_once
from tui.terminal.sparing import Sheet, SparingOutput
from tui.terminal.status_line import StatusLine
from tui.terminal.style_sheets import parse_style_sheets_once
from tui.terminal.typing_order import TypingOrder
from tui.terminal.wrapping import break_chinese_lines

_LARGEST = Size(500, 200)
"""Cells that are drawn; whoever says that his window is larger (9999 by 9999, 1 GB and minutes of work) gets its upper left part."""


def _loading(self: LoadingIndicator) -> RenderResult:
    return Text("正在读取…")


def _ascii_borders() -> None:
    """Draw every border and scrollbar with characters that are one cell wide in any terminal."""
    from textual import _border
    from textual.scrollbar import ScrollBarRender

    for name, characters in _border.BORDER_CHARS.items():
        if not all(char.isspace() for row in characters for char in row):
            _border.BORDER_CHARS[name] = _border.BORDER_CHARS["ascii"]
    _border.get_box.cache_clear()
    ScrollBarRender.VERTICAL_BARS = ScrollBarRender.HORIZONTAL_BARS = [" "] * 8


def _drawn(size: Size) -> Size:
    return Size(min(size.width, _LARGEST.width), min(size.height, _LARGEST.height))


class ChineseApp(SparingOutput, SafeOutput):
    """Base of the app: safe output, Chinese line breaking and wording, still pictures, an orderly exit.

    Show messages with a `StatusLine` on each screen: `notify` goes there, and to a toast only where a screen has none
    (a toast cuts wide characters beneath it, https://github.com/Textualize/textual/issues/6357).
    Give priority to no binding but quitting and the palette. Do not use Textual's Header, KeyPanel or HelpPanel: they speak English.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "退出", show=False, priority=True),
        bound("go", "command_palette", priority=True),
    ]

    GROUND: ClassVar[int] = 1
    """Screens at the bottom of the stack that the app cannot do without: a fault there ends it."""

    ASIDE: ClassVar[frozenset[str]] = frozenset()
    """Groups of workers that look up what stands beside; no key waits long for them."""

    def __init__(self, *, theme: str | None = None, wide_lines: bool = False, slow: bool = False) -> None:
        """Make the app.

        Args:
            theme: name of a theme in `themes.NAMES`; by default the dark one; the terminal's own on a slow line or under NO_COLOR.
            wide_lines: whether the terminal draws the lines of boxes two cells wide (`Widths.wide_lines`).
            slow: whether the line is slow: few colours, few drawings, and nothing sent twice.
        """
        draw(slow)
        parse_style_sheets_once()
        super().__init__()
        if slow:
            self.sheet = Sheet()
        self._falling: set[Screen[object]] = set()
        self._lost = False
        self.typing = TypingOrder(self, super().on_event, meant=self.meant, aside=self.ASIDE)
        break_chinese_lines()
        mark_cuts()
        lay_out_once()
        keep_pastes_whole()
        sleep_until_keys_come()
        go_on_once()
        say_no_file()
        say_once()
        contain_faults()
        LoadingIndicator.render = _loading  # type: ignore[method-assign]  # "Loading..." where animations are off
        if wide_lines:
            _ascii_borders()
        self.animation_level = "none"
        self.register_theme(themes.DARK)
        self.register_theme(themes.LIGHT)
        self.register_theme(themes.TERMINAL_LIGHT)
        self.theme = theme or ("ansi-dark" if slow or self.no_color else themes.DARK.name)

    def keep_drafts(self) -> str:
        """Write every draft to disk, and return why one could not be written, empty where all were; called when the line drops and when
        the app fails. Overridden by the app that has drafts.
        """
        return ""

    def drafts_kept(self) -> str:
        """Write every draft to disk, and say whether that was possible: nobody is told that what is lost is there."""
        try:
            wrong = self.keep_drafts()
        except Exception:
            wrong = "程序出错"
        return f"没有提交的内容未能存为草稿（{wrong}）" if wrong else "没有提交的内容已存为草稿"

    def report(self, error: Exception, doing: str) -> str:
        """Write a fault down and return how it is called, or why it is not written; empty where nobody would hear of it, and the app ends.

        Overridden by the app that has a log.
        """
        return ""

    def contain(self, error: Exception, where: MessagePump | None = None, doing: str = "") -> bool:
        """Say a fault of the program and go on, and return True; False where the app itself is broken, or keeps no log.

        A screen that did not come up whole, or cannot be drawn, is left.

        Args:
            error: the fault.
            where: the widget, screen or app in which it happened.
            doing: what was being done, for the log.
        """
        self._lost = self._lost or not self._goes_on(error, where, doing)
        return not self._lost

    def no_fault(self, error: Exception) -> str:
        """Return what an error means that is no fault of the program, with the way out; empty for any other. Overridden by the app."""
        return ""

    @property
    def failure(self) -> Exception | None:
        """The error that ended the app, for a log; None while it runs and when it ended well."""
        return self._exception

    @property
    def size(self) -> Size:
        """How much of the terminal is drawn."""
        return _drawn(super().size)

    def on_load(self) -> None:
        """Have tasks begin in the same order on every Python.

        Since 3.12 Textual has each begin as soon as it is made: a screen is composed before it stands on the stack, so that a fault of the
        first one would leave nothing but an empty terminal. An app in a test never runs so.
        """
        asyncio.get_running_loop().set_task_factory(None)

    def on_mount(self) -> None:
        """Be ready for the line to drop."""
        leave_on_hangup(self, self.keep_drafts)

    async def on_event(self, event: Event) -> None:
        """Keep keys in the order they were pressed, and the screen within what can be drawn."""
        if isinstance(event, Resize):
            event = Resize(_drawn(event.size), _drawn(event.virtual_size), pixel_size=event.pixel_size)
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self.typing.take(event)
        else:
            await super().on_event(event)

    def meant(self, key: Key) -> Key:
        """Return the key that a command means where the focus is; as it was pressed unless the app says otherwise."""
        return key

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say something on the status line of the screen, as plain text; safe to call from a thread."""
        text = show(f"{title}：{message}" if title else message)
        self.call_later(self._say, text, severity, timeout)

    def _say(self, text: str, severity: SeverityLevel, timeout: float | None) -> None:
        if not self.screen.is_mounted:  # its line is only coming, and a toast would go before anybody has read it
            self.screen.call_later(self._say, text, severity, timeout)
        elif line := next(iter(self.screen.query(StatusLine)), None):
            (line.said if severity == "information" else line.failed)(text)
        else:
            super().notify(text, severity=severity, timeout=timeout, markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield what the palette offers on every screen."""
        for name, title in themes.NAMES.items():
            if name != self.theme:
                yield SystemCommand(f"主题：{title}", "更换界面颜色", partial(self.choose_theme, name))
        yield SystemCommand("退出", "离开系统", self.action_quit)

    def action_command_palette(self) -> None:
        """Open the palette."""
        if self.use_command_palette and not isinstance(self.screen, ChinesePalette):
            self.push_screen(ChinesePalette(id="--command-palette"))

    def action_change_theme(self) -> None:
        """Change to the next theme."""
        names = list(themes.NAMES)
        self.choose_theme(names[(names.index(self.theme) + 1) % len(names)] if self.theme in names else names[0])

    def choose_theme(self, name: str) -> None:
        """Change to a theme, as the person wants it; overridden by the app that remembers it."""
        self.theme = name

    def action_help_quit(self) -> None:
        """Tell a person who pressed Ctrl+C how to leave."""
        for _, binding, _, _ in self.active_bindings.values():
            if binding.action in {"quit", "app.quit"}:
                self.notify(f"退出请按 {self.get_key_display(binding)}")
                return

    def _goes_on(self, error: Exception, where: MessagePump | None, doing: str) -> bool:
        screen = self._screen_of(where)
        if screen is None or (where is self and not self._is_mounted):
            return False
        if screen in self._falling:
            return True
        falls = while_drawing(error) or (isinstance(where, Widget) and not where.is_mounted)
        if falls and screen in self.screen_stack[: self.GROUND]:
            return False
        known = self.no_fault(error)
        if not (called := known or self._called(error, doing)):
            return False
        if falls:
            self._falling.add(screen)
            self.call_later(self._leave, screen)
        left = f"这一屏不能用，已经离开，{self.drafts_kept()}。" if falls else ""
        after = left or "这一步可能没有做完，所填内容还在。请看清是否已办，再重试。"
        told = f"{known}{left}" if known else f"程序有误（{called}），{after}还不行的，请把错误号告诉管理员。"
        self.notify(told, severity="error")
        return True

    def _screen_of(self, where: MessagePump | None) -> Screen[object] | None:
        """The screen of a widget, for anything else the one in front; None before there is any."""
        for each in (where, self):
            if isinstance(each, Widget | App):
                with suppress(NoScreen, ScreenStackError):
                    return each.screen
        return None

    def _called(self, error: Exception, doing: str) -> str:
        """What ``report`` says; nothing where it has a fault itself."""
        try:
            return self.report(error, doing)
        except Exception:
            return ""

    async def _leave(self, screen: Screen[object]) -> None:
        """Leave a screen, and those above it."""
        with suppress(Exception):
            self.keep_drafts()
        while screen in self.screen_stack[self.GROUND :]:
            await self.pop_screen()
        self._falling.discard(screen)

    def _handle_exception(self, error: Exception) -> None:
        """Contain what Textual caught itself, in timers, callbacks, workers and drawing, or end."""
        where = active_message_pump.get(None)
        # A worker's failure comes wrapped in an error that was never raised, and so has neither traceback nor cause.
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error, where = error.error, get_current_worker().node
        if not self.contain(error, where):
            if self._exception is None:
                self._called(error, "")
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Keep the drafts and say so; Textual prints a page of English with the data of records in it."""
        kept = self.drafts_kept()
        if not self._exit_renderables:
            error = show(f"{type(self._exception).__name__}: {self._exception}")
            advice = f"程序出错，已经退出，{kept}。请重新进入继续办理；如再次出错，请把下面一行告诉管理员。"
            self._exit_renderables.append(Text(f"{advice}\n{error}"))
        self._close_messages_no_wait()
