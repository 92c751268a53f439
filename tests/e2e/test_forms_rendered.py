"""The forms on paper, element by element against the standard; and that the measuring tells a form that is off from one that is not."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec.structs import replace as changed

from documents.forms import internal_report, letter, special_report
from documents.layout.profile import Profile, ruler, standard
from records.matter.prose import Paragraph
from tests.e2e import measuring
from tests.e2e.measuring import DIGEST, FORMS, INTERNAL, LETTER, REPORT, UNIT, measured, samples
from tests.e2e.paper import Page, rendered

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
# The same in the document of CASES, in which stand attachments and a moved list.
FAULTS |= {
    "enclosure": (
        "cases",
        lambda right: changed(right, enclosure=changed(right.enclosure, above_lines=0)),
        "附件另面：标题在版心第三行",
        "附件另面：“附件1”顶格",
    ),
    "blank line": (
        "cases",
        lambda right: changed(right, enclosure=changed(right.enclosure, below_lines=0)),
        "附件另面：正文在标题下空一行",
        "附件另面：标题在版心第三行",
    ),
    "gutter": (
        "cases",
        lambda right: changed(right, paper=changed(right.paper, left_mm=30)),
        "附件另面：“附件1”顶格",
        "附件另面：“附件1”在版心第一行",
    ),
    "odd": ("cases", lambda right: changed(right, imprint=changed(right.imprint, even_side=False)), "版记在偶数面", "附件另面：页码续编"),
    "list": (
        "cases",
        lambda right: changed(right, imprint=changed(right.imprint, indent_chars=2)),
        "抄送回行与冒号后首字对齐",
        "主送与抄送之间不加分隔线：线数",
    ),
    "names": (
        "cases",
        lambda right: changed(right, number=changed(right.number, names_a_row=1)),
        "多个签发人每行两人：行数",
        "不加盖印章：署名右空二字",
    ),
    "addressee": (
        "special",
        lambda right: changed(right, addressee=changed(right.addressee, above_lines=0)),
        "主送机关在标题下空一行",
        "订口",
    ),
    "note": (
        "cases",
        lambda right: changed(right, unsealed=changed(right.unsealed, above_lines=0)),
        "署名在附件说明下空一行",
        "附件另面：标题居中",
    ),
}
# A text that takes two sides, and a 版记 that no pitch makes room for under it.
LISTED = {"body": (Paragraph("", 0, "督" * (28 * 12 - 2)),), "copy_to": ("兰州市公安局城关分局",) * 60, "attachments": (), "note": ""}
MANY = tuple(f"市第{number}委员会办公室" for number in range(11, 20))
LONG_UNIT = "兰州市公安局黄河风情线大型群众性活动安全保卫工作领导小组"
LONG = {
    "mark": f"{LONG_UNIT}报告",
    "signers": ("阿不都热依木·买买提江",),
    "organ": LONG_UNIT,
    "print_organ": f"{LONG_UNIT}办公室",
    "print_organ_short": "领导小组办公室",
}
RARE = "喆堃昇珺赟旻祎𠮷"
# Every kind of mark at every place of a line.
SIGNS = tuple(Paragraph("", 0, "督" * shift + "“办”（理）《情》况，好。是；否：有、无！吗？——……好“，”。） " * 6) for shift in range(20, 30))
VOUCHED = "检查点 3f2a-91bc-0d4e-77aa-1c5e-9（2026-11-28，第632888笔）"
BRIEF = {"body": (Paragraph("", 0, "请予支持为盼。"),), "attachments": (), "note": ""}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rendered")


@pytest.fixture(scope="module")
def shown(folder: Path) -> dict[str, list[Page]]:
    """Every document of this module, set by one LibreOffice."""
    right = standard()
    made = {
        "brief letter": letter.render(replace(LETTER, **BRIEF, draft="送审稿"), right),  # type: ignore[arg-type]
        "bare letter": letter.render(replace(LETTER, copy_number="", secrecy="", urgency="", copy_to=()), right),
        "back": special_report.render(replace(REPORT, **BRIEF), right),  # type: ignore[arg-type]
        "blank": special_report.render(replace(REPORT, **LISTED), right),  # type: ignore[arg-type]
        "signs": special_report.render(replace(REPORT, body=SIGNS), right),
        "long letter": letter.render(replace(LETTER, body=(Paragraph("", 0, "督" * 28 * 60),), copy_to=MANY), right),
        "turned": special_report.render(replace(REPORT, **BRIEF, copy_to=MANY), right),  # type: ignore[arg-type]
        "own breaks": special_report.render(replace(REPORT, **BRIEF, title="关于甲\n某某某某某某的报告"), right),  # type: ignore[arg-type]
        "rare": special_report.render(replace(REPORT, **BRIEF, signers=(RARE,), organ=RARE), right),  # type: ignore[arg-type]
        "long names": internal_report.render(replace(INTERNAL, **LONG), right),  # type: ignore[arg-type]
        "long letter mark": letter.render(replace(LETTER, **BRIEF, mark=LONG_UNIT), right),  # type: ignore[arg-type]
        "vouched": internal_report.render(INTERNAL, right, digest=DIGEST, checkpoint=VOUCHED),
        "request": internal_report.render(replace(INTERNAL, mark=f"{UNIT}请示", number="兰公交请〔2026〕1号"), right),
    }
    sets = {form: samples(form, right) for form in FORMS} | {"ruler": samples("special", ruler())}
    sets |= {fault: samples(form, change(right)) for fault, (form, change, *_) in FAULTS.items()}
    made |= {f"{name} {some}": data for name, pair in sets.items() for some, data in pair.items()}
    return rendered(folder, made)


def test_the_ruler_is_laid_by_hand_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert measuring.main() == 0  # what `make layout` begins with
    assert capsys.readouterr().out.endswith("全部合格。\n")


@pytest.mark.parametrize("form", FORMS)
def test_every_number_of_a_form_is_met(shown: dict[str, list[Page]], form: str) -> None:
    found = measured(form, shown[f"{form} some"], shown.get(f"{form} full", []))
    assert len(found) > 20
    assert [str(each) for each in found if not each.right] == []


@pytest.mark.parametrize("fault", FAULTS)
def test_the_measuring_finds_a_number_that_is_off(shown: dict[str, list[Page]], fault: str) -> None:
    form, _, off, still = FAULTS[fault]
    found = measured(form, shown[f"{fault} some"], shown.get(f"{fault} full", []))
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
    assert last.lines[-4:] == ["2026年3月5日", "（联系人：李四）", "抄送：市委办公室、市政府办公室。", "—2—"]


def test_a_letter_of_one_side_ends_above_the_second_rule(shown: dict[str, list[Page]]) -> None:
    (page,) = shown["brief letter"]
    assert page.lines[0] == "送审稿"
    assert page.lines[-1] == "抄送：市委办公室、市政府办公室。"
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


def test_a_checkpoint_stands_under_the_code_and_moves_nothing(shown: dict[str, list[Page]]) -> None:
    assert len(shown["vouched"]) == len(shown["internal some"])
    for page, bare in zip(shown["vouched"], shown["internal some"], strict=True):
        assert page.lines == [*bare.lines, VOUCHED.replace(" ", "")]
        assert page.ink()[: len(bare.ink())] == bare.ink()
        (line,) = page.ink()[len(bare.ink()) :]
        assert line.top > 271
        assert line.bottom < 280
        assert min(line.left - 28, 184 - line.right) == pytest.approx(6.6, abs=1.3)  # one 字, and the white in a bracket
        assert line.right - line.left < 110


def test_the_imprint_of_a_report_of_one_side_stands_alone_on_its_back(shown: dict[str, list[Page]]) -> None:
    front, back = shown["back"]
    assert not any("印发" in line for line in front.lines)
    assert back.lines == ["抄送：市委办公室、市政府办公室。", "兰州市公安局办公室2026年3月6日印发", "—2—"]
    assert back.rules()[-1].bottom == pytest.approx(262, abs=0.3)


def test_an_imprint_with_no_room_under_an_even_side_goes_over_a_blank_one_and_neither_is_numbered(shown: dict[str, list[Page]]) -> None:
    first, second, blank, last = shown["blank"]
    assert [first.lines[-1], second.lines[-1]] == ["—1—", "—2—"]
    assert blank.lines == []
    assert last.lines[0].startswith("抄送：兰州市公安局城关分局")
    assert last.lines[-1] == "兰州市公安局办公室2026年3月6日印发"
    assert last.rules()[-1].bottom == pytest.approx(262, abs=0.3)


def test_a_letter_of_several_sides_bears_its_rules_on_the_first_and_its_imprint_on_the_last(shown: dict[str, list[Page]]) -> None:
    first, *middle, last = shown["long letter"]
    assert len(middle) >= 2
    assert [len(page.lines) - 1 for page in middle] == [22] * len(middle)
    assert [bool(page.ink(red=True)) for page in (first, *middle, last)] == [True] + [False] * (len(middle) + 1)
    assert [page.lines[-1] for page in (*middle, last)] == [f"—{number}—" for number in range(2, len(middle) + 3)]
    assert last.lines[-5].startswith("抄送：市第11委员会办公室")
    assert last.rules() == []


def test_a_list_of_copies_turns_under_the_character_after_the_colon(shown: dict[str, list[Page]]) -> None:
    page = shown["turned"][-1]
    first, second = [band for band in page.ink() if band.bottom - band.top > 1][:2]
    assert page.lines[0].startswith("抄送：市第11")
    assert page.lines[3].endswith("办公室。")
    assert second.left - first.left == pytest.approx(3 * 13.75 * 25.4 / 72, abs=0.6)


def test_no_line_begins_or_ends_with_a_mark_that_may_not(shown: dict[str, list[Page]]) -> None:
    lines = [line for page in shown["signs"] for line in page.lines]
    assert len(lines) > 60
    assert [line for line in lines if line[0] in "，。；：、！？）》”"] == []
    assert [line for line in lines if line[-1] in "（《“"] == []


def test_marks_are_as_wide_as_a_character_and_in_its_font(shown: dict[str, list[Page]], folder: Path) -> None:
    assert shown["signs"]
    told = subprocess.run(["pdffonts", folder / "signs.pdf"], check=True, capture_output=True, text=True).stdout
    fonts = {line.split()[0].split("+")[-1] for line in told.splitlines()[2:]}
    assert fonts
    assert all("Noto" in font or "Fandol" in font or "Fang" in font or "Sim" in font for font in fonts), fonts
    # A full line is 28 characters wide whatever marks are among them, so each is as wide as a 汉字.
    widest = [line for page in shown["signs"] for line in page.lines if len(line) == 28]
    assert len({sign for line in widest for sign in line} & set("“”—…，。（）《》")) == 10


def test_long_names_leave_the_mark_larger_than_the_title_and_turn_no_line_of_the_head_or_the_imprint(
    shown: dict[str, list[Page]],
) -> None:
    first, last = shown["long names"][0], shown["long names"][-1]
    assert first.lines[3] + first.lines[4] == f"{LONG_UNIT}报告"
    assert first.lines[5] == "兰公交报〔2026〕3号签发人：阿不都热依木·买买提江"
    one, two = first.ink(red=True)[:2]
    title = next(band for band in first.black() if band.top > first.ink(red=True)[2].bottom)
    assert min(one.bottom - one.top, two.bottom - two.top) >= title.bottom - title.top
    assert one.top == pytest.approx(72, abs=0.5)
    assert [line for line in last.lines if "印发" in line] == ["领导小组办公室2026年3月6日印发"]


def test_a_letter_s_rule_stands_under_a_mark_of_two_lines(shown: dict[str, list[Page]]) -> None:
    (page,) = shown["long letter mark"]
    assert page.lines[0] + page.lines[1] == LONG_UNIT
    one, two, rule = page.ink(red=True)[:3]
    assert one.top == pytest.approx(30, abs=0.5)
    assert rule.top - two.bottom == pytest.approx(4, abs=0.4)


def test_the_drafters_own_breaks_of_a_title_stand(shown: dict[str, list[Page]]) -> None:
    assert shown["own breaks"][0].lines[2:4] == ["关于甲", "某某某某某某的报告"]


def test_rare_characters_of_names_reach_the_paper(shown: dict[str, list[Page]]) -> None:
    lines = shown["rare"][0].lines
    assert f"签发人：{RARE}" in lines[1]
    assert RARE in lines
