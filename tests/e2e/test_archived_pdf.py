"""Our PDFs as archives want them, PDF/A-2b, read by hand: metadata, output intent, fonts, nothing that runs. No validator was at hand."""

import re
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from documents.forms import internal_report, letter, slips, special_report
from documents.layout.profile import standard
from tests.bureau import roster
from tests.documents.papers import before
from tests.e2e.measuring import INTERNAL, LETTER, REPORT
from tests.e2e.paper import printed

pytestmark = pytest.mark.e2e

MADE: dict[str, Callable[[], bytes]] = {
    "special": lambda: special_report.render(REPORT, standard()),
    "letter": lambda: letter.render(LETTER, standard()),
    "internal": lambda: internal_report.render(INTERNAL, standard()),
    "slip": lambda: slips.notice(before("report_progress"), before("report_progress").units[0], None, roster(), standard()),
}
SAID = {
    "special": (REPORT.title, REPORT.organ),
    "letter": (LETTER.title, LETTER.organ),
    "internal": (INTERNAL.title, INTERNAL.organ),
    "slip": ("督办通知单", "兰州市公安局办公室"),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("archived")
    printed(folder, {name: make() for name, make in MADE.items()})
    return {name: folder / f"{name}.pdf" for name in MADE}


@pytest.mark.parametrize("name", MADE)
def test_its_metadata_say_part_2_conformance_b_title_and_author(files: dict[str, Path], name: str) -> None:
    (found,) = re.findall(rb"<\?xpacket begin.*?<\?xpacket end", files[name].read_bytes(), re.DOTALL)
    told = found.decode()
    assert "<pdfaid:part>2</pdfaid:part>" in told
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in told
    title, author = (re.search(rf"<dc:{what}>.*?<rdf:li[^>]*>(.*?)</rdf:li>", told, re.DOTALL) for what in ("title", "creator"))
    assert title
    assert author
    assert (title[1], author[1]) == SAID[name]


@pytest.mark.parametrize("name", MADE)
def test_its_output_intent_has_a_colour_profile(files: dict[str, Path], name: str) -> None:
    data = files[name].read_bytes()
    intent = re.search(rb"/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier\(sRGB[^)]*\)/DestOutputProfile (\d+) 0 R", data)
    assert intent
    profile = re.search(rb"\n" + intent[1] + rb" 0 obj\n<<.*?>>\nstream\n(.*?)\nendstream", data, re.DOTALL)
    assert profile
    icc = zlib.decompress(profile[1])
    assert icc[16:20] == b"RGB "
    assert icc[36:40] == b"acsp"
    assert int.from_bytes(icc[:4], "big") == len(icc)


@pytest.mark.parametrize("name", MADE)
def test_every_font_is_within_and_nothing_runs_or_leads_elsewhere(files: dict[str, Path], name: str) -> None:
    told = subprocess.run(["pdffonts", files[name]], check=True, capture_output=True, text=True).stdout.splitlines()
    rule = told[1].split()
    columns = [sum(map(len, rule[:place])) + place for place in range(len(rule))]
    fonts = told[2:]
    assert fonts
    assert {line[columns[3] :].split()[0] for line in fonts} == {"yes"}, told
    data = files[name].read_bytes()
    assert not re.search(rb"/(?:JavaScript|Launch|EmbeddedFile|URI|Encrypt|LZWDecode)\b", data)
    assert b"/MarkInfo<</Marked true>>" in data
