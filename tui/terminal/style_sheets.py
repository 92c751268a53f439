"""Style sheets are parsed once a process, however many apps, themes and screens ask for them, and by whoever installs the program before.

To parse them is a twentieth of the start of an app. What a text becomes with the colours of a theme is kept beside the modules
(``schema.kept_code``), by the text and the colours themselves, so that nothing kept can be wrong for another; and it is held to time and
length of each source of Textual that says what rules are made of.
"""

import marshal
import pickle
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.dom import DOMNode

from schema.kept_code import Kept, made_of, place_of, write_kept

_FILE = place_of("style_sheets.py")
_SOURCES = "sources"
_MAKERS = ("textual.css.", "textual.color", "textual.geometry", "textual.layouts.")
"""Modules that make rules, or whose things stand in them."""


class Sheet(NamedTuple):
    """A text that is parsed: whether of a widget's own defaults, and the type of widget within which alone its rules hold."""

    css: str
    is_default: bool
    scope: str


class _Known:
    """What texts were parsed to with some variables: in this process, or by whoever installed the program."""

    def __init__(self) -> None:
        self._parsed: dict[tuple[Any, ...], list[RuleSet]] = {}
        self._variables: dict[str, str] = {}
        self._order: tuple[tuple[str, str], ...] = ()
        self._kept, self._sets = _kept()

    def parsed(self, sheet: Stylesheet, text: Sheet, read_from: CSSLocation, tie_breaker: int) -> list[RuleSet]:
        """Return the rules of a text."""
        if sheet._variables is not self._variables:  # exchanged as a whole, and a hundred and fifty
            self._variables, self._order = sheet._variables, _ordered(sheet._variables)
        key = (text, tie_breaker, self._order)
        if (found := self._parsed.get(key)) is None:
            found = _unfolded(self._kept.piece((*text, self._sets.get(self._order))), tie_breaker)
            if found is None:
                found = _parse(sheet, text.css, read_from, text.is_default, tie_breaker, text.scope)
            self._parsed[key] = found
        return found


_parse = Stylesheet._parse_rules


@cache
def parse_style_sheets_once() -> None:
    """Have all style sheets of the process share what was parsed of the same text with the same variables; a second call changes nothing.

    Textual keeps it a style sheet, and makes a new one for each app and again when the theme is set. Rules do not change once parsed.
    """
    known = _Known()

    def parsed(
        self: Stylesheet, css: str, read_from: CSSLocation, is_default_rules: bool = False, tie_breaker: int = 0, scope: str = ""
    ) -> list[RuleSet]:
        return known.parsed(self, Sheet(css, is_default_rules, scope), read_from, tie_breaker)

    Stylesheet._parse_rules = parsed  # type: ignore[method-assign]


def default_sheets() -> Iterator[Sheet]:
    """Yield the texts that the widgets loaded bring along."""
    kinds: list[type[DOMNode]] = [DOMNode]
    for kind in kinds:
        kinds += kind.__subclasses__()
        if css := vars(kind).get("DEFAULT_CSS"):
            yield Sheet(css, True, kind._css_type_name if vars(kind).get("SCOPED_CSS", True) else "")


def write_style_sheets(texts: Iterable[Sheet], variables: Iterable[dict[str, str]]) -> None:
    """Keep what texts are parsed to with each of some sets of variables."""
    asked, sets, pieces = sorted(set(texts)), {}, {}
    for number, each in enumerate(variables):
        sheet = Stylesheet(variables=each)
        sets[_ordered(each)] = number
        for text in asked:
            rules = _parse(sheet, text.css, ("", ""), text.is_default, 1, text.scope)
            if not any(rule.errors for rule in rules):
                pieces[*text, number] = pickle.dumps(rules)
    write_kept(_FILE, pieces | {_SOURCES: marshal.dumps((tuple(_sources()), sets))})


def _kept() -> tuple[Kept, dict[Any, int]]:
    """Return what is kept, and the numbers of the sets of variables; none where rules are made of other sources now."""
    kept = Kept(_FILE)
    with suppress(OSError, ValueError, TypeError):
        sources, sets = kept.get(_SOURCES)
        if all(made_of(source) == (source, *rest) for source, *rest in sources):
            return kept, sets
    return kept, {}


def _unfolded(kept: memoryview, tie_breaker: int) -> list[RuleSet] | None:
    """Return rules that were kept, for a widget of some place in the order of precedence; None where there are none, or they are spoilt."""
    with suppress(pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, ImportError, LookupError):
        found: list[RuleSet] = pickle.loads(kept)  # noqa: S301  # from the folder of all modules, as these are
        for rules in found:
            rules.tie_breaker *= tie_breaker  # of a rule within others some times as much
        return found
    return None


def _ordered(variables: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(variables.items()))


def _sources() -> Iterator[tuple[str, int, int]]:
    for name, module in sorted(sys.modules.items()):
        if name.startswith(_MAKERS) and (source := getattr(module, "__file__", None)):
            yield made_of(source)
