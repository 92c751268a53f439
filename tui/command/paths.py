"""What is read and written where a command's argument leads: anything may lie there, a pipe without end, a device, a file of gigabytes."""

from pathlib import Path

from records.store.disk import read_foreign, reporting, write_foreign
from schema.yaml_text import LIMIT

_PAPER = 64 << 20  # bytes of a document; a PDF carries its fonts


def read_record(path: Path) -> bytes:
    """Return the bytes of a record or a roster that a person wrote.

    Raises:
        StoreError: it is no plain file, it is larger than any record, or it cannot be read.
    """
    return read_foreign(path, LIMIT)


def read_paper(path: Path) -> bytes:
    """Return the bytes of a document; raises as ``read_record`` does."""
    return read_foreign(path, _PAPER)


def write_file(doing: str, path: Path, data: bytes) -> None:
    """Write a file.

    Args:
        doing: what this is, for the complaint.
        path: where.
        data: what.

    Raises:
        StoreError: it is no plain file, or it cannot be written.
    """
    with reporting(doing, path):
        write_foreign(path, data)
