"""待办 and 台账: what a person sees first, finds and opens."""

import re

import pytest
from rich.console import RenderableType
from textual.events import Paste
from textual.screen import Screen

from desk.daily import page
from desk.desk import Desk
from desk.inbox import inbox
from records.register.register import NEW, Register
from records.store.store import StoreError
from tests.bureau import REGISTER
from tests.tui.playing import NOW, act, playing
from tui.app import DubanApp
from tui.screens.statistics import StatisticsScreen

_OFTEN = 3  # acts of others, each while a page is being read


async def test_the_inbox_shows_what_awaits_the_person_and_leads_to_the_act_or_to_the_matter_with_its_act_first(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.stands("inbox")
        assert " 起草办结报告〔三（二）〕" in await play.press("enter")
        assert "对比 0194 第1轮 → 第2轮" in await play.press("escape", "f6")
        assert "0160 还没有报过两轮，没有可以对比的。" in await play.press("escape", "down", "f6")
        # What an input method brings in one piece, or sign by sign, is looked for from any page.
        play.app.post_message(Paste("七里河 盗窃"))
        assert "30 件中 1 件" not in await play.look()
        assert "查找 七里河 盗窃" in await play.look()
        assert "在谁手里" in await play.press("enter")
        assert "查找 养犬" in await play.type("养犬")
        await play.press("escape", "escape", "home", "f7")
        await play.stands("case")
        text = await play.press("f5")
        assert text.splitlines()[3].startswith(">1 可以办 起草办结报告")


async def test_two_keys_from_the_inbox_a_leader_has_agreed_and_stands_at_his_next_duty(demo: Register) -> None:
    """The budget of screens.md §11; what he did not write is told before it is put on record."""
    async with playing(demo, "L03") as play:
        await play.stands("inbox_leader")
        text = await play.press("enter")
        assert "不写就印“同意交办。”" in text
        await play.stands("read")
        text = await play.press("f10")
        assert "已办：阅示 DB-2026-0206" in text
        assert "没有待办" in text
    item = demo.view().item("DB-2026-0206")
    assert item is not None
    assert item.reading is not None
    assert (item.reading.decision, item.reading.text.strip()) == ("agree", "同意交办。")


async def test_the_office_sees_what_is_late_in_other_hands_and_enter_urges(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.stands("inbox_office")
        text = await play.press("down", "down")
        assert "在城关分局联络员 蒋拟恒、阎拟川手里，等起草办结报告" in text
        assert "约见11-17" in text
        text = await play.press("enter")
        assert "催办〔三（三）〕  DB-2026-0162" in text
        assert "在谁手里  城关分局联络员 蒋拟恒、阎拟川" in text
        # The cursor goes back up into what is to be done.
        text = await play.press("escape", "up")
        assert "── 0201 市住建局" in text


async def test_from_110_columns_the_matter_under_the_cursor_stands_beside_the_list(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1", (120, 40)) as play:
        text = await play.press("down", "down")
        row = next(row for row in text.splitlines() if "│" in row)
        assert row.partition("│")[2].split()[0] == "0162"
        # Below the lists stands what was handed on: the cursor goes down into it and up again, and its matter stands beside.
        text = await play.press(*["down"] * 8)
        row = next(row for row in text.splitlines() if "│" in row)
        assert row.partition("│")[2].split()[0] == "0185"
        assert ">  自11-20 田拟霖" in text
        assert "办理  DB-2026-0185" in await play.press("f5")
        await play.press("escape", "enter")
        assert "0185 市市场监管局商请联合查处食品“黑作坊”  待主管主任审签" in await play.look()
        text = await play.press("escape", "up")
        assert ">  自11-20" not in text
        await play.press("down")
        assert "【台账 18】" in await play.press("right"), "the arrows lead to the page beside from there as well"


async def test_an_index_that_begins_anew_ends_in_the_same_inbox(demo: Register) -> None:
    """When somebody touched a matter last is known once its history is; the list that was shown before that is read again."""
    async with playing(demo, "BGS.clerk1") as play:
        complete = await play.look()
    for file in demo.home.glob("index.sqlite*"):
        file.unlink()
    async with playing(Register(demo.home), "BGS.clerk1") as play:
        assert await play.look() == complete


async def test_a_number_of_the_inbox_leads_to_the_matters_behind_it(demo: Register) -> None:
    async with playing(demo, "L03") as play:
        late = len(Desk(demo, None, lambda: NOW).ledger(colour="red"))
        assert f"1. 红灯 {late} 件" in await play.look()
        text = await play.press("1")
        assert "另加 灯：红" in text
        assert len(re.findall("^[> ][* ] 红 ", text, re.MULTILINE)) == late


async def test_what_was_left_half_written_stands_in_the_inbox(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("down", "enter")
        await play.type("协查情况")
        await play.press("escape")
        await play.press("up", "f5")
        await play.choose("进展反馈")
        await play.press("enter", "down")
        await play.type("已加装三千辆。")
        await play.press("escape")
        await play.press("escape")
        text = await play.look()
        assert text.count("草稿11-23") == 2
        assert "写了没办的草稿 1 件，回车接着写" in text
    async with playing(demo, "QLH.liaison") as play:
        text = await play.look()
        assert "写了没办的草稿 1 件，回车接着写" in text
        text = await play.press("end", "down", "enter")
        assert "已加装三千辆。" in text


async def test_an_act_of_the_inbox_comes_first_even_where_the_item_waits_for_another(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        text = await play.press("down", "f5")
        assert "DB-2026-0160" in text
        assert text.splitlines()[3].startswith(">1 可以办 协办意见")


async def test_an_empty_inbox_says_where_to_look(demo: Register) -> None:
    people = demo.view().roster.people.values()
    idle = next(person.id for person in people if not inbox(Desk(demo, person, lambda: NOW)))
    async with playing(demo, idle) as play:
        assert "没有待办。F3 看台账。" in await play.look()
        await play.stands("inbox_empty")


async def test_what_is_over_is_read_as_it_comes_into_sight(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.inbox.page", lambda desk, drafts, _: page(desk, drafts))
    async with playing(demo, "BGS.archivist") as play:
        total = len(inbox(Desk(demo, demo.view().roster.people["BGS.archivist"], lambda: NOW)))
        assert f"待办 {total} 件" in await play.look()
        await play.waits_for("归档")


async def test_a_list_follows_what_others_do(demo: Register) -> None:
    async with playing(demo, "JJ.main_leader") as play:
        assert "主要领导同意" in await play.look()
        text = {"title": "关于清理情况的报告", "body": "已清理完毕。", "void_reason": "数字有误。"}
        act(demo, "draft_report", "DB-2026-0188", "JJ.liaison", **text)
        await play.waits_for("没有待办")


async def test_a_register_that_cannot_be_read_is_a_line_and_no_crash(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Desk) -> None:
        raise StoreError("读取登记库失败：磁盘出错。请联系管理人员。")

    monkeypatch.setattr("desk.daily.awaiting", fails)
    async with playing(demo, "BGS.clerk1") as play:
        text = await play.look()
        assert "出错：读取登记库失败：磁盘出错。请联系管理人员。" in text
        assert "没有读出来" in text
        assert "DB-2026-0162" in await play.press("f3")
        await play.press("escape")
        monkeypatch.undo()
        play.app._look()
        text = await play.look()
        assert "0162" in text, "what could not be read is read again by itself"
        assert "出错" not in text
        away = demo.home.with_name("away")
        demo.home.rename(away)  # and no screen is left for it, nothing is made where it was, and no fault of the program is told
        for key in ("i", "w", "z", "p", "f3"):
            text = await play.press(key)
            assert "读取登记库失败" in text or "索引用不了" in text
            assert "程序有误" not in text
            await play.press("escape")
        assert not demo.home.exists()
        away.rename(demo.home)
        await play.press("f3")
        assert "城关分局" in await play.look()


async def test_a_page_is_shown_where_others_act_whenever_it_is_read(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    async with playing(demo, "BGS.clerk1") as play:
        app, count = play.app, StatisticsScreen.load

        async def counted(screen: StatisticsScreen) -> None:
            told.append("read")
            if told.count("read") <= _OFTEN:
                act(demo, "register", NEW, "BGS.clerk1", **{**REGISTER, "source_ref": f"热线第{len(told)}期"})
                app._look()  # before the page stands there, as on a slow machine in a busy office
                for looking in [each for each in app.workers if each.group == "look"]:
                    await looking.wait()
            await count(screen)
            told.append("shown")

        monkeypatch.setattr(StatisticsScreen, "load", counted)
        await play.press("i")
        text = await play.look()
    assert told == ["read", "shown"] * (_OFTEN + 1), "nothing that is being read is begun anew, and the last of it is seen"
    assert "在办" in text


async def test_what_others_do_draws_nothing_anew_where_it_changes_nothing(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    display = DubanApp._display

    def counted(app: DubanApp, screen: Screen[object], picture: RenderableType | None) -> None:
        if picture is not None:
            drawn.append(type(app.screen).__name__)
        display(app, screen, picture)

    def registered(turn: int) -> None:
        act(demo, "register", NEW, "BGS.clerk1", **{**REGISTER, "source_ref": f"热线第{turn}期"})
        play.app._look()

    async with playing(demo, "QLH.liaison", (120, 40)) as play:
        for turn, keys in enumerate(([], ["f3"], ["end"], ["enter"], ["escape", "d"], ["i"], ["b"], ["w"], ["p"], ["z"])):
            await play.press(*keys)
            registered(2 * turn)  # after which a page says no more how much waits on others
            shown = await play.look()
            with monkeypatch.context() as patched:
                patched.setattr(DubanApp, "_display", counted)
                registered(2 * turn + 1)
                assert await play.look() == shown, keys
            assert not drawn, keys
        await play.press("f3")
        act(demo, "amend", "DB-2026-0160", "BGS.clerk1", title="改过的标题", reason="来文更正")
        play.app._look()
        assert "改过的标题" in await play.look()


async def test_whoever_comes_again_is_told_what_happened_meanwhile(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        assert "上次来" not in await play.look()
    (demo.drafts / "QLH.liaison" / "visit").write_text("2026-11-20T17:10:00+08:00", encoding="ascii")
    async with playing(demo, "QLH.liaison") as play:
        text = await play.look()
        assert "上次来 11-20 17:10。其后 1 步，1 步与您有关：0194 责成重新上报 11-23" in text
