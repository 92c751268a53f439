"""What dataclasses are made of is kept, is what would be compiled, and is never needed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_MADE = """
import builtins, sys
compiled = []
through = builtins.compile
def noted(source, place, *rest, **named):
    if place == "<string>" and "def " in source:
        compiled.append(source)
    return through(source, place, *rest, **named)
builtins.compile = noted
from schema import class_code
class_code.keep_class_code()
from dataclasses import FrozenInstanceError, replace
from records.matter.item import Secrecy
from records.matter.stamps import Stamp
made = Stamp(by="a", at="b")
assert repr(made).startswith("Stamp(by='a', at='b', "), made
assert made == replace(Stamp(by="c", at="b"), by="a") and hash(made) == hash(Stamp(by="a", at="b")) and made != Stamp(by="a", at="c")
assert Secrecy("none").years is None
try:
    made.by = "c"
except FrozenInstanceError:
    print(len(compiled), class_code._FILE)
"""


def _made(kept: Path, *options: str) -> tuple[int, Path]:
    """Make records in a process of its own; return how many programs of classes were compiled, and where they are kept."""
    given = {"PATH": os.environ["PATH"], "PYTHONPYCACHEPREFIX": str(kept)}
    done = subprocess.run([sys.executable, *options, "-c", _MADE], capture_output=True, text=True, cwd=ROOT, env=given, check=True)
    count, place = done.stdout.split()
    return int(count), Path(place)


def test_it_is_compiled_once_and_where_what_is_kept_is_spoilt(tmp_path: Path) -> None:
    first, place = _made(tmp_path)
    assert first > 20
    assert place.is_relative_to(tmp_path)
    assert _made(tmp_path)[0] == 0
    for spoilt in (b"", place.read_bytes()[:-9], b"noise"):
        place.write_bytes(spoilt)
        assert _made(tmp_path)[0] == first
    assert _made(tmp_path)[0] == 0


def test_nothing_is_kept_where_no_module_is(tmp_path: Path) -> None:
    first, place = _made(tmp_path, "-B")
    assert first > 20
    assert not place.exists()


def test_what_belongs_to_no_part_of_this_program_is_none_of_its_business(tmp_path: Path) -> None:
    code = "from schema import class_code\nclass_code.keep_class_code()\nimport dataclasses\n"
    code += "print(dataclasses.make_dataclass('A', ['b'])(1))"
    given = {"PATH": os.environ["PATH"], "PYTHONPYCACHEPREFIX": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=given, check=True)
    assert done.stdout == "A(b=1)\n"
    assert not [path for path in tmp_path.rglob("dataclasses.*") if "schema" in path.parts]
