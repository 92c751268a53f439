"""台账: found by any word, looked at in views by digit, with one's own columns; nothing is left out unsaid."""

import re
from typing import Any

import pytest

from desk import ledger, ledger_views
from desk.desk import Desk
from desk.settings import choose
from records.acts import Refusal
from records.register.register import Receipt, Register
from records.store.paths import item_path
from records.store.store import Ident, StoreError
from tests.planting import store_of
from tests.tui.playing import NOW, playing


def _left_at_all(demo: Register) -> None:
    choose(Desk(demo, demo.view().roster.people["BGS.clerk1"], lambda: NOW), view="全部")


async def test_the_ledger_is_searched_as_one_types_by_any_word_of_an_item(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3")
        await play.stands("ledger")
        await play.press("f3")
        text = await play.type("黑作坊")
        assert "30 件中 1 件" in text
        assert " 0185 " in text
        text = await play.press("escape")
        assert "视图 在办   排序 最急在前" in text
        assert "30 件中 18 件" in text
        # Words of the record that stand in no column.
        await play.press("slash")
        assert " 0194 " in await play.type("小西湖 西园")
        assert "办结报告" in await play.press("enter", "3")


async def test_below_each_hit_it_says_where_the_words_stand(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3")
        await play.type("清单")
        await play.stands("ledger_search")
        text = await play.type(" 合并")
        assert "要求2 [合并]取消[清单]" in text
        # The rows are two lines high: a click on the second one opens the same matter, and so does the row after it.
        await play.press("escape")
        await play.type("清单")
        await play.press("down")
        assert " 0203 执法执勤车辆" in await play.click("逐车说明[清单]")
        text = await play.press("escape", "escape")
        assert "[清单]" not in text


async def test_where_words_stand_is_looked_up_as_one_leafs(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1", (80, 16)) as play:
        await play.press("f3", "f3")
        await play.type("交通")
        await play.press("down", "pagedown", "pagedown")
        rows = (await play.press("end")).splitlines()[4:12]
        assert sum("[交通]" in row for row in rows) == 4


async def test_what_is_typed_while_the_list_is_in_front_searches_as_well(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3")
        text = await play.type("黑作坊")
        assert "查找 黑作坊" in text
        assert "30 件中 1 件" in text
        await play.press("escape")
        assert " 0185 " in await play.type("0185")


async def test_a_view_is_picked_by_its_digit_and_holds_the_next_time(demo: Register) -> None:
    late = len(Desk(demo, None, lambda: NOW).ledger(colour="red"))
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f4")
        await play.stands("ledger_views")
        text = await play.press("2")
        assert "视图 红灯   排序 最急在前   另加 无" in text
        assert len(re.findall("^[> ][* ] 红 ", text, re.MULTILINE)) == late > 1
        assert f"30 件中 {late} 件" in text
    async with playing(demo, "BGS.clerk1") as play:
        assert "视图 红灯" in await play.press("f3")
        # Esc leads back to how it opens for everybody, and is no choice for the next time.
        text = await play.press("escape")
        assert "视图 在办" in text
        assert "30 件中 18 件" in text
        # An input method's wide digit is a digit.
        await play.press("f4")
        text = await play.type("０")
        assert "视图 全部" in text
        assert "共 30 件" in text
        assert "视图" not in await play.press("escape")
        assert "视图 全部" in await play.press("f3")
    async with playing(demo, "BGS.clerk2") as play:
        assert "视图 在办" in await play.press("f3")
        # What is over is in the view no more: whoever looks for it is told where it is.
        assert "“在办”里没有，全部事项里有 1 件，按回车看。" in await play.type("0118")
        assert "0118 省领导对学校周边交通安全隐患群众来信的批示" in await play.press("enter")
        # Of several he is shown all.
        await play.press("escape", "f4", "1", "f3", "ctrl+u")
        assert re.search(r"“在办”里没有，全部事项里有 \d+ 件，按回车看。", await play.type("状态:归档"))
        text = await play.press("enter")
        assert "视图 全部   排序 最急在前" in text
        assert text.count("已归档") > 1
        # However quickly it is typed, Enter opens what the words find and nothing that stood there before.
        await play.press("f3", "ctrl+u")
        assert "0162 市委领导对夜市噪声扰民" in await play.burst("夜", "市", "enter")


async def test_what_is_counted_no_further_is_said_to_be_so_many_at_least(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    for room in (ledger, ledger_views):
        monkeypatch.setattr(room, "COUNTED", 2)
    over = [excerpt for excerpt, _ in Desk(demo, None, lambda: NOW).ledger(state="archived")]
    assert len(over) > 2
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "slash")
        assert "全部事项里有 2 件以上，按回车看。" in await play.type("状态:归档")
        await play.press("ctrl+u")
        assert "全部事项里有 1 件，按回车看。" in await play.type("0118")


async def test_filters_and_order_are_chosen_from_lists_and_it_is_said_that_they_are_on(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f4", "tab", "space")
        await play.type("红")
        await play.press("enter")
        await play.type("黄")
        await play.press("enter", "f10")
        text = await play.press("down", "space")
        await play.type("交警")
        await play.press("enter", "f10")
        text = await play.press("end", "space", "up", "enter")
        assert "灯   红、黄" in text
        assert "主办 交通警察支队" in text
        assert "排序 编号" in text
        await play.stands("ledger_views_chosen")
        text = await play.press("f10")
        assert "视图 在办   排序 编号   另加 灯：红、黄、主办：交通警察支队" in text
        assert "没有符合条件的事项" in text
        text = await play.press("escape")
        assert "另加 无" in text
        assert "排序 编号" in text
        assert " 0206 " in text.splitlines()[5]


async def test_a_view_of_ones_own_is_saved_by_name_and_deleted(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f4", "2", "f4", "tab", "down", "space")
        await play.type("城关")
        await play.press("enter", "f10", "shift+tab", "end", "enter")
        await play.type("城关红灯")
        await play.stands("view_name")
        text = await play.press("enter")
        assert "视图 城关红灯   排序 最急在前   另加 无" in text
        assert "30 件中 1 件" in text
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "escape")
        text = await play.press("f4")
        assert "7 城关红灯" in text
        assert " 0162 " in await play.press("7")
        await play.press("f4")
        text = await play.press("delete")
        assert "已删去视图“城关红灯”" in text
        assert "7 城关红灯" not in text
        assert "只有自己存下的视图可以删去" in await play.press("home", "delete")


async def test_columns_are_shown_left_out_and_moved(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f4", "tab", "tab", "down", "down", "space")
        text = await play.press("down", "down", "space")
        assert "名称总是显示" in text
        text = await play.press("down", "left", "left", "f10")
        assert text.splitlines()[4].split() == ["灯", "时限", "状态", "编号", "名称"]
    async with playing(demo, "BGS.clerk1") as play:
        text = await play.press("f3")
        assert text.splitlines()[4].split() == ["灯", "时限", "状态", "编号", "名称"]
        # The other way round: whatever is left out of the list stands below it in words.
        assert "城关分局主办" in text
        # Who has it next and how often it was urged are columns too, and one may list by the latter.
        await play.press("f4", "tab", "end", "space")
        await play.type("已催")
        await play.press("enter", "tab")
        for column in ("状态", "在谁手里", "已催次数"):
            while f"── {column}" not in text:
                text = await play.press("down")
            await play.press("space")
        text = await play.press("f10")
        assert text.splitlines()[4].split() == ["灯", "时限", "编号", "名称", "在谁手里", "已催"]
        await play.stands("ledger_holders")


async def test_a_narrow_terminal_keeps_light_day_number_and_name(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1", (60, 16)) as play:
        text = await play.press("f3")
        assert text.splitlines()[4].split() == ["灯", "时限", "编号", "名称"]


async def test_the_ledger_is_read_piece_by_piece_wherever_one_goes_in_it(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [f" {excerpt.id[-4:]} " for excerpt, _ in Desk(demo, None, lambda: NOW).ledger()]
    _left_at_all(demo)
    monkeypatch.setattr(ledger, "PAGE", 4)
    monkeypatch.setattr(ledger, "COUNTED", 5)
    async with playing(demo, "BGS.clerk1", (80, 16)) as play:
        assert every[0] in await play.press("f3")
        text = await play.press("end")
        assert every[-1] in text
        assert every[-3] in text
        text = await play.press("pageup", "pageup")
        assert sum(item in text for item in every) >= 7
        assert every[0] in await play.press("home")
        # What words find is counted, and read, as far as one goes.
        await play.press("f3")
        text = await play.type("DB-2026")
        assert "件以上" in text, text
        text = await play.press("down", *(["pagedown"] * 16))
        assert every[-1] in text
        assert f"共 {len(every)} 件" in text
        await play.press("enter")
        assert f" {every[-1].strip()} " in (await play.look()).splitlines()[1]


async def test_a_unit_sees_its_own_items_only(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        text = await play.press("f3")
        assert " 0194 " in text
        assert " 0185 " not in text
        assert "F9 登记" not in text


async def test_a_broken_record_is_named_with_its_place_and_hides_nothing_else(demo: Register) -> None:
    path = item_path("DB-2026-0188")
    who = Ident("某人", "x@lzga", NOW)
    broken = store_of(demo).read(path, demo.head() or "") or b""
    with store_of(demo).writing() as transaction:
        transaction.commit({path: broken.replace(b"urgency: ", b"urgencie: ")}, author=who, committer=who, message="手改\n")
    async with playing(demo, "BGS.clerk1") as play:
        text = await play.press("f3")
        assert "有 1 个记录有误，按 F7 查看" in text
        assert "30 件中 18 件" in text
        text = await play.press("f7")
        assert f"{path}:" in text.replace("\n", "")
        assert "紧急程度" in text
        # Opening it says so in a line, and so does looking where in it the words stand.
        await play.press("escape", "f3")
        await play.type("0188")
        assert "记录有误" in await play.look()
        text = await play.press("enter")
        assert "记录有误" in text


async def test_filters_are_typed_where_one_searches_and_it_is_said_that_they_are_on(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f3")
        text = await play.type("主办:城关 灯:红")
        assert "30 件中 1 件" in text
        assert "另加 主办：城关分局、灯：红" in text
        assert "── DB-2026-0162 市委领导对夜市噪声扰民和秩序问题的批示" in text
        assert "城关分局主办，办理中，红灯，逾期11个工作日（至 2026-11-06）" in text
        await play.stands("ledger_filtered")
        assert "30 件中 18 件" in await play.press("escape")


async def test_several_are_marked_and_urged_each_on_record_and_the_others_say_why_not(demo: Register) -> None:
    _left_at_all(demo)
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "space")
        text = await play.press("down", "space")
        assert "已选 2 件；F5" in text
        assert text.count(" * ") == 2
        # What is marked stays marked whatever is searched.
        await play.type("0162")
        text = await play.press("down", "space", "escape")
        await play.stands("ledger_marked")
        await play.press("f5")
        await play.stands("ledger_marked_acts")
        await play.press("enter")
        text = await play.press("f10")
        assert text.count("× 请填写。") == 3
        await play.press("enter", "down", "down", "enter", "tab", "2", "tab")
        await play.type("请抓紧办理。")
        await play.stands("several")
        await play.press("f10")
        await play.stands("several_done")
        text = await play.press("escape")
        assert "已选 1 件" in text
        assert text.count(" * ") == 1
    urged = [demo.view().item(f"DB-2026-{n}") for n in ("0162", "0203")]
    assert [item.urges[-1].by for item in urged if item] == ["BGS.clerk1", "BGS.clerk1"]
    assert len({item.urges[-1].at for item in urged if item}) == 1
    steps = [demo.index.history(f"DB-2026-{n}")[-1] for n in ("0162", "0203")]
    assert len({step.commit for step in steps}) == 2


async def test_where_the_disk_fails_among_several_each_is_said_what_became_of_it(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """What may be on record is not said to have had no turn; what was typed stays for those that are left."""
    acting, said = Register.act, "本次操作已写入，但未能确认落盘。请先核对记录、检查磁盘，不要重复操作。"

    def fails(register: Register, name: str, target: str, *given: Any, **more: Any) -> Receipt | Refusal:
        done = acting(register, name, target, *given, **more)
        if target == "DB-2026-0198":
            raise StoreError(said)
        return done

    monkeypatch.setattr(Register, "act", fails)
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3")
        for number in ("0203", "0198", "0181"):
            await play.type(number)
            await play.press("down", "space", "escape")
        await play.press("f5", "enter", "enter", "down", "down", "enter", "tab", "2", "tab")
        await play.type("请抓紧办理。")
        text = (await play.press("f10")).replace("\n ", "")
        assert "已办 1 件，跳过 1 件，出错 1 件" in text
        assert "DB-2026-0203 已办" in text
        assert "DB-2026-0198 出错：本次操作已写入" in text
        assert "DB-2026-0181 跳过：没有轮到" in text
        assert "请抓紧办理。" in await play.press("escape", "f5", "enter")


async def test_what_is_typed_for_several_survives_esc(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "down", "down", "space", "f5", "enter", "tab", "tab")
        await play.type("请抓紧办理。")
        await play.press("escape")
        assert "请抓紧办理。" in await play.press("f5", "enter")


async def test_what_is_marked_is_written_out_put_into_a_view_and_let_go(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "space", "space", "f5")
        await play.type("加入视图")
        await play.press("enter")
        await play.type("这两件")
        assert "2 件已放进视图“这两件”，按 F4 看。" in await play.press("enter")
        text = await play.press("f4", "7")
        assert "视图 这两件" in text
        assert "共 2 件" in text
        await play.press("space", "f5")
        await play.type("取出")
        assert "已存到" in await play.press("enter")
        await play.press("f5")
        await play.type("不再选")
        assert " * " not in await play.press("enter")
        assert (demo.drafts / "BGS.clerk1" / "ledger-marked.xlsx").stat().st_size
        await play.press("space", "f5")
        await play.type("跟踪")
        assert "已跟踪 1 件" in await play.press("enter")


async def test_where_nothing_is_marked_the_acts_on_the_matter_under_the_cursor_are_offered(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3")
        await play.type("0162")
        text = await play.press("down", "f5")
        assert "办理  DB-2026-0162" in text
        await play.choose("催办")
        assert "催办〔三（三）〕  DB-2026-0162" in await play.press("enter")


async def test_a_unit_marks_and_is_offered_no_act_that_is_not_its_own(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        text = await play.press("f3", "space", "f5")
        assert "催办…" not in text
        assert "取出表格" in text
