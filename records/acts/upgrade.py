"""A register of the first rules is taken over (升级): before that it is only looked at, after it each act is done again for ever (D-17).

So is one that a newer program has gone on with: what its acts were judged by is not known here.
"""

from dataclasses import replace
from datetime import date

from records.acts.classification import classified, without_reasons
from records.bureau.roster import Appointment, Roster, Unit, role_label
from records.bureau.roster_changes import Upgrade
from records.matter.item import Item
from records.procedure.case import Case, Change, Given, Refusal, World
from records.procedure.table import TABLE
from records.rules.routes import kinds
from schema.tables import acts
from schema.versions import FIRST_RULES, RULES

_KEEPER = "roster_keeper"
TAKES_OVER = "upgrade"
"""The act that takes a register over."""


def read_only(world: World, day: date, act: str = "") -> Refusal | None:
    """Return why nothing can be done in a register as it stands, None where it can, and for the act that takes it over.

    Args:
        world: everything round a record at the commit it was read from.
        day: of which those are named who can do something about it.
        act: the act that is to be done; by default any.
    """
    now = world.head.rules
    if refusal := too_new(now):
        return refusal
    if now < FIRST_RULES and act != TAKES_OVER:
        reason = f"本登记簿按第{now}版规则形成，升级以前只能查看，不能办理。"
        return Refusal("规则版本", reason, f"请{_who(world.roster, day)}先在“规则”里办理“升级”。")
    return None


def too_new(rules: int) -> Refusal | None:
    """Return why nothing can be done where a newer program has gone on under a version of the rules that is not known here, else None."""
    if rules <= RULES:
        return None
    reason = f"本登记簿已由更新的程序办理，用的是第{rules}版规则；本程序只认到第{RULES}版，只能查看，不能办理。"
    return Refusal("规则版本", reason, "请换用更新的程序。")


def _who(roster: Roster, day: date) -> str:
    """Who takes a register over, by name; where nobody holds an office that may, the offices."""
    roles = [each.role for each in acts()[TAKES_OVER].who]
    named = {role: "、".join(each.name for each in roster.holders(role, roster.bureau.office, day)) for role in roles}
    return "或".join(f"{role_label(role)}（{names}）" for role, names in named.items() if names) or "或".join(map(role_label, roles))


@TABLE.gate("D-17", "upgrade", sees="record")
def it_was_begun_under_the_first_rules(case: Case, given: Given) -> Refusal | None:
    """What is done again already needs no taking over; a newer version of the rules is gone on with without it."""
    if case.world.head.rules >= FIRST_RULES:
        return case.refuse("D-17", f"本登记簿已按第{case.world.head.rules}版规则办理，不用升级。")
    return None


@TABLE.gate("D-17", "upgrade")
def somebody_keeps_the_roster(case: Case, given: Given) -> Refusal | None:
    """Under the first rules nobody kept the roster, and only who keeps it can appoint somebody to it: so one is named, of the office."""
    roster, keeper = case.world.roster, given.maybe("keeper")
    held = roster.holders(_KEEPER, roster.bureau.office, case.at.date())
    if held:
        return case.refuse("D-17", f"花名册管理员已有{held[0].name}。", "请把这一项留空。", field="keeper") if keeper else None
    if keeper is None:
        return case.refuse("D-17", "花名册里没有花名册管理员，升级以后人员、规则无人能改。", "请从督办主管部门指定一人。", field="keeper")
    if keeper not in {person.id for person in _office(case).people}:
        return case.refuse("D-17", f"{keeper} 不是{roster.office_name}的人员。", "请从督办主管部门指定一人。", field="keeper")
    return None


@TABLE.act("upgrade")
def upgrade(case: Case, given: Given) -> Change:
    """Take a register over: say what was found, put right what of its records no longer fits, name who keeps the roster (D-17)."""
    head, keeper, basis = case.world.head, given.maybe("keeper"), given.text("basis")
    bureau, office, count = case.world.roster.bureau, _office(case), head.commits()
    taken = Upgrade(**vars(case.stamp), rules=head.rules, commits=count, head=head.commit, keeper=keeper, basis=basis)
    words = [f"此前{count}笔（至 {head.commit[:12]}）按第{head.rules}版规则形成，不再重办；自本笔起按第{case.world.rules}版规则办理。"]
    before = {item.id: item for item in case.world.every_item()}
    after = {item.id: _fitting(case, item, basis) for item in before.values()}
    changed = tuple(after[each] for each in sorted(after) if after[each] != before[each])
    secret = tuple(before[item.id] for item in changed if item.classified != before[item.id].classified)
    if changed:
        words.append(f"按现行格式改写事项{len(changed)}件，其中涉密的{len(secret)}件只留要素。")
    if keeper is not None:
        held = Appointment(_KEEPER, keeper, case.today, basis=basis)
        office = replace(office, appointments=(*office.appointments, held))
        words.append(f"花名册管理员：{case.world.roster.name(keeper)}。")
    return Change(
        None,
        numbers=tuple(without_reasons(case, *secret)),
        items=changed,
        foundations=(replace(bureau, upgrades=(*bureau.upgrades, taken)), *([office] if keeper is not None else [])),
        about=f"由第{head.rules}版规则升至第{case.world.rules}版",
        words="\n".join(words),
        basis=basis,
    )


def _office(case: Case) -> Unit:
    return case.world.roster.units[case.world.roster.bureau.office]


def _fitting(case: Case, item: Item, basis: str) -> Item:
    """An item as acts of today would have left it: its level follows from its kind (D-8), it has no text if classified (D-16)."""
    item = replace(item, source=replace(item.source, level=kinds()[item.source.kind].level))
    return classified(case, item, basis) if _is_in_full(case, item) else item


def _is_in_full(case: Case, item: Item) -> bool:
    """Whether it is a classified matter of which the record holds the texts, though only its shell is to be kept (D-16)."""
    return item.secrecy.level != "none" and not case.world.policy.full_text and item.classified is None
