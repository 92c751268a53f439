"""Named styles that carry the formatting of our documents, so that a secretary can edit them and a program shows their heads.

Blocks say all that they look like, and the name of their style. Here what they share goes into the style, and only what is a paragraph's
own stays with it. Heads have outline levels; the indent of text is counted in characters beside its length.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from docx.document import Document
from docx.oxml.xmlchemy import BaseOxmlElement
from msgspec import structs

from documents.layout.oxml import Block, Setting, Type, node, run
from documents.layout.profile import Profile


@dataclass(frozen=True)
class _Named:
    """A style as it is known.

    Attributes:
        name: by which people know it.
        level: of a head, from 1.
    """

    name: str
    level: int = 0


STYLES: Mapping[str, _Named] = {
    "Corner": _Named("份号密级"),
    "Mark": _Named("发文机关标志"),
    "Number": _Named("发文字号"),
    "Rule": _Named("红色分隔线"),
    "Title": _Named("标题"),
    "Addressee": _Named("主送"),
    "Body": _Named("正文"),
    "Level1": _Named("一级标题", 1),
    "Level2": _Named("二级标题", 2),
    "Level3": _Named("三级标题", 3),
    "Level4": _Named("四级标题", 4),
    "Attachments": _Named("附件说明"),
    "Organ": _Named("署名"),
    "Day": _Named("成文日期"),
    "Note": _Named("附注"),
    "Enclosure": _Named("附件"),
    "EnclosureTitle": _Named("附件标题"),
    "Copies": _Named("抄送"),
    "Printed": _Named("印发"),
    "Folio": _Named("页码"),
    "Draft": _Named("稿件字样"),
    "Cut": _Named("裁切线"),
    "TableHead": _Named("表头"),
    "TableText": _Named("表格文字"),
}
"""By the id that stands in a document."""
_FACES = {"text": "仿宋字符", "kai": "楷体字符", "hei": "黑体字符", "song": "宋体字符", "head": "小标宋字符"}


@dataclass(frozen=True)
class _Style:
    """What a style says.

    Attributes:
        setting: how its paragraphs stand.
        look: how their characters look.
        first_chars: indent of the first line in hundredths of a character, 0 where it is not counted so.
    """

    setting: Setting
    look: Type
    first_chars: int = 0


class StyleSheet:
    """The styles of one document. Text and heads look the same in all; any other style looks like the first paragraph that has it.

    Args:
        profile: the layout in which the document is set.
        body: how a paragraph of text stands.
    """

    def __init__(self, profile: Profile, body: Setting | None = None) -> None:
        self._profile = profile
        setting, first = body or Setting(first=profile.chars(profile.body.first_chars)), round(100 * profile.body.first_chars)
        self._styles = {"Body": _Style(setting, profile.type("text"), first)}
        for level, face in enumerate(profile.body.levels, start=1):
            self._styles[f"Level{level}"] = _Style(setting, profile.type(face), first)
        self._characters = {face.name: f"{known.capitalize()}Character" for known, face in profile.faces.items()}

    def element(self, block: Block) -> BaseOxmlElement:
        """Return ``w:p`` for a block."""
        look = block.spans[0].look if block.spans else self._profile.type("text")
        runs = [run(span.text, self.look(block, span.look, span.spacing)) for span in block.spans]
        return self.paragraph(block, look, *runs)

    def paragraph(self, block: Block, look: Type, *runs: BaseOxmlElement) -> BaseOxmlElement:
        """Return ``w:p`` that stands as a block does, with other runs in it; look is what its style may take for that of them all."""
        known = self._known(block, look)
        return node("w:p", block.setting.properties(block.style, known.setting, self._profile.lines(1), known.first_chars), *runs)

    def look(self, block: Block, look: Type, spacing: float | None = None) -> BaseOxmlElement:
        """Return ``w:rPr`` of characters in a block, as far as the block's style does not say it."""
        known = self._known(block, look)
        character = "" if look.face == known.look.face else self._characters[look.face]
        return look.properties(spacing, known.look, character)

    def write(self, file: Document) -> None:
        """Put the styles into a document."""
        sheet = file.styles.element
        for name, named in STYLES.items():
            if name in self._styles:
                sheet.append(self._written(name, named, self._styles[name]))
        for known, called in _FACES.items():
            face = self._profile.faces[known].name
            fonts = node("w:rPr", node("w:rFonts", **dict.fromkeys(("ascii", "hAnsi", "eastAsia", "cs"), face)))
            names = (node("w:name", val=called), node("w:uiPriority", val=99), node("w:qFormat"))
            sheet.append(node("w:style", *names, fonts, type="character", customStyle=1, styleId=self._characters[face]))

    def _known(self, block: Block, look: Type) -> _Style:
        if block.style not in self._styles:
            # What depends on where a paragraph comes to stand is its own.
            shared = structs.replace(block.setting, keep=False, new_side=False, frame=None, tabs=(), tab_align="left")
            self._styles[block.style] = _Style(shared, look, 0)
        return self._styles[block.style]

    def _written(self, name: str, named: _Named, style: _Style) -> BaseOxmlElement:
        pitch, spacing = self._profile.lines(1), self._profile.grid.spacing_pt
        stands = structs.replace(style.setting, line=style.setting.line or pitch, align=style.setting.align or "both")
        properties = stands.properties(first_chars=style.first_chars)
        if named.level:
            properties.append(node("w:outlineLvl", val=named.level - 1))
        told = [node("w:name", val=named.name), node("w:basedOn", val="Body" if named.level else "Normal")]
        if named.level:
            told.append(node("w:next", val="Body"))
        told += [node("w:uiPriority", val=1), node("w:qFormat"), properties, style.look.properties(spacing)]
        return node("w:style", *told, type="paragraph", customStyle=1, styleId=name)
