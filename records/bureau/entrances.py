"""By which keys and accounts a person comes in, and until when: what the security administrator keeps apart from the roster (design §4)."""

import base64
from dataclasses import dataclass
from datetime import date, datetime

from records.signatures.ssh_keys import fingerprint


@dataclass(frozen=True)
class Revoked:
    """When an entrance was closed for good, and why."""

    at: str
    reason: str


@dataclass(frozen=True)
class Entrance:
    """One way in: a public key, or an account of the server.

    Attributes:
        role: ``staff`` for the desk; ``inspector`` for a copy of the whole register and nothing else; ``site`` for a machine that holds the
            whole register and sends what was done on it.
        since: when it was enrolled.
        until: the last day on which it is open.
        basis: the paper it rests on.
        key: type and base64 of the public key, as in a line of authorized_keys.
        account: or the name of the account.
        sources: networks from which alone it is open; anywhere where none is named.
        revoked: when it was closed.
    """

    role: str
    since: str
    until: str
    basis: str
    key: str | None = None
    account: str | None = None
    sources: tuple[str, ...] = ()
    revoked: Revoked | None = None

    @property
    def name(self) -> str:
        """What tells it from all others: the fingerprint of the key as OpenSSH prints it, or the account."""
        return fingerprint(base64.b64decode(self.key.split(" ")[1])) if self.key else self.account or ""

    def closed(self, at: datetime) -> str:
        """Return why nobody comes in by it at a time in the bureau's zone; empty while it is open."""
        if self.revoked is not None:
            return f"已于 {self.revoked.at[:16].replace('T', ' ')} 停用"
        if self.until < at.date().isoformat():
            return f"有效期已于 {self.until} 届满"
        return "" if datetime.fromisoformat(self.since) <= at else "还没有到登记的时间"

    def days_left(self, at: datetime) -> int:
        """Return how many days it is still open for after that of a time in the bureau's zone."""
        return (date.fromisoformat(self.until) - at.date()).days

    def stood(self, at: datetime) -> bool:
        """Say whether it was open at a time, whatever became of it since: what was signed then stays signed."""
        ended = self.revoked is not None and datetime.fromisoformat(self.revoked.at) <= at
        return not ended and datetime.fromisoformat(self.since) <= at and at.date().isoformat() <= self.until


@dataclass(frozen=True)
class Entrances:
    """All ways in of one person, the oldest first; those that are closed stay, so that the history can be read."""

    person: str
    entrances: tuple[Entrance, ...]


@dataclass(frozen=True)
class Keyring:
    """To which register a repository of keys belongs, by the id of its first commit."""

    register: str
