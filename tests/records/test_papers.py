"""One paper makes one item, however its reference is typed; what cannot be told apart is asked about (1-0; R-02, D-7)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from records.acts import Outcome, Refusal
from records.index.index import Index
from records.matter.changes import Closing
from records.matter.item import Item, Meeting, Source
from records.matter.papers import Papers, is_unsure, paper_of
from records.register.register import NEW, Receipt, Register
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.repository import Repository
from records.store.store import Ident
from tests.bureau import NOW, REGISTER, Matter, roster, source_of

CLERK = "BGS.clerk1"
SAME = [  # one paper, as it may be typed; 甘办发〔2026〕1号 names its organ itself
    ("甘肃省公安厅", "甘办发〔2026〕1号"),
    ("甘肃省公安厅", "甘办发[2026]1号"),
    ("甘肃省公安厅", "甘办发（2026）1号"),
    ("甘肃省公安厅", "甘办发［２０２６］１号"),
    ("甘肃省公安厅", "甘办发【2026】1号"),
    ("甘肃省公安厅", "甘办发<2026>1号"),
    ("甘肃省公安厅", "甘办发 〔2026〕 1 号"),
    ("甘肃省公安厅", "甘办发〔2026〕\u30001号"),
    ("甘肃省公安厅", "甘办发〔2026〕—1号"),
    ("甘肃省公安厅", "甘-办-发〔2026〕1号"),
    ("省厅", "甘办发〔2026〕1号"),
    ("甘肃省公安厅办公室", "甘办发(2026)1号"),
]
OTHERS = [  # papers that are not that one, nor each other
    ("甘肃省公安厅", "甘办发〔2026〕11号"),
    ("甘肃省公安厅", "甘办发〔2025〕1号"),
    ("甘肃省公安厅", "甘公发〔2026〕1号"),
    ("甘肃省公安厅", "工作要点第1项"),
    ("兰州市公安局", "工作要点第1项"),
    ("甘肃省公安厅", "工作要点第2项"),
    ("甘肃省公安厅", ""),
    ("兰州市公安局", ""),
]
UNSURE = ["", "×", "甘办发〔2026〕×号", "第××期", "第XX期", "第x号", "第□号", "第＊期", "第__号", "— —", "甘办发〔2026〕✕号"]
SURE = ["甘办发〔2026〕1号", "DX通知第3号", "XJ-2026-11", "第1期"]


def item(organ: str, ref: str, number: str = "DB-2026-0118", **changed: object) -> Item:
    found = Matter().do("register", CLERK, **REGISTER)
    source = replace(found.source, organ=organ, ref=ref)
    return replace(found, id=number, source=source, **changed)  # type: ignore[arg-type]


def key(organ: str, ref: str) -> str:
    return paper_of(item(organ, ref)).key


@pytest.mark.parametrize(("organ", "ref"), SAME)
def test_a_reference_is_compared_without_width_brackets_blanks_and_dashes_and_with_a_year_without_its_organ(organ: str, ref: str) -> None:
    assert key(organ, ref) == key(*SAME[0])


def test_other_papers_stay_other_papers() -> None:
    keys = [key(*SAME[0]), *(key(*other) for other in OTHERS)]
    assert len(set(keys)) == len(keys)


def test_a_meetings_paper_is_told_by_meeting_and_clause() -> None:
    def of(number: str, clause: str, organ: str = "局长办公会", ref: str = "纪要", kind: str = "director_meeting") -> str:
        return paper_of(
            replace(item(organ, ref), source=Source("bureau", kind, organ, ref, "2026-08-31"), meeting=Meeting(number, clause))
        ).key

    first = of("2026年第7次局长办公会", "第4条")
    assert first == of("2026 年第７次局长办公会", "第４条", organ="办公室", ref="会议纪要〔2026〕7号")
    assert first not in (of("2026年第7次局长办公会", "第5条"), of("2026年第8次局长办公会", "第4条"))
    assert first != of("2026年第7次局长办公会", "第4条", kind="organ_assignment")


@pytest.mark.parametrize("ref", [*UNSURE, *SURE])
def test_what_cannot_be_told_from_another_paper_is_asked_about_and_what_can_is_refused(ref: str) -> None:
    assert is_unsure(item("省厅", ref)) == (ref in UNSURE)
    again = Matter(same="DB-2026-0100")
    first = again.refused("register", CLERK, **{**REGISTER, "source_ref": ref})
    assert (first.rule, "DB-2026-0100" in str(first)) == ("R-02", True)
    assert first.problems[0].field == (("another_paper",) if ref in UNSURE else ("source_ref",))
    confirmed = again.try_("register", CLERK, **{**REGISTER, "source_ref": ref, "another_paper": True})
    assert isinstance(confirmed, Outcome) == (ref in UNSURE)
    assert isinstance(Matter().try_("register", CLERK, **{**REGISTER, "source_ref": ref}), Outcome)


def test_a_correction_is_asked_too() -> None:
    matter = Matter().until("propose")
    matter.same = "DB-2026-0100"
    assert matter.refused("amend", CLERK, source_ref="甘办发〔2026〕1号", reason="更正。").rule == "R-02"
    assert "可能是同一来文" in matter.refused("amend", CLERK, source_ref="第××期", reason="更正。").reason
    corrected = matter.do("amend", CLERK, source_ref="第××期", another_paper=True, reason="已核对。")
    assert (corrected.source.another_paper, corrected.amendments[-1].fields) == (True, ("source.ref", "source.another_paper"))


def histories() -> Iterator[list[Item]]:
    """Yield what becomes of some items: each step is the item as it stands then."""
    papers = [SAME[0], SAME[3], SAME[10], OTHERS[0], OTHERS[3], OTHERS[6]]
    for seed in range(40):
        chance = Random(seed)
        ids = [f"DB-2026-{n:04}" for n in range(1, 8)]
        steps: list[Item] = []
        now: dict[str, Item] = {}
        for number in (chance.choice(ids) for _ in range(30)):
            state, closed = chance.choice(["in_progress", "concluded", "merged", "merged", "cancelled"]), None
            if state == "merged":
                closed = Closing("L03", NOW.isoformat(), reason="同一来文。", merged_into=chance.choice(ids))
            stands = now.get(number) or item(*chance.choice(papers), number)
            now[number] = replace(stands, state=state, closed=closed)
            steps.append(now[number])
        yield steps


def expected(now: dict[str, Item], wanted: str) -> str | None:
    """Return the oldest open item of a paper, as one would find it by hand."""
    found = []
    for start in (each for each in now.values() if paper_of(each).key == wanted):
        last: Item | None = start
        for _ in now:
            if last is None or last.state != "merged" or last.closed is None:
                break
            last = now.get(last.closed.merged_into or "")
        if last is not None and last.state == "in_progress":
            found.append(last.id)
    return min(found, default=None)


def test_index_replay_and_register_take_the_same_papers_for_one_also_those_of_merged_items(tmp_path: Path) -> None:
    wanted = [key(*each) for each in (*SAME, *OTHERS)]
    for place, steps in enumerate(histories()):
        papers = Papers()
        now: dict[str, Item] = {}
        for step in steps:
            papers.note(step)
            now[step.id] = step
            assert [papers.same_source(each) for each in wanted] == [expected(now, each) for each in wanted]
        if place % 10 == 0:  # the index needs a repository, which takes its time
            index = indexed(tmp_path / str(place), now)
            assert [index.same_source(each) for each in wanted] == [expected(now, each) for each in wanted]


def indexed(folder: Path, items: dict[str, Item]) -> Index:
    folder.mkdir()
    store, who = Repository.create(folder / "register.git"), Ident("督办", "duban@lzga", NOW)
    with store.writing() as transaction:
        transaction.commit({item_path(each.id): emit(each) for each in items.values()}, author=who, committer=who, message="手工")
    index = Index(folder / "index.sqlite", store)
    index.catch_up()
    return index


@pytest.fixture
def register(tmp_path: Path) -> Register:
    known = roster()
    return Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), NOW)


def entered(register: Register, organ: str, ref: str, **more: object) -> Receipt | Refusal:
    return register.act("register", NEW, CLERK, {**REGISTER, "source_organ": organ, "source_ref": ref, **more}, NOW)


def test_a_paper_is_registered_once_as_long_as_its_item_or_the_one_it_was_merged_into_is_open(register: Register) -> None:
    assert isinstance(entered(register, *SAME[0]), Receipt)
    assert isinstance(entered(register, *OTHERS[0]), Receipt)
    for organ, ref in SAME:
        refusal = entered(register, organ, ref)
        assert isinstance(refusal, Refusal)
        assert (refusal.rule, "DB-2026-0001" in str(refusal)) == ("R-02", True)
    merged = {"merged_into": "DB-2026-0002", "reason": "同一事项。"}
    assert isinstance(register.act("merge", "DB-2026-0001", "L03", merged, NOW), Receipt)
    refusal = entered(register, *SAME[1])
    assert isinstance(refusal, Refusal)
    assert "DB-2026-0002" in str(refusal)
    assert isinstance(register.act("cancel", "DB-2026-0002", "L03", {"reason": "上级撤回。"}, NOW), Receipt)
    assert isinstance(entered(register, *SAME[1]), Receipt)
    blank = {"instruction_by": None, "instruction_at": None, "instruction": None, **source_of("organ_assignment", 4)}
    assert isinstance(entered(register, "省厅", "", **blank), Receipt)
    asked = entered(register, "省厅", "", **blank)
    assert isinstance(asked, Refusal)
    assert isinstance(entered(register, "省厅", "", **blank, another_paper=True), Receipt)
    assert [str(problem) for _, problem in register.replay().problems() if problem] == []


def test_a_second_registration_of_a_merged_items_paper_does_not_replay(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    entered(register, *SAME[0])
    entered(register, *OTHERS[0])
    register.act("merge", "DB-2026-0001", "L03", {"merged_into": "DB-2026-0002", "reason": "同一事项。"}, NOW)
    monkeypatch.setattr(Index, "same_source", lambda index, key: None)
    assert isinstance(entered(register, *SAME[4]), Receipt)
    (problem,) = [str(problem) for _, problem in register.replay().problems() if problem]
    assert "同一来文" in problem
