"""What an index found sound as it read it is read without its schema again: the same record, and by nobody who acts on it."""

import sqlite3
from contextlib import closing

import pytest

from records.acts import Refusal
from records.matter.item import Item
from records.matter.plain_data import to_data
from records.register.register import Register
from records.store.paths import item_path, kind_of
from records.store.record_files import Unreadable, parse, parsed
from schema import check
from schema.yaml_text import Marks
from tests.conftest import BRIEF
from tests.planting import store_of

ITEM = BRIEF[0]
CLERK = "BGS.clerk1"
PATH = item_path(ITEM)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are held against a schema from now on."""
    asked: list[str] = []
    problems = check.Checker.problems

    def noted(self: check.Checker, data: object, marks: Marks | None = None, file: str = "") -> object:
        asked.append(file)
        return problems(self, data, marks, file)

    monkeypatch.setattr(check.Checker, "problems", noted)
    return asked


def _by_hand(register: Register, text: str) -> None:
    """Put a record of the register by hand."""
    store = store_of(register)
    who = store.describe(register.head() or "").author
    with store.writing() as transaction:
        transaction.commit({PATH: text.encode()}, author=who, committer=who, message="手改\n")


def _read(register: Register) -> Item | None:
    return register.view().item(ITEM)


def test_every_record_of_a_history_is_the_same_without_its_schema(demo: Register) -> None:
    store, kinds = store_of(demo), set()
    for commit in store.commits(None, demo.head() or ""):
        for change in store.changes(commit.parent, commit.id):
            if change.new is not None and kind_of(change.path) is not None:
                data = store.blob(change.new)
                sound = parsed(data, change.path)
                assert parse(data, type(sound), change.path, passed=True) == sound
                kinds.add(kind_of(change.path))
    assert kinds >= {"item", "unit", "bureau", "leaders", "policy", "calendar"}


def test_words_that_look_like_something_else_stay_words(brief: Register) -> None:
    text = (brief.written(PATH, brief.head() or "") or b"").decode()
    title = next(line for line in text.splitlines() if line.startswith("title: "))
    for words in ("null", "true", "12", "1e3", "~", "None", "2026-09-07"):
        data = text.replace(title, f"title: '{words}'").encode()
        assert parse(data, Item, PATH, passed=True) == parse(data, Item, PATH)
        assert parse(data, Item, PATH, passed=True).title == words


def test_what_the_index_found_sound_is_held_against_no_schema_again(brief: Register, held: list[str]) -> None:
    text = (brief.written(PATH, brief.head() or "") or b"").decode()
    _by_hand(brief, text.replace("\ntitle: ", "\ntitle: 别处没有读过的"))
    brief.index.catch_up()
    held.clear()
    sound = Register(brief.home, rechecks=False)
    assert _read(sound) is not None
    assert sound.view().roster.people
    assert sound.view().policy_at(sound.view().policy_id)
    assert held == []
    (brief.home / "index.sqlite").unlink()
    assert to_data(_read(Register(brief.home, rechecks=False))) == to_data(_read(sound))
    assert PATH in held


def test_whoever_lives_on_checks_what_he_reads(brief: Register, held: list[str]) -> None:
    text = (brief.written(PATH, brief.head() or "") or b"").decode()
    _by_hand(brief, text.replace("\ntitle: ", "\ntitle: 也没有读过的"))
    brief.index.catch_up()
    held.clear()
    assert _read(Register(brief.home)) is not None
    assert held == [PATH]


def test_a_record_that_the_index_has_not_seen_or_found_wrong_is_checked(brief: Register) -> None:
    brief.index.catch_up()
    text = (brief.written(PATH, brief.head() or "") or b"").decode()
    _by_hand(brief, text.replace("\nstate: ", "\nstate: x"))
    for _ in range(2):  # before the index stands there, and after
        with pytest.raises(Unreadable, match="不在可选之列"):
            _read(Register(brief.home, rechecks=False))
        brief.index.catch_up()
        assert [each.file for each in brief.index.problems()] == [PATH]
    _by_hand(brief, text)
    brief.index.catch_up()
    assert _read(brief) is not None


def test_nobody_acts_on_what_only_an_index_says_is_sound(brief: Register) -> None:
    """An index that lies has what it says shown, where the model takes it for a record; the act reads for itself."""
    brief.index.catch_up()
    text = (brief.written(PATH, brief.head() or "") or b"").decode()
    _by_hand(brief, text.replace("\nid: DB", "\nid: db").replace("id: DB", "id: db", 1))
    brief.index.catch_up()
    with closing(sqlite3.connect(brief.home / "index.sqlite")) as db, db:
        assert db.execute("DELETE FROM problems").rowcount == 1
    lied_to = Register(brief.home, rechecks=False)
    assert (found := _read(lied_to)) is not None
    assert found.id == ITEM.replace("DB", "db")
    at = lied_to.describe(lied_to.head() or "").author.time
    done = lied_to.act("submit_to_leader", ITEM, CLERK, {}, at)
    assert isinstance(done, Refusal)
    assert "记录有误" in done.reason
