"""Issued documents made again: what a commit put on record as the hash of a document is held against the document itself (三（四）).

A document is what its record was at the commit of its signature, set by one version of the layout; so whoever holds the history can make
it again, and the publisher can put no other hash on record unseen. Of an older layout the program has no more than the hash.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

from documents.layout.official_document import DocumentError
from documents.layout.profile import Profile
from documents.publishing.catalogue import Planned, plans
from records.audit.audit import Documents, Paper, Past
from records.matter.item import Item
from records.matter.outgoing import IssuedDocument


def judge(profile: Profile) -> Documents:
    """Return what judges the documents that a commit put on record, by a layout."""
    return partial(_judged, profile)


def _judged(profile: Profile, past: Past, commit: str, before: Item | None, after: Item) -> Iterator[Paper]:
    known = {each.name for each in before.documents} if before else set()
    for document in after.documents:
        if document.name not in known:
            verdict = "older" if document.layout_version != profile.version else _verdict(profile, past, commit, after, document)
            yield Paper(commit, after.id, document.name, document.digest, document.layout_version, verdict)


def _verdict(profile: Profile, past: Past, commit: str, item: Item, document: IssuedDocument) -> str:
    now = _plan(item, document.name)
    for act, at in past.steps(item.id, commit):
        view = past.view(at)
        then = _plan(view.item(item.id), document.name)
        if then is None or then.act != act:
            continue
        for plan in (then, now):
            with suppress(DocumentError):
                if plan and hashlib.sha256(plan.make(view, profile)).hexdigest() == document.digest:
                    return "same"
    return "other"


def _plan(item: Item | None, name: str) -> Planned | None:
    return next((plan for plan in plans(item) if plan.name == name and not plan.draft), None)
