"""The register as it stands at one commit: items, people, calendars, policy, numbers. Read-only and cheap to make."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import cache, cached_property
from typing import TypeVar, cast

from records.bureau.calendar import Calendar
from records.bureau.policy import Policy, PolicyDraft
from records.bureau.roster import Bureau, Roster
from records.bureau.scoring import Scoring, ScoringDraft, default_scoring
from records.matter.checkpoint import Checkpoint
from records.matter.digests import Digests
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.roundup import UNNAMED, Roundup, RoundupRow
from records.procedure.case import Head, LastStep, World
from records.rules.clocks import CLOSED
from records.store import last_read, receipt
from records.store.ancestry import begun, stands_on
from records.store.paths import checkpoint_path, item_path, kind_of, numbers_path, record_place, roundup_path
from records.store.record_files import Unreadable
from records.store.store import FOLDER, Store, StoreError, TreeEntry
from records.store.tree_digests import tree_digests
from schema.problem import Problem
from schema.tables import acts
from schema.versions import RULES

_T = TypeVar("_T")


class View:
    """One commit of the register; every method raises Unreadable for a record that its schema does not allow.

    Args:
        store: the repository.
        commit: which commit.
        passed: says whether all records of the commit are known to be sound; asked once, where the first of them is read.
    """

    def __init__(self, store: Store, commit: str, passed: Callable[[], bool] = lambda: False) -> None:
        self.commit = commit
        self._store, self._asked_passed = store, passed
        self._looked_at: dict[str, object] = {}
        self._whole = False

    def same_in(self, other: "View") -> bool:
        """Say whether all that was looked at in this view is the same in another one of this register, which is looked at for it.

        Where that was not records but what led to the commit, it never is.
        """
        if self.commit == other.commit:
            return True
        if self._whole or self.rules != other.rules:
            return False
        found = self._looked_at.items()
        return all(what == (other._entries(where[:-1]) if where.endswith("/") else other._blob(where)) for where, what in found)

    def _blob(self, path: str) -> str | None:
        return cast("str | None", self._note(path, self._store.blob_id(path, self.commit)))

    def _entries(self, folder: str) -> tuple[TreeEntry, ...]:
        return cast("tuple[TreeEntry, ...]", self._note(f"{folder}/", self._store.entries(folder, self.commit)))

    def _note(self, where: str, what: object) -> object:
        self._looked_at[where] = what
        return what

    @cached_property
    def _passed(self) -> bool:
        return self._asked_passed()

    @cached_property
    def roster(self) -> Roster:
        """Everybody; a unit whose file is broken is left out, so that it stops nobody but itself."""
        ids = tuple((entry.name, entry.id) for entry in self._entries("units") if entry.name.endswith(".yaml"))
        return self._known(lambda: last_read.roster(self._store, self.bureau_id, self._id("leaders.yaml"), ids, self._passed))

    @cached_property
    def bureau_id(self) -> str:
        """The blob of what the bureau says of itself."""
        return self._id("bureau.yaml")

    @property
    def bureau(self) -> Bureau:
        """What the bureau says of itself."""
        return self._known(lambda: last_read.bureau(self._store, self.bureau_id, self._passed))

    @cached_property
    def calendar(self) -> Calendar:
        """The calendars of all years the register holds."""
        ids = tuple((entry.name, entry.id) for entry in self._entries("calendar") if entry.name.endswith(".yaml"))
        return self._known(lambda: last_read.calendar(self._store, ids, self._passed))

    @cached_property
    def policy_id(self) -> str:
        """The blob of the policy in force."""
        return self._id("policy.yaml")

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.policy_at(self.policy_id)

    def policy_at(self, blob: str | None) -> Policy:
        """Return the policy that an item pins; None is the one in force."""
        here = blob in (None, self.policy_id)  # an older one is no record of this commit
        return self._known(lambda: last_read.policy(self._store, blob or self.policy_id, here and self._passed))

    @property
    def policy_draft(self) -> PolicyDraft | None:
        """The version of the policy that was drawn up last, None while there was none."""
        blob = self._blob("policy_draft.yaml")
        return None if blob is None else self._known(lambda: last_read.policy_draft(self._store, blob, self._passed))

    @property
    def scoring(self) -> Scoring:
        """The scoring in force: the bureau's own, or else the one that ships with the program."""
        blob = self._blob("scoring.yaml")
        return default_scoring() if blob is None else self._known(lambda: last_read.scoring(self._store, blob, self._passed))

    @property
    def scoring_draft(self) -> ScoringDraft | None:
        """The version of the scoring that was drawn up last, None while there was none."""
        blob = self._blob("scoring_draft.yaml")
        return None if blob is None else self._known(lambda: last_read.scoring_draft(self._store, blob, self._passed))

    @cached_property
    def rules(self) -> int:
        """The version of the rules that the last act was done under; a commit that is none, made by hand, tells nothing of it."""
        at: str | None = self.commit
        while at is not None:
            commit = self._store.describe(at)
            if "Duban-Act" in (told := receipt.trailers(commit.message)):
                return receipt.rules_of(told)
            at = commit.parent
        return RULES

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Yield the checkpoints that were taken up to here, newest first."""
        for year in reversed(self._entries("checkpoints")):
            for entry in reversed(self._entries(f"checkpoints/{year.name}")):
                path = checkpoint_path(f"{year.name}-{entry.name.removesuffix('.yaml')}")
                if kind_of(path) == "checkpoint" and (blob := self._blob(path)) is not None:
                    yield last_read.checkpoint(self._store, blob, path, self._passed)

    @cached_property
    def checkpoint(self) -> Checkpoint | None:
        """The last checkpoint that was taken up to here, None where there was none: what a document made of this commit bears."""
        return next(self.checkpoints(), None)

    @property
    def first(self) -> str:
        """The commit with which the register began: as the last checkpoint says, which was judged as any act is; else the way is walked."""
        with suppress(Unreadable):  # a checkpoint that cannot be read keeps nobody from signing
            if self.checkpoint:
                return self.checkpoint.register
        return begun(self._store, self.commit)

    @cached_property
    def digests(self) -> Digests:
        """The hashes over all files of this commit; of folders that this process has counted before nothing is read."""
        self._whole = True
        return tree_digests(self._store.raw, self._store.describe(self.commit).tree, last_read.digests(self._store))

    def counted(self, known: Mapping[str, Digests]) -> None:
        """Take it from the caller what hashes files and folders have, by the ids of blobs and trees."""
        last_read.digests(self._store).update(known)

    def count(self, since: Checkpoint | None = None) -> int:
        """Return how many commits led here, this one included, or only those after the one that a checkpoint vouches for.

        What led to the last checkpoint is taken from it, so that this costs no more in a long history.

        Raises:
            StoreError: the checkpoint's commit is not in this history, which was cut short or written anew.
        """
        self._whole = True
        known = since or self.checkpoint
        after = sum(1 for _ in self._store.commits(known.commit if known else None, self.commit))
        return after if since else after + (known.count if known else 0)

    def item(self, item: str) -> Item | None:
        """Return one item, None when there is none.

        Raises:
            Unreadable: it is broken.
        """
        try:
            path = item_path(item)
        except ValueError:
            return None
        blob = self._blob(path)
        return None if blob is None else last_read.item(self._store, blob, path, self._passed)

    def numbers(self, series: str, year: int) -> NumberSeries:
        """Return a series of document numbers, empty when nothing of it was taken in that year."""
        path = numbers_path(series, year)
        blob = self._blob(path)
        return (
            NumberSeries(series, year, self.roster.series_characters(series)) if blob is None else last_read.series(self._store, blob, path)
        )

    def number_years(self) -> tuple[int, ...]:
        """Return the years in which documents were numbered, oldest first."""
        return tuple(int(year.rpartition("/")[2]) for year in self._numbered("numbers"))

    def series_in_use(self, year: int) -> tuple[str, ...]:
        """Return the series of which numbers were taken in a year."""
        return tuple(name.removesuffix(".yaml") for name in self._records(f"numbers/{year}", "numbers"))

    def roundup(self, month: str) -> Roundup | None:
        """Return the roundup of a month, None when there is none."""
        path = roundup_path(month)
        blob = self._blob(path) if kind_of(path) == "roundup" else None
        return None if blob is None else last_read.roundup(self._store, blob, path, self._passed)

    def named(self, found: Roundup) -> Roundup:
        """Return a roundup in which a matter that was classified since its row was drawn up has the name that there is now (D-16)."""
        return replace(found, rows=tuple(replace(row, title=self._name(row)) for row in found.rows))

    def sent_out(self, found: Roundup) -> Roundup:
        """Return a roundup as it goes out to all units: in it a matter that only a few may know of has no name either."""
        return replace(found, rows=tuple(replace(row, title=self._name_for_all(row)) for row in found.rows))

    def _name_for_all(self, row: RoundupRow) -> str:
        with suppress(Unreadable):  # who may know of what cannot be read nobody knows
            item = self.item(row.item)
            return self._name(row) if item is None or not item.need_to_know else UNNAMED
        return UNNAMED

    def _name(self, row: RoundupRow) -> str:
        with suppress(Unreadable):
            if (item := self.item(row.item)) is not None and item.classified is not None:
                return item.title
        return row.title

    def months(self) -> Iterator[str]:
        """Yield the months that have a roundup, newest first."""
        for year in reversed(self._numbered("roundups")):
            for name in reversed(self._records(year, "roundup")):
                yield f"{year.rpartition('/')[2]}-{name.removesuffix('.yaml')}"

    def record(self, owner: str) -> Item | Roundup | None:
        """Return what documents belong to: an item by its id, or the roundup of a month; None when there is none."""
        return self.item(owner) if owner.startswith("DB-") else self.roundup(owner)

    def all_items(self) -> Iterator[Item]:
        """Yield every sound item; reads the whole register, for audits."""
        for each in self._item_ids():
            with suppress(Unreadable):
                if (item := self.item(each)) is not None:
                    yield item

    def _item_ids(self) -> Iterator[str]:
        for year in self._entries("items"):
            for folder in self._entries(f"items/{year.name}"):
                for entry in self._entries(f"items/{year.name}/{folder.name}"):
                    yield entry.name.removesuffix(".yaml")

    def first_item(self) -> Item | None:
        """Return the item that was registered first, None while there is none; raises like ``item``."""
        for folder in (hundred for year in self._numbered("items") for hundred in self._numbered(year)):
            if names := self._items_in(folder):
                return self.item(names[0])
        return None

    def world(
        self,
        same_source: Callable[[str], str | None] = lambda paper: None,
        items: Callable[[str], Iterable[Item]] | None = None,
        last_commit: Callable[[str], str | None] = lambda item: None,
        carried_in: Callable[[str], str | None] = lambda number: None,
        rules: int = RULES,
        count: Callable[[], int] | None = None,
    ) -> World:
        """Return what acts look at.

        Args:
            same_source: finds the open item that a paper belongs to; without it none is found.
            items: finds the items that matter to a roundup faster than reading every one.
            last_commit: finds the last commit that a person made on an item; without it none is found, and nothing can be taken back.
            carried_in: finds the item that came in under a number of another ledger; without it none is found.
            rules: the version of the rules that an act is done under.
            count: gives how many commits led here, where the caller knows; else they are counted, which takes the longer the more they are.
        """
        return World(
            self.roster,
            self.calendar,
            self.policy,
            self.policy_id,
            self.policy_at,
            self.numbers,
            same_source,
            self._is_open,
            items or self._concerned,
            cache(lambda item: self._last_step(item, last_commit(item))),
            self.item,
            self.policy_draft,
            self.scoring,
            self.scoring_draft,
            carried_in,
            lambda: [item for each in self._item_ids() if (item := self.item(each)) is not None],
            self._head(count),
            rules,
        )

    def _concerned(self, since: str) -> list[Item]:
        from records.rules.roundup_figures import concerns

        return [item for item in self.all_items() if concerns(item, since)]

    def _head(self, count: Callable[[], int] | None) -> Head:
        return Head(
            self.rules,
            self.commit,
            cache(count or self._all),
            lambda: self.first,
            lambda: self.digests,
            lambda: self.checkpoint,
            self.unmoved,
        )

    def _all(self) -> int:
        self._whole = True
        return sum(1 for _ in self._store.commits(None, self.commit))

    def unmoved(self, kind: str, target: str, commit: str) -> datetime | None:
        """Return when an earlier commit was made, None where it is none of those that led here, or a record changed since.

        It is looked for no further back than it says itself.

        Args:
            kind: of record.
            target: id of the record.
            commit: its id.
        """
        try:
            since, path = self._store.describe(commit), record_place(kind, target)
            if self._store.blob_id(path, commit) != self._blob(path):
                return None
        except (StoreError, ValueError):
            return None
        return since.author.time if stands_on(self._store, self.commit, since) else None

    def next_item(self, year: int) -> str:
        """Return the id that the next item of a year takes."""
        names = next(filter(None, map(self._items_in, reversed(self._numbered(f"items/{year}")))), ["0"])
        return f"DB-{year}-{int(names[-1].rpartition('-')[2]) + 1:04}"

    def _numbered(self, folder: str) -> list[str]:
        """The folders in a folder that are named by a number, the lowest first; whatever else lies there stops nobody."""
        names = (entry.name for entry in self._entries(folder) if entry.mode == FOLDER and entry.name.isascii() and entry.name.isdigit())
        return [f"{folder}/{name}" for name in sorted(names, key=int)]

    def _records(self, folder: str, kind: str) -> list[str]:
        """The names of the records of a kind in a folder, in Git's order."""
        return [entry.name for entry in self._entries(folder) if kind_of(f"{folder}/{entry.name}") == kind]

    def _items_in(self, folder: str) -> list[str]:
        """The ids of the items in a folder, the lowest first, of those that lie where their ids say."""
        names = (name.removesuffix(".yaml") for name in self._records(folder, "item"))
        return sorted((name for name in names if item_path(name).startswith(f"{folder}/")), key=lambda name: int(name.rpartition("-")[2]))

    def _known(self, read: Callable[[], _T]) -> _T:
        """Read what everything else rests on; where a newer program wrote what cannot be read, say that first."""
        try:
            return read()
        except Unreadable as broken:
            from records.acts import too_new

            if refusal := too_new(self.rules):
                raise Unreadable((Problem(str(refusal)), *broken.problems)) from broken
            raise

    def _last_step(self, item: str, commit: str | None) -> LastStep | None:
        made = self._store.describe(commit) if commit else None
        if made is None or made.parent is None:
            return None
        then, before = View(self._store, made.id), View(self._store, made.parent)
        act, person = receipt.trailers(made.message).get("Duban-Act", ""), receipt.person_of(made.author.email)
        if act not in acts() or then._blob(item_path(item)) is None:
            return None
        return LastStep(act, person, made.author.time, cache(lambda: (before.item(item), cast(Item, then.item(item)))))

    def _is_open(self, item: str) -> bool:
        found = self.item(item)
        return found is not None and found.state not in CLOSED

    def _id(self, path: str) -> str:
        found = self._blob(path)
        if found is None:
            raise Unreadable(())
        return found
