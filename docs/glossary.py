"""Writes docs/glossary.md: what each Chinese word of the records is called in YAML, code and commands, from the schemas and the acts.

``python docs/glossary.py`` (or ``make glossary``); a test says when the page is out of date.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schema.tables import RECORD_KINDS, acts, schema

PAGE = Path(__file__).with_name("glossary.md")
_HEAD = """\
# Glossary

每个中文词在记录、程序和命令里的英文名，由 `schema/` 里的标题生成（`make glossary`），不要手改。

What each Chinese word is called in YAML, code and commands. Made from the titles in `schema/` by `make glossary`; do not edit.
"""


# Every step bears these five; they stand once, at the head.
STAMP = {"by": "经办人", "at": "时间", "on_behalf_of": "代", "entered_by": "录入人", "scan": "纸质件扫描件"}


def page() -> str:
    """Return the page as it should stand."""
    parts = [
        _HEAD,
        "## Acts\n",
        _table(("动作", "name", "依据"), ((spec.label, f"`{name}`", spec.clause) for name, spec in acts().items())),
    ]
    parts += ["## Every step\n", _table(("中文", "field"), ((title, f"`{name}`") for name, title in STAMP.items()))]
    for kind in RECORD_KINDS:
        whole = schema(kind)
        parts += [f"## {whole['title']} (`{kind}`)\n", _table(("中文", "field"), dict.fromkeys(_fields(whole, whole, "")))]
        if values := list(dict.fromkeys(_values(whole, whole, ""))):
            parts += ["Values:\n", _table(("中文", "value", "field"), values)]
    return "\n".join(parts)


def _table(heads: tuple[str, ...], rows: Any) -> str:  # noqa: ANN401  # any iterable of rows
    lines = [" | ".join(row) for row in (heads, tuple("---" for _ in heads), *rows)]
    return "\n".join(f"| {line} |" for line in lines) + "\n"


def _members(node: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the members of a schema, its references followed and lists entered."""
    yield from _reached(node, whole).get("properties", {}).items()


def _reached(node: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in node or "items" in node:
        node = node["items"] if "items" in node else {**whole["$defs"][node["$ref"].rpartition("/")[2]], **_but(node)}
    return node


def _but(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != "$ref"}


def _fields(node: Mapping[str, Any], whole: Mapping[str, Any], at: str) -> Iterator[tuple[str, str]]:
    for name, member in _members(node, whole):
        if name not in STAMP:
            yield str(member.get("title", name)), f"`{at}{name}`"
        yield from _fields(member, whole, f"{at}{name}.")


def _values(node: Mapping[str, Any], whole: Mapping[str, Any], at: str) -> Iterator[tuple[str, str, str]]:
    for name, member in _members(node, whole):
        for value, label in _reached(member, whole).get("x-enum-labels", {}).items():
            yield str(label), f"`{value}`", f"`{at}{name}`"
        yield from _values(member, whole, f"{at}{name}.")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
