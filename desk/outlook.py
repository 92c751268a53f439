"""办后: what an act comes to, read from the act itself: it is run on the record as it stands, and nothing is put on record.

State, who has it next by office and name, facts corrected, numbers, documents, signatures that fall: none of it is said in words of its
own that could be wrong.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from desk.consequences import consequences
from desk.corrections import corrected
from desk.desk import Desk, PaperSignature
from desk.rules import changes
from desk.scans import by_hash
from desk.terms import Line, called, holders
from desk.wording import written
from records.acts import Outcome, Refusal, duties
from records.acts.inputs import stand_ins
from records.acts.voiding import told
from records.bureau.policy import PolicyDraft
from records.bureau.roster import Roster, role_label
from records.bureau.scoring import ScoringDraft
from records.matter.item import Item
from records.register.register import Receipt
from records.store.store import StoreError
from records.store.view import View
from schema.problem import Problem
from schema.tables import acts, checker

_BODIES = ("unit", "leaders")


@dataclass(frozen=True)
class Outlook:
    """What an act would come to with what stands in its form.

    Attributes:
        lines: state, next holder, numbers, documents, signatures that fall; also where it would be refused for what is still to be written,
            for any words will do there; else empty where it would be refused.
        refusal: why it would be refused, None where it would not.
        wanted: the inputs that its gates make necessary, beside those that always are.
        beside: what is wrong with what is there, where it would be refused for what is still to be written; nobody is to learn it last.
    """

    lines: tuple[Line, ...]
    refusal: Refusal | None
    wanted: frozenset[str]
    beside: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The mistakes of input, each with its field: what is lacking, and what is wrong with what is there."""
        return (*(self.refusal.problems if self.refusal else ()), *self.beside)


def outlook(
    desk: Desk, act: str, target: str, inputs: Mapping[str, object], base: str | None = None, *, paper: PaperSignature | None = None
) -> Outlook | None:
    """Return what an act of the person would come to; None where nobody sits at the desk. Reads the register.

    Args:
        desk: the person's.
        act: the act.
        target: what it is done on.
        inputs: what it takes, as far as it is there.
        base: the commit at which the record was put before him.
        paper: who signed it on paper, where the person only enters it.

    Raises:
        StoreError: the register cannot be read.
    """
    if desk.person is None:
        return None
    try:
        named = desk.unseen(act, target) or by_hash(act, inputs, desk.box, desk.may_name)
        entered = desk.on_paper(paper) if paper else None
    except StoreError as error:  # the name of a file that is still being typed
        named, entered = Refusal("", str(error)), None
    if isinstance(named, Refusal) or isinstance(entered, Refusal):
        return Outlook((), named if isinstance(named, Refusal) else entered, frozenset())  # type: ignore[arg-type]
    inputs, view, at = named[0], desk.view, desk.clock()
    who, entry = (paper.signer, entered[0]) if paper and entered else (desk.person.id, None)
    run = partial(desk.register.rehearse, view, act, target, who, at=at, paper=entry, base=base)
    found, wanted = run(inputs=inputs)
    if desk.signs_by_agent(act):
        wanted -= {each.name for each in acts()[act].inputs if each.own}  # his signature comes when he does it
    found = desk.discreet(found)
    if not isinstance(found, Refusal):
        return Outlook((*came_out(found, view), *_touched(desk, found, view)), None, wanted)
    lacking = {str(problem.field[0]) for problem in found.problems if problem.field} - inputs.keys()
    known = {wanted.name for wanted in acts()[act].inputs}
    filled = run(inputs={**inputs, **stand_ins(act, lacking, at.date().isoformat())})[0] if lacking and lacking <= known else found
    if not isinstance(filled, Refusal):
        return Outlook(tuple(came_out(filled, view)), found, wanted)
    there = () if filled is found else desk.discreet(filled).problems
    return Outlook((), found, wanted, tuple(each for each in there if str(each.field[0] if each.field else "") in inputs))


def _touched(desk: Desk, done: Outcome, view: View) -> Iterator[Line]:
    """Yield what a change of people, units, rules or days touches among the open items; of those that the person may not see, only that."""
    if not done.foundations:
        return
    desk.catch_up()  # on the command line nobody has asked it yet
    items = tuple(desk.register.open_items(view))
    seen = {item.id for item in items if desk.may_open(item)}
    touches = partial(consequences, view.world(), done)
    yield from touches(item for item in items if item.id in seen)
    if touches(item for item in items if item.id not in seen) != touches(()):
        yield "另外", "还触及限定知悉、您看不到的事项"


def came_out(done: Outcome, view: View) -> Iterator[Line]:
    """Yield what an act came to: state, who has it next, whose it is now, facts corrected, numbers, documents, signatures that fall.

    Args:
        done: the act.
        view: the register as it was before it.
    """
    roster, record = view.roster, done.item or done.roundup
    if record:
        yield "办后", _states(done)
        due = duties(view.world(), record, done.at)
        if due:
            yield "下一手", f"{holders(due, roster, titles=False)}，下一步{acts()[due[0].act].label}"
    if passed := list(_passed(done, roster)):
        yield "单位", "；".join(passed)
    if facts := list(corrected(done.was, done.item, roster)):
        yield "更正", "；".join(facts)
    if numbers := list(_numbers(done, view)):
        yield "文号", "、".join(numbers)
    if papers := list(_papers(done, roster)):
        yield "成文", "、".join(papers)
    if done.foundations and done.about:
        yield "办后", f"{done.spec.label}，{done.about}"
        yield from _of_drafted_rules(done, view)
    if done.voids:
        yield "失效", told(roster, done.voids)


def _of_drafted_rules(done: Outcome, view: View) -> Iterator[Line]:
    """Yield what rules that were drafted would change, and who may approve them."""
    for body in done.foundations:
        if isinstance(body, PolicyDraft | ScoringDraft) and body.approved is None:
            now = view.policy if isinstance(body, PolicyDraft) else view.scoring
            yield "改动", "；".join(f"{name} {change}" for name, change in changes(body, now))
            approves = next(spec for spec in acts().values() if spec.target == done.spec.target and spec.signs)
            role = approves.who[0].role
            people = "、".join(person.name for person in view.roster.holders(role, None, done.at.date()))
            yield "下一手", f"{role_label(role)} {people}，下一步{approves.label}"


def _passed(done: Outcome, roster: Roster) -> Iterator[str]:
    """Yield from which unit the item passes to which, as its lead or beside it."""
    before = len(done.was.transfers) if isinstance(done.was, Item) else 0
    for each in done.item.transfers[before:] if done.item else ():
        was, now = (roster.unit_name(unit) if unit else "" for unit in (each.from_unit, each.to_unit))
        role = checker(done.spec.target).enum_label(("transfers", 0, "role"), each.role)
        yield f"{role} " + (f"{was} → {now}" if was and now else f"增加{now}" if now else f"撤出{was}")


def _states(done: Outcome) -> str:
    check = checker(done.spec.target)
    was, now = (check.enum_label(("state",), each.state) if each else "" for each in (done.was, done.item or done.roundup))
    if not was:
        return f"{'新事项' if done.item else '新一期'} {done.target} → {now}"
    return f"仍是“{now}”" if was == now else f"{was} → {now}"


def _numbers(done: Outcome, view: View) -> Iterator[str]:
    check = checker("numbers")
    for series in done.numbers:
        before = view.numbers(series.series, series.year).entries
        for place, entry in enumerate(series.entries):
            if place >= len(before) or entry != before[place]:
                yield f"{written(entry, series)}（{check.enum_label(('entries', 0, 'status'), entry.status)}）"


def _papers(done: Outcome, roster: Roster) -> Iterator[str]:
    """Yield the papers that there are then and were not before, by their kind, several of a kind with their number."""
    from documents.publishing.catalogue import plans  # with it come the libraries of documents, which no list needs

    before = {(plan.name, plan.draft, plan.number) for plan in plans(done.was)}
    new = [plan for plan in plans(done.item or done.roundup) if (plan.name, plan.draft, plan.number) not in before]
    kinds = [plan.title(roster.series) + (f"（{plan.draft}）" if plan.draft else "") for plan in new]
    yield from (kind + (f"{kinds.count(kind)}份" if kinds.count(kind) > 1 else "") for kind in dict.fromkeys(kinds))


def afterwards(desk: Desk, done: Receipt) -> str:
    """Return what an act came to as it is said after it: what was done, in whose hands the record is now, and what came out."""
    outcome = done.outcome
    lines = dict(came_out(outcome, desk.register.view(desk.register.describe(done.commit).parent)))
    who, comma, then = lines.get("下一手", "").rpartition("，下一步")
    now = f"现在在{who}手里{comma}{then}" if who else ""
    out = (f"{label} {lines[label]}" for label in ("更正", "文号", "成文") if label in lines)
    on = outcome.about if outcome.spec.target in _BODIES else called(outcome.target, desk.register.view().roster)
    what = outcome.spec.label if on in outcome.spec.label else f"{outcome.spec.label} {on}"
    signed = f"已代录{desk.view.roster.name(outcome.actor.person)}的纸质签字：{what}" if outcome.paper else f"已办：{what}"
    said = filter(None, (signed, now, *out))
    return f"{'。'.join(said)}。"
