"""One item from registration to the issued document, in the app alone, by keys in a real terminal of 80 by 24."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import pytest
import yaml

from records.bureau.roster import Bureau, Leaders, Unit
from records.matter.item import Item
from records.matter.plain_data import from_data
from records.matter.prose import printed_code
from records.register.register import Register
from tui.command.environment import now
from tui.terminal.drafts import Drafts

pytestmark = pytest.mark.e2e

_ROOT = Path(__file__).parents[2]
_BOUND = 120.0
"""Seconds after which a step that waits for the app is taken as failed."""


class _Terminal:
    """A terminal with the app in it."""

    def __init__(self, command: str) -> None:
        self._tmux = ["tmux", "-L", f"duban-{uuid4().hex}", "-f", "/dev/null"]
        # Stays when the program has ended, so that its last words can be read.
        self._call("new-session", "-d", "-x", "80", "-y", "24", f"{command}; echo 状态码 $?; cat")

    def keys(self, *names: str) -> None:
        """Press keys by their names in tmux."""
        self._call("send-keys", *names)

    def text(self, text: str) -> None:
        """Type text in one piece, as an input method commits it."""
        self._call("send-keys", "-l", text)

    def sees(self, text: str) -> str:
        """Wait until a text stands on the screen."""
        end = time.monotonic() + _BOUND
        while text not in (seen := self._call("capture-pane", "-p")):
            assert time.monotonic() < end, f"“{text}” is not seen:\n{seen}"
            time.sleep(0.05)
        return seen

    def resize(self, width: int, height: int) -> None:
        """Give it another size."""
        self._call("resize-window", "-x", str(width), "-y", str(height))

    def close(self) -> None:
        """End it."""
        subprocess.run([*self._tmux, "kill-server"], check=False)

    def _call(self, *words: str) -> str:
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "HOME": "/nonexistent"}
        return subprocess.run([*self._tmux, *words], check=True, capture_output=True, text=True, env=environment).stdout


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Return a register without items, whose people have been in office for years."""
    text = (files("records.demo") / "roster.yaml").read_text(encoding="utf-8").replace("since: '2026-01-01'", "since: '2020-01-01'")
    told = yaml.safe_load(text)
    units = tuple(from_data(unit, Unit) for unit in told["units"])
    start = datetime.fromisoformat("2020-01-01T09:00:00+08:00")
    return Register.create(tmp_path / "register", from_data(told["bureau"], Bureau), from_data(told["leaders"], Leaders), units, start)


@pytest.fixture
def terminal(register: Register) -> Iterator[_Terminal]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    duban = [sys.executable, "-c", "from tui.command import main; main()", "--register", str(register.home), "--as", "BGS.clerk1"]
    found = _Terminal(f"cd {shlex.quote(str(_ROOT))} && {shlex.join(duban)}")
    yield found
    found.close()


def _item(register: Register) -> Item:
    """Return the only one, of whatever year: a test may begin in one and end in the next."""
    (item,) = register.view().all_items()
    return item


def _turn(terminal: _Terminal) -> None:
    """Become whoever the item that is open waits for."""
    terminal.keys("F2")
    terminal.sees("空着按数字换页")
    terminal.text("换身份")
    terminal.keys("Enter")
    terminal.sees("等的人在最前")
    terminal.keys("Enter")
    terminal.sees("现在的身份：")


def _act(terminal: _Terminal, label: str, *steps: str | list[str]) -> None:
    """Become whoever the item waits for, and do what it waits for.

    Args:
        terminal: with the item open.
        label: the act that must come first.
        steps: texts to type, lists of keys to press.
    """
    _turn(terminal)
    terminal.keys("F5")
    terminal.sees(f"可以办 {label}")
    terminal.keys("Enter")
    terminal.sees(f"{label}〔")
    for step in steps:
        if isinstance(step, str):
            terminal.text(step)
        else:
            terminal.keys(*step)
    terminal.keys("F10")
    terminal.sees(f"已办：{label}")


def test_one_item_goes_its_whole_way_in_the_app_alone(register: Register, terminal: _Terminal) -> None:
    terminal.sees("没有待办")
    today = now().date()
    due = register.view().calendar.shift(today, 5)
    tab = ["Tab"]

    terminal.keys("F3")
    terminal.sees("台账里还没有事项")
    terminal.keys("F9")
    terminal.sees("登记立项〔一〕")
    terminal.text("省领导对学校周边交通安全的批示")
    terminal.keys("Down", "Enter")
    terminal.sees("选择类别")
    terminal.text("4")
    terminal.keys("Enter")
    terminal.sees("类别 *             （四）上级领导机关")
    terminal.keys("Down")
    terminal.text("上级领导批示")
    terminal.keys("Down", "Right", "Down", "Enter")
    terminal.sees("选择来源类型")
    terminal.text("上级领导批")
    terminal.keys("Enter")
    terminal.sees("来源类型 *         上级领导批示")
    terminal.keys("Down")
    for text in ("市委办公室", "群众来信摘报第1期", "今天", "省领导", "今天"):
        terminal.text(text)
        terminal.keys("Enter")
    terminal.text("请抓紧查实整改，结果报我。")
    terminal.keys("F10")
    terminal.sees("已办：登记立项")

    terminal.keys("F5")
    terminal.sees("可以办 拟办")
    terminal.keys("Enter")
    terminal.sees("主办单位 *")
    terminal.keys("Enter")
    terminal.sees("选择主办单位")
    terminal.text("交警")
    terminal.keys("Enter")
    terminal.sees("主办单位 *         交通警察支队")
    terminal.keys("Down", "Down")
    terminal.text("三所学校逐一查实")
    terminal.keys("Tab")
    terminal.text(f"{due.month}-{due.day}" if due.year == today.year else due.isoformat())
    terminal.sees(f"{due.year}年{due.month}月{due.day}日")
    terminal.keys("Tab", "Tab")
    terminal.text("拟由交通警察支队主办，妥否，请阅示。")
    terminal.keys("F10")
    terminal.sees("已办：拟办")

    _act(terminal, "阅示", tab, "同意。")
    _act(terminal, "交办")
    _act(terminal, "签收")
    _act(terminal, "主管领导审阅", "请抓紧办理。")
    _act(
        terminal,
        "起草办结报告",
        "关于学校周边交通安全整改的报告",
        tab,
        "一、查实情况。三所学校均已查实。",
        ["Enter", "Enter"],
        "全部整改完毕。",
        ["F8"],
    )
    _act(terminal, "负责人审核")
    _act(terminal, "主要领导同意", tab, tab, "同意上报。")
    _act(terminal, "上报")
    sent = _item(register).report
    assert sent is not None
    _act(terminal, "纸质件核收", tab, "2", tab, tab, printed_code(sent.hash).upper())
    _act(terminal, "办公室审核", tab, ["Space"])
    _act(terminal, "主管主任审签")
    _act(terminal, "编发文字号")
    _act(terminal, "局领导审签签发")

    terminal.keys("F8")
    name = f"{_item(register).id}-special.docx"
    terminal.sees(name)
    seen = terminal.sees("已签发")
    assert re.search(r"兰公办〔\d{4}〕1号", seen)
    assert (register.published / name).is_file()
    terminal.keys("Escape")
    terminal.sees("在谁手里")
    terminal.keys("F2")
    terminal.sees("空着按数字换页")
    terminal.keys("1")
    terminal.sees("待办")
    terminal.keys("C-q")
    terminal.sees("状态码 0")

    item = _item(register)
    assert item.state == "issued"
    assert item.report is not None
    assert item.report.body == "# 一、查实情况。\n三所学校均已查实。\n\n全部整改完毕。\n"
    # What the screens put on record is what the acts would make of it again.
    assert [problem for _, problem in register.replay().problems() if problem] == []


def test_what_was_typed_survives_a_line_that_drops(register: Register, terminal: _Terminal) -> None:
    terminal.sees("没有待办")
    terminal.keys("F3")
    terminal.sees("台账里还没有事项")
    terminal.keys("F9")
    terminal.sees("登记立项〔一〕")
    terminal.text("打到一半的标题")
    terminal.sees("打到一半的标题")
    terminal.close()
    end = time.monotonic() + _BOUND
    while not (kept := Drafts(register.drafts / "BGS.clerk1").all()):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert "打到一半的标题" in next(iter(kept.values()))


def test_a_fault_of_the_main_screen_is_said_in_a_line_and_written_down(register: Register) -> None:
    broken = """
import tui.screens.inbox
def body(self): raise ZeroDivisionError("故障")
tui.screens.inbox.Inbox.body = body
"""
    # The widths are asked before Textual is imported; here it is imported already.
    start = (
        "import sys, tui.command.app as app; app.settle_widths = lambda _: __import__('tui.terminal').terminal.Widths(False, frozenset())"
    )
    code = f"{start}\n{broken}\nsys.exit(app.open_app({str(register.home)!r}, 'BGS.clerk1', 'narrow', False))"
    terminal = _Terminal(f"cd {shlex.quote(str(_ROOT))} && {shlex.join([sys.executable, '-c', code])}")
    try:
        seen = terminal.sees("状态码 1")
        assert "程序出错，已经退出" in seen
        assert "出错经过记在" in seen
        assert "Traceback" not in seen
    finally:
        terminal.close()
    (log,) = (register.home / "faults").glob("error-*.log")
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
