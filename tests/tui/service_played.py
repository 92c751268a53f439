"""A service whose sessions do what they are asked by a word: run by the tests, in a process of its own. No register is read."""

import os
import signal
import sys
import time
from pathlib import Path

from records.store.lock import held
from tui.door import service
from tui.door.calls import Call
from tui.door.service import Service

HOME, KEYS, PLACE = (Path(sys.argv[1]) / name for name in ("duban", "duban-keys", "run/door"))


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def work(call: Call) -> int:
    word, _, rest = call.asked.partition(" ")
    if word == "who":
        say(call.uid, call.stated, sorted(call.given), sys.stdin.isatty(), sys.stdin.read() if rest else "")
        return 7
    if word == "hold":
        with held(HOME / "register.git/duban.lock", 5, "邵拟行（JJ.liaison）"):
            say("held")
            os.kill(os.getpid(), signal.SIGSTOP)
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


def publish() -> None:
    (KEYS.parent / "published").write_text(f"{os.getpid()}")
    while True:
        time.sleep(60)


for name in filter(None, sys.argv[2:]):
    bound, _, seconds = name.partition("=")
    setattr(service, bound, float(seconds))
Service(PLACE, HOME, KEYS, work, publish, say).run()
