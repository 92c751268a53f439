"""Every reader asks the same function who sees what: no verb tells of a matter that one may not know (issue 12 A; 2-6; D-19)."""

import io
import json
import sys
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import click
import pytest
from docx import Document

from desk import ledger
from desk.archive import item_to_archive, year_to_archive
from desk.daily import page
from desk.days_off import falling
from desk.desk import Desk
from desk.done import done
from desk.inbox import inbox
from desk.ledger import LedgerQuery
from desk.ledger_words import meant
from desk.mine import mine
from desk.number_register import WORKBOOK, number_register
from desk.roundups import owed_roundups, roundups
from desk.staff import bodies, tasks
from desk.statistics import in_data, question, statistics
from desk.year_end import year_end
from documents.layout.profile import standard
from documents.publishing.catalogue import plans
from documents.publishing.publisher import Publisher
from records.register.register import NEW, Receipt, Register
from tests.bureau import NOW as BEGUN
from tests.bureau import REGISTER, at, roster
from tests.desk.test_number_register import walked
from tests.guests import identity
from tui.command import serve as serving
from tui.command.environment import find_keys
from tui.door.grammar import commands
from tui.screens.going import Doors, ways

PDF = b"%PDF-1.4 a scanned page startxref 0 %%EOF"
NOW = at("2026-11-23T10:30")
TITLE, REF, WORDS = "绝不外传的核查", "密来文第77号", "只许少数人知道的批示"
HIDDEN = {**REGISTER, "need_to_know": ["L01"], "title": TITLE, "source_ref": REF, "instruction": WORDS, "received": "2026-11-20"}

# The way each verb of the grammar is played, with what stands on its standard input; ``{item}`` is the matter that must not be known.
PLAYED: dict[str, tuple[tuple[str, dict[str, object] | None], ...]] = {
    "ls": (
        ("ls", None),
        ("ls --json", None),
        ("ls --xlsx a.xlsx", None),
        ("ls --search 77", None),
        ("ls --year 2026 --json", None),
        ("ls --pdf a.pdf", None),
    ),
    "show": (("show {item}", None), ("show {item} --json", None)),
    "log": (("log {item}", None), ("log {item} --field due", None)),
    "diff": (("diff {item}", None), ("diff {item} --rounds 1 2", None)),
    "score": (("score {item}", None),),
    "attachment": (("attachment {item}", None),),
    "acts": (("acts {item}", None), ("acts {item} --json", None), ("acts 2026", None), ("acts policy", None)),
    "act": (
        ("act read {item}", {"decision": "agree", "text": "同意。"}),
        ("act read {item} --dry-run", {"decision": "agree", "text": "同意。"}),
        ("act register new --dry-run", {**HIDDEN, "title": "乙"}),
        ("act register new", {**HIDDEN, "title": "乙"}),
        ("act register new --json", {**HIDDEN, "title": "乙"}),
    ),
    "statement": (
        ("statement read {item}", {"decision": "agree", "text": "同意。"}),
        ("statement consent {item}", {"decision": "agree"}),
        ("statement register new", {**HIDDEN, "title": "乙"}),
    ),
    "stats": (("stats", None), ("stats --json", None), ("stats --by unit --json", None), ("stats --xlsx s.xlsx", None)),
    "numbers": (("numbers", None), ("numbers --json", None), ("numbers --xlsx n.xlsx --pdf n.pdf", None)),
    "yearend": (("yearend 2026", None), ("yearend 2026 --json", None), ("yearend 2026 --xlsx y.xlsx --pdf y.pdf", None)),
    "digest": (("digest", None),),
    "roundup": (("roundup 2026-10", None), ("roundup 2026-10 --json", None)),
    "policy": (("policy", None),),
    "clause": (("clause", None), ("clause R-02", None)),
    "checkpoint": (("checkpoint", None), ("checkpoint --json", None)),
    "calendar": (("calendar", None), ("calendar 2026 --import c.json --dry-run", None)),
    "roster show": (("roster show", None), ("roster show --json", None)),
    "roster history": (("roster history BGS", None),),
    "roster export": (("roster export r.xlsx", None),),
    "roster import": (("roster import r.xlsx --dry-run", None),),
    "build": (("build {item}", None), ("build 2026-10", None)),
    "verify": (("verify secret.docx", None), ("verify secret.docx --all", None), ("verify secret.pdf", None)),
    "archive pack": (("archive pack {item}", None), ("archive pack 2026", None)),
    "archive verify": (("archive verify none.tar", None), ("archive verify none.tar --compare", None)),
    "import ledger": (("import ledger none.csv --dry-run", None),),
    "import minutes": (("import minutes none.csv --dry-run --date 2026-11-20", None),),
}
FETCHED = ("files", "get {item}/1", "get {item}-notice.docx", "get {item}-special.docx", "get {item}-transfer.docx")


class OpenPrinter:
    """Stands in for LibreOffice: its PDFs hold all that the file did from which they are made, for whoever looks for it."""

    def __init__(self, *_: object) -> None: ...

    def __enter__(self) -> "OpenPrinter":
        return self

    def __exit__(self, *_: object) -> None: ...

    def pdf(self, data: bytes, kind: str = ".docx") -> bytes:
        return b"%PDF-1.4 " + "".join(_unpacked(io.BytesIO(data))).encode() + b" startxref 0 %%EOF"


@pytest.fixture(autouse=True)
def printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have PDFs made as where there is LibreOffice."""
    monkeypatch.setattr("documents.libreoffice.installation.find_office", lambda path: path)
    monkeypatch.setattr("documents.libreoffice.printer.Printer", OpenPrinter)


def _unpacked(file: Path | io.BytesIO) -> Iterator[str]:
    with zipfile.ZipFile(file) as package:
        yield from (unescape(package.read(name).decode("utf-8", "replace")) for name in package.namelist())  # 汉字 may stand as &#27721;


class Stranger:
    """Somebody at the door who must not know a matter; all that he is told and all that is written for him is kept."""

    def __init__(self, home: Path, person: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self.person, self._capsys, self._monkeypatch = home, person, capsys, monkeypatch
        monkeypatch.chdir(home)

    def told(self, asked: str, given: bytes = b"") -> str:
        """Ask; return output and complaints."""
        out = io.BytesIO()
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        self._monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8", write_through=True))
        try:
            serving.session(identity(self.home, self.person), asked, self.home, find_keys(None, self.home))
        except SystemExit:
            pass
        except click.ClickException as error:
            return f"{error.format_message()}\n{self._capsys.readouterr().err}"
        sys.stdout.flush()
        return out.getvalue().decode("utf-8", "replace") + self._capsys.readouterr().err

    def written(self) -> Iterator[tuple[str, str]]:
        """Yield the texts of what lies in his box."""
        for file in sorted((self.home / "boxes" / self.person).iterdir()):
            yield file.name, text_of(file)


def text_of(file: Path) -> str:
    """Return what stands in a file, also in one that is a package."""
    return "".join(_unpacked(file)) if zipfile.is_zipfile(file) else file.read_bytes().decode("utf-8", "replace")


@pytest.fixture
def hidden(demo: Register) -> str:
    """A matter that few may know, in the demo's register."""
    came = demo.act("register", NEW, "BGS.clerk1", HIDDEN, NOW)
    assert isinstance(came, Receipt), str(came)
    return came.outcome.target


def test_every_verb_of_the_grammar_is_played() -> None:
    assert {" ".join(words) for words, _ in commands()} == set(PLAYED)


@pytest.mark.parametrize("person", ["WA.liaison", "L03", "BGS.clerk2"])
def test_no_verb_tells_anything_of_a_matter_that_few_may_know(
    hidden: str, demo: Register, person: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A unit's liaison; a leader and a clerk of the office, who see every other matter."""
    few = Stranger(demo.home, "L01", capsys, monkeypatch)
    for sign in (hidden, TITLE, REF, WORDS):  # what is looked for below is there for one of the few
        assert sign in few.told(f"show {hidden}"), sign
    assert leaks_of(Stranger(demo.home, person, capsys, monkeypatch), hidden, (TITLE, REF, WORDS)) == []


@pytest.mark.parametrize("person", ["WA.liaison", "BGS.clerk2"])
def test_no_verb_tells_anything_of_one_that_has_numbers_documents_and_a_report(
    reported: Register, person: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    item, *signs = signs_of(reported)
    found = reported.view().item(item)
    assert found is not None
    due = [plan.name for plan in plans(found)]
    assert due
    stranger = Stranger(reported.home, person, capsys, monkeypatch)
    assert leaks_of(stranger, item, tuple(signs), tuple(f"get {name}" for name in due)) == []


def test_nothing_of_a_matter_that_few_may_know_lies_in_the_published_folder(
    reported: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Publisher(reported, standard(), OpenPrinter()).catch_up()
    found = {file.relative_to(reported.published).as_posix(): text_of(file) for file in reported.published.rglob("*") if file.is_file()}
    item, *signs = signs_of(reported)
    assert [(name, sign) for name, text in found.items() for sign in signs if sign in name + text] == []
    # What the publisher goes by names the documents that it withholds; the door gives it to nobody.
    assert {name for name, text in found.items() if item in name + text} == {"manifest.json"}
    assert "没有 manifest.json" in Stranger(reported.home, "BGS.clerk2", capsys, monkeypatch).told("get manifest.json")


@pytest.mark.parametrize("person", ["WA.liaison", "WA.main_leader"])
def test_no_verb_tells_anything_of_another_units_matter_nor_gives_what_is_published_of_it(
    ordinary: Register, person: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A matter like any other, which the office and the units that have it in hand see."""
    item, *signs = signs_of(ordinary)
    Publisher(ordinary, standard(), OpenPrinter()).catch_up()
    names = sorted(file.name for file in ordinary.published.iterdir() if item in file.name)
    assert {Path(name).suffix for name in names} == {".docx", ".pdf"}
    own = Stranger(ordinary.home, "JJ.liaison", capsys, monkeypatch)
    assert any(TITLE in own.told(f"get {name}") for name in names if name.endswith(".pdf")), "who sees it is given it"
    assert "已写出" in own.told("ls --pdf own.pdf")
    assert TITLE in text_of(ordinary.home / "boxes/JJ.liaison/own.pdf")
    stranger = Stranger(ordinary.home, person, capsys, monkeypatch)
    assert leaks_of(stranger, item, tuple(signs), tuple(f"get {name}" for name in names)) == []


def test_a_document_of_a_matter_that_one_may_not_see_is_verified_as_any_foreign_file(
    reported: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    item, *signs = signs_of(reported)
    few, other = (Stranger(reported.home, each, capsys, monkeypatch) for each in ("L01", "BGS.clerk2"))
    assert "生成" in few.told(f"build {item} --no-pdf")
    made = sorted((reported.home / "boxes/L01").glob("built-*.docx"))
    assert made
    told = set()
    for file in made:
        name = f"a-{item}.docx"
        for each in (few, other):
            assert "SHA-256" in each.told(f"put {name}", file.read_bytes())
        assert f"与登记簿一致：{item}" in few.told(f"verify {name}"), file.name
        told |= {other.told(asked) for asked in (f"verify {name}", f"verify {name} --all")}
    foreign = Document()
    foreign.add_paragraph("另一份文件")
    foreign.save(str(reported.home / "boxes/BGS.clerk2/foreign.docx"))
    assert told == {other.told(asked) for asked in ("verify foreign.docx", "verify foreign.docx --all")}
    assert not any(sign in each for sign in (item, *signs) for each in told)


def leaks_of(stranger: Stranger, hidden: str, signs: tuple[str, ...], besides: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """Play all verbs; return each line, or file, that tells a sign of the matter. What he typed himself may come back to him."""
    asked = [each for lines in PLAYED.values() for each in lines] + [(each, None) for each in (*FETCHED, *besides)]
    leaks = []
    for line, given in asked:
        told = stranger.told(line.format(item=hidden), b"" if given is None else json.dumps(given).encode())
        assert "Traceback" not in told, line
        assert not told.startswith("PK"), line
        told = told.replace(f"“{REF}”", "") if given else told
        typed = () if "{item}" in line or line in besides else (hidden,)
        leaks += [(line, sign, told[:300]) for sign in (*signs, *typed) if sign in told]
    return leaks + [(name, sign, "") for name, text in stranger.written() for sign in (hidden, *signs) if sign in text]


def test_a_refusal_over_a_matter_that_one_may_not_see_says_how_to_go_on_and_one_that_sees_it_is_told_which(
    hidden: str, demo: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = json.dumps({**HIDDEN, "title": "乙"}).encode()
    other = Stranger(demo.home, "BGS.clerk2", capsys, monkeypatch).told("act register new", given)
    assert "这份来文已经登记。请到办公室查问。" in other
    assert hidden in Stranger(demo.home, "BGS.clerk1", capsys, monkeypatch).told("act register new", given)


def test_a_paper_is_named_by_its_hash_only_by_who_sees_a_matter_that_names_it(
    demo: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, other = (Stranger(demo.home, each, capsys, monkeypatch) for each in ("BGS.clerk1", "BGS.clerk2"))
    clerk.told("put a.pdf", PDF)
    assert "已办" in clerk.told("act register new", json.dumps({**HIDDEN, "original": "a.pdf"}).encode())
    item = demo.view().item("DB-2026-0207")
    assert item is not None
    paper = {**HIDDEN, "title": "丙", "source_ref": "另一件第1号", "original": item.source.original}
    for named in (item.source.original, f"sha256:{'0' * 64}"):
        told = other.told("act register new", json.dumps({**paper, "original": named}).encode())
        assert "只能写您文件柜里的文件名" in told, named
    assert "已办" in clerk.told("act register new", json.dumps(paper).encode())


@pytest.fixture
def reported(tmp_path: Path) -> Register:
    """A register whose one matter, which few may know, has been dispatched, reported on and signed."""
    known = roster()
    register = Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), BEGUN)
    walked(register, "bureau_sign", need_to_know=["L01"], title=TITLE, source_ref=REF, instruction=WORDS)
    return register


@pytest.fixture
def ordinary(tmp_path: Path) -> Register:
    """A register whose one matter is of the traffic police, reported up and concluded."""
    known = roster()
    register = Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), BEGUN)
    walked(register, "archive", title=TITLE, source_ref=REF, instruction=WORDS)
    return register


def test_no_screen_tells_a_unit_anything_of_another_units_matter(ordinary: Register) -> None:
    people = ordinary.view().roster.people
    for person, seen in (("WA.liaison", False), ("WA.main_leader", False), ("JJ.liaison", True)):
        told = shown(Desk(ordinary, people[person], lambda: NOW))
        assert bool([(name, sign) for name, text in told.items() for sign in signs_of(ordinary) if sign in text]) is seen, person


@pytest.mark.parametrize("person", ["WA.liaison", "L02", "BGS.clerk2"])
def test_no_screen_tells_anything_of_a_matter_that_few_may_know(reported: Register, person: str) -> None:
    """What the screens are made of, as the desk gives it."""
    signs = signs_of(reported)
    told = shown(Desk(reported, reported.view().roster.people[person], lambda: NOW))
    assert [(name, sign) for name, text in told.items() for sign in signs if sign in text] == []
    few = shown(Desk(reported, reported.view().roster.people["L01"], lambda: NOW))
    assert all(any(sign in text for text in few.values()) for sign in signs if sign != WORDS)


def signs_of(register: Register) -> tuple[str, ...]:
    """By what the matter would be told: number, title, source, the words of instruction and report."""
    item = register.view().item("DB-2026-0001")
    assert item is not None
    assert item.report is not None
    return (item.id, TITLE, REF, WORDS, item.report.title)


def shown(desk: Desk) -> dict[str, str]:
    """Return what each screen would show, as text."""
    day, series = desk.today, desk.number_series(2026)[0]
    found: dict[str, object] = {
        "inbox": inbox(desk),
        # Of what he wrote himself on a matter that is no longer his he is told the number that he wrote it under, and nothing else.
        "daily": repr(page(desk, {("report_progress", "DB-2026-0001"): "2026-09-01T09:00:00+08:00"})).replace("DB-2026-0001", ""),
        "filtered": ledger.page(desk, meant(desk, LedgerQuery("类别:4")).query, 0, 100),
        "going": [
            (way.kind, way.name, way.about, way.texts) for way in ways(desk, "DB-2026-0001", (), Doors(lambda *_: None, print, print))
        ],
        "ledger": desk.ledger(),
        "search": desk.ledger("核查"),
        "titles": desk.titles(["DB-2026-0001"]),
        "case": desk.open("DB-2026-0001"),
        "numbers": [[column.told(line) for column in WORKBOOK] for lines in number_register(desk, series) for line in lines],
        "yearend": [(line.id, line.title) for line in year_end(desk, 2026).lines],
        "statistics": in_data(statistics(desk, question("unit", day))),
        "roundups": roundups(desk),
        "owed roundups": owed_roundups(desk),
        "registered": mine(desk, "registered").lines,
        "followed": mine(desk, "followed").lines,
        "done": done(desk, "2026-08"),
        "days off": tuple(falling(desk, desk.view.calendar)),
        "duties": [tasks(desk, each) for each in desk.view.roster.people],
        "bodies": bodies(desk),
        "packing": desk.open("DB-2026-0001") and item_to_archive(desk, "DB-2026-0001"),
        "packing a year": year_to_archive(desk, "2026", lambda *_: None),
    }
    return {name: str(each) for name, each in found.items()}
