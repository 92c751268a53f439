"""A counter that was carried in wrongly is put right until a number after it is issued; its texts take new numbers at once (D-9)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from records.acts import Outcome, Refusal
from records.matter.item import Item
from records.matter.numbers import NumberEntry, NumberSeries
from records.register.register import NEW, Receipt, Register
from records.store.receipt import contents
from tests.bureau import NOW, STORY, as_read, roster

REGISTRY = "BGS.registry"
SPECIAL, REPORT = "special", "JJ.report"
FIRST, SECOND = "DB-2026-0001", "DB-2026-0002"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    known = roster()
    return Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), NOW)


def done(register: Register, act: str, target: str, by: str = REGISTRY, **inputs: object) -> Receipt:
    found = tried(register, act, target, by, **inputs)
    assert isinstance(found, Receipt), str(found)
    return found


def tried(register: Register, act: str, target: str, by: str = REGISTRY, **inputs: object) -> Receipt | Refusal:
    item = register.view().item(target) if target.startswith("DB-") else None
    return register.act(act, target, by, as_read(act, inputs, item), NOW)


def walked(register: Register, target: str, act: str) -> None:
    """Take a matter of its own as far as before an act."""
    for name, by, inputs in STORY:
        if name == act:
            return
        own = {"source_ref": f"群众来信摘报第{target[-1]}期"} if name == "register" else {}
        done(register, name, NEW if name == "register" else target, by, **{**inputs, **own})


def series(register: Register, name: str) -> NumberSeries:
    return register.view().numbers(name, 2026)


def numbers(register: Register, name: str) -> list[tuple[int, int | None, str]]:
    return [(entry.number, entry.through, entry.status) for entry in sorted(series(register, name).entries, key=lambda each: each.number)]


def item(register: Register, target: str) -> Item:
    found = register.view().item(target)
    assert found is not None
    return found


def faults(register: Register) -> list[str]:
    return [str(problem) for _, problem in register.replay().problems() if problem]


def reserved(register: Register, name: str, carried: int) -> None:
    """Carry a counter in and have two matters numbered after it."""
    done(register, "record_outside_numbers", name, through=carried, reason="启用时结转。")
    for target in (FIRST, SECOND):
        walked(register, target, "bureau_sign" if name == SPECIAL else "consent")


def written(register: Register, name: str) -> list[str]:
    """Return the numbers that the two matters bear."""
    found = (item(register, target) for target in (FIRST, SECOND))
    return [
        ((each.outgoing.number if each.outgoing else "") if name == SPECIAL else each.report.number if each.report else "") or ""
        for each in found
    ]


@pytest.mark.parametrize("name", [SPECIAL, REPORT])
def test_a_count_too_high_goes_back_and_what_was_numbered_after_it_is_numbered_anew(register: Register, name: str) -> None:
    reserved(register, name, 170)
    chars = series(register, name).chars
    assert written(register, name) == [f"{chars}〔2026〕171号", f"{chars}〔2026〕172号"]
    receipt = done(register, "correct_carry_in", name, through=17, reason="多打一个零。")
    assert f"{FIRST} 由{chars}〔2026〕171号改编{chars}〔2026〕18号" in receipt.outcome.about
    assert written(register, name) == [f"{chars}〔2026〕18号", f"{chars}〔2026〕19号"]
    assert numbers(register, name) == [
        (1, 17, "outside"),
        (18, None, "reserved"),
        (19, None, "reserved"),
        (171, None, "void"),
        (172, None, "void"),
    ]
    assert series(register, name).next == 20
    assert faults(register) == []
    for each in (FIRST, SECOND):
        assert item(register, each).state == ("awaiting_bureau_sign" if name == SPECIAL else "unit_reviewed")
        if name == SPECIAL:
            out = item(register, each).outgoing
            assert out is not None
            assert [gone.reason for gone in out.voided] == ["多打一个零。"]


@pytest.mark.parametrize("name", [SPECIAL, REPORT])
def test_a_count_too_low_takes_in_what_was_used_elsewhere(register: Register, name: str) -> None:
    reserved(register, name, 17)
    chars = series(register, name).chars
    done(register, "correct_carry_in", name, through=170, reason="少打一个零。")
    assert written(register, name) == [f"{chars}〔2026〕171号", f"{chars}〔2026〕172号"]
    wanted = [
        (1, 17, "outside"),
        (18, None, "outside"),
        (19, None, "outside"),
        (20, 170, "outside"),
        (171, None, "reserved"),
        (172, None, "reserved"),
    ]
    assert numbers(register, name) == wanted
    (gone, *_) = [entry for entry in series(register, name).entries if entry.number == 18]
    assert (gone.item, gone.reserved is not None, gone.voided is not None) == (FIRST, True, True)
    assert faults(register) == []


def test_the_matters_go_on_under_their_new_numbers_and_the_void_ones_are_never_taken(register: Register) -> None:
    reserved(register, SPECIAL, 20)
    done(register, "correct_carry_in", SPECIAL, through=19, reason="误登。")
    assert written(register, SPECIAL) == ["兰公办〔2026〕20号", "兰公办〔2026〕23号"]  # 21 and 22 are void and stay so
    assert series(register, SPECIAL).next == 24
    done(register, "bureau_sign", FIRST, "L01", text="同意。")
    assert faults(register) == []


def test_a_count_ahead_of_void_numbers_is_entered_up_to_them(register: Register) -> None:
    reserved(register, SPECIAL, 170)
    done(register, "correct_carry_in", SPECIAL, through=17, reason="误登。")
    refusal = tried(register, "record_outside_numbers", SPECIAL, through=175, reason="另有用号。")
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, "第171号已作废" in refusal.reason) == ("R-26", True)
    done(register, "record_outside_numbers", SPECIAL, through=170, reason="另有用号。")
    assert series(register, SPECIAL).next == 173
    assert faults(register) == []


def test_a_count_put_right_twice_is_the_count_that_was_carried_in_not_a_number_it_took_in(register: Register) -> None:
    reserved(register, SPECIAL, 17)
    done(register, "correct_carry_in", SPECIAL, through=19, reason="少打了。")
    assert numbers(register, SPECIAL) == [
        (1, 17, "outside"),
        *((n, None, "outside") for n in (18, 19)),
        *((n, None, "reserved") for n in (20, 21)),
    ]
    done(register, "correct_carry_in", SPECIAL, through=18, reason="又打多了。")
    assert [each for each in numbers(register, SPECIAL) if each[0] <= 21] == [
        (1, 17, "outside"),
        (18, None, "outside"),
        *((n, None, "void") for n in (19, 20, 21)),
    ]
    assert written(register, SPECIAL) == ["兰公办〔2026〕22号", "兰公办〔2026〕23号"]
    assert faults(register) == []


def test_a_count_goes_back_to_its_first_number(register: Register) -> None:
    done(register, "record_outside_numbers", SPECIAL, through=5, reason="结转。")
    done(register, "correct_carry_in", SPECIAL, through=1, reason="误登。")
    assert (numbers(register, SPECIAL), series(register, SPECIAL).next) == ([(1, 1, "outside")], 2)


def test_what_was_issued_after_it_leaves_a_count_as_it_is(register: Register) -> None:
    reserved(register, SPECIAL, 170)
    done(register, "bureau_sign", SECOND, "L01", text="同意。")
    refusal = tried(register, "correct_carry_in", SPECIAL, through=17, reason="误登。")
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, "兰公办〔2026〕172号已经签发" in refusal.reason) == ("R-26", True)


@pytest.mark.parametrize(
    ("name", "by", "through", "words"),
    [
        ("letter", REGISTRY, 5, "没有登记过结转号"),
        (SPECIAL, REGISTRY, 8, "登记的就是用到第8号"),
        (SPECIAL, REGISTRY, 4, "这一段从第6号起"),
        (SPECIAL, "BGS.clerk1", 7, "应由机要文书"),
        ("XX.report", REGISTRY, 7, "没有“XX.report”这个文号系列"),
    ],
)
def test_a_correction_that_corrects_nothing_is_refused(register: Register, name: str, by: str, through: int, words: str) -> None:
    done(register, "record_outside_numbers", SPECIAL, through=5, reason="结转。")
    done(register, "record_outside_numbers", SPECIAL, through=8, reason="另有用号。")
    refusal = tried(register, "correct_carry_in", name, by, through=through, reason="更正。")
    assert isinstance(refusal, Refusal)
    assert words in str(refusal)


@pytest.mark.parametrize("name", ["XX.report", "XX.request", "BGS.report", "JJ.nothing", "nothing", "JJ.special", "report"])
@pytest.mark.parametrize("act", ["record_outside_numbers", "record_void_number"])
def test_a_counter_is_of_a_unit_of_the_roster_that_numbers_its_own(register: Register, name: str, act: str) -> None:
    inputs: dict[str, object] = {"through": 3} if act == "record_outside_numbers" else {}
    refusal = register.act(act, name, REGISTRY, {**inputs, "reason": "结转。"}, NOW)
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, f"没有“{name}”这个文号系列" in refusal.reason) == ("R-26", True)


def test_a_correction_that_left_one_matter_with_its_void_number_does_not_replay(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserved(register, SPECIAL, 170)

    def half(outcome: Outcome) -> dict[str, bytes]:
        return {path: data for path, data in contents(outcome).items() if SECOND not in path}

    monkeypatch.setattr("records.register.acting.contents", half)
    done(register, "correct_carry_in", SPECIAL, through=17, reason="误登。")
    monkeypatch.undo()
    (fault,) = faults(register)
    assert f"{SECOND}.yaml" in fault


def test_the_matters_history_tells_of_it_and_nobody_takes_it_back(register: Register) -> None:
    reserved(register, SPECIAL, 170)
    done(register, "correct_carry_in", SPECIAL, through=17, reason="误登。")
    register.index.catch_up()
    assert register.index.history(FIRST)[-1].act == "correct_carry_in"
    later = register.act("take_back", FIRST, REGISTRY, {"reason": "撤回。"}, NOW + timedelta(minutes=1))
    assert isinstance(later, Refusal)


def test_numbers_run_on_over_what_lies_ahead() -> None:
    found = NumberSeries("special", 2026, "兰公办")
    assert (found.next, found.room) == (1, None)
    entries = [(1, 17), (171, None), (172, None), (18, None)]
    found = replace(found, entries=tuple(NumberEntry(first, "void", last) for first, last in entries))
    assert (found.next, found.room) == (19, 170)
