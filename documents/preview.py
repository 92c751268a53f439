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

from watchfiles import watch

from documents.catalogue import plans
from documents.folder import pdf_name
from documents.official import DocumentError
from documents.printer import PrintError
from documents.profile import Profile
from documents.publisher import Printer
from records.files import Unreadable, check, item_path, kind_of, parse
from records.gitobjects import reporting
from records.gitstore import StoreError
from records.model import Item
from records.view import View
from records.worktree import WORK_TREE, WorkTree
from schema.problem import Problem

_WORD = "草稿"
_KINDS = frozenset({"item", "unit", "leaders", "bureau", "numbers"})  # an item, and what its documents take from outside it
_FOLDERS = re.compile(r"(?:items|numbers)(?:/\d{4}(?:/\d{2,4})?)?|units", re.ASCII)
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

    def __init__(self, tree: WorkTree, folder: Path, profile: Profile, printer: Printer | None = None) -> None:
        self.root = tree.root.resolve()
        self._tree, self._folder, self._profile, self._printer = tree, folder, profile, printer
        self._seen: dict[str, bytes | None] = {}
        self._shown: set[str] = set()
        self._problems: dict[str, tuple[Problem, ...]] = {}
        with reporting("写入预览", folder):
            folder.mkdir(parents=True, exist_ok=True)
            if not _is_ours(folder):
                raise StoreError(f"{folder} 里已有别的文件，预览不往里写。请另选一个目录，或先把它清空。")
            (folder / _MARK).write_text(_IGNORED, encoding="utf-8")

    def begin(self, items: Iterable[str] = ()) -> Iterator[Looked]:
        """Preview every record that is not as it was committed, and some items besides; what else lies in the folder is removed.

        Raises:
            ValueError: not an item id.
        """
        paths = {*self._tree.changed(), *map(item_path, items)}
        stems = {Path(path).stem for path in paths}
        with reporting("写入预览", self._folder):
            for file in self._folder.glob("DB-*"):
                if not any(file.name.startswith(f"{stem}-") for stem in stems):
                    file.unlink()
        yield from self.look(paths)

    def look(self, paths: Iterable[str]) -> Iterator[Looked]:
        """Bring the previews to the files as they are saved now; those saved without a change are passed over. PDFs come last.

        Args:
            paths: of records; of a folder of records, for what was altered in it.
        """
        due: dict[str, bytes | None] = {}
        beside: dict[str, bytes | None] = {}
        for path in sorted(self._records(paths)):
            try:
                data = self._tree.read(path, WORK_TREE)
            except StoreError as error:
                self._seen.pop(path, None)
                yield self._told(Looked(path, problems=(Problem(str(error), path),)), there=True)
                continue
            if path in self._seen and self._seen[path] == data:
                continue
            if kind_of(path) == "item":
                due[path] = data
                continue
            beside[path] = data
            found = self._told(Looked(path, problems=check(data, path) if data is not None else ()), there=data is not None)
            if found.problems or found.mended:
                yield found
            if not found.problems:
                due = {each: self._seen[each] for each in self._shown & self._seen.keys()} | due
        for path, data in sorted(due.items()):
            found = self._item(path, data)
            self._seen[path] = data
            if data is not None or found.removed:
                yield self._told(found, there=data is not None)
        self._seen |= beside  # only now: if a preview could not be written, all of this comes again
        if self._printer:
            for path in sorted(due):
                yield from self._pdfs(path, self._printer)

    def _records(self, paths: Iterable[str]) -> set[str]:
        found = set(paths)
        for folder in [path for path in found if _FOLDERS.fullmatch(path)]:
            found |= {path for path in (*self._tree.changed(), *self._seen) if path.startswith(f"{folder}/")}
        return {path for path in found if kind_of(path) in _KINDS}

    def _item(self, path: str, data: bytes | None) -> Looked:
        """Make the papers of one item; of a broken record all stay as they are."""
        view, made, problems = View(self._tree, WORK_TREE), dict[str, bytes | None](), list[Problem]()
        try:
            for plan in plans(parse(data, Item, path)) if data is not None else ():
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
        self._shown = self._shown - {path} if data is None else self._shown | {path}
        written = tuple(name for name, paper in made.items() if paper is not None and self._put(name, paper))
        # A PDF of what has just changed would show the text before it.
        stays = {*made, *(pdf_name(name) for name in made if self._printer and name not in written)}
        removed = [file.name for file in sorted(self._folder.glob(f"{Path(path).stem}-*")) if file.name not in stays]
        for name in removed:
            self._remove(name)
        removed = [name for name in removed if not name.endswith(".pdf")]
        return Looked(path, tuple(made), written, tuple(removed), tuple(problems))

    def _pdfs(self, path: str, printer: Printer) -> Iterator[Looked]:
        for file in sorted(self._folder.glob(f"{Path(path).stem}-*.docx")):
            pdf = pdf_name(file.name) or ""
            if (self._folder / pdf).exists():
                continue
            try:
                self._put(pdf, printer.pdf(file.read_bytes()))
            except PrintError as error:
                yield Looked(path, problems=(Problem(f"{pdf} 未生成：{error}", path),))
            else:
                yield Looked(path, written=(pdf,))

    def _told(self, looked: Looked, *, there: bool) -> Looked:
        before = self._problems.pop(looked.record, ())
        if looked.problems:
            self._problems[looked.record] = looked.problems
        return replace(looked, mended=bool(before) and not looked.problems and there)

    def _put(self, name: str, data: bytes) -> bool:
        path, spare = self._folder / name, self._folder / ".new"
        with reporting("写入预览", path):
            if path.exists() and path.read_bytes() == data:
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
    items: Iterable[str] = (),
    stop: threading.Event,
    looked: Callable[[Looked], None],
    failed: Callable[[Exception], None],
) -> None:
    """Preview what differs from the commit, then each record as it is saved, until told to stop; returns promptly then.

    Args:
        preview: what previews, and the work tree that it follows.
        items: to preview at the beginning although nothing in them was altered.
        stop: set it to end.
        looked: called with what each look came to.
        failed: called with each error; following goes on, and what was missed is made up for at the next change.
    """
    root, missed, tried, begun = preview.root, set[str](), False, False
    for changes in watch(
        root,
        watch_filter=lambda _, path: _followed(_within(path, root)),
        debounce=_BURST,
        step=_STEP,
        stop_event=stop,
        rust_timeout=_LOOK,
        yield_on_timeout=True,
        force_polling=False,
        debug=False,
        recursive=True,
    ):
        if tried and not changes:
            continue
        tried, missed = True, missed | {_within(path, root) for _, path in changes}
        try:
            # Begun only now, when watching has: whatever is saved from here on will be told.
            for found in preview.look(missed) if begun else preview.begin(items):
                looked(found)
            begun, missed = True, set()
        except Exception as error:  # whatever it is, the next change deserves its preview
            failed(error)


def _within(path: str, root: Path) -> str:
    return path.removeprefix(f"{root}/")


def _followed(path: str) -> bool:
    """Tell records and their folders from what editors leave beside them and from Git's own files."""
    return kind_of(path) in _KINDS or _FOLDERS.fullmatch(path) is not None


def _is_ours(folder: Path) -> bool:
    """Tell a folder that is empty or was made for previews from one where something could be lost."""
    mark = folder / _MARK
    return not any(folder.iterdir()) or (mark.is_file() and mark.read_text(encoding="utf-8", errors="replace") == _IGNORED)
