"""What changed between two texts of a record, sentence by sentence and, inside a changed sentence, character by character.

A text is in its normal form: one sentence a line, a blank line between paragraphs.
"""

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Literal

from schema.text import show

Kind = Literal["same", "old", "new"]
Line = list[tuple[Kind, str]]

_Pair = tuple[str | None, str | None]
_Step = tuple[bool, int, int, int, int]

_TOKEN = re.compile(r"[A-Za-z]+|\d+(?:[.,:]\d+)*|\s+|.[\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef]*", re.S)
"""A Latin word, a number, or one character with the marks that belong to it (variant forms in names are written so)."""

_ALIKE = 0.5
"""Share of common characters from which two sentences count as one sentence that was changed."""

_ISLAND = 2
"""Unchanged stretches of fewer tokens between two changes join them: confetti does not read. A comma stays, it divides clauses."""

_MOST_PAIRS = 2_000_000
"""Pairs of equal tokens, or of sentences, that are looked at; beyond that a stretch counts as replaced whole."""

_PARAGRAPH = "¶"
"""Stands for a blank line that alone was put in or taken out: a paragraph divided or joined."""


def changed(old: str, new: str) -> list[Line]:
    """Return both texts woven into one, a sentence a line; a blank line between paragraphs is an empty list.

    The pieces of kind ``same`` and ``old`` make up the sentences of the old text, ``same`` and ``new`` those of the new one.

    Args:
        old: the earlier text in its normal form.
        new: the later text in its normal form.
    """
    before, after = _sentences(old), _sentences(new)
    pairs: list[_Pair] = []
    for equal, i1, i2, j1, j2 in _steps(before, after):
        pairs += zip(before[i1:i2], after[j1:j2], strict=True) if equal else _paired(before[i1:i2], after[j1:j2])
    return [_line(pairs, place) for place in range(len(pairs))]


def marked(line: Line) -> str:
    """Return a line that reads without colour, ``[-旧-]{+新+}``, with every character of it visible."""
    return "".join({"same": text, "old": f"[-{text}-]", "new": f"{{+{text}+}}"}[kind] for kind, text in _shown(line))


def _sentences(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _shown(line: Line) -> Line:
    return [(kind, show(text)) for kind, text in line]


def _steps(before: Sequence[str], after: Sequence[str]) -> list[_Step]:
    """Return what is equal and what is not, in order; equal ends are cut off first, so cost depends on the change alone."""
    short = min(len(before), len(after))
    head = next((n for n in range(short) if before[n] != after[n]), short)
    tail = next((n for n in range(short - head) if before[-1 - n] != after[-1 - n]), short - head)
    a, b = before[head : len(before) - tail], after[head : len(after) - tail]
    there = Counter(b)
    if sum(there[token] for token in a) > _MOST_PAIRS:
        middle: list[_Step] = [(False, head, head + len(a), head, head + len(b))]
    else:
        codes = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        middle = [(tag == "equal", i1 + head, i2 + head, j1 + head, j2 + head) for tag, i1, i2, j1, j2 in codes]
    ends = (len(before), len(after))
    return [(True, 0, head, 0, head), *middle, (True, ends[0] - tail, ends[0], ends[1] - tail, ends[1])]


def _paired(before: Sequence[str], after: Sequence[str]) -> list[_Pair]:
    """Pair the sentences that became one another, in order, so that the pairs are as alike as they can be together."""
    gone, come = len(before), len(after)
    if gone * come > _MOST_PAIRS // 100:
        return [*((text, None) for text in before), *((None, text) for text in after)]
    bags = [Counter(text) for text in after]
    alike = [[_alike(Counter(text), bag) for bag in bags] for text in before]
    best = [[0.0] * (come + 1) for _ in range(gone + 1)]
    for i in reversed(range(gone)):
        for j in reversed(range(come)):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + alike[i][j])
    pairs: list[_Pair] = []
    i = j = 0
    while i < gone or j < come:
        if i < gone and j < come and alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            pairs.append((before[i], after[j]))
            i, j = i + 1, j + 1
        elif i < gone and (j == come or best[i][j] == best[i + 1][j]):
            pairs.append((before[i], None))
            i += 1
        else:
            pairs.append((None, after[j]))
            j += 1
    return pairs


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """Return the share of characters that two sentences have in common, 0 where it is too small for them to be one."""
    every = one.total() + other.total()
    share = 2 * (one & other).total() / every if every else 1.0
    return share if share >= _ALIKE else 0.0


def _line(pairs: Sequence[_Pair], place: int) -> Line:
    before, after = pairs[place]
    if before is not None and after is not None:
        return _inside(before, after)
    kind: Kind = "new" if before is None else "old"
    text = after if before is None else before
    if text:
        return [(kind, text)]
    beside = [*pairs[max(0, place - 1) : place], *pairs[place + 1 : place + 2]]
    only_sets_off = any(pair[kind == "old"] is None and pair[kind == "new"] for pair in beside)
    return [] if only_sets_off else [(kind, _PARAGRAPH)]


def _inside(before: str, after: str) -> Line:
    a, b = _TOKEN.findall(before), _TOKEN.findall(after)
    line: Line = []
    gone = come = ""
    steps = [step for step in _steps(a, b) if step[1] < step[2] or step[3] < step[4]]
    for place, (equal, i1, i2, j1, j2) in enumerate(steps):
        island = i2 - i1 < _ISLAND and 0 < place < len(steps) - 1
        if equal and not (island and a[i1] not in "，；："):
            line += _replaced(gone, come)
            gone = come = ""
            line.append(("same", "".join(a[i1:i2])))
        else:
            gone += "".join(a[i1:i2])
            come += "".join(b[j1:j2])
    return line + _replaced(gone, come)


def _replaced(gone: str, come: str) -> Line:
    pieces: tuple[tuple[Kind, str], ...] = (("old", gone), ("new", come))
    return [piece for piece in pieces if piece[1]]
