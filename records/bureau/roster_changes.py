"""What the roster keeps of its own changes: what was founded, moved, renamed, ended or put right, from when, and by what document."""

from dataclasses import dataclass

from records.matter.stamps import Stamp


@dataclass(frozen=True)
class Correction:
    """When facts were put right, and on what basis; which ones shows in the commit."""

    at: str
    basis: str


@dataclass(frozen=True)
class Upgrade(Stamp):
    """A register of the first rules taken over: the commits that were found, up to which, and who was named to keep the roster."""

    rules: int = 1
    commits: int = 0
    head: str = ""
    keeper: str | None = None
    basis: str = ""


@dataclass(frozen=True)
class Grounds:
    """The day of something, and the document it rests on."""

    day: str
    basis: str


@dataclass(frozen=True)
class Ended:
    """The end of an office: the day of the fact, from when acts here are judged by it, and the document it rests on (D-17)."""

    day: str
    effective: str
    basis: str


@dataclass(frozen=True)
class Moved:
    """From which unit a person came, when, and by what document; the leadership is no unit."""

    day: str
    basis: str
    from_unit: str | None = None


@dataclass(frozen=True)
class Former:
    """What a person was called, and his title, until a time, and the document that changed it."""

    name: str
    title: str
    until: str
    basis: str


@dataclass(frozen=True)
class Renaming:
    """What a unit was called before, until which day, and by what document it is called otherwise."""

    from_name: str
    from_full_name: str
    day: str
    basis: str


@dataclass(frozen=True)
class Dissolved:
    """The end of a unit: the day, the unit that takes its matters over, and the document it rests on (D-5)."""

    day: str
    successor: str
    basis: str
