"""From the paper to the dispatch: register, instructions, amendments, proposal, reading, dispatch (一; 二; 三（一）)."""

from dataclasses import replace
from datetime import date

from records.acts.case import TABLE, Case, Change, Given, Refusal
from records.model import Amendment, Instruction, Item, Meeting, Reading, Remark, Secrecy, Source, Suggestion, UnitPart
from records.roster import role_label

_LEGAL_YEARS = {"top_secret": 30, "confidential": 20, "secret": 10}  # 保守国家秘密法 第二十条
_NEEDED_ROLES = ("liaison", "reviewing_head", "main_leader")


@TABLE.gate("R-02", "register")
def one_item_a_source(case: Case, given: Given) -> Refusal | None:
    """One paper makes one item (1-0)."""
    if other := case.world.same_source(_source(given)):
        reason = f"同一来文“{given.text('source_ref')}”已经立项，事项编号 {other}，尚未办结。"
        return case.refuse("R-02", reason, f"请在 {other} 中补录批示，或核对来文编号。", field="source_ref")
    return None


@TABLE.gate("R-01", "register")
def received_already(case: Case, given: Given) -> Refusal | None:
    """A paper cannot be registered before it came."""
    if given.text("received") > case.today:
        return case.refuse("R-01", f"收到日期 {given.text('received')} 晚于今天 {case.today}。", field="received")
    return None


@TABLE.gate("R-28", "register")
def secrecy_in_bounds(case: Case, given: Given) -> Refusal | None:
    """A degree of secrecy has a period within the legal maximum and a copy number (annexes; 保守国家秘密法)."""
    level = given.text("secrecy")
    if level == "none":
        return None
    if "secrecy_years" not in given:
        return case.refuse("R-28", "标有密级的事项没有写保密期限。", "请填写保密期限（年）。", field="secrecy_years")
    if given.number("secrecy_years") > _LEGAL_YEARS[level]:
        return case.refuse("R-28", f"保密期限超过法定最长期限 {_LEGAL_YEARS[level]} 年。", field="secrecy_years")
    if "copy_number" not in given:
        return case.refuse("R-28", "标有密级的事项没有写份号。", "请填写六位份号。", field="copy_number")
    return None


@TABLE.gate("R-01", "register")
def instruction_whole(case: Case, given: Given) -> Refusal | None:
    """An instruction has its leader, its day and its words."""
    names = ("instruction_by", "instruction_at", "instruction")
    missing = [name for name in names if name not in given]
    if missing and len(missing) < len(names):
        return case.refuse("R-01", "批示的批示人、日期和内容应当一并填写。", field=missing[0])
    return None


@TABLE.gate("R-01", "register")
def a_meeting_or_suggestion_is_named(case: Case, given: Given) -> Refusal | None:
    """A meeting decision names meeting and clause, a suggestion its proposer, session and number (1-2, 1-7)."""
    wanted: tuple[str, ...] = ()
    if given.text("source_kind") == "director_meeting" or "meeting_number" in given or "meeting_clause" in given:
        wanted = ("meeting_number", "meeting_clause")
    if given.number("category") == 7 or "proposer" in given:
        wanted = (*wanted, "proposer", "session", "suggestion_number")
    labels = {
        "meeting_number": "会议次数",
        "meeting_clause": "纪要条目",
        "proposer": "提出人",
        "session": "届次",
        "suggestion_number": "编号",
    }
    if missing := [name for name in wanted if name not in given]:
        return case.refuse("R-01", f"没有填写{'、'.join(labels[name] for name in missing)}。", field=missing[0])
    return None


@TABLE.act("register")
def register(case: Case, given: Given) -> Change:
    """Enter a matter with its one category and its source (1-0)."""
    instruction = (_instruction(given),) if "instruction" in given else ()
    years = given.number("secrecy_years") if "secrecy_years" in given else None
    item = Item(
        id=case.target,
        title=given.text("title"),
        category=given.number("category"),
        subtype=given.text("subtype"),
        source=_source(given),
        meeting=Meeting(given.text("meeting_number"), given.text("meeting_clause")) if "meeting_number" in given else None,
        suggestion=_suggestion(given),
        external_due=given.maybe("external_due"),
        instructions=instruction,
        importance=given.text("importance"),
        urgency=given.text("urgency"),
        secrecy=Secrecy(given.text("secrecy"), years, given.maybe("copy_number"), given.values.get("work_secret") is True or None),
        # Whoever registers a matter has to carry it on.
        need_to_know=tuple(dict.fromkeys((*given.names("need_to_know"), case.actor.person))) if "need_to_know" in given else (),
        state="registered",
        registered=case.stamp,
    )
    return Change(item, about=item.title, words=given.maybe("instruction") or "")


@TABLE.act("add_instruction")
def add_instruction(case: Case, given: Given) -> Change:
    """Add a further instruction; those before it stay."""
    item = replace(case.before, instructions=(*case.before.instructions, _instruction(given)))
    return Change(item, about=f"{given.text('instruction_by')}批示", words=given.text("instruction"))


@TABLE.gate("", "amend")
def something_changes(case: Case, given: Given) -> Refusal | None:
    """An amendment amends."""
    if not _amended(case, given)[1]:
        return case.refuse("", "没有一项与原记录不同。", "请至少更正一项。")
    return None


@TABLE.gate("R-02", "amend")
def still_one_item_a_source(case: Case, given: Given) -> Refusal | None:
    """A corrected source is held to the same as a registered one (1-0)."""
    amended = _amended(case, given)[0]
    source = amended.source
    if amended.category == 7 and amended.suggestion is None:
        return case.refuse("R-01", "改为第七类须有提出人、届次和编号。", "请撤销本件后重新登记。", field="category")
    if source.received > case.today:
        return case.refuse("R-01", f"收到日期 {source.received} 晚于今天 {case.today}。", field="received")
    other = case.world.same_source(source) if source.paper != case.before.source.paper else None
    if other is not None and other != case.before.id:
        return case.refuse("R-02", f"更正后的来文已经立项，事项编号 {other}。", "请核对来文编号，或并案。", field="source_ref")
    return None


@TABLE.act("amend")
def amend(case: Case, given: Given) -> Change:
    """Correct facts, with a reason; deadlines, units and signatures are not facts in this sense (2-2)."""
    item, fields = _amended(case, given)
    # What was too small a matter to be read may be one no longer (三（一）1).
    state = "awaiting_reading" if item.state == "proposed" and case.world.policy.needs_reading(item) else item.state
    amendment = Amendment(**vars(case.stamp), reason=given.text("reason"), fields=fields)
    return Change(replace(item, amendments=(*item.amendments, amendment)), state, about=case.before.title, words=given.text("reason"))


@TABLE.gate("R-08", "propose")
def units_can_receive(case: Case, given: Given) -> Refusal | None:
    """A unit is dispatched to only through its liaison, with a reviewing head and a main leader on the roster (2-4, 2-6)."""
    named = (("lead", given.text("lead")), *(("assisting", unit) for unit in given.names("assisting")))
    return next((refusal for name, unit in named if (refusal := unreachable(case, unit, name))), None)


@TABLE.gate("R-06", "propose")
def lead_is_not_assisting(case: Case, given: Given) -> Refusal | None:
    """One unit leads, others assist; nobody is both (2-9)."""
    if given.text("lead") in given.names("assisting"):
        return case.refuse("R-06", "主办单位不能同时是协办单位。", clause="二", field="assisting")
    if len(set(given.names("assisting"))) < len(given.names("assisting")):
        return case.refuse("R-05", "协办单位有重复。", clause="二", field="assisting")
    return None


@TABLE.gate("R-10", "propose")
def points_are_given(case: Case, given: Given) -> Refusal | None:
    """The units that answer a point take part in the item (2-3)."""
    taking_part = {given.text("lead"), *given.names("assisting")}
    for n, point in enumerate(given.points(), start=1):
        if point.unit and point.unit not in taking_part:
            return case.refuse("R-10", f"第{n}项要求的承办单位“{point.unit}”不是主办或协办单位。", clause="二", field="points")
    return None


@TABLE.gate("R-09", "propose")
def due_is_a_workday_ahead(case: Case, given: Given) -> Refusal | None:
    """The due date lies ahead and is worked (2-10)."""
    return refuse_date(case, given, "due", "办结时限", "R-09")


@TABLE.gate("R-09", "propose")
def portfolio_leader_known(case: Case, given: Given) -> Refusal | None:
    """Each item names a responsible bureau leader (2-1)."""
    leader = given.maybe("portfolio_leader") or case.world.roster.portfolio_leader(given.text("lead"), case.at.date())
    leaders = {person.id for person in case.world.roster.holders("bureau_leader", None, case.at.date())}
    if leader not in leaders:
        reason = f"{case.world.roster.unit_name(given.text('lead'))}没有明确主管局领导。"
        return case.refuse("R-09", reason, "请指定主管局领导，或先补齐局领导分工。", clause="二", field="portfolio_leader")
    return None


@TABLE.act("propose")
def propose(case: Case, given: Given) -> Change:
    """Write the handling proposal and put it before the deputy director in charge (3-1-1)."""
    lead = given.text("lead")
    item = replace(
        case.before,
        portfolio_leader=given.maybe("portfolio_leader") or case.world.roster.portfolio_leader(lead, case.at.date()),
        proposal=Remark(**vars(case.stamp), text=given.text("text")),
        points=given.points(),
        due=given.text("due"),
        feedback_cycle=given.text("feedback_cycle"),
        units=(UnitPart(lead, "lead"), *(UnitPart(unit, "assisting") for unit in given.names("assisting"))),
    )
    needed = case.world.policy.needs_reading(item)
    about = f"由{case.world.roster.unit_name(lead)}主办，时限 {given.text('due')}"
    return Change(item, "awaiting_reading" if needed else "proposed", about=about, words=given.text("text"))


@TABLE.act("read")
def read(case: Case, given: Given) -> Change:
    """Read and direct (阅示); a wish for changes sends the proposal back (3-1-1)."""
    reading = Reading(**vars(case.stamp), decision=given.text("decision"), text=given.text("text"))
    about = {"agree": "同意交办", "change": "请办公室修改后再报", "direct": "由办公室直接办理"}[reading.decision]
    state = "registered" if reading.decision == "change" else None
    return Change(replace(case.before, reading=reading), state, about=about, words=reading.text)


@TABLE.gate("R-03", "dispatch", sees="record")
def read_to_be_dispatched(case: Case, given: Given) -> Refusal | None:
    """What the reading gave to the office itself is not dispatched (3-1-2)."""
    if case.before.reading and case.before.reading.decision == "direct":
        return case.refuse("R-03", "阅示意见是由办公室直接办理。", "请办理“办公室直接办理”。")
    return None


@TABLE.gate("R-23", "handle_directly", sees="record")
def read_to_be_handled_directly(case: Case, given: Given) -> Refusal | None:
    """Direct handling is itself decided in the reading (3-1-2, Q3)."""
    if case.before.reading is None or case.before.reading.decision != "direct":
        return case.refuse("R-23", f"直接办理须经{case.who('deputy_director_in_charge')}阅示决定。")
    return None


@TABLE.gate("R-23", "handle_directly")
def the_team_is_on_the_roster(case: Case, given: Given) -> Refusal | None:
    """A task team is made of people (3-1-2)."""
    if strangers := [person for person in given.names("task_team") if person not in case.world.roster.people]:
        return case.refuse("R-23", f"花名册里没有“{strangers[0]}”。", field="task_team")
    return None


@TABLE.act("handle_directly")
def handle_directly(case: Case, given: Given) -> Change:
    """The office handles the matter itself with a named team, under the same deadlines (3-1-2)."""
    office = case.world.roster.bureau.office
    item = replace(
        case.before,
        handling="direct",
        task_team=given.names("task_team"),
        units=(UnitPart(office, "lead", signed_for=case.stamp),),
        dispatched=case.stamp,
        original_due=case.before.due,
        policy=case.world.policy_id,
    )
    return Change(item, about="、".join(case.world.roster.name(person) for person in item.task_team))


@TABLE.gate("R-08", "dispatch", sees="record")
def units_can_still_receive(case: Case, given: Given) -> Refusal | None:
    """Offices change hands between proposal and dispatch (2-4, 2-6)."""
    return next((refusal for part in case.before.units if (refusal := unreachable(case, part.unit, ""))), None)


@TABLE.gate("R-09", "dispatch", "handle_directly", sees="record")
def due_still_ahead(case: Case, given: Given) -> Refusal | None:
    """What lay ahead when it was proposed may lie behind when it is dispatched (2-10)."""
    due = case.before.due or ""
    if due < case.today:
        return case.refuse("R-09", f"办结时限 {due} 已过。", "请重新拟办。", clause="二")
    return None


@TABLE.gate("R-09", "propose")
def the_unit_has_time(case: Case, given: Given) -> Refusal | None:
    """Asked in the morning, due in the afternoon: only a leader may want that, and he says so in an instruction (domain 3.1)."""
    if given.text("due") == case.today and not case.before.instructions:
        return case.refuse("R-09", "当日交办、当日办结的，须有领导批示。", "请补录批示，或放宽时限。", clause="二", field="due")
    return None


@TABLE.act("dispatch")
def dispatch(case: Case, given: Given) -> Change:
    """Hand the matter to the units' offices; the policy in force is pinned (3-1-1)."""
    item = replace(case.before, dispatched=case.stamp, original_due=case.before.due, policy=case.world.policy_id)
    assisting = "、".join(case.world.roster.unit_name(part.unit) for part in item.assisting)
    about = f"{case.world.roster.unit_name(item.lead or '')}主办，" + (f"{assisting}协办，" if assisting else "")
    return Change(item, about=f"{about}时限 {item.due}")


def unreachable(case: Case, unit: str, field: str) -> Refusal | None:
    """Refuse a unit that is none, or that has nobody to receive, review and consent (2-4, 2-6)."""
    roster = case.world.roster
    if unit not in roster.units:
        return case.refuse("R-07", f"花名册里没有单位“{unit}”；只能交各单位的办公室或秘书科。", clause="二", field=field)
    for role in _NEEDED_ROLES:
        if not roster.holders(role, unit, case.at.date()):
            reason = f"{roster.unit_name(unit)}在花名册上没有现任{role_label(role)}。"
            return case.refuse("R-08", reason, "请先补齐花名册。", clause="二", field=field)
    return None


def refuse_date(case: Case, given: Given, name: str, label: str, rule: str) -> Refusal | None:
    """Refuse a deadline that lies behind or is not worked; the way out names the workday before it (2-10)."""
    day, today = date.fromisoformat(given.text(name)), case.at.date()
    if day < today:
        return case.refuse(rule, f"{label} {day} 早于今天 {today}。", clause="二", field=name)
    if off := case.world.calendar.day_off(day):
        way_out = f"请改为前一个工作日 {max(case.world.calendar.previous(day), today)}。"
        return case.refuse(rule, f"{label} {day} 是{off}，不是工作日。", way_out, clause="二", field=name)
    return None


def _source(given: Given) -> Source:
    return Source(*(given.text(name) for name in ("source_level", "source_kind", "source_organ", "source_ref", "received")))


def _suggestion(given: Given) -> Suggestion | None:
    if "proposer" not in given:
        return None
    return Suggestion(given.text("proposer"), given.text("session"), given.text("suggestion_number"), given.maybe("suggestion_role"))


def _instruction(given: Given) -> Instruction:
    return Instruction(given.text("instruction_by"), given.text("instruction_at"), given.text("instruction"))


def _amended(case: Case, given: Given) -> tuple[Item, tuple[str, ...]]:
    """The item with the facts given, and the places where it now differs."""
    facts = {wanted.at: given.values[wanted.name] for wanted in case.spec.inputs if wanted.name != "reason" and wanted.name in given}
    own = {at: value for at, value in facts.items() if "." not in at and getattr(case.before, at) != value}
    source = {at: value for at, value in facts.items() if "." in at and getattr(case.before.source, _last(at)) != value}
    item: Item = replace(case.before, **own)  # type: ignore[arg-type]
    item = replace(item, source=replace(item.source, **{_last(at): value for at, value in source.items()}))  # type: ignore[arg-type]
    return item, tuple(at for at in facts if at in own or at in source)


def _last(at: str) -> str:
    return at.rsplit(".", 1)[-1]
