"""What stands in a field: a line, a text, a choice, ticks; each holds what a person would type, and says when he changed it."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Click, Focus, Key
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from desk.forms import Field
from desk.limits import Limit
from tui.frame.picker import Picker
from tui.terminal import OrderedInput, OrderedTextArea, plain
from tui.terminal.keymap import bound
from tui.widgets.line_list import ListColumn

_FLAG = (("", "否"), ("是", "是"))
_FEW = 6
"""Choices of which so many are no longer few."""


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
        self._proposal, self._limit = proposal, limit

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


class Choice(_Prompt):
    """One of several, or several of many. Few stand side by side or in a column, the chosen one in 【】; many are picked from a list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "前一个选项", show=False),
        Binding("right", "turn(1)", "后一个选项", show=False),
        Binding("enter,space", "open", "选择"),
        *(Binding(str(n), f"take({n - 1})", f"第{n}项", show=False) for n in range(1, _FEW)),
    ]

    def __init__(self, label: str, choices: tuple[tuple[str, str], ...], words: str, *, several: bool = False, codes: bool = False) -> None:
        """Make a choice.

        Args:
            label: what is chosen.
            choices: value and Chinese label of each.
            words: the value chosen, or the values, separated by ``、``.
            several: whether several may be chosen.
            codes: whether the values are codes that people know, and so may search for.
        """
        super().__init__(markup=False)
        self._label, self._choices, self._several, self._codes = label, choices, several, codes
        self._chosen = _parts(words)
        self._room = 40

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows it takes; only here it is said how wide they are before they are drawn."""
        self._room = width
        return super().get_content_height(container, viewport, width)

    @property
    def words(self) -> str:
        """The values chosen."""
        return "、".join(self._chosen)

    @words.setter
    def words(self, words: str) -> None:
        self._chosen = _parts(words)
        self.refresh(layout=True)

    def render(self) -> Content:
        """Draw the choices, or what was chosen of them."""
        if self._in_sight:
            return Content("" if self._in_row else "\n").join(plain(part) for part in self._pieces())
        named = dict(self._choices)
        chosen = "、".join(named.get(value, value) for value in self._chosen if value)
        return plain(chosen) if chosen else plain("（未选，按回车选择）").stylize("$foreground-muted")

    def on_click(self, event: Click) -> None:
        """Choose what was clicked, or open the list."""
        if not self._in_sight:
            self.action_open()
            return
        (x, y), at = event.get_content_offset_capture(self), 0
        if not self._in_row:
            self.action_take(y)
            return
        for (value, _), piece in zip(self._choices, self._pieces(), strict=True):
            at += plain(piece).cell_length
            if x < at:
                self._choose([value])
                return

    def action_turn(self, by: int) -> None:
        """Choose the next one or the one before."""
        if self._in_sight:
            values = [value for value, _ in self._choices]
            now = values.index(self._chosen[0]) if self._chosen and self._chosen[0] in values else (-1 if by > 0 else 0)
            self._choose([values[(now + by) % len(values)]])

    def action_take(self, place: int) -> None:
        """Choose one by its place among the few."""
        if self._in_sight and place < len(self._choices):
            self._choose([self._choices[place][0]])

    def action_open(self) -> None:
        """Pick from a list."""
        text = ListColumn[tuple[str, str]](self._label, lambda choice: choice[1])
        # The value is no column of its own where people do not know it, but typing 4 finds （四）.
        columns = [ListColumn[tuple[str, str]]("代码", _code, 6), text] if self._codes else [text]
        picked = [n for n, (value, _) in enumerate(self._choices) if value in self._chosen]

        def take(places: tuple[int, ...] | None) -> None:
            if places is not None:
                self._choose([self._choices[place][0] for place in places])

        picker = Picker(f"选择{self._label}", columns, self._choices, code=_code, several=self._several, picked=picked)
        self.app.push_screen(picker, take)

    @property
    def _in_sight(self) -> bool:
        return not self._several and len(self._choices) < _FEW

    @property
    def _in_row(self) -> bool:
        return self._in_sight and sum(plain(piece).cell_length for piece in self._pieces()) <= self._room

    def _pieces(self) -> list[str]:
        chosen = self._chosen[0] if self._chosen else ""
        return [f"【{text}】" if value == chosen else f"  {text}  " for value, text in self._choices]

    def _choose(self, values: list[str]) -> None:
        if values != self._chosen:
            self._chosen = values
            self.refresh(layout=True)
            self.post_message(Edited())


def _code(choice: tuple[str, str]) -> str:
    return choice[0]


class Tick(_Prompt):
    """One line of a checklist."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "tick", "勾选"),
        *(Binding(str(n % 10), f"nth({n - 1})", f"第{n}项", show=False) for n in range(1, 11)),
    ]

    def __init__(self, value: str, text: str, ticked: bool) -> None:
        super().__init__(markup=False)
        self.value, self._text, self.ticked = value, text, ticked

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
        if isinstance(self.parent, Checklist):
            self.parent.tick(place)


class Checklist(Vertical):
    """Several of a few, one line each, ticked one by one or by the digit of their place; Tab goes on to the next field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "leave(True)", "下一栏", show=False),
        Binding("shift+tab", "leave(False)", "上一栏", show=False),
    ]

    def __init__(self, choices: tuple[tuple[str, str], ...], words: str) -> None:
        super().__init__()
        self._ticks = [Tick(value, text, value in _parts(words)) for value, text in choices]

    def compose(self) -> ComposeResult:
        """Put the lines in."""
        yield from self._ticks

    def tick(self, place: int) -> None:
        """Tick a line, or take the tick away."""
        if place < len(self._ticks):
            self._ticks[place].action_tick()

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


def editor_for(field: Field, words: str) -> Widget:
    """Return what a person fills a field in with."""
    # In brackets, so that without colours a hint is not taken for what stands in the field.
    hint = f"（{field.hint}）" if field.hint else ""
    if field.kind in ("line", "number", "date"):
        return LineEditor(words, hint, field.limit, proposal=field.kind != "line")
    if field.kind == "choice":
        return Choice(field.label, field.choices, words, codes=_are_codes(field))
    if field.kind == "flag":
        # What stands in the record is taken back by a 否 that is told; where nothing stands it is nothing.
        return Choice(field.label, (("否", "否"), _FLAG[1]) if field.default else _FLAG, words)
    if field.kind == "choices":
        if _are_codes(field):
            return Choice(field.label, field.choices, words, several=True, codes=True)
        return Checklist(field.choices, words)
    return TextEditor(words, hint, field.limit)


def _are_codes(field: Field) -> bool:
    """Units are known by code and name, and there are many of them."""
    return bool(field.choices) and all(value.isupper() and value.isalpha() for value, _ in field.choices)


def _parts(words: str) -> list[str]:
    return [part for part in words.split("、") if part]
