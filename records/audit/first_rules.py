"""Commits of the first version of the rules: what can be told of them without doing their acts again.

Only demonstrations were made under those rules, which changed after the product was first tried (docs/decisions.md); no office keeps such
a register. Their commits are held to what holds under any rules: whole records in their one form, who wrote, when, and the numbers.
"""

from collections.abc import Iterator, Sequence

from records.matter.item import Item
from records.matter.numbers import NumberEntry, NumberSeries
from records.matter.roundup import Roundup
from records.store import receipt
from records.store.paths import kind_of
from records.store.record_files import emit, parse
from records.store.store import Commit, FileChange, Store
from records.store.view import View

_KINDS: dict[str | None, type[Item | NumberSeries | Roundup]] = {"item": Item, "numbers": NumberSeries, "roundup": Roundup}
_FOLLOWS = {"reserved": ("reserved", "issued", "void"), "issued": ("issued",), "void": ("void",), "outside": ("outside",)}


def first_rules_problems(store: Store, commit: Commit, changes: Sequence[FileChange]) -> Iterator[str]:
    """Yield what is wrong with a commit that was made under the first version of the rules.

    Args:
        store: the register's store.
        commit: the commit, not the first of all.
        changes: the files it changes, all of them records that acts write.

    Raises:
        Unreadable: a record is broken.
    """
    assert commit.parent is not None
    roster, before = View(store, commit.parent).roster, store.describe(commit.parent)
    if not roster.bureau.demo:
        yield "第1版规则只用于演示登记簿，本登记簿不是演示登记簿。"
    if before.author.time > commit.author.time:
        yield "时间早于前一笔。"
    person, at = receipt.person_of(commit.author.email), commit.author.time
    if (commit.author, commit.committer) != (receipt.author(person, roster, at), receipt.service(roster.bureau, at)):
        yield f"署名 {commit.author.name} <{commit.author.email}> 与花名册不符，或不是由登记服务写入。"
    for change in changes:
        if change.new is None:
            yield f"删去了 {change.path}。"
            continue
        data = store.blob(change.new)
        record = parse(data, _KINDS[kind_of(change.path)], change.path)
        if emit(record) != data:
            yield f"{change.path} 不是登记簿的规范写法。"
        if isinstance(record, NumberSeries):
            old = parse(store.blob(change.old), NumberSeries, change.path).entries if change.old else ()
            yield from _numbers_problems(old, record)


def _numbers_problems(old: Sequence[NumberEntry], series: NumberSeries) -> Iterator[str]:
    """Numbers run on without a gap, and what became of one is never taken back (R-26)."""
    due = 1
    for entry in series.entries:
        if entry.number != due:
            yield f"文号 {series.written(entry.number)} 不连续。"
        due = (entry.through or entry.number) + 1
    if len(series.entries) < len(old):
        yield f"{series.series} 少了已编的号。"
    for was, now in zip(old, series.entries, strict=False):
        same = (was.number, was.through, was.item) == (now.number, now.through, now.item)
        if not same or now.status not in _FOLLOWS[was.status]:
            yield f"文号 {series.written(was.number)} 被改动。"
