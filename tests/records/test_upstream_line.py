"""Acts that wait together are pushed together; if the process that led them dies, the others are told which of theirs has landed."""

import os
import signal
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from records.store.answers import Answer, Unsure
from records.store.branch import MAIN
from records.store.line import Line, Place
from records.store.loose import Loose
from records.store.opening import opened
from records.store.store import Commit, MovedError
from records.store.upstream import Upstream
from tests.githost import git, upstream_at
from tests.records.test_line import in_line, nobody_leads
from tests.records.test_upstream import SERVICE, WHO, Servers, messages, put, two
from tests.waiting import until


@pytest.fixture
def near(tmp_path: Path) -> Servers:
    up = upstream_at(tmp_path / "up.git")
    return two(tmp_path, str(up), up)


class Waiting:
    """Writers of the first server that have joined its line, and settle when they are let."""

    def __init__(self, near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
        self.became: dict[str, str | MovedError] = {}
        self._near, self._joined, self._let = near, threading.Semaphore(0), threading.Event()
        self._threads: list[threading.Thread] = []
        settle = Line.settle

        def settled(line: Line, place: Place, timeout: float) -> None:
            self._joined.release()
            assert self._let.wait(60)
            settle(line, place, timeout)

        monkeypatch.setattr(Line, "settle", settled)

    def join(self, name: str) -> None:
        """Have a writer join the line."""
        self._threads.append(threading.Thread(target=self._write, args=(name,)))
        self._threads[-1].start()
        assert self._joined.acquire(timeout=60)

    def settle(self) -> None:
        """Let all of them settle, and wait until they know what became of theirs."""
        self._let.set()
        for each in self._threads:
            each.join(60)

    def _write(self, name: str) -> None:
        try:
            self.became[name] = put(self._near.one, name)
        except MovedError as moved:
            self.became[name] = moved


def test_those_who_wait_together_are_sent_together(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    pushes, push = list[str](), near.one.upstream._push

    def pushed(old: str | None, commit: str, again: int) -> object:
        pushes.append(commit)
        return push(old, commit, again)

    monkeypatch.setattr(near.one.upstream, "_push", pushed)
    waiting = Waiting(near, monkeypatch)
    for name in "abc":
        waiting.join(name)
    waiting.settle()
    assert messages(near.one) == ["first", "a", "b", "c"]
    assert pushes == [near.head()] == [waiting.became["c"]]


def test_who_waits_has_put_his_objects_in_place_and_what_was_pruned_meanwhile_is_put_again(
    near: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def there() -> set[Path]:
        return set((near.one.path / "objects").glob("??/*"))

    before, waiting = there(), Waiting(near, monkeypatch)
    for name in "ab":
        waiting.join(name)
    came = there() - before
    assert len(came) == 8  # of each the commit, the record and two folders
    pruned = min(came)  # by a `git gc --prune=now`, to which they are nobody's
    pruned.unlink()
    put_again, putting = list[str](), Loose.put

    def recorded(loose: Loose, objects: Mapping[str, bytes]) -> None:
        put_again.extend(objects)
        putting(loose, objects)

    monkeypatch.setattr(Loose, "put", recorded)
    waiting.settle()
    assert put_again == [pruned.parent.name + pruned.name]
    assert messages(near.one) == ["first", "a", "b"]
    assert git(near.one.path, "fsck", "--strict", "--no-dangling") == ""


def test_all_who_waited_together_are_told_to_act_again(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = put(near.other, "theirs")
    waiting = Waiting(near, monkeypatch)
    for name in "abc":
        waiting.join(name)
    waiting.settle()
    assert [type(waiting.became[name]) for name in "abc"] == [MovedError] * 3
    assert near.one.head() == near.head() == theirs


@pytest.mark.parametrize("theirs", [False, True], ids=["nobody", "another"])
def test_a_leader_killed_after_sending_leaves_nobody_acting_twice(near: Servers, monkeypatch: pytest.MonkeyPatch, theirs: bool) -> None:
    """It has sent its own and its neighbour's, and did not live to say so; another server may be on top by now."""

    def then() -> None:
        if theirs:
            near.other.follow()
            put(near.other, "theirs")

    joined, go = os.pipe(), os.pipe()
    leader = _leader(near, joined[1], go[0], then)
    os.read(joined[0], 1)
    waiting = Waiting(near, monkeypatch)
    waiting.join("sent with it")
    os.write(go[1], b"x")
    assert os.waitstatus_to_exitcode(os.waitpid(leader, 0)[1]) == -signal.SIGKILL
    waiting.join("after it")
    waiting.settle()
    assert waiting.became["sent with it"] in {each.id for each in near.one.commits(None, near.head())}
    assert isinstance(waiting.became["after it"], MovedError) == theirs
    assert messages(near.one) == ["first", "dies", "sent with it", "theirs" if theirs else "after it"]
    assert near.one.head() == near.head()
    assert git(near.upstream, "fsck", "--strict", "--no-dangling") == ""


def _leader(near: Servers, joined: int, go: int, then: Callable[[], None]) -> int:
    """A process that leads the line when it is told to, and dies when the upstream has taken what it sent."""
    if pid := os.fork():
        return pid
    try:
        patch, settle, land = pytest.MonkeyPatch(), Line.settle, near.one.upstream.land

        def settled(line: Line, place: Place, timeout: float) -> None:
            os.write(joined, b"x")
            os.read(go, 1)
            settle(line, place, timeout)

        def landed(*words: object) -> Answer:
            land(*words)  # type: ignore[arg-type]
            patch.undo()
            then()
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError

        patch.setattr(Line, "settle", settled)
        patch.setattr(near.one.upstream, "land", landed)
        put(near.one, "dies")
    finally:
        os._exit(1)


def test_who_stands_on_what_did_not_land_is_told_to_act_again(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may stand in line behind him: what he stands on is nowhere."""
    put(near.other, "theirs")
    waiting = Waiting(near, monkeypatch)
    waiting.join("a")
    with opened(near.one.path.parent).writing() as transaction:
        waiting.settle()
        assert isinstance(waiting.became["a"], MovedError)
        with pytest.raises(MovedError):
            transaction.commit({"n/b": b"b"}, author=WHO, committer=SERVICE, message="b")
    assert messages(near.one) == ["first", "theirs"]
    assert put(near.one, "c") == near.head()


class Writers:
    """Writers of the first server, each with a store of his own, and what each is told."""

    def __init__(self, near: Servers) -> None:
        self.told: dict[str, str | BaseException] = {}
        self._home, self._threads = near.one.path.parent, list[threading.Thread]()

    def begin(self, name: str) -> None:
        self._threads.append(threading.Thread(target=self._write, args=(name,)))
        self._threads[-1].start()

    def join(self) -> None:
        for each in self._threads:
            each.join(60)

    def _write(self, name: str) -> None:
        try:
            self.told[name] = put(opened(self._home), name)
        except BaseException as error:  # the Ctrl-C of one who leads is his own
            self.told[name] = error


def test_who_stands_on_what_landed_there_and_not_here_is_not_told_that_his_own_has(near: Servers) -> None:
    (near.one.path / f"{MAIN}.lock").touch()  # a git of somebody's, for longer than a branch is waited for
    writers, before = Writers(near), near.head()
    writers.begin("a")
    until(lambda: near.head() != before)
    writers.begin("b")
    writers.join()
    assert str(writers.told["a"]).startswith("本次操作已写入上级库")
    assert "未写入" not in str(writers.told["a"])
    assert isinstance(writers.told["b"], MovedError)
    (near.one.path / f"{MAIN}.lock").unlink()
    near.one.follow()
    put(near.one, "b")
    assert messages(near.one) == ["first", "a", "b"]


@pytest.mark.parametrize("answer", [Unsure("断线"), KeyboardInterrupt()], ids=["unsure", "interrupted"])
def test_of_what_was_sent_it_is_not_said_that_it_is_not_there_and_of_what_was_not_it_is(
    near: Servers, monkeypatch: pytest.MonkeyPatch, answer: Answer | BaseException
) -> None:
    land, writers = Upstream.land, Writers(near)

    def landed(upstream: Upstream, old: str | None, commit: str, describe: Callable[[str], Commit]) -> Answer:
        monkeypatch.setattr(Upstream, "land", land)
        land(upstream, old, commit, describe)
        writers.begin("late")
        until(lambda: in_line(near.one.path) == 3)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    monkeypatch.setattr(Upstream, "land", landed)
    with nobody_leads(near.one.path):
        for number, name in enumerate("ab", start=1):
            writers.begin(name)
            until(lambda number=number: in_line(near.one.path) == number)  # type: ignore[misc]
    writers.join()
    told = [writers.told[name] for name in "ab" if not isinstance(writers.told[name], KeyboardInterrupt)]
    assert len(told) == (1 if isinstance(answer, BaseException) else 2)
    assert [f"{each}" for each in told if "不知道" not in str(each) or "本次操作未写入" in str(each)] == []
    assert isinstance(writers.told["late"], MovedError)
    assert near.one.follow().new == near.head()
    assert messages(near.one) == ["first", "a", "b"]
