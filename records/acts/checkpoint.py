"""The checkpoint of a day: the system's own act, without inputs, of which nothing but the history decides what it says (domain 4.6)."""

from records.matter.checkpoint import Checkpoint
from records.procedure.case import Case, Change, Given, Refusal
from records.procedure.table import TABLE


@TABLE.gate("R-32", "take_checkpoint", sees="record")
def one_checkpoint_a_day(case: Case, given: Given) -> Refusal | None:
    """What was printed of a day stands; it is that of its own day and no other."""
    if case.target != case.today:
        return case.refuse("R-32", f"“{case.target}”不是今天，检查点只记当天。", f"今天是 {case.today}。")
    last = case.world.head.checkpoint()
    if last is not None and last.day >= case.today:
        return case.refuse("R-32", f"{last.day} 已经取过检查点 {last.code}。")
    return None


@TABLE.gate("R-32", "take_checkpoint", sees="record")
def something_was_done_since(case: Case, given: Given) -> Refusal | None:
    """A checkpoint of nothing but the one before it would vouch for nothing new."""
    last = case.world.head.checkpoint()
    if last is not None and case.world.head.commits() == last.count + 1:
        return case.refuse("R-32", f"{last.day} 取检查点 {last.code} 以后没有新的办理，不用再取。")
    return None


@TABLE.gate("R-32", "take_checkpoint", sees="record")
def this_machine_counts_sm3(case: Case, given: Given) -> Refusal | None:
    """A checkpoint bears both hashes, or there is none (GB/T 32905)."""
    if not case.world.head.digests().sm3:
        return case.refuse("", "本机的 OpenSSL 不能计算 SM3 摘要，取不了检查点。", "请系统管理员换用支持 SM3 的 OpenSSL（1.1.1 以上）。")
    return None


@TABLE.act("take_checkpoint")
def take_checkpoint(case: Case, given: Given) -> Change:
    """Put on record how the register stands."""
    head = case.world.head
    last, hashes = head.checkpoint(), head.digests()
    taken = Checkpoint(
        register=last.register if last else head.first(),
        count=head.commits(),
        commit=head.commit,
        sha256=hashes.sha256,
        sm3=hashes.sm3,
        at=case.at.isoformat(),
        previous=last.code if last else None,
    )
    return Change(None, foundations=(taken,), about=f"{taken.code}（第{taken.count}笔）")
