"""Following where the system has no room left to tell of changes: they are looked for, which is said once and in Chinese."""

import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import watchfiles.main

from documents.publishing import changes
from records.register.register import Register
from tests.documents import test_preview as previews
from tests.documents import test_watcher as watchers
from tests.documents.case import ITEM, NAME, created, published, texts, walk

clone, folder, register = previews.clone, previews.folder, previews.register
ROOT = Path(__file__).parents[2]
_EXHAUSTED = """
import sys, watchfiles.main as main
def none_left(*_):
    raise RuntimeError("Error creating recommended watcher: Too many open files (os error 24)")
main.RustNotify = none_left
from tui.command import main
main()
"""


@pytest.fixture
def exhausted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can be told of changes any more."""

    def none_left(*_: object) -> None:
        raise OSError("OS file watch limit reached. about []")

    monkeypatch.setattr(watchfiles.main, "RustNotify", none_left)
    monkeypatch.setattr(changes, "_EVERY", 0.02)


@pytest.mark.usefixtures("exhausted")
def test_a_clone_is_followed_all_the_same(clone: Path, folder: Path, tmp_path: Path) -> None:
    previews.test_it_follows_what_editors_do(clone, folder)
    previews.test_a_new_folder_of_records_is_seen(clone, folder, tmp_path)


@pytest.mark.usefixtures("exhausted")
def test_it_is_said_once_and_is_no_failure(clone: Path, folder: Path, tmp_path: Path) -> None:
    with previews.following(clone, folder, ITEM) as found:
        found.until(lambda each: NAME in each.written)
        (told,) = found.told
        assert "inotify 的名额" in told
        assert found.failed == []
    book = created(tmp_path / "another")
    walk(book, "office_review")
    with watchers.following(book) as follower:
        follower.until(follower.at_head)
        walk(book, "director_sign")
        follower.until(follower.at_head)
        assert texts(published(book))[0] == "送审稿"
        assert follower.told == [told]
        assert follower.failed.empty()


@pytest.mark.parametrize("what", ["register", "clone"])
def test_the_command_says_it_in_chinese(what: str, clone: Path, register: Register) -> None:
    argv = ["--register", str(register.home), "watch", *([str(clone), ITEM] if what == "clone" else []), "--no-pdf"]
    with subprocess.Popen(
        [sys.executable, "-c", _EXHAUSTED, *argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", cwd=ROOT
    ) as watching:
        assert watching.stdout
        told = []
        for line in watching.stdout:
            told.append(line)
            if "inotify 的名额" in line:
                watching.send_signal(signal.SIGTERM)
    assert watching.returncode == 0, told
    assert any("inotify 的名额" in line for line in told)
    assert not [line for line in told if re.search(r"Error|Too many|limit reached", line)]


def test_what_is_looked_for_is_what_the_system_would_tell(tmp_path: Path, exhausted: None) -> None:
    (tmp_path / "items").mkdir()
    (tmp_path / "items/b").write_text("1")
    stop = threading.Event()
    found = changes.changes(
        tmp_path, wanted=lambda path: path != "c", recursive=True, burst=1, step=1, timeout=1, stop=stop, told=lambda _: None
    )
    assert next(found) == set()
    for name in ("a", "c", "items/d"):
        (tmp_path / name).write_text("1")
    (tmp_path / "items/b").write_text("2")
    assert next(each for each in found if each) == {"a", "items/b", "items/d"}
    (tmp_path / "a").unlink()
    assert next(each for each in found if each) == {"a"}
    stop.set()
    assert list(found) == []


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    found = changes.changes(
        tmp_path / "gone", wanted=bool, recursive=True, burst=1, step=1, timeout=1, stop=threading.Event(), told=lambda _: None
    )
    with pytest.raises(FileNotFoundError):
        next(found)
