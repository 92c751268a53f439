"""What stands in a field: a line, a text, a choice, ticks; each holds what a person would type, and says when he changed it."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from rich.cells import cell_len
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import Click, Focus, Key
from textual.geometry import Size
from textual.message import Message
from textual.widgets import Static

from desk.finding import found, key
from desk.limits import Limit
from tui.terminal import OrderedInput, OrderedTextArea, plain
from tui.terminal.keymap import bound

FEW = 6
"""Choices of which so many are no longer few."""

_BETWEEN = 2
"""Cells between two columns."""


class Edited(Message):
    """What a choice or a tick holds was changed by the person."""


class Editor(Protocol):
    """What stands in a field, as a person would type it."""

    words: str


@dataclass
class Refused(Message):
    """Something was typed that the field cannot hold, and did not go in."""

    reason: str


class LineEditor(OrderedInput):
    """One line. A day or a number that stands there is a proposal, which gives way to what is typed; words are edited."""

    def __init__(self, words: str, hint: str, limit: Limit, *, proposal: bool) -> None:
        super().__init__(words, hint, compact=True)
        self._proposal, self._limit, self._asked = proposal, limit, hint

    @property
    def long_hint(self) -> str:
        """How to fill it in, where there is no room in the line to say so."""
        return "" if self.placeholder or self.value else self._asked

    def hint_to(self, cells: int) -> bool:
        """Say how to fill it in within so many cells, or leave it to others to say; True where that is another than before."""
        before, self.placeholder = self.placeholder, self._asked if cell_len(self._asked) <= cells else ""
        return before != self.placeholder

    def replace(self, text: str, start: int, end: int) -> None:
        """Put in what is typed or pasted, unless the field cannot hold it."""
        text, (start, end) = self._limit.narrowed(text), sorted((start, end))
        if text and (reason := self._limit.refusal(f"{self.value[:start]}{text}{self.value[end:]}")):
            self.post_message(Refused(reason))
        else:
            super().replace(text, start, end)

    def on_focus(self, event: Focus) -> None:
        """Select a proposal."""
        if self._proposal and not event.from_app_focus:
            self.select_all()

    def go_to(self, place: int) -> None:
        """Bring the caret to a place."""
        self.cursor_position = place

    @property
    def words(self) -> str:
        """What was typed."""
        return self.value

    @words.setter
    def words(self, words: str) -> None:
        self.value = words


class TextEditor(OrderedTextArea):
    """Several lines."""

    BINDINGS: ClassVar[list[BindingType]] = [  # Textual would select the line, and everything
        bound("compare", "screen.versions", "两稿"),
        bound("look", "screen.clause", "条文"),
        Binding("ctrl+home", "edge(False)", "文首", show=False),
        Binding("ctrl+end", "edge(True)", "文末", show=False),
    ]

    def __init__(self, words: str, hint: str, limit: Limit) -> None:
        super().__init__(words, compact=True, highlight_cursor_line=False, placeholder=hint)
        self._limit = limit
        self.admits = self._admits

    @property
    def words(self) -> str:
        """What was typed."""
        return self.text

    @words.setter
    def words(self, words: str) -> None:
        # An edit like any other, so that Ctrl+Z takes it back; what was written once is never refused.
        self.admits = None
        self.replace(words, (0, 0), self.document.end)
        self.admits = self._admits

    def go_to(self, place: int) -> None:
        """Bring the caret to a place, counted through all lines."""
        before = self.text[:place]
        self.move_cursor((before.count("\n"), len(before) - before.rfind("\n") - 1))

    def action_edge(self, last: bool) -> None:
        """Go to the end of the text, or to its beginning."""
        self.move_cursor(self.document.end if last else (0, 0))

    def action_cursor_down(self, select: bool = False) -> None:
        """Go a row down; from the last one to the next field."""
        if not select and self.navigator.is_last_wrapped_line(self.cursor_location):
            self.screen.focus_next()
        else:
            super().action_cursor_down(select)

    def action_cursor_up(self, select: bool = False) -> None:
        """Go a row up; from the first one to the field before."""
        if not select and self.navigator.is_first_wrapped_line(self.cursor_location):
            self.screen.focus_previous()
        else:
            super().action_cursor_up(select)

    def action_cursor_page_down(self) -> None:
        """Turn a page of the text; from its last row on that of what one decides on, which the form turns."""
        if self.navigator.is_last_wrapped_line(self.cursor_location):
            raise SkipAction
        super().action_cursor_page_down()

    def action_cursor_page_up(self) -> None:
        """Turn back a page of the text; from its first row on that of what one decides on."""
        if self.navigator.is_first_wrapped_line(self.cursor_location):
            raise SkipAction
        super().action_cursor_page_up()

    def _admits(self, text: str) -> bool:
        if reason := self._limit.refusal(text):
            self.post_message(Refused(reason))
        return not reason


class _Prompt(Static, can_focus=True):
    """Something to choose by keys; acts on them at once, so that keys which come in one packet act in their order."""

    async def _on_key(self, event: Key) -> None:
        for binding in type(self).BINDINGS:
            if isinstance(binding, Binding) and event.key in binding.key.split(","):
                event.stop()
                event.prevent_default()
                await self.run_action(binding.action)
                return


class Choice(_Prompt):
    """One of a few that stand side by side or in a column, the chosen one in 【】."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "选", key_display="← →"),
        Binding("right,space", "turn(1)", "后一个选项", show=False),
        *(Binding(str(n), f"take({n - 1})", f"第{n}项", show=False) for n in range(1, FEW)),
    ]

    def __init__(self, choices: tuple[tuple[str, str], ...], words: str) -> None:
        """Make a choice.

        Args:
            choices: value and Chinese label of each.
            words: the value chosen.
        """
        super().__init__(markup=False)
        self._choices, self._keys = choices, [key((label,)) for _, label in choices]
        self.words = words
        self._room, self._typed = 40, ""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows it takes; only here it is said how wide they are before they are drawn."""
        self._room = width
        return super().get_content_height(container, viewport, width)

    @property
    def words(self) -> str:
        """The value chosen."""
        return self._chosen

    @words.setter
    def words(self, words: str) -> None:
        self._chosen = words
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw the choices."""
        return Content("" if self._in_row else "\n").join(plain(part) for part in self._pieces())

    def on_click(self, event: Click) -> None:
        """Choose what was clicked."""
        (x, y), at = event.get_content_offset_capture(self), 0
        if not self._in_row:
            self.action_take(y)
            return
        for (value, _), piece in zip(self._choices, self._pieces(), strict=True):
            at += plain(piece).cell_length
            if x < at:
                self._choose(value)
                return

    def on_blur(self) -> None:
        """Forget what was typed."""
        self._typed = ""

    def on_key(self, event: Key) -> None:
        """Choose the one that is named, as people call it or by first letters."""
        if event.is_printable and (sign := event.character or "") and not sign.isdigit() and not sign.isspace():
            event.stop()
            self._typed = self._typed + sign if found(self._typed + sign, self._keys) else sign
            if hits := found(self._typed, self._keys):
                self.action_take(hits[0])

    def action_turn(self, by: int) -> None:
        """Choose the next one or the one before."""
        values = [value for value, _ in self._choices]
        now = values.index(self._chosen) if self._chosen in values else (-1 if by > 0 else 0)
        if values:
            self._choose(values[(now + by) % len(values)])

    def take_digit(self, digit: int) -> None:
        """Choose one by its number."""
        self.action_take(digit - 1)

    def action_take(self, place: int) -> None:
        """Choose one by its place."""
        if 0 <= place < len(self._choices):
            self._choose(self._choices[place][0])

    @property
    def _in_row(self) -> bool:
        return sum(plain(piece).cell_length for piece in self._pieces()) <= self._room

    def _pieces(self) -> list[str]:
        return [f"【{text}】" if value == self._chosen else f"  {text}  " for value, text in self._choices]

    def _choose(self, value: str) -> None:
        if value != self._chosen:
            self.words = value
            self.post_message(Edited())


class Tick(_Prompt):
    """One line of a checklist."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "tick", "勾选"),
        Binding("left,right", "across", "旁边一栏", show=False),
        *(Binding(str(n % 10), f"nth({n - 1})", f"第{n}项", show=False) for n in range(1, 11)),
    ]

    def __init__(self, value: str, text: str, ticked: bool) -> None:
        super().__init__(markup=False)
        self.value, self._text, self.ticked = value, text, ticked

    @property
    def cells(self) -> int:
        """Cells that it takes."""
        return self.render().cell_length

    def render(self) -> Content:
        """Draw it, a tick before it."""
        # A word of the program's own is nobody's code.
        code = "" if self._text.startswith(self.value) or self.value.islower() else f"{self.value} "
        return plain(f"[{'√' if self.ticked else ' '}] {code}{self._text}")

    def on_click(self) -> None:
        """Tick it."""
        self.action_tick()

    def action_tick(self) -> None:
        """Tick it, or take the tick away."""
        self.ticked = not self.ticked
        self.refresh()
        self.post_message(Edited())

    def action_nth(self, place: int) -> None:
        """Tick one of the lines by its place, 0 being the tenth."""
        self._list.tick(place)

    def action_across(self) -> None:
        """Go to the line beside it."""
        self._list.go_across(self)

    @property
    def _list(self) -> "Checklist":
        return next(each for each in self.ancestors if isinstance(each, Checklist))


class Checklist(Container):
    """Several of a few, ticked one by one or by the digit of their place; Tab goes on to the next field.

    A line each; many stand in two columns where there is room for both.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "leave(True)", "下一栏", show=False),
        Binding("shift+tab", "leave(False)", "上一栏", show=False),
    ]

    def __init__(self, choices: tuple[tuple[str, str], ...], words: str) -> None:
        super().__init__()
        self._ticks = [Tick(value, text, value in _parts(words)) for value, text in choices]
        self._half = -(-len(choices) // 2)

    def compose(self) -> ComposeResult:
        """Put the lines in, the first half of them before the other."""
        for ticks in self._columns:
            with Vertical() as column:
                column.styles.max_width = max((tick.cells for tick in ticks), default=0) + _BETWEEN
                yield from ticks

    @property
    def pair(self) -> int:
        """Cells that two columns take; 0 where one is enough."""
        columns = (max(tick.cells for tick in ticks) for ticks in self._columns if ticks)
        return sum(columns) + _BETWEEN if len(self._ticks) >= FEW else 0

    @property
    def _columns(self) -> tuple[list[Tick], list[Tick]]:
        return self._ticks[: self._half], self._ticks[self._half :]

    def go_across(self, tick: Tick) -> None:
        """Go from a line to the one beside it, where they stand in two columns."""
        place = self._ticks.index(tick)
        beside = place + self._half if place < self._half else place - self._half
        if self.has_class("-pair") and beside < len(self._ticks):
            self._ticks[beside].focus()

    def tick(self, place: int) -> None:
        """Tick a line, or take the tick away."""
        if place < len(self._ticks):
            self._ticks[place].action_tick()

    def take_digit(self, digit: int) -> None:
        """Tick a line by its number, 0 being the tenth."""
        self.tick((digit - 1) % 10)

    def action_leave(self, onwards: bool) -> None:
        """Go to the field after these lines, or to the one before them."""
        self.screen.set_focus(self._ticks[-1 if onwards else 0], scroll_visible=False)  # at once, where a widget's own comes later
        (self.screen.focus_next if onwards else self.screen.focus_previous)()

    @property
    def words(self) -> str:
        """The values ticked."""
        return "、".join(tick.value for tick in self._ticks if tick.ticked)

    @words.setter
    def words(self, words: str) -> None:
        for tick in self._ticks:
            tick.ticked = tick.value in _parts(words)
            tick.refresh()


def _parts(words: str) -> list[str]:
    return [part for part in words.split("、") if part]
