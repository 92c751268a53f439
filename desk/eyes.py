"""What one person may see of a register: his roles, the items and roundups that are his business, what may be said of the others."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from desk.need_to_know import the_few
from records.bureau.roster import Person
from records.bureau.visibility import sees_all, visible
from records.index.listing import Scope
from records.index.rows import Excerpt, item_number
from records.matter.item import Item
from records.matter.roundup import UNNAMED, Roundup, RoundupRow
from records.procedure.case import Refusal
from records.register.register import NEW, Register
from records.store.record_files import Unreadable
from records.store.view import View
from schema.tables import acts

Roles = tuple[tuple[str, str | None], ...]
_Done = TypeVar("_Done")


_NO_OFFICE = "您现在没有任职，所以没有要办的和能看的事项。任职由花名册管理员登记，“人员”里有他的姓名。"


class Eyes:
    """The eyes of one person on one register.

    Args:
        register: the register.
        person: whose eyes; None sees with those of the whole register (demo registers only).
        clock: gives the time in the bureau's zone, whole seconds.
        box: the folder of the files that he may name, where he came in through the door; any file where it is None.
    """

    def __init__(self, register: Register, person: Person | None, clock: Callable[[], datetime], *, box: Path | None = None) -> None:
        self.register, self.person, self.clock, self.box = register, person, clock, box
        self._view: View | None = None
        self._roles: tuple[str, date, Roles] | None = None
        self._scope: tuple[tuple[object, ...], Scope] | None = None

    @property
    def view(self) -> View:
        """The register as it stands now."""
        head, view = self.register.head(), self._view  # which another thread may exchange meanwhile
        if view is None or view.commit != head:
            view = self._view = self.register.view(head)
        return view

    @property
    def today(self) -> date:
        """The day it is."""
        return self.clock().date()

    @property
    def roles(self) -> Roles:
        """The roles the person holds today, each with its unit (None: the bureau)."""
        view, day = self.view, self.today
        if self._roles is None or self._roles[:2] != (view.commit, day):  # asked once an item of a list
            self._roles = (view.commit, day, tuple(view.roster.roles(self.person.id, day)) if self.person else ())
        return self._roles[2]

    @property
    def why_nothing(self) -> str:
        """Why the person has nothing to do and nothing to see, where that is because he holds no office today; else empty."""
        return _NO_OFFICE if self.person is not None and not self.roles else ""

    @property
    def sees_every(self) -> bool:
        """Whether the person sees what concerns any unit: the office, leaders and auditors do, and whoever only looks on in a demo."""
        return self.person is None or sees_all(self.roles, self._office)

    @property
    def own_units(self) -> frozenset[str]:
        """The units in which the person works; an administrator's role counts for nothing."""
        return frozenset(unit for role, unit in self.roles if unit and role != "admin")

    def sees(self, excerpt: Excerpt) -> bool:
        """Say whether the person may see an item."""
        return self._sees(self.roles, excerpt)

    def may_open(self, item: Item) -> bool:
        """Say whether an item is the person's business."""
        if self.person is None:
            return not item.need_to_know
        few = the_few(item, self.view, self.clock())
        return visible(self.person.id, self.roles, [part.unit for part in item.units], self._office, few)

    def known(self, item: str) -> Item | None:
        """Return an item; None when there is no such item or it is not the person's business.

        Raises:
            Unreadable: the record is broken, and he may be told of it.
        """
        try:
            found = self.view.item(item)
        except Unreadable:
            if self.may_be_told(item):
                raise
            return None
        return found if found is not None and self.may_open(found) else None

    def may_be_told(self, item: str) -> bool:
        """Say whether the person may be told what is wrong with an item's record: as its last good version says.

        Of one that has none, those are told who see everything; as long as that is not known, nobody.
        """
        self.register.index.have((item,))
        excerpt = self.register.index.excerpt(item)
        return self.sees(excerpt) if excerpt else self.sees_every and self.register.index.has_history

    @property
    def scope(self) -> Scope:
        """What the person may see, as lists ask the index for it; says the same as ``sees``."""
        index, roles = self.register.index, self.roles
        at = self.view.commit, *index.stands, self.today
        if self._scope is None or self._scope[0] != at:
            every = self.sees_every
            restricted = index.items(only_restricted=True) if self.person else []
            shown = tuple(item_number(each.id) or 0 for each in restricted if self._sees(roles, each))
            self._scope = at, Scope(every, () if every else tuple(sorted(self.own_units)), shown)
        return self._scope[1]

    def titles(self, items: Iterable[str]) -> Mapping[str, str]:
        """Return the names of these items, as far as the person may know of them."""
        return {each.id: each.title for each in self.seen(items)}

    def seen(self, items: Iterable[str]) -> Iterator[Excerpt]:
        """Yield those of these items of which the person may know, in the same order."""
        self.register.index.have(named := tuple(items))
        roles, found = self.roles, map(self.register.index.excerpt, named)
        return (excerpt for excerpt in found if excerpt and self._sees(roles, excerpt))

    def kept_roundup(self, month: str) -> Roundup | None:
        """Return a month's roundup as it is on record, None when there is none, or for who does not see everything none that can be read.

        Raises:
            Unreadable: the record is broken.
        """
        try:
            return self.view.roundup(month) if month else None
        except Unreadable:
            if self.sees_every:
                raise
            return None

    def as_known(self, found: Roundup) -> Roundup:
        """Return a roundup as the person may know it: what was left out is not issued to units, and what few may know has no name."""
        self.register.index.have(row.item for row in found.rows)
        rows = (row for row in self.view.named(found).rows if self.sees_every or row.omitted is None)
        return replace(found, rows=tuple(replace(row, title=self._named(row)) for row in rows))

    def _named(self, row: RoundupRow) -> str:
        excerpt = self.register.index.excerpt(row.item)
        hidden = excerpt is None or (excerpt.need_to_know and not self.sees(excerpt))
        return UNNAMED if hidden else row.title

    def may_read(self, found: Roundup) -> bool:
        """Say whether a roundup is for the person's eyes: whoever sees everything, and units once it was issued to them."""
        return self.sees_every or (found.state == "issued" and bool(self.own_units))

    def hides(self, item: str) -> bool:
        """Say whether there is an item of this id on record that the person may not see."""
        self.register.index.have((item,))
        excerpt = self.register.index.excerpt(item) if item else None
        return excerpt is not None and not self.sees(excerpt)

    def may_reread(self, item: str) -> bool:
        """Say whether what the person wrote himself on an item is told him again, also once it is no longer his to see.

        Not of one that few may know, or of a classified one: what he wrote may hold what he read there (1-0; D-16; D-19).
        """
        self.register.index.have((item,))
        excerpt = self.register.index.excerpt(item)
        return excerpt is not None and (self.sees(excerpt) or not (excerpt.need_to_know or self._classified(excerpt)))

    def may_name(self, digest: str) -> bool:
        """Say whether a person who came in through the door may name a paper by its hash: an item names it that he may see (D-14)."""
        if self.box is None:
            return True
        self.register.index.catch_up()
        known = (each for each in self.register.index.items(naming=digest) if any(digest in named for named in each.attachments))
        return any(self.sees(each) and not self._classified(each) for each in known)

    def _classified(self, excerpt: Excerpt) -> bool:
        with suppress(Unreadable):
            if (item := self.view.item(excerpt.id)) is not None:
                return item.classified is not None
        return True

    def unseen(self, act: str, target: str) -> Refusal | None:
        """Return why an act on an item is refused before anything is said of the item: there is none, or none that the person may see."""
        spec = acts().get(act)
        if spec is None or spec.target != "item" or target == NEW:
            return None
        if self.known(target) is not None:
            return None
        return Refusal("", f"没有 {target} 这个事项，或不在您的职责范围内。", "您能看的都在台账里。")

    def discreet(self, done: _Done | Refusal) -> _Done | Refusal:
        """Return what an act came to; a refusal over an item that the person may not see names neither it nor how it stands (1-0; D-19)."""
        if not isinstance(done, Refusal) or not self.hides(done.there):
            return done
        unsure = any(each.field == ("another_paper",) for each in done.problems)
        reason = "来文没有编号或编号有×，可能已经登记。" if unsure else "这份来文已经登记。"
        way_out = "请到办公室查问" + ("；确非同一来文的，请在“确非同一来文”中填“是”。" if unsure else "。")
        problems = tuple(replace(each, reason=reason) for each in done.problems)
        return replace(done, reason=reason, way_out=way_out, problems=problems, there="")

    def _sees(self, roles: Roles, excerpt: Excerpt) -> bool:
        if self.person is None:
            return not excerpt.need_to_know
        few = self._few(excerpt) if excerpt.need_to_know else ()
        return visible(self.person.id, roles, (excerpt.lead, *excerpt.assisting), self._office, few)

    def _few(self, excerpt: Excerpt) -> Collection[str]:
        with suppress(Unreadable):
            if (item := self.view.item(excerpt.id)) is not None and item.need_to_know:
                return the_few(item, self.view, self.clock())
        return excerpt.need_to_know  # of a broken record no more than this is known

    @property
    def _office(self) -> str:
        return self.view.roster.bureau.office
