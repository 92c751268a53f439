"""通报: a month's roundup from its drafting to its issue, in the app alone; who sees what of it; what others' hands leave in it."""

import pytest

from records.matter.roundup import Roundup
from records.register.register import Register
from records.store.paths import item_path, roundup_path
from records.store.store import Ident
from tests.planting import store_of
from tests.tui.playing import NOW, Playing, act, playing
from tui.terminal import Drafts

MONTH = "2026-10"
OMITTED = "涉密事项（份号000002）"


def _roundup(register: Register) -> Roundup:
    found = register.view().roundup(MONTH)
    assert found is not None
    return found


def _drafted(register: Register) -> None:
    act(register, "draft_roundup", MONTH, "BGS.clerk1")


def _written(register: Register, path: str, old: bytes, new: bytes) -> None:
    """Change a record by hand, behind the back of the acts."""
    who = Ident("某人", "x@lzga", NOW)
    data = store_of(register).read(path, register.head() or "") or b""
    assert old in data
    with store_of(register).writing() as transaction:
        transaction.commit({path: data.replace(old, new)}, author=who, committer=who, message="手改\n")


async def _choose(play: Playing, label: str) -> str:
    await play.press("f5")
    await play.choose(label)
    return await play.press("enter")


async def _sit(play: Playing, name: str) -> str:
    await play.press("f2")
    await play.type("换身份")
    await play.press("enter")
    await play.type(name)
    return await play.press("enter")


async def test_from_the_draft_to_the_issue_everybody_does_his_part_on_this_screen(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("b")
        await play.stands("roundups_none")
        await _choose(play, "生成汇总通报")
        text = await play.press("f10")
        assert "已办：生成汇总通报" in text
        await play.stands("roundups")
        text = await play.resize(60, 16)
        assert text.splitlines()[1].strip().startswith("通报"), "the page does not scroll as a whole"
        assert "城关分局" in text
        await play.resize(80, 24)
        # One row is left out, with the reason; the row stays.
        await play.press("enter", "down")
        await _choose(play, "不列入通报")
        await play.press("down")
        await play.type("见纸质件")
        assert "已办：不列入通报" in await play.press("f10")
        assert "见纸质件" in await play.look()
        # Nobody approves what says nothing.
        text = await _sit(play, "顾拟宁")
        assert "现在的身份：顾拟宁" in text
        assert "已办：" not in text, "what the one before him did is none of his"
        text = await _choose(play, "审批汇总通报")
        assert "汇总没有写综述。" in text
        assert "现在不能“审批汇总通报”" in text
        await play.press("escape")
        text = await _sit(play, "孔拟恒")
        assert "撰写综述" in text
        await _choose(play, "撰写综述")
        await play.type("逾期因人员调整，十二月上旬前清零。")
        assert "已办：撰写综述" in await play.press("f10")
        # The deputy director learns of it from his own work, and reads what he approves.
        await _sit(play, "顾拟宁")
        assert "2026-10 通报等您审批汇总通报（按 F2）" in await play.press("escape", "escape")
        await play.press("b")
        await _choose(play, "审批汇总通报")
        await play.press("tab")
        await play.type("同意印发。")
        await play.stands("roundup_approve")
        # What he has not read he does not approve.
        act(demo, "write_roundup", MONTH, "BGS.section_chief", text="均已办结，无须说明。")
        text = await play.press("f10")
        assert "您看到的通报之后已被改动" in text
        assert "均已办结，无须说明。" in text
        act(demo, "write_roundup", MONTH, "BGS.section_chief", text="逾期因人员调整，十二月上旬前清零。")
        told = [await play.press("f10") for _ in range(3)]
        assert "之后已被改动" in told[1]
        while "已办：审批汇总通报" not in told[-1] and len(told) < 6:  # what was changed is read to its end first
            told.append(await play.press("f10"))
        assert "已办：审批汇总通报" in told[-1]
        await _sit(play, "孔拟恒")
        await _choose(play, "印发汇总通报")
        assert "已办：印发汇总通报" in await play.press("f10")
        await play.stands("roundup_issued")
    found = _roundup(demo)
    assert found.state == "issued"
    assert found.text == "逾期因人员调整，十二月上旬前清零。"
    assert found.approved is not None
    assert found.issued is not None
    assert (found.approved.by, found.approved.text, found.issued.by) == ("L03", "同意印发。", "BGS.clerk1")
    assert [(row.title, row.omitted.reason) for row in found.rows if row.omitted] == [(OMITTED, "见纸质件")]


async def test_what_is_not_ones_own_says_why_and_whose_it_is(demo: Register) -> None:
    _drafted(demo)
    async with playing(demo, "L03") as play:
        await play.press("b", "f5")
        await play.choose("撰写综述")
        await play.stands("roundup_acts")
        text = await play.press("enter")
        assert "应由市局办公室督办人员（谭拟慎、孔拟恒、江拟川）办理。" in text


async def test_a_unit_sees_a_roundup_once_it_is_issued_and_never_the_rows_left_out(demo: Register) -> None:
    _drafted(demo)
    act(demo, "omit_row", MONTH, "BGS.clerk1", item="DB-2026-0164", reason="见纸质件")
    act(demo, "write_roundup", MONTH, "BGS.clerk1", text="十二月上旬前清零。")
    async with playing(demo, "QLH.liaison") as play:
        text = await play.press("b")
        assert "没有可看的汇总通报" in text
        assert "十二月上旬" not in text
        act(demo, "approve_roundup", MONTH, "L03", text="同意。")
        act(demo, "issue_roundup", MONTH, "BGS.clerk1")
        text = await play.waits_for("十二月上旬前清零")
        assert "已印发" in text
        assert "市委领导对夜市噪声扰民" in text
        assert OMITTED not in text
        # Another unit's matter is named here, but not opened.
        assert "不在您的职责范围内" in await play.press("enter", "enter")
    _written(demo, "units/BGS.yaml", b"role: archivist", b"role: admin")
    async with playing(demo, "BGS.archivist") as play:
        assert "没有可看的汇总通报" in await play.press("b")


async def test_a_matter_that_few_may_know_has_no_name_here_for_the_others(demo: Register) -> None:
    _drafted(demo)
    _written(demo, item_path("DB-2026-0162"), b"state: ", b"need_to_know:\n  - L02\nstate: ")
    title = "市委领导对夜市噪声扰民和秩序问题的批示"
    async with playing(demo, "BGS.clerk2", (120, 40)) as play:
        text = await play.press("b")
        assert "（限定知悉范围的事项）" in text
        assert title not in text
        assert title not in await _choose(play, "撰写综述")
    async with playing(demo, "L02", (120, 40)) as play:
        assert title in await play.press("b")


async def test_a_draft_belongs_to_its_row(demo: Register) -> None:
    _drafted(demo)
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("b", "enter")
        await _choose(play, "不列入通报")
        await play.press("down")
        await play.type("正在核实。")
        assert "已存为草稿" in await play.press("escape")
        await play.press("down")
        text = await _choose(play, "不列入通报")
        assert OMITTED in text
        assert "正在核实" not in text
        await play.press("escape", "up")
        text = await _choose(play, "不列入通报")
        assert "已恢复 11-23 10:30 的草稿" in text
        assert "正在核实。" in text
        assert "已办：不列入通报" in await play.press("f10")
    assert not Drafts(demo.drafts / "BGS.clerk1").all()


async def test_what_is_missing_is_refused_with_its_clause(demo: Register) -> None:
    _drafted(demo)
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("b")
        await _choose(play, "撰写综述")
        text = await play.press("f10")
        assert "不予办理  〔三（三）〕“综述”缺少这一项，必须填写" in text


async def test_where_the_documents_lie_is_said_once_they_are_there(demo: Register) -> None:
    _drafted(demo)
    async with playing(demo, "BGS.clerk1", (120, 40)) as play:
        assert "公文      还没有生成。" in await play.press("b")
        demo.published.mkdir()
        for name in ("roundup-2026-10.docx", "roundup-2026-10.xlsx"):
            (demo.published / name).write_bytes(b"")
        text = await play.press("escape", "b")
        assert "公文      roundup-2026-10.docx、" in text
        assert "roundup-2026-10.xlsx" in text


async def test_a_broken_roundup_is_named_and_hides_no_other(demo: Register) -> None:
    act(demo, "draft_roundup", "2026-09", "BGS.clerk1")
    _drafted(demo)
    _written(demo, roundup_path("2026-09"), b"as_of: ", b"asof: ")
    async with playing(demo, "BGS.clerk1", (120, 40)) as play:
        text = await play.press("b")
        assert "有 1 期记录有误：roundups/2026/09.yaml:" in text
        assert "2026年10月领导批示件" in text


async def test_the_newest_month_comes_first_and_the_item_under_the_cursor_opens(demo: Register) -> None:
    act(demo, "draft_roundup", "2026-09", "BGS.clerk1")
    _drafted(demo)
    async with playing(demo, "BGS.clerk1") as play:
        text = await play.press("b")
        assert text.splitlines()[3].startswith(">2026年10月")
        assert "2026-09-01 至 2026-09-30" in await play.press("down")
        text = await play.press("up", "enter", "enter")
        assert "0162 市委领导对夜市噪声扰民" in text
        assert "第 1 件，共" in text
        # Back to the items, to the months, out.
        assert "交办 报结" in await play.press("escape")
        assert "交办 报结" in await play.press("escape")
        assert "待办" in (await play.press("escape")).splitlines()[2]


@pytest.mark.parametrize("keys", [["f2", "5"], ["b"], ["f3", "enter", "b"], ["w", "b"]])
async def test_it_is_a_key_away_from_every_main_screen(demo: Register, keys: list[str]) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        assert "没有可看的汇总通报" in await play.press(*keys)


async def test_help_and_palette_know_it(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        text = await play.press("b", "f1")
        assert "上面选一期，回车到下面看列入的各件" in text
        await play.press("escape", "escape", "ctrl+p")
        await play.type("通报")
        await play.waits_for("各月汇总通报")
        assert "交办 报结" in await play.press("enter")
