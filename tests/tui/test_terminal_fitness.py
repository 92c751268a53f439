"""Where the app must not start, and what it says then."""

import subprocess
import sys

import pytest

from tui.terminal import unfit


@pytest.mark.parametrize(
    ("term", "stdin_tty", "stdout_tty", "word"),
    [
        ("dumb", True, True, "dumb"),
        ("Unknown ", True, True, "unknown"),
        ("", True, True, "没有终端类型"),
        ("xterm-256color", False, True, "标准输入"),
        ("xterm-256color", True, False, "标准输出"),
    ],
)
def test_says_why_it_must_not_start_and_which_commands_to_use(term: str, stdin_tty: bool, stdout_tty: bool, word: str) -> None:
    reason = unfit(term, stdin_tty, stdout_tty)
    assert reason is not None
    assert word in reason
    assert "duban ls" in reason
    assert "duban acts" in reason


@pytest.mark.parametrize("term", ["xterm", "xterm-256color", "screen", "linux", "tmux-256color", "vt100"])
def test_usual_terminals_are_fit(term: str) -> None:
    assert unfit(term, True, True) is None


def test_the_package_and_what_runs_before_the_app_do_not_import_textual() -> None:
    code = "import sys, tui.terminal as t; t.unfit, t.settle_widths, t.Drafts; import desk.char_diff; print('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
