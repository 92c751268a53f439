"""docs/regulation.md says of each clause, refusal and decision what carries it and which test holds it: here it is held to its word."""

import ast
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from desk.clauses import cited, clauses_found, places
from records.procedure.table import TABLE
from schema.clauses import regulation
from schema.tables import acts
from tests.mutation.rows import gates, name_of
from tests.records import test_acts, test_acts_more

ROOT = Path(__file__).parent.parent
CLAUSES = (
    *(f"1-{n}" for n in range(10)),
    *(f"2-{n}" for n in range(1, 12)),
    *("3-1-1", "3-1-2", "3-2-1", "3-2-2", "3-2-3", "3-2-4", "3-2-5", "3-3-1", "3-3-2", "3-4-1", "3-4-2", "3-4-3"),
    *("附件1", "附件2", "附件3"),
)
DECISIONS = tuple(f"D-{n}" for n in range(1, 20))
RULES = tuple(f"R-{n:02}" for n in range(1, 36))
# What the regulation asks for and the program does not carry: one more, or one less, is a decision.
NOT_YET = {
    "D-16": 12,
}  # with the issue that brings it  # fmt: skip
GATES = {name for _, name in gates()}
Row = Mapping[str, str]


@cache
def rows(chapter: str = "") -> tuple[Row, ...]:
    """Return the entries of all chapters, or of one of them: ``### Id words``, then ``- Key: …`` with lines that go on indented."""
    found: list[dict[str, str]] = []
    wanted, key = not chapter, ""
    for line in (ROOT / "docs/regulation.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            wanted, key = chapter in line, ""
        elif line.startswith("### "):
            name, _, words = line.removeprefix("### ").partition(" ")
            if wanted:
                found.append({"Id": name, "What": words, **dict.fromkeys(KEYS, "")})
        elif (match := re.fullmatch(r"- (\w+):(.*)", line)) and found and wanted:
            key = match[1]
            assert key in KEYS, line
            assert not found[-1][key], f"{key} twice in {found[-1]['Id']}"
            found[-1][key] = match[2].strip()
        elif line.startswith("  ") and found and wanted and key:
            found[-1][key] += f" {line.strip()}"
        else:
            assert not line.strip() or not found or not wanted or not key, f"{line} belongs to nothing"
            key = ""
    return tuple(found)


RECEIVED = "054deb06a9c2c3beb91a324afeb2b569c5281a3df3feace36e1ba59645ee1f06"
"""Of the words without blanks and list marks of the scan, widths folded, quotation marks straight."""
NUMBERS = {name_of(rule): rule.number for rules in TABLE.rules.values() for rule in rules}
KEYS = ("Acts", "Gates", "Table", "Also", "Tests")
CLAUSE_ROWS = rows("1. Clauses")
RULE_ROWS = rows("2. Refusals")
DECISION_ROWS = rows("3. Decisions")


def named(cell: str) -> list[str]:
    """Return what a cell names, in backticks."""
    return re.findall(r"`([^`]+)`", cell)


@cache
def functions(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def exists(name: str) -> bool:
    """Say whether a name in a row is a file of the project, a thing in one of its modules, or a field of its records."""
    if "/" in name:
        return (ROOT / name).is_file()
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        try:
            found: object = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def test_every_clause_and_every_refusal_stands_there_once() -> None:
    assert tuple(row["Id"] for row in CLAUSE_ROWS) == CLAUSES
    assert tuple(row["Id"] for row in RULE_ROWS) == RULES
    assert tuple(row["Id"] for row in DECISION_ROWS) == DECISIONS


@pytest.mark.parametrize("row", DECISION_ROWS, ids=lambda row: row["Id"])
def test_a_decision_names_acts_and_gates_that_there_are_and_a_test_unless_nothing_of_it_is_there(row: Row) -> None:
    assert set(named(row["Acts"])) <= set(acts())
    assert set(named(row["Gates"])) <= GATES
    carried = [key for key in ("Acts", "Gates") if row[key]] or row["Also"].partition("not yet: ")[0].strip()
    assert bool(carried) == bool(named(row["Tests"]))


def test_the_words_are_those_of_the_regulation_as_it_was_received() -> None:
    words = re.sub(r"\s", "", unicodedata.normalize("NFKC", regulation().text)).translate({ord("“"): '"', ord("”"): '"'})
    assert hashlib.sha256(words.encode()).hexdigest() == RECEIVED


def test_the_program_tells_of_each_clause_what_stands_here() -> None:
    told = [each.clause for each in places()]
    assert [(each.id, each.heading) for each in told] == [(row["Id"], row["What"]) for row in CLAUSE_ROWS]
    for each, row in zip(told, CLAUSE_ROWS, strict=True):
        assert list(each.acts) == named(row["Acts"]), f"{each.id}: the acts here and in schema/clauses.yaml are not the same"
        assert set(each.refusals) >= {NUMBERS[gate] for gate in named(row["Gates"])} & set(RULES), each.id
    assert tuple(regulation().refusals) == RULES
    assert {number for each in told for number in each.refusals} == set(RULES)


def test_whatever_an_act_cites_can_be_read() -> None:
    cited_ones = {spec.clause for spec in acts().values()}
    assert all(list(cited(number)) for number in cited_ones)
    assert cited_ones <= {each.number for each in regulation().provisions}
    assert list(cited("四")) == []


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2-3", ["2-3"]),
        ("三(一)1", ["3-1-1"]),
        ("三（一） 1", ["3-1-1"]),
        ("一（四）", ["1-4"]),
        ("三（三）", ["3-3-1", "3-3-2"]),
        ("r-03", ["3-1-1"]),
        ("附件2", ["附件2"]),
        ("秘书科长", ["2-5"]),
        ("协办 主办部门", ["2-9"]),
        ("专报 逾期", []),
    ],
)
def test_a_clause_is_found_by_its_number_a_refusal_or_its_words(typed: str, meant: list[str]) -> None:
    assert [each.clause.id for each in clauses_found(typed)] == meant


def test_every_act_and_every_gate_rests_on_a_clause() -> None:
    assert {name for row in CLAUSE_ROWS for name in named(row["Acts"])} == set(acts())
    assert {name for row in CLAUSE_ROWS for name in named(row["Gates"])} == GATES


@pytest.mark.parametrize("row", RULE_ROWS, ids=lambda row: row["Id"])
def test_a_refusal_is_carried_by_the_gates_and_rows_that_bear_its_number(row: Row) -> None:
    number, carrying, table = row["Id"], set(named(row["Gates"])), set(named(row["Table"]))
    assert carrying >= {name_of(rule) for rules in TABLE.rules.values() for rule in rules if rule.number == number}
    assert carrying <= GATES
    bearing = {spec.name for spec in acts().values() if number in (spec.who_rule, spec.state_rule, *(each.rule for each in spec.inputs))}
    assert table == bearing
    assert carrying or table or named(row["Also"])


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["Id"])
def test_what_a_row_names_exists(row: Row) -> None:
    tests = named(row["Tests"])
    assert tests or row in DECISION_ROWS
    for test in tests:
        file, _, function = test.partition("::")
        assert function in functions(file), test
    fields = re.sub(r"\([^)]*\)", "", row["Also"])  # in brackets stand fields and words
    assert [name for name in named(fields) if not exists(name)] == []


@pytest.mark.parametrize("row", RULE_ROWS, ids=lambda row: row["Id"])
def test_a_table_of_refusals_counts_only_for_the_numbers_in_it(row: Row) -> None:
    for module in (test_acts, test_acts_more):
        function = next(name for name in functions(f"tests/records/{module.__name__.rpartition('.')[2]}.py") if "forbids" in name)
        in_it = any(case[0] == row["Id"] for case in module.REFUSALS)
        assert (function in row["Tests"]) == in_it


def test_what_is_not_carried_yet_is_known_with_the_issue_that_brings_it() -> None:
    found = [(row["Id"], told) for row in rows() for told in row["Also"].split("not yet: ")[1:]]
    assert {name: int(re.findall(r"\(issue (\d+)\)", told)[-1]) for name, told in found} == NOT_YET
    assert len(found) == len(NOT_YET)
