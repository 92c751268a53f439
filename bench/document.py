"""What a document costs: ours whole, beside python-docx saving an empty one and docxtpl filling in a template of the same text.

    python bench/document.py [--rounds 50]

The template is our own 专报 with tags in place of its texts, so that docxtpl writes the same paragraphs and has the layout for nothing.
The ways take turns, so that a busy moment of the machine falls on all of them.
"""

import argparse
import io
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import docx

from documents.forms import internal_report, letter, special_report
from documents.layout.official_document import OfficialDocument
from documents.layout.profile import Profile, standard
from records.matter.prose import Paragraph

SENTENCE = "经核查，群众反映的三所学校周边交通安全隐患基本属实，责任单位已当场督促整改，并建立定期回访机制。"
BODY = tuple(Paragraph(f"{'一二三四五六'[n]}、查实情况。", 1, SENTENCE * 3) for n in range(6))
SPECIAL = OfficialDocument(
    mark="兰州市公安局专报",
    number="兰公办〔2026〕14号",
    signers=("孟拟衡",),
    title="关于学校周边交通安全隐患整改情况的报告",
    addressee=("省领导（虚构）",),
    body=BODY,
    attachments=("隐患整改台账",),
    organ="兰州市公安局",
    date=date(2026, 9, 7),
    sealed=True,
    note="",
    copy_to=("市委办公室",),
    print_organ="兰州市公安局办公室",
    print_date=date(2026, 9, 7),
    copy_number="",
    secrecy="",
    urgency="特急",
    draft="",
)
LETTER = replace(SPECIAL, mark="兰州市公安局", number="兰公督字〔2026〕3号")
INTERNAL = replace(SPECIAL, mark="兰州市公安局交通警察支队报告", number="兰公交报〔2026〕2号")
OURS = "专报"  # the way that the others are compared with


def ways(profile: Profile) -> dict[str, Callable[[], bytes]]:
    tags = tuple(Paragraph(f"{{{{ heading{n} }}}}", 1, f"{{{{ text{n} }}}}") for n in range(len(BODY)))
    template = special_report.render(replace(SPECIAL, title="{{ title }}", body=tags), profile)
    words = {"title": SPECIAL.title}
    for n, part in enumerate(BODY):
        words |= {f"heading{n}": part.heading, f"text{n}": part.text}
    return {
        OURS: lambda: special_report.render(SPECIAL, profile),
        "letter": lambda: letter.render(LETTER, profile),
        "internal": lambda: internal_report.render(INTERNAL, profile),
        "python-docx, empty": empty,
        "docxtpl, same text": lambda: filled(template, words),
    }


def empty() -> bytes:
    saved = io.BytesIO()
    docx.Document().save(saved)
    return saved.getvalue()


def filled(template: bytes, words: dict[str, str]) -> bytes:
    saved = io.BytesIO()
    # Not needed to run duban, so it is looked for only here.
    document = import_module("docxtpl").DocxTemplate(io.BytesIO(template))
    document.render(words)
    document.save(saved)
    return saved.getvalue()


def text(data: bytes) -> str:
    return "".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)


def main() -> None:
    parser = argparse.ArgumentParser(description="milliseconds a document, beside python-docx and docxtpl")
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    made = ways(standard())
    sizes = {name: len(make()) for name, make in made.items()}  # also the first call of each, which is not counted
    assert text(made["docxtpl, same text"]()) == text(made[OURS]()), "docxtpl wrote another text than ours"
    taken: dict[str, list[float]] = {name: [] for name in made}
    for _ in range(options.rounds):
        for name, make in made.items():
            begun = time.perf_counter()
            make()
            taken[name].append(1000 * (time.perf_counter() - begun))
    base = statistics.median(taken[OURS])
    print(f"{'way':>18}  {'median, ms':>10}  {'p95':>6}  {'times ours':>10}  {'bytes':>7}")
    for name, each in taken.items():
        # 专报 takes four cells where Python counts two characters.
        shown = f"{name:>{16 if name == OURS else 18}}"
        median, p95 = statistics.median(each), sorted(each)[int(0.95 * len(each))]
        print(f"{shown}  {median:>10.2f}  {p95:>6.2f}  {median / base:>10.2f}  {sizes[name]:>7,}")


if __name__ == "__main__":
    main()
