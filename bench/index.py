"""What the index costs and what it saves: cold build, a page of a list, a search, catching up after one commit.

    python bench/index.py [--items 1000 20000] [--rounds 20]

Every item came in by a commit of its own, with the trailers of an act, and lies in one pack. The rival is what a person without an
index would run over the same register: ``git grep`` over the records at ``main`` for a page and a search, ``git log`` on its file for
the history of an item, and for catching up the cold build. All sizes take turns, so that a busy moment of the machine falls on all.
Exit status 1 if a page at the largest size takes over 3 times as long as at the smallest, or a search is slower than ``git grep``.
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
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from records.files import emit, item_path
from records.gitstore import Signature, Store
from records.index import Index
from records.model import Instruction, Item, Point, Progress, Report, Round, Secrecy, Source, Stamp, UnitPart
from records.prose import normalise

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
CLERK = Signature("王拟敏", "BGS.clerk1@lzga", WHEN)
SEARCHES = ("养犬", "经侦支队", "网络诈骗 000123")
Times = dict[str, list[float]]


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


def build(path: Path, items: int) -> Store:
    """Return a register of that many items, each registered by a commit of its own."""
    store = Store.create(path)
    command = ["git", "-C", str(path), "-c", "core.compression=1", "fast-import", "--quiet", "--depth=0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=clean_environment()) as importer:
        assert importer.stdin is not None
        for line in stream(items):
            importer.stdin.write(line)
    if importer.returncode:
        raise SystemExit(f"git fast-import failed at {items} items")
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
    return f"登记立项 {this.id} {this.title}\n\n请抓紧办理。\n\nDuban-Act: {act}\nDuban-Item: {this.id}\nDuban-Unit: BGS\nDuban-Clause: 一\n"


def act(store: Store, number: int, turn: int) -> None:
    """Commit a next state of one record, outside what is measured."""
    path = item_path(f"DB-2026-{number:04}")
    with store.writing() as register:
        before = register.read(path)
        assert before is not None
        after = before.replace(b"percent: ", b"percent: 1") if turn < 0 else before + b"# %d\n" % turn
        register.commit({path: after}, author=CLERK, committer=CLERK, message=receipt(item(number), "report_progress"))


def clean_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
