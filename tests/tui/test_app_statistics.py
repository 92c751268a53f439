"""统计 and 已办: figures with bars, another dimension, the items behind a figure; what I did and what I may still take back."""

import re
from dataclasses import replace
from datetime import date

import openpyxl
import pytest

from desk.desk import Desk
from desk.statistics import STATISTICS, question, statistics
from records.register.register import Register
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.store import Ident
from tests.planting import store_of
from tests.tui.playing import NOW, Playing, act, playing

SECRET = "DB-2026-0162"


def _restrict(register: Register, item: str) -> None:
    """Let only one leader know of an item, beside those who handle it."""
    found, who = register.view().item(item), Ident("某人", "x@lzga", NOW)
    assert found is not None
    with store_of(register).writing() as transaction:
        data = emit(replace(found, need_to_know=("L01",)))
        transaction.commit({item_path(item): data}, author=who, committer=who, message="限定知悉\n")


async def test_the_figures_stand_with_bars_and_the_row_under_the_cursor_in_full(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("i")
        await play.stands("statistics")


async def test_where_bars_have_no_room_they_are_left_out_and_the_names_stand_whole(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1", (60, 16)) as play:
        text = await play.press("i")
        heading = next(row for row in text.splitlines() if row.lstrip().startswith("名称"))
        assert heading.endswith("用时")
        assert "图：" not in text
        assert any([">经济犯罪侦查支队 " in await play.press("down") for _ in range(20)])
        await play.resize(80, 24)
        text = await play.press("home")
        assert "图：# 办结" in text
        assert "##" in text


async def test_every_figure_of_a_row_opens_to_its_items_and_esc_leads_back(demo: Register) -> None:
    found = statistics(Desk(demo, None, lambda: NOW), question("unit", date(2026, 11, 23)))
    row = found.rows[0]
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("i")
        for column in STATISTICS.values():
            assert f"【{column.brief} {column.told(row)}】" in re.sub(r"\n *", "", await play.look())
            behind = column.behind(row)
            text = await play.press("enter")
            if behind:
                assert {f"DB-2026-{n}" for n in re.findall(r"^[> ][* ] .*? (\d{4}) ", text, re.MULTILINE)} == behind, column.name
                assert f"{row.name} {column.heading}" in text
                await play.press("escape")
            else:
                assert "后面没有事项" in text
            await play.press("tab")
        assert "【交办 8】" in await play.look(), "after the last comes the first"
        assert "【平均用时" in (await play.press("shift+tab")).replace("用时", "平均用时")


async def test_another_dimension_is_chosen_and_years_turn(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("i", "f4")
        await play.type("类别")
        text = await play.press("enter")
        assert "按类别  2026年交办" in text
        assert "（七）" in text
        await play.press("f4")
        await play.type("2025")
        text = await play.press("enter")
        assert "2025年交办" in text
        assert "没有交办的事项" in text
        await play.press("f4")
        await play.type("办结年度")
        text = await play.press("enter")
        assert "按办结年度  历年办结" in text
        assert "2026年" in text


async def test_what_few_may_know_counts_and_is_not_listed(demo: Register) -> None:
    _restrict(demo, SECRET)
    async with playing(demo, "L02", (120, 40)) as play:
        text = await play.press("i")
        assert "交办 29" in text
        assert "1 件限定知悉，只计数" in text
        await play.press(*["down"] * 4)
        assert "限定知悉范围，只计数，不列名" in await play.press("enter")
        assert SECRET not in await play.look()


async def test_the_figures_are_kept_as_a_workbook_in_the_persons_own_folder(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("i")
        assert "已存到" in await play.press("f8")
    kept = demo.drafts / "BGS.clerk1" / "statistics-unit-2026-11-23.xlsx"
    assert openpyxl.load_workbook(kept).sheetnames == ["统计", "事项", "口径"]


@pytest.mark.parametrize("keys", [["f2", "4"], ["i"], ["f3", "i"], ["b", "i"]])
async def test_the_figures_are_a_key_away(demo: Register, keys: list[str]) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        assert "按主办单位" in await play.press(*keys)
        assert "待办 2 件" in await play.press("escape")


async def test_what_i_did_stands_newest_first_with_what_has_become_of_it(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("y")
        await play.stands("done")
        assert "市市场监管局商请联合查处" in await play.press("enter")


async def _months(play: Playing, month: str) -> str:
    await play.press("f4")
    await play.type(month)
    return await play.press("enter")


async def test_the_months_hold_every_step_of_mine_and_of_nobody_else(demo: Register) -> None:
    mine = [step for step in demo.index.latest(10000) if step.person == "BGS.clerk1"]
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("y")
        for month in sorted({step.time[:7] for step in mine}):
            text = await _months(play, month)
            assert f"{month}  我办过的 {sum(step.time[:7] == month for step in mine)} 步" in text
        assert "没有办过什么" in await _months(play, "2025-06")


async def test_my_last_step_can_be_taken_back_until_somebody_has_acted(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        text = await play.press("y")
        assert "最近一步可撤回：11-20 16:18 办公室审核 0185（Ctrl+Z）" in text
        assert "撤回上一步" in await play.press("ctrl+z")
        await play.press("escape")
        act(demo, "director_sign", "DB-2026-0185", "BGS.director_in_charge", text="请审签。")
        text = await play.press("escape", "y")
        assert "可撤回" not in text
        assert "撤回上一步" not in await play.press("ctrl+z")


async def test_what_i_may_no_longer_see_is_not_named(demo: Register) -> None:
    _restrict(demo, "DB-2026-0185")
    async with playing(demo, "BGS.registry") as play:
        text = await play.press("y")
        row = next(row for row in text.splitlines() if "0185" in row)
        assert "现在不在您" in row
        assert "黑作坊" not in text
        assert "市场监管" not in text
