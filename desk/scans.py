"""Scans that go with an act: a person names a file, the record holds its hash, the file is kept once the act is lawful (1-0; D-14)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from records.acts import Refusal, form
from records.matter.attachments import attachment
from records.register.scans import Scan, read_scan
from schema.check import keywords
from schema.problem import Problem
from schema.tables import acts


def by_hash(act: str, inputs: Mapping[str, object]) -> tuple[Mapping[str, object], tuple[Scan, ...]] | Refusal:
    """Return the inputs of an act with the hash of each file that they name, and the scans; or why one is no scan, said of its input.

    Raises:
        StoreError: a file cannot be read.
    """
    found, scans = dict(inputs), []
    for name, file in _named(act, inputs):
        scan = _read(file)
        if isinstance(scan, Refusal):
            return replace(scan, problems=(Problem(scan.reason, field=(name,)),))
        found[name] = str(scan.named)
        scans.append(scan)
    return found, tuple(scans)


def _named(act: str, inputs: Mapping[str, object]) -> Iterator[tuple[str, Path]]:
    checker = form(act) if act in acts() else None
    wanted = {each.name for each in acts()[act].inputs} if checker else set()
    for name, value in inputs.items():
        if checker and name in wanted and isinstance(value, str) and keywords(checker.at((name,))).scan and attachment(value) is None:
            yield name, Path(value)


def _read(file: Path) -> Scan | Refusal:
    try:
        return read_scan(file)
    except ValueError:  # a name that no file can have
        return Refusal("", "没有这个扫描文件。", "请核对文件名。", "R-34")
