"""Every number of the page and the type, read from ``layout.yaml``, where its clause of GB/T 9704-2012 stands beside it."""

from functools import cache
from pathlib import Path

import msgspec

from documents.layout.oxml import Type, pt
from schema.conversion import convert
from schema.data_files import kept_table


class _Data(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of numbers: all given, none unknown. The units are in the names, the meanings in layout.yaml."""


class Face(_Data, frozen=True):
    """A font by the name offices know it by, and the name Word may take instead."""

    name: str
    other: str


class PaperSize(_Data, frozen=True):
    """The sheet and the 版心 on it."""

    width_mm: float
    height_mm: float
    top_mm: float
    left_mm: float
    text_width_mm: float
    text_height_mm: float


class Grid(_Data, frozen=True):
    """Lines and characters of the 版心."""

    size: float
    lines_pt: float
    pitch_pt: float
    spacing_pt: float
    columns: int
    out_mm: float


class Ink(_Data, frozen=True):
    """Where ink stands in a line of exact height."""

    baseline: float
    above: float
    below: float


class MarkLayout(_Data, frozen=True):
    """发文机关标志."""

    top_mm: float
    size: float
    width_mm: float
    squeeze: int
    line: float
    colour: str


class Number(_Data, frozen=True):
    """发文字号 and 签发人."""

    above_lines: float
    left_chars: float
    right_chars: float
    names_a_row: int
    squeeze: int


class RuleLine(_Data, frozen=True):
    """The red rule."""

    below_mm: float
    weight_pt: float
    colour: str


class Title(_Data, frozen=True):
    """标题."""

    size: float
    pitch_pt: float
    above_lines: float
    chars: int


class Above(_Data, frozen=True):
    """A part of which only the distance to what stands above it is given."""

    above_lines: float


class OrganWords(_Data, frozen=True):
    """By what in its name the level and the kind of an organ are known, one text of words each, the lower level last."""

    levels: tuple[str, ...]
    kinds: tuple[str, ...]


class Body(_Data, frozen=True):
    """正文."""

    first_chars: float
    tail_lines: float
    levels: tuple[str, str, str, str]


class Attachments(_Data, frozen=True):
    """附件说明."""

    above_lines: float
    left_chars: float


class Sealed(_Data, frozen=True):
    """署名 and 成文日期 under a seal."""

    above_lines: float
    right_chars: float
    seal_mm: float


class Unsealed(_Data, frozen=True):
    """署名 and 成文日期 without a seal."""

    above_lines: float
    right_chars: float
    shift_chars: float


class Fitting(_Data, frozen=True):
    """What may be adjusted so that a document ends well."""

    least_pt: float
    most_pt: float
    step_pt: float
    spacings_pt: tuple[float, ...]
    title_lines: float
    sealed_lines: float
    wide: float


class Note(_Data, frozen=True):
    """附注."""

    left_chars: float


class EnclosureLayout(_Data, frozen=True):
    """An attachment on its own sides."""

    above_lines: float
    below_lines: float


class ImprintLayout(_Data, frozen=True):
    """版记."""

    size: float
    indent_chars: float
    pitch_pt: float
    above_pt: float
    below_pt: float
    thick_pt: float
    thin_pt: float
    squeeze: int
    even_side: bool


class Folio(_Data, frozen=True):
    """页码."""

    size: float
    below_mm: float
    side_chars: float
    line_pt: float
    dash: float
    foot_size: float


class Letter(_Data, frozen=True):
    """信函格式."""

    mark_mm: float
    mark_size: float
    below_mm: float
    bottom_mm: float
    width_mm: float
    thick_mm: float
    gap_mm: float
    thin_mm: float
    draft_mm: float
    near_pt: float
    title_pitch_pt: float


class Draft(_Data, frozen=True):
    """The word over a draft."""

    size: float
    top_mm: float


class Profile(_Data, frozen=True):
    """The layout of one family of documents; the same profile and the same document give the same bytes."""

    version: int
    paper: PaperSize
    grid: Grid
    faces: dict[str, Face]
    ink: Ink
    mark: MarkLayout
    number: Number
    rule: RuleLine
    title: Title
    addressee: Above
    body: Body
    attachments: Attachments
    sealed: Sealed
    unsealed: Unsealed
    fit: Fitting
    note: Note
    enclosure: EnclosureLayout
    imprint: ImprintLayout
    folio: Folio
    letter: Letter
    draft: Draft
    organs: OrganWords
    words: str

    def chars(self, count: float, size: float | None = None) -> int:
        """Return the width in twips of so many characters (字) of the grid, or of another size in points."""
        return pt(count * ((size or self.grid.size) + self.grid.spacing_pt))

    def lines(self, count: float) -> int:
        """Return the height in twips of so many lines of the grid."""
        return pt(count * self.grid.pitch_pt)

    def type(self, face: str, size: float | None = None, colour: str = "", scale: int = 100) -> Type:
        """Return a type of the face known in this profile by that name, in the size of the grid unless another is given."""
        return Type(self.faces[face].name, size or self.grid.size, colour, scale)


@cache
def standard() -> Profile:
    """Return the profile of the regulation's annexes laid out by GB/T 9704-2012, with margins of 37, 35, 28 and 26 mm."""
    layout, _ = _layouts()
    return convert(layout, Profile)


@cache
def ruler() -> Profile:
    """Return the same for an office that lays a ruler to the characters: 22 lines and 21 gaps, not 22, fill the 225 mm of 5.2.1."""
    layout, other = _layouts()
    groups = {name: group | other.get(name, {}) if isinstance(group, dict) else group for name, group in layout.items()}
    return convert(groups, Profile)


def _layouts() -> tuple[dict[str, object], dict[str, dict[str, object]]]:
    layout = kept_table(Path(__file__).with_name("layout.yaml"))
    return layout, layout.pop("ruler")
