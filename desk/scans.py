"""Scans that go with an act: a person names a file, the record holds its hash, the file is kept once the act is lawful (1-0; D-14)."""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from records.matter.attachments import attachment
from records.procedure.case import Refusal
from records.register.scans import Scan, read_scan
from schema.check import keywords
from schema.problem import Problem
from schema.tables import acts

if TYPE_CHECKING:
    from desk.forms import Field


def by_hash(
    act: str, inputs: Mapping[str, object], box: Path | None, may_name: Callable[[str], bool]
) -> tuple[Mapping[str, object], tuple[Scan, ...]] | Refusal:
    """Return the inputs of an act with the hash of each file that they name, and the scans; or why one is no scan, said of its input.

    Args:
        act: the act.
        inputs: what it takes.
        box: the folder of the files that the person may name; any where it is None.
        may_name: says whether the person may name a paper by its hash, which is kept already.

    Raises:
        StoreError: a file cannot be read.
    """
    found, scans = dict(inputs), []
    for name, words in _named(act, inputs):
        if (kept := attachment(words)) is not None and may_name(kept.digest):
            continue
        file = in_box(words, box)
        scan = file if isinstance(file, Refusal) else _read(file)
        if isinstance(scan, Refusal):
            return _of_field(name, scan)
        found[name] = str(scan.named)
        scans.append(scan)
    return found, tuple(scans)


def scan_of(signer: str, file: Path, box: Path | None) -> Scan | Refusal:
    """Return the scan of a signature given on paper, or what is wrong with it, said of its field.

    Args:
        signer: id of who signed.
        file: the file that the person named.
        box: the folder of the files that he may name; any where it is None.

    Raises:
        StoreError: the file cannot be read.
    """
    if not signer:
        return _of_field(SIGNER, Refusal("", "没有写明在纸上签字的人。", "请选定签字人。", "R-34"))
    if file == Path():
        return _of_field(SCAN, Refusal("", "纸质签字没有附扫描件。", "请写明扫描件。", "R-34"))
    found = in_box(str(file), box)
    scan = found if isinstance(found, Refusal) else _read(found)
    return _of_field(SCAN, scan) if isinstance(scan, Refusal) else scan


def in_box(words: str, box: Path | None) -> Path | Refusal:
    """Return the file that a person means, or why he may not: who came in through the door names those in his box and no other."""
    if box is None:
        return Path(words)
    if not _PLAIN.fullmatch(words):
        return Refusal("", "这里只能写您文件柜里的文件名。", "先用 ssh 服务账号@服务器 put 文件名 < 文件 传上来，再写文件名。", "R-34")
    return box / words


def with_box(act: str, asked: "Field", box: Path) -> "Field":
    """Return a field of a form; one that takes a scan says which there are in the box, or how one comes there."""
    from records.acts import form

    if asked.name not in {each.name for each in acts()[act].inputs} or not keywords(form(act).at((asked.name,))).scan:
        return asked
    return replace(asked, hint=box_hint(box))


def box_hint(box: Path) -> str:
    """Return how a scan is named that lies in a person's box, and which there are; or how one comes there."""
    with suppress(OSError):
        if names := sorted(each.name for each in box.iterdir() if _SCAN.fullmatch(each.name)):
            return f"写文件柜里的文件名，现有 {'、'.join(names[:_OFFERED])}" + ("等" if len(names) > _OFFERED else "")
    return "先用 ssh 服务账号@服务器 put 文件名 < 文件 传上来，再写文件名"


SIGNER, SCAN = "paper_signer", "paper_scan"
"""The fields of a form that hold who signed on paper, and the file of the scan."""

_OFFERED = 5  # files named beside a field
_SCAN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.(?:pdf|ofd|jpe?g|png|tiff?)", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


def _named(act: str, inputs: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    from records.acts import form

    checker = form(act) if act in acts() else None
    wanted = {each.name for each in acts()[act].inputs} if checker else set()
    for name, value in inputs.items():
        if checker and name in wanted and isinstance(value, str) and keywords(checker.at((name,))).scan:
            yield name, value


def _read(file: Path) -> Scan | Refusal:
    if os.path.exists(file):  # pathlib raises for a name that no file can have
        return read_scan(file)
    return Refusal("", "没有这个扫描文件。", "请核对文件名。", "R-34")


def _of_field(name: str, refusal: Refusal) -> Refusal:
    return replace(refusal, problems=(Problem(refusal.reason, field=(name,)),))
