"""Where a file comes from: which document of which record and which commit has exactly its bytes."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from documents.layout.official_document import DocumentError
from documents.layout.profile import Profile
from documents.publishing.catalogue import Planned, plans
from documents.publishing.folder import Folder, Published
from documents.publishing.history import History
from documents.publishing.paragraphs import paragraphs
from records.matter.item import Item
from records.register.register import Register
from records.store import receipt
from records.store.record_files import Unreadable
from records.store.store import StoreError

Progress = Callable[[int, int], None]
"""Called with how many commits were looked at and how many there are."""

_NAMED = re.compile(r"(DB-\d{4}-\d{4,6})|roundup-(\d{4}-\d{2})", re.ASCII)
_LARGEST = 4 << 20  # bytes of a .docx that is looked into; ours have some ten thousand
_LINES, _TELLING, _LONG = 60, 10, 100  # paragraphs to look at, how long one must be to tell anything, how much of it is looked for
_LIKELY = 5  # items


@dataclass(frozen=True)
class Origin:
    """Where a file comes from.

    Attributes:
        owner: the item's id, or the month of a roundup.
        name: the document's name in the published folder.
        round: of the report that it carries, None for what belongs to no round.
        commit: as of which the register yields exactly this file; of what is issued the commit of its signature.
        word: stands over it, "" when it is issued.
        stands: whether the register still says the same.
        layout: version of the layout that made it.
        printed: whether the file is the PDF that was set from it; of PDFs only the folder's manifest knows the hash, no record.
    """

    owner: str
    name: str
    round: int | None
    commit: str
    word: str
    stands: bool
    layout: int
    printed: bool = False


def likely(register: Register, name: str, data: bytes) -> list[str]:
    """Return whose a file may be: whom its name says, then the items in whose records most of its paragraphs are found.

    Nobody's, where it is larger than any document: then nobody looks into it.
    """
    if len(data) > _LARGEST:
        return []
    told = [each for item, month in _NAMED.findall(name) if _commits(register, each := item or month)]
    found: Counter[str] = Counter()
    for line in dict.fromkeys(text[:_LONG] for text in paragraphs(data, _LINES, _TELLING)):
        found.update(each.id for each in register.index.items(words=line, limit=_LIKELY))
    return list(dict.fromkeys([*told, *(item for item, _ in found.most_common(_LIKELY))]))


def origin(register: Register, profile: Profile, data: bytes, owners: Sequence[str], progress: Progress) -> Origin | None:
    """Return where a file comes from, None when nothing of these owners is it.

    The published folder's manifest may say where to look, never what is true: what counts are the hashes on record, and what a commit of
    the owners yields when it is made again.

    Args:
        register: the register, its index caught up.
        profile: the layout.
        data: the file, a .docx, .xlsx or PDF.
        owners: ids of items and months of roundups.
        progress: told how far the search through history has come.

    Raises:
        StoreError: the register cannot be read.
    """
    search, digest = _Search(register, profile), hashlib.sha256(data).hexdigest()
    return search.published(digest) or search.recorded(owners, digest) or search.past(owners, digest, progress)


class _Search:
    def __init__(self, register: Register, profile: Profile) -> None:
        self._register, self._profile = register, profile
        self._head = register.head() or ""

    def published(self, digest: str) -> Origin | None:
        """Find a file where the published folder says that it comes from, as document or as PDF, if it does."""
        manifest = Folder(self._register.published).manifest()
        for each in (*manifest.documents, *manifest.withheld) if manifest else ():
            if digest in (each.sha256, each.pdf) and (found := self._confirmed(each)):
                return replace(found, printed=digest != each.sha256)
        return None

    def _confirmed(self, told: Published) -> Origin | None:
        """Where a document comes from of which the manifest tells: anybody who may write there can have written anything."""
        if recorded := self.recorded([told.item], told.sha256):
            return recorded
        with suppress(StoreError):  # there is no such commit, or nothing of the kind in it
            for plan, made in self._made(told.item, told.commit):
                if made == told.sha256:
                    stands = not plan.draft or self._now(told.item, plan.name) == made
                    return Origin(told.item, plan.name, plan.round, told.commit, plan.draft, stands, self._profile.version)
        return None

    def recorded(self, owners: Sequence[str], digest: str) -> Origin | None:
        """Find a file among the documents whose hash stands in a record, whatever became of layout and folder since."""
        for owner in owners:
            record = self._register.view(self._head).record(owner)
            known = {each.digest: each for each in record.documents} if isinstance(record, Item) else {}
            if record and (issued := known.get(digest)):
                due = History(self._register, None, self._head).due(owner, record, ())
                found = next(((plan.round, commit) for plan, commit in due if plan.name == issued.name and commit), (None, self._head))
                return Origin(owner, issued.name, *found, "", True, issued.layout_version)
        return None

    def past(self, owners: Sequence[str], digest: str, progress: Progress) -> Origin | None:
        """Find a file among all that some items and roundups yielded at any of their commits, by making it again."""
        steps = [(each, commit) for each in owners for commit in _commits(self._register, each)]
        for place, (owner, commit) in enumerate(steps, start=1):
            progress(place, len(steps))
            for plan, made in self._made(owner, commit):
                if made == digest:
                    stands = not plan.draft or self._now(owner, plan.name) == digest
                    return Origin(owner, plan.name, plan.round, commit, plan.draft, stands, self._profile.version)
        return None

    def _made(self, owner: str, commit: str) -> Iterator[tuple[Planned, str]]:
        """Yield each document of a record as of a commit with its hash: drafts as they stood, what is issued only as of its signature."""
        act = receipt.trailers(self._register.describe(commit).message).get("Duban-Act")
        with suppress(Unreadable):
            for plan in plans(self._register.view(commit).record(owner)):
                with suppress(DocumentError):
                    if plan.draft or plan.issued_by(act):
                        yield plan, hashlib.sha256(plan.make(self._register.view(commit), self._profile)).hexdigest()

    def _now(self, owner: str, name: str) -> str | None:
        return next((made for plan, made in self._made(owner, self._head) if plan.name == name), None)


def _commits(register: Register, owner: str) -> list[str]:
    """Return the commits that touched an item, or made a month's roundup, oldest first."""
    if owner.startswith("DB-"):
        return [step.commit for step in register.index.history(owner)]
    every = register.commits()
    return [commit.id for commit in every if receipt.trailers(commit.message).get("Duban-Roundup") == owner]
