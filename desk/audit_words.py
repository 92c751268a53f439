"""What an audit came to, in words that an inspector can put into a report: who, when, on which matter, what became what."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from records.audit.audit import Account
from records.audit.finding import Finding
from records.audit.witnesses import Witness
from records.matter.altered import Altered
from records.store.paths import kind_of
from schema.check import keywords
from schema.problem import Field
from schema.tables import checker

KINDS = {
    "history": "办理",
    "store": "对象",
    "repository": "登记库",
    "document": "公文",
    "attachment": "附件",
    "index": "索引",
    "checkpoint": "检查点",
}
_MANY = 12
"""Changed members of one commit that are told in words; all are in the data."""
_LONG = 60
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::00)?\+08:00")


@dataclass(frozen=True)
class Audited:
    """All that an audit came to.

    Attributes:
        place: what was judged, as the reader named it.
        server: whether it is the register itself, not a clone.
        head: where ``main`` stands.
        of: how many commits there are to judge.
        account: what the walk came to.
        around: what is false that is of no commit.
        held: attachments: how many agree with the record, how many are not here, how many are not what the record names.
        untold: what could not be judged here, each with the reason.
        witnesses: what was written down elsewhere and held against the history.
        names: what the people are called, by their ids.
    """

    place: str
    server: bool
    head: str
    of: int
    account: Account
    around: tuple[Finding, ...] = ()
    held: tuple[int, int, int] = (0, 0, 0)
    untold: tuple[str, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is false: what is of commits in the order of history, then the rest."""
        return (*self.account.findings, *self.around)


def lines(found: Audited) -> Iterator[str]:
    """Yield what an audit came to, line by line."""
    yield from summary(found)
    yield from vouched(found)
    findings = found.findings
    if not findings:
        yield "没有发现问题。" if found.account.commits == found.of else "核对过的部分没有发现问题。"
        return
    yield f"{verdict(found)}："
    numbers = numbered(findings)
    for number, each in enumerate(findings, start=1):
        yield from told(number, each, numbers, found.names)


def summary(found: Audited) -> Iterator[str]:
    """Yield what was judged and how far it holds."""
    account = found.account
    what = "登记簿" if found.server else "克隆"
    yield f"核对 {found.place}（{what}），main 在 {found.head[:12]}，共 {found.of} 笔。"
    told = f"重新办理 {account.commits} 笔，{account.reproduced} 笔一字不差"
    yield told + (f"，{account.unperformed} 笔按第1版规则形成、未重办。" if account.unperformed else "。")
    if account.commits < found.of:
        yield (
            f"没有核对完，核对到 {account.until[:12] or '开头'}；从这里接着核对：--since {account.until[:12]}"
            if account.until
            else "没有核对完。"
        )
    if account.signatures:
        count = _strengths(account)
        told = f"登记服务作证的 {count['session']} 个，" + (f"经密钥代理签的 {count['agent']} 个，" if count["agent"] else "")
        told += f"本人用自己的密钥签的 {count['own']} 个"
        told = told if account.own else "都由登记服务作证，没有本人用自己的密钥签的"
        yield f"领导和负责人签字、批示 {account.signatures} 个，{told}。"
    verdicts = [paper.verdict for paper in account.papers]
    if verdicts:
        told = f"登记了摘要的公文 {len(verdicts)} 份，重新制作后一字不差的 {verdicts.count('same')} 份"
        older = verdicts.count("older")
        yield told + (f"；版式较早、未重制的 {older} 份。" if older else "。")
    agree, away, _ = found.held
    if account.attachments:
        yield f"附件 {len(account.attachments)} 件：相符 {agree} 件" + (f"，未随克隆 {away} 件（没有核对）" if away else "") + "。"
    for each in found.untold:
        yield f"不能核对：{each}"


def vouched(found: Audited) -> Iterator[str]:
    """Yield how far what was written down elsewhere vouches for the history, and what nothing outside does."""
    for each in found.witnesses:
        if each.commit:
            when = f"{each.at[:16].replace('T', ' ')} 记下，" if each.at else ""
            yield f"外面的凭据 {each.what}：{when}到第{each.count}笔（{each.commit[:12]}）为止，这段历史就是当时的那一段。"
    if found.account.commits < found.of or found.account.until != found.head:
        return
    best = max((each.count for each in found.witnesses), default=0)
    if best < found.of:
        what = f"第{best}笔以后的 {found.of - best} 笔" if best else f"全部 {found.of} 笔"
        yield f"{what}没有外部凭据：拿公文上印的检查点（--checkpoint）或者自己的镜像（--mirror）来核对，才能排除整段改写。"


def told(number: int, finding: Finding, numbers: Mapping[str, int], names: Mapping[str, str]) -> Iterator[str]:
    """Yield one finding.

    Args:
        number: by which it goes.
        finding: what is false.
        numbers: by which number the finding of a commit goes.
        names: what the people are called, by their ids.
    """
    parts = [f"{KINDS[finding.kind]}"]
    if finding.at is not None:
        parts.append(f"{finding.at:%Y-%m-%d %H:%M}")
    if finding.commit:
        parts.append(f"提交 {finding.commit[:12]}")
    if finding.person:
        parts.append(f"署名 {finding.person}")
    if finding.record:
        parts.append(finding.record)
    cause = f"（可能由第{numbers[finding.follows]}处引起）" if finding.follows in numbers else ""
    yield f"{number}. {'，'.join(parts)}：{finding.reason}{cause}"
    verb = "应为" if finding.made else "原为"
    for each in finding.altered[:_MANY]:
        yield f"   {where(each)}：{verb}“{said(each, each.old, names)}”，现为“{said(each, each.new, names)}”"
    if len(finding.altered) > _MANY:
        yield f"   另有 {len(finding.altered) - _MANY} 处改动，见 --json。"


def where(each: Altered) -> str:
    """Return of what record a change is, and of which member of it."""
    kind = kind_of(each.path) or ""
    name = each.path.rpartition("/")[2].removesuffix(".yaml") if kind == "item" else each.path
    return f"{name} {checker(kind).label(each.place)}" if kind else name


def said(each: Altered, value: object, names: Mapping[str, str]) -> str:
    """Return what stood or stands there, in the office's words and in a line; people by their names, as far as these are known."""
    kind = kind_of(each.path) or ""
    return _said(kind, each.place, value, names)


def _said(kind: str, place: Field, value: object, names: Mapping[str, str]) -> str:
    if value is None:
        return "（无）"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        named = (
            (checker(kind).at((*place, key)).get("title", key), _said(kind, (*place, key), entry, names)) for key, entry in value.items()
        )
        return _cut("，".join(f"{name} {entry}" for name, entry in named))
    if isinstance(value, list | tuple):
        return _cut("、".join(_said(kind, (*place, index), entry, names) for index, entry in enumerate(value)))
    if keywords(checker(kind).at(place)).ref == "person" and (name := names.get(str(value))):
        return f"{name}（{value}）"
    return _cut(checker(kind).enum_label(place, value).replace("\n", " ").strip())


def _cut(text: str) -> str:
    text = _TIME.sub(r"\1 \2", text)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def verdict(found: Audited) -> str:
    """Return how many findings there are, in words."""
    first = sum(1 for each in found.findings if not each.follows)
    return f"发现 {len(found.findings)} 处，其中 {first} 处不是由前面的引起的"


def numbered(findings: Sequence[Finding]) -> dict[str, int]:
    """Return by which number the first finding of each commit goes."""
    return {each.commit: number for number, each in reversed(list(enumerate(findings, start=1))) if each.commit}


def data(found: Audited) -> dict[str, object]:
    """Return what an audit came to as plain data."""
    account = found.account
    agree, away, damaged = found.held
    return {
        "place": found.place,
        "server": found.server,
        "head": found.head,
        "commits": found.of,
        "judged": account.commits,
        "until": account.until,
        "reproduced": account.reproduced,
        "unperformed": account.unperformed,
        "signatures": _strengths(account),
        "documents": {verdict: sum(1 for each in account.papers if each.verdict == verdict) for verdict in ("same", "other", "older")},
        "attachments": {"agree": agree, "away": away, "damaged": damaged},
        "untold": list(found.untold),
        "witnesses": [{"what": each.what, "commit": each.commit, "count": each.count, "at": each.at} for each in found.witnesses],
        "findings": [_finding(each) for each in found.findings],
    }


def _finding(each: Finding) -> dict[str, object]:
    return {
        "kind": each.kind,
        "commit": each.commit,
        "at": each.at.isoformat() if each.at else "",
        "person": each.person,
        "record": each.record,
        "paths": list(each.paths),
        "reason": each.reason,
        "follows": each.follows,
        "lawful": each.made,
        "altered": [
            {"path": one.path, "field": ".".join(map(str, one.place)), "label": one.label, "old": one.old, "new": one.new}
            for one in each.altered
        ],
    }


def _strengths(account: Account) -> dict[str, int]:
    """How many signatures there are of each strength."""
    by_agent = sum(each.by_agent for each in account.own)
    return {"session": account.signatures - len(account.own), "agent": by_agent, "own": len(account.own) - by_agent}
