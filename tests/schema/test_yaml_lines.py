"""What is read line by line is what the library reads, and nothing is read so that the library would not read."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from records.register.register import Register
from schema.yaml_events import read_events
from schema.yaml_lines import DEPTH, read_lines
from schema.yaml_text import suspicious, write
from tests.schema.test_yaml_text import RECORDS, TRICKY

PIECES = st.sampled_from(
    [*TRICKY, "\n  ", "\n    ", "- a: ", "- - ", "a:\n", "a: |\n", "|-\n", "|+\n", "|2\n", "''", "{}", "[", "&a ", "!x ", "\n#"]
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 4), st.lists(PIECES, max_size=2).map("".join)), max_size=3)
WHOLE = {"a": "b", "c": {"d": "it's", "e": ["f", {"g": "x\ny\n", "h": "1"}], "i": "j\n\nk"}, "l": ["", "m\n\n\n"]}


@given(RECORDS, EDITS)
@example(WHOLE, [])
def test_what_is_read_is_what_the_library_reads(record: dict[str, object], edits: list[tuple[float, int, str]]) -> None:
    text = write(record).decode()
    for place, cut, put in edits:
        at = int(place * len(text))
        text = text[:at] + put + text[at + cut :]
    found = None if suspicious(text) else read_lines(text)
    if found is not None:
        told = read_events(text.encode(), "")
        assert (told.data, told.problems) == (found, ())
        assert list(told.data or {}) == list(found)


def test_every_file_of_a_register_is_read_so(demo: Register) -> None:
    head = demo.head() or ""
    for path in demo.changed(None, head):
        data = demo.written(path, head) or b""
        found = read_lines(data.decode())
        assert found is not None, path
        assert found == read_events(data, path).data


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "a: b",
        "a: b\n\n",
        "# c\na: b\n",
        "---\na: b\n",
        "a: b # c\n",
        "a: b\n...\n",
        "a: 'b\n",
        "a: 'b' c\n",
        'a: "b"\n',
        "a: b: c\n",
        "a: b\n  c\n",
        "a:  b\n",
        "a: b \n",
        "a: \n",
        "a:\n",
        "a:\nb: c\n",
        "a:\n- b\n",
        "a:\n    b: c\n",
        "a:\n b: c\n",
        "a: b\n  c: d\n",
        "a: b\na: c\n",
        "a:\n  b: c\na: d\n",
        "a:\n  - b\n  c: d\n",
        "a:\n  b: c\n  - d\n",
        "a:\n  -\n",
        "a:\n  - - b\n",
        "a: &b c\n",
        "a: *b\n",
        "a: !b c\n",
        "a: {}\n",
        "a: [b]\n",
        "a: >\n  b\n",
        "a: |2\n   b\n",
        "a: |\n",
        "a: |\n   b\n  c\n",
        "a: |\n  \n  b\n",
        "<<: a\n",
        "? a\n: b\n",
        "- a\n",
        "a\n",
        "a: %b\n",
        "a: -\n",
        "a: - b\n",
        f"a: {'b'}\n{'c' * 2000}: d\n",
        "".join(f"{'  ' * level}a:\n" for level in range(DEPTH + 1)) + "  " * (DEPTH + 1) + "a: b\n",
    ],
)
def test_what_is_not_quite_of_the_form_is_left_to_the_library(text: str) -> None:
    assert read_lines(text) is None
