"""Two servers and one Git host under writers, by the real acts: whatever is killed, each act that was said to be done is there, once.

What is killed is a writer in the midst of an act, a process of the Git host's in the midst of a push, and the connection that ssh keeps.
The full counts are run by hand: DUBAN_KILLS=100.
"""

import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from records.register import again
from records.register.joining import join
from records.register.register import Receipt, Register
from records.store.address import address
from records.store.store import StoreError
from tests import githost
from tests.documents.case import ITEM, NOW, act, created, walk
from tests.githost import git, sshd, upstream_at
from tui.command import duban

pytestmark = pytest.mark.e2e

KILLS = int(os.environ.get("DUBAN_KILLS", "8"))
SERVERS = ("one", "other")


@pytest.fixture(params=["path", "ssh"])
def up(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """An upstream with two servers that have one matter in hand."""
    found = upstream_at(tmp_path / "up.git")
    where = address(sshd().url(found) if request.param == "ssh" else str(found))
    first = created(tmp_path / "one")
    walk(first, "dispatch")
    for name in SERVERS:
        if where.way == "ssh":
            githost.with_key(tmp_path / name)
        join(tmp_path / name, where)
    act(Register(tmp_path / "one"), "sign_for", "JJ.liaison", {})
    yield found
    for name in SERVERS:
        githost.let_go(tmp_path / name)


def works(home: Path, mark: str, count: int, said: Path) -> None:
    """A writer: so many acts one after another, each noted down once it is said to be done, and each that is not, with the reason."""
    again._PATIENCE = 600  # of this process of ours: on a slow machine a few pushes take half a minute
    register = Register(home)
    with said.open("a") as notes:
        for n in range(count):
            text = f"{mark}-{n}。"
            try:
                done = register.act("report_progress", ITEM, "JJ.liaison", {"percent": 40, "text": text}, NOW)
                notes.write(f"{'done' if isinstance(done, Receipt) else f'refused {done}'} {text}\n")
            except StoreError as error:
                notes.write(f"trouble {text} {error}\n")
            notes.flush()


def writer(home: Path, mark: str, count: int, said: Path) -> multiprocessing.context.ForkProcess:
    process = multiprocessing.get_context("fork").Process(target=works, args=(home, mark, count, said))
    process.start()
    return process


def texts(home: Path) -> Counter[str]:
    """How often each act's text came into the record, over the whole history."""
    register, found, before = Register(home), Counter[str](), Counter[str]()
    for commit in register.commits():
        item = register.view(commit.id).item(ITEM)
        now = Counter(each.text for each in item.progress) if item else Counter[str]()
        found.update(now - before)
        before = now
    return found


def is_sound(up: Path, tmp_path: Path) -> None:
    """Both servers stand where the upstream does, on one line of commits, which audits green."""
    assert git(up, "fsck", "--strict", "--full", "--no-dangling") == ""
    for name in SERVERS:
        home = tmp_path / name
        Register(home).follow()
        assert git(home / "register.git", "fsck", "--strict", "--full", "--no-dangling") == ""
        assert Register(home).head() == git(up, "rev-parse", "main")
    assert git(up, "rev-list", "--min-parents=2", "main") == ""
    told = CliRunner().invoke(duban, ["audit", str(tmp_path / "other")])  # in the other the test itself has moved main
    assert told.exit_code == 0, told.output


def test_nobody_fails_and_nothing_is_lost_or_there_twice(up: Path, tmp_path: Path) -> None:
    said = tmp_path / "said"
    writers = [writer(tmp_path / name, f"{name}{n}", 5, said) for name in SERVERS for n in range(3)]
    for each in writers:
        each.join()
    told = said.read_text().splitlines()
    assert [line for line in told if not line.startswith("done ")] == []
    assert sorted(told) == sorted(f"done {name}{n}-{k}。" for name in SERVERS for n in range(3) for k in range(5))
    is_sound(up, tmp_path)
    assert texts(tmp_path / "one") == Counter(line.removeprefix("done ") for line in told)


def test_whatever_is_killed_what_was_done_is_there_once(up: Path, tmp_path: Path) -> None:
    chance, said = random.Random(7), tmp_path / "said"
    said.touch()
    number, writers = 0, dict[tuple[str, int], multiprocessing.context.ForkProcess]()
    for _ in range(KILLS):
        for name in SERVERS:
            for n in range(2):
                if (name, n) not in writers or not writers[name, n].is_alive():
                    writers[name, n] = writer(tmp_path / name, f"{name}{n}-{number}", 1000, said)
                    number += 1
        size = said.stat().st_size
        while said.stat().st_size == size:  # somebody has done something since the last
            assert any(each.is_alive() for each in writers.values())
            time.sleep(0.001)
        time.sleep(chance.uniform(0, 0.1))
        what = chance.choice(["writer", "host", "line"])
        if what == "writer":
            chosen = chance.choice(list(writers.values()))
            chosen.kill()
            chosen.join()
        for pid in hosts_own(up) if what == "host" else []:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if what == "line":
            githost.let_go(tmp_path / chance.choice(SERVERS))
        unlocked(up)
    for each in writers.values():
        each.kill()
        each.join()
    unlocked(up)
    for name in SERVERS:  # the next act goes on
        last = Register(tmp_path / name).act("report_progress", ITEM, "JJ.liaison", {"percent": 40, "text": f"{name}以后。"}, NOW)
        assert isinstance(last, Receipt), str(last)
    Register(tmp_path / "one").follow()
    found = texts(tmp_path / "one")
    assert {text: count for text, count in found.items() if count > 1} == {}
    lines = said.read_text().splitlines()
    done = {line.removeprefix("done ") for line in lines if line.startswith("done ")}
    assert done - found.keys() == set()
    assert [line for line in lines if line.startswith("refused ")] == []
    told = ("残留的锁", "不知道是否已写入", "本次操作未写入。上级库连不上")  # the line was cut as he asked where the upstream stands
    assert [line for line in lines if line.startswith("trouble ") and not any(words in line for words in told)] == []
    is_sound(up, tmp_path)


def hosts_own(up: Path) -> list[int]:
    """The processes of Git that work in the upstream now, as their working folder says."""
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (each / "comm").read_text().startswith("git") and os.readlink(each / "cwd") == str(up):
                found.append(int(each.name))
    return found


def unlocked(up: Path) -> None:
    """What the keeper of the Git host does who is told of a lock that was left: no git runs, so it goes."""
    while hosts_own(up):
        time.sleep(0.001)
    for name in ("refs/heads/main.lock", "HEAD.lock"):
        if not hosts_own(up):
            (up / name).unlink(missing_ok=True)
