"""The number registers (发文字号): every number of a series in a year, with what became of it."""

from dataclasses import dataclass

from records.matter.stamps import Stamp


@dataclass(frozen=True)
class Outside(Stamp):
    """Why a number has no item, or was voided."""

    reason: str = ""


@dataclass(frozen=True)
class NumberEntry:
    """One number of a series, or a run of numbers used outside this system."""

    number: int
    status: str
    through: int | None = None
    item: str | None = None
    reserved: Stamp | None = None
    issued: Stamp | None = None
    voided: Outside | None = None
    outside: Outside | None = None


@dataclass(frozen=True)
class NumberSeries:
    """All numbers of one series in one year: ``special`` (兰公办), ``letter`` (兰公督字), ``JJ.report`` (兰公交报) …"""

    series: str
    year: int
    chars: str
    entries: tuple[NumberEntry, ...] = ()

    @property
    def next(self) -> int:
        """The number that would be taken next."""
        return max((entry.through or entry.number for entry in self.entries), default=0) + 1

    def written(self, n: int) -> str:
        """Return the document number as it is printed, e.g. 兰公办〔2026〕14号 (GB/T 9704 7.2.5)."""
        return f"{self.chars}〔{self.year}〕{n}号"
