"""What every test stands on: an empty home, no Git configuration of anybody's, one demo register made once a run."""

import fcntl
import gc
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings

from records.demo import OPENED, build, play, steps
from records.register.register import Receipt, Register
from tests.bureau import AFTERWARDS, roster

os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # as tui/start.py, where no test begins

BRIEF = ("DB-2026-0118", "DB-2026-0206")
"""One matter from the paper to the archive in three rounds, and one that has just been proposed."""

_REAL = {"programs": False}
"""Whether the test that runs is one on real programs."""
MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that must be free there; a run needs a tenth of it."""


def pytest_configure() -> None:
    """Set up what all of the run stands on, before any test is read."""
    gc.disable()  # until all is read; next to nothing of it is garbage
    settings.register_profile("suite", deadline=None)  # a busy machine is no fault of the program
    settings.load_profile("suite")
    _work_in_memory()


def _work_in_memory() -> None:
    """Work in memory where there is room, as a test reads what it writes: a sync costs nothing there, on a disk a third of a run.

    Every sync is still called, and the tests that look at its place among the calls see it. ``TMPDIR=/tmp`` has a run work on the disk.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    found = os.statvfs(MEMORY)
    if os.access(MEMORY, os.W_OK) and not found.f_flag & os.ST_NOEXEC and found.f_bavail * found.f_frsize >= ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what stays to the end; it took a fifth of the run, going through all modules and tests.

    First every command is imported, where any is: one that a test asks for first would keep the clock which that test put in its place.
    """
    if commands := sys.modules.get("tui.command"):
        list(commands.duban.commands.values())
        _set_the_clock()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def _set_the_clock() -> None:
    """Have no test go by the machine's clock but those on real programs, where others go by it too; nobody else reads it (test_layers)."""
    machine, begun = sys.modules["tui.command.environment"].now, time.monotonic()

    def now() -> datetime:
        return machine() if _REAL["programs"] else AFTERWARDS + timedelta(seconds=int(time.monotonic() - begun))

    for name, module in list(sys.modules.items()):
        if name.startswith(("tui.", "tests.")) and getattr(module, "now", None) is machine:
            module.now = now  # type: ignore[attr-defined]


def pytest_sessionfinish() -> None:
    """Have pytest look for lost errors in nothing: at the end it collects five times over all that a run has left, seconds each."""
    gc.freeze()


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the one home of all tests: pytest looks through all folders of the run for the number of each new one."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def nobody_home(empty_home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Keep this machine's settings and its clock out of every test, and those of the test before it."""
    _REAL["programs"] = request.node.get_closest_marker("e2e") is not None
    if any(empty_home.iterdir()):
        shutil.rmtree(empty_home)
        empty_home.mkdir(0o700)
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_WORK_TREE", "DUBAN_REGISTER", "NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(empty_home))
    monkeypatch.setenv("DUBAN_CONFIG", "")  # this machine's operator is not to send anything
    monkeypatch.setenv("XDG_CONFIG_HOME", str(empty_home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the demo register with all its stories and its index, made by whichever worker comes first; read it, never write to it."""
    yield from _shared(tmp_path_factory, "demo", build)


@pytest.fixture(scope="session")
def brief_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a register with the people of the demo and two of its thirty stories; read it, never write to it."""
    yield from _shared(tmp_path_factory, "brief", _brief)


@pytest.fixture
def demo(demo_home: Path, tmp_path: Path) -> Register:
    """Return a demo register of the test's own; its objects, which nobody ever writes to, are those of all tests."""
    return _own(demo_home, tmp_path)


@pytest.fixture
def brief(brief_home: Path, tmp_path: Path) -> Register:
    """Return a brief register of the test's own: to publish, replay or restore it takes a tenth of what the demo takes."""
    return _own(brief_home, tmp_path)


def _brief(home: Path) -> Register:
    people = roster()
    register = Register.create(home, people.bureau, people.leaders, tuple(people.units.values()), datetime.fromisoformat(OPENED))
    for step in steps():
        if step.target in BRIEF or not step.target.startswith("DB-"):
            done = play(register, step)
            assert isinstance(done, Receipt), f"{step}: {done}"
    return register


def _shared(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], Register]) -> Iterator[Path]:
    run = tmp_path_factory.getbasetemp()
    shared = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / name
    home = shared / "register"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            half = shared / "half"
            shutil.rmtree(half, ignore_errors=True)
            make(half).index.catch_up()
            # One pack instead of some four thousand files, which each test would link and take away again.
            subprocess.run(["git", "-C", str(half / "register.git"), "repack", "-adq"], check=True)
            half.rename(home)
    yield home
    assert not list(home.glob("register.git/objects/??/*")), "a test has written to the register of all tests"
    for path in home.glob("register.git/objects/pack/*.pack"):
        pack = path.read_bytes()
        assert hashlib.sha1(pack[:-20]).digest() == pack[-20:], f"a test has written to {path}"


def _own(made: Path, tmp_path: Path) -> Register:
    home = tmp_path / "register"
    shutil.copytree(made, home, copy_function=_copied)
    return Register(home)


def _copied(source: str, target: str) -> None:
    objects = os.sep.join(("register.git", "objects", ""))
    (os.link if objects in source else shutil.copy2)(source, target)
