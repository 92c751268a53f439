"""The guides in docs/guide keep their word: commands are run, screen texts and keys compared, pictures held against the screens of today.

How a page is written, which is what is held here:

- 「…」 is what a screen, a form or the program says: it stands in a snapshot of tests/tui, is a label of the schema, or comes in an answer
  on the same page. On the operator's page it may also be a piece of a text in the program, for what only a broken machine shows.
- `F5 办理` is a key with the label that the app gives it; an F key is never named without.
- A ``console`` block is typed after ``$`` and answered by the lines below it. ``…`` within a line is any text, alone any lines. The
  commands of a page run in their order, at a demo register or, where the page founds one, at that; ``cd`` is followed.
- A ``text`` block needs root, another machine or the real place; like a command in a sentence, it names nothing that does not exist.
- An HTML comment is what the reader does himself between two commands (`_BY_HAND`).
- ``![…](pictures/NAME.png)`` is the screen of the snapshot NAME. ``make pictures`` paints them.
"""

import ast
import importlib
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import click
import pytest
import yaml
from textual.binding import Binding

import tui
from desk import founding
from records.register.register import Register
from tests.tui.paint import pictured
from tests.tui.playing import GUIDES, NOW, pictures, snapshots
from tui.command import duban, environment, main, upkeep
from tui.command.tables import workbook_of
from tui.frame.chosen import _CALLED

ROOT = Path(__file__).parent.parent
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(GUIDES.glob("*.md"))}
_FOUNDS = "operator"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_KEY = re.compile(r"(F\d{1,2}|Esc|Tab|Ctrl\+\w|PgUp|PgDn|Home|End|回车|空格|[←→]|[a-z\d]) (\S+)")
_EVERY_PAGE = pytest.mark.parametrize("page", PAGES)


@lru_cache
def _screens() -> str:
    """All screens as one text without spaces, for words that go on in the next row."""
    return "\n".join(_close(text) for text in snapshots().values())


@lru_cache
def _labels() -> frozenset[str]:
    """All that the schema calls something."""
    found: set[str] = set()

    def walk(data: object) -> None:
        if isinstance(data, str):
            found.add(_close(data))
        elif isinstance(data, dict | list):
            for each in data.values() if isinstance(data, dict) else data:
                walk(each)

    for path in (ROOT / "schema").glob("*.yaml"):
        walk(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader))
    return frozenset(found)


@lru_cache
def _keys() -> frozenset[tuple[str, str]]:
    """Each key of the app with its label."""
    modules = [importlib.import_module(each.name) for each in pkgutil.walk_packages(tui.__path__, "tui.") if "__main__" not in each.name]
    classes = {value for module in modules for value in vars(module).values() if isinstance(value, type)}
    bound = [Binding(*each) if isinstance(each, tuple) else each for made in classes for each in vars(made).get("BINDINGS", ())]
    return frozenset((_shown(key), each.description) for each in bound for key in each.key.split(","))


def _shown(key: str) -> str:
    return _CALLED.get(key) or (
        key.upper() if re.fullmatch(r"f\d+", key) else re.sub(r"ctrl\+(\w)", lambda found: f"Ctrl+{found[1].upper()}", key)
    )


@lru_cache
def _program() -> str:
    """All texts in the program."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for room in ("tui", "desk", "records") for path in (ROOT / room).rglob("*.py"))
    return "\n".join(
        each.value for tree in trees for each in ast.walk(tree) if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )


def _close(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _prose(page: str) -> str:
    return _FENCE.sub("", PAGES[page])


def _blocks(page: str, language: str) -> Iterator[str]:
    return (body for tag, body in _FENCE.findall(PAGES[page]) if tag == language)


def test_there_is_a_page_for_everybody_and_the_readme_leads_to_each() -> None:
    assert PAGES.keys() == {"clerk", "liaison", "unit-leaders", "bureau-leaders", "roster-keeper", "inspector", "operator"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in PAGES if f"(docs/guide/{name}.md)" not in readme] == []


@_EVERY_PAGE
def test_a_page_is_one_or_two_pages_long_and_its_places_exist(page: str) -> None:
    assert len(PAGES[page].splitlines()) <= (170 if page == _FOUNDS else 140)
    places = re.findall(r"\]\(([^)#]+)\)", PAGES[page])
    assert [place for place in places if not (GUIDES / place).exists()] == []
    assert {tag for tag, _ in _FENCE.findall(PAGES[page])} <= {"console", "text"}


@_EVERY_PAGE
def test_what_a_page_says_that_the_screen_says_the_screen_says(page: str) -> None:
    answers = "\n".join(_blocks(page, "console"))
    known = [_screens(), _close(answers), *([_close(_program())] if page == _FOUNDS else [])]
    told = [each for each in re.findall(r"「([^」]+)」", _prose(page)) if _close(each) not in _labels()]
    assert [each for each in told if not any(_close(each) in text for text in known)] == []


@_EVERY_PAGE
def test_every_key_on_a_page_bears_its_label(page: str) -> None:
    text = re.sub(r"「[^」]+」", "", _prose(page))
    text = re.sub(r"^\| (?:F\d|Ctrl).*$", "", text, flags=re.MULTILINE)  # the registry's own table: tests/tui/test_app_keys.py
    spans = re.findall(r"`([^`]+)`", text)
    told = {(found[1], found[2]) for each in spans if (found := _KEY.fullmatch(each))}
    assert told - _keys() == set()
    assert re.findall(r"F\d+", re.sub(r"`[^`]+`", "", text)) == []
    assert [each for each in spans if re.fullmatch(r"F\d+", each)] == []


@_EVERY_PAGE
def test_every_command_on_a_page_exists(page: str) -> None:
    lines = [line for block in _blocks(page, "text") for line in block.splitlines()] + re.findall(r"`([^`]+)`", _prose(page))
    for line in lines:
        for words in re.findall(r"(?:^|[\s/=])duban((?: [^\s；。|]+)+)", line):
            _exists(words.split(), line)


def _exists(words: list[str], line: str) -> None:
    command: click.Command = duban
    for word in words:
        if word.startswith("--"):
            assert any(word in each.opts for each in (*command.params, *duban.params)) or word in ("--help", "--version"), line
        elif isinstance(command, click.Group) and word in command.commands:
            command = command.commands[word]
    assert command is not duban or not re.fullmatch("[a-z]+", words[0]), f"no such command: {line}"


def test_every_picture_is_what_the_screen_shows_today() -> None:
    there = {path.stem: path for path in GUIDES.glob("pictures/*.png")}
    assert there.keys() == pictures()
    kept = snapshots()
    assert [name for name, path in there.items() if pictured(path) != kept[name]] == [], "run `make pictures`"
    assert [name for name, path in there.items() if path.stat().st_size > 50_000] == []


class Reader:
    """Somebody who types what a page says, line by line."""

    def __init__(self, place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self._places = {"/srv/duban": place / "register", "/mnt/backup/duban": place / "backup", "/media/usb": place / "usb"}
        self.home, self._folder = self._places["/srv/duban"], place / "work"
        self._folder.mkdir()

    def follow(self, page: str) -> None:
        """Do all that a page says."""
        for found in re.finditer(r"<!-- (.+?) -->|" + _FENCE.pattern, PAGES[page], re.MULTILINE | re.DOTALL):
            if found[1]:
                _BY_HAND[found[1]](self)
            elif found[2] == "console":
                for command, answer in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", found[3], re.MULTILINE):
                    self._holds(command, answer)

    def _holds(self, command: str, answer: str) -> None:
        told = self.type(command)
        lines = ("(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in answer.splitlines())
        assert re.fullmatch("".join(lines), told), f"$ {command}\n{told}"

    def type(self, command: str) -> str:
        """Run one line and return what it says, with the places as the page calls them."""
        line = command
        for name, place in self._places.items():
            line = line.replace(name, str(place))
        self._monkeypatch.chdir(self._folder)
        words = shlex.split(line)
        if words[0] == "cd":
            self._folder = self._folder / words[1]
            return ""
        told = self._duban(words[1:]) if words[0] == "duban" else _shell(line, self._folder)
        for name, place in self._places.items():
            told = told.replace(str(place), name)
        return re.sub(r"[^\S\n]+$|\r", "", told, flags=re.MULTILINE)

    def _duban(self, words: list[str]) -> str:
        self._monkeypatch.setattr(sys, "argv", ["duban", *words])
        with pytest.raises(SystemExit):
            main()
        told = self._capsys.readouterr()
        return told.out + told.err


def _shell(line: str, folder: Path) -> str:
    done = subprocess.run(
        line, shell=True, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    return done.stdout + done.stderr


def _fill_in_the_roster(reader: Reader) -> None:
    """Put one's own people into the sample; whoever runs the tests is none of them, as the operator is not."""
    filled = {
        name: tuple(tuple("zhang" if cell == "l01" else cell for cell in row) for row in rows) for name, rows in founding.sample().items()
    }
    (reader.home / "roster.xlsx").write_bytes(workbook_of(filled, "花名册", NOW))


def _bring_a_backup(reader: Reader) -> None:
    reader.type("duban backup --to ../usb")


_BY_HAND: dict[str, Callable[[Reader], None]] = {"填好花名册，存在原处": _fill_in_the_roster, "系统管理员给了一份备份": _bring_a_backup}


@_EVERY_PAGE
def test_every_command_of_a_page_answers_as_the_page_says(
    page: str, tmp_path: Path, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not any(_blocks(page, "console")):
        pytest.skip("a page of screens alone")
    if page != _FOUNDS:
        demo: Register = request.getfixturevalue("demo")
        assert demo.home == tmp_path / "register"
    _settle(monkeypatch, tmp_path / "register")
    Reader(tmp_path, capsys, monkeypatch).follow(page)


def _settle(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Have the commands go by the demo's last day, at the register of the page, as a program installed where docs/offline.md puts it."""
    real = environment.now
    for name, module in list(sys.modules.items()):
        if name.startswith("tui.") and getattr(module, "now", None) is real:
            monkeypatch.setattr(module, "now", _today)
    monkeypatch.setenv("DUBAN_REGISTER", str(home))
    monkeypatch.setenv("DUBAN_CONFIG", "")
    monkeypatch.setattr(upkeep, "_script", lambda: Path("/opt/duban/bin/duban"))


def _today() -> datetime:
    return NOW
