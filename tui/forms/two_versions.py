"""两人同改: what others wrote while a person filled in a form, against his own; he decides which of both the form goes on with."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.forms import Field
from desk.meanwhile import has_room_for_both
from desk.rounds import passages
from desk.terms import Line
from records.matter.prose import normalise
from tui.frame.parts import HeadFacts
from tui.frame.screen import DeskScreen
from tui.terminal.keymap import bound
from tui.terminal.safety import plain
from tui.widgets.rounds_page import RoundsPage

Answer = Literal["mine", "theirs", "both"]


class _Versions(RoundsPage):
    """Both texts; whose a sentence is one knows already. The keys that are shown are those by which one decides."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bound("look", "next", "下一处", show=False),
        Binding("tab", "whole", "全文", show=False),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no more than to go from change to change, and to see all of it."""
        return action != "choose" and super().check_action(action, parameters)


class TwoVersions(DeskScreen[Answer | None]):
    """Gives whose words the form goes on with, None when that is still open. Nothing is done by it, and nothing is lost."""

    GUIDE = (
        "别人在您填写期间也办了。[-对方写的-]，{+您写的+}。F7 看下一处，Tab 看全文。选定以后回到表上，按 F10 才办理；没选用的一稿也还在。"
    )
    AUTO_FOCUS = "_Versions"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1,fullwidth_digit_one", "answer('mine')", "用我的"),
        Binding("2,fullwidth_digit_two", "answer('theirs')", "用对方的"),
        Binding("3,fullwidth_digit_three", "answer('both')", "两段都留，我来改"),
        Binding("escape", "dismiss", "先不定，回到表上"),
    ]

    def __init__(
        self, heading: str, told: Sequence[Line], fields: Sequence[Field], theirs: Mapping[str, str], mine: Mapping[str, str]
    ) -> None:
        """Make the comparison.

        Args:
            heading: the act and the record.
            told: who did what meanwhile, and what follows from it.
            fields: those in which there are two versions; none where others changed only what the form does not ask.
            theirs: what stands there now, by the fields' names.
            mine: what the person has typed.
        """
        super().__init__()
        self._heading, self._told, self._fields = heading, told, fields
        self._theirs, self._mine = theirs, mine

    def body(self) -> ComposeResult:
        """Yield who did what and both texts."""
        yield Static(plain(f"两稿对比  {self._heading}"), classes="heading", markup=False)
        yield HeadFacts(classes="head")
        yield Static(classes="summary columns", markup=False)
        yield _Versions()

    async def load(self) -> None:
        """Say who did what; it was read before."""
        self.query_one(HeadFacts).tell(self._told)
        self.query_one(_Versions).show(passages(_written(self._fields, self._theirs), _written(self._fields, self._mine)), ())
        self._name_both()

    def on_resize(self) -> None:
        """Name both over their columns, where they stand side by side."""
        self._name_both()

    def on_rounds_page_came(self, event: RoundsPage.Came) -> None:
        """Say which change of how many it is."""
        self.status.said(f"第 {event.number} 处，共 {event.total} 处。" if event.number else "")

    def _name_both(self) -> None:
        beside = self.query_one(_Versions).above("[-对方的-]  已存", "{+您的+}  未办")
        said = "下面 [-对方写的-]，{+您写的+}；没改的折起，Tab 看全文，F7 看下一处。"
        if not self._fields:
            beside, said = None, "您填的各栏别人没有改。看过上面的改动，仍要照办的按 1。"
        self.query_one(".columns", Static).update(beside or plain(said))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Offer theirs only where there are two of a thing, and both where they have room beside each other."""
        if parameters == ("both",):
            return any(map(has_room_for_both, self._fields))
        return parameters != ("theirs",) or bool(self._fields)

    def action_answer(self, answer: Answer) -> None:
        """Go on with one of both."""
        self.dismiss(answer)


def _written(fields: Sequence[Field], words: Mapping[str, str]) -> str:
    """Return fields as a text, a part each under its label, choices by their names."""
    parts = (f"〔{field.label}〕\n{_normal(field, field.spoken(words.get(field.name, '')))}" for field in fields)
    return "\n\n".join(parts)


def _normal(field: Field, said: str) -> str:
    """Return what stands in a field, prose a sentence a line: so it is compared."""
    return normalise(said).rstrip("\n") if field.kind == "prose" else said
