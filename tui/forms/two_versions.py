"""两人同改: what others wrote while a person filled in a form, against his own; he decides which of both the form goes on with."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Static

from desk.forms import Field
from desk.meanwhile import has_room_for_both
from desk.terms import Line
from tui.frame.parts import HeadFacts
from tui.frame.screen import DeskScreen
from tui.terminal.safety import plain
from tui.widgets.diff_view import DiffView

Answer = Literal["mine", "theirs", "both"]


class TwoVersions(DeskScreen[Answer | None]):
    """Gives whose words the form goes on with, None when that is still open. Nothing is done by it, and nothing is lost."""

    GUIDE = "别人在您填写期间也办了。[-对方写的-]，{+您写的+}。选定以后回到表上，按 F10 才办理；没选用的一稿也还在。"
    AUTO_FOCUS = "DiffView"
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
        yield DiffView(_written(self._fields, self._theirs), _written(self._fields, self._mine))

    async def load(self) -> None:
        """Say who did what; it was read before."""
        last = "下面 [-对方写的-]，{+您写的+}。" if self._fields else "您填的各栏别人没有改。看过上面的改动，仍要照办的按 1。"
        self.query_one(HeadFacts).tell([*self._told, ("", last)])

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
    parts = (f"〔{field.label}〕\n{field.spoken(words.get(field.name, ''))}" for field in fields)
    return "\n\n".join(parts)
