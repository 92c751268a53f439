"""What may be put into a report that is being written: a heading for each requirement that the text does not have, opinions of others."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desk.report_side import passed_over, unmet
from records.bureau.roster import Roster
from records.matter.item import Item
from records.matter.prose import numeral

_HEADING = re.compile(r"^#(?!#)", re.MULTILINE)
_ENDS = "。；，：、 "


@dataclass(frozen=True)
class Insert:
    """A piece of text that a report may lack.

    Attributes:
        kind: what it answers, in a word.
        told: what that asks or says.
        text: what goes into the report.
        below: whether it begins a part of its own at the end; else it stands where the cursor is.
    """

    kind: str
    told: str
    text: str
    below: bool


def inserts(item: Item, words: Mapping[str, str], roster: Roster) -> Iterator[Insert]:
    """Yield what a report may lack, what is asked for first.

    Args:
        item: the matter.
        words: what stands in the form, by the names of its fields.
        roster: knows the names.
    """
    number = len(_HEADING.findall(words.get("body", ""))) + 1
    for n, text in unmet(item, words):
        yield Insert(f"要求{n}", text, f"# {numeral(number)}、{text.rstrip(_ENDS)}。\n", below=True)
    for name, said in passed_over(item, words, roster):
        yield Insert("协办意见", f"{name}：{said}", f"{name}提出：{said}", below=False)
