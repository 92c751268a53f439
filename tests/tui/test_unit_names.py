"""Units where a column has no room for their names: each can be told from every other by what stands there."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from records.bureau.roster import Roster
from records.register.register import Register
from tests.bureau import roster
from tests.tui.playing import playing
from tui.frame.unit_names import unit_within


def _with(*names: str) -> Roster:
    """The demo's units with names of others that are nearly theirs."""
    found = roster()
    some = dict(zip(found.units, names, strict=False))
    return replace(found, units={each: replace(unit, name=some.get(each, unit.name)) for each, unit in found.units.items()})


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("经济犯罪侦查一支队", "经济犯罪侦查二支队"),
        ("经济犯罪侦查支队第一大队", "经济犯罪侦查支队第二大队", "经济犯罪调查支队第二大队"),
        ("七里河分局西站派出所", "七里河分局西园派出所", "七里河分局西湖派出所社区警务队"),
        ("网络安全保卫支队指挥中心甲", "网络安全保卫支队指挥中心乙", "网络安全保卫支队指挥中心甲乙"),
    ],
)
@pytest.mark.parametrize("cells", [10, 12, 16])
def test_what_stands_for_a_unit_stands_for_no_other(names: tuple[str, ...], cells: int) -> None:
    people = _with(*names)
    every = [unit.name for unit in people.units.values()]
    for name in every:
        told = unit_within(name, people, cells)
        if told[0].isascii():
            continue  # the code stands before it
        assert cell_len(told) <= cells
        head, _, tail = told.partition("…")
        assert [each for each in every if each == told or ("…" in told and each.startswith(head) and each.endswith(tail))] == [name]


async def test_the_ledger_says_of_a_long_name_what_kind_of_unit_it_is(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        text = await play.press("f3")
        assert " 经济犯…支队 " in text
        assert "经济犯罪侦…" not in text
