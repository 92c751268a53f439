"""Checks a package of anybody's making: that nothing was added, left out or altered, and that what is in it agrees with itself.

Whether the register knows the commits that the history names is for whoever has the register, a mirror or a clone to see.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from documents.archive import sums
from documents.archive.containers import Reader
from documents.archive.metadata import MISSING, ORIGINS, OWN
from documents.archive.packing import CONTENTS, HISTORY, ITEMS, METADATA, POLICY, PROOF, README, RECORD, RECORD_TEXT
from documents.archive.papers import ATTACHMENTS, DOCUMENTS
from records.matter.attachments import attachments
from records.matter.digests import Digests, digests, has_sm3
from records.matter.item import Item, signatures
from records.store.paths import item_path
from records.store.record_files import Unreadable, parse
from records.store.record_history import RecordHistory, blob_id, opened
from records.store.store import StoreError
from schema.problem import Problem
from schema.yaml_text import read

_OVER_ALL = frozenset({sums.SHA256, sums.SM3, README, METADATA, *CONTENTS})
_OF_ITEM = _OVER_ALL | {RECORD, RECORD_TEXT, HISTORY, PROOF, POLICY}

Progress = Callable[[int, int], None]
"""Called with how many files have been read and how many there are."""


@dataclass
class Verified:
    """What a check found.

    Attributes:
        items: those that are in the package.
        files: how many files were compared with their hashes.
        commits: ids of the register's commits on each item, oldest first, by item.
        problems: what is wrong, each with its file.
        notices: what is not wrong and ought to be known: what was missing already when it was packed, what could not be checked here.
        sha256: the hash that stands for the whole package.
    """

    items: list[str] = field(default_factory=list)
    files: int = 0
    commits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    sha256: str = ""


def verify(package: Reader, progress: Progress) -> Verified:
    """Check a package, of an item or of a year.

    Args:
        package: where its files are.
        progress: told how far the reading has come.

    Raises:
        StoreError: it cannot be read at all.
    """
    found = Verified(problems=list(package.problems))
    if sums.SHA256 not in package.files:
        found.problems.append(Problem("没有这个清单：不是档案包，或者清单已被拿掉。", sums.SHA256))
        return found
    known = _digests(package, found, progress)
    found.sha256 = known[sums.SHA256].sha256 if sums.SHA256 in known else ""
    items = {"": frozenset(package.files)} if RECORD in package.files else _by_item(package.files)
    for top, under in {"": frozenset(package.files), **items}.items():
        _compare(package, top, under, known, found)
    if "" not in items:
        strange = [name for name in package.files if name not in _OVER_ALL and not name.startswith(f"{ITEMS}/")]
        found.problems += [Problem("档案包里不应有这个文件。", name) for name in strange]
    for top, under in items.items():
        _ItemCheck(package, top, under, known, found).run()
    if not items:
        found.problems.append(Problem("包里没有一个事项。", RECORD))
    return found


def _by_item(names: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Return the names of the files in each folder of an item, by the folder."""
    found: dict[str, set[str]] = {}
    for name in names:
        above, item, rest = (*name.split("/", 2), "", "")[:3]
        if above == ITEMS:
            found.setdefault(f"{ITEMS}/{item}/", set()).add(rest)
    return {top: frozenset(found[top]) for top in sorted(found)}


def _digests(package: Reader, found: Verified, progress: Progress) -> Mapping[str, Digests]:
    known: dict[str, Digests] = {}
    for place, name in enumerate(package.files):
        progress(place, len(package.files))
        try:
            known[name] = digests(package.read(name))
        except StoreError as error:
            found.problems.append(Problem(str(error), name))
    progress(len(package.files), len(package.files))
    found.files = len(known)
    return known


def _compare(package: Reader, top: str, under: frozenset[str], known: Mapping[str, Digests], found: Verified) -> None:
    """Compare the files under a folder with its lists of hashes: each listed, each there, each the same."""
    for list_name, beside in ((sums.SHA256, {sums.SHA256}), (sums.SM3, {sums.SHA256, sums.SM3})):
        path = top + list_name
        if path not in known:
            if list_name == sums.SM3:
                found.notices.append(f"{path}：没有 SM3 清单（装包的机器算不出），只核对了 SHA-256。")
            elif path not in package.files:
                found.problems.append(Problem("没有这个清单。", path))
            continue
        hashes, wrong = sums.read_list(package.read(path))
        found.problems += [Problem(each, path) for each in wrong]
        found.problems += [Problem(f"{list_name} 没有列出这个文件。", top + name) for name in sorted(under - beside - hashes.keys())]
        found.problems += [Problem(f"{list_name} 列了这个文件，包里没有。", top + name) for name in sorted(hashes.keys() - under)]
        if list_name == sums.SM3 and not has_sm3():
            found.notices.append(f"{path}：本机的 OpenSSL 不能算 SM3，没有核对。")
            continue
        for name in sorted(hashes.keys() & under):
            there = known.get(top + name)
            if there and hashes[name] != (there.sha256 if list_name == sums.SHA256 else there.sm3):
                found.problems.append(Problem(f"内容与 {list_name} 里的摘要不符，文件已被改动。", top + name))


class _ItemCheck:
    """Checks what the files of one item say against one another."""

    def __init__(self, package: Reader, top: str, names: frozenset[str], known: Mapping[str, Digests], found: Verified) -> None:
        self._package, self._top, self._names, self._known, self._found = package, top, names, known, found

    def run(self) -> None:
        data = self._read(RECORD)
        item = self._parsed(data, RECORD, "") if data is not None else None
        if data is None or item is None:
            return
        self._found.items.append(item.id)
        path = item_path(item.id)
        if self._top not in ("", f"{ITEMS}/{item.id}/"):
            self._object(RECORD, f"是 {item.id} 的记录，不该在这个目录里。")
        for name in sorted(self._names - _OF_ITEM):
            if not name.startswith((f"{DOCUMENTS}/", f"{ATTACHMENTS}/")):
                self._object(name, "档案包里不应有这个文件。")
        history = self._history(path)
        versions = list(self._versions(history, path)) if history else []
        if history and history.steps[-1].record != data:
            self._object(RECORD, f"与 {HISTORY} 里最后一笔提交的记录不同。")
        if history:
            self._found.commits[item.id] = tuple(step.commit.id for step in history.steps)
        missing = self._metadata(item, history)
        self._documents(item, missing)
        if versions:
            self._scans(versions, missing)
        if item.policy and (policy := self._read(POLICY)) is not None and blob_id(policy) != item.policy:
            self._object(POLICY, "不是记录所依的那一版时限规则。")

    def _history(self, path: str) -> RecordHistory | None:
        bundle, proof = self._read(HISTORY), self._read(PROOF)
        if bundle is None or proof is None:
            return None
        try:
            return opened(bundle, proof, path)
        except StoreError as error:
            self._object(HISTORY, str(error))
            return None

    def _versions(self, history: RecordHistory, path: str) -> Iterator[Item]:
        """Yield each version of the record; whoever signed a text in it signed that text, and time goes forward."""
        before = history.steps[0].commit.author.time
        for step in history.steps:
            told = f"提交 {step.commit.id[:10]}"
            if step.commit.author.time < before:
                self._object(HISTORY, f"{told}的时间早于前一笔。")
            before = step.commit.author.time
            version = self._parsed(step.record, HISTORY, f"{told}的")
            if version is None:
                continue
            if item_path(version.id) != path:
                self._object(HISTORY, f"{told}的记录是另一个事项的。")
            for signed in signatures(version):
                if signed.signature.agrees and signed.signature.hash != signed.text:
                    self._object(HISTORY, f"{told}的记录里，{signed.place} 的签字不是对其中的文本签的。")
            if version.report and version.report.round.hash != version.report.hash:
                self._object(HISTORY, f"{told}的记录里，办结报告的文本与本轮的文本校验码不符。")
            yield version

    def _metadata(self, item: Item, history: RecordHistory | None) -> frozenset[str]:
        """Compare the metadata with record and history; return the names of what was missing when it was packed."""
        data = self._read(METADATA)
        if data is None:
            return frozenset()
        document = read(data, METADATA)
        for problem in document.problems:
            self._object(METADATA, str(problem))
        entity = _mapping(document.data, "文件实体")
        for name, right in (("电子文件号", item.id), ("题名", item.title)):
            if document.data is not None and entity.get(name) != right:
                self._object(METADATA, f"“{name}”与记录不同。")
        commits = [each.get(ORIGINS) for each in _mappings(document.data, "业务实体")]
        if document.data is not None and history and commits != [step.commit.id for step in history.steps]:
            self._object(METADATA, "“业务实体”的各笔提交与经过不同。")
        missing = _mappings(_mapping(document.data, OWN), MISSING)
        self._found.notices += [f"{self._top}{each.get('文件')}：装包时已缺失。{each.get('原因', '')}" for each in missing]
        return frozenset(str(each.get("文件")) for each in missing)

    def _documents(self, item: Item, missing: frozenset[str]) -> None:
        there = {name for name in self._names if name.startswith(f"{DOCUMENTS}/")}
        for known in item.documents:
            name = f"{DOCUMENTS}/{known.name}"
            if name not in there and name not in missing:
                self._object(name, "记录里登记过这份公文，包里没有，也没有列为缺失。")
            elif name in there and (hashed := self._known.get(self._top + name)) and hashed.sha256 != known.digest:
                self._object(name, "与记录里登记的公文摘要不符。")
        for name in sorted(there):
            stem, _, kind = name.rpartition(".")
            if not stem.startswith(f"{DOCUMENTS}/{item.id}-") or kind not in ("docx", "pdf"):
                self._object(name, "不是这个事项的公文。")
            elif kind == "pdf" and f"{stem}.docx" not in there:
                self._object(name, "没有与它同名的 .docx 原件。")

    def _scans(self, versions: list[Item], missing: frozenset[str]) -> None:
        named = {scan.digest for version in versions for _, _, scan in attachments(version)}
        there = {name for name in self._names if name.startswith(f"{ATTACHMENTS}/")}
        for digest in sorted(named):
            place = f"{ATTACHMENTS}/{digest}"
            mine = {name for name in there if name.startswith(f"{place}.")}
            there -= mine
            if not mine and place not in missing:
                self._object(place, "记录里有这个扫描件，包里没有，也没有列为缺失。")
            for name in mine:
                hashed = self._known.get(self._top + name)
                if hashed and hashed.sha256 != digest:
                    self._object(name, "内容与记录里的扫描件摘要不符。")
        for name in sorted(there):
            self._object(name, "记录里没有这个扫描件。")

    def _parsed(self, data: bytes, name: str, told: str) -> Item | None:
        try:
            return parse(data, Item)
        except Unreadable as broken:
            self._object(name, f"{told}记录读不出：{'；'.join(str(problem) for problem in broken.problems[:3])}")
            return None

    def _read(self, name: str) -> bytes | None:
        if self._top + name not in self._package.files:
            self._object(name, "缺少这个文件。")
            return None
        return self._package.read(self._top + name) if self._top + name in self._known else None

    def _object(self, name: str, reason: str) -> None:
        self._found.problems.append(Problem(reason, self._top + name))


def _mapping(data: object, key: str) -> Mapping[str, object]:
    found = cast(Mapping[str, object], data).get(key) if isinstance(data, Mapping) else None
    return cast(Mapping[str, object], found) if isinstance(found, Mapping) else {}


def _mappings(data: object, key: str) -> list[Mapping[str, object]]:
    found = cast(Mapping[str, object], data).get(key) if isinstance(data, Mapping) else None
    return [cast(Mapping[str, object], each) for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []
