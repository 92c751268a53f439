"""What became of a commit that was sent to a register's upstream: one of these, and each needs something else done (``upstream``)."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias


class Standby(Enum):
    """What an upstream that did not take a commit heard of its standby, which it had sent it to."""

    SILENT = "silent"
    """It gave no answer: it may have it."""
    HAS_IT = "has it"
    """It has it, so that the upstream takes it too once it can."""


@dataclass(frozen=True)
class Taken:
    """The commit is in the upstream's branch, and stays there."""


@dataclass(frozen=True)
class Moved:
    """Another server was quicker; the upstream's branch stands elsewhere, and our commit is not in it.

    Attributes:
        tip: where it stands; what leads there has been fetched. None where it has none any more.
    """

    tip: str | None


@dataclass(frozen=True)
class Refused:
    """The upstream does not want it.

    Attributes:
        words: its own, or its hook's; of any content.
    """

    words: str


@dataclass(frozen=True)
class Locked:
    """The branch could not be moved though nobody moved it: a lock that somebody left.

    Attributes:
        name: the lock's file there.
        at_standby: whether it is the standby's branch, and the lock is there.
    """

    name: str
    at_standby: bool = False


@dataclass(frozen=True)
class Unsure:
    """It was sent, and it cannot be told what became of it.

    Attributes:
        words: what was heard last, of any content.
        standby: what the upstream heard of its standby, where it was not the upstream that gave no answer.
    """

    words: str
    standby: Standby | None = None


@dataclass(frozen=True)
class Unreached:
    """Nothing was sent.

    Attributes:
        words: why: what it means where that is known, else as Git or ssh says it.
    """

    words: str


Answer: TypeAlias = Taken | Moved | Refused | Locked | Unsure | Unreached
