"""Versions of the rules (规则版本): each commit carries the one that its act was done under, and is done again under that one for ever."""

from dataclasses import dataclass

FIRST_RULES = 2
"""The first version whose commits are done again; those of the version before it are held to what holds under any rules."""

RULES = 2
"""The version that this program acts under. Whoever changes what an act makes of a record, what it refuses or says in its commit, in
registers that are in use, raises it, lets the old row, gate or writer hold ``until`` the version before, and puts the new one beside it."""


@dataclass(frozen=True)
class Versions:
    """From which version of the rules on something holds, and to which, both included; ``until`` None: to this day."""

    since: int = FIRST_RULES
    until: int | None = None

    def hold(self, rules: int) -> bool:
        """Say whether it holds under a version."""
        return self.since <= rules and (self.until is None or rules <= self.until)

    def hold_ever(self) -> bool:
        """Say whether there is a version under which it holds."""
        return any(self.hold(rules) for rules in known_rules())

    def overlap(self, other: "Versions") -> bool:
        """Say whether both hold under one version, of those that there are or will be."""
        return (other.until is None or self.since <= other.until) and (self.until is None or other.since <= self.until)

    def __str__(self) -> str:
        """The range in a few words."""
        return f"since {self.since}" + ("" if self.until is None else f" until {self.until}")


def known_rules() -> range:
    """Return the versions that this program does acts again under."""
    return range(FIRST_RULES, RULES + 1)
