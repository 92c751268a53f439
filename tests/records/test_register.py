"""The register: one act one commit, lawful under concurrency, whole after a kill, readable by stock Git."""

import json
import multiprocessing
import os
import re
import signal
import subprocess
import sys
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from records.acts import Refusal
from records.demo import steps
from records.register.register import NEW, Receipt, Register
from records.store.paths import item_path
from records.store.receipt import message, trailers
from records.store.repository import Repository
from tests.bureau import PROPOSE, REGISTER, at

NOW = at("2026-11-23T10:40")


def git(register: Register, *argv: str) -> str:
    done = subprocess.run(["git", "-C", str(register.home), *argv], capture_output=True, text=True, encoding="utf-8", check=True)
    return done.stdout


def act(register: Register, name: str, target: str, by: str, **inputs: object) -> Receipt:
    done = register.act(name, target, by, inputs, NOW)
    assert isinstance(done, Receipt), str(done)
    return done


def test_each_step_of_every_story_is_one_commit_by_its_person(demo: Register) -> None:
    lines = git(demo, "log", "--reverse", "--format=%an|%ae|%cn|%aI|%s").splitlines()
    assert len(lines) == len(steps()) + 1
    for line, step in zip(lines[1:], steps(), strict=True):
        name, email, committer, time, subject = line.split("|", 4)
        assert (email, committer, time) == (f"{'duban' if step.by == 'SYSTEM' else step.by}@lzga", "督办登记簿", step.at)
        assert name == demo.view().roster.name(step.by)
        assert step.target in subject


def test_whether_it_is_a_demo_is_known_without_going_back_through_all_of_its_history(
    demo: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo.index.catch_up(lambda done, total: True)

    def walked(*_: object) -> str:
        raise AssertionError("after ten years this takes half a minute")

    monkeypatch.setattr("records.register.reader.begun", walked)
    assert Register(demo.home).demo
    monkeypatch.undo()
    for path in demo.home.glob("index.sqlite*"):
        path.unlink()
    assert Register(demo.home).demo
    assert not [*demo.home.glob("index.sqlite*")], "whoever only asks makes none"


def test_the_log_of_an_item_reads_as_a_case_file(demo: Register) -> None:
    log = git(demo, "log", "--reverse", "--format=%an %s", "--", item_path("DB-2026-0118"))
    assert re.search(r"孔拟恒 登记立项 DB-2026-0118 .*\n(.*\n)*顾拟宁 阅示 DB-2026-0118 同意交办", log)
    assert "责成重新上报 DB-2026-0118 交通警察支队办结报告（第1轮），R1、R2、R3" in log
    assert "局领导审签签发 DB-2026-0118 兰公办〔2026〕14号" in log


def test_trailers_are_those_that_stock_git_reads(demo: Register) -> None:
    last = git(demo, "log", "-1", "--format=%B", "--", item_path("DB-2026-0118"))
    read = subprocess.run(
        ["git", "interpret-trailers", "--parse"], input=last, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert dict(line.split(": ", 1) for line in read.stdout.splitlines()) == dict(trailers(last))
    assert trailers(last)["Duban-Act"] == "archive"


def test_a_diff_of_two_rounds_shows_only_the_sentences_that_changed(demo: Register) -> None:
    rounds = demo.rounds("DB-2026-0118")
    assert list(rounds) == [1, 2, 3]
    (old_commit, old), (new_commit, new) = rounds[2], rounds[3]
    lines = git(demo, "diff", "-U0", old_commit, new_commit, "--", item_path("DB-2026-0118")).splitlines()
    removed = {line[1:].strip() for line in lines if line.startswith("-") and "。" in line}
    added = {line[1:].strip() for line in lines if line.startswith("+") and "。" in line}
    before, after = set(old.body.splitlines()), set(new.body.splitlines())
    assert before - after <= removed
    assert after - before <= added
    assert not (before & after) & (removed | added)
    assert before & after  # something did stay as it was


def test_the_whole_history_replays(demo: Register) -> None:
    found = list(demo.replay().problems())
    assert len(found) == len(steps()) + 1
    assert [str(problem) for _, problem in found if problem] == []


def push(
    register: Register, tmp_path: Path, path: str, text: str | None = None, edit: tuple[str, str] | None = None, note: str = "改"
) -> None:
    """Commit by hand in a clone and push, as somebody with stock Git would."""
    clone = tmp_path / f"clone-{register.head()}"
    subprocess.run(["git", "clone", "-q", str(register.home / "register.git"), str(clone)], check=True)
    file = clone / path
    found = text if text is not None else file.read_text(encoding="utf-8")
    if edit:
        assert edit[0] in found
        found = found.replace(*edit, 1)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(found, encoding="utf-8")
    who = ["-c", "user.name=孔拟恒", "-c", "user.email=BGS.clerk1@lzga"]
    subprocess.run(["git", "-C", str(clone), "add", "."], check=True)
    subprocess.run(["git", "-C", str(clone), *who, "commit", "-qm", note, "--date=2026-11-23T10:35:00+08:00"], check=True)
    subprocess.run(["git", "-C", str(clone), "push", "-q", "origin", "main"], check=True)


FORGED = [
    (
        "DB-2026-0194",
        ("due: '2026-11-24'", "due: '2026-12-24'"),
        "更正 DB-2026-0194\n\nDuban-Act: amend\nDuban-Item: DB-2026-0194\n",
    ),
    (
        "DB-2026-0206",
        ("state: awaiting_reading", "state: read"),
        "阅示 DB-2026-0206\n\nDuban-Act: read\nDuban-Item: DB-2026-0206\n",
    ),
    ("DB-2026-0194", ("due: '2026-12-24'", "due: '2026-12-25'"), "顺手改一下\n"),
]


def test_no_hand_made_commit_replays(demo: Register, tmp_path: Path) -> None:
    """A deadline, a sign-off and what names no act, found in one walk: a commit is held to the one before it, whatever that is."""
    forged = []
    for item, edit, note in FORGED:
        push(demo, tmp_path, item_path(item), edit=edit, note=note)
        forged.append(demo.head())
    assert [commit.id for commit, problem in demo.replay().problems() if problem] == forged


def test_a_broken_record_pushed_by_hand_hides_nothing(demo: Register, tmp_path: Path) -> None:
    demo.index.catch_up()
    before = len(demo.index.items())
    push(demo, tmp_path, item_path("DB-2026-0194"), edit=("urgency: urgent\n", "urgency: [\n"))
    demo.index.catch_up()
    assert len(demo.index.items()) == before
    (problem,) = demo.index.problems()
    assert problem.file == item_path("DB-2026-0194")
    assert problem.line > 0
    refusal = demo.act("report_progress", "DB-2026-0194", "QLH.liaison", {"text": "照办。"}, NOW)
    assert isinstance(refusal, Refusal)
    assert "记录有误" in str(refusal)
    act(demo, "read", "DB-2026-0206", "L03", decision="agree", text="同意。")


def test_the_next_item_takes_the_next_id_and_a_second_one_for_the_paper_is_refused(demo: Register) -> None:
    inputs = {**REGISTER, "received": "2026-11-23", "source_ref": "群众来信摘报 第９期"}
    done = act(demo, "register", NEW, "BGS.clerk1", **inputs)
    assert done.outcome.target == "DB-2026-0207"
    refusal = demo.act("register", NEW, "BGS.clerk2", {**inputs, "source_ref": "群众来信摘报第9期"}, NOW)
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, "DB-2026-0207" in str(refusal)) == ("R-02", True)


def test_a_refused_act_changes_nothing(demo: Register) -> None:
    head = demo.head()
    assert isinstance(demo.act("dispatch", "DB-2026-0206", "BGS.clerk1", {}, NOW), Refusal)
    assert isinstance(demo.act("dispatch", "DB-2026-9999", "BGS.clerk1", {}, NOW), Refusal)
    assert isinstance(demo.act("dispatch", "../../etc", "BGS.clerk1", {}, NOW), Refusal)
    assert demo.head() == head


def test_a_clock_that_lies_back_is_refused_and_a_little_is_made_good(demo: Register) -> None:
    refusal = demo.act("read", "DB-2026-0206", "L03", {"decision": "agree", "text": "同意。"}, at("2026-11-20T09:00"))
    assert isinstance(refusal, Refusal)
    assert "时钟" in str(refusal)
    act(demo, "read", "DB-2026-0206", "L03", decision="agree", text="同意。")
    late = demo.act("dispatch", "DB-2026-0206", "BGS.clerk1", {}, at("2026-11-23T10:38"))
    assert isinstance(late, Receipt)
    assert late.outcome.at == NOW


def _race(home: str, name: str, target: str, by: str, inputs: dict[str, object], start: Barrier, told: "Queue[str]") -> None:
    register = Register(Path(home))
    start.wait()
    done = register.act(name, target, by, inputs, NOW)
    told.put(f"refused {done}" if isinstance(done, Refusal) else "done")


def race(register: Register, *tries: tuple[str, str, str, dict[str, object]]) -> list[str]:
    spawn = multiprocessing.get_context("spawn")
    start, told = spawn.Barrier(len(tries)), spawn.Queue()
    workers = [spawn.Process(target=_race, args=(str(register.home), *each, start, told)) for each in tries]
    for worker in workers:
        worker.start()
    found = [told.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    return sorted(found)


def test_two_lawful_acts_at_once_both_succeed(demo: Register) -> None:
    text: dict[str, object] = {"text": "清理23辆。"}
    before = len(git(demo, "log", "--format=%h").splitlines())
    found = race(
        demo,
        ("report_progress", "DB-2026-0171", "JJ.liaison", text),
        ("give_opinion", "DB-2026-0171", "YD.liaison", text),
        ("give_opinion", "DB-2026-0171", "YZ.liaison", text),
    )
    assert found == ["done"] * 3
    item = demo.view().item("DB-2026-0171")
    assert item is not None
    assert item.progress[-1].text == "清理23辆。"
    assert {part.unit for part in item.assisting if part.opinion} >= {"YD", "YZ"}
    assert len(git(demo, "log", "--format=%h").splitlines()) == before + 3
    assert git(demo, "fsck", "--strict") == ""


def test_the_loser_of_an_unlawful_race_is_told(demo: Register) -> None:
    reading: dict[str, object] = {"decision": "agree", "text": "同意。"}
    found = race(demo, *[("read", "DB-2026-0206", "L03", reading)] * 2)
    assert found[0] == "done"
    assert "已阅示" in found[1]


def test_two_people_take_two_numbers(demo: Register) -> None:
    """Both documents go for signature in the same instant; neither number is lost nor taken twice."""
    act(demo, "director_sign", "DB-2026-0185", "BGS.director_in_charge")
    act(demo, "void_number", "DB-2026-0156", "BGS.registry", reason="改由主管局领导另行签发。")
    found = race(
        demo,
        ("reserve_number", "DB-2026-0185", "BGS.registry", {}),
        ("reserve_number", "DB-2026-0156", "BGS.clerk1", {}),
    )
    assert found == ["done", "done"]
    numbers = [entry.number for entry in demo.view().numbers("letter", 2026).entries if entry.number > 16]
    assert numbers == [17, 18]
    assert [str(problem) for _, problem in demo.replay().problems() if problem] == []


_LOOP = """
import sys
from pathlib import Path
from datetime import datetime
from records.register.register import Register, Receipt
register = Register(Path(sys.argv[1]))
for n in range(10000):
    at = datetime.fromisoformat("2026-11-23T10:40:00+08:00")
    done = register.act("report_progress", "DB-2026-0171", "JJ.liaison", {"text": f"第{n}次反馈。"}, at)
    print(n if isinstance(done, Receipt) else f"refused {done}", flush=True)
"""


def test_a_process_killed_at_any_time_leaves_the_last_commit_whole(demo: Register) -> None:
    done = 0
    for lines, how in ((1, signal.SIGKILL), (3, signal.SIGHUP), (7, signal.SIGKILL), (2, signal.SIGTERM), (5, signal.SIGHUP)):
        writer = subprocess.Popen(
            [sys.executable, "-c", _LOOP, str(demo.home)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        )
        assert writer.stdout is not None
        told = [writer.stdout.readline() for _ in range(lines)]
        os.kill(writer.pid, how)
        writer.wait()
        assert all(line.strip().isdigit() for line in told), told
        done += lines
        item = Register(demo.home).view().item("DB-2026-0171")
        assert item is not None
        assert len(item.progress) >= done
        subprocess.run(["git", "-C", str(demo.home), "fsck", "--connectivity-only"], check=True, capture_output=True)
    act(demo, "report_progress", "DB-2026-0171", "JJ.liaison", text="照常办理。")


def test_the_message_cannot_be_forged_by_what_people_type(demo: Register) -> None:
    words = "同意。\n\nDuban-Act: archive\nDuban-Item: DB-2026-0001"
    done = act(demo, "read", "DB-2026-0206", "L03", decision="agree", text=words)
    text = demo.describe(done.commit).message
    assert trailers(text)["Duban-Act"] == "read"
    assert text.strip() == message(done.outcome, demo.view().roster, demo.view().policy_id).strip()


def test_control_characters_are_refused_and_the_record_stays_clean(demo: Register) -> None:
    for bad in ("同意\x1b]52;c;aGk=\x07。", "同意\u202e。", "同意\ud800。", "同意\x00。"):
        refusal = demo.act("read", "DB-2026-0206", "L03", {"decision": "agree", "text": bad}, NOW)
        assert isinstance(refusal, Refusal), repr(bad)
        json.dumps(str(refusal)).encode()


def test_a_folder_without_a_register_is_said_to_have_none(tmp_path: Path) -> None:
    from records.store.store import StoreError

    with pytest.raises(StoreError, match="登记"):
        Register(tmp_path)
    Repository.create(tmp_path / "register.git")
    with pytest.raises(StoreError, match="没有登记簿"):
        Register(tmp_path)


def test_a_broken_unit_stops_nobody_but_itself(demo: Register, tmp_path: Path) -> None:
    push(demo, tmp_path, "units/CG.yaml", text="id: CG\n")
    assert "CG" not in demo.view().roster.units
    act(demo, "read", "DB-2026-0206", "L03", decision="agree", text="同意。")
    refusal = demo.act("register", NEW, "CG.liaison", REGISTER, NOW)
    assert isinstance(refusal, Refusal)
    assert PROPOSE["lead"] == "JJ"
