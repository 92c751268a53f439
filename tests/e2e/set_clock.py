"""The program at a terminal on the day of the tests, whenever they run: numbers, months and lights of the demo are of its year."""

import sys
from pathlib import Path

from tests.bureau import at

DAY = at("2026-12-01T09:30")
"""The month of the demo's last steps has just ended."""
_PROGRAM = f"""
import time
from datetime import datetime, timedelta
from tui.command import environment
begun = time.monotonic()
environment.now = lambda: datetime.fromisoformat("{DAY.isoformat()}") + timedelta(seconds=int(time.monotonic() - begun))
from tui.command import main
main()
"""


def duban(home: Path, person: str, *words: str) -> list[str]:
    """Return the command line with which somebody opens a demo register on that day; a second one goes on where the first one left off."""
    return [sys.executable, "-c", _PROGRAM, "--register", str(home), "--as", person, *words]
