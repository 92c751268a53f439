"""Ambiguous widths by a person's word; what a terminal answers is in test_terminal_pty.py."""

import json
import os
import subprocess
import sys

import pytest
import textual  # noqa: F401 - settle_widths must refuse when it is there

from tui.terminal import settle_widths


def test_refuses_to_run_when_textual_would_go_on_counting_the_old_way() -> None:
    with pytest.raises(RuntimeError, match="before textual"):
        settle_widths("wide")


_IMPORTS = """
from rich.cells import cell_len
from rich.segment import Segment
from textual._wrap import get_character_cell_size
from textual.content import Content
"""
_SETTLED = """
from tui.terminal import settle_widths
settle_widths({choice!r})
"""
_FORKED = """
from tui.terminal.widths import count_changeably
count_changeably()
"""  # as the service, which has Textual before it knows any terminal


@pytest.mark.parametrize("forked", [False, True])
@pytest.mark.parametrize(("choice", "expected"), [("wide", [6, 1, 2, 8, 2]), ("narrow", [4, 1, 1, 7, 3]), ("auto", [4, 1, 1, 7, 3])])
def test_the_word_counts_in_rich_and_in_all_of_textual(choice: str, expected: list[int], forked: bool) -> None:
    settled = _SETTLED.format(choice=choice)
    code = (_FORKED + _IMPORTS + "cell_len('“特”'); Content('特急—ab').cell_length" + settled) if forked else settled + _IMPORTS
    code += """
import json
cut = Segment("··■").split_cells(4)[0].text
print(json.dumps([cell_len("“特”"), cell_len("│"), get_character_cell_size("…"), Content("特急—ab").cell_length, len(cut)]))
"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    assert json.loads(process.stdout) == expected


def test_a_terminal_that_draws_lines_wide_gets_borders_of_ascii() -> None:
    code = """
import asyncio
from textual.widgets import Static
from tests.tui.hands import hands_on
from tui.terminal import ChineseApp

class Framed(ChineseApp):
    CSS = "Static { border: round red; height: 3; } Screen { overflow-y: scroll; } Static { margin-bottom: 40; }"

    def compose(self):
        yield Static("框")

async def main():
    app = Framed(wide_lines=True)
    async with hands_on(app, (20, 4)):
        print("\\n".join(strip.text for strip in app.screen._compositor.render_strips()))

asyncio.run(main())
"""
    drawn = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)).stdout
    assert "+-----" in drawn
    assert drawn.replace("框", "").isascii()
