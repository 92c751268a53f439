"""What a field cannot hold is refused while one types, under the field's own name; what is only written wide is taken as meant."""

from datetime import date

import pytest

from desk.dates import as_date, spoken_date
from desk.forms import fields
from desk.limits import limit
from records.acts import Outcome, Refusal, form
from records.bureau.calendar import Calendar, CalendarYear
from records.register.register import Register
from schema.tables import acts
from schema.text import narrow
from tests.bureau import PROPOSE, REGISTER, Matter
from tests.tui.playing import NOW, playing

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "typed", ["2026-09-07", "２０２６－０９－０７", "2026/9/7", "２０２６年９月７日", "2026.9.7", "2026—9—7", " 2026 年 9 月 7 日 "]
)
def test_a_day_is_understood_however_wide_it_is_written(typed: str) -> None:
    assert as_date(typed, TODAY) == "2026-09-07"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("９－７", "2026-09-07"), ("９月７日", "2026-09-07"), ("3.5", "2027-03-05"), ("12/31", "2026-12-31"), ("1-5", "2027-01-05"),
        ("20260305", "2026-03-05"), ("５日", "2026-12-05"), ("27号", "2026-11-27"), ("31号", "2026-10-31"), ("11月27号", "2026-11-27"),
        ("今天", "2026-11-23"), ("明天", "2026-11-24"), ("后天", "2026-11-25"), ("昨天", "2026-11-22"), ("前天", "2026-11-21"),
        ("周五", "2026-11-27"), ("星期日", "2026-11-29"), ("周天", "2026-11-29"), ("下周一", "2026-11-30"), ("上周三", "2026-11-18"),
        ("月底", "2026-11-30"), ("月初", "2026-11-01"), ("下月10日", "2026-12-10"), ("下个月底", "2026-12-31"), ("年底", "2026-12-31"),
        ("+5工作日", "2026-11-30"), ("＋5", "2026-11-30"), ("-2", "2026-11-19"), ("3天后", "2026-11-26"), ("2周后", "2026-12-07"),
        ("2个工作日以前", "2026-11-19"), ("+3天", "2026-11-26"),
        ("下周", "下周"), ("13-45", "13-45"), ("2026-02-30", "2026-02-30"), ("下月31日", "2026-12-31"), ("99号", "99号"), ("", ""),
    ],
)  # fmt: skip
def test_a_day_is_understood_as_people_say_it_and_what_is_none_stays_as_typed(typed: str, meant: str) -> None:
    assert as_date(typed, TODAY) == meant
    if meant != typed:  # and goes into a field, whose limit would else stop it sign by sign
        held = limit("date", {})
        assert not held.refusal(held.narrowed(typed)), typed


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("下周五", "2026年12月4日，周五，工作日，还有9个工作日"),
        ("周六", "2026年11月28日，周六，不是工作日，还有4个工作日"),
        ("昨天", "2026年11月22日，周日，不是工作日，已过1个工作日"),
        ("上周三", "2026年11月18日，周三，工作日，已过3个工作日"),
        ("今天", "2026年11月23日，周一，工作日，今天"),
        ("元旦", ""),
    ],
)
def test_what_was_understood_is_said_with_its_weekday_and_whether_it_has_passed(typed: str, told: str) -> None:
    assert spoken_date(typed, Calendar({2026: CalendarYear(2026, "", False)}), TODAY) == told


def test_workdays_are_counted_by_the_register_s_own_calendar() -> None:
    calendar = Calendar({2026: CalendarYear(2026, "", False, workdays=("2026-11-28",))})
    assert as_date("+5", TODAY, calendar) == "2026-11-28"


@pytest.mark.parametrize("typed", ["60", "６０", "60%", "６０％", " 60 % "])
def test_a_percentage_is_a_number_however_it_is_written(typed: str) -> None:
    matter = Matter().until("report_progress")
    done = matter.try_("report_progress", "JJ.liaison", percent=typed, text="已查处19起。")
    assert isinstance(done, Outcome), str(done)
    assert done.item is not None
    assert done.item.progress[-1].percent == 60


def test_what_holds_no_chinese_is_written_narrow_in_the_record_and_a_sentence_stays_as_it_is() -> None:
    matter = Matter()
    item = matter.do(
        "register", "BGS.clerk1", **{**REGISTER, "category": "４", "received": "２０２６－０８－３１", "title": "第１号　批示"}
    )
    assert (item.category, item.source.received) == (4, "2026-08-31")
    assert item.title == "第１号　批示"
    item = matter.do("propose", "BGS.clerk1", **{**PROPOSE, "lead": "ＪＪ", "due": "２０２６－０９－０７", "feedback_cycle": "ｄａｉｌｙ"})
    assert (item.lead, item.due, item.feedback_cycle) == ("JJ", "2026-09-07", "daily")
    secret = Matter().refused(
        "register", "BGS.clerk1", **{**REGISTER, "title": "", "instruction": "", "secrecy": "secret", "secrecy_years": "１０年"}
    )
    assert "保密期限（年）" in secret.reason


def test_only_a_percentage_may_bear_its_sign() -> None:
    matter = Matter().until("receive_paper")
    refusal = matter.refused("receive_paper", "BGS.registry", pages="6%", copies="２")
    assert isinstance(refusal, Refusal)
    assert [problem.field for problem in refusal.problems] == [("pages",)]


def test_every_field_refuses_what_its_schema_would(demo: Register) -> None:
    """Whatever the limit of a field, a text one longer is refused, one of that length is not; the same for numbers."""
    seen: set[str] = set()
    for spec in acts().values():
        for field in fields(spec, None, demo.view(), NOW.date()):
            schema, bound = form(spec.name).at((field.name,)), field.limit
            if isinstance(most := schema.get("maxLength"), int):
                assert bound.refusal("字" * (most + 1)), (spec.name, field.name)
                assert not bound.refusal("字" * most), (spec.name, field.name)
                seen.add("length")
            if field.kind == "number":
                assert bound.refusal("六十"), (spec.name, field.name)
                highest = schema.get("maximum", 999_999_999)
                assert isinstance(highest, int)
                assert bound.refusal(str(highest + 1)), (spec.name, field.name)
                assert not bound.refusal(str(highest)), (spec.name, field.name)
                seen.add("number")
            if field.kind == "date":
                assert bound.refusal("下周二下班以前"), (spec.name, field.name)
                assert not any(bound.refusal(text) for text in ("2026-09-07", "9月7日", "明天", "2026年12月31日")), (spec.name, field.name)
                seen.add("date")
    assert seen == {"length", "number", "date"}
    assert limit("line", form("receive_paper").at(("code",))).refusal("校验码")
    assert limit("line", form("register").at(("copy_number",))).refusal("0000001")


def test_only_full_width_latin_is_made_narrow() -> None:
    assert narrow("６０％　ＡＢｃ－１／２—３") == "60% ABc-1/2-3"
    assert narrow("第三季度、“已办结”。①…") == "第三季度、“已办结”。①…"


async def test_the_field_says_by_its_name_what_it_cannot_hold_and_takes_the_rest(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("f3", "f3")
        await play.type("DB-2026-0194")
        await play.press("enter", "f5")
        await play.choose("进展反馈")
        await play.press("enter")
        text = await play.type("六")
        assert "× “完成百分比”只能填数字。" in text
        text = await play.type("１５０")
        assert "× “完成百分比”不能大于 100。" in text
        assert "完成百分比         15\n" in text
        assert "不能大于" not in await play.press("backspace")
        await play.type("５％")
        await play.press("down")
        await play.type("已加装防盗装置三千辆。")
        assert "已办：进展反馈" in await play.press("f10")
    item = demo.view().item("DB-2026-0194")
    assert item is not None
    assert item.progress[-1].percent == 15


async def test_a_sentence_of_three_hundred_characters_does_not_go_into_a_name(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f9")
        text = await play.type("长" * 101)
        assert "× “事项名称”最多 100 个字，这样就有 101 个字。" in text
        assert "× “事项名称”最多 100 个字" not in await play.press("backspace")


def test_a_text_is_measured_as_it_is_recorded() -> None:
    bound = limit("prose", {"maxLength": 20})
    assert bound.refusal("一。二。三。四。五。六。七。八。九。"), "a line a sentence: 26 characters"
    assert not bound.refusal("一二三四五六七八九十")
