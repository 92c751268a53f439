"""The index: the same as the register whatever happened to either, and never in anybody's way."""

import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import asdict, replace
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from records.index import building, search, workers
from records.index import index as indexing
from records.index.comparison import lies
from records.index.index import Index
from records.index.listing import Having, Listing, Scope
from records.index.rows import numbers_of
from records.matter.changes import Point
from records.matter.history import Step
from records.matter.item import Instruction, Item, Progress, Secrecy, Source, UnitPart
from records.matter.outgoing import Outgoing
from records.matter.papers import paper_of
from records.matter.report import Report, Round
from records.matter.stamps import Remark, Stamp
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.repository import Repository
from records.store.store import Ident
from schema.tables import default_text

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 8, 31, 12, tzinfo=timezone(timedelta(hours=8)))
STAMP = Stamp("BGS.clerk1", NOON.isoformat())
SERVICE = Ident("督办登记簿", "duban@lzga", NOON)
DRAFTED = Round(1, "sha256:" + "0" * 64, STAMP)
GIT = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
WHO = {"GIT_AUTHOR_DATE": NOON.isoformat(), "GIT_COMMITTER_DATE": NOON.isoformat()} | {
    f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "张拟三"), ("EMAIL", "X1@lzga"))
}
A, B, C = "DB-2026-0118", "DB-2026-0119", "DB-2026-10001"


def item(number: str = A, **facts: object) -> Item:
    made = Item(
        id=number,
        title="校园周边交通秩序整治",
        category=4,
        subtype="上级领导批示",
        source=Source("superior", "leader_instruction", "市委办", f"第{number}期", "2026-08-31"),
        importance="important",
        urgency="urgent",
        secrecy=Secrecy("none"),
        state="registered",
        registered=STAMP,
    )
    return replace(made, **facts)  # type: ignore[arg-type]


def dispatched(number: str = A, **facts: object) -> Item:
    parts = (
        UnitPart("JJ", "lead", STAMP),
        UnitPart("CG", "assisting"),
        UnitPart("ZA", "assisting", STAMP, opinion=Remark(**asdict(STAMP))),
    )
    return item(number, **{"state": "signed_for", "dispatched": STAMP, "due": "2026-09-07", "units": parts} | facts)


class Register:
    """A register on disk and an index beside it; each commit is a minute later than the one before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Repository.create(folder / "register.git")
        self.index = self.another()
        self._minutes = count(1)

    def another(self, name: str = "index.sqlite") -> Index:
        return Index(self.folder / name, self.store)

    def commit(
        self, *records: Item, message: str = "登记立项", files: Mapping[str, bytes] | None = None, person: str = "BGS.clerk1"
    ) -> str:
        files = {item_path(record.id): emit(record) for record in records} | dict(files or {})
        author = Ident("王拟敏", f"{person}@lzga", NOON + timedelta(minutes=next(self._minutes)))
        with self.store.writing() as transaction:
            return transaction.commit(files, author=author, committer=SERVICE, message=message)

    def git(self, *words: str, folder: Path | None = None) -> str:
        done = subprocess.run(["git", "-C", str(folder or self.store.path), *words], check=True, capture_output=True, env=GIT | WHO)
        return done.stdout.decode().strip()

    def push(self, *commits: list[str], message: str = "手工改动") -> None:
        """Commit with stock Git, also what no act would write; each commit is lines of ``git fast-import``."""
        stream = ""
        for changes in commits:
            who = f"committer 张拟三 <X1@lzga> {int(NOON.timestamp()) + 60 * next(self._minutes)} +0800"
            start = [f"from {self.store.head()}"] if self.store.head() and not stream else []
            stream += "\n".join(["commit refs/heads/main", who, "data <<.", message, ".", *start, *changes, ""])
        subprocess.run(
            ["git", "-C", str(self.store.path), "fast-import", "--quiet", "--depth=0"], input=stream.encode(), check=True, env=GIT
        )

    def write(self, path: str, text: str, mode: str = "100644") -> str:
        """A line for ``push`` that sets a file."""
        return f"M {mode} inline {path}\ndata {len(text.encode())}\n{text}"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path)


def ids(index: Index, words: str = "", **conditions: str) -> list[str]:
    return [found.id for found in index.items(words=words, **conditions)]  # type: ignore[arg-type]


def everything(index: Index) -> object:
    """All that an index has to say."""
    index.catch_up(lambda done, total: True)
    found = index.items()
    return (
        index.commit,
        found,
        [index.history(number) for number in (A, B, C)],
        index.latest(1000),
        index.problems(),
        index.counts(),
        [ids(index, words) for words in ("整治", "校园 0119", "城管", "督")],
        [ids(index, unit=unit) for unit in ("JJ", "CG")],
        [index.same_source(paper_of(item(number)).key) for number in (A, B, C)],
    )


def test_an_excerpt_says_what_a_list_needs(register: Register) -> None:
    feedback = Progress("JJ.liaison", NOON.isoformat(), text="已排查。")
    register.commit(dispatched(progress=(feedback,), report=Report(title="报告", body="一。", rounds=(DRAFTED,)), feedback_cycle="daily"))
    register.index.catch_up()
    found = register.index.excerpt(A)
    assert found is not None
    assert (found.title, found.state, found.lead, found.assisting) == ("校园周边交通秩序整治", "signed_for", "JJ", ("CG", "ZA"))
    assert (found.due, found.clock_due, found.round) == ("2026-09-07", "2026-09-07", 1)
    assert found.updated == (NOON + timedelta(minutes=1)).isoformat()
    assert register.index.items() == register.index.open_items() == [found]
    assert register.index.excerpt(B) is register.index.excerpt("../x") is None


def test_items_are_told_by_what_they_meet_newest_id_first(register: Register) -> None:
    old = item("DB-2025-9999", state="archived")
    register.commit(dispatched(A), item(B), item(C), old)
    assert ids(register.index) == [C, B, A, old.id]
    assert ids(register.index, over=old.over_at[:4]) == ids(register.index, over=old.over_at) == [old.id]
    assert ids(register.index, over="2024") == ids(register.index, over="%") == []
    assert ids(register.index, unit="CG") == ids(register.index, state="signed_for") == ids(register.index, "整治", unit="JJ") == [A]
    assert [found.id for found in register.index.open_items()] == [C, B, A]
    assert [found.id for found in register.index.items(limit=2)] == [C, B]
    assert [found.id for found in register.index.items(words="校园", limit=1, only_open=True)] == [C]
    assert register.index.counts() == {"signed_for": 1, "registered": 2, "archived": 1}


def test_a_history_tells_commits_in_order_with_their_trailers(register: Register) -> None:
    register.commit(item(A))
    trailers = "Duban-Act: sign_for\nDuban-Item: DB-2026-0118\nDuban-Unit: JJ\nDuban-Clause: 三（二）"
    behalf = "Duban-On-Behalf-Of: 李拟四 <L02@lzga>\nDuban-Number: 兰公办〔2026〕14号\n"
    message = f"签收 {A} 交警支队主办\n\n第一句。\n\n第二句。\n\n{trailers}\n{behalf}"
    signed = register.commit(dispatched(A), message=message, person="JJ.liaison")
    register.commit(item(B))
    register.push([register.write(item_path(A), "x")])
    index = register.index
    index.catch_up()
    steps = index.history(A)
    assert [step.subject for step in steps] == ["登记立项", f"签收 {A} 交警支队主办", "手工改动"]
    assert steps[1] == Step(
        signed,
        A,
        "sign_for",
        "JJ.liaison",
        "2026-08-31T12:02:00+08:00",
        f"签收 {A} 交警支队主办",
        "第一句。\n\n第二句。",
        "JJ",
        "李拟四 <L02@lzga>",
        "兰公办〔2026〕14号",
    )
    assert (steps[2].act, steps[2].person, steps[2].item) == ("", "X1", A)
    assert [step.subject for step in index.latest(2)] == ["手工改动", "登记立项"]
    assert [step.item for step in index.latest(9)] == [A, B, A, A]


def test_a_trailer_puts_no_commit_into_a_history_that_it_did_not_touch(register: Register) -> None:
    register.commit(item(A))
    register.commit(item(B), message=f"签收 {A}\n\nDuban-Act: sign_for\nDuban-Item: {A}\n")
    assert len(register.index.history(A)) == 1
    assert register.index.history(B)[0].act == "sign_for"


def test_a_message_cannot_send_signs_to_a_terminal(register: Register) -> None:
    register.push([register.write(item_path(A), emit(item(A)).decode())], message="登记\x1b[2J\n\n词\x1b]0;\n第二行")
    assert register.index.history(A)[0].subject == "登记␛[2J"
    assert register.index.history(A)[0].words == "词␛]0;\n第二行"


def test_a_broken_record_pushed_by_git_is_listed_and_hides_nothing(register: Register, tmp_path: Path) -> None:
    register.commit(dispatched(A), item(B))
    register.index.catch_up()
    register.git("clone", "-q", "-b", "main", str(register.store.path), str(tmp_path / "clone"), folder=tmp_path)
    broken = emit(dispatched(A)).decode().replace("urgency: urgent", "urgency: 快")
    (tmp_path / "clone" / item_path(A)).write_text(broken)
    (tmp_path / "clone" / "备忘.txt").write_text("x")
    register.git("add", ".", folder=tmp_path / "clone")
    register.git("commit", "-q", "-m", "手工改动", folder=tmp_path / "clone")
    register.git("push", "-q", folder=tmp_path / "clone")

    register.index.catch_up()
    line = broken.splitlines().index("urgency: 快") + 1
    places = {(problem.file, problem.line, problem.column): problem.reason for problem in register.index.problems()}
    assert places.keys() == {(item_path(A), line, 1), ("备忘.txt", 0, 0)}
    assert "特急" in places[item_path(A), line, 1]
    assert [(found.id, found.urgency, found.unreadable) for found in register.index.items(words="秩序")] == [
        (B, "urgent", False),
        (A, "urgent", True),
    ]

    register.commit(dispatched(A, title="已修复"))
    register.index.catch_up()
    assert [problem.file for problem in register.index.problems()] == ["备忘.txt"]
    assert [(found.title, found.unreadable) for found in register.index.items(unit="JJ")] == [("已修复", False)]


def test_the_last_good_version_stands_in_wherever_the_index_comes_from(register: Register) -> None:
    register.commit(item(A, title="第一稿"))
    register.index.catch_up()
    register.commit(item(A, title="第二稿"))
    register.push([register.write(item_path(A), "id: x")], [register.write(item_path(A), "id: y")])
    register.commit(item(B))
    for index in (register.index, register.another("anew.sqlite")):
        index.catch_up()
        found = index.excerpt(A)
        assert found is not None
        assert (found.title, found.unreadable, found.updated) == ("第二稿", True, (NOON + timedelta(minutes=4)).isoformat())


def test_what_does_not_belong_is_a_problem_and_no_more(register: Register) -> None:
    register.commit(item(A), item(B))
    strays = [
        register.write(item_path(B), item_path(A), "120000"),
        register.write("items/2026/09/DB-2026-0118.yaml", emit(item(A, title="冒名")).decode()),
        register.write("items/２０２６/01/DB-２０２６-0118.yaml", "x"),
        register.write('"items/\\200.yaml"', "x"),
        register.write("units/JJ.yaml", "id: JJ"),
    ]
    register.push(strays)
    files = {problem.file for problem in register.index.problems()}
    assert files == {
        item_path(B),
        "items/2026/09/DB-2026-0118.yaml",
        "items/２０２６/01/DB-２０２６-0118.yaml",
        "items/⟨DC80⟩.yaml",
        "units/JJ.yaml",
    }
    assert [(found.title, found.unreadable) for found in register.index.items()] == [(item().title, True), (item().title, False)]
    register.push([*(f"D {file}" for file in files if file.isascii()), 'D "items/\\200.yaml"', "D items/２０２６"])
    register.index.catch_up()
    assert register.index.problems() == []


def test_a_deleted_item_leaves_the_lists_and_keeps_its_history(register: Register) -> None:
    register.commit(dispatched(A), item(B))
    register.index.catch_up()
    register.push([f"D {item_path(A)}"])
    register.index.catch_up()
    assert ids(register.index) == ids(register.index, "整治") == [B]
    assert ids(register.index, unit="JJ") == []
    assert register.index.same_source(paper_of(item(A)).key) is None
    assert [step.subject for step in register.index.history(A)] == ["登记立项", "手工改动"]
    assert sqlite3.connect(register.folder / "index.sqlite").execute("SELECT n FROM texts").fetchall() == [(2026000119 * 4,)]


def test_one_paper_makes_one_open_item(register: Register) -> None:
    paper = Source("superior", "leader_instruction", "市委 办公室", "ＡＢ〔2026〕1号", "2026-08-31")
    key = paper_of(item(source=replace(paper, organ="市委办公室", ref="ab〔2026〕 1号"))).key
    register.commit(item(A, source=paper, state="concluded"), item(B, source=paper), item(C, source=paper))
    assert register.index.same_source(key) == B
    assert register.index.same_source(paper_of(item(source=replace(paper, ref="ab〔2026〕1"))).key) is None
    register.commit(item(B, source=paper, state="archived"), item(C, source=paper, state="archived"))
    register.index.catch_up()
    assert register.index.same_source(key) is None


@pytest.fixture
def searched(register: Register) -> Register:
    report = Report(
        number="兰公交报〔2026〕7号", title="关于整治情况的报告", body="# 一、查实情况。\n涉及小学。\n\n压实责任。\n", rounds=(DRAFTED,)
    )
    outgoing = Outgoing(series="special", kind="report", title="专报", to="省领导", body="请审阅。", number="兰公办〔2026〕14号")
    told = {"instructions": (Instruction("周拟平", "2026-08-28", "务必抓紧。"),), "points": (Point('核查"黑车"NEAR(校门)*'),)}
    register.commit(dispatched(A, progress=(Progress("JJ.liaison", NOON.isoformat(), text="约谈Ｔaxi公司。"),), report=report, **told))
    register.commit(item(B, title="𠮷田案件经济线索 O'Brien", outgoing=outgoing))
    register.index.catch_up(lambda done, total: True)
    return register


@pytest.mark.parametrize(
    ("words", "found"),
    [
        *(
            (words, [A])
            for words in (
                "抓紧",
                "周拟平",
                "校门",
                "JJ",
                "小学",
                "情况。涉及",
                "交报",
                "约谈",
                "taxi公司",
                "TAXI",
                "责",
                "〔2026〕7号",
                "0118",
            )
        ),
        *((words, [B]) for words in ("经济", "𠮷田", "𠮷", "o'brien", "兰公办〔2026〕14号", "线索　案件", "专报 经济", "b-2026-0119")),
        *((words, [B, A]) for words in ("", "   ", "2026", "db-2026", "办", "市委 DB")),
        *((words, []) for words in ("济案线", "经线", "经济 抓紧", "济经", "不存在")),
        *((words, [A]) for words in ('"黑车"', "NEAR(校门)", "NEAR(校门)*", ")*", '"', "near")),
        *(
            (words, [])
            for words in (
                "NEAR",
                "抓*",
                "抓紧 AND 周拟平",
                "title:校园",
                "-抓紧",
                "^抓",
                '""',
                "抓紧; DROP TABLE items",
                "%",
                "_",
                "\0",
                "\udc80抓紧",
            )
        ),
    ],
)
def test_a_search_takes_every_word_as_it_is(searched: Register, words: str, found: list[str]) -> None:
    if words == "NEAR":
        found = [A]
    assert ids(searched.index, words) == found


_TEXT = st.text(alphabet="经济案件办AＡaß 1１-。ﬁ", min_size=1, max_size=12).filter(str.strip)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(titles=st.lists(_TEXT, min_size=1, max_size=4), words=st.lists(_TEXT, min_size=1, max_size=4))
def test_the_pairs_find_what_reading_the_texts_finds(titles: list[str], words: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        register = Register(Path(folder))
        register.commit(*(item(f"DB-2026-{n:04}", title=f"。{title}。") for n, title in enumerate(titles)))

        def stop_before_text(done: int, total: int) -> bool:
            return bool(total) or not done

        register.index.catch_up(stop_before_text)
        read = [ids(register.index, word) for word in words]
        register.index.catch_up(lambda done, total: True)
        assert [ids(register.index, word) for word in words] == read
        for n, title in enumerate(titles):
            for start in range(len(title)):
                if part := title[start : start + 3].strip():
                    assert f"DB-2026-{n:04}" in ids(register.index, part)


_CHANGED = st.text(alphabet="经济案ab1-.。 \x01\n", max_size=14)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(texts=st.lists(st.tuples(st.integers(1, 2), _CHANGED), min_size=2, max_size=6))
def test_a_text_that_changed_has_the_pairs_of_one_that_came_new(texts: list[tuple[int, str]]) -> None:
    def pairs(put: Iterable[tuple[int, str]]) -> list[tuple[str, int]]:
        with closing(sqlite3.connect(":memory:")) as db:
            db.executescript(search.SCHEMA)
            search.fill(db, 1)
            for n, text in put:
                search.put(db, n, search.fold(text))
                db.commit()
            db.execute("INSERT INTO pairs (pairs) VALUES ('integrity-check')")
            db.execute("CREATE VIRTUAL TABLE told USING fts5vocab(pairs, 'row')")
            return db.execute("SELECT term, doc FROM told ORDER BY term").fetchall()

    assert pairs(texts) == pairs(dict(texts).items())


_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["register", "register", "dispatch", "conclude", "break", "delete", "stray", "both", "rewind"]),
        st.sampled_from([A, B, C]),
        st.booleans(),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(steps=_STEPS)
def test_an_index_kept_up_equals_one_built_anew(steps: list[tuple[str, str, bool]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        register = Register(Path(folder))
        register.commit(item(A), item(B))
        do: dict[str, Callable[[str], object]] = {
            "register": lambda number: register.commit(item(number)),
            "dispatch": lambda number: register.commit(dispatched(number, title="城管执法")),
            "conclude": lambda number: register.commit(dispatched(number, state="concluded")) if number != C else None,
            "break": lambda number: register.push([register.write(item_path(number), f"id: {number}")]),
            "delete": lambda number: register.push([f"D {item_path(number)}"]),
            "stray": lambda number: register.push([register.write(f"{number}.txt", "x")]),
            "both": lambda number: register.commit(item(number, title="改"), item(B, title="改")),
            "rewind": lambda number: (
                register.store.describe(register.store.head() or "").parent and register.git("update-ref", "refs/heads/main", "main~1")
            ),
        }
        for name, number, look in steps:
            do[name](number)
            if look:
                register.index.catch_up()
        assert everything(register.index) == everything(register.another("anew.sqlite"))


def test_a_new_calendar_leaves_standing_when_items_were_last_touched(register: Register) -> None:
    """What is judged anew by a calendar was read anew too, and its last step became the last one that had moved it."""
    register.commit(dispatched(A))
    register.commit(dispatched(A, title="催办以后"), message="到期提醒")
    register.index.catch_up()
    touched = register.index.items()[0].updated
    register.commit(files={"calendar/2026.yaml": default_text("calendar/2026.yaml")}, message="公布节假日安排")
    register.index.catch_up()
    assert register.index.items()[0].updated == touched
    assert everything(register.index) == everything(register.another("anew.sqlite"))


def test_a_rewound_register_is_indexed_anew(register: Register) -> None:
    first = register.commit(item(A, title="旧"))
    register.commit(item(A, title="新"), item(B))
    register.index.catch_up()
    register.git("update-ref", "refs/heads/main", first)
    register.commit(item(C))
    register.index.catch_up()
    assert [(found.id, found.title) for found in register.index.items()] == [(C, item().title), (A, "旧")]
    assert len(register.index.latest(9)) == len(register.index.history(A)) + 1 == 2


def test_a_head_that_went_back_is_said_at_once_and_by_whoever_opens_it_later(register: Register) -> None:
    first = register.commit(item(A, title="旧"))
    there = register.commit(item(A, title="新"))
    register.index.catch_up()
    assert register.index.alarm == ""
    register.git("update-ref", "refs/heads/main", first)
    register.index.catch_up()
    told = f"登记簿的历史被改写或退回过：曾在提交 {there[:10]}，后来在 {first[:10]}"
    assert told in register.index.alarm
    register.commit(item(B))
    later = register.another("index.sqlite")
    later.catch_up()
    assert told in later.alarm
    assert register.another("anew.sqlite").alarm == ""


def _delete(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _delete_the_file_alone(path: Path) -> None:
    path.unlink()


def _overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all, though as long as one" * 200)
    path.with_name(path.name + "-wal").unlink(missing_ok=True)


def _spoil(path: Path) -> None:
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 40960)


def _garble(path: Path) -> None:
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found = path.read_bytes()
    assert b"CREATE TABLE items" in found
    path.write_bytes(found.replace(b"CREATE TABLE items", b"CREATE TABL\xaa items"))  # SQLite names it, and it is no text


def _empty(path: Path) -> None:
    os.truncate(path, 0)
    path.with_name(path.name + "-wal").unlink(missing_ok=True)


def _strip(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE items")


def _age(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 1")


@pytest.mark.parametrize("harm", [_delete, _delete_the_file_alone, _overwrite, _spoil, _garble, _empty, _strip, _age])
@pytest.mark.parametrize("open_before", [True, False])
def test_a_lost_or_broken_file_is_built_anew_without_a_question(
    register: Register, harm: Callable[[Path], None], open_before: bool
) -> None:
    register.commit(dispatched(A), item(B))
    before = everything(register.index)
    if not open_before:
        del register.index
    harm(register.folder / "index.sqlite")
    if open_before and harm is not _age:
        assert ids(register.index, "整治") == [B, A]
        assert everything(register.index) == before
    index = register.another()
    assert ids(index, "整治") == [B, A]
    assert everything(index) == before
    register.commit(item(C))
    index.catch_up()
    assert ids(index) == [C, B, A]


def test_whichever_bytes_are_damaged_every_question_is_answered(register: Register) -> None:
    """As after a disk's fault: SQLite has no sums, so what is asked may be no JSON, a number, nothing, or a column of another table."""
    register.commit(dispatched(A), item(B), item(C))
    path = register.folder / "index.sqlite"
    everything(register.index)
    del register.index
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    sound = path.read_bytes()
    told = [found.span() for found in re.finditer(rb'[^\0]{0,9}\{"[^\0]+?\}', sound)]  # what stands in a column, and how its row lies there
    for seed in range(150):
        chance, harmed = random.Random(seed), bytearray(sound)
        for _ in range(chance.choice((1, 8))):
            harmed[chance.randrange(*chance.choice(told))] = chance.randrange(256)
        _delete(path)
        path.write_bytes(harmed)
        everything(register.another("index.sqlite"))


def test_two_versions_of_the_program_do_not_take_turns_at_building(register: Register) -> None:
    register.commit(item(A))
    register.index.catch_up()
    _delete(register.folder / "index.sqlite")
    sqlite3.connect(register.folder / "index.sqlite").execute("PRAGMA user_version = 1")
    assert ids(register.index) == [A]
    assert "督办程序已经更新，请退出后重新进入" in register.index.trouble
    assert ids(register.another()) == [A]


def test_the_number_to_poll_changes_with_the_index_and_only_then(register: Register) -> None:
    register.commit(item(A))
    register.index.catch_up()
    before = register.index.version()
    register.index.catch_up()
    register.index.items(words="整治")
    assert register.index.version() == before
    register.commit(item(B))
    other = register.another()
    at_first = other.version()
    other.catch_up()
    between = register.index.version()
    register.commit(item(C))
    register.index.catch_up()
    assert len({before, between, register.index.version()}) == 3
    _delete(register.folder / "index.sqlite")
    register.another().catch_up()
    assert other.version() != at_first
    assert register.index.version() not in (before, between)


@pytest.fixture
def large(register: Register, monkeypatch: pytest.MonkeyPatch) -> Register:
    """More records and commits than are done at one go, or by one process: 210 where a tenth of what is usual counts as much."""
    scaled = ((workers, "_POOL"), (workers, "_CHUNK"), (indexing, "_PIECE"), (indexing, "_PIECES"))
    for room, name in (*scaled, *((building, each) for each in ("_COLD", "_NEWEST", "_PIECE", "_REPORT"))):
        monkeypatch.setattr(room, name, getattr(room, name) // 10)
    records = [item(f"DB-2026-{n:04}") for n in range(1, 211)]
    register.push(*([register.write(item_path(each.id), emit(each).decode())] for each in records))
    return register


def test_who_watches_a_cold_start_may_stop_it_and_go_on_later(large: Register) -> None:
    seen: list[tuple[int, int]] = []

    def watch(done: int, total: int) -> bool:
        seen.append((done, total))
        return done < 100 or go_on

    go_on = False
    large.index.catch_up(watch)
    assert seen[0] == (0, 210)
    assert seen[-1] == (100, 210)
    assert sqlite3.connect(large.folder / "index.sqlite").execute("SELECT n FROM items").fetchall() == []  # never half a ledger
    assert len(large.index.items()) == 210
    go_on = True
    large.index.catch_up(watch)
    assert seen[-1] == (210, 210)
    assert ids(large.index, "0118 秩序") == [A]
    assert [step.item for step in large.index.latest(2)] == ["DB-2026-0210", "DB-2026-0209"]


@pytest.fixture
def closed(large: Register) -> Register:
    """As many again of the year before, of which all but every twenty-first is closed."""
    records = [item(f"DB-2025-{n:04}", state="archived" if n % 21 else "registered") for n in range(1, 211)]
    large.push(*([large.write(item_path(each.id), emit(each).decode())] for each in records))
    return large


def test_a_screen_is_given_first_what_is_open_and_newest_and_the_rest_piece_by_piece(closed: Register) -> None:
    hasty, patient = closed.another("hasty.sqlite"), closed.another("patient.sqlite")
    hasty.begin()
    there, every = {each.id for each in hasty.items()}, patient.items()
    assert len(every) == 420
    assert {each.id for each in every if each.state != "archived"} <= there
    assert {each.id for each in every[:50]} <= there
    assert (len(there), hasty.missing, hasty.commit) == (220, 200, closed.store.head())
    left = list(hasty.pieces())
    assert left[0] == 200
    assert left[-1] == 0
    assert len(left) > 4
    assert sorted(left, reverse=True) == left
    assert len(hasty.items()) == 420
    assert hasty.history("DB-2025-0001") == patient.history("DB-2025-0001")
    patient.catch_up(lambda done, total: True)
    assert hasty.items() == patient.items()
    assert list(lies(closed.folder / "hasty.sqlite", closed.folder / "patient.sqlite")) == []


def test_one_matter_is_told_whole_while_others_are_yet_to_be_read_and_in_the_end_nothing_differs(closed: Register) -> None:
    broken, first, waits = "DB-2025-0100", "DB-2025-0001", "DB-2025-0050"
    closed.push([closed.write(item_path(broken), "id: x")])
    hasty, patient = closed.another("hasty.sqlite"), closed.another("patient.sqlite")
    hasty.begin()
    assert hasty.history(first, known=True) == []
    lacked = hasty.missing
    hasty.have([first, waits, "DB-2025-9999"])
    assert hasty.missing == lacked - 2
    assert {each.id for each in hasty.items()} >= {first, waits}
    assert len(hasty.history(first)) == 1
    assert hasty.missing == lacked - 2
    assert len(hasty.history(broken)) == 2
    assert [*hasty.pieces()][-1] == 0
    patient.catch_up(lambda done, total: True)
    assert hasty.items() == patient.items()
    assert list(lies(closed.folder / "hasty.sqlite", closed.folder / "patient.sqlite")) == []


def test_nobody_else_is_given_half_a_list(closed: Register) -> None:
    closed.index.begin()
    assert closed.index.missing == 200
    assert len(closed.another().items()) == 420
    assert closed.index.missing == 0


def test_what_is_changed_while_it_is_not_read_yet_is_read_as_it_became(closed: Register) -> None:
    closed.index.begin()
    closed.commit(item("DB-2025-0001", title="改过的标题"))
    closed.index.begin()
    assert closed.index.missing == 199
    assert [each.title for each in closed.index.items(words="改过")] == ["改过的标题"]
    assert [*closed.index.pieces()][-1] == 0
    assert len(closed.index.items()) == 420
    assert len(closed.index.history("DB-2025-0001")) == 2


def test_what_comes_in_while_an_old_history_is_yet_unknown_is_not_lost(large: Register) -> None:
    first = "DB-2026-0001"
    large.index.catch_up(lambda done, total: bool(total))  # the records and the newer part of the history
    large.push([large.write(item_path(first), "id: x")])
    large.index.catch_up(lambda done, total: bool(total))
    assert len(large.index.history(first)) == 2
    [found] = large.index.items(words=first)
    assert (found.title, found.unreadable, found.updated) == (item().title, True, (NOON + timedelta(minutes=211)).isoformat())


def test_a_history_is_read_as_far_back_as_its_matter_begins(large: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_PIECES", 5)
    large.index.catch_up(lambda done, total: True)
    hasty = large.another("hasty.sqlite")
    steps = hasty.history("DB-2026-0150")
    assert steps == large.index.history("DB-2026-0150") != []
    assert 60 <= len(hasty.last_of(steps[0].person, 999)) < 100  # of 210
    later = large.another("later.sqlite")
    assert later.steps_of(steps[0].person, "2026-09-04", "9") == later.steps_by([steps[0].act], "2026-09-04") == []
    assert 0 < len(later.last_of(steps[0].person, 999)) < 100
    assert len(later.steps_of(steps[0].person, "2026-08-31", "9")) == len(later.steps_of(steps[0].person, "", "9")) == 210
    assert len(large.index.last_of(steps[0].person, 999)) == 210


def test_whatever_is_asked_of_one_person_act_matter_or_paper_is_found_by_an_index_and_walks_over_nothing(large: Register) -> None:
    """A register of ten years has half a million commits: what walks over all of them keeps everybody else at the app waiting."""
    index, matter, person, act = large.index, "DB-2026-0150", "BGS.clerk1", "register"
    index.catch_up(lambda done, total: True)
    asked: list[str] = []
    index._read(lambda db: db.set_trace_callback(asked.append))
    for ask in (
        lambda: index.steps_of(person, "2026-08-01", "2026-09"), lambda: index.last_of(person, 9), lambda: index.steps_by([act], "2026-08"),
        lambda: index.history(matter), lambda: index.excerpt(matter), index.open_items,
        lambda: index.items(only_restricted=True), lambda: index.items(among=numbers_of([matter])),
        lambda: index.same_source("key"), lambda: index.papers("key"),
        lambda: index.of_paper("key"), lambda: index.carried_in("key"),
    ):  # fmt: skip
        ask()
    for what in ("hands", "registered"):
        listing = Listing(Scope(every=True), having=(Having(what, (person,)),))
        index.listings.page(listing, 0, 50)
        index.listings.count(listing)
    index._read(lambda db: db.set_trace_callback(None))

    def plan(sql: str) -> list[str]:
        return [step for *_, step in index._read(lambda db: db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall())]

    plans = {sql: plan(sql) for sql in asked if "SELECT" in sql}
    assert len(plans) > 12
    walked = {sql: step for sql, steps in plans.items() for step in steps if re.match(r"SCAN (commits|items|touches|hands)$", step)}
    assert walked == {}


def test_a_history_is_whole_whoever_asks_first(large: Register) -> None:
    asked: list[Callable[[Index], list[Step]]] = [lambda index: index.history("DB-2026-0001"), lambda index: index.latest(3000)[-1:]]
    for n, ask in enumerate(asked):
        index = large.another(f"{n}.sqlite")
        index.catch_up()
        assert [step.item for step in ask(index)] == ["DB-2026-0001"]


def test_lists_and_answers_are_there_while_history_and_text_are_still_being_filled(register: Register) -> None:
    for number in (A, B, C):
        register.commit(item(number))
    register.commit(dispatched(A))
    register.index.catch_up(lambda done, total: (done, total) == (0, 3))  # the records and no more
    assert ids(register.index, "整治") == [C, B, A]
    register.commit(item(B, title="另行处置"))
    assert len(register.index.history(A)) == 2
    register.index.catch_up()
    assert ids(register.index, "处置") == [B]
    assert everything(register.index) == everything(register.another("anew.sqlite"))


_WORKER = """
import sys
from pathlib import Path
from records.store.repository import Repository
from records.index import building, search, workers
from records.index import index as indexing
from records.index.comparison import lies
from records.index.index import Index
index = Index(Path(sys.argv[1]) / "index.sqlite", Repository(Path(sys.argv[1]) / "register.git"))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(30):
    index.catch_up()
    assert len(index.open_items()) >= 300
print(len(index.latest(10000)))
"""


def test_processes_that_catch_up_at_once_do_it_once(register: Register) -> None:
    records = [item(f"DB-2026-{n:04}") for n in range(300)]
    register.push(*([register.write(item_path(each.id), emit(each).decode())] for each in records))
    command = [sys.executable, "-c", _WORKER, str(register.folder)]
    workers = [subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    for worker in workers:
        assert worker.stdout
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for n in range(30):
        register.commit(item(f"DB-2026-{n:04}", title=f"改{n}"))
        register.index.catch_up()
        assert register.index.items(words=f"改{n}")
    for worker in workers:
        out, _ = worker.communicate()
        assert worker.returncode == 0
        assert int(out) >= 300
    assert len(register.index.latest(1000)) == 330
    assert everything(register.index) == everything(register.another("anew.sqlite"))


def test_readers_go_on_while_the_file_is_being_written(register: Register) -> None:
    register.commit(item(A))
    register.index.catch_up()
    writer = sqlite3.connect(register.folder / "index.sqlite", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM items")
    assert ids(register.index, "整治") == ids(register.another(), "整治") == [A]
    writer.execute("ROLLBACK")


def test_threads_share_an_index(register: Register) -> None:
    failures: list[BaseException] = []
    register.commit(item(A))

    def use() -> None:
        try:
            for _ in range(20):
                register.index.catch_up()
                assert ids(register.index, "整治")[-1] == A
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for n in range(10):
        register.commit(item(f"DB-2026-{200 + n:04}"))
    for thread in threads:
        thread.join()
    assert not failures


def test_an_empty_register_has_an_empty_index(register: Register) -> None:
    register.index.catch_up()
    assert register.index.commit is None
    assert everything(register.index) == (None, [], [[], [], []], [], [], {}, [[]] * 4, [[]] * 2, [None] * 3)
