"""The rules in force in plain words: each setting of a policy with its name, and what a new version changes."""

from collections.abc import Iterator, Mapping

from records.bureau.policy import Policy, PolicyDraft
from records.matter.plain_data import to_data
from schema.check import keywords
from schema.problem import Field
from schema.tables import checker

Line = tuple[str, str]


def settings(policy: Policy) -> tuple[Line, ...]:
    """Return each setting of a policy with its name, in the order of the record."""
    return tuple(_settings(to_data(policy), ()))


def changes(draft: PolicyDraft, now: Policy) -> tuple[Line, ...]:
    """Return what a version changes against the one in force, as old → new; what is left out of either is 无."""
    old, new = dict(settings(now)), dict(settings(draft.policy))
    names = dict.fromkeys((*new, *old))
    return tuple((name, f"{old.get(name, '无')} → {new.get(name, '无')}") for name in names if old.get(name) != new.get(name))


def _settings(value: object, at: Field) -> Iterator[Line]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _settings(entry, (*at, key))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for place, entry in enumerate(value):
            yield f"{_title(at)}第{place + 1}步", "，".join(_said((*at, place, key), each) for key, each in entry.items())
    elif isinstance(value, list):
        yield _title(at), "、".join(map(str, value))
    else:
        yield _title(at), _said(at, value)


def _title(at: Field) -> str:
    check = checker("policy")
    return " ".join(str(check.at(at[:end]).get("title", at[end - 1])) for end in range(1, len(at) + 1))


def _said(at: Field, value: object) -> str:
    found = checker("policy").at(at)
    return keywords(found).enum_labels.get(str(value), str(value))
