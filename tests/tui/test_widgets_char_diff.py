"""What changed between two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.char_diff import changed, marked


def _read(old: str, new: str) -> list[str]:
    return [marked(line) for line in changed(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("经查，情况属实。\n", "经查，情况属实。\n", ["经查，情况属实。"], id="nothing"),
        pytest.param("抓获嫌疑人3名。\n", "抓获嫌疑人13名。\n", ["抓获嫌疑人[-3-]{+13+}名。"], id="a number stays whole"),
        pytest.param(
            "比例为3.5，见 report。\n", "比例为3.6，见 reports。\n", ["比例为[-3.5-]{+3.6+}，见 [-report-]{+reports+}。"], id="words too"
        ),
        pytest.param("甲走访了群众。\n", "甲走访群众。\n", ["甲走访[-了-]群众。"], id="one character out"),
        pytest.param("一致。\n", "一致。\n新增一句话。\n", ["一致。", "{+新增一句话。+}"], id="a sentence in"),
        pytest.param("删去的内容。\n一致。\n", "一致。\n", ["[-删去的内容。-]", "一致。"], id="a sentence out"),
        pytest.param(
            "天气晴。\n", "案件移送审查起诉完毕。\n", ["[-天气晴。-]", "{+案件移送审查起诉完毕。+}"], id="unlike sentences stand apart"
        ),
        pytest.param("甲句。\n乙句。\n", "甲句。\n\n乙句。\n", ["甲句。", "{+¶+}", "乙句。"], id="a paragraph divided"),
        pytest.param("甲句。\n\n乙句。\n", "甲句。\n乙句。\n", ["甲句。", "[-¶-]", "乙句。"], id="two paragraphs joined"),
        pytest.param("甲句。\n", "甲句。\n\n另起一段。\n", ["甲句。", "", "{+另起一段。+}"], id="a paragraph in"),
        pytest.param("", "甲句。\n", ["{+甲句。+}"], id="from nothing"),
        pytest.param("甲句。\n", "", ["[-甲句。-]"], id="to nothing"),
        pytest.param("", "", [], id="nothing at all"),
        pytest.param(
            "查看\x1b\u2028附件。\n", "查看附件。\n", ["查看[-␛⟨2028⟩-]附件。"], id="every character is visible, and only LF ends a line"
        ),
        pytest.param(
            "葛\U000e0100某。\n", "葛\U000e0101某。\n", ["[-葛\U000e0100-]{+葛\U000e0101+}某。"], id="a variant form is one character"
        ),
    ],
)
def test_reads_without_colour(old: str, new: str, expected: list[str]) -> None:
    assert _read(old, new) == expected


def test_each_sentence_meets_the_one_it_became() -> None:
    old = "经查，群众反映的问题属实。\n民警已上门回访。\n案件移送审查起诉。\n"
    new = "接报后立即部署。\n经查，群众所反映的问题基本属实。\n案件已移送审查起诉。\n"
    assert _read(old, new) == [
        "{+接报后立即部署。+}",
        "经查，群众{+所+}反映的问题{+基本+}属实。",
        "[-民警已上门回访。-]",
        "案件{+已+}移送审查起诉。",
    ]


def test_two_changes_with_one_character_between_read_as_one_but_a_comma_divides() -> None:
    assert _read("已经依法处理完毕并上报。\n", "均经从法处理完毕并上报。\n") == ["[-已经依-]{+均经从+}法处理完毕并上报。"]
    assert _read("处罚甲，教育乙，一并报告。\n", "处罚丙，教育丁，一并报告。\n") == ["处罚[-甲-]{+丙+}，教育[-乙-]{+丁+}，一并报告。"]


def test_a_character_that_is_everywhere_is_still_compared() -> None:
    run = "的" * 150
    assert (
        marked(changed(f"甲{run}办事{run}乙\n", f"丙{run}工作{run}丁\n")[0]) == f"[-甲-]{{+丙+}}{run}[-办事-]{{+工作+}}{run}[-乙-]{{+丁+}}"
    )


def test_hostile_lengths_end_as_replaced_whole() -> None:
    one, other = "甲" + "的" * 60_000 + "乙", "丙" + "的" * 59_000 + "丁"
    assert changed(one, other) == [[("old", one), ("new", other)]]
    many, more = "同样。\n不同。\n" * 40_000, "不同。\n同样。\n" * 40_000
    assert len(changed(many, more)) > 80_000


_TEXTS = st.lists(st.text("的了甲乙，3.5a \x1b\u2028\r", max_size=12).filter(bool), max_size=8).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


@given(_TEXTS, _TEXTS)
def test_both_texts_can_be_read_back(old: str, new: str) -> None:
    lines = changed(old, new)
    for kind, text in (("old", old), ("new", new)):
        read = ["".join(piece for what, piece in line if what in {"same", kind}) for line in lines]
        assert [line for line in read if line] == text.split("\n")[:-1]
