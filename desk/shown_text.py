"""What a person has before his eyes while he acts: the text that he signs, reviews or returns."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.rules import changes
from desk.wording import counted, listed
from records.bureau.foundations import Foundation
from records.bureau.policy import Policy, PolicyDraft
from records.bureau.roster import Roster
from records.bureau.scoring import Scoring, ScoringDraft
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.report import Report
from records.matter.roundup import Roundup, RoundupRow
from schema.tables import ActSpec


@dataclass(frozen=True)
class ShownText:
    """A text as it stands in the record.

    Attributes:
        what: what it is, such as 办结报告.
        hash: names exactly this text; what is signed.
        body: in normal form.
        to: whom it is sent to, empty for a report.
    """

    what: str
    hash: str
    title: str
    body: str
    to: str = ""
    copy_to: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    attachment_text: str = ""


def shown(
    spec: ActSpec, on: Item | Roundup | NumberSeries | Foundation | None, roster: Roster, in_force: Sequence[Policy | Scoring] = ()
) -> ShownText | None:
    """Return the text that an act on a record is about, None for acts that are about no text; ``in_force`` are the rules that are."""
    if isinstance(on, PolicyDraft | ScoringDraft):
        now = next((each for each in in_force if isinstance(each, Policy) == isinstance(on, PolicyDraft)), None)
        if now is None or not spec.signs:
            return None
        body = "\n\n".join(f"{name}：{value}" for name, value in changes(on, now))
        what = "拟定的时限规则" if isinstance(on, PolicyDraft) else "拟定的评分规则"
        return ShownText(what, on.hash, f"第{on.version}版，与现行第{now.version}版不同之处", body)
    if isinstance(on, Roundup):
        return _roundup(spec, on, roster) if spec.text == "roundup" else None
    if not isinstance(on, Item) or on.report is None or not spec.text:
        return None
    if spec.text == "outgoing" and (out := on.outgoing):
        what = f"上报公文  {out.number or roster.series_name(out.series)}"
        return ShownText(what, out.hash, out.title, out.body, out.to, out.copy_to, out.attachments, out.attachment_text or "")
    return report_text(on.report)


def report_text(report: Report) -> ShownText:
    """Return the text of a report as it stands."""
    what = f"办结报告  第{report.round.round}轮  {report.number or '未编号'}"
    beside = report.attachment_text or ""
    return ShownText(what, report.hash, report.title, report.body, attachments=report.attachments, attachment_text=beside)


def _roundup(spec: ActSpec, found: Roundup, roster: Roster) -> ShownText:
    """The roundup as it is to be read for an act: its figures, its words unless they are being written, and its rows."""
    rows = (f"{n}. {_in_line(row, roster)}" for n, row in enumerate(found.rows, start=1))
    words = [found.text] if found.text and not any(wanted.again for wanted in spec.inputs) else []
    body = "\n\n".join([f"{counted(found)}。", *words, *rows])
    return ShownText("汇总通报", found.hash if spec.signs else "", found.title, body)


def _in_line(row: RoundupRow, roster: Roster) -> str:
    (_, what), (_, how), *left_out = listed(row, roster)
    return "。".join([what, how, *(f"{name}：{why}" for name, why in left_out)])
