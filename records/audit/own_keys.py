"""Whose key each own signature was made with: the commits say that it is good, the register of keys says whose the key was on that day."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from records.audit.finding import Finding


@dataclass(frozen=True, slots=True)
class Signed:
    """An act that its actor signed himself, and that came out again.

    Attributes:
        commit: of the act; ``author`` whom it names.
        at: when.
        person: his id.
        record: what the act was done on.
        key: the fingerprint of his key.
        by_agent: whether the agent that he forwarded signed, and not he on his own computer.
    """

    commit: str
    author: str
    at: datetime
    person: str
    record: str
    key: str
    by_agent: bool = False


def strange_keys(signed: Iterable[Signed], signer: Callable[[str, str, datetime], str] | None) -> Iterator[Finding]:
    """Yield the acts that were signed with a key that was not the actor's on that day.

    Args:
        signed: in the order of history.
        signer: says by person, fingerprint and time why a key is not his; None where nobody knows, and then it is only seen that no two
            persons signed with one key.
    """
    whose: dict[str, str] = {}
    for each in signed:
        if signer is not None:
            reason = signer(each.person, each.key, each.at)
        else:
            other = whose.setdefault(each.key, each.person)
            reason = f"签名的密钥 {each.key} 先前由 {other} 用过，一把密钥只能是一个人" if other != each.person else ""
        if reason:
            yield Finding("history", f"签名不是本人的：{reason}。", each.commit, each.at, each.author, each.record)
