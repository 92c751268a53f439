"""How acts are entered beside their rows of regulation.yaml: a writer each, any number of gates, a condition where it is owed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from records.procedure.case import NOTHING_GIVEN, Case, Change, Given, Refusal
from schema.tables import ActSpec, RegulationError

Writer = Callable[[Case, Given], Change]
Condition = Callable[[Case], str | None]
"""Says since when (a time of the record) an act is owed in the body of the case's actor, None while it is not; nobody in person stands
in the case yet."""


class Gate(Protocol):
    """A refusal waiting for its reason: looks at the case, and at the inputs once there are any."""

    def __call__(self, case: Case, given: Given, /) -> Refusal | None:
        """Return why the act may not happen, None when this gate has nothing against it."""


@dataclass(frozen=True)
class EnteredGate:
    """A gate with the domain's number of its refusal; ``sees`` tells whether it can speak before there are inputs."""

    number: str
    check: Gate
    sees: Literal["record", "inputs"]


@dataclass
class ActTable:
    """The acts' code beside the table of regulation.yaml. Once ``seal`` has found each side to match the other, it is whole."""

    writers: dict[str, Writer] = field(default_factory=dict)
    rules: dict[str, list[EnteredGate]] = field(default_factory=dict)
    conditions: dict[str, Condition] = field(default_factory=lambda: {"always": since_it_was_moved})

    def act(self, name: str) -> Callable[[Writer], Writer]:
        """Enter the function that carries out the act ``name``."""

        def enter(writer: Writer) -> Writer:
            if name in self.writers:
                raise RegulationError(f"{name}: a second writer, {writer.__name__}")
            self.writers[name] = writer
            return writer

        return enter

    def gate(self, number: str, *acts: str, sees: Literal["record", "inputs"] = "inputs") -> Callable[[Gate], Gate]:
        """Enter a gate before the acts named."""

        def enter(check: Gate) -> Gate:
            for name in acts:
                self.rules.setdefault(name, []).append(EnteredGate(number, check, sees))
            return check

        return enter

    def condition(self, check: Condition) -> Condition:
        """Enter a condition under its own name, by which rows of the table say when their act is owed."""
        self.conditions[check.__name__] = check
        return check

    def refusal(self, case: Case, sees: Literal["record", "inputs"], given: Given = NOTHING_GIVEN) -> Refusal | None:
        """Return what the first gate has against a case that looks at the record, or at the inputs; None when none has."""
        gates = (gate for gate in self.rules.get(case.spec.name, ()) if gate.sees == sees)
        return next((refusal for gate in gates if (refusal := gate.check(case, given))), None)

    def seal(self, specs: Mapping[str, ActSpec]) -> None:
        """Hold the code and the rows to each other.

        Raises:
            RegulationError: a row has no writer or no such condition, or a writer, gate or condition has no row.
        """
        wanted = {spec.owed for spec in specs.values() if spec.owed}
        for what, one, other in (
            ("row without a writer", specs.keys(), self.writers.keys()),
            ("writer without a row", self.writers.keys(), specs.keys()),
            ("gate before an act without a row", self.rules.keys(), specs.keys()),
            ("condition of a row without a function", wanted, self.conditions.keys()),
            ("condition that no row names", self.conditions.keys(), wanted),
        ):
            if missing := sorted(one - other):
                raise RegulationError(f"{what}: {', '.join(missing)}")


def since_it_was_moved(case: Case) -> str | None:
    """The condition ``always``: owed whenever the state allows it, since the step that led there."""
    if case.roundup is not None:
        return case.roundup.moved_at
    return case.before.moved_at


TABLE = ActTable()
