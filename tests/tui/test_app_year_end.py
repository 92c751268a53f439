"""年终结转: the list on screen, and archiving what is on it, confirmed by the number of items."""

import asyncio
from datetime import date
from pathlib import Path
from threading import Event

import openpyxl
import pytest

from desk import year_end
from records.register.register import Register
from tests.tui.playing import playing
from tui.screens.year_end import YearEndScreen


async def test_the_list_shows_part_by_part_what_becomes_of_the_year(demo: Register) -> None:
    async with playing(demo, "BGS.archivist") as play:
        await play.press("e")
        await play.stands("year_end")
        text = await play.press("end")
        assert "时限和规则" in text
        assert "这一行没有对应的督办事项。" in await play.press("enter")
        assert "只看结转下年" in await play.press("f4")
        assert " 0140 全年道路" in await play.press("home", "enter")
        text = await play.press("escape", "f4")
        assert "只看可以归档" in text
        assert "DB-2026-0131" in text
        assert "DB-2026-0140" not in text


@pytest.mark.parametrize(("day", "year"), [("2026-12-31", 2026), ("2027-01-04", 2026), ("2027-03-31", 2026), ("2027-04-01", 2027)])
def test_to_the_end_of_march_people_mean_the_year_before(day: str, year: int) -> None:
    assert year_end.usual_year(date.fromisoformat(day)) == year


async def test_the_archivist_archives_what_he_was_shown_by_naming_its_number(demo: Register) -> None:
    async with playing(demo, "BGS.archivist") as play:
        await play.press("e", "f5")
        await play.stands("year_end_confirm")
        await play.type("3")
        assert "清单上是 2 件" in await play.press("enter")
        await play.press("backspace")
        await play.type("2")
        text = await play.press("enter")
        assert "归档 2 件：已归档 2 件，没有归档 0 件" in text
        assert "DB-2026-0131 已归档" in text
        text = await play.press("escape")
        assert "可以归档0" in text
        assert "现在没有可以归档的。" in await play.press("f5")
    states = {item: found.state for item in ("DB-2026-0131", "DB-2026-0151") if (found := demo.view().item(item))}
    assert set(states.values()) == {"archived"}


async def test_nobody_else_archives_and_who_thinks_better_of_it_archives_nothing(demo: Register) -> None:
    head = demo.head()
    async with playing(demo, "BGS.clerk1") as play:
        assert "“归档”由办公室档案员办理，不属于孔拟恒的职责。" in await play.press("e", "f5")
    async with playing(demo, "BGS.archivist") as play:
        assert "可以归档2" in await play.press("e", "f5", "escape")
    assert demo.head() == head


async def test_esc_stops_after_the_batch_in_hand(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = Event()

    def held_up(*given: object) -> object:
        assert stopped.wait(60)
        return year_end.archive(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(year_end, "BATCH", 1)
    monkeypatch.setattr("tui.screens.year_end.archive", held_up)
    async with playing(demo, "BGS.archivist") as play:
        await play.press("e", "f5")
        await play.type("2")
        play.send("enter")
        await play.waits_for("正在归档，已归档 0/2 件。")
        play.send("escape")
        screen = play.app.screen
        assert isinstance(screen, YearEndScreen)
        while not screen._stopped:
            await asyncio.sleep(0.01)  # a task that never rests keeps a key from its turn
        stopped.set()
        text = await play.waits_for("DB-2026-0151 没有轮到")
        assert "已归档 1 件，没有归档 1 件" in text


async def test_a_unit_is_shown_its_own_and_the_list_can_be_printed(demo: Register) -> None:
    async with playing(demo, "JJ.liaison") as play:
        text = await play.press("e", "f8")
        assert "结转下年5" in text
        assert "已存到" in text
        assert "没有更晚的年份了。" in await play.press("right")
        assert "2025年" in await play.press("left")
    path: Path = demo.drafts / "JJ.liaison/yearend-2026.xlsx"
    book = openpyxl.load_workbook(path).active
    assert (book.page_setup.orientation, book.page_setup.paperSize) == ("landscape", int(book.PAPERSIZE_A4))
    assert {row[0].value for row in book.iter_rows(min_row=4)} == set(year_end.PARTS.values())
