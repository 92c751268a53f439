"""The statement that a person signs himself, as a form or a command puts it before him, and what he hands in of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desk.desk import Desk, PaperSignature
from records.acts import Refusal
from records.register.register import Receipt
from records.signatures.sshsig import Unfit
from records.signatures.statement import OwnSignature, Statement
from schema.problem import Problem
from schema.tables import acts

_SIGNATURE = "signature"
_WAY_OUT = "或者在自己的电脑上用 ssh-keygen 签声明（界面按 F4，命令用 duban statement），把签名块贴上。"


@dataclass(frozen=True)
class Before:
    """When and at which commit a statement was put before a person; both are part of it, so they stay what they were.

    Attributes:
        base: the commit.
        at: as ISO time.
    """

    base: str
    at: str

    @property
    def text(self) -> str:
        """As it is kept with a draft."""
        return f"{self.base},{self.at}"

    @classmethod
    def of(cls, text: str) -> "Before | None":
        """Return what was kept, None where nothing was."""
        base, comma, at = text.partition(",")
        return cls(base, at) if comma else None


def statement_of(
    desk: Desk, act: str, target: str, inputs: Mapping[str, object], before: Before | None = None
) -> tuple[Statement, Before] | Refusal:
    """Return what the person signs himself to do an act, or why there is nothing to sign; reads the register.

    Args:
        desk: the person's.
        act: the act.
        target: what it is done on.
        inputs: what it takes.
        before: when and at which commit the statement was put before him; where the record has moved since, that is now.

    Raises:
        StoreError: the register cannot be read.
    """
    if desk.person is None:
        return Refusal("", "没有写明身份。", "请先选定身份。")
    if refusal := desk.unseen(act, target):
        return refusal
    view, spec = desk.view, acts()[act]
    if before is None or view.unmoved(spec.target, target, before.base) is None:
        before = Before(view.commit, desk.clock().isoformat())
    at = datetime.fromisoformat(before.at)
    found = desk.register.to_sign(view, act, target, desk.person.id, inputs, at, before.base)
    return found if isinstance(found, Refusal) else (found, before)


def done_signed(
    desk: Desk, act: str, target: str, inputs: Mapping[str, object], base: str | None = None, paper: PaperSignature | None = None
) -> Receipt | Refusal:
    """Carry out an act as ``Desk.do``; where policy is content with the agent that the person forwards, that signs first.

    Raises:
        StoreError: the register cannot be read or written.
    """
    if paper:
        return desk.do(act, target, inputs, paper, base=base)
    signature = _by_agent(desk, act, target, inputs)
    if isinstance(signature, Unfit):
        reason = signature.reason
        return Refusal(acts()[act].clause, reason, _WAY_OUT, "R-17", (Problem(reason, field=(_SIGNATURE,), label="“本人签名”"),))
    return desk.do(act, target, {**inputs, _SIGNATURE: signature} if signature else inputs, base=base)


def _by_agent(desk: Desk, act: str, target: str, inputs: Mapping[str, object]) -> str | Unfit:
    """The signature of the person's agent; empty where it is not asked for, and where the act is refused anyhow."""
    if desk.agent is None or act not in acts() or not desk.signs_by_agent(act) or str(inputs.get(_SIGNATURE) or "").strip():
        return ""
    found = statement_of(desk, act, target, inputs)
    if isinstance(found, Refusal):
        return ""
    statement, before = found
    made = desk.agent(statement.text.encode())
    return made if isinstance(made, Unfit) else OwnSignature(before.base, before.at, made).token


def handed_in_on(pasted: str, before: Before | None) -> str:
    """Return what was pasted into a form with commit and time of the statement that the form showed, unless a statement came with it."""
    if before is None or not pasted.strip() or "基准提交：" in pasted.partition("-----BEGIN")[0]:
        return pasted
    return f"基准提交：{before.base}\n时间：{before.at}\n{pasted}"
