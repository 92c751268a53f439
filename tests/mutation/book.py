"""What is known already, in a folder that may be deleted: what each test comes by, and what became of each mutant.

A killed mutant stays killed while neither the product nor the test that killed it changes; a survivor is tried again as soon as any test
changes. So a run that was cut off goes on where it was, and one after a new test tries the survivors alone.
"""

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from tests.mutation.sites import ROOT
from tests.mutation.trial import Found, Reach

HOME = ROOT / ".mutation"


@cache
def digest(*places: str) -> str:
    """Return a hash of the files at some places, as they stand now."""
    found = hashlib.sha256()
    for place in places:
        path = ROOT / place
        for each in sorted(path.rglob("*")) if path.is_dir() else (path,):
            if each.is_file() and each.suffix in (".py", ".yaml"):
                found.update(each.relative_to(ROOT).as_posix().encode() + b"\0" + each.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def product(mutants: Iterable[str]) -> str:
    """Return a hash of what is tested, of what all tests stand on, and of the mutants by name."""
    files = digest("records", "schema", "documents", "desk", "tests/bureau.py", "tests/conftest.py", "tests/records/filling.py")
    return hashlib.sha256("\n".join((files, *mutants)).encode()).hexdigest()[:16]


class Book:
    """The folder, read once and added to line by line."""

    def __init__(self, files: Iterable[str], mutants: Iterable[str]) -> None:
        HOME.mkdir(exist_ok=True)
        self._all = digest(*sorted(files))
        now = product(mutants)
        self._results, self._reaches = HOME / f"results-{now}.jsonl", HOME / f"reaches-{now}.jsonl"
        self._known = {line["key"]: line for line in _lines(self._results)}
        self._reached = {line["test"]: line for line in _lines(self._reaches)}

    def reach(self, test: str) -> Reach | None:
        """Return what a test comes by, None while it was not watched as it stands."""
        line = self._reached.get(test)
        return Reach(line["seconds"], frozenset(line["touched"])) if line and line["file"] == digest(_file(test)) else None

    def found(self, key: str) -> Found | None:
        """Return what became of a mutant, None where it is to be tried (again)."""
        line = self._known.get(key)
        if line is None:
            return None
        stands = digest(_file(line["by"])) if line["by"] else self._all
        return Found(line["result"], line["by"], line["asked"]) if line["stands"] == stands else None

    def note_reach(self, test: str, reach: Reach) -> None:
        """Keep what a test comes by."""
        _add(self._reaches, {"test": test, "file": digest(_file(test)), "seconds": reach.seconds, "touched": sorted(reach.touched)})

    def note(self, key: str, found: Found) -> None:
        """Keep what became of a mutant."""
        stands = digest(_file(found.by)) if found.by else self._all
        _add(self._results, {"key": key, "result": found.result, "by": found.by, "asked": found.asked, "stands": stands})


def _file(test: str) -> str:
    return test.partition("::")[0]


def _lines(path: Path) -> list[dict[str, Any]]:
    # A run that was killed may leave half a line, the last.
    found = []
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def _add(path: Path, line: dict[str, object]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
