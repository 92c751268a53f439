"""The line of acts that wait to be made durable together: what is synced once, who is told what, and what is left of those who died."""

import errno
import fcntl
import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from records.acts import Refusal, World, perform
from records.register import acting
from records.register.register import NEW, Receipt, Register
from records.store.bell import Bell, Listening
from records.store.line import Line, Place
from records.store.lock import holder
from records.store.repository import Repository
from records.store.store import StoreError
from tests.bureau import REGISTER, at
from tests.records.test_gitstore import CLERK, SERVICE, assert_sound, forked, git, leftovers, put
from tests.waiting import until

LONG = 60.0  # seconds, for what never takes so long
NOW = at("2026-11-23T10:40")


@pytest.fixture
def store(tmp_path: Path) -> Repository:
    found = Repository.create(tmp_path / "register.git")
    put(found, {"a": b"0"})
    return found


@contextmanager
def nobody_leads(home: Path) -> Iterator[None]:
    """Keep everybody from leading the line, as one who leads and takes long does."""
    descriptor = os.open(home / "duban.settle", os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)  # processes that were forked meanwhile hold it too
        os.close(descriptor)


def one_sync_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the next sync fail, and none after it."""
    real, failed = os.fsync, threading.Event()

    def broken(descriptor: int) -> None:
        if not failed.is_set():
            failed.set()
            raise OSError(errno.EIO, "injected")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", broken)


def in_line(home: Path) -> int:
    """How many acts stand in the line; -1 while somebody may be joining it, for his file is there before he is."""
    count = len(list((home / "waiting").iterdir())) if (home / "waiting").is_dir() else 0
    return count if holder(home / "duban.lock") is None else -1


def moves(store: Repository) -> int:
    return len((store.path / "logs/refs/heads/main").read_bytes().splitlines())


def in_vain(store: Repository) -> None:
    """Make a commit, and wait for a moment that it be durable."""
    with Repository(store.path).writing(timeout=0.1) as transaction:
        transaction.commit({"b": b"1"}, author=CLERK, committer=SERVICE, message="b")


def waits_for(lock: Path) -> bool:
    """Whether somebody waits for a lock, where the system shows it."""
    inode = lock.stat().st_ino
    return any("->" in line and f":{inode} " in line for line in Path("/proc/locks").read_text().splitlines())


class Writers:
    """Threads that each make a commit by a store of their own, one joining the line after the other."""

    def __init__(self, store: Repository, count: int) -> None:
        self.made: dict[int, str] = {}
        self.told: dict[int, str] = {}
        self._path, self._threads = store.path, list[threading.Thread]()
        for number in range(count):
            self._threads.append(threading.Thread(target=self._write, args=(number,)))
            self._threads[-1].start()
            until(lambda number=number: in_line(store.path) > number)  # type: ignore[misc]

    def _write(self, number: int) -> None:
        try:
            self.made[number] = put(Repository(self._path), {f"n{number}": b"%d" % number}, message=str(number))
        except StoreError as error:
            self.told[number] = str(error)

    def join(self) -> None:
        for thread in self._threads:
            thread.join()


def test_those_who_wait_together_are_made_durable_by_one_move_and_each_is_a_commit(store: Repository) -> None:
    before = moves(store)
    with nobody_leads(store.path):
        writers, head = Writers(store, 5), store.head()
        assert writers.made == {}
        assert Repository(store.path).head() == head  # who reads sees nothing of it
    writers.join()
    assert moves(store) == before + 1
    line = [commit.id for commit in store.commits(head, store.head() or "")]
    assert line == [writers.made[number] for number in range(5)]  # in the order in which they came
    assert git(store, "show", "main:n3") == b"3"
    assert in_line(store.path) == 0
    assert not leftovers(store)
    assert_sound(store)


def test_nobody_reads_what_is_not_durable_but_who_writes_on_top_of_it(store: Repository) -> None:
    with nobody_leads(store.path):
        writers = Writers(store, 1)
        with pytest.raises(StoreError, match="不知道本次操作是否已写入"):
            in_vain(store)
        ahead = re.findall(rb'"commit":"([0-9a-f]{40})"', (store.path / "duban.line").read_bytes())[0].decode()
        with pytest.raises(StoreError, match="缺少对象"):
            Repository(store.path).read("n0", ahead)
    writers.join()
    assert ahead in git(store, "rev-list", "main").decode()
    until(lambda: git(store, "log", "-1", "--format=%s", "main") == b"b\n")  # whose words were that nobody knew


def test_what_befalls_who_leads_is_told_to_all_who_stand_behind(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    with nobody_leads(store.path):
        writers, head = Writers(store, 4), store.head()
        one_sync_fails(monkeypatch)
    writers.join()
    assert sorted(writers.told) == [0, 1, 2, 3]
    assert {"读写出错" in words for words in writers.told.values()} == {True}
    assert store.head() == head
    assert not leftovers(store)
    assert store.describe(put(store, {"a": b"2"})).parent == head
    assert_sound(store)


@pytest.mark.parametrize("path", range(226, 246))
def test_what_was_said_to_have_failed_is_not_on_record_however_long_the_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: int
) -> None:
    """What the line says of itself is read in a usual length first, and in its whole length where it is longer."""
    store = Repository.create(tmp_path / ("y" * (path - len(str(tmp_path)) - 1)) / "register.git")
    put(store, {"a": b"0"})
    with nobody_leads(store.path):
        writers, head = Writers(store, 2), store.head()
        one_sync_fails(monkeypatch)
    writers.join()
    assert sorted(writers.told) == [0, 1]
    assert store.head() == head


def test_who_was_stopped_while_another_line_was_begun_finds_his_act_on_record(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    joined, go, settle, told = threading.Event(), threading.Event(), Line.settle, list[str]()

    def stopped(line: Line, place: Place, timeout: float) -> None:
        monkeypatch.setattr(Line, "settle", settle)
        joined.set()
        go.wait()
        settle(line, place, timeout)

    def failing(descriptor: int) -> None:
        raise OSError(errno.EIO, "injected")

    monkeypatch.setattr(Line, "settle", stopped)
    slow = threading.Thread(target=lambda: told.append(put(Repository(store.path), {"a": b"1"}, "slow")))
    slow.start()
    joined.wait()
    put(Repository(store.path), {"b": b"1"}, "leads")
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing)
        with pytest.raises(StoreError, match="读写出错"):
            put(Repository(store.path), {"c": b"1"}, "fails")
    put(Repository(store.path), {"d": b"1"}, "another line")
    waited: list[float] = []
    monkeypatch.setattr(Listening, "wait", lambda _, seconds: waited.append(seconds))
    go.set()
    slow.join()
    assert not waited
    assert told == [git(store, "rev-parse", "main~2").decode().strip()]


def test_who_stands_on_what_did_not_go_well_is_told_why_and_not_that_something_is_damaged(
    store: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "injected")

    def standing_on_it() -> None:
        with Repository(store.path).writing() as transaction:
            monkeypatch.setattr(os, "fsync", broken)
            leads.close()
            writers.join()
            assert transaction.head
            assert store.head() != transaction.head
            transaction.commit({"b": b"1"}, author=CLERK, committer=SERVICE, message="b")

    leads = ExitStack()
    leads.enter_context(nobody_leads(store.path))
    writers = Writers(store, 2)
    with pytest.raises(StoreError, match="磁盘已满"):
        standing_on_it()
    assert {"磁盘已满" in words for words in writers.told.values()} == {True}
    monkeypatch.undo()
    put(store, {"a": b"2"})
    assert in_line(store.path) == 0
    assert_sound(store)


def test_a_move_that_cannot_be_confirmed_is_said_to_be_on_record_to_all(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def broken(descriptor: int) -> None:
        if os.readlink(f"/proc/self/fd/{descriptor}") == str(store.path / "refs/heads"):
            raise OSError(errno.EIO, "injected")
        real(descriptor)

    with nobody_leads(store.path):
        writers = Writers(store, 3)
        monkeypatch.setattr(os, "fsync", broken)
    writers.join()
    monkeypatch.undo()
    assert {"不要重复操作" in words for words in writers.told.values()} == {True}
    assert sorted(writers.told) == [0, 1, 2]
    assert git(store, "show", "main:n2") == b"2"
    put(store, {"a": b"2"})
    assert git(store, "show", "main:n2") == b"2"


def test_whoever_moved_the_branch_meanwhile_is_not_written_over(store: Repository) -> None:
    head = store.head()
    other = git(store, "commit-tree", "-p", head or "", "-m", "other", f"{head}^{{tree}}").decode().strip()
    with nobody_leads(store.path):
        writers = Writers(store, 3)
        git(store, "update-ref", "refs/heads/main", other)
    writers.join()
    assert {"另一程序" in words for words in writers.told.values()} == {True}
    assert len(writers.told) == 3
    assert store.head() == other
    assert store.describe(put(store, {"a": b"2"})).parent == other
    assert_sound(store)


def test_a_batch_stands_on_what_waits_in_the_line(store: Repository) -> None:
    with nobody_leads(store.path):
        writers = Writers(store, 2)
        with pytest.raises(StoreError, match="登记库正忙"), Repository(store.path).batch(timeout=0.1):
            pytest.fail("it began beside the line")
    with store.batch() as batch:
        batch.commit({"b": b"1"}, author=CLERK, committer=SERVICE, message="b")
    writers.join()
    assert git(store, "log", "--format=%s", "main").split()[:3] == [b"b", b"1", b"0"]
    assert_sound(store)


def test_who_moves_the_branch_himself_waits_for_whoever_leads_also_where_nobody_stands_in_line(store: Repository) -> None:
    with nobody_leads(store.path), pytest.raises(StoreError, match="登记库正忙"), store.still(timeout=0.1):
        pytest.fail("two may move it at once")
    with store.still():
        pass


def writer(path: Path, name: str, killed: Callable[[], None] | None = None) -> BaseProcess:
    """A process that makes a commit; what it is given is done as it leads, before the branch moves."""

    def work() -> None:
        if killed:
            os.link = lambda *_: killed()
        put(Repository(path), {name: b"1"}, message=name)

    process = forked.Process(target=work)
    process.start()
    return process


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_where_who_leads_is_killed_the_next_leads_on(store: Repository) -> None:
    head = store.head()
    with nobody_leads(store.path):
        processes = []
        for name in ("x", "y", "z"):
            processes.append(writer(store.path, name, killed if name != "z" else None))
            until(lambda: in_line(store.path) == len(processes))
    for process in processes:
        process.join()
    assert processes[2].exitcode == 0
    names = git(store, "log", "--reverse", "--format=%s", f"{head}..main").split()
    assert names == [b"x", b"y", b"z"]  # what stands beneath an act that counts, counts
    assert not leftovers(store)
    assert_sound(store)


def test_who_was_killed_before_he_had_joined_is_in_nobodys_way(store: Repository) -> None:
    with nobody_leads(store.path):
        writers = Writers(store, 1)
        (left,) = (store.path / "waiting").iterdir()
        left.with_name(left.name.replace("00000001", "00000002")).write_bytes(b"half")
        second = threading.Thread(target=put, args=(Repository(store.path), {"b": b"1"}))
        second.start()
        until(lambda: b'"count":2' in (store.path / "duban.line").read_bytes())
    writers.join()
    second.join()
    assert git(store, "show", "main:b") == b"1"
    assert in_line(store.path) == 0


def test_what_is_left_of_those_who_died_is_forgotten(store: Repository) -> None:
    head = store.head()
    with nobody_leads(store.path):
        process = writer(store.path, "x")
        until(lambda: in_line(store.path) == 1)
        process.kill()
        process.join()
    assert store.describe(put(store, {"a": b"2"})).parent == head
    assert in_line(store.path) == 0
    assert_sound(store)


@pytest.mark.e2e
def test_who_leads_and_is_stopped_holds_up_the_others_and_then_all_are_on_record(store: Repository) -> None:
    process = writer(store.path, "x", lambda: os.kill(os.getpid(), signal.SIGSTOP))
    until(lambda: Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T")
    with pytest.raises(StoreError, match="不知道本次操作是否已写入"):
        in_vain(store)
    process.kill()
    process.join()
    put(store, {"c": b"1"})
    assert git(store, "log", "-1", "--format=%s", "main")
    assert_sound(store)


def test_who_announced_that_he_leads_is_waited_for_and_not_for_long_where_he_does_not(store: Repository) -> None:
    head = store.head()
    with store._line.announced(LONG):
        writers = Writers(store, 1)
        assert store.head() == head
    writers.join()
    assert writers.made == {0: store.head()}
    with store._line.announced(LONG), Repository(store.path).writing(timeout=0.5) as transaction:
        transaction.commit({"b": b"1"}, author=CLERK, committer=SERVICE, message="waited half the time")
    assert store.head() == transaction.head


def test_who_waited_in_vain_is_told_for_whom_and_how_many_wait_beside_him(store: Repository) -> None:
    other = Repository(store.path, lambda: "孔拟恒（BGS.clerk1）")
    with other.writing(), pytest.raises(StoreError, match=r"登记库正忙，孔拟恒（BGS.clerk1）.*本次操作未写入"), store.writing(timeout=0.05):
        pass
    with other.writing():
        process = writer(store.path, "x")
        until(lambda: waits_for(store.path / "duban.lock"))
        with pytest.raises(StoreError, match="另有 1 个操作在排队"), store.writing(timeout=0.05):
            pass
    process.join()
    assert process.exitcode == 0


def test_a_bell_wakes_all_who_listen_and_leaves_nothing_behind(tmp_path: Path) -> None:
    bell, woken = Bell(tmp_path / "bell"), list[int]()
    listening = threading.Barrier(4)

    def listen(number: int) -> None:
        with bell.heard() as heard:
            listening.wait()
            heard.wait(LONG)
            woken.append(number)

    with bell.rung():
        threads = [threading.Thread(target=listen, args=(number,)) for number in range(3)]
        for thread in threads:
            thread.start()
        listening.wait()
        assert woken == []
    begun = time.monotonic()
    for thread in threads:
        thread.join()
    assert sorted(woken) == [0, 1, 2]
    assert time.monotonic() - begun < LONG / 2
    assert list(tmp_path.iterdir()) == []


def test_who_hears_a_bell_waits_for_it_and_who_hears_none_looks_again_soon(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 64 who wait together each would else look half a dozen times in vain."""
    waited = list[float]()

    def wait(_: Listening, seconds: float) -> None:
        waited.append(seconds)
        raise StoreError("enough")

    monkeypatch.setattr(Listening, "wait", wait)
    with nobody_leads(store.path):
        for name, bell in (("none", nullcontext()), ("one", Bell(store.path / "duban.bell").rung())):
            with bell, pytest.raises(StoreError, match="enough"):
                put(Repository(store.path), {name: b"1"})
    none, one = waited
    assert one > 50 * none


def test_whoever_is_rung_out_by_one_leader_leaves_it_to_the_next_until_his_bell_is_silent(
    store: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 64 who wait together each asked twice an act whether nobody led, while somebody did."""
    rings, asked = iter((True, True, False)), list[str]()
    real = Line._led_by_me

    def waits(*_: object) -> bool:
        asked.append("waits")
        return next(rings)

    def asks(line: Line, place: Place) -> bool:
        asked.append("asks")
        return real(line, place) if asked.count("asks") > 1 else False

    monkeypatch.setattr(Listening, "wait", waits)
    monkeypatch.setattr(Line, "_led_by_me", asks)
    with Bell(store.path / "duban.bell").rung():
        put(Repository(store.path), {"a": b"1"})
    assert asked == ["asks", "waits", "waits", "waits", "asks"]


# What acts are done on


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    real, done = perform, list[str]()

    def counting(world: World, act: str, *words: Any, **options: Any) -> object:
        done.append(act)
        return real(world, act, *words, **options)

    monkeypatch.setattr("records.acts.perform", counting)
    return done


def other_first(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let something else be put on record after an act was carried out and before its lock is had."""
    real = acting.Acting.ahead

    def ahead(self: acting.Acting, wanted: acting.Request) -> acting.Ahead | None:
        found = real(self, wanted)
        monkeypatch.setattr(acting.Acting, "ahead", real)
        act()
        return found

    monkeypatch.setattr(acting.Acting, "ahead", ahead)


PROGRESS = {"text": "已走访商户，发放告知书。"}


def test_an_act_is_carried_out_once_also_where_something_else_moved_meanwhile(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [item.id for item in demo.view().all_items() if item.state == "in_progress" and item.units[0].unit == "JJ"]
    other = next(item.id for item in demo.view().all_items() if item.state == "in_progress" and item.units[0].unit != "JJ")
    unit = next(item.units[0].unit for item in demo.view().all_items() if item.id == other)
    second = Register(demo.home)
    other_first(monkeypatch, lambda: second.act("report_progress", other, f"{unit}.liaison", PROGRESS, NOW))
    done = counted(monkeypatch)
    receipt = demo.act("report_progress", ids[0], "JJ.liaison", PROGRESS, NOW)
    assert isinstance(receipt, Receipt)
    assert done == ["report_progress"] * 2  # one each
    assert demo.describe(demo.describe(receipt.commit).parent or "").message.startswith(f"进展反馈 {other}")


def test_an_act_is_carried_out_anew_where_what_it_looked_at_moved(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    item = next(item.id for item in demo.view().all_items() if item.state == "in_progress" and item.units[0].unit == "JJ")
    second = Register(demo.home)
    other_first(monkeypatch, lambda: second.act("report_progress", item, "JJ.liaison", {"text": "先到的一条。"}, NOW))
    done = counted(monkeypatch)
    assert isinstance(demo.act("report_progress", item, "JJ.liaison", PROGRESS, NOW), Receipt)
    assert done == ["report_progress"] * 3
    found = demo.view().item(item)
    assert found
    assert [each.text for each in found.progress[-2:]] == ["先到的一条。", PROGRESS["text"]]


def test_of_two_registrations_of_one_paper_that_wait_together_the_second_is_refused(brief: Register) -> None:
    """The index follows the branch, and knows nothing of what stands in the line."""
    found: dict[str, object] = {}

    def register(name: str) -> None:
        found[name] = Register(brief.home).act("register", NEW, "BGS.clerk1", REGISTER, NOW)

    repository = brief.home / "register.git"
    with nobody_leads(repository):
        first = threading.Thread(target=register, args=("first",))
        first.start()
        until(lambda: in_line(repository) == 1)
        second = threading.Thread(target=register, args=("second",))
        second.start()
        until(lambda: waits_for(repository / "duban.settle"))
    first.join()
    second.join()
    assert isinstance(found["first"], Receipt)
    assert isinstance(found["second"], Refusal)
    assert found["second"].rule == "R-02"


def test_whoever_is_refused_for_what_waits_in_the_line_finds_it_on_record(brief: Register) -> None:
    """Else a screen that says what another did meanwhile finds that he did nothing; and what waits may never get there."""
    found: dict[str, tuple[object, str | None]] = {}
    repository = brief.home / "register.git"

    def read(name: str) -> None:
        register = Register(brief.home)
        found[name] = register.act("read", "DB-2026-0206", "L03", {"decision": "agree", "text": "同意。"}, NOW), register.head()

    with nobody_leads(repository):
        first = threading.Thread(target=read, args=("first",))
        first.start()
        until(lambda: in_line(repository) == 1)
        second = threading.Thread(target=read, args=("second",))
        second.start()
        until(lambda: "second" in found or waits_for(repository / "duban.settle"))
    first.join()
    second.join()
    (done, _), (refused, head) = found["first"], found["second"]
    assert isinstance(done, Receipt)
    assert isinstance(refused, Refusal)
    assert head == done.commit
