"""文号: the number registers as people look them up, and the numbers of papers that went past this system."""

from datetime import datetime

import pytest

from records.register.register import Receipt, Register
from records.store.paths import numbers_path
from records.store.store import Ident
from tests.planting import store_of
from tests.tui.playing import NOW, Playing, act, playing


async def _choose(play: Playing, label: str) -> str:
    await play.press("f5")
    await play.choose(label)
    return await play.press("enter")


def _written(register: Register, path: str, old: bytes, new: bytes) -> None:
    """Change a record by hand, behind the back of the acts."""
    who = Ident("某人", "x@lzga", NOW)
    data = store_of(register).read(path, register.head() or "") or b""
    assert old in data
    with store_of(register).writing() as transaction:
        transaction.commit({path: data.replace(old, new)}, author=who, committer=who, message="手改\n")


async def test_the_series_of_the_year_stand_above_and_their_numbers_below_the_last_first(demo: Register) -> None:
    async with playing(demo, "BGS.registry") as play:
        await play.press("w")
        await play.stands("numbers")
        assert " 14号       已签发" in await play.resize(60, 16)
        await play.resize(80, 24)
        text = await play.press("down", "enter", "down")
        assert "作废" in text
        assert "DB-2026-0118" not in text
        # Back to the series.
        assert "兰公交报〔2026〕" in await play.press("escape", "down")


async def test_a_number_opens_its_item(demo: Register) -> None:
    async with playing(demo, "BGS.registry") as play:
        assert "这个号没有对应的督办事项。" in await play.press("w", "enter", "end", "enter")
        assert "0118 省领导对学校周边交通安全" in await play.press("home", "enter")
        # From the matter of a number one goes on to that of the next.
        assert "第 1 件，共" in await play.press("escape", "escape", "down", "enter", "home", "enter")


async def test_a_unit_sees_its_own_series_only_and_an_administrator_none(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        text = await play.press("w")
        assert "已用号的系列 1 个，共 2 个" in text
        assert "七里河分局报告" in text
        assert "兰公办" not in text
        await play.press("f5")
        await play.stands("number_acts")
    _written(demo, "units/BGS.yaml", b"role: archivist", b"role: admin")
    async with playing(demo, "BGS.archivist") as play:
        assert "没有您能看的文号系列" in await play.press("w")


async def test_numbers_used_outside_are_entered_without_a_gap(demo: Register) -> None:
    async with playing(demo, "BGS.registry") as play:
        await play.press("w")
        await _choose(play, "登记系统外用号")
        await play.type("13")
        await play.press("down")
        await play.type("纸质件已用。")
        text = await play.press("f10")
        assert "本系列已用到第14号。请填不小于15的号。" in text
        await play.stands("numbers_refused")
        await play.press("home", *["delete"] * 2)
        await play.type("16")
        text = await play.press("f10")
        assert "已办：登记系统外用号" in text
        assert "兰公办〔2026〕15至16号" in text
        assert "16号" in text.splitlines()[4]
        await _choose(play, "登记系统外作…")
        await play.type("编错后作废。")
        text = await play.press("f10")
        assert "兰公办〔2026〕17号" in text
        assert "编错后作废。" in text
    entries = demo.view().numbers("special", 2026).entries
    assert [(entry.number, entry.through, entry.status) for entry in entries[-2:]] == [(15, 16, "outside"), (17, None, "void")]


async def test_the_first_number_of_a_series_can_be_entered(demo: Register) -> None:
    async with playing(demo, "BGS.registry") as play:
        await play.press("w", "end")
        text = await _choose(play, "登记系统外用号")
        assert "已用到第0号，下一个是第1号" in text
        await play.type("45")
        play.app.desk.clock = lambda: datetime.fromisoformat("2027-01-01T00:00:01+08:00")
        assert "这张表说的是2026年的文号，现在已经是2027年" in await play.press("f10")
        await play.press("escape")
        text = await _choose(play, "登记系统外用号")
        assert "〔2027〕，已用到第0号" in text
        assert "45" not in text, "what was typed of the numbers of one year is none of another"


async def test_other_years_are_turned_to_and_only_looked_at(demo: Register) -> None:
    new_year = datetime.fromisoformat("2027-01-05T09:00:00+08:00")
    done = demo.act("record_outside_numbers", "special", "BGS.registry", {"through": 3, "reason": "启用时结转。"}, new_year)
    assert isinstance(done, Receipt)
    async with playing(demo, "BGS.registry") as play:
        text = await play.press("w")
        assert "F4 换年份" in text
        await play.press("f4")
        await play.type("2027")
        text = await play.press("enter")
        assert "2027年  已用号的系列 1 个" in text
        assert "兰公办〔2027〕1至3号" in text
        assert "只能登记今年的号。请按 F4 回到2026年再办。" in await play.press("f5")
        assert "兰公办〔2026〕14号" in await play.press("f4", "down", "enter")


async def test_a_long_series_scrolls(demo: Register) -> None:
    for _ in range(30):
        act(demo, "record_void_number", "special", "BGS.registry", reason="编错。")
    async with playing(demo, "BGS.registry") as play:
        text = await play.press("w", "enter")
        assert "兰公办〔2026〕44号" in text
        text = await play.press("end")
        assert "兰公办〔2026〕44号" not in text
        assert "文号        兰公办〔2026〕1至5号  系统外使用" in text


async def test_a_broken_series_is_named_and_hides_no_other(demo: Register) -> None:
    path = numbers_path("letter", 2026)
    _written(demo, path, b"chars:", b"char:")
    async with playing(demo, "BGS.registry") as play:
        text = await play.press("w")
        assert f"有 1 个系列记录有误：{path}:" in text
        assert "兰公办〔2026〕14号" in text


@pytest.mark.parametrize("keys", [["f2", "6"], ["w"], ["f3", "enter", "w"], ["b", "w"]])
async def test_it_is_a_key_away_from_every_main_screen(demo: Register, keys: list[str]) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        assert "已用号的系列" in await play.press(*keys)


async def test_help_and_palette_know_it(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        assert "上面选一个文号系列" in await play.press("w", "f1")
        await play.press("escape", "escape", "ctrl+p")
        await play.type("文号")
        await play.waits_for("发文字号登记")
        assert "已用号的系列" in await play.press("enter")
