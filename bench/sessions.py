"""What a hundred people at once cost the server, beside as many of a bare Textual app; and how long each waits for the first screen.

    python bench/sessions.py [--sessions 100] [--rival 10]

The register is the demo's, with one ``duban service``. Each session is one of a person who came by his key: what sshd would run, on a
terminal of its own, as far as the first screen painted, and it stays there. Memory is counted as the kernel shares it out (PSS in
smaps_rollup), of the service, the publisher, every session and every waiting program together. The rival is an app of one line of text,
each started afresh, since Textual has no service. Then matters are registered, of which the office sees something and no unit does, and it
is counted what each session takes for one in processor time, and what is sent to it. Exit status 1 if all take over 3 GB, or the first
screen over 1.3 times the rival's.
"""

import argparse
import os
import pty
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from wcwidth import wcswidth

from records.demo import build
from records.register.register import NEW, Receipt, Register
from tests.bureau import REGISTER, roster
from tests.guests import identity
from tui.command.environment import now

MOST = 3 << 30  # bytes for a hundred sessions, those of all else included
LIMIT = 1.3
_SEATS = 8  # of one person
_ACTS = 5
_STILL, _IDLE = 3, 0.002  # half seconds in which no session takes more than so many seconds: all have followed
_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "HOME": os.devnull, "TERM": "xterm-256color", "SSH_CONNECTION": "x"}
_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("待办")
Bare().run()
"""


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, argv: list[str]) -> None:
        self.begun = time.perf_counter()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # by which it is ended, also where the bench runs by nohup
            os.execve(argv[0], argv, _ENVIRONMENT)

    def first_screen(self) -> float:
        """Return after how many seconds the first words stood there; read on until nothing more comes."""
        shown, took = b"", 0.0
        while select.select([self._file], [], [], 0.5 if took else 60.0)[0]:
            with suppress(OSError):
                shown += (data := os.read(self._file, 65536))
                self._answer(data)
            if not took and "待办".encode() in shown:
                took = time.perf_counter() - self.begun
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                break
        if not took:
            raise SystemExit(f"no first screen: {shown[-600:].decode(errors='replace')}")
        return took

    def read(self) -> int:
        """Read what has come, and return how many bytes that was."""
        came = 0
        while select.select([self._file], [], [], 0)[0]:
            with suppress(OSError):
                self._answer(data := os.read(self._file, 65536))
                came += len(data)
        return came

    def _answer(self, data: bytes) -> None:
        """Say where the cursor went, as any terminal does that is asked."""
        for asked in data.split(b"\x1b[6n")[:-1]:
            column = wcswidth(asked.rpartition(b"\r")[2].decode(errors="replace")) + 1
            os.write(self._file, f"\x1b[1;{column}R".encode())

    def leave(self) -> None:
        os.kill(self.pid, signal.SIGHUP)
        os.close(self._file)
        os.waitpid(self.pid, 0)


def memory(pids: Iterable[int]) -> int:
    """Return the bytes that processes take up, each page shared out among those that have it."""
    found = 0
    for pid in pids:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        found += next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024
    return found


def below(pid: int) -> Iterator[int]:
    """Yield a process and all that it started."""
    yield pid
    for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from below(int(each))


def taken(pids: Iterable[int]) -> float:
    """Return the seconds of processor time that processes have taken."""
    fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids)
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def followed(register: Register, parent: int, opened: list[Terminal], number: int) -> tuple[float, int]:
    """Act, and return what all sessions took for it until all have followed, in seconds, and how many bytes were sent to them."""
    pids, sent = list(below(parent)), 0
    before = taken(pids)
    done = register.act("register", NEW, "BGS.clerk1", {**REGISTER, "source_ref": f"热线第{number}期"}, now())
    assert isinstance(done, Receipt), done
    last, still = before, 0
    while still < _STILL:
        time.sleep(0.5)
        sent += sum(each.read() for each in opened)
        last, before_that = taken(pids), last
        still = still + 1 if last - before_that <= _IDLE * len(opened) else 0
    return last - before, sent


@contextmanager
def service(home: Path, place: Path) -> Iterator[int]:
    """Run the service of a register, and give its process."""
    place.parent.mkdir(mode=0o750)
    argv = [str(Path(sys.executable).with_name("duban")), "--register", str(home), "service", "--socket", str(place)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=_ENVIRONMENT) as running:
        assert running.stdout is not None
        if "等候" not in running.stdout.readline():
            raise SystemExit("the service did not start")
        try:
            yield running.pid
        finally:
            running.terminate()


def callers(home: Path, sessions: int) -> Iterator[list[str]]:
    """Yield what sshd runs for each who comes."""
    people = [person for person in roster().people if roster().roles(person, now().date())]
    for number in range(sessions):
        yield called(home, people[number // _SEATS])


def called(home: Path, person: str) -> list[str]:
    """Return what sshd runs for a person who comes."""
    who = identity(home, person)
    told = ("serve", "--as", who.person, "--key", who.entrance, "--role", who.role)
    return [str(Path(sys.executable).with_name("duban")), "--register", str(home), *told]


def main() -> int:
    parser = argparse.ArgumentParser(description="what a hundred sessions cost")
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--rival", type=int, default=10, help="how many of the bare app")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        register = build(Path(folder) / "register")
        register.index.catch_up(lambda done, total: True)
        register.close()
        every = list(callers(register.home, options.sessions))
        with service(register.home, Path(folder) / "run/door") as parent:
            ours, bare = [], []
            rivals: list[Terminal] = []
            opened: list[Terminal] = []
            for number, argv in enumerate(every):
                opened.append(Terminal(argv))
                ours.append(opened[-1].first_screen())
                if number < options.rival:
                    rivals.append(Terminal([sys.executable, "-c", _BARE]))
                    bare.append(rivals[-1].first_screen())
            theirs = memory(pid for each in rivals for pid in below(each.pid)) / len(rivals)
            for each in rivals:
                each.leave()
            forked = len(list(below(parent))) - 1
            spent = memory(below(parent)), memory(pid for each in opened for pid in below(each.pid))
            reactions = [followed(register, parent, opened, number) for number in range(_ACTS)]
            for each in opened:
                each.leave()
    cost, sent = (statistics.median(each) for each in zip(*reactions, strict=True))
    print(f"an act of another: {1000 * cost / len(every):.0f} ms of each session, {sent / len(every):,.0f} bytes to each")
    return report(len(every), forked, spent, theirs, statistics.median(ours), statistics.median(bare))


def report(sessions: int, forked: int, spent: tuple[int, int], theirs: float, ours: float, bare: float) -> int:
    whole, mega = sum(spent), 1 << 20
    print(f"{'':20}  {'MB a session':>12}  {'MB in all':>9}  {'first screen, s':>15}  {'ratio':>5}")
    print(f"{'bare Textual app':20}  {theirs / mega:>12.1f}  {theirs * sessions / mega:>9,.0f}  {bare:>15.2f}  {1:>5.2f}")
    print(f"{'duban':20}  {whole / sessions / mega:>12.1f}  {whole / mega:>9,.0f}  {ours:>15.2f}  {ours / bare:>5.2f}")
    print(
        f"of which the service, {forked} processes from it: {spent[0] / mega:,.0f} MB; those who wait for them: {spent[1] / mega:,.0f} MB"
    )
    return 0 if whole * 100 / sessions <= MOST and ours <= LIMIT * bare else 1


if __name__ == "__main__":
    raise SystemExit(main())
