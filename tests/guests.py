"""People inside the door of a register of the tests: a keys' repository beside it, and a key for whoever comes."""

import base64
from pathlib import Path

from records.acts import Refusal
from records.bureau.entrances import Entrance
from records.keys.keys import Keys
from records.register.register import Register
from records.store.store import Ident
from tui.command.environment import find_keys, now
from tui.door.grammar import Role
from tui.door.guest import Guest, Identity


def key_of(person: str) -> str:
    """Return a public key that is a person's and nobody else's; nobody holds its other half."""
    parts = (b"ssh-ed25519", person.encode().ljust(32, b".")[:32])
    return "ssh-ed25519 " + base64.b64encode(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).decode()


def identity(home: Path, person: str, role: Role = "staff") -> Identity:
    """Return who comes by a key that is enrolled for him, in the keys beside a register, which are made where there are none."""
    place, at = find_keys(None, home), now()
    by = Ident("security", "security@keys", at)
    keys = Keys(place) if place.exists() else Keys.create(place, Register(home).first, by)
    entrance = Entrance(role, at.isoformat(), "2099-12-31", "测试", key_of(f"{person} {role}"))
    if keys.closed(person, entrance.name, role, at):
        done = keys.enrol(person, entrance, by)
        assert not isinstance(done, Refusal), str(done)
    return Identity(person, entrance.name, role)


def guest(home: Path, person: str) -> Guest:
    """Return a person who came in."""
    return Guest(identity(home, person), home, find_keys(None, home), now)


def revoke(home: Path, person: str) -> None:
    """Close all entrances of a person."""
    done = Keys(find_keys(None, home)).revoke(person, "", "丢失", Ident("security", "security@keys", now()))
    assert not isinstance(done, Refusal), str(done)
