"""A document that was opened and saved again has other bytes; whether it still says the same is told by its sentences.

Word processors write every file in their own way, so no hash is left of it. What can be compared is the text, paragraph by paragraph, with
each document of the matter as it stands or was issued; the nearest one counts. The verdict is on the words, never on the paper.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from documents.layout.official_document import DocumentError
from documents.layout.profile import Profile
from documents.publishing.history import History
from documents.publishing.paragraphs import paragraphs
from records.register.register import Register
from records.store.record_files import Unreadable

_MOST = 4000  # paragraphs
_AKIN = 0.5  # of all paragraphs, below which it is not the document


@dataclass(frozen=True)
class Akin:
    """The document that a file comes nearest to in its words.

    Attributes:
        owner: the item, or the month of a roundup.
        name: of the document.
        word: stands over it, "" when it is issued.
        commit: by which it was made.
        differences: paragraphs that differ, each as the register has it and as the file has it; one of them may be empty.
    """

    owner: str
    name: str
    word: str
    commit: str
    differences: tuple[tuple[str, str], ...]


def akin(register: Register, profile: Profile, data: bytes, owners: Sequence[str]) -> Akin | None:
    """Return the document of these owners that a .docx comes nearest to, None when it is like none of them.

    Raises:
        StoreError: the register cannot be read.
    """
    said = [*paragraphs(data, _MOST)]
    found: tuple[float, Akin] | None = None
    for owner in owners:
        for name, word, commit, own in _documents(register, profile, owner):
            match = SequenceMatcher(None, own, said, autojunk=False)
            if (nearness := match.ratio()) >= _AKIN and (found is None or nearness > found[0]):
                found = nearness, Akin(owner, name, word, commit, tuple(_differences(match, own, said)))
    return found[1] if found else None


def _documents(register: Register, profile: Profile, owner: str) -> Iterator[tuple[str, str, str, list[str]]]:
    head = register.head() or ""
    try:
        record = register.view(head).record(owner)
        due = list(History(register, None, head).due(owner, record, ())) if record else []
    except Unreadable:
        return
    for plan, commit in due:
        if commit is not None:
            try:
                made = plan.make(register.view(commit), profile)
            except (DocumentError, Unreadable):
                continue
            yield plan.name, plan.draft, commit, [*paragraphs(made, _MOST)]


def _differences(match: "SequenceMatcher[str]", own: list[str], said: list[str]) -> Iterator[tuple[str, str]]:
    for kind, start, end, first, last in match.get_opcodes():
        if kind != "equal":
            for place in range(max(end - start, last - first)):
                yield (
                    own[start + place] if start + place < end else "",
                    said[first + place] if first + place < last else "",
                )
