"""The working papers: that they say what the records say, no more, and nothing that cannot be printed."""

import io
from dataclasses import replace

import docx
import pytest
from docx.document import Document

from documents.official import DocumentError
from documents.profile import standard
from documents.slips import notice, receipts, roundup, urge_notice
from records.model import Item, Outside, Stamp, Urge
from records.roundup import Figures, Roundup, Row
from tests.bureau import Matter, roster

PEOPLE = roster()
AT = "2026-11-06T09:00:00+08:00"
URGE = Urge(by="BGS.clerk1", at="2026-09-08T09:00:00+08:00", means="written", level="yellow_card", text="请书面说明\n逾期原因。")
ROUNDUP = Roundup(
    id="2026-10",
    title="2026年10月领导批示件和督办事项办理情况汇总通报",
    since="2026-10-01",
    until="2026-10-31",
    as_of=AT,
    state="drafted",
    drafted=Stamp("BGS.clerk1", AT),
    figures=Figures(9, 3, 1, 4, 2, 1),
    text="总体情况良好。",
    rows=(
        Row(item="DB-2026-0001", title="甲", lead="JJ", state="in_progress", due="2026-09-07", days_late=3, urges=2, returned=1),
        Row(
            item="DB-2026-0002", title="乙", lead="CG", state="in_progress", urges=0, returned=0, omitted=Outside("L03", AT, reason="涉密")
        ),
        Row(item="DB-2026-0003", title="丙", lead="CG", state="in_progress", feedback_late=4, urges=0, returned=0),
    ),
)


def dispatched(until: str = "report_progress") -> Item:
    found = Matter().until(until).item
    assert found
    return found


def opened(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def rows(document: Document) -> list[list[str]]:
    (table,) = document.tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def texts(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text]


def test_the_notice_tells_a_unit_its_own_part() -> None:
    item = dispatched()
    lead, assisting = (opened(notice(item, part, PEOPLE, standard())) for part in item.units)
    assert texts(lead)[:2] == ["督办通知单", "兰州市公安局交通警察支队："]
    assert texts(lead)[-2:] == ["兰州市公安局办公室", "2026年8月31日"]
    assert ["办理要求", "1.三所学校逐一查实"] in rows(lead)
    assert ["办理要求", "1.错峰放学"] in rows(assisting)
    assert ["办结时限", "2026年9月7日"] in rows(lead)
    assert ["承办单位", "兰州市公安局城关分局（协办）"] in rows(assisting)
    without = replace(item, points=item.points[:1])
    assert ["办理要求", "配合主办单位办理，并提出协办意见。"] in rows(opened(notice(without, item.units[1], PEOPLE, standard())))


def test_before_the_dispatch_there_is_nothing_to_tell() -> None:
    item = dispatched("dispatch")
    with pytest.raises(DocumentError, match="尚未交办"):
        notice(item, item.units[0], PEOPLE, standard())
    with pytest.raises(DocumentError, match="尚未交办"):
        receipts(item, PEOPLE, standard())


def test_an_urge_says_how_heavy_it_is_and_leaves_room_for_the_reply() -> None:
    document = opened(urge_notice(dispatched(), URGE, PEOPLE, standard()))
    assert texts(document)[-1] == "2026年9月8日"
    found = dict(rows(document))
    assert (found["催办等次"], found["催办意见"]) == ("黄牌", "请书面说明逾期原因。")
    assert not found["承办单位回复"].strip()


def test_receipts_have_a_line_a_unit_signed_or_not() -> None:
    head, first, second = rows(opened(receipts(dispatched("sign_for"), PEOPLE, standard())))
    assert head == ["序号", "单位", "承办方式", "签收人", "签收时间"]
    assert first[:3] == ["1", "兰州市公安局交通警察支队", "主办"]
    assert first[3:] == second[3:] == ["", ""]
    signed = rows(opened(receipts(dispatched(), PEOPLE, standard())))[1]
    assert signed[3:] == [PEOPLE.name("JJ.liaison"), "2026-08-31 09:00"]


def test_the_roundup_has_its_figures_and_no_row_that_was_left_out() -> None:
    document = opened(roundup(ROUNDUP, PEOPLE, standard()))
    assert "交办督办事项9件" in texts(document)[2]
    assert texts(document)[3] == "总体情况良好。"
    _, first, second = rows(document)
    assert first == ["1", "甲\nDB-2026-0001", "交通警察支队", "2026-09-07", "3", "2/1", "—"]
    assert second == ["2", "丙\nDB-2026-0003", PEOPLE.unit_name("CG"), "—", "—", "0/0", "4"]
    assert document.tables[0].rows[0]._tr.xpath("w:trPr/w:tblHeader")
    assert not document.tables[0].rows[1]._tr.xpath("w:trPr/w:tblHeader")


def test_a_roundup_is_a_draft_until_it_is_issued() -> None:
    issued = opened(roundup(replace(ROUNDUP, issued=Stamp("BGS.clerk1", "2026-11-09T10:00:00+08:00")), PEOPLE, standard()))
    draft = opened(roundup(ROUNDUP, PEOPLE, standard()))
    assert draft.sections[0].header.paragraphs[0].text == "送审稿"
    assert issued.sections[0].header.is_linked_to_previous
    assert (texts(draft)[-1], texts(issued)[-1]) == ("2026年11月6日", "2026年11月9日")


def test_markup_is_only_text_and_control_characters_are_refused() -> None:
    hostile = "]]><w:p>&amp;{{ title }}"
    assert ["督办事项", hostile] in rows(opened(urge_notice(replace(dispatched(), title=hostile), URGE, PEOPLE, standard())))
    with pytest.raises(DocumentError, match="“甲”之后是不能印刷的控制字符"):
        urge_notice(replace(dispatched(), title="甲\x1b乙"), URGE, PEOPLE, standard())


def test_the_same_records_give_the_same_bytes() -> None:
    assert roundup(ROUNDUP, PEOPLE, standard()) == roundup(ROUNDUP, roster(), standard())
