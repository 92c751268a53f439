"""代录: a leader signs on paper, and the office enters it with the scan, on the screens and line by line (Q24)."""

from pathlib import Path

from desk.desk import Desk
from desk.paper_entry import PAPER
from desk.wording import facts
from records.matter.item import Item
from records.matter.roundup import Roundup
from records.register.register import Register
from tests.records.test_people import POLICY_DRAFT
from tests.tui.playing import NOW, Playing, act, playing
from tests.tui.talking import sat
from tests.tui.test_signing_himself import under
from tui.forms.fields import FieldRow

ITEM = "DB-2026-0206"  # the deputy director's to read
SCAN = b"%PDF-1.4 a scanned page startxref 0 %%EOF"


def _item(register: Register, item: str = ITEM) -> Item:
    found = register.view().item(item)
    assert found
    return found


def _scan(folder: Path) -> str:
    (folder / "scan.pdf").write_bytes(SCAN)
    return str(folder / "scan.pdf")


async def _menu(play: Playing, item: str = ITEM) -> str:
    await play.press("f3", "f3")
    await play.type(item)
    return await play.press("enter", "f5")


async def _form(play: Playing, label: str = "阅示") -> str:
    await _menu(play)
    await play.choose(label)
    return await play.press("f8")


def _keeper(register: Register) -> str:
    """Who keeps roster and rules."""
    roster = register.view().roster
    return next(iter(roster.holders("roster_keeper", roster.bureau.office, NOW.date()))).id


async def _says(play: Playing, words: str) -> None:
    """Write what stands on the paper."""
    next(row for row in play.app.screen.query(FieldRow) if row.field.name == "text").words = words
    await play.look()


def _in_sight(play: Playing) -> set[str]:
    return {row.field.name for row in play.app.screen.query(FieldRow) if row.display}


async def test_what_was_signed_on_paper_is_entered_with_its_scan_and_shown_as_such(demo: Register, tmp_path: Path) -> None:
    async with playing(demo, "BGS.registry") as play:
        await _menu(play)
        await play.choose("阅示")
        await play.stands("acts_on_paper")
        text = await play.press("f8")
        assert "纸质签字人 *       【顾拟宁 副局长（主管督办工作）】" in text, "there is but one who may sign it"
        assert "还缺      扫描件" in text
        await play.press("down")
        await play.type(str(tmp_path / "no.pdf"))
        await _says(play, "同意交办。")
        assert "没有这个扫描文件。" in await play.press("f10")
        assert _item(demo).reading is None
        row = next(row for row in play.app.screen.query(FieldRow) if row.field.name == PAPER[1])
        for hostile in ("扫" * 300, str(tmp_path), "a\x00b", "../" * 900):
            row.words = hostile
            assert "不予办理" in await play.press("f10"), hostile[:9]
        row.words = str(tmp_path / "no.pdf")
        row.take_focus()
        (tmp_path / "no.pdf").write_bytes(b"")
        assert "扫描件是空文件" in await play.press("f10")
        (tmp_path / "no.pdf").write_bytes(SCAN)
        text = await play.press("end", "backspace", "f")
        assert "办后      待阅示 → 已阅示" in text
        assert "【代录：同意交办 F10】" in text
        text = await play.press("f10")
        assert "已代录顾拟宁的纸质签字：阅示 DB-2026-0206。现在在市局办公室督办人员" in text
        assert "阅示      顾拟宁（纸质签字） 11-23 10:30" in text
        assert "万拟竹 阅示 同意交办（代顾拟宁）" in text.replace("\n            ", "")
    reading = _item(demo).reading
    assert reading
    assert (reading.by, reading.entered_by) == ("L03", "BGS.registry")
    assert reading.scan


async def test_the_form_of_it_at_both_sizes(demo: Register, tmp_path: Path) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _form(play)
        await play.press("down")
        await play.type("/扫描件/0206阅示")
        await play.press("down", "down")
        await play.type("同意。请法制支队十二月十八日前报结果。")
        await play.stands("form_on_paper")


async def test_half_filled_it_is_a_draft_that_goes_on_where_it_was_left(demo: Register, tmp_path: Path) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _form(play)
        next(row for row in play.app.screen.query(FieldRow) if row.field.name == "text").take_focus()
        await play.type("同意。请按时报结果。")
        assert "所填内容已存为草稿" in await play.press("escape")
        text = await play.press("escape", "escape", "escape")
        assert "写了没办的草稿 1 件" in text
        text = await play.press("down", "down", "enter")
        assert "已恢复 11-23 10:30 的草稿" in text
        assert set(PAPER) <= _in_sight(play)
        await play.press("down")
        await play.type(_scan(tmp_path))
        assert "已代录顾拟宁的纸质签字：阅示" in await play.press("f10")
    reading = _item(demo).reading
    assert reading
    assert "请按时报结果。" in (reading.text or "")


async def test_the_key_takes_the_fields_away_again_and_then_nobody_has_signed(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _form(play)
        assert set(PAPER) <= _in_sight(play)
        text = await play.press("f8")
        assert not set(PAPER) & _in_sight(play)
        assert "代录：" not in text
        assert "不属于孔拟恒" in await play.press("f10")
        assert "代录：同意交办" in await play.press("f8")
        text = await play.press("f9", "f9")
        assert "【顾拟宁 副局长（主管督办工作）】" in text, "begun again it is begun as it was"
        assert "还缺      扫描件" in text
        signer, scan = (row for row in play.app.screen.query(FieldRow) if row.field.name in PAPER)
        signer.words = ""
        text = await play.press("f10")
        assert "没有写明在纸上签字的人" in text, "asked who signed and not told, it is not the clerk who acts"
        assert "【代录：" in text
        assert not scan.words


async def test_it_is_offered_to_nobody_else_and_not_where_policy_wants_his_own_signature(demo: Register) -> None:
    async with playing(demo, "FZ.liaison") as play:
        act(demo, "read", ITEM, "L03", decision="agree", text="同意。")
        act(demo, "dispatch", ITEM, "BGS.clerk1")
        assert "F8 代录" not in await _menu(play)
    async with playing(demo, "BGS.clerk1") as play:
        assert "可代录 主要领导同意" in await _menu(play, "DB-2026-0188")
        assert "F8 代录" in await play.choose("主要领导同意")
        await play.press("escape")
        under(demo, own_signatures=["consent", "enact_policy"])
        assert "可代录 主要领导同意" not in await play.press("f5")


async def test_who_came_in_by_the_door_names_what_lies_in_his_box(demo: Register, tmp_path: Path) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        play.app.desk.box = tmp_path
        _scan(tmp_path)
        assert "写文件柜里的文件名，现有 scan.pdf" in await _form(play)
        await play.press("down")
        await play.type("/etc/passwd")
        await _says(play, "同意交办。")
        assert "只能写您文件柜里的文件名" in await play.press("f10")
        next(row for row in play.app.screen.query(FieldRow) if row.field.name == PAPER[1]).words = "scan.pdf"
        assert "已代录顾拟宁的纸质签字" in await play.press("f10")


async def test_a_roundup_that_was_approved_on_paper_is_entered_as_well(demo: Register, tmp_path: Path) -> None:
    act(demo, "draft_roundup", "2026-10", "BGS.clerk1")
    act(demo, "write_roundup", "2026-10", "BGS.clerk1", text="逾期事项已逐件催办。")
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("b", "f5")
        await play.choose("审批汇总通报")
        text = await play.press("f8", "down")
        assert "纸质签字人" in text
        await play.type(_scan(tmp_path))
        await play.press("down")
        await play.type("同意印发。")
        for _ in range(20):
            if "已代录" in (text := await play.press("f10")):
                break
        assert "已代录顾拟宁的纸质签字：审批汇总通报" in text
    found = demo.view().roundup("2026-10")
    assert isinstance(found, Roundup)
    assert found.approved
    assert found.approved.entered_by == "BGS.clerk1"


async def test_what_another_hand_wrote_is_not_filled_in_for_it(demo: Register, tmp_path: Path) -> None:
    told = sat(demo, "BGS.clerk1", "0206", "代录", "1", "1", _scan(tmp_path), "", "。", "", "办")
    assert "阅示意见，必填。照纸上写的录入。" in told, told
    assert "已代录" not in told
    assert _item(demo).reading is None
    assert "不写就印“同意交办。”" in sat(demo, "L03", "0206", "1", "", "。", "不办", "退出")
    (demo.drafts / "BGS.clerk1").rename(tmp_path / "drafts")
    async with playing(demo, "BGS.clerk1") as play:
        text = await _form(play)
        assert "不写就印" not in text
        assert "照纸上写的录入" in text
        await play.press("down")
        await play.type(_scan(tmp_path))
        assert "阅示意见" in next(line for line in (await play.look()).splitlines() if "还缺" in line)
        await play.press("f10")
        assert _item(demo).reading is None
        text = await play.press("f8")
        assert "不写就印“同意交办。”" in text, "who signs himself leaves it out as ever"


def test_line_by_line_a_roundup_and_rules_that_were_signed_on_paper_are_entered_as_well(demo: Register, tmp_path: Path) -> None:
    act(demo, "draft_roundup", "2026-10", "BGS.clerk1")
    act(demo, "write_roundup", "2026-10", "BGS.clerk1", text="逾期事项已逐件催办。")
    act(demo, "draft_policy", "policy", _keeper(demo), **POLICY_DRAFT)
    lines = ("通报 2026-10", "代录", "重念", "通报 2026-10", "代录", "1", "1", _scan(tmp_path), "同意印发。", "。", "办", "再见")
    told = sat(demo, "BGS.clerk1", *lines)
    assert "可以代录纸质签字的：\n1 审批汇总通报" in told, told
    assert "已代录顾拟宁的纸质签字：审批汇总通报" in told, told
    found = demo.view().roundup("2026-10")
    assert found
    assert found.approved
    assert found.approved.entered_by == "BGS.clerk1"
    told = sat(demo, "BGS.clerk1", "规则", "代录", "待办", "代录", "再见")
    assert "1 批准" in told.partition("可以代录纸质签字的：")[2], told
    assert "先打开一件" in told
    assert "不由您代录" in sat(demo, "JJ.liaison", "规则", "代录", "再见")


def test_line_by_line_it_is_a_word(demo: Register, tmp_path: Path) -> None:
    lines = ("0206", "代录", "1", "1", _scan(tmp_path), "", "同意。", "。", "办", "再见")
    heard = sat(demo, "BGS.clerk1", *lines)
    assert "可以代录纸质签字的：" in heard
    assert "已代录顾拟宁的纸质签字：阅示 DB-2026-0206" in heard, heard
    desk = Desk(demo, demo.view().roster.people["BGS.clerk1"], lambda: NOW)
    case = desk.open(ITEM)
    assert case
    assert any("顾拟宁（纸质签字，孔拟恒录入）" in told for _, told in facts(case, desk.view.roster, desk.view.calendar))
    assert "不由您代录" in sat(demo, "JJ.liaison", "0188", "代录", "再见")
