"""The register that is tampered with: two matters, one gone all the way and issued, one late; people changed, urges, a roundup."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from documents.layout import profile
from documents.publishing.document_hashes import record_issued
from documents.publishing.publisher import Publisher
from records.register.register import NEW, Receipt, Register
from records.register.scans import Scan, read_scan
from tests.bureau import STORY, as_read, at, roster

DONE, LATE = "items/2026/00/DB-2026-0001.yaml", "items/2026/00/DB-2026-0002.yaml"
_UNITS = ("BGS", "JJ", "CG")  # no more than have a part in it: each audit reads them all
_KEEPER = "BGS.section_chief"


def made(home: Path) -> Path:
    """Make the register."""
    known = roster()
    leaders = replace(known.leaders, portfolios=tuple(each for each in known.leaders.portfolios if each.unit in _UNITS))
    register = Register.create(home, known.bureau, leaders, tuple(known.units[unit] for unit in _UNITS), at("2026-08-28T08:00"))
    now = at("2026-08-31T09:00")

    def do(act: str, target: str, by: str, inputs: Mapping[str, object]) -> None:
        nonlocal now
        now += timedelta(minutes=3)
        item = register.view().item(target) if target.startswith("DB-") else None
        found = register.act(act, target, by, as_read(act, inputs, item), now)
        assert isinstance(found, Receipt), f"{act}: {found}"

    scan = home.parent / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n")
    paper = read_scan(scan)
    assert isinstance(paper, Scan)
    register.attachments.keep(paper.named.digest, paper.data)
    original = {"original": str(paper.named)}
    for act, by, inputs in STORY:
        new = act == "register"
        do(act, NEW if new else "DB-2026-0001", by, {**inputs, **(original if new else {})})
    _documents(register, now + timedelta(minutes=1))
    now += timedelta(minutes=5)
    basis = {"basis": "兰公政任〔2026〕12号"}
    do("enrol", "JJ", _KEEPER, {"id": "JJ.new", "name": "新拟来", "title": "支队民警", **basis})
    for act, by, inputs in STORY[:9]:
        do(act, NEW if act == "register" else "DB-2026-0002", by, {**inputs, **({"source_ref": "另一来文"} if act == "register" else {})})
    now = at("2026-09-08T09:00")
    for _, found in register.tick(now):
        assert isinstance(found, Receipt), str(found)
    assert isinstance(register.take_checkpoint(now), Receipt)
    return home


def _documents(register: Register, when: datetime) -> None:
    publisher = Publisher(register, profile.standard())
    publisher.catch_up()
    manifest = publisher.manifest()
    assert manifest is not None
    assert [found for _, found in record_issued(register, manifest, when) if isinstance(found, Receipt)]
