"""Under an upstream the network stays with the service: it keeps the line, and sessions that have no network push by it."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from records.store.upstream import Upstream
from tests.githost import attached, let_go, sshd, upstream_at
from tests.tui.apart import within
from tests.tui.test_door_sandbox import apart
from tests.tui.test_door_service import ROOT
from tui.door.line import keep_line, paths_of, sessions_need_network
from tui.door.sandbox import Sandbox

pytestmark = pytest.mark.e2e


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """The folder of a register whose upstream is reached by ssh."""
    found = attached(tmp_path / "home", sshd().url(upstream_at(tmp_path / "up.git")))
    yield found
    let_go(found)


def kept(home: Path, stop: threading.Event, told: list[str]) -> threading.Thread:
    """Have the line kept, and wait until it stands."""
    keeper = threading.Thread(target=keep_line, args=(home, stop, told.append))
    keeper.start()
    while not list((home / "upstream").glob("line-" + "?" * 40)):
        assert keeper.is_alive(), told
        time.sleep(0.05)
    return keeper


@apart
def test_a_session_without_a_network_reaches_the_upstream_by_the_line_that_is_kept(home: Path) -> None:
    def asked() -> str:
        return str(Upstream(home).tip())

    def reached(keeper: threading.Thread) -> None:
        """Wait until the line is there: ssh, which has just made it, does not let everybody in from the first moment."""
        for _ in range(200):
            if within(Sandbox(), (ROOT, home), asked) == "None":  # it is empty, and says so
                return
            assert keeper.is_alive()
            time.sleep(0.05)
        pytest.fail("no session reaches the upstream")

    assert not sessions_need_network(home)
    assert within(Sandbox(), (ROOT, home), asked) == "UnreachedError"
    stop, told = threading.Event(), list[str]()
    keeper = kept(home, stop, told)
    try:
        reached(keeper)
        let_go(home)  # what broke is made anew
        reached(keeper)
    finally:
        stop.set()
        keeper.join()
    assert told == []


def test_what_is_wrong_with_the_line_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.door.line._LOOK", 0.01)
    home, stop, told = attached(tmp_path, "ssh://nobody@127.0.0.1:1/none.git"), threading.Event(), list[str]()
    asked: list[None] = []
    tip = Upstream.tip

    def counted(self: Upstream) -> str | None:
        asked.append(None)
        if len(asked) == 3:
            stop.set()
        return tip(self)

    monkeypatch.setattr(Upstream, "tip", counted)
    keep_line(home, stop, told.append)
    assert (len(asked), len(told)) == (3, 1)


def test_only_an_upstream_by_http_leaves_a_session_the_network(tmp_path: Path) -> None:
    stop = threading.Event()
    keep_line(tmp_path, stop, pytest.fail)  # there is none to keep
    assert (sessions_need_network(tmp_path), paths_of(tmp_path)) == (False, ())
    assert sessions_need_network(attached(tmp_path, "https://host/up.git"))
    keep_line(tmp_path, stop, pytest.fail)
    there = tmp_path / "up.git"
    assert paths_of(attached(tmp_path, str(there))) == (there,)
    assert not sessions_need_network(tmp_path)
