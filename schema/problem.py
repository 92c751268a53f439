"""The error value: what is wrong with a record, where, and the way out. Problems are collected and shown, never raised."""

from dataclasses import dataclass

from schema.text import show

Field = tuple[str | int, ...]
"""Where something stands in a record: keys and, in lists, positions from 0."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a record; ``str()`` gives it as one Chinese line.

    Its words are safe to send to a terminal: whatever they quote has passed through ``schema.text.show``.

    Attributes:
        reason: what is wrong and the way out, in Chinese.
        file: the file's name inside the register; empty for data that is in no file yet, such as a form's.
        line: from 1; 0 when unknown.
        column: in characters, from 1; 0 when unknown.
        field: where in the data it is; empty for the record as a whole.
        label: the field in the words of its schema, such as ``“办理要求”第2项“内容”``.
    """

    reason: str
    file: str = ""
    line: int = 0
    column: int = 0
    field: Field = ()
    label: str = ""

    def __post_init__(self) -> None:
        for name in ("reason", "file", "label"):
            object.__setattr__(self, name, show(getattr(self, name)))

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        dotted = show(".".join(str(part + 1 if isinstance(part, int) else part) for part in self.field))
        named = f"{self.label}（{dotted}）" if self.label not in ("", f"“{dotted}”") else dotted
        return " ".join(part for part in (place, f"{named}：{self.reason}" if named else self.reason) if part)
