"""The file around a document: a minimal package to begin with, and bytes that depend on nothing but the content.

The template of python-docx is an American Word 2011 file with 400 kB of styles; what a form needs fits into a page.
"""

import datetime
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress

import docx
from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.oxml import CT_Relationships, serialize_part_xml
from docx.oxml.coreprops import CT_CoreProperties
from docx.oxml.ns import nsmap
from docx.oxml.parser import OxmlElement
from docx.oxml.xmlchemy import BaseOxmlElement

from documents.layout.oxml import Setting, mm, node, pt
from documents.layout.profile import Profile

_PARTS = {
    "document": CONTENT_TYPE.WML_DOCUMENT_MAIN,
    "styles": CONTENT_TYPE.WML_STYLES,
    "settings": CONTENT_TYPE.WML_SETTINGS,
    "fontTable": CONTENT_TYPE.WML_FONT_TABLE,
}
_RELATED = {
    RELATIONSHIP_TYPE.STYLES: "styles.xml",
    RELATIONSHIP_TYPE.SETTINGS: "settings.xml",
    RELATIONSHIP_TYPE.FONT_TABLE: "fontTable.xml",
}
# More than this python-docx does not take.
_TITLE_LIMIT = 255
# What the file itself says of the layout that made it, in its core properties.
_LAYOUT = "layout {}"
_LAID = re.compile(rb"<cp:version>layout ([1-9]\d{0,3})</cp:version>")
_MUCH = 1 << 16  # bytes of core properties; ours have some hundred
# The earliest time a zip archive can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def blank(profile: Profile, title: str, author: str, day: datetime.date) -> Document:
    """Return an empty document of the profile's page, fonts and line grid.

    Args:
        profile: the layout.
        title: what file managers show as the document's title.
        author: who issues it, shown likewise.
        day: stands as its time of writing, so that the clock has no part in the bytes.
    """
    # Declared here, or lxml picks the prefix of relations from whatever another library registered in this process.
    body = OxmlElement("w:document", nsdecls={prefix: nsmap[prefix] for prefix in ("w", "r")})
    body.append(node("w:body", _section(profile)))
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(
            {RELATIONSHIP_TYPE.OFFICE_DOCUMENT: "word/document.xml", RELATIONSHIP_TYPE.CORE_PROPERTIES: "docProps/core.xml"}
        ),
        "docProps/core.xml": _core(title, author, day, profile.version),
        "word/_rels/document.xml.rels": _relations(_RELATED),
        "word/document.xml": serialize_part_xml(body),
        "word/styles.xml": serialize_part_xml(_styles(profile)),
        "word/settings.xml": serialize_part_xml(_settings()),
        "word/fontTable.xml": serialize_part_xml(_font_table(profile)),
    }
    return docx.Document(io.BytesIO(archived(parts)))


def pack(document: Document) -> bytes:
    """Return the document as .docx: members in fixed order, without times, and stored rather than deflated.

    Deflated bytes differ from one zlib to the next; stored ones can be rebuilt and compared on any machine.
    """
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as archive:
        return archived({name: archive.read(name) for name in archive.namelist()})


def archived(parts: Mapping[str, bytes]) -> bytes:
    """Return an Office file of parts by name, without times, its members stored: the same parts give the same bytes anywhere."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        # Readers look for the content types first, then for the relations of the package.
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name != "_rels/.rels", name)):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.create_system = 3
            member.external_attr = 0o600 << 16
            archive.writestr(member, parts[name])
    return packed.getvalue()


def layout_of(data: bytes) -> int | None:
    """Return the version of the layout by which a .docx says that it was made, 1 where it says nothing; None for any other file.

    It is the file's own word and proves nothing: it only tells what a comparison with documents made today cannot show.
    """
    broken = (zipfile.BadZipFile, KeyError, OSError, NotImplementedError, RuntimeError, zlib.error)
    with suppress(*broken), zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "word/document.xml" in archive.namelist():
            told = _LAID.search(archive.open("docProps/core.xml").read(_MUCH))
            return int(told[1]) if told else 1
    return None


def _section(profile: Profile) -> BaseOxmlElement:
    paper, folio, ink = profile.paper, profile.folio, profile.ink
    text_bottom = paper.top_mm + paper.text_height_mm
    line = mm(text_bottom + folio.below_mm) - pt(folio.line_pt * ink.baseline - folio.size * folio.dash)
    return node(
        "w:sectPr",
        node("w:pgSz", w=mm(paper.width_mm), h=mm(paper.height_mm)),
        node(
            "w:pgMar",
            top=mm(paper.top_mm - profile.grid.out_mm),
            right=mm(paper.width_mm - paper.left_mm - paper.text_width_mm),
            bottom=mm(paper.height_mm - text_bottom - profile.grid.out_mm),
            left=mm(paper.left_mm),
            header=mm(profile.draft.top_mm),
            footer=mm(paper.height_mm) - line - pt(folio.line_pt),
            gutter=0,
        ),
        # Of type linesAndChars LibreOffice makes half-empty lines; the characters are spaced by the Normal style.
        node("w:docGrid", type="lines", linePitch=pt(profile.grid.lines_pt)),
    )


def _styles(profile: Profile) -> BaseOxmlElement:
    look = profile.type("text").properties(profile.grid.spacing_pt)
    look.append(node("w:lang", val="en-US", eastAsia="zh-CN"))
    spacing = Setting(line=profile.lines(1)).properties()[0]
    setting = node(
        "w:pPr",
        node("w:widowControl", val=0),
        node("w:kinsoku", val=1),
        # A figure or a western word stays whole, as lines are counted (``sides``); said outright, lest a program's own setting break it.
        node("w:wordWrap", val=1),
        # With 0, LibreOffice leaves out the mark that hangs at the end of a line.
        node("w:overflowPunct", val=1),
        node("w:autoSpaceDE", val=0),
        node("w:autoSpaceDN", val=0),
        node("w:adjustRightInd", val=0),
        node("w:snapToGrid", val=0),
        spacing,
        node("w:jc", val="both"),
    )
    normal = node("w:style", node("w:name", val="Normal"), node("w:qFormat"), type="paragraph", default=1, styleId="Normal")
    cells = ("top", "left", "bottom", "right")
    table = node(
        "w:style",
        node("w:name", val="Normal Table"),
        node("w:tblPr", node("w:tblInd", w=0, type="dxa"), node("w:tblCellMar", *(node(f"w:{side}", w=0, type="dxa") for side in cells))),
        type="table",
        default=1,
        styleId="TableNormal",
    )
    defaults = node("w:docDefaults", node("w:rPrDefault", look), node("w:pPrDefault", setting))
    return node("w:styles", defaults, normal, table)


def _settings() -> BaseOxmlElement:
    mode = node("w:compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val=15)
    return node(
        "w:settings",
        node("w:defaultTabStop", val=420),
        node("w:evenAndOddHeaders"),
        node("w:characterSpacingControl", val="doNotCompress"),
        node("w:compat", mode),
        node("w:themeFontLang", val="en-US", eastAsia="zh-CN"),
    )


def _font_table(profile: Profile) -> BaseOxmlElement:
    faces = profile.faces.values()
    return node(
        "w:fonts", *(node("w:font", node("w:altName", val=face.other), node("w:charset", val="86"), name=face.name) for face in faces)
    )


def _content_types() -> bytes:
    parts = {f"/word/{name}.xml": kind for name, kind in _PARTS.items()} | {"/docProps/core.xml": CONTENT_TYPE.OPC_CORE_PROPERTIES}
    kinds = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in parts.items())
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{CONTENT_TYPE.OPC_RELATIONSHIPS}"/>'
        f'<Default Extension="xml" ContentType="{CONTENT_TYPE.XML}"/>{kinds}</Types>'
    ).encode()


def _relations(targets: dict[str, str]) -> bytes:
    relations = CT_Relationships.new()
    for number, (kind, target) in enumerate(targets.items(), start=1):
        relations.add_rel(f"rId{number}", kind, target)
    return serialize_part_xml(relations)


def _core(title: str, author: str, day: datetime.date, version: int) -> bytes:
    core = CT_CoreProperties.new()
    core.title_text, core.author_text = title[:_TITLE_LIMIT], author[:_TITLE_LIMIT]
    core.language_text = "zh-CN"
    core.created_datetime = core.modified_datetime = datetime.datetime.combine(day, datetime.time())
    core.revision_number = 1
    core.version_text = _LAYOUT.format(version)
    return serialize_part_xml(core)
