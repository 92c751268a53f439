"""Previews of roundups out of a clone: what is saved there shows as a draft, also in the evidence of the items that a roundup names."""

import io
from pathlib import Path

import openpyxl
import pytest

from documents.layout.profile import standard
from documents.publishing.publisher import Publisher
from records.register.register import Register
from records.store.paths import roundup_path
from tests.bureau import at
from tests.documents.case import ITEM, RECORD, Press, act, created, published, texts, walk
from tests.documents.test_preview import cloned, edit, following, git, lying, names, previewing

MONTH = "2026-09"
ROUNDUP = roundup_path(MONTH)
CIRCULAR, TABLE, PDF = (f"roundup-{MONTH}.{ending}" for ending in ("docx", "xlsx", "pdf"))
EVIDENCE = f"{ITEM}-evidence.docx"
CAUSE, OTHER_CAUSE = "逾期原因：未按时上报。", "逾期原因：会签不及时。"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Return a register with a late item, the issued roundup that names it, and the record of accountability that names that."""
    found, october = created(tmp_path / "register"), at("2026-10-09T09:00")
    walk(found, "sign_for")
    act(found, "urge", "BGS.clerk1", {"means": "phone", "level": "urge", "text": "请抓紧。"})
    act(found, "draft_roundup", "BGS.clerk1", {"text": CAUSE}, item=MONTH, when=october)
    act(found, "approve_roundup", "L03", {"text": "同意印发。"}, item=MONTH, when=october)
    act(found, "issue_roundup", "BGS.clerk1", {}, item=MONTH, when=october)
    act(found, "open_accountability", "BGS.clerk1", {"consequence": "群众再次来信。"}, when=october)
    return found


@pytest.fixture
def clone(register: Register, tmp_path: Path) -> Path:
    return cloned(register, tmp_path)


@pytest.fixture
def folder(clone: Path) -> Path:
    return clone / "preview"


def headings(book: bytes) -> list[str]:
    return [sheet["A1"].value for sheet in openpyxl.load_workbook(io.BytesIO(book))]


def test_the_paper_its_pdf_and_the_table_are_drafts_also_when_it_was_issued(register: Register, clone: Path, folder: Path) -> None:
    Publisher(register, standard()).catch_up()
    preview = previewing(clone, folder, Press())
    begun = list(preview.begin([MONTH]))
    assert ({each.record for each in begun}, names(begun)) == ({ROUNDUP}, {CIRCULAR, TABLE, PDF})
    assert texts(published(register, CIRCULAR))[0] != "草稿"
    assert texts((folder / CIRCULAR).read_bytes())[0] == "草稿"
    assert headings((folder / TABLE).read_bytes()) == [f"{heading}（草稿）" for heading in headings(published(register, TABLE))]
    edit(clone / ROUNDUP, CAUSE, OTHER_CAUSE)
    assert names(list(preview.look([ROUNDUP]))) == {CIRCULAR, PDF}  # the table does not carry the text
    assert OTHER_CAUSE in texts((folder / CIRCULAR).read_bytes())


def test_an_altered_roundup_is_previewed_unasked_and_follows_the_names_of_units(clone: Path, folder: Path) -> None:
    edit(clone / ROUNDUP, CAUSE, OTHER_CAUSE)
    preview = previewing(clone, folder)
    assert names(list(preview.begin())) == {CIRCULAR, TABLE}
    edit(clone / "units" / "JJ.yaml", "name: 交通警察支队", "name: 交警支队")
    assert {CIRCULAR, TABLE} <= names(list(preview.look(["units/JJ.yaml"])))
    assert "交警支队" in "".join(texts((folder / CIRCULAR).read_bytes()))


def test_a_broken_roundup_keeps_its_last_good_preview_and_is_told_at_its_line(clone: Path, folder: Path) -> None:
    list(previewing(clone, folder).begin([MONTH]))
    before = {name: (folder / name).read_bytes() for name in (CIRCULAR, TABLE)}
    line = next(n for n, text in enumerate((clone / ROUNDUP).read_text().splitlines(), start=1) if text.startswith("until:"))
    edit(clone / ROUNDUP, "\nuntil: '2026-09-30'", "\nuntil: 九月底")
    preview = previewing(clone, folder)
    [wrong] = preview.begin()
    assert [str(problem).split(" ")[0] for problem in wrong.problems] == [f"{ROUNDUP}:{line}:1"]
    assert list(preview.look([ROUNDUP])) == []
    assert {name: (folder / name).read_bytes() for name in lying(folder) | lying(folder, ".xlsx")} == before
    edit(clone / ROUNDUP, "\nuntil: 九月底", "\nuntil: '2026-09-29'")
    [sound] = preview.look([ROUNDUP])
    assert (sound.mended, sound.written) == (True, (CIRCULAR,))


def test_previews_of_a_roundup_go_when_it_is_deleted_or_no_longer_due(clone: Path, folder: Path) -> None:
    preview = previewing(clone, folder, Press())
    list(preview.begin([MONTH, ITEM]))
    (clone / ROUNDUP).unlink()
    looked = list(preview.look([ROUNDUP]))
    assert [each.removed for each in looked if each.record == ROUNDUP] == [(CIRCULAR, TABLE)]
    assert EVIDENCE in names(looked)
    assert not any(name.startswith("roundup") for name in lying(folder, ""))
    git(clone, "checkout", "--quiet", "--", ROUNDUP)
    assert {CIRCULAR, TABLE, PDF} <= names(list(preview.look([ROUNDUP])))
    (folder / "笔记.docx").write_bytes(b"not ours")
    list(previewing(clone, folder).begin([ITEM]))
    assert not any(name.startswith("roundup") for name in lying(folder, ""))
    assert {"笔记.docx", EVIDENCE} <= lying(folder)


def test_the_evidence_of_an_item_follows_the_roundup_that_it_names(clone: Path, folder: Path) -> None:
    preview = previewing(clone, folder)
    list(preview.begin([ITEM]))
    assert "列入《2026年9月" in "".join(texts((folder / EVIDENCE).read_bytes()))
    edit(clone / ROUNDUP, "title: 2026年9月", "title: 二〇二六年九月")
    assert {each.record: each.written for each in preview.look([ROUNDUP])} == {RECORD: (EVIDENCE,), ROUNDUP: (CIRCULAR, TABLE)}
    assert "列入《二〇二六年九月" in "".join(texts((folder / EVIDENCE).read_bytes()))
    edit(clone / ROUNDUP, CAUSE, OTHER_CAUSE)
    assert [each.record for each in preview.look([ROUNDUP])] == [ROUNDUP]  # what came out the same is not worth a word


@pytest.mark.parametrize("word", ["2026", "2026-9", "../bureau", "DB-2026"])
def test_what_is_neither_item_nor_month_is_refused(clone: Path, folder: Path, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        list(previewing(clone, folder).begin([word]))


def test_a_roundup_of_a_new_year_is_seen(clone: Path, folder: Path, tmp_path: Path) -> None:
    with following(clone, folder, MONTH) as found:
        found.until(lambda each: CIRCULAR in each.written)
        new = tmp_path / "2027"
        new.mkdir()
        (new / "01.yaml").write_text((clone / ROUNDUP).read_text().replace(f"id: '{MONTH}'", "id: '2027-01'"))
        new.rename(clone / "roundups" / "2027")
        assert "roundup-2027-01.docx" in found.until(lambda each: each.record == roundup_path("2027-01")).written
    assert found.failed == []
