"""A list to pick from, narrowed as one types: units, people, categories, keys."""

from collections.abc import Callable, Sequence
from typing import ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from desk.finding import found, key
from schema.text import narrow
from tui.frame.host import Host
from tui.terminal import OrderedInput, plain
from tui.terminal.keymap import bound
from tui.widgets.buttons import Buttons
from tui.widgets.key_line import KeyLine
from tui.widgets.line_list import LineList, ListColumn, Row


class _Search(OrderedInput):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "选定")]


class Picker(ModalScreen[tuple[int, ...] | None]):
    """Gives the places of the rows picked, None when nothing was decided. What is typed goes to the search line, arrows to the list."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("do", "done", "选好了"),
        Binding("escape", "dismiss", "不改了"),
        Binding("down", "list('move(1)')", "下一行", show=False),
        Binding("up", "list('move(-1)')", "上一行", show=False),
        Binding("pagedown", "list('page(1)')", "下一页", show=False),
        Binding("pageup", "list('page(-1)')", "上一页", show=False),
    ]

    def __init__(
        self,
        heading: str,
        columns: Sequence[ListColumn[Row]],
        rows: Sequence[Row],
        *,
        code: Callable[[Row], str] = lambda _: "",
        texts: Callable[[Row], Sequence[str]] | None = None,
        digit: Callable[[Row], str] = lambda _: "",
        several: bool = False,
        picked: Sequence[int] = (),
        empty: str = "没有找到。按 Esc 返回。",
        words: str = "",
    ) -> None:
        """Make a list to pick from.

        Args:
            heading: what is asked.
            columns: as a list wants them; exactly one without a width.
            rows: what may be picked.
            code: what finds a row though it stands in no column.
            texts: what finds a row, where that is not all that stands in it.
            digit: what gives a row at once where nothing was typed before.
            several: whether Enter only marks a row, and F10 gives all that are marked.
            picked: places of the rows marked at first.
            empty: what stands there when nothing fits what was typed.
            words: what was typed before the list was shown.
        """
        super().__init__()
        self._heading = heading
        self._columns = [_of_place(column, rows) for column in columns]
        self._several, self._picked = several, list(picked)
        self._keys = [key(texts(row) if texts else (*(column.text(row) for column in columns), code(row))) for row in rows]
        self._order = found(words, self._keys) if words else list(range(len(rows)))
        self._at_once = {digit(row): place for place, row in enumerate(rows) if digit(row)}
        self._typed = words
        self._empty = empty

    def compose(self) -> ComposeResult:
        """Put heading, search line, list and keys in."""
        yield Static(plain(self._heading), classes="heading", markup=False)
        with Horizontal(classes="search"):
            yield Static("查找 ", classes="label", markup=False)
            yield _Search(self._typed, placeholder="输入文字或拼音首字母缩小范围，上下键移动", compact=True)
        mark = ListColumn[int]("", lambda place: "[√]" if place in self._picked else "[ ]", 4)
        columns = [mark, *self._columns] if self._several else self._columns
        rows = LineList(columns, range(len(self._keys)), key=lambda place: place, empty=self._empty)
        rows.can_focus = False
        yield rows
        yield Static(classes="summary", markup=False)
        if self._several:
            host = cast(Host, self.app)
            yield Buttons(host.key_for("do"), host.key_called("escape"))
        yield KeyLine()

    def on_mount(self) -> None:
        """Start at the row that is picked already."""
        if self._typed:
            self.query_one(LineList).show(self._order)
        elif self._picked and not self._several:
            self.query_one(LineList).cursor = self._picked[0]
        for buttons in self.query(Buttons):
            buttons.tell("选好了", "不改了")
        self._tell()

    def on_buttons_pressed(self, event: Buttons.Pressed) -> None:
        """Give what is marked, or leave it as it was."""
        if event.does:
            self.action_done()
        else:
            self.dismiss(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer "done" only where several may be picked."""
        return self._several or action != "done"

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list, or give the row of a digit."""
        before, self._typed = self._typed, event.value
        if not before and narrow(event.value) in self._at_once:
            self.dismiss((self._at_once[narrow(event.value)],))
            return
        self._order = found(event.value, self._keys)
        self.query_one(LineList).show(self._order)

    def on_input_submitted(self, _: Input.Submitted) -> None:
        """Pick the row under the cursor."""
        self.query_one(LineList).action_choose()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Give the row, or mark it."""
        if not self._several:
            self.dismiss((event.index,))
            return
        if event.index in self._picked:
            self._picked.remove(event.index)
        else:
            self._picked.append(event.index)
        self.query_one(LineList).refresh()
        self.query_one(OrderedInput).value = ""
        self._tell()

    async def action_list(self, action: str) -> None:
        """Move in the list."""
        await self.app.run_action(action, self.query_one(LineList))

    def action_done(self) -> None:
        """Give all that are marked."""
        self.dismiss(tuple(sorted(self._picked)))

    def _tell(self) -> None:
        told = f"已选 {len(self._picked)} 个，回车选上或去掉。" if self._several else ""
        self.query_one(".summary", Static).update(plain(told))


def _of_place(column: ListColumn[Row], rows: Sequence[Row]) -> ListColumn[int]:
    """Return a column whose rows are named by their places, so that a mark may stand before each."""
    return ListColumn(column.title, lambda place: column.text(rows[place]), column.width)
