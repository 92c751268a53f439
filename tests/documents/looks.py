"""A document as it looks: what its styles say is written out in each paragraph and run, as a program that shows it does."""

import io
from collections.abc import Iterator
from copy import deepcopy

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement


def looked(data: bytes) -> Document:
    """Open a .docx with all formatting of its styles in its paragraphs and runs."""
    document = docx.Document(io.BytesIO(data))
    styles = {each.get(qn("w:styleId")): each for each in document.styles.element.iter(qn("w:style"))}
    for paragraph in _paragraphs(document):
        name = next(iter(paragraph.xpath("w:pPr/w:pStyle/@w:val")), None)
        if name is None:
            continue
        assert not styles[name].xpath("w:pPr/w:keepNext | w:pPr/w:tabs"), "these are a paragraph's own"
        _merge(paragraph, styles[name], "w:pPr")
        for run in paragraph.iter(qn("w:r")):
            for character in run.xpath("w:rPr/w:rStyle/@w:val"):
                _merge(run, styles[character], "w:rPr")
            _merge(run, styles[name], "w:rPr")
    return document


def _paragraphs(document: Document) -> Iterator[BaseOxmlElement]:
    yield from document.element.body.iter(qn("w:p"))
    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/header", "/footer")):
            yield from relation.target_part.element.iter(qn("w:p"))


def _merge(element: BaseOxmlElement, style: BaseOxmlElement, tag: str) -> None:
    """Write what a style says into an element wherever the element itself says nothing."""
    own, said = element.find(qn(tag)), style.find(qn(tag))
    if said is None or own is None:
        return  # a drawing has no characters
    if own.xpath("w:ind/@w:hanging | w:ind/@w:firstLine"):
        said = deepcopy(said)
        for indent in said.iter(qn("w:ind")):
            for name in ("w:firstLine", "w:hanging"):
                indent.attrib.pop(qn(name), None)
    for child in said:
        there = own.find(child.tag)
        if there is None:
            own.append(deepcopy(child))
        else:
            for name, value in child.attrib.items():
                if name not in there.attrib:
                    there.set(name, value)
