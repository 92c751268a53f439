"""How the app begins: where it must not start, and what a register in earnest does not offer."""

from collections.abc import Mapping
from pathlib import Path
from threading import Thread

import pytest
from textual.pilot import Pilot

from desk.daily import Page, page
from desk.desk import Desk
from records.register.register import Register
from tests.tui.playing import in_earnest, playing
from tui.command.app import open_app
from tui.terminal.status_line import StatusLine


def test_without_a_terminal_it_says_so_and_names_the_commands(demo: Register, capsys: pytest.CaptureFixture[str]) -> None:
    assert open_app(str(demo.home), "BGS.clerk1", "auto", False) == 1
    said = capsys.readouterr().err
    assert "不能打开全屏界面" in said
    assert "duban ls" in said


async def test_a_register_in_earnest_offers_no_other_identity_and_no_tour(tmp_path: Path) -> None:
    async with playing(in_earnest(tmp_path), "BGS.clerk1", newcomer=True) as play:
        await play.press("f2")
        text = await play.type("换身份")
        assert "没有找到" in text
        assert "待办 0 件" in await play.press("escape")
        assert "导览" not in await play.look()
        await play.press("f2")
        assert "没有找到" in await play.type("导览")


async def test_a_demo_asks_who_sits_there(demo: Register) -> None:
    async with playing(demo, None) as play:
        text = await play.look()
        assert "换身份（演示登记簿里可以扮演任何人）" in text
        text = await play.press("escape")
        assert "（未选身份，只看）" in text


async def test_documents_are_made_once_the_first_list_stands(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    came: list[str] = []
    start, read = Thread.start, page

    def starts(thread: Thread) -> None:
        came.append(thread.name)
        start(thread)

    def reads(desk: Desk, drafts: Mapping[tuple[str, str], str], most: int) -> Page:
        came.append("read")
        return read(desk, drafts, most)

    monkeypatch.setattr(Thread, "start", starts)
    monkeypatch.setattr("tui.screens.inbox.page", reads)
    monkeypatch.setattr("documents.publishing.watcher.follow", lambda *told, **how: None)
    async with playing(demo, "BGS.clerk1", publish=True) as play:
        await play.press("f3")
        await play.press("escape")
    assert came.index("read") < came.index("publisher")
    assert came.count("publisher") == 1


async def test_escape_twice_leaves(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        assert "再按一次 Esc 退出" in await play.press("escape")
        assert play.app.is_running
        await play.press("escape")
    assert play.app.return_code == 0


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_what_stands_on_a_screen_is_styled_for_its_breadth_from_the_first(
    brief: Register, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    styled: list[StatusLine] = []
    told = StatusLine.notify_style_update

    def counted(line: StatusLine) -> None:
        styled.append(line)
        told(line)

    monkeypatch.setattr(StatusLine, "notify_style_update", counted)
    async with playing(brief, "BGS.clerk1", size) as play:
        await play.press("f3")
        line = play.app.screen.query_one(StatusLine)
        assert styled.count(line) == 2, "as it comes, and as its screen comes to the front"


async def test_a_screen_that_comes_up_again_in_another_window_fills_that_one(brief: Register) -> None:
    async with playing(brief, "BGS.clerk1", (120, 40)) as play:
        await play.press("f3")
        ledger, wide = play.app.screen, await play.look()
        assert ledger.query_one(".detail").display
        await play.press("enter")
        assert play.app.screen is not ledger
        for size, shown in (((80, 24), False), ((120, 40), True)):
            await Pilot(play.app).resize_terminal(*size)
            await play.look()
            assert play.app.screen.size == size
            text = await play.press("escape")
            assert (play.app.screen, ledger.size, ledger.query_one(".detail").display) == (ledger, size, shown)
            await play.press("enter")
        await play.press("escape")
        assert await play.look() == wide
        assert text == wide
