"""What the desk knows as sentences: a row of a list in one line, its parts apart by commas; a text as it stands."""

from collections.abc import Iterator

from desk import daily
from desk.columns import LedgerLine
from desk.desk import Desk
from desk.shown_text import ShownText
from desk.staff import Body
from desk.terms import Line, label
from desk.wording import circular, listed
from records.matter.prose import attachment_texts, paragraphs
from records.matter.roundup import Roundup
from records.rules.clocks import LIGHT_LABELS, Light


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


def _light(light: Light) -> str:
    if light.days is None:
        return ""
    return f"{LIGHT_LABELS[light.colour]}灯，{(light.due or '')[5:]}{'估' if light.estimated else ''} {light.words}"
