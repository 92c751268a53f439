"""What the desk knows as sentences: a row of a list in one line, its parts apart by commas; a text as it stands."""

from collections.abc import Iterable, Iterator

from desk import daily
from desk.columns import LedgerLine
from desk.desk import Desk
from desk.shown_text import ShownText
from desk.staff import Body
from desk.terms import Line, label
from desk.wording import circular, listed
from records.matter.item import Item
from records.matter.prose import attachment_texts, paragraphs
from records.matter.roundup import Roundup
from records.rules.clocks import LIGHT_LABELS, Light

_MOST = 2000
"""Paragraphs of a document that are read out."""


def row_of(line: daily.Line) -> str:
    """Return a row of 待办 as a sentence: how urgent, what is to be done, on what."""
    last = f"最近 {line.last}" if line.last[:1].isdigit() else line.last
    return "，".join(filter(None, (_light(line.light), line.what, line.title, last)))


def matter_of(line: LedgerLine) -> str:
    """Return a row of the ledger as a sentence."""
    lead = line.roster.unit_name(line.excerpt.lead) if line.excerpt.lead else ""
    about = f"{line.excerpt.id} {line.excerpt.title}"
    return "，".join(filter(None, (about, label("state", line.excerpt.state), lead, _light(line.light))))


def text_of(sheet: ShownText) -> Iterator[str]:
    """Yield a text to its end: title, to whom, paragraphs, attachments."""
    yield sheet.title
    if sheet.to:
        yield f"主送：{sheet.to}"
    yield from (each.words for each in paragraphs(sheet.body))
    yield from (f"附件{n}：{name}" for n, name in enumerate(sheet.attachments, start=1))
    for name, text in attachment_texts(sheet.attachment_text):
        yield from (f"附件正文：{name}", *(each.words for each in text))
    if sheet.copy_to:
        yield f"抄送：{'、'.join(sheet.copy_to)}"
    yield "（全文完。）"


def roundup_of(found: Roundup, desk: Desk) -> Iterator[Line]:
    """Yield a month's roundup: its own facts, then each row."""
    roster = desk.view.roster
    yield from circular(found, roster)
    for row in found.rows:
        (_, what), *more = listed(row, roster)
        yield "事项", "，".join([what, *(value.replace("\n", "，") for _, value in more)])


def body_of(body: Body) -> Iterator[Line]:
    """Yield who holds which office of a body."""
    yield "", f"{body.name}，{body.about}" if body.about else body.name
    for post in body.posts:
        busy = f"，手里 {post.busy} 件" if post.busy else ""
        yield post.label, "，".join(filter(None, (post.name, post.title, post.note))) + busy


def papers_of(desk: Desk, item: Item) -> list[tuple[str, str]]:
    """Return the documents of an item: what is said of each, and its name."""
    from documents.publishing.catalogue import plans

    series, found = desk.view.roster.series, plans(item)
    said = ((each.title(series), each.number, each.draft or "已签发", each.name) for each in found)
    return [("，".join(filter(None, parts)), each.name) for parts, each in zip(said, found, strict=True)]


def paper_of(desk: Desk, item: Item, name: str) -> Iterable[str]:
    """Return what stands in a document of an item, a paragraph each; a slip as the act left it that handed it out.

    Raises:
        StoreError: the register cannot be read.
    """
    from documents.layout.profile import standard
    from documents.publishing.history import History
    from documents.publishing.paragraphs import paragraphs as paragraphs_of

    register, head = desk.register, desk.view.commit
    made = (each for each in History(register, None, head).due(item.id, item, ()) if each[0].name == name)
    plan, commit = next(made, (None, None))
    return paragraphs_of(plan.make(register.view(commit), standard()), _MOST) if plan and commit else ()


def _light(light: Light) -> str:
    if light.days is None:
        return ""
    return f"{LIGHT_LABELS[light.colour]}灯，{(light.due or '')[5:]}{'估' if light.estimated else ''} {light.words}"
