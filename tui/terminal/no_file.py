"""Standard output and error under a screen are no files, and say so."""

import io

from textual.app import _PrintCapture


def say_no_file() -> None:
    """Have what Textual puts in the place of both refuse to name its file; a second call changes nothing.

    It names -1, and whatever hands that on to a process that it starts fails: ``multiprocessing`` does, which takes a refusal for granted.
    """
    _PrintCapture.fileno = _none  # type: ignore[method-assign]


def _none(self: _PrintCapture) -> int:
    raise io.UnsupportedOperation("fileno")
