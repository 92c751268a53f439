"""The forms on paper, element by element against the standard; and that the measuring tells a form that is off from one that is not."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from documents import internal, letter, special_report
from documents.profile import Profile, ruler, standard
from records.prose import Paragraph
from tests.e2e.measuring import FORMS, INTERNAL, LETTER, REPORT, UNIT, Page, measured, rendered, samples

pytestmark = pytest.mark.e2e

# One number of the layout, wrong by a little, in one form: what must be found to be off by it, and what must not.
FAULTS: dict[str, tuple[str, Callable[[Profile], Profile], str, str]] = {
    "margin": ("special", lambda right: changed(right, paper=changed(right.paper, left_mm=30)), "订口：满行左缘", "每面行数"),
    "pitch": ("special", lambda right: changed(right, grid=changed(right.grid, pitch_pt=28.7)), "行距（28.95磅）", "订口：满行左缘"),
    "spacing": ("internal", lambda right: changed(right, grid=changed(right.grid, spacing_pt=0)), "每行字数", "每面行数"),
    "mark": ("internal", lambda right: changed(right, mark=changed(right.mark, top_mm=36)), "发文机关标志上边缘（版心上边缘下35）", "天头"),
    "rule": ("special", lambda right: changed(right, rule=changed(right.rule, below_mm=5)), "红色分隔线在发文字号下", "订口：满行左缘"),
    "imprint": (
        "internal",
        lambda right: changed(right, imprint=changed(right.imprint, thick_pt=0.5)),
        "版记首末条分隔线粗（0.35）",
        "订口",
    ),
    "folio": ("letter", lambda right: changed(right, folio=changed(right.folio, below_mm=8)), "双面页码一字线", "发文机关标志居中"),
    "double": (
        "letter",
        lambda right: changed(right, letter=changed(right.letter, bottom_mm=22)),
        "第二条红色双线下边缘（距下页边20）",
        "份号顶格",
    ),
    "order": (
        "letter",
        lambda right: changed(right, letter=changed(right.letter, thick_mm=0.4)),
        "第一条红色双线：上线粗",
        "订口：满行左缘",
    ),
}
BRIEF = {"body": (Paragraph("", 0, "请予支持为盼。"),), "attachments": (), "note": ""}


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Page]]:
    """Every document of this module, set by one run of LibreOffice."""
    right = standard()
    even = changed(right, imprint=changed(right.imprint, even_side=True))
    made = {
        "brief letter": letter.render(replace(LETTER, **BRIEF, draft="送审稿"), right),  # type: ignore[arg-type]
        "bare letter": letter.render(replace(LETTER, copy_number="", secrecy="", urgency="", copy_to=()), right),
        "back": special_report.render(replace(REPORT, **BRIEF), even, sides=lambda data: 1),  # type: ignore[arg-type]
        "request": internal.render(replace(INTERNAL, mark=f"{UNIT}请示", number="兰公交请〔2026〕1号"), right),
    }
    sets = {form: samples(form, right) for form in FORMS} | {"ruler": samples("special", ruler())}
    sets |= {fault: samples(form, change(right)) for fault, (form, change, *_) in FAULTS.items()}
    made |= {f"{name} {some}": data for name, pair in sets.items() for some, data in pair.items()}
    return rendered(tmp_path_factory.mktemp("rendered"), made)


@pytest.mark.parametrize("form", FORMS)
def test_every_number_of_a_form_is_met(shown: dict[str, list[Page]], form: str) -> None:
    found = measured(form, shown[f"{form} some"], shown[f"{form} full"])
    assert len(found) > 25
    assert [str(each) for each in found if not each.right] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_the_measuring_finds_a_number_that_is_off(shown: dict[str, list[Page]], fault: str) -> None:
    form, _, off, still = FAULTS[fault]
    found = measured(form, shown[f"{fault} some"], shown[f"{fault} full"])
    wrong = {each.measure.element for each in found if not each.right}
    assert off in wrong
    assert still not in wrong


def test_by_the_ruler_the_ink_of_22_lines_fills_the_text_area(shown: dict[str, list[Page]]) -> None:
    text = shown["ruler full"][1].ink()[:22]
    assert text[-1].bottom - text[0].top == pytest.approx(225, abs=0.5)
    found = measured("special", shown["ruler some"], shown["ruler full"])
    wrong = {each.measure.element for each in found if not each.right}
    assert wrong == {"天头：满面首行上缘（37＋行内空白）", "行距（28.95磅）"}


def test_a_letter_keeps_to_the_order_of_annex_2(shown: dict[str, list[Page]]) -> None:
    first, last = shown["letter some"]
    assert first.lines[:6] == ["兰州市公安局", "000001兰公督字〔2026〕8号", "秘密★1年", "特急", LETTER.title, "省公安厅办公室："]
    assert last.lines[-4:] == ["2026年3月5日", "（联系人：李四）", "抄送：市委办公室，市政府办公室。", "—2—"]


def test_a_letter_of_one_side_ends_above_the_second_rule(shown: dict[str, list[Page]]) -> None:
    (page,) = shown["brief letter"]
    assert page.lines[0] == "送审稿"
    assert page.lines[-1] == "抄送：市委办公室，市政府办公室。"
    draft, mark = page.ink()[:2]
    assert mark.top - draft.bottom > 5
    assert mark.top == pytest.approx(30, abs=0.5)


def test_a_letter_without_marks_in_its_corner_begins_with_its_number(shown: dict[str, list[Page]]) -> None:
    first, last = shown["bare letter"]
    assert first.lines[:3] == ["兰州市公安局", "兰公督字〔2026〕8号", LETTER.title]
    assert last.lines[-2:] == ["（联系人：李四）", "—2—"]


def test_what_a_unit_sends_up_follows_annex_3(shown: dict[str, list[Page]]) -> None:
    first, last = shown["internal some"]
    assert first.lines[:5] == ["000001", "秘密★1年", "特急", f"{UNIT}报告", "兰公交报〔2026〕3号签发人：张三丰"]
    assert first.lines[6] == "市局办公室："
    assert first.lines[-1] == "文本校验码3f2a-91bc-77d0—1—"
    assert last.lines[-4:] == [UNIT, "2026年3月5日", f"{UNIT}2026年3月6日印发", "—2—文本校验码3f2a-91bc-77d0"]
    assert shown["request"][0].lines[3:5] == [f"{UNIT}请示", "兰公交请〔2026〕1号签发人：张三丰"]


def test_the_imprint_goes_to_the_back_where_the_profile_wants_it(shown: dict[str, list[Page]]) -> None:
    front, back = shown["back"]
    assert not any("印发" in line for line in front.lines)
    assert back.lines == ["抄送：市委办公室，市政府办公室。", "兰州市公安局办公室2026年3月6日印发", "—2—"]
    assert back.rules()[-1].bottom == pytest.approx(262, abs=0.3)
