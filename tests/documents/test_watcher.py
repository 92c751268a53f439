"""Following a register: what is committed is published, whatever comes between, until it is told to stop."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Queue

import pytest
from msgspec.structs import replace

from documents.layout.profile import standard
from documents.publishing import watcher
from documents.publishing.document_hashes import record_issued
from documents.publishing.publisher import Built, Publisher
from documents.publishing.watcher import follow
from records.register.register import Register
from records.store import receipt
from tests.bureau import roster
from tests.documents.case import COPY, NAME, NOW, RECORD, TITLE, Press, created, git, printed, published, texts, walk
from tests.planting import store_of

PATIENCE = 30  # seconds until a test gives up; nothing is measured by it


class Following:
    """A watcher at work in a thread of its own, and what it tells."""

    def __init__(self, register: Register, publisher: Publisher | None = None) -> None:
        self.register = register
        self.built: Queue[tuple[Built, ...]] = Queue()
        self.failed: Queue[Exception] = Queue()
        self.stop = threading.Event()
        publisher = publisher or Publisher(register, standard())
        self.told: list[str] = []
        told = {"stop": self.stop, "built": self.built.put, "failed": self.failed.put, "told": self.told.append}
        self.thread = threading.Thread(target=follow, args=(register, publisher), kwargs=told, daemon=True)
        self.thread.start()

    def until(self, reached: Callable[[], bool]) -> None:
        while not reached():
            self.built.get(timeout=PATIENCE)

    def at_head(self) -> bool:
        found = Publisher(self.register, standard()).manifest()
        return found is not None and found.commit == self.register.head()

    def end(self) -> None:
        self.stop.set()
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()


@contextmanager
def following(register: Register, publisher: Publisher | None = None) -> Iterator[Following]:
    found = Following(register, publisher)
    try:
        yield found
    finally:
        found.end()


@pytest.fixture
def register(tmp_path: Path) -> Register:
    found = created(tmp_path / "register")
    walk(found, "office_review")
    return found


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries again at once rather than every other second."""
    monkeypatch.setattr(watcher, "_LOOK", 0.05)


def test_it_begins_with_what_was_missed_and_goes_on_with_what_comes(register: Register) -> None:
    with following(register) as found:
        found.until(found.at_head)
        assert texts(published(register))[0] == "草稿"
        for through, word in (("director_sign", "送审稿"), ("bureau_sign", "特急")):
            walk(register, through)
            found.until(found.at_head)
            assert texts(published(register))[0] == word
        assert found.failed.empty()


def burst(register: Register, count: int) -> None:
    """Commit one new title of the outgoing document after another, by hand, under one lock and without a thought for power cuts."""
    head, who = register.head() or "", receipt.service(roster().bureau, NOW)
    record = (store_of(register).read(RECORD, head) or b"").decode()
    with pytest.MonkeyPatch.context() as patch, store_of(register).writing() as transaction:
        patch.setattr(os, "fsync", lambda _: None)
        for n in range(count):
            changed = record.replace(TITLE, f"关于第{n}次更名情况的报告")
            transaction.commit({RECORD: changed.encode()}, author=who, committer=who, message=f"更名 {n}")


def test_a_burst_ends_at_the_head(register: Register) -> None:
    with following(register, Publisher(register, standard(), Press())) as found:
        found.until(found.at_head)
        burst(register, 1000)
        found.until(lambda: found.at_head() and printed(register))
        assert "关于第999次更名情况的报告" in texts(published(register))
        assert "关于第999次更名情况的报告" in published(register, COPY).decode()
        assert found.failed.empty()


def test_what_came_while_it_was_stopped_is_caught_up(register: Register) -> None:
    with following(register, Publisher(register, standard(), Press())) as found:
        found.until(lambda: found.at_head() and printed(register))
    burst(register, 1000)
    with following(register, Publisher(register, standard(), Press())) as found:
        found.until(lambda: found.at_head() and printed(register))
        assert "关于第999次更名情况的报告" in texts(published(register))
        assert found.failed.empty()


@pytest.mark.usefixtures("eager")
def test_a_printer_that_dies_costs_no_document_and_is_told_with_the_record(register: Register) -> None:
    with following(register, Publisher(register, standard(), Press(failing=-1))) as found:
        (told,) = [each for each in found.built.get(timeout=PATIENCE) if each.record == RECORD]
        assert NAME in told.files
        assert "排版程序已退出" in str(told.problems[0])
        walk(register, "director_sign")
        found.until(found.at_head)
        assert texts(published(register))[0] == "送审稿"
        assert found.failed.empty()


def test_a_branch_among_packed_references_is_followed(register: Register) -> None:
    with following(register) as found:
        found.until(found.at_head)
        git(register, "pack-refs", "--all")
        walk(register, "director_sign")
        git(register, "pack-refs", "--all")
        found.until(found.at_head)
        assert texts(published(register))[0] == "送审稿"


@pytest.mark.usefixtures("eager")
def test_an_error_is_told_once_and_the_work_tried_again(register: Register) -> None:
    register.published.write_text("in the way")
    with following(register) as found:
        assert "发布公文失败" in str(found.failed.get(timeout=PATIENCE))
        register.published.unlink()
        found.until(found.at_head)
        assert texts(published(register))[0] == "草稿"
        assert found.failed.empty()


@pytest.mark.usefixtures("eager")
def test_what_receives_the_news_may_fail(register: Register) -> None:
    publisher, stop, failed = Publisher(register, standard()), threading.Event(), []

    def built(_: tuple[Built, ...]) -> None:
        raise RuntimeError("the screen is gone")

    def note(error: Exception) -> None:
        failed.append(str(error))
        stop.set()

    follow(register, publisher, stop=stop, built=built, failed=note, told=failed.append)
    assert failed == ["the screen is gone"]
    assert (register.published / NAME).exists()


@pytest.mark.usefixtures("eager")
def test_it_stands_by_while_another_works_and_takes_over(register: Register) -> None:
    first, held = Publisher(register, standard()), ExitStack()
    assert held.enter_context(first.try_lock())
    with following(register) as found:
        found.thread.join(0.3)
        assert found.built.empty()
        assert found.failed.empty()
        assert not (register.published / NAME).exists()
        held.close()
        found.until(found.at_head)
        assert texts(published(register))[0] == "草稿"
    with first.try_lock() as mine:
        assert mine  # it lets go when it ends


SPOILT = {"deleted": Path.unlink, "altered": lambda path: path.write_bytes(b"PK altered")}
PDF = NAME.replace(".docx", ".pdf")


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("name", [NAME, PDF])
@pytest.mark.parametrize("how", SPOILT)
def test_what_was_spoilt_is_whole_again_at_the_start_and_when_touched(register: Register, how: str, name: str) -> None:
    walk(register, "bureau_sign")
    path = register.published / name
    with following(register, Publisher(register, standard(), Press(alike=True))) as found:
        found.until(lambda: found.at_head() and printed(register))
        whole = path.read_bytes()
        for _ in range(2):
            SPOILT[how](path)
            found.until(lambda: path.exists() and path.read_bytes() == whole)
    SPOILT[how](path)
    with following(register, Publisher(register, standard(), Press(alike=True))) as found:
        found.until(lambda: path.exists() and path.read_bytes() == whole)
        assert found.failed.empty()


@pytest.mark.usefixtures("eager")
def test_the_longer_a_look_at_the_folder_takes_the_less_often_it_is_taken(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    now, spent, looks = [0.0], [0.0], Queue[float]()

    class Large(Publisher):
        def stamps(self) -> Mapping[str, tuple[int, ...]]:
            spent[0] += 1
            looks.put(spent[0])
            return super().stamps()

    monkeypatch.setattr(watcher, "monotonic", lambda: now[0])
    monkeypatch.setattr(watcher, "thread_time", lambda: spent[0])
    with following(register, Large(register, standard())) as found:
        for through in ("office_review", "director_sign", "bureau_sign"):
            walk(register, through)
            found.until(found.at_head)
        assert looks.get(timeout=PATIENCE) == 1
        assert looks.empty()
        now[0] = 2000
        assert looks.get(timeout=PATIENCE) == 2
        assert found.failed.empty()


@pytest.mark.usefixtures("eager")
def test_a_look_that_waited_for_a_core_is_taken_again_as_soon_as_any(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    now, looks = [0.0], Queue[float]()

    class Stopped(Publisher):
        def stamps(self) -> Mapping[str, tuple[int, ...]]:
            looks.put(now[0])
            now[0] += 3600
            return super().stamps()

    monkeypatch.setattr(watcher, "monotonic", lambda: now[0])
    with following(register, Stopped(register, standard())) as found:
        assert [looks.get(timeout=PATIENCE) for _ in range(3)] == [0, 3600, 7200]
        assert found.failed.empty()


def test_a_lost_manifest_comes_again(register: Register) -> None:
    publisher = Publisher(register, standard())
    publisher.catch_up()
    before = publisher.manifest()
    (register.published / "manifest.json").unlink()
    publisher.heal(())
    assert publisher.manifest() == before is not None


@pytest.mark.usefixtures("eager")
def test_what_cannot_be_made_again_is_named_at_each_start_and_not_replaced(register: Register) -> None:
    walk(register, "bureau_sign")
    older = Publisher(register, replace(standard(), version=1))
    older.catch_up()
    told = older.manifest()
    assert told
    assert list(record_issued(register, told, NOW))
    path = register.published / NAME
    path.write_bytes(b"PK altered")
    for _ in range(2):
        with following(register) as found:
            problems = [str(each) for built in found.built.get(timeout=PATIENCE) for each in built.problems]
            assert any(NAME in each and "第1版版式" in each for each in problems)
        assert path.read_bytes() == b"PK altered"


def test_it_stops_in_the_middle_of_a_pass(register: Register) -> None:
    begun = threading.Event()

    class Endless(Publisher):
        def catch_up(self, progress: Callable[[int, int], None] | None = None) -> tuple[Built, ...]:
            assert progress
            while True:
                begun.set()
                progress(0, 1)

    with following(register, Endless(register, standard())) as found:
        assert begun.wait(PATIENCE)
    assert found.failed.empty()
