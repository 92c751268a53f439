"""The pages for people keep their word: places exist, the glossary is of today, lines fit a pager, the version is one."""

import re
import runpy
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from wcwidth import wcswidth

ROOT = Path(__file__).parent.parent
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# What a stranger looks for, and a word by which he knows that he has found it.
FOUND_BY = {
    "责成重新上报": '@TABLE.act("return_report")',
    "催办": '@TABLE.act("urge")',
    "兰公督字": "兰公督字",
    "whose turn it is": "def duties(",
    "the lock": "fcntl.flock",
    "the red line of the 专报": "def _rule(",
    "F5 in a case": 'bound("act", "act")',
    "`duban setup`": '@command("setup")',
    "`duban init`, `duban check`": '@command("init")',
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_line_is_too_long_for_a_pager(page: Path) -> None:
    assert [n for n, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1) if wcswidth(line) > 160] == []


def test_what_a_stranger_looks_for_is_where_contributing_says() -> None:
    chapter = CONTRIBUTING.partition("## Where is")[2].partition("\n## ")[0]
    told = dict(re.findall(r"^\| ([^|]+) \| `([^`]+)` \|$", chapter, re.MULTILINE))
    assert told.keys() == FOUND_BY.keys()
    for what, path in told.items():
        assert FOUND_BY[what] in (ROOT / path).read_text(encoding="utf-8"), what


def test_every_path_and_room_that_contributing_names_exists() -> None:
    named = [name for name in re.findall(r"`([a-z_]+/[A-Za-z_/.]*)`", CONTRIBUTING) if not name.startswith("tests/records/test_acts")]
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []
    rooms = {str(path.parent.relative_to(ROOT)) for room in ("records", "documents") for path in (ROOT / room).glob("*/__init__.py")}
    assert {room for room in rooms if f"`{room}`" not in CONTRIBUTING} == set()


def test_the_glossary_is_of_today() -> None:
    made = runpy.run_path(str(ROOT / "docs/glossary.py"))
    assert made["PAGE"].read_text(encoding="utf-8") == made["page"](), "run `make glossary`"


def test_the_version_stands_in_one_place() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    told = subprocess.run([sys.executable, "-m", "tui.command", "--version"], capture_output=True, text=True, cwd=ROOT, check=True)
    assert told.stdout.strip() == f"duban {version}"
    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_package_goes_into_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    there = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for room in ("schema", "records", "documents", "desk", "tui")
        for path in (ROOT / room).rglob("__init__.py")
    }
    assert set(project["tool"]["setuptools"]["packages"]) == there
    assert all((ROOT / room / "py.typed").is_file() for room in there if "." not in room)


def test_every_data_file_goes_into_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = ("schema", "records", "documents", "desk", "tui")
    there = {path for room in rooms for path in (ROOT / room).rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
    packed = {
        path
        for package, patterns in project["tool"]["setuptools"]["package-data"].items()
        for pattern in patterns
        for path in ROOT.joinpath(*package.split(".")).glob(pattern)
    }
    assert there == packed
