"""What acts stand on while they are done again: the records as the commits before left them, made there and not read anew."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from records.acts import Outcome
from records.audit.beginning import Beginning, Folders, beginning
from records.bureau.roster import SYSTEM
from records.matter.digests import Digests
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.papers import Papers
from records.store import receipt
from records.store.paths import item_path, numbers_path
from records.store.pieces import Pieces, keep
from records.store.record_files import Unreadable
from records.store.store import Commit, Store
from records.store.view import View


@dataclass(frozen=True)
class Known:
    """Where to look for what an act may have to be told from or undoes, as it stands before a walk begins.

    Attributes:
        papers: gives the ids of the items that may stand for a paper of this key, open or merged into others.
        carried_in: gives the ids of those that may have come in under a number of another ledger, by its key.
        last_commit: gives the last commit that a person made on an item; None where it is to be looked for in the history.
    """

    papers: Callable[[str], Iterable[str]]
    carried_in: Callable[[str], Iterable[str]]
    last_commit: Callable[[str], str | None] | None = None


class Before:
    """What stands before the commit that is looked at; told of each that was.

    Args:
        store: the repository.
        since: the commit after which the walk begins, None for all of history.
        cores: how many processes may read what stood at ``since``.
        known: where to look for what stood then; without it all of it is read as soon as some of it is asked for.
        folders: what is known of what the folders held then; told what is read of them.

    Attributes:
        papers: of the items that were left.
        pieces: reads and writes records by their parts.
    """

    def __init__(self, store: Store, since: str | None, cores: int = 1, known: Known | None = None, folders: Folders | None = None) -> None:
        self._store, self._since = store, since
        self.papers, self.pieces = Papers(self._at_first), Pieces()
        self._began = began = cache(lambda: beginning(store, since, cores, folders) if since else Beginning())
        self._known = known or Known(lambda key: began().papers.get(key, ()), lambda key: began().carried.get(key, ()))
        self._last: dict[str, str] = {}
        self._left: OrderedDict[str, tuple[str, Mapping[str, object]]] = OrderedDict()
        self._items: OrderedDict[str, tuple[str, Item]] = OrderedDict()
        self._series: OrderedDict[str, tuple[str, NumberSeries]] = OrderedDict()

    def note(self, commit: Commit, item: Item) -> None:
        """Note an item as a commit left it."""
        self.papers.note(item)
        self.remember(commit, item.id)

    def left(self, commit: Commit, outcome: Outcome) -> None:
        """Note all that an act left which came out again."""
        for changed in (*([outcome.item] if outcome.item else []), *outcome.items):
            self.note(commit, changed)
            if blob := self._store.blob_id(path := item_path(changed.id), commit.id):
                keep(self._items, path, (blob, changed))
        for series in outcome.numbers:
            if blob := self._store.blob_id(path := numbers_path(series.series, series.year), commit.id):
                keep(self._series, path, (blob, series))

    def data(self, blob: str, path: str) -> Mapping[str, object]:
        """Return what a version of a record holds; the one that a commit left is the one that the record's next commit began with."""
        known = self._left.get(path)
        if known is None or known[0] != blob:
            known = blob, self.pieces.data(self._store.blob(blob), path)
        keep(self._left, path, known)
        return known[1]

    def item(self, view: View, item: str) -> Item | None:
        """Return an item as the commit before left it, as it was made there rather than read again."""
        try:
            path = item_path(item)
        except ValueError:
            return None
        blob, known = self._items.get(path, ("", None))
        return known if known and blob == self._store.blob_id(path, view.commit) else view.item(item)

    def numbers(self, view: View, series: str, year: int) -> NumberSeries:
        """Return a series as the commit before left it, likewise."""
        path = numbers_path(series, year)
        blob, known = self._series.get(path, ("", None))
        return known if known and blob == self._store.blob_id(path, view.commit) else view.numbers(series, year)

    def same_source(self, key: str) -> str | None:
        """Return the open item that a paper belongs to, by the paper's key."""
        for item in self._known.papers(key):
            self.papers.find(item)
        return self.papers.same_source(key)

    def carried_in(self, key: str) -> str | None:
        """Return the item that came in under a number of another ledger, by its key."""
        for item in self._known.carried_in(key):
            self.papers.find(item)
        return self.papers.carried_in(key)

    def digests(self, view: View) -> Digests:
        """Return the hashes over all files of the commit before; those that stood already where the walk began were counted together."""
        view.counted(self._began().digests)
        return view.digests

    def last_commit(self, item: str) -> str | None:
        """Return the last commit that a person made on an item, looked for before the walk began where it saw none."""
        if item in self._last:
            return self._last[item]
        if self._known.last_commit is not None:
            return self._known.last_commit(item)
        at, path = self._since, item_path(item)
        while at is not None:
            commit = self._store.describe(at)
            if receipt.person_of(commit.author.email) != SYSTEM:
                before = self._store.blob_id(path, commit.parent) if commit.parent else None
                if self._store.blob_id(path, at) != before:
                    return at
            at = commit.parent
        return None

    def remember(self, commit: Commit, item: str) -> None:
        """Keep the last commit that a person made on each item, for what is taken back."""
        if receipt.person_of(commit.author.email) != SYSTEM:
            self._last[item] = commit.id

    def _at_first(self, item: str) -> Item | None:
        """An item as it stood where the walk began."""
        with suppress(Unreadable):
            return View(self._store, self._since).item(item) if self._since else None
        return None
