"""Only the fields that a matter needs: the others stay out of sight until the category, a refusal or the person asks for them."""

from desk.asked import Asked
from desk.needed import MORE, derived, needless
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
        if action == "more":
            return any(name in MORE for name in needless(self.spec.name, {}))
        return super().check_action(action, parameters)

    def action_more(self) -> None:
        """Show the fields that few matters need, or put them away again."""
        self._more = not self._more
        self.show_needed()
