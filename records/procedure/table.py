"""How acts and gates are entered: one writer an act, any number of gates before it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from records.procedure.case import Case, Change, Given, Refusal


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
    """The acts' code beside the table of regulation.yaml: one writer an act, any number of gates."""

    writers: dict[str, Callable[[Case, Given], Change]] = field(default_factory=dict)
    rules: dict[str, list[EnteredGate]] = field(default_factory=dict)

    def act(self, name: str) -> Callable[[Callable[[Case, Given], Change]], Callable[[Case, Given], Change]]:
        """Enter the function that carries out the act ``name``."""

        def enter(writer: Callable[[Case, Given], Change]) -> Callable[[Case, Given], Change]:
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


TABLE = ActTable()
