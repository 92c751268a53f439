"""The number series (发文字号系列) as data: whose counter, which characters and form, who signs, to whom (三（四）; domain 1.5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from schema.conversion import convert
from schema.problem import Field, Problem
from schema.tables import checker, shipped

REPORT, REQUEST = "report", "request"
"""The series in which each unit numbers what it reports (报) and what it asks for (请); every bureau has both (三（四）3; domain Q8)."""


@dataclass(frozen=True)
class Series:
    """One series; the meaning of each field stands at the head of ``schema/series.yaml``."""

    title: str
    characters: str
    scope: Literal["bureau", "unit"]
    form: str
    signer: str
    to: Literal["leader", "organ", "office"]
    kinds: tuple[str, ...] = ()
    paper: str | None = None
    mark: str | None = None

    @property
    def called(self) -> str:
        """What a document of it is called beside a unit's name, such as 报告."""
        return self.paper or self.title


@cache
def default_series() -> Mapping[str, Series]:
    """Return the series by id that hold where a bureau has none of its own."""
    return convert(shipped("series.yaml"), dict[str, Series])


def counter(unit: str | None, series: str) -> str:
    """Return the name of a unit's own counter of a series, such as ``JJ.report``."""
    return f"{unit}.{series}"


def conflicts(series: Mapping[str, Series]) -> Iterator[Problem]:
    """Yield what is wrong with a bureau's series taken together, each of which is right by itself; the fields are those of the bureau."""
    for name in (REPORT, REQUEST):
        if series[name].scope != "unit":
            yield _problem((name, "scope"), "单位的报告和请示由各单位分别编号，应为 unit")
    known = checker("item").at(("source", "kind"))["enum"]
    assert isinstance(known, list)
    answered: dict[str, str] = {}
    printed: dict[tuple[str, str], str] = {}
    for name, each in series.items():
        for place, kind in enumerate(each.kinds):
            if kind not in known:
                yield _problem((name, "kinds", place), f"没有“{kind}”这个来源类型，应为：{'、'.join(known)}")
            elif (other := answered.setdefault(kind, name)) != name:
                yield _problem((name, "kinds", place), f"“{kind}”已由 {other} 上报，一个来源类型只能归一个系列")
        if (other := printed.setdefault((each.scope, each.characters), name)) != name:
            yield _problem((name, "characters"), f"与 {other} 的代字相同，两个系列会编出同一个文号")


def _problem(at: Field, reason: str) -> Problem:
    field = ("series", *at)
    return Problem(reason, field=field, label=checker("bureau").label(field))
