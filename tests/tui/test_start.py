"""A command starts with what it needs and nothing else: held by the modules it loads, which no busy machine changes."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from wcwidth import wcswidth

from records.register.register import Register
from tests.conftest import BRIEF
from tui.command import _MODULES, common, duban

ROOT = Path(__file__).parents[2]
SCREEN = ("textual", "rich", "tui.app", "tui.screens", "tui.forms")
PAPERS = ("docx", "lxml", "openpyxl", "documents")
OTHERS = ("git", "watchfiles", "pypinyin", "cryptography", "asyncio", "ssl", "desk.intake", "tui.door.service", "tui.command.setup")
ACTING = ("records.acts", "records.index.building", "records.procedure.unattended")
JUDGING = ("records.audit.audit", "desk.audit_words", "desk.outlook", "desk.tables")
UNUSED = (
    "ast",
    "tokenize",
    "selectors",
    "typing_extensions",
    "click.shell_completion",
    "jsonschema_rs",
    "email",
    "_hashlib",
    "records.bureau.whole_roster",
)  # what modules bring that are loaded later, or not at all
NOT_TO_LOOK = (*SCREEN, *PAPERS, *OTHERS, *JUDGING, "zoneinfo")
_ASKED = """
import json, sys
from tui.start import main
sys.argv = ["duban", *json.loads(sys.argv[1])]
try:
    main()
except SystemExit as left:
    status = left.code
print(json.dumps([status, sorted(sys.modules)]), file=sys.stderr)
"""


def _loaded(*argv: str) -> set[str]:
    """Return the modules in a process of its own that has done a command."""
    done = subprocess.run([sys.executable, "-c", _ASKED, json.dumps(argv)], capture_output=True, text=True, cwd=ROOT, check=True)
    status, modules = json.loads(done.stderr.splitlines()[-1])
    assert status in (0, None), done.stderr
    return set(modules)


def _of(rooms: tuple[str, ...], modules: set[str]) -> list[str]:
    return sorted(each for each in modules if any(f"{each}.".startswith(f"{room}.") for room in rooms))


@pytest.mark.parametrize(
    "asked",
    [("ls",), ("ls", "--json"), ("show", BRIEF[0]), ("log", BRIEF[0]), ("acts", BRIEF[0], "--as", "BGS.clerk1")],
    ids=" ".join,
)
def test_who_looks_loads_nothing_that_he_does_not_use(brief_home: Path, asked: tuple[str, ...]) -> None:
    register = Register(brief_home)
    register.index.catch_up()
    register.close()
    modules = _loaded("--register", str(brief_home), *asked)
    assert "records.register.register" in modules
    assert _of(("importlib.metadata",), modules) == []
    assert _of((*NOT_TO_LOOK, *(UNUSED if asked[0] in ("ls", "log") else UNUSED[:-1])), modules) == []
    assert (_of(ACTING, modules) == []) == (asked[0] in ("ls", "log"))
    assert {each for each in modules if each.startswith("tui.command.") and each.removeprefix("tui.command.") in _MODULES} == {
        f"tui.command.{next(module for module, names in _MODULES.items() if asked[0] in names)}"
    }


@pytest.mark.parametrize("asked", [("--version",), ("nothing",), ("ls", "--help"), ("act", "--help")], ids=" ".join)
def test_who_asks_what_there_is_opens_no_register(asked: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-c", _ASKED, json.dumps(asked)], capture_output=True, text=True, cwd=ROOT, check=True)
    modules = set(json.loads(done.stderr.splitlines()[-1])[1])
    assert "click" in modules
    assert _of(NOT_TO_LOOK, modules) == []
    if asked[0] == "--version":
        assert _of(("records", "desk", "schema.tables", "schema.check", "schema.text", "yaml", "jsonschema_rs", "sqlite3"), modules) == []


def test_the_app_ciphers_no_lines_and_whoever_wants_to_still_can() -> None:
    asked = "import sys\nfrom tui.later import load_without\nload_without('asyncio')\nimport tui.app\nprint('ssl' in sys.modules)\n"
    asked += "import asyncio, ssl\nprint(asyncio.run(asyncio.sleep(0, 'slept')), ssl.create_default_context() is None)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.split() == ["False", "slept", "False"]


_FIRST_LIST = """
import asyncio, json, sys
from datetime import datetime
from pathlib import Path
import tui.terminal.widths
from records.register.register import Register
from tui.app import DubanApp
register = Register(Path(sys.argv[1]))
person = register.view().roster.people["BGS.clerk1"]
DubanApp.stands = DubanApp.exit
app = DubanApp(register, person, clock=lambda: datetime.fromisoformat("2026-11-23T09:00:00+08:00"), publish=False)
asyncio.run(app.run_async(headless=True))
assert not app.failure, app.failure
print(json.dumps(sorted(sys.modules)))
"""


def test_the_first_list_of_an_index_that_stands_opens_no_matter_and_no_form_and_builds_nothing(brief_home: Path) -> None:
    register = Register(brief_home)
    register.index.catch_up(lambda *_: True)
    register.close()
    done = subprocess.run([sys.executable, "-c", _FIRST_LIST, str(brief_home)], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    modules = {*json.loads(done.stdout.splitlines()[-1])}
    assert "tui.screens.inbox" in modules
    later = (
        "tui.forms.form",
        "tui.screens.case",
        "tui.screens.ledger",
        "desk.forms",
        "desk.wording",
        "records.index.building",
        "textual.widgets._text_area",
    )
    assert _of(later, modules) == []


def test_each_command_is_found_where_the_table_says() -> None:
    for module, names in _MODULES.items():
        assert tuple(each.name for each in import_module(f"tui.command.{module}").COMMANDS) == names
    assert {path.stem for path in (ROOT / "tui/command").glob("*.py") if "\nCOMMANDS = " in path.read_text(encoding="utf-8")} == {*_MODULES}
    assert list(duban.commands) == [name for names in _MODULES.values() for name in names]
    assert all(each.name == name for name, each in duban.commands.items())


def test_the_usual_signs_take_the_cells_that_their_table_says() -> None:
    usual = [*map(chr, range(0x20, 0x7F)), *map(chr, range(0x4E00, 0xA000)), *common._ONE, *common._TWO]
    assert [char for char in usual if common._cells(char) != wcswidth(char)] == []
    assert common._cells("𠮷田e\u0301 —") == wcswidth("𠮷田e\u0301 —")
