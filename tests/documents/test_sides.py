"""Counting lines and sides: where lines end, what keeps together, and that only arithmetic is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.layout.oxml import Block, Setting, Span
from documents.layout.profile import ruler, standard
from documents.layout.sides import Area, lay, line_ends

AREA = Area.of(standard())
LOOK = standard().type("text")


def block(text: str, **setting: object) -> Block:
    return Block(Setting(**setting), (Span(text, LOOK),), "Body")  # type: ignore[arg-type]


def lines(text: str, **setting: object) -> list[str]:
    ends = line_ends(block(text, **setting), AREA)
    return [text[start:end] for start, end in zip((0, *ends), ends, strict=False)]


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("督" * 28, [28]),
        ("督" * 29, [28, 29]),
        ("督" * 27 + "12" + "办", [29, 30]),
        ("督" * 28 + "，办", [27, 30]),
        ("督" * 28 + "。”办", [27, 31]),
        ("督" * 27 + "《办理》", [27, 31]),
        ("督" * 27 + "“办理”", [27, 31]),
        ("督" * 27 + "2026年", [27, 32]),
        ("督" * 25 + "，2026110年", [24, 34]),
        ("督" * 25 + "DB-2026-0118", [28, 37]),
        ("督" * 27 + "98％", [27, 30]),
        ("督" * 28 + "  办", [30, 31]),
        ("1" * 60, [57, 60]),
        ("，" * 40, [28, 40]),
        ("甲\n乙", [2, 3]),
        ("", [0]),
    ],
    ids=repr,
)
def test_a_line_takes_28_characters_and_ends_where_it_may(text: str, ends: list[int]) -> None:
    assert list(line_ends(block(text), AREA)) == ends


def test_indents_and_a_tab_leave_less_room() -> None:
    assert [len(line) for line in lines("督" * 60, first=2 * 315)] == [26, 28, 6]
    hanging = lines("附件：1.\t" + "督" * 60, left=2016, first=-1339)
    assert [line.count("督") for line in hanging] == [21, 21, 18]
    assert lines("督" * 60, tabs=(300,)) == ["督" * 60]


@given(st.text(alphabet="督办，。“”（）《》12aB ％-—…\n", max_size=200))
def test_no_character_is_lost_and_every_line_has_some(text: str) -> None:
    ends = line_ends(block(text), AREA)
    assert ends[-1] == len(text)
    assert list(ends) == sorted(set(ends))


def test_a_side_takes_22_lines() -> None:
    assert lay([block("督" * 28 * 22)], AREA).sides == ((0,) * 22,)
    assert lay([block("督" * 28 * 22)], AREA).left == (0,)
    assert lay([block("督" * 28 * 45)], AREA).sides == ((0,) * 22 + (1,) * 22 + (2,),)
    assert lay([block("督" * 28 * 22)], Area.of(ruler())).sides == ((0,) * 22,)


def test_white_and_lines_of_their_own_height_count() -> None:
    laid = lay([block("督", before=1000, after=500, line=720), block("督"), block("", rule=(12, "FF0000"), line=100)], AREA)
    assert laid.left == (12738 - 1000 - 500 - 720 - 579 - 100 - 30,)


@pytest.mark.parametrize(("above", "side"), [(19, 0), (20, 1)])
def test_what_keeps_to_what_follows_moves_with_it(above: int, side: int) -> None:
    laid = lay([block("督" * 28 * above), block("甲", keep=True), block("乙", keep=True), block("丙" * 56)], AREA)
    assert [sides[0] for sides in laid.sides[1:]] == [side] * 3
    assert laid.sides[3] == ((0, 1) if side == 0 else (1, 1))


def test_a_new_side_begins_where_it_is_asked_for() -> None:
    assert lay([block("甲"), block("乙", new_side=True)], AREA).sides == ((0,), (1,))


def test_the_first_side_may_be_lower_than_the_others() -> None:
    area = Area.of(standard(), 579 * 3)
    assert lay([block("督" * 28 * 5)], area).sides == ((0, 0, 0, 1, 1),)
    # Without a line grid, what is left over of the side counts.
    assert area.other == 12756
