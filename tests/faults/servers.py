"""An office with two servers and one Git host: many act at both, and a server is killed with all that runs there and started again."""

import multiprocessing
import os
import random
import secrets
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from click.testing import CliRunner

from records.register.hosting import line_for
from records.register.joining import join
from records.register.register import Receipt, Register
from records.store.address import address
from records.store.store import StoreError
from tests.disks import Disk
from tests.documents.case import NOW, act, created, walk
from tests.faults.office import BrokenError, Office, apart
from tests.githost import attached, git, let_go, serving, sshd, upstream_at, with_key
from tui.command import duban

_FORKED = multiprocessing.get_context("fork")
_NAMES = ("one", "other")
_FIRST, _MATTERS = 118, 16
WRITERS = 16
"""How many act at each server."""


class TwoServers(Office):
    """Two servers that keep one register at a Git host on this machine, reached over ssh, and what was acknowledged there.

    Where there is one already it is gone on with: its history is one.

    Args:
        home: a folder for all of it.
        like: not used: this history is made by acts alone, so that it can be audited.
        disk: not used.
    """

    def __init__(self, home: Path, like: Path, disk: Disk | None = None) -> None:
        self.home, self.up, self.told = home, home / "up.git", home / "told"
        self.git = self.up
        if not self.told.exists():
            shutil.rmtree(home, ignore_errors=True)
            apart(lambda: _begun(home))
            self.told.mkdir()
        self._listening = serving(sshd().place, line_for(self.up, (sshd().place / "key.pub").read_text()))
        for name in _NAMES:
            (home / name / "upstream/known_hosts").unlink(missing_ok=True)
            attached(home / name, self._listening.url(Path("/register.git")))
        self.acts = len(self._acknowledged())

    def close(self) -> None:
        """End what runs of it; it stays."""
        for name in _NAMES:
            let_go(self.home / name)
        self._listening.process.terminate()
        self._listening.process.wait()

    @contextmanager
    def running(self) -> Iterator[dict[str, list[BaseProcess]]]:
        """Let many act at both servers in the block; whoever is still there at its end ends the act that he is at."""
        stop = self.told / "stop"
        stop.unlink(missing_ok=True)
        servers = {name: self.started(name) for name in _NAMES}
        try:
            yield servers
        finally:
            stop.touch()
            for process in (each for all_ in servers.values() for each in all_):
                process.join(600)
                if process.is_alive():
                    process.kill()
                    raise BrokenError("one of those who act hangs")
                if process.exitcode:
                    raise BrokenError(f"one of those who act ended with {process.exitcode}")

    def started(self, name: str) -> list[BaseProcess]:
        """Start a server: those who act at it."""
        home, told = self.home / name, self.told
        found: list[BaseProcess] = [_FORKED.Process(target=_act_on, args=(home, n, told)) for n in range(WRITERS)]
        for each in found:
            each.start()
        return found

    def killed(self, name: str, processes: list[BaseProcess]) -> None:
        """Kill a server with all that runs there: those who act, their Git, their ssh."""
        for process in processes:
            process.kill()
        for each in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if Path(os.readlink(each / "cwd")).is_relative_to(self.home / name):
                    os.kill(int(each.name), signal.SIGKILL)
        for process in processes:
            process.join()

    def holds(self, *, whole: bool = False) -> None:
        """Look whether all that was acknowledged is on record once, in one line that both servers stand at the end of.

        Args:
            whole: look at every object, and audit the history.

        Raises:
            BrokenError: it does not hold.
        """
        for name in _NAMES:
            apart(partial(self._goes_on, name))
        for name in _NAMES:
            apart(Register(self.home / name).follow)
        heads = {git(place, "rev-parse", "main") for place in (self.up, *(self.home / name / "register.git" for name in _NAMES))}
        if len(heads) > 1:
            raise BrokenError(f"they stand at {heads}")
        acknowledged, line = self._acknowledged(), Counter(git(self.up, "rev-list", "main").splitlines())
        self.acts = len(acknowledged)
        if lost := [commit for commit in acknowledged if commit not in line]:
            raise BrokenError(f"{len(lost)} acknowledged acts are not on record: {lost[:3]}")
        if len(set(acknowledged)) < len(acknowledged):
            raise BrokenError("one commit was acknowledged twice")
        if git(self.up, "rev-list", "--min-parents=2", "main"):
            raise BrokenError("the history is not one line")
        apart(self._none_twice)
        if told := {line for line in self.refusals() if "残留的锁" in line}:
            raise BrokenError(f"a lock was left: {told}")
        if whole:
            self._is_sound()

    def _is_sound(self) -> None:
        for place in (self.up, *(self.home / name / "register.git" for name in _NAMES)):
            if told := git(place, "fsck", "--strict", "--full", "--no-dangling"):
                raise BrokenError(f"git fsck: {told[:300]}")
        verdict = apart(lambda: CliRunner().invoke(duban, ["audit", str(self.up)]).output)
        if "没有发现问题" not in verdict:
            raise BrokenError(f"the audit says: {verdict[:500]}")

    def _goes_on(self, name: str) -> None:
        done = _acted(Register(self.home / name), 0, f"以后{secrets.token_hex(4)}", 0)
        if not isinstance(done, Receipt):
            raise BrokenError(f"the next act does not go on: {done}")

    def _none_twice(self) -> None:
        view = Register(self.home / "one").view()
        for number in range(_MATTERS):
            item = view.item(f"DB-2026-{_FIRST + number:04}")
            texts = [each.text for each in item.progress] if item else []
            if not texts or len(set(texts)) < len(texts):
                raise BrokenError(f"{item and item.id} holds one act twice, or none")


def two_servers(office: Office, chance: random.Random) -> None:
    """Of two servers one after the other is killed with all that runs there and started again, while 32 act at them."""
    assert isinstance(office, TwoServers)
    with office.running() as servers:
        for _ in range(2):
            office.acted(chance.randrange(2 * WRITERS, 8 * WRITERS), 600)
            victim = chance.choice(_NAMES)
            time.sleep(chance.random() / 10)
            office.killed(victim, servers[victim])
            servers[victim] = office.started(victim)
        office.acted(WRITERS, 600)


def _begun(home: Path) -> None:
    """A Git host, and two servers with matters in hand."""
    up, first = upstream_at(home / "up.git"), created(with_key(home / "one"))
    for number in range(_MATTERS):
        item = f"DB-2026-{_FIRST + number:04}"
        walk(first, "dispatch", item)
        act(first, "sign_for", "JJ.liaison", {}, item=item)
    for name in _NAMES:
        join(with_key(home / name), address(str(up)))


def _act_on(home: Path, number: int, told: Path) -> None:
    os.environ.clear()
    register, mark, count = Register(home), secrets.token_hex(4), 0
    acts = os.open(told / f"acts-{home.name}-{number}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    while not (told / "stop").exists():
        count += 1
        try:
            done = _acted(register, number, mark, count)
        except StoreError as error:
            done = error
            time.sleep(0.01)
        if isinstance(done, Receipt):
            os.write(acts, f"{done.commit}\n".encode())
        else:
            with (told / "refused").open("a", encoding="utf-8") as file:
                file.write(f"{' '.join(str(done).split())}\n")


def _acted(register: Register, number: int, mark: str, count: int) -> object:
    item = f"DB-2026-{_FIRST + number % _MATTERS:04}"
    inputs = {"percent": 40, "text": f"第{number}组（{mark}）走访商户{count}家。"}
    return register.act("report_progress", item, "JJ.liaison", inputs, NOW)
