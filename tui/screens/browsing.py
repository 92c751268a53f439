"""The screens between which a person moves freely: they share the keys that lead from one to the other."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.widgets import Input

from records.store.disk import reporting, write_foreign
from tui.frame.screen import DeskScreen, begin
from tui.terminal.keymap import bound
from tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from documents.forms.workbook import WorkbookSheet
    from records.acts import Prospect

_T = TypeVar("_T")


def lacking(missing: int, besides: str = "") -> str:
    """Return what a list says while the index still lacks records, empty when it is complete; what it lacks besides once they are there."""
    return f"；索引还缺已办结的 {missing} 件" if missing else f"；{besides}" if besides else ""


class Browsing(DeskScreen[_T]):
    """A screen from which the others are one key away; nothing is being typed here that could be lost."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("find", "app.ledger", "台账"),
        Binding("left", "app.beside(-1)", "左边一页", show=False),
        Binding("right", "app.beside(1)", "右边一页", show=False),
        Binding("b", "app.roundups", "通报", show=False),
        Binding("w", "app.numbers", "文号", show=False),
        Binding("p", "app.roster", "人员", show=False),
        Binding("z", "app.rules", "规则", show=False),
        Binding("i", "app.statistics", "统计", show=False),
        Binding("y", "app.done", "已办", show=False),
        Binding("e", "app.year_end", "年终结转", show=False),
    ]

    ON_ROW: ClassVar[frozenset[str]] = frozenset()
    """Actions on the row under the cursor: not offered where there is none."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is done with a row only where there is a row."""
        return self.on_a_row if action in self.ON_ROW else super().check_action(action, parameters)

    @property
    def on_a_row(self) -> bool:
        """Whether the cursor is on a row."""
        return any(rows.index is not None for rows in self.query(LineList))

    def on_key(self, event: Key) -> None:
        """Look for what is typed: nobody should have to find the line for it first."""
        if event.is_printable and self.sought_by(event.character or ""):
            event.stop()
            self.find(event.character or "")

    def on_paste(self, event: Paste) -> None:
        """Look for what is pasted, or comes from an input method in one piece."""
        if words := " ".join(event.text.split()):
            event.stop()
            self.find(words)

    def sought_by(self, sign: str) -> bool:
        """Return whether one looks for something by beginning to type with a sign: any Han character, letters and digits command."""
        return sign.isalpha() and not sign.isascii()

    def find(self, words: str) -> None:
        """Look for words in the search line of this screen, or in the ledger where it has none."""
        field = next(iter(self.query(".search Input").results(Input)), None)
        if field is None:
            self.at.find(words)
        else:
            field.focus()
            field.insert_text_at_cursor(words)

    def save(self, name: str, sheets: Callable[[], "Sequence[WorkbookSheet]"]) -> None:
        """Write a workbook beside the drafts of the person, who alone may know what it names, and say where.

        Args:
            name: of the file.
            sheets: makes what stands in it.
        """

        def write() -> Path:
            from documents.forms.workbook import render  # with it come the libraries of documents, which no list needs

            desk = self.at.desk
            folder = desk.box or desk.register.drafts / (desk.person.id if desk.person else "nobody")
            with reporting("写出表格", folder / name):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_foreign(folder / name, render(sheets(), desk.clock()))
            return folder / name

        async def go() -> None:
            with self.telling():
                path = await self.at.ask(write)
                boxed = f"您的文件柜：{name}，用 ssh 服务账号@服务器 get {name} 取回"
                self.status.said(f"已存到 {boxed if self.at.desk.box else path}")

        begin(self, "save", go)

    def compare_on(self, item: str) -> None:
        """Compare the last two rounds of a matter's report, or say why there is nothing to compare."""
        from tui.screens.rounds import Rounds, reported_twice

        async def go() -> None:
            with self.telling():
                if await self.at.ask(partial(reported_twice, self.at.desk, item)):
                    self.app.push_screen(Rounds(item))
                else:
                    self.status.said(f"{item.removeprefix('DB-')} 还没有报过两轮，没有可以对比的。")

        begin(self, "compare", go)

    async def offer_on(self, item: str, meant: str = "") -> None:
        """Show the acts on an item as it stands now, the one that is meant first."""
        from desk.offering import offered

        with self.telling():
            case = await self.at.ask(partial(self.at.desk.open, item))
            if case is None:
                self.status.failed(f"没有 {item} 这个事项，或不在您的职责范围内。")
                return
            person = self.at.desk.person
            found = offered(case.prospects, case.item, case.duties, person.id if person else "", meant)
            self.offer(f"{item} {case.item.title}", found, lambda _: item)

    def offer(self, heading: str, prospects: "Sequence[Prospect]", target: "Callable[[Prospect], str]", row: str = "") -> None:
        """Show the acts on a record and open the form of the one chosen.

        Args:
            heading: what the record is called.
            prospects: the acts, in the order in which they are offered.
            target: gives the id that an act is done on.
            row: the item of a roundup that is meant.
        """
        if self.at.desk.person is None:
            self.status.failed("没有选定身份，只能看。请按 F2，选“换身份”。")
            return
        targets = {each.spec.name: target(each) for each in prospects}

        async def go(act: str, on_paper: bool) -> None:
            from tui.forms.form import form_for

            with self.telling():
                form = await self.at.ask(partial(form_for, self.at.desk, act, targets[act], row, on_paper=on_paper))
                if on_paper and not form.enters_paper:
                    self.status.failed("记录刚刚有了变动，现在没有人可以在纸上签这一项。请按 F5 再看。")
                else:
                    self.app.push_screen(form)

        def chosen(choice: tuple[str, bool] | None) -> None:
            if choice:
                begin(self, "form", partial(go, *choice), on=f"{choice[0]} {targets[choice[0]]}")

        async def show() -> None:
            from desk.paper_entry import to_enter
            from tui.forms.act_menu import ActMenu

            with self.telling():
                on_paper = await self.at.ask(partial(to_enter, self.at.desk, targets))
                self.app.push_screen(ActMenu(heading, tuple(prospects), on_paper), chosen)

        begin(self, "menu", show)
