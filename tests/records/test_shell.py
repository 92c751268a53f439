"""Of a classified matter only the shell is kept: no act takes a text of it, whatever the form holds (R-29; domain Q22, D-16)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from records.acts import Outcome, Refusal, form, perform
from records.matter.item import Item, Secrecy, signatures
from records.matter.plain_data import from_data, to_data
from records.procedure.shell import in_the_shell, scrubbed, shell, texts_of
from schema.tables import acts, checker
from tests.bureau import OUTGOING, POLICY, REGISTER, SECRET, SHELL_STORY, STORY, Matter, at
from tests.records.filling import filled

LEAK = "李某藏匿地点"
# What a person writes of a classified matter all the same: whose paper, which number, on what carrier, to whom (schema/shell.yaml).
NAMED = {
    "source_organ", "source_ref", "instruction_by", "meeting_number", "meeting_clause", "proposer", "session", "suggestion_number",
    "to", "notice_to", "carrier", "digest",
    "ledger", "number", "row",  # the place in another ledger
    "basis",  # of 定密 itself; an adjustment's is a text
}  # fmt: skip
PAPER = {"carrier": "机要柜3号", "pages": 2, "digest": "登记摘要1"}


def before(act: str) -> Matter:
    """A classified matter as it stands before a step of its story."""
    return Matter().until(act, SHELL_STORY)


def at_the_end() -> Matter:
    """A classified matter that went all the way."""
    matter = Matter()
    for act, by, inputs in SHELL_STORY:
        matter.do(act, by, **inputs)
    return matter


def fixed(place: str, words: str) -> bool:
    """Whether a text at a place of a record is one that the program writes there, or no text of the matter."""
    if place in shell().kept | shell().suggested:
        return True
    wanted = (shell().words.get(place, shell().otherwise).format(copy_number="000123", n=n) for n in range(1, 9))
    return words.strip() in wanted


def takes(act: str, name: str) -> list[object]:
    """What free texts an input takes by its form: a text, a list of them, a list of rows that hold one."""
    schema, found = form(act).at((name,)), form(act)
    items = schema.get("items")
    inner = items.get("properties", {}) if isinstance(items, Mapping) else {}
    tried = [LEAK, [LEAK], [dict.fromkeys(items.get("required", ["text"]), LEAK)] if inner and isinstance(items, Mapping) else None]
    return [value for value in tried if value and not [each for each in found.problems({name: value}) if each.field[:1] == (name,)]]


def test_no_act_takes_a_text_of_a_classified_matter() -> None:
    """All acts, all inputs: what a form would take as free text is refused, but where it names a paper or a person."""
    matter, secrecy = at_the_end(), Secrecy("secret", 1, "000123")
    seen, open_ = 0, set()
    for spec in acts().values():
        if spec.target == "numbers" or spec.who[0].role == "system" or spec.name in ("write_roundup", "approve_roundup", "draft_roundup"):
            continue  # not about one matter
        for wanted in spec.inputs:
            for value in takes(spec.name, wanted.name):
                _, problems = in_the_shell(spec, form(spec.name), {"series": "special", wanted.name: value}, secrecy, matter.item)
                seen += 1
                if not problems:
                    open_.add((spec.name, wanted.name))
    assert seen > 80
    assert {name for _, name in open_} == NAMED
    assert {act for act, name in open_ if name == "basis"} == {"classify"}


def test_every_place_that_the_shell_names_is_a_text_of_the_record() -> None:
    for place in (*shell().words, *shell().kept, *shell().suggested, *shell().needed):
        path: tuple[str | int, ...] = ()
        for part in place.split("."):
            path = (*path, part)
            if "items" in checker("item").at(path):
                path = (*path, 0)
        assert checker("item").at(path), place


def test_a_classified_matter_goes_all_the_way_as_a_shell() -> None:
    matter = at_the_end()
    assert matter.item is not None
    assert (matter.item.state, matter.item.title) == ("archived", "涉密事项（份号000123）")
    assert [each.text for each in matter.item.points] == ["（见纸质件第1项）", "（见纸质件第2项）"]
    assert matter.item.instructions[0].text.strip() == "（涉密，内容见纸质批示件）"
    assert [(place, words) for place, words in texts_of(to_data(matter.item)) if not fixed(place, words)] == []
    out, report = matter.item.outgoing, matter.item.report
    assert out is not None
    assert report is not None
    assert (out.number, out.on_paper, out.title, out.body.strip()) == ("兰公办〔2026〕1号", True, "涉密公文（份号000123）", "见纸质件")
    assert (out.signature is not None, report.shell and report.shell.carrier) == (True, "机要柜3号")


@pytest.mark.parametrize("at", [act for act, _, _ in SHELL_STORY][1:])
def test_whoever_types_a_text_into_any_act_open_to_him_is_refused(at: str) -> None:
    """At each step of the way, each act that is open to somebody, each text of it."""
    matter, tried = before(at), 0
    item, day = matter.item, matter.now.date()
    assert item is not None
    for spec in (each for each in acts().values() if each.target == "item" and item.state in each.from_states):
        bodies = [(who.role, body) for who in spec.who for body in matter.roster.bodies(who, item) if who.role != "system"]
        people = dict.fromkeys(each.person for role, body in bodies for each in matter.roster.standings(role, body, day))
        lawful = {name: value for name, value in filled(spec.name, matter, "").items() if value and not takes(spec.name, name)}
        for wanted in spec.inputs:
            for value in takes(spec.name, wanted.name) if wanted.name not in NAMED else ():
                for person in people:
                    found = matter.try_(spec.name, person, **{**lawful, wanted.name: value})
                    assert isinstance(found, Refusal), (spec.name, wanted.name)
                    tried += 1
    assert tried


def test_the_refusal_says_what_the_system_writes_and_where_the_text_belongs() -> None:
    refusal = before("read").refused("read", "L03", decision="agree", text="请从速办理。")
    assert (refusal.rule, refusal.problems[0].field) == ("R-29", ("text",))
    assert "由系统写成“见纸质件”" in refusal.reason
    assert before("read").try_("read", "L03", decision="agree", text="见纸质件")
    matter = Matter()
    assert "常用" not in matter.refused("register", "BGS.clerk1", **{**REGISTER, **SECRET}).reason
    wrong = matter.refused("register", "BGS.clerk1", **{**REGISTER, **SECRET, "title": "", "instruction": "", "subtype": LEAK})
    assert "只能是：上级机关交办、上级领导批示" in wrong.reason


def test_a_work_secret_is_no_shell() -> None:
    assert Matter().do("register", "BGS.clerk1", **{**REGISTER, "work_secret": True}).title == REGISTER["title"]


def test_on_a_network_cleared_for_it_texts_are_written_here() -> None:
    matter = Matter(policy=replace(POLICY, full_text=True))
    matter.do("register", "BGS.clerk1", **{**REGISTER, **SECRET})
    for act, by, inputs in STORY[1:]:
        if act == "draft_report":
            paper = matter.refused("register_paper_report", by, title="报告", **PAPER)
            assert paper.rule == "R-29"
        matter.do(act, by, **inputs)
    assert matter.item is not None
    assert matter.item.outgoing is not None
    assert (matter.item.title, matter.item.outgoing.body.strip()) == (REGISTER["title"], OUTGOING["body"])
    assert matter.item.outgoing.on_paper is None


CLASSIFY: Mapping[str, object] = {**SECRET, "basis": "兰公密定〔2026〕3号"}


@pytest.mark.parametrize("n", range(1, len(STORY) + 1), ids=[act for act, _, _ in STORY])
def test_a_matter_classified_later_is_a_shell_from_then_on_and_goes_on(n: int) -> None:
    matter = Matter()
    for act, by, inputs in STORY[:n]:
        matter.do(act, by, **inputs)
    assert matter.item is not None
    signed = {each.place: each.signature.hash for each in signatures(matter.item)}
    state = matter.item.state
    item = matter.do("classify", "BGS.clerk1", **CLASSIFY)
    assert item.state == state
    assert [(place, words) for place, words in texts_of(to_data(item)) if not fixed(place, words)] == []
    assert {each.place: each.text for each in signatures(item)} == signed  # what was signed stays signed
    assert [each.series for each in item.withdrawn] == []
    for act, by, inputs in SHELL_STORY[n:]:
        given = {name: value for name, value in inputs.items() if not (act == "receive_paper" and name == "code")}
        matter.do(act, by, **given)
    assert matter.item.state == "archived"


# One lawful value for each place with a form of its own.
SAMPLES = (
    LEAK, "DB-2026-0118", "special", "JJ", "JJ.liaison", "sha256:" + "a" * 64, "000123", "a" * 40, "2026-09-01T09:00:00+08:00",
    "1234-5678-9abc", "DB-2026-0118-special.docx", "draft_report", "R1", "sshsig," + "a" * 40 + ",2026-09-01T09:00:00+08:00,AAAA",
)  # fmt: skip


def whole(path: tuple[str | int, ...] = ()) -> object:
    """A record in which every place of the schema is filled, with a leak wherever a text may stand."""
    schema = checker("item").at(path)
    if isinstance(properties := schema.get("properties"), Mapping):
        return {name: whole((*path, name)) for name in properties}
    if schema.get("type") == "array":
        return [whole((*path, 0))]
    if isinstance(values := schema.get("enum"), list):
        return values[-1]
    if schema.get("type") in ("integer", "boolean"):
        return 1 if schema["type"] == "integer" else True
    pattern, day = str(schema.get("pattern", "")), schema.get("format")
    wanted = {"date": "2026-09-01", "date-time": "2026-09-01T09:00:00+08:00"}.get(str(day))
    return wanted or next(each for each in SAMPLES if re.search(pattern, each))


def strings(data: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Every string of a record with its place, whatever the schema takes it for."""
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from strings(value, f"{place}.{name}".lstrip("."))
    elif isinstance(data, list | tuple):
        for value in data:
            yield from strings(value, place)
    elif isinstance(data, str):
        yield place, data


def test_of_whatever_can_stand_in_a_record_no_text_is_left() -> None:
    """Every place of the schema, also those that acts will fill one day."""
    found = from_data(whole(), Item)
    assert checker("item").problems(to_data(found)) == ()
    item = scrubbed(replace(found, secrecy=Secrecy("secret", 1, "000123")))
    assert checker("item").problems(to_data(item)) == ()
    assert [(place, words) for place, words in texts_of(to_data(item)) if not fixed(place, words)] == []
    assert {place for place, words in strings(to_data(item)) if LEAK in words} <= shell().kept
    assert set(item.withdrawn_files) == set(found.withdrawn_files)
    assert (item.report and item.report.hash, item.text_to_sign) == (found.report and found.report.hash, found.text_to_sign)


def test_why_a_number_of_it_is_void_is_not_told_either() -> None:
    matter = Matter().until("bureau_sign")
    matter.do("void_number", "BGS.registry", reason=LEAK)
    matter.do("classify", "BGS.clerk1", **CLASSIFY)
    (entry,) = matter.series["special"].entries
    assert (entry.status, entry.voided and entry.voided.reason) == ("void", "见纸质件")


def test_a_degree_is_given_once_within_the_law_and_never_taken_back() -> None:
    matter = Matter().until("dispatch")
    assert matter.refused("classify", "BGS.clerk1", **{**CLASSIFY, "secrecy": "none"}).rule == "R-28"
    assert matter.refused("classify", "BGS.clerk1", **{**CLASSIFY, "secrecy_years": 11}).rule == "R-28"
    assert matter.refused("classify", "BGS.director_in_charge", **CLASSIFY).reason
    found = matter.try_("classify", "BGS.clerk1", **CLASSIFY)
    assert isinstance(found, Outcome)
    assert "请告知安全保密管理员" in found.about
    matter.do("classify", "BGS.clerk1", **CLASSIFY)
    assert matter.refused("classify", "BGS.clerk1", **CLASSIFY).rule == "R-28"
    assert matter.refused("take_back", "BGS.clerk1", reason="见纸质件").rule == "R-32"


def test_a_digest_typed_like_a_hash_is_no_hash_of_a_text() -> None:
    item = before("register_paper_report").do("register_paper_report", "JJ.liaison", **{**PAPER, "digest": "sha256:abc"})
    assert item.report is not None
    assert item.report.hash != "sha256:abc"


def test_a_row_left_out_of_the_roundup_gives_no_reason_of_a_classified_matter() -> None:
    matter = before("register_paper_report")
    item = matter.item
    assert item is not None
    world, when = replace(matter.world, items=lambda since: (item,)), at("2026-10-08T09:00")
    drafted = perform(world, "draft_roundup", None, "BGS.clerk1", {}, when, target="2026-09")
    assert isinstance(drafted, Outcome)
    assert drafted.roundup is not None
    assert [row.title for row in drafted.roundup.rows] == ["涉密事项（份号000123）"]
    for reason, refused in ((LEAK, True), ("", False)):
        given = {"item": item.id, "reason": reason}
        found = perform(world, "omit_row", None, "BGS.clerk1", given, when, target="2026-09", roundup=drafted.roundup)
        assert isinstance(found, Refusal) == refused
