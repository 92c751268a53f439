"""Lays a ruler to the official forms: LibreOffice sets them, and what is measured is the ink on the page.

``python tests/e2e/measuring.py`` prints every element of the three forms with its number, what it measures and its clause, and fails if
one is off. Where the fonts of offices are missing, duban's printer lets others stand in for them whose 汉字 are as wide.
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from documents.forms import internal_report, letter, special_report  # noqa: E402
from documents.layout.official_document import Enclosure, OfficialDocument  # noqa: E402
from documents.layout.profile import Profile, standard  # noqa: E402
from records.matter.prose import Paragraph  # noqa: E402
from tests.e2e.paper import DOTS_A_MM, Ink, Page, rendered  # noqa: E402

_PT = 25.4 / 72
OPENING = "您在《群众来信摘要》第12期上的批示收悉。市局高度重视，立即组织逐校排查，现将办理情况报告如下。"
FACTS = "经查，该路段学校上下学时段机动车违停集中，非机动车与行人混行，高峰时段通行能力下降约三成，群众反映属实。"
REPORT = OfficialDocument(
    mark="兰州市公安局专报",
    number="兰公办〔2026〕14号",
    signers=("张三丰",),
    title="关于学校周边交通安全隐患整改情况的报告",
    addressee=("市委张某某副书记",),
    body=(
        Paragraph("", 0, OPENING),
        Paragraph("一、基本情况。", 1, FACTS),
        Paragraph("二、整改措施", 1, ""),
        Paragraph("（一）“一校一策”。", 2, FACTS),
        Paragraph("三、下一步打算。", 1, FACTS),
    ),
    attachments=("学校周边交通安全隐患排查台账", "护学岗设置及警力安排一览表（含城关、七里河、西固、安宁、红古五区逐校明细）"),
    organ="兰州市公安局",
    date=date(2026, 3, 5),
    sealed=True,
    note="联系人：李四",
    copy_to=("市委办公室", "市政府办公室"),
    print_organ="兰州市公安局办公室",
    print_date=date(2026, 3, 6),
    copy_number="",
    secrecy="",
    urgency="",
    draft="",
)
LETTER = replace(
    REPORT,
    mark="兰州市公安局",
    number="兰公督字〔2026〕8号",
    signers=(),
    addressee=("省公安厅办公室",),
    print_organ="",
    copy_number="000001",
    secrecy="秘密★1年",
    urgency="特急",
)
UNIT = "兰州市公安局交通警察支队"
INTERNAL = replace(
    REPORT,
    mark=f"{UNIT}报告",
    number="兰公交报〔2026〕3号",
    addressee=("市局办公室",),
    organ=UNIT,
    copy_to=(),
    note="",
    print_organ=UNIT,
    copy_number="000001",
    secrecy="秘密★1年",
    urgency="特急",
)
# One document in which stands what the others lack.
CASES = replace(
    REPORT,
    signers=("张三丰", "李四", "王小五"),
    addressee=tuple(f"市公安局第{number}分局办公室" for number in range(11, 34)),
    attachments=("学校周边交通安全隐患排查台账", "护学岗一览表"),
    sealed=False,
    copy_to=tuple(f"市第{number}委员会办公室" for number in range(11, 18)),
    enclosures=(Enclosure(1, "学校周边交通安全隐患排查台账", (Paragraph("一、城关区。", 1, FACTS), Paragraph("", 0, FACTS))),),
)
DIGEST = "sha256:3f2a91bc77d0" + "0" * 52


@dataclass(frozen=True)
class Measure:
    """One number of a form.

    Attributes:
        element: what is measured.
        expected: in millimetres, or a count.
        tolerance: in the same.
        clause: of GB/T 9704-2012.
        of: measures it in the pages of a document of some length and of one that fills its sides with 督.
    """

    element: str
    expected: float
    tolerance: float
    clause: str
    of: Callable[[list[Page], list[Page]], float]


def _char(count: float, size: float = 16) -> float:
    return count * (size - 0.25) * _PT


def _line(page: Page, start: str) -> Ink:
    """The ink of the line of text that begins so."""
    return _lines_of_text(page)[next(place for place, line in enumerate(page.lines) if line.startswith(start))]


def _lines_of_text(page: Page) -> list[Ink]:
    """A band for each line of text; a rule is none."""
    return [band for band in page.ink() if band.bottom - band.top > 1]


def _weight(page: Page, band: Ink) -> float:
    """The thickness of a rule, from how dark its dots are down the middle."""
    column = round(band.middle * DOTS_A_MM)
    window = (column, round(band.top * DOTS_A_MM) - 2, column + 1, round(band.bottom * DOTS_A_MM) + 2)
    return sum(255 - level for level in page.picture.crop(window).getchannel(1).tobytes()) / 255 / DOTS_A_MM


_TEXT = (
    Measure("天头：满面首行上缘（37＋行内空白）", 40.7, 1.0, "5.2.1", lambda some, full: full[1].ink()[0].top),
    Measure("订口：满行左缘", 28, 1.0, "5.2.1", lambda some, full: full[1].ink()[0].left),
    Measure("版心宽度：满行", 156, 1.0, "5.2.1", lambda some, full: full[1].ink()[0].right - full[1].ink()[0].left),
    Measure("每面行数", 22, 0, "5.2.3", lambda some, full: len(full[1].lines) - 1),
    Measure("每行字数", 28, 0, "5.2.3", lambda some, full: len(full[1].lines[0])),
    Measure("行距（28.95磅）", 28.95 * _PT, 0.03, "5.2.3", lambda some, full: (full[1].ink()[21].top - full[1].ink()[0].top) / 21),
    Measure("正文首行左空二字", 28 + _char(2), 0.8, "7.3.3", lambda some, full: _line(some[0], "您在").left),
    Measure("主送机关顶格", 28, 0.8, "7.3.2", lambda some, full: _addressee(some[0]).left),
    Measure("标题居中", 106, 0.5, "7.3.1", lambda some, full: _line(some[0], "关于").middle),
    Measure("附件说明左空二字", 28 + _char(2), 0.8, "7.3.4", lambda some, full: _line(some[1], "附件").left),
    Measure("成文日期右空四字：其中线", 184 - _char(4 + 3), 0.5, "7.3.5.1", lambda some, full: _line(some[1], "2026年3月5日").middle),
    Measure("署名以日期为准居中", 0, 0.5, "7.3.5.1", lambda some, full: _organ(some[1]).middle - _line(some[1], "2026年3月5日").middle),
    Measure("双面页码一字线", 269, 0.5, "7.5", lambda some, full: sum(_folio(some[1], 28, 37)[:2]) / 2),
    Measure("双面页码左空一字", 28 + _char(1), 0.6, "7.5", lambda some, full: _folio(some[1], 28, 60).left),
)


def _organ(page: Page) -> Ink:
    return _lines_of_text(page)[page.lines.index("2026年3月5日") - 1]


def _addressee(page: Page) -> Ink:
    return _lines_of_text(page)[next(place for place, line in enumerate(page.lines) if line.startswith("关于")) + 1]


def _folio(page: Page, left: float, right: float) -> Ink:
    return next(band for band in reversed(page.ink(left=left, right=right)) if band.bottom > 262.5)


def _head(page: Page) -> tuple[Ink, Ink]:
    """The mark and the rule of the general form."""
    mark, *_, rule = page.ink(red=True)
    return mark, rule


def _number(page: Page) -> Ink:
    """The last line above the red rule."""
    return [band for band in _lines_of_text(page) if band.bottom < _head(page)[1].top][-1]


_GENERAL = (
    *_TEXT,
    Measure("发文机关标志上边缘（版心上边缘下35）", 72, 0.5, "7.2.4", lambda some, full: _head(some[0])[0].top),
    Measure("发文机关标志居中", 106, 0.5, "7.2.4", lambda some, full: _head(some[0])[0].middle),
    Measure("发文字号左空一字", 28 + _char(1), 0.6, "7.2.5", lambda some, full: _number(some[0]).left),
    Measure("签发人右空一字", 184 - _char(1), 0.6, "7.2.6", lambda some, full: _number(some[0]).right),
    Measure("红色分隔线在发文字号下", 4, 0.4, "7.2.7", lambda some, full: _head(some[0])[1].top - _number(some[0]).bottom),
    Measure("红色分隔线左端", 28, 0.2, "7.2.7", lambda some, full: _head(some[0])[1].left),
    Measure("红色分隔线右端", 184, 0.2, "7.2.7", lambda some, full: _head(some[0])[1].right),
    Measure("红色分隔线粗（1.5磅）", 0.53, 0.1, "7.2.7", lambda some, full: _weight(some[0], _head(some[0])[1])),
    # Two lines of the grid, and the white over a 22-point character in a line of 36.
    Measure("标题在分隔线下空二行", 24.0, 0.8, "7.3.1", lambda some, full: _line(some[0], "关于").top - _head(some[0])[1].bottom),
    # One line of the grid, and the white under the title's characters and over the next line's.
    Measure("主送机关在标题下空一行", 15.5, 0.8, "7.3.2", lambda some, full: _addressee(some[0]).top - _line(some[0], "关于").bottom),
    Measure("版记末条分隔线（版心下边缘）", 262, 0.3, "7.4.1", lambda some, full: some[1].rules()[-1].bottom),
    Measure("版记分隔线左端", 28, 0.2, "7.4.1", lambda some, full: some[1].rules()[0].left),
    Measure("版记分隔线右端", 184, 0.2, "7.4.1", lambda some, full: some[1].rules()[0].right),
    Measure("版记首末条分隔线粗（0.35）", 0.35, 0.1, "7.4.1", lambda some, full: _weight(some[1], some[1].rules()[-1])),
    Measure("印发机关左空一字", 28 + _char(1, 14), 0.6, "7.4.3", lambda some, full: _printed(some[1]).left),
    Measure("印发日期右空一字", 184 - _char(1, 14), 0.6, "7.4.3", lambda some, full: _printed(some[1]).right),
    Measure("单面页码右空一字", 184 - _char(1), 0.6, "7.5", lambda some, full: _folio(some[0], 150, 190).right),
)


def _printed(page: Page) -> Ink:
    """The ink between the last two rules of 版记."""
    above, below = page.rules()[-2:]
    return next(band for band in page.ink() if above.bottom < band.top and band.bottom < below.top)


_SPECIAL = (
    *_GENERAL,
    Measure("版记中间分隔线粗（0.25）", 0.25, 0.08, "7.4.1", lambda some, full: _weight(some[1], some[1].rules()[1])),
    Measure("附注紧接日期下一行", 28.95 * _PT, 0.6, "7.3.6", lambda some, full: _note_below(some[1])),
    Measure("抄送左空一字", 28 + _char(1, 14), 0.6, "7.4.2", lambda some, full: _line(some[1], "抄送").left),
)


def _note_below(page: Page) -> float:
    return _line(page, "（联系人").bottom - _line(page, "2026年3月5日").bottom


_INTERNAL = (
    *_GENERAL,
    Measure("份号在版心第一行", 40.7, 1.0, "7.2.1", lambda some, full: some[0].black()[0].top),
    Measure("份号顶格", 28, 0.6, "7.2.1", lambda some, full: some[0].black()[0].left),
    Measure("单面文本校验码左空一字", 28 + _char(1), 0.6, "—", lambda some, full: _folio(some[0], 20, 100).left),
    Measure("双面文本校验码右空一字", 184 - _char(1), 0.6, "—", lambda some, full: _folio(some[1], 100, 200).right),
)


def _double(page: Page, place: int) -> tuple[Ink, Ink]:
    """The two lines of the first or second double rule of a letter."""
    rules = [band for band in page.ink(red=True) if band.bottom - band.top < 2]
    return rules[2 * place], rules[2 * place + 1]


_LETTER = (
    *_TEXT,
    Measure("发文机关标志上边缘（距上页边）", 30, 0.5, "10.1", lambda some, full: some[0].ink(red=True)[0].top),
    Measure("发文机关标志居中", 106, 0.5, "10.1", lambda some, full: some[0].ink(red=True)[0].middle),
    Measure("第一条红色双线在标志下", 4, 0.4, "10.1", lambda some, full: _double(some[0], 0)[0].top - some[0].ink(red=True)[0].bottom),
    Measure("第一条红色双线：上线粗", 0.80, 0.1, "10.1", lambda some, full: _weight(some[0], _double(some[0], 0)[0])),
    Measure("第一条红色双线：下线细", 0.26, 0.1, "10.1", lambda some, full: _weight(some[0], _double(some[0], 0)[1])),
    Measure("第二条红色双线：上线细", 0.26, 0.1, "10.1", lambda some, full: _weight(some[0], _double(some[0], 1)[0])),
    Measure("第二条红色双线：下线粗", 0.80, 0.1, "10.1", lambda some, full: _weight(some[0], _double(some[0], 1)[1])),
    Measure("第二条红色双线下边缘（距下页边20）", 277, 0.3, "10.1", lambda some, full: _double(some[0], 1)[1].bottom),
    Measure("红色双线左端", 21, 0.2, "10.1", lambda some, full: _double(some[0], 0)[0].left),
    Measure("红色双线右端", 191, 0.2, "10.1", lambda some, full: _double(some[0], 0)[0].right),
    Measure("双线只在首面", 0, 0, "10.1", lambda some, full: len(some[1].ink(red=True))),
    Measure("份号顶格", 28, 0.6, "10.1", lambda some, full: _under(some[0], 20, 100).left),
    Measure(
        "发文字号在第一条红色双线下", 4.94, 0.5, "10.1", lambda some, full: _under(some[0], 100, 200).top - _double(some[0], 0)[1].bottom
    ),
    Measure("发文字号居版心右边缘", 184, 0.6, "10.1", lambda some, full: _under(some[0], 100, 200).right),
    Measure("首面末行在第二条红色双线上", 4.94, 0.5, "10.1", lambda some, full: _double(full[0], 1)[0].top - full[0].black()[-1].bottom),
    Measure("首面不显示页码", 0, 0, "10.1", lambda some, full: sum("—" in line for line in some[0].lines)),
    Measure("版记不加分隔线", 0, 0, "10.1", lambda some, full: len(some[1].rules())),
    # Its line ends at the edge; under the ink stands the white of the line.
    Measure("版记在末面版心最下方：抄送下缘", 261.2, 0.6, "10.1", lambda some, full: _line(some[1], "抄送").bottom),
)


def _under(page: Page, left: float, right: float) -> Ink:
    """The first ink below a letter's first double rule."""
    rule = _double(page, 0)[1]
    return next(band for band in page.black(left=left, right=right) if band.top > rule.bottom)


def _place(page: Page, start: str, left: float = 0, right: float = 210) -> Ink:
    """The ink between two verticals of the line of text that begins so."""
    line = _line(page, start)
    return next(band for band in page.ink(left=left, right=right) if band.top >= line.top - 0.1 and band.bottom <= line.bottom + 0.1)


def _below(page: Page, start: str) -> Ink:
    """The ink of the line of text below the one that begins so."""
    bands = _lines_of_text(page)
    return bands[bands.index(_line(page, start)) + 1]


# On the line with 签发人 the names begin left of this vertical, on the next one the 发文字号 ends left of it.
_NAMES_AT = 184 - _char(1 + 7) - 2
_CASES = (
    Measure(
        "多个签发人每行两人：行数",
        2,
        0,
        "7.2.6",
        lambda some, full: sum("张三丰李四" in line or "王小五" in line for line in some[0].lines),
    ),
    Measure(
        "签发人换行与首位姓名对齐",
        184 - _char(1 + 7),
        0.6,
        "7.2.6",
        lambda some, full: _place(some[0], "兰公办", _NAMES_AT, 184).left,
    ),
    Measure("发文字号与末行签发人同行", 28 + _char(1), 0.6, "7.2.5", lambda some, full: _place(some[0], "兰公办", 28, 100).left),
    Measure("主送移版记后首面仍有正文", 1, 0, "7.3.2", lambda some, full: sum(line.startswith("您在") for line in some[0].lines)),
    Measure(
        "主送移版记后正文在标题下空一行", 15.5, 0.8, "7.3.2", lambda some, full: _line(some[0], "您在").top - _line(some[0], "关于").bottom
    ),
    Measure("不加盖印章：署名右空二字", 184 - _char(2), 0.8, "7.3.5.2", lambda some, full: _organ(some[1]).right),
    # It is placed by its end, and the digits of a stand-in font are wider.
    Measure(
        "不加盖印章：日期比署名右移二字", _char(2), 2.5, "7.3.5.2", lambda some, full: _line(some[1], "2026年3").left - _organ(some[1]).left
    ),
    Measure(
        "署名在附件说明下空一行", 2 * 28.95 * _PT, 0.6, "7.3.5.2", lambda some, full: _organ(some[1]).top - _line(some[1], "2.护学岗").top
    ),
    Measure("附件另面：“附件1”顶格", 28, 0.8, "7.3.7", lambda some, full: some[2].ink()[0].left),
    Measure("附件另面：“附件1”在版心第一行", 40.7, 1.0, "7.3.7", lambda some, full: some[2].ink()[0].top),
    Measure("附件另面：标题居中", 106, 0.5, "7.3.7", lambda some, full: some[2].ink()[1].middle),
    # Two lines of the grid, and the white over a 22-point character in a line of 36.
    Measure("附件另面：标题在版心第三行", 61.0, 1.0, "7.3.7", lambda some, full: some[2].ink()[1].top),
    Measure("附件另面：正文在标题下空一行", 15.5, 0.8, "7.3.7", lambda some, full: some[2].ink()[2].top - some[2].ink()[1].bottom),
    Measure("附件另面：页码续编", 3, 0, "7.5", lambda some, full: float(some[2].lines[-1].strip("—"))),
    Measure("版记在偶数面", 0, 0, "7.4.1", lambda some, full: len(some) % 2),
    Measure("版记末条分隔线（版心下边缘）", 262, 0.3, "7.4.1", lambda some, full: some[-1].rules()[-1].bottom),
    Measure("主送与抄送之间不加分隔线：线数", 3, 0, "7.4.2", lambda some, full: len(some[-1].rules())),
    Measure("主送左空一字", 28 + _char(1, 14), 0.6, "7.4.2", lambda some, full: _line(some[-1], "主送").left),
    Measure("主送右空一字", 184 - _char(1, 14), 2.5, "7.4.2", lambda some, full: _line(some[-1], "主送").right),
    Measure("抄送左空一字", 28 + _char(1, 14), 0.6, "7.4.2", lambda some, full: _line(some[-1], "抄送").left),
    Measure("抄送回行与冒号后首字对齐", 28 + _char(4, 14), 0.6, "7.4.2", lambda some, full: _below(some[-1], "抄送").left),
)


FORMS: dict[str, tuple[str, tuple[Measure, ...]]] = {
    "special": ("兰公办 专报（附件1）", _SPECIAL),
    "letter": ("兰公督字 信函（附件2）", _LETTER),
    "internal": ("兰公×报（请） 内部上行文（附件3）", _INTERNAL),
    "cases": ("多个签发人、主送移至版记、不加盖印章、附件另面编排（附件1的格式）", _CASES),
}
_FULL = (Paragraph("", 0, "督" * 28 * 38),)


def samples(form: str, profile: Profile) -> dict[str, bytes]:
    """The documents in which a form is measured."""
    if form == "letter":
        made = {some: letter.render(document, profile) for some, document in _pair(LETTER).items()}
    elif form == "internal":
        made = {some: internal_report.render(document, profile, digest=DIGEST) for some, document in _pair(INTERNAL).items()}
    elif form == "cases":
        made = {"some": special_report.render(CASES, profile)}
    else:
        made = {some: special_report.render(document, profile) for some, document in _pair(REPORT).items()}
    return made


def _pair(document: OfficialDocument) -> dict[str, OfficialDocument]:
    return {"some": document, "full": replace(document, body=_FULL, attachments=())}


@dataclass(frozen=True)
class Measured:
    """What a number of a form came out as."""

    measure: Measure
    found: float | None

    @property
    def right(self) -> bool:
        return self.found is not None and abs(self.found - self.measure.expected) <= self.measure.tolerance + 1e-9

    def __str__(self) -> str:
        """The row of the table."""
        found = "量不到" if self.found is None else f"{self.found:7.2f}"
        expected, tolerance = self.measure.expected, self.measure.tolerance
        return f"{'合' if self.right else '差'} {found} {expected:7.2f} ±{tolerance:4.2f}  {self.measure.clause:8}{self.measure.element}"


def measured(form: str, some: list[Page], full: list[Page]) -> list[Measured]:
    """Measure a form in the pages of its two documents."""
    return [Measured(measure, _found(measure, some, full)) for measure in FORMS[form][1]]


def _found(measure: Measure, some: list[Page], full: list[Page]) -> float | None:
    # On a page that is quite wrong there may be no such line to measure.
    try:
        return measure.of(some, full)
    except (LookupError, StopIteration, ValueError):
        return None


def main() -> int:
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:  # until all is measured: a page is painted when somebody looks at it
        documents = {f"{form}-{name}": data for form in FORMS for name, data in samples(form, standard()).items()}
        pages = rendered(Path(folder), documents)
        for form, (label, _) in FORMS.items():
            found = measured(form, pages[f"{form}-some"], pages.get(f"{form}-full", []))
            wrong += sum(not each.right for each in found)
            print(label, "   量得  应为  容差（毫米或个数）  条款（GB/T 9704-2012）  要素", *found, "", sep="\n")
    print(f"不合 {wrong} 项。" if wrong else "全部合格。")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
