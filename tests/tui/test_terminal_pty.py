"""The traps that only a real terminal line shows: bursts, escapes in what is sent, a line that drops, a terminal that is asked."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Thread

import pyte
import pytest

from tui.terminal.drafts import Drafts

pytestmark = pytest.mark.e2e

_ROOT = Path(__file__).parents[2]
_BOUND = 120.0
"""Seconds after which a step that waits for the program is taken as failed."""


class _Line:
    """A program at the far end of a line of 80 by 24, and what a person sees of it."""

    def __init__(self, *argv: str, controlling: bool = True, **told: str) -> None:
        self.raw = b""
        self._screen = pyte.Screen(80, 24)
        self._stream = pyte.ByteStream(self._screen)
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        session = ["setsid", "--ctty"] if controlling else ["setsid"]
        environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(_ROOT), **told}
        self.process = subprocess.Popen(
            [*session, sys.executable, *argv], stdin=slave, stdout=slave, stderr=slave, env=environment, cwd=_ROOT
        )
        os.close(slave)

    def wait(self, until: Callable[[], bool]) -> None:
        """Read what the program sends until something holds."""
        end, ready = time.monotonic() + _BOUND, select.poll()  # select knows no more than 1,024 files, and a run of tests may hold more
        ready.register(self.master, select.POLLIN)
        while not until():
            assert time.monotonic() < end, f"not seen in time; the screen:\n{self.text()}"
            if ready.poll(100):
                try:
                    data = os.read(self.master, 65536)
                except OSError:
                    assert until(), f"the program ended; the screen:\n{self.text()}"
                    return
                self.raw += data
                self._stream.feed(re.sub(rb"\x1b\[[<>=?]\d*u|\x1b\[\?\d+\$p", b"", data))

    def sees(self, text: str) -> None:
        self.wait(lambda: text in self.text())

    def text(self) -> str:
        """What is seen; the emulator's own way to tell it breaks over half a wide character, which stands there for a moment."""
        screen = self._screen
        rows = ("".join(screen.buffer[y][x].data for x in range(screen.columns)) for y in range(screen.lines))
        return "\n".join(row.rstrip() for row in rows)

    def send(self, keys: str) -> None:
        """Send keys in one piece, as one packet would carry them."""
        os.write(self.master, keys.encode())

    def ends(self) -> int:
        """Wait for the program to end, and return its exit code."""
        return self.process.wait(_BOUND)


@pytest.fixture
def lines() -> Iterator[Callable[..., _Line]]:
    opened: list[_Line] = []

    def start(*argv: str, controlling: bool = True) -> _Line:
        opened.append(_Line(*argv, controlling=controlling))
        return opened[-1]

    yield start
    for line in opened:
        line.process.kill()
        line.process.wait()


_EDITOR = """
import sys
from pathlib import Path
from textual.widgets import Static
from tui.terminal import ChineseApp, Drafts, OrderedInput, OrderedTextArea

class Editor(ChineseApp):
    def compose(self):
        yield OrderedInput()
        yield OrderedTextArea()
        yield Static("就绪")
    def on_mount(self):
        self.query_one(OrderedInput).focus()
    def keep_drafts(self):
        Drafts(Path(sys.argv[1])).save("表单", self.query_one(OrderedTextArea).text)

app = Editor()
app.run()
sys.exit(app.return_code)
"""


@pytest.fixture
def editor(lines: Callable[..., _Line], tmp_path: Path) -> _Line:
    line = lines("-c", _EDITOR, str(tmp_path / "drafts"))
    line.sees("就绪")
    return line


def test_keys_of_one_packet_act_in_order_in_both_editors(editor: _Line) -> None:
    editor.send("张李\x1b[D王")
    editor.sees("张王李")
    editor.send("\t赵周\x1b[D吴钱\x7f\x1b[D孙")
    editor.sees("赵孙吴周")


def test_what_follows_a_tab_in_one_packet_goes_to_the_next_field(editor: _Line) -> None:
    editor.send("第一栏\t第二栏")
    editor.sees("第二栏")
    assert "第一栏第二栏" not in editor.text()
    assert "第一栏" in editor.text()


def _type_a_draft(line: _Line) -> None:
    line.send("\t")
    line.send("未交的意见")
    line.sees("未交的意见")


def test_a_dropped_line_leaves_the_draft_and_no_process(editor: _Line, tmp_path: Path) -> None:
    _type_a_draft(editor)
    os.close(editor.master)
    assert editor.ends() >= 0, "it was killed"
    assert Drafts(tmp_path / "drafts").load("表单") == "未交的意见"


def test_an_order_to_stop_leaves_the_draft_and_the_terminal_as_it_was(editor: _Line, tmp_path: Path) -> None:
    _type_a_draft(editor)
    editor.process.terminate()
    editor.wait(lambda: b"\x1b[?1049l" in editor.raw)
    assert editor.ends() == 128 + signal.SIGTERM
    assert Drafts(tmp_path / "drafts").load("表单") == "未交的意见"


def _drawn_since(line: _Line, seen: int) -> bool:
    """Whether the app has taken the terminal since, and drawn all anew; the emulator knows but one screen, where all still stands."""
    return "就绪".encode() in line.raw[seen:].rpartition(b"\x1b[?1049h")[2] and b"\x1b[?1049h" in line.raw[seen:]


def test_who_was_stopped_from_outside_goes_on_with_one_keyboard_and_leaves_the_terminal_as_it_was(editor: _Line) -> None:
    def threads() -> int:
        return len(list(Path(f"/proc/{editor.process.pid}/task").iterdir()))

    before = threads()
    for word in ("甲", "乙", "丙"):
        editor.process.send_signal(signal.SIGSTOP)
        editor.wait(lambda: "\nState:\tT" in Path(f"/proc/{editor.process.pid}/status").read_text())
        seen = len(editor.raw)
        editor.process.send_signal(signal.SIGCONT)
        editor.wait(partial(_drawn_since, editor, seen))
        for number in range(20):
            editor.send(f"{word}{number:02}")
        editor.sees("".join(f"{word}{number:02}" for number in range(8, 20)))
        editor.wait(lambda: threads() == before)  # those that read and wrote before have ended
    editor.process.terminate()
    editor.ends()
    assert termios.tcgetattr(editor.master)[3] & termios.ECHO


def test_a_line_that_drops_without_a_signal_is_noticed(lines: Callable[..., _Line], tmp_path: Path) -> None:
    line = lines("-c", _EDITOR, str(tmp_path / "drafts"), controlling=False)
    line.sees("就绪")
    _type_a_draft(line)
    os.close(line.master)
    assert line.ends() >= 0, "it was killed"
    assert Drafts(tmp_path / "drafts").load("表单") == "未交的意见"


def test_an_exit_that_hangs_is_ended(lines: Callable[..., _Line], tmp_path: Path) -> None:
    busy = "import threading, time; threading.Thread(target=time.sleep, args=(600,)).start()\n"
    line = lines("-c", busy + _EDITOR, str(tmp_path / "drafts"))
    line.sees("就绪")
    _type_a_draft(line)
    os.close(line.master)
    assert line.ends() == -signal.SIGALRM
    assert Drafts(tmp_path / "drafts").load("表单") == "未交的意见"


_PAYLOADS = ("\x1b]52;c;SEVM\x07", "\x1b]0;题目\x07", "\x1b[2J", "\x9b2J", "\x1bPq#0\x1b\\", "\u202e", "\u2066", "\x85", "\u2028")
_LOOSE = '''
import sys
from rich.text import Text
from textual.content import Content
from textual.containers import VerticalScroll
from textual.widgets import *
from tui.terminal import ChineseApp, OrderedInput, OrderedTextArea
from tui.widgets.diff_view import DiffView
from tui.widgets.line_list import LineList, ListColumn
from tui.terminal.status_line import StatusLine

bad = BAD

class Loose(ChineseApp):
    CSS = """
    Screen > * { height: 1; min-height: 1; border: none; padding: 0; }
    #framed { border: solid red; height: 3; }
    LineList { height: 2; }
    """
    def compose(self):
        yield Static(Content("静态" + bad))
        yield Label(Content("标签" + bad))
        yield OrderedInput("输入" + bad, compact=True)
        yield Input(placeholder="提示" + bad, compact=True)
        yield OrderedTextArea("编辑" + bad, compact=True)
        framed = Static(Content("框"), id="framed")
        framed.border_title = Content("框题" + bad)
        yield framed
        yield OptionList(Content("选项" + bad), compact=True)
        yield Select([(Content("下拉" + bad), 1)], value=1, compact=True)
        yield Button(Content("按钮" + bad), compact=True)
        yield Checkbox(Content("勾选" + bad), compact=True)
        tree = Tree(Text("树根" + bad))
        yield tree
        yield DataTable(show_header=False)
        yield RichLog()
        yield LineList([ListColumn("列题" + bad, str)], ["列表" + bad], key=str)
        yield DiffView("对比" + bad, "对比" + bad)
        yield StatusLine()
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_column(Text("x"))
        table.add_row(Text("表格" + bad))
        self.query_one(RichLog).write(Text("日志" + bad), width=70)
        self.notify("状态" + bad)
        self.query_one(OrderedTextArea).focus()

Loose().run()
'''
_KINDS = (
    "静态",
    "标签",
    "输入",
    "提示",
    "编辑",
    "框题",
    "选项",
    "下拉",
    "按钮",
    "勾选",
    "树根",
    "表格",
    "日志",
    "列题",
    "列表",
    "对比",
    "状态",
)


def test_no_escape_of_a_record_leaves_from_any_kind_of_widget(lines: Callable[..., _Line]) -> None:
    line = lines("-c", _LOOSE.replace("BAD", repr("".join(_PAYLOADS))))
    for kind in _KINDS:
        line.sees(kind)
    line.send("\x11")
    line.ends()
    line.wait(lambda: b"\x1b[?1049l" in line.raw)
    for payload in _PAYLOADS:
        assert payload.encode() not in line.raw, repr(payload)


_PROBE = """
import json, sys
from tui.terminal import settle_widths
found = settle_widths("auto")
from rich.cells import cell_len, set_cell_size
print("JSON" + json.dumps([found.answered, found.wide_lines, cell_len("“特急”——第①号…"), cell_len("│"), cell_len("Abc·")]))
"""


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        pytest.param("2222222 2 5", [True, False, 14, 1, 4], id="narrow"),
        pytest.param("3333333 3 5", [True, True, 20, 1, 5], id="wide"),
        pytest.param("3233333 2 5", [True, False, 20, 1, 4], id="wide but for the middle dot and lines"),
        pytest.param("", [False, False, 14, 1, 4], id="silent"),
    ],
)
def test_rich_counts_as_the_terminal_draws(lines: Callable[..., _Line], columns: str, expected: list[object]) -> None:
    line = lines("-c", _PROBE)
    line.wait(lambda: line.raw.count(b"\x1b[6n") == len("2222222") + 2)
    line.send("".join(f"\x1b[1;{column}R" for column in columns.replace(" ", "")))
    line.wait(lambda: re.search(rb"JSON(.*)\r\n", line.raw) is not None)
    found = re.search(rb"JSON(.*)\r\n", line.raw)
    assert found is not None
    assert json.loads(found[1]) == expected


def test_an_answer_that_comes_too_late_is_not_typed_into_the_app(editor: _Line) -> None:
    editor.send("甲\x1b[1;3R\x1b[24;80R乙")
    editor.sees("甲乙")


def test_a_paste_of_a_megabyte_or_with_keys_in_it_triggers_nothing(editor: _Line) -> None:
    """T3: what is pasted is text, whatever it holds."""
    editor.send("\x1b[200~甲\x03\x11\x1b\t\r乙\x1b[201~丙")
    editor.sees("丙")
    assert editor.process.poll() is None
    editor.send("\t\x1b[200~")
    sender = Thread(target=os.write, args=(editor.master, b"x" * (1 << 20) + b"\x1b[201~" + "末".encode()), daemon=True)
    sender.start()  # a line takes a few kilobytes before somebody reads
    editor.sees("末")
    sender.join(_BOUND)
    assert editor.process.poll() is None


def _kept(line: _Line, tmp_path: Path) -> str:
    """Hang up, and return what stood in the text area."""
    os.close(line.master)
    assert line.ends() >= 0, "it was killed"
    return Drafts(tmp_path / "drafts").load("表单") or ""


_ORDERS = "\x1b]0;题目\x07甲\x1b[2J\x1b[A\x1b[D\x1b\x1b[200~乙\x1b]52;c;SEVM\x07\x1bPq#0\x1b\\\x1b[<0;1;1M丙\x1b[201"
"""What an office letter with a terminal's log in it may hold: orders, keys, a click, marks of a paste."""


def test_a_paste_with_escape_sequences_in_it_is_one_text_in_its_order(editor: _Line, tmp_path: Path) -> None:
    """T3: none of them is a key, wherever the line tears it."""
    editor.send(f"\t前\x1b[200~{_ORDERS}丁\x1b[201~后")
    editor.sees("后")
    assert _kept(editor, tmp_path) == f"前{_ORDERS}丁后"


def test_an_end_of_a_paste_within_what_is_pasted_ends_nothing(editor: _Line, tmp_path: Path) -> None:
    """T3: a terminal that does not take it out would have what follows typed: Tab, Ctrl+Q."""
    editor.send("\t\x1b[200~甲\x1b[201~\t\x11乙\x1b[201~丙\x1b[200~丁\x1b[201~末")
    editor.sees("末")
    assert editor.process.poll() is None
    assert _kept(editor, tmp_path) == "甲\x1b[201~\t\x11乙丙丁末"


def test_bytes_that_are_no_utf8_end_nothing(editor: _Line, tmp_path: Path) -> None:
    """T5: a paste from a window of GBK."""
    os.write(editor.master, b"\t\x1b[200~" + "督办".encode("gbk") + b"\x1b[201~" + "末".encode())
    editor.sees("末")
    assert "\ufffd" in _kept(editor, tmp_path)


def test_a_terminal_that_takes_no_utf8_is_told_so_in_what_it_takes(lines: Callable[..., _Line], demo_home: Path) -> None:
    """T5: on a terminal of GBK six bytes of two characters are three, six cells wide."""
    line = lines("-m", "tui.command", "--register", str(demo_home), "--as", "BGS.clerk1")
    line.wait(lambda: line.raw.count(b"\x1b[6n") == len("2222222") + 2)
    line.send("".join(f"\x1b[1;{column}R" for column in "222222227"))
    assert line.ends() == 1
    line.wait(lambda: b"log in again" in line.raw)
    told = line.raw[line.raw.rindex(b"\x1b[K") + 3 :]
    assert "不是 UTF-8" in told.decode("gb18030")
    assert b"\x1b[?1049h" not in line.raw


@pytest.mark.parametrize("locale", ["C", "zh_CN.GBK", "POSIX"])
def test_a_command_writes_utf8_whatever_the_locale(demo_home: Path, locale: str) -> None:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": locale, "LANG": locale, "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    argv = [sys.executable, "-m", "tui.command", "--register", str(demo_home), "clause", "R-02"]
    done = subprocess.run(argv, env=environment, cwd=_ROOT, capture_output=True, check=False)
    assert (done.returncode, "R-02" in done.stdout.decode("utf-8")) == (0, True), done.stderr


def test_a_window_of_any_size_ends_nothing(editor: _Line) -> None:
    """S3: one cell, none at all, and more than any screen has."""
    for height, width in ((1, 1), (0, 0), (9999, 9999), (1, 9999), (24, 80)):
        fcntl.ioctl(editor.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    editor.send("甲乙")
    editor.sees("甲乙")
    assert editor.process.poll() is None
