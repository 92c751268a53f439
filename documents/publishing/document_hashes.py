"""Puts the hash of every issued document on record: whoever holds a copy of the register can tell whether a file is it (三（四）)."""

import re
from collections.abc import Collection, Iterator
from datetime import datetime

from documents.publishing.folder import Manifest
from records.acts import Refusal
from records.bureau.roster import SYSTEM
from records.register.register import Receipt, Register

# What goes out under a number; working papers and roundups do not.
_OFFICIAL = re.compile(r"DB-\d{4}-\d{4,6}-([a-z][a-z_]+)(?:-\d+)?\.docx", re.ASCII)


def record_issued(
    register: Register, manifest: Manifest, at: datetime, items: Collection[str] | None = None
) -> Iterator[tuple[str, Receipt | Refusal]]:
    """Record each issued document that is not on record yet, also those withheld; yields its name and what came of it.

    Safe to run at any time and twice: what is on record stays as it is. Nothing is put on record in a register that is read-only.

    Args:
        register: the register.
        manifest: what the published folder holds.
        at: the time of the acts.
        items: look only at these; None looks at all.

    Raises:
        StoreError: the register cannot be read or written.
        Unreadable: the record of one of the items is broken.
    """
    view = register.view()
    if register.read_only(at.date()):
        return
    for each in (*manifest.documents, *manifest.withheld):
        named = _OFFICIAL.fullmatch(each.name)
        if each.draft or not named or named[1] not in view.roster.series or (items is not None and each.item not in items):
            continue
        item = view.item(each.item)
        if item is not None and not any(known.name == each.name for known in item.documents):
            told = {"name": each.name, "hash": f"sha256:{each.sha256}", "layout": each.layout}
            yield each.name, register.act("record_document", each.item, SYSTEM, told, at)
