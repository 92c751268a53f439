"""What killed programs of Git's, and of its hooks, left in a repository: nobody reads it, and where nothing is pruned nobody takes it away.

What is pushed lies in a folder of its own until it is taken, what is fetched or packed in temporary files, and a pack that was fetched has
a file beside it, with the number of the process, that keeps it from being packed again until the branch has moved. Each is somebody's at
work for seconds, at most for hours; what is a day old, and no process has, is nobody's.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from records.store.disk import reporting
from records.store.upstream import FEEDING

_STRAY = 24 * 3600  # seconds after which nobody can still be writing a temporary file
_TEMPORARY = ("tmp_obj_", "tmp_pack_", "tmp_idx_", "tmp_rev_", "tmp_graph_", ".tmp-")
_FED = re.compile(r"(?:sent|told|lines)\.\d+")  # of a feed that was killed on its way to the standby
_APART = re.compile(r"(?:tmp_objdir-.*|incoming-.{6})")  # as Git called it up to 2.34
_KEPT = re.compile(rb"(?:fetch|receive)-pack (\d{1,10}) on .*\n?")
_HALF = re.compile(r"\.[0-9a-f]{8}\.\d+\.new")  # as replace_durably calls what it has not put in its place yet
_BESIDE = ("register.git", "attachments/??", "drafts/*", "boxes/*")
_LONGEST = 300  # bytes of what Git writes into such a file


def swept(repository: Path, now: float) -> int:
    """Take away what killed programs left in a repository over a day ago and nobody has, and return how much that was.

    Args:
        repository: a bare one; whoever asks may see the processes that work there, being of their account.
        now: seconds since 1970 on the clock of the file system.

    Raises:
        StoreError: the disk refuses.
    """
    found = 0
    with reporting("清理登记库", repository):
        for path in _left(repository):
            with suppress(FileNotFoundError):
                if now - _touched(path) > _STRAY and not _is_somebodys(path):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                    found += 1
    return found


def swept_beside(home: Path, now: float) -> int:
    """Take away what killed programs left beside a repository over a day ago: files half written, arrivals that nobody judges.

    Args:
        home: the folder of a register, or of a mirror.
        now: as above.
    """
    found = 0
    with reporting("清理登记库", home):
        beside = [home, *(folder for name in _BESIDE for folder in home.glob(name))]
        half = [path for folder in beside for path in there(folder) if _HALF.fullmatch(path.name)]
        for path in (*half, *there(home / "arrivals")):
            with suppress(FileNotFoundError):
                if now - path.lstat().st_mtime > _STRAY:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                    found += 1
    return found


def folders(repository: Path) -> Iterator[Path]:
    """Yield the folders in which Git keeps objects, whether they are there or not."""
    yield repository / "objects/pack"
    for number in range(256):
        yield repository / f"objects/{number:02x}"


def there(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder; nothing where there is none."""
    with suppress(FileNotFoundError, NotADirectoryError):
        yield from sorted(folder.iterdir())


def _left(repository: Path) -> Iterator[Path]:
    yield from (path for path in there(repository / "objects") if _APART.fullmatch(path.name))
    yield from (path for path in there(repository / FEEDING) if _FED.fullmatch(path.name))
    for folder in (*folders(repository), repository / "objects/info/commit-graphs"):
        for path in there(folder):
            half = path.suffix == ".pack" and not path.with_suffix(".idx").exists()
            if half or path.name.startswith(_TEMPORARY) or (path.suffix == ".keep" and _keeper(path)):
                yield path


def _touched(path: Path) -> float:
    """When anything was written there last."""
    places = [path, *path.rglob("*")] if path.is_dir() else [path]
    return max(each.lstat().st_mtime for each in places)


def _is_somebodys(path: Path) -> bool:
    """Whether a process has it open, or was told to work in it, as far as this account may see."""
    name = path.name
    if keeper := _keeper(path) if path.suffix == ".keep" else "":
        return Path("/proc", keeper).exists()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(name in os.readlink(each) for each in (process / "fd").iterdir()) or name.encode() in (process / "environ").read_bytes():
                return True
    return False


def _keeper(path: Path) -> str:
    """The number of the process of Git's that keeps a pack from being packed; empty where a person does."""
    with suppress(OSError), path.open("rb") as file:
        found = _KEPT.fullmatch(file.read(_LONGEST))
        return found[1].decode() if found else ""
    return ""
