"""The search of names that pickers and 人员 share: by characters, codes, and first letters of pinyin, surnames read as surnames."""

import pytest

from desk.finding import found, key

PEOPLE = (
    "顾拟宁（副局长）",
    "单拟法",
    "曾拟文",
    "解拟民",
    "仇拟安",
    "区拟海",
    "盖拟天",
    "查拟良",
    "尉迟拟恭",
    "万俟拟雅",
    "翟玥玥",
    "邵拟行 JJ.liaison s0118",
)
UNITS = ("交通警察支队\nJJ", "经济犯罪侦查支队\nJZ", "七里河分局\nQLH")


@pytest.mark.parametrize(
    ("typed", "whom"),
    [
        ("gnn", "顾"), ("snf", "单"), ("znw", "曾"), ("xnm", "解"), ("qna", "仇"), ("onh", "区"), ("gnt", "盖"), ("znl", "查"),
        ("ycng", "尉"), ("mqny", "万"), ("zyy", "翟"), ("nn", "顾"), ("ＧＮＮ", "顾"), ("s0118", "邵"),
        ("jj.l", "邵"), ("拟宁", "顾"), ("副局", "顾"),
    ],
)  # fmt: skip
def test_a_person_is_found_by_name_letters_number_and_login(typed: str, whom: str) -> None:
    keys = [key((each,)) for each in PEOPLE]
    assert [PEOPLE[place][0] for place in found(typed, keys)] == [whom]


def test_what_stands_there_comes_before_what_is_only_meant() -> None:
    keys = [key(each.split("\n")) for each in UNITS]
    assert [UNITS[place][:2] for place in found("jj", keys)] == ["交通", "经济"], "a code that is typed, then the letters of 经济"
    assert [UNITS[place][:2] for place in found("交警", keys)] == ["交通"]
    assert [UNITS[place][:2] for place in found("支队 jt", keys)] == ["交通"]
    assert found("", keys) == [0, 1, 2]
    assert found("qx", keys) == []
    numbers = [key((each, each[-4:])) for each in ("DB-2026-0027", "DB-2026-0207", "DB-2026-2070", "DB-2020-0007")]
    assert found("0207", numbers) == found("０２０７", numbers) == [1], "a number means its own alone"
    assert found("207", numbers) == [1, 2], "digits are no abbreviation"
    assert found("x" * 40, keys) == []


def test_letters_are_of_neighbours_and_all_of_one_text() -> None:
    keys = [key(("顾拟宁", "周拟柏"))]
    assert found("gn", keys) == [0]
    assert found("gnb", keys) == []
    assert found("gnzb", keys) == []
