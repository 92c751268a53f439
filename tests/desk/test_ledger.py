"""台账 a page at a time: the pages together are the list that the person may see, and no count or place tells of any other matter."""

from collections.abc import Callable
from pathlib import Path

import pytest

from desk import ledger
from desk.columns import LedgerLine
from desk.desk import Desk
from desk.holding import NOBODY
from desk.ledger import LedgerQuery, Order, sight
from desk.terms import label
from records.index import listing
from records.index.listing import Having
from records.register.register import NEW, Receipt, Register
from tests.bureau import DRAFT, NOW, STORY, as_read, at, roster

TODAY = at("2026-11-23T10:40")
ITEM, OTHER = "DB-2026-0001", "DB-2026-0002"
PEOPLE = ("BGS.clerk1", "JJ.liaison", "QLH.liaison", "L01", None)
AROUND = ("BGS.clerk1", "BGS.clerk2", "BGS.registry", "JJ.liaison", "XJ.liaison", "L01", "L05", None)
ORDERS: dict[Order, Callable[[LedgerLine], object]] = {
    "number": lambda line: 0,
    "time_left": lambda line: 9999 if line.light.days is None else line.light.days,
    "lead": lambda line: line.excerpt.lead or "~",
    "updated": lambda line: [-ord(char) for char in line.excerpt.updated],
    "urged": lambda line: -line.excerpt.urges,
}


def desk(register: Register, person: str | None) -> Desk:
    return Desk(register, register.view().roster.people[person] if person else None, lambda: TODAY)


def leafed(desk: Desk, query: LedgerQuery, most: int = 7) -> list[str]:
    """Return the ids of what is found by leafing through, three lines of each page being the last ones of the page before."""
    found: list[str] = []
    while part := ledger.page(desk, query, max(0, len(found) - 3), most).lines[min(3, len(found)) :]:
        found += [line.excerpt.id for line in part]
    return found


def expected(desk: Desk, order: Order, **wanted: str) -> list[str]:
    """Return the ids in the order in which a list of all rows would be sorted."""
    known = desk.view.roster
    lines = [LedgerLine(excerpt, light, known) for excerpt, light in desk.ledger(**wanted)]
    return [line.excerpt.id for line in sorted(lines, key=ORDERS[order])]  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("person", PEOPLE)
def test_the_pages_together_are_the_whole_list_in_its_order(demo: Register, person: str | None, order: Order) -> None:
    mine = desk(demo, person)
    wanted = expected(mine, order)
    assert leafed(mine, LedgerQuery(order=order)) == wanted
    assert ledger.count(mine, LedgerQuery(order=order), 10**6) == len(wanted)
    for place, item in enumerate(wanted):
        found = sight(mine, LedgerQuery(order=order), item)
        assert (found.at, found.found, found.every) == (place, len(wanted), len(wanted))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(("colour", "state"), [
    ("red", ""), ("yellow", ""), ("", "in_progress"), ("green", "in_progress"), ("red", "archived"),
])  # fmt: skip
def test_a_list_is_narrowed_by_light_and_state(demo: Register, colour: str, state: str, order: Order) -> None:
    for person in PEOPLE:
        mine, query = desk(demo, person), LedgerQuery(colour=colour, state=state, order=order)
        wanted = expected(mine, order, colour=colour, state=state)
        assert leafed(mine, query) == wanted
        found = sight(mine, query, wanted[-1] if wanted else ITEM)
        assert (found.found, found.at) == (len(wanted), max(0, len(wanted) - 1))
    assert state == "archived" or wanted


@pytest.mark.parametrize("words", ["交通", "办", "（", "2026-08", "1", "黑作坊", "小西湖 西园", "。 ，", "DB-2026-01", "没有这些字"])
def test_words_are_found_wherever_they_stand_in_the_text(demo: Register, words: str) -> None:
    for person in PEOPLE:
        mine = desk(demo, person)
        texts = {excerpt.id for excerpt, _ in mine.ledger(words)}
        for order in ORDERS:
            found = leafed(mine, LedgerQuery(words, order=order))
            assert texts <= set(found) <= set(expected(mine, "number"))
            assert ledger.count(mine, LedgerQuery(words, order=order), 10**6) == len(found)
            narrow = sight(mine, LedgerQuery(words, order=order))
            assert [line.excerpt.id for line in narrow.part.lines] == found


@pytest.mark.parametrize("words", ["", "交通", "办", "小西湖", "治安", "DB-2026-01"])
def test_the_same_is_found_whether_few_or_many_matters_are_in_the_states_asked_for(
    demo: Register, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    states = ("in_progress", "archived", "returned", "dispatched", "concluded")
    asked = [LedgerQuery(words, state=state, order=order) for state in states for order in ORDERS]
    asked += [LedgerQuery(words, having=(Having("state", states), Having("lead", ("JJ", "ZA"))), colour="red green")]

    def found(some: int) -> list[object]:
        monkeypatch.setattr(listing, "_SOME", some)
        told: list[object] = []
        for person in PEOPLE:
            mine = desk(demo, person)
            for query in asked:
                lines = leafed(mine, query)
                seen = [sight(mine, query, item) for item in (ITEM, *lines[-1:])]
                told += [lines, ledger.count(mine, query, 10**6), [(each.at, each.found, each.every) for each in seen]]
        return told

    few = found(10**6)
    demo.index.listings._counted.clear()
    assert found(0) == few
    assert any(few[::3])


def test_words_are_found_in_what_stands_in_the_line_as_well(demo: Register) -> None:
    mine = desk(demo, "BGS.clerk1")
    lines = [LedgerLine(excerpt, light, mine.view.roster) for excerpt, light in mine.ledger()]
    line = next(line for line in lines if line.light.colour == "red")
    assert line.excerpt.lead is not None
    for word in (mine.view.roster.unit_name(line.excerpt.lead), label("state", line.excerpt.state), line.light.short, "红"):
        found = leafed(mine, LedgerQuery(word))
        assert line.excerpt.id in found, word
        # One word in the line, the other in the text.
        assert line.excerpt.id in leafed(mine, LedgerQuery(f"{word} {line.excerpt.title[:4]}"))
    reds = {line.excerpt.id for line in lines if line.light.colour == "red"}
    assert reds <= set(leafed(mine, LedgerQuery("红")))


def test_each_line_says_who_has_it_next_and_how_often_it_was_urged(demo: Register) -> None:
    """The index alone says what the record would: the first of what is owed, and the urges that asked for an answer."""
    office, unit = desk(demo, "BGS.clerk1"), desk(demo, "QLH.liaison")
    lines = ledger.page(office, LedgerQuery(), 0, 100).lines
    for line in lines:
        case = office.open(line.excerpt.id)
        assert case is not None
        names = [office.view.roster.name(person) for person in case.next.people] if case.next else []
        told = f"{names[0]}等{len(names)}人" if len(names) > 2 else "、".join(names)
        assert line.holder == (told or (NOBODY if case.next else "")), line.excerpt.id
        assert line.excerpt.urges == len(list(case.item.urged())), line.excerpt.id
    assert {len(line.holder.split("、")) for line in lines} == {1, 2}
    assert any("等" in line.holder for line in lines)
    assert max(line.excerpt.urges for line in lines) > 1
    seen = {line.excerpt.id: line.holder for line in lines}
    assert all(line.holder == seen[line.excerpt.id] for line in ledger.page(unit, LedgerQuery(), 0, 100).lines)


def test_only_some_matters_are_listed_and_their_states_offered(demo: Register) -> None:
    mine = desk(demo, "BGS.clerk1")
    three = expected(mine, "number")[3:6]
    query = LedgerQuery(only=frozenset({*three, "DB-2026-9999", "nothing"}))
    assert leafed(mine, query) == three
    assert sight(mine, query).every == 3
    every = {each.id: each.state for each in demo.index.items()}
    assert set(ledger.present_states(mine, query)) == {every[item] for item in three}


@pytest.fixture
def register(tmp_path: Path) -> Register:
    known = roster()
    return Register.create(tmp_path / "register", known.bureau, known.leaders, tuple(known.units.values()), NOW)


def walked(register: Register, item: str, act: str, by: str, inputs: dict[str, object]) -> None:
    target = NEW if act == "register" else item
    known = None if target == NEW else register.view().item(item)
    done = register.act(act, target, by, as_read(act, inputs, known), NOW)
    assert isinstance(done, Receipt), str(done)


def test_what_a_few_may_know_counts_nowhere_for_anybody_else(register: Register) -> None:
    """At each step of its story, for each person: pages, counts, places, states and searches say what ``sees`` says."""
    walked(register, OTHER, *STORY[0][:2], {**STORY[0][2], "source_ref": "另一份来信（虚构）"})
    register.index.catch_up()
    (open_one,) = (each.id for each in register.index.items())
    for act, by, inputs in STORY:
        more = {"need_to_know": ["L01"]} if act == "register" else {}
        walked(register, OTHER, act, by, {**inputs, **more})
        register.index.catch_up()
        for person in AROUND:
            mine = desk(register, person)
            allowed = {each.id for each in register.index.items() if mine.sees(each)}
            for order in ORDERS:
                for words in ("", "关于", "来", str(DRAFT["title"])[:6]):
                    found = leafed(mine, LedgerQuery(words, order=order))
                    assert set(found) <= allowed, (act, person)
                    assert ledger.count(mine, LedgerQuery(words, order=order), 10**6) == len(found)
                assert set(leafed(mine, LedgerQuery(order=order))) == allowed, (act, person)
            hidden = next(each for each in register.index.items() if each.id != open_one)
            seen = sight(mine, LedgerQuery(), hidden.id, place=0)
            assert (seen.every, seen.found) == (len(allowed), len(allowed))
            assert set(ledger.present_states(mine, LedgerQuery())) == {each.state for each in register.index.items() if each.id in allowed}


def test_a_matter_that_is_narrowed_between_two_pages_is_not_in_the_second(register: Register) -> None:
    walked(register, ITEM, *STORY[0][:2], {**STORY[0][2]})
    register.index.catch_up()
    mine = desk(register, "L05")
    assert leafed(mine, LedgerQuery()) == [ITEM]
    amended = {"need_to_know": ["L01"], "reason": "限定知悉范围。"}
    walked(register, ITEM, "amend", "BGS.clerk1", {**amended})
    register.index.catch_up()
    assert leafed(mine, LedgerQuery()) == []
    assert ledger.count(mine, LedgerQuery(), 10**6) == 0
