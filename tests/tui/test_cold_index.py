"""The app over an index that starts cold: what is there is shown, nobody waits for the rest, and it comes by itself."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from records.index import building
from records.index.index import Index
from records.register.register import Register
from tests.tui.playing import playing
from tests.waiting import PATIENCE
from tui.app import DubanApp
from tui.screens.paged import IN_ROW

WHO = "BGS.clerk1"
LACKING = "索引还缺已办结的"
WHOLE = {"已办", "统计", "通报", "规则"}
"""Pages that are wrong without any record, or without what befell it."""


@pytest.fixture
def cold(demo: Register, monkeypatch: pytest.MonkeyPatch) -> Register:
    """The demo without an index, which nothing goes on filling; somebody was here a while ago, so that there is news."""
    for path in demo.home.glob("index.sqlite*"):
        path.unlink()
    monkeypatch.setattr(building, "_COLD", 20)
    monkeypatch.setattr(building, "_NEWEST", 3)

    async def rests(_: DubanApp) -> None: ...

    monkeypatch.setattr(DubanApp, "_complete", rests)
    visit = demo.drafts / WHO / "visit"
    visit.parent.mkdir(parents=True, exist_ok=True)
    visit.write_text("2026-10-01T09:00:00+08:00")
    return Register(demo.home)


async def test_no_page_waits_for_records_that_are_yet_to_be_read(cold: Register) -> None:
    async with playing(cold, WHO) as at:
        desk = at.app.desk
        lacked = desk.missing
        assert lacked > 5
        told = {}
        for page in IN_ROW:
            told[page.name] = await at.look()
            assert desk.missing > lacked - 3, f"{page.name}: no more than what it names is read before its turn"
            assert page.name in told[page.name]
            await at.press("right")
        assert {name for name, text in told.items() if "件，补齐以后这一屏自动显示" in text} == WHOLE
        for name in ("待办", "台账"):
            assert f"{LACKING} {lacked} 件" in told[name], told[name]


async def test_a_page_that_needs_all_shows_itself_once_all_are_there(cold: Register) -> None:
    async with playing(cold, WHO) as at:
        await at.press("right", "right", "right")
        told = await at.look()
        assert LACKING in told
        assert "出错" not in told, "nothing went wrong"
        assert "还没有读全，见下面" in told
        assert [*cold.index.pieces()][-1] == 0
        at.app._look()
        shown = await at.look()
        assert LACKING not in shown
        assert "办结" in shown


async def test_what_is_named_is_read_before_its_turn(cold: Register) -> None:
    async with playing(cold, WHO) as at:
        desk, index = at.app.desk, at.app.desk.register.index
        waits = next(item for item in (f"DB-2026-{n:04}" for n in range(1, 999)) if desk.view.item(item) and not index.excerpt(item))
        lacked = desk.missing
        assert [each.id for each in desk.seen([waits])] == [waits]
        assert desk.missing == lacked - 1
        assert not index.excerpt("DB-2026-9999")


async def test_an_act_is_done_on_a_matter_while_others_are_yet_to_be_read(cold: Register) -> None:
    async with playing(cold, WHO) as at:
        lacked = at.app.desk.missing
        await at.press("right")
        assert "在谁手里" in await at.press("enter")
        assert "办什么" in await at.press("f5")
        assert "F10" in await at.press("enter"), "the form stands, and knows what was seen of the matter"
        assert at.app.desk.missing > lacked - 3


async def test_who_is_at_the_keys_waits_for_the_piece_in_hand_and_for_no_other(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def pieces(_: Index) -> Iterator[int]:
        for missing in range(300, -1, -1):
            done.append("piece")
            yield missing

    async with playing(demo, WHO) as at:
        monkeypatch.setattr(Index, "pieces", pieces)
        completing = asyncio.create_task(at.app._complete())
        while not done:
            await asyncio.sleep(0.01)
        done.clear()
        for _ in range(20):  # as a page asks for one thing after another
            await at.app.ask(lambda: done.append("asked"))
        assert done.count("piece") <= 1
        assert done[-10:] == ["asked"] * 10
        done.clear()
        while not done:  # and then it goes on
            await asyncio.sleep(0.01)
        completing.cancel()


async def _comes(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)


async def test_an_index_that_is_taken_away_while_somebody_sits_there_is_completed_again(
    demo: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with playing(demo, WHO) as at:
        index = at.app.desk.register.index
        await _comes(lambda: index.has_history and not index.missing)
        monkeypatch.setattr(building, "_COLD", 20)
        monkeypatch.setattr(building, "_NEWEST", 3)
        for path in demo.home.glob("index.sqlite*"):
            path.unlink()
        await at.press("right")
        await _comes(lambda: index.has_history and not index.missing)
        assert LACKING not in await at.look()


async def test_an_index_in_memory_is_completed_like_any_other(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in demo.home.glob("index.sqlite*"):
        path.unlink()
    (demo.home / "index.sqlite").mkdir()
    monkeypatch.setattr(building, "_COLD", 20)
    monkeypatch.setattr(building, "_NEWEST", 3)
    async with playing(Register(demo.home), WHO) as at:
        index = at.app.desk.register.index
        await _comes(lambda: bool(index.trouble) and index.has_history and not index.missing)
        await at.press("right", "right", "right")
        assert LACKING not in await at.look()
