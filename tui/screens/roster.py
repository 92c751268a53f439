"""人员: by unit and office, who holds it since when, who stands in, what is vacant, what each has to do; changed by the roster's keeper."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Horizontal
from textual.widgets import Input, Static

from desk.desk import Desk
from desk.staff import Body, Post, bodies, doors, found, meant
from desk.tenures import tenures, told
from desk.terms import Line
from records.register.register import NEW
from tui.forms.form import form_for
from tui.frame.parts import HeadFacts
from tui.frame.reading import ReadingPage
from tui.frame.screen import RowList, begin
from tui.screens.browsing import Browsing
from tui.screens.ledger import Ledger
from tui.terminal.keymap import bound
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
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "choose", "此人的件")]

    def __init__(self) -> None:
        super().__init__(
            ListColumn("职责", lambda line: line.label, 12),
            ListColumn("姓名", lambda line: line.post.name, 8, stays=1),  # whatever gives way, who it is stands there
            ListColumn("手里", lambda line: str(line.post.busy or ""), 4),
            ListColumn("职务", lambda line: line.post.title),
            ListColumn("自何时起", lambda line: line.post.note, 12, after=24),
            key=lambda line: f"{line.post.role} {line.post.person} {line.post.note}",
        )


@dataclass(frozen=True)
class _Shown:
    """What one reading of the register gave, and what of it is shown."""

    every: tuple[Body, ...] = ()
    bodies: tuple[Body, ...] = ()


class RosterScreen(Browsing[None]):
    """The units, and the offices of one of them."""

    GUIDE = (
        "先选单位，回车到职务；在职务上按回车看此人手里的件，F7 看这个职务历任何人。F3 按姓名、拼音首字母、编号、登录名、职务查找，"
        "F4 只看有空缺的单位。花名册管理员按 F5 办理任免、代理、调动等，按 F9 设立单位。"
    )
    AUTO_FOCUS = "_Bodies"
    BINDINGS: ClassVar[list[BindingType]] = [
        bound("act", "act", "任免…"),
        bound("look", "history", "沿革"),
        bound("find", "search", "查找"),
        bound("pick", "vacant", "空缺"),
        bound("new", "found", "设立"),
        Binding("escape", "back", "返回"),
    ]

    ON_ROW = frozenset({"act", "history"})

    def __init__(self, words: str = "") -> None:
        """Make the screen; ``words`` are looked for at first."""
        super().__init__()
        self._sought = words
        self._shown = _Shown()
        self._chosen: Body | None = None
        self._only_vacant, self._begins = False, ""

    def body(self) -> ComposeResult:
        """Yield the search, the bodies, the offices of the chosen one, and what is to be said of what the cursor is on."""
        with Horizontal(classes="search"):
            yield Static("查找 ", classes="label", markup=False)
            yield OrderedInput(self._sought, placeholder="姓名、首字母、编号、单位、职务", compact=True)
            yield Static(classes="summary", markup=False)
        with Container(classes="sides"):
            with Container(classes="pair"):
                yield _Bodies()
            with Container(classes="offices"):
                yield Static(classes="heading", markup=False)
                yield _Posts()
        yield HeadFacts(classes="row")

    async def load(self) -> None:
        """Read everybody."""
        every, self._begins = await self.at.ask(partial(_read, self.at.desk))
        self._shown = _Shown(every)
        vacant = sum(body.vacant for body in every)
        self.query_one(".summary", Static).update(plain(f"{len(every) - 1} 个单位，" + (f"空缺 {vacant} 处" if vacant else "没有空缺")))
        self.refresh_bindings()
        self._list()

    def on_input_changed(self, _: Input.Changed) -> None:
        """Show what is found as it is typed."""
        self._list()

    def on_input_submitted(self, _: Input.Submitted) -> None:
        """Go to what was found: to the person, where one was meant."""
        here = self._chosen
        place = meant(here, self._words) if here else None
        if place is None:
            self.query_one(_Bodies).focus()
        else:
            self.query_one(_Posts).focus()
            self.query_one(_Posts).cursor = place

    def on_line_list_highlighted(self, event: LineList.Highlighted) -> None:
        """Show the offices of the body, or the person, that the cursor came to."""
        if isinstance(event.control, _Bodies):
            self._list_posts()
        else:
            self._tell()

    def on_line_list_chosen(self, event: LineList.Chosen) -> None:
        """Go from the body to its offices, and from a person to the items that wait for him."""
        if isinstance(event.control, _Bodies):
            self.query_one(_Posts).focus()
        elif self._chosen:
            self._list_items(self._chosen.posts[event.index])

    def on_descendant_focus(self) -> None:
        """Tell of what the cursor is on now."""
        self._tell()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to found a unit to those who may."""
        return bool(self._begins) if action == "found" else super().check_action(action, parameters)

    def action_search(self) -> None:
        """Look for somebody."""
        self.query_one(Input).focus()

    def action_vacant(self) -> None:
        """Show the bodies in which something is vacant, or all again."""
        self._only_vacant = not self._only_vacant
        self.status.said("只列有空缺的单位，再按 F4 列出全部。" if self._only_vacant else "")
        self._list()

    def action_act(self) -> None:
        """Show what can be done about the people of the body, and why it cannot."""

        async def offer() -> None:
            with self.telling():
                if (chosen := self._chosen) is not None:
                    found_doors = await self.at.ask(partial(doors, self.at.desk, chosen.id))
                    targets = {each.spec.name: target for each, target in found_doors}
                    self.offer(chosen.name, [each for each, _ in found_doors], lambda each: targets[each.spec.name])

        begin(self, "offer", offer)

    def action_found(self) -> None:
        """Open the form that founds a unit."""

        async def go() -> None:
            with self.telling():
                self.app.push_screen(await self.at.ask(partial(form_for, self.at.desk, self._begins, NEW)))

        begin(self, "form", go, on=self._begins)

    def action_history(self) -> None:
        """Show who held the office under the cursor, or every office of the body."""
        body, post = self._chosen, self._post
        if body is None:
            return
        role = post.role if post and self.query_one(_Posts).has_focus else ""

        async def show() -> None:
            with self.telling():
                lines = await self.at.ask(lambda: tuple(told(tenures(self.at.desk, body.id, role), self.at.desk.view.roster)))
                self.app.push_screen(ReadingPage(f"{body.name}  历任", lines or [("", "还没有任职的记录。")]))

        begin(self, "history", show)

    def action_back(self) -> None:
        """Go back to the bodies, then leave."""
        if self.query_one(_Posts).has_focus or self.query_one(Input).has_focus:
            self.query_one(_Bodies).focus()
        else:
            self.dismiss()

    @property
    def _words(self) -> str:
        return self.query_one(Input).value

    @property
    def _post(self) -> Post | None:
        place = self.query_one(_Posts).index
        return self._chosen.posts[place] if self._chosen and place is not None and place < len(self._chosen.posts) else None

    def _list(self) -> None:
        self._shown = _Shown(self._shown.every, found(self._shown.every, self._words, only_vacant=self._only_vacant))
        rows = self.query_one(_Bodies)
        rows.say_empty("没有找到，请换个词" if self._words else "没有空缺。F4 看全部")
        rows.replace(self._shown.bodies)
        self._list_posts()

    def _list_posts(self) -> None:
        place = self.query_one(_Bodies).index
        self._chosen = None if place is None or place >= len(self._shown.bodies) else self._shown.bodies[place]
        posts = self._chosen.posts if self._chosen else ()
        before = ("", *(post.label for post in posts))
        rows = self.query_one(_Posts)
        rows.say_empty("这个单位已经撤并。按 F7 看沿革。" if self._chosen else "左边没有单位，换个词或按 Esc 就有。")
        rows.replace([_PostLine(post, "" if post.label == was else post.label) for post, was in zip(posts, before, strict=False)])
        self.query_one(".heading", Static).update(plain(f"{self._chosen.name}  {self._chosen.about}".rstrip() if self._chosen else ""))
        self._tell()

    def _list_items(self, post: Post) -> None:
        """Go to the items that wait for somebody, as far as whoever looks may see them."""
        hand = post.hand
        unnamed = f"，另有{hand.hidden}件不在您的职责范围内" if hand.hidden else ""
        if hand.items:
            self.app.push_screen(Ledger(frozenset(hand.items), f"{post.name}手里{unnamed}"))
        elif hand.hidden:
            self.status.said("这些事项不在您的职责范围内，只计数，不列名。")
        else:
            self.status.said(f"{post.name}手里没有要办的件。" if post.person else f"{post.label}空缺，该办的事在待办里列为无人承办。")

    def _tell(self) -> None:
        body, post = self._chosen, self._post
        lines = _of_person(post) if post and self.query_one(_Posts).has_focus else _of_body(body) if body else ()
        self.query_one(HeadFacts).tell(lines)


def _read(desk: Desk) -> tuple[tuple[Body, ...], str]:
    """Everybody, and the act by which the person may begin a unit, "" where he may not."""
    every = bodies(desk)
    begun = (each.spec.name for each, target in doors(desk, every[0].id) if target == NEW and each.refusal is None)
    return every, next(begun, "")


def _of_person(post: Post) -> Iterator[Line]:
    who = f"{post.name}（{post.title}）" if post.title else post.name
    yield post.label, f"{who}，{post.note}"
    if post.busy:
        items = "、".join(post.hand.items[:6])
        yield "手里", f"{post.busy} 件事要办" + (f"：{items}，回车看" if items else "")


def _of_body(body: Body) -> Iterator[Line]:
    """What is vacant in a body, and who stands in."""
    if vacant := [post.label for post in body.posts if not post.person]:
        yield "空缺", f"{'、'.join(vacant)}，该办的事转给办公室"
    standing = [f"{post.name}{post.note}（{post.label}）" for post in body.posts if post.note.startswith("代")]
    if body.posts:
        yield "代理", "、".join(standing) or "无"
    if body.items:
        yield "在办", f"{len(body.items)} 件：{'、'.join(body.items[:5])}" + ("…" if len(body.items) > 5 else "")
