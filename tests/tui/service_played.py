"""A service whose sessions do what they are asked by a word: run by the tests, in a process of its own. No register is read."""

import ctypes
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

from records.store import process
from records.store.lock import held
from tui.door import service
from tui.door.calls import Call
from tui.door.sandbox import Sandbox, covered, own
from tui.door.service import Service

HOME, KEYS, PLACE = (Path(sys.argv[1]) / name for name in ("duban", "duban-keys", "run/door"))


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def work(call: Call) -> int:
    word, _, rest = call.asked.partition(" ")
    if SANDBOX is not None and SANDBOX.within:
        SANDBOX.seal(covered(HOME, PLACE), (HOME, *own(HOME, "me")))
    if word == "look":
        look(call, rest)
    if word == "fault":
        ctypes.string_at(0)
    if word == "who":
        say(call.uid, call.stated, sorted(call.given), sys.stdin.isatty(), sys.stdin.read() if rest else "")
        return 7
    if word == "hold":
        with held(HOME / "register.git/duban.lock", 5, "邵拟行（JJ.liaison）"):
            say("held")
            os.kill(os.getpid(), signal.SIGSTOP)  # which the first process of a namespace does not take from itself
            time.sleep(600)
    if word == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "raise":
        raise ValueError(rest)
    if word == "wait":
        told: list[int] = []
        for number in (signal.SIGHUP, signal.SIGWINCH):
            signal.signal(number, lambda number, _: told.append(number))
        say("ready", os.getpid())
        while signal.SIGHUP not in told:
            time.sleep(0.05)
        Path(rest).write_text(" ".join(map(str, told)))
    return 0


def tried(what: Callable[[], object]) -> str:
    try:
        return str(what())
    except OSError as error:
        return type(error).__name__


def look(call: Call, places: str) -> None:
    """Tell what is seen and reached from here, of what the test names, too."""
    status = dict(line.split(":\t") for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    found = {
        "pids": sorted(int(each) for each in os.listdir("/proc") if each.isdecimal()),
        "number": process.number(),
        "rights": [status["CapEff"], status["CapBnd"], status["NoNewPrivs"]],
        "names": [name for _, name in socket.if_nameindex()],
        "seen": {place: tried(lambda place=place: sorted(os.listdir(place))) for place in places.split(" ")},  # type: ignore[misc]
        "service": tried(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).connect(str(PLACE))),
        "agent": call.agent is not None,
    }
    say(json.dumps(found))


def publish() -> None:
    (KEYS.parent / "published").write_text(f"{os.getpid()}")
    while True:
        time.sleep(60)


class Slow(Sandbox):
    """One whose sessions have not begun before a signal has come for them."""

    def fork(self) -> int:
        pid = super().fork()
        while pid == 0 and not signal.sigpending():
            time.sleep(0.01)
        return pid


SANDBOX = Slow() if "slow" in sys.argv else Sandbox() if "sandbox" in sys.argv else None
for name in (each for each in sys.argv[2:] if "=" in each):
    bound, _, seconds = name.partition("=")
    setattr(service, bound, float(seconds))
Service(PLACE, HOME, KEYS, work, publish, say, SANDBOX).run()
