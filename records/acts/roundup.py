"""The roundup's acts: drafted from the records, rows left out only with a reason, approved, issued (三（三）)."""

from dataclasses import replace

from records.matter.numbers import Outside
from records.matter.roundup import Roundup
from records.matter.stamps import Signature
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.input_places import signing_acts
from records.procedure.table import TABLE
from records.rules.roundup_figures import figures, issue_by, period, rows


@TABLE.gate("R-33", "draft_roundup", sees="record")
def the_month_is_over(case: Case, given: Given) -> Refusal | None:
    """A roundup is of a month that has ended (三（三）)."""
    try:
        until = period(case.target)[1]
    except ValueError:
        return case.refuse("R-33", f"“{case.target}”不是期次。", "应写作年份-月份，例如 2026-10。")
    if case.today <= until:
        return case.refuse("R-33", f"{case.target} 尚未结束，不能汇总。")
    return None


@TABLE.act("draft_roundup")
def draft_roundup(case: Case, given: Given) -> Change:
    """Draw the roundup up from the records as they stand now."""
    since, until = period(case.target)
    items = tuple(case.world.items(since))
    world, day = case.world, case.at.date()
    year, month = case.target.split("-")
    roundup = Roundup(
        id=case.target,
        title=f"{year}年{int(month)}月领导批示件和督办事项办理情况汇总通报",
        since=since,
        until=until,
        as_of=case.at.isoformat(),
        state="drafted",
        drafted=case.stamp,
        text=given.maybe("text"),
        figures=figures(items, since, until, day, world.calendar),
        rows=rows(items, since, until, day, world.calendar, world.policy_at, case.policy),
    )
    due = issue_by(case.target, world.calendar, case.policy)
    behind = f"，迟于应当生成的 {due}" if day > due else ""
    about = f"列入{len(roundup.rows)}件，逾期{roundup.figures.overdue}件{behind}"
    return Change(None, roundup=roundup, about=about, words=roundup.text or "")


@TABLE.act("write_roundup")
def write_roundup(case: Case, given: Given) -> Change:
    """Write the roundup's own words: causes and next steps; figures are not words."""
    return Change(None, roundup=replace(_roundup(case), text=given.text("text")), about=_roundup(case).title, words=given.text("text"))


@TABLE.gate("R-33", "omit_row")
def the_row_is_there(case: Case, given: Given) -> Refusal | None:
    """Only what stands in the roundup can be left out of it."""
    row = next((each for each in _roundup(case).rows if each.item == given.text("item")), None)
    if row is None or row.omitted is not None:
        return case.refuse("R-33", f"{given.text('item')} 不在本期汇总中，或已不列入通报。", field="item")
    return None


@TABLE.act("omit_row")
def omit_row(case: Case, given: Given) -> Change:
    """Leave an item out of the circular, with the reason; the row itself stays (R-33)."""
    roundup, why = _roundup(case), Outside(**vars(case.stamp), reason=given.text("reason"))
    changed = tuple(replace(each, omitted=why) if each.item == given.text("item") else each for each in roundup.rows)
    return Change(None, roundup=replace(roundup, rows=changed), about=given.text("item"), words=why.reason)


@TABLE.gate("R-33", "approve_roundup", sees="record")
def says_cause_and_next_step(case: Case, given: Given) -> Refusal | None:
    """A circular for its own sake helps nobody: it says why and what next (domain 3.1)."""
    if not _roundup(case).text:
        return case.refuse("R-33", "汇总没有写综述。", "请写明逾期原因和下一步要求。")
    return None


@TABLE.gate("R-17", *signing_acts(target="roundup"))
def approves_the_roundup_in_force(case: Case, given: Given) -> Refusal | None:
    """An approval is for the words and rows that were shown (domain 3.2)."""
    if given.text("hash") != case.text_in_force:
        return case.refuse("R-17", "您看到的通报之后已被改动。", "请重新打开，看过现在的通报再批。", field="hash")
    return None


@TABLE.condition
def roundup_has_no_words(case: Case) -> str | None:
    """Somebody has to say why and what next (domain 3.1)."""
    return None if _roundup(case).text else _roundup(case).moved_at


@TABLE.condition
def roundup_has_words(case: Case) -> str | None:
    """With its words, a roundup waits for approval."""
    return _roundup(case).moved_at if _roundup(case).text else None


@TABLE.act("approve_roundup")
def approve_roundup(case: Case, given: Given) -> Change:
    """Approve the roundup for issue."""
    approved = Signature(**vars(case.signed(given)), hash=given.text("hash"), text=given.text("text"))
    return Change(
        None, "approved", roundup=replace(_roundup(case), approved=approved), about=_roundup(case).title, words=given.text("text")
    )


@TABLE.act("issue_roundup")
def issue_roundup(case: Case, given: Given) -> Change:
    """Issue the roundup to all units."""
    return Change(None, "issued", roundup=replace(_roundup(case), issued=case.stamp), about=_roundup(case).title)


def _roundup(case: Case) -> Roundup:
    assert case.roundup is not None
    return case.roundup
