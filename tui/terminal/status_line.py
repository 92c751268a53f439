"""The line at the bottom that says what was done and what went wrong, in the place of toasts."""

from textual.content import Content
from textual.widgets import Static

from tui.terminal.safety import plain


class StatusLine(Static):
    """One line; what is longer may take up to three: the way out of an error stands at its end, and what came of an act.

    It never vanishes by itself: whoever looked away still finds it. An error says so in words, not by colour alone.
    """

    ALLOW_SELECT = True
    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        max-height: 3;
        padding: 0 1;
        color: $foreground;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        &.-failed, &.-long { height: auto; text-wrap: wrap; text-overflow: fold; }
        &.-failed { color: $text-error; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__("", markup=False, id=id)
        self._stands, self._failed, self._always = Content(), False, Content()

    def always(self, text: str) -> None:
        """Say what is so all the time, wherever nothing else was said; an empty text takes it back."""
        if (always := plain(text)) != self._always:
            was, self._always = self._stands or self._always, always
            if self.content == was:
                self._put(self._stands or always, failed=self._failed)

    def said(self, text: str) -> None:
        """Say what was done; an empty text clears the line."""
        self._stand(plain(text), failed=False)

    def failed(self, text: str) -> None:
        """Say what went wrong, where, and the way out."""
        self._stand(Content.assemble("出错：", plain(text)), failed=True)

    def mended(self, text: str) -> None:
        """Take back what went wrong, or was yet to come, where that is still what is said."""
        if self._stands == (Content.assemble("出错：", plain(text)) if self._failed else plain(text)):
            self.said("")

    def passing(self, text: str) -> None:
        """Say what is going on, in front of what was said, until it has ``passed`` or something else is said."""
        self._put(plain(text), failed=False)

    def passed(self, text: str) -> None:
        """Let what was said stand again, where this is still in front of it."""
        if self.content == plain(text):
            self._put(self._stands or self._always, failed=self._failed)

    def _stand(self, content: Content, *, failed: bool) -> None:
        self._stands, self._failed = content, failed
        self._put(content or self._always, failed=failed)

    def _put(self, content: Content, *, failed: bool) -> None:
        self.set_class(failed, "-failed")
        self.set_class(content.cell_length > self.app.size.width - 2, "-long")
        self.update(content)
