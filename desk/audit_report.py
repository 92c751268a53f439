"""What an audit came to, put into the paper that an inspector signs and files."""

from datetime import date

from desk.audit_words import KINDS, Audited, numbered, summary, told, verdict, vouched
from documents.forms.audit_report import AuditReport
from schema.text import show


def report(found: Audited, organ: str, day: date) -> AuditReport:
    """Return what an audit came to as a paper to be signed and filed.

    Args:
        found: what it came to.
        organ: who issues the paper.
        day: when.
    """
    numbers = numbered(found.findings)
    rows = []
    for number, each in enumerate(found.findings, start=1):
        head, *changes = told(number, each, numbers, found.names)
        where = (f"{each.at:%Y-%m-%d %H:%M}" if each.at else "", each.person.partition(" <")[0], each.record, each.commit[:12])
        rows.append(
            (
                str(number),
                "\n".join(filter(None, where)) or KINDS[each.kind],
                "\n".join((head.partition("：")[2], *map(str.strip, changes))),
            )
        )
    whole = found.account.commits == found.of
    return AuditReport(
        title="督办登记簿核对报告",
        judged=tuple(show(line) for line in (*summary(found), *vouched(found))),
        findings=tuple((number, show(where, lines=True), show(words, lines=True)) for number, where, words in rows),
        verdict=f"{verdict(found)}。" if found.findings else "没有发现问题。" if whole else "核对过的部分没有发现问题。",
        basis=f"任何人拿登记簿的克隆，用 duban audit 可以重新核对到提交 {found.head[:12]}。",
        organ=organ,
        day=day,
    )
