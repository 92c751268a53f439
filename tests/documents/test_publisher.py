"""What is published of an item on its way: the documents that are due, with the words, names and days of their signatures."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from documents.layout.profile import standard
from documents.publishing.catalogue import planned, planned_by_units
from documents.publishing.publisher import Publisher
from records.bureau.roster import StandIn
from records.matter.item import Secrecy
from records.register.register import Register
from records.store.view import View
from tests.bureau import DRAFT, OUTGOING, SHELL_STORY, at, roster
from tests.documents.case import (
    BUREAU,
    ITEM,
    NAME,
    REPORT_NAME,
    TITLE,
    act,
    created,
    draft_of,
    manifest,
    outgoing,
    published,
    pushed,
    texts,
    walk,
)


def test_a_signed_item_is_published_with_its_number_signer_and_day(register: Register, publisher: Publisher) -> None:
    walk(register, "reserve_number")
    act(register, "bureau_sign", "L02", {"text": "同意上报。"}, when=at("2026-09-02T10:00"))
    assert outgoing(publisher.catch_up()) == [NAME]
    found = texts(published(register))
    assert "兰公办〔2026〕1号\t签发人：陈拟山" in found
    assert found[0] == "特急"  # no word over it
    assert {"兰州市公安局专报", TITLE, "省领导（虚构）：", "三所学校均已整改。", "兰州市公安局", "2026年9月2日"} <= set(found)
    assert found[-1] == "兰州市公安局办公室\t2026年9月2日印发"


def test_the_word_over_a_draft_follows_the_signatures(register: Register, publisher: Publisher) -> None:
    walk(register, "receive_paper")
    assert outgoing(publisher.catch_up()) == []
    for through, word, number in (
        ("office_review", "草稿", "兰公办〔2026〕\u3000号"),
        ("director_sign", "送审稿", "兰公办〔2026〕\u3000号"),
        ("reserve_number", "送审稿", "兰公办〔2026〕1号"),
        ("bureau_sign", "", "兰公办〔2026〕1号"),
    ):
        walk(register, through)
        assert outgoing(publisher.catch_up()) == [NAME]
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


def test_secrecy_and_urgency_stand_in_the_corner_only_where_they_are_given(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    walk(register, "office_review")
    item = register.view().item(ITEM)
    assert item
    secret = replace(item, secrecy=Secrecy("secret", 1, "000001"), urgency="urgent")
    plain = replace(item, secrecy=Secrecy("none", copy_number="000001"), urgency="ordinary")
    corners = [texts(planned(each)[0].make(register.view(), standard()))[1:4] for each in (secret, plain)]
    assert corners[0][:2] == ["000001", "加急"]  # a degree only where the network is cleared for it
    assert corners[1][0] == "兰州市公安局专报"
    monkeypatch.setattr(View, "policy", replace(register.view().policy, full_text=True))
    assert texts(planned(secret)[0].make(register.view(), standard()))[1:4] == ["000001", "秘密★1年", "加急"]


def test_a_degree_stands_on_letters_and_reports_only_where_the_network_is_cleared_for_it(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk(register, "office_review")
    item = register.view().item(ITEM)
    assert item
    assert item.outgoing
    secret = replace(item, secrecy=Secrecy("secret", 1, "000001"), outgoing=replace(item.outgoing, series="letter"))
    papers = (*planned(secret), *planned_by_units(secret))
    assert len(papers) == 2
    for cleared in (False, True):
        monkeypatch.setattr(View, "policy", replace(register.view().policy, full_text=cleared))
        for paper in papers:
            assert any("秘密★1年" in line for line in texts(paper.make(register.view(), standard()))) == cleared, paper.name


def test_of_a_classified_matter_no_document_of_its_text_is_made(tmp_path: Path) -> None:
    register = created(tmp_path / "shell")
    for name, by, inputs in SHELL_STORY[:-2]:
        act(register, name, by, inputs)
        if name == "read_in_unit":
            act(register, "request_extension", "JJ.main_leader", {"until": "2026-09-14"})
            act(register, "decide_extension", "BGS.director_in_charge", {"decision": "approved"})
    item = register.view().item(ITEM)
    assert item
    assert item.outgoing
    assert item.outgoing.signature
    assert (*planned(item), *planned_by_units(item)) == ()
    publisher = Publisher(register, standard())
    publisher.catch_up()
    assert manifest(register)["problems"] == {}


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
    sent = [each for each in found["documents"] if "-report" in each["name"] or "-request" in each["name"]]
    assert [(each["name"], each["commit"], each["draft"], each["round"]) for each in sent] == [
        (REPORT_NAME, agreed, "", 1),
        (f"{ITEM}-request-1.docx", asked, "", None),
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
    assert NAME in built.removed
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
        assert outgoing(publisher.catch_up()) == []
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


def test_names_come_from_ids_alone_and_dates_from_the_last_step(register: Register) -> None:
    walk(register, "receive_paper")
    titled = {**OUTGOING, "title": "../../关于整改情况的报告"}
    act(register, "office_review", "BGS.clerk1", titled, when=at("2026-09-01T09:00"))
    item = register.view().item(ITEM)
    assert item
    (plan,) = planned(item)
    assert plan.name == NAME
    assert "2026年9月1日" in texts(plan.make(register.view(), standard()))
