"""What may be put into a report that is being written."""

from dataclasses import replace

from desk.desk import Desk
from desk.inserts import inserts
from records.register.register import Register
from tests.tui.playing import NOW


def test_what_is_asked_and_not_met_comes_as_a_heading_with_the_next_number_then_opinions_passed_over(demo: Register) -> None:
    view = demo.view()
    item = view.item("DB-2026-0194")
    assert item is not None
    assert item.report is not None
    words = {"title": item.report.title, "body": item.report.body}
    found = list(inserts(item, words, view.roster))
    assert (found[0].kind, found[0].text, found[0].below) == ("要求5", "# 五、责任所队和时限。\n", True)
    assert [each.kind for each in found[1:]] == ["协办意见"] * len(found[1:])
    answered = {**words, "body": f"{item.report.body}\n\n{found[0].text}"}
    assert "要求5" not in [each.kind for each in inserts(item, answered, view.roster)]
    many = replace(item, points=(replace(item.points[4], text="逐户走访。"),))
    body = "\n\n".join(f"# 第{n}。\n文字。" for n in range(20))
    assert next(inserts(many, {"body": body}, view.roster)).text == "# 二十一、逐户走访。\n"


def test_handed_in_with_nothing_in_it_a_report_of_progress_says_that_there_is_none(demo: Register) -> None:
    from desk.asked import asked

    desk = Desk(demo, demo.view().roster.people["CG.liaison"], lambda: NOW)
    form = asked(desk, "report_progress", "DB-2026-0162")
    assert form.act(form.defaults) == "report_no_change"
    assert form.inputs(desk, form.defaults) == {}
    assert form.act({**form.defaults, "text": "已走访。"}) == "report_progress"
    assert "不写就是“反馈无新进展”" in {field.hint for field in form.fields}
