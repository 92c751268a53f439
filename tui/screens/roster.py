"""人员: by unit and by office, who holds it since when, who stands in, what is vacant; changed by the keeper of the roster."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.widgets import Input, Static

from desk.staff import Body, Post, bodies, found
from records.bureau.foundations import LEADERS, kinds_named
from tui.frame.parts import HeadFacts
from tui.frame.screen import RowList, begin
from tui.screens.browsing import Browsing
from tui.terminal.keys import OrderedInput
from tui.terminal.safety import plain
from tui.widgets.line_list import LineList, ListColumn


class _PostLine(NamedTuple):
    """An office in the list of a body, its name only in the first of several lines."""

    post: Post
    label: str


class _Bodies(RowList[Body]):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "看职务")]

    def __init__(self) -> None:
        super().__init__(
            ListColumn("单位", lambda body: body.name),
            ListColumn("空缺", lambda body: str(body.vacant or ""), 4),
            key=lambda body: body.id,
        )


class _Posts(RowList[_PostLine]):
    def __init__(self) -> None:
        super().__init__(
            ListColumn("职责", lambda line: line.label, 18),
            ListColumn("姓名", lambda line: line.post.name, 8),
            ListColumn("手里", lambda line: str(line.post.busy or ""), 4),
            ListColumn("说明", lambda line: line.post.note),
            key=lambda line: f"{line.post.role} {line.post.person} {line.post.note}",
        )


@dataclass(frozen=True)
class _Shown:
    """What one reading of the register gave, and what of it is shown."""

    every: tuple[Body, ...] = ()
    bodies: tuple[Body, ...] = ()


class RosterScreen(Browsing[None]):
    """The units, and the offices of one of them."""

    GUIDE = "先选单位，回车到职务。F7 按姓名、单位、职务查找。花名册管理员按 F5 办理任免、代理、调动等。"
    AUTO_FOCUS = "_Bodies"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "act", "任免、代理…"),
        Binding("f7,slash", "search", "查找"),
        Binding("escape", "back", "返回"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown = _Shown()
        self._chosen: Body | None = None

    def body(self) -> ComposeResult:
        """Yield the search, the bodies, the offices of the chosen one, and the person under the cursor."""
        yield Static(classes="summary", markup=False)
        yield OrderedInput(placeholder="姓名、单位、职务，用空格隔开", classes="search", compact=True)
        with Container(classes="sides"):
            with Container(classes="pair"):
                yield _Bodies()
            yield _Posts()
        yield HeadFacts(classes="row")

    async def load(self) -> None:
        """Read everybody."""
        every = await self.at.ask(partial(bodies, self.at.desk))
        self._shown = _Shown(every, found(every, self.query_one(Input).value))
        vacant = sum(body.vacant for body in every)
        words = f"{len(every) - 1} 个单位" + (f"，空缺 {vacant} 处" if vacant else "，没有空缺")
        self.query_one(".summary", Static).update(plain(f"人员  {words}"))
        self._list()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what is found as it is typed."""
        self._shown = _Shown(self._shown.every, found(self._shown.every, event.value))
        self._list()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        """Go to what was found."""
        self.query_one(_Bodies).focus()

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Show the offices of the body, or the person, that the cursor came to."""
        if isinstance(event.control, _Bodies):
            self._list_posts()
        else:
            self._tell()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Go from the body to its offices."""
        if isinstance(event.control, _Bodies):
            self.query_one(_Posts).focus()

    def action_search(self) -> None:
        """Look for somebody."""
        self.query_one(Input).focus()

    def action_act(self) -> None:
        """Show what can be done about the people of the body, and why it cannot."""

        async def offer() -> None:
            with self.telling():
                chosen = self._chosen
                if chosen:
                    target = LEADERS if chosen.id == LEADERS else chosen.id
                    prospects = await self.at.ask(partial(self.at.desk.foundation_acts, kinds_named(target), target))
                    self.offer(chosen.name, prospects, lambda _: target)

        begin(self, "offer", offer)

    def action_back(self) -> None:
        """Go back to the bodies, then leave."""
        if self.query_one(_Posts).has_focus or self.query_one(Input).has_focus:
            self.query_one(_Bodies).focus()
        else:
            self.dismiss()

    def _list(self) -> None:
        rows = self.query_one(_Bodies)
        rows.say_empty("没有找到。请换个词，或清空查找。")
        rows.replace(self._shown.bodies)
        self._list_posts()

    def _list_posts(self) -> None:
        place = self.query_one(_Bodies).index
        self._chosen = None if place is None or place >= len(self._shown.bodies) else self._shown.bodies[place]
        posts = self._chosen.posts if self._chosen else ()
        before = ("", *(post.role for post in posts))
        rows = self.query_one(_Posts)
        rows.say_empty("这个单位已经撤并。" if self._chosen else "")
        rows.replace([_PostLine(post, "" if post.role == was else post.label) for post, was in zip(posts, before, strict=False)])
        self._tell()

    def _tell(self) -> None:
        told, rows = self.query_one(HeadFacts), self.query_one(_Posts)
        post = self._chosen.posts[rows.index] if self._chosen and rows.index is not None and rows.index < len(self._chosen.posts) else None
        if self._chosen is None:
            told.tell([])
            return
        lines = [(self._chosen.name, self._chosen.about)] if self._chosen.about else []
        if post and rows.has_focus:
            who = f"{post.name}（{post.title}）" if post.title else post.name
            lines.append((post.label, f"{who}，{post.note}" + (f"，手里 {post.busy} 件" if post.busy else "")))
        told.tell(lines)
