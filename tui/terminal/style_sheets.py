"""Style sheets are parsed once a process, however many apps, themes and screens ask for them: a quarter of the start of an app."""

from functools import cache

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation


@cache
def parse_style_sheets_once() -> None:
    """Have all style sheets of the process share what was parsed of the same text with the same variables; a second call changes nothing.

    Textual keeps it a style sheet, and makes a new one for each app and again when the theme is set. Rules do not change once parsed.
    """
    known: dict[tuple[object, ...], list[RuleSet]] = {}
    # A sheet's variables are exchanged as a whole, and are a hundred and fifty: they are put in order once for all its texts.
    last: tuple[dict[str, str], tuple[tuple[str, str], ...]] = {}, ()
    parse = Stylesheet._parse_rules

    def parsed(
        self: Stylesheet, css: str, read_from: CSSLocation, is_default_rules: bool = False, tie_breaker: int = 0, scope: str = ""
    ) -> list[RuleSet]:
        nonlocal last
        if self._variables is not last[0]:
            last = self._variables, tuple(sorted(self._variables.items()))
        key = (css, read_from, is_default_rules, tie_breaker, scope, last[1])
        if (found := known.get(key)) is None:
            found = known[key] = parse(self, css, read_from, is_default_rules, tie_breaker, scope)
        return found

    Stylesheet._parse_rules = parsed  # type: ignore[method-assign]
