"""The house stands: imports run one way only, and nothing below the screen touches clock, environment or terminal."""

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
# Each may import itself and what stands before it.
ROOMS = (
    "schema",
    "records.matter", "records.signatures", "records.bureau", "records.rules", "records.procedure", "records.acts", "records.store",
    "records.keys", "records.audit", "records.index", "records.register", "records.demo",
    "documents.layout", "documents.forms", "documents.libreoffice", "documents.publishing", "documents.archive",
    "desk",
    "tui.parts", "tui.later", "tui.terminal", "tui.widgets", "tui.frame", "tui.forms", "tui.lines", "tui.screens", "tui.app", "tui.door",
    "tui.command", "tui.start", "tui.everything",
)  # fmt: skip
HOUSE = tuple(dict.fromkeys(room.partition(".")[0] for room in ROOMS))
MODULES = [path for room in HOUSE for path in sorted((ROOT / room).rglob("*.py"))]


class Said(NamedTuple):
    """What a file says, as far as any rule asks: each name with its line; texts without docstrings."""

    imports: frozenset[str]
    attributes: tuple[tuple[int, str, str], ...]
    calls: tuple[tuple[int, str], ...]
    texts: tuple[str, ...]

    @staticmethod
    def by(tree: ast.Module) -> "Said":
        """Read a program; an attribute comes with the name it is asked of, empty where that is more than a name."""
        imports: set[str] = set()
        attributes: list[tuple[int, str, str]] = []
        calls: list[tuple[int, str]] = []
        texts: dict[int, str] = {}
        docs: set[int] = set()
        for node in ast.walk(tree):
            match node:
                case ast.Import():
                    imports |= {each.name for each in node.names}
                case ast.ImportFrom():
                    imports |= {f"{node.module}.{each.name}" for each in node.names}
                case ast.Attribute(value=owner):
                    attributes.append((node.lineno, owner.id if isinstance(owner, ast.Name) else "", node.attr))
                case ast.Call(func=ast.Name(id=name)):
                    calls.append((node.lineno, name))
                case ast.Constant(value=str(text)):
                    texts[id(node)] = text
                case ast.Expr():
                    docs.add(id(node.value))
        return Said(frozenset(imports), tuple(attributes), tuple(calls), tuple(text for at, text in texts.items() if at not in docs))


@cache
def said(path: Path) -> Said:
    """Return what a file says, read once for all rules."""
    return Said.by(ast.parse(path.read_text(encoding="utf-8")))


def faults(paths: list[Path], found: Callable[[Path], Iterator[object]]) -> dict[str, list[object]]:
    """Return what is found in each file in which there is anything."""
    told = ((str(path.relative_to(ROOT)), list(found(path))) for path in paths)
    return {name: each for name, each in told if each}


def room_of(module: str) -> str | None:
    """Return the room in which a module stands, None for one of no room of ours."""
    return next((room for room in ROOMS if f"{module}.".startswith(f"{room}.")), None)


def test_imports_run_one_way() -> None:
    def upwards(path: Path) -> Iterator[str]:
        here = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
        above = ROOMS[ROOMS.index(here) + 1 :] if here else ROOMS
        return (name for name in said(path).imports if room_of(name) in above)

    assert len(MODULES) > 300
    assert faults(MODULES, upwards) == {}


def test_every_file_stands_in_a_room() -> None:
    loose = [
        path.relative_to(ROOT)
        for path in MODULES
        if path.name != "__init__.py" and not room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    ]
    assert loose == []


BELOW = [path for path in MODULES if path.relative_to(ROOT).parts[0] != "tui"]
FORBIDDEN = {
    ("datetime", "now"), ("datetime", "today"), ("date", "today"), ("time", "time"), ("os", "environ"), ("os", "getenv"),
    ("os", "getuid"), ("os", "getlogin"), ("getpass", "getuser"), ("sys", "stdout"), ("sys", "stderr"),
}  # fmt: skip


def test_time_person_and_place_are_arguments_below_the_screen() -> None:
    def asked(path: Path) -> Iterator[tuple[object, ...]]:
        yield from (each for each in said(path).attributes if each[1:] in FORBIDDEN)
        yield from (each for each in said(path).calls if each[1] in {"print", "input"})

    assert len(BELOW) > 200
    assert faults(BELOW, asked) == {}


_PURE_ROOMS = ("matter", "signatures", "bureau", "rules", "procedure", "acts")
PURE = [path for path in MODULES if path.relative_to(ROOT).parts[:2] in {("records", room) for room in _PURE_ROOMS}]


DOING = {"os", "pathlib", "subprocess", "sqlite3", "socket", "io", "git", "gitdb"}


def test_acts_do_no_input_or_output() -> None:
    assert len(PURE) > 50
    assert faults(PURE, lambda path: (name for name in said(path).imports if name.split(".")[0] in DOING)) == {}


@pytest.mark.parametrize("statement", ["import tui.command", "import records.register.register", "import documents.publishing.publisher"])
def test_a_command_never_loads_the_screens_libraries(statement: str) -> None:
    code = f"{statement}\nimport sys\nprint([m for m in ('textual', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("module", ["tui.command", "tui.screens.ledger"])
def test_what_only_looks_never_loads_the_libraries_of_documents(module: str) -> None:
    code = f"import {module}, sys\nprint([m for m in ('openpyxl', 'docx', 'lxml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


_KEEPERS = {("records", room) for room in ("store", "keys", "audit", "index", "register")}
ABOVE = [path for path in MODULES if path.relative_to(ROOT).parts[:2] not in _KEEPERS]
_KEEPING = ("store.Store", "store.Transaction", "repository", "branch", "lock", "objects")


def test_nobody_above_the_register_reaches_through_it_to_the_store() -> None:
    def reached(path: Path) -> Iterator[str]:
        yield from (f"line {line}" for line, _, name in said(path).attributes if name in ("store", "_store"))
        names = {".".join(name.split(".")[2:4]) for name in said(path).imports if name.startswith("records.store.")}
        yield from (name for name in names if f"{name}.".startswith(tuple(f"{each}." for each in _KEEPING)))

    assert len(ABOVE) > 250
    assert faults(ABOVE, reached) == {}


_FORKING = {"tui/door/service.py", "tui/door/afresh.py"}  # they start sessions, and are never in one


def test_by_what_number_a_process_is_known_is_asked_in_one_place() -> None:
    """Every session is the first process of its namespace: whoever names a file by that would write over another's."""
    paths = [path for path in MODULES if str(path.relative_to(ROOT)) not in {*_FORKING, "records/store/process.py"}]
    assert faults(paths, lambda path: (line for line, _, name in said(path).attributes if name == "getpid")) == {}
