"""How long after a commit its document lies in the published folder: the watcher against looking every second.

    python bench/watch.py [--rounds 12]

Each round commits a changed draft of the demo's 专报 at a random moment and waits for the file. Beside it stands what making and
writing the document takes without any waiting, and the processor time that waiting costs when nothing happens.
"""

import argparse
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from documents.layout.profile import standard
from documents.publishing.publisher import Publisher
from documents.publishing.watcher import follow
from records.demo import build
from records.matter.item import Item
from records.register.register import Register
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.store import Ident
from tests.planting import store_of

STORY, ITEM = "DB-2026-0118", "DB-2026-9999"  # an issued document would not change, so a copy of it goes back to being a draft
IDLE = 3.0  # seconds
WHO = Ident("督办登记簿", "duban@bench", datetime(2026, 12, 1, 9, 0, tzinfo=timezone(timedelta(hours=8))))
Way = Callable[[Register, Publisher, threading.Event], None]


def watching(register: Register, publisher: Publisher, stop: threading.Event) -> None:
    def failed(error: Exception) -> None:
        raise error

    follow(register, publisher, stop=stop, built=lambda _: None, failed=failed, told=print)


def looking(register: Register, publisher: Publisher, stop: threading.Event) -> None:
    while not stop.wait(1.0):
        publisher.catch_up()


def draft(register: Register, n: int) -> Item:
    """Return a copy of the demo's issued item that still waits for its number, under a title of its own."""
    item = register.view().item(STORY)
    assert item is not None
    assert item.outgoing is not None
    outgoing = replace(item.outgoing, title=f"关于第{n}次更名情况的报告", number=None, reserved=None, signature=None, reported=None)
    return replace(item, id=ITEM, state="director_signed", outgoing=outgoing, concluded=None, archived=None)


def commit(register: Register, n: int) -> None:
    with store_of(register).writing() as transaction:
        transaction.commit({item_path(ITEM): emit(draft(register, n))}, author=WHO, committer=WHO, message=f"更名 {n}")


def rounds_of(register: Register, way: Way, rounds: int) -> tuple[list[float], float]:
    """Return milliseconds from each commit to its file, and the share of a core that an idle wait takes."""
    file, stop = register.published / f"{ITEM}-special.docx", threading.Event()
    thread = threading.Thread(target=way, args=(register, Publisher(register, standard()), stop))
    thread.start()
    taken = []
    for n in range(rounds + 1):
        time.sleep(1 + random.Random(n).random())
        before = inode(file)
        commit(register, n)
        begun = time.perf_counter()
        while inode(file) == before:
            time.sleep(0.0005)
        if n:
            taken.append(1000 * (time.perf_counter() - begun))
    time.sleep(0.5)
    used = time.process_time()
    time.sleep(IDLE)
    used = time.process_time() - used
    stop.set()
    thread.join()
    return taken, used / IDLE


def work_alone(register: Register, rounds: int) -> list[float]:
    publisher, taken = Publisher(register, standard()), []
    for n in range(rounds):
        commit(register, 1000 + n)
        begun = time.perf_counter()
        publisher.catch_up()
        taken.append(1000 * (time.perf_counter() - begun))
    return taken


def inode(file: Path) -> int:
    return file.stat().st_ino if file.exists() else 0


def main() -> None:
    parser = argparse.ArgumentParser(description="from commit to file, watching against looking every second")
    parser.add_argument("--rounds", type=int, default=12)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        register = build(Path(folder) / "register")
        Publisher(register, standard()).catch_up()
        found = {name: rounds_of(register, way, options.rounds) for name, way in (("watching", watching), ("every second", looking))}
        alone = work_alone(register, options.rounds)
    base = statistics.median(found["watching"][0])
    print(f"{'way':>12}  {'median, ms':>10}  {'p95':>7}  {'times watching':>14}  {'idle, % of a core':>17}")
    for name, (taken, idle) in found.items():
        p95 = sorted(taken)[int(0.95 * len(taken))]
        print(f"{name:>12}  {statistics.median(taken):>10.1f}  {p95:>7.1f}  {statistics.median(taken) / base:>14.1f}  {100 * idle:>17.2f}")
    print(f"{'work alone':>12}  {statistics.median(alone):>10.1f}  {sorted(alone)[int(0.95 * len(alone))]:>7.1f}")


if __name__ == "__main__":
    main()
