"""The audit as such: in parts, in processes, broken off and gone on with; what it says of a falsehood. The falsehoods: tests/tampering."""

import multiprocessing
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from records.audit import audit, replay
from records.audit import beginning as start
from records.audit.audit import chain, walked
from records.audit.beginning import Folders, beginning
from records.audit.subject import subject
from records.matter import digests as hashing
from records.register.register import NEW, Receipt, Register
from records.store.objects import commit_data, object_id
from records.store.paths import kind_of
from records.store.repository import Repository
from records.store.store import StoreError
from tests.bureau import REGISTER, at, roster
from tests.documents.case import created, pushed, texts, walk
from tests.planting import store_of
from tui.command import audit as auditing
from tui.command import duban


def quiet(done: int, total: int) -> None:
    """Say nothing."""


@pytest.mark.parametrize("left", [15, 150, 500])
def test_it_may_begin_anywhere_and_what_follows_comes_out_the_same(demo: Register, left: int) -> None:
    store = store_of(demo)
    history, begin, why = chain(store, demo.head() or "")
    assert (begin, why) == (None, "")
    since = history[-left - 1]
    assert chain(store, history[-1], since[:10]) == (history[-left:], since, "")
    found = walked(store, history[-left:], since, None, quiet, 1)
    assert (found.commits, found.reproduced, found.findings, found.until) == (left, left, [], history[-1])


def test_a_paper_that_came_before_the_beginning_is_known_all_the_same(tmp_path: Path) -> None:
    register = created(tmp_path / "register")
    first = register.act("register", NEW, "BGS.clerk1", REGISTER, at("2026-08-31T09:00"))
    assert isinstance(first, Receipt)
    since = register.head()
    again = register.act("register", NEW, "BGS.clerk1", {**REGISTER, "source_ref": "另一件"}, at("2026-08-31T09:01"))
    assert isinstance(again, Receipt)
    false = pushed(register, ("items/2026/00/DB-2026-0002.yaml", "ref: 另一件", "ref: 群众来信摘报第×期（虚构）"))
    found = walked(store_of(register), [again.commit, false], since, None, quiet, 1)
    assert [each.commit for each in found.findings] == [false]


def registered(register: Register, minute: int, **more: object) -> str:
    done = register.act("register", NEW, "BGS.clerk1", {**REGISTER, **more}, at(f"2026-08-31T09:{minute:02}"))
    assert isinstance(done, Receipt), str(done)
    return done.commit


def test_who_was_here_before_reads_only_the_folders_that_changed_since(brief: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    store, begun = store_of(brief), brief.head() or ""
    kept = Folders()
    stood = beginning(store, begun, 1, kept)
    read, blob = set[str](), Repository.blob

    def told(store: Repository, each: str) -> bytes:
        read.add(each)
        return blob(store, each)

    monkeypatch.setattr(Repository, "blob", told)
    again = Folders(kept.dumped())
    assert beginning(store, begun, 1, again) == stood
    assert {kind_of(path) for path in brief.changed(None, begun) if store.blob_id(path, begun) in read} <= {"bureau", "leaders", "policy"}
    assert again.told
    assert not Folders(b"no such thing").told
    for other in (b"{", b'{"form":0,"folders":{}}', kept.dumped()[:-2]):
        read.clear()
        assert beginning(store, begun, 1, Folders(other)) == stood
        assert store.blob_id("items/2026/01/DB-2026-0118.yaml", begun) in read


def test_what_was_kept_hides_nothing_that_came_after_it_and_accuses_nobody(tmp_path: Path) -> None:
    register = created(tmp_path / "register")
    registered(register, 0)
    kept, since = Folders(), register.head() or ""
    beginning(store_of(register), since, 1, kept)
    again = registered(register, 1, source_ref="另一件")
    false = pushed(register, ("items/2026/00/DB-2026-0002.yaml", "ref: 另一件", "ref: 群众来信摘报第×期（虚构）"))
    judged = subject(register.home)
    was_here = Folders(kept.dumped())
    found = judged.walk([again, false], since, None, quiet, 1, was_here)
    assert ([each.commit for each in found.findings], was_here.told) == ([false], False), "found without it, too"
    taken = register.take_checkpoint(at("2026-08-31T23:50"))  # over what stands, false or not
    assert isinstance(taken, Receipt)
    spoilt = Folders(kept.dumped().replace(b'"sha256":"', b'"sha256":"f'))
    found = judged.walk([taken.commit], false, None, quiet, 1, spoilt)
    assert found.findings == [], "a spoilt file of the auditor's own is no finding"
    mended = Folders(spoilt.dumped())
    assert subject(register.home).walk([taken.commit], false, None, quiet, 1, mended).findings == []
    assert mended.told, "what it was mended with is good"


def test_a_second_audit_from_a_commit_says_whose_word_it_took(brief: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    since = brief.describe(brief.head() or "").parent or ""
    when = brief.describe(brief.head() or "").author.time + timedelta(days=1)
    assert isinstance(brief.take_checkpoint(when), Receipt)

    def told(*words: str) -> str:
        done = CliRunner().invoke(duban, ["audit", str(brief.home), "--since", since[:12], *words])
        assert (done.exit_code, "没有发现问题" in done.output) == (0, True), done.output
        return done.output

    assert "本机以前核对时存下的" not in told()
    (file,) = (tmp_path / "cache/duban").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert "本机以前核对时存下的；加 --anew" in told()
    assert "本机以前核对时存下的" not in told("--anew")

    def writable_file() -> None:
        file.chmod(0o666)

    def writable_folder() -> None:
        file.parent.chmod(0o777)

    def led_elsewhere() -> None:
        file.unlink()
        file.symlink_to("/dev/zero")

    for spoil in (writable_file, writable_folder, led_elsewhere):
        told()
        spoil()
        assert "本机以前核对时存下的" not in told()
        file.parent.chmod(0o700)


def test_several_processes_find_what_one_finds(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    pushed(demo, ("items/2026/01/DB-2026-0194.yaml", "due: '2026-11-24'", "due: '2026-12-24'"))
    store = store_of(demo)
    history, _, _ = chain(store, demo.head() or "")
    one = walked(store, history, None, None, quiet, 1)
    monkeypatch.setattr(audit, "_POOL", 100)
    told: list[int] = []
    other = walked(store, history, None, None, lambda done, total: told.append(done), 3)
    assert (other.findings, other.commits, other.reproduced) == (one.findings, one.commits, one.reproduced)
    assert len(one.findings) == 1
    assert told == sorted(told)
    assert told[-1] == len(history)


def test_a_process_that_is_ended_from_outside_accuses_nobody(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where memory is short: the audit is not through, or reads what the process did not."""
    store, here, read = store_of(demo), os.getpid(), start._read

    def ended(judged: Repository, place: start._Place) -> start.Folder:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(judged, place)

    whole = beginning(store, demo.head() or "", 1)
    monkeypatch.setattr(start, "_read", ended)
    monkeypatch.setattr(start, "_MANY", 1)
    assert beginning(Repository(store.path), demo.head() or "", 2) == whole


def test_a_machine_that_is_short_of_memory_accuses_nobody(brief: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(replay, "perform", short)
    history, since, _ = subject(brief.home).history(brief.head() or "")
    with pytest.raises(MemoryError):
        walked(store_of(brief), history, since, None, quiet, 1)


def test_a_process_that_is_ended_in_the_midst_of_a_word_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def judged(*_: object) -> Iterator[audit.Account]:
        yield audit.Account(attachments={f"{number:064}" for number in range(20_000)})  # more than a pipe holds

    def once_they_write(ends: Any) -> Any:
        found = wait(ends)
        for each in multiprocessing.active_children():
            os.kill(each.pid or 0, signal.SIGKILL)
        return found

    monkeypatch.setattr(audit, "_judged", judged)
    monkeypatch.setattr(audit, "wait", once_they_write)
    pieces: list[audit._Piece] = [([], None, lambda: 0, 1)] * 2
    with pytest.raises(StoreError, match="中途被终止，没有核对完"):
        list(audit._by_processes(Repository(tmp_path), pieces, None))


def test_broken_off_it_says_how_far_it_came_and_goes_on_from_there(demo: Register) -> None:
    store = store_of(demo)
    history, _, _ = chain(store, demo.head() or "")

    def enough(done: int, total: int) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    found = walked(store, history, None, None, enough, 1)
    assert 0 < found.commits < len(history)
    assert history.index(found.until) == found.commits - 1
    rest = walked(store, history[found.commits :], found.until, None, quiet, 1)
    assert found.reproduced + rest.reproduced == len(history)


def test_broken_off_it_says_nothing_of_a_code_that_it_has_not_come_to(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def enough(done: int, total: int) -> None:
        raise KeyboardInterrupt

    assert isinstance(demo.take_checkpoint(demo.describe(demo.head() or "").author.time), Receipt)
    taken = demo.view().checkpoint
    assert taken is not None
    monkeypatch.setattr("tui.command.audit._progress", enough)
    told = CliRunner().invoke(duban, ["audit", str(demo.home), "--checkpoint", taken.code])
    assert told.exit_code == 2, told.output
    assert "没有核对完，核对到" in told.output
    assert "不能核对：检查点和镜像：历史没有核对完。" in told.output
    assert "不在这段历史里" not in told.output


def test_a_falsehood_is_told_so_that_it_can_go_into_a_report(tmp_path: Path) -> None:
    register = created(tmp_path / "register")
    walk(register, "dispatch")
    false = pushed(register, ("items/2026/01/DB-2026-0118.yaml", "due: '2026-09-07'", "due: '2026-09-30'"))
    told = CliRunner().invoke(duban, ["audit", str(register.home)])
    assert told.exit_code == 1
    assert f"提交 {false[:12]}，署名 督办登记簿 <duban@lzga>：没有写明办理动作" in told.output
    assert "“办结时限”：原为“2026-09-07”，现为“2026-09-30”" in told.output
    assert "重新办理 6 笔，5 笔一字不差" in told.output


def test_it_comes_as_a_paper_to_be_signed_and_filed(tmp_path: Path) -> None:
    register = created(tmp_path / "register")
    walk(register, "dispatch")
    false = pushed(register, ("items/2026/01/DB-2026-0118.yaml", "due: '2026-09-07'", "due: '2026-09-30'"))
    clone = shutil.copytree(store_of(register).path, tmp_path / "clone.git")
    told = CliRunner().invoke(duban, ["audit", str(clone), "--docx", str(tmp_path / "核对.docx")])
    assert told.exit_code == 1
    said = "\n".join(texts((tmp_path / "核对.docx").read_bytes()))
    assert "督办登记簿核对报告" in said
    assert "发现 1 处，其中 1 处不是由前面的引起的。" in said
    assert f"督办登记簿\n{false[:12]}" in said
    assert "“办结时限”：原为“2026-09-07”，现为“2026-09-30”" in said


def test_what_is_no_register_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="不是登记簿"):
        subject(tmp_path)
    told = CliRunner().invoke(duban, ["audit", str(tmp_path)])
    assert (told.exit_code, "不是登记簿" in told.output) == (2, True)


def formal(home: Path) -> Register:
    """A register in use in which one act was done."""
    found = roster()
    bureau, units = replace(found.bureau, demo=False), tuple(found.units[unit] for unit in ("BGS", "JJ", "CG"))
    leaders = replace(found.leaders, portfolios=tuple(each for each in found.leaders.portfolios if each.unit in ("BGS", "JJ", "CG")))
    register = Register.create(home, bureau, leaders, units, at("2026-08-31T09:00"))
    assert isinstance(register.act("register", NEW, "BGS.clerk1", REGISTER, at("2026-08-31T10:00")), Receipt)
    return register


@pytest.mark.parametrize(("clock", "found"), [("2026-08-31T09:49", 1), ("2026-08-31T09:51", 0), ("2026-09-30T09:00", 0)])
def test_an_act_of_the_future_is_found_and_the_clocks_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: str, found: int
) -> None:
    """C22: lawful in itself, and yet nobody can have done it; but whose clock is wrong the audit cannot know."""
    register = formal(tmp_path / "register")
    monkeypatch.setattr(auditing, "now", lambda: at(clock))
    told = CliRunner().invoke(duban, ["audit", str(register.home)])
    assert told.exit_code == found, told.output
    assert ("对准两台机器的钟" in told.output, (register.head() or "")[:12] in told.output) == (bool(found), True)


def test_the_beginning_of_an_id_that_is_anothers_too_is_refused(tmp_path: Path) -> None:
    register = formal(tmp_path / "register")
    store, first = store_of(register), register.first
    last = store.describe(register.head() or "")
    spelt = (f"改{number}" for number in count())
    ids = ((object_id("commit", commit_data(last.tree, last.id, last.author, last.committer, words)), words) for words in spelt)
    words = next(words for name, words in ids if name[:4] == first[:4])  # one in 65,536
    with store.writing() as transaction:
        twin = transaction.commit({}, author=last.author, committer=last.committer, message=words)
    subprocess.run(["git", "-C", str(register.home / "register.git"), "repack", "-adq"], check=True)
    for packed in (True, False):
        told = CliRunner().invoke(duban, ["audit", str(register.home), "--since", first[:4]])
        assert (told.exit_code, "不止一笔提交" in told.output, first[:8] in told.output) == (2, True, True), (packed, told.output)
        with store.writing() as transaction:  # loose, beside the pack
            transaction.commit({}, author=last.author, committer=last.committer, message=f"又{words}")
    assert subject(register.home).history(twin, first[:12])[1] == first
    with pytest.raises(StoreError, match="不止一笔"):
        subject(register.home).history(twin, twin[:4])


def test_where_sm3_cannot_be_counted_the_rest_is_judged_and_that_is_said(brief: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = brief.take_checkpoint(brief.describe(brief.head() or "").author.time + timedelta(days=1))
    assert isinstance(taken, Receipt)
    for module in (hashing, replay):
        monkeypatch.setattr(module, "has_sm3", lambda: False)
    told = CliRunner().invoke(duban, ["audit", str(brief.home)])
    assert told.exit_code == 0, told.output
    assert "不能核对：1 个检查点的 SM3 摘要" in told.output
    checkpoint = next(path for path in brief.changed(None, taken.commit) if "checkpoint" in path)
    pushed(brief, (checkpoint, "sha256: '", "sha256: 'f"))
    assert CliRunner().invoke(duban, ["audit", str(brief.home)]).exit_code == 1


def test_people_in_a_changed_field_are_named(tmp_path: Path) -> None:
    register = formal(tmp_path / "register")
    name = register.view().roster.people["BGS.clerk1"].name
    pushed(register, ("items/2026/00/DB-2026-0001.yaml", "by: BGS.clerk1", "by: BGS.clerk2"))
    told = CliRunner().invoke(duban, ["audit", str(register.home)]).output
    other = register.view().roster.people["BGS.clerk2"].name
    assert f"原为“{name}（BGS.clerk1）”，现为“{other}（BGS.clerk2）”" in told
