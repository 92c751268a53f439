"""A real register with one item that walks through its acts: what the tests of publishing start from."""

import io
import os
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import docx

from records import receipt
from records.files import item_path
from records.register import Receipt, Register
from records.roster import Leaders
from tests.bureau import STORY, as_read, at, roster

ITEM = "DB-2026-0118"
NAME = f"{ITEM}-special.docx"
RECORD = item_path(ITEM)
COPY = f"records/{RECORD}"
NOW = at("2026-08-31T09:00")
_DONE = {
    "draft": "draft_report",
    "received": "receive_paper",
    "awaiting_director_sign": "office_review",
    "director_signed": "director_sign",
    "awaiting_bureau_sign": "reserve_number",
    "issued": "bureau_sign",
    "reported_up": "report_up",
}


def created(home: Path, leaders: Leaders | None = None) -> Register:
    people = roster()
    return Register.create(home, people.bureau, leaders or people.leaders, tuple(people.units.values()), at("2026-01-01T09:00"))


def act(register: Register, name: str, by: str, inputs: Mapping[str, object], *, item: str = ITEM, when: datetime = NOW) -> str:
    done = register.act(name, item, by, as_read(name, inputs, register.view().item(item)), when)
    assert isinstance(done, Receipt), str(done)
    return done.commit


def walk(register: Register, through: str, item: str = ITEM) -> None:
    """Carry the item's story on from where it stands through an act."""
    names = [name for name, _, _ in STORY]
    found = register.view().item(item)
    begun = names.index(_DONE[found.state]) + 1 if found else 0
    for name, by, inputs in STORY[begun : names.index(through) + 1]:
        own = {"source_ref": item} if name == "register" else {}
        act(register, name, by, {**inputs, **own}, item=item)


def pushed(register: Register, *changes: tuple[str, str, str]) -> str:
    """Commit changes by hand, past all acts: path, text, text instead of it."""
    files: dict[str, bytes] = {}
    for path, old, new in changes:
        data = files.get(path) or register.store.read(path, register.store.head() or "")
        assert data is not None
        assert old.encode() in data
        files[path] = data.replace(old.encode(), new.encode())
    who = receipt.service(roster().bureau, NOW)
    with register.store.writing() as transaction:
        return transaction.commit(files, author=who, committer=who, message="改动")


def git(register: Register, *words: str, feed: bytes = b"") -> None:
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "-C", str(register.store.path), *words], input=feed, capture_output=True, check=True, env=environment)


def imported(register: Register, line: str) -> None:
    """Commit by stock Git what no act and no store would: one line of fast-import."""
    header = f"commit refs/heads/main\ncommitter x <x@y> {NOW.timestamp():.0f} +0800\ndata 1\nm\nfrom {register.store.head()}\n"
    git(register, "fast-import", "--quiet", feed=f"{header}{line}\n".encode())


def texts(data: bytes) -> list[str]:
    """The paragraphs of a document, the word over its pages first."""
    document = docx.Document(io.BytesIO(data))
    paragraphs = [*document.sections[0].header.paragraphs, *document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in paragraphs if paragraph.text] + cells


def published(register: Register, name: str = NAME) -> bytes:
    return (register.published / name).read_bytes()


def files(register: Register) -> dict[str, bytes]:
    """Everything in the published folder but the lock."""
    found = register.published.rglob("*")
    return {path.relative_to(register.published).as_posix(): path.read_bytes() for path in found if path.is_file() and path.name != ".lock"}
