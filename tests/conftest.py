"""What every test stands on: an empty home, no Git configuration of anybody's, one demo register made once a process."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from records.demo import build
from records.register.register import Register


@pytest.fixture(autouse=True)
def nobody_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep this machine's settings out of every test."""
    home = tmp_path_factory.mktemp("home")
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_WORK_TREE", "DUBAN_REGISTER", "NO_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the demo register with all its stories, made once for all workers of a run; read it, never write to it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home, made = shared / "demo" / "register", shared / "demo" / "made"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            build(home).index.catch_up()
            made.touch()
    return home


@pytest.fixture
def demo(demo_home: Path, tmp_path: Path) -> Register:
    """Return a demo register of the test's own."""
    home = tmp_path / "register"
    shutil.copytree(demo_home, home)
    return Register(home)
