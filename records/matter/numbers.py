"""The number registers (发文字号): every number of a series in a year, with what became of it."""

from dataclasses import dataclass

from records.matter.stamps import Stamp


@dataclass(frozen=True)
class Outside(Stamp):
    """Why a number has no item, or was voided."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class NumberCorrection(Stamp):
    """How far a run of numbers used outside this system was said to go, and how far it went in truth (D-9)."""

    was: int
    through: int
    reason: str


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
    corrected: NumberCorrection | None = None


@dataclass(frozen=True)
class NumberSeries:
    """All numbers of one series in one year: ``special`` (兰公办), ``letter`` (兰公督字), ``JJ.report`` (兰公交报) …"""

    series: str
    year: int
    chars: str
    entries: tuple[NumberEntry, ...] = ()

    @property
    def next(self) -> int:
        """The number that would be taken next: the first that is in no entry, for a count put right may leave void ones ahead."""
        found = 1
        for first, last in sorted((entry.number, entry.through or entry.number) for entry in self.entries):
            if first > found:
                break
            found = max(found, last + 1)
        return found

    @property
    def room(self) -> int | None:
        """The last number before one that was given up ahead of the count, None where nothing lies ahead."""
        return min((entry.number - 1 for entry in self.entries if entry.number > self.next), default=None)

    def written(self, n: int) -> str:
        """Return the document number as it is printed, e.g. 兰公办〔2026〕14号 (GB/T 9704 7.2.5)."""
        return f"{self.chars}〔{self.year}〕{n}号"
