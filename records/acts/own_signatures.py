"""Signatures that are a person's own: demanded where the policy in force asks for them, and good over the one statement or refused.

Who holds the service can do any act in anybody's name; this one thing he cannot: the key is on the person's own computer (design §4, §10).
"""

import hashlib
from collections.abc import Iterator, Mapping

from records.matter.plain_data import to_data
from records.procedure.case import Case, Given, Refusal
from records.procedure.table import TABLE
from records.signatures.sshsig import Unfit
from records.signatures.statement import Statement, own_signature
from schema.tables import acts, signed_text
from schema.yaml_text import write

_SIGNING = tuple(name for name, spec in acts().items() if spec.signable)
_NAMES: Mapping[str, str] = {
    "decision": "决定",
    "verdict": "结论",
    "text": "意见",
    "reason": "理由",
    "void_reason": "理由",
    "until": "延至",
    "due": "时限",
    "leader": "主管局领导",
    "merged_into": "并入",
    "notice_to": "通知发给",
    "notice_at": "通知日期",
}
_VALUES: Mapping[str, str] = {
    "agree": "同意",
    "send_back": "退回修改",
    "pass": "通过",
    "change": "修改后再报",
    "direct": "由办公室直接办理",
    "approved": "同意",
    "rejected": "不同意",
}
"""The words of a statement; they are fixed (records.signatures.statement), and so are none of the schema's labels, which may change."""
_WAY_OUT = "请在自己的电脑上用 ssh-keygen 签声明（界面按 F4，命令用 duban statement），把签名块贴上。"


@TABLE.gate("R-17", *_SIGNING)
def signs_with_his_own_key_where_policy_asks(case: Case, given: Given) -> Refusal | None:
    """What the policy in force wants signed by the person himself is not done on the service's word, nor on paper (2-11)."""
    policy, signed = case.world.policy, "signature" in given
    asked = policy.strength(case.spec.name) != "session"
    if case.paper is not None and (asked or signed):
        reason = f"缺本人签名：第{policy.version}版规则要求“{case.spec.label}”由本人用自己的密钥签。" if asked else "纸质签字不附本人签名。"
        return case.refuse("R-17", reason, "请由本人办理。" if asked else "请只录入纸质签字，或者由本人办理。")
    if asked and not signed:
        reason = f"缺本人签名：第{policy.version}版规则要求“{case.spec.label}”由本人用自己的密钥签。"
        return case.refuse("R-17", reason, _WAY_OUT, field="signature")
    return None


@TABLE.gate("R-17", *_SIGNING)
def his_own_signature_is_over_this_statement(case: Case, given: Given) -> Refusal | None:
    """An own signature is for this text, these words, this record as it was shown, by this person (2-11)."""
    if "signature" not in given:
        return None
    found = own_signature(given.text("signature"))
    if isinstance(found, Unfit):
        return case.refuse("R-17", f"本人签名不能采用：{found.reason}", _WAY_OUT, field="signature")
    if found.by_agent and case.world.policy.strength(case.spec.name) == "own":
        reason = f"第{case.world.policy.version}版规则要求“{case.spec.label}”由本人在自己的电脑上签，经密钥代理签的不够。"
        return case.refuse("R-17", reason, _WAY_OUT, field="signature")
    if case.world.head.cut_off():
        return None
    shown = case.world.head.unmoved(case.spec.target, case.target, found.base)
    if shown is None:
        reason = "本人签名所据的记录此后又有变动，或者不是这个登记簿的。"
        return case.refuse("R-17", reason, "请看过现在的记录，对新的声明重新签名。", field="signature")
    if not shown.isoformat() <= found.at <= case.at.isoformat():
        reason = f"声明的时间 {found.at[:16].replace('T', ' ')} 不在所据的提交和现在之间。"
        return case.refuse("R-17", reason, "请对新的声明重新签名。", field="signature")
    if wrong := found.wrong(statement(case, given, found.base, found.at)):
        return case.refuse("R-17", f"本人签名不能采用：{wrong}", "请对声明重新签名，一字不改。", field="signature")
    return None


def statement(case: Case, given: Given, base: str, at: str) -> Statement:
    """Return what the person of a case signs.

    Args:
        case: the act.
        given: what he supplies; his signature is no part of it.
        base: the commit at which record and text were put before him.
        at: when, as ISO time.
    """
    roster, behalf = case.world.roster, case.actor.on_behalf_of
    document, digest = _decided_on(case, given)
    return Statement(
        register=case.world.head.first(),
        target=case.target,
        act=case.spec.label,
        document=document,
        hash=digest,
        words=tuple(_words(case, given)),
        base=base,
        person=f"{roster.name(case.actor.person)}（{case.actor.person}）",
        on_behalf_of=f"{roster.name(behalf)}（{behalf}）" if behalf else "",
        at=at,
    )


def _decided_on(case: Case, given: Given) -> tuple[str, str]:
    """What an act decides on, by its name, and what names exactly that: the text that it signs, else the record as it stands.

    Of a record that is the SHA-256 of its file, so that ``git show BASE:items/… | sha256sum`` tells whoever has a clone.
    """
    if case.spec.signs:
        return _document(case), given.text("hash")
    return f"事项《{case.before.title}》的全部记录", f"sha256:{hashlib.sha256(write(to_data(case.before))).hexdigest()}"


def _document(case: Case) -> str:
    """What the text is called that is signed."""
    if case.roundup is not None:
        return case.roundup.title
    if case.item is None:
        return f"第{getattr(case.foundation, 'version', '')}版规则"
    if signed_text(case.spec.signs) == "outgoing" and case.item.outgoing is not None:
        return f"上报公文《{case.item.outgoing.title}》"
    return f"办结报告《{case.report.title}》（第{case.report.round.round}轮）"


def _words(case: Case, given: Given) -> Iterator[tuple[str, str]]:
    """What he supplies besides, each with its name."""
    for wanted in case.spec.inputs:
        if wanted.name in given and not (wanted.shown or wanted.own):
            said = given.text(wanted.name)
            yield _NAMES[wanted.name], _VALUES.get(said, said) if wanted.name in ("decision", "verdict") else said
