"""Regular expressions are kept as they were compiled, match as those do, and are never needed."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MADE = """
import json, re, sys
from schema import expression_code
expression_code.keep_expression_code()
read = []
through = re._compiler._parser.parse
def noted(pattern, *rest):
    read.append(pattern)
    return through(pattern, *rest)
re._compiler._parser.parse = noted
import expressions
imported = len(read)
typed = re.compile("typed by somebody")
print(json.dumps([imported, len(read) - imported, expressions.FOUND, str(expression_code._FILE)]))
"""
_EXPRESSIONS = """
import re
NAMED = re.compile(r"(?P<year>\\d{4})-(\\d\\d)(?P<rest>年?)", re.IGNORECASE)
WIDE = re.compile("[^\\0-\\u02ff\\u2010-\\ua66e\\uac00-\\ud7a3\\U0001f000-\\U0001faff]")
BYTES = re.compile(rb"^state: '?(\\w+)", re.MULTILINE)
class Flags(int): pass  # as what re.sub hands on since Python 3.13, which marshal does not write
class Text(str): pass
assert [re._compiler.compile(Text("A|b"), Flags(re.IGNORECASE)).flags, re._compiler.compile("a|B", Flags(re.IGNORECASE)).flags] == [34, 34]
assert (NAMED.pattern, NAMED.groups, dict(NAMED.groupindex)) == (r"(?P<year>\\d{4})-(\\d\\d)(?P<rest>年?)", 3, {"year": 1, "rest": 3})
FOUND = [
    NAMED.search("于2026-09年").groupdict(), NAMED.sub(r"\\g<2>/\\1", "2026-09"), WIDE.search("督办\\u0301") is not None,
    WIDE.search("督办😀") is None, BYTES.findall(b"id: 1\\nstate: 'open'").pop().decode(), str(NAMED.flags), str(BYTES.flags),
]
"""


def _made(kept: Path, *options: str) -> tuple[int, int, list[object], Path]:
    """Import expressions in a process of its own; return how many were read then and later, what they find, where they are kept."""
    (kept / "expressions.py").write_text(_EXPRESSIONS, encoding="utf-8")
    given = {"PATH": os.environ["PATH"], "PYTHONPYCACHEPREFIX": str(kept), "PYTHONPATH": f"{kept}:{ROOT}"}
    done = subprocess.run([sys.executable, *options, "-c", _MADE], capture_output=True, text=True, cwd=kept, env=given, check=True)
    imported, typed, found, place = json.loads(done.stdout)
    return imported, typed, found, Path(place)


def test_an_expression_is_read_once_and_where_what_is_kept_is_spoilt(tmp_path: Path) -> None:
    first, typed, found, place = _made(tmp_path)
    assert (first, typed) == (5, 1)
    assert found == [{"year": "2026", "rest": "年"}, "09/2026", True, True, "open", "34", "8"]
    assert place.is_relative_to(tmp_path)
    assert _made(tmp_path) == (1, 1, found, place)  # what somebody types is compiled anew, and not kept; nor is a text of another kind
    for spoilt in (b"", place.read_bytes()[:-9], b"noise"):
        place.write_bytes(spoilt)
        assert _made(tmp_path) == (first, 1, found, place)
    assert _made(tmp_path)[0] == 1


def test_no_expression_is_kept_where_no_module_is(tmp_path: Path) -> None:
    first, _, found, place = _made(tmp_path, "-B")
    assert (first, found[-1]) == (5, "8")
    assert not place.exists()
