"""The strict reader and the canonical emitter: what is refused and where, and that what is written is what is read."""

import re
import unicodedata

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from schema.problem import Problem
from schema.text import unsafe
from schema.yaml_lines import DEPTH
from schema.yaml_text import LIMIT, read, write

# One row a hostile file: its bytes, then line, column and a part of the reason of every problem that must be reported.
HOSTILE: dict[str, tuple[bytes, list[tuple[int, int, str]]]] = {
    "Y1 alias bomb": (
        b"a: &a [x, x]\nb: &b [*a, *a]\n",
        [(1, 4, "锚点（&a）"), (2, 4, "锚点（&b）"), (2, 8, "别名"), (2, 12, "别名")],
    ),
    "Y2 recursive alias": (b"k: &a [*a]\n", [(1, 4, "锚点"), (1, 8, "别名")]),
    "Y2 alias as key": (b"a: 1\n*a : 2\n", [(2, 1, "别名")]),
    "Y3 merge key": (b"base: {x: 1}\nitem:\n  <<: {x: 2}\n", [(3, 3, "合并键")]),
    "Y4 python tag": (b"a: !!python/object/apply:os.system [ls]\n", [(1, 4, "标签（!!python/object/apply:os.system）")]),
    "Y4 tags": (
        b"a: !foo x\nb: !!binary eA==\nc: !!set {x: y}\nd: ! z\ne: !!str\n",
        [(1, 4, "!foo"), (2, 4, "!!binary"), (3, 4, "!!set"), (4, 4, "标签（!）"), (5, 1, "缺少内容"), (5, 4, "!!str")],
    ),
    "Y4 tagged key and root": (b"!x\n!!str a: 1\n", [(1, 1, "!x"), (2, 1, "!!str")]),
    "Y4 undefined handle": (b"a: !z!x 1\n", [(1, 4, "标签")]),
    "Y5 duplicate keys": (
        b"state: open\nx: 1\nstate: closed\nx: {y: 1, y: 2}\n",
        [(3, 1, "“state”写了两次（第 1 行和第 3 行）"), (4, 1, "“x”写了两次（第 2 行和第 4 行）"), (4, 11, "“y”写了两次")],
    ),
    "Y10 BOM inside": ("\ufeffa: 1\nb: x\ufeff\n".encode(), [(2, 5, "⟨FEFF⟩")]),
    "Y12 NUL, ESC, C1 as they are": (b"a: x\0\nb: \x1b[2J\nc: \xc2\x9b\n", [(1, 5, "␀"), (2, 4, "␛"), (3, 4, "⟨009B⟩")]),
    "Y12 escaped controls": (b'a: "\\x1b]0;x"\nb: "\\0\\r"\n"\\e": c\n', [(1, 4, "␛"), (2, 4, "␀"), (2, 4, "␍"), (3, 1, "␛")]),
    "Y13 lone surrogate": (b'a: 1\nb: "\\ud800"\n', [(2, 7, "双引号里")]),
    "Y13 surrogate in UTF-8": (b"a: x\xed\xa0\x80\n", [(1, 5, "不是 UTF-8 编码（字节 ED）")]),
    "Y14 separators": (
        "a: x\u2028y\nb: x\x85y\nc: \u2029\n".encode(),
        [(1, 5, "⟨2028⟩"), (2, 5, "⟨0085⟩"), (3, 4, "⟨2029⟩")],
    ),
    "Y14 escaped separators": (b'a: "\\L"\nb: "\\N"\n', [(1, 4, "⟨2028⟩"), (2, 4, "⟨0085⟩")]),
    "Y15 nesting at top": (b"[" * 100_000, [(1, 1, "最外层")]),
    "Y15 flow nesting": (b"a: " + b"[" * 100_000, [(1, 3 + DEPTH, "嵌套超过 20 层")]),
    "Y15 flow mappings": (b'{"x":' * 100_000, [(1, 1 + 5 * DEPTH, "嵌套超过 20 层")]),
    "Y15 block nesting": (b"a:\n" + b"- " * 100_000 + b"x\n", [(2, 2 * DEPTH - 1, "嵌套超过 20 层")]),
    "Y15 nested keys": (b"? " * 100_000 + b"x\n", [(1, 2 * DEPTH + 1, "嵌套超过 20 层")]),
    "Y16 tabs": (b"a: b\n\tc: d\ne:\tf\n", [(2, 1, "制表符"), (3, 3, "制表符")]),
    "Y16 two documents": (b"a: 1\n---\nb: 2\n", [(2, 1, "只能有一份记录")]),
    "Y16 text after the end": (b"a: 1\n...\nfoo\n", [(3, 1, "接不上")]),
    "Y16 %YAML": (b"%YAML 1.1\n---\na: 1\n", [(1, 1, "%")]),
    "Y16 %YAML 3": (b"%YAML 3.0\n---\na: 1\n", [(1, 1, "%")]),
    "Y16 %TAG": (b"%TAG ! tag:x,2000:\n---\na: 1\n", [(1, 1, "%")]),
    "Y16 unknown directive": (b"%FOO\n---\na: 1\n", [(1, 5, "%")]),
    "Y16 empty": (b"", [(1, 1, "空的")]),
    "Y16 only a comment": (b"# nothing\n", [(1, 1, "空的")]),
    "Y16 only a start": (b"---\n", [(2, 1, "空的")]),
    "Y16 list at top": (b"- a: 1\n", [(1, 1, "最外层")]),
    "Y16 text at top": (b"text\n", [(1, 1, "最外层")]),
    "Y16 list as key": (b"a: 1\n? [b]\n: 2\n", [(2, 3, "键只能是一个词")]),
    "Y16 empty key": (b"{: x}\n", [(1, 2, "缺少内容")]),
    "Y16 key of two lines": (b'? "a\n\n  b"\n: 1\n', [(1, 3, "键不能换行")]),
    "Y16 empty values": (b"a:\nb:\n  -\n  - c:\n", [(1, 1, "缺少内容"), (3, 4, "缺少内容"), (4, 5, "缺少内容")]),
    "Y17 GB18030": ("a: 1\n标题: 督办\n".encode("gb18030"), [(2, 1, "不是 UTF-8 编码（字节 B1）")]),
    "Y17 UTF-16": ("a: 1\n".encode("utf-16"), [(1, 1, "不是 UTF-8 编码")]),
    "Y17 cut inside a character": ("a: 督办".encode()[:-1], [(1, 5, "不是 UTF-8 编码（字节 E5）")]),
    "Y18 long value": (b"a: " + b"x" * 5_000_000, [(0, 0, "5000003 字节")]),
    "Y18 long comment": (b"a: 1\n#" + b"x" * LIMIT, [(0, 0, "1 MiB")]),
    "Y19 zero width, override": (
        "a: 张\u200b三\nb: x # \u202e\n\u2066c: 1\n".encode(),
        [(1, 5, "⟨200B⟩"), (2, 8, "⟨202E⟩"), (3, 1, "⟨2066⟩")],
    ),
    "Y19 not NFC": ("a: xe\u0301\nb: \ufa19\n".encode(), [(1, 5, "“é”（U+00E9）"), (2, 4, "U+FA19 处请改为“神”（U+795E）")]),
    "Y19 not NFC in quotes": ('a: "e\u0301"\n'.encode(), [(1, 5, "NFC")]),
    "Y19 not NFC by escapes": (b'a: "e\\u0301"\n', [(1, 4, "NFC")]),
    "bad character and duplicate": (b"a: \x07\na: 1\n", [(1, 4, "␇"), (2, 1, "第 1 行和第 2 行")]),
    "duplicate, then broken": (b"a: 1\na: 2\nb: [\n", [(2, 1, "写了两次"), (4, 1, "缺少内容")]),
    "colon in text": (b"a: b: c\n", [(1, 5, "单引号")]),
    "indented too far": (b"a: 1\n b: 2\n", [(2, 3, "缩进不对")]),
    "colon without a space": (b"a: 1\nb:2\n", [(2, 1, "缺少冒号和空格")]),
    "open quote": (b"a: 1\nb: 'x\nc: 1\n", [(2, 4, "引号没有配对")]),
    "open bracket": (b"a: [1, 2\nb: 1\n", [(1, 4, "方括号")]),
    "open brace": (b"a: {b: 1, c: 2\n", [(1, 4, "花括号")]),
    "reserved start": (b"a: @x\n", [(1, 4, "单引号")]),
    "empty anchor": (b"a: & x\n", [(1, 5, "锚点")]),
    "empty alias": (b"a: *\n", [(1, 5, "别名")]),
    "two quoted texts": (b"a: 'x' y\n", [(1, 8, "“键: 内容”")]),
    "list beside keys": (b"a:\n- b\nc: 1\n- d\n", [(4, 1, "“键: 内容”")]),
    "list on the line of its key": (b"a: - b\n", [(1, 4, "另起一行")]),
    "block head": (b"a: |5x\n  y\n", [(1, 6, "缩进两格")]),
    "item out of line": (b"a:\n  - b\n  c: d\n", [(3, 3, "“- ”开头")]),
}


@pytest.mark.parametrize(("data", "expected"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_file_is_refused_at_line_and_column(data: bytes, expected: list[tuple[int, int, str]]) -> None:
    document = read(data, "items/x.yaml")
    assert document.data is None
    assert [(problem.line, problem.column) for problem in document.problems] == [(line, column) for line, column, _ in expected]
    for problem, (_, _, words) in zip(document.problems, expected, strict=True):
        assert words in problem.reason
        assert problem.file == "items/x.yaml"
        assert not list(unsafe(str(problem)))
        assert not re.search(r"\b(expected|found|while|mapping|token)\b", problem.reason)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"a: %s\n" % text, text.decode())
        for text in (b"no", b"NO", b"on", b"010", b"12:30:45", b"1_000", b".inf", b".nan", b"1e400", b"null", b"~")
    ],
)
def test_every_scalar_is_the_text_that_was_written(data: bytes, value: str) -> None:
    assert read(data).data == {"a": value}


def test_a_number_of_100000_digits_is_text() -> None:
    assert read(b"a: " + b"9" * 100_000).data == {"a": "9" * 100_000}


def test_accepted_spellings_of_the_same_record() -> None:
    wanted = {"a": "1", "b": ["x\ny\n", ""]}
    canonical = write(wanted)
    assert canonical == b"a: '1'\nb:\n  - |\n    x\n    y\n  - ''\n"
    for other in (
        b"\xef\xbb\xbf" + canonical,
        canonical.replace(b"\n", b"\r\n"),
        canonical.replace(b"\n", b"\r"),
        b"---\n# c\n" + canonical,
    ):
        assert read(other).data == wanted
    assert write(read(b"\xef\xbb\xbf" + canonical.replace(b"\n", b"\r\n")).data or {}) == canonical


def test_marks_stand_where_each_entry_starts() -> None:
    marks = read("标题: 甲\npoints:\n  - text: |\n      a\n    due: b\n  - [c, d]\n".encode()).marks
    assert marks == {
        (): (1, 1),
        ("标题",): (1, 1),
        ("points",): (2, 1),
        ("points", 0): (3, 5),
        ("points", 0, "text"): (3, 5),
        ("points", 0, "due"): (5, 5),
        ("points", 1): (6, 5),
        ("points", 1, 0): (6, 6),
        ("points", 1, 1): (6, 9),
    }


def test_problems_of_a_hopeless_file_are_cut_off() -> None:
    problems = read(b"\0\n" * 500_000).problems
    assert len(problems) == 51
    assert "其余从略" in problems[-1].reason


def test_deepest_lawful_nesting_and_largest_lawful_file() -> None:
    deep: dict[str, object] = {"a": "x"}
    for _ in range(DEPTH - 1):
        deep = {"a": deep}
    assert read(write(deep)).data == deep
    with pytest.raises(ValueError, match="deeper"):
        write({"a": deep})
    largest = {"a": "x" * (LIMIT - 4)}
    assert read(write(largest)).data == largest
    with pytest.raises(ValueError, match="more than"):
        write({"a": "x" * (LIMIT - 3)})


def test_canonical_form() -> None:
    data = {
        "id": "DB-2026-0118",
        "title": "关于开展“夏季治安”（第一轮）的通知：兰公发〔2026〕12号",
        "by": "𠮷田《办法》",
        "due": "2026-09-07",
        "hash": "sha256:ab12",
        "category": 2,
        "urgent": False,
        "none": [],
        "nothing": {},
        "blank": "",
        "names": ("甲", "no", "- 乙"),
        "points": [{"text": "一句。\n\n二句。\n", "units": ["JJ"]}, {"text": " 缩进\n末"}, [1, [2]]],
        "inner": {"deeper": {"quote": "it's: “so”", "end": "a\n\n"}},
    }
    assert write(data).decode() == (
        "id: DB-2026-0118\n"
        "title: 关于开展“夏季治安”（第一轮）的通知：兰公发〔2026〕12号\n"
        "by: 𠮷田《办法》\n"
        "due: '2026-09-07'\n"
        "hash: sha256:ab12\n"
        "category: 2\n"
        "urgent: false\n"
        "none: []\n"
        "nothing: {}\n"
        "blank: ''\n"
        "names:\n  - 甲\n  - 'no'\n  - '- 乙'\n"
        "points:\n"
        "  - text: |\n      一句。\n\n      二句。\n    units:\n      - JJ\n"
        "  - text: |2-\n       缩进\n      末\n"
        "  - - 1\n    - - 2\n"
        "inner:\n  deeper:\n    quote: 'it''s: “so”'\n    end: |+\n      a\n\n"
    )


@pytest.mark.parametrize(
    "text", ["... 甲", "2026-09-07", "12:30", "1_000", "0x1F", "Off", "y", "~", "甲: 乙", "甲 #乙", "甲:", "*甲", "末尾 "]
)
def test_what_another_reader_could_mistake_is_quoted(text: str) -> None:
    assert write({text: text}).decode() == f"'{text}': '{text}'\n"


@pytest.mark.parametrize(
    "text", ["第1项", "1次", "2026年9月", "DB-2026-0118", "sha256:00", "“甲”（乙）：丙、丁〔2026〕", "a:b#c", "\U00020bb7田", "\ue000"]
)
def test_what_nobody_mistakes_stays_readable(text: str) -> None:
    assert write({text: text}).decode() == f"{text}: {text}\n"


@pytest.mark.parametrize("value", [None, 1.5, b"x", {1}, {"x": None}, {1: "x"}])
def test_what_a_record_cannot_hold_is_a_programming_error(value: object) -> None:
    with pytest.raises(TypeError):
        write({"a": value})


@pytest.mark.parametrize(
    "value", ["\x1b[2J", "a\tb", "a\r\nb", "\u202e", "\ud800", "e\u0301", "\ufeff", 10**18, -(10**18), {"a\nb": "x"}, {"a" * 201: "x"}]
)
def test_what_would_not_be_read_is_not_written(value: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        write({"a": value})


TRICKY = [
    "- ",
    ": ",
    ":",
    " #",
    "#",
    "'",
    '"',
    "\n",
    " ",
    "\u3000",
    "yes",
    "~",
    "0x1F",
    "1:30",
    "2026-09-07",
    ".5",
    "=",
    "<<",
    "|",
    "... ",
    "--- ",
    "甲",
    "？",
    "𠮷",
]


def _lawful(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    while refused := {position for position, _ in unsafe(text, lines=True)}:
        text = unicodedata.normalize("NFC", "".join(char for position, char in enumerate(text) if position not in refused))
    return text


TEXT = st.text().map(_lawful) | st.lists(st.sampled_from(TRICKY), max_size=6).map("".join)
KEYS = TEXT.map(lambda text: text.replace("\n", "")[:20])
SCALARS = TEXT | st.booleans() | st.integers(-(10**18) + 1, 10**18 - 1)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12)
RECORDS = st.dictionaries(KEYS, VALUES, max_size=5)


def _as_text(value: object) -> object:
    if isinstance(value, dict):
        return {key: _as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(RECORDS)
@example({"a": "\n x", "b": "\n\n", "c": " \n\n", "d": "  \n x\n", "e": "x\n  "})
@example({"a": [["\n x\n\n", {"b": " \n", "c": "x"}]]})
def test_what_is_written_is_read_back(data: dict[str, object]) -> None:
    written = write(data)
    document = read(written)
    assert document.problems == ()
    assert document.data == _as_text(data)
    assert list(document.data or {}) == list(data)
    assert yaml.load(written, yaml.CSafeLoader) == data
    assert written.endswith(b"\n")


@given(st.binary(max_size=200) | st.text("ab:-[]{}&*!|>'\"%@#?, \n\t\\~<é", max_size=60).map(str.encode))
def test_any_bytes_give_data_or_problems(data: bytes) -> None:
    document = read(data, "x.yaml")
    assert (document.data is None) == bool(document.problems)
    for problem in document.problems:
        assert problem.reason
        assert not list(unsafe(str(problem)))


def test_a_problem_is_one_line_of_chinese() -> None:
    problem = Problem(
        "不是日期，应写作 2026-09-07", "items/2026/01/DB-2026-0118.yaml", 12, 5, ("points", 1, "due"), "“办理要求”第2项“办理时限”"
    )
    assert str(problem) == ("items/2026/01/DB-2026-0118.yaml:12:5 “办理要求”第2项“办理时限”（points.2.due）：不是日期，应写作 2026-09-07")
    assert str(Problem("坏\n了", "x\x1b.yaml", field=("a\u202eb",))) == "x␛.yaml a⟨202E⟩b：坏␊了"
    assert str(Problem("不能为空", line=3)) == "3 不能为空"
