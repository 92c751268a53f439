"""我登记的 and 我跟踪的: kept beside the drafts, never in a record; what one may no longer see is as if it were not there."""

from dataclasses import replace

import pytest
from click.testing import CliRunner

from desk.desk import Desk
from desk.ledger import LedgerQuery, sight
from desk.ledger_words import meant
from desk.mine import MineSight, follow, follows, looked, mine
from records.register.register import Register
from records.store.paths import item_path
from records.store.record_files import emit
from tests.desk.test_archive import plant
from tests.tui.playing import NOW, act, playing
from tui.command import duban

ITEM = "DB-2026-0206"


def desk(register: Register, person: str | None) -> Desk:
    return Desk(register, register.view().roster.people[person] if person else None, lambda: NOW)


def test_what_somebody_follows_tells_what_others_did_since_he_looked(demo: Register) -> None:
    by, head = desk(demo, "BGS.clerk2"), demo.head()
    assert follow(by, ITEM)
    assert (follow(desk(demo, None), ITEM), follow(by, "DB-2026-9999"), demo.head()) == (None, None, head)
    assert [(each.excerpt.id, each.news) for each in mine(by, "followed").lines] == [(ITEM, "")]
    act(demo, "read", ITEM, "L03", decision="agree", text="同意。")
    (line,) = mine(by, "followed").lines
    assert line.news == "其后1步：阅示 11-23"
    looked(by, ITEM, len(demo.index.history(ITEM)))
    assert [each.news for each in mine(by, "followed").lines] == [""]
    assert follow(by, ITEM) is False
    assert mine(by, "followed") == mine(desk(demo, "BGS.clerk1"), "followed") == mine(desk(demo, None), "registered") == MineSight()


def test_what_he_may_no_longer_see_is_as_if_it_were_not_there(demo: Register) -> None:
    by = desk(demo, "BGS.registry")
    assert follow(by, "DB-2026-0162")
    item = demo.view().item("DB-2026-0162")
    assert item is not None
    plant(demo, {item_path(item.id): emit(replace(item, need_to_know=("L01",)))})
    assert mine(by, "followed") == MineSight()
    assert follow(by, item.id) is None
    assert follows(by, item.id), "and comes back with the right to see it"


def test_a_damaged_file_follows_nothing_and_is_replaced(demo: Register) -> None:
    by = desk(demo, "BGS.clerk1")
    assert follow(by, ITEM)
    (demo.drafts / "BGS.clerk1/followed").write_bytes(b"\xff[")
    assert mine(by, "followed") == MineSight()
    assert follow(by, ITEM)


def test_what_he_entered_is_told_by_command_too(demo: Register) -> None:
    def run(*words: str) -> str:
        return CliRunner().invoke(duban, ["--register", str(demo.home), "ls", "--as", "BGS.clerk1", *words]).output

    entered = {each.excerpt.id for each in mine(desk(demo, "BGS.clerk1"), "registered").lines}
    assert entered == {line.split()[0] for line in run("--mine", "registered").splitlines()}
    assert entered == {each.id for each in demo.index.items() if demo.index.history(each.id)[0].person == "BGS.clerk1"}
    assert "没有符合条件的事项" in run("--mine", "followed")


def test_what_he_entered_is_read_a_page_at_a_time(demo: Register) -> None:
    by = desk(demo, "BGS.clerk1")
    total, every, _ = mine(by, "registered")
    assert total == len(every) > 10
    assert [mine(by, "registered", first, 4) for first in range(0, total, 4)] == [
        (total, every[at : at + 4], "") for at in range(0, total, 4)
    ]


async def test_what_he_entered_is_leafed_through_to_its_end_and_on_from_a_matter(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.screens.mine._PAGE", 8)
    total, every, _ = mine(desk(demo, "BGS.clerk1"), "registered")
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "right", "f7")
        assert f"我登记的 {total} 件" in await play.press("f4")
        assert every[-1].excerpt.title[:12] in await play.press("end")
        assert f"第 {total - 1} 件，共 {total} 件" in await play.press("up", "enter")


async def test_a_matter_is_followed_from_the_ledger_and_the_case_and_listed_beside_what_one_did(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3")
        await play.type(ITEM)
        await play.press("down", "space", "f5")
        await play.type("跟踪")
        assert "已跟踪 1 件" in await play.press("enter")
        await play.press("y", "f7")
        act(demo, "read", ITEM, "L03", decision="agree", text="同意。")
        await play.waits_for("1 件有变动")
        assert "其后1步：阅示 11-23" in await play.look()
        assert "其后" not in (await play.press("enter", "escape")).partition(f" {ITEM[-4:]} ")[2].splitlines()[0]
        assert "我登记的" in await play.press("f4")
        await play.press("f4", "enter")
        assert f"不再跟踪 {ITEM}" in await play.press("end", "up", "enter")
        assert "您没有跟踪的事项" in await play.press("escape")


def test_while_the_history_is_read_such_lists_say_so_and_nobody_waits_but_whoever_asked_by_command(
    demo: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("records.index.index._PIECE", 5)  # commits that are read in passing
    demo.index.close()
    demo.home.joinpath("index.sqlite").unlink()
    whole = Register(demo.home)
    clerk = whole.view().roster.people["BGS.clerk1"]
    hasty = Desk(whole, clerk, lambda: NOW, hasty=True)
    whole.index.begin()
    assert not whole.index.has_history
    query = meant(hasty, LedgerQuery("我:经手")).query
    assert "经过还在整理" in mine(hasty, "registered").lacks
    assert "经过还在整理" in sight(hasty, query).lacks
    assert not whole.index.has_history
    total, _, lacks = mine(Desk(whole, clerk, lambda: NOW), "registered")
    assert (total > 10, lacks, mine(hasty, "registered").lacks, sight(hasty, query).lacks) == (True, "", "", "")
