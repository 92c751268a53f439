"""The paper comes in: register, further instructions, corrections (一; 二)."""

from dataclasses import replace

from records.acts.days import refuse_ahead
from records.acts.rerouting import answered_otherwise, drawn_up_anew
from records.matter.changes import Amendment
from records.matter.item import Instruction, Item, Meeting, Reading, Secrecy, Source, Suggestion, UnitPart
from records.matter.papers import is_unsure, paper_of
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.input_places import within
from records.procedure.shell import is_shell_only, words_at
from records.procedure.table import TABLE
from records.rules.routes import kinds, lawful_kinds
from schema.tables import checker

_INSTRUCTION = ("instruction_by", "instruction_at", "instruction")
_WITH_LEADER = (*_INSTRUCTION, "instruction_leader")
_LEGAL_YEARS = {"top_secret": 30, "confidential": 20, "secret": 10}  # 保守国家秘密法 第二十条


@TABLE.gate("R-01", "register", "carry_in_item", "amend")
def kind_is_lawful_in_its_category(case: Case, given: Given) -> Refusal | None:
    """Each category has its kinds of source, and each kind its level (1-0, D-8)."""
    item = _entered(case, given)
    category, kind, level = item.category, item.source.kind, given.maybe("source_level")
    if _changed(case, item) and kind not in lawful_kinds(category):
        wanted = "或".join(f"“{_kind(each)}”" for each in lawful_kinds(category))
        own = "或".join(f"第{n}类" for n in kinds()[kind].categories)
        reason = f"第{category}类事项的来源类型应为{wanted}，“{_kind(kind)}”属于{own}。"
        return case.refuse("R-01", reason, f"请把来源类型改为{wanted}，或把类别改为{own}。", field="source_kind")
    if level is not None and level != kinds()[kind].level:
        right = checker("item").enum_label(("source", "level"), kinds()[kind].level)
        return case.refuse("R-01", f"来源类型“{_kind(kind)}”的来源层级是“{right}”。", "层级随来源类型，可以不填。", field="source_level")
    return None


@TABLE.gate("R-02", "register", "carry_in_item", "amend")
def one_item_a_source(case: Case, given: Given) -> Refusal | None:
    """One paper makes one item (1-0); what another ledger closed is no open one, and it told apart by number what has none of its own."""
    item = _entered(case, given)
    if case.spec.name == "carry_in_item" and (given.text("state") == "concluded" or is_unsure(item)):
        return None
    paper = paper_of(item)
    other = case.world.same_source(paper.key) if case.item is None or paper_of(case.item).key != paper.key else None
    if other is None or other == item.id:
        return None
    if not is_unsure(item):
        decided = item.meeting if item.source.kind == "director_meeting" else None
        told, field = (f"{decided.number}{decided.clause}", "meeting_clause") if decided else (item.source.ref, "source_ref")
        reason = f"同一来文“{told}”已经立项，事项编号 {other}，尚未办结。"
        return case.refuse("R-02", reason, f"请在 {other} 中补录批示，或核对来文编号。", field=field, there=other)
    if not item.source.another_paper:
        reason = f"来文没有编号或编号有×，与在办的 {other} 可能是同一来文。"
        way_out = f"是同一来文的，请在 {other} 中补录批示；确非同一来文的，请在“确非同一来文”中填“是”。"
        return case.refuse("R-02", reason, way_out, field="another_paper", there=other)
    return None


@TABLE.gate("R-01", "register", "carry_in_item", "amend")
def received_already(case: Case, given: Given) -> Refusal | None:
    """A paper cannot be registered before it came."""
    return refuse_ahead(case, given, "received", "收到日期", "R-01", "请照收文登记填写；来文还没有收到的，收到后再登记。")


@TABLE.gate("R-01", "register", "carry_in_item", "add_instruction", "amend")
def instructed_already(case: Case, given: Given) -> Refusal | None:
    """An instruction is words that a leader has written: none is of a day still to come (1-0)."""
    return refuse_ahead(case, given, "instruction_at", "批示日期", "R-01", "请照批示件上所署的日期填写；还没有批示的，批示后再录。")


@TABLE.gate("R-28", "amend")
def a_degree_is_neither_given_nor_taken_by_a_correction(case: Case, given: Given) -> Refusal | None:
    """What was typed wrongly of a degree is put right; whether there is one at all is no slip of the pen (D-11, D-16)."""
    was, now = case.before.secrecy, _entered(case, given).secrecy
    if was.level != "none" and now.level == "none":
        way_out = "误标的，请撤销本件后重新登记；解密的，按保密规定在纸质件上办理。"
        return case.refuse("R-28", "标有密级的事项，不能更正为没有密级。", way_out, field="secrecy")
    pairs = {"secrecy": (was.level, now.level), "secrecy_years": (was.years, now.years), "copy_number": (was.copy_number, now.copy_number)}
    if was.level == "none" and (changed := [name for name, (old, new) in pairs.items() if old != new]):
        return case.refuse("R-28", "本件登记时没有密级。", "登记以后定密的，请办理“定密”。", field=changed[0])
    return None


@TABLE.gate("R-28", "register", "carry_in_item", "amend", "classify")
def secrecy_in_bounds(case: Case, given: Given) -> Refusal | None:
    """A degree of secrecy has a period within the legal maximum and a copy number (annexes; 保守国家秘密法)."""
    secrecy = _entered(case, given).secrecy if case.spec.name == "amend" else _secrecy(given)
    if secrecy.level == "none":
        return None
    if secrecy.years is None:
        return case.refuse("R-28", "标有密级的事项没有写保密期限。", "请填写保密期限（年）。", field="secrecy_years")
    if secrecy.years > _LEGAL_YEARS[secrecy.level]:
        return case.refuse("R-28", f"保密期限超过法定最长期限 {_LEGAL_YEARS[secrecy.level]} 年。", field="secrecy_years")
    if secrecy.copy_number is None:
        return case.refuse("R-28", "标有密级的事项没有写份号。", "请填写六位份号。", field="copy_number")
    return None


@TABLE.gate("R-01", "register", "carry_in_item")
def instruction_whole(case: Case, given: Given) -> Refusal | None:
    """An instruction has its leader, its day and its words."""
    missing = [name for name in _INSTRUCTION if name not in given]
    if missing and any(name in given for name in _WITH_LEADER):
        return case.refuse("R-01", "批示的批示人、日期和内容应当一并填写。", field=missing[0])
    return None


@TABLE.gate("R-01", "register", "carry_in_item", "amend")
def a_leaders_instruction_has_its_words(case: Case, given: Given) -> Refusal | None:
    """What a leader instructed is registered with the instruction (D-8)."""
    item = _entered(case, given)
    if _changed(case, item) and "leader_instruction" in item.source.kind and not item.instructions:
        way_out = "请填写批示人、批示日期和批示内容。" if case.item is None else "请先补录批示。"
        field = "instruction" if case.item is None else "source_kind"
        return case.refuse("R-01", f"来源类型为“{_kind(item.source.kind)}”的，须有批示。", way_out, field=field)
    return None


@TABLE.gate("R-01", "register", "amend")
def a_bureau_leaders_instruction_says_whose_it_is(case: Case, given: Given) -> Refusal | None:
    """What a leader of the bureau asked for is shown to him in the end, so that it is known who he is (1-5)."""
    item = _entered(case, given)
    own = item.source.kind == "bureau_leader_instruction" and _changed(case, item)
    if own and not any(each.leader for each in item.instructions):
        reason = "没有写明是哪位本局领导的批示。"
        return case.refuse("R-01", reason, "请选批示的本局领导，办结后呈其本人阅。", field="instruction_leader")
    return None


@TABLE.gate("R-01", "register", "amend", "add_instruction")
def is_a_leader_of_the_bureau(case: Case, given: Given) -> Refusal | None:
    """Of the bureau's leaders one is named, nobody else (1-5)."""
    named, known = given.maybe("instruction_leader"), case.world.roster.leaders.people
    if named is not None and all(each.id != named for each in known):
        reason = f"{case.world.roster.name(named)}不是本局领导。"
        return case.refuse("R-01", reason, "请选本局领导；上级领导的批示不选。", field="instruction_leader")
    return None


@TABLE.gate("R-01", "register", "carry_in_item", "amend")
def a_meeting_or_suggestion_is_named(case: Case, given: Given) -> Refusal | None:
    """A meeting decision names meeting and clause, a suggestion its proposer, session and number (1-2, 1-7)."""
    item = _entered(case, given)
    wanted: dict[str, str] = {}
    if item.meeting is None and (item.source.kind == "director_meeting" or "meeting_number" in given or "meeting_clause" in given):
        wanted |= {"meeting_number": "会议次数", "meeting_clause": "纪要条目"}
    if item.suggestion is None and (item.category == 7 or "proposer" in given):
        wanted |= {"proposer": "提出人", "session": "届次", "suggestion_number": "编号"}
    missing = [name for name in wanted if name not in given]
    if not missing or not _changed(case, item):
        return None
    return case.refuse("R-01", f"没有填写{'、'.join(wanted[name] for name in missing)}。", "请一并填写。", field=missing[0])


@TABLE.act("register")
def register(case: Case, given: Given) -> Change:
    """Enter a matter with its one category and its source (1-0); whom and what day the paper itself names, the proposal goes on with."""
    lead = [UnitPart(given.text("lead"), "lead")] if "lead" in given else []
    units = (*lead, *(UnitPart(unit, "assisting") for unit in given.names("assisting")))
    item = replace(_entered(case, given), units=units, due=given.maybe("due"))
    return Change(item, about=item.title, words=given.maybe("instruction") or "")


@TABLE.act("add_instruction")
def add_instruction(case: Case, given: Given) -> Change:
    """Add a further instruction; those before it stay."""
    item = replace(case.before, instructions=(*case.before.instructions, _instruction(given)))
    return Change(item, about=f"{given.text('instruction_by')}批示", words=given.text("instruction"))


@TABLE.gate("R-01", "amend")
def the_instruction_corrected_is_named(case: Case, given: Given) -> Refusal | None:
    """Of several instructions the one that was typed wrongly is named (D-11)."""
    count = len(case.before.instructions)
    if not any(name in given for name in _WITH_LEADER):
        return None
    if count == 0:
        return case.refuse("R-01", "本件没有批示可以更正。", "请先补录批示。", field="instruction")
    if count > 1 and "which_instruction" not in given:
        return case.refuse("R-01", f"本件有{count}条批示。", "请写明更正第几条批示。", field="which_instruction")
    if _which(case, given) > count:
        return case.refuse("R-01", f"没有第{_which(case, given)}条批示，本件共{count}条。", field="which_instruction")
    return None


@TABLE.gate("", "amend")
def something_changes(case: Case, given: Given) -> Refusal | None:
    """An amendment amends."""
    if not _amended(case, given)[1]:
        return case.refuse("", "没有一项与原记录不同。", "请至少更正一项。")
    return None


@TABLE.act("amend")
def amend(case: Case, given: Given) -> Change:
    """Correct facts, with a reason; deadlines, units and signatures are not facts in this sense (2-2)."""
    item, fields = _amended(case, given)
    which = _which(case, given) if any(at.startswith("instructions") for at in fields) else None
    amendment = Amendment(**vars(case.stamp), reason=given.text("reason"), instruction=which, fields=fields)
    if item.state == "read" and item.reading and fields != ("need_to_know",):
        return _read_again(case, item, item.reading, amendment)
    item = replace(item, amendments=(*item.amendments, amendment))
    if answered_otherwise(case, item):
        return drawn_up_anew(case, item, given.text("reason"))
    # What was too small a matter to be read may be one no longer (三（一）1).
    state = "awaiting_reading" if item.state == "proposed" and case.policy.needs_reading(item) else item.state
    return Change(item, state, about=case.before.title, words=given.text("reason"))


def _entered(case: Case, given: Given) -> Item:
    """The matter with its facts as they would be entered, or corrected."""
    return _amended(case, given)[0] if case.item is not None else entered(case, given)


def entered(case: Case, given: Given) -> Item:
    """Return a matter with its facts as they are entered for the first time."""
    return Item(
        id=case.target,
        title=given.text("title"),
        category=given.number("category"),
        subtype=given.text("subtype"),
        source=Source(
            kinds()[given.text("source_kind")].level,
            given.text("source_kind"),
            given.text("source_organ"),
            given.maybe("source_ref") or "",
            given.text("received"),
            given.maybe("original"),
            given.values.get("another_paper") is True or None,
        ),
        meeting=_meeting(given),
        suggestion=_suggestion(given),
        external_due=given.maybe("external_due"),
        instructions=(_instruction(given),) if all(name in given for name in _INSTRUCTION) else (),
        importance=given.text("importance"),
        urgency=given.text("urgency"),
        secrecy=_secrecy(given),
        # Whoever registers a matter has to carry it on.
        need_to_know=tuple(dict.fromkeys((*given.names("need_to_know"), case.actor.person))) if "need_to_know" in given else (),
        state="registered",
        registered=case.stamp,
    )


def _secrecy(given: Given) -> Secrecy:
    years = given.number("secrecy_years") if "secrecy_years" in given else None
    return Secrecy(given.text("secrecy"), years, given.maybe("copy_number"), given.values.get("work_secret") is True or None)


def _meeting(given: Given) -> Meeting | None:
    named = "meeting_number" in given and "meeting_clause" in given
    return Meeting(given.text("meeting_number"), given.text("meeting_clause")) if named else None


def _suggestion(given: Given) -> Suggestion | None:
    if not all(name in given for name in ("proposer", "session", "suggestion_number")):
        return None
    return Suggestion(given.text("proposer"), given.text("session"), given.text("suggestion_number"), given.maybe("suggestion_role"))


def _instruction(given: Given) -> Instruction:
    return Instruction(
        given.text("instruction_by"), given.text("instruction_at"), given.text("instruction"), given.maybe("instruction_leader")
    )


def _read_again(case: Case, item: Item, reading: Reading, amendment: Amendment) -> Change:
    """What was read was not so: the reading is void, whose it was is said, and the matter is read again (D-11)."""
    whose = case.world.roster.name(reading.by)
    item = replace(item, reading=None, amendments=(*item.amendments, replace(amendment, read_again=True)))
    return Change(item, "awaiting_reading", about=f"{case.before.title}，{whose}的阅示失效，重新报阅", words=amendment.reason)


def _which(case: Case, given: Given) -> int:
    """Which instruction is corrected, from 1: the one that is named, or the only one."""
    return given.number("which_instruction") if "which_instruction" in given else 1


def _amended(case: Case, given: Given) -> tuple[Item, tuple[str, ...]]:
    """The item with the facts given, and the places where it now differs."""
    item, changed = case.before, []
    for wanted in case.spec.inputs:
        value = given.values.get(wanted.name)
        if value is None or wanted.at.startswith("amendments") or (value is False and not within(item, wanted.at)):
            continue
        found = _with_fact(item, wanted.at, tuple(value) if isinstance(value, list) else value, _which(case, given) - 1)
        if found != item:
            changed.append(wanted.at)
        item = found
    # A meeting or a suggestion that was not there before is whole or not there.
    item = replace(item, meeting=item.meeting or _meeting(given), suggestion=item.suggestion or _suggestion(given))
    changed += [wanted.at for wanted in case.spec.inputs if wanted.name in given and _came(case.before, item, wanted.at)]
    if "secrecy.copy_number" in changed and is_shell_only(item.secrecy, case.world.policy):
        item = replace(item, title=words_at("title", item.secrecy.copy_number))  # a text that was signed bears the number it bore then
    if "source.kind" in changed:
        item = replace(item, source=replace(item.source, level=kinds()[item.source.kind].level))  # it follows from the kind
    return item, tuple(changed)


def _came(before: Item, item: Item, at: str) -> bool:
    part = at.partition(".")[0]
    return part in ("meeting", "suggestion") and getattr(before, part) is None and getattr(item, part) is not None


def _with_fact(item: Item, at: str, value: object, instruction: int) -> Item:
    """The item with another value at a place; a part that is not there stays away."""
    part, _, name = at.partition(".")
    if not name:
        return replace(item, **{part: value})  # type: ignore[arg-type]
    if part == "instructions[0]":
        if instruction >= len(item.instructions):
            return item
        told = tuple(replace(each, **{name: str(value)}) if n == instruction else each for n, each in enumerate(item.instructions))
        return replace(item, instructions=told)
    held = getattr(item, part)
    return item if held is None else replace(item, **{part: replace(held, **{name: value})})


def _changed(case: Case, item: Item) -> bool:
    """Whether category or kind of source are new; what was entered under older rules stays as it was entered."""
    return case.item is None or (case.item.category, case.item.source.kind) != (item.category, item.source.kind)


def _kind(name: str) -> str:
    return checker("item").enum_label(("source", "kind"), name)
