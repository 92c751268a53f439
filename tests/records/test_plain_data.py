"""Records from plain data, by several threads at once: the app's acts and its publisher read their first records together."""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
# A fresh process each time: what is tried is the first use. A collection at every turn finds whatever lies about half made.
_FIRST_USE = """
import gc, sys, threading
from records.bureau.roster import Leaders, Unit
from records.demo import _read
from records.matter.plain_data import from_data
roster = _read("roster.yaml")
work = [(roster["leaders"], Leaders)] * 4 + [(roster["units"][0], Unit)] * 4
sys.setswitchinterval(1e-6)
gc.set_threshold(1)
start, found = threading.Barrier(len(work)), []
def read(data, kind):
    start.wait()
    found.append(from_data(data, kind))
threads = [threading.Thread(target=read, args=each) for each in work]
for each in threads: each.start()
for each in threads: each.join()
assert len(found) == len(work) and len({str(each) for each in found}) == 2
"""


def test_the_first_use_of_a_kind_by_many_threads_crashes_nothing() -> None:
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", _FIRST_USE], cwd=_ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_nobody_goes_round_the_one_way_from_data_to_record() -> None:
    rooms = ("schema", "records", "documents", "desk", "tui")
    files = [file for room in rooms for file in (_ROOT / room).rglob("*.py")]
    assert [file.name for file in files if "msgspec.convert" in file.read_text(encoding="utf-8")] == ["conversion.py"]
