"""A change of people in the app alone, at a terminal of 80 by 24: who comes sits down at the same desk, one after the other."""

import shlex
import shutil
import sys
from collections.abc import Iterator

import pytest

from records.register.register import Register
from tests.e2e.test_app_tmux import _ROOT, _Terminal

pytestmark = pytest.mark.e2e


class Desk(_Terminal):
    """A terminal at which one person after the other sits down."""

    def sits(self, person: str) -> str:
        """Let somebody else take the seat, and open his own work."""
        self.keys("F2")
        self.sees("空着按数字换页")
        self.text("换身份")
        self.keys("Enter")
        self.sees("上下键移动\n")
        self.text(person)
        self.keys("Enter")
        self.sees(f"现在的身份：{person}")
        return self.page("1", "Esc 退出")

    def page(self, digit: str, seen: str) -> str:
        """Go to another page by its number; what is seen there stands nowhere in the list of pages."""
        self.keys("F2")
        self.sees("空着按数字换页")
        self.keys(digit)
        return self.sees(seen)


@pytest.fixture
def desk(demo: Register) -> Iterator[Desk]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    words = [sys.executable, "-c", "from tui.command import main; main()", "--register", str(demo.home), "--as", "BGS.clerk1"]
    found = Desk(f"cd {shlex.quote(str(_ROOT))} && {shlex.join([*words, '--width', 'narrow'])}")
    yield found
    found.close()


def _chooses(desk: Desk, label: str) -> None:
    """Choose among what may be done here."""
    desk.keys("F5")
    lines = [line for line in desk.sees(f"可以办 {label} ").splitlines() if line.lstrip().startswith(("可以办", "不能办"))]
    desk.keys(*["Down"] * next(n for n, line in enumerate(lines) if f"可以办 {label} " in line), "Enter")
    desk.sees(f"{label}〔")


def _picks(desk: Desk, what: str) -> None:
    """Choose from the list behind the field, and go on to the next field."""
    desk.keys("Enter")
    desk.sees("输入文字或拼音首字母缩小范围")
    desk.text(what)
    desk.keys("Enter", "Tab")


def _does(desk: Desk, label: str, *keys: str) -> None:
    """Do what has been written."""
    desk.keys(*keys, "F10")
    desk.sees(f"已办：{label}")


def test_a_liaison_goes_and_who_comes_sees_what_he_left(demo: Register, desk: Desk) -> None:
    desk.sees("待办 2 件")
    desk.sits("谭拟慎")
    desk.page("7", "没有空缺")
    desk.keys("F3")
    desk.text("交警")
    desk.keys("Enter")
    desk.sees("收发口 秘书科  分管 郑拟义")
    basis = "兰公政任〔2026〕9号"
    _chooses(desk, "登记人员")
    for text in ("JJ.new", "新拟来", "民警", "jjnew"):
        desk.text(text)
        desk.keys("Tab")
    desk.text(basis)
    _does(desk, "登记人员")
    for label, person in (("任职", "新拟来"), ("免职", "邵拟行")):
        _chooses(desk, label)
        _picks(desk, "联络员")
        _picks(desk, person)
        desk.text("今天")
        desk.keys("Tab", "Tab")
        desk.text(basis)
        _does(desk, label)
    assert "0171" in desk.sits("新拟来")
    assert "0171" not in desk.sits("邵拟行")
