"""Acts as forms: errors beside the fields, nothing typed lost, signatures for exactly what was shown."""

import asyncio
import errno
import json
from datetime import datetime

import pytest
from textual.widget import Widget

from desk.signing import done_signed
from records.matter.item import Item
from records.matter.prose import printed_code
from records.register.register import Register
from tests.tui.playing import Playing, act, playing
from tui.forms import form
from tui.forms.editors import LineEditor, TextEditor
from tui.forms.fields import FieldRow
from tui.screens.case import CaseScreen
from tui.terminal import Drafts


def _item(register: Register, item: str) -> Item:
    found = register.view().item(item)
    assert found is not None
    return found


async def _form(play: Playing, item: str, label: str) -> str:
    await play.press("f3", "f3")
    await play.type(item)
    await play.press("enter", "f5")
    await play.choose(label)
    return await play.press("enter")


async def test_errors_stand_beside_their_fields_nothing_is_lost_and_the_second_try_succeeds(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _form(play, "DB-2026-0185", "责成重新上报")
        # The text is read first; then reasons, comment, a Saturday.
        assert "[√] R6 未经" in await play.press("tab", "space", "right", "space")
        await play.press("space", "left", "down", "down", "space", *["down"] * 8)
        await play.type("数字不全，请补齐。")
        await play.press("tab")
        await play.type("11-28")
        await play.press("f10")
        await play.stands("return_refused")
        assert "规定条文  二" in await play.press("f7")
        await play.press("escape", "end", "backspace")
        text = await play.type("7")
        assert "2026年11月27日，周五，工作日，还有4个工作日" in text
        assert "不予办理" not in text
        assert "办后      待主管主任审签 → 退回重报" in text
        text = await play.press("f10")
        assert "已办：责成重新上报" in text
        assert "退回重报" in text
    returned = _item(demo, "DB-2026-0185").report.round.returned  # type: ignore[union-attr]
    assert returned is not None
    assert returned.reasons == ("R1", "R3")
    assert returned.comment == "数字不全，请补齐。"
    assert returned.redo_due == "2026-11-27"


async def test_reasons_are_ticked_by_their_digits_and_tab_leaves_them(demo: Register) -> None:
    """Two reasons, the words, the day: as many keys as screens.md §11 allows."""
    async with playing(demo, "BGS.clerk1") as play:
        await _form(play, "DB-2026-0185", "责成重新上报")
        await play.press("tab", "3", "4", "tab")
        await play.type("没有责任人。")
        await play.press("tab")
        await play.type("11-27")
        assert "已办：责成重新上报" in await play.press("f10")
    returned = _item(demo, "DB-2026-0185").report.round.returned  # type: ignore[union-attr]
    assert returned is not None
    assert (returned.reasons, returned.comment) == (("R3", "R4"), "没有责任人。")


async def test_a_text_is_signed_only_when_its_end_was_in_sight(demo: Register) -> None:
    async with playing(demo, "JJ.main_leader", (80, 16)) as play:
        assert "第 1 屏" in await play.press("enter")
        text = await play.press("f10")
        assert "还没有看完，已翻到下一屏" in text
        assert _item(demo, "DB-2026-0188").state == "unit_reviewed"
        for _ in range(4):
            if "已办：主要领导同意" in (text := await play.press("f10")):
                break
        assert "已办：主要领导同意" in text


async def test_what_is_missing_is_said_and_the_cursor_stands_there(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f9")
        await play.stands("register")
        text = await play.press("f10")
        assert "不予办理" in text
        assert "缺少这一项，必须填写" in text
        text = await play.type("某事")
        assert "事项名称 *         某事" in text


async def test_what_was_registered_comes_up_and_however_slowly_it_does_it_says_so(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    mount = CaseScreen.mount_composed_widgets

    async def slowly(screen: CaseScreen, widgets: list[Widget]) -> None:
        for _ in range(200):  # turns of the event loop, in which all that waits for the app has its say
            await asyncio.sleep(0)
        await mount(screen, widgets)

    monkeypatch.setattr(CaseScreen, "mount_composed_widgets", slowly)
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f9")
        await play.type("省领导对学校周边交通安全的批示")
        await play.press("down", "enter", "4", "enter", "down")
        await play.type("上级领导批示")
        await play.press("down", "right", "down", "enter", "上", "级", "领", "导", "批", "enter", "down")
        for text in ("市委办公室", "群众来信摘报第1期", "今天", "省领导", "今天"):
            await play.type(text)
            await play.press("enter")
        await play.type("请抓紧查实整改，结果报我。")
        notify = play.app.notify

        def busily(text: str) -> None:
            notify(text)
            play.app.call_later(lambda: None)  # as much else may wait for the app then

        monkeypatch.setattr(play.app, "notify", busily)
        await play.press("f10")
        text = await play.waits_for("已办：登记立项")
        assert "省领导对学校周边交通安全的批示  已登记" in text


async def test_consent_is_for_the_text_that_was_shown(demo: Register) -> None:
    async with playing(demo, "JJ.main_leader") as play:
        await play.press("enter")
        await play.stands("consent")
        anew = {"title": "关于清理“僵尸车”情况的报告", "body": "已清理四十七辆，全部清完。", "void_reason": "数字有误。"}
        act(demo, "draft_report", "DB-2026-0188", "JJ.liaison", **anew)
        act(demo, "review_report", "DB-2026-0188", "JJ.reviewing_head", verdict="pass")
        text = await play.press("f10")
        assert "您看到的文本之后已被改动" in text
        assert "已清理四十七辆，全部清完。" in text
        await play.stands("consent_voided")
        assert "已办：主要领导同意" in await play.press("f10")
    report = _item(demo, "DB-2026-0188").report
    assert report is not None
    assert report.round.consented is not None
    assert report.round.consented.hash == report.hash


async def test_a_case_left_open_offers_the_step_of_now_and_a_step_back_says_whose_signature_goes(demo: Register) -> None:
    """拟办 is done over again in a case that was opened for it and stood open while the leader read the proposal."""
    item = "DB-2026-0206"
    act(demo, "read", item, "L03", decision="change", text="请改由刑警主办。")
    async with playing(demo, "BGS.clerk1") as play:
        await play.choose("拟办")
        assert item[-4:] in await play.press("f7")
        text = await play.press("f5")
        assert text.splitlines()[3].startswith(">1 可以办 拟办")
        await play.press("escape")
        old = _item(demo, item)
        proposal = {"lead": "XJ", "points": [{"text": "清理"}], "due": "2026-12-18", "feedback_cycle": "weekly", "text": "拟由刑警主办。"}
        act(demo, "propose", item, "BGS.section_chief", **proposal)
        act(demo, "read", item, "L03", decision="agree", text="同意。")
        text = await play.press("f5")
        assert text.splitlines()[3].startswith(">1 可以办 交办")
        await play.choose("拟办")
        text = await play.press("enter")
        assert "失效      顾拟宁" in text
        await play.press(*["down"] * 5)
        text = await play.press("f10")
        assert "顾拟宁" in text.partition("不予办理")[2]
        assert "“阅示”随即失效" in text.replace("\n ", "")
        assert "签字失效的理由 *" in text
        assert _item(demo, item).state == "read"
        await play.type("主办单位有误。")
        await play.stands("void_reason")
        assert "已办：拟办" in await play.press("f10")
    found = _item(demo, item)
    assert (found.state, found.voidings[-1].reason) == ("awaiting_reading", "主办单位有误。")
    assert not old.voidings


async def test_paper_is_received_beside_the_text_that_it_is_held_against(demo: Register) -> None:
    """The code is marked before it is missed, as the gate asks for it; how many pages there should be is counted."""
    item = "DB-2026-0188"
    act(demo, "consent", item, "JJ.main_leader", decision="agree")
    for unit in ("XC", "CG", "AN"):
        if not _opinion(demo, item, unit):
            act(demo, "waive_opinion", item, "BGS.clerk1", unit=unit, text="已电话沟通。")
    act(demo, "submit", item, "JJ.liaison")
    code = printed_code(_item(demo, item).report.hash)  # type: ignore[union-attr]
    async with playing(demo, "BGS.registry") as play:
        text = await play.press("enter")
        assert "文本校验码 *" in text
        assert "电子件排出来是" in text
        assert "关于清理“僵尸车”情况的报告" in text
        await play.stands("receive_paper")
        await play.press("tab")
        await play.type("2")
        await play.press("down", "down")
        await play.type("00000000ffff")
        text = await play.press("up")
        assert "× 纸质件上的文本校验码 0000-0000-ffff 与电子件" in text
        await play.press("down", *["backspace"] * 14)
        await play.type(code.upper())
        text = await play.press("up")
        assert "×" not in text
        assert "办后      待纸质件 → 待办公室审核" in text
        assert "已办：纸质件核收" in await play.press("f10")


def _opinion(register: Register, item: str, unit: str) -> bool:
    part = _item(register, item).part(unit)
    return part is not None and bool(part.opinion or part.waiver)


async def test_a_draft_outlives_esc_a_dropped_line_and_a_new_session_and_ends_with_the_act(
    demo: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts, at_work = Drafts(demo.drafts / "QLH.liaison"), list[dict[str, str]]()

    def doing(*given: object) -> object:
        at_work.append(drafts.all())
        return done_signed(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("tui.forms.form.done_signed", doing)
    async with playing(demo, "QLH.liaison") as play:
        await _form(play, "DB-2026-0194", "进展反馈")
        await play.press("down")
        await play.type("已加装防盗装置三千辆。辆")
        with monkeypatch.context() as full:
            full.setattr(Drafts, "save", _full)
            assert "草稿没有存下（磁盘已满）" in await play.press("escape")
        await play.press("backspace")
        text = await play.press("escape")
        assert "已存为草稿" in text
        await play.press("f5")
        await play.choose("进展反馈")
        await play.press("enter")
        assert "已恢复 11-23 10:30 的草稿" in await play.press("down")
        await play.type("甲")
        play.app.keep_drafts()
    async with playing(demo, "QLH.liaison") as play:
        text = await _form(play, "DB-2026-0194", "进展反馈")
        assert "三千辆。甲" in text or "甲已加装" in text
        await play.press("down")
        await play.type("乙丙")
        assert "已办：进展反馈" in await play.press("f10")
        (left,) = at_work
        assert "乙丙" in "".join(left.values()), "a line that drops while it is being done leaves all that was typed"
        text = await _form(play, "DB-2026-0194", "进展反馈")
        assert "三千辆" not in text
        assert "草稿" not in text
        await play.press("escape")
        for key, kept in left.items():  # as of a session that is killed between the act and the end of its draft
            drafts.save(key, kept)
        progress = len(_item(demo, "DB-2026-0194").progress)
        assert "您 11-23 10:30 已经办过“进展反馈”，不要重复办理。" in await _form(play, "DB-2026-0194", "进展反馈")
        assert "确需再办一次的，再按 F10" in await play.press("f10")
        assert len(_item(demo, "DB-2026-0194").progress) == progress
        assert "已办：进展反馈" in await play.press("f10")
    assert "三千辆" in _item(demo, "DB-2026-0194").progress[-1].text
    assert len(_item(demo, "DB-2026-0194").progress) == progress + 1


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


async def test_a_draft_is_written_while_one_types(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(form, "_SAVE_EVERY", 0.05)
    async with playing(demo, "QLH.liaison") as play:
        await _form(play, "DB-2026-0194", "进展反馈")
        await play.press("down")
        await play.type("正在加装。")
        await play.passes(0.1)
        (text,) = Drafts(demo.drafts / "QLH.liaison").all().values()
        assert json.loads(text)["words"]["text"] == "正在加装。"
        # Nobody else's draft.
        assert not Drafts(demo.drafts / "QLH.liaison_b").all()


async def test_a_draft_can_be_given_up(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await _form(play, "DB-2026-0194", "进展反馈")
        await play.press("down")
        await play.type("写错了")
        assert "再按一次 F9" in await play.press("f9")
        assert "写错了" not in await play.press("f9")
        await play.type("写不下")
        monkeypatch.setattr(Drafts, "save", _full)
        assert play.app.drafts_kept() == "没有提交的内容未能存为草稿（磁盘已满）"
        assert "现在离开会丢失所填内容" in await play.press("escape")
        text = await play.press("escape")
        assert "没有办理。所填内容没有存下。" in text, "nobody is told that what is lost is kept"
    assert not Drafts(demo.drafts / "QLH.liaison").all()


async def test_the_report_is_written_beside_what_it_must_answer(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("enter")
        await play.stands("editor")
        # Without attachments no text of theirs is asked for, whatever is written and how long ago.
        await play.press("tab", "ctrl+end")
        assert "附件正文" not in await play.press(*["backspace"] * len("警情分布图\n串并案件表"))
        await play.press("tab", "end")
        text = await play.type("已补")
        assert "R3 措施笼统、无责任人和时限：已补" in text
        assert "R4 没有答复，还不能上报" in text
        assert "附件正文" not in await play.press("shift+tab", "shift+tab", "ctrl+home")
        assert "与第2轮文字相同，还不能送审" not in await play.type("一、基本情况。有新情况。\n\n")
        text = await play.press("f8")
        assert " # 一、基本情况。\n 有新情况。" in text
        assert "一、基本情况。有新情况。" in await play.press("ctrl+z")
        await play.press("f8")
        assert "已办：起草办结报告" in await play.press("f10")
    report = _item(demo, "DB-2026-0194").report
    assert report is not None
    assert report.body.startswith("# 一、基本情况。\n有新情况。\n\n")
    assert len(report.rounds) == 3


async def test_units_are_picked_by_code_or_by_their_short_names(demo: Register) -> None:
    act(demo, "read", "DB-2026-0206", "L03", decision="change", text="请改由刑警主办。")
    async with playing(demo, "BGS.clerk1") as play:
        await _form(play, "DB-2026-0206", "拟办")
        await play.stands("propose")
        assert "→ 刑事警察支队" in await play.type("刑警")
        assert "主办单位 *         刑事警察支队" in await play.press("enter")
        await play.press("f4")
        await play.type("XJ")
        await play.press("enter")
        await play.type("网安")
        await play.stands("pick_units")
        # Where no function key comes through, what is marked is given by the button.
        assert "警务保障处、网络安全保卫支队" in await play.press("enter", "tab", "enter")
        # Behind a whole name begins another one; what may be several is picked, and a name that stands whole goes at once.
        assert "个都是：" in await play.type("分局")
        assert "选择协办单位" in await play.press("enter")
        await play.press("escape", "backspace", "backspace")
        await play.type("城关分局")
        assert "警务保障处、网络安全保卫支队、城关分局" in await play.press("up", "down")
        assert "城关分局" not in await play.press("backspace")
        await play.press("f10")
        await play.press(*["down"] * 5, *["tab"] * 2)
        text = await play.press("f10")
        assert "已办：拟办" in text
    item = _item(demo, "DB-2026-0206")
    assert item.lead == "XJ"
    assert [part.unit for part in item.assisting] == ["JB", "WA"]


async def test_a_category_is_picked_by_its_number_and_stands_there_in_words(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f9", "down", "enter")
        await play.type("4")
        assert "类别 *             （四）上级领导机关交办事项及领导批示件" in await play.press("enter")


async def test_the_request_of_a_unit_without_a_character_is_numbered_under_its_name(demo: Register) -> None:
    """The office numbers nothing of its own; what its director asks for more time by bore the code of its record: 兰公BGS请."""
    async with playing(demo, "BGS.director") as play:
        await _form(play, "DB-2026-0205", "请示延期")
        await play.type("12-21")
        assert "文号      兰公办公室请〔2026〕1号（已签发）" in await play.look()
        assert "已办：请示延期" in await play.press("f10")
    assert _item(demo, "DB-2026-0205").extensions[-1].number == "兰公办公室请〔2026〕1号"


@pytest.mark.parametrize("width", [80, 120])
async def test_a_signature_form_shows_the_document_and_its_hash(demo: Register, width: int) -> None:
    async with playing(demo, "BGS.director_in_charge", (width, 24 if width == 80 else 40)) as play:
        text = await play.press("enter")
        item = _item(demo, "DB-2026-0185")
        assert printed_code(item.text_to_sign or "") in text
        assert "兰州市市场监督管理局：" in text
        assert "已办：主管主任审签" in await play.press("f10")
    signature = _item(demo, "DB-2026-0185").director_signature
    assert signature is not None
    assert signature.hash == item.text_to_sign


@pytest.mark.parametrize("together", [True, False])
async def test_what_is_typed_while_the_text_to_be_signed_is_read_begins_the_field(demo: Register, together: bool) -> None:
    """The cursor stands in the text, which is read first; an opinion that was typed at once was lost."""
    async with playing(demo, "BGS.director_in_charge") as play:
        await play.press("enter")
        text = await (play.burst(*"请局领导审签。") if together else play.press(*"请局领导审签。"))
        assert "请局领导审签。" in text
        await play.press("f10")
    signature = _item(demo, "DB-2026-0185").director_signature
    assert signature is not None
    assert signature.text == "请局领导审签。"


async def test_a_work_secret_that_was_marked_wrongly_is_unmarked_in_its_form(demo: Register) -> None:
    item = "DB-2026-0206"
    assert _item(demo, item).secrecy.work_secret
    async with playing(demo, "BGS.clerk1") as play:
        await _form(play, item, "更正")
        next(row for row in play.app.screen.query(FieldRow) if row.field.name == "work_secret").take_focus()
        assert "更正      “保密”“工作秘密”：是 → 否" in await play.press("left")
        next(row for row in play.app.screen.query(FieldRow) if row.field.name == "reason").take_focus()
        await play.type("录错。")
        assert "已办：更正" in await play.press("f10")
    assert not _item(demo, item).secrecy.work_secret


async def test_an_onlooker_is_asked_who_he_is(demo: Register) -> None:
    async with playing(demo, None) as play:
        text = await play.press("escape", "f3", "enter", "f5")
        assert "没有选定身份，只能看。请按 F2，选“换身份”。" in text


@pytest.mark.parametrize("patience", [0.5, 0.0])
async def test_keys_typed_ahead_go_to_the_list_that_opens_and_to_the_form_once_it_has_closed(
    demo: Register, monkeypatch: pytest.MonkeyPatch, patience: float
) -> None:
    """On a slow line, or a busy machine, Enter, 4, Enter took the first category, and what was typed for the next field was lost.

    A screen that is coming is waited for also where no reading is any more.
    """
    monkeypatch.setattr("tui.terminal.typing_order._PATIENCE", patience)
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f9")
        keys = ["down", "enter", "4", "enter", "down", *"上级批示", "down", "down", "enter", *"批示", "enter", "down", *"省厅"]
        text = await play.burst(*"某事", *keys)
        assert "类别 *             （四）上级领导机关交办事项及领导批示件" in text
        assert "子类 *             上级批示" in text
        assert "来源类型 *         上级领导批示" in text
        assert "来文或交办单位 *   省厅" in text


async def test_what_is_typed_behind_the_key_that_opens_a_form_begins_its_first_field_in_order(demo: Register) -> None:
    """The cursor comes to the field by a call of the app's; a key that was sent round to come after it came after those behind it, too."""
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3")
        text = await play.burst("f9", *"群众反映学校周边交通安全隐患", "down", "enter", "4", "enter", "up", *"一事")
        assert "事项名称 *         群众反映学校周边交通安全隐患一事" in text
        assert "类别 *             （四）上级领导机关交办事项及领导批示件" in text


async def test_keys_that_come_in_one_packet_go_to_their_fields(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f9")
        # 事项名称, 类别, 子类, 来源层级, 来源类型, 来文或交办单位, back to 来源层级, 来文编号或依据.
        title, subtype, level = ["某", "left", "甲", "down", "down"], ["乙", "down"], ["right", "down", "down"]
        organ, reference = ["丙", "up", "up", "right", "down", "down"], ["enter", "丁"]
        text = await play.burst(*title, *subtype, *level, *organ, *reference)
        assert "事项名称 *         甲某" in text
        assert "子类 *             乙" in text
        assert "来源层级             上级  【市局】" in text
        assert "来文或交办单位 *   丙" in text
        assert "来文编号或依据     丁" in text


async def test_registration_asks_for_what_the_category_needs_and_the_rest_comes_by_a_key(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "f9", "down", "enter")
        await play.type("2")
        await play.press("enter")

        def in_sight() -> set[str]:
            return {row.field.name for row in play.app.screen.query(FieldRow) if row.display}

        assert {"meeting_number", "meeting_clause"} <= in_sight()
        assert {"proposer", "instruction_leader", "lead", "secrecy_years"}.isdisjoint(in_sight())
        rows = {row.field.name: row for row in play.app.screen.query(FieldRow)}
        assert rows["source_kind"].words == "director_meeting"
        assert len(in_sight()) < 20
        (here,) = [row for row in rows.values() if row.query_one(".label").styles.text_style.bold]
        assert here.has_focus_within, "the label of the field in which one is, and of no other, is bold"
        await play.type("7")
        assert {"proposer", "session", "suggestion_number"} <= in_sight()
        assert "meeting_number" not in in_sight()
        assert rows["source_kind"].words == "", "there are four of them"
        await play.press("f8")
        assert {"lead", "assisting", "due", "need_to_know"} <= in_sight()
        await _over_midnight(play, demo)


async def _over_midnight(play: Playing, demo: Register) -> None:
    """Days that were typed before midnight are what they were, on the screen and in a draft that is taken up days later."""
    desk = play.app.desk
    rows = {row.field.name: row for row in play.app.screen.query(FieldRow)}
    desk.clock = lambda: datetime.fromisoformat("2026-12-31T23:59:58+08:00")
    play.app.keep_drafts()
    rows["received"].words, rows["external_due"].words = "明天", "9-7"
    desk.clock = lambda: datetime.fromisoformat("2027-01-01T00:00:01+08:00")
    play.app._look()
    assert "2027-01-01 周五" in await play.look(), "a screen that stays open says the day that it is"
    play.app.keep_drafts()
    text = await play.look()
    assert (rows["received"].words, rows["external_due"].words) == ("2027-01-01", "2026-09-07")
    assert "2027年1月1日，周五，元旦，不是工作日，今天" in text
    assert "栏里的日期仍按填写的那天算" in text
    rows["received"].words = "昨天"
    desk.clock = lambda: datetime.fromisoformat("2027-01-02T00:00:01+08:00")
    await play.press("f10")
    assert rows["received"].words == "2026-12-31"
    rows["received"].words = "昨天"
    await play.press("escape")
    desk.clock = lambda: datetime.fromisoformat("2027-01-04T09:00:00+08:00")
    await play.press("f9")
    rows = {row.field.name: row for row in play.app.screen.query(FieldRow)}
    assert rows["received"].words == "2027-01-01"
    assert "F9 登记" in await play.press("escape")
    gone = {
        "role": "supervision_office",
        "person": "BGS.clerk1",
        "day": "2026-11-23",
        "effective": "2027-01-05",
        "basis": "某公任〔2026〕1号",
    }
    act(demo, "relieve", "BGS", "BGS.section_chief", **gone)
    desk.clock = lambda: datetime.fromisoformat("2027-01-05T00:00:01+08:00")
    play.app._look()
    assert "F9 登记" not in await play.look(), "what one may do is of a day"


@pytest.mark.parametrize(
    ("person", "first"),
    [("L03", "阅示结论"), ("JJ.main_leader", "是否同意"), ("QLH.liaison", "报告标题")],
)
async def test_in_the_smallest_terminal_one_sees_what_is_decided_on_and_what_one_fills_in(demo: Register, person: str, first: str) -> None:
    async with playing(demo, person, size=(60, 16)) as play:
        text = await play.press("enter")
        assert play.app.focused is not None
        assert f" {first}" in text


async def test_thousands_of_characters_that_come_as_keys_are_one_edit_and_taken_back_at_once(demo: Register) -> None:
    text = "已查处货车23起，超员12起。\n" * 120
    async with playing(demo, "QLH.liaison") as play:
        await play.press("enter", "ctrl+home")
        area = play.app.focused
        assert isinstance(area, TextEditor)
        before = area.text
        await play.type(text)
        assert area.text == text + before
        await play.press("ctrl+z")
        assert area.text == before
        await play.press("ctrl+end")
        assert area.cursor_location == area.document.end
        await play.type("甲乙")
        assert area.text == f"{before}甲乙"


async def test_the_arrows_leave_a_text_at_its_first_row_and_its_last(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("enter", "ctrl+end")
        area = play.app.focused
        assert isinstance(area, TextEditor)
        await play.press("up")
        assert play.app.focused is area
        await play.press("down", "down")
        assert play.app.focused is not area
        await play.press("up")
        assert play.app.focused is area
        await play.press("ctrl+home", "up")
        assert isinstance(play.app.focused, LineEditor)


async def test_what_a_report_must_answer_takes_the_place_of_its_text_for_a_while(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        text = await play.press("enter")
        assert "R3、R4 没有答复，还不能上报  未见要求5（F7）" in text
        text = await play.press("f7")
        await play.stands("editor_side")
        assert "责任所队和时限  未见" in text
        assert "治安管理支队 11-13：建议对西站" in text
        assert "正文里没有" in text
        await play.press("f7", "ctrl+end")
        await play.type("责任所队是西站派出所，时限12月20日。")
        text = await play.press("f7")
        assert "责任所队和时限  见四，改了" in text
        assert "警情时空分布  见一，没动" in text
