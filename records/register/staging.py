"""A place of its own for what comes in before it is judged: a bare repository beside the register's, which borrows its objects.

Stock Git takes a push or a bundle there; in the register's own repository it is never let write, and no hook stands there. What was not
taken goes with the place.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from records.acts import Refusal
from records.register.bundles import is_whole
from records.register.register import Register
from records.store import process
from records.store.branch import MAIN
from records.store.disk import reporting
from records.store.repository import CONFIG
from records.store.stock_git import Git
from records.store.store import StoreError

MOST = 256 << 20
"""Bytes that may come at once."""

_CONFIG = f"""{CONFIG}\
[receive]
	maxInputSize = {MOST}
	unpackLimit = 1
	advertisePushOptions = false
[fetch]
	fsckObjects = true
	unpackLimit = 1
"""
_STRAY = 24 * 3600  # seconds; no push lasts a day
_BUNDLE = re.compile(rb"# v[23] git ")
_ARRIVED = "refs/duban/arrived"


@contextmanager
def staged(register: Register, hook: str = "") -> Iterator[Path]:
    """Make such a place, at which Git sees the register as it stands now, and do away with it afterwards.

    Args:
        register: the register.
        hook: what Git runs there before it takes what was pushed.

    Raises:
        StoreError: the disk refuses.
    """
    folder, repository = register.home / "arrivals", register.home / "register.git"
    with reporting("收取送来的办理", folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        place = Path(tempfile.mkdtemp(dir=folder))
        for left in folder.iterdir():  # by a process that was killed over it
            if place.stat().st_mtime - left.stat().st_mtime > _STRAY:
                shutil.rmtree(left, ignore_errors=True)
    try:
        with reporting("收取送来的办理", place):
            for name in ("objects/info", "objects/pack", "refs/heads", "hooks"):
                (place / name).mkdir(parents=True)
            (place / "objects/info/alternates").write_text(f"{repository.absolute() / 'objects'}\n")
            (place / "config").write_text(_CONFIG)
            (place / MAIN).write_text(f"{register.head()}\n")
            if hook:
                (place / "hooks/pre-receive").write_text(hook)
                os.chmod(place / "hooks/pre-receive", 0o700)
            (place / "HEAD").write_text(f"ref: {MAIN}\n")
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def pushed(told: Sequence[str]) -> str | Refusal:
    """Return the commit to which a push moves ``main``, or why it is none that is taken.

    Args:
        told: what Git tells its hook, a line for each ref: old value, new value, name.
    """
    parts = [line.split() for line in told]
    if len(parts) == 1 and len(parts[0]) == 3 and parts[0][2] == MAIN and parts[0][1].strip("0"):
        return parts[0][1]
    reason = "只收 main 一个分支上接着办的各笔；标签、别的引用、删除、强制推送，一律不收。"
    return Refusal("", reason, "请用 git push 服务账号@服务器:register main。")


def bundled(register: Register, since: str | None, file: Path, git: Git) -> None:
    """Write the history of a register since a commit as a bundle, and read it back.

    Raises:
        StoreError: it could not be written; what lay there still does.
    """
    if os.path.lexists(file) and not file.is_file():
        raise StoreError(f"{file} 不是普通文件，不予写入。请换一个名字。")
    if not file.absolute().parent.is_dir():
        raise StoreError(f"目录 {file.absolute().parent} 不在，没有写出。请先建立它，或者写在别处。")
    made, place = file.absolute().with_name(f".{file.name}.{process.number()}.new"), str(register.home / "register.git")
    try:
        git.run("写出", "-C", place, "bundle", "create", "--quiet", str(made), MAIN, *([f"^{since}"] if since else []))
        git.run("读回", "-C", place, "bundle", "verify", "--quiet", str(made))
        with reporting("写出", file):
            os.replace(made, file)
    finally:
        made.unlink(missing_ok=True)


def unbundled(place: Path, bundle: Path, git: Git) -> str:
    """Take a bundle apart in such a place and return its newest commit.

    Raises:
        StoreError: it is none, it has no branch ``main``, or it does not go on from where the register stands.
    """
    with reporting("读取送来的文件", bundle), bundle.open("rb") as file:
        if not _BUNDLE.match(file.read(12)):
            raise StoreError(f"{bundle.name} 不是 Git 的 bundle 文件。请写 duban export --bundle 写出的文件。")
    if not is_whole(bundle):
        raise StoreError(f"{bundle.name} 没有写完、没有拷全，或者已损坏，一笔也没有收下。请再拷一次，或者在那台机器上重新写出。")
    heads = git.run("读取送来的文件", "-C", str(place), "bundle", "list-heads", str(bundle)).splitlines()
    if not any(line.endswith(f" {MAIN}") for line in heads):
        raise StoreError(f"{bundle.name} 里没有分支 main。请用 duban export --bundle 写出。")
    try:
        git.run("读取", "-C", str(place), "bundle", "verify", "--quiet", str(bundle))
    except StoreError as error:
        raise StoreError(
            f"{bundle.name} 不完整，或者接不上登记簿：它以前的各笔这里没有。请从登记簿现在的那一笔起重新写出（--since）。"
        ) from error
    git.run("收取送来的办理", "-C", str(place), "fetch", "--quiet", "--no-tags", str(bundle), f"{MAIN}:{_ARRIVED}")
    return (place / _ARRIVED).read_text().strip()
