"""What an actor supplies: brought to the form in which records keep it, checked against the schema, and what is still wanted of him."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache

from records.matter.item import Secrecy
from records.matter.prose import as_printed_code, normalise
from records.procedure.case import Case, Given, Refusal
from records.procedure.input_places import form_schema
from records.procedure.shell import in_the_shell, is_shell_only
from records.procedure.table import TABLE
from records.signatures.sshsig import Unfit
from records.signatures.statement import handed_in
from schema.check import Checker, keywords
from schema.problem import Field, Problem
from schema.tables import acts, checker, schema
from schema.text import narrow, unsafe
from schema.versions import RULES

_NUMBER = re.compile(r"(-?[0-9]{1,9})(%?)")


@cache
def form(act: str, rules: int = RULES) -> Checker:
    """Return the checker of an act's inputs under a version of the rules; its schema has a property an input, as its place has it."""
    spec = acts(rules)[act]
    return Checker(form_schema(spec, schema(spec.target)))


def supplied_by(case: Case, inputs: Mapping[str, object]) -> Given | Refusal:
    """Return what the actor of a case supplied, or why it cannot be taken."""
    inputs, written = _in_the_shell(case, inputs)
    if written:
        reason = "；".join(f"{problem.label}{problem.reason}" for problem in written[:3])
        return Refusal(case.spec.clause, f"{reason}。", "请改正后再办。理由、意见可填“见纸质件”。", "R-29", written)
    values, problems = _checked(case, inputs)
    if problems:
        rules = {wanted.name: wanted.rule for wanted in case.spec.inputs}
        rule = next((rules[name] for problem in problems if (name := str(problem.field[0])) in rules and rules[name]), "")
        reason = "；".join(f"{problem.label}{problem.reason}" for problem in problems[:3])
        return Refusal(case.spec.clause, f"{reason}。", "请改正后再办。", rule, problems)
    return Given(values)


def wanting(case: Case, inputs: Mapping[str, object]) -> frozenset[str]:
    """Return the inputs without which gates would refuse what is there so far, beside those that the table requires.

    What is still to be written stands in as something; a gate that looks at what is still to be chosen is not asked.
    """
    values, problems = _checked(case, _in_the_shell(case, inputs)[0])
    wrong = {str(problem.field[0]) for problem in problems if problem.field}
    there = {name: value for name, value in values.items() if name not in wrong}
    required = {wanted.name for wanted in case.spec.inputs if not wanted.optional}
    given, found = Given(stand_ins(case.spec.name, required - there.keys(), case.today) | there), set()
    for gate in TABLE.gates(case):
        if gate.sees == "inputs":
            try:
                refusal = gate.check(case, given)
            except KeyError:
                continue
            found |= {str(problem.field[0]) for problem in (refusal.problems if refusal else ()) if problem.field}
    return frozenset(found - there.keys() - required)


def stand_ins(act: str, names: Iterable[str], today: str) -> dict[str, object]:
    """Return something lawful for each of these inputs of an act that is still to be written; for what is chosen there is none."""
    checker = form(act)
    found = {name: value for name in names if (value := _stand_in(checker, (name,), today)) is not None}
    wrong = {problem.field[0] for problem in checker.problems(found) if problem.field}
    return {name: value for name, value in found.items() if name not in wrong}


def _stand_in(checker: Checker, place: Field, today: str) -> object:
    wanted = checker.at(place)
    if "enum" in wanted or keywords(wanted).ref:
        return None
    if wanted.get("type") == "array":
        inner = _stand_in(checker, (*place, 0), today)
        return None if inner is None else [inner]
    if wanted.get("type") == "object":
        required = wanted.get("required")
        parts = {str(key): _stand_in(checker, (*place, str(key)), today) for key in (required if isinstance(required, list) else ())}
        return None if None in parts.values() else parts
    return today if wanted.get("format") == "date" else wanted.get("minimum", True if wanted.get("type") == "boolean" else "—")


def _in_the_shell(case: Case, inputs: Mapping[str, object]) -> tuple[Mapping[str, object], tuple[Problem, ...]]:
    """What was supplied, of a classified matter with the words that the program writes; and where words of its own were written (D-16).

    What the system itself writes is no text of the matter.
    """
    item = case.item
    if case.spec.target == "roundup":
        item = case.world.item(str(inputs.get("item", "")))
    secrecy = item.secrecy if item else Secrecy(str(inputs.get("secrecy") or "none"), None, str(inputs.get("copy_number") or ""))
    if (
        secrecy.level not in keywords(checker("item").at(("secrecy", "level"))).enum_labels
    ):  # no degree at all: that is what is wrong with it
        return inputs, ()
    if not is_shell_only(secrecy, case.world.policy) or case.actor.role == "system":
        return inputs, ()
    return in_the_shell(case.spec, form(case.spec.name, case.world.rules), inputs, secrecy, case.item)


def _checked(case: Case, inputs: Mapping[str, object]) -> tuple[dict[str, object], tuple[Problem, ...]]:
    checker = form(case.spec.name, case.world.rules)
    known = {wanted.name: checker.at((wanted.name,)) for wanted in case.spec.inputs}
    # A name that the act does not know goes along for the check to refuse.
    values = {name: _canonical(checker, (name,), value) for name, value in inputs.items() if value not in (None, "", [], ())}
    for wanted in case.spec.inputs:
        if wanted.shown and wanted.name not in values and (case.item or case.roundup or case.foundation):
            values[wanted.name] = case.text_in_force  # what the actor is taken to have seen when he does not say
    problems = (
        tuple(_unfit(values, known))
        or tuple(_unwritable(values, known))
        or tuple(_asked(problem, values) for problem in checker.problems(values))
    )
    return values, problems


def _unfit(values: Mapping[str, object], known: Mapping[str, Mapping[str, object]]) -> Iterator[Problem]:
    """Yield why what was handed in as a person's own signature is none."""
    for name, value in values.items():
        wanted = known.get(name, {})
        if keywords(wanted).own_signature and isinstance(found := handed_in(str(value)), Unfit):
            yield Problem(found.reason.removesuffix("。"), field=(name,), label=f"“{wanted.get('title', name)}”")


def _asked(problem: Problem, values: Mapping[str, object]) -> Problem:
    """Ask about what stands before the colon of a requirement and looks like a unit, though none is called so."""
    match problem.field:
        case (str(name), int(place), "unit"):
            points = values.get(name)
            unit = points[place].get("unit") if isinstance(points, list) and isinstance(points[place], Mapping) else ""
            reason = f"冒号前的“{unit}”是哪个单位？请写单位的名称、简称或代码；不是单位的，请把冒号改成逗号"
            return replace(problem, reason=reason, label=problem.label.rpartition("“")[0])
    return problem


def _unwritable(values: Mapping[str, object], known: Mapping[str, Mapping[str, object]]) -> Iterator[Problem]:
    """Yield the characters that no record may hold: they could move a cursor, hide words or turn a name round."""
    for name, value in values.items():
        for text in _texts(value):
            for position, char in unsafe(text, lines=keywords(known.get(name, {})).prose):
                yield Problem(
                    f"第{position + 1}个字是不允许的字符 {char}，请删去", field=(name,), label=f"“{known.get(name, {}).get('title', name)}”"
                )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for entry in value.values():
            yield from _texts(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _texts(entry)


def _canonical(checker: Checker, place: Field, value: object) -> object:
    try:
        wanted = checker.at(place)
    except KeyError:
        wanted = {}
    if isinstance(value, str):
        return _text(wanted, unicodedata.normalize("NFC", value))
    if isinstance(value, list | tuple):
        return [_canonical(checker, (*place, 0), entry) for entry in value]
    if isinstance(value, Mapping):
        return {str(key): _canonical(checker, (*place, str(key)), entry) for key, entry in value.items() if entry not in (None, "")}
    return value


def _text(wanted: Mapping[str, object], value: str) -> object:
    if keywords(wanted).prose:
        return normalise(value)
    value = value.strip()
    if keywords(wanted).own_signature:
        signed = handed_in(value)
        return value if isinstance(signed, Unfit) else signed.token
    if keywords(wanted).code:
        return as_printed_code(value)
    if not _holds_chinese(wanted):
        value = "".join(narrow(value).split())
    if wanted.get("type") == "integer" and (number := _NUMBER.fullmatch(value)):
        return int(number[1]) if not number[2] or wanted.get("maximum") == 100 else value
    return value


@cache
def _admits_chinese(pattern: str) -> bool:
    return re.compile(pattern).search("字") is not None


def _holds_chinese(wanted: Mapping[str, object]) -> bool:
    """Whether Chinese may stand in a value; where none may, full-width signs are meant as others are."""
    if wanted.get("type") in ("integer", "boolean") or "format" in wanted or "enum" in wanted or keywords(wanted).ref:
        return False
    return _admits_chinese(str(wanted.get("pattern", "")))
