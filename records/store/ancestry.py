"""What a commit stands on: the one with which its history begins, and whether an earlier one is in it. What was found once is kept."""

from records.store.objects import parent_in
from records.store.store import Commit, Store

_MANY = 1000  # commits of which it is kept in mind what they stand on
_ABOVE: dict[str, str] = {}
"""A commit that is known to stand on another one, so that while somebody signs no commit is looked at twice."""
_BEGUN: dict[str, str] = {}
"""The commit with which the history of a commit begins: nothing can change it, and the way there is as long as the history."""


def begun(store: Store, commit: str) -> str:
    """Return the commit with which the history of a commit begins."""
    at = commit
    while at not in _BEGUN and (parent := parent_in(store.raw(at, "commit"))):
        at = parent
    first = _BEGUN.get(at, at)
    if len(_BEGUN) >= _MANY:  # the last one is as near as any
        _BEGUN.clear()
    return _BEGUN.setdefault(commit, first)


def stands_on(store: Store, commit: str, since: Commit) -> bool:
    """Say whether an earlier commit is one of those that led to another; it is looked for no further back than it says itself."""
    at, known = store.describe(commit), _ABOVE.get(since.id)
    while at.id not in (since.id, known):
        if at.parent is None or at.author.time < since.author.time:
            return False
        at = store.describe(at.parent)
    if len(_ABOVE) >= _MANY:
        _ABOVE.clear()
    _ABOVE[since.id] = commit
    return True
