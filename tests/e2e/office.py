"""An office at work: a formal register on a machine whose clock and accounts a test sets; its people type commands and sit at the app."""

import json
import re
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from records.bureau.roster import Person
from records.matter.item import Item
from records.register.register import Register
from schema.yaml_text import write
from tests.bureau import as_read, at
from tests.guests import guest
from tests.tui.playing import Playing
from tui.app import DubanApp
from tui.command import main
from tui.command.caller import Caller
from tui.door.grammar import Verb, verb_of

_ITEM = re.compile(r"DB-\d{4}-\d{4}")
_ROUNDUP = re.compile(r"(?<=^生成汇总通报 )\d{4}-\d\d")


class Office:
    """The register, the clock and whoever is logged in."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.home = folder, folder / "register"
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self._now = at("2026-01-05T09:00")
        self.rounded_up: Callable[[str], None] = lambda month: None
        """What people do once the clock has drafted the roundup of a month."""
        for module in ("environment", "init", "documents", "backup", "doctor"):
            monkeypatch.setattr(f"tui.command.{module}.now", lambda: self._now)
        monkeypatch.setattr("tests.guests.now", lambda: self._now)

    def on(self, day: str, time: str = "09:00") -> None:
        """Let the days pass up to one; the clock of the machine runs ``duban tick`` each morning."""
        wanted = at(f"{day}T{time}")
        while self.home.exists() and self._now.date() < wanted.date():
            self._now = at(f"{self._now.date() + timedelta(days=1)}T08:30")
            for line in self.ok("root", "tick").splitlines():
                if found := _ROUNDUP.search(line):
                    self.rounded_up(found[0])
        self._now = wanted

    def run(self, login: str, *argv: str) -> tuple[int, str, str]:
        """Type a command, as root on the machine itself, as anybody else inside the door; return status, output, complaints."""
        caller = None if login == "root" else Caller(guest=guest(self.home, self._person(login).id))
        self._monkeypatch.setattr(sys, "argv", ["duban", "--register", str(self.home), *argv])
        with pytest.raises(SystemExit) as left:
            main(caller)
        told = self._capsys.readouterr()
        return int(left.value.code or 0), told.out, told.err

    def ok(self, login: str, *argv: str) -> str:
        """Type a command that must succeed."""
        status, out, err = self.run(login, *argv)
        assert status == 0, f"{argv}\n{out}{err}"
        return out

    def through(self, login: str, given: str, *argv: str) -> str:
        """Type what the door takes, and what comes behind it on standard input, which must succeed."""
        verb = verb_of(" ".join(argv), "staff")
        assert isinstance(verb, Verb), verb
        self._monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(given.encode())))
        return self.ok(login, *verb.words, "--stdin")

    def refused(self, login: str, *argv: str) -> str:
        """Type a command that must be refused, and return why."""
        status, out, err = self.run(login, *argv)
        assert status == 1, f"{argv}\n{out}{err}"
        return out + err

    def data(self, login: str, *argv: str) -> Any:
        """Return what a command says to a program."""
        return json.loads(self.ok(login, *argv, "--json"))

    def do(self, login: str, act: str, target: str, **inputs: object) -> str:
        """Do an act by a command; return the item it was done on, else what it said."""
        said = self.ok(login, "act", act, target, *self._filled(act, target, inputs))
        found = _ITEM.search(said)
        return found[0] if found else said

    def may_not(self, login: str, act: str, target: str, **inputs: object) -> str:
        """Try an act that is refused, and return why."""
        return self.refused(login, "act", act, target, *self._filled(act, target, inputs))

    def item(self, item: str) -> Item:
        """Return a matter as it stands."""
        found = self.register.view().item(item)
        assert found is not None
        return found

    def owed(self, login: str) -> str:
        """Return what somebody has to do today, as his digest says it."""
        person = self._person(login)
        told = self.ok(login, "digest").split("\n\n")
        return next((each for each in told if each.startswith(f"{person.name}同志")), "")

    @property
    def register(self) -> Register:
        """The register."""
        return Register(self.home)

    @asynccontextmanager
    async def sitting(self, login: str, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Playing]:
        """Sit somebody down at the app."""
        register = self.register
        app = DubanApp(register, self._person(login), clock=lambda: self._now)
        async with app.run_test(size=size):
            play = Playing(app)
            await play.look()
            yield play

    def _person(self, login: str) -> Person:
        """Who is meant by the name that he logs in by."""
        return next(each for each in self.register.view().roster.people.values() if each.login == login)

    def _filled(self, act: str, target: str, inputs: Mapping[str, object]) -> list[str]:
        """What is typed behind an act: short answers one by one, lists and long ones as a file."""
        item = self.register.view().item(target) if _ITEM.fullmatch(target) else None
        asked = as_read(act, inputs, item)
        short = {name: value for name, value in asked.items() if isinstance(value, str | int) and "\n" not in str(value)}
        typed = [word for name, value in short.items() for word in ("--set", f"{name}={value}")]
        if long := {name: value for name, value in asked.items() if name not in short}:
            (self.folder / "inputs.yaml").write_bytes(write(long))
            typed += ["--from", str(self.folder / "inputs.yaml")]
        return typed
