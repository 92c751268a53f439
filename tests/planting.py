"""The back door: what nobody has in earnest, for tests that plant what no act would write."""

from records.register.register import Register
from records.store.repository import Repository


def store_of(register: Register) -> Repository:
    """Return the repository of a register."""
    return Repository(register.home / "register.git")
