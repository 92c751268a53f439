"""Acts that were done on another machine come home: by a push, or in a bundle that somebody carries (design §5, §11).

They lie apart until they are judged: each is done again on top of where the register stands, by the audit's own walk, and one that does not
come out byte for byte refuses them all. Only then, under the register's lock, are their objects put into it by its own hand and ``main``
moved, and only from the commit on which they were judged. If an act of somebody here came first they are not of today any more, and
nothing is merged: what two people decided about one matter, no program puts together.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeAlias

from records.acts import Refusal
from records.audit.audit import Account, Documents, Progress, walked
from records.audit.before import Known
from records.audit.finding import Finding
from records.audit.own_keys import strange_keys
from records.matter.attachments import named
from records.register.acting import last_commit
from records.register.register import Register
from records.store.arriving import Arriving
from records.store.opening import opened
from records.store.store import StoreError

MOST = 5000
"""Commits that come home at once: what they hold is in memory before anybody is kept waiting."""

_SLACK = timedelta(minutes=5)
_AGAIN = "请先取登记簿现在的历史（git fetch，或者 duban export --bundle 写出的），在上面把没有送到的各笔重新办理，再送来。不自动合并。"

Papers: TypeAlias = Callable[[str], bytes | None]
"""Gives the bytes of a paper by its SHA-256, None where whoever sends has not brought it along."""


@dataclass(frozen=True)
class Arrival:
    """What came home.

    Attributes:
        since: where the register stood.
        head: where it stands now.
        commits: how many came.
        papers: how many papers came with them.
    """

    since: str
    head: str
    commits: int = 0
    papers: int = 0


def come_home(
    register: Register, apart: Path, new: str, at: datetime, *, documents: Documents, papers: Papers, progress: Progress, cores: int
) -> Arrival | Refusal | tuple[Finding, ...]:
    """Take acts done elsewhere into a register, all of them, or none: then why, or what the audit found.

    Args:
        register: the register; whoever sends is asked for once more under its lock.
        apart: the folder of the objects that came.
        new: the newest commit that came.
        at: now.
        documents: judges issued documents.
        papers: what was brought along of the papers that the acts name.
        progress: told how far the audit has come.
        cores: how many processes may work.

    Raises:
        StoreError: the disk or the repository failed, or an object is damaged; nothing was taken unless the message says so.
    """
    store, old = Arriving(register.home / "register.git", apart), register.head() or ""
    line = _line(store, old, new)
    if not line or (isinstance(line, Refusal) and _is_on_record(register, old, new)):
        return Arrival(old, old)
    if isinstance(line, Refusal):
        return line
    register.index.catch_up()
    index = register.index  # as an act done here looks things up; a later audit takes no index's word
    known = Known(index.papers, lambda key: filter(None, (index.carried_in(key),)), partial(last_commit, index))
    account = walked(store, line, old, documents, progress, cores, known)
    unknown = _unknown(register) if account.own and register.signer is None else None
    strange = tuple(strange_keys(account.own, register.signer))
    if wrong := account.findings or unknown or strange or _unproved(account, line) or _ahead(store, new, at):
        return wrong if isinstance(wrong, Refusal) else tuple(wrong)
    brought = _brought(register, store, old, new, papers)
    if isinstance(brought, Refusal):
        return brought
    objects = [tuple(store.new_with(commit)) for commit in line]
    for digest, data in brought.items():
        register.attachments.keep(digest, data)
    with opened(register.home).batch() as transaction:
        register.still()
        if transaction.head != old:
            return _moved(transaction.head or "", old)
        for each in objects:
            transaction.adopt(each)
    return Arrival(old, new, len(line), len(brought))


def _line(store: Arriving, old: str, new: str) -> list[str] | Refusal:
    """The commits after the register's newest, oldest first."""
    line: list[str] = []
    at: str | None = new
    while at is not None and at != old:
        if len(line) >= MOST:
            return Refusal("", f"一次最多送来 {MOST} 笔，或者送来的历史接不上登记簿现在的 {old[:12]}。", "请分几次送来。")
        line.append(at)
        try:
            at = store.describe(line[-1]).parent
        except StoreError:
            told = f"送来的提交 {line[-1][:12]} 已损坏，或者不是登记簿写成的，一笔也没有收下。"
            return Refusal("", told, "请在那台机器上用 duban audit 核对，再送来。")
    return line[::-1] if at is not None else _moved(old, "")


def _is_on_record(register: Register, old: str, new: str) -> bool:
    """Whether what came is here already, and acts were done since: it was sent twice, and must not be done again."""
    at: str | None = old
    with suppress(StoreError):  # it is none of the register's
        since = register.describe(new).author.time
        while at is not None and at != new:
            commit = register.describe(at)
            at = commit.parent if commit.author.time >= since else None  # time never runs back
        return at is not None
    return False


def _moved(stands: str, judged: str) -> Refusal:
    why = f"核对期间有人办理，登记簿已经从 {judged[:12]} 到了 {stands[:12]}" if judged else f"送来的不是接着登记簿现在的 {stands[:12]} 办的"
    return Refusal("", f"{why}，没有收下。", _AGAIN)


def _unproved(account: Account, line: Sequence[str]) -> Refusal | None:
    """Why the walk proves less of what came than of what is done here."""
    if account.commits < len(line):
        return Refusal("", "没有核对完，没有收下。", "请再送一次。")
    if account.reproduced < len(line):
        return Refusal("", "送来的有按第1版规则形成的，不能重办核对，没有收下。", "请把那台机器上的程序升级，用现在的规则办理。")
    if account.unhashed:
        return Refusal("", "送来的有检查点，本机的 OpenSSL 不能计算 SM3，核对不了，没有收下。", "请系统管理员换用 OpenSSL 1.1.1 以上。")
    older = [paper.name for paper in account.papers if paper.verdict == "older"]
    if older:
        return Refusal("", f"{older[0]} 的版式较早，不能重新制作来核对，没有收下。", "请把那台机器上的程序升级，再生成、登记公文。")
    return None


def _unknown(register: Register) -> Refusal | None:
    """Why no own signature is taken where nobody knows whose keys are whose; in a demo nobody does."""
    reason = "送来的有本人签名，这里没有入口登记簿，核对不了是谁的密钥，没有收下。"
    return None if register.demo else Refusal("", reason, "请从站点的入口送来（docs/door.md）。")


def _ahead(store: Arriving, new: str, at: datetime) -> Refusal | None:
    """Why nobody could act here after what came: times never run back."""
    last = store.describe(new).author.time
    if last <= at + _SLACK:
        return None
    told = f"送来的最后一笔写的是 {last:%Y-%m-%d %H:%M}，比服务器的钟 {at:%Y-%m-%d %H:%M} 还晚，没有收下。"
    return Refusal("", told, "请核对两台机器的钟；那台机器的钟快了的，校准以后重新办理。")


def _brought(register: Register, store: Arriving, old: str, new: str, papers: Papers) -> dict[str, bytes] | Refusal:
    """The papers that what came names for the first time and that are not here; a record must not name what nobody has."""
    before, after = set[str](), set[str]()
    for change in store.changes(old, new):
        before |= named([store.blob(change.old)] if change.old else [])
        after |= named([store.blob(change.new)] if change.new else [])
    found: dict[str, bytes] = {}
    for digest in sorted(after - before):
        if register.attachments.size(digest) >= 0:
            continue
        if (data := papers(digest)) is None:
            way = "请先把它的文件送来（从入口用 put；用介质带来的，放在 .bundle 旁边的 .papers 目录），再送各笔办理。"
            return Refusal("", f"记录里写着的附件 sha256:{digest[:16]}… 没有随着送来，没有收下。", way)
        found[digest] = data
    return found
