"""A day of an office in the app alone, at a terminal of 80 by 24: who comes sits down at the same desk, one after the other.

Whatever is written here holds what a terminal or Textual would obey, where a record may hold it; and each key waits for what is seen, never
for time.
"""

import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from records.matter.item import Item
from records.matter.prose import printed_code
from records.register.register import Register
from tests.e2e.set_clock import duban
from tests.e2e.test_app_tmux import _ROOT, _act, _Terminal, _turn
from tests.waiting import until
from tui.terminal.drafts import Drafts

pytestmark = pytest.mark.e2e

FIRST, SECOND, THIRD = "DB-2026-0207", "DB-2026-0208", "DB-2026-0209"
"""The matters that the demo has not; every test begins with the demo as it was made."""
TAB = ["Tab"]
HOSTILE = "请核实\x07\u202e反写\u2066隔离\x9b2J\x1b]52;c;SEVM\x1b[2J"
"""Pasted as it may lie in a letter that was sent: orders to the terminal, marks that turn the direction."""
REFUSED = "第4个字是不允许的字符 ␇"
MARKUP = "[/][@click=app.quit]"
"""What may stand on record, and what Textual would read as a button."""
HARD = "请核实" + "e\u0301\u0302\u0303" + MARKUP + "甲乙丙丁" * 15 + "结果报我"
"""Signs piled on a letter, markup, words without a break."""


class Desk(_Terminal):
    """A terminal at which one person after the other sits down; every byte that comes to it is kept."""

    def __init__(self, command: str, heard: Path) -> None:
        super().__init__(command)
        self._heard = heard
        self._call("pipe-pane", f"cat > {shlex.quote(str(heard))}")

    def paste(self, text: str) -> None:
        """Paste, as a terminal does that brackets it."""
        self._call("set-buffer", "--", text)
        self._call("paste-buffer", "-p", "-r")

    def heard(self) -> bytes:
        """Return all that the program sent to the terminal."""
        return self._heard.read_bytes()

    def sits(self, person: str) -> None:
        """Let somebody else take the seat, and open his own work; for a moment what was there before may still be seen."""
        self.keys("F2")
        self.sees("空着按数字换页")
        self.text("换身份")
        self.keys("Enter")
        self.sees("上下键移动\n")
        self.text(person)
        self.keys("Enter")
        self.sees(f"现在的身份：{person}")
        self.page("1", "Esc 退出")

    def page(self, digit: str, seen: str) -> str:
        """Go to another page by its number; what is seen there stands nowhere in the list of pages."""
        self.keys("F2")
        self.sees("空着按数字换页")
        self.keys(digit)
        return self.sees(seen)

    def opens(self, matter: str) -> str:
        """Go to a matter by the end of its number."""
        self.keys("F2")
        self.sees("空着按数字换页")
        self.text(matter)
        self.sees(f"2026-{matter} ")
        self.keys("Enter")
        return self.sees("在谁手里")

    def chooses(self, label: str) -> None:
        """Choose among what may be done here."""
        self.keys("F5")
        lines = [
            line for line in self.sees(f"可以办 {label} ").splitlines() if line.lstrip(" >0123456789").startswith(("可以办", "不能办"))
        ]
        self.keys(*["Down"] * next(n for n, line in enumerate(lines) if f"可以办 {label} " in line), "Enter")
        self.sees(f"{label}〔")

    def picks(self, what: str) -> None:
        """Name what is chosen in the field, and go on to the next field."""
        self.text(what)
        self.sees(what)
        self.keys("Tab")

    def does(self, label: str) -> None:
        """Do what has been written; what it came to is said on the screen that follows, in place of the form."""
        self.keys("F10")
        self.sees(f"已办：{label}")


@pytest.fixture
def desks(demo: Register, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    opened: list[Desk] = []

    def opens(person: str) -> Desk:
        command = f"cd {shlex.quote(str(_ROOT))} && {shlex.join(duban(demo.home, person, '--width', 'narrow'))}"
        opened.append(Desk(command, tmp_path / f"heard{len(opened)}"))
        return opened[-1]

    yield opens
    for desk in opened:
        desk.close()


def _item(register: Register, item: str) -> Item:
    found = register.view().item(item)
    assert found is not None
    return found


def _register_an_instruction(desk: Desk, title: str) -> None:
    """Register what a leader above the bureau wrote: what was poisoned is refused, what may stand on record stands there as it is."""
    desk.keys("F9")
    desk.sees("登记立项〔一〕")
    desk.text(title)
    desk.keys("Down", "Enter")
    desk.sees("选择类别")
    desk.text("4")
    desk.keys("Enter")
    desk.sees("类别 *             （四）")
    desk.keys("Down")
    desk.text("上级领导批示")
    desk.keys("Down", "Right", "Down", "Enter")
    desk.sees("选择来源类型")
    desk.text("上级领导批")
    desk.keys("Enter")
    desk.sees("来源类型 *         上级领导批示")
    desk.keys("Down")
    for text in ("市委办公室", f"群众来信{MARKUP}第1期", "今天", "省领导", "今天"):
        desk.text(text)
        desk.keys("Enter")
    desk.paste(HOSTILE)
    desk.keys("F10")
    desk.sees(REFUSED)
    desk.keys("End", "C-u")  # the caret is behind the sign that was refused
    desk.paste(HARD)
    desk.sees("结果报我")
    desk.does("登记立项")
    desk.sees("在谁手里")
    desk.sees(f"{MARKUP}甲乙丙丁")


def _register_a_call(desk: Desk, title: str, sheet: str) -> None:
    """Register an important matter that came over the hotline, all keys of the form in one burst."""
    facts = ("市长热线", "Enter", sheet, "Enter", "今天", "Enter")
    desk.keys("F9", title, "Down", "Enter", "9", "Enter", "Down", "热线高频诉求", "Down", "Down", "Down", *facts, *TAB * 4, "Right")
    desk.sees("【重要】")
    desk.does("登记立项")


def _propose(desk: Desk, unit: str, points: str) -> None:
    """Propose who is to handle the matter that is open."""
    desk.chooses("拟办")
    desk.keys("Enter")
    desk.sees("选择主办单位")
    desk.text(unit)
    desk.keys("Enter")
    desk.sees("主办单位 *         ")
    desk.keys("Down", "Down")
    desk.text(points)
    desk.keys("Tab")
    desk.text("+5工作日")
    desk.keys("Tab", "Tab")
    desk.text(f"拟由{unit}主办，妥否{MARKUP}，请阅示。")
    desk.does("拟办")


def _send_out(desk: Desk) -> None:
    """What was proposed is approved, directed, signed for and read by the unit's leader."""
    _act(desk, "阅示", TAB, f"同意{MARKUP}。")
    _act(desk, "交办")
    _act(desk, "签收")
    _act(desk, "主管领导审阅", "请抓紧办理。")


def _send_up(register: Register, desk: Desk) -> None:
    """The report of the matter that is open goes up, and its paper comes in."""
    _act(desk, "负责人审核")
    _act(desk, "主要领导同意", TAB, TAB, "同意上报。")
    _act(desk, "上报")
    sent = _item(register, FIRST).report
    assert sent is not None
    _act(desk, "纸质件核收", TAB, "2", TAB, TAB, printed_code(sent.hash).upper())


def _nothing_was_obeyed(desk: Desk) -> None:
    for order in ("\u202e", "\u2066", "\x9b", "\x1b]52"):
        assert order.encode() not in desk.heard(), repr(order)


def test_a_report_is_returned_answered_signed_issued_and_read_by_the_inspector(demo: Register, desks: Callable[[str], Desk]) -> None:
    desk = desks("BGS.clerk1")
    desk.sees("待办 2 件")
    _register_an_instruction(desk, f"学校周边{MARKUP}交通安全")
    _propose(desk, "交警", f"三所学校{MARKUP}逐一查实")
    _send_out(desk)
    report = (f"关于学校周边{MARKUP}交通安全的报告", TAB, "一、查实情况。", ["Enter", "Enter"], f"已整改{MARKUP}。", ["F8"])
    _act(desk, "起草办结报告", *report)
    _send_up(demo, desk)

    desk.sits("孔拟恒")
    desk.opens("0207")
    desk.chooses("责成重新上报")
    desk.keys("Tab", "２", "Tab")  # wide, as an input method commits it
    desk.text(f"请写明整改多少处{MARKUP}。")
    desk.keys("Tab")
    desk.text("+２工作日")
    desk.does("责成重新上报")

    # The writer is in the middle of a sentence when his window changes and his line drops.
    desk.sits("邵拟行")
    desk.sees(f"0207 学校周边{MARKUP}")
    desk.opens("0207")
    desk.chooses("起草办结报告")
    desk.keys("C-End")
    desk.text("共整改")
    desk.sees("共整改")
    desk.resize(60, 16)
    desk.sees("共整改")
    desk.text("1处。")
    desk.keys("Left", "Left")
    desk.resize(80, 24)
    desk.text("7")
    desk.sees("共整改17处。")
    desk.close()
    _nothing_was_obeyed(desk)
    until(lambda: any("共整改17处。" in text for text in Drafts(demo.drafts / "JJ.liaison").all().values()))

    desk = desks("JJ.liaison")
    rows = desk.sees("草稿").partition("最近变动\n")[2].splitlines()
    place = next(n for n, row in enumerate(rows) if "草稿" in row)
    assert " 0207 " in rows[place]
    desk.keys(*["Down"] * place, "Enter")
    desk.sees("共整改17处。")
    desk.keys("Tab", "Tab", "End")
    desk.text(f"共17处{MARKUP}。")
    desk.sees(f"R2 缺少事实和数据：共17处{MARKUP}。")
    desk.does("起草办结报告")
    assert not Drafts(demo.drafts / "JJ.liaison").all()
    desk.opens("0207")
    _send_up(demo, desk)
    _act(desk, "办公室审核", TAB, ["Space"])
    _act(desk, "主管主任审签")
    _act(desk, "编发文字号")
    _act(desk, "局领导审签签发")

    desk.sits("蔡拟湖")
    desk.opens("0207")
    desk.sees("局领导审签签发")
    desk.keys("F6")
    desk.sees("共整改17处")
    desk.keys("Escape")
    desk.sees("在谁手里")
    desk.keys("F8")
    desk.sees(f"{FIRST}-special.docx")
    item = _item(demo, FIRST)
    assert item.state == "issued"
    assert item.report is not None
    assert [reason.reason for reason in item.report.round.answers] == ["R2"]
    assert len(item.report.rounds) == 2
    _nothing_was_obeyed(desk)


def test_calls_are_directed_a_late_unit_urged_and_the_month_rounded_up(demo: Register, desks: Callable[[str], Desk]) -> None:
    desk = desks("BGS.clerk1")
    desk.sees("待办 2 件")
    desk.keys("Down", "Down")
    desk.sees("0162 市委领导")
    desk.keys("Enter")
    desk.sees("催办〔")
    desk.keys("Tab")
    desk.picks("电话")
    desk.keys("Tab", "C-k")
    desk.text(f"请今天说明{MARKUP}原因。")
    desk.does("催办")

    for title, unit in ((f"热线反映电动车{MARKUP}飞线充电", "治安"), ("热线反映斑马线褪色", "交警")):
        _register_a_call(desk, title, f"热线{unit}第1期")
        _propose(desk, unit, "查实处理")
        _send_out(desk)
        _turn(desk)
        desk.chooses("进展反馈")
        desk.keys("60%", "Down")
        desk.text(f"已查实5处{MARKUP}，整改3处。")
        desk.does("进展反馈")
        desk.sits("孔拟恒")

    desk.page("5", "Esc 返回")
    desk.chooses("生成汇总通报")
    desk.does("生成汇总通报")
    desk.chooses("撰写综述")
    desk.text(f"逾期因人员调整，十二月{MARKUP}上旬前清零。")
    desk.does("撰写综述")
    desk.sits("顾拟宁")
    desk.page("5", "Esc 返回")
    desk.chooses("审批汇总通报")
    desk.keys("Tab")
    desk.text("同意印发。")
    desk.keys("F10")
    desk.sees("已翻到下一屏")
    desk.keys(*["NPage"] * 8)
    desk.does("审批汇总通报")
    desk.sits("孔拟恒")
    desk.page("5", "Esc 返回")
    desk.chooses("印发汇总通报")
    desk.does("印发汇总通报")
    items = [_item(demo, item) for item in (FIRST, SECOND)]
    assert [item.state for item in items] == ["in_progress"] * 2
    month = demo.view().roundup("2026-11")
    assert month is not None
    assert (month.state, month.text) == ("issued", f"逾期因人员调整，十二月{MARKUP}上旬前清零。")
    urged = _item(demo, "DB-2026-0162").urges[-1]
    assert (urged.means, urged.text) == ("phone", f"请今天说明{MARKUP}原因。")
    _nothing_was_obeyed(desk)


def test_a_liaison_goes_and_who_comes_sees_what_he_left(desks: Callable[[str], Desk]) -> None:
    desk = desks("BGS.clerk1")
    desk.sees("待办 2 件")
    desk.sits("谭拟慎")
    desk.page("7", "没有空缺")
    desk.keys("F3")
    desk.text("交警")
    desk.keys("Enter")
    desk.sees("收发口 秘书科  分管 郑拟义")
    basis = f"兰公政任〔2026〕9号{MARKUP}"
    desk.chooses("登记人员")
    for text in ("JJ.new", "新拟来", f"民警{MARKUP}", "jjnew"):
        desk.text(text)
        desk.keys("Tab")
    desk.text(basis)
    desk.does("登记人员")
    for label, person in (("任职", "新拟来"), ("免职", "邵拟行")):
        desk.chooses(label)
        desk.picks("联络员")
        desk.picks(person)
        desk.text("今天")
        desk.keys("Tab", "Tab")
        desk.text(basis)
        desk.does(label)
    desk.sits("新拟来")
    desk.sees("0171 冬季")
    desk.sits("邵拟行")
    assert "0171" not in desk.sees("待办 0 件")
