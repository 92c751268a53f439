"""One pass over the published folder: each record that changed since the manifest, and each document that takes names from one.

What is written is noted at once and the manifest last, so that a pass that was cut short is gone on with by the next.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from msgspec.structs import replace

from documents.layout.official_document import DocumentError
from documents.layout.profile import Profile
from documents.libreoffice.printer import PrintError
from documents.publishing.catalogue import Planned
from documents.publishing.folder import COPIES, FORMAT, Folder, Manifest, Published, digest, owner_of, pdf_name, record_path
from documents.publishing.history import History, Record
from documents.publishing.problems import lost, problems_of, unsigned
from records.matter.item import Item
from records.matter.outgoing import IssuedDocument
from records.register.register import Register
from records.store.paths import kind_of
from records.store.record_files import Unreadable, check
from records.store.store import StoreError
from schema.problem import Problem

Progress = Callable[[int, int], None]
"""Called with how many records, and afterwards how many PDFs, are done and how many there are; what it raises ends the pass, and the next
one does it again."""

_PEOPLE = frozenset({"bureau", "leaders", "unit"})  # the kinds of record that a document takes names from, beside its own


class PdfPrinter(Protocol):
    """What turns a document into a PDF, such as ``documents.libreoffice.printer.Printer``."""

    def pdf(self, data: bytes) -> bytes:
        """Return a .docx as a PDF; raises PrintError when it cannot."""


@dataclass(frozen=True)
class Built:
    """What a pass did for one record.

    Attributes:
        record: the record's path in the register.
        files: what was written, by its name in the published folder: documents, their PDFs and the copy of the record.
        removed: what was removed, likewise.
        problems: why a document, a PDF or the copy stayed as it was; none when all is well, also when it was not before.
    """

    record: str
    files: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]


@dataclass
class _Work:
    """What a pass has done for one record so far, and the problems it had before."""

    before: tuple[str, ...]
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    withheld: bool = False


class Pass:
    """One pass from the commit of the manifest to the register's head, or over everything when there is no manifest to go by."""

    def __init__(self, register: Register, profile: Profile, printer: PdfPrinter | None, folder: Folder, everything: bool) -> None:
        self._register, self._profile, self._printer, self._folder = register, profile, printer, folder
        self._head = self._register.head() or ""
        manifest = folder.manifest()
        # A manifest of another register, or of a history that was rewritten, counts for nothing.
        if manifest is not None and not _descends(self._register, manifest.commit, self._head):
            manifest = None
        current = manifest if manifest and manifest.format == FORMAT else None
        self._since = current.commit if current and not everything else None
        self._problems = dict(current.problems) if current else {}
        self._documents: dict[str, dict[str, Published]] = {}
        for document in current.documents if current else _known(folder, manifest):
            self._documents.setdefault(document.item, {})[document.name] = document
        self._withheld: dict[str, dict[str, Published]] = {}
        for document in current.withheld if current else ():
            self._withheld.setdefault(document.item, {})[document.name] = document
        self._history = History(register, self._since, self._head)
        self._works: dict[str, _Work] = {}

    def run(self, wanted: frozenset[str], progress: Progress | None) -> tuple[Built, ...]:
        """Bring the folder to the head, and return what was done for each record; of those wanted all documents are made again."""
        paths = self._paths(wanted)
        tell = progress or (lambda done, total: None)
        for place, path in enumerate(paths):
            tell(place, len(paths))
            self._record(path)
        self._note()
        tell(len(paths), len(paths))
        if self._printer:
            try:
                self._print(self._printer, wanted, tell)
            finally:
                self._note()
        return tuple(self._built(wanted))

    def _paths(self, wanted: frozenset[str]) -> list[str]:
        """Return the records to look at: what changed, what is wanted, what failed before, and what depends on any of these."""
        changed = self._register.changed(self._since, self._head)
        found = changed | wanted | self._problems.keys()
        if self._since is None:
            found |= {*self._folder.copies(), *map(record_path, self._documents)}
        # Which names a draft takes from which file is the document's own business: whatever comes out the same is not written.
        if any(kind_of(path) in _PEOPLE for path in changed):
            found |= set(self._drafts())
        elif self._since is not None and any(map(self._narrowed, changed)):
            # In a roundup that is not issued yet, what few may know has no name from now on.
            found |= {path for path in self._drafts() if kind_of(path) == "roundup"}
        return sorted(path for path in found if kind_of(path))

    def _drafts(self) -> Iterator[str]:
        """The records that have a document which is not issued yet; of all records, so it is asked seldom."""
        return (record_path(owner) for owner, names in self._documents.items() if any(each.draft for each in names.values()))

    def _narrowed(self, path: str) -> bool:
        """Whether a record is of a matter of which nothing is published, or may be of one."""
        owner = owner_of(path) if kind_of(path) == "item" else None
        with suppress(Unreadable, StoreError):
            record = self._history.record(owner, self._head) if owner else None
            return isinstance(record, Item) and record.narrowed
        return True

    def _note(self) -> None:
        documents, withheld = (
            tuple(sorted((each for names in known.values() for each in names.values()), key=lambda each: each.name))
            for known in (self._documents, self._withheld)
        )
        self._folder.note(Manifest(FORMAT, self._head, documents, dict(sorted(self._problems.items())), withheld))

    def _built(self, wanted: frozenset[str]) -> Iterator[Built]:
        for path, work in sorted(self._works.items()):
            news = work.written or work.removed or work.withheld or work.before != self._problems.get(path, ())
            if news or (path in wanted and work.problems):
                yield Built(path, tuple(work.written), tuple(work.removed), tuple(work.problems))

    def _record(self, path: str) -> None:
        self._work(path)
        self._problems.pop(path, None)
        try:
            for problem in self._bring(path):
                self._object(path, problem)
        except Unreadable as broken:
            for problem in problems_of(broken, path):
                self._object(path, problem)
        except StoreError as error:
            self._object(path, Problem(str(error), path))

    def _bring(self, path: str) -> Iterator[Problem]:
        """Bring the copy and the documents of one record to the head; a broken record raises and both stay as they are."""
        data, owner = self._register.written(path, self._head), owner_of(path)
        record = self._history.record(owner, self._head) if owner else None
        if data is not None and owner is None and (problems := check(data, path)):
            raise Unreadable(problems)
        # The folder is everybody's who may enter it; what few may know is read through the service only, and so are the series of numbers
        # and the roundups, which name every matter: the ones give the reasons why numbers of it are void, the others its title.
        narrowed = isinstance(record, Item) and record.narrowed
        if data is None or narrowed or kind_of(path) in ("numbers", "roundup"):
            self._remove(path, f"{COPIES}/{path}")
        else:
            self._put(path, f"{COPIES}/{path}", data)
        if owner:
            known = self._documents.setdefault(owner, {})
            recorded = {each.name: each for each in record.documents} if isinstance(record, Item) else {}
            due = list(self._history.due(owner, record, known.values())) if record and not narrowed else []
            for plan, commit in due:
                try:
                    yield from self._publish(path, owner, plan, commit, recorded.get(plan.name))
                except Unreadable as broken:  # of the people at its commit; the next document may be made with others
                    yield from problems_of(broken, path)
            yield from self._withdraw(path, known, known.keys() - {plan.name for plan, _ in due}, narrowed)
            hidden = self._withheld.pop(owner, {})
            if record and narrowed:
                yield from self._withhold(path, owner, record, hidden, recorded)

    def _withhold(
        self, path: str, owner: str, record: Record, hidden: Mapping[str, Published], recorded: Mapping[str, IssuedDocument]
    ) -> Iterator[Problem]:
        """Note what an item that few may know has issued; a file handed in later can be told by its hash."""
        kept = self._withheld[owner] = dict(hidden)
        for plan, commit in self._history.due(owner, record, hidden.values()):
            if plan.draft:
                continue
            then = self._history.plan(owner, commit, plan.name) if commit else None
            if commit is None or then is None or then.signed != plan.signed:
                yield unsigned(plan, path)
            elif plan.name not in kept:
                data = self._made(plan, commit)
                if isinstance(data, bytes):
                    made = Published(plan.name, owner, commit, digest(data), len(data), "", round=plan.round, layout=self._profile.version)
                    issued = recorded.get(plan.name)
                    kept[plan.name] = replace(made, sha256=issued.digest, layout=issued.layout_version) if issued else made
                    self._work(path).withheld = True
                else:
                    yield Problem(f"{plan.name} 不能生成，未登记成文。", path)

    def _publish(self, path: str, owner: str, plan: Planned, commit: str | None, recorded: IssuedDocument | None) -> Iterator[Problem]:
        if commit is None:
            yield unsigned(plan, path)
            return
        known = self._documents[owner]
        old = known.get(plan.name)
        # The record goes before the manifest, which anybody with the folder may write.
        fixed = old if old and not old.draft and (recorded is None or recorded.digest == old.sha256) else None
        if fixed and plan.as_done and self._folder.holds(fixed.name, fixed.sha256):
            known[plan.name] = self._with_pdf(path, replace(fixed, round=plan.round), old)  # made of its commit alone, which never changes
            return
        data = self._made(plan, commit)
        if fixed and (isinstance(data, str) or digest(data) != fixed.sha256):
            if doubt := self._doubt(owner, data, fixed):
                yield Problem(doubt, path)
            else:
                known[plan.name] = self._with_pdf(path, replace(fixed, round=plan.round), old)
        elif recorded and not fixed and (isinstance(data, str) or digest(data) != recorded.digest):
            # The manifest is lost, the record is not: the file is the document if it has the hash on record, and nothing else is.
            there, layout = self._folder.read(plan.name) or b"", recorded.layout_version
            if digest(there) == recorded.digest:
                kept = Published(plan.name, owner, commit, recorded.digest, len(there), "", round=plan.round, layout=layout)
                known[plan.name] = self._with_pdf(path, kept, None)
            else:
                yield Problem(lost(plan.name, recorded.digest, layout, self._profile.version), path)
        elif isinstance(data, str):
            yield Problem(data, path)
        else:
            new = Published(plan.name, owner, commit, digest(data), len(data), plan.draft, round=plan.round, layout=self._profile.version)
            same = old and (old.sha256, old.draft) == (new.sha256, new.draft)
            known[plan.name] = self._with_pdf(path, replace(new, commit=old.commit) if old and same else new, old)
            self._put(path, plan.name, data)

    def _made(self, plan: Planned, commit: str) -> bytes | str:
        """Return a document's bytes, or why it may not be made."""
        try:
            return plan.make(self._register.view(commit), self._profile)
        except DocumentError as error:
            return str(error)

    def _doubt(self, owner: str, data: bytes | str, old: Published) -> str:
        """Say why an issued document, which would now come out other than it was issued, cannot stay without a word; "" if it can.

        When its record and the record of the commit of its signature come out the same today, it is not the record but the program or
        the layout that has changed, and the file stays what it was.
        """
        then = self._history.plan(owner, old.commit, old.name)
        if then is None or self._made(then, old.commit) != data:
            return f"{old.name} 已经签发，按现在的记录重新生成的内容与它不同，已保留原文件。请核查记录由谁改动。"
        if not self._folder.holds(old.name, old.sha256):
            return lost(old.name, old.sha256, old.layout, self._profile.version)
        return ""

    def _with_pdf(self, path: str, new: Published, old: Published | None) -> Published:
        """Return a document with the PDF that it has; one that is not, or no longer, its own is taken away before the document comes."""
        pdf = pdf_name(new.name)
        if pdf is None or (old and old.sha256 == new.sha256 and self._folder.holds(pdf, old.pdf)):
            return replace(new, pdf=old.pdf if old else "")
        self._remove(path, pdf)
        return replace(new, pdf="")

    def _withdraw(self, path: str, known: dict[str, Published], names: set[str], narrowed: bool) -> Iterator[Problem]:
        for name in sorted(names):
            if known[name].draft or narrowed:
                if pdf := pdf_name(name):
                    self._remove(path, pdf)
                self._remove(path, name)
                del known[name]
            else:
                yield Problem(f"{name} 已经签发，现在的记录却不再生成它，已保留原文件。请核查记录由谁改动。", path)

    def _print(self, printer: PdfPrinter, wanted: frozenset[str], tell: Progress) -> None:
        """Make the PDFs that are missing, this pass's own first, until the register moves on: no document waits for others' PDFs.

        Where certain records were wanted, only theirs and this pass's own are made.
        """
        fresh = {name for work in self._works.values() for name in work.written}
        waiting = [each for names in self._documents.values() for each in names.values() if not each.pdf and pdf_name(each.name)]
        waiting = [each for each in waiting if not wanted or record_path(each.item) in wanted or each.name in fresh]
        for place, document in enumerate(sorted(waiting, key=lambda each: (each.name not in fresh, each.name))):
            if place and self._register.head() != self._head:
                return
            tell(place, len(waiting))
            data = self._folder.read(document.name)
            if data is None or digest(data) != document.sha256:
                continue  # deleted or altered in the folder: ``rebuild`` puts it back
            path, pdf = record_path(document.item), pdf_name(document.name) or ""
            try:
                printed = printer.pdf(data)
            except PrintError as error:
                self._object(path, Problem(f"{document.name}：{error}", path))
                continue
            self._put(path, pdf, printed)
            self._documents[document.item][document.name] = replace(document, pdf=digest(printed))

    def _work(self, path: str) -> _Work:
        return self._works.setdefault(path, _Work(self._problems.get(path, ())))

    def _object(self, path: str, problem: Problem) -> None:
        work = self._work(path)
        if problem not in work.problems:
            work.problems.append(problem)
        self._problems[path] = tuple(map(str, work.problems))

    def _put(self, path: str, name: str, data: bytes) -> None:
        if self._folder.put(name, data):
            self._work(path).written.append(name)

    def _remove(self, path: str, name: str) -> None:
        if self._folder.remove(name):
            self._work(path).removed.append(name)


def _known(folder: Folder, older: Manifest | None) -> Iterator[Published]:
    """Yield what is known of the documents here without a manifest of ours.

    What another version of the program issued stays what it is if the file is still the same; all else is made anew.
    """
    kept = [each for each in older.documents if not each.draft and folder.holds(each.name, each.sha256)] if older else []
    yield from kept
    yield from folder.strays(kept)


def _descends(register: Register, old: str, new: str) -> bool:
    with suppress(StoreError):
        next(register.commits(old, new), None)
        return True
    return False
