"""The version of the layout: in the file, in the manifest, on record; and that a change of layout makes no issued document a forgery."""

import dataclasses
import hashlib
from functools import cache

import pytest
from msgspec.structs import replace

from documents.forms import circular, internal_report, letter, slips, special_report, supervision_report
from documents.layout.package import archived, layout_of
from documents.layout.profile import Profile, standard
from documents.publishing.document_hashes import record_issued
from documents.publishing.folder import digest
from documents.publishing.origin import origin
from documents.publishing.publisher import Publisher
from records.bureau.roster import SYSTEM
from records.matter.item import Urge
from records.matter.prose import Paragraph
from records.register.register import Register
from tests.bureau import CALENDAR, roster
from tests.documents.case import ITEM, NAME, NOW, REPORT_NAME, Press, act, manifest, outgoing, published, pushed, walk
from tests.documents.case import RECORD as PATH
from tests.documents.papers import ROUNDUP, before
from tests.documents.test_arranging import TABLES
from tests.documents.test_findings import RECORD
from tests.documents.test_letter import LETTER
from tests.documents.test_special_report import REPORT, parts

FIRST = replace(standard(), version=1)
# What came out under each version. A change that alters a byte of any document takes the next version and adds its line.
MADE = {
    2: "a498a20eb3511731",
    3: "754990150a9d158c",
    4: "c051279571602850",
    5: "240ce28d0f08bbea",
}


@cache
def forms() -> tuple[bytes, ...]:
    """One of each of our papers."""
    right, people = standard(), roster()
    table = Paragraph("", 0, "", (("指标", "目标"), ("破案率", "30%")))
    shown, item, reviewed = (
        dataclasses.replace(REPORT, body=(*REPORT.body, table), enclosures=TABLES),
        before("sign_for"),
        before("director_sign"),
    )
    urge = Urge(by="BGS.clerk1", at="2026-09-08T09:00:00+08:00", level="yellow_card", means="system", text="请抓紧办理。")
    return (
        special_report.render(shown, right),
        internal_report.render(shown, right, digest="sha256:" + "0" * 64),
        letter.render(LETTER, right),
        slips.notice(item, item.units[0], None, people, right),
        slips.receipts(item, people, right),
        slips.urge_notice(item, urge, 1, people, right),
        supervision_report.supervision_report(reviewed, CALENDAR, people, right),
        supervision_report.evidence(dataclasses.replace(item, accountability=RECORD), (), people, right),
        circular.paper(ROUNDUP, people, right),
    )


def test_whatever_alters_a_byte_takes_the_next_version() -> None:
    assert list(MADE)[-1] == standard().version
    made = hashlib.sha256(b"".join(forms())).hexdigest()[:16]
    assert made == MADE[standard().version], "documents come out other: that is a new version of the layout"


def test_a_file_says_which_layout_made_it_and_what_says_nothing_is_of_the_first() -> None:
    made = letter.render(LETTER, standard())
    assert layout_of(made) == standard().version
    told = f"<cp:version>layout {standard().version}</cp:version>".encode()
    bare = archived({name: part.replace(told, b"") for name, part in parts(made).items()})
    assert layout_of(bare) == 1
    assert [layout_of(data) for data in (b"", b"%PDF", b"PK\x03\x04 no document", archived({"xl/workbook.xml": b""}))] == [None] * 4


def issued(register: Register, profile: Profile) -> bytes:
    """Sign a document, publish it by a layout, put it on record; return its bytes."""
    walk(register, "bureau_sign")
    publisher = Publisher(register, profile)
    publisher.catch_up()
    told = publisher.manifest()
    assert told
    assert [str(came) for _, came in record_issued(register, told, NOW) if not hasattr(came, "commit")] == []
    publisher.catch_up()
    return published(register)


def on_record(register: Register) -> dict[str, tuple[str, int]]:
    item = register.view().item(ITEM)
    assert item
    return {each.name: (each.digest, each.layout_version) for each in item.documents}


@pytest.mark.parametrize("profile", [FIRST, standard()], ids=["the first", "today's"])
def test_the_version_goes_on_record_beside_the_hash(register: Register, profile: Profile) -> None:
    data = issued(register, profile)
    assert on_record(register)[NAME] == (digest(data), profile.version)
    assert on_record(register)[REPORT_NAME][1] == profile.version
    assert {each["layout"] for each in manifest(register)["documents"]} == {profile.version}


def test_a_hash_on_record_without_a_version_is_of_the_first_layout(register: Register) -> None:
    walk(register, "bureau_sign")
    data = special_of(register, FIRST)
    act(register, "record_document", SYSTEM, {"name": NAME, "hash": f"sha256:{digest(data)}"})
    assert on_record(register) == {NAME: (digest(data), 1)}
    assert "layout" not in (register.written(f"items/2026/01/{ITEM}.yaml", register.head() or "") or b"").decode()


def special_of(register: Register, profile: Profile) -> bytes:
    """The special report as a layout sets it now."""
    publisher = Publisher(register, profile)
    publisher.rebuild()
    data = published(register)
    for name in (NAME, "manifest.json"):
        (register.published / name).unlink()
    return data


@pytest.mark.parametrize("lost", [False, True], ids=["with its manifest", "without its manifest"])
def test_an_issued_file_of_an_older_layout_is_the_original_and_stays(register: Register, lost: bool) -> None:
    data = issued(register, FIRST)
    if lost:
        (register.published / "manifest.json").unlink()
    after = Publisher(register, standard(), Press())
    for pass_ in (after.catch_up, after.rebuild):
        assert not [problem for each in pass_() for problem in each.problems]
        assert published(register) == data
    (found,) = (each for each in manifest(register)["documents"] if each["name"] == NAME)
    assert (found["sha256"], found["layout"]) == (digest(data), 1)
    for folder in (True, False):
        if not folder:
            (register.published / "manifest.json").unlink()
        came = origin(register, standard(), data, [ITEM], lambda done, total: None)
        assert came
        assert (came.name, came.word, came.stands, came.layout) == (NAME, "", True, 1)


@pytest.mark.parametrize("lost", [False, True], ids=["with its manifest", "without its manifest"])
@pytest.mark.parametrize("damage", [None, b"PK altered"], ids=["deleted", "altered"])
def test_an_issued_file_of_an_older_layout_that_is_gone_is_named_with_both_layouts_and_not_replaced(
    register: Register, damage: bytes | None, lost: bool
) -> None:
    data, path = issued(register, FIRST), register.published / NAME
    path.unlink() if damage is None else path.write_bytes(damage)
    if lost:
        (register.published / "manifest.json").unlink()
    (told,) = (str(problem) for each in Publisher(register, standard()).rebuild() for problem in each.problems if NAME in str(problem))
    for word in ("第1版版式", f"本程序用第{standard().version}版", digest(data)[:16], "取回原件", "duban verify"):
        assert word in told
    assert (path.read_bytes() if path.exists() else None) == damage
    path.write_bytes(data)  # brought back from a backup
    assert NAME not in str([problem for each in Publisher(register, standard()).rebuild() for problem in each.problems])
    assert published(register) == data


def test_a_manifest_that_contradicts_the_record_counts_for_nothing(register: Register) -> None:
    data = issued(register, standard())
    other = data + b"\n"
    path = register.published / "manifest.json"
    path.write_bytes(path.read_bytes().replace(digest(data).encode(), digest(other).encode()))
    (register.published / NAME).write_bytes(other)
    assert outgoing(Publisher(register, standard()).rebuild()) == [NAME]
    assert published(register) == data


def test_the_hash_of_what_few_may_know_is_that_on_record_whatever_the_layout(register: Register) -> None:
    data = issued(register, FIRST)
    pushed(register, (PATH, "\nstate:", "\nneed_to_know:\n  - L01\nstate:"))
    (register.published / "manifest.json").unlink()
    Publisher(register, standard()).rebuild()
    (kept,) = (each for each in manifest(register)["withheld"] if each["name"] == NAME)
    assert (kept["sha256"], kept["layout"]) == (digest(data), 1)
