"""The published folder, brought to where the register stands: official documents, a plain copy of each record, and a manifest.

<home>/published/DB-2026-0118-special.docx   a document
<home>/published/records/items/2026/01/…     the records as they stand, for ``less`` and ``grep``
<home>/published/manifest.json               what was built from which commit; written last, so that what it says is there

Everything in it can be made again from the register. Each file is whole at any moment, also after a kill or a power cut: it is written
and synced beside its place and then renamed. A document once issued never changes, whatever happens to records, roster or layout.
"""

import fcntl
import hashlib
import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from documents.catalogue import Planned, planned, planned_by_units
from documents.official import DocumentError
from documents.profile import Profile
from records import receipt
from records.files import Unreadable, check, item_path, kind_of, parse
from records.gitobjects import reporting, sync_folder, write_durably
from records.gitstore import Store, StoreError
from records.model import Item
from records.register import Register
from schema.problem import Problem

Progress = Callable[[int, int], None]
"""Called with how many records are done and how many there are; what it raises ends the pass, and the next one does it again."""

_FORMAT = 1
_MANIFEST = "manifest.json"
_COPIES = "records"
_NAME = re.compile(r"(DB-\d{4}-\d{4,6})-[a-z]+(?:-\d+)?\.docx", re.ASCII)
_PEOPLE = frozenset({"bureau.yaml", "leaders.yaml"})  # what a document takes from outside its item
_UNKNOWN = "来源不明"
_ISSUING = frozenset({"bureau_sign", "consent", "request_extension"})


class PublishError(Exception):
    """The published folder cannot be brought up to date; the message says in Chinese what is wrong, where, and the way out."""


@dataclass(frozen=True)
class Built:
    """What a pass did for one record.

    Attributes:
        record: the record's path in the register.
        files: what was written, by its name in the published folder: documents and the copy of the record.
        removed: what was removed, likewise.
        problems: why a document or the copy stayed as it was; none when all is well, also when it was not before.
    """

    record: str
    files: tuple[str, ...]
    removed: tuple[str, ...]
    problems: tuple[Problem, ...]


class Published(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document in the folder.

    Attributes:
        name: its file name.
        item: the item it belongs to.
        commit: the state of the register from which anyone can make the same bytes; for an issued document the commit of its signature.
        sha256: hex digits.
        bytes: its size.
        draft: the word over it, "" when it is issued.
    """

    name: str
    item: str
    commit: str
    sha256: str
    bytes: int
    draft: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the folder holds.

    Attributes:
        format: version of this format.
        commit: where in the register's history the folder stands; 40 hex digits.
        documents: in the order of their names.
        problems: a line a problem by the path of the record; these records keep their last good document.
    """

    format: int
    commit: str
    documents: tuple[Published, ...]
    problems: dict[str, tuple[str, ...]]


class Publisher:
    """Publishes a register's documents. One publisher works on a folder at a time; a second is turned away, not queued.

    Every method raises StoreError when the register, and PublishError when the published folder, cannot be read or written; the
    manifest then stays where it was and the next pass tries again.

    Args:
        register: the register.
        profile: the layout of the documents, usually ``profile.standard()``.
    """

    def __init__(self, register: Register, profile: Profile) -> None:
        self._register = register
        self._profile = profile
        self._folder = _Folder(register.published)
        self._mine = threading.RLock()
        self._locked = False

    @contextmanager
    def try_lock(self) -> Iterator[bool]:
        """Hold the folder for this thread of this publisher alone until the block ends; gives False at once when another works on it.

        The passes below take it themselves; hold it round them to keep others out in between. The kernel lets go if the process dies.
        """
        if not self._mine.acquire(blocking=False):
            yield False
            return
        try:
            if self._locked:
                yield True
                return
            descriptor = self._folder.lock()
            self._locked = descriptor is not None
            try:
                yield self._locked
            finally:
                self._locked = False
                if descriptor is not None:
                    fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing is not enough if a process was forked meanwhile
                    os.close(descriptor)
        finally:
            self._mine.release()

    def manifest(self) -> Manifest | None:
        """Return what the folder holds, None when that is not known."""
        return _manifest(self._folder.read(_MANIFEST))

    def catch_up(self, progress: Progress | None = None) -> tuple[Built, ...]:
        """Bring the folder from where its manifest stands to the register's head, or build all of it when there is no manifest."""
        return self._pass(frozenset(), False, progress)

    def rebuild(self, item: str | None = None, progress: Progress | None = None) -> tuple[Built, ...]:
        """Catch up, and make the documents of one item (None: of all) again, also where the manifest knows of no change.

        Puts back what was deleted or altered in the folder, and brings drafts into a changed layout.

        Raises:
            ValueError: not an item id.
        """
        return self._pass(frozenset() if item is None else frozenset({item_path(item)}), item is None, progress)

    def _pass(self, wanted: frozenset[str], everything: bool, progress: Progress | None) -> tuple[Built, ...]:
        with self.try_lock() as mine:
            if not mine:
                raise PublishError(f"另一个程序正在发布 {self._folder.path} 里的公文，本次未生成。它会跟上登记簿，请稍后查看。")
            return _Pass(self._register, self._profile, self._folder, self.manifest(), everything).run(wanted, progress)


class _Pass:
    """One pass from the commit of the manifest to the register's head, or over everything when there is no manifest to go by."""

    def __init__(self, register: Register, profile: Profile, folder: "_Folder", manifest: Manifest | None, everything: bool) -> None:
        self._register, self._profile, self._folder = register, profile, folder
        self._store = register.store
        self._head = self._store.head() or ""
        # A manifest of another register, or of a history that was rewritten, counts for nothing.
        usable = manifest is not None and _descends(self._store, manifest.commit, self._head)
        self._at = manifest.commit if manifest and usable else None
        self._since = None if everything else self._at
        self._problems = dict(manifest.problems) if manifest and usable else {}
        self._documents: dict[str, dict[str, Published]] = {}
        for document in manifest.documents if manifest and usable else folder.documents():
            self._documents.setdefault(document.item, {})[document.name] = document
        self._signings: dict[str | None, dict[str, list[str]]] = {}
        self._written: list[str] = []
        self._removed: list[str] = []

    def run(self, wanted: frozenset[str], progress: Progress | None) -> tuple[Built, ...]:
        paths = self._paths(wanted)
        done = []
        for place, path in enumerate(paths):
            if progress:
                progress(place, len(paths))
            if built := self._record(path):
                done.append(built)
        self._folder.sync()
        if done or self._at != self._head:
            documents = sorted((each for names in self._documents.values() for each in names.values()), key=lambda each: each.name)
            manifest = Manifest(_FORMAT, self._head, tuple(documents), dict(sorted(self._problems.items())))
            self._folder.put(_MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=1))
            self._folder.sync()
        if progress:
            progress(len(paths), len(paths))
        return tuple(done)

    def _paths(self, wanted: frozenset[str]) -> list[str]:
        """Return the records to look at: what changed, what is wanted, what failed before, and what depends on any of these."""
        found = {change.path for change in self._store.changes(self._since, self._head)}
        found |= wanted | self._problems.keys()
        if self._since is None:
            found |= {*self._folder.copies(), *map(item_path, self._documents)}
        if found & _PEOPLE:
            found |= {item_path(item) for item, names in self._documents.items() if any(each.draft for each in names.values())}
        return sorted(path for path in found if kind_of(path))

    def _record(self, path: str) -> Built | None:
        before = self._problems.pop(path, ())
        self._written, self._removed = [], []
        try:
            problems = tuple(self._bring(path))
        except Unreadable as broken:
            problems = broken.problems or (Problem("登记簿缺少机关或局领导名册文件，请从备份恢复。", path),)
        except StoreError as error:
            problems = (Problem(str(error), path),)
        if problems:
            self._problems[path] = tuple(map(str, problems))
        if self._written or self._removed or before != self._problems.get(path, ()):
            return Built(path, tuple(self._written), tuple(self._removed), problems)
        return None

    def _bring(self, path: str) -> Iterator[Problem]:
        """Bring the copy and the documents of one record to the head; a broken record raises and both stay as they are."""
        data, item = self._store.read(path, self._head), None
        if data is None:
            self._remove(f"{_COPIES}/{path}")
        else:
            if kind_of(path) == "item":
                item = parse(data, Item, path)
            elif problems := check(data, path):
                raise Unreadable(problems)
            if item is not None and item.need_to_know:
                # The folder is everybody's who may enter it; what few may know is read through the service only.
                self._remove(f"{_COPIES}/{path}")
            else:
                self._put(f"{_COPIES}/{path}", data)
        if kind_of(path) == "item":
            due = list(self._due(item)) if item and not item.need_to_know else []
            for plan, commit in due:
                yield from self._publish(path, plan, commit)
            yield from self._withdraw(path, {plan.name for plan, _ in due})

    def _due(self, item: Item) -> Iterator[tuple[Planned, str | None]]:
        """Yield the documents of an item, each with the commit whose people and bureau it is made with.

        That of an issued document is the commit of its signature, so that whoever makes it again, whenever, gets the same.
        """
        plans = _plans(item)
        for plan in plans:
            yield plan, self._head if plan.draft else self._signed_in(item, plan)
        # What was issued stays, also after a report was written anew or a matter taken up again; history holds what it was made of.
        names = {plan.name for plan in plans}
        for commit in self._signatures(item.id) if item.reopenings or any(_written_anew(item)) else ():
            then = self._register.view(commit).item(item.id)
            for plan in _plans(then) if then else ():
                if not plan.draft and plan.name not in names:
                    names.add(plan.name)
                    yield plan, commit

    def _publish(self, path: str, plan: Planned, commit: str | None) -> Iterator[Problem]:
        if commit is None:
            yield Problem(f"{plan.name} 未发布：签发签名与历史中的签发不符，或历史中没有签发这一笔。请核查记录由谁改动。", path)
            return
        try:
            data = plan.make(self._register.view(commit), self._profile)
        except DocumentError as error:
            yield Problem(str(error), path)
            return
        item = Path(path).stem
        known = self._documents.setdefault(item, {})
        old = known.get(plan.name)
        new = Published(plan.name, item, commit, hashlib.sha256(data).hexdigest(), len(data), plan.draft)
        if old and not old.draft and old.sha256 != new.sha256:
            yield Problem(f"{plan.name} 已经签发，重新生成的内容与它不同，已保留原文件。请核查记录由谁改动，或版式、程序是否更换。", path)
            return
        self._put(plan.name, data)
        if old is None or (old.sha256, old.draft) != (new.sha256, new.draft):
            known[plan.name] = new

    def _withdraw(self, path: str, due: set[str]) -> Iterator[Problem]:
        known = self._documents.get(Path(path).stem, {})
        for name in sorted(known.keys() - due):
            if known[name].draft:
                self._remove(name)
                del known[name]
            else:
                yield Problem(f"{name} 已经签发，现在的记录却不再生成它，已保留原文件。请核查记录由谁改动。", path)

    def _signatures(self, item: str) -> list[str]:
        """Return the commits in which documents of an item were signed, as far as the manifest and the history after it tell."""
        known = [each.commit for each in self._documents.get(item, {}).values() if not each.draft]
        return list(dict.fromkeys(known + self._signed_after(self._since, item)))

    def _signed_in(self, item: Item, plan: Planned) -> str | None:
        """Return the commit in which a document was signed, None when none stands behind the signature on record."""
        old = self._documents.get(item.id, {}).get(plan.name)
        if old and not old.draft:
            return old.commit
        for since in dict.fromkeys((self._since, None)):
            for commit in self._signed_after(since, item.id):
                then = self._register.view(commit).item(item.id)
                if then and any((each.name, each.signed) == (plan.name, plan.signed) for each in _plans(then)):
                    return commit
        return None

    def _signed_after(self, since: str | None, item: str) -> list[str]:
        if since not in self._signings:
            self._signings[since] = _signings(self._store, since, self._head)
        return self._signings[since].get(item, [])

    def _put(self, name: str, data: bytes) -> None:
        if self._folder.put(name, data):
            self._written.append(name)

    def _remove(self, name: str) -> None:
        if self._folder.remove(name):
            self._removed.append(name)


class _Folder:
    """The files of the published folder; each of them is whole at any moment. Only who holds the lock may write."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._touched: set[Path] = set()

    def lock(self) -> int | None:
        """Return the descriptor that holds the lock, None when another has it."""
        with _reporting(self.path):
            self.path.mkdir(mode=0o750, parents=True, exist_ok=True)
            descriptor = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            except BaseException:
                os.close(descriptor)
                raise
        return descriptor

    def read(self, name: str) -> bytes | None:
        with _reporting(self.path / name), suppress(FileNotFoundError):
            return (self.path / name).read_bytes()
        return None

    def put(self, name: str, data: bytes) -> bool:
        """Write a file, durable once ``sync`` returns; say whether it was other than that."""
        if self.read(name) == data:
            return False
        path = self.path / name
        spare = path.parent / ".new"  # one name a folder, so that killed passes leave no heap behind
        with _reporting(path):
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            spare.unlink(missing_ok=True)
            write_durably(spare, data, 0o640)
            os.replace(spare, path)
        self._touched.update(folder for folder in path.parents if folder.is_relative_to(self.path))
        return True

    def remove(self, name: str) -> bool:
        """Remove a file; say whether it was there."""
        path = self.path / name
        with _reporting(path), suppress(FileNotFoundError):
            path.unlink()
            self._touched.add(path.parent)
            return True
        return False

    def sync(self) -> None:
        for folder in sorted(self._touched):
            with _reporting(folder), suppress(FileNotFoundError):
                sync_folder(folder)
        self._touched.clear()

    def copies(self) -> Iterator[str]:
        """Yield the paths of the records whose copies lie here."""
        top = self.path / _COPIES
        for path in top.rglob("*.yaml"):
            yield path.relative_to(top).as_posix()

    def documents(self) -> Iterator[Published]:
        """Yield the documents that lie here although no manifest tells of them; they give way to whatever is made now."""
        for name in sorted(os.listdir(self.path)):
            if (match := _NAME.fullmatch(name)) and (data := self.read(name)) is not None:
                yield Published(name, match[1], "", hashlib.sha256(data).hexdigest(), len(data), _UNKNOWN)


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    try:
        with reporting("发布公文", path):
            yield
    except StoreError as error:
        raise PublishError(str(error)) from error


def _manifest(data: bytes | None) -> Manifest | None:
    """Return a manifest that may be relied on: its names are file names and nothing else."""
    with suppress(msgspec.DecodeError, UnicodeError):
        found = msgspec.json.decode(data or b"", type=Manifest)
        matches = [(_NAME.fullmatch(document.name), document.item) for document in found.documents]
        if found.format == _FORMAT and all(match and match[1] == item for match, item in matches):
            return found
    return None


def _descends(store: Store, old: str, new: str) -> bool:
    with suppress(StoreError):
        next(store.commits(old, new), None)
        return True
    return False


def _signings(store: Store, since: str | None, until: str) -> dict[str, list[str]]:
    """Return the commits in which a document was signed, oldest first, by item."""
    found: dict[str, list[str]] = {}
    for commit in store.commits(since, until):
        told = receipt.trailers(commit.message)
        if told.get("Duban-Act") in _ISSUING:
            found.setdefault(told.get("Duban-Item", ""), []).append(commit.id)
    return found


def _plans(item: Item) -> tuple[Planned, ...]:
    return (*planned(item), *planned_by_units(item))


def _written_anew(item: Item) -> Iterator[bool]:
    """Say of each round of the report whether a text with the main leader's consent was there before the one in hand."""
    if item.report:
        yield len(item.report.rounds) > 1
        yield from (bool(each.voided) for each in item.report.rounds)
