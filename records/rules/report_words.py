"""The words by which a report is read, schema/phrases.yaml, and the smallest things seen in its text: figures, days, pairs of signs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from records.matter.plain_data import from_data
from schema.tables import shipped

_NOT_A_FIGURE = re.compile(
    r"〔\d{1,4}〕\d{0,5}号?|第\d{1,4}|\d{1,4} ?[年月日号]|\d{1,2}时(?:\d{1,2}分)?|^ *[（(]?\d{1,2}[）)、.．](?!\d)", re.M
)  # date, time, document number, place in a list
_FIGURE = re.compile(
    r"\d|百分之|[二两三四五六七八九十][二三四五六七八九十百千万零]{0,8}余?(?:所|个(?!方面|环节|层面)|起|名|人|件|家|处|份|台|辆|户|场|次|条)"
)
DATE = re.compile(r"\d[月日]|年底|月底|年内|每(?:天|日|周|月|年|季|学期)|季度|\d个?(?:工作日|天|周|月)内")


@dataclass(frozen=True)
class Phrase:
    """A phrase that says nothing, and what to write instead."""

    text: str
    write: str


@dataclass(frozen=True)
class Words:
    """The lists of that file."""

    empty: tuple[Phrase, ...]
    vague: tuple[str, ...]
    alike: tuple[tuple[str, ...], ...]
    generic: tuple[str, ...]
    intentions: tuple[str, ...]
    headings: tuple[str, ...]
    bodies: tuple[str, ...]
    persons: tuple[str, ...]
    no_figures: tuple[str, ...]

    @cached_property
    def seam(self) -> re.Pattern[str]:
        """Where a point falls into the phrases it is made of."""
        return re.compile(rf"[\W_]+|的|和|及|与|或|{'|'.join(self.generic)}")

    @cached_property
    def answering(self) -> Mapping[str, tuple[str, ...]]:
        """For a word of two characters those that answer it, itself among them."""
        return {word: row for row in self.alike for word in row if len(word) == 2}

    @cached_property
    def responsible(self) -> re.Pattern[str]:
        """A unit named by more than 我支队 or 各派出所, or a person."""
        return re.compile(rf"{'|'.join(self.persons)}|[一-鿿]{{2}}(?<![我本各该由步])(?:{'|'.join(self.bodies)})")


def pairs_of(text: str) -> set[str]:
    """Return the pairs of characters side by side in a text."""
    return {first + second for first, second in pairwise(text)}


def has_figure(text: str) -> bool:
    """Say whether a text holds a number that counts something: no date, time, document number or place in a list."""
    for name in words().no_figures:
        text = text.replace(name, "")
    return _FIGURE.search(_NOT_A_FIGURE.sub("", text)) is not None


@cache
def words() -> Words:
    """Return the words as they are shipped."""
    return from_data(shipped("phrases.yaml"), Words)
