"""What style sheets are parsed to is kept by whoever installs the program, is what would be parsed, and is never needed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_ASK = """
import enum, functools, sys
import textual.css.stylesheet as library
from textual.css.stylesheet import Stylesheet
from tui.app import DubanApp
from tui.terminal import style_sheets, themes
from tui.terminal.app import ChineseApp

parsed, through = [], library.parse
def counted(scope, css, *rest, **named):
    parsed.append(css)
    return through(scope, css, *rest, **named)
library.parse = counted

def told(value):
    if isinstance(value, functools.partial):
        return ["partial", value.func.__qualname__, told(value.args)]
    if isinstance(value, (enum.Enum, str, int, float, type(None))):
        return repr(value)
    if isinstance(value, dict):
        return sorted((str(name), told(each)) for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return [type(value).__name__, *map(told, value)]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    if callable(value):
        return value.__qualname__
    return [type(value).__name__, told(vars(value))] if hasattr(value, "__dict__") else type(value).__name__

own = style_sheets.Sheet(open("tui/duban.tcss", encoding="utf-8").read(), False, "")
for name in sys.argv[1:] or themes.NAMES:
    variables = ChineseApp(theme=name).get_css_variables()
    for place, text in enumerate(sorted({own, *style_sheets.default_sheets()})):
        rules = Stylesheet(variables=variables)._parse_rules(text.css, ("a", "b"), text.is_default, -(place % 4), text.scope)
        print(name, text.scope, told(rules))
print(len(parsed), style_sheets._FILE)
"""


def _run(kept: Path, *words: str) -> str:
    given = {"PATH": os.environ["PATH"], "PYTHONPYCACHEPREFIX": str(kept), "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=ROOT, env=given, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _asked(kept: Path, *themes: str) -> tuple[str, int, Path]:
    """Ask for all rules in a process of its own; return what they are, how many texts were parsed for them, and where they are kept."""
    *rules, last = _run(kept, "-c", _ASK, *themes).splitlines()
    count, place = last.split()
    return "\n".join(rules), int(count), Path(place)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where all that is kept of the program lies, once it was loaded whole."""
    place = tmp_path_factory.mktemp("kept")
    _run(place, "-m", "tui.everything")
    return place


def test_what_is_kept_is_what_would_be_parsed(kept: Path, tmp_path: Path) -> None:
    anew, parsed, place = _asked(tmp_path)
    assert parsed > 150
    assert not place.exists()  # only whoever installs writes
    found, none, place = _asked(kept)
    assert place.exists()
    assert none == 0
    assert found == anew


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:1000],
        lambda data: bytes(len(data)),
        lambda data: data.replace(b"\x80\x04\x95", b"\x80\x04\x2e"),
        lambda data: data.replace(b"model.py", b"other.py", 1),
    ],
    ids=["empty", "cut", "zeros", "each set of rules", "of other sources"],
)
def test_a_file_that_is_spoilt_or_of_another_textual_is_as_none(kept: Path, spoil: object) -> None:
    anew, _, place = _asked(kept, "ansi-light")
    whole = place.read_bytes()
    try:
        place.write_bytes(spoil(whole))  # type: ignore[operator]
        found, parsed, _ = _asked(kept, "ansi-light")
    finally:
        place.write_bytes(whole)
    assert parsed > 40
    assert found == anew
