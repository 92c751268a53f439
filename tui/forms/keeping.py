"""What is typed into a form lies on disk a moment later, and is there again when the form is: after Esc, a dropped line, a crash."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from desk.asked import Asked
from desk.signing import Before
from records.store.disk import said
from tui.forms.fields import Echo, FieldRow, turned
from tui.forms.kept import Kept, brought_back, done_since, fingerprint, kept
from tui.forms.needing import Needing


class Keeping(Needing):
    """A form that keeps what is typed into it until it is handed in."""

    _day: date  # on which what is typed is meant

    def __init__(self, asked: Asked, echo: Echo) -> None:
        """Make a form.

        Args:
            asked: what the act asks.
            echo: says how what stands in a field is understood.
        """
        super().__init__(asked)
        self._fields, self._echo = asked.fields, echo
        self._base = asked.base
        self._aside: Sequence[Mapping[str, str]] = ()
        self._before: Before | None = None
        self._before_kept: Before | None = None
        self._carried: Kept | None = None
        self._kept: dict[str, str] | None = None
        self._lost: dict[str, str] | None = None  # what the person was told cannot be kept
        self._busy = self._done = self._clearing = False
        self._done_before = ""

    @property
    def words(self) -> dict[str, str]:
        """What stands in the fields now."""
        return {row.field.name: row.words for row in self.query(FieldRow)}

    @property
    def typed(self) -> Iterator[str]:
        """What the person wrote himself, in his own words."""
        return (row.words for row in self.query(FieldRow) if not row.field.choices and row.words != row.field.default)

    def keep(self) -> None:
        """Write what was typed to disk, now; does nothing when it lies there already, or was never brought back from there."""
        if self._done or self._busy or self._kept is None:
            return
        self._day = turned(self, self._day)
        if (words := self.words) != self._kept or self._before != self._before_kept:
            self.at.drafts.save(self.asked.key, self._draft(words))
            self._kept, self._before_kept = words, self._before

    def action_clear(self) -> None:
        """Start again from what the record gives, at the second time."""
        if not self._clearing:
            self._clearing = True
            self.status.said("再按一次 F9，清除所填内容，恢复为最初的样子。")
            return
        for row in self.query(FieldRow):
            row.words = row.field.default
        self._begin_paper()
        self.at.drafts.drop(self.asked.key)
        self._kept, self._base, self._aside, self._before = self.asked.defaults, self.asked.base, (), None
        self._clearing, self._done_before = False, ""
        self.let_go()
        self.look_ahead()
        self.refresh_bindings()
        self.status.said("已恢复为最初的样子。")

    def _draft(self, words: Mapping[str, str]) -> str:
        at = self.at.desk.clock().isoformat()
        return Kept(at, self._base, fingerprint(self.asked.defaults), words, self._aside, self._before.text if self._before else "").text

    def _restore(self) -> None:
        found = self._carried or kept(self.at.drafts.load(self.asked.key))
        if found is None:
            self._kept = self.asked.defaults
            return
        self._base, self._aside = found.base, found.aside
        self._before = self._before_kept = Before.of(found.before)
        words = found.words if found is self._carried else brought_back(found, self._fields, self._echo.calendar, self._day)
        for row in self.query(FieldRow):
            row.words = words.get(row.field.name, row.words)
        if found is self._carried:
            self._kept = {}
            aside = "换下的一稿还在，按 F6 再对比或换回。" if found.aside else ""
            self.status.said(f"已与现在的记录合上，按 F10 办理。{aside}")
        else:
            self._kept = self.words
            self._done_before = done_since(found, self.asked, self.at.desk.person)
            changed = self._done_before or ("" if found.filled == fingerprint(self.asked.defaults) else "此后记录已有改动，请核对后再办。")
            self.status.said(f"已恢复 {found.at[5:16].replace('T', ' ')} 的草稿。{changed}不要的话按两次 F9。")
        self.refresh_bindings()

    def _keep_soon(self) -> None:
        try:
            self.keep()
        except OSError as error:
            if self._lost != self.words:
                self.status.failed(f"草稿没有存下（{said(error)}）。请尽快办理，或请管理人员检查磁盘。")
