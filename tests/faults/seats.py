"""An office whose people sit at the running app while things go wrong: the app on a terminal of its own, as sshd starts it for a key."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyte
from click.testing import CliRunner

from records.matter.item import Item
from records.register.register import Register
from tests.disks import Disk
from tests.documents.case import act, created, walk
from tests.e2e.terminals import gone
from tests.faults.office import ENVIRONMENT, BrokenError, Office, apart
from tests.guests import identity
from tests.tui.test_terminal_pty import _Line
from tui.command import duban
from tui.terminal.drafts import Drafts

DUBAN = Path(sys.executable).with_name("duban")
F2, F6, F9, F10, ESC, ENTER, LEAVE = "\x1bOQ", "\x1b[17~", "\x1b[20~", "\x1b[21~", "\x1b", "\r", "\x11"
TAB, BACK_TAB = "\t", "\x1b[Z"
_FIRST, _MATTERS = 118, 8
_LONGEST = 60.0
_ENVIRONMENT = ENVIRONMENT | {"TERM": "xterm-256color"}


@dataclass(frozen=True)
class Hand:
    """Somebody and what he does again and again.

    Attributes:
        person: his id.
        label: the act, by its name.
        texts: the texts on record that he gives with it.
        to_text: the keys from the form as it comes up to the field of that text.
        first: what he writes elsewhere before, with a mark.
    """

    person: str
    label: str
    texts: Callable[[Item], list[str]]
    to_text: str
    first: str = ""

    def keys(self, mark: str) -> str:
        """What leads to an empty field for the text in a form in which nothing was written yet."""
        return self.first.format(mark=mark) + self.to_text


_REPORTING = partial(Hand, label="进展反馈", texts=lambda item: [each.text.strip() for each in item.progress], to_text=TAB)
_AMENDING = partial(
    Hand,
    label="更正",
    texts=lambda item: [each.reason.strip() for each in item.amendments],
    to_text=f"{BACK_TAB}{BACK_TAB}",
    first="\x15第{mark}号整改事项",
)
AMENDING = _AMENDING("BGS.clerk1"), _AMENDING("BGS.clerk2")
HANDS = _REPORTING("JJ.liaison"), _REPORTING("JJ.liaison_b"), *AMENDING


class _Screen(pyte.Screen):
    """A terminal that answers when it is asked something."""

    def __init__(self, answers: Callable[[str], None]) -> None:
        super().__init__(80, 24)
        self._answers = answers

    def write_process_input(self, data: str) -> None:
        """Answer."""
        self._answers(data)


class Seat(_Line):
    """Somebody at the app.

    Args:
        argv: what sshd starts for him.
        under: the program with its arguments that it is started by, where that is another.

    Attributes:
        session: the process that the app is.
    """

    def __init__(self, argv: list[str], under: Sequence[str] = ()) -> None:
        started = ("-c", "import os, sys; os.execvp(sys.argv[1], sys.argv[1:])", *under, sys.executable) if under else ()
        super().__init__(*started, *argv, SSH_CONNECTION="x")
        self._screen = _Screen(self.send)
        self._stream = pyte.ByteStream(self._screen)
        self.session, self.hung_up = self.process.pid, False

    def wait(self, until: Callable[[], bool]) -> None:
        """Read what the program sends until something holds.

        Raises:
            BrokenError: it does not come to hold.
        """
        try:
            super().wait(until)
        except AssertionError as error:
            raise BrokenError(str(error)) from error

    def text(self) -> str:
        """What is seen."""
        rows = (self._screen.buffer[y] for y in range(self._screen.lines))  # ``display`` fails over half of a wide sign
        return "\n".join("".join(row[x].data for x in range(self._screen.columns)).rstrip() for row in rows)

    def misses(self, text: str) -> None:
        """Wait until something is seen no more."""
        self.wait(lambda: text not in self.text())

    def opens(self, item: str) -> None:
        """Go to a matter by its number."""
        self.send(F2)
        self.sees("空着按数字换页")
        self.send(item[-4:] + ENTER)
        self.misses("空着按数字换页")
        self.sees("在谁手里")

    def begins(self, label: str) -> None:
        """Open the form of an act on the matter that is open, and wait until it says what the act would come to."""
        self.send(F2)
        self.sees("空着按数字换页")
        self.send(label + ENTER)
        self.misses("空着按数字换页")
        self.sees(f"{label}〔")

    def types(self, text: str, keys: str = "") -> None:
        """Type behind some keys, and wait until it is seen."""
        self.send(keys + text)
        self.sees(text)

    def hang_up(self) -> None:
        """Close the terminal."""
        os.close(self.master)
        self.hung_up = True

    def over(self) -> None:
        """Read what it sends to the last, and wait until all of it is gone."""
        while not self.hung_up:
            try:
                if not (data := os.read(self.master, 65536)):
                    break
            except OSError:  # nobody holds the other end any more
                break
            self.raw += data
            self._stream.feed(re.sub(rb"\x1b\[[<>=?]\d*u|\x1b\[\?\d+\$p", b"", data))
        gone(self.session)
        self.process.wait(_LONGEST)
        if not self.hung_up:
            self.hang_up()


class Attended(Office):
    """A register with matters in hand whose history is one of acts alone, people at the app, and what the app said is done.

    Args:
        home: a folder for it, which does not exist yet.
        like: not used.
        disk: the disk of its own that it stands on, where there is one.

    Attributes:
        served: whether a service forks the sessions; else each is a process by itself that makes documents too.
    """

    served = True

    def __init__(self, home: Path, like: Path, disk: Disk | None = None) -> None:
        self._disk, self.home, self.git = disk, home, home / "register.git"
        apart(lambda: _begun(home))
        self.told = Path(tempfile.mkdtemp(prefix="told-"))  # short enough for the path of a socket
        self.seats: dict[str, Seat] = {}
        self._argv: dict[str, list[str]] = {}
        self.said: dict[str, str] = {}
        self._turn = self.acts = 0
        self.service: subprocess.Popen[bytes] | None = None
        self._came: list[int] = []

    def close(self) -> None:
        """End all that runs of it, and take it away."""
        for seat in self.seats.values():
            seat.process.kill()
            if not seat.hung_up:
                seat.hang_up()
            seat.process.wait()
        if self.service:
            self.service.kill()
            self.service.wait()
        shutil.rmtree(self.told, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def item(self) -> str:
        """The next matter in turn: what was last said of another is not taken for what is said of this one."""
        self._turn += 1
        return f"DB-2026-{_FIRST + self._turn % _MATTERS:04}"

    def start(self) -> None:
        """Start the service, and wait until it listens."""
        if not self.served or (self.service and self.service.poll() is None):
            return
        log, place = self.told / "log", self.told / "run"
        place.mkdir(mode=0o750, exist_ok=True)
        log.unlink(missing_ok=True)
        argv = [str(DUBAN), "--register", str(self.home), "service", "--socket", str(place / "door")]
        with log.open("wb") as out:
            self.service = subprocess.Popen(argv, stdout=out, stderr=out, env=_ENVIRONMENT, start_new_session=True)
        until = time.monotonic() + _LONGEST
        while "等候" not in log.read_text(encoding="utf-8"):
            if time.monotonic() > until or self.service.poll() is not None:
                raise BrokenError(f"the service did not start: {log.read_text(encoding='utf-8')}")
            time.sleep(0.01)

    def seat(self, person: str, under: Sequence[str] = ()) -> Seat:
        """Where somebody sits; he comes in where he does not yet, under another program where one is named."""
        if person in self.seats:
            return self.seats[person]
        if person not in self._argv:
            who = apart(partial(identity, self.home, person))
            words = ["serve", "--as", who.person, "--key", who.entrance, "--role", who.role]
            self._argv[person] = [str(DUBAN), "--register", str(self.home), *words]
        self.start()
        before = set(self.running())
        self.seats[person] = seat = Seat(self._argv[person], under)
        seat.sees("【待办")
        if self.service:
            (seat.session,) = set(children(self.service.pid)) - before
        return seat

    def left(self, person: str) -> None:
        """Wait until nothing is left of somebody's session."""
        self.seats.pop(person).over()

    def running(self) -> list[int]:
        """The processes that the service has started and that are still there."""
        return children(self.service.pid) if self.service and self.service.poll() is None else []

    def texts(self, hand: Hand, item: str) -> list[str]:
        """What somebody has put on record on a matter."""

        def read() -> list[str]:
            found = Register(self.home).view().item(item)
            assert found
            return hand.texts(found)

        return apart(read)

    def draft(self, person: str, text: str) -> bool:
        """Whether what somebody typed lies among his drafts."""
        return any(text in each for each in Drafts(self.home / "drafts" / person).all().values())

    def begun(self, person: str, item: str) -> bool:
        """Whether anything lies among somebody's drafts that he typed about a matter."""
        return any(item in key for key in Drafts(self.home / "drafts" / person).all())

    def kept(self, person: str, text: str) -> None:
        """Wait until it does."""
        until = time.monotonic() + _LONGEST
        while not self.draft(person, text):
            if time.monotonic() > until:
                raise BrokenError(f"never kept: {text}")
            time.sleep(0.02)

    def done(self, hand: Hand, item: str, text: str) -> None:
        """Look whether an act is on record once that the screen says is done."""
        self.acts += 1
        self.said[text] = item
        if (found := self.texts(hand, item).count(text)) != 1:
            raise BrokenError(f"{hand.label} {item}: said to be done, on record {found} times: {text}; {self.texts(hand, item)}")

    def holds(self, *, whole: bool = False) -> None:
        """Look whether nothing is on record twice, nothing is left, and at the whole of it.

        Args:
            whole: let everybody leave, look at every object, audit the history, make the index anew.

        Raises:
            BrokenError: it does not hold.
        """
        apart(self._none_twice)
        if whole:
            self.leave()
        self._nothing_left()
        self.fsck(*(["--strict", "--full"] if whole else ["--connectivity-only", "--no-dangling"]))
        if whole:
            verdict = apart(lambda: CliRunner().invoke(duban, ["audit", str(self.git)]).output)
            if "没有发现问题" not in verdict:
                raise BrokenError(f"the audit says: {verdict[:500]}")
            apart(self._index_is_as_made_anew)

    def leave(self) -> None:
        """Let everybody leave, and the service end; nothing runs on and nothing is left behind.

        Raises:
            BrokenError: something is.
        """
        for person, seat in list(self.seats.items()):
            seat.send(LEAVE)
            self.left(person)
        if self.service:
            self.service.terminate()
            if self.service.wait(_LONGEST):
                raise BrokenError(f"the service ended with {self.service.returncode}")
            self.service = None
            if left := [*(self.told / "run").iterdir(), *self.home.glob("sessions/service*")]:
                raise BrokenError(f"left behind by the service: {left}")
        home = str(self.home).encode()
        for each in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if home in (each / "cmdline").read_bytes() and int(each.name) != os.getpid():
                    raise BrokenError(f"still running: {(each / 'cmdline').read_bytes()!r}")

    def _nothing_left(self) -> None:
        """No lock and no file begun, but those of objects: of who was killed they lie there for a day, as the store has it."""
        patterns = ("main.lock", "duban.main", "duban.bell", ".*.new", "*.tmp*")
        if left := [each for pattern in patterns for each in self.home.rglob(pattern) if each.exists()]:  # somebody may be at it
            raise BrokenError(f"left behind: {left}")

    def _none_twice(self) -> None:
        view = Register(self.home).view()
        for number in range(_MATTERS):
            item = view.item(f"DB-2026-{_FIRST + number:04}")
            assert item
            texts = [text for hand in {each.label: each for each in HANDS}.values() for text in hand.texts(item)]
            if len(set(texts)) < len(texts):
                raise BrokenError(f"{item.id} holds one act twice: {texts}")

    def _index_is_as_made_anew(self) -> None:
        kept = Register(self.home)
        kept.index.catch_up(lambda done, total: True)
        found = _all_of(kept)
        kept.close()
        for each in self.home.glob("index.sqlite*"):
            each.unlink()
        if found != _all_of(Register(self.home)):
            raise BrokenError("the index is not as it is made anew")


def _all_of(register: Register) -> object:
    """All that an index has to say."""
    index = register.index
    index.catch_up(lambda done, total: True)
    every = [index.history(f"DB-2026-{_FIRST + number:04}") for number in range(_MATTERS)]
    return index.commit, index.items(), every, index.latest(10_000), index.problems(), index.counts()


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _begun(home: Path) -> None:
    register = created(home)
    for number in range(_MATTERS):
        item = f"DB-2026-{_FIRST + number:04}"
        walk(register, "dispatch", item)
        act(register, "sign_for", "JJ.liaison", {}, item=item)
