"""What every test stands on: an empty home, no Git configuration of anybody's, one demo register made once a process."""

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
    """Return the demo register with all its stories; read it, never write to it."""
    home = tmp_path_factory.mktemp("demo") / "register"
    build(home).index.catch_up()
    return home


@pytest.fixture
def demo(demo_home: Path, tmp_path: Path) -> Register:
    """Return a demo register of the test's own."""
    home = tmp_path / "register"
    shutil.copytree(demo_home, home)
    return Register(home)
