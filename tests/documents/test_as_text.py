"""A document as text says what the document says."""

from documents.layout.profile import standard
from documents.publishing.as_text import as_text
from documents.publishing.catalogue import plans
from records.register.register import Register


def test_a_report_reads_as_it_is_printed(demo: Register) -> None:
    view = demo.view()
    item = view.item("DB-2026-0118")
    assert item
    assert item.report
    plan = next(each for each in plans(item) if "report" in each.name)
    lines = list(as_text(plan.make(view, standard())))
    assert ("关于学校周边交通安全隐患整改情况的报告", "centre") in [(line.text, line.side) for line in lines]
    said = "".join(line.text.replace("　", "") for line in lines)
    assert "".join(line.removeprefix("# ") for line in item.report.body.splitlines()) in said
    assert lines[-1].side == "right"
    assert lines[-1].text.startswith("文本校验码 ")


def test_a_table_comes_row_by_row(demo: Register) -> None:
    view = demo.view()
    item = view.item("DB-2026-0118")
    assert item
    plan = next(each for each in plans(item) if "notice" in each.name)
    said = [line.text for line in as_text(plan.make(view, standard()))]
    assert any(line.startswith("督办事项  省领导对学校周边") for line in said)
