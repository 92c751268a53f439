"""What a matter says of itself in words: everything that somebody gave as a reason can be read again (概况, 报告)."""

from collections.abc import Mapping
from types import SimpleNamespace

from desk.basis import basis
from desk.desk import CaseFile, Desk
from desk.matter_page import standing
from desk.terms import holders
from desk.wording import head, reports
from records.register.register import NEW, Receipt, Register
from records.rules.clocks import Light
from schema.tables import acts
from tests.bureau import CALENDAR, NOW, REGISTER, STORY, Matter, at

LATER = at("2026-11-29T10:00")


def test_a_matter_that_ended_without_a_result_says_why_where_it_says_how_it_stands(brief: Register) -> None:
    def do(act: str, target: str, by: str, inputs: Mapping[str, object]) -> str:
        done = brief.act(act, target, by, inputs, LATER)
        assert isinstance(done, Receipt), str(done)
        return done.outcome.target

    kept, *others = (do("register", NEW, "BGS.clerk1", {**REGISTER, "source_ref": f"另{n}号"}) for n in range(4))
    do("take_back", others[0], "BGS.clerk1", {"reason": "类别、来源登记错了。"})
    do("cancel", others[1], "L03", {"reason": "上级撤回。"})
    do("merge", others[2], "L03", {"reason": "同一事项。", "merged_into": kept})
    desk = Desk(brief, brief.view().roster.people["BGS.clerk1"], lambda: LATER)
    told = []
    for item in others:
        case = desk.open(item)
        assert case
        told += [words for name, words in head(case, desk.view.roster, CALENDAR) if name in ("已撤销", "已并案")]
    assert [words.partition("\n")[0] for words in told] == ["类别、来源登记错了。", "上级撤回。", f"并入 {kept}：同一事项。"]


def test_why_a_report_was_withdrawn_stands_in_its_round() -> None:
    matter = Matter().until("receive_paper")
    matter.now = NOW
    matter.do("withdraw_report", "JJ.main_leader", text="数字有误。")
    assert matter.item
    (told,) = (words for name, words in reports(matter.item, matter.roster, CALENDAR) if name == "第1轮")
    assert "撤回报告 " in told
    assert "：数字有误。" in told


def test_all_who_owe_the_same_are_named_where_it_is_said_in_whose_hands_a_matter_is() -> None:
    matter = Matter()
    for act, by, inputs in STORY:
        if act == "sign_for":
            break
        matter.do(act, by, **{**inputs, **({"assisting": ["CG", "ZA"]} if act == "propose" else {})})
    item = matter.item
    assert item
    case = CaseFile(item, Light("none"), matter.owed, None, (), ())
    view = SimpleNamespace(roster=matter.roster, calendar=CALENDAR)
    said = (
        dict(head(case, matter.roster, CALENDAR))["现在"],
        dict(standing(case, view, NOW.date().isoformat()))["在谁手里"],  # type: ignore[arg-type]
        dict(basis(acts()["urge"], case, matter.roster, CALENDAR, "BGS.clerk1"))["在谁手里"],
    )
    for told in said:
        assert "交通警察支队联络员" in told, said
        assert "和城关分局、治安管理支队，自" in told, said
    for liaison in ("JJ.liaison", "CG.liaison", "ZA.liaison"):
        assert "在谁手里" not in dict(basis(acts()["sign_for"], case, matter.roster, CALENDAR, liaison)), "it is in his own"


def test_a_title_of_which_the_office_says_the_beginning_stands_in_one_pair_of_brackets() -> None:
    matter = Matter().until("receive_paper")
    (duty,) = (duty for duty in matter.owed if duty.act == "receive_paper")
    assert holders((duty,), matter.roster, brief=True) == "办公室机要文书：万拟竹（编号、用印、纸质核收）"
    assert holders((duty,), matter.roster) == "办公室机要文书：万拟竹（机要文书（编号、用印、纸质核收））"
