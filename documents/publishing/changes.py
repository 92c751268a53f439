"""What changes in a folder: told by the system, or looked for where the system has no room left to tell."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import watch

_EVERY = 1.0  # seconds between two looks where nobody tells


def changes(
    root: Path,
    *,
    wanted: Callable[[str], bool],
    recursive: bool,
    burst: int,
    step: int,
    timeout: int,
    stop: threading.Event,
    told: Callable[[str], None],
) -> Iterator[set[str]]:
    """Yield the paths in a folder that have changed, together what comes together; also nothing now and then, at once for the first time.

    Whatever changes after the first time is told.

    Args:
        root: the folder.
        wanted: says which paths in it matter, by their names from there on.
        recursive: whether to look into its folders.
        burst: milliseconds after which changes are told although there is no quiet.
        step: milliseconds of quiet after a change before it is told.
        timeout: milliseconds after which nothing is told when there is nothing.
        stop: set it to end.
        told: called with a line for a person when the system does not tell.
    """
    try:
        for found in watch(
            root,
            watch_filter=lambda _, path: wanted(_within(path, root)),
            debounce=burst,
            step=step,
            stop_event=stop,
            rust_timeout=timeout,
            yield_on_timeout=True,
            force_polling=False,
            debug=False,
            recursive=recursive,
        ):
            yield {_within(path, root) for _, path in found}
    except (RuntimeError, OSError):  # the former is how watchfiles says what it has no word for
        if not root.is_dir():
            raise
        told(
            f"系统不能通知文件的改动（多半是 inotify 的名额已用完），改为每隔 {_EVERY:.0f} 秒查看一次，照常生成，只是慢一些。"
            "要恢复通知，请系统管理员调大 fs.inotify.max_user_instances 和 fs.inotify.max_user_watches，再重新运行。"
        )
        yield from _looked_for(root, wanted, recursive, stop)


def _looked_for(root: Path, wanted: Callable[[str], bool], recursive: bool, stop: threading.Event) -> Iterator[set[str]]:
    before = _stamps(root, wanted, recursive)
    yield set()
    while not stop.wait(_EVERY):
        now = _stamps(root, wanted, recursive)
        yield {path for path, _ in before.items() ^ now.items()}
        before = now


def _stamps(root: Path, wanted: Callable[[str], bool], recursive: bool) -> dict[str, tuple[int, ...]]:
    """What tells a file from what it was before, by its path; one that comes or goes meanwhile is there or not."""
    found: dict[str, tuple[int, ...]] = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if recursive and name != ".git"]
        for name in files:
            path = os.path.join(folder, name)
            try:
                at = os.lstat(path)
            except OSError:
                continue
            if wanted(_within(path, root)):
                found[_within(path, root)] = (at.st_mtime_ns, at.st_size, at.st_ino)
    return found


def _within(path: str, root: Path) -> str:
    return path.removeprefix(f"{root}/")
