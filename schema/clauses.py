"""The regulation clause by clause, as clauses.yaml holds it: its words, and which acts and refusals rest on each clause."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from schema.conversion import convert
from schema.tables import shipped


@dataclass(frozen=True)
class Clause:
    """One demand of the regulation.

    Attributes:
        id: part, section and demand, as ``3-2-5``.
        heading: what it asks for, in a few words.
        mark: the number before its words.
        text: its words; empty for a heading over others.
        acts: names of the acts that rest on it.
        refusals: numbers (R-01 …) of the refusals that rest on it.
    """

    id: str
    heading: str
    mark: str = ""
    text: str = ""
    acts: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Provision:
    """What an act or a refusal cites.

    Attributes:
        number: as it is cited, ``三（一）1``.
        under: the headings over it, the widest first.
        clauses: its demands in their order.
    """

    number: str
    under: tuple[str, ...]
    clauses: tuple[Clause, ...]

    @property
    def text(self) -> str:
        """All its words, a line for each numbered piece."""
        pieces = ("\n" * bool(each.mark) + each.mark + each.text for each in self.clauses)
        return "".join(pieces).strip()


@dataclass(frozen=True)
class Regulation:
    """The whole of it.

    Attributes:
        title: its name.
        opening: what it says before its first part.
        provisions: in their order.
        refusals: what each of them refuses, in words, by its number.
    """

    title: str
    opening: str
    provisions: tuple[Provision, ...]
    refusals: Mapping[str, str]

    @property
    def text(self) -> str:
        """All its words, from the title to the list of the annexes."""
        pieces = [self.title, self.opening]
        before: tuple[str, ...] = ()
        for each in self.provisions:
            pieces += [heading for n, heading in enumerate(each.under) if before[: n + 1] != each.under[: n + 1]]
            pieces.append(each.text)
            before = each.under
        return "\n".join(pieces)

    def provision(self, number: str) -> Provision | None:
        """Return what is cited by a number, None where nothing is."""
        return next((each for each in self.provisions if each.number == number), None)


@cache
def regulation() -> Regulation:
    """Return the regulation as it ships with the program."""
    return convert(dict(shipped("clauses.yaml")), Regulation)
