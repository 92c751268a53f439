"""人员 and 规则: who holds what, by which rules and days; changed in the app by whoever may."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from textual.timer import Timer

from records.register.register import Register
from tests.tui.playing import act, playing
from tui.command import duban
from tui.frame.screen import DeskScreen

BASIS = "兰公政任〔2026〕12号"


async def test_everybody_sees_who_holds_which_office_and_what_is_vacant(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("p")
        await play.stands("roster")
        assert "姓名     职务" in await play.resize(60, 16), "who it is goes before the office that he holds"
        await play.resize(80, 24)
        text = await play.press("down", "enter", "down")
        assert "孔拟恒（督办科民警），2026-01-01起" in text
        assert "2 件事要办：DB-2026-0201，回车看" in text, "the number of all, the names of his own"
        await play.press("f3")
        await play.type("交通 TNQ")
        text = await play.press("enter")
        await play.stands("roster_found")
        text = await play.press("f5")
        assert "不属于" in text


async def test_the_number_of_what_somebody_has_to_do_opens_to_the_items(demo: Register) -> None:
    async with playing(demo, "BGS.section_chief") as play:
        await play.press("p", "f3")
        await play.type("gnn")
        text = await play.press("enter", "enter")
        assert "顾拟宁手里  共 1 件" in text
        assert "DB-2026-0206" in text
        text = await play.press("escape", "up", "enter")
        assert "陈拟山手里没有要办的件" in text


async def test_who_held_an_office_before_and_by_which_commit(demo: Register) -> None:
    act(demo, "relieve", "JJ", "BGS.section_chief", role="liaison", person="JJ.liaison", day="2026-11-23", basis=BASIS)
    async with playing(demo, "QLH.liaison") as play:
        await play.press("p", "f3")
        await play.type("jtjc")
        await play.press("enter", "enter", "f7")
        await play.stands("roster_history")
        text = await play.press("escape")
        assert "没有B角" in text


async def test_only_what_is_vacant_is_shown_and_all_again(demo: Register) -> None:
    for person in ("JJ.liaison", "JJ.liaison_b"):
        act(demo, "relieve", "JJ", "BGS.section_chief", role="liaison", person=person, day="2026-11-23", basis=BASIS)
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("p", "f4")
        await play.stands("roster_vacant")
        text = await play.press("f4")
        assert "安宁分局" in text


async def test_the_keeper_founds_a_unit_under_a_code_of_its_own(demo: Register) -> None:
    async with playing(demo, "BGS.section_chief") as play:
        await play.press("p", "f9")
        await play.type("HK")
        await play.press("tab")
        await play.type("航空警务支队")
        await play.press("tab")
        await play.type("兰州市公安局航空警务支队")
        await play.press("tab", "enter", "down", "enter", "tab")
        await play.type("综合科")
        await play.press("tab", "tab")
        await play.type("今天")
        await play.press("tab")
        await play.type(BASIS)
        await play.press("tab")
        await play.stands("found_unit")
        text = await play.press("f10")
        assert "已办：设立单位 兰州市公安局航空警务支队" in text
        assert "航空警务支队" in text
    unit = demo.view().roster.units["HK"]
    assert unit.founded
    assert unit.founded.basis == BASIS


async def test_a_code_that_is_taken_is_told_beside_its_field(demo: Register) -> None:
    async with playing(demo, "BGS.section_chief") as play:
        await play.press("p", "f9")
        await play.type("jj")
        text = await play.press("tab")
        assert "× 已有 JJ 这个单位：交通警察支队。" in text


async def test_who_may_not_found_a_unit_is_not_offered_the_key(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        text = await play.press("p", "f9")
        assert "设立单位" not in text


async def test_the_keeper_relieves_somebody_and_sees_first_what_it_touches(demo: Register) -> None:
    async with playing(demo, "BGS.section_chief") as play:
        await play.press("p", "f3")
        await play.type("交通")
        await play.press("enter", "f5")
        await play.stands("roster_acts")
        await play.choose("免职")
        await play.press("enter")
        await play.type("联络员")
        await play.press("enter")
        await play.type("syx")
        await play.press("enter")
        await play.type("今天")
        await play.press("tab", "tab")
        await play.type(BASIS)
        await play.press("tab")
        await play.stands("roster_relieve")
        await play.press("f10")
    unit = demo.view().roster.units["JJ"]
    assert [each.ended.basis for each in unit.appointments if each.ended] == [BASIS]


async def test_days_that_a_notice_took_off_are_brought_forward_one_after_another(demo: Register) -> None:
    year = demo.view().calendar.years[2026]
    days = [{"name": each.name, "since": each.since, "until": each.until} for each in year.holidays]
    days.append({"name": "临时放假", "since": "2026-11-25", "until": "2026-11-27"})
    act(demo, "announce_calendar", "2026", "BGS.section_chief", basis="国办发明电〔2026〕9号", holidays=days, workdays=list(year.workdays))
    async with playing(demo, "BGS.section_chief") as play:
        text = await play.press("z")
        assert "时限落在休息日：4 件，按 F4 办" in text
        await play.press("f4")
        await play.stands("days_off")
        text = await play.press("down", "f4")
        assert "您不能“请示延期”" in text
        assert "应由交通警察支队主要领导（孙拟谨）办理" in text
        await play.press("f5")
        await play.stands("days_off_form")
        text = await play.press("f10")
        assert "调整要求" in text, "the next one is opened when one is done"
        text = await play.press("escape")
        assert "停在" in text
        await play.stands("days_off_stopped")
    asked = [
        each.id for each in demo.index.items() if (item := demo.view().item(each.id)) and any(not one.decided for one in item.adjustments)
    ]
    assert len(asked) == 1


async def test_the_rules_in_plain_words_and_a_month_as_a_sheet(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("z")
        await play.stands("rules")
        assert "特急 3，加急 5，平件 15 个工作日" in await play.resize(60, 16)
        text = await play.press("tab")
        assert "一   二   三   四   五   六   日" in text
        assert "平件 15" not in text
        assert "平件 15" in await play.press("tab")
        await play.resize(80, 24)
        text = await play.press("tab", "right", "right")
        assert "2027年1月" in text
        assert " 1估" in text
        assert "估 法定放假，通知未公布" in text


async def test_the_regulation_clause_by_clause_with_what_rests_on_it(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("z", "f7", *["down"] * 21)
        await play.stands("clauses")
        text = await play.press("enter")
        assert "三（一）1 本月" in text
        await play.press("escape", "f3")
        text = await play.type("R-33")
        assert "逾期未反馈上报的，在汇总中通报" in text
        assert "1 项" in text
        text = await play.press("enter", "f7")
        assert "（三）催办" in text
        await play.press("escape", "escape", "escape", "escape", "f3", "enter", "f5")
        assert "规定条文" in await play.press("f7")


async def test_nobody_learns_from_a_clause_of_matters_that_are_not_his(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("z", "f7", "f3")
        text = await play.type("3-1-1")
        assert "本月办了  " in text
        text = await play.press("enter", "enter")
        assert "DB-2026-0206" not in text
        assert "七里河" in text


def told(register: Register, *words: str) -> str:
    """Return what a command prints."""
    return CliRunner().invoke(duban, ["--register", str(register.home), *words]).output


async def test_a_version_of_the_scoring_is_drawn_up_and_approved(demo: Register) -> None:
    async with playing(demo, "BGS.section_chief") as play:
        await play.press("z", "f5")
        await play.choose("拟定评分规则")
        await play.press("enter")
        await play.type("2026-02")
        await play.press("tab", "tab", "delete")
        await play.type("4")
        await play.stands("scoring_draft")
        await play.press(*["tab"] * 11)
        await play.type("退回多扣两分。")
        await play.press("f10")
        assert "待批准" in await play.look()
    waiting = told(demo, "policy")
    assert "评分规则第2026-02版，谭拟慎" in waiting
    assert "办结报告责成重新上报：每次扣2分 → 每次扣4分" in waiting
    async with playing(demo, "L03") as play:
        await play.press("z", "f5")
        await play.choose("批准评分规则")
        await play.press("enter")
        await play.press("tab")
        await play.type("同意施行。")
        await play.stands("scoring_enact")
        assert "已办：批准评分规则" in await play.press("f10")
    assert "办结报告责成重新上报  每次扣4分" in told(demo, "policy")
    assert "交通警察支队 92 分（督办事项评分规则 2026-02）" in told(demo, "score", "DB-2026-0118")


async def test_the_word_that_a_reading_takes_long_does_not_come_after_it(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """A timer that went off as the reading ended has its word queued already, and it stood there for good."""
    async with playing(demo, "BGS.clerk1") as play:
        screen = play.app.screen
        assert isinstance(screen, DeskScreen)
        set_timer, late = screen.set_timer, list[Callable[[], None]]()

        def gone_off(delay: float, word: Callable[[], None]) -> Timer:
            late.append(word)
            return set_timer(delay, lambda: None)

        monkeypatch.setattr(screen, "set_timer", gone_off)
        await screen._load()
        for word in late:
            word()
        assert late
        assert "正在读取" not in await play.look()


async def test_what_is_typed_ahead_of_the_screens_it_leads_through_arrives_there(demo: Register) -> None:
    """On a slow line the whole of it came in one piece: the search lost its words, and the acts were those of the first unit."""
    async with playing(demo, "BGS.section_chief") as play:
        await play.burst("p", "f3", *"交通", "enter", "f5")
        await play.stands("roster_acts")


async def test_what_a_successor_takes_over_is_said_before_it_is_done(demo: Register) -> None:
    gone = {"successor": "QLH", "day": "2026-11-23", "basis": "兰编〔2026〕9号"}
    act(demo, "dissolve_unit", "CG", "BGS.section_chief", **gone)
    async with playing(demo, "BGS.clerk1") as play:
        text = await play.press("enter")
        assert "DB-2026-0162" in text
        assert "单位      主办 城关分局 → 七里河分局" in text
        await play.press("escape", "end")
        text = await play.press("enter")
        assert "DB-2026-0201" in text
        assert "单位      协办 城关分局 → 七里河分局" in text
