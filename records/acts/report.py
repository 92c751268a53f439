"""The report's way through the unit: draft, review, main leader's consent, submission (二; 三（二）).

Review, consent and later signatures name the hash of the text they were given for; a new draft voids them.
"""

from collections.abc import Iterator
from dataclasses import replace

from records.acts.numbers import is_of, issued, reserved
from records.bureau.roster import Waiver
from records.bureau.series import REPORT, counter
from records.matter.item import Item
from records.matter.prose import attachment_texts
from records.matter.report import Answer, Consent, Report, Review, Round, Shell, Voided
from records.matter.stamps import text_signatures
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.input_places import signing_act, signing_acts
from records.procedure.shell import is_shell_only
from records.procedure.table import TABLE
from schema.tables import checker

_UNSENT = ("draft", "unit_reviewed", "consented")


@TABLE.gate("R-29", "draft_report", sees="record")
def classified_stays_on_paper(case: Case, given: Given) -> Refusal | None:
    """The text of a classified matter is not entered here (Q22; 保密规定)."""
    if _classified(case):
        return case.refuse("R-29", "涉密事项的报告正文不得录入本系统。", "请走纸质办理，并“登记涉密报告”。")
    return None


@TABLE.gate("R-29", "register_paper_report", sees="record")
def only_classified_stays_on_paper(case: Case, given: Given) -> Refusal | None:
    """An ordinary report is written here, where it can be compared."""
    if not _classified(case):
        return case.refuse("R-29", "本件不涉密。", "请“起草办结报告”。")
    return None


@TABLE.act("register_paper_report")
def register_paper_report(case: Case, given: Given) -> Change:
    """Register a classified report by carrier, pages and digest; its text stays on paper (Q22)."""
    return _drafted(case, _on_paper(given), _answers(given))


@TABLE.gate("", "draft_report", "register_paper_report", sees="record")
def read_in_unit_first(case: Case, given: Given) -> Refusal | None:
    """A leader's instruction is put before the unit's supervising leader before anything is reported on it (3-2-1)."""
    part = case.before.part(case.actor.unit or "")
    if case.before.handling == "direct":
        return None
    if "leader_instruction" in case.before.source.kind and part is not None and part.read is None and not part.carried_in:
        who = case.who("supervising_leader", case.actor.unit)
        return case.refuse("", f"领导批示件尚未送{who}审阅。", "请先送主管领导审阅。")
    return None


@TABLE.condition
def report_must_be_written(case: Case) -> str | None:
    """The lead writes once it has the matter in hand, and anew what was returned or sent back to the drafter (3-2-3, 3-2-5)."""
    return None if _classified(case) else _to_write(case)


@TABLE.condition
def paper_report_must_be_registered(case: Case) -> str | None:
    """The same for a classified matter, whose report stays on paper (Q22)."""
    return _to_write(case) if _classified(case) else None


@TABLE.gate("R-21", "draft_report", "register_paper_report")
def not_the_same_again(case: Case, given: Given) -> Refusal | None:
    """A returned report comes back changed (3-2-5)."""
    report = case.before.report
    if report is None:
        return None
    text, field = (_written(given), "body") if case.spec.name == "draft_report" else (_on_paper(given), "digest")
    again = text.hash
    returned = [each for each in report.rounds if each.returned]
    if any(again == each.hash for each in returned):
        return case.refuse("R-21", f"文本与退回的第{returned[-1].round}轮完全相同。", "请对照退回意见修改后再报。", field=field)
    unchanged = again == report.hash and _answers(given) == report.round.answers
    if case.before.state not in ("returned", "in_progress") and unchanged:
        return case.refuse("", "文本没有改动，原有的审核和同意仍然有效。", field=field)
    return None


@TABLE.gate("", "draft_report", "register_paper_report")
def answers_are_to_the_reasons_of_the_return(case: Case, given: Given) -> Refusal | None:
    """What is answered is what the office asked, each reason once; a draft may leave some open (3-2-5)."""
    back = case.before.report.to_answer if case.before.report else None
    codes = [each.reason for each in _answers(given)]
    wrong = next((code for code in codes if not back or code not in back.reasons or codes.count(code) > 1), None)
    if wrong is None:
        return None
    if back is None:
        return case.refuse("", "报告没有退回，不必答复退回原因。", "请清空。", field="answers")
    told = f"{wrong} 答复了两次。" if wrong in back.reasons else f"{wrong} 不是退回的原因。"
    return case.refuse("", told, f"退回的原因是{_in_words(back.reasons)}，一条一个答复。", field="answers")


@TABLE.gate("", "draft_report", "office_review")
def attachment_texts_are_of_named_attachments(case: Case, given: Given) -> Refusal | None:
    """A text that goes with the document stands under the name that the document gives it, in the order of the names (GB/T 9704 7.3.7)."""
    names, known = [name for name, _ in attachment_texts(given.maybe("attachment_text") or "")], given.names("attachments")
    if [name for name in known if name in names] == names:
        return None
    wrong = next((name for name in names if names.count(name) > 1 or name not in known), None)
    reason = {
        None: "附件正文的次序与附件名称不同。",
        "": "附件正文开头没有写明是哪个附件。",
    }.get(wrong, f"附件正文中的“{wrong}”不在附件名称里，或者写了两次。")
    return case.refuse("", reason, "请按附件名称的次序，每个附件以“# 附件名称”单起一行。", field="attachment_text")


@TABLE.gate("", "draft_report", "office_review", "redraft_document")
def a_title_is_no_heading(case: Case, given: Given) -> Refusal | None:
    """What marks a heading within a text would be printed where it stands before the title."""
    if not (given.maybe("title") or "").lstrip().startswith("#"):
        return None
    reason = "标题开头的“#”是正文里标小标题的记号，会原样印在公文上。"
    return case.refuse("", reason, "请删去标题开头的“#”。", field="title")


@TABLE.act("draft_report")
def draft_report(case: Case, given: Given) -> Change:
    """Write or rewrite the report; what was signed on the text before is void (2-11, 3-2-3)."""
    return _drafted(case, _written(given), _answers(given))


def _written(given: Given) -> Report:
    return Report(
        title=given.text("title"),
        body=given.text("body"),
        attachments=given.names("attachments"),
        attachment_text=given.maybe("attachment_text"),
        rounds=(),
    )


def _on_paper(given: Given) -> Report:
    shell = Shell(given.text("carrier"), given.number("pages"), given.text("digest"))
    return Report(title=given.text("title"), shell=shell, rounds=())


def _answers(given: Given) -> tuple[Answer, ...]:
    found = (Answer(str(each["reason"]), str(each["text"])) for each in given.rows("answers"))
    return tuple(sorted(found, key=lambda answer: int(answer.reason[1:])))


def _drafted(case: Case, text: Report, answers: tuple[Answer, ...]) -> Change:
    old = case.before.report
    if old and old.hash == text.hash and case.before.state in _UNSENT:  # the text that was signed stands: only the answers are others
        return Change(with_round(case, answers=answers), case.before.state, about=f"{report_name(case)}，答复退回原因")
    earlier = old.rounds if old else ()
    # A round that the office accepted is over too: a reopened matter reports in a round of its own.
    if earlier and not earlier[-1].over:
        in_hand, earlier = earlier[-1], earlier[:-1]
        voided = (*in_hand.voided, *voided_signatures(in_hand))
    else:
        voided = ()
    this = Round(len(earlier) + 1, text.hash, case.stamp, answers, voided)
    about = f"{case.unit_name}办结报告（第{this.round}轮）" + (
        "，原签字失效" if len(voided) > (len(old.round.voided) if old else 0) else ""
    )
    # It keeps its number for all rounds (Q9), but one of a unit that led before is not the lead's own (D-5, 3-4-3).
    number = old.number if old and old.number and is_of(case, counter(case.before.lead, REPORT), old.number) else None
    return Change(replace(case.before, report=replace(text, number=number, rounds=(*earlier, this))), about=about)


@TABLE.gate("R-15", "review_report", "consent", "director_sign", "bureau_sign", "show_leader", sees="record")
def one_person_gives_one_part_of_a_text(case: Case, given: Given) -> Refusal | None:
    """Who drafted, reviewed or consented to a text gives nothing else on it, in whatever standing (2-5; D-6)."""
    if case.before.report is None or _waived(case) is not None:
        return None
    this, part = case.report.round, case.spec.label
    given_before = (("起草", this.drafted), ("审核", this.reviewed), ("同意", this.consented))
    done = next((name for name, stamp in given_before if stamp is not None and stamp.by == case.actor.person), None)
    if done is None:
        return None
    way_out = "请由具有同样职责的其他人员办理；单位确无其他人员的，先在花名册登记兼任的书面依据。"
    return case.refuse("R-15", f"本轮报告由{case.world.roster.name(case.actor.person)}{done}，{part}应由另一人办理。", way_out)


def _waived(case: Case) -> Waiver | None:
    """The written waiver that lets a unit's drafter review his own report; for nothing else is there any (Q14)."""
    drafter = case.report.round.drafted.by
    if case.spec.name != "review_report" or drafter != case.actor.person:
        return None
    return case.world.roster.waiver(drafter, case.actor.unit, case.at.date())


@TABLE.gate("R-17", *signing_acts("report."))
def sees_the_text_in_force(case: Case, given: Given) -> Refusal | None:
    """A signature is for the text that was shown (2-11)."""
    if given.text("hash") != case.text_in_force:
        return case.refuse("R-17", "您看到的文本之后已被改动。", "请重新打开报告，看过现在的文本再签。", field="hash")
    return None


@TABLE.condition
def draft_must_be_reviewed(case: Case) -> str | None:
    """A draft waits for its review until it is sent back to its drafter (2-5)."""
    return None if _sent_back(case.report.round) else case.before.moved_at


@TABLE.act("review_report")
def review_report(case: Case, given: Given) -> Change:
    """Check and vouch (审核把关); passing takes the unit's number 兰公×报 once for all rounds (2-5, 3-4-3, Q6)."""
    passed = given.text("verdict") == "pass"
    waiver = _waived(case)
    review = Review(
        **vars(case.signed(given)),
        verdict=given.text("verdict"),
        hash=given.text("hash"),
        text=given.maybe("text"),
        waiver=waiver.basis if waiver else None,
    )
    item = with_round(case, reviewed=review)
    about, words = report_name(case), given.maybe("text") or ""
    assert item.report is not None
    if not passed:
        return Change(item, "draft", about=f"退起草人修改 {about}", words=words)
    unit = case.world.roster.units.get(case.actor.unit or "")
    # The office has no character of its own: what it handles itself goes up without a unit's number.
    if item.report.number or (unit is not None and unit.char is None):
        return Change(item, about=about, words=words)
    series, number = reserved(case, counter(case.actor.unit, REPORT))
    return Change(replace(item, report=replace(item.report, number=number)), numbers=(series,), about=about, words=words, number=number)


@TABLE.act("consent")
def consent(case: Case, given: Given) -> Change:
    """The main leader agrees to exactly this text, and so issues its number (2-11, 3-4-3)."""
    stamp, said = case.signed(given), given.text("decision")
    given_consent = Consent(**vars(stamp), decision=said, hash=given.text("hash"), text=given.maybe("text"))
    item, words = with_round(case, consented=given_consent), given.maybe("text") or ""
    if given_consent.decision != "agree":
        return Change(item, "draft", about=f"退回修改 {report_name(case)}", words=words)
    number = case.report.number or ""
    series = issued(case, counter(case.actor.unit, REPORT), number) if number else None
    return Change(item, numbers=(series,) if series else (), about=report_name(case), words=words, number=number)


@TABLE.gate("R-16", "submit", sees="record")
def consent_is_on_this_text(case: Case, given: Given) -> Refusal | None:
    """Nothing goes up without the main leader's consent to exactly this text (2-11)."""
    report = case.report
    agreed = report.round.consented
    if agreed is None or agreed.decision != "agree" or agreed.hash != report.hash:
        who = case.who("main_leader", case.actor.unit)
        gone = next((each for each in reversed(report.round.voided) if each.act == "consent"), None)
        voided = f"{case.world.roster.name(gone.by)}{gone.at[:16].replace('T', ' ')}同意的是改动前的文本，已经失效。" if gone else ""
        return case.refuse("R-16", f"办理结果须经本单位主要领导同意后方可上报。{voided}", f"请{who}对现在的文本签字同意。")
    return None


@TABLE.gate("R-18", "submit", sees="record")
def assisting_opinions_are_in(case: Case, given: Given) -> Refusal | None:
    """The lead answers for all, so all have spoken or are excused (2-9)."""
    missing = [part.unit for part in case.before.assisting if not (part.opinion or part.waiver)]
    if missing:
        names = "、".join(case.world.roster.unit_name(unit) for unit in missing)
        way_out = f"请协办单位提出意见，或由{case.world.roster.office_name}写明理由免提。"
        return case.refuse("R-18", f"协办意见未齐：{names}。", way_out)
    return None


@TABLE.gate("", "submit", sees="record")
def every_reason_is_answered(case: Case, given: Given) -> Refusal | None:
    """A returned report comes back with an answer to each reason for which it was returned (3-2-5)."""
    if missing := _unanswered(case):
        way_out = "请“起草办结报告”，在“逐条答复退回原因”中补齐；正文不改的，原有的审核和同意仍然有效。"
        if _classified(case):
            way_out = "请“登记涉密报告”，在“逐条答复退回原因”中补齐；纸质件不变的，原有的审核和同意仍然有效。"
        return case.refuse("", f"退回的原因还没有逐条答复：{_in_words(missing)}。", way_out)
    return None


@TABLE.condition
def report_is_complete(case: Case) -> str | None:
    """What the main leader agreed to goes up once the assisting opinions are in and a return is answered (2-9, 2-11, 3-2-5)."""
    item = case.before
    whole = item.state == "consented" and all(part.opinion or part.waiver for part in item.assisting) and not _unanswered(case)
    return item.moved_at if whole else None


@TABLE.act("submit")
def submit(case: Case, given: Given) -> Change:
    """Send the report to the bureau's office through the unit's channel (2-6, 3-2-3)."""
    report, again = case.report, "重新上报 " if case.report.round.round > 1 else ""
    about = f"{again}{report_name(case)} {report.number or ''}".strip()
    return Change(with_round(case, submitted=case.stamp), about=about)


def _classified(case: Case) -> bool:
    return is_shell_only(case.before.secrecy, case.world.policy)


def _to_write(case: Case) -> str | None:
    item = case.before
    in_hand = item.state in ("in_progress", "returned") or (item.state == "draft" and _sent_back(case.report.round))
    in_hand = in_hand or (item.state == "consented" and bool(_unanswered(case)))
    return item.moved_at if in_hand else None


def _unanswered(case: Case) -> tuple[str, ...]:
    """The reasons of the return that are still to be answered."""
    return case.before.report.unanswered if case.before.report else ()


def _in_words(reasons: tuple[str, ...]) -> str:
    place = ("report", "rounds", 0, "returned", "reasons", 0)
    return "；".join(f"{code} {checker('item').enum_label(place, code)}" for code in reasons)


def _sent_back(this: Round) -> bool:
    """Whether somebody in the unit wants the draft changed."""
    return any(not signature.agrees for _, signature in text_signatures(this))


def with_round(case: Case, **changed: object) -> Item:
    """Return the item with its round in hand changed."""
    report = case.report
    this = replace(report.round, **changed)  # type: ignore[arg-type]
    return replace(case.before, report=replace(report, rounds=(*report.rounds[:-1], this)))


def report_name(case: Case) -> str:
    """Return what a receipt calls the report in hand, as 交警支队办结报告（第1轮）."""
    return f"{case.world.roster.unit_name(case.before.lead or '')}办结报告（第{case.report.round.round}轮）"


def voided_signatures(this: Round) -> Iterator[Voided]:
    """Yield what becomes void when a round's text is gone: every signature on it, of whatever kind."""
    for name, signature in text_signatures(this):
        if signature.agrees:
            yield Voided(signing_act(f"report.rounds[-1].{name}"), signature.by, signature.at, signature.hash)
