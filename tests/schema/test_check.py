"""Checking against a schema: every problem at once, in the words of the schema, at its line."""

import random
from collections.abc import Mapping

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.check import Checker
from schema.problem import Field, Problem
from schema.table_text import read_table
from schema.tables import schema
from schema.yaml_text import write

SCHEMA: dict[str, object] = read_table(
    """
title: 督办事项
type: object
additionalProperties: false
required: [id, due]
properties:
  id: {title: 事项编号, type: string, pattern: '^DB-[0-9]{4}$', x-reason: 应写作 DB- 加四位数字}
  due: {title: 办理时限, $ref: '#/$defs/day'}
  seen: {title: 阅示时间, type: string, format: date-time}
  name: {title: 事项名称, type: string, minLength: 1, maxLength: 4, pattern: '\\S'}
  category: {title: 类别, type: integer, enum: [1, 2], x-enum-labels: {1: 重大决策, 2: 议定事项}}
  state: {title: 状态, enum: [open, closed], x-enum-labels: {open: 办理中, closed: 已办结}}
  rounds: {title: 轮次, type: integer, minimum: 1, maximum: 9}
  urgent: {title: 加急, type: boolean}
  code: {type: [integer, string]}
  points:
    title: 办理要求
    type: array
    minItems: 1
    uniqueItems: true
    items: {title: 一项要求, $ref: '#/$defs/point'}
  days:
    title: 各单位工作日
    type: object
    propertyNames: {pattern: '^[A-Z]+$', x-reason: 单位代码应为大写字母}
    additionalProperties: {title: 工作日, type: integer, exclusiveMinimum: 0, exclusiveMaximum: 100, multipleOf: 5}
  origin:
    title: 来源
    allOf:
      - {$ref: '#/$defs/signed', description: 谁交办}
      - {required: [kind, by], properties: {kind: {title: 来源类型, const: 批示}, by: {maxLength: 3}}}
    unevaluatedProperties: false
if: {required: [state], properties: {state: {const: closed}}}
then: {required: [rounds], properties: {urgent: false}}
$defs:
  day: {title: 日期, type: string, format: date, pattern: '^2'}
  signed: {title: 签字, type: object, required: [by], properties: {by: {title: 经办人, type: string}}}
  point:
    type: object
    additionalProperties: false
    required: [text]
    properties:
      text: {title: 内容, type: string}
      after: {title: 后续要求, type: array, maxItems: 1, items: {$ref: '#/$defs/point'}}
""".encode()
)
CHECKER = Checker(SCHEMA)
GOOD = "id: DB-0118\ndue: '2026-09-07'\n"


def _only(text: str) -> Problem:
    data, problems = CHECKER.load((GOOD + text).encode(), "x.yaml")
    assert data is None
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_a_right_record_comes_back_typed() -> None:
    text = GOOD + (
        "seen: '2026-09-07T09:20:00+08:00'\nname: no\ncategory: '2'\nurgent: true\ncode: '010'\n"
        "points:\n  - text: '12:30'\n    after:\n      - text: 'true'\ndays: {JJ: 15}\norigin: {by: 王某, kind: 批示}\n"
    )
    assert CHECKER.load(text.encode()) == (
        {
            "id": "DB-0118",
            "due": "2026-09-07",
            "seen": "2026-09-07T09:20:00+08:00",
            "name": "no",
            "category": 2,
            "urgent": True,
            "code": "010",
            "points": [{"text": "12:30", "after": [{"text": "true"}]}],
            "days": {"JJ": 15},
            "origin": {"by": "王某", "kind": "批示"},
        },
        (),
    )


@pytest.mark.parametrize(
    ("text", "line", "column", "named", "reason"),
    [
        ("name: ''\n", 3, 1, "“事项名称”（name）", "不能为空"),
        ("name: 一二三四五\n", 3, 1, "“事项名称”（name）", "太长，最多 4 个字，现有 5 个字"),
        ("name: '  '\n", 3, 1, "“事项名称”（name）", "写法不对"),
        ("name: [a]\n", 3, 1, "“事项名称”（name）", "应为文字"),
        ("category: x\n", 3, 1, "“类别”（category）", "“x”应为整数（前面不加 0，最多 18 位）"),
        ("category: 3\n", 3, 1, "“类别”（category）", "“3”不在可选之列，应为：1（重大决策）、2（议定事项）"),
        ("rounds: 010\n", 3, 1, "“轮次”（rounds）", "“010”应为整数"),
        (f"rounds: {'9' * 100_000}\n", 3, 1, "“轮次”（rounds）", f"“{'9' * 20}…”应为整数"),
        ("rounds: 1e400\n", 3, 1, "“轮次”（rounds）", "“1e400”应为整数"),
        ("rounds: .nan\n", 3, 1, "“轮次”（rounds）", "“.nan”应为整数"),
        ("rounds: 0\n", 3, 1, "“轮次”（rounds）", "不能小于 1"),
        ("rounds: 10\n", 3, 1, "“轮次”（rounds）", "不能大于 9"),
        ("urgent: yes\n", 3, 1, "“加急”（urgent）", "“yes”应为是或否，写作 true 或 false"),
        ("state: opn\n", 3, 1, "“状态”（state）", "“opn”不在可选之列，应为：open（办理中）、closed（已办结）"),
        ("seen: 2026-02-30T09:20:00+08:00\n", 3, 1, "“阅示时间”（seen）", "没有 2026-02-30 这一天"),
        ("seen: 2026-09-07T23:59:60Z\n", 3, 1, "“阅示时间”（seen）", "不是时间，应写作 2026-09-07T09:20:00+08:00"),
        ("seen: 2026-09-07T09:20:00\n", 3, 1, "“阅示时间”（seen）", "不是时间"),
        ("points: []\n", 3, 1, "“办理要求”（points）", "至少要有 1 项"),
        ("points: {}\n", 3, 1, "“办理要求”（points）", "应为列表"),
        ("points:\n  - text: a\n  - text: b\n  - text: a\n", 3, 1, "“办理要求”（points）", "第1项和第3项重复"),
        ("points:\n  - text: a\n  - after: []\n", 5, 5, "“办理要求”第2项“内容”（points.2.text）", "缺少这一项，必须填写"),
        ("points:\n  - x\n", 4, 5, "“办理要求”第1项（points.1）", "“x”应为若干“键: 内容”"),
        (
            "points:\n  - text: a\n    after:\n      - text: b\n        after:\n          - {}\n",
            8,
            13,
            "“办理要求”第1项“后续要求”第1项“后续要求”第1项“内容”",
            "缺少这一项",
        ),
        ("days: {jj: 5}\n", 3, 1, "“各单位工作日”（days）", "单位代码应为大写字母"),
        ("days: {JJ: 0}\n", 3, 8, "“各单位工作日”“JJ”（days.JJ）", "应大于 0"),
        ("days: {JJ: 100}\n", 3, 8, "“各单位工作日”“JJ”（days.JJ）", "应小于 100"),
        ("days: {JJ: 7}\n", 3, 8, "“各单位工作日”“JJ”（days.JJ）", "应为 5 的倍数"),
        ("origin:\n  kind: 批示\n", 3, 1, "“来源”“经办人”（origin.by）", "缺少这一项"),
        ("origin:\n  kind: x\n  by: 王\n", 4, 3, "“来源”“来源类型”（origin.kind）", "应为“批示”"),
        ("origin:\n  kind: 批示\n  by: 一二三四\n", 5, 3, "“来源”“经办人”（origin.by）", "太长，最多 3 个字，现有 4 个字"),
        ("origin:\n  kind: 批示\n  by: 王\n  bye: x\n", 6, 3, "“来源”“bye”（origin.bye）", "没有这样的项，是不是“经办人”（by）？"),
        ("state: closed\n", 1, 1, "“轮次”（rounds）", "缺少这一项"),
        ("state: closed\nrounds: 1\nurgent: true\n", 5, 1, "“加急”（urgent）", "这里不应填写"),
        ("nmae: x\n", 3, 1, "nmae", "没有这样的项，是不是“事项名称”（name）？"),
        ("办理时间: x\n", 3, 1, "办理时间", "没有这样的项，是不是“办理时限”（due）？"),
        ("zzz: x\n", 3, 1, "zzz", "没有这样的项，请删去"),
    ],
)
def test_each_problem_says_where_what_and_the_way_out(text: str, line: int, column: int, named: str, reason: str) -> None:
    problem = _only(text)
    assert (problem.line, problem.column) == (line, column)
    assert str(problem).startswith(f"x.yaml:{line}:{column} {named}")
    assert problem.reason.startswith(reason)


@pytest.mark.parametrize(
    ("due", "reason"),
    [
        ("2026-02-30", "没有 2026-02-30 这一天"),
        ("0000-01-01", "没有 0000-01-01 这一天"),
        ("2026-9-7", "不是日期，应写作 2026-09-07"),
        ("20260907", "不是日期，应写作 2026-09-07"),
        ("'２０２６-09-07'", "不是日期，应写作 2026-09-07"),
        ("1999-01-01", "写法不对"),
    ],
)
def test_dates_must_be_days_of_the_calendar(due: str, reason: str) -> None:
    assert [problem.reason for problem in CHECKER.load(f"id: DB-0118\ndue: {due}\n".encode())[1]] == [reason]


def test_all_problems_of_a_record_are_reported_in_the_order_of_its_lines() -> None:
    _, problems = CHECKER.load(b"name: ''\nid: x\nfoo: 1\nbar: 2\npoints:\n  - text: a\n    more: b\n  - {}\n", "x.yaml")
    assert [(problem.line, problem.field) for problem in problems] == [
        (1, ("due",)),
        (1, ("name",)),
        (2, ("id",)),
        (3, ("foo",)),
        (4, ("bar",)),
        (7, ("points", 0, "more")),
        (8, ("points", 1, "text")),
    ]


def test_problems_of_reading_carry_the_words_of_the_schema() -> None:
    data, problems = CHECKER.load(b"due:\npoints:\n  - text: a\n    text: b\n", "x.yaml")
    assert data is None
    assert [str(problem) for problem in problems] == [
        "x.yaml:1:1 “办理时限”（due）：缺少内容；没有内容的，请连同键一起删去",
        "x.yaml:4:5 “办理要求”第1项“内容”（points.1.text）：“text”写了两次（第 3 行和第 4 行），请删去一处",
    ]


def test_data_of_no_file_has_problems_without_a_place() -> None:
    problems = CHECKER.problems({"id": "DB-0118", "due": "2026-09-07", "rounds": 0})
    assert [str(problem) for problem in problems] == ["“轮次”（rounds）：不能小于 1"]


def test_hostile_words_are_made_visible_in_problems() -> None:
    (problem,) = CHECKER.problems({"id": "DB-0118", "due": "2026-09-07", "state": "\x1b[2J\u202e", "name": "a"})
    assert "“␛[2J⟨202E⟩”不在可选之列" in problem.reason


def test_forms_find_titles_labels_and_limits() -> None:
    assert CHECKER.at(())["title"] == "督办事项"
    assert CHECKER.at(("due",)) == {"title": "办理时限", "type": "string", "format": "date", "pattern": "^2"}
    assert CHECKER.at(("points", 7))["title"] == "一项要求"
    assert CHECKER.at(("days", "JJ"))["title"] == "工作日"
    origin = CHECKER.at(("origin",))
    assert (origin["title"], origin["description"], origin["required"]) == ("来源", "谁交办", ["by", "kind"])
    assert CHECKER.at(("origin", "by")) == {"title": "经办人", "type": "string", "maxLength": 3}
    for nowhere in (("nothing",), ("id", "x"), ("id", 0)):
        with pytest.raises(KeyError):
            CHECKER.at(nowhere)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ((), ""),
        (("due",), "“办理时限”"),
        (("points", 1, "text"), "“办理要求”第2项“内容”"),
        (("days", "JJ"), "“各单位工作日”“JJ”"),
        (("code",), "“code”"),
        (("nothing", 0, "x"), "“nothing”第1项“x”"),
    ],
)
def test_label(path: Field, label: str) -> None:
    assert CHECKER.label(path) == label


def test_enum_label() -> None:
    assert CHECKER.enum_label(("category",), 1) == "重大决策"
    assert CHECKER.enum_label(("state",), "open") == "办理中"
    assert CHECKER.enum_label(("state",), "unknown") == "unknown"
    assert CHECKER.enum_label(("name",), "x") == "x"


@pytest.mark.parametrize("schema", [{"type": "nonsense"}, {"properties": {"a": {"format": "nonsense"}}}])
def test_a_schema_that_checks_nothing_is_refused(schema: Mapping[str, object]) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        Checker(schema).problems({})


Pair = tuple[dict[str, object], object]


def _list_of(pair: Pair) -> Pair:
    return {"type": "array", "items": pair[0]}, [pair[1], pair[1]]


def _mapping_of(pairs: dict[str, Pair]) -> Pair:
    properties = {key: schema for key, (schema, _) in pairs.items()}
    return {"type": "object", "properties": properties, "additionalProperties": False}, {key: value for key, (_, value) in pairs.items()}


WORDS = st.sampled_from(["", "甲", "true", "no", "010", "12", "a\nb\n", "2026-09-07", "x: y"])
INTEGERS = st.integers(-(10**18) + 1, 10**18 - 1)


def _leaf(kind: str, values: st.SearchStrategy[object]) -> st.SearchStrategy[Pair]:
    return values.map(lambda value: ({"type": kind}, value))


LEAVES = _leaf("string", WORDS) | _leaf("boolean", st.booleans()) | _leaf("integer", INTEGERS)
KEYS = st.sampled_from(["a", "no", "标题", "1"])
PAIRS = st.recursive(LEAVES, lambda inner: inner.map(_list_of) | st.dictionaries(KEYS, inner).map(_mapping_of), max_leaves=8)


@given(st.dictionaries(KEYS, PAIRS).map(_mapping_of))
def test_a_record_goes_through_its_file_unchanged(pair: tuple[dict[str, object], dict[str, object]]) -> None:
    schema, record = pair
    found, problems = Checker(schema).load(write(record))
    assert problems == ()
    assert found == record
    assert write(found or {}) == write(record)


def test_types_do_not_hang_on_what_was_asked_before() -> None:
    """What is found out of a schema is kept by the identity of its parts: one that came and went gave its own to another."""
    asked: tuple[Field, ...] = (
        *(("figures",), ("rows",), ("nothing",), ("figures", "opened"), ("figures", "nothing")),
        *(("rows", 0, "nothing"), ("rows", 0, "item")),
    )
    read: tuple[object, ...] = ({"rows": []}, {"rows": [{"item": "a"}]}, {"drafted": {"by": "x"}}, {"approved": {"stamp": {"by": "x"}}})
    for seed in range(400):
        checker, chance = Checker(schema("roundup")), random.Random(seed)
        lying_about: list[dict[str, str]] = [{} for _ in range(chance.randrange(100))]
        for _ in range(chance.randrange(6)):
            checker.label(chance.choice(asked))
            checker.typed(chance.choice(read))
        typed = checker.typed({"figures": {"opened": "10"}, "rows": [{"item": "x", "days_late": "11"}]})
        assert typed == {"figures": {"opened": 10}, "rows": [{"item": "x", "days_late": 11}]}, (seed, len(lying_about))
