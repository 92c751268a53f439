"""What may still be read of a matter that was classified after it was entered (定密): that a step was done, not what it wrote (D-16)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from records.index.rows import Excerpt
from records.matter.history import Step
from records.matter.item import Item
from records.store.record_files import Unreadable
from records.store.view import View
from schema.tables import acts

NO_LONGER_SHOWN = "本件已定密，定密以前的文字不再显示，请查阅纸质件。"


def is_hidden(item: Item, step: Step) -> bool:
    """Say whether what a step wrote is shown no more: it is from before the matter was classified, or classified it."""
    if item.classified is None:
        return False
    return datetime.fromisoformat(step.time) <= datetime.fromisoformat(item.classified.at)


def without_texts(item: Item, steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the steps of a matter without the words that are shown no more; who did what when stays."""
    for step in steps:
        label = acts()[step.act].label if step.act in acts() else step.act
        yield replace(step, subject=f"{label} {item.id}", words="") if is_hidden(item, step) else step


def for_the_security_administrator(view: View, items: Iterable[Excerpt], history: Callable[[str], Sequence[Step]]) -> Iterator[str]:
    """Yield of each matter that was classified later which commits still hold its text: whoever has a clone has them.

    Args:
        view: the register as it stands.
        items: its matters.
        history: gives the commits of one.
    """
    for each in items:
        item = None
        with suppress(Unreadable):  # what is wrong with it is said elsewhere
            item = view.item(each.id) if each.secrecy != "none" else None
        if item is not None and item.classified is not None:
            held = [step for step in history(item.id) if is_hidden(item, step)][:-1]  # all but the one that classified it
            span = f"{held[0].commit[:10]} 至 {held[-1].commit[:10]}" if held else ""
            when = item.classified.at[:10]
            yield f"告安全保密管理员：{item.id} 于{when}定密，此前{len(held)}笔提交（{span}）、附件扫描件和各处克隆里仍有原文。"
