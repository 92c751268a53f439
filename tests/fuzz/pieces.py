"""What is fuzzed: each piece that reads what strangers write, with what it is given and what must hold of it whatever that is.

A piece may refuse in the ways that its callers know, and in no other; it may take two seconds of processor time, and no more.
"""

import base64
import re
import shutil
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from desk.calendar_file import NotACalendarError, read_calendar
from desk.ledger_rows import ledger_rows
from desk.roster_table import rows_of
from desk.table_columns import LEDGER, MINUTES, guessed, read_map
from desk.tables import TableError, read_sheets
from documents.layout.package import layout_of
from documents.layout.profile import standard
from documents.publishing.origin import likely, origin
from documents.publishing.remaking import judge
from documents.publishing.saved_again import akin
from records.acts import Refusal
from records.audit.audit import chain, walked
from records.audit.branch_log import branch_log, read_branch_log
from records.audit.subject import subject
from records.audit.surroundings import round_a_clone, set_up
from records.keys.public_key import public_key
from records.matter.checkpoint import typed
from records.matter.item import Item
from records.register.homecoming import Arrival, come_home
from records.register.mirror import read_log
from records.register.register import NEW, Receipt, Register
from records.register.staging import pushed
from records.signatures.sshsig import NAMESPACE, Unfit
from records.signatures.statement import handed_in, own_signature
from records.store.record_files import Unreadable, parse
from records.store.store import StoreError
from schema.problem import Problem
from schema.yaml_events import read_events
from schema.yaml_text import read, write
from tests.bureau import PROPOSE, REGISTER, STORY, as_read, at, roster
from tests.guests import key_of
from tests.signing import STATEMENT
from tests.tampering.forge import Forge
from tui.door.box import Box
from tui.door.grammar import LONGEST, NAME, NoVerb, commands, verb_of
from tui.door.surroundings import rebuilt

_PDF = b"%PDF-1.4 a scanned page startxref 0 %%EOF"
_SAFE = re.compile(r"[A-Za-z0-9_.@/:+=,-]+", re.ASCII)
_NEXT = at("2026-08-31T12:00")


class Bench:
    """A small register, and a copy of it on which two more acts were done, whose objects may be spoilt.

    Args:
        place: an empty folder.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        found, units = roster(), ("BGS", "JJ", "CG")
        leaders = replace(found.leaders, portfolios=tuple(each for each in found.leaders.portfolios if each.unit in units))
        self.home = Register.create(
            place / "home", found.bureau, leaders, tuple(found.units[unit] for unit in units), at("2026-08-31T09:00")
        )
        for name, by, inputs in STORY[:4]:
            self.act(self.home, name, NEW if name == "register" else "DB-2026-0001", by, inputs)
        self.away = Register(shutil.copytree(place / "home", place / "away", symlinks=True))
        self.act(self.away, "register", NEW, "BGS.clerk1", {**REGISTER, "source_ref": "另一来文"})
        self.act(self.away, "propose", "DB-2026-0002", "BGS.clerk1", PROPOSE)
        self.head, self.new = self.home.head() or "", self.away.head() or ""
        self.forge = Forge(self.away.home)
        self.line = self.forge.line()
        self.objects = frozenset(self.names())

    @staticmethod
    def act(register: Register, name: str, target: str, by: str, inputs: Mapping[str, object]) -> None:
        when = register.describe(register.head() or "").author.time + timedelta(minutes=1)
        done = register.act(name, target, by, as_read(name, inputs, register.view().item(target)), when)
        assert isinstance(done, Receipt), str(done)

    def names(self) -> list[Path]:
        """The loose objects of the copy."""
        return [path for path in self.forge.git.glob("objects/??/*") if path.is_file()]

    def clean(self) -> None:
        """Have the copy as it was."""
        for path in set(self.names()) - self.objects:
            path.unlink()
        self.forge.main.write_text(f"{self.new}\n")

    @cached_property
    def record(self) -> bytes:
        """A record as it is written."""
        return self.away.written("items/2026/00/DB-2026-0001.yaml", self.new) or b""

    @cached_property
    def docx(self) -> bytes:
        """A document of the register."""
        from documents.publishing.catalogue import plans

        view = self.away.view()
        return next(plan.make(view, standard()) for plan in plans(view.item("DB-2026-0001")))

    @cached_property
    def workbook(self) -> bytes:
        """A ledger as offices keep it."""
        import openpyxl

        book, kept = openpyxl.Workbook(), BytesIO()
        sheet = book.active
        assert sheet is not None
        for row in (("序号", "事项", "来文单位", "来文日期", "主办单位", "办理期限"), (1, "整治", "市委办", "2026.8.3", "交警", "9月7日")):
            sheet.append(row)
        sheet.merge_cells("A3:C4")
        book.save(kept)
        return kept.getvalue()


@dataclass(frozen=True)
class Piece:
    """One piece.

    Attributes:
        name: by which it goes.
        given: what it is given.
        holds: raises where something does not hold.
    """

    name: str
    given: st.SearchStrategy[Any]
    holds: Callable[[Bench, Any], None]


_EDITS = st.lists(
    st.tuples(
        st.sampled_from(("put", "cut", "twice", "flip", "number")),
        st.floats(0, 1, exclude_max=True),
        st.one_of(
            st.binary(min_size=1, max_size=12),
            st.sampled_from(
                (b"\n", b"\0", b"  ", b": ", b"- ", b"'", b"&a", b"*a", b"!!int ", b"---\n", b"\xe5\x8a", b"\xff", b"}" * 40, b"[" * 40)
            ),
        ),
    ),
    min_size=1,
    max_size=5,
)
"""What is done to some bytes: each edit what it does, where, as a part of their length, and with what."""


def _said(error: Exception) -> None:
    """A refusal says why."""
    assert str(error)


def edited(data: bytes, edits: list[tuple[str, float, bytes]]) -> bytes:
    """Return some bytes after what is done to them."""
    for what, part, other in edits:
        place = int(part * (len(data) + 1))
        size = len(other)
        if what == "put":
            data = data[:place] + other + data[place:]
        elif what == "cut":
            data = data[:place] + data[place + size * 3 :]
        elif what == "twice":
            data = data[:place] + data[place : place + size * 9] * 2 + data[place + size * 9 :]
        elif what == "flip" and place < len(data):
            data = data[:place] + bytes([data[place] ^ (other[0] or 1)]) + data[place + 1 :]
        elif found := re.compile(rb"\d+").search(data, place):
            data = data[: found.start()] + str(int.from_bytes(other, "big")).encode() + data[found.end() :]
    return data


_LINES = tuple(" ".join(words) for words, _ in commands())
_WORDS = (
    "DB-2026-0001",
    "--json",
    "--as",
    "L03",
    "a.xlsx",
    "../",
    "2026",
    "get",
    "put",
    "git-upload-pack",
    "'register'",
    "git-receive-pack",
)
_MORE = ("import bundle", "JJ", "--set", "a=b", ";", "$(id)", "\n", "１", "a.pdf", "--xlsx", "--scan")
_COMMAND = st.one_of(
    st.text(max_size=LONGEST + 20),
    st.lists(st.sampled_from((*_LINES, *_WORDS, *_MORE)), max_size=8).map(" ".join),
)  # fmt: skip


def _grammar(bench: Bench, asked: str) -> None:
    for role in ("staff", "inspector", "site"):
        found = verb_of(asked, role)
        if isinstance(found, NoVerb):
            assert found.reason
        else:
            assert len(asked) <= LONGEST
            assert all(_SAFE.fullmatch(word) for word in found.words)
            assert not any(word.startswith("-") and not word.startswith("--") for word in found.words)
            assert not any(word in ("--as", "--register", "--keys") or ".." in word for word in found.words)
            assert role == "staff" or found.name in ("clone", "push", "bundle", "put", "files")


def _surroundings(bench: Bench, given: Mapping[str, str]) -> None:
    kept = rebuilt(given)
    assert "\x1b" not in "".join(kept.values())
    assert not kept.keys() & {"GIT_DIR", "LD_PRELOAD", "SSH_AUTH_SOCK", "PYTHONPATH"}


def _yaml(bench: Bench, given: tuple[bytes, bool, list[tuple[str, float, bytes]]]) -> None:
    data = given[0] if given[1] else edited(bench.record, given[2])
    found = read(data, "x.yaml")
    assert (found.data is None) == bool(found.problems)
    assert (found.data, found.problems) == read_events(data, "x.yaml")[::2]  # read by lines or not
    assert all(problem.reason and "\x1b" not in str(problem) for problem in found.problems)
    try:
        item = parse(data, Item, "items/2026/00/DB-2026-0001.yaml")
    except Unreadable:
        return
    assert item.id
    assert found.data is not None
    again = write(found.data)
    assert read(again).data == found.data
    assert write(read(again).data or {}) == again


def _public_key(bench: Bench, given: tuple[str, bool, list[tuple[str, float, bytes]]]) -> None:
    text = given[0] if given[1] else edited(key_of("x").encode(), given[2]).decode(errors="replace")
    found = public_key(text)
    if isinstance(found, Refusal):
        assert found.reason
    else:
        assert re.fullmatch(r"[a-z0-9@.-]+ [A-Za-z0-9+/]+=*", found)
        assert public_key(found) == found


def _blobs(bench: Bench, given: tuple[str, list[bytes]]) -> None:
    """Keys whose blob is made of any parts."""
    kind, parts = given
    blob = b"".join(struct.pack(">I", len(part)) + part for part in (kind.encode(), *parts))
    _public_key(bench, (f"{kind} {base64.b64encode(blob).decode()}", True, []))


def _statement(bench: Bench, text: str) -> None:
    for found in (handed_in(text), own_signature(text)):
        assert found.reason if isinstance(found, Unfit) else own_signature(found.token) == found


def _box(bench: Bench, given: tuple[str, bytes]) -> None:
    name, data = given
    box = Box(bench.place / "box")
    box.opened(_NEXT)
    kept = box.put(name, BytesIO(data))
    there = {path.name for path in box.folder.iterdir()}
    if isinstance(kept, Refusal):
        assert name not in there
    else:
        assert NAME.match(name)
        assert box.read(name) == data
        (box.folder / name).unlink()
    assert {path.name for path in box.folder.iterdir()} == set()


def _packed(data: bytes, member: float, edits: list[tuple[str, float, bytes]]) -> bytes:
    """Return a package with one of its members edited, and packed again."""
    kept = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(kept, "w") as new:
        names = old.namelist()
        for place, name in enumerate(names):
            inside = old.read(name)
            new.writestr(name, edited(inside, edits) if place == int(member * len(names)) else inside)
    return kept.getvalue()


def _given_package(data: bytes, given: tuple[str, float, bytes, list[tuple[str, float, bytes]]]) -> bytes:
    how, member, any_bytes, edits = given
    return any_bytes if how == "bytes" else edited(data, edits) if how == "outside" else _packed(data, member, edits)


_PACKAGE = st.tuples(
    st.sampled_from(("bytes", "outside", "inside", "inside")), st.floats(0, 1, exclude_max=True), st.binary(max_size=300), _EDITS
)


def _xlsx(bench: Bench, given: tuple[str, float, bytes, list[tuple[str, float, bytes]]]) -> None:
    data = _given_package(bench.workbook, given)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            sheets = read_sheets(data, "台账")
        except TableError:
            return
        finally:
            assert [str(each.message) for each in said] == []
    rows_of(sheets)
    for kind in (LEDGER, MINUTES):
        try:
            found = guessed(kind, sheets)
        except TableError:
            continue
        page = next(each for each in sheets if each.name == found.sheet)
        if kind is LEDGER:
            assert all(row.at for row in ledger_rows(page, found, roster(), "台账", "2026-08-31"))
        try:
            read_map(kind, edited(found.written(), given[3]), "x.yaml", sheets)
        except TableError as error:
            _said(error)


def _calendar(bench: Bench, data: bytes) -> None:
    try:
        found = read_calendar(data, 2026)
    except NotACalendarError as error:
        _said(error)
    else:
        assert found.year == 2026


_CALENDAR = st.one_of(
    st.binary(max_size=200),
    _EDITS.map(
        lambda edits: edited(
            b'{"year": 2026, "days": [{"name": "\xe5\x85\x83\xe6\x97\xa6", "date": "2026-01-01", "isOffDay": true}]}', edits
        )
    ),
    _EDITS.map(
        lambda edits: edited(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:x\nDTSTART;VALUE=DATE:20260101\nEND:VEVENT\nEND:VCALENDAR\n", edits)
    ),
)


def _checkpoint(bench: Bench, text: str) -> None:
    found = typed(text)
    assert isinstance(found, Problem) or typed(found) == found


def _verify(bench: Bench, given: tuple[str, float, bytes, list[tuple[str, float, bytes]]]) -> None:
    data, register = _given_package(bench.docx, given), bench.away
    register.index.catch_up()
    owners = likely(register, "DB-2026-0001-x.docx", data)
    layout_of(data)
    found = origin(register, standard(), data, owners, lambda done, total: None)
    assert found is None or data == bench.docx
    akin(register, standard(), data, owners)


def _spoilt(bench: Bench, given: tuple[int, str, list[tuple[str, float, bytes]]]) -> str | None:
    """Spoil a commit of the copy, its root or its record, and lay what follows on it; return the newest commit."""
    number, what, edits = given
    place = len(bench.line) - 1 - number % 2
    link = bench.line[place]
    put, get = bench.forge.put, bench.forge.get
    whole = get(link.id)
    tree = whole[5:45].decode()
    if what == "tree":
        whole = whole.replace(tree.encode(), put("tree", edited(get(tree), edits)).encode(), 1)
    elif what == "record":
        path = next(path for path in link.files if path.startswith("items/") and link.files[path] != bench.line[place - 1].files.get(path))
        files = {**link.files, path: (b"100644", put("blob", edited(bench.forge.blob(link.files, path), edits)))}
        whole = whole.replace(tree.encode(), bench.forge.tree(files).encode(), 1)
    else:
        whole = edited(whole, edits)
    made = put("commit", whole)
    if made == link.id:
        return None
    for after in bench.line[place + 1 :]:
        made = put("commit", get(after.id).replace(bench.line[place].id.encode(), made.encode(), 1))
    bench.forge.main.write_text(f"{made}\n")
    return made


_SPOILT = st.tuples(st.integers(0, 1), st.sampled_from(("commit", "commit", "tree", "record", "record")), _EDITS)


def _hook(bench: Bench, given: tuple[int, str, list[tuple[str, float, bytes]]]) -> None:
    try:
        made = _spoilt(bench, given)
        if made is not None:
            found = come_home(
                bench.home, bench.forge.git / "objects", made, _NEXT,
                documents=judge(standard()), papers=lambda digest: None, progress=lambda done, total: None, cores=1,
            )  # fmt: skip
            assert found
            # Other words in a record may be another lawful act; whatever else was done to it is none.
            assert given[1] == "record" or not isinstance(found, Arrival), "what was spoilt came in"
            assert (bench.home.head() == made) == isinstance(found, Arrival)
    finally:
        (bench.home.home / "register.git/refs/heads/main").write_text(f"{bench.head}\n")
        bench.clean()


def _pushed(bench: Bench, told: list[str]) -> None:
    found = pushed(told)
    assert isinstance(found, Refusal) or (len(told) == 1 and told[0].split()[2] == "refs/heads/main")


def _audit(bench: Bench, given: tuple[int, str, list[tuple[str, float, bytes]]]) -> None:
    try:
        made = _spoilt(bench, given)
        if made is not None:
            judged = subject(bench.forge.git)
            line, since, _ = chain(judged.store, made)
            found = walked(judged.store, line, since, judge(standard()), lambda done, total: None, 1)
            assert found.findings or (given[1] == "record" and found.reproduced == len(line)), "what was spoilt was not found"
            list(judged.ahead(made, _NEXT))
            judged.names(made)
    finally:
        bench.clean()


_ROUND = (
    "HEAD",
    "config",
    "packed-refs",
    "logs/refs/heads/main",
    "shallow",
    "info/grafts",
    "refs/heads/x",
    "refs/replace/x",
    "objects/info/alternates",
)


def _round(bench: Bench, given: tuple[str, bytes, bool, list[tuple[str, float, bytes]]]) -> None:
    name, data, anew, edits = given
    path = bench.forge.git / name
    was = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_bytes(data if anew or was is None else edited(was, edits))
        history = [each.id for each in bench.line]
        for look in (round_a_clone, set_up, lambda git: branch_log(read_branch_log(git), history)[0]):
            try:
                assert all(each.reason for each in look(bench.forge.git))
            except StoreError as error:
                _said(error)
    finally:
        path.unlink()
        if was is not None:
            path.write_bytes(was)


def _book(bench: Bench, data: bytes) -> None:
    file = bench.place / "heads.log"
    file.write_bytes(data)
    try:
        read_log(file)
    except StoreError as error:
        _said(error)


_KINDS = st.sampled_from(("ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "sk-ssh-ed25519@openssh.com", "ssh-dss"))
_PARTS = st.lists(
    st.one_of(st.binary(max_size=70), st.sampled_from((b"ssh:", b"nistp256", b"\1\0\1", b"\4" + b"a" * 64, b"\0" + b"\xff" * 384))),
    max_size=4,
)
_NAMES = st.one_of(
    st.text(max_size=80),
    st.from_regex(NAME, fullmatch=True),
    st.sampled_from(("../x.pdf", "a/b.pdf", ".a.pdf", "x.pdf\n", "DB-2026-0001-x.pdf", "-a.pdf", "\0.pdf")),
)
_CONTENTS = st.one_of(st.binary(max_size=100), _EDITS.map(lambda edits: edited(_PDF, edits)), st.text(max_size=50).map(str.encode))
_MIRRORED = _EDITS.map(lambda edits: edited(b"2026-08-31T09:00:00+08:00 " + b"a" * 40 + b" 7\n", edits))
_ENVIRONMENT = st.dictionaries(
    st.sampled_from(
        ("TERM", "COLORTERM", "SSH_CONNECTION", "GIT_PROTOCOL", "LANG", "GIT_DIR", "LD_PRELOAD", "SSH_AUTH_SOCK", "PYTHONPATH")
    ),
    st.text(max_size=60),
)
_BLOCK = "-----BEGIN SSH SIGNATURE-----\n{}\n-----END SSH SIGNATURE-----\n"


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


_SSHSIG = b"SSHSIG" + struct.pack(">I", 1) + b"".join(
    _string(part)
    for part in (
        _string(b"ssh-ed25519") + _string(b"k" * 32), NAMESPACE.encode(), b"", b"sha512", _string(b"ssh-ed25519") + _string(b"s" * 64)
    )
)  # fmt: skip
_TRULY_SIGNED = STATEMENT.text + _BLOCK.format(base64.b64encode(_SSHSIG).decode())
_SIGNED = st.one_of(
    st.text(max_size=200),
    st.tuples(st.text(max_size=60), st.binary(max_size=200)).map(
        lambda each: each[0] + _BLOCK.format(base64.b64encode(b"SSHSIG" + each[1]).decode())
    ),
    _EDITS.map(lambda edits: edited(_TRULY_SIGNED.encode(), edits).decode(errors="replace")),
)
PIECES = (
    Piece("grammar", _COMMAND, _grammar),
    Piece("surroundings", _ENVIRONMENT, _surroundings),
    Piece("push", st.lists(st.text(max_size=120), max_size=3), _pushed),
    Piece("hook", _SPOILT, _hook),
    Piece("audit", _SPOILT, _audit),
    Piece("round it", st.tuples(st.sampled_from(_ROUND), st.binary(max_size=200), st.booleans(), _EDITS), _round),
    Piece("yaml", st.tuples(st.binary(max_size=300), st.booleans(), _EDITS), _yaml),
    Piece("verify", _PACKAGE, _verify),
    Piece("public key", st.tuples(st.text(max_size=200), st.booleans(), _EDITS), _public_key),
    Piece("key blob", st.tuples(_KINDS, _PARTS), _blobs),
    Piece("statement", _SIGNED, _statement),
    Piece("box", st.tuples(_NAMES, _CONTENTS), _box),
    Piece("xlsx", _PACKAGE, _xlsx),
    Piece("calendar", _CALENDAR, _calendar),
    Piece("checkpoint", st.one_of(st.text(max_size=60), st.text("0123456789abcdef- oOlI—", max_size=40)), _checkpoint),
    Piece("mirror", st.one_of(st.binary(max_size=200), _MIRRORED), _book),
)
"""All that is fuzzed."""
