"""Units that are founded, renamed, changed and dissolved, and the bureau's own facts (二; D-5, D-17)."""

from dataclasses import replace

from records.acts.days import refuse_ahead
from records.acts.dispatch import unreachable
from records.acts.people import without_offices
from records.bureau.foundations import kinds_named, with_foundations
from records.bureau.roster import Bureau, Unit
from records.bureau.roster_changes import Correction, Dissolved, Ended, Grounds, Renaming
from records.bureau.whole_roster import contradictions, parts_of
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE

# What ends a unit or a stand-in, or corrects the bureau's own facts, contradicts nothing.
_OF_ROSTER = (
    "enrol", "correct_person", "appoint", "relieve", "stand_in", "move_person", "waive_four_eyes", "set_portfolio",
    "found_unit", "rename_unit", "correct_unit",
)  # fmt: skip
_FACTS = ("name", "organ_char", "special_mark", "print_organ", "short_name", "office_name")


@TABLE.gate("D-17", "found_unit", sees="record")
def the_code_is_free(case: Case, given: Given) -> Refusal | None:
    """A unit is founded once; its code is never given to another."""
    if case.target in case.world.roster.units:
        reason = f"已有 {case.target} 这个单位：{case.world.roster.unit_name(case.target)}。"
        return case.refuse("D-17", reason, "请另取一个单位代码。", field="target")
    return None


@TABLE.gate("D-17", "found_unit")
def the_code_is_one(case: Case, given: Given) -> Refusal | None:
    """A unit goes by a code of capital letters, which its people's ids and its series of numbers begin with."""
    if kinds_named(case.target) != ("unit",):
        return case.refuse("D-17", f"单位代码“{case.target}”应为2至8个大写字母。", "例如 JJ。", field="target")
    return None


@TABLE.gate("D-5", "rename_unit")
def it_is_called_so_by_now(case: Case, given: Given) -> Refusal | None:
    """A new name is in force on screens and papers at once, so that its day has come; what else is of a day ahead waits for it (D-5)."""
    return refuse_ahead(case, given, "day", "更名日期", "D-5", "新名称一经更改随即使用，请到更名日期再办。")


@TABLE.gate("D-5", "dissolve_unit")
def another_unit_takes_over(case: Case, given: Given) -> Refusal | None:
    """The matters of a unit that ends go to another one that can receive them; the supervising office does not end (D-5)."""
    successor = given.text("successor")
    if case.target == case.world.roster.bureau.office:
        return case.refuse("D-5", "督办主管部门不能撤并。")
    if successor == case.target:
        return case.refuse("D-5", "承接单位不能是本单位。", field="successor")
    return unreachable(case, successor, "successor")


@TABLE.gate("D-17", "correct_bureau")
def a_fact_of_the_bureau_changes(case: Case, given: Given) -> Refusal | None:
    """A correction corrects."""
    if all(given.maybe(name) in (None, getattr(case.world.roster.bureau, name)) for name in _FACTS):
        return case.refuse("D-17", "没有一项与原记录不同。", "请至少更正一项。")
    return None


@TABLE.gate("D-17", *_OF_ROSTER)
def the_roster_stays_sound(case: Case, given: Given) -> Refusal | None:
    """What an act makes of the roster contradicts nothing else in it that did not contradict it before."""
    roster = case.world.roster
    known = {problem.reason for problem in contradictions(parts_of(roster))}
    after = with_foundations(roster, TABLE.writer(case)(case, given).foundations)
    found = next((problem for problem in contradictions(parts_of(after)) if problem.reason not in known), None)
    return None if found is None else case.refuse("D-17", f"{found.label}{found.reason}。")


@TABLE.act("found_unit")
def found_unit(case: Case, given: Given) -> Change:
    """Put a new unit on the roster; without people nothing is dispatched to it."""
    unit = Unit(
        case.target,
        given.text("name"),
        given.text("full_name"),
        given.text("kind"),
        given.text("channel"),
        char=given.maybe("char"),
        founded=Grounds(given.text("day"), given.text("basis")),
    )
    return _changed(unit, unit.full_name, given)


@TABLE.act("rename_unit")
def rename_unit(case: Case, given: Given) -> Change:
    """Call a unit otherwise; what it was called stays on record and on what was made under it."""
    unit = case.world.roster.units[case.target]
    was = Renaming(unit.name, unit.full_name, given.text("day"), given.text("basis"))
    renamed = replace(unit, name=given.text("name"), full_name=given.text("full_name"), renamings=(*unit.renamings, was))
    return _changed(renamed, f"{unit.name}更名为{renamed.name}", given)


@TABLE.act("correct_unit")
def correct_unit(case: Case, given: Given) -> Change:
    """Change the channel or the character by which a unit numbers; numbers given stay what they are (2-6, 3-4-3)."""
    unit = case.world.roster.units[case.target]
    told = given.texts("channel", "char")
    mark = Correction(case.at.isoformat(), given.text("basis"))
    return _changed(replace(unit, **told, corrections=(*unit.corrections, mark)), unit.name, given)


@TABLE.act("dissolve_unit")
def dissolve_unit(case: Case, given: Given) -> Change:
    """End a unit: its offices end with it, its matters are taken over by the successor, one act each (D-5)."""
    unit, day = case.world.roster.units[case.target], given.text("day")
    gone = without_offices(unit, Ended(day, max(day, case.today), given.text("basis")))
    gone = replace(gone, dissolved=Dissolved(day, given.text("successor"), given.text("basis")))
    return _changed(
        gone, f"{unit.name}撤并，由{case.world.roster.unit_name(gone.dissolved.successor if gone.dissolved else '')}承接", given
    )


@TABLE.act("correct_bureau")
def correct_bureau(case: Case, given: Given) -> Change:
    """Put the facts of the bureau right; what was made under them stays as it is."""
    bureau = case.world.roster.bureau
    told = given.texts(*_FACTS)
    mark = Correction(case.at.isoformat(), given.text("basis"))
    return _changed(replace(bureau, **told, corrections=(*bureau.corrections, mark)), bureau.name, given)


def _changed(record: Unit | Bureau, about: str, given: Given) -> Change:
    return Change(None, foundations=(record,), about=about, basis=given.text("basis"))
