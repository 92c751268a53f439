"""What the audit reads and writes in pieces is what the whole way reads and writes, whatever stands in the record."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from records.audit.beginning import FORM, beginning, keys_of
from records.matter.item import Item
from records.matter.papers import carried, carried_key, paper_key, paper_of
from records.register.register import Register
from records.store.paths import kind_of
from records.store.pieces import Pieces
from records.store.record_files import Unreadable, as_data, emit, parse
from schema.yaml_text import write
from tests.bureau import Matter
from tests.planting import store_of

PATH = "items/2026/01/DB-2026-0118.yaml"
LINES = (
    "source:", "  ref: 另一件", "  organ: '甲", "title: 'a", "end'", "end: ' #'", "# 注", "", "  ", "---", "...", "%YAML 1.1", "? a", ": b",
    "- a", "title: |", "title: >", "  organ: [甲,", "]", "{a: b}", "a: &x b", "*x", "\"source\":", "source: {ref: 另一件}", "  'ref': 甲",
    "title: 重写", "unknown: 1", "\tx", "\r", "k': '", "  k: ''': '", "carried_in:",
    "  ledger: 甲", "  number: '1'", "meeting:", "  clause: 乙",
    "  - by: JJ.liaison",
    "  - 'a",
    "  - |",
    "   x: y",
    "    at: '2026-09-01T09:00:00+08:00'",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole() -> bytes:
    item = Matter().until("conclude").item
    assert item is not None
    return emit(item).replace(item.id.encode(), b"DB-2026-0118")


def found(data: bytes, pieces: Pieces) -> tuple[object, object]:
    """What a reader in pieces and one that goes the whole way make of the same bytes."""
    told: list[object] = []
    for read in (pieces.data, as_data):
        try:
            told.append(read(data, PATH))
        except Unreadable as broken:
            told.append(broken.problems)
    return told[0], told[1]


@given(data=some.data())
@settings(max_examples=300, deadline=None)
def test_a_record_that_somebody_spoilt_reads_the_same_in_pieces(whole: bytes, data: some.DataObject) -> None:
    lines = whole.decode().split("\n")
    for _ in range(data.draw(some.integers(1, 4))):
        place = data.draw(some.integers(0, len(lines)))
        lines[place : place + data.draw(some.integers(0, 1))] = [data.draw(some.sampled_from(LINES))]
    spoilt, pieces = "\n".join(lines).encode(), Pieces()
    for each in (whole, spoilt):
        one, other = found(each, pieces)
        assert one == other
    try:
        item = parse(spoilt, Item, PATH)
    except Unreadable:
        return
    assert keys_of(spoilt, PATH) == (paper_of(item).key, carried_key(item))


@given(
    some.sampled_from(("leader_instruction", "director_meeting")),
    *[some.text("甲乙 　×〔2026〕（）()<>-—号'\":#|①ａＡé́一,", min_size=1, max_size=12) for _ in range(4)],
)
@settings(max_examples=300, deadline=None)
def test_the_paper_is_told_by_its_lines_as_by_the_whole_record(kind: str, organ: str, ref: str, number: str, clause: str) -> None:
    data = {
        "id": "DB-2026-0118",
        "title": organ,
        "source": {"kind": kind, "organ": organ, "ref": ref},
        "meeting": {"number": number, "clause": clause},
    }
    try:
        told = keys_of(write(data), PATH)
    except ValueError:  # no record holds such words
        return
    if told != (None, None):  # it was no whole record, so that it could not be parsed instead
        assert told == (paper_key(kind, organ, ref, (number, clause)), None)


def test_every_record_of_a_history_comes_out_of_its_pieces(demo: Register) -> None:
    store, pieces = store_of(demo), Pieces()
    head = demo.head() or ""
    commits = list(store.commits(None, head))[-150:]
    for commit in commits:
        for change in store.changes(commit.parent, commit.id):
            assert change.new is not None
            data = store.blob(change.new)
            assert pieces.data(data, change.path) == as_data(data, change.path)
            if kind_of(change.path) == "item":
                item = parse(data, Item, change.path)
                assert pieces.emit(change.path, item) == data
    assert pieces.emit(PATH, item) == emit(item)


@pytest.mark.parametrize("cores", [1, 2])
def test_what_stood_at_the_beginning_is_what_the_records_say(demo: Register, monkeypatch: pytest.MonkeyPatch, cores: int) -> None:
    monkeypatch.setattr("records.audit.beginning._MANY", 1)
    view = demo.view()
    stood = beginning(store_of(demo), view.commit, cores)
    wanted: dict[str, list[str]] = {}
    for item in view.all_items():
        wanted.setdefault(paper_of(item).key, []).append(item.id)
    assert stood.papers == wanted
    fresh = demo.view().digests
    again = demo.view()
    again.counted(stood.digests)
    assert again.digests == fresh


def test_the_keys_of_papers_that_auditors_keep_are_those_of_their_form() -> None:
    """Whoever changes a key raises the form: what was kept under the old one would tell of no paper any more."""
    told = (
        FORM,
        paper_key("organ_assignment", "省厅", "第 3 期", None),
        paper_key("x", "甲", "甘公〔2026〕3号", None),
        carried("台账", "３"),
    )
    assert told == (1, "来文\n省厅\n第3期", "文号\n甘公(2026)3号", "台账\n3")
