"""The app over a copy of the demo register, on a fixed day, driven by keys and looked at as plain text.

A snapshot is what a person sees, a line a row, for a reviewer to read. Write them anew with ``DUBAN_SNAPSHOTS=write`` and read the
difference; without it a missing one is a failure, never a new file. ``DUBAN_SNAPSHOTS=pictures`` paints those that the guides show.
"""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from difflib import unified_diff
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import yaml

from records.bureau.roster import Bureau, Leaders, Unit
from records.matter.plain_data import from_data
from records.register.register import Receipt, Register
from tests.tui.cuts import cuts_watched, hidden
from tests.tui.hands import Hands
from tests.tui.legible import illegible
from tests.tui.paint import picture, seen
from tui.app import DubanApp
from tui.frame.page_bar import PageBar
from tui.frame.screen import READING

NOW = datetime.fromisoformat("2026-11-23T10:30:00+08:00")
NARROW, WIDE = (80, 24), (120, 40)
"""Columns and rows of the smallest terminal in which all can be done, and of one that shows two things side by side."""
_SNAPSHOTS = Path(__file__).with_name("snapshots")
GUIDES = Path(__file__).parents[2] / "docs/guide"
_COMMIT = re.compile(r"(?<![0-9a-f])([0-9a-f]{8}|[0-9a-f]{10}|[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-f])")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_FOR_ELSEWHERE = re.compile(
    r"^ *(ssh|plink|cmd|cat|\[IO).*|[\w.-]+\.(docx|xlsx|tar|txt|sig)|sha256:\w+|[A-Z]{2,3}\.\w+"
    r"|Linux|Mac|macOS|Windows|PowerShell|ssh|plink",
    re.MULTILINE,
)
"""What is to be typed at another computer, what such computers and their programs are called, names of files, digests and logins."""
_ALLOWED = re.compile(r"DB|[A-Z]{2,3}|Esc|Tab|Delete|Ctrl|PgUp|PgDn|Home|End|items|yaml|x+|[a-f]+")
"""All Latin words that may stand on a screen: ids and codes, names of keys, paths."""


class Playing(Hands[DubanApp]):
    """A person at the app."""

    _came_to: object = None
    """The screen and the size at which it was looked whether anything is hidden: on arrival, and where a snapshot is taken."""

    async def look(self) -> str:
        """Return what is seen when the app has come to rest; nothing is still being read then."""
        text = await super().look()
        assert READING not in text, f"nothing reads any more, and yet it says so:\n{text}"
        if self._came_to != (came_to := (self.app.screen, self.app.size)):
            self._nothing_hidden(text)
        self._came_to = came_to
        return text

    def _nothing_hidden(self, text: str) -> None:
        assert not (lost := hidden(self.app)), f"{lost} in\n{text}"

    async def choose(self, text: str) -> str:
        """Bring the cursor of a list to the row with a text."""
        first = 3 + len(self.app.screen.query(PageBar))
        place = next(n for n, row in enumerate(seen(self.app).splitlines()[first:]) if f" {text} " in f" {row[1:]}")
        return await self.press("home", *["down"] * place)

    async def stands(self, name: str) -> None:
        """Hold the screen against its snapshots at 80x24 and at 120x40; it is as it was then."""
        self.looks_like(name)
        await self.resize(*WIDE)
        self.looks_like(f"{name}_wide")
        await self.resize(*NARROW)

    def looks_like(self, name: str) -> None:
        """Hold the screen against its snapshot; no English may stand on it."""
        text = "".join(f"{_lasting(row)}\n" for row in seen(self.app).splitlines())
        self._nothing_hidden(text)
        assert not illegible(self.app), f"{illegible(self.app)} in\n{text}"
        assert not foreign(text), f"{foreign(text)} in\n{text}"
        assert name in screens()[shown := type(self.app.screen).__name__], f"{name} is not among the snapshots of {shown} in screens.yaml"
        path = _SNAPSHOTS / f"{name}.txt"
        if os.environ.get("DUBAN_SNAPSHOTS") == "write":
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no snapshot {path.name}; look at this and write it with DUBAN_SNAPSHOTS=write\n{text}"
        kept = path.read_text(encoding="utf-8")
        assert text == kept, "\n".join(unified_diff(kept.splitlines(), text.splitlines(), path.name, "what is seen", lineterm=""))
        if os.environ.get("DUBAN_SNAPSHOTS") == "pictures" and name in pictures():
            picture(self.app, GUIDES / f"pictures/{name}.png", text)


def _lasting(row: str) -> str:
    """Return a row without the ids of commits, which change with the rules; what is signed or compared does not."""
    return row if "改动" in row else _COMMIT.sub(lambda found: "x" * len(found[0]), row)


def foreign(text: str) -> list[str]:
    """Return the Latin words on a screen that may not stand there."""
    return [word for word in _LATIN.findall(_FOR_ELSEWHERE.sub("", text)) if not _ALLOWED.fullmatch(word)]


def snapshots() -> dict[str, str]:
    """Return the screens that the tests hold true, by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(_SNAPSHOTS.glob("*.txt"))}


@lru_cache
def screens() -> dict[str, list[str]]:
    """Return the names of the snapshots of each class of screens."""
    told: dict[str, str] = yaml.safe_load(Path(__file__).with_name("screens.yaml").read_text(encoding="utf-8"))
    return {screen: names.split() for screen, names in told.items()}


def pictures() -> set[str]:
    """Return the names of the screens that the guides show as pictures."""
    return {name for page in GUIDES.glob("*.md") for name in re.findall(r"\(pictures/(\w+)\.png\)", page.read_text(encoding="utf-8"))}


@asynccontextmanager
async def playing(
    register: Register,
    person: str | None,
    size: tuple[int, int] = NARROW,
    *,
    faults: int = 0,
    publish: bool = False,
    newcomer: bool = False,
    theme: str | None = None,
    slow: bool = False,
) -> AsyncIterator[Playing]:
    """Sit somebody down at the app, on the morning of the demo's last day; so many faults of the program are written down meanwhile.

    Only a newcomer is offered the tour.
    """
    before = set((register.home / "faults").glob("error-*.log"))
    who = register.view().roster.people[person] if person else None
    app = DubanApp(register, who, clock=lambda: NOW, publish=publish, theme=theme, slow=slow)
    if not newcomer and not app.settings.tour:
        app.settings = replace(app.settings, tour="off")
    with cuts_watched() as cut:
        async with app.run_test(size=size):
            play = Playing(app)
            await play.look()
            yield play
    assert not cut, "cut without a sign:\n" + "\n".join(dict.fromkeys(cut))
    written = set((register.home / "faults").glob("error-*.log")) - before
    assert len(written) == faults, "\n".join(log.read_text(encoding="utf-8") for log in written)


def in_earnest(folder: Path) -> Register:
    """Found a register of the demo's people that is none of a demo, in which nothing has been done yet."""
    told = yaml.safe_load((files("records.demo") / "roster.yaml").read_text(encoding="utf-8"))
    units = tuple(from_data(unit, Unit) for unit in told["units"])
    bureau = from_data(told["bureau"] | {"demo": False}, Bureau)
    start = datetime.fromisoformat("2026-01-01T09:00:00+08:00")
    return Register.create(folder / "register", bureau, from_data(told["leaders"], Leaders), units, start)


def act(register: Register, name: str, target: str, by: str, **inputs: object) -> None:
    """Have somebody else act meanwhile."""
    done = register.act(name, target, by, inputs, NOW)
    assert isinstance(done, Receipt), done
