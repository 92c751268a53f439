"""Modules that are found in one file are the modules themselves, and whatever is wrong with the file stops nobody."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from schema.kept_code import place_of

ROOT = Path(__file__).parents[2]
_WRITE = "import schema.text, schema.problem\nfrom schema.module_code import write_module_code\nwrite_module_code()\n"
_ASK = """
import sys
from schema.module_code import find_kept_modules
find_kept_modules()
import schema.text as found
import schema.clauses, schema
print(type(found.__loader__).__name__, found.__file__, found.show("\\x1b"), found.__spec__.parent, type(schema.clauses.__loader__).__name__)
"""
_KEPT, _ANEW = "_Loader", "SourceFileLoader"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A copy of the lowest room, of which the code of two modules is kept."""
    shutil.copytree(ROOT / "schema", tmp_path / "schema", ignore=shutil.ignore_patterns("__pycache__"))
    _run(tmp_path, _WRITE)
    return tmp_path


def _run(place: Path, program: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(place)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=place, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _found(place: Path) -> str:
    """Ask for a module that is kept and for one that is not; return what loaded the first."""
    loader, file, shown, package, other = _run(place, _ASK).split()
    assert (file, shown, package, other) == (str(place / "schema/text.py"), "␛", "schema", _ANEW)
    return loader


def _kept(place: Path) -> Path:
    return place / "schema/__pycache__" / place_of("modules.py").name


def test_a_module_comes_from_the_file_and_one_that_is_not_there_from_its_own(place: Path) -> None:
    assert _found(place) == _KEPT


def test_what_goes_wrong_in_it_is_told_with_its_lines(place: Path) -> None:
    told = _run(place, _ASK + "import traceback\ntry: found.show(None)\nexcept Exception: print(traceback.format_exc())")
    assert f'File "{place}/schema/text.py", line ' in told
    assert "in show\n" in told


@pytest.mark.parametrize("longer", [False, True], ids=["at another time", "longer"])
def test_a_source_that_was_written_since_is_read(place: Path, *, longer: bool) -> None:
    source = place / "schema/text.py"
    if longer:
        then = source.stat()
        source.write_bytes(source.read_bytes() + b"\n")
        os.utime(source, ns=(then.st_atime_ns, then.st_mtime_ns))
    else:
        os.utime(source, (0, 0))
    assert _found(place) == _ANEW


def test_another_package_of_the_name_is_itself(place: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    shutil.copytree(place / "schema", other / "schema")
    shutil.copystat(place / "schema/text.py", other / "schema/text.py")
    assert _found(other) == _ANEW


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:100],
        lambda data: data[:-1],
        lambda data: data[100:],
        lambda data: bytes(len(data)),
        lambda data: data[:-4] + b"\x00\x00\x0d\x0a",
        lambda data: b"\xff" * len(data),
    ],
    ids=["empty", "cut", "short by one", "without its beginning", "zeros", "of another Python", "ones"],
)
def test_a_file_that_is_spoilt_is_as_none(place: Path, spoil: object) -> None:
    _kept(place).write_bytes(spoil(_kept(place).read_bytes()))  # type: ignore[operator]
    assert _found(place) == _ANEW


def test_code_that_is_spoilt_is_made_of_its_source(place: Path) -> None:
    data = _kept(place).read_bytes()
    half = len(data) // 2  # the list of places stands at the end
    _kept(place).write_bytes(bytes(half) + data[half:])
    assert _found(place) == _KEPT


def test_there_may_be_none(place: Path) -> None:
    _kept(place).unlink()
    assert _found(place) == _ANEW
