"""What was issued stays what it was: whatever becomes of people, records, the program, or of what a record claims."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from documents.layout.profile import Profile, standard
from documents.publishing.folder import digest
from documents.publishing.publisher import Publisher
from records.register.register import Register
from records.store.record_files import check
from tests.bureau import DRAFT, STORY, at, roster
from tests.documents.case import (
    BUREAU,
    COPY,
    ITEM,
    NAME,
    OTHER,
    OTHER_NAME,
    RECORD,
    REPORT_NAME,
    TITLE,
    Press,
    act,
    draft_of,
    files,
    imported,
    manifest,
    outgoing,
    printed,
    published,
    pushed,
    texts,
    walk,
)
from tests.planting import store_of


def test_a_change_of_the_bureau_reaches_drafts_and_never_what_is_issued(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    issued = published(register)
    pushed(register, BUREAU)
    assert outgoing(publisher.catch_up()) == [OTHER_NAME]
    assert texts(published(register, OTHER_NAME))[-1].startswith("兰州市公安局督办室")
    walk(register, "report_up")
    (register.published / "manifest.json").unlink()
    (register.published / NAME).unlink()
    assert outgoing(publisher.catch_up()) == [NAME]  # made with the bureau of the day of its signature
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


@pytest.mark.parametrize("passes", ["one by one", "from nothing"])
def test_what_was_corrected_since_is_neither_on_what_is_issued_nor_held_against_it(
    register: Register, publisher: Publisher, passes: str
) -> None:
    walk(register, "report_progress")
    act(register, "request_extension", "JJ.main_leader", {"until": "2026-09-14", "reason": "须待施工完毕。"})
    for name, by, inputs in STORY[8:13]:
        act(register, name, by, inputs)
    publisher.catch_up()
    sent = {name: published(register, name) for name in (REPORT_NAME, f"{ITEM}-request-1.docx")}
    act(register, "amend", "BGS.clerk1", {"title": "省领导对校园周边交通的批示", "urgency": "ordinary", "reason": "来文为平件。"})
    if passes == "from nothing":
        (register.published / "manifest.json").unlink()
        for name in sent:
            (register.published / name).unlink()
    publisher.catch_up()
    assert manifest(register)["problems"] == {}
    assert {name: published(register, name) for name in sent} == sent


def test_a_correction_covers_no_text_that_was_altered(register: Register, publisher: Publisher) -> None:
    walk(register, "submit")
    publisher.catch_up()
    act(register, "amend", "BGS.clerk1", {"urgency": "ordinary", "reason": "来文为平件。"})
    pushed(register, (RECORD, "三所学校均属实。", "三所学校均不属实。"))
    publisher.catch_up()
    (problem,) = [each for told in manifest(register)["problems"].values() for each in told]
    assert REPORT_NAME in str(problem)
    assert "请核查记录由谁改动" in str(problem)


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
    assert not check(store_of(register).read(RECORD, register.head() or "") or b"", RECORD)
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
    assert outgoing(publisher.catch_up()) == []
    pushed(register, (RECORD, broken[2], broken[1]))
    assert outgoing(publisher.catch_up()) == [NAME]
    assert draft_of(register, publisher) == ""


def renamed(unit: str) -> tuple[str, str, str]:
    """The main leader of a unit bears another name."""
    name = roster().holders("main_leader", unit, at("2026-08-31T09:00").date())[0].name
    return f"units/{unit}.yaml", f"name: {name}", "name: 更名后"


def test_another_head_of_a_unit_reaches_its_open_drafts_and_nothing_else(register: Register) -> None:
    third = "DB-2026-0120"
    publisher = Publisher(register, standard(), Press())
    walk(register, "archive")
    walk(register, "review_report", OTHER)
    for name, by, inputs in STORY[:4]:  # of another unit
        changed: dict[str, object] = {"source_ref": third} if name == "register" else {}
        changed |= {"lead": "CG", "assisting": ["JJ"]} if name == "propose" else {}
        act(register, name, by, {**inputs, **changed}, item=third)
    for unit in ("CG", "JJ"):
        act(register, "sign_for", f"{unit}.liaison", {}, item=third)
    act(register, "read_in_unit", "CG.supervising_leader", {"text": "请办理。"}, item=third)
    act(register, "give_opinion", "JJ.liaison", {"text": "已办理。"}, item=third)
    act(register, "draft_report", "CG.liaison", DRAFT, item=third)
    act(register, "review_report", "CG.reviewing_head", {"verdict": "pass"}, item=third)
    publisher.catch_up()
    for unit, item in (("JJ", OTHER), ("CG", third)):
        before = files(register)
        pushed(register, renamed(unit))
        built = publisher.catch_up()
        assert not [problem for each in built for problem in each.problems]
        changes = {name for name, data in files(register).items() if before[name] != data}
        assert changes == {f"{item}-report.docx", f"{item}-report.pdf", f"records/units/{unit}.yaml", "manifest.json"}
        assert "更名后" in "".join(texts(published(register, f"{item}-report.docx")))


def test_another_bureau_leader_reaches_open_drafts_and_nothing_else(register: Register, publisher: Publisher) -> None:
    walk(register, "archive")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    before = files(register)
    pushed(register, ("leaders.yaml", "name: 孟拟衡", "name: 更名后"))
    publisher.catch_up()
    changes = {name for name, data in files(register).items() if before[name] != data}
    assert changes == {OTHER_NAME, "records/leaders.yaml", "manifest.json"}
    assert "签发人：更名后" in "".join(texts(published(register, OTHER_NAME)))


def older(told: dict[str, Any]) -> dict[str, Any]:
    documents = [{key: value for key, value in each.items() if key not in ("pdf", "round")} for each in told["documents"]]
    return {**told, "format": 1, "documents": documents}


def newer(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "format": told["format"] + 1, "documents": [{**each, "pages": 3} for each in told["documents"]], "more": []}


def ours(told: dict[str, Any]) -> dict[str, Any]:
    return told


def other_layout() -> Profile:
    found = standard()
    return replace(found, body=replace(found.body, first_chars=4.0))


@pytest.mark.parametrize("version", [older, newer, ours])
def test_another_version_of_the_program_alters_no_issued_document(
    register: Register, publisher: Publisher, version: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    walk(register, "bureau_sign")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    before, told = files(register), manifest(register)
    issued = {each["name"]: each["sha256"] for each in told["documents"] if not each["draft"]}
    assert {NAME, f"{ITEM}-notice-1.docx"} <= issued.keys()
    (register.published / "manifest.json").write_text(json.dumps(version(told)), encoding="utf-8")
    after = Publisher(register, other_layout(), Press())
    for pass_ in (after.catch_up, after.rebuild):
        assert not [problem for each in pass_() for problem in each.problems]
        assert {name: digest(published(register, name)) for name in issued} == issued
    assert published(register, OTHER_NAME) != before[OTHER_NAME]
    found = {each["name"]: each for each in manifest(register)["documents"]}
    assert {name: found[name]["sha256"] for name in issued} == issued
    assert found[f"{ITEM}-report.docx"]["round"] == 1
    assert all(printed(register, name) for name in found)
    walk(register, "archive")  # also when the matter goes on
    assert not [problem for each in after.catch_up() for problem in each.problems]
    assert {name: digest(published(register, name)) for name in issued} == issued
    pushed(register, (RECORD, TITLE, "关于其他情况的报告"))  # and whoever alters the record is still found out
    assert "已经签发" in str([problem for each in after.catch_up() for problem in each.problems])


def test_an_issued_document_that_is_lost_cannot_be_replaced_by_another_layout(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    publisher.catch_up()
    issued = published(register)
    (register.published / NAME).unlink()
    (built,) = Publisher(register, other_layout()).rebuild()
    assert ["请从备份恢复" in str(problem) for problem in built.problems] == [True]
    assert not (register.published / NAME).exists()
    (built,) = publisher.rebuild()
    assert built.problems == ()
    assert published(register) == issued
