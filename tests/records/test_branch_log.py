"""What the branch's own log tells of where it stood: what a power cut took of it is no falsehood, what leads back or elsewhere is."""

import errno
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.audit.branch_log import branch_log, read_branch_log
from records.audit.subject import Subject
from records.store import branch
from records.store.repository import Repository
from tests.records.test_gitstore import forked, git, put

MANY = 6


@pytest.fixture
def store(tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "register.git")


def log_of(store: Repository) -> Path:
    return store.path / "logs/refs/heads/main"


def act(store: Repository, number: int) -> str:
    return put(Repository(store.path), {"a": b"%d" % number}, "办理 " + "很长的一句话" * (number % 3))


def judged(store: Repository) -> tuple[list[str], list[str]]:
    """What is false, and what is not told."""
    line = git(store, "rev-list", "--reverse", "main").decode().split()
    false, untold = branch_log(read_branch_log(store.path), line)
    return [each.reason for each in false], untold


def set_back(store: Repository, commit: str) -> None:
    """Move the branch by hand, past its log."""
    (store.path / "refs/heads/main").write_text(f"{commit}\n")


def test_each_move_is_a_line_that_stock_git_reads(store: Repository) -> None:
    made = [act(store, number) for number in range(MANY)]
    assert git(store, "log", "-g", "--format=%H", "main").decode().split() == made[::-1]
    assert judged(store) == ([], [])


@given(cut=st.floats(0, 1), litter=st.sampled_from([b"", b"\0" * 40, b"0123"]), more=st.integers(0, 2))
def test_whatever_a_power_cut_took_from_the_end_is_no_falsehood(cut: float, litter: bytes, more: int) -> None:
    with TemporaryDirectory() as folder:
        store = Repository.create(Path(folder) / "register.git")
        made = [act(store, number) for number in range(MANY)]
        data = log_of(store).read_bytes()
        first = data.index(b"\n") + 1
        kept = data[: first + int(cut * (len(data) - first))]
        log_of(store).write_bytes(kept + litter)
        lost = made[-1].encode() + b" " not in kept.rpartition(b"\n" + made[-2].encode())[2]
        made += [act(store, MANY + number) for number in range(more)]
        false, untold = judged(store)
        assert false == []
        assert len(untold) == lost, "the next act has made the log good, and says so"
        assert not (lost and more) or "没有逐笔记下" in untold[0]
        if more:
            set_back(store, made[-1 - more])
            act(store, 99)
            assert "被改写或截短" in judged(store)[0][0], "whatever was lost before it, that history was set back is seen"


def test_how_many_acts_it_does_not_tell_is_said(store: Repository) -> None:
    for number in range(MANY):
        act(store, number)
    data = log_of(store).read_bytes().splitlines(keepends=True)
    log_of(store).write_bytes(b"".join(data[:2]))
    assert "没有记到现在的" in judged(store)[1][0]
    act(store, MANY)
    false, (told,) = judged(store)
    assert false == []
    assert f"共 {MANY - 2} 笔" in told
    git(store, "fsck", "--strict")


def test_a_writer_killed_before_it_noted_its_move_leaves_nothing_false(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    act(store, 0)

    def killed() -> None:
        monkeypatch.setattr(branch, "sync_folder", lambda _: os.kill(os.getpid(), 9))
        act(store, 1)

    process = forked.Process(target=killed)
    process.start()
    process.join()
    assert process.exitcode == -9
    assert judged(store)[0] == []
    act(store, 2)
    false, (told,) = judged(store)
    assert false == []
    assert "共 1 笔" in told


def test_what_was_not_noted_is_made_good_also_after_an_act_of_many_words(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that numbers dozens of texts anew, and tells each."""
    told = "，".join(f"DB-2026-{number:04} 由兰公督字〔2026〕1号改编兰公督字〔2026〕2号" for number in range(100))
    put(store, {"a": b"0"}, f"更正结转数 {told}")
    with monkeypatch.context() as patched:
        patched.setattr(branch, "_note", lambda *_: None)
        act(store, 1)
    act(store, 2)
    false, untold = judged(store)
    assert false == []
    assert ["共 1 笔" in each for each in untold] == [True]


def test_a_move_that_cannot_be_noted_is_on_record_all_the_same(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    act(store, 0)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "injected")

    with monkeypatch.context() as patched:
        patched.setattr(branch, "_note", full)
        head = act(store, 1)
    assert Repository(store.path).head() == head
    assert judged(store)[0] == []


@pytest.mark.parametrize("back", [1, 3])
def test_a_history_set_back_by_hand_is_seen_whether_or_not_it_went_on(store: Repository, back: int) -> None:
    made = [act(store, number) for number in range(MANY)]
    set_back(store, made[-1 - back])
    assert "没有记到现在的" in judged(store)[0][0]
    act(store, 99)
    false = judged(store)[0][0]
    assert any(each[:12] in false for each in made[-back:])
    assert "被改写或截短" in false


def test_a_line_that_says_it_goes_on_does_not_cover_a_way_back(store: Repository) -> None:
    made = [act(store, number) for number in range(MANY)]
    set_back(store, made[1])
    gone = made[-1]
    lines = log_of(store).read_bytes().splitlines(keepends=True)
    log_of(store).write_bytes(b"".join([*lines, f"{gone} {made[1]} x <x@y> 0 +0800".encode() + branch.GOES_ON + b"\n"]))
    act(store, 99)
    assert any("被改写或截短" in each for each in judged(store)[0])


def test_a_log_that_begins_with_what_is_gone_is_seen(store: Repository) -> None:
    made = [act(store, number) for number in range(MANY)]
    set_back(store, made[-2])
    act(store, 99)
    lines = log_of(store).read_bytes().splitlines(keepends=True)
    log_of(store).write_bytes(b"".join(lines[MANY:]))
    false = judged(store)[0]
    assert made[-1][:12] in false[0]
    assert "被改写或截短" in false[0]


def test_lines_taken_out_of_the_middle_are_seen(store: Repository) -> None:
    for number in range(MANY):
        act(store, number)
    lines = log_of(store).read_bytes().splitlines(keepends=True)
    log_of(store).write_bytes(b"".join([*lines[:2], *lines[4:]]))
    assert "接不上" in judged(store)[0][0]
    log_of(store).write_bytes(b"".join([*lines[:2], b"?\n", *lines[3:]]))
    assert "接不上" in judged(store)[0][0]


def test_of_the_moves_before_what_is_judged_nothing_is_said(store: Repository) -> None:
    made = [act(store, number) for number in range(MANY)]
    assert branch_log(read_branch_log(store.path), made[3:], whole=False) == ([], [])
    assert branch_log(read_branch_log(store.path), made[-1:], whole=False) == ([], [])
    lines = log_of(store).read_bytes().splitlines(keepends=True)
    log_of(store).write_bytes(b"".join([*lines[:2], *lines[4:]]))
    assert branch_log(read_branch_log(store.path), made[3:], whole=False) == ([], []), "what was taken out lies before it"
    assert branch_log(read_branch_log(store.path), made[1:], whole=False)[0]
    set_back(store, made[4])
    made[5:] = [act(store, 99)]
    assert branch_log(read_branch_log(store.path), made[3:], whole=False)[0]


def test_acts_that_are_done_while_it_is_audited_are_no_falsehood_and_a_way_back_meanwhile_is(store: Repository) -> None:
    made = [act(store, number) for number in range(MANY)]
    judged_ones, audit = made[:], Subject(store, store.path, store.path.parent)
    made += [act(store, MANY + number) for number in range(3)]
    assert audit.surroundings(judged_ones[-1], judged_ones, whole=True) == ([], [])
    assert audit.surroundings(judged_ones[-1], judged_ones[2:], whole=False) == ([], [])
    assert audit.surroundings(judged_ones[-1], [], whole=False) == ([], [])
    set_back(store, judged_ones[-1])
    assert "被改写或截短" in audit.surroundings(judged_ones[-1], judged_ones, whole=True)[0][-1].reason
    set_back(store, judged_ones[-3])
    assert audit.surroundings(judged_ones[-1], judged_ones, whole=True)[0]


@pytest.mark.parametrize("since", range(MANY))
@pytest.mark.parametrize("lost", range(1, MANY))
def test_an_audit_of_the_last_acts_calls_nothing_false_that_a_power_cut_took(store: Repository, since: int, lost: int) -> None:
    made = [act(store, number) for number in range(MANY)]
    audit, lines = Subject(store, store.path, store.path.parent), log_of(store).read_bytes().splitlines(keepends=True)
    log_of(store).write_bytes(b"".join(lines[:-lost]))
    false, (told,) = audit.surroundings(made[-1], made[since:], whole=False)
    assert [each.reason for each in false if "logs/" in each.reason] == []
    assert f"记到 {made[-1 - lost][:12]}" in told


def test_an_audit_of_the_last_acts_sees_that_the_log_ends_with_what_is_gone(store: Repository) -> None:
    made = [act(store, number) for number in range(MANY)]
    set_back(store, made[2])
    false, _ = Subject(store, store.path, store.path.parent).surroundings(made[2], [made[2]], whole=False)
    assert "被改写或截短" in false[-1].reason


def test_an_act_that_is_being_noted_while_it_is_audited_is_no_power_cut(store: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [act(store, number) for number in range(MANY)]
    audit = Subject(store, store.path, store.path.parent)
    with monkeypatch.context() as patched:
        patched.setattr(branch, "_note", lambda *_: None)  # it stands on disk by then
        act(store, MANY)
    for history, whole in ((made, True), (made[2:], False), ([], False)):
        assert audit.surroundings(made[-1], history, whole=whole) == ([], [])
