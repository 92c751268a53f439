"""Which documents a record yields, and in which commit of its history each was issued: what an issued document is made of, for good."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from documents.publishing.catalogue import Planned, plans
from documents.publishing.folder import Published
from records.matter.item import Item
from records.matter.roundup import Roundup
from records.register.register import Register
from records.store import receipt

Record: TypeAlias = Item | Roundup


class History:
    """The documents of a register's records as they are due at one commit.

    Records are named by whose documents they yield: an item by its id, a roundup by its month. Every method raises StoreError when the
    register cannot be read, Unreadable for a broken record.

    Args:
        register: the register.
        since: the commit up to which the documents are known, None when none are.
        head: the commit at which they are due.
    """

    def __init__(self, register: Register, since: str | None, head: str) -> None:
        self._register, self._since, self._head = register, since, head
        self._acts: dict[str | None, dict[str, list[str]]] = {}
        self._record = lru_cache(16)(self._read)  # one dispatch hands out many slips

    def record(self, owner: str, commit: str) -> Record | None:
        """Return a record as it stood at a commit."""
        return self._record(owner, commit)

    def plan(self, owner: str, commit: str, name: str) -> Planned | None:
        """Return the plan of one document as its record stood at a commit."""
        return next((plan for plan in plans(self.record(owner, commit)) if plan.name == name), None)

    def due(self, owner: str, record: Record, known: Iterable[Published]) -> Iterator[tuple[Planned, str | None]]:
        """Yield the documents of a record, each with the commit whose people and bureau it is made with.

        That of an issued document is the commit of its signature, so that whoever makes it again, whenever, gets the same; it is None
        when none stands behind the signature on record.

        Args:
            owner: the record's name.
            record: the record at ``head``.
            known: its documents at ``since``.
        """
        if isinstance(record, Item) and record.classified:
            return  # what it was made of is shown no more (D-16)
        issued = {each.name: each.commit for each in known if not each.draft}
        now = plans(record)
        for plan in now:
            commit = self._head if plan.draft else issued.get(plan.name) or self._issued_in(owner, plan)
            then = self.plan(owner, commit, plan.name) if commit and plan.as_done and not plan.draft else None
            yield then or (plan if plan.draft or commit is None else self._of_its_day(owner, record, plan, commit)), commit
        if isinstance(record, Item) and _turned(record):
            yield from self._left(owner, {plan.name for plan in now}, issued)

    def _of_its_day(self, owner: str, record: Record, plan: Planned, commit: str) -> Planned:
        """Return the plan of what was issued with the facts that it bears: a correction since is neither on it nor against it (D-11)."""
        if not isinstance(record, Item) or not record.amendments:
            return plan
        then = self.record(owner, commit)
        if not isinstance(then, Item) or len(then.amendments) == len(record.amendments):
            return plan
        facts = replace(record, title=then.title, urgency=then.urgency, secrecy=then.secrecy)
        return next((each for each in plans(facts) if each.name == plan.name), plan)

    def _left(self, owner: str, names: set[str], issued: dict[str, str]) -> Iterator[tuple[Planned, str]]:
        """Yield what was issued and no longer follows from the record; it stays, and its history holds what it was made of."""
        for name in sorted(issued.keys() - names):
            if (then := self.plan(owner, issued[name], name)) and not then.draft:
                names.add(name)
                yield then, issued[name]
        for commit in self._after(self._since if issued else None, owner):
            act = self._act(commit)
            for plan in plans(self.record(owner, commit)):
                if plan.issued_by(act) and plan.name not in names:
                    names.add(plan.name)
                    yield plan, commit

    def _issued_in(self, owner: str, plan: Planned) -> str | None:
        for since in dict.fromkeys((self._since, None)):
            for commit in self._after(since, owner):
                if plan.issued_by(self._act(commit)):
                    then = self.plan(owner, commit, plan.name)
                    if then and not then.draft and then.signed == plan.signed:
                        return commit
        return None

    def _read(self, owner: str, commit: str) -> Record | None:
        return self._register.view(commit).record(owner)

    def _act(self, commit: str) -> str | None:
        return receipt.trailers(self._register.describe(commit).message).get("Duban-Act")

    def _after(self, since: str | None, owner: str) -> list[str]:
        """Return the commits of acts on a record after ``since``, oldest first."""
        if since not in self._acts:
            self._acts[since] = _acts(self._register, since, self._head)
        return self._acts[since].get(owner, [])


def _turned(item: Item) -> bool:
    """Say whether a matter took a turn after which what was issued before may no longer follow from its record.

    That is: taken up again, handed to another unit, its document withdrawn, its report returned, or written anew after the main leader's
    consent.
    """
    rounds = item.report.rounds if item.report else ()
    return bool(item.reopenings or item.transfers or item.withdrawn or any(each.returned or each.voided for each in rounds))


def _acts(register: Register, since: str | None, until: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for commit in register.commits(since, until):
        told = receipt.trailers(commit.message)
        if owner := told.get("Duban-Item") or told.get("Duban-Roundup"):
            found.setdefault(owner, []).append(commit.id)
    return found
