"""A register in another place: its history as a bundle of stock Git, the papers beside it under their hashes; and back from there.

A bundle is whole, so that one file and stock Git are enough to read the register in twenty years. Papers never change under their name:
those that are there already are not copied again. Whatever is written is read back before it counts.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from records.register.attachments import Attachments
from records.register.bundles import is_whole
from records.register.register import Register, link_for_git
from records.store.address import Address
from records.store.branch import MAIN
from records.store.disk import reporting, sync_folder, sync_together
from records.store.repository import Repository
from records.store.stock_git import Git
from records.store.store import StoreError
from schema.text import show

_BUNDLE = re.compile(r"register-\d{8}-\d{6}-([0-9a-f]{12})\.bundle")
_PAPERS = "attachments"
_SHOP = ".duban-"
_STRAY = 24 * 3600  # seconds; no backup lasts a day
_SHOWN = 200  # characters of the names of other backups
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Kept:
    """What a backup holds.

    Attributes:
        bundle: the file with the history.
        head: the commit up to which.
        fresh: whether the bundle was made now; one of the same commit was there otherwise.
        papers: how many papers were copied now; ``all_papers`` how many are there.
        lost: papers that could not be copied, each with the reason.
    """

    bundle: Path
    head: str
    fresh: bool
    papers: int
    all_papers: int
    lost: tuple[str, ...] = ()


def back_up(register: Register, folder: Path, git: Git, at: datetime, progress: Progress) -> Kept:
    """Bring a backup of a register up to date.

    Args:
        register: the register.
        folder: of the backup; made if need be, and not inside the register's own.
        git: stock Git.
        at: now, for the name of the bundle.
        progress: called with the papers that are through and how many there are.

    Raises:
        StoreError: it could not be made, or does not read back; what was in the folder before is there still.
    """
    if Path(os.path.realpath(folder)).is_relative_to(os.path.realpath(register.home)):
        raise StoreError(f"{folder} 在登记簿自己的目录里，不能作备份：目录坏了，两份一起坏。请写别的磁盘或别的机器上的目录。")
    with reporting("建立备份目录", folder):
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    head = register.head() or ""
    there = next((each for each in _bundles(folder) if each.name.endswith(f"-{head[:12]}.bundle")), None)
    with _workshop(folder) as shop:
        _swept(folder, shop)
        made = shop / "new.bundle"
        if there is None:
            git.run("写出备份", "-C", str(register.home / "register.git"), "bundle", "create", "--quiet", str(made), MAIN)
        with _naming(there or made, "没有另写。请把它移走，再备份一次。"):
            head = _unpacked(there or made, shop / "register.git", git)
        register.describe(head)  # what was read back is of this register, or this says that it is not
        bundle = there or folder / f"register-{at:%Y%m%d-%H%M%S}-{head[:12]}.bundle"
        if there is None:
            with reporting("写出备份", bundle):
                _sync(made)
                os.chmod(made, 0o640)
                os.replace(made, bundle)
                sync_folder(folder)
    copied, lost = _copied(register.attachments, Attachments(folder / _PAPERS), progress)
    return Kept(bundle, head, there is None, copied, sum(1 for _ in Attachments(folder / _PAPERS).kept()), lost)


def restore(source: Path, home: Path, git: Git, progress: Progress) -> Kept:
    """Make a register of a backup in a place where there is nothing yet; whether its history is sound is the audit's to say.

    Args:
        source: the folder of the backup, of which that bundle counts which has all others in its history, or a bundle of it.
        home: the register's folder to be.
        git: stock Git.
        progress: as for ``back_up``.

    Raises:
        StoreError: there is something at ``home``, no backup at ``source`` or none that has all others, or it cannot be read or written;
            nothing is left behind.
    """
    folder = source if source.is_dir() else source.parent
    bundles = list(_bundles(source)) if source.is_dir() else [source] if source.is_file() else []
    if not bundles:
        raise StoreError(f"{source} 里没有备份（register-日期-时间-提交.bundle）。请写 duban backup 写出的目录。")
    with _made_anew(home) as new:
        bundle, head = _newest(bundles, new / "register.git", git)
        copied, lost = _copied(Attachments(folder / _PAPERS), Attachments(new / _PAPERS), progress)
    return Kept(bundle, head, True, copied, copied, lost)


def restore_from(upstream: Address, home: Path, git: Git) -> str:
    """Make a register of what an upstream holds, in a place where there is nothing yet, and return where it stands; it is on its own then.

    Its papers are not there; whether its history is sound is the audit's to say.

    Raises:
        StoreError: there is something at ``home``, or the upstream cannot be reached or holds no register; nothing is left behind.
    """
    with _made_anew(home) as new:
        head = _fetched("取登记簿", upstream.url, new / "register.git", git)
        if head is None:
            raise StoreError(f"{show(upstream.url)} 是空的，没有登记簿。")
    return head


@contextmanager
def _made_anew(home: Path) -> Iterator[Path]:
    """A folder that becomes a register's when the block has ended well: all of it at once, or nothing."""
    if os.path.lexists(home):
        raise StoreError(f"{home} 已经存在，没有改动。恢复只写到新的目录，请另写一个，核对以后再换上去。")
    with reporting("恢复登记簿", home.parent):
        home.parent.mkdir(parents=True, exist_ok=True)
    with _workshop(home.parent) as shop:
        new = shop / "home"
        yield new
        with reporting("恢复登记簿", home):
            link_for_git(new)
            sync_together([folder for folder, _, _ in os.walk(new)], begin=False)  # Git syncs its files, and not their names
            os.rename(new, home)
            sync_folder(home.parent)


def _bundles(folder: Path) -> Iterator[Path]:
    """The bundles in a backup, the newest first; of those of one second the one that was written last."""
    with reporting("读取备份目录", folder):
        found = [folder / name for name in os.listdir(folder) if _BUNDLE.fullmatch(name)]
        found.sort(key=lambda each: (each.name.rpartition("-")[0], each.stat().st_mtime_ns), reverse=True)
    yield from found


def _newest(bundles: Sequence[Path], place: Path, git: Git) -> tuple[Path, str]:
    """Unpack the bundle that has all others in its history, and return it with the commit at which it stands.

    The clock that gave them their names may have been wrong once, and a register be put back to what it was before that.
    """
    newest, *others = bundles
    head = _read_back(newest, place, git)
    for other in others:
        if (match := _BUNDLE.fullmatch(other.name)) is None or Repository(place).commits_starting(match[1]):
            continue
        beside = place.with_name("beside.git")
        theirs = _read_back(other, beside, git)
        if not Repository(beside).commits_starting(head):
            told = f"{newest.name} 和 {other.name} 各有对方没有的办理（登记簿从备份恢复过，或者不是同一个），分不清以哪一份为准"
            raise StoreError(f"{told}，没有恢复。请写明其中一个文件。")
        shutil.rmtree(place)
        beside.rename(place)
        newest, head = other, theirs
    return newest, head


def _read_back(bundle: Path, place: Path, git: Git) -> str:
    """Unpack a bundle, and where it is no whole one say which others there are."""
    others = "、".join(each.name for each in _bundles(bundle.parent) if each != bundle)[:_SHOWN]
    way = f"请用另一份：{others}" if others else f"{bundle.parent} 里没有别的备份，请用别处的，或者督察的镜像"
    with _naming(bundle, f"什么都没有恢复。{way}。"):
        return _unpacked(bundle, place, git)


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """A folder of our own beside what is to be made, gone afterwards."""
    with reporting("建立临时目录", folder):
        shop = Path(tempfile.mkdtemp(prefix=_SHOP, dir=folder))
    try:
        yield shop
    finally:
        shutil.rmtree(shop, ignore_errors=True)


def _swept(folder: Path, shop: Path) -> None:
    """Do away with the workshops of backups that were killed over a day ago: each holds the whole history once or twice."""
    with reporting("整理备份目录", folder):
        for left in folder.glob(f"{_SHOP}*"):
            if shop.stat().st_mtime - left.stat().st_mtime > _STRAY:
                shutil.rmtree(left, ignore_errors=True)


def _unpacked(bundle: Path, place: Path, git: Git) -> str:
    """Unpack a bundle into a new repository, every object checked, and return the commit at which it stands."""
    head = _fetched("读回备份", os.path.realpath(bundle), place, git)
    if head is None or ((match := _BUNDLE.fullmatch(bundle.name)) and not head.startswith(match[1])):
        raise StoreError(f"{bundle} 读回的不是它名称里的那一笔，不是完好的备份。请用另一份。")
    return head


def _fetched(doing: str, source: str, place: Path, git: Git) -> str | None:
    """Fetch a branch ``main`` into a new repository, every object checked, and return where it stands."""
    Repository.create(place)
    git.run(doing, "-C", str(place), "fetch", "--quiet", "--no-tags", "--", source, f"{MAIN}:{MAIN}")
    return Repository(place).head()


@contextmanager
def _naming(bundle: Path, way: str) -> Iterator[None]:
    """Where a bundle does not read back in the block because it is no whole one, say so, and the way on."""
    try:
        yield
    except StoreError as error:
        if is_whole(bundle):
            raise
        raise StoreError(f"{bundle} 没有写完、没有拷全，或者已损坏，{way}") from error


def _copied(source: Attachments, target: Attachments, progress: Progress) -> tuple[int, tuple[str, ...]]:
    """Copy the papers that are not there yet, each held against its hash on both sides; return how many, and what could not be had."""
    every, done, lost = list(source.kept()), 0, []
    for n, digest in enumerate(every, start=1):
        try:
            if target.size(digest) != source.size(digest):
                data = source.read(digest)  # first: where this one is the damaged one, the copy is what is left of the paper
                if data is None:
                    continue  # gone since: the law may have wanted it
                target.keep(digest, data)
                target.read(digest)
                done += 1
        except StoreError as error:
            lost.append(str(error))
        progress(n, len(every))
    return done, tuple(lost)


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
