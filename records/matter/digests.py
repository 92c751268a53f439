"""The two hashes that stand beside each other wherever something is to be proved: SHA-256, and SM3 (GB/T 32905)."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Digests:
    """The hashes of some bytes as hex digits; ``sm3`` is empty where this machine cannot count it."""

    sha256: str
    sm3: str


def has_sm3() -> bool:
    """Say whether this machine's OpenSSL knows SM3 (GB/T 32905)."""
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


def digests(data: bytes) -> Digests:
    """Return the hashes of some bytes."""
    return Digests(hashlib.sha256(data).hexdigest(), hashlib.new("sm3", data).hexdigest() if has_sm3() else "")
