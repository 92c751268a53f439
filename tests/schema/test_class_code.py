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

_TOLD = """
import re, sys, types
from schema import class_code
class_code.keep_class_code()
import records.bureau.whole_roster, records.matter.item
def told(value):
    if isinstance(value, types.FunctionType):
        parts = "code defaults kwdefaults annotations closure qualname module dict".split()
        return ["function", *(told(getattr(value, f"__{part}__")) for part in parts)]
    if isinstance(value, types.CodeType):
        return [value.co_code, value.co_names, value.co_varnames, value.co_freevars, value.co_flags, *map(told, value.co_consts)]
    if isinstance(value, types.CellType):
        return ["cell", told(value.cell_contents)]
    if isinstance(value, dict | types.MappingProxyType):
        return [(name, told(each)) for name, each in value.items() if name not in ("__dict__", "__weakref__")]
    if isinstance(value, frozenset):
        return ["set", *sorted(map(repr, value))]
    return [told(each) for each in value] if isinstance(value, tuple | list) else re.sub(" at 0x[0-9a-f]+", "", repr(value))
for name, module in sorted(sys.modules.items()):
    for each in vars(module).values() if name.startswith(("schema.", "records.")) else ():
        if isinstance(each, type) and each.__module__ == name and "__dataclass_fields__" in vars(each):
            print(name, each.__qualname__, told(vars(each)))
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


def test_a_class_that_is_kept_is_the_one_that_the_standard_library_makes(tmp_path: Path) -> None:
    given = {"PATH": os.environ["PATH"], "PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONHASHSEED": "0"}
    made, kept = (
        subprocess.run([sys.executable, "-c", _TOLD], capture_output=True, text=True, cwd=ROOT, env=given, check=True).stdout.splitlines()
        for _ in range(2)
    )
    assert len(made) > 60
    assert kept == made
    (place,) = (path for path in tmp_path.rglob("dataclasses.*") if "schema" in path.parts)
    assert b"def __create_fn__(" not in place.read_bytes()


def test_where_classes_are_made_in_a_way_that_is_not_known_they_are_the_standard_librarys(tmp_path: Path) -> None:
    given = {"PATH": os.environ["PATH"], "PYTHONPYCACHEPREFIX": str(tmp_path)}
    unknown = "import schema.class_made\nschema.class_made._CELLS.clear()\nschema.class_made._DEFAULTS = (('_', '_'),) * 2\n"
    code = unknown + _MADE.replace("builtins.compile = noted", "").replace("len(compiled), class_code._FILE", "'made'")
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=given, check=True)
        assert (done.stdout, done.stderr) == ("made\n", "")


def test_a_class_that_was_changed_is_not_the_one_that_was_kept(tmp_path: Path) -> None:
    code = """
import sys, types
from schema import class_code
class_code.keep_class_code()
from dataclasses import dataclass, field
sys.modules["desk.one"] = types.ModuleType("desk.one")
for line in sys.argv[1:]:
    made = {"__name__": "desk.one", "dataclass": dataclass, "field": field}
    exec(f"@dataclass(frozen=True)\\nclass One:\\n    'Doc.'\\n    {line}", made)
    print(made["One"](), vars(made["One"]).get("a"), made["One"].__init__.__annotations__)
"""
    lines = (
        "a: int = 1",
        "a: str = 2",
        "b: int = 1",
        "a: int = field(default=1, repr=False)",
        "a: list[int] = field(default_factory=list)",
        "def __post_init__(self): print('made')",
    )
    given = {"PATH": os.environ["PATH"], "PYTHONPYCACHEPREFIX": str(tmp_path)}
    for asked in (lines[:1], lines):
        done = subprocess.run([sys.executable, "-c", code, *asked], capture_output=True, text=True, cwd=ROOT, env=given, check=True)
    assert done.stdout.splitlines() == [
        "One(a=1) 1 {'a': <class 'int'>, 'return': None}",
        "One(a=2) 2 {'a': <class 'str'>, 'return': None}",
        "One(b=1) None {'b': <class 'int'>, 'return': None}",
        "One() 1 {'a': <class 'int'>, 'return': None}",
        "One(a=[]) None {'a': list[int], 'return': None}",
        "made",
        "One() None {'return': None}",
    ]
