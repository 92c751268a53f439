"""The slips of a matter: that they say what the record says, no more, and nothing that cannot be printed."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from documents.forms.slips import notice, receipts, urge_notice
from documents.layout.official_document import DocumentError
from documents.layout.profile import standard
from records.bureau.roster import SYSTEM
from records.matter.changes import Transfer
from records.matter.item import Instruction, Item, Secrecy, UnitPart, Urge
from tests.bureau import Matter, roster
from tests.documents.papers import before, shown

PEOPLE = roster()
URGE = Urge(by="BGS.clerk1", at="2026-09-08T09:00:00+08:00", means="written", level="yellow_card", text="请书面说明\n逾期原因。")


@pytest.fixture
def item() -> Item:
    return before("report_progress")


def test_the_notice_tells_a_unit_its_own_part(item: Item) -> None:
    lead, assisting = (shown(notice(item, part, None, PEOPLE, standard())) for part in item.units)
    head = f"联系人：{PEOPLE.name('BGS.clerk1')}　电话：\t编号：{item.id}-1"
    assert lead.paragraphs[:3] == ["督办通知单", head, "兰州市公安局交通警察支队："]
    assert lead.paragraphs[-3:-1] == ["兰州市公安局办公室", "2026年8月31日"]
    assert assisting.paragraphs[1].endswith(f"编号：{item.id}-2")
    assert lead.said["办理要求"] == "1.三所学校逐一查实"
    assert lead.said["办结时限"] == "2026年9月7日　反馈周期：每日　紧急程度：特急"
    assert lead.said["批示或交办要求"] == "省领导（虚构）（2026年8月28日）：\n请抓紧查实整改，结果报我。"
    assert assisting.said["办理要求"] == "1.错峰放学"
    assert lead.said["协办单位"] == PEOPLE.unit_name("CG")
    assert assisting.said["主办单位"] == PEOPLE.unit_name("JJ")
    assert assisting.said["承办单位"] == "兰州市公安局城关分局（协办）"
    without = shown(notice(replace(item, points=item.points[:1]), item.units[1], None, PEOPLE, standard()))
    assert without.said["办理要求"] == "配合主办单位办理，并提出协办意见。"


def test_the_notice_tells_the_day_that_a_requirement_has_of_its_own(item: Item) -> None:
    first, second = item.points
    dated = replace(item, points=(replace(first, due="2026-09-02"), replace(second, due="2026-09-04"), replace(first, text="全部整改")))
    lead, assisting = (shown(notice(dated, part, None, PEOPLE, standard())) for part in item.units)
    assert lead.said["办理要求"] == "1.三所学校逐一查实（该项时限：2026年9月2日）\n2.全部整改"
    assert assisting.said["办理要求"] == "1.错峰放学（该项时限：2026年9月4日）"


def test_the_notice_ends_with_a_receipt_to_be_cut_off_that_says_of_which_paper_it_is(item: Item) -> None:
    told = shown(notice(item, item.units[1], None, PEOPLE, standard()))
    assert "回执（请退市局办公室）" in told.paragraphs[-1]
    assert told.tables[-1] == [["编号", f"{item.id}-2", "收件单位", "兰州市公安局城关分局"], ["收件人", "", "收到时间", ""]]


def test_no_row_of_a_notice_has_the_name_of_another(item: Item) -> None:
    several = replace(item, instructions=(*item.instructions, Instruction("孟拟衡（局长）", "2026-08-31", "请抓紧。")))
    table, _ = shown(notice(several, item.units[0], None, PEOPLE, standard())).tables
    names = [row[0] for row in table]
    assert len(names) == len({*names})
    assert dict(table)["批示或交办要求"].endswith("孟拟衡（局长）（2026年8月31日）：\n请抓紧。")


def test_who_comes_in_later_is_told_from_whom_and_when(item: Item) -> None:
    moved = Transfer(by="BGS.clerk1", at="2026-09-02T09:00:00+08:00", role="lead", from_unit="JJ", to_unit="ZA", reason="职责所在。")
    told = shown(notice(replace(item, transfers=(moved,)), UnitPart("ZA", "lead"), moved, PEOPLE, standard()))
    assert told.said["调整承办单位"] == "原由兰州市公安局交通警察支队主办，现改由你单位主办；办结时限不变。"
    assert told.paragraphs[-2] == "2026年9月2日"
    assert told.paragraphs[1].endswith(f"编号：{item.id}-调1")
    added = replace(moved, role="assisting", from_unit=None)
    assert (
        shown(notice(replace(item, transfers=(added,)), UnitPart("ZA", "assisting"), added, PEOPLE, standard()))
        .said["调整承办单位"]
        .startswith("现增加你单位协办")
    )


def test_before_the_dispatch_there_is_nothing_to_tell() -> None:
    early = before("dispatch")
    with pytest.raises(DocumentError, match="尚未交办"):
        notice(early, early.units[0], None, PEOPLE, standard())
    with pytest.raises(DocumentError, match="尚未交办"):
        receipts(early, PEOPLE, standard())


def test_an_urge_says_how_heavy_it_is_and_leaves_room_for_the_reply(item: Item) -> None:
    told = shown(urge_notice(item, URGE, 2, PEOPLE, standard()))
    assert told.paragraphs[1:3] == [f"联系人：{PEOPLE.name(URGE.by)}　电话：\t编号：{item.id}-催2", "兰州市公安局交通警察支队："]
    assert told.paragraphs[-1] == "2026年9月8日"
    assert (told.said["催办等级"], told.said["催办内容"]) == ("黄牌", "请书面说明逾期原因。")
    assert told.said["答复"].count("\n") == 3
    assert not told.said["答复"].strip()


def test_an_urge_of_what_was_returned_tells_the_day_by_which_it_is_due_again() -> None:
    matter = Matter().until("office_review")
    assert "重报时限" not in shown(urge_notice(before("report_progress"), URGE, 1, PEOPLE, standard())).said
    item = matter.do("return_report", "BGS.clerk1", reasons=["R1"], comment="没有数字。", redo_due="2026-09-11")
    told = shown(urge_notice(item, URGE, 1, PEOPLE, standard())).said
    assert (told["办结时限"], told["重报时限"]) == ("2026年9月7日", "2026年9月11日")


def test_an_urge_is_addressed_to_whoever_was_urged(item: Item) -> None:
    told = shown(urge_notice(item, replace(URGE, unit="CG"), 1, PEOPLE, standard()))
    assert told.paragraphs[2] == "兰州市公安局城关分局："
    moved = Transfer(by="BGS.clerk1", at="2026-09-20T09:00:00+08:00", role="lead", from_unit="ZA", to_unit="JJ", reason="职责所在。")
    told = shown(urge_notice(replace(item, transfers=(moved,)), URGE, 1, PEOPLE, standard()))
    assert told.paragraphs[2] == "兰州市公安局治安管理支队："


def test_an_urge_goes_to_whom_it_urges_and_names_the_clock(item: Item) -> None:
    told = shown(urge_notice(item, replace(URGE, by=SYSTEM, unit="CG", clock="sign_for"), 1, PEOPLE, standard()))
    assert told.paragraphs[1].startswith("联系人：兰州市公安局办公室　")
    assert told.paragraphs[2] == "兰州市公安局城关分局："
    assert told.said["所催时限"] == "签收"


def test_receipts_have_a_line_a_unit_signed_or_not(item: Item) -> None:
    early = shown(receipts(before("sign_for"), PEOPLE, standard(), "签收未齐"))
    ((head, first, second),) = early.tables
    assert head == ["序号", "单位", "承办方式", "签收人", "签收时间"]
    assert first[:3] == ["1", "兰州市公安局交通警察支队", "主办"]
    assert first[3:] == second[3:] == ["", ""]
    assert early.over == "签收未齐"
    assert "应签收2个单位，已签收0个。" in early.paragraphs
    assert shown(receipts(item, PEOPLE, standard())).tables[0][1][3:] == [PEOPLE.name("JJ.liaison"), "2026-08-31 09:00"]


PAPERS: dict[str, Callable[[Item], bytes]] = {
    "notice": lambda item: notice(item, item.units[0], None, PEOPLE, standard()),
    "receipts": lambda item: receipts(item, PEOPLE, standard()),
    "urge": lambda item: urge_notice(item, URGE, 1, PEOPLE, standard()),
}


@pytest.mark.parametrize("paper", PAPERS)
def test_the_degree_of_secrecy_stands_over_everything(item: Item, paper: str) -> None:
    secret = replace(item, secrecy=Secrecy("secret", years=1))
    assert shown(PAPERS[paper](secret)).paragraphs[0] == "秘密★1年"
    assert "★" not in "".join(shown(PAPERS[paper](item)).paragraphs)


@pytest.mark.parametrize("paper", PAPERS)
def test_markup_is_only_text_and_control_characters_are_refused(item: Item, paper: str) -> None:
    hostile = "]]><w:p>&amp;{{ title }}"
    told = shown(PAPERS[paper](replace(item, title=hostile)))
    assert any(hostile in text for text in (*told.paragraphs, *told.said.values()))
    with pytest.raises(DocumentError, match="之后是不能印刷的控制字符 ␛"):
        PAPERS[paper](replace(item, title="甲\x1b乙"))


@pytest.mark.parametrize("paper", PAPERS)
def test_the_same_record_gives_the_same_bytes(item: Item, paper: str) -> None:
    assert PAPERS[paper](item) == PAPERS[paper](replace(item))


def test_a_long_row_may_go_over_to_the_next_side_a_short_one_not(item: Item) -> None:
    long = replace(item, instructions=(Instruction("省领导（虚构）", "2026-08-28", "请抓紧查实。" * 100),))
    kept = [partial(notice, each, item.units[0], None, PEOPLE, standard())().count(b"<w:cantSplit/>") for each in (item, long)]
    assert kept[1] == kept[0] - 1
