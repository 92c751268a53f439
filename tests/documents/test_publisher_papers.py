"""Working papers and roundups in the published folder: a slip says what was handed out then, a roundup what was issued."""

import io
import shutil

import openpyxl
import pytest

from documents.layout.profile import standard
from documents.publishing.origin import origin
from documents.publishing.publisher import Built, Publisher
from records.register.register import Receipt, Register
from records.store.paths import roundup_path
from tests.bureau import NOW, REGISTER, at
from tests.documents.case import (
    ITEM,
    OTHER,
    RECORD,
    Press,
    act,
    draft_of,
    files,
    manifest,
    printed,
    published,
    pushed,
    texts,
    walk,
)

NOTICE = f"{ITEM}-notice-1.docx"
RECEIPTS = f"{ITEM}-receipts.docx"
MONTH = "2026-08"
CIRCULAR, TABLE = f"roundup-{MONTH}.docx", f"roundup-{MONTH}.xlsx"


@pytest.fixture
def publisher(register: Register) -> Publisher:
    return Publisher(register, standard(), Press())


def problems(built: tuple[Built, ...]) -> list[str]:
    return [str(problem) for each in built for problem in each.problems]


def entry(register: Register, name: str) -> dict[str, object]:
    return next(each for each in manifest(register)["documents"] if each["name"] == name)


def test_a_slip_is_published_with_the_act_that_hands_it_out(register: Register, publisher: Publisher) -> None:
    walk(register, "read")
    publisher.catch_up()
    assert not (register.published / NOTICE).exists()
    dispatched = act(register, "dispatch", "BGS.clerk1", {})
    publisher.catch_up()
    assert (entry(register, NOTICE)["commit"], entry(register, NOTICE)["draft"]) == (dispatched, "")
    assert "兰州市公安局交通警察支队" in "".join(texts(published(register, NOTICE)))
    assert printed(register, NOTICE)


@pytest.mark.parametrize("passes", ["one by one", "one burst", "from nothing", "all again"])
def test_what_was_handed_out_stays_whatever_the_matter_comes_to(register: Register, publisher: Publisher, passes: str) -> None:
    walk(register, "dispatch")
    first = register.view().commit
    if passes != "one burst":
        publisher.catch_up()
    slip = Publisher(register, standard())
    slip.catch_up()
    handed_out = published(register, NOTICE)
    if passes == "one burst":
        shutil.rmtree(register.published)
    walk(register, "sign_for")
    if passes == "one by one":
        publisher.catch_up()
    act(register, "change_lead", "BGS.clerk1", {"to_unit": "QZ", "reason": "职责调整。"})
    if passes == "from nothing":
        shutil.rmtree(register.published)
    elif passes == "all again":
        (register.published / NOTICE).unlink()
    built = publisher.rebuild() if passes == "all again" else publisher.catch_up()
    assert problems(built) == []
    assert published(register, NOTICE) == handed_out
    assert entry(register, NOTICE)["commit"] == first
    assert (register.published / f"{ITEM}-transfer-1.docx").exists()
    assert all(printed(register, path.name) for path in register.published.glob("*.docx"))


@pytest.mark.parametrize("lead", [True, False], ids=["the lead", "who assists"])
def test_who_takes_the_place_of_a_unit_that_is_no_more_has_his_slip_and_the_receipts_go_on(
    register: Register, publisher: Publisher, lead: bool
) -> None:
    """It was said of them for ever that somebody had changed the record, and neither archive nor folder had them."""
    walk(register, "read_in_unit")
    gone = {"successor": "QZ", "day": NOW.date().isoformat(), "basis": "兰公编〔2026〕1号"}
    act(register, "dissolve_unit", "BGS.section_chief", gone, item="JJ" if lead else "CG")
    succession = act(register, "succeed", "BGS.clerk1", {})
    assert problems(publisher.catch_up()) == []
    for name in (f"{ITEM}-transfer-1.docx", f"{ITEM}-receipts-2.docx"):
        assert (entry(register, name)["commit"], entry(register, name)["draft"]) == (succession, ""), name
        assert register.view().roster.unit_name("QZ") in "".join(texts(published(register, name)))
        found = origin(register, standard(), (register.published / name).read_bytes(), [ITEM], lambda done, total: None)
        assert found is not None
        assert (found.commit, found.stands) == (succession, True)


@pytest.mark.parametrize("passes", ["one by one", "from nothing", "all again"])
def test_a_slip_keeps_the_words_in_which_it_was_handed_out(register: Register, publisher: Publisher, passes: str) -> None:
    walk(register, "dispatch")
    publisher.catch_up()
    handed_out = published(register, NOTICE)
    pushed(register, (RECORD, str(REGISTER["title"]), "后来的标题"))
    if passes == "from nothing":
        shutil.rmtree(register.published)
    elif passes == "all again":
        (register.published / NOTICE).write_bytes(b"altered")
    built = publisher.rebuild() if passes == "all again" else publisher.catch_up()
    assert problems(built) == []
    assert published(register, NOTICE) == handed_out
    assert "后来的标题" in "".join(texts(published(register, RECEIPTS)))  # a draft goes along


def test_receipts_are_filled_in_until_all_have_signed(register: Register, publisher: Publisher) -> None:
    walk(register, "dispatch")
    publisher.catch_up()
    assert draft_of(register, publisher, RECEIPTS) != ""
    empty = published(register, RECEIPTS)
    act(register, "sign_for", "JJ.liaison", {})
    publisher.catch_up()
    assert draft_of(register, publisher, RECEIPTS) != ""
    assert published(register, RECEIPTS) != empty
    last = act(register, "sign_for", "CG.liaison", {})
    act(register, "read_in_unit", "JJ.supervising_leader", {"text": "请办理。"})
    publisher.catch_up()
    assert (entry(register, RECEIPTS)["commit"], entry(register, RECEIPTS)["draft"]) == (last, "")


@pytest.mark.parametrize("passes", ["one by one", "from nothing"])
def test_the_supervision_report_outlives_the_return_of_the_units_report(register: Register, publisher: Publisher, passes: str) -> None:
    name = f"{ITEM}-aggregate.docx"
    walk(register, "director_sign")
    publisher.catch_up()
    signed = published(register, name)
    assert (entry(register, name)["draft"], entry(register, name)["round"]) == ("", 1)
    act(register, "return_report", "BGS.clerk1", {"reasons": ["R1"], "comment": "请补充。", "redo_due": "2026-09-02"})
    if passes == "from nothing":
        shutil.rmtree(register.published)
    assert problems(publisher.catch_up()) == []
    assert published(register, name) == signed


def on_roundup(register: Register, name: str, by: str, when: str, **inputs: object) -> str:
    done = register.act(name, MONTH, by, inputs, at(when))
    assert isinstance(done, Receipt), str(done)
    return done.commit


def test_a_roundup_is_rebuilt_while_a_draft_and_fixed_once_issued(register: Register, publisher: Publisher) -> None:
    walk(register, "dispatch")
    on_roundup(register, "draft_roundup", "BGS.clerk1", "2026-09-03T09:00")
    publisher.catch_up()
    assert entry(register, CIRCULAR)["item"] == MONTH
    assert draft_of(register, publisher, CIRCULAR) == "送审稿"
    on_roundup(register, "write_roundup", "BGS.clerk1", "2026-09-03T10:00", text="请各单位抓紧办理。")
    (built,) = publisher.catch_up()
    assert built.record == roundup_path(MONTH)
    assert CIRCULAR in built.files
    assert "请各单位抓紧办理。" in "".join(texts(published(register, CIRCULAR)))
    on_roundup(register, "approve_roundup", "L03", "2026-09-03T11:00", text="同意印发。")
    issued = on_roundup(register, "issue_roundup", "BGS.clerk1", "2026-09-03T12:00")
    publisher.catch_up()
    for name in (CIRCULAR, TABLE):
        assert (entry(register, name)["commit"], entry(register, name)["draft"]) == (issued, "")
    assert printed(register, CIRCULAR)
    assert entry(register, TABLE)["pdf"] == ""
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(published(register, TABLE))).active.values for cell in row]
    assert ITEM in cells
    before = files(register)
    pushed(register, ("units/JJ.yaml", "name: 交通警察支队", "name: 交警支队"))
    walk(register, "dispatch", OTHER)
    publisher.catch_up()
    assert {name: files(register)[name] for name in before if name.startswith("roundup")} == {
        name: data for name, data in before.items() if name.startswith("roundup")
    }
    (register.published / CIRCULAR).unlink()
    publisher.rebuild(MONTH)
    assert files(register)[CIRCULAR] == before[CIRCULAR]


def test_the_draft_of_a_roundup_follows_the_names_of_units(register: Register, publisher: Publisher) -> None:
    walk(register, "dispatch")
    on_roundup(register, "draft_roundup", "BGS.clerk1", "2026-09-03T09:00")
    publisher.catch_up()
    pushed(register, ("units/JJ.yaml", "name: 交通警察支队", "name: 交警支队"))
    publisher.catch_up()
    assert "交警支队" in "".join(texts(published(register, CIRCULAR)))


def test_a_roundup_that_was_issued_outlives_a_record_altered_by_hand(register: Register, publisher: Publisher) -> None:
    walk(register, "dispatch")
    on_roundup(register, "draft_roundup", "BGS.clerk1", "2026-09-03T09:00", text="请各单位抓紧办理。")
    on_roundup(register, "approve_roundup", "L03", "2026-09-03T11:00", text="同意印发。")
    on_roundup(register, "issue_roundup", "BGS.clerk1", "2026-09-03T12:00")
    publisher.catch_up()
    issued = published(register, CIRCULAR)
    pushed(register, (roundup_path(MONTH), "请各单位抓紧办理。", "情况良好。"))
    (problem, *_) = problems(publisher.catch_up())
    assert "已经签发" in problem
    assert published(register, CIRCULAR) == issued
