"""The house stands: imports run one way only, and nothing below the screen touches clock, environment or terminal."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("schema", "records", "documents", "tui")  # each may import itself and what stands before it
MODULES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def imported(path: Path) -> Iterator[str]:
    """Yield the modules a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    above = ROOMS[ROOMS.index(room) + 1 :]
    assert not [name for name in imported(path) if name.split(".")[0] in above]


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


@pytest.mark.parametrize("path", sorted((ROOT / "records/acts").glob("*.py")), ids=lambda path: path.name)
def test_acts_do_no_input_or_output(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & {"os", "pathlib", "subprocess", "sqlite3", "socket", "io", "git", "gitdb"}


@pytest.mark.parametrize("statement", ["import tui.command", "import records.register", "import documents.publisher"])
def test_a_command_never_loads_the_screens_libraries(statement: str) -> None:
    code = f"{statement}\nimport sys\nprint([m for m in ('textual', 'rich') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
