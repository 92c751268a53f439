"""The working papers on paper: heads repeat, rows stay whole, nothing is lost or runs over the edge, no signature stands alone."""

import re
from dataclasses import replace
from datetime import date

import pytest

from documents.forms import circular, slips, supervision_report
from documents.forms.working_paper import WorkingPaper, render
from documents.layout.profile import standard
from documents.layout.tables import PaperTable
from records.matter.changes import Point
from records.matter.item import Accountability, Instruction
from records.matter.prose import Paragraph
from records.matter.roundup import RoundupRow
from tests.bureau import CALENDAR, roster
from tests.documents.papers import ROUNDUP, before, shown
from tests.e2e.paper import Page, rendered

pytestmark = pytest.mark.e2e

PEOPLE = roster()
ORGAN = PEOPLE.bureau.print_organ
TITLES = (
    "省领导对学校周边交通安全隐患群众来信的批示",
    "“派出所主防”工作机制落地情况",
    "市人大代表建议：优化学校门口“即停即走”管理",
)
ROWS = tuple(
    RoundupRow(
        item=f"DB-2026-{place:04}",
        title=f"{TITLES[place % 3]}（{place}）",
        lead=("JJ", "CG", "ZA", "JZ")[place % 4],
        state="in_progress",
        due="2026-09-07",
        days_late=200 - place,
        feedback_late=15,
        urges=12,
        returned=3,
    )
    for place in range(1, 61)
)
INSTRUCTION = "".join(f"第{place}项请抓紧查实并逐一整改，结果报我。" for place in range(200))
RECORD = Accountability(
    by="BGS.clerk1",
    at="2026-09-20T09:00:00+08:00",
    consequence="群众再次来信，造成不良影响。",
    persons=("JJ.reviewing_head", "JJ.supervising_leader", "JJ.main_leader"),
    evidence=tuple(f"2026-09-{day:02} 催办：请书面说明第{day}项要求的逾期原因和预计办结时间。" for day in range(1, 31)),
)


def made() -> dict[str, bytes]:
    profile, dispatched, signed = standard(), before("report_progress"), before("reserve_number")
    points = tuple(Point(f"第{place}项要求：查明情况，提出措施，明确责任人和时限。") for place in range(1, 31))
    long = replace(dispatched, instructions=(Instruction("省领导（虚构）", "2026-08-28", INSTRUCTION),))
    # With one more line each time, the end of the paper comes to every height of the side.
    ends = {f"end{count}": _ending(count) for count in range(20, 34)}
    ends |= {f"cut{count}": _ending(count, _BELOW) for count in range(12, 24)}
    return ends | {
        "roundup": circular.paper(replace(ROUNDUP, rows=ROWS), PEOPLE, profile, "送审稿"),
        "notice": slips.notice(dispatched, dispatched.units[0], None, PEOPLE, profile),
        "long": slips.notice(long, long.units[0], None, PEOPLE, profile),
        "receipts": slips.receipts(dispatched, PEOPLE, profile),
        "report": supervision_report.supervision_report(replace(signed, points=points), CALENDAR, PEOPLE, profile),
        "evidence": supervision_report.evidence(replace(dispatched, accountability=RECORD), (), PEOPLE, profile),
    }


_BELOW = (PaperTable((40, 116), [("收件人", ""), ("收到时间", "")], cut="回执"),)


def _ending(count: int, below: tuple[PaperTable, ...] = ()) -> bytes:
    rows = [("序号", "事项"), *((str(place), f"第{place}件") for place in range(1, count + 1))]
    table = PaperTable((20, 136), rows, head=True)
    content = (Paragraph("", 0, "列表如下。"), table)
    return render(WorkingPaper("试", "", content, "特此通报。", ORGAN, date(2026, 9, 7), below=below), standard())


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, list[Page]]]:
    """Every paper of this module with its pages, set by one run of LibreOffice."""
    documents = made()
    pages = rendered(tmp_path_factory.mktemp("rendered"), documents)
    return {name: (data, pages[name]) for name, data in documents.items()}


def whole(pages: list[Page]) -> str:
    return "".join("".join(page.lines) for page in pages)


def test_the_head_of_the_table_stands_on_every_side_that_has_rows(papers: dict[str, tuple[bytes, list[Page]]]) -> None:
    sides = [page.lines for page in papers["roundup"][1] if "DB-2026-" in "".join(page.lines)]
    assert len(sides) > 5
    assert all("序号督办事项主办单位办结时限逾期催办退回" in lines for lines in sides)


def test_no_row_is_split_and_none_is_missing(papers: dict[str, tuple[bytes, list[Page]]]) -> None:
    sides = ["".join(page.lines) for page in papers["roundup"][1]]
    # A row ends with its id, its title begins it: were one split, the side would end or begin in between.
    rows = [re.findall(r"(?:省领导|“派出|市人大).*?DB-2026-(\d{4})", side) for side in sides]
    assert [int(number) for found in rows for number in found] == list(range(1, 61))
    for side, found in zip(sides, rows, strict=True):
        assert sum(side.count(title[:3]) for title in TITLES) == len(found)


@pytest.mark.parametrize("name", ["roundup", "notice", "long", "receipts", "report", "evidence"])
def test_no_text_is_lost(papers: dict[str, tuple[bytes, list[Page]]], name: str) -> None:
    data, pages = papers[name]
    paper, told = shown(data), sorted(whole(pages))
    texts = (*paper.paragraphs, *(cell for table in paper.tables for row in table for cell in row))
    wanted = sorted("".join("".join(texts).split()))
    for sign in set(wanted):
        assert told.count(sign) >= wanted.count(sign), sign


@pytest.mark.parametrize("name", ["roundup", "notice", "long", "receipts", "report", "evidence"])
def test_the_ink_stays_inside_the_margins(papers: dict[str, tuple[bytes, list[Page]]], name: str) -> None:
    for page in papers[name][1]:
        bands = [band for band in page.ink() if band.top > 36]
        assert min(band.left for band in bands) >= 27.8
        assert max(band.right for band in bands) <= 184.3
        # Under the text area there is 页码 and nothing else.
        assert len([band for band in bands if band.bottom > 262.5]) == 1


def test_the_columns_of_the_roundup_take_days_and_numbers_in_one_line(papers: dict[str, tuple[bytes, list[Page]]]) -> None:
    lines = [line for page in papers["roundup"][1] for line in page.lines]
    for place, row in enumerate(ROWS, start=1):
        assert any(re.search(rf"{row.due}{row.days_late}15123", line) for line in lines), place
    assert any("交通警察支队2026-09-07" in line for line in lines)


def test_a_row_longer_than_a_side_goes_on_overleaf(papers: dict[str, tuple[bytes, list[Page]]]) -> None:
    pages = papers["long"][1]
    assert len(pages) > 2
    assert INSTRUCTION in re.sub(r"—\d+—|批示或交办要求", "", whole(pages))


def test_the_signature_is_never_alone(papers: dict[str, tuple[bytes, list[Page]]]) -> None:
    turned = 0
    for name, (_, pages) in papers.items():
        last = next(page.lines for page in pages if ORGAN in page.lines)
        place = next(place for place, line in enumerate(last) if line == ORGAN)
        # The closing words at least go over with it.
        assert any(line.endswith("。") for line in last[:place]), name
        assert re.fullmatch(r"\d{4}年\d+月\d+日", last[place + 1]), name
        if name.startswith("end") and len(pages) == 2:
            turned += 1
            # Off the first side of a table its last row goes over as well.
            assert any(re.fullmatch(r"\d+第\d+件", line) for line in last), name
            assert "特此通报。" in last
    assert turned > 3


def test_what_stands_under_the_signature_is_whole_and_no_side_is_blank(papers: dict[str, tuple[bytes, list[Page]]]) -> None:
    for name, words in {"notice": ("回执", "收件人"), "long": ("回执", "收件人"), "report": ("审核和审签", "主管主任审签")}.items():
        pages = papers[name][1]
        assert all(any(word in line for line in pages[-1].lines) for word in words), name
    assert len(papers["notice"][1]) == 1


def test_what_is_filled_in_under_the_signature_never_stands_on_a_side_without_it(papers: dict[str, tuple[bytes, list[Page]]]) -> None:
    turned = 0
    for name in (each for each in papers if each.startswith("cut")):
        pages = [page.lines for page in papers[name][1]]
        (signed,) = (place for place, lines in enumerate(pages) if ORGAN in lines)
        assert any("收到时间" in line for line in pages[signed]), name
        turned += signed == 1 and "特此通报。" in pages[1]
    assert turned > 3
