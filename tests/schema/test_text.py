"""What a text may hold: a visible sign at least, and no more upon a letter than any script writes; in every text of record and act."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from records.bureau.roster import Bureau, Leaders, Unit
from records.matter.plain_data import to_data
from records.store.record_files import check
from schema import text as rule
from schema.tables import acts
from schema.text import show, unsafe
from schema.yaml_text import write
from tests.bureau import PROPOSE, REGISTER, Matter, roster

FILLER = "\u3164"
HEAP = "督" + "\u0335" * 400
INVISIBLE = {
    "HANGUL FILLER": FILLER,
    "HANGUL CHOSEONG FILLER": "\u115f",
    "HANGUL JUNGSEONG FILLER": "\u1160",
    "HALFWIDTH HANGUL FILLER": "\uffa0",
    "BRAILLE PATTERN BLANK": "\u2800",
    "COMBINING GRAPHEME JOINER": "\u034f",
    "a mark upon nothing": "\u0335",
    "a mark upon a blank": " \u0335",
    "a variant of nothing": "\ufe0f",
    "what may once be invisible": "\U000e0fff",
    "ZERO WIDTH SPACE": "\u200b",
}
LAWFUL = (
    "督办",
    "𠮷田",
    "\ue000",
    "葛\U000e0100",
    "1\ufe0f\u20e3",
    "བསྒྲུབས་པདྨེ་ཧཱུྃ",
    "مۇھەممەد",
    "Nguyễn",
    "ᠮᠣᠩᠭᠣᠯ",
    "한국",
    "〔2026〕1号",
    "×",
    "——",
    "　甲",
)


@pytest.mark.parametrize("name", INVISIBLE)
def test_what_nobody_sees_is_no_text_and_is_shown_as_a_sign(name: str) -> None:
    assert list(unsafe(INVISIBLE[name]))
    assert list(unsafe(f"督{INVISIBLE[name][-1]}", lines=True)) or unicodedata.category(INVISIBLE[name][-1]).startswith("M")
    assert "⟨" in show(INVISIBLE[name])


@pytest.mark.parametrize("words", LAWFUL)
def test_the_scripts_and_rare_signs_of_names_are_text(words: str) -> None:
    assert list(unsafe(words)) == []
    assert show(words) == words


def test_marks_upon_one_letter_are_bounded() -> None:
    assert list(unsafe("督" + "\u0335" * 8)) == []
    assert [position for position, _ in unsafe("督" + "\u0335" * 10)] == [9, 10]
    assert len(show(HEAP).replace("⟨0335⟩", "")) == 9
    assert list(unsafe("é\u0301" * 400)) == []


def test_what_is_passed_over_unseen_holds_neither_mark_nor_shapeless_sign() -> None:
    passed = (chr(code) for code in range(0x110000) if not rule._UNUSUAL.match(chr(code)))
    assert [sign for sign in passed if unicodedata.category(sign).startswith("M") or rule._SHAPELESS.match(sign)] == []


def _places(data: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(data, str):
        yield at
    elif isinstance(data, dict | list):
        for key, inner in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _places(inner, (*at, key))


def _records() -> Iterator[tuple[str, Any]]:
    matter = Matter().until("archive")
    assert matter.item
    yield "items/2026/01/DB-2026-0118.yaml", to_data(matter.item)
    for series in matter.series.values():
        yield f"numbers/2026/{series.series}.yaml", to_data(series)
    told = roster()
    unit = told.units["JJ"]
    assert isinstance(unit, Unit)
    assert isinstance(told.bureau, Bureau)
    assert isinstance(told.leaders, Leaders)
    yield "units/JJ.yaml", to_data(unit)
    yield "bureau.yaml", to_data(told.bureau)


RECORDS = list(_records())


@pytest.mark.parametrize(("path", "data"), RECORDS, ids=[path for path, _ in RECORDS])
@pytest.mark.parametrize("wrong", [FILLER, HEAP])
def test_no_text_of_a_record_may_be_so(path: str, data: Any, wrong: str) -> None:
    assert check(write(data), path) == ()
    missed = []
    for place in _places(data):
        whole = yaml.safe_load(yaml.safe_dump(data, allow_unicode=True))
        inner = whole
        for part in place[:-1]:
            inner = inner[part]
        inner[place[-1]] = "stand-in"
        problems = check(write(whole).replace(b"stand-in", wrong.encode()), path)
        if not any("不能用的字符" in problem.reason for problem in problems):
            missed.append(place)
    assert missed == []


def test_no_text_that_is_put_into_an_act_may_be_so() -> None:
    for act, inputs, until in (("register", REGISTER, ""), ("propose", PROPOSE, "propose")):
        matter = Matter().until(until) if until else Matter()
        texts = [name for name, value in inputs.items() if isinstance(value, str)]
        assert set(texts) <= {wanted.name for wanted in acts()[act].inputs}
        for name in texts:
            for wrong in (FILLER, HEAP, "\u0335"):
                (problem, *_) = matter.refused(act, "BGS.clerk1", **{**inputs, name: wrong}).problems
                assert problem.field == (name,)
                assert "不允许的字符" in problem.reason


def test_a_name_of_nothing_is_told_in_a_file(tmp_path: Path) -> None:
    (problem,) = check("id: JJ\nname: ㅤ\n".encode(), "units/JJ.yaml")
    assert str(problem) == "units/JJ.yaml:2:7 有不能用的字符 ⟨3164⟩，请删去"
