"""How acts are entered beside their rows of regulation.yaml: a writer each, any number of gates, a condition where it is owed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from records.procedure.case import NOTHING_GIVEN, Case, Change, Given, Refusal
from schema.tables import ActSpec, RegulationError
from schema.versions import FIRST_RULES, Versions, known_rules

Writer = Callable[[Case, Given], Change]


class Coming(NamedTuple):
    """That an act is owed from a day on: what it is then owed since, a time of the record, and the day."""

    since: str
    begins: str


Condition = Callable[[Case], str | Coming | None]
"""Says since when (a time of the record) an act is owed in the body of the case's actor, None while it is not; nobody in person stands
in the case yet. What comes round by itself says from which day on, and looks at no day."""


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
    versions: Versions = Versions()  # noqa: RUF009 - a value


@dataclass(frozen=True)
class EnteredWriter:
    """What carries out an act, under some versions of the rules."""

    write: Writer
    versions: Versions = Versions()  # noqa: RUF009 - a value


@dataclass
class ActTable:
    """The acts' code beside the table of regulation.yaml. Once ``seal`` has found each side to match the other, it is whole.

    Gates and writers say under which versions of the rules they hold: whoever changes one lets it hold ``until`` the version before and
    enters the new one beside it ``since`` the new version, so that what was done before is done again as it was (docs/decisions.md).
    A condition under which an act is owed is named by its row, which has versions itself.
    """

    writers: dict[str, Sequence[EnteredWriter]] = field(default_factory=dict)
    rules: dict[str, Sequence[EnteredGate]] = field(default_factory=dict)
    conditions: dict[str, Condition] = field(default_factory=lambda: {"always": since_it_was_moved})
    _seeing: dict[tuple[str, int, str], tuple[Sequence[EnteredGate], list[Gate]]] = field(default_factory=dict)
    """The gates that look at the record, or at the inputs, of those entered before an act: each list and inbox asks them of hundreds."""

    def act(self, name: str, *, since: int = FIRST_RULES, until: int | None = None) -> Callable[[Writer], Writer]:
        """Enter the function that carries out the act ``name``, from one version of the rules to another."""

        def enter(writer: Writer) -> Writer:
            new = EnteredWriter(writer, Versions(since, until))
            if any(each.versions.overlap(new.versions) for each in self.writers.get(name, ())):
                raise RegulationError(f"{name}: a second writer, {_name(writer)}")
            self.writers[name] = (*self.writers.get(name, ()), new)
            return writer

        return enter

    def gate(
        self, number: str, *acts: str, sees: Literal["record", "inputs"] = "inputs", since: int = FIRST_RULES, until: int | None = None
    ) -> Callable[[Gate], Gate]:
        """Enter a gate before the acts named, from one version of the rules to another."""

        def enter(check: Gate) -> Gate:
            for name in acts:
                self.rules[name] = (*self.rules.get(name, ()), EnteredGate(number, check, sees, Versions(since, until)))
            return check

        return enter

    def condition(self, check: Condition) -> Condition:
        """Enter a condition under its own name, by which rows of the table say when their act is owed."""
        self.conditions[check.__name__] = check
        return check

    def writer(self, case: Case) -> Writer:
        """Return what carries out a case's act under the rules that it is done under."""
        return next(each.write for each in self.writers[case.spec.name] if each.versions.hold(case.world.rules))

    def gates(self, case: Case) -> Iterator[EnteredGate]:
        """Yield the gates before a case's act under the rules that it is done under."""
        return (each for each in self.rules.get(case.spec.name, ()) if each.versions.hold(case.world.rules))

    def refusal(self, case: Case, sees: Literal["record", "inputs"], given: Given = NOTHING_GIVEN) -> Refusal | None:
        """Return what the first gate has against a case that looks at the record, or at the inputs; None when none has."""
        entered, asked = self.rules.get(case.spec.name, ()), (case.spec.name, case.world.rules, sees)
        known = self._seeing.get(asked)
        if known is None or known[0] is not entered:
            known = self._seeing[asked] = entered, [gate.check for gate in self.gates(case) if gate.sees == sees]
        for check in known[1]:
            if refusal := check(case, given):
                return refusal
        return None

    def seal(self, rows: Iterable[ActSpec]) -> None:
        """Hold the code and the rows to each other, and both to the versions of the rules.

        Raises:
            RegulationError: a row has no writer or no such condition, or a writer, gate or condition has no row; a gate or a writer holds
                under no version, or an act has two gates of one name under one.
        """
        rows = tuple(rows)
        names, wanted = {spec.name for spec in rows}, {spec.owed for spec in rows if spec.owed}
        for what, one, other in (
            ("row without a writer", names, self.writers.keys()),
            ("writer without a row", self.writers.keys(), names),
            ("gate before an act without a row", self.rules.keys(), names),
            ("condition of a row without a function", wanted, self.conditions.keys()),
            ("condition that no row names", self.conditions.keys(), wanted),
            ("holds under no version of the rules", set(self._never()), set()),
            ("two gates of one name under one version of the rules", set(self._twice()), set()),
            ("row without a writer under its version of the rules", set(self._unwritten(rows)), set()),
        ):
            if missing := sorted(one - other):
                raise RegulationError(f"{what}: {', '.join(missing)}")

    def _never(self) -> Iterator[str]:
        entered: list[tuple[str, object, Versions]]
        entered = [(name, each.check, each.versions) for name, gates in self.rules.items() for each in gates]
        entered += [(name, each.write, each.versions) for name, writers in self.writers.items() for each in writers]
        return (f"{name} {_name(code)} {versions}" for name, code, versions in entered if not versions.hold_ever())

    def _twice(self) -> Iterator[str]:
        for name, gates in self.rules.items():
            for place, one in enumerate(gates):
                for other in gates[place + 1 :]:
                    if _name(one.check) == _name(other.check) and one.versions.overlap(other.versions):
                        yield f"{name} {_name(one.check)}"

    def _unwritten(self, rows: Iterable[ActSpec]) -> Iterator[str]:
        for spec in rows:
            for rules in known_rules():
                if spec.versions.hold(rules) and not any(each.versions.hold(rules) for each in self.writers.get(spec.name, ())):
                    yield f"{spec.name} {rules}"


def _name(code: object) -> str:
    return str(getattr(code, "__name__", code))


def since_it_was_moved(case: Case) -> str | None:
    """The condition ``always``: owed whenever the state allows it, since the step that led there."""
    if case.roundup is not None:
        return case.roundup.moved_at
    return case.before.moved_at


TABLE = ActTable()
