"""What a reviewer is pointed to: apt on the reports that were returned, silent on those that were accepted, and never a number leaks."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.demo import steps
from records.matter.changes import Point
from records.matter.item import Item, UnitPart
from records.matter.prose import normalise
from records.matter.report import Report, Shell
from records.rules.report_flags import Flag, flags
from schema.text import show
from tests.bureau import Matter, roster

ROSTER = roster()
DRAFTED = Matter().until("review_report").item
GOOD = "9月1日起，交通警察支队会同城关分局在三所学校查处货车23起。"


def item_with(
    body: str, *, points: tuple[str, ...] = (), assisting: tuple[str, ...] = (), title: str = "报告", attachments: tuple[str, ...] = ()
) -> Item:
    assert DRAFTED is not None
    assert DRAFTED.report is not None
    report = replace(DRAFTED.report, title=title, body=normalise(body), attachments=attachments)
    units = (UnitPart("JJ", "lead"), *(UnitPart(unit, "assisting") for unit in assisting))
    return replace(DRAFTED, points=tuple(Point(text) for text in points), units=units, report=report)


def look(item: Item, *others: tuple[str, str]) -> tuple[Flag, ...]:
    return flags(item, others, ROSTER.unit_name)


def kinds(body: str, points: tuple[str, ...] = (), assisting: tuple[str, ...] = (), *others: tuple[str, str]) -> set[str]:
    return {flag.kind for flag in look(item_with(body, points=points, assisting=assisting), *others)}


@dataclass
class Told:
    """One submission of the demo's stories, and whether it was returned."""

    item: Item
    round: int
    reasons: tuple[str, ...] = ()


def submissions() -> Iterator[Told]:
    """Yield the submissions that have a text, with the item's title, points and units as they were."""
    titles: dict[str, str] = {}
    proposed: dict[str, Item] = {}
    found: dict[str, list[Told]] = {}
    for step in steps():
        told = dict(step.inputs)
        if step.act == "register":
            titles[step.target] = str(told.get("title", "涉密事项"))
        elif step.act == "propose":
            points, assisting = told["points"], told.get("assisting", [])
            assert isinstance(points, list)
            assert isinstance(assisting, list)
            item = item_with("", points=tuple(point["text"] for point in points), assisting=tuple(assisting))
            proposed[step.target] = replace(item, id=step.target, title=titles[step.target])
        elif step.act == "draft_report":
            now = proposed[step.target]
            attachments = told.get("attachments", [])
            assert isinstance(attachments, list)
            draft = item_with(str(told["body"]), title=str(told["title"]), attachments=tuple(attachments)).report
            proposed[step.target] = replace(now, report=draft)
        elif step.act == "submit":
            rounds = found.setdefault(step.target, [])
            rounds.append(Told(proposed[step.target], len(rounds) + 1))
        elif step.act == "return_report":
            reasons = told["reasons"]
            assert isinstance(reasons, list)
            found[step.target][-1].reasons = tuple(reasons)
    for rounds in found.values():
        yield from (each for each in rounds if each.item.report and each.item.report.body)


ROUNDS = tuple(submissions())
BODIES = tuple((each.item.id, each.item.report.body) for each in ROUNDS if each.item.report)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ("DB-2026-0012", {"point", "figures", "empty", "measures", "assisting"}),
        ("DB-2026-0035", {"vague", "measures", "assisting"}),
        ("DB-2026-0042", {"point", "figures"}),
        ("DB-2026-0093", {"point", "figures", "vague", "assisting"}),
        ("DB-2026-0118", {"point", "figures", "empty", "measures", "assisting"}),
        ("DB-2026-0156", {"point", "assisting"}),
        ("DB-2026-0194", {"point", "figures", "vague", "measures", "assisting"}),
    ],
)
def test_a_first_round_that_was_returned_for_its_contents_is_flagged_for_them(item: str, expected: set[str]) -> None:
    told = next(each for each in ROUNDS if each.item.id == item and each.round == 1)
    assert {"R1", "R2", "R3"} & set(told.reasons)
    assert {flag.kind for flag in look(told.item, *BODIES)} == expected


def test_accepted_reports_pass_in_silence_but_one_that_indeed_names_none_of_the_assisting_units() -> None:
    accepted = {each.item.id: {flag.kind for flag in look(each.item, *BODIES)} for each in ROUNDS if not each.reasons}
    assert len(accepted) == 13
    assert {item: found for item, found in accepted.items() if found} == {"DB-2026-0151": {"assisting"}}


def test_a_second_round_is_flagged_for_what_it_still_lacks() -> None:
    told = {(each.item.id, each.round): [flag.text for flag in look(each.item, *BODIES)] for each in ROUNDS}
    assert told["DB-2026-0118", 2] == ["第5项要求“向来信人反馈”在报告中找不到对应内容。"]
    assert told["DB-2026-0194", 2] == [
        "第5项要求“责任所队和时限”在报告中找不到对应内容。",
        "“推动21个小区增设车棚和监控；加装防盗装置50…”没有写明责任单位（人）和完成时限。",
    ]


@pytest.mark.parametrize(
    ("point", "body", "met"),
    [
        ("向来信人反馈", "9月5日当面反馈，来信人表示满意。", True),
        ("向来信人反馈", "来信反映的三所学校已查实。", False),
        ("打处成效", "打掉团伙14个。", True),
        ("打处成效", "检查场所14家。", False),
        ("情况", "三所学校已查实。", True),  # a point of which nothing is left cannot be missed
        ("群众来信", "群众已走访23人。", True),  # words of the title alone, but more than a quarter of them
    ],
)
def test_a_point_is_met_by_its_own_words(point: str, body: str, met: bool) -> None:
    assert ("point" not in kinds(body, (point,))) is met


@pytest.mark.parametrize(
    ("body", "has"),
    [
        ("全部整改到位。", False),
        ("10月份，按第3项要求，依兰公办〔2026〕14号，9月1日7时20分起整改。", False),
        ("加强110接处警工作，宣传96110。", False),
        ("1. 组织领导。\n\n2. 整改到位。", False),
        ("三个方面整改到位。", False),
        ("查处19起。", True),
        ("回访比例１１．０％。", True),
        ("三所学校整改到位。", True),
        ("抽查110条复访录音。", True),
    ],
)
def test_dates_and_names_are_no_figures(body: str, has: bool) -> None:
    assert ("figures" not in kinds(body)) is has


@pytest.mark.parametrize(
    ("body", "flagged"),
    [
        ("破案若干起。查处19起。", True),
        ("部分派出所未达标。", True),
        ("部分派出所（7个）未达标。", False),
    ],
)
def test_vague_quantities_count_only_without_a_number(body: str, flagged: bool) -> None:
    assert ("vague" in kinds(body)) is flagged


def test_empty_phrases_count_only_where_they_dominate() -> None:
    empty = "支队高度重视，第一时间研究部署，坚决消除隐患。"
    assert [flag.text for flag in look(item_with(f"{empty}查处19起。")) if flag.kind == "empty"] == [
        "空泛用语4处，占了大半篇幅：“高度重视”、“第一时间”、“研究部署”、“坚决”。例如“高度重视”应写明谁在何日开了什么会、定了什么事。"
    ]
    assert "empty" not in kinds(empty + GOOD * 3)
    assert "empty" not in kinds("支队高度重视，9月1日至3日查处19起，第一时间、坚决整改。")


@pytest.mark.parametrize(
    ("body", "flagged"),
    [
        ("查处19起。下一步，我支队将加大力度。", True),
        ("查处19起。下一步，各派出所将加大力度。", True),
        ("查处19起。下一步我支队将加大力度，推动各派出所落实。", True),
        ("下一步，由城关交警大队查处。", False),
        ("下一步，12月10日前完成清零。", False),
        ("今后每学期勘查一次。", False),
        ("# 四、防范措施。\n推动21个小区增设车棚。\n\n加装防盗装置5000辆。", True),
        ("# 四、防范措施。\n推动21个小区增设车棚。\n\n12月底前由西站派出所加装5000辆。", False),
        ("# 四、防范措施。\n\n## （一）车棚。\n增设21个。", False),
        ("# 三、打击情况。\n采取刑事强制措施37人。", False),
        ("四、防范措施：增设车棚21个。", True),
        ("# 一、查实情况。\n三所学校属实。\n\n# 二、措施。\n增设车棚。\n\n# 三、反馈。\n9月5日由城关交警大队反馈。", True),
    ],
)
def test_measures_want_a_unit_or_a_date(body: str, flagged: bool) -> None:
    assert ("measures" in kinds(body)) is flagged


@pytest.mark.parametrize(
    ("units", "body", "flagged"),
    [
        ((), "查处19起。", False),
        (("CG", "ZA"), "查处19起。", True),
        (("CG", "ZA"), "治安形势平稳，查处19起。", True),
        (("CG",), "城关交警大队查处19起。", False),
        (("XJ",), "刑警支队派员指导。", False),
        (("KX",), "科信处7月20日完成接口联调。", False),
        (("YZ",), "榆中县局负责的2条。", False),
        (("CG", "ZA"), "两家协办意见附后。", False),
    ],
)
def test_assisting_units_are_known_by_the_names_that_officials_use(units: tuple[str, ...], body: str, flagged: bool) -> None:
    assert ("assisting" in kinds(body, (), units)) is flagged


def test_an_attachment_may_answer_a_point_and_name_the_assisting_unit() -> None:
    item = item_with(GOOD, points=("答复函代拟稿",), assisting=("AN",), attachments=("答复函代拟稿", "安宁分局意见"))
    assert look(item) == ()


def test_a_text_copied_from_another_item_is_named_and_its_own_earlier_round_is_not() -> None:
    told = next(each for each in ROUNDS if each.item.id == "DB-2026-0066")
    assert told.item.report is not None
    body = told.item.report.body
    copied = re.sub(r"\d", "8", body)  # the usual copy: the same words, other figures
    unlike = tuple((f"DB-2026-9{n:03}", text * 4) for n, (_, text) in enumerate(BODIES) if text != body)
    found = [
        flag.text
        for flag in look(told.item, *unlike, ("DB-2026-0300", copied), ("DB-2026-0301", GOOD * 9 + body))
        if flag.kind == "similar"
    ]
    assert len(found) == 2
    assert found[0].startswith("全文与 DB-2026-0301 的报告雷同，100%")
    assert re.match(r"全文与 DB-2026-0300 的报告雷同，[789]\d%", found[1])
    assert look(told.item, ("DB-2026-0066", body)) == ()
    assert look(told.item, ("DB-2026-0300", body[: len(body) // 2])) == ()


def test_a_report_of_one_sentence_is_like_nothing() -> None:
    assert "similar" not in kinds("已办结。", (), (), ("DB-2026-0300", "已办结。"))


def test_nothing_is_said_of_a_report_on_paper_or_of_none() -> None:
    item = item_with("", points=("无关要求",), assisting=("CG",))
    assert item.report is not None
    assert look(replace(item, report=Report(title="报告", shell=Shell("paper", 3, "a" * 64), rounds=item.report.rounds))) == ()
    assert look(replace(item, report=None)) == ()


@pytest.mark.parametrize(
    ("text", "label", "place"),
    [
        ("持卡人张某（62010219900101123X）。", "公民身份号码", "正文第2段"),
        ("持卡人张某（620102 19900101 1234）。", "公民身份号码", "正文第2段"),
        ("来信人电话１３８００１３８０００。", "手机号码", "正文第2段"),
        ("来信人电话138-0013-8000。", "手机号码", "正文第2段"),
        ("金额12345678901元，条码1380013800012。", "", ""),
        ("账号6201021990010112345。", "", ""),
    ],
)
def test_identity_and_telephone_numbers_are_pointed_to_and_not_repeated(text: str, label: str, place: str) -> None:
    found = [flag.text for flag in look(item_with(f"{GOOD}\n\n{text}")) if flag.kind == "sensitive"]
    assert len(found) == bool(label)
    if label:
        assert found[0].startswith(f"{place}疑似有{label}1处（")
        assert not re.search(r"\d{3}", found[0])


NUMBERS = st.one_of(
    st.from_regex(r"[1-6][0-9]{16}[0-9X]", fullmatch=True),
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
)
# A sign that no screen may show is told by its code, whose digits are not the number's.
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Nd", "No", "Nl"]), max_size=30).filter(
    lambda words: not re.search(r"\d", show(words))
)


@given(NUMBERS, WORDS, WORDS, st.sampled_from(["body", "title", "attachment", "point", "measure"]))
def test_no_flag_repeats_a_number_wherever_it_stands(number: str, before: str, after: str, where: str) -> None:
    text = f"{before}：{number}。{after}"
    item = item_with(
        {"body": text, "measure": f"下一步，{text}"}.get(where, "已办结。"),
        title=text if where == "title" else "报告",
        points=(text,) if where == "point" else (),
        attachments=(text,) if where == "attachment" else (),
    )
    found = look(item)
    assert not any(number[start : start + 4] in flag.text for flag in found for start in range(len(number) - 3))
    assert where == "point" or any(flag.kind == "sensitive" for flag in found)


@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=4), st.text(max_size=60), st.text(max_size=300))
def test_any_text_is_read_and_every_flag_is_one_safe_line(body: str, points: list[str], name: str, other: str) -> None:
    item = item_with(GOOD, points=tuple(points), assisting=("CG",), title=name, attachments=(name,))
    assert item.report is not None
    for text in (body, normalise(body)):
        found = look(replace(item, report=replace(item.report, body=text)), ("DB-2026-0300", other), ("DB-2026-0301", text))
        assert all(flag.text == show(flag.text) for flag in found)
