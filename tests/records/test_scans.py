"""A paper signature's scan is a picture of paper by its content, not empty and not huge, at every door (Q24; D-14)."""

import hashlib
import io
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from desk.desk import Desk, PaperSignature
from records.acts import Refusal
from records.matter.attachments import attachment
from records.register.register import Receipt, Register
from records.register.scans import MOST, Scan, read_scan
from tests.bureau import REGISTER, at
from tui.command import duban

NOW = at("2026-11-23T10:40")
SIGNED = {"decision": "agree", "text": "同意。"}


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(file, kind)
    return file.getvalue()


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "<ofd:OFD/>")
    return file.getvalue()


GOOD = {
    "PDF": picture("PDF"),
    "OFD": archive("OFD.xml", "Doc_0/Document.xml"),
    "OFD, its entry last": archive("Doc_0/Document.xml", "OFD.xml"),
    "JPEG": picture("JPEG"),
    "PNG": picture("PNG"),
    "TIFF": picture("TIFF"),
    "TIFF, big end first": b"MM\0*\0\0\0\x08\0\0" + bytes(8),
}
BAD = {
    "empty": b"",
    "six bytes of text": b"signed",
    "a line of text": "同意。顾拟宁".encode(),
    "a page of HTML": b"<html><body>%PDF- startxref %%EO</body></html>",
    "a program": b"\x7fELF" + bytes(200),
    "a Word document": archive("[Content_Types].xml", "word/document.xml"),
    "an archive with OFD.xml in a folder": archive("a/OFD.xml"),
    "a GIF": picture("GIF"),
    "the head of a PDF": GOOD["PDF"][:40],
    "the head of a JPEG": GOOD["JPEG"][:20],
    "the head of a PNG": GOOD["PNG"][:30],
    "the head of a TIFF": GOOD["TIFF"][:8],
    "the head of an OFD": GOOD["OFD"][:60],
    "more than 20 MB": GOOD["PDF"] + bytes(MOST),
}


def write(folder: Path, data: bytes) -> Path:
    file = folder / "scan.pdf"  # whatever it is, it is called so
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("what", GOOD)
def test_a_scan_is_taken_by_its_content_whatever_it_is_called(what: str, tmp_path: Path) -> None:
    for data in (GOOD[what], GOOD[what] + bytes(MOST - len(GOOD[what]))):
        scan = read_scan(write(tmp_path, data))
        assert isinstance(scan, Scan)
        assert scan.data == data


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_scan_is_refused_with_the_way_out(what: str, tmp_path: Path) -> None:
    refusal = read_scan(write(tmp_path, BAD[what]))
    assert isinstance(refusal, Refusal)
    assert "PDF、OFD、JPEG、PNG 或 TIFF" in refusal.way_out


def test_of_what_is_no_file_nothing_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        assert isinstance(read_scan(path), Refusal)


def test_no_door_lets_in_what_is_no_scan(brief: Register, tmp_path: Path) -> None:
    desk = Desk(brief, brief.view().roster.people["BGS.registry"], lambda: NOW)
    head, kept = brief.head(), brief.home / "attachments"
    command = ["--register", str(brief.home), "act", "read", "DB-2026-0206", "--as", "BGS.registry", "--paper-of", "L03"]
    command += ["--set", "decision=agree", "--set", "text=同意。", "--scan"]
    for what in ("empty", "six bytes of text", "more than 20 MB"):
        scan = write(tmp_path, BAD[what])
        assert isinstance(read_scan(scan), Refusal)
        assert isinstance(desk.do("read", "DB-2026-0206", SIGNED, PaperSignature("L03", scan)), Refusal)
        told = CliRunner().invoke(duban, [*command, str(scan)])
        assert (told.exit_code, "不予办理 扫描件" in told.output) == (1, True)
    assert (brief.head(), kept.exists()) == (head, False)
    done = desk.do("read", "DB-2026-0206", SIGNED, PaperSignature("L03", write(tmp_path, GOOD["OFD"])))
    assert isinstance(done, Receipt), str(done)
    digest = hashlib.sha256(GOOD["OFD"]).hexdigest()
    assert (kept / digest[:2] / digest).read_bytes() == GOOD["OFD"]


REGISTERED: Mapping[str, object] = {**REGISTER, "source_ref": "来文第9号", "received": "2026-11-20", "instruction_at": "2026-11-19"}


def test_the_scan_of_the_paper_is_kept_beside_the_register_and_its_hash_in_the_item(brief: Register, tmp_path: Path) -> None:
    desk, scan = Desk(brief, brief.view().roster.people["BGS.clerk1"], lambda: NOW), write(tmp_path, GOOD["JPEG"])
    (field,) = [each for each in desk.form("register", None) if each.name == "original"]
    assert (field.label, field.required) == ("来文扫描件", False)
    done = desk.do("register", "new", {**REGISTERED, "original": str(scan)})
    assert isinstance(done, Receipt), str(done)
    item, digest = brief.view().item(done.outcome.target), hashlib.sha256(GOOD["JPEG"]).hexdigest()
    assert item is not None
    assert item.source.original == f"sha256:{digest},{len(GOOD['JPEG'])},jpeg"
    assert (brief.home / "attachments" / digest[:2] / digest).read_bytes() == GOOD["JPEG"]
    shown = CliRunner().invoke(duban, ["--register", str(brief.home), "show", item.id])
    assert f"来文扫描件：JPEG，{len(GOOD['JPEG'])}字节，摘要 {digest[:12]}，用 duban attachment {item.id} 取出" in shown.output
    better = write(tmp_path, GOOD["PDF"])
    changed = desk.do("amend", item.id, {"original": str(better), "reason": "扫描不清。"})
    assert isinstance(changed, Receipt), str(changed)
    assert changed.outcome.item is not None
    assert changed.outcome.item.source.original == f"sha256:{hashlib.sha256(GOOD['PDF']).hexdigest()},{len(GOOD['PDF'])},pdf"
    assert [problem for _, problem in brief.replay().problems() if problem] == []


def test_of_an_act_that_is_refused_no_scan_is_kept(brief: Register, tmp_path: Path) -> None:
    desk, scan = Desk(brief, brief.view().roster.people["BGS.clerk1"], lambda: NOW), write(tmp_path, GOOD["JPEG"])
    shell = {**REGISTERED, "title": "", "instruction": "", "secrecy": "secret", "secrecy_years": 1, "copy_number": "000009"}
    for told, words in (
        ({**REGISTERED, "original": str(write(tmp_path / "..", BAD["a GIF"]))}, "格式"),
        ({**REGISTERED, "original": "a\0b"}, "没有这个扫描文件"),
        ({**REGISTERED, "original": str(scan), "category": None}, "“类别”缺少这一项"),
        ({**shell, "original": str(scan)}, "不得扫描录入"),
    ):
        found = desk.do("register", "new", told)
        assert isinstance(found, Refusal)
        assert words in str(found)
    assert not (brief.home / "attachments").exists()


def test_of_a_signature_on_paper_that_is_refused_no_scan_is_kept(brief: Register, tmp_path: Path) -> None:
    late = Desk(brief, brief.view().roster.people["BGS.registry"], lambda: NOW)
    for item, inputs, signer in (("DB-2026-0206", {}, "L03"), ("DB-2026-0206", SIGNED, "L01"), ("DB-2026-0118", SIGNED, "L03")):
        assert isinstance(late.do("read", item, inputs, PaperSignature(signer, write(tmp_path, GOOD["PDF"]))), Refusal)
    assert not (brief.home / "attachments").exists()
    assert late.view.item("DB-2026-0206") is not None
    somebody = Desk(Register(brief.home), late.person, lambda: NOW)
    assert isinstance(somebody.do("read", "DB-2026-0206", SIGNED, PaperSignature("L03", write(tmp_path, GOOD["OFD"]))), Receipt)
    assert isinstance(late.do("read", "DB-2026-0206", SIGNED, PaperSignature("L03", write(tmp_path, GOOD["PDF"]))), Refusal)
    assert list(brief.attachments.kept()) == [hashlib.sha256(GOOD["OFD"]).hexdigest()], "that of whoever was quicker"


def test_the_scan_goes_from_the_record_of_a_matter_that_is_classified_later(brief: Register, tmp_path: Path) -> None:
    desk, scan = Desk(brief, brief.view().roster.people["BGS.clerk1"], lambda: NOW), write(tmp_path, GOOD["JPEG"])
    done = desk.do("register", "new", {**REGISTERED, "original": str(scan)})
    assert isinstance(done, Receipt), str(done)
    given = {"secrecy": "secret", "secrecy_years": 1, "copy_number": "000009", "basis": "定密第1号"}
    shell = desk.do("classify", done.outcome.target, given)
    assert isinstance(shell, Receipt), str(shell)
    assert shell.outcome.item is not None
    assert shell.outcome.item.source.original is None


@pytest.mark.parametrize("name", GOOD)
def test_whatever_is_kept_as_a_scan_has_a_line_that_a_record_takes(brief: Register, tmp_path: Path, name: str) -> None:
    scan = read_scan(write(tmp_path, GOOD[name]))
    assert isinstance(scan, Scan)
    assert (scan.named.size, attachment(str(scan.named))) == (len(GOOD[name]), scan.named)
