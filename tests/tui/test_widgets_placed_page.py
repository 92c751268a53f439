"""Pages of rows with places: laid out for the room that there is, also once a scrollbar has come and taken a cell of each row."""

from records.register.register import Register
from tests.tui.playing import Playing, playing
from tui.widgets.placed_page import PlacedPage


def _whole(play: Playing) -> bool:
    page = play.app.screen.query_one(PlacedPage)
    return all(row.cell_length <= page.scrollable_content_region.width for row in page.rows)


async def test_nothing_is_cut_once_there_are_more_rows_than_room(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        for item in ("0118", "0162", "0194"):
            play.app.open_case(f"DB-2026-{item}")
            await play.look()
            page = play.app.screen.query_one(PlacedPage)
            assert _whole(play), item
            await play.press("f7")
            assert page.show_vertical_scrollbar
            assert _whole(play), item
            for size in ((120, 40), (60, 16), (80, 24)):
                await play.resize(*size)
                assert _whole(play), (item, size)
            await play.press("f7")
            assert _whole(play), item
            await play.press("escape")


async def test_two_rounds_side_by_side_are_cut_no_more(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1", (120, 40)) as play:
        play.app.open_case("DB-2026-0118")
        await play.press("f6")
        for rows in (40, 16, 40):
            for columns in (120, 119, 118, 117):
                await play.resize(columns, rows)
                assert _whole(play), (columns, rows)
        await play.press("tab")
        assert _whole(play)
