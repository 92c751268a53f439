"""A sentence begun at a real terminal: sizes change under it, the line drops; it is offered to who comes again, and put on record."""

import shlex
import shutil
from collections.abc import Callable, Iterator

import pytest

from records.register.register import Register
from tests.e2e.set_clock import duban
from tests.e2e.test_app_tmux import _ROOT, _Terminal
from tests.waiting import until
from tui.terminal.drafts import Drafts

pytestmark = pytest.mark.e2e

ITEM = "DB-2026-0206"
_SIZES = ((60, 16), (200, 60), (80, 24))


@pytest.fixture
def sitting(demo: Register) -> Iterator[Callable[[], _Terminal]]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    opened: list[_Terminal] = []
    words = duban(demo.home, "L03", "--width", "narrow")

    def sit() -> _Terminal:
        opened.append(_Terminal(f"cd {shlex.quote(str(_ROOT))} && {shlex.join(words)}"))
        return opened[-1]

    yield sit
    for terminal in opened:
        terminal.close()


def test_a_sentence_outlives_sizes_and_the_line(demo: Register, sitting: Callable[[], _Terminal]) -> None:
    terminal = sitting()
    terminal.sees("审计反映涉案财物")
    terminal.keys("Enter")
    terminal.sees("阅示〔")
    terminal.keys("Tab")
    terminal.text("请法制支队牵头，清理。")  # in one burst, as an input method commits it
    terminal.sees("请法制支队牵头，清理。")
    terminal.keys("Left", "Left", "Left")
    for width, height in _SIZES:
        terminal.resize(width, height)
        terminal.sees("阅示〔")
    terminal.text("逐案")
    terminal.sees("请法制支队牵头，逐案清理。")  # neither the text nor the place in it was lost
    terminal.close()
    until(lambda: any("逐案清理" in text for text in Drafts(demo.drafts / "L03").all().values()))

    again = sitting()
    again.sees("草稿")
    again.keys("Enter")
    again.sees("请法制支队牵头，逐案清理。")
    again.keys("F10")
    again.sees("已办：阅示")
    item = demo.view().item(ITEM)
    assert item is not None
    assert item.reading is not None
    assert item.reading.text.strip() == "请法制支队牵头，逐案清理。"
    assert not Drafts(demo.drafts / "L03").all()
