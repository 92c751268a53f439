"""A roundup goes to all units: a matter that few may know of has no name in it for anybody else, and is approved with it all the same."""

from dataclasses import replace
from html import unescape
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from desk.asked import asked
from desk.desk import Desk
from documents.layout.profile import standard
from documents.publishing.publisher import Publisher
from records.acts import Refusal
from records.matter.roundup import UNNAMED
from records.register.register import Receipt, Register
from records.store.paths import item_path
from records.store.record_files import emit
from records.store.store import Ident
from tests.bureau import at
from tests.planting import store_of
from tui.command import duban

MONTH, NOW = "2026-10", at("2026-11-28T09:00")
ITEM, TITLE = "DB-2026-0162", "市委领导对夜市噪声扰民和秩序问题的批示"
SOMEBODY = Ident("某人", "x@lzga", NOW)


def _do(register: Register, act: str, person: str, **words: str) -> Receipt | Refusal:
    """Do an act on the roundup as its form does, with what was before the person's eyes."""
    desk = Desk(register, register.view().roster.people[person], lambda: NOW)
    form = asked(desk, act, MONTH)
    return desk.do(act, MONTH, form.inputs(desk, {**form.defaults, **words}), base=form.base)


def _narrow(register: Register) -> None:
    """Let only one leader know of the matter."""
    item = register.view().item(ITEM)
    assert item is not None
    with store_of(register).writing() as transaction:
        data = {item_path(ITEM): emit(replace(item, need_to_know=("L02",)))}
        transaction.commit(data, author=SOMEBODY, committer=SOMEBODY, message="限定知悉\n")


@pytest.fixture
def drawn_up(demo: Register) -> Register:
    """The demo with a roundup that has its words and waits for approval."""
    for act, words in (("draft_roundup", {}), ("write_roundup", {"text": "请各单位抓紧办理。"})):
        assert isinstance(_do(demo, act, "BGS.clerk1", **words), Receipt)
    return demo


def _published(register: Register) -> dict[str, str]:
    """What lies in the folder, as text, by name."""
    Publisher(register, standard()).catch_up()
    return {file.relative_to(register.published).as_posix(): _text(file) for file in register.published.rglob("*") if file.is_file()}


def _text(file: Path) -> str:
    data = file.read_bytes()
    if not data.startswith(b"PK"):
        return data.decode("utf-8", "replace")
    with ZipFile(file) as package:
        return "".join(unescape(package.read(name).decode("utf-8", "replace")) for name in package.namelist())


def _naming(found: dict[str, str]) -> set[str]:
    return {name for name, text in found.items() if TITLE in text and "roundup" in name}


def test_whoever_may_not_know_a_matter_in_it_approves_what_is_on_record(drawn_up: Register) -> None:
    _narrow(drawn_up)
    drawn_up.index.catch_up()
    people = drawn_up.view().roster.people
    deputy = Desk(drawn_up, people["L03"], lambda: NOW)
    form = asked(deputy, "approve_roundup", MONTH)
    assert form.sheet is not None
    assert (TITLE in form.sheet.body, UNNAMED in form.sheet.body) == (False, True)
    done = _do(drawn_up, "approve_roundup", "L03", text="同意。")
    assert isinstance(done, Receipt), str(done)
    kept = drawn_up.view().roundup(MONTH)
    assert kept is not None
    assert kept.approved is not None
    assert kept.approved.hash == kept.hash == form.sheet.hash


def test_an_approval_is_still_for_what_was_shown(drawn_up: Register) -> None:
    desk = Desk(drawn_up, drawn_up.view().roster.people["L03"], lambda: NOW)
    form = asked(desk, "approve_roundup", MONTH)
    assert isinstance(_do(drawn_up, "write_roundup", "BGS.clerk1", text="请各单位抓紧办理，并报结果。"), Receipt)
    done = desk.do("approve_roundup", MONTH, form.inputs(desk, {**form.defaults, "text": "同意。"}))
    assert isinstance(done, Refusal)
    assert done.rule == "R-17"


def test_its_papers_and_what_lies_in_the_folder_name_no_matter_that_few_may_know(drawn_up: Register) -> None:
    """Also where it is narrowed only after the draft lay there; what is issued stays as it was issued."""
    before = _published(drawn_up)
    assert _naming(before) == {f"roundup-{MONTH}.docx", f"roundup-{MONTH}.xlsx"}
    _narrow(drawn_up)
    after = _published(drawn_up)
    assert _naming(after) == set()
    assert UNNAMED in after[f"roundup-{MONTH}.docx"]
    for act, person, words in (("approve_roundup", "L03", {"text": "同意。"}), ("issue_roundup", "BGS.clerk1", {})):
        assert isinstance(_do(drawn_up, act, person, **words), Receipt)
    issued = _published(drawn_up)
    assert _naming(issued) == set()
    assert UNNAMED in issued[f"roundup-{MONTH}.docx"]


def test_one_computed_anew_for_a_past_day_names_it_no_more(demo: Register) -> None:
    asked_for = ["--register", str(demo.home), "roundup", MONTH, "--as-of", "2026-11-20"]
    assert TITLE in CliRunner().invoke(duban, asked_for).output
    _narrow(demo)
    told = CliRunner().invoke(duban, asked_for)
    assert (told.exit_code, TITLE in told.output, UNNAMED in told.output) == (0, False, True), told.output
