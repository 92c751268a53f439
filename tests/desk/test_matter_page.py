"""The page of a matter, as lines."""

from dataclasses import replace

from desk.desk import Desk
from desk.matter_page import bands
from records.register.register import Register
from tests.tui.playing import NOW

ITEM = "DB-2026-0206"


def test_of_an_instruction_that_would_fill_the_page_the_beginning_stands_there_until_one_asks(brief: Register) -> None:
    desk = Desk(brief, brief.view().roster.people["BGS.clerk1"], lambda: NOW)
    case = desk.open(ITEM)
    assert case is not None
    (said,) = case.item.instructions
    for text, folds in ((said.text, False), ("请逐案清理。" * 200, True)):
        one = replace(case, item=replace(case.item, instructions=(replace(said, text=text),)))
        band = next(each for each in bands(one, desk.view, desk.view.policy, NOW.date().isoformat(), history=True) if each.name == "批示")
        assert band.folds == folds
        (short,) = band.short
        assert len(short.text) < 200
        (whole,) = band.full or band.short
        assert whole.text.endswith(text)
        assert whole.text.startswith(short.text.removesuffix("…"))
