"""The report at the office: the paper comes in, the office reviews it, or returns it (责成重新上报; 三（二）)."""

from dataclasses import replace

from records.acts.dispatch import refuse_date
from records.acts.issue import drawn_up
from records.acts.numbers import without_outgoing_number
from records.acts.report import report_name, with_round
from records.matter.outgoing import Outgoing
from records.matter.prose import printed_code
from records.matter.report import OfficeReview, PaperReceipt, Return
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.shell import is_shell_only
from records.procedure.table import TABLE
from records.rules.routes import addressees, route


@TABLE.gate("R-19", "receive_paper")
def paper_is_the_text_that_was_sent(case: Case, given: Given) -> Refusal | None:
    """The code printed on the paper is that of the text sent (3-2-3; R7)."""
    report, printed = case.report, given.maybe("code")
    expected = printed_code(report.hash)
    # A report without a unit's number, and a classified one, is not printed here and bears no code.
    if printed is None and report.number is not None and report.shell is None:
        return case.refuse("R-19", "没有填写纸质件上的文本校验码。", "它印在报告页脚；没有的，请退回重新打印。", field="code")
    if printed is not None and printed != expected:
        reason = f"纸质件上的文本校验码 {printed} 与电子件 {expected} 不一致。"
        return case.refuse("R-19", reason, "请退回承办单位，按电子件重新打印报送（R7 纸质与电子版不一致）。", field="code")
    return None


@TABLE.act("receive_paper")
def receive_paper(case: Case, given: Given) -> Change:
    """Take in the printed report; only both together count as received (3-2-3)."""
    paper = PaperReceipt(**vars(case.stamp), pages=given.number("pages"), copies=given.number("copies"), code=given.maybe("code"))
    return Change(with_round(case, paper=paper), about=f"{report_name(case)}（{paper.pages}页{paper.copies}份）")


@TABLE.gate("R-20", "return_report")
def redo_due_is_a_workday_ahead(case: Case, given: Given) -> Refusal | None:
    """The day by which it is due again lies ahead and is worked (3-2-5)."""
    return refuse_date(case, given, "redo_due", "重报时限", "R-20")


@TABLE.act("return_report")
def return_report(case: Case, given: Given) -> Change:
    """Send the report back with coded reasons; the number stays, the round goes up (3-2-5)."""
    reasons = tuple(sorted(given.names("reasons"), key=lambda code: int(code[1:])))
    back = Return(**vars(case.stamp), reasons=reasons, comment=given.text("comment"), redo_due=given.text("redo_due"))
    item, series = without_outgoing_number(case, with_round(case, returned=back), back.comment)
    # What was voided stays in sight although the draft it was taken for is gone.
    kept = item.outgoing if item.outgoing and item.outgoing.voided else None
    item = replace(item, director_signature=None, outgoing=kept, up_report_waiver=None, leader_shown=None)
    return Change(item, numbers=series, about=f"{report_name(case)}，{'、'.join(reasons)}", words=back.comment)


@TABLE.gate("R-30", "office_review")
def every_point_answered(case: Case, given: Given) -> Refusal | None:
    """A report that leaves a requirement open goes back, not on (3-2-5, R-30)."""
    count, answered = len(case.before.points), set(given.numbers("answered"))
    if beyond := sorted(answered - set(range(1, count + 1))):
        return case.refuse("R-30", f"没有第{beyond[0]}项要求，本件共{count}项。", field="answered")
    if missing := [n for n in range(1, count + 1) if n not in answered]:
        listed = "、".join(f"第{n}项“{case.before.points[n - 1].text}”" for n in missing)
        return case.refuse("R-30", f"以下要求未作答复：{listed}。", "请责成重新上报，并注明原因 R1。", field="answered")
    return None


@TABLE.gate("R-24", "office_review")
def series_fits_the_source(case: Case, given: Given) -> Refusal | None:
    """A leader's instruction is answered under 兰公办, an organ's assignment under 兰公督字 (3-4-1, 3-4-2)."""
    roster = case.world.roster
    due, chosen = route(case.before, roster.series), given.maybe("series")
    if chosen is None:
        if due and case.before.category not in (3, 6):
            return case.refuse(
                "R-24", f"本件应以“{roster.series_characters(due)}”上报。", "请拟出上报公文。", clause="三（四）", field="series"
            )
        return None
    if (series := roster.series_of(chosen)) is None or series.scope != "bureau":
        return case.refuse("R-24", f"本局没有“{chosen}”这个文号系列。", clause="三（四）", field="series")
    for name in ("title", "to", "body", "kind"):
        if name not in given:
            return case.refuse("R-24", "上报公文的文种、标题、主送和正文应当齐全。", clause="三（四）", field=name)
    if chosen != due and "override_reason" not in given:
        wanted = f"应编“{roster.series_characters(due)}”" if due else "不需行文上报"
        way_out = "确需改用其他系列的，请写明理由，报主管副局长同意。"
        return case.refuse("R-24", f"按来源本件{wanted}。", way_out, clause="三（四）", field="series")
    return None


@TABLE.gate("R-24", "office_review", "redraft_document")
def goes_to_whom_the_source_names(case: Case, given: Given) -> Refusal | None:
    """兰公办 goes to the leader or whoever passed it on, 兰公督字 to the assigning organ; else with a reason (3-4-1, 3-4-2; D-8)."""
    known, out = case.world.roster.series, case.before.outgoing
    chosen = out.series if out and case.spec.name == "redraft_document" else given.maybe("series")
    if chosen is None:
        if "override_reason" in given:
            return case.refuse("R-24", "没有拟上报公文，不必写改用的理由。", "请清空。", clause="三（四）", field="override_reason")
        return None
    lawful = addressees(case.before, known[chosen]) if chosen in known else ()
    leaves = chosen != route(case.before, known) or given.text("to") not in lawful
    if leaves and "override_reason" not in given:
        way_out = "确需改送的，请写明理由，报主管副局长同意。"
        wanted = "或".join(f"“{each}”" for each in dict.fromkeys(lawful))
        return case.refuse("R-24", f"主送应为{wanted}。", way_out, clause="三（四）", field="to")
    if not leaves and "override_reason" in given:
        return case.refuse("R-24", "文号系列和主送合乎来源，不必写改用的理由。", "请清空。", clause="三（四）", field="override_reason")
    return None


@TABLE.gate("R-15", "office_review", sees="record")
def reviewed_by_two_people(case: Case, given: Given) -> Refusal | None:
    """Who wrote the report in the unit, vouched for it or agreed to it does not accept it for the office (2-5, 3-2-4; D-6)."""
    this = case.report.round
    given_before = (("起草人", this.drafted), ("审核人", this.reviewed), ("同意人", this.consented))
    if done := next((name for name, stamp in given_before if stamp is not None and stamp.by == case.actor.person), None):
        return case.refuse("R-15", f"单位{done}与办公室审核人不能是同一人。", "请督办科其他人员审核。")
    return None


@TABLE.act("office_review")
def office_review(case: Case, given: Given) -> Change:
    """Check point by point, and draw up the document by which the bureau reports (3-2-4, 3-4)."""
    review = OfficeReview(**vars(case.stamp), answered=tuple(sorted(given.numbers("answered"))), text=given.maybe("text"))
    item = with_round(case, office_reviewed=review)
    voided = case.before.outgoing.voided if case.before.outgoing else ()
    outgoing = None
    if "series" in given:
        on_paper = is_shell_only(case.before.secrecy, case.world.policy) or None
        outgoing = Outgoing(series=given.text("series"), **drawn_up(given), on_paper=on_paper, voided=voided)
    item = replace(item, outgoing=outgoing, director_signature=None)
    return Change(item, about=f"{report_name(case)}，报主管主任审签", words=review.text or "")
