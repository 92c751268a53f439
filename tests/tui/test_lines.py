"""The desk line by line: a matter's whole way, errors at the field, drafts, two who write at once, what must not reach a terminal."""

import errno
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from desk.asked import asked
from records.matter.item import Item
from records.matter.prose import printed_code
from records.register.register import NEW, Register
from tests.tui.playing import NOW, act, playing
from tests.tui.talking import Said, desk_of, drafts_of, sat
from tui.forms.kept import kept
from tui.lines.filling import Filling
from tui.lines.talk import HungUp, Talk
from tui.terminal.drafts import Drafts

_ROOT = Path(__file__).parents[2]

ITEM = "DB-2026-0194"


class _Office:
    """The people of an office: whoever a matter waits for sits down, does it line by line, and leaves."""

    def __init__(self, register: Register) -> None:
        self.register, self.item = register, register.view().next_item(NOW.year)

    @property
    def record(self) -> Item:
        found = self.register.view().item(self.item)
        assert found is not None
        return found

    def handed_in(self) -> None:
        """Have the report go from its draft to the paper at the office."""
        self.done("负责人审核")
        told = self.done("主要领导同意")
        assert "三所学校均已查实。" in told.partition("（全文完。）")[0], "what is signed is read out first"
        self.done("上报")
        assert self.record.report is not None
        self.done("纸质件核收", 页数="2", 文本校验码=printed_code(self.record.report.hash))

    def done(self, label: str, **fields: str) -> str:
        """Have it done by whom the matter waits for, with what is written into the fields by their names."""
        case = desk_of(self.register, "BGS.clerk1").open(self.item)
        assert case is not None
        assert case.next is not None
        person = case.next.people[0]
        told = sat(self.register, person, self.item, "退出")
        doors = (line.split(" ", 1) for line in told.rpartition("您可办：")[2].splitlines() if line[:1].isdigit())
        number = next((number for number, what in doors if what.startswith(f"{label}。")), "")
        assert number, f"{person} is not offered {label}:\n{told}"
        told = sat(self.register, person, self.item, number, fields=fields)
        assert f"已办：{label}" in told, told
        return told


def test_a_matter_goes_its_whole_way_line_by_line(demo: Register) -> None:
    office = _Office(demo)
    due = demo.view().calendar.shift(NOW.date(), 5).isoformat()
    came = {
        "事项名称": "省领导对学校周边交通安全的批示", "类别": "4", "子类": "上级领导批示", "来源类型": "上级领导批示",
        "来文或交办单位": "市委办公室", "来文编号或依据": "群众来信摘报第99期", "收到日期": "今天",
        "批示人或交办单位": "省领导", "批示日期": "今天",
        "批示内容": "请抓紧查实整改，\n结果报我。\n。",
    }  # fmt: skip
    told = sat(demo, "BGS.clerk1", "登记", fields=came)
    assert f"已办：登记立项 {office.item}" in told, told
    told = office.done(
        "拟办", 主办单位="交警", 办理要求="三所学校逐一查实\n", 办结时限=f"上周一\n{due}", 意见="拟由交通警察支队主办，妥否，请阅示。\n。"
    )
    assert "不行：" in told.partition("：上周一")[2].partition(f"：{due}")[0], "what the register refuses is said at its field"
    told = office.done("阅示", 阅示意见="同意。\n。")
    assert "结果报我。" in told, "it is not read blind"
    office.done("交办")
    office.done("签收")
    office.done("主管领导审阅", 意见="请抓紧办理。\n。")
    text = "# 一、查实情况。\n三所学校均已查实。\n\n全部整改完毕。\n。"
    office.done("起草办结报告", 报告标题="关于学校周边交通安全整改的报告", 报告正文=text)
    office.handed_in()
    office.done("责成重新上报", 退回原因="3、4", 退回意见="没有责任人和时限。\n。", 重报时限="明天")
    told = office.done("起草办结报告", 报告正文="改4\n全部整改完毕，大队长负责，12月底前复查。\n", 逐条答复退回原因="写了责任人\n附了意见")
    assert "原来是：全部整改完毕。" in told
    office.handed_in()
    office.done("办公室审核", 已作答复的要求="1")
    office.done("主管主任审签")
    office.done("编发文字号")
    assert "兰公办〔2026〕" in office.done("局领导审签签发")
    assert office.record.state == "issued"
    assert [problem for _, problem in demo.replay().problems() if problem] == []


def _begun(register: Register, person: str, act: str, item: str, *lines: str | bytes) -> Said:
    """Have somebody begin an act and write lines, after which the line drops unless he has left."""
    desk = desk_of(register, person)
    said = Said(*lines)
    with suppress(HungUp):
        Filling(said.talk, desk, drafts_of(register, person), asked(desk, act, item)).done()
    assert not said.left, said.heard
    return said


def test_what_is_wrong_is_said_at_its_field_and_asked_for_again(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    told = _begun(demo, "BGS.clerk1", "register", NEW, *[""] * 7, "哪天", "下周五", "不办").heard
    assert "先往下问，办以前还要补上：缺少这一项" in told, "who does not know it yet is asked on"
    assert "不行：“收到日期”只能填日期" in told.partition("：下周五")[0]
    assert "2026年12月4日，周五，工作日，还有9个工作日" in told.partition("：下周五")[2], "a day is said as it was understood"
    assert "写过的已存为草稿" in told
    kept_on = kept(drafts_of(demo, "BGS.clerk1").load("register new"))
    assert kept_on is not None
    assert kept_on.words["received"] == "2026-12-04", "handed in tomorrow it is the day that was said"
    monkeypatch.setattr(Drafts, "save", _full)
    told = _begun(demo, "BGS.clerk1", "register", NEW, "1", "另一件", "不办").heard
    assert "没有办理。写过的没有存下。" in told, "nobody is told that what is lost is kept"


def _full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_choice_is_meant_by_number_name_part_and_first_letters_and_what_is_unclear_is_read_out(demo: Register) -> None:
    told = _begun(demo, "BGS.clerk1", "urge", "DB-2026-0162", "?", "没有的", "分局", "2", "<", "cg", "不办").heard
    assert "没有“没有的”这个选项" in told
    assert "“分局”可以是 2 个，写数字选一个" in told
    assert "被催单位［轨道公交分局］：cg\n选的是：城关分局" in told, "one goes back to the field before"


def test_a_line_that_drops_in_a_text_leaves_it_to_be_gone_on_with_here_and_on_the_screen(demo: Register) -> None:
    _begun(demo, "QLH.liaison", "request_extension", ITEM, "第一句已经写好。", "第二句写到一半")
    found = kept(drafts_of(demo, "QLH.liaison").load(f"request_extension {ITEM}"))
    assert found is not None
    assert found.words["reason"] == "第一句已经写好。\n第二句写到一半"
    told = _begun(demo, "QLH.liaison", "request_extension", ITEM, "1", "加", "第三句。", ".", "", "", "不办").heard
    assert "11-23 10:30 的草稿" in told
    assert "2  第二句写到一半" in told
    assert "草稿，" in sat(demo, "QLH.liaison", "退出")
    _begun(demo, "QLH.liaison", "report_progress", ITEM, "60", "走访商户三家。")
    act(demo, "report_progress", ITEM, "QLH.liaison", percent=60, text="走访商户三家。")  # and the session ended before its draft did
    told = _begun(demo, "QLH.liaison", "report_progress", ITEM, "1", "不办").heard
    assert "您 11-23 10:30 已经办过“进展反馈”，不要重复办理。" in told


async def test_what_was_begun_line_by_line_comes_up_on_the_screen(demo: Register) -> None:
    _begun(demo, "L03", "read", "DB-2026-0206", "", "写到一半的意见")
    async with playing(demo, "L03") as play:
        assert "写到一半的意见" in await play.press("enter")


def test_who_wrote_while_another_did_is_told_and_nothing_is_lost(demo: Register) -> None:
    desk = desk_of(demo, "QLH.liaison")
    said = Said("", "加", "甲另写一句。", ".", answer=lambda prompt: "办" if "“办”" in prompt else "1" if "选哪个" in prompt else "")
    filling = Filling(said.talk, desk, drafts_of(demo, "QLH.liaison"), asked(desk, "draft_report", ITEM))
    act(demo, "draft_report", ITEM, "QLH.liaison_b", title="关于整改情况的报告", body="乙稿。", attachments=["警情分布图"])
    filling.done()
    assert "两人都改了" in said.heard
    assert "龙拟思" in said.heard
    item = demo.view().item(ITEM)
    assert item is not None
    assert item.report is not None
    assert "甲另写一句" in item.report.body
    assert item.report.title == "关于整改情况的报告", "what he left as it was is the other's now"


def test_what_is_no_text_is_not_taken_and_nothing_that_moves_a_cursor_is_said() -> None:
    said = Said(b"\xd6\xd0\xce\xc4", "光标\x1b[D", "\u202e反向", "文字")
    assert said.talk.ask("写：") == "文字"
    assert said.heard.count("没有收下") == 3
    said.talk.say("标题\x1b]52;c;SEVM\x07\x9b2J\u202e\r覆盖")
    said.talk.tell([("栏\x1b[2J", "值\x1b[31m\n第二行\x07")])
    heard = said.heard.rpartition("写：")[2].partition("\n")[2]
    assert all(sign.isprintable() for sign in heard.replace("\n", "")), ascii(heard)


def test_a_line_that_the_terminal_cut_is_said_to_be_cut() -> None:
    lines = ["字" * 1365]
    talk = Talk(lambda: lines.pop().encode(), (heard := list[str]()).append, cuts=True)
    assert talk.ask("写：") == "字" * 1365
    assert "后面的没有收到" in "".join(heard)


def test_every_place_is_reached_by_its_word_and_by_its_first_letters(demo: Register) -> None:
    told = sat(
        demo, "BGS.clerk1", "帮助", "tz", "更多", "重念", "夜市", "1", "全文", "经过", "对比", "不能办", "0118", "对比", "公文", "1",
        "tb", "通报 2026-10", "wh", "ry", "人员 交警", "gz", "rl", "日历 2027", "日历 很久", "yb", "9999", "没有这样的词", "999", "退出",
    )  # fmt: skip
    assert "台账 30 件" in told
    assert "夜市噪声扰民" in told
    assert "[-" in told
    assert "（公文完。）" in told
    assert "邵拟行" in told
    assert "没有 DB-2026-9999 这个事项" in told
    assert "程序出错" not in told


def test_it_runs_as_a_command_on_a_pipe_and_ends_with_it(demo: Register) -> None:
    line = [sys.executable, "-c", "from tui.command import main; main()", "--register", str(demo.home), "--as", "L03", "--plain"]
    done = subprocess.run(line, input=b"1\n", capture_output=True, cwd=_ROOT, check=True)
    assert "阅示结论" in done.stdout.decode()
    loaded = "import sys, tui.command.lines; print([each for each in ('textual', 'rich') if each in sys.modules])"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, cwd=_ROOT, check=True).stdout.strip() == b"[]"
