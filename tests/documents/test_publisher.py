"""The published folder: what is made of which item, that nothing else is touched, and that what was issued never changes."""

import errno
import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from documents import publisher as module
from documents.catalogue import planned
from documents.profile import standard
from documents.publisher import Built, Publisher, PublishError
from records.files import check, item_path
from records.model import Secrecy
from records.register import Register
from records.roster import StandIn
from tests.bureau import DRAFT, OUTGOING, REGISTER, at, roster
from tests.documents.case import COPY, ITEM, NAME, RECORD, act, created, files, git, imported, published, pushed, texts, walk

OTHER = "DB-2026-0119"
REPORT_NAME = f"{ITEM}-report.docx"
OTHER_NAME = f"{OTHER}-special.docx"
BUREAU = ("bureau.yaml", "print_organ: 兰州市公安局办公室", "print_organ: 兰州市公安局督办室")
TITLE = "关于学校周边交通安全隐患整改情况的报告"
forked = multiprocessing.get_context("fork")


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return created(tmp_path / "register")


@pytest.fixture
def publisher(register: Register) -> Publisher:
    return Publisher(register, standard())


def documents(built: tuple[Built, ...]) -> list[str]:
    """What a pass wrote of what the bureau sends out."""
    return [name for each in built for name in each.files if name.endswith(".docx") and "-report" not in name]


def manifest(register: Register) -> Any:
    return json.loads(published(register, "manifest.json"))


def draft_of(register: Register, publisher: Publisher, name: str = NAME) -> str:
    found = publisher.manifest()
    assert found is not None
    assert found.commit == register.store.head()
    return next(each.draft for each in found.documents if each.name == name)


def test_a_signed_item_is_published_with_its_number_signer_and_day(register: Register, publisher: Publisher) -> None:
    walk(register, "reserve_number")
    act(register, "bureau_sign", "L02", {"text": "同意上报。"}, when=at("2026-09-02T10:00"))
    assert documents(publisher.catch_up()) == [NAME]
    found = texts(published(register))
    assert "兰公办〔2026〕1号\t签发人：陈拟山" in found
    assert found[0] == "特急"  # no word over it
    assert {"兰州市公安局专报", TITLE, "省领导（虚构）：", "三所学校均已整改。", "兰州市公安局", "2026年9月2日"} <= set(found)
    assert found[-1] == "兰州市公安局办公室\t2026年9月2日印发"


def test_the_word_over_a_draft_follows_the_signatures(register: Register, publisher: Publisher) -> None:
    walk(register, "receive_paper")
    assert documents(publisher.catch_up()) == []
    for through, word, number in (
        ("office_review", "草稿", "兰公办〔2026〕\u3000号"),
        ("director_sign", "送审稿", "兰公办〔2026〕\u3000号"),
        ("reserve_number", "送审稿", "兰公办〔2026〕1号"),
        ("bureau_sign", "", "兰公办〔2026〕1号"),
    ):
        walk(register, through)
        assert documents(publisher.catch_up()) == [NAME]
        found = texts(published(register))
        assert found[0] == (word or "特急")
        assert f"{number}\t签发人：孟拟衡" in found  # before the signature, the bureau's first leader
        assert draft_of(register, publisher) == word


def test_a_stand_in_is_named_himself(tmp_path: Path) -> None:
    stand_in = StandIn("bureau_leader", "L08", "L01", "2026-08-01", "2026-12-31", "市局会议纪要（虚构）")
    leaders = roster().leaders
    appointments = tuple(each for each in leaders.appointments if each.person != "L08")
    register = created(tmp_path / "register", replace(leaders, appointments=appointments, stand_ins=(stand_in,)))
    walk(register, "reserve_number")
    act(register, "bureau_sign", "L08", {})
    Publisher(register, standard()).catch_up()
    item = register.view().item(ITEM)
    assert item
    assert item.outgoing
    assert item.outgoing.signature
    assert item.outgoing.signature.on_behalf_of == "L01"
    assert "兰公办〔2026〕1号\t签发人：沈拟知" in texts(published(register))


def test_secrecy_and_urgency_stand_in_the_corner_only_where_they_are_given(register: Register) -> None:
    walk(register, "office_review")
    item = register.view().item(ITEM)
    assert item
    secret = replace(item, secrecy=Secrecy("secret", 1, "000001"), urgency="urgent")
    plain = replace(item, secrecy=Secrecy("none", copy_number="000001"), urgency="ordinary")
    corners = [texts(planned(each)[0].make(register.view(), standard()))[1:4] for each in (secret, plain)]
    assert corners[0] == ["000001", "秘密★1年", "加急"]
    assert corners[1][0] == "兰州市公安局专报"


def test_what_units_send_up_is_issued_with_the_signature_of_their_leader(register: Register, publisher: Publisher) -> None:
    walk(register, "report_progress")
    asked = act(register, "request_extension", "JJ.main_leader", {"until": "2026-09-14", "reason": "须待施工完毕。"})
    act(register, "give_opinion", "CG.liaison", {"text": "已协调。"})
    act(register, "draft_report", "JJ.liaison", DRAFT)
    act(register, "review_report", "JJ.reviewing_head", {"verdict": "pass"})
    publisher.catch_up()
    assert draft_of(register, publisher, REPORT_NAME) == "送审稿"
    agreed = act(register, "consent", "JJ.main_leader", {"decision": "agree"})
    publisher.catch_up()
    found = manifest(register)
    assert found["problems"] == {}
    assert [(each["name"], each["commit"], each["draft"]) for each in found["documents"]] == [
        (REPORT_NAME, agreed, ""),
        (f"{ITEM}-request-1.docx", asked, ""),
    ]


@pytest.mark.parametrize("passes", ["one by one", "from nothing"])
def test_a_report_that_was_consented_to_stays_when_it_is_written_anew(register: Register, publisher: Publisher, passes: str) -> None:
    walk(register, "consent")
    publisher.catch_up()
    first = published(register, REPORT_NAME)
    act(register, "submit", "JJ.liaison", {})
    act(register, "receive_paper", "BGS.registry", {"pages": 3, "copies": 2})
    act(register, "return_report", "BGS.clerk1", {"reasons": ["R1"], "comment": "请补充。", "redo_due": "2026-09-02"})
    act(register, "draft_report", "JJ.liaison", {"title": "关于再次整改情况的报告", "body": "再次整改。"})
    if passes == "from nothing":
        shutil.rmtree(register.published)
    assert not [problem for each in publisher.catch_up() for problem in each.problems]
    assert published(register, REPORT_NAME) == first
    assert draft_of(register, publisher, f"{ITEM}-report-2.docx") == "送审稿"


def test_what_a_returned_report_leaves_behind_is_no_document(register: Register, publisher: Publisher) -> None:
    walk(register, "reserve_number")
    act(register, "void_number", "BGS.registry", {"reason": "退回重报。"})
    publisher.catch_up()
    act(register, "return_report", "BGS.clerk1", {"reasons": ["R1"], "comment": "请补充。", "redo_due": "2026-09-02"})
    item = register.view().item(ITEM)
    assert item
    assert item.outgoing  # for its voided number
    (built,) = publisher.catch_up()
    assert built.removed == (NAME,)
    assert not (register.published / NAME).exists()


def test_a_matter_that_need_not_be_reported_up_yields_none(register: Register, publisher: Publisher) -> None:
    walk(register, "director_sign")
    publisher.catch_up()
    item = register.view().item(ITEM)
    assert item
    act(register, "waive_up_report", item.portfolio_leader or "", {"text": "口头报告即可。"})
    publisher.catch_up()
    assert not (register.published / NAME).exists()


@pytest.mark.parametrize("passes", ["one by one", "one burst", "from nothing", "all again"])
def test_a_matter_taken_up_again_keeps_what_it_issued_and_issues_another(register: Register, publisher: Publisher, passes: str) -> None:
    walk(register, "office_review")
    publisher.catch_up()
    walk(register, "bureau_sign")
    signed, item = register.view(), register.view().item(ITEM)
    assert item
    first = planned(item)[0].make(signed, standard())
    if passes != "one burst":
        publisher.catch_up()
    walk(register, "conclude")
    pushed(register, BUREAU)
    act(register, "reopen", "BGS.director_in_charge", {"reason": "核查不属实。", "due": "2026-09-30"})
    if passes == "one by one":
        assert documents(publisher.catch_up()) == []
        assert published(register) == first
    act(register, "draft_report", "JJ.liaison", {"title": "关于再次整改情况的报告", "body": "再次整改。"})
    walk(register, "bureau_sign")
    if passes == "from nothing":
        shutil.rmtree(register.published)
    elif passes == "all again":
        (register.published / NAME).unlink()
    built = publisher.rebuild() if passes == "all again" else publisher.catch_up()
    assert not [problem for each in built for problem in each.problems]
    assert published(register) == first
    second = texts(published(register, f"{ITEM}-special-2.docx"))
    assert "兰公办〔2026〕2号\t签发人：孟拟衡" in second
    assert second[-1].startswith("兰州市公安局督办室")


def test_copies_of_all_records_lie_beside_the_documents(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    publisher.catch_up()
    head = register.store.head() or ""
    paths = [change.path for change in register.store.changes(None, head)]
    assert {RECORD, "bureau.yaml", "units/JJ.yaml", "numbers/2026/special.yaml"} <= set(paths)
    expected = {f"records/{path}": register.store.read(path, head) for path in paths}
    assert files(register) == expected | {name: published(register, name) for name in (NAME, REPORT_NAME, "manifest.json")}


def test_the_manifest_tells_commit_hash_and_size_of_each_document(register: Register, publisher: Publisher) -> None:
    walk(register, "reserve_number")
    signed = act(register, "bureau_sign", "L01", {})
    walk(register, "report_up")
    publisher.catch_up()
    data = published(register)
    found = manifest(register)
    assert found["commit"] == register.store.head() != signed
    assert found["problems"] == {}
    (entry,) = (each for each in found["documents"] if each["name"] == NAME)
    assert (entry["name"], entry["item"], entry["commit"]) == (NAME, ITEM, signed)
    assert (entry["sha256"], entry["bytes"], entry["draft"]) == (hashlib.sha256(data).hexdigest(), len(data), "")


def test_only_what_changed_is_touched(register: Register, publisher: Publisher) -> None:
    walk(register, "office_review")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    before = {path: path.stat().st_ino for path in register.published.rglob("*.*") if path.is_file()}
    walk(register, "director_sign", OTHER)
    (built,) = publisher.catch_up()
    assert built == Built(item_path(OTHER), (f"records/{item_path(OTHER)}", OTHER_NAME), (), ())
    changed = {path.name for path, inode in before.items() if path.stat().st_ino != inode}
    assert changed == {f"{OTHER}.yaml", OTHER_NAME, "manifest.json"}
    assert publisher.catch_up() == ()


def test_the_same_commit_gives_the_same_bytes(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    before = files(register)
    assert publisher.rebuild() == ()
    assert publisher.rebuild(ITEM) == ()
    for name in before:
        (register.published / name).unlink()
    publisher.catch_up()
    assert files(register) == before


def test_rebuilding_puts_back_what_was_altered_in_the_folder(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    before = files(register)
    (register.published / NAME).write_bytes(b"altered")
    (register.published / OTHER_NAME).unlink()
    assert documents(publisher.rebuild(ITEM)) == [NAME]
    assert documents(publisher.rebuild()) == [OTHER_NAME]
    assert files(register) == before
    with pytest.raises(ValueError, match="x"):
        publisher.rebuild("../x")


def test_a_change_of_the_bureau_reaches_drafts_and_never_what_is_issued(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    issued = published(register)
    pushed(register, BUREAU)
    assert documents(publisher.catch_up()) == [OTHER_NAME]
    assert texts(published(register, OTHER_NAME))[-1].startswith("兰州市公安局督办室")
    walk(register, "report_up")
    (register.published / "manifest.json").unlink()
    (register.published / NAME).unlink()
    assert documents(publisher.catch_up()) == [NAME]  # made with the bureau of the day of its signature
    assert published(register) == issued


def test_a_document_signed_and_a_bureau_renamed_in_one_pass_keeps_the_bureau_of_its_signature(
    register: Register, publisher: Publisher
) -> None:
    walk(register, "office_review")
    publisher.catch_up()
    walk(register, "bureau_sign")
    pushed(register, BUREAU)
    publisher.catch_up()
    assert texts(published(register))[-1].startswith("兰州市公安局办公室")


def test_an_issued_document_outlives_a_record_altered_by_hand(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    publisher.catch_up()
    issued = published(register)
    for altered in ("关于其他情况的报告", ""):
        if altered:
            pushed(register, (RECORD, TITLE, altered))
        else:
            imported(register, f"D {RECORD}")
        (built,) = publisher.catch_up()
        assert "已经签发" in str(built.problems[0])
        assert published(register) == issued
        assert list(manifest(register)["problems"]) == [RECORD]
    assert not (register.published / COPY).exists()


def test_a_signature_without_its_act_issues_nothing(register: Register, publisher: Publisher) -> None:
    walk(register, "reserve_number")
    publisher.catch_up()
    draft = published(register)
    item = register.view().item(ITEM)
    assert item
    assert item.director_signature
    forged = f"signature:\n    by: L01\n    at: '2026-08-31T09:00:00+08:00'\n    hash: {item.director_signature.hash}\n"
    reserved = "  reserved:\n    by: BGS.registry\n    at: '2026-08-31T09:00:00+08:00'\n"
    pushed(register, (RECORD, reserved, f"{reserved}  {forged}"))
    assert not check(register.store.read(RECORD, register.store.head() or "") or b"", RECORD)
    (built,) = publisher.catch_up()
    assert "没有签发这一笔" in str(built.problems[0])
    assert published(register) == draft
    assert draft_of(register, publisher) == "送审稿"


def test_a_text_altered_behind_its_signature_is_not_issued(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    pushed(register, (RECORD, TITLE, "关于其他情况的报告"))
    built = publisher.catch_up()
    assert [str(problem) for each in built for problem in each.problems if "与历史中的签发不符" in str(problem)]
    assert not (register.published / NAME).exists()


def test_a_document_whose_record_was_broken_when_it_was_signed_is_issued_later(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    broken = (RECORD, "title:", "titel:")
    pushed(register, broken)
    assert documents(publisher.catch_up()) == []
    pushed(register, (RECORD, broken[2], broken[1]))
    assert documents(publisher.catch_up()) == [NAME]
    assert draft_of(register, publisher) == ""


BREAKS: dict[str, Callable[[Register], object]] = {
    "unknown key": lambda register: pushed(register, (RECORD, "title:", "titel:")),
    "control character": lambda register: pushed(register, (RECORD, "三所学校", "三所\x1b[2J学校")),
    "link": lambda register: imported(register, f"M 120000 inline {RECORD}\ndata 11\n/etc/passwd"),
}


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_record_keeps_its_last_good_document_and_is_reported(
    register: Register, publisher: Publisher, broken: Callable[[Register], object]
) -> None:
    walk(register, "office_review")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    good, copy = published(register), published(register, COPY)
    sound = register.store.read(RECORD, register.store.head() or "")
    broken(register)
    walk(register, "director_sign", OTHER)
    told = {each.record: each for each in publisher.catch_up()}
    assert told[RECORD].problems
    assert told[item_path(OTHER)].files == (f"records/{item_path(OTHER)}", OTHER_NAME)  # one bad record hides no other
    assert (published(register), published(register, COPY)) == (good, copy)
    assert manifest(register)["problems"] == {RECORD: [str(problem) for problem in told[RECORD].problems]}
    assert publisher.catch_up() == ()  # told once
    (register.published / "manifest.json").unlink()
    publisher.catch_up()
    assert (published(register), published(register, COPY)) == (good, copy)
    assert list(manifest(register)["problems"]) == [RECORD]
    imported(register, f"M 100644 inline {RECORD}\ndata {len(sound or b'')}\n{(sound or b'').decode()}")
    assert [(each.record, each.problems) for each in publisher.catch_up()] == [(RECORD, ())]
    assert manifest(register)["problems"] == {}


def test_what_no_document_can_be_made_of_is_a_problem(register: Register, publisher: Publisher) -> None:
    walk(register, "office_review")
    pushed(register, ("leaders.yaml", "role: bureau_leader", "role: deputy_director_in_charge"))
    built = publisher.catch_up()
    assert ["缺少签发人" in str(problem) for each in built for problem in each.problems] == [True]
    pushed(register, ("leaders.yaml", "person: L01", "person: L01\n    until: '2026-12-31'"))
    assert documents(publisher.catch_up()) == []
    pushed(register, ("leaders.yaml", "role: deputy_director_in_charge", "role: bureau_leader"))
    assert documents(publisher.catch_up()) == [NAME]


def test_drafts_wait_for_a_broken_bureau_and_issued_documents_do_not(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    walk(register, "office_review", OTHER)
    broken = ("bureau.yaml", "organ_char", "organ_chat")
    pushed(register, broken)
    assert documents(publisher.catch_up()) == [NAME]
    assert set(manifest(register)["problems"]) == {"bureau.yaml", item_path(OTHER)}
    pushed(register, (broken[0], broken[2], broken[1]))
    assert documents(publisher.catch_up()) == [OTHER_NAME]
    assert manifest(register)["problems"] == {}


def foreign(data: bytes) -> bytes:
    return data.replace(json.loads(data)["commit"].encode(), b"a" * 40)


def newer(data: bytes) -> bytes:
    return data.replace(b'"format": 1', b'"format": 2')


def escaping(data: bytes) -> bytes:
    return data.replace(NAME.encode(), b"../../x.docx")


@pytest.mark.parametrize("spoil", [foreign, newer, escaping, lambda data: data[:-9], lambda _: b"\xff", lambda _: b"[]", lambda _: b""])
def test_a_manifest_that_cannot_be_relied_on_is_made_anew(
    register: Register, publisher: Publisher, spoil: Callable[[bytes], bytes]
) -> None:
    walk(register, "bureau_sign")
    publisher.catch_up()
    before = files(register)
    (register.published / "manifest.json").write_bytes(spoil(before["manifest.json"]))
    (register.published / "DB-2026-0007-special.docx").write_bytes(b"of another register")
    (register.published / "records/units/ZZ.yaml").write_bytes(b"of another register")
    (register.published / "notes.txt").write_bytes(b"a person's own")
    removed = {name for each in publisher.catch_up() for name in each.removed}
    assert removed == {"DB-2026-0007-special.docx", "records/units/ZZ.yaml"}
    assert files(register) == before | {"notes.txt": b"a person's own"}


def test_a_manifest_of_a_history_that_was_rewritten_is_made_anew(register: Register, publisher: Publisher) -> None:
    walk(register, "office_review")
    kept = register.store.head() or ""
    walk(register, "bureau_sign")
    publisher.catch_up()
    git(register, "update-ref", "refs/heads/main", kept)
    publisher.catch_up()
    assert texts(published(register))[0] == "草稿"
    assert draft_of(register, publisher) == "草稿"


def killed_at(register: Register, n: int) -> bool:
    """Publish in a process that dies, without a word, before it puts its nth file in place; say whether it got so far."""

    def work() -> None:
        rename, count = os.replace, [0]

        def deadly(old: Path, new: Path) -> None:
            count[0] += 1
            if count[0] == n:
                os.kill(os.getpid(), signal.SIGKILL)
            rename(old, new)

        os.replace = deadly  # type: ignore[assignment]
        Publisher(register, standard()).catch_up()

    child = forked.Process(target=work)
    child.start()
    child.join(60)
    return child.exitcode == -signal.SIGKILL


def test_a_kill_at_any_file_leaves_every_file_whole_and_the_next_pass_ends_the_work(
    register: Register, publisher: Publisher, tmp_path: Path
) -> None:
    walk(register, "office_review")
    publisher.catch_up()
    before = files(register)
    walk(register, "bureau_sign")
    pushed(register, BUREAU)
    whole = {name: {data} for name, data in before.items()}
    other = created(tmp_path / "other")
    git(other, "fetch", "-q", "--update-head-ok", "-f", str(register.store.path), "main:main")
    Publisher(other, standard()).catch_up()
    after = files(other)
    for name, data in after.items():
        whole.setdefault(name, set()).add(data)
    deaths = 0
    while killed_at(register, deaths + 1):
        deaths += 1
        found = {name: data for name, data in files(register).items() if not name.endswith(".new")}
        assert before.keys() <= found.keys()
        assert all(data in whole[name] for name, data in found.items())
        for name, data in before.items():
            (register.published / name).write_bytes(data)
    assert deaths >= 4  # document, copies, manifest
    assert files(register) == after


def test_a_second_publisher_is_turned_away(register: Register, publisher: Publisher) -> None:
    second = Publisher(register, standard())
    with publisher.try_lock() as mine:
        assert mine
        with pytest.raises(PublishError, match="另一个程序正在发布"):
            second.catch_up()
        with second.try_lock() as too:
            assert not too
        thread = threading.Thread(target=lambda: results.append(_locks(publisher)))
        results: list[bool] = []
        thread.start()
        thread.join(20)
        assert results == [False]
        publisher.catch_up()  # the holder itself works on
    with second.try_lock() as now:
        assert now
    second.rebuild()


def _locks(publisher: Publisher) -> bool:
    with publisher.try_lock() as mine:
        return mine


def test_a_full_disk_is_told_and_the_next_pass_tries_again(
    register: Register, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk(register, "office_review")
    publisher.catch_up()
    before = files(register)
    walk(register, "director_sign")

    def full(path: Path, data: bytes, mode: int) -> None:
        raise OSError(errno.ENOSPC, "")

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_durably", full)
        with pytest.raises(PublishError, match=r"发布公文失败：磁盘已满.*请排除故障后重试"):
            publisher.catch_up()
        assert files(register) == before
    assert documents(publisher.catch_up()) == [NAME]


def test_a_folder_that_cannot_be_made_is_told(register: Register, publisher: Publisher) -> None:
    register.published.write_text("in the way")
    with pytest.raises(PublishError, match=r"发布公文失败：.*published"):
        publisher.catch_up()


def test_progress_may_end_a_pass_and_nothing_is_lost(register: Register, publisher: Publisher) -> None:
    walk(register, "office_review")
    seen: list[tuple[int, int]] = []

    def enough(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        publisher.catch_up(enough)
    assert publisher.manifest() is None
    publisher.catch_up(lambda done, total: seen.append((done, total)))
    assert seen[-1] == (seen[0][1], seen[0][1])
    assert texts(published(register))[0] == "草稿"


def test_names_come_from_ids_alone_and_dates_from_the_last_step(register: Register) -> None:
    walk(register, "receive_paper")
    titled = {**OUTGOING, "title": "../../关于整改情况的报告"}
    act(register, "office_review", "BGS.clerk1", titled, when=at("2026-09-01T09:00"))
    item = register.view().item(ITEM)
    assert item
    (plan,) = planned(item)
    assert plan.name == NAME
    assert "2026年9月1日" in texts(plan.make(register.view(), standard()))


def test_what_few_may_know_is_not_published(register: Register, publisher: Publisher) -> None:
    open_matter = {**REGISTER, "source_ref": "群众来信摘报第8期（虚构）"}
    act(register, "register", "BGS.clerk1", {**open_matter, "need_to_know": ["L01", "L06"]})
    publisher.catch_up()
    assert not list(register.published.rglob(f"{ITEM}*"))
