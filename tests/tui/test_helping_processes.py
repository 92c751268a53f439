"""The processes that help to fill an index are started under a screen too, whose standard error is no file."""

import subprocess
import sys
from pathlib import Path

import pytest

from records.demo import build

pytestmark = pytest.mark.e2e

_SCRIPT = """
import sys
from pathlib import Path
from tui.terminal import settle_widths
settle_widths("narrow")
from tui.terminal import ChineseApp
from textual.app import _PrintCapture
from records.index import workers
from records.register.register import Register
workers._POOL = 2
register = Register(Path(sys.argv[1]))
sys.stderr = _PrintCapture(ChineseApp(), stderr=True)
register.index.catch_up(lambda done, total: True)
print(len(register.index.items()), [step.item for step in register.index.latest(1)])
"""


def test_a_cold_index_is_filled_by_all_cores_under_a_screen(tmp_path: Path) -> None:
    build(tmp_path / "register", most=60).close()
    done = subprocess.run([sys.executable, "-c", _SCRIPT, tmp_path / "register"], capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.startswith("5 [")
