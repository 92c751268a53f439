"""The papers that are kept beside the register: which the records name, which of an item a person may fetch, and under what name."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from desk.classified import NO_LONGER_SHOWN
from desk.desk import Desk
from desk.terms import paper_in_words, signed
from records.acts import Refusal
from records.matter.attachments import Attachment, Place, attachment, attachments
from records.matter.item import Item, Source
from records.matter.stamps import Stamp
from records.register.register import Register
from records.store.record_files import Unreadable, parsed
from schema.tables import checker

_NAMES_ONE = re.compile(rb"^ *(?:- )?(?:scan|original): .?sha256:", re.MULTILINE)


@dataclass(frozen=True)
class Paper:
    """One paper of an item.

    Attributes:
        what: of what it is the scan.
        attachment: its hash, size and type.
        there: whether it is kept here.
    """

    what: str
    attachment: Attachment
    there: bool

    @property
    def about(self) -> str:
        """Type and size, and whether it is here."""
        return paper_in_words(self.attachment) + ("" if self.there else "，未随克隆")


def papers(desk: Desk, item: Item) -> tuple[Paper, ...]:
    """Return the papers of an item that the person at the desk may open, as its record names them; each once.

    Of a matter that was classified since there are none: what they say is no longer shown (D-16).
    """
    if item.classified is not None or desk.open(item.id) is None:
        return ()
    kept = desk.register.attachments
    found: dict[str, Paper] = {}
    for at, holder, each in attachments(item):
        found.setdefault(each.digest, Paper(_what(desk, at, holder), each, kept.path(each.digest).exists()))
    return tuple(found.values())


def fetched(desk: Desk, item: Item, number: int) -> bytes | Refusal:
    """Return the bytes of a paper of an item by its place in ``papers``, from 1; or why there is nothing to fetch.

    Raises:
        StoreError: what is kept is not what the record names, or cannot be read.
    """
    if item.classified is not None:
        return Refusal("", NO_LONGER_SHOWN)
    known = papers(desk, item)
    if not 1 <= number <= len(known):
        return Refusal("", f"{item.id} 没有第{number}件附件，共 {len(known)} 件。")
    data = desk.register.attachments.read(known[number - 1].attachment.digest)
    return data if data is not None else Refusal("", "这件附件没有随克隆带来。", "请到登记簿所在的服务器取，或者从备份恢复。")


def named(register: Register, *, ever: bool = False) -> Iterator[Attachment]:
    """Yield the attachments that the records name as they stand.

    Args:
        register: the register; its index is brought up to date.
        ever: also those that a record named once and does not any more; goes through the whole history.
    """
    register.index.catch_up()
    yield from filter(None, map(attachment, register.index.attachments()))
    view = register.view()
    others: list[object] = []
    with suppress(Unreadable):
        others.append(view.policy_draft)
    for month in view.months():
        with suppress(Unreadable):
            others.append(view.roundup(month))
    for year in view.number_years():
        for series in view.series_in_use(year):
            with suppress(Unreadable):
                others.append(view.numbers(series, year))
    yield from (found for _, _, found in attachments(tuple(others)))
    for commit in register.commits() if ever else ():
        for path in register.changed(commit.parent, commit.id):
            data = register.written(path, commit.id)
            if data and _NAMES_ONE.search(data):
                with suppress(Unreadable):
                    yield from (found for _, _, found in attachments(parsed(data, path)))


def _what(desk: Desk, at: Place, holder: Stamp | Source) -> str:
    """What a paper is: that from which the matter came, or on which somebody signed."""
    title = str(checker("item").at((*at, "original") if isinstance(holder, Source) else at).get("title", ""))
    return title if isinstance(holder, Source) else f"{title}：{signed(holder, desk.view.roster)}"
