"""An archive package with LibreOffice at hand: a PDF to each document, the same ones each time, and an index whose columns hold."""

from datetime import date
from pathlib import Path

import pytest

from documents.archive.packing import Packing, pack_item
from documents.forms import file_index
from documents.forms.file_index import IndexLine
from documents.layout.profile import standard
from documents.libreoffice.installation import find_office
from documents.libreoffice.printer import Printer
from records.register.register import Register
from tests.documents.test_archive import Files, checked
from tests.e2e.paper import rendered

pytestmark = pytest.mark.e2e

ITEM = "DB-2026-0073"
LINE = IndexLine(
    "关于学校周边交通安全隐患整改情况的报告", "兰公交报〔2026〕31号", "兰州市公安局交通警察支队", "2026-09-07", "12", "第3轮", "秘密", "x"
)


def test_a_package_has_a_pdf_to_each_document_and_is_the_same_each_time(demo_home: Path) -> None:
    register, made = Register(demo_home), []
    item, office = register.view().item(ITEM), find_office("/usr/bin")
    assert item
    assert office
    for _ in range(2):
        files = Files()
        with Printer(office) as printer:
            pack_item(Packing(register, register.head() or "", standard(), printer), item, files)
        made.append(files)
    assert made[0] == made[1]
    assert checked(made[0]).problems == []
    documents = {name.removesuffix(".docx") for name in made[0] if name.endswith(".docx")}
    assert documents == {name.removesuffix(".pdf") for name in made[0] if name.endswith(".pdf")}
    assert all(b"<pdfaid:part>2</pdfaid:part>" in data for name, data in made[0].items() if name.endswith(".pdf"))
    assert "日期 20260519  页数 1" in made[0]["contents.txt"].decode()


def test_an_index_keeps_numbers_days_and_heads_on_one_line(tmp_path: Path) -> None:
    lines, day, profile = [LINE] * 40, date(2026, 11, 24), standard()
    pages = rendered(
        tmp_path,
        {
            "matter": file_index.of_matter("DB-2026-0118《甲》", lines, "以上共40件。", "兰州市公安局办公室", day, "", profile),
            "year": file_index.of_year("2026年度。", lines, "以上共40件。", "兰州市公安局办公室", day, profile),
        },
    )
    for name, heads in (("matter", "顺序号 文号 责任者 题名 日期 页号 备注"), ("year", "序号 档号 文号 责任者 题名 日期 密级 备注")):
        assert len(pages[name]) > 2
        for page in pages[name][:-1]:
            assert page.lines.count(heads.replace(" ", "")) == 1, page.lines
            for whole in ("〔2026〕31号", "20260907"):
                assert sum(whole in line for line in page.lines) > 3, page.lines
    assert any("以上共40件。" in line for line in pages["year"][-1].lines)
