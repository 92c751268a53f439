"""What a caller of the service may say, whatever the bytes are, and how its descriptors become a session's own."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeGuard


@dataclass(frozen=True)
class Stated:
    """Who comes, as the service's own account says: what sshd started under it wrote the name into the command itself."""

    person: str
    key: str


@dataclass(frozen=True)
class Call:
    """What a caller wants.

    Attributes:
        uid: the account at the other end, as the kernel says.
        asked: the command text of the client, as it came.
        given: the variables of the caller; nothing in them is believed.
        stated: who it is for; of the service's own account alone.
        agent: the descriptor of a line to his agent, which he opened himself; None where he brings none.
    """

    uid: int
    asked: str
    given: Mapping[str, str]
    stated: Stated | None
    agent: int | None = None


class NotMine:
    """A call for another register, or with other keys."""


def understood(data: bytes, uid: int, home: str, keys: str) -> Call | NotMine | None:
    """Return what is wanted, None where it is no call of ours.

    Args:
        data: what the caller said first.
        uid: the account at the other end, as the kernel says; of the service's own alone is believed what it says of a person.
        home: the folder of the service's register.
        keys: that of its keys.
    """
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    asked, given, stated = (told.get(name) for name in ("asked", "given", "stated"))
    if not isinstance(asked, str) or not _is_words(given):
        return None
    if stated is None or uid != os.geteuid():
        return Call(uid, asked, given, None)
    if not _is_words(stated) or not {"person", "key", "home"} <= stated.keys():
        return None
    if (stated["home"], stated.get("keys", keys)) != (home, keys):
        return NotMine()
    return Call(uid, asked, given, Stated(stated["person"], stated["key"]))


def taken_over(descriptors: list[int], work: Callable[[], int]) -> int:
    """Make the caller's descriptors standard input, output and error, do what it wants, and return the exit status."""
    for number, each in enumerate(descriptors):
        os.dup2(each, number)
        os.close(each)
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    buffering = 1 if os.isatty(1) else -1
    sys.stdout = sys.__stdout__ = open(1, "w", buffering, "utf-8", "backslashreplace", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    sys.stderr = sys.__stderr__ = open(2, "w", 1, "utf-8", "backslashreplace", closefd=False)  # type: ignore[misc]  # noqa: SIM115
    try:
        return work()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()


def _is_words(value: object) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict) and all(isinstance(each, str) for each in value.values())
