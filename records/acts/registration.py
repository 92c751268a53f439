"""The paper comes in: register, further instructions, corrections (一; 二)."""

from dataclasses import replace

from records.matter.item import Amendment, Instruction, Item, Meeting, Secrecy, Source, Suggestion
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE

_LEGAL_YEARS = {"top_secret": 30, "confidential": 20, "secret": 10}  # 保守国家秘密法 第二十条


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
    state = "awaiting_reading" if item.state == "proposed" and case.policy.needs_reading(item) else item.state
    amendment = Amendment(**vars(case.stamp), reason=given.text("reason"), fields=fields)
    return Change(replace(item, amendments=(*item.amendments, amendment)), state, about=case.before.title, words=given.text("reason"))


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
