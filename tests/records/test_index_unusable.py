"""An index that cannot be used is a cache that cannot be used: nothing fails for it, and what is wrong with it is said once."""

import errno
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from records.acts import Refusal
from records.index import building, file
from records.register.register import Receipt
from records.register.register import Register as Whole
from records.store.store import StoreError
from tests.bureau import NOW, REGISTER
from tests.documents.case import created
from tests.records.test_index import A, B, C, Register, dispatched, everything, item

FILE = "index.sqlite"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    found = Register(tmp_path)
    found.commit(dispatched(A), item(B))
    return found


class Failing(sqlite3.Connection):
    """A connection to a file of which one statement fails, counted over all connections; those in memory never do."""

    countdown = 0
    code = sqlite3.SQLITE_FULL
    writes_only = False

    def __init__(self, path: str, *args: Any, **named: Any) -> None:
        super().__init__(path, *args, **named)
        self.of_file = str(path) != ":memory:"

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        self._count(sql)
        return super().execute(sql, *args)

    def executemany(self, sql: str, *args: Any) -> sqlite3.Cursor:
        self._count(sql)
        return super().executemany(sql, *args)

    def executescript(self, sql: str) -> sqlite3.Cursor:
        self._count(sql)
        return super().executescript(sql)

    def _count(self, sql: str) -> None:
        if self.of_file and not (Failing.writes_only and sql.startswith(("SELECT", "PRAGMA", "BEGIN", "ROLLBACK"))):
            Failing.countdown -= 1
            if Failing.countdown == 0 or (Failing.countdown < 0 and Failing.writes_only):
                error = sqlite3.OperationalError("injected")
                error.sqlite_errorcode = Failing.code
                raise error


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], None]:
    """Return what makes the n-th statement from now on fail with a code; every write when n is 0."""
    real = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda path, **named: real(path, **named, factory=Failing))

    def fail(place: int, code: int) -> None:
        Failing.countdown, Failing.code, Failing.writes_only = place, code, place == 0

    return fail


@pytest.mark.parametrize("code", ["SQLITE_FULL", "SQLITE_CORRUPT"])
def test_whichever_statement_fails_every_question_is_answered_as_before(
    register: Register, failing: Callable[[int, int], None], code: str
) -> None:
    expected, place, noticed = everything(register.another("healthy.sqlite")), 0, 0
    while True:
        place += 1
        failing(place, getattr(sqlite3, code))
        one = register.another(f"{place}.sqlite")
        assert everything(one) == expected
        if Failing.countdown > 0:
            break
        noticed += bool(one.trouble)
    assert place > 50
    assert (noticed > 40) == (code != "SQLITE_CORRUPT")  # what is broken is made anew


@contextmanager
def _full(register: Register, failing: Callable[[int, int], None]) -> Iterator[None]:
    failing(0, sqlite3.SQLITE_FULL)
    yield


@contextmanager
def _locked(register: Register, failing: Callable[[int, int], None]) -> Iterator[None]:
    everything(register.another())
    with closing(sqlite3.connect(register.folder / FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def _folder_taken(register: Register, failing: Callable[[int, int], None]) -> Iterator[None]:
    """Another process that was stopped while it opened the file."""
    holder = "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], os.O_RDONLY), fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", holder, str(register.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield
        process.communicate()


@contextmanager
def _folder_in_its_place(register: Register, failing: Callable[[int, int], None]) -> Iterator[None]:
    (register.folder / FILE).mkdir()
    yield


@contextmanager
def _refused(register: Register, failing: Callable[[int, int], None]) -> Iterator[None]:
    """Another account's folder: nothing in it may be made, opened for writing or removed."""
    with pytest.MonkeyPatch.context() as patch:

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(errno.EACCES, "injected")

        patch.setattr(Path, "touch", refuse)
        patch.setattr(Path, "unlink", refuse)
        yield


@contextmanager
def _corrupt_and_kept(register: Register, failing: Callable[[int, int], None]) -> Iterator[None]:
    (register.folder / FILE).write_bytes(b"no database at all, though as long as one" * 200)
    with _refused(register, failing):
        yield


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (_full, "磁盘已满"),
        (_locked, "一直被另一程序占用"),
        (_folder_taken, "一直被另一程序占用"),
        (_folder_in_its_place, "文件打不开"),
        (_refused, "没有权限"),
        (_corrupt_and_kept, "没有权限"),
    ],
)
def test_an_index_that_cannot_be_written_keeps_up_in_memory_and_says_why(
    register: Register,
    failing: Callable[[int, int], None],
    monkeypatch: pytest.MonkeyPatch,
    harm: Callable[..., Any],
    reason: str,
) -> None:
    monkeypatch.setattr(building, "_PATIENCE", 2)
    monkeypatch.setattr(file, "_PATIENCE", 2)
    with harm(register, failing):
        one = register.another()
        register.commit(item(C))
        one.catch_up()
        assert [found.id for found in one.items()] == [C, B, A]
        at_first = one.version()
        register.commit(item(A, title="改题"))
        one.catch_up()
        assert [found.id for found in one.items(words="改题")] == [A]
        assert one.version() != at_first
        assert reason in one.trouble
        assert "删去它，它会自动重建" in one.trouble
        told = everything(one)
    Failing.countdown, Failing.writes_only = 0, False
    assert told == everything(register.another("healthy.sqlite"))


def test_threads_share_an_index_in_memory(register: Register, failing: Callable[[int, int], None]) -> None:
    failing(0, sqlite3.SQLITE_FULL)
    one, failures = register.another(), list[BaseException]()

    def use() -> None:
        try:
            for _ in range(20):
                one.catch_up()
                assert one.items(words="整治")[-1].id == A
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(5):
        register.commit(item(f"DB-2026-{200 + n:04}"))
    for thread in threads:
        thread.join()
    assert failures == []
    assert one.trouble


def test_a_fault_of_the_program_is_not_taken_for_one_of_the_file(register: Register) -> None:
    one = register.another()
    one.catch_up()
    with pytest.raises(sqlite3.ProgrammingError):
        one._file.reading(lambda db: db.execute("SELECT ?", ()))
    assert one.trouble == ""


def test_an_act_is_done_whatever_becomes_of_the_index(tmp_path: Path, failing: Callable[[int, int], None]) -> None:
    register = created(tmp_path / "register")
    failing(0, sqlite3.SQLITE_FULL)
    for n in range(2):
        paper = {"source_ref": f"来文第{n}期"}
        done = register.act("register", "new", "BGS.clerk1", {**REGISTER, **paper}, NOW)
        assert isinstance(done, Receipt)
        assert register.head() == done.commit
        again = register.act("register", "new", "BGS.clerk1", {**REGISTER, **paper}, NOW)
        assert isinstance(again, Refusal)  # the same paper is found all the same
    assert "磁盘已满" in register.index.trouble


_HARM = (
    "asked SET record = x'7b'",
    "asked SET record = x'7b226964223a22c328227d'",  # no text
    "asked SET record = 5",
    "items SET excerpt = json_remove(excerpt, '$.title')",
)


@pytest.mark.parametrize("harm", _HARM)
def test_what_is_taken_apart_later_and_lies_damaged_is_said_and_made_anew(demo: Whole, harm: str) -> None:
    def told() -> list[tuple[str, str]]:
        return [(each.excerpt.id, each.item.id) for each in demo.index.turns.asked(demo.index.turns.concerned())]

    demo.index.catch_up(lambda done, total: True)
    before = told()
    assert before
    with closing(sqlite3.connect(demo.home / "index.sqlite", isolation_level=None)) as db:
        db.execute(f"UPDATE {harm}")
    with pytest.raises(StoreError, match="索引有一处损坏，正在重新建立"):
        told()
    assert told() == before
