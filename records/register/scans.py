"""What may be kept as the scan of a paper: a PDF, OFD, JPEG, PNG or TIFF by its content, whatever its file is called (D-14)."""

import hashlib
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from records.matter.attachments import Attachment
from records.procedure.case import Refusal
from records.store.disk import plain_bytes, reporting

MOST = 20 * 2**20
"""Bytes that a scan may have."""

_OFD_ENTRY = re.compile(rb"PK\x03\x04.{22}\x07\x00..OFD\.xml", re.DOTALL)
TAKEN = "PDF、OFD、JPEG、PNG 或 TIFF，不超过20MB"
"""What a scan may be, in words."""
_WAY_OUT = f"请用扫描仪重新扫描，存为 {TAKEN}。"


@dataclass(frozen=True)
class Scan:
    """A scan as it was read, once: what is kept is what the record names, whatever becomes of the file meanwhile."""

    named: Attachment
    data: bytes


def read_scan(file: Path) -> Scan | Refusal:
    """Return a scan, or why the file is none; no more of it is read than a scan may have, and nothing is kept.

    Raises:
        StoreError: the file cannot be read.
    """
    with reporting("读取扫描件", file):
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            return _refused("扫描件不是一个普通文件。")
        if found.st_size > MOST:
            return _refused("扫描件超过20MB。")
        data = plain_bytes(file, MOST)
    if not data:
        return _refused("扫描件是空文件。")
    if not any(is_one(data) for is_one in _FORMATS.values()):
        return _refused(f"扫描件的内容不是 {'、'.join(_FORMATS)} 格式，或者不完整。")
    return Scan(Attachment(hashlib.sha256(data).hexdigest(), len(data), type_of(data)), data)


def type_of(data: bytes) -> str:
    """Return which type of scan these bytes are, as a record says it: ``pdf`` …; empty for what is none."""
    return next((name.lower() for name, is_one in _FORMATS.items() if is_one(data)), "")


def _refused(reason: str) -> Refusal:
    return Refusal("", reason, _WAY_OUT, "R-34")


def _pdf(data: bytes) -> bool:
    return b"%PDF-" in data[:1024] and b"startxref" in data and b"%%EOF" in data


def _ofd(data: bytes) -> bool:
    return data.startswith(b"PK\x03\x04") and _OFD_ENTRY.search(data) is not None and b"PK\x05\x06" in data


def _jpeg(data: bytes) -> bool:
    return data.startswith(b"\xff\xd8\xff") and b"\xff\xda" in data and b"\xff\xd9" in data


def _png(data: bytes) -> bool:
    return data.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR") and b"IDAT" in data and b"IEND" in data


def _tiff(data: bytes) -> bool:
    order: Mapping[bytes, Callable[[bytes], int]] = {
        b"II*\0": lambda four: int.from_bytes(four, "little"),
        b"MM\0*": lambda four: int.from_bytes(four, "big"),
    }
    first = order.get(data[:4])
    return first is not None and 8 <= first(data[4:8]) < len(data) - 2


_FORMATS: Mapping[str, Callable[[bytes], bool]] = {"PDF": _pdf, "OFD": _ofd, "JPEG": _jpeg, "PNG": _png, "TIFF": _tiff}
