"""What the index costs and what it saves: cold build, a page of a list, a search, a history, catching up after one commit.

    python bench/index.py [--items 1000 20000] [--rounds 15] [--rival-rounds 3]

Every item came in by a commit of its own, with the trailers of an act, and lies in one pack. The rival is what a person without an
index would run on the same register: ``git grep`` over the records at ``main`` for a page and for a search, ``git log`` with
changed-path filters for a history; beside catching up stands the cold build that it saves. The sizes take turns, so that a busy moment
of the machine falls on all of them. Exit status 1 if at the largest size the index is slower than its rival anywhere, or if a page takes
over 3 times as long as at the smallest.
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from records.index.index import Index
from records.matter.changes import Point
from records.matter.item import Instruction, Item, Progress, Secrecy, Source, UnitPart
from records.matter.prose import normalise
from records.matter.report import Report, Round
from records.matter.stamps import Stamp
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.repository import Repository
from records.store.store import Ident

LIMIT = 3.0
PHRASES = (
    "经核查，群众反映的校园周边交通秩序问题基本属实。",
    "责任单位已约谈相关负责人并限期整改。",
    "请于七个工作日内报送办理情况。",
    "案件线索已移交经侦支队依法查处。",
    "整改措施已落实到岗到人，建立长效机制。",
    "同意办结，归档备查。",
)
SUBJECTS = ("电信网络诈骗", "校园周边秩序", "危化品运输", "信访积案化解", "夜市噪声扰民", "涉企执法检查", "养犬管理")
STATES = ("dispatched", "in_progress", "returned", "concluded", "archived", "archived", "archived")
UNITS = ("JJ", "CG", "ZA", "XJ", "JZ", "WA")
WHEN = datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=8)))
CLERK = Ident("王拟敏", "BGS.clerk1@lzga", WHEN)
SEARCH, RARE_SEARCH, SIGN, SIGNS = "养犬", "网络诈骗 000", "，", "（77"
Work = Callable[[int], object]


def item(number: int) -> Item:
    """Return an item of about 5 KB, no two alike."""
    chance = random.Random(number)
    lead, helper = chance.sample(UNITS, 2)
    stamp = Stamp("BGS.clerk1", WHEN.isoformat())
    body = normalise("".join(f"{chance.choice(PHRASES)}核查编号{chance.randrange(10**6):06}。" for _ in range(40)))
    return Item(
        id=f"DB-2026-{number:04}",
        title=f"关于{chance.choice(SUBJECTS)}问题的督办（{number}）",
        category=4,
        subtype="上级领导批示",
        source=Source("superior", "leader_instruction", "市委办", f"第{number}期", "2026-02-27"),
        instructions=(Instruction("省领导", "2026-02-26", "请抓紧办理。"),),
        importance="important",
        urgency="urgent",
        secrecy=Secrecy("none"),
        portfolio_leader="L03",
        state=chance.choice(STATES),
        registered=stamp,
        points=(Point("查明情况"), Point("提出长效措施", helper)),
        due="2026-03-27",
        original_due="2026-03-27",
        feedback_cycle="weekly",
        policy="a" * 40,
        dispatched=stamp,
        units=(UnitPart(lead, "lead", stamp), UnitPart(helper, "assisting")),
        progress=(Progress("JJ.liaison", WHEN.isoformat(), text=chance.choice(PHRASES)),),
        report=Report(title="办结报告", body=body, rounds=(Round(1, "sha256:" + "0" * 64, stamp),)),
    )


def build(path: Path, items: int) -> Repository:
    """Return a register of that many items, each registered by a commit of its own."""
    store = Repository.create(path)
    command = ["git", "-C", str(path), "-c", "core.compression=1", "fast-import", "--quiet", "--depth=0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=clean_environment()) as importer:
        assert importer.stdin is not None
        for line in stream(items):
            importer.stdin.write(line)
    if importer.returncode:
        raise SystemExit(f"git fast-import failed at {items} items")
    git(store, "repack", "-adq")  # as the register's own settings will have it
    git(store, "commit-graph", "write", "--reachable", "--changed-paths")
    return store


def stream(items: int) -> Iterator[bytes]:
    for number in range(1, items + 1):
        this = item(number)
        message, data = receipt(this, "register").encode(), emit(this)
        who = f"{CLERK.name} <{CLERK.email}> {int(WHEN.timestamp()) + number} +0800"
        yield f"commit refs/heads/main\nauthor {who}\ncommitter {who}\ndata {len(message)}\n".encode() + message
        yield b"\nM 100644 inline %s\ndata %d\n%s\n" % (item_path(this.id).encode(), len(data), data)
    yield b"done\n"


def receipt(this: Item, act: str) -> str:
    return (
        f"登记立项 {this.id} {this.title}\n\n请抓紧办理。\n\nDuban-Act: {act}\nDuban-Item: {this.id}\nDuban-Unit: BGS\nDuban-Clause: 一\n"
    )


def act(store: Repository, number: int, turn: int) -> None:
    path = item_path(f"DB-2026-{number:04}")
    with store.writing() as register:
        before = store.read(path, register.head or "")
        assert before is not None
        message = receipt(item(number), "report_progress")
        register.commit({path: before + f"# {turn}\n".encode()}, author=CLERK, committer=CLERK, message=message)


def clean_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


def git(store: Repository, *words: str) -> bytes:
    done = subprocess.run(["git", "-C", str(store.path), *words], check=True, capture_output=True, env=clean_environment())
    return done.stdout


def cold(store: Repository, whole: int) -> Index:
    """Build an index from nothing: all of it, or as much as lists need."""
    path = store.path.with_suffix(f".{whole}.sqlite")
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    index = Index(path, store)
    index.catch_up((lambda done, total: True) if whole else None)
    return index


class Case:
    """The questions at one size: ours and the rival's."""

    def __init__(self, folder: Path, items: int) -> None:
        self.items = items
        self.store = build(folder / f"{items}.git", items)
        self.index = cold(self.store, True)
        if self.index.problems() or len(self.index.history(f"DB-2026-{items:04}")) != 1:
            raise SystemExit(f"the index of {items} items is not right")

    def caught_up(self, turn: int) -> float:
        """Catch up after a commit, which is not measured."""
        act(self.store, self.some(turn), turn)
        begun = time.perf_counter()
        self.index.catch_up()
        return time.perf_counter() - begun

    def some(self, turn: int) -> int:
        return random.Random(turn).randrange(1, self.items + 1)

    def ours(self) -> dict[str, Work]:
        return {
            "page of 50": lambda _: self.index.items(unit="JJ", state="returned", limit=50),
            "search": lambda _: self.index.items(words=SEARCH, limit=50),
            "rare search": lambda _: self.index.items(words=RARE_SEARCH, limit=50),
            "one sign": lambda _: self.index.items(words=SIGN, limit=50),
            "signs and figures": lambda _: self.index.items(words=SIGNS, limit=50),
            "history": lambda turn: self.index.history(f"DB-2026-{self.some(turn):04}"),
        }

    def rival(self) -> dict[str, Work]:
        grep = ("grep", "-l", "--all-match")
        return {
            "page of 50": lambda _: git(self.store, *grep, "-e", "^state: returned", "-e", "unit: JJ", "main", "--", "items"),
            "search": lambda _: git(self.store, *grep, "-F", "-e", SEARCH, "main", "--", "items"),
            "rare search": lambda _: git(
                self.store, *grep, "-F", *(word for term in RARE_SEARCH.split() for word in ("-e", term)), "main", "--", "items"
            ),
            "one sign": lambda _: git(self.store, *grep, "-F", "-e", SIGN, "main", "--", "items"),
            "signs and figures": lambda _: git(self.store, *grep, "-F", "-e", SIGNS, "main", "--", "items"),
            "history": lambda turn: git(self.store, "log", "--format=%H %an %s", "main", "--", item_path(f"DB-2026-{self.some(turn):04}")),
        }


def timed(work: Work, turn: int) -> float:
    begun = time.perf_counter()
    work(turn)
    return time.perf_counter() - begun


def measured(cases: list[Case], rounds: int, rival_rounds: int) -> Iterator[tuple[str, list[float], list[float]]]:
    """Yield each question with our median and the rival's, in seconds, a size each."""
    for question in cases[0].ours():
        ours = [[timed(case.ours()[question], turn) for case in cases] for turn in range(rounds)]
        rival = [[timed(case.rival()[question], turn) for case in cases] for turn in range(rival_rounds)]
        yield question, medians(ours), medians(rival)
    building = [[timed(partial(cold, case.store), True) for case in cases]]
    lists = [[timed(partial(cold, case.store), False) for case in cases]]
    yield "cold build until lists", medians(lists), medians(building)
    yield "catch up after a commit", medians([[case.caught_up(turn) for case in cases] for turn in range(rounds)]), medians(building)


def medians(rounds: list[list[float]]) -> list[float]:
    return [statistics.median(taken) for taken in zip(*rounds, strict=True)]


def main() -> int:
    parser = argparse.ArgumentParser(description="what the index costs and what it saves")
    parser.add_argument("--items", type=int, nargs="+", default=[1000, 20_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--rival-rounds", type=int, default=3)
    options = parser.parse_args()
    kept = True
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        cases = [Case(Path(folder), items) for items in sorted(options.items)]
        os.sync()  # what building left to write must not fall on those measured first
        print(f"{'':<24}  {'items':>8}  {'index, ms':>10}  {'growth':>6}  {'rival, ms':>10}  {'times ours':>10}")
        for question, ours, rival in measured(cases, options.rounds, options.rival_rounds):
            for case, our, other in zip(cases, ours, rival, strict=True):
                times = f"{our / ours[0]:>6.1f}  {1000 * other:>10.1f}  {other / our:>10.1f}"
                print(f"{question:<24}  {case.items:>8,}  {1000 * our:>10.2f}  {times}")
            kept &= rival[-1] > ours[-1] and (question != "page of 50" or ours[-1] / ours[0] <= LIMIT)
    print("rivals: git grep five times, git log, complete cold build, complete cold build")
    print(f"faster than the rival everywhere, page growth within {LIMIT}: {'yes' if kept else 'NO'}")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
