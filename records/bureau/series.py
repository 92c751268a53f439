"""The number series (发文字号系列) as data: whose counter, which characters and form, who signs, to whom (三（四）; domain 1.5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import msgspec
import yaml

from schema.tables import default_text


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


@cache
def default_series() -> Mapping[str, Series]:
    """Return the series by id that hold where a bureau has none of its own."""
    return msgspec.convert(yaml.load(default_text("series.yaml"), yaml.CSafeLoader), dict[str, Series])
