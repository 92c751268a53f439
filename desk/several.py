"""One act on several matters that a person marked: the same words, a step of its own on each; what cannot be done is passed over and said.

Only acts whose row says so are done like that. No signature is: nobody signs what he has not read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.columns import WORKBOOK, LedgerLine
from desk.desk import Desk
from desk.forms import Field
from desk.ledger import lines_of, recorded
from records.acts import Refusal
from records.register.register import Receipt
from records.store.record_files import Unreadable
from records.store.store import StoreError
from schema.tables import ActSpec, acts

if TYPE_CHECKING:
    from documents.forms.workbook import WorkbookSheet

Became = Receipt | Refusal | StoreError
"""What became of one of several matters."""

MOST = 200
"""Matters that are acted on, or written out, at once: as many as a person has looked at."""


@dataclass(frozen=True)
class Meant:
    """A matter that something is to be done on; ``refusal`` is why it cannot be, None where it can."""

    item: str
    title: str
    refusal: Refusal | None


def acts_on_several(desk: Desk) -> tuple[ActSpec, ...]:
    """Return the acts that the person may do on several matters at once."""
    roles = {role for role, _ in desk.roles}
    return tuple(spec for spec in acts().values() if spec.several and roles & {who.role for who in spec.who})


def asked_of_all(desk: Desk, spec: ActSpec) -> tuple[Field, ...]:
    """Return the fields that an act asks for whatever it is done on; what one matter would offer alone is left to its usual value."""
    own = {wanted.name for wanted in spec.inputs if wanted.offers and wanted.optional}
    return tuple(field for field in desk.form(spec.name, None) if field.name not in own and not field.besides)


def looked_at(desk: Desk, spec: ActSpec, items: Sequence[str]) -> tuple[Meant, ...]:
    """Return the matters with what stands against the act on each for the person; what he may no longer see is not among them."""
    titles = desk.titles(items)
    return tuple(Meant(item, titles[item], _refusal(desk, spec, item)) for item in items if item in titles)


def done_on(desk: Desk, spec: ActSpec, meant: Meant, words: Mapping[str, str], base: str | None) -> Receipt | Refusal:
    """Carry out the act on one of the matters, as `Desk.do`.

    Args:
        desk: the person's.
        spec: the act.
        meant: the matter.
        words: what stands in the fields.
        base: the commit at which the matters were put before the person.

    Raises:
        StoreError: the register could not be written.
    """
    return meant.refusal or desk.do(spec.name, meant.item, desk.inputs(spec.name, words), base=base)


def told(meant: Meant, became: Became) -> str:
    """Return what became of a matter, in a line; what the store says of one says itself whether it may be on record."""
    how = "已办" if isinstance(became, Receipt) else f"{'跳过' if isinstance(became, Refusal) else '出错'}：{became}"
    return f"{meant.item} {how}  {meant.title}"


def sheets(desk: Desk, items: Sequence[str], title: str) -> tuple["WorkbookSheet", ...]:
    """Return a workbook of some matters, as the ledger is written out; what the person may not see is left out."""
    from documents.forms.workbook import WorkbookSheet  # with it come the libraries of documents, which no list needs

    lines = tuple(_known(desk, items))
    caption = f"截至{desk.clock():%Y-%m-%d %H:%M}，共{len(lines)}件"
    return (WorkbookSheet("台账", title, caption, [column.bound(lines) for column in WORKBOOK], frozen=2),)


def _known(desk: Desk, items: Sequence[str]) -> Iterator[LedgerLine]:
    desk.register.index.have(items)
    found = [excerpt for item in items if (excerpt := desk.register.index.excerpt(item)) and desk.sees(excerpt)]
    yield from recorded(desk, lines_of(desk, found))


def _refusal(desk: Desk, spec: ActSpec, item: str) -> Refusal | None:
    try:
        case = desk.open(item)
    except Unreadable as broken:
        return Refusal("", f"记录有误：{broken.problems[0] if broken.problems else item}。")
    found = next((each for each in case.prospects if each.spec is spec), None) if case else None
    return Refusal("", "没有这个事项，或不在您的职责范围内。") if found is None else found.refusal
