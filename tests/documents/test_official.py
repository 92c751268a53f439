"""How a title breaks into lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.layout.official_document import chars, title_lines
from documents.layout.profile import standard

TITLES = [
    "关于学校周边交通安全隐患整改情况的报告",
    "关于夏季治安打击整治行动 / 第一阶段工作情况的报告",
    "关于黄河风情线大型群众性 / 活动安全保卫工作情况的报告",
    "关于上半年电信网络诈骗 / 防控指标完成情况的报告",
    "关于省领导对学校周边交通 / 安全隐患群众来信的批示的报告",
    "关于2026年10月至12月落实 / 公安部“百日行动”工作部署情况的报告",
    "关于贯彻落实省公安厅进一步加强 / 和改进新形势下全省公安机关社会治安 / 防控体系建设工作会议精神暨夏季治安"
    " / 打击整治行动第一阶段工作情况的报告",
]


@pytest.mark.parametrize("shape", TITLES)
def test_titles_break_between_words_into_balanced_lines(shape: str) -> None:
    lines = shape.split(" / ")
    assert title_lines("".join(lines), 20, standard().words) == tuple(lines)


def test_the_drafters_own_breaks_stand() -> None:
    assert title_lines("关于甲\n某某某某的报告", 20, "") == ("关于甲", "某某某某的报告")


@given(st.text(alphabet="关于的报告工作情况公安局某甲乙、，《》（）“”1a·", min_size=1, max_size=90))
def test_no_title_loses_a_character_or_exceeds_its_line(title: str) -> None:
    lines = title_lines(title, 20, standard().words)
    assert "".join(lines) == title
    assert all(chars(line) <= 20 for line in lines)
