"""Only the fields that a matter needs: the others stay out of sight until the category, a refusal or the person asks for them.

Among them are those for a signature that was given on paper, where the person may enter one (代录).
"""

from itertools import islice

from desk.asked import Asked
from desk.desk import PaperSignature
from desk.needed import derived, has_more, needless
from desk.paper_entry import PAPER, entered
from desk.scans import SIGNER
from tui.forms.deciding import Deciding
from tui.forms.fields import FieldRow


class Needing(Deciding):
    """A form that shows the fields its matter needs, and fills in what follows from others."""

    def __init__(self, asked: Asked) -> None:
        """Make a form, as `Deciding`."""
        super().__init__(asked)
        self._more = False
        self._followed: dict[str, str] = {}

    def show_needed(self) -> None:
        """Fill in what follows from what stands in the fields, then show those that are needed, or hold something."""
        rows = {row.field.name: row for row in self.query(FieldRow)}
        words = {name: row.words for name, row in rows.items()}
        followed = derived(self.spec.name, words)
        for name in {*followed, *self._followed}:
            if name in rows and words[name] in ("", self._followed.get(name, "")) and words[name] != followed.get(name, ""):
                rows[name].words = words[name] = followed.get(name, "")
        self._followed = followed
        hidden = needless(self.spec.name, words, more=self._more)
        for name, row in rows.items():
            shown = name not in hidden or bool(row.words) or row.has_class("-wrong") or row.has_focus_within
            if not row.field.besides and row.display != shown:
                row.display = shown

    def on_field_row_changed(self, _: FieldRow.Changed) -> None:
        """See what is needed now."""
        self.show_needed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer more fields only where there are any."""
        if action in ("more", "on_paper"):
            return self.enters_paper == (action == "on_paper") and has_more(self.spec.name, (each.name for each in self.asked.fields))
        return super().check_action(action, parameters)

    def action_more(self) -> None:
        """Show the fields that few matters need, or put them away again."""
        self._more = not self._more
        self.show_needed()

    @property
    def enters_paper(self) -> bool:
        """Whether a signature that was given on paper can be entered here."""
        return any(each.name in PAPER for each in self.asked.fields)

    def action_on_paper(self) -> None:
        """Ask who signed on paper, and for the scan; or no longer, and then nothing of it stands here."""
        self._more = not any(row.display for row in self._on_paper)
        self._begin_paper()
        self.set_focus(None)  # what has the cursor would stay in sight
        self.show_needed()
        for row in islice((row for row in self.query(FieldRow) if row.display), 1):
            row.take_focus()

    def _begin_paper(self) -> None:
        """Put in who alone may have signed, where that is asked, and nothing of paper where it is not."""
        for row in self._on_paper:
            row.words = self._only_signer if self._more and row.field.name == SIGNER else ""

    @property
    def _on_paper(self) -> list[FieldRow]:
        return [row for row in self.query(FieldRow) if row.field.name in PAPER]

    @property
    def paper(self) -> PaperSignature | None:
        """The signature on paper that is being entered, as far as it stands here; None where the person acts himself."""
        rows = self._on_paper
        return entered({row.field.name: row.words for row in rows}, asked=any(row.display for row in rows))

    @property
    def _only_signer(self) -> str:
        signers = next((each.choices for each in self.asked.fields if each.name == SIGNER), ())
        return signers[0][0] if len(signers) == 1 else ""
