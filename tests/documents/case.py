"""A real register with one item that walks through its acts: what the tests of publishing start from."""

import io
import json
import os
import subprocess
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import docx

from documents.libreoffice.printer import PrintError
from documents.publishing.folder import digest
from documents.publishing.publisher import Built, Publisher
from records.bureau.roster import Leaders
from records.register.register import Receipt, Register
from records.store import receipt
from records.store.branch import MAIN
from records.store.paths import item_path
from tests.bureau import STORY, as_read, at, roster
from tests.planting import store_of

ITEM = "DB-2026-0118"
NAME = f"{ITEM}-special.docx"
RECORD = item_path(ITEM)
COPY = f"records/{RECORD}"
REPORT_NAME = f"{ITEM}-report.docx"
OTHER = "DB-2026-0119"
OTHER_NAME = f"{OTHER}-special.docx"
TITLE = "关于学校周边交通安全隐患整改情况的报告"
BUREAU = ("bureau.yaml", "print_organ: 兰州市公安局办公室", "print_organ: 兰州市公安局督办室")
NOW = at("2026-08-31T09:00")
_DONE = {
    "registered": "register",
    "dispatched": "dispatch",
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
    """Carry the item's story on from where it stands through an act.

    On the same commit the same acts at the same time make the same objects, so a way that was once walked in this run is laid down again.
    """
    way, walked = (register.head(), through, item), _walked()
    repository = store_of(register).path
    if way in walked:
        head, objects, moves = walked[way]
        for name, data in objects.items():
            path = repository / "objects" / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        with (repository / "logs" / MAIN).open("ab") as log:  # an audit looks whether main was moved past it
            log.write(moves)
        (repository / "duban.walk").write_text(f"{head}\n")
        (repository / "duban.walk").replace(repository / MAIN)
        return
    before, moved = _objects(repository).keys(), (repository / "logs" / MAIN).stat().st_size
    _walk(register, through, item)
    made = {name: path.read_bytes() for name, path in _objects(repository).items() if name not in before}
    walked[way] = register.head() or "", made, (repository / "logs" / MAIN).read_bytes()[moved:]


@cache  # which a mutation run forgets
def _walked() -> dict[tuple[str | None, str, str], tuple[str, dict[str, bytes], bytes]]:
    """Where each way that was walked ended, what it left in the folder of objects, and how the branch was moved."""
    return {}


def _objects(repository: Path) -> dict[str, Path]:
    return {f"{path.parent.name}/{path.name}": path for path in repository.glob("objects/??/*")}


def _walk(register: Register, through: str, item: str) -> None:
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
        data = files.get(path) or store_of(register).read(path, register.head() or "")
        assert data is not None
        assert old.encode() in data
        files[path] = data.replace(old.encode(), new.encode())
    who = receipt.service(roster().bureau, NOW)
    with store_of(register).writing() as transaction:
        return transaction.commit(files, author=who, committer=who, message="改动")


def git(register: Register, *words: str, feed: bytes = b"") -> None:
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", "-C", str(store_of(register).path), *words], input=feed, capture_output=True, check=True, env=environment)


def imported(register: Register, line: str) -> None:
    """Commit by stock Git what no act and no store would: one line of fast-import."""
    header = f"commit refs/heads/main\ncommitter x <x@y> {NOW.timestamp():.0f} +0800\ndata 1\nm\nfrom {register.head()}\n"
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


def outgoing(built: tuple[Built, ...]) -> list[str]:
    """What a pass wrote of what the bureau sends out."""
    return [name for each in built for name in each.files if "-special" in name and name.endswith(".docx")]


def manifest(register: Register) -> Any:
    return json.loads(published(register, "manifest.json"))


def draft_of(register: Register, publisher: Publisher, name: str = NAME) -> str:
    """What a document is, by the manifest at the register's head."""
    found = publisher.manifest()
    assert found is not None
    assert found.commit == register.head()
    return next(each.draft for each in found.documents if each.name == name)


class Press:
    """A printer of the tests: its PDF names the document it was made of and, unless told otherwise, how many it had made before.

    Args:
        failing: how many times it fails first; a negative number is always.
        alike: whether the same document gives the same PDF again.
        size: of each PDF, in bytes at least.
    """

    def __init__(self, failing: int = 0, *, alike: bool = False, size: int = 0) -> None:
        self.failing, self.alike, self.size = failing, alike, size
        self.made = 0

    def pdf(self, data: bytes) -> bytes:
        if self.failing:
            self.failing -= 1
            raise PrintError("排版程序已退出，请稍后重试。")
        self.made += not self.alike
        return f"%PDF {digest(data)} {self.made}".encode().ljust(self.size)


def printed(register: Register, name: str = NAME) -> bool:
    """Whether a PDF stands beside a document; one of anything but this document fails the test."""
    path = (register.published / name).with_suffix(".pdf")
    if not path.exists():
        return False
    assert digest(published(register, name)).encode() in path.read_bytes()
    return True
