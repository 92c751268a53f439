"""事项: where it stands, its history, its rounds side by side, what can be done; who sits at the desk; the help."""

import asyncio
import re
import threading
from pathlib import Path

import pytest

from desk.matter_page import Band, Entry
from documents.archive import containers
from documents.archive.verification import verify
from documents.libreoffice import installation
from records.register.register import Register
from tests.tui.playing import Playing, act, playing
from tui.app import DubanApp
from tui.frame import screen as frame
from tui.screens import packing
from tui.screens.case import CaseScreen
from tui.widgets.band_page import BandPage


async def _open(play: Playing, item: str) -> str:
    await play.press("f3", "f3")
    await play.type(item)
    return await play.press("enter")


async def _at_band(play: Playing, name: str) -> str:
    """Bring the cursor of the page to a band."""
    text = await play.press("home")
    for _ in range(60):
        if f">{name}" in text:
            return text
        text = await play.press("down")
    raise AssertionError(f"{name} is not come by:\n{text}")


async def test_an_item_stands_on_one_page_that_unfolds_where_one_asks(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        text = await _open(play, "DB-2026-0194")
        assert ">您可办" in text
        assert "5 责任所队和时限  未见" in text
        assert "主办 七里河分局  签收11-03  审阅11-03 龚拟桑" in text
        await _at_band(play, "单位 3")
        text = await play.press("enter")
        assert "审阅：请刑侦大队、治安大队分头剖析" in text
        assert "审阅：请刑侦大队" not in await play.press("enter")
        assert "-拟办" in await play.press("f7", *["pagedown"] * 4)
        await play.press("f7", "end")
        text = await play.click("+拟办")
        assert "要写明责任所队和时限。妥否，请阅示。（江拟川" in "".join(text.split("\n            "))


async def test_one_goes_on_to_the_next_matter_of_the_list_that_one_came_from(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await play.press("f3", "down")
        text = await play.press("enter")
        assert "0203 执法执勤车辆" in text
        assert "第 2 件，共 18 件；← → 上一件、下一件" in text
        text = await play.press("right", "right")
        assert "0181 市政府交办" in text
        assert "第 4 件，共 18 件" in text
        assert ">您可办" in await play.press("f7", "down", "down", "left")
        assert "已经是第一件。" in await play.press("left", "left", "left")
        # Keys that come in one packet each take a step; the cursor of the list comes along.
        text = await play.burst("right", "right", "right", "right")
        assert "第 5 件，共 18 件" in text
        assert "0198 清理向基层" in text
        text = await play.press("escape")
        assert "── DB-2026-0198" in text
        # What words find is gone through as well, and so is what awaits the person; each matter once.
        await play.type("清单")
        assert "第 3 件，共 4 件" in await play.press("down", "down", "enter")
        await play.press("escape", "escape", "escape")
        assert "第 1 件，共 2 件" in await play.press("f7")
        assert "0201 市住建局" in await play.press("right")
        assert "── 0201" in await play.press("escape")
        await play.press("y", "enter")
        first = await play.look()
        assert re.search(r"第 1 件，共 \d+ 件", first)
        second = await play.press("right")
        assert second.splitlines()[1] != first.splitlines()[1]
        assert "已经是最后一件。" in await play.press(*["right"] * 20)


async def test_with_room_for_it_the_report_is_read_beside_page_and_history(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1", (200, 60)) as play:
        await play.press("f3", "down", "down", "down", "down", "down", "enter")
        play.looks_like("case_broad")
        # A matter without a report leaves the room to the others.
        assert "关于电动自行车盗窃警情上升情况的报告" not in await play.press("left")


async def test_from_110_columns_the_history_stands_beside_the_page_latest_first(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1", (120, 40)) as play:
        text = await _open(play, "DB-2026-0194")
        assert "+经过" not in text
        assert "1 警情时空分布  见一、时空分布" in text
        play.looks_like("case_office_wide")
        text = await play.press("tab", "enter")
        assert "谭拟慎 办公室督办科科长" in text


async def test_the_text_of_a_report_is_read_from_its_line(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0194")
        await _at_band(play, "报告")
        text = await play.press("enter", "down", "enter")
        assert "办结报告  第2轮  兰公七报〔2026〕17号" in text
        assert "　　一、时空分布。21时至次日2时发案占58%" in text
        await play.stands("report_text")


async def test_following_is_a_line_of_the_page(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0194")
        await _at_band(play, "跟踪… 没有跟踪")
        text = await play.press("enter")
        assert "已跟踪 DB-2026-0194" in text
        assert ">跟踪… 跟踪中" in text
        act(demo, "draft_report", "DB-2026-0194", "QLH.liaison", title="关于整改情况的报告", body="一、有新情况。")
        assert "我跟踪的 1 件，1 件有变动" in await play.press("y", "f7")
        await play.stands("followed")


async def test_what_a_record_holds_stands_on_the_page_as_it_is_written(demo: Register) -> None:
    title = "[@click=app.quit]标题[/] \x1b]52;c;QQ==\x07\u202e"
    async with playing(demo, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0194")
        page = play.app.screen.query_one(BandPage)
        page.show([Band("批示", (Entry(title),)), Band("拟办", full=(Entry(title),), brief=title)])
        text = await play.look()
        assert text.count("[@click=app.quit]标题[/]") == 2
        assert not {"\x1b", "\x07", "\u202e"} & set(text)


async def test_the_package_of_what_is_filed_is_made_here_and_where_it_lies_is_said(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "find_office", lambda path: None)
    place = demo.drafts / "BGS.archivist" / f"DB-2026-0012-{(demo.head() or '')[:10]}.tar"
    async with playing(demo, "BGS.archivist") as play:
        assert "档案包…" not in await _open(play, "DB-2026-0194")
        await play.press("escape", "escape")
        await _open(play, "DB-2026-0012")
        await _at_band(play, "档案包…")
        with monkeypatch.context() as slow:
            slow.setattr(packing._Watched, "put", _held)
            play.send("enter")
            await play.waits_for("正在做档案包")
            text = await play.press("escape")
            assert "已经停下，什么也没有留下" in text
            assert not list(place.parent.glob("**/*.part")) + list(place.parent.glob("*.tar"))
        text = await play.press("enter")
        assert "档案包已存到" in text
        assert "DB-2026-0012" in (await play.press("enter")).partition("这个档案包已经做过")[2]
    with containers.opened(place) as package:
        assert verify(package, lambda done, total: None).problems == []


def _held(self: packing._Watched, name: str, data: bytes) -> None:
    """Wait for whoever stops it."""
    self._making.step("写文件")
    assert self._making.stop.wait(60)
    self._making.step("写文件")


async def test_a_step_shows_its_commit_and_what_it_changed_in_words_and_as_written(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0194")
        await _at_band(play, "经过")
        text = await play.press("enter", "down")
        assert ">11-23 09:14 谭拟慎 责成重新上报（第2轮），R3、R4" in text
        play.looks_like("history")
        text = await play.press("enter")
        assert "谭拟慎 办公室督办科科长" in text
        assert "[-状态：待办公室审核-]\n {+状态：退回重报+}" in text
        step = demo.index.history("DB-2026-0194")[-1]
        assert step.commit in text
        assert step.words.splitlines()[0] in text
        await play.stands("step")
        assert "state: [-received-]{+returned+}" in await play.press("f6")


async def test_rounds_are_compared_character_by_character_under_the_reasons(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("f7", "f6")
        await play.stands("rounds")
        assert "没有更早的轮次了。" in await play.press("left")


async def test_one_goes_from_change_to_change_and_round_again_and_is_told_which_it_is(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        text = await play.press("f7", "f6")
        every = sum(map(int, re.findall(r"[改增删] (\d+) 句", text)))
        text = await play.press("f7")
        assert f"第 1 处改动，共 {every} 处。" in text
        assert ">~ 10月份，我分局接报盗窃电动自行车警情[-同比有所-]" in text
        text = await play.press(*["f7"] * (every - 1))
        assert f"第 {every} 处改动" in text
        assert "第 1 处改动" in await play.press("f7")


async def test_side_by_side_from_110_columns_with_who_wrote_a_sentence(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1", (120, 40)) as play:
        await _open(play, "DB-2026-0118")
        text = await play.press("f6", "f7", "f7", "enter")
        assert "这一句：第3轮 邵拟行 09-07 08:36 改写，孙拟谨 09-07 09:06 同意" in text
        play.looks_like("rounds_written_wide")
        assert "甲小学：门前道路7时20分" not in text
        assert "甲小学：门前道路7时20分" in await play.press("tab")
        assert "甲小学：门前道路7时20分" not in await play.press("tab")
        await play.press("f4")
        assert "第1轮 → 第3轮" in await play.press("down", "enter")


async def test_an_item_of_three_rounds_is_gone_through_by_arrows(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        text = await _open(play, "DB-2026-0194")
        assert "F6 对比" in text
        assert "第1轮 → 第2轮" in await play.press("f6", "right")


async def test_one_round_offers_no_comparison(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        assert "对比" not in await _open(play, "DB-2026-0188")


async def test_a_reading_that_begins_meanwhile_does_not_swallow_what_was_asked_for(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0206")
        case = play.app.screen
        assert isinstance(case, CaseScreen)
        case.action_act()
        asked = [each for each in play.app.workers if not each.is_finished]
        assert asked
        case.reload()  # as when somebody else acts, or the person at the desk has changed
        assert not any(each.is_cancelled for each in asked)
        assert "可代录 阅示" in await play.look()


async def test_what_was_said_stands_again_after_a_slow_reading(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0206")
        slow = threading.Event()
        play.app.run_worker(play.app.ask(slow.wait))
        case = play.app.screen
        assert isinstance(case, CaseScreen)
        case.status.said("现在的身份：顾拟宁")
        case.reload()
        await play.waits_for("正在读取，请稍候")
        slow.set()
        assert "现在的身份：顾拟宁" in await play.look()


async def test_a_reading_that_was_overtaken_says_nothing_later(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "_PATIENCE", 0.05)
    async with playing(demo, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0206")
        case = play.app.screen
        assert isinstance(case, CaseScreen)
        for _ in range(3):
            case.reload()
            await asyncio.sleep(0)
        await play.look()
        assert "请稍候" not in await play.passes(0.1)


async def test_what_cannot_be_done_says_why_and_who_can(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0206")
        await play.press("f5")
        await play.choose("签收")
        await play.stands("acts")
        text = await play.press("enter")
        assert "现在不能“签收”" in text
        assert "应由法制支队联络员（邱拟河、孟拟晨）" in text.replace("\n            ", "")


async def _people(play: Playing) -> str:
    """Have the people put before one of whom one may be any."""
    await play.press("f2")
    await play.type("换身份")
    return await play.press("enter")


async def test_another_identity_is_taken_where_the_item_waits_for_it(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0206")
        text = await _people(play)
        await play.stands("people")
        assert text.splitlines()[3][1:].split() == ["局领导", "顾拟宁", "副局长（主管督办工作）（局领导、主管…", "阅示"]
        text = await play.press("enter")
        assert "顾拟宁（副局长（主管督办工作））" in text.splitlines()[0]
        assert "您可办    阅示" in text
        # Behind it lies his own work, not the ledger as the one before him sought in it.
        assert "【待办 1】" in await play.press("escape")


async def test_people_are_found_by_the_short_names_of_their_units(demo: Register) -> None:
    async with playing(demo, None) as play:
        await play.type("刑警 主要")
        text = await play.press("enter")
        assert "刑事警察支队支队长" in text.splitlines()[0]


async def test_who_may_not_see_an_item_any_more_is_led_out_of_it(demo: Register) -> None:
    async with playing(demo, "QLH.liaison") as play:
        await play.press("f7")
        await _people(play)
        await play.type("户籍")
        await play.press("escape")
        await _people(play)
        await play.type("CRJ")
        text = await play.press("escape")
        assert "0194 局长对" in text
        await _people(play)
        await play.type("出入境 联络员")
        text = await play.press("enter")
        assert "不在您的职责范围内" in text
        assert "待办" in text


async def test_the_help_lists_what_works_here_finds_it_and_does_it(demo: Register) -> None:
    async with playing(demo, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0194")
        text = await play.press("f1")
        await play.stands("help")
        assert "对比" in text
        text = await play.type("对比")
        assert not any(row.strip().startswith("F8") for row in text.splitlines())
        assert "第1轮 → 第2轮" in await play.press("enter")


async def test_documents_are_made_where_they_are_missing_and_read_as_text(brief: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(DubanApp, "copy_to_clipboard", lambda app, text: copied.append(text))
    async with playing(brief, "BGS.clerk1") as play:
        await _open(play, "DB-2026-0118")
        text = await play.press("f8")
        assert "DB-2026-0118-special.docx" in text
        assert (brief.published / "DB-2026-0118-special.docx").is_file()
        assert "第2轮  已签发" in text
        assert "督办通知单" in text
        assert "receipts.docx" in text
        await play.choose("单位报告")
        text = await play.press("enter")
        assert "签发人：孙拟谨" in text
        await play.stands("paper_text")
        assert "文本已交给终端的剪贴板" in await play.press("f5")
        assert "关于学校周边交通安全隐患整改情况的报告" in copied[0]
        monkeypatch.setattr("tui.screens.papers.LONGEST_COPY", 100)
        assert "没有复制。请取回文件。" in await play.press("f5")
        assert len(copied) == 1
        await play.press("escape", "escape", "escape")
        await _open(play, "DB-2026-0206")
        text = await play.press("f8")
        assert "现在没有可生成的公文" in text
        assert "取出" not in text  # there is nothing to fetch


async def test_who_came_in_through_the_door_is_given_the_lines_that_fetch_a_document(
    brief: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.1.2.3 50000 10.1.2.9 2222")
    monkeypatch.setattr("tui.screens.papers._account", lambda: "duban")
    async with playing(brief, "BGS.clerk1") as play:
        play.app.desk.box = tmp_path
        await _open(play, "DB-2026-0118")
        await play.press("f8")
        await play.stands("papers")
        await play.press("f8")
        rows = [row.strip() for row in (await play.look()).splitlines()]
        assert "ssh -p 2222 duban@10.1.2.9 get DB-2026-0118-special.docx > 0118-special.docx" in rows
        assert "plink -batch -P 2222 duban@10.1.2.9 get" in "".join(rows)
        assert str(brief.published) not in "".join(rows)
        await play.stands("fetch")
