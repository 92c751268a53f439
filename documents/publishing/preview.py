"""Previews out of a clone's work tree: whatever is written there in any editor shows as the document it would become, with 草稿 over it.

A work tree is nobody's word: what lies in it was neither checked by an act nor signed. So the word stands over every preview, also where
the record says that the document was issued, and no preview is ever equal to a document of the register.
"""

import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from documents.layout.official_document import DocumentError
from documents.layout.profile import Profile
from documents.libreoffice.printer import PrintError
from documents.publishing.catalogue import plans
from documents.publishing.changes import changes
from documents.publishing.folder import owner_of, pdf_name, record_path
from documents.publishing.publisher import PdfPrinter
from records.store.disk import read_foreign, reporting
from records.store.paths import kind_of
from records.store.record_files import Unreadable, check
from records.store.roster_files import ROSTER_KINDS, committed_roster_problems
from records.store.store import LARGEST, StoreError
from records.store.view import View
from records.store.worktree import WORK_TREE, WorkTree
from schema.problem import Problem

_WORD = "草稿"
_NAMED = re.compile(r"(?:roundup-)?(DB-\d{4}-\d{4,6}|\d{4}-\d{2})[-.]", re.ASCII)
_FOLDERS = re.compile(r"(?:items|numbers|roundups)(?:/\d{4}(?:/\d{2,4})?)?|units|calendar", re.ASCII)
_MARK = ".gitignore"
_IGNORED = "# duban 预览：由工作区的记录生成，不是公文，可以随时删去。\n*\n"
_STEP = 50  # milliseconds of quiet after a change: an editor renames, writes and touches in one go
_BURST = 500  # milliseconds after which changes are told although there is no quiet
_LOOK = 200  # milliseconds until the first look, when watching has begun for certain


@dataclass(frozen=True)
class Looked:
    """What a look at one saved record came to.

    Attributes:
        record: its path in the work tree.
        papers: what it yields now.
        written: what was written, by its name in the folder of previews; a paper that came out the same is not.
        removed: what was removed, likewise.
        problems: what is wrong with the record, by line and column, or why a paper stayed as it was.
        mended: there were problems before and there are none any more.
    """

    record: str
    papers: tuple[str, ...] = ()
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    mended: bool = False


class Preview:
    """Keeps previews of the records of a work tree in a folder of their own.

    The folder holds nothing else, and Git passes it over: it may lie in the work tree.

    Attributes:
        root: of the work tree.

    Args:
        tree: the work tree.
        folder: for the previews; missing, empty, or one that was used for this before.
        profile: the layout, usually ``profile.standard()``.
        printer: makes a PDF beside each preview; None for none.

    Raises:
        StoreError: the folder holds something else, or cannot be written.
    """

    def __init__(self, tree: WorkTree, folder: Path, profile: Profile, printer: PdfPrinter | None = None) -> None:
        self.root = tree.root.resolve()
        self._tree, self._folder, self._profile, self._printer = tree, folder, profile, printer
        self._seen: dict[str, bytes | None] = {}
        self._problems: dict[str, tuple[Problem, ...]] = {}
        with reporting("写入预览", folder):
            folder.mkdir(parents=True, exist_ok=True)
            if not _is_ours(folder):
                raise StoreError(f"{folder} 里已有别的文件，预览不往里写。请另选一个目录，或先把它清空。")
            (folder / _MARK).write_text(_IGNORED, encoding="utf-8")

    def begin(self, owners: Iterable[str] = ()) -> Iterator[Looked]:
        """Preview every record that is not as it was committed, and some others besides; what else lies in the folder is removed.

        Args:
            owners: ids of items and months of roundups.

        Raises:
            ValueError: neither the id of an item nor a month.
        """
        paths = {*self._tree.changed(), *map(record_path, owners)}
        due = {owner_of(path) for path in paths}
        for name, owner in self._lying():
            if owner not in due:
                self._remove(name)
        yield from self.look(paths)

    def look(self, paths: Iterable[str]) -> Iterator[Looked]:
        """Bring the previews to the files as they are saved now; those saved without a change are passed over. PDFs come last.

        Args:
            paths: of records; of a folder of records, for what was altered in it.
        """
        saved: dict[str, bytes | None] = {}
        due: dict[str, bool] = {}  # whether it is told also when nothing came of it
        for path in sorted(self._records(paths)):
            try:
                data = self._tree.read(path, WORK_TREE)
            except StoreError as error:
                self._seen.pop(path, None)
                yield self._told(Looked(path, problems=(Problem(str(error), path),)))
                continue
            if path in self._seen and self._seen[path] == data:
                continue
            saved[path] = data
            if data is None:
                self._problems.pop(path, None)  # what is gone is not mended
            elif problems := check(data, path):
                yield self._told(Looked(path, problems=problems))
                continue
            if kind_of(path) in ROSTER_KINDS and (problems := self._roster_problems()):
                yield self._told(Looked(path, problems=problems))
            else:
                due[path] = data is not None and owner_of(path) is not None
            if kind_of(path) != "item":  # any other record may show in what was previewed before: the evidence names roundups
                due = {each: False for each in self._seen if owner_of(each)} | due
        for path in sorted(due):
            before = self._problems.get(path, ())
            found = self._told(self._papers(path))
            if due[path] or found.written or found.removed or found.problems != before:
                yield found
        self._seen |= saved  # only now: if a preview could not be written, all of this comes again
        if self._printer:
            for path in sorted(due):
                yield from self._pdfs(path, self._printer)

    def _roster_problems(self) -> tuple[Problem, ...]:
        """What is wrong with the roster as a whole, as of the day of the last commit."""
        last = self._tree.describe(self._tree.head() or "")
        return committed_roster_problems(self._tree, WORK_TREE, last.author.time.date())

    def _records(self, paths: Iterable[str]) -> set[str]:
        found = set(paths)
        for folder in [path for path in found if _FOLDERS.fullmatch(path)]:
            found |= {path for path in (*self._tree.changed(), *self._seen) if path.startswith(f"{folder}/")}
        return {path for path in found if kind_of(path)}

    def _papers(self, path: str) -> Looked:
        """Make the papers of one record, as far as it yields any; of a broken one all stay as they are."""
        view, made, problems = View(self._tree, WORK_TREE), dict[str, bytes | None](), list[Problem]()
        owner = owner_of(path) or ""
        try:
            for plan in plans(view.record(owner)):
                try:
                    made[plan.name] = plan.make(view, self._profile, _WORD)
                except DocumentError as error:
                    made[plan.name] = None
                    problems.append(Problem(str(error), path))
        except Unreadable as broken:
            problems = list(broken.problems) or [Problem("工作区缺少机关或局领导名册文件，请从登记簿恢复。", path)]
            return Looked(path, problems=tuple(problems))
        except StoreError as error:
            return Looked(path, problems=(Problem(str(error), path),))
        written = tuple(name for name, paper in made.items() if paper is not None and self._put(name, paper))
        # A PDF of what has just changed would show the text before it.
        stays = {*made, *(pdf_name(name) for name in made if self._printer and name not in written)}
        removed = [name for name, whose in self._lying() if whose == owner and name not in stays]
        for name in removed:
            self._remove(name)
        removed = [name for name in removed if not name.endswith(".pdf")]
        return Looked(path, tuple(made), written, tuple(removed), tuple(problems))

    def _pdfs(self, path: str, printer: PdfPrinter) -> Iterator[Looked]:
        for name, whose in self._lying():
            pdf = pdf_name(name)
            if whose != owner_of(path) or pdf is None or (self._folder / pdf).exists():
                continue
            try:
                self._put(pdf, printer.pdf(read_foreign(self._folder / name, LARGEST)))
            except PrintError as error:
                yield Looked(path, problems=(Problem(f"{pdf} 未生成：{error}", path),))
            else:
                yield Looked(path, written=(pdf,))

    def _lying(self) -> list[tuple[str, str]]:
        """Return the previews that lie in the folder by name, each with the item or the month that it belongs to."""
        with reporting("写入预览", self._folder):
            return [(name, match[1]) for name in sorted(os.listdir(self._folder)) if (match := _NAMED.match(name))]

    def _told(self, looked: Looked) -> Looked:
        before = self._problems.pop(looked.record, ())
        if looked.problems:
            self._problems[looked.record] = looked.problems
        return replace(looked, mended=bool(before) and not looked.problems)

    def _put(self, name: str, data: bytes) -> bool:
        path, spare = self._folder / name, self._folder / ".new"
        with reporting("写入预览", path):
            if path.exists() and read_foreign(path, LARGEST) == data:
                return False
            spare.write_bytes(data)
            os.replace(spare, path)  # whoever has it open in a viewer never sees half of it
        return True

    def _remove(self, name: str) -> None:
        with reporting("写入预览", self._folder / name):
            (self._folder / name).unlink(missing_ok=True)


def follow(
    preview: Preview,
    *,
    owners: Iterable[str] = (),
    stop: threading.Event,
    looked: Callable[[Looked], None],
    failed: Callable[[Exception], None],
    told: Callable[[str], None],
) -> None:
    """Preview what differs from the commit, then each record as it is saved, until told to stop; returns promptly then.

    Args:
        preview: what previews, and the work tree that it follows.
        owners: ids of items and months of roundups, to preview at the beginning although nothing in them was altered.
        stop: set it to end.
        looked: called with what each look came to.
        failed: called with each error; following goes on, and what was missed is made up for at the next change.
        told: called with a line for a person when the system does not tell of changes, and they are looked for instead.
    """
    root, missed, tried, begun = preview.root, set[str](), False, False
    for changed in changes(root, wanted=_followed, recursive=True, burst=_BURST, step=_STEP, timeout=_LOOK, stop=stop, told=told):
        if tried and not changed:
            continue
        tried, missed = True, missed | changed
        try:
            # Begun only now, when watching has: whatever is saved from here on will be told.
            for found in preview.look(missed) if begun else preview.begin(owners):
                looked(found)
            begun, missed = True, set()
        except Exception as error:  # whatever it is, the next change deserves its preview
            failed(error)


def _followed(path: str) -> bool:
    """Tell records and their folders from what editors leave beside them and from Git's own files."""
    return kind_of(path) is not None or _FOLDERS.fullmatch(path) is not None


def _is_ours(folder: Path) -> bool:
    """Tell a folder that is empty or was made for previews from one where something could be lost."""
    mark = folder / _MARK
    return not any(folder.iterdir()) or (mark.is_file() and read_foreign(mark, LARGEST) == _IGNORED.encode())
