"""On a rest day after a deadline it has passed, wherever it is told; nothing says 今日到期 (screens.md, check 6; D-1)."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.tui.test_command import Shell

FRIDAY, SATURDAY = (datetime.fromisoformat(f"2026-11-{day}T10:30:00+08:00") for day in (27, 28))
TOLD = ("digest", "show DB-2026-0188")
"""What tells in words of the matter that is due on the Friday; lists take theirs from the same light (tests/records/test_clocks.py)."""


@pytest.mark.parametrize(
    ("now", "said", "not_said"), [(FRIDAY, "今日到期", "已过期"), (SATURDAY, "已过期", "今日到期")], ids=["friday", "saturday"]
)
def test_a_day_that_has_passed_is_never_today(
    demo_home: Path, now: datetime, said: str, not_said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.command.environment.now", lambda: now)
    shell = Shell(demo_home, capsys, monkeypatch)
    for words in TOLD:
        out = shell.ok(*words.split(), "--as", "JJ.main_leader").replace("\n", "")
        assert said in out, (words, out)
        assert not_said not in out, (words, out)
