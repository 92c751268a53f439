"""The table of acts says nothing that means nothing: each plant in it is refused when it is read, or when its code is held to it."""

import copy
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest
import yaml

from desk.proposals import seal
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE, ActTable
from schema.tables import RegulationError, acts, checker, read_acts, rows, states
from schema.versions import FIRST_RULES, RULES, Versions

TABLE_AS_IT_STANDS = yaml.load(files("schema").joinpath("regulation.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
Plant = Callable[[dict[str, Any]], object]


def row(table: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in table["acts"] if each["name"] == name)
    return found


PLANTS: dict[str, tuple[Plant, str]] = {
    "a state": (lambda table: row(table, "consent")["from"].append("unit_revewed"), "consent: state unit_revewed"),
    "the state after": (lambda table: row(table, "consent").update(to="consent"), "consent: state consent"),
    "a set": (lambda table: row(table, "urge").update({"from": ["with_units"]}), "urge: state with_units"),
    "a set of a roundup": (lambda table: row(table, "issue_roundup").update({"from": ["with_unit"]}), "issue_roundup: state with_unit"),
    "a state in a set": (lambda table: table["sets"]["at_office"].append("recieved"), "at_office: state recieved"),
    "a set named like a state": (lambda table: table["sets"].update(draft=["draft"]), "draft: a state of that name"),
    "a role": (lambda table: row(table, "consent")["who"][0].update(role="main_leaders"), "consent: role main_leaders"),
    "a scope": (lambda table: row(table, "consent")["who"][0].update(of="leading"), "consent: Invalid enum value 'leading'"),
    "a clause": (lambda table: row(table, "consent").update(clause="三（五）"), "consent: clause 三（五）"),
    "a refusal": (lambda table: row(table, "consent").update(who_rule="R-36"), "consent: refusal R-36"),
    "a place": (
        lambda table: row(table, "consent")["inputs"][1].update(at="report.rounds[-1].consent.text"),
        "consent: place report.rounds",
    ),
    "a broken place": (lambda table: row(table, "consent")["inputs"][1].update(at="report.rounds[-1.text"), "consent: place report.rounds"),
    "a key of a row": (lambda table: row(table, "consent").update(owned="always"), "consent: key owned"),
    "a key of an input": (lambda table: row(table, "consent")["inputs"][1].update(optinal=True), "consent: key optinal"),
    "a key of who": (lambda table: row(table, "consent")["who"][0].update(unit="JJ"), "consent: key unit"),
    "neither owed nor optional": (lambda table: row(table, "consent").pop("owed"), "consent: `owed` and `optional`"),
    "both owed and optional": (lambda table: row(table, "consent").update(optional=True), "consent: `owed` and `optional`"),
    "what is shown": (lambda table: row(table, "submit").update(shows="reports"), "submit: Invalid enum value 'reports'"),
    "what is shown of another record": (lambda table: row(table, "submit").update(shows="roundup"), "submit: look shows: roundup"),
    "what is shown beside what is signed": (lambda table: row(table, "consent").update(shows="report"), "consent: look shows: report"),
    "judging": (lambda table: row(table, "submit").update(judges="yes"), "submit: Expected `bool`"),
    "judging what is not shown": (lambda table: row(table, "dispatch").update(judges=True), "dispatch: look judges: true"),
    "an editor": (lambda table: row(table, "draft_report").update(editor="letter"), "draft_report: Invalid enum value 'letter'"),
    "an editor without its text": (lambda table: row(table, "propose").update(editor="report"), "propose: look editor: report"),
    "a default": (lambda table: row(table, "consent")["inputs"][0].update(default="agreed"), "consent: look default: agreed"),
    "going on": (lambda table: row(table, "consent")["inputs"][0].update(again="title"), "consent: Expected `bool`"),
    "a second row": (lambda table: table["acts"].append(row(table, "consent")), "consent: a second row"),
    "a row that holds never": (lambda table: row(table, "consent").update(since=3, until=2), "consent: range of versions since 3 until 2"),
    "a row of rules to come": (lambda table: row(table, "consent").update(since=RULES + 1), "consent: range of versions since"),
    "a row of rules that are not run again": (
        lambda table: row(table, "consent").update(until=1),
        "consent: range of versions since 2 until 1",
    ),
    "two rows at a time": (
        lambda table: (row(table, "consent").update(until=FIRST_RULES), table["acts"].append({**row(table, "consent"), "until": None})),
        "consent: a second row consent",
    ),
    "a row without a label": (lambda table: row(table, "consent").pop("label"), "consent: Object missing required field `label`"),
}


@pytest.mark.parametrize("plant", PLANTS)
def test_what_means_nothing_is_refused_with_its_row(plant: str) -> None:
    table = copy.deepcopy(TABLE_AS_IT_STANDS)
    change, told = PLANTS[plant]
    change(table)
    with pytest.raises(RegulationError) as raised:
        read_acts(table)
    assert str(raised.value).startswith(told)


def test_the_table_as_it_stands_is_read_whole() -> None:
    assert read_acts(TABLE_AS_IT_STANDS) == rows() == tuple(acts().values())


def test_every_state_of_a_row_follows_from_the_sets_and_every_state_is_left_again() -> None:
    known = checker("item").at(("state",))["enum"]
    assert isinstance(known, list)
    left = {state for spec in acts().values() if spec.target == "item" for state in spec.from_states}
    assert left == set(known)
    assert states("with_unit") == states("in_hand") | {"dispatched"}
    with pytest.raises(KeyError):
        states("with_units")


def entered() -> ActTable:
    """Return a copy of the code beside the table, to plant something in."""
    return ActTable(dict(TABLE.writers), dict(TABLE.rules), dict(TABLE.conditions))


def never(case: Case, given: Given) -> Change:
    raise AssertionError


def nothing_against_it(case: Case, given: Given) -> Refusal | None:
    raise AssertionError


def test_code_and_rows_that_do_not_match_are_refused() -> None:
    entered().seal(rows())
    lacking, misspelt, ungated, unconditioned, unnamed, empty, early, late, twice, ended = (entered() for _ in range(10))
    del lacking.writers["consent"]
    misspelt.act("consents")(never)
    ungated.gate("R-16", "submitt")(lambda case, given: None)
    del unconditioned.conditions["feedback_is_due"]

    empty.gate("R-16", "submit", since=3, until=2)(nothing_against_it)
    early.gate("R-16", "submit", until=1)(nothing_against_it)
    late.gate("R-16", "submit", since=RULES + 1)(nothing_against_it)
    for _ in range(2):
        twice.gate("R-16", "submit")(nothing_against_it)
    del ended.writers["consent"]
    ended.act("consent", until=1)(never)

    @unnamed.condition
    def nobody_asks(case: Case) -> str | None:
        return None

    for table, told in (
        (lacking, "row without a writer: consent"),
        (misspelt, "writer without a row: consents"),
        (ungated, "gate before an act without a row: submitt"),
        (unconditioned, "condition of a row without a function: feedback_is_due"),
        (unnamed, "condition that no row names: nobody_asks"),
        (empty, "holds under no version of the rules: submit nothing_against_it since 3 until 2"),
        (early, "holds under no version of the rules: submit nothing_against_it since 2 until 1"),
        (late, f"holds under no version of the rules: submit nothing_against_it since {RULES + 1}"),
        (twice, "two gates of one name under one version of the rules: submit nothing_against_it"),
        (ended, "holds under no version of the rules: consent never since 2 until 1"),
    ):
        with pytest.raises(RegulationError) as raised:
            table.seal(rows())
        assert str(raised.value) == told


@pytest.mark.parametrize("key", ["proposed", "offers"])
def test_a_name_of_what_a_form_proposes_or_offers_has_its_function_and_the_function_its_name(key: str) -> None:
    table = copy.deepcopy(TABLE_AS_IT_STANDS)
    row(table, "consent")["inputs"][0][key] = "nobody"
    with pytest.raises(RegulationError, match=f"consent: {key} nobody is unknown"):
        seal({spec.name: spec for spec in read_acts(table)})
    table = copy.deepcopy(TABLE_AS_IT_STANDS)
    for each in table["acts"]:
        for wanted in each["inputs"]:
            wanted.pop(key, None)
    with pytest.raises(RegulationError, match=f"{key} .*: no row names it"):
        seal({spec.name: spec for spec in read_acts(table)})


def test_an_act_has_one_writer() -> None:
    with pytest.raises(RegulationError, match="consent: a second writer, never"):
        entered().act("consent")(never)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (Versions(), Versions(), True),
        (Versions(until=3), Versions(since=4), False),
        (Versions(until=3), Versions(since=3), True),
        (Versions(since=4), Versions(until=3), False),
        (Versions(since=3), Versions(2, 9), True),
        (Versions(5, 6), Versions(2, 4), False),
    ],
)
def test_ranges_of_versions_hold_and_overlap(one: Versions, other: Versions, both: bool) -> None:
    assert one.overlap(other) is other.overlap(one) is both
    assert any(one.hold(rules) and other.hold(rules) for rules in range(2, 10)) is both
