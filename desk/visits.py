"""When a person was here last, and what others did since: the first line of his page.

It lies beside his drafts, never in a record, as what he follows does: when somebody looks in is nobody else's affair.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from desk.desk import Desk
from records.store.disk import plain_bytes, replace_durably, reporting
from records.store.store import StoreError
from schema.tables import acts

_LOOKED = 300
"""The last steps of the register that are gone through: of more it is said that there are more."""

_LARGEST = 100  # bytes


def came(desk: Desk) -> str:
    """Note that the person is here now, and return when he was here before; empty where he never was, or nobody sits at the desk."""
    if desk.person is None:
        return ""
    path, before = desk.register.drafts / desk.person.id / "visit", ""
    with suppress(StoreError, OSError, ValueError):
        before = datetime.fromisoformat(plain_bytes(path, _LARGEST).decode()).isoformat()
    with suppress(StoreError, OSError):  # whoever's disk is full is told so where he would lose something
        _keep(path, desk.clock().isoformat())
    return before


def news(desk: Desk, before: str, mine: frozenset[str]) -> str:
    """Return what others did on matters that the person may see since he was here, in a line; empty where it was nothing.

    Args:
        desk: the person's.
        before: when he was here last.
        mine: the matters on which something is his to do.
    """
    if not before or desk.person is None:
        return ""
    desk.catch_up()
    latest = desk.register.index.latest(_LOOKED)
    since = [step for step in latest if step.time > before and step.person in desk.view.roster.people and step.person != desk.person.id]
    seen = desk.titles({step.item for step in since if step.item})
    told = [step for step in since if step.item in seen]
    if not told:
        return ""
    more = "以上" if len(latest) == _LOOKED and latest[-1].time > before else ""
    touching = [step for step in told if step.item in mine]
    line = f"上次来 {before[5:16].replace('T', ' ')}。其后 {len(told)} 步{more}"
    if not touching:
        return line
    last = touching[0]
    known = acts().get(last.act)
    what = f"{(last.item or '')[-4:]} {known.label if known else last.subject} {last.time[5:10]}"
    return f"{line}，{len(touching)} 步与您有关：{what}"


def _keep(path: Path, text: str) -> None:
    with reporting("记下来过", path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_durably(path, text.encode(), 0o600)
