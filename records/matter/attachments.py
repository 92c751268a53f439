"""What a record says of the papers that are kept beside the register: the hash, the size and the type of each, in a line.

``sha256:<64 hex digits>,<bytes>,<type>``; records of before say the hash alone. The bytes are never in Git: every clone would carry them,
and what the law makes the office destroy could not be destroyed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, is_dataclass
from functools import cache

from records.matter.item import Source
from records.matter.stamps import Stamp
from schema.tables import checker

Place = tuple[str | int, ...]
_HASH = re.compile(rb"sha256:([0-9a-f]{64})")
_PAPER = re.compile(rb" *(?:- )?(?:scan|original): .?")  # before it, in its line


@dataclass(frozen=True)
class Attachment:
    """A paper that is kept beside the register.

    Attributes:
        digest: SHA-256 of its bytes, 64 hex digits.
        size: in bytes; None where the record does not say.
        type: ``pdf``, ``ofd``, ``jpeg``, ``png`` or ``tiff``; empty where the record does not say.
    """

    digest: str
    size: int | None = None
    type: str = ""

    def __str__(self) -> str:
        """The line by which a record names it."""
        return f"sha256:{self.digest}" + (f",{self.size},{self.type}" if self.type else "")


def attachment(name: str) -> Attachment | None:
    """Return the attachment that a line names, None where it names none."""
    if not _pattern().fullmatch(name):
        return None
    digest, *told = name.removeprefix("sha256:").split(",")
    return Attachment(digest, int(told[0]), told[1]) if told else Attachment(digest)


def attachments(record: object, at: Place = ()) -> Iterator[tuple[Place, Stamp | Source, Attachment]]:
    """Yield the attachments that a record names, in its order, each with the place of what names it and that itself.

    Args:
        record: a record, a part of one, or a list of parts.
        at: the place of the part.
    """
    if isinstance(record, Stamp | Source):
        name = record.scan if isinstance(record, Stamp) else record.original
        if name and (found := attachment(name)) is not None:
            yield at, record, found
    parts = enumerate(record) if isinstance(record, tuple) else vars(record).items()
    for name_or_place, part in parts:
        if isinstance(part, tuple) or is_dataclass(part):
            yield from attachments(part, (*at, name_or_place))


def named(files: Iterable[bytes]) -> frozenset[str]:
    """Return the SHA-256 of each paper that records name, as they are written; a series of numbers is long, and names none."""
    found = ((data, each, each.start()) for data in files for each in _HASH.finditer(data))
    return frozenset(each[1].decode() for data, each, at in found if _PAPER.fullmatch(data, data.rfind(b"\n", 0, at) + 1, at))


@cache
def _pattern() -> re.Pattern[str]:
    """What a record takes for such a line."""
    return re.compile(str(checker("item").at(("source", "original"))["pattern"]))
