"""The house stands: imports run one way only, and nothing below the screen touches clock, environment or terminal."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# Each may import itself and what stands before it.
ROOMS = (
    "schema",
    "records.matter", "records.signatures", "records.bureau", "records.rules", "records.procedure", "records.acts", "records.store",
    "records.keys", "records.audit", "records.index", "records.register", "records.demo",
    "documents.layout", "documents.forms", "documents.libreoffice", "documents.publishing", "documents.archive",
    "desk",
    "tui.parts", "tui.terminal", "tui.widgets", "tui.frame", "tui.forms", "tui.screens", "tui.app", "tui.door", "tui.command", "tui.start",
)  # fmt: skip
HOUSE = tuple(dict.fromkeys(room.partition(".")[0] for room in ROOMS))
MODULES = [path for room in HOUSE for path in sorted((ROOT / room).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    """Yield the modules a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room_of(module: str) -> str | None:
    """Return the room in which a module stands, None for one of no room of ours."""
    return next((room for room in ROOMS if f"{module}.".startswith(f"{room}.")), None)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    here = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    above = ROOMS[ROOMS.index(here) + 1 :] if here else ROOMS
    assert not [name for name in imported(path) if room_of(name) in above]


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


@pytest.mark.parametrize("path", BELOW, ids=lambda path: str(path.relative_to(ROOT)))
def test_time_person_and_place_are_arguments_below_the_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in FORBIDDEN, f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"print", "input"}, f"line {node.lineno}"


_PURE_ROOMS = ("matter", "signatures", "bureau", "rules", "procedure", "acts")
PURE = [path for path in MODULES if path.relative_to(ROOT).parts[:2] in {("records", room) for room in _PURE_ROOMS}]


@pytest.mark.parametrize("path", PURE, ids=lambda path: str(path.relative_to(ROOT)))
def test_acts_do_no_input_or_output(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & {"os", "pathlib", "subprocess", "sqlite3", "socket", "io", "git", "gitdb"}


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


@pytest.mark.parametrize("path", ABOVE, ids=lambda path: str(path.relative_to(ROOT)))
def test_nobody_above_the_register_reaches_through_it_to_the_store(path: Path) -> None:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    assert [node.lineno for node in nodes if isinstance(node, ast.Attribute) and node.attr in ("store", "_store")] == []
    names = {".".join(name.split(".")[2:4]) for name in imported(path) if name.startswith("records.store.")}
    assert [name for name in names if f"{name}.".startswith(tuple(f"{each}." for each in _KEEPING))] == []
