"""The acts: ``perform`` carries one out or refuses it, ``prospects`` tells which are open to a person and why the others are not.

The same function guards every door: screen, command, register and audit call ``perform`` and nothing else.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, partial

from records.acts.duties import Duty, duties
from records.acts.inputs import supplied_by, wanting
from records.acts.own_signatures import statement
from records.acts.unseen import labels, unseen
from records.acts.upgrade import read_only
from records.acts.voiding import Gone, is_owed, told, voided
from records.bureau.foundations import Foundation, kind_of_foundation
from records.bureau.roster import Authority, Roster, role_label
from records.matter.attachments import attachment
from records.matter.changes import Voiding
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.plain_data import to_data
from records.matter.roundup import Roundup
from records.procedure.case import Case, Change, Given, PaperEntry, Refusal, World
from records.procedure.table import TABLE
from records.signatures.statement import Statement
from schema.tables import ActSpec, Target, Who, acts, checker, way
from schema.versions import RULES

_PARTS = {"lead": "主办单位", "assisting": "协办单位", "undertaking": "承办单位"}
_ENTERING = (Who("registry_clerk", "office"), Who("supervision_office", "office"))


@dataclass(frozen=True)
class Outcome:
    """A lawful act carried out: the item and the number series after it, and what its receipt (the commit) says.

    ``was`` is the record before it; ``voids`` the signatures of others that it does away with; ``own`` the actor's own signature, empty
    where he gave none.
    """

    spec: ActSpec
    target: str
    item: Item | None
    roundup: Roundup | None
    numbers: tuple[NumberSeries, ...]
    actor: Authority
    at: datetime
    about: str
    words: str
    number: str
    paper: PaperEntry | None = None
    was: Item | Roundup | None = None
    voids: tuple[Gone, ...] = ()
    items: tuple[Item, ...] = ()
    foundations: tuple[Foundation, ...] = ()
    basis: str = ""
    rules: int = RULES
    own: str = ""


@dataclass(frozen=True)
class Prospect:
    """One act as it stands for one person: open, or refused for the reason given."""

    spec: ActSpec
    refusal: Refusal | None


def perform(
    world: World,
    act: str,
    item: Item | None,
    person: str,
    inputs: Mapping[str, object],
    at: datetime,
    *,
    target: str = "",
    roundup: Roundup | None = None,
    paper: PaperEntry | None = None,
    seen: Mapping[str, object] | None = None,
) -> Outcome | Refusal:
    """Carry out one act, or refuse it.

    Args:
        world: everything round the item at the commit it was read from.
        act: name of the act.
        item: the item before it; None for a registration and for acts on number series.
        person: id of who acts.
        inputs: what he supplies, by input name; texts may be in any form, they are brought to the canonical one.
        at: when, in the bureau's zone, whole seconds.
        target: id of the item to register, of the number series or of the roundup; else the item's own id.
        roundup: the roundup before it, for an act on one.
        paper: for a signature given on paper: who enters it and the hash of the scan; ``person`` is who signed.
        seen: the record as ``person`` had it before him, as plain data; None where he is taken to have seen it as it stands.
    """
    spec = acts(world.rules).get(act)
    if spec is None:
        return Refusal("", f"没有“{act}”这个办理动作。", "请用 duban acts 查看可办的动作。")
    if refusal := read_only(world, at.date(), act):
        return refusal
    record = item if spec.target == "item" else roundup
    found = _case(world, spec, record, person, at, target, partial(_next_step, world, record, at))
    if isinstance(found, Refusal):
        return found
    if paper is not None:
        if refusal := _no_paper(found, paper):
            return refusal
        found = replace(found, paper=paper)
    if refusal := TABLE.refusal(found, "record"):
        return refusal
    given = supplied_by(found, inputs)
    if isinstance(given, Refusal):
        return given
    if refusal := TABLE.refusal(found, "inputs", given):
        return refusal
    change = TABLE.writer(found)(found, given)
    outcome = _outcome(found, change)
    if outcome.item == found.item and outcome.roundup == found.roundup and not outcome.numbers and not outcome.foundations:
        return Refusal(spec.clause, "记录没有任何变化，刚才已经办过。")
    if seen is not None and (refusal := _overtaken(found, outcome, seen)):
        return refusal
    done = _explained(found, change, given, outcome)
    return replace(done, own=given.maybe("signature") or "") if isinstance(done, Outcome) else done


def to_sign(
    world: World,
    act: str,
    item: Item | None,
    person: str,
    inputs: Mapping[str, object],
    at: datetime,
    base: str,
    *,
    target: str = "",
    roundup: Roundup | None = None,
) -> Statement | Refusal:
    """Return what a person signs himself to do an act, or why there is nothing to sign.

    The arguments are those of ``perform``; ``at`` is when record and text were put before him, ``base`` the commit at which.
    """
    found = _case(world, acts(world.rules)[act], roundup or item, person, at, target, lambda: None)
    if isinstance(found, Refusal):
        return found
    if not found.spec.signable:
        return Refusal(found.spec.clause, f"“{found.spec.label}”不用本人签名。")
    given = supplied_by(found, {name: value for name, value in inputs.items() if name != "signature"})
    return given if isinstance(given, Refusal) else statement(found, given, base, at.isoformat())


def rehearse(
    world: World,
    act: str,
    item: Item | None,
    person: str,
    inputs: Mapping[str, object],
    at: datetime,
    *,
    target: str = "",
    roundup: Roundup | None = None,
    paper: PaperEntry | None = None,
    seen: Mapping[str, object] | None = None,
) -> tuple[Outcome | Refusal, frozenset[str]]:
    """Return what an act would come to, and the inputs that its gates ask for beside those that the table requires.

    The arguments are those of ``perform``; ``inputs`` may be anything that stands in a form that is yet to be filled in.
    """
    found = perform(world, act, item, person, inputs, at, target=target, roundup=roundup, paper=paper, seen=seen)
    case = _case(world, acts(world.rules)[act], roundup or item, person, at, target, lambda: None)
    if isinstance(case, Refusal) or TABLE.refusal(case, "record"):
        return found, frozenset()
    return found, wanting(case, inputs)


def prospects(
    world: World,
    on: Item | Roundup | NumberSeries | str,
    person: str,
    at: datetime,
    kinds: tuple[Target, ...] = ("roundup",),
    only: str = "",
) -> Iterator[Prospect]:
    """Yield every act on a record that people do with what stands against it for ``person`` now, before he supplies anything.

    Args:
        world: everything round the record at the commit it was read from.
        on: the record, or its id: the month (``2026-10``) of a roundup that is yet to be drafted, a unit, a year.
        kinds: of what record an id is the id.
        person: id of who would act.
        at: when, in the bureau's zone, whole seconds.
        only: the one act that is asked about, empty for all.
    """
    record = on if isinstance(on, Item | Roundup) else None
    target = on.series if isinstance(on, NumberSeries) else on if isinstance(on, str) else on.id
    own: tuple[Target, ...] = ("item",) if isinstance(on, Item) else ("numbers",) if isinstance(on, NumberSeries) else ("roundup",)
    kinds = kinds if isinstance(on, str) else own
    next_step = cache(partial(_next_step, world, record, at))  # one for all the acts that wait for another step
    for spec in (acts()[only],) if only else acts().values():
        if spec.target in kinds and bool(spec.from_states) == (record is not None) and any(who.role != "system" for who in spec.who):
            found = read_only(world, at.date(), spec.name) or _case(world, spec, record, person, at, target, next_step)
            yield Prospect(spec, found if isinstance(found, Refusal) else TABLE.refusal(found, "record"))


def _explained(case: Case, change: Change, given: Given, outcome: Outcome) -> Outcome | Refusal:
    """The outcome of a change; where it does away with signatures of others that were not to go, with the reason why (D-11)."""
    gone = voided(case, outcome.item)
    if gone and change.item and any(wanted.besides for wanted in case.spec.inputs) and not is_owed(case):
        if (reason := given.maybe("void_reason")) is None:
            said = f"照此办理，{told(case.world.roster, gone)}随即失效，须重新办理。"
            return case.refuse("", said, "确需这样办的，请写明理由。", field="void_reason")
        item = replace(change.item, voidings=(*change.item.voidings, Voiding(**vars(case.stamp), act=case.spec.name, reason=reason)))
        words = "\n".join(filter(None, (change.words.strip("\n"), reason)))
        outcome = _outcome(case, replace(change, item=item, words=words))
    return replace(outcome, voids=gone)


def _overtaken(case: Case, outcome: Outcome, seen: Mapping[str, object]) -> Refusal | None:
    """What another wrote after the record was put before the actor is not done away with unseen (domain 3.2)."""
    if outcome.foundations:
        now, after = to_data(case.foundation) if case.foundation else {}, to_data(outcome.foundations[0])
    elif case.spec.target == "numbers":
        now, after = to_data(case.world.numbers(case.target, case.at.year)), to_data(outcome.numbers[0])
    else:
        record, left = case.item or case.roundup, outcome.item or outcome.roundup
        now, after = to_data(record) if record else {}, to_data(left)
    if not (places := unseen(case.spec, seen, now, after)):
        return None
    named = "、".join(f"“{label}”" for label in labels(case.spec.target, places))
    return Refusal(
        case.spec.clause,
        f"您看过以后，别人改动了{named}，照此办理会把这些改动盖掉。",
        "请先看过现在的记录，再决定用哪一份。",
        overtaken=True,
    )


def _case(
    world: World, spec: ActSpec, record: Item | Roundup | None, person: str, at: datetime, target: str, next_step: Callable[[], Duty | None]
) -> Case | Refusal:
    what = "期汇总" if spec.target == "roundup" else "个事项"
    if spec.target in ("item", "roundup") and (record is None) == bool(spec.from_states):
        if record is None:
            return Refusal(spec.clause, f"没有 {target} 这{what}。" if target else f"没有这{what}。")
        return Refusal(spec.clause, f"{record.id} 已经存在。", rule="R-01")
    item = record if isinstance(record, Item) else None
    roundup = record if isinstance(record, Roundup) else None
    standings = [each for who in spec.who for each in world.roster.authorities(person, who, item, at.date())]
    if not standings:
        return _no_standing(world, spec, item, person, at)
    if spec.from_states and record and record.state not in spec.from_states:
        return _wrong_state(world, spec, record, next_step())
    cases = [Case(spec, world, item, each, at, target or (record.id if record else ""), roundup) for each in standings]
    # Who has several standings acts in the one that makes the act lawful, the first of them if several do (D-6).
    return next((case for case in cases if len(cases) == 1 or TABLE.refusal(case, "record") is None), cases[0])


def _no_standing(world: World, spec: ActSpec, item: Item | None, person: str, at: datetime) -> Refusal:
    offices = "、".join(office for who in spec.who for office in _offices(world.roster, who, item, at))
    you = world.roster.people.get(person)
    me = f"{you.name}（{you.title}）" if you else f"“{person}”"
    return Refusal(spec.clause, f"“{spec.label}”不属于{me}的职责。", f"应由{offices}办理。", spec.who_rule)


def _offices(roster: Roster, who: Who, item: Item | None, at: datetime) -> Iterator[str]:
    """The offices in which an act is done, with those who hold them; while an item has no units yet, by what a unit will be to it."""
    bodies = roster.bodies(who, item)
    for unit in bodies:
        names = "、".join(each.name for each in roster.holders(who.role, unit, at.date()))
        where = "" if unit in (None, roster.bureau.office) else roster.unit_name(unit or "")
        yield f"{where}{role_label(who.role)}" + (f"（{names}）" if names else "")
    if not bodies:
        yield f"{_PARTS.get(who.of, '')}{role_label(who.role)}"


def enters_paper(roster: Roster, person: str, day: date) -> bool:
    """Say whether a person enters the signatures that others gave on paper (Q24)."""
    return any(roster.authority(person, who, None, day) for who in _ENTERING)


def _no_paper(case: Case, paper: PaperEntry) -> Refusal | None:
    """Why a signature on paper cannot be entered: not by that person, not for that act, not without its scan (Q24)."""
    roster = case.world.roster
    if not enters_paper(roster, paper.entered_by, case.at.date()):
        who = case.who(_ENTERING[0].role, roster.bureau.office)
        return Refusal(case.spec.clause, f"纸质签字只能由{roster.office_name}录入。", f"请{who}录入。", "R-34")
    if not case.spec.paper:
        return Refusal(case.spec.clause, f"“{case.spec.label}”不能以纸质签字代替。", "请本人办理。", "R-34")
    if attachment(paper.scan) is None:
        return Refusal(case.spec.clause, "纸质签字没有附扫描件。", "请附扫描件。", "R-34")
    return None


def _next_step(world: World, record: Item | Roundup | None, at: datetime) -> Duty | None:
    return next(iter(duties(world, record, at)), None) if record else None


def _wrong_state(world: World, spec: ActSpec, record: Item | Roundup, next_step: Duty | None) -> Refusal:
    """Where the record is and whether the act is still to come, from its own state; what then is to be done, and by whom."""
    state = checker(spec.target).enum_label(("state",), record.state)
    places = {name: place for place, name in enumerate(way(spec.target))}
    allowed, here = [places[name] for name in spec.from_states if name in places], places.get(record.state)
    cannot, because = "不能", ""
    if here is not None and allowed and here < min(allowed):
        cannot, because = "还不能", spec.unless
    elif here is not None and allowed and here > max(allowed):
        cannot, because = "不能再", spec.spent
    reason = f"{'本件' if isinstance(record, Item) else '本期'}现在是“{state}”，{cannot}“{spec.label}”{because and f'：{because}'}。"
    way_out = ""
    if next_step and next_step.act != spec.name:
        way_out = f"下一步是“{acts()[next_step.act].label}”，由{_holders(world, next_step)}办理。"
    return Refusal(spec.clause, reason, way_out, spec.state_rule)


def _holders(world: World, duty: Duty) -> str:
    """The office that has a duty, with those who hold it there."""
    unit = "" if duty.body in (None, world.roster.bureau.office) else world.roster.unit_name(duty.body or "")
    here = [each.person for each in duty.holders if (each.role, each.unit) == (duty.role, duty.body)]
    names = "、".join(world.roster.name(person) for person in dict.fromkeys(here))
    return f"{unit}{role_label(duty.role)}" + (f"（{names}）" if names else "")


def _outcome(case: Case, change: Change) -> Outcome:
    item, roundup = change.item, change.roundup
    if item is not None:
        item = replace(item, state=change.state or case.spec.to or item.state)
    if roundup is not None:
        roundup = replace(roundup, state=change.state or case.spec.to or roundup.state)
    # A record that fails its own schema would be a fault of the act, not of the person.
    kept = ((kind_of_foundation(each), each) for each in change.foundations)
    for kind, record in (("item", item), ("roundup", roundup), *(("item", each) for each in change.items), *kept):
        if record is not None and (problems := checker(kind).problems(to_data(record))):
            raise AssertionError(f"{case.spec.name}: {problems[0]}")
    return Outcome(
        case.spec,
        case.target,
        item,
        roundup,
        change.numbers,
        case.actor,
        case.at,
        change.about,
        change.words,
        change.number,
        case.paper,
        case.item or case.roundup,
        items=change.items,
        foundations=change.foundations,
        basis=change.basis,
        rules=case.world.rules,
    )
