"""The last checkpoint before a document stands at its foot: the same when it is made again, on no draft, and no text gives way to it."""

import io
import shutil
from datetime import datetime

import docx
from docx.document import Document

from documents.forms import circular, internal_report
from documents.layout.profile import standard
from documents.publishing.publisher import Publisher
from records.matter.checkpoint import Checkpoint
from records.register.register import Receipt, Register
from tests.bureau import STORY, at, roster
from tests.documents.case import ITEM, REPORT_NAME, act, files, published, walk
from tests.documents.papers import ROUNDUP
from tests.documents.test_annual_report import told
from tests.documents.test_publisher_papers import CIRCULAR, TABLE, on_roundup
from tests.documents.test_special_report import REPORT

LINE = Checkpoint("a" * 40, 632, "b" * 40, "1" * 64, "2" * 64, "2026-11-28T09:00:00+08:00").printed
REQUEST = f"{ITEM}-request-1.docx"


def taken(register: Register, when: str) -> str:
    """Take a checkpoint and return its line."""
    done = register.take_checkpoint(at(when))
    assert isinstance(done, Receipt), str(done)
    found = register.view().checkpoint
    assert found is not None
    return found.printed


def steps(register: Register, first: str, last: str) -> None:
    """Carry out the steps of the story from one to another."""
    names = [name for name, _, _ in STORY]
    for name, by, inputs in STORY[names.index(first) : names.index(last) + 1]:
        act(register, name, by, inputs)


def feet(data: bytes) -> list[str]:
    """The lines at the foot of an odd and of an even side, without 页码."""
    section = docx.Document(io.BytesIO(data)).sections[0]
    paragraphs = (*section.footer.paragraphs, *section.even_page_footer.paragraphs)
    return [line for each in paragraphs for line in each.text.split("\t") if line and "—" not in line]


def test_a_units_papers_bear_the_last_checkpoint_before_their_signature(register: Register, publisher: Publisher) -> None:
    taken(register, "2026-08-29T09:00")
    walk(register, "report_progress")
    line = taken(register, "2026-08-31T09:00")
    request = {"until": "2026-09-09", "reason": "须等鉴定结论。"}
    act(register, "request_extension", "JJ.main_leader", request)
    act(register, "decide_extension", "BGS.director_in_charge", {"decision": "rejected", "text": "请按期办结。"})
    steps(register, "give_opinion", "review_report")
    publisher.catch_up()
    assert not [foot for foot in feet(published(register, REPORT_NAME)) if "检查点" in foot], "it is a draft"
    steps(register, "consent", "consent")
    publisher.catch_up()
    code = next(foot for foot in feet(published(register, REPORT_NAME)) if "校验码" in foot)
    assert feet(published(register, REPORT_NAME)) == [code, line, code, line]
    assert feet(published(register, REQUEST)) == [line, line]
    before = files(register)
    taken(register, "2026-09-02T09:00")
    shutil.rmtree(register.published)
    publisher.catch_up()
    made = files(register)
    assert [made[name] for name in (REPORT_NAME, REQUEST)] == [before[name] for name in (REPORT_NAME, REQUEST)]


def test_a_roundup_that_is_issued_bears_it_and_its_draft_does_not(register: Register, publisher: Publisher) -> None:
    walk(register, "dispatch")
    line = taken(register, "2026-09-02T09:00")
    on_roundup(register, "draft_roundup", "BGS.clerk1", "2026-09-03T09:00", text="请各单位抓紧办理。")
    publisher.catch_up()
    assert feet(published(register, CIRCULAR)) == []
    on_roundup(register, "approve_roundup", "L03", "2026-09-03T11:00", text="同意印发。")
    on_roundup(register, "issue_roundup", "BGS.clerk1", "2026-09-03T12:00")
    publisher.catch_up()
    assert feet(published(register, CIRCULAR)) == [line, line]
    before = files(register)
    taken(register, "2026-09-04T09:00")
    shutil.rmtree(register.published)
    publisher.catch_up()
    assert [files(register)[name] for name in (CIRCULAR, TABLE)] == [before[name] for name in (CIRCULAR, TABLE)]
    assert "records/checkpoints/2026/09-04.yaml" in files(register)


def test_the_annual_report_bears_that_of_the_commit_that_was_counted(demo: Register) -> None:
    now = datetime.fromisoformat("2026-11-23T23:00:00+08:00")
    before, counted = told(demo, now), demo.head() or ""
    assert feet(before) == []
    line = taken(demo, "2026-11-23T22:00")
    assert feet(told(demo, now)) == [line, line]
    assert told(demo, now, counted) == before, "what was counted before it is made again as it was"


def test_without_a_checkpoint_not_a_byte_is_another() -> None:
    people, layout = roster(), standard()
    assert circular.paper(ROUNDUP, people, layout) == circular.paper(ROUNDUP, people, layout, checkpoint="")
    assert internal_report.render(REPORT, layout) == internal_report.render(REPORT, layout, checkpoint="")


def test_the_line_takes_no_room_from_the_text_and_leaves_the_number_of_the_side_where_it_was() -> None:
    with_it, without = (
        docx.Document(io.BytesIO(internal_report.render(REPORT, standard(), digest="sha256:" + "a" * 64, checkpoint=line)))
        for line in (LINE, "")
    )
    assert [each.text for each in with_it.paragraphs] == [each.text for each in without.paragraphs]
    assert with_it.sections[0].bottom_margin == without.sections[0].bottom_margin
    assert _top(with_it) == _top(without)
    assert feet_height(with_it) > feet_height(without)


def _top(file: Document) -> int:
    """Where the footer begins, above the lower edge of the sheet."""
    distance = file.sections[0].footer_distance
    assert distance is not None
    return distance + feet_height(file)


def feet_height(file: Document) -> int:
    heights = [each.paragraph_format.line_spacing or 0 for each in file.sections[0].footer.paragraphs]
    styles = [each.style.paragraph_format.line_spacing or 0 for each in file.sections[0].footer.paragraphs if each.style]
    return sum(int(own or style) for own, style in zip(heights, styles, strict=True))
