"""What a person has typed and not yet handed in, on disk: it survives a dropped line, a crash and a power cut."""

import hashlib
import json
from pathlib import Path

from records.store.disk import replace_durably, sync_folder


class Drafts:
    """The drafts of one person in one folder, a file each.

    A file is named by the hash of its key, so no text of a record or a person ever becomes part of a path, and is replaced
    as a whole: it holds the old draft or the new one, never half of one.
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made, for its owner only, when the first draft is saved."""
        self._folder = folder

    def save(self, key: str, text: str) -> None:
        """Write a draft durably, in the place of an earlier one under this key.

        Args:
            key: which form of which item, as the app names it.
            text: what was typed, anything at all.

        Raises:
            OSError: the disk is full or the folder cannot be written; an earlier draft is still there.
        """
        self._folder.parent.mkdir(mode=0o700, exist_ok=True)  # in a register; of one that was moved away nothing is made anew
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._folder.chmod(0o700)
        path = self._path(key)
        replace_durably(path, json.dumps({"key": key, "text": text}, ensure_ascii=False).encode("utf-8", "surrogatepass"), 0o600)

    def load(self, key: str) -> str | None:
        """Return the draft under this key, or None when there is none that can be read."""
        found = _read(self._path(key))
        return found[1] if found else None

    def drop(self, key: str) -> None:
        """Remove the draft under this key, if there is one: what it held has been handed in or given up."""
        if (path := self._path(key)).exists():
            path.unlink()
            sync_folder(self._folder)

    def all(self) -> dict[str, str]:
        """Return every draft by its key; a damaged file is passed over and stays where it is."""
        return dict(found for path in sorted(self._folder.glob("*.json")) if (found := _read(path)))

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}.json"


def _read(path: Path) -> tuple[str, str] | None:
    try:
        match json.loads(path.read_bytes().decode("utf-8", "surrogatepass")):
            case {"key": str(key), "text": str(text)}:
                return key, text
    except (OSError, ValueError):
        pass
    return None
