"""Checkpoints: what a register vouches for day by day, and the code by which paper bears witness to it (issue 12, part C)."""

import hashlib
import string
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.acts import Outcome, Refusal, perform
from records.bureau.roster import SYSTEM
from records.matter import digests as hashing
from records.matter.checkpoint import Checkpoint, typed
from records.matter.digests import Digests, digests
from records.procedure.case import Head
from records.register.register import NEW, Receipt, Register
from records.store import receipt
from records.store.paths import checkpoint_path, kind_of
from records.store.record_files import Unreadable, check, emit, parse
from records.store.store import FILE, FOLDER, StoreError
from records.store.tree_digests import tree_digests
from records.store.view import View
from schema.problem import Problem
from tests.bureau import NOW, REGISTER, Matter, at, roster
from tests.planting import store_of

HEX = "0123456789abcdef"
DAY = NOW.date().isoformat()
FIRST = Checkpoint("a" * 40, 632, "b" * 40, "1" * 64, "2" * 64, "2026-11-28T09:00:00+08:00")
HEADS = st.builds(
    Checkpoint,
    st.text(HEX, min_size=40, max_size=40),
    st.integers(1, 10**7),
    st.text(HEX, min_size=40, max_size=40),
    st.text(HEX, min_size=64, max_size=64),
    st.text(HEX, min_size=64, max_size=64),
    st.datetimes(datetime(2026, 1, 1), datetime(2099, 1, 1)).map(lambda each: f"{each.replace(microsecond=0).isoformat()}+08:00"),
    st.none() | st.just("3f2a-91bc-0d4e-77aa-1c5e-9"),
)


# The code.


@given(HEADS)
def test_a_code_is_of_all_that_the_record_says_and_is_taken_back_as_it_is_printed(found: Checkpoint) -> None:
    text = emit(found)
    assert check(text, checkpoint_path(found.day)) == ()
    assert parse(text, Checkpoint) == found
    assert found.code.replace("-", "")[:-1] == hashlib.sha256(text).hexdigest()[:20]
    assert [len(group) for group in found.code.split("-")] == [4, 4, 4, 4, 4, 1]
    assert typed(found.code) == typed(found.printed) == found.code


@pytest.mark.parametrize("name", ["register", "count", "commit", "sha256", "sm3", "at", "previous"])
def test_each_field_decides_the_code(name: str) -> None:
    other: Any = {"count": 633, "at": "2026-11-28T09:00:01+08:00", "previous": FIRST.code}.get(name, "c" * len(str(getattr(FIRST, name))))
    assert replace(FIRST, **{name: other}).code != FIRST.code


def _misread(code: str) -> Iterator[str]:
    """Every code in which one digit is another, and every one in which two neighbours changed places."""
    digits = code.replace("-", "")
    for place, digit in enumerate(digits):
        yield from (digits[:place] + other + digits[place + 1 :] for other in HEX if other != digit)
    for place in range(len(digits) - 1):
        one, other = digits[place], digits[place + 1]
        if one != other:
            yield digits[:place] + other + one + digits[place + 2 :]


@given(HEADS)
def test_one_wrong_digit_and_two_that_changed_places_are_always_noticed(found: Checkpoint) -> None:
    wrong = list(_misread(found.code))
    assert len(wrong) > 21 * 15
    assert all(isinstance(said := typed(each), Problem) and "校验位" in said.reason for each in wrong)


@pytest.mark.parametrize(
    "form",
    [
        str.upper,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", " "),
        lambda code: f"  {code.replace('-', '　－—')}\n",
        lambda code: code.replace("-", "一"),
        lambda code: code.translate({ord(sign): ord(sign) + 0xFEE0 for sign in string.digits + string.ascii_lowercase + "-"}),
        lambda code: f"检查点：{code}",
        lambda code: f"检查点 {code}（2026-11-28，第632笔）",
    ],
)
def test_a_code_is_taken_as_people_type_it(form: Callable[[str], str]) -> None:
    assert typed(form(FIRST.code)) == FIRST.code


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "现有0位，缺21位"),
        ("3f2a-91bc-0d4e-77aa-1c5e", "现有20位，缺1位"),
        ("3f2a-91bc-0d4e-77aa-1c5e-99", "现有22位，多1位"),
        ("3f2a-91bc-Od4e-77aa-1c5e-9", "第9位写成了字母“o”"),
        ("3f2a-9lbc-0d4e-77aa-1c5e-9", "第6位写成了字母“l”"),
        ("3f2a-9Ibc-0d4e-77aa-1c5e-9", "是数字 1 的请改过来"),
        ("3g2a-91bc-0d4e-77aa-1c5e-9", "第2位“g”不是检查点里的字符"),
        ("兰公督字〔2026〕3号", "第1位“兰”不是"),
        ("3f2a\x1b]0;x", "␛"),
    ],
)
def test_what_can_be_read_in_two_ways_or_is_no_code_is_said_and_not_guessed(text: str, said: str) -> None:
    found = typed(text)
    assert isinstance(found, Problem)
    assert said in found.reason


@given(st.text())
def test_whatever_is_typed_is_a_code_or_has_its_reason(text: str) -> None:
    found = typed(text)
    assert isinstance(found, Problem) or typed(found) == found


# What it vouches for.


def test_the_digest_of_a_tree_is_the_hash_of_its_lines() -> None:
    tree = b"40000 a\0" + b"\x01" * 20 + b"100644 b\0" + b"\x02" * 20
    objects = {"03" * 20: tree, "01" * 20: b"100644 c\0" + b"\x02" * 20, "02" * 20: b"text"}
    read: list[str] = []

    def get(object_id: str, kind: str) -> bytes:
        read.append(object_id)
        return objects[object_id]

    for name in ("sha256", "sm3"):
        file = hashlib.new(name, b"text").hexdigest()
        folder = hashlib.new(name, f"blob {file} c\n".encode()).hexdigest()
        known: dict[str, Digests] = {}
        whole = tree_digests(get, "03" * 20, known)
        assert getattr(whole, name) == hashlib.new(name, f"tree {folder} a\nblob {file} b\n".encode()).hexdigest()
        read.clear()
        assert tree_digests(get, "03" * 20, known) == whole
        assert read == []


@pytest.mark.parametrize("entry", [b"120000 a\0", b"100755 a\0", b"160000 a\0", b"100644 a\nblob b\0"])
def test_what_no_register_holds_has_no_digest(entry: bytes) -> None:
    with pytest.raises(StoreError, match="无从计算摘要"):
        tree_digests(lambda object_id, kind: entry + b"\x02" * 20, "03" * 20, {})


def test_the_digest_of_a_register_is_that_of_its_files_and_the_next_one_reads_what_changed(register: Register) -> None:
    store, head = store_of(register), register.head() or ""
    known: dict[str, Digests] = {}
    assert tree_digests(store.raw, store.describe(head).tree, known) == _slowly(register, "", head)
    act(register, "register", NEW, "BGS.clerk1", **REGISTER)
    read: list[str] = []

    def counted(object_id: str, kind: str) -> bytes:
        read.append(kind)
        return store.raw(object_id, kind)

    head = register.head() or ""
    assert tree_digests(counted, store.describe(head).tree, known) == _slowly(register, "", head)
    assert (read.count("tree"), read.count("blob")) == (4, 4)  # root, items, year, hundred; in these the item and the root's files


def _slowly(register: Register, folder: str, commit: str) -> Digests:
    lines = {"sha256": "", "sm3": ""}
    for entry in store_of(register).entries(folder, commit):
        path = f"{folder}/{entry.name}".lstrip("/")
        assert entry.mode in (FILE, FOLDER)
        kind = "tree" if entry.mode == FOLDER else "blob"
        each = _slowly(register, path, commit) if kind == "tree" else digests(register.written(path, commit) or b"")
        for name in lines:
            lines[name] += f"{kind} {getattr(each, name)} {entry.name}\n"
    return Digests(*(hashlib.new(name, text.encode()).hexdigest() for name, text in lines.items()))


# The act.


_HASHES = digests(b"")


def taken_in(head: Head, day: str = DAY) -> Outcome | Refusal:
    return perform(replace(Matter().world, head=head), "take_checkpoint", None, SYSTEM, {}, NOW, target=day)


def head_of(last: Checkpoint | None = None, count: int = 634, hashes: Digests = _HASHES) -> Head:
    return Head(commit="d" * 40, commits=lambda: count, first=lambda: "f" * 40, digests=lambda: hashes, checkpoint=lambda: last)


_LAST = replace(FIRST, at="2026-08-30T23:59:59+08:00")


@pytest.mark.parametrize(
    ("head", "day", "said"),
    [
        (head_of(), "2026-08-30", "“2026-08-30”不是今天"),
        (head_of(), "2026-09-01", "“2026-09-01”不是今天"),
        (head_of(), "../../bureau", "不是今天"),
        (head_of(replace(_LAST, at="2026-08-31T00:00:00+08:00")), DAY, "2026-08-31 已经取过检查点"),
        (head_of(_LAST, 633), DAY, "没有新的办理"),
        (head_of(hashes=Digests("1" * 64, "")), DAY, "SM3"),
        (replace(head_of(), rules=1), DAY, "升级以前只能查看"),
        (replace(head_of(), rules=99), DAY, "请换用更新的程序"),
    ],
)
def test_a_checkpoint_is_refused(head: Head, day: str, said: str) -> None:
    found = taken_in(head, day)
    assert isinstance(found, Refusal)
    assert said in str(found)


@pytest.mark.parametrize("last", [None, _LAST])
def test_a_checkpoint_follows_from_the_history_and_the_time_alone(last: Checkpoint | None) -> None:
    found = taken_in(head_of(last))
    assert not isinstance(found, Refusal)
    assert found == taken_in(head_of(last))
    start, code = (last.register, last.code) if last else ("f" * 40, None)
    assert found.foundations == (Checkpoint(start, 634, "d" * 40, _HASHES.sha256, _HASHES.sm3, NOW.isoformat(), code),)


# In a register.


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """A register of the invented bureau with nothing in it."""
    told = roster()
    return Register.create(tmp_path / "r", told.bureau, told.leaders, tuple(told.units.values()), NOW - timedelta(days=3))


def act(register: Register, name: str, target: str, by: str, when: datetime = NOW, /, **inputs: object) -> Receipt:
    done = register.act(name, target, by, inputs, when)
    assert isinstance(done, Receipt), str(done)
    return done


def took(register: Register, when: datetime) -> Receipt:
    done = register.take_checkpoint(when)
    assert isinstance(done, Receipt), str(done)
    return done


def test_one_a_day_is_taken_as_long_as_something_is_done_and_all_of_it_replays(register: Register) -> None:
    first = took(register, NOW - timedelta(days=1))
    assert [register.take_checkpoint(NOW - timedelta(days=1)), register.take_checkpoint(NOW)] == [None, None]
    act(register, "register", NEW, "BGS.clerk1", **REGISTER)
    second = took(register, NOW + timedelta(hours=1))
    assert register.take_checkpoint(NOW + timedelta(hours=2)) is None
    found = list(register.view().checkpoints())
    start = next(register.commits()).id
    assert [(each.register, each.count, each.commit) for each in found] == [
        (start, 3, register.describe(second.commit).parent),
        (start, 1, start),
    ]
    assert [each.previous for each in found] == [found[1].code, None]
    assert register.changed(register.describe(second.commit).parent, second.commit) == {checkpoint_path(DAY)}
    assert found[0].code in register.describe(second.commit).message
    assert receipt.trailers(register.describe(first.commit).message)["Duban-Act"] == "take_checkpoint"
    assert [problem for _, problem in register.replay().problems() if problem] == []
    assert register.problems(NOW.date()) == ()


def test_two_runs_at_once_take_one(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    other, quicker = register.act, Register(register.home)

    def late(*given: Any, **named: Any) -> Receipt | Refusal:
        took(quicker, NOW)
        return other(*given, **named)

    monkeypatch.setattr(register, "act", late)
    assert register.take_checkpoint(NOW) is None
    assert len(list(register.view().checkpoints())) == 1


def test_the_same_history_at_the_same_time_gives_the_same_commit(register: Register, tmp_path: Path) -> None:
    told = roster()
    twin = Register.create(tmp_path / "twin", told.bureau, told.leaders, tuple(told.units.values()), NOW - timedelta(days=3))
    assert took(register, NOW).commit == took(twin, NOW).commit


def test_a_view_bears_the_last_checkpoint_up_to_its_commit_and_counts_on_from_it(register: Register) -> None:
    first = took(register, NOW - timedelta(days=1))
    done = act(register, "register", NEW, "BGS.clerk1", **REGISTER)
    second = took(register, NOW)
    before, one, item, two = (register.view(commit) for commit in (next(register.commits()).id, first.commit, done.commit, second.commit))
    assert before.checkpoint is None
    assert one.checkpoint is not None
    assert item.checkpoint == one.checkpoint
    assert two.checkpoint is not None
    assert (two.checkpoint.commit, two.checkpoint.previous) == (done.commit, one.checkpoint.code)
    assert [view.count() for view in (before, one, item, two)] == [1, 2, 3, 4]
    assert two.count(one.checkpoint) == 3
    assert two.world().foundation("checkpoint", DAY) == two.checkpoint
    assert two.world().foundation("checkpoint", "2026-08-30") is None


def test_with_what_a_register_began_is_told_by_its_last_checkpoint_and_not_by_all_that_came_since(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, walked = next(register.commits()).id, list[str]()

    def walk(_: object, commit: str) -> str:
        walked.append(commit)
        return began

    monkeypatch.setattr("records.store.view.begun", walk)
    before = register.view()
    assert before.world().head.first() == began
    took(register, NOW - timedelta(days=1))
    act(register, "register", NEW, "BGS.clerk1", **REGISTER)
    took(register, NOW)
    walked.clear()
    assert register.view().world().head.first() == began
    assert walked == []
    unreadable = Unreadable(())

    def broken(_: View) -> Checkpoint:
        raise unreadable

    monkeypatch.setattr(View, "checkpoint", property(broken))
    assert register.view().world().head.first() == began


def test_a_checkpoint_of_another_history_is_said_and_none_is_taken_on_it(register: Register) -> None:
    took(register, NOW - timedelta(days=1))
    stray = replace(next(register.view().checkpoints()), commit="c" * 40)
    _plant(register, stray)
    with pytest.raises(StoreError, match="的历史中"):
        register.take_checkpoint(NOW)


@pytest.mark.parametrize(
    "change",
    [{"count": 2}, {"register": "c" * 40}, {"commit": "c" * 40}, {"sha256": "0" * 64}, {"sm3": "0" * 64}, {"previous": FIRST.code}],
    ids=lambda change: next(iter(change)),
)
def test_a_checkpoint_that_says_anything_else_does_not_replay(register: Register, change: dict[str, Any]) -> None:
    done = took(register, NOW)
    true = register.view().checkpoint
    assert true is not None
    commit = register.describe(done.commit)
    told = roster()
    forged = Register.create(register.home.parent / "other", told.bureau, told.leaders, tuple(told.units.values()), NOW - timedelta(days=3))
    with store_of(forged).writing() as transaction:
        false = replace(true, **change)
        message = commit.message.replace(true.code, false.code).replace(f"第{true.count}笔", f"第{false.count}笔")
        transaction.commit({checkpoint_path(DAY): emit(false)}, author=commit.author, committer=commit.committer, message=message)
    assert [bool(problem) for _, problem in forged.replay().problems()] == [False, True]


def test_a_count_that_the_caller_gives_is_asked_for_once_and_no_other_is_made(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = iter([7])
    world = View(store_of(register), register.head() or "").world(count=lambda: next(asked))
    monkeypatch.setattr(type(store_of(register)), "commits", lambda *_: pytest.fail("the history was walked"))
    assert (world.head.commits(), world.head.commits()) == (7, 7)


def test_where_openssl_lacks_sm3_none_is_taken_and_the_reason_said(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "has_sm3", lambda: False)
    found = register.take_checkpoint(NOW)
    assert isinstance(found, Refusal)
    assert "OpenSSL" in str(found)


def _plant(register: Register, record: Checkpoint) -> None:
    bureau = register.view().roster.bureau
    who = receipt.service(bureau, at("2026-08-30T10:00"))
    with store_of(register).writing() as transaction:
        transaction.commit({checkpoint_path(record.day): emit(record)}, author=who, committer=who, message="by hand")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("checkpoints/2026/11-28.yaml", "checkpoint"),
        ("checkpoints/2026/1-28.yaml", None),
        ("checkpoints/2026-11-28.yaml", None),
        ("checkpoints/2026/11-28.yml", None),
    ],
)
def test_a_checkpoint_lies_at_its_day(path: str, kind: str | None) -> None:
    assert kind_of(path) == kind
    assert (check(emit(FIRST), path) == ()) == (kind is not None)
    assert check(emit(FIRST), "checkpoints/2026/11-29.yaml")
