"""Documents on the command line: made, followed, previewed out of a clone, and told from what only looks like one."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import docx
import pytest
from msgspec.structs import replace

from documents.layout import profile
from documents.layout.profile import standard
from documents.libreoffice import installation, printer
from records.register.register import Register
from tests.tui.test_command import ROOT, Shell

ITEM = "DB-2026-0118"
SPECIAL = f"{ITEM}-special.docx"
RECORD = f"items/2026/01/{ITEM}.yaml"


class Press:
    """Stands for LibreOffice."""

    def __init__(self, office: object) -> None:
        assert office is not None

    def __enter__(self) -> "Press":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        pass

    def pdf(self, data: bytes) -> bytes:
        return b"%PDF of " + str(hash(data)).encode()


@pytest.fixture
def shell(brief: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell on a machine without LibreOffice."""
    monkeypatch.setattr(installation, "find_office", lambda path: None)
    return Shell(brief.home, capsys, monkeypatch)


@pytest.fixture
def office(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "find_office", lambda path: object())
    monkeypatch.setattr(printer, "Printer", Press)


def commit_of(shell: Shell, act: str) -> str:
    """Return the last commit of the item in which an act was done, as the log shows it."""
    return next(step.commit for step in reversed(Register(shell.home).index.history(ITEM)) if step.act == act)[:10]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_without_libreoffice_there_are_documents_and_a_line_that_says_so(shell: Shell, tmp_path: Path) -> None:
    out = shell.ok("build", ITEM, "--to", str(tmp_path / "to"))
    assert out.count("没有可用的 LibreOffice") == 1
    assert SPECIAL in names(tmp_path / "to")
    assert not any(name.endswith(".pdf") for name in names(tmp_path / "to"))
    assert "LibreOffice" not in shell.ok("build", ITEM, "--no-pdf")


@pytest.mark.usefixtures("office")
def test_with_libreoffice_a_pdf_lies_beside_each_document(shell: Shell, tmp_path: Path) -> None:
    shell.ok("build", ITEM, "--to", str(tmp_path / "to"))
    made = names(tmp_path / "to")
    assert {SPECIAL, f"{ITEM}-report-3.docx"} <= made
    assert {name for name in made if name.endswith(".pdf")} == {name.replace(".docx", ".pdf") for name in made if name.endswith(".docx")}
    shell.ok("build", ITEM, "--to", str(tmp_path / "without"), "--no-pdf")
    assert names(tmp_path / "without") == {name for name in made if not name.endswith(".pdf")}
    assert f"生成 {SPECIAL.replace('.docx', '.pdf')}" in shell.ok("build", ITEM)
    pdf = shell.home / "published" / SPECIAL.replace(".docx", ".pdf")
    assert f"与登记簿一致：{ITEM} {SPECIAL}（已签发）" in shell.ok("verify", str(pdf))
    pdf.write_bytes(pdf.read_bytes() + b"\n")
    assert "没有这份 PDF" in shell("verify", str(pdf))[2]


def test_what_was_issued_is_the_same_wherever_it_is_written(shell: Shell, tmp_path: Path) -> None:
    shell.ok("build", "--no-pdf")
    shell.ok("build", ITEM, "--to", str(tmp_path / "now"), "--no-pdf")
    for name in names(tmp_path / "now"):
        assert (tmp_path / "now" / name).read_bytes() == (shell.home / "published" / name).read_bytes(), name
    signed = commit_of(shell, "director_sign")
    out = shell.ok("build", ITEM, "--to", str(tmp_path / "then"), "--at", signed, "--no-pdf")
    assert f"{SPECIAL}（送审稿）" in out
    assert (tmp_path / "then" / SPECIAL).read_bytes() != (tmp_path / "now" / SPECIAL).read_bytes()
    head = Register(shell.home).head() or ""
    shell.ok("build", ITEM, "--to", str(tmp_path / "head"), "--at", head, "--no-pdf")
    assert names(tmp_path / "head") == names(tmp_path / "now")


def test_a_months_roundup_is_built(shell: Shell, tmp_path: Path) -> None:
    assert "没有 2026-10 这个事项，也没有这个月份的通报" in shell("build", "2026-10", "--no-pdf")[2]
    shell.ok("act", "draft_roundup", "2026-10", "--as", "BGS.section_chief")
    shell.ok("act", "write_roundup", "2026-10", "--as", "BGS.section_chief", "--set", "text=城关分局因会签逾期。")
    shell.ok("build", "2026-10", "--no-pdf")
    roundup = {"roundup-2026-10.docx", "roundup-2026-10.xlsx"}
    assert roundup <= names(shell.home / "published")
    assert "（送审稿）" in shell.ok("build", "2026-10", "--to", str(tmp_path / "to"), "--no-pdf")
    assert names(tmp_path / "to") == roundup
    draft = tmp_path / "to" / "roundup-2026-10.docx"
    assert "与登记簿一致：2026-10 roundup-2026-10.docx（送审稿）" in shell.ok("verify", str(draft))
    shell.ok("act", "approve_roundup", "2026-10", "--as", "L03", "--set", "text=同意印发。")
    shell.ok("act", "issue_roundup", "2026-10", "--as", "BGS.clerk1")
    assert "是 2026-10 roundup-2026-10.docx（送审稿）" in shell("verify", str(draft))[2]


def test_an_issued_document_is_known_with_round_and_signature_under_any_name(shell: Shell, tmp_path: Path) -> None:
    shell.ok("build", ITEM, "--to", str(tmp_path), "--no-pdf")
    (tmp_path / SPECIAL).rename(tmp_path / "DB-2026-0162-special.docx")
    out = shell.ok("verify", str(tmp_path / "DB-2026-0162-special.docx"))
    assert f"与登记簿一致：{ITEM} {SPECIAL}（已签发），提交 {commit_of(shell, 'bureau_sign')}" in out
    assert out.splitlines()[1].endswith(" 孟拟衡 局领导审签签发。")
    assert f"{ITEM} 第3轮 {ITEM}-report-3.docx（已签发）" in shell.ok("verify", str(tmp_path / f"{ITEM}-report-3.docx"))


def test_an_earlier_draft_is_known_by_its_commit(shell: Shell, tmp_path: Path) -> None:
    signed = commit_of(shell, "director_sign")
    shell.ok("build", ITEM, "--to", str(tmp_path), "--at", signed, "--no-pdf")
    status, out, err = shell("verify", str(tmp_path / SPECIAL))
    assert (status, out) == (1, "")
    assert f"是 {ITEM} {SPECIAL}（送审稿）在提交 {signed}" in err
    assert "后来已改动" in err


def test_an_altered_document_is_told_whose_it_was(shell: Shell, tmp_path: Path) -> None:
    shell.ok("build", ITEM, "--to", str(tmp_path), "--no-pdf")
    altered = tmp_path / "下载.docx"
    with zipfile.ZipFile(tmp_path / SPECIAL) as old, zipfile.ZipFile(altered, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace("23起".encode(), "32起".encode()))
    status, out, err = shell("verify", str(altered))
    assert (status, f"与 {ITEM} 历次的公文都不一致：文件已被改动" in err) == (1, True)
    assert f"文字与 {SPECIAL}（已签发，提交 {commit_of(shell, 'bureau_sign')}" in out
    own, here = out.splitlines()[-2:]
    assert own.startswith("  登记：")
    assert here == own.replace("登记", "此件", 1).replace("23起", "32起")


def test_a_document_saved_again_says_the_same_and_is_no_original(shell: Shell, tmp_path: Path) -> None:
    shell.ok("build", ITEM, "--to", str(tmp_path), "--no-pdf")
    again = tmp_path / "另存.docx"
    docx.Document(str(tmp_path / SPECIAL)).save(str(again))
    status, out, err = shell("verify", str(again))
    assert status == 1
    assert f"文字与 {SPECIAL}（已签发" in out
    assert "逐段相同，但文件另存过，不是原件" in out
    assert "文件已被改动" in err


def test_a_forged_manifest_attests_nothing(shell: Shell, tmp_path: Path) -> None:
    """Whoever may write the published folder puts a document of his own there, and says in the manifest that it is the one."""
    shell.ok("build", ITEM, "--no-pdf")
    folder = shell.home / "published"
    forged = folder / SPECIAL
    with zipfile.ZipFile(forged) as old:
        parts = {name: old.read(name).replace("23起".encode(), "32起".encode()) for name in old.namelist()}
    true = hashlib.sha256(forged.read_bytes()).hexdigest()
    with zipfile.ZipFile(forged, "w") as new:
        for name, part in parts.items():
            new.writestr(name, part)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace(true, hashlib.sha256(forged.read_bytes()).hexdigest()))
    assert f"与 {ITEM} 历次的公文都不一致：文件已被改动" in shell("verify", str(forged))[2]


@pytest.fixture
def older(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The documents of an item issued, put on record and written out by the program that had the first layout."""
    with monkeypatch.context() as before:
        before.setattr(profile, "standard", lambda: replace(standard(), version=1))
        shell.ok("build", ITEM, "--no-pdf")
        shell.ok("build", ITEM, "--to", str(tmp_path / "older"), "--no-pdf")
        shell.ok("build", ITEM, "--to", str(tmp_path / "draft"), "--at", commit_of(shell, "director_sign"), "--no-pdf")
    return tmp_path


def test_a_document_issued_by_an_older_layout_is_the_original_and_no_forgery(shell: Shell, older: Path) -> None:
    for manifest in (True, False):
        if not manifest:
            (shell.home / "published" / "manifest.json").unlink()
        out = shell.ok("verify", str(older / "older" / SPECIAL))
        assert f"与登记簿一致：{ITEM} {SPECIAL}（已签发）" in out
        assert f"按第1版版式生成，摘要与登记的相符，是原件。本程序用第{standard().version}版" in out
    shell.ok("build", ITEM, "--no-pdf")
    assert (shell.home / "published" / SPECIAL).read_bytes() == (older / "older" / SPECIAL).read_bytes()
    shell.ok("check", "--history")


def test_a_file_of_an_older_layout_that_is_not_on_record_is_not_called_altered(shell: Shell, older: Path) -> None:
    status, _, err = shell("verify", str(older / "draft" / SPECIAL))
    assert status == 1
    assert f"{ITEM} 登记成文的公文里没有这份文件。它写明按第1版版式生成，本程序用第{standard().version}版" in err
    assert "已被改动" not in err


def test_a_foreign_file_is_none_of_ours_wherever_one_looks(shell: Shell, tmp_path: Path) -> None:
    foreign = tmp_path / "DB-2099-0001-special.docx"
    foreign.write_bytes(b"PK\x03\x04 no document")
    assert "请加 --all" in shell("verify", str(foreign))[2]
    status, out, err = shell("verify", str(foreign), "--all")
    assert (status, out, err) == (1, "", "不是本登记簿生成的公文。\n")


def test_a_nameless_draft_without_a_hint_is_found_in_all_histories(shell: Shell, tmp_path: Path) -> None:
    shell.ok("build", ITEM, "--to", str(tmp_path), "--no-pdf")
    workbook = tmp_path / "x"
    shutil.copy(tmp_path / f"{ITEM}-notice-1.docx", workbook)
    assert f"与登记簿一致：{ITEM} {ITEM}-notice-1.docx" in shell.ok("verify", str(workbook), "--all")


@pytest.fixture
def clone(shell: Shell, tmp_path: Path) -> Path:
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    told = ["git", "clone", "--quiet", str(shell.home / "register.git"), str(tmp_path / "clone")]
    subprocess.run(told, check=True, env=environment)
    return tmp_path / "clone"


def test_a_clone_is_previewed_as_it_is_edited(shell: Shell, clone: Path) -> None:
    record = clone / RECORD
    sound = record.read_text()
    argv = [sys.executable, "-m", "tui.command", "watch", str(clone), ITEM, "--no-pdf"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT) as watching:
        assert watching.stdout

        def until(told: Callable[[str], bool]) -> str:
            return next(line for line in watching.stdout or () if told(line))

        try:
            assert f"预览到 {clone / 'preview'}" in until(bool)
            until(lambda line: line == f"预览 {SPECIAL}\n")
            record.write_text(sound.replace("urgency: extra_urgent", "urgency: at_once"))
            line = next(n for n, text in enumerate(sound.splitlines(), start=1) if text.startswith("urgency"))
            assert "“紧急程度”（urgency）" in until(lambda told: told.startswith(f"{RECORD}:{line}:"))
            record.write_text(sound)
            until(lambda line: line == f"{RECORD} 已改正。\n")
        finally:
            watching.send_signal(signal.SIGTERM)
        assert until(lambda line: "停止" in line) == "已停止。\n"
    assert watching.returncode == 0
    assert SPECIAL in names(clone / "preview")


@pytest.fixture
def month(shell: Shell) -> str:
    """Return the month of a roundup that is drafted."""
    shell.ok("act", "draft_roundup", "2026-10", "--as", "BGS.section_chief")
    return "2026-10"


def test_a_months_roundup_is_previewed_as_an_item_is(month: str, clone: Path) -> None:
    argv = [sys.executable, "-m", "tui.command", "watch", str(clone), ITEM, month, "--no-pdf"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, encoding="utf-8", cwd=ROOT) as watching:
        try:
            told = iter(watching.stdout or ())
            assert "事项、通报" in next(told)
            assert f"预览 roundup-{month}.xlsx\n" in told
        finally:
            watching.send_signal(signal.SIGTERM)
        assert "已停止。\n" in told
    assert watching.returncode == 0
    assert {f"roundup-{month}.docx", f"roundup-{month}.xlsx", SPECIAL} <= names(clone / "preview")


def test_watch_says_when_there_is_no_such_roundup(shell: Shell, clone: Path) -> None:
    for word in ("2026-10", "2026-1", "x"):
        assert f"没有 {word} 这个事项，也没有这个月份的通报" in shell("watch", str(clone), word)[2]


def test_watch_refuses_what_it_cannot_follow(shell: Shell, clone: Path, tmp_path: Path) -> None:
    assert "是登记簿本身" in shell("watch", str(shell.home))[2]
    assert "不是登记簿的克隆" in shell("watch", str(tmp_path))[2]
    assert "没有 DB-2099-0001 这个事项" in shell("watch", str(clone), "DB-2099-0001")[2]
    assert "没有 x 这个事项" in shell("watch", str(clone), "x")[2]
    assert "已有别的文件" in shell("watch", str(clone), "--to", str(clone / "items"))[2]
    assert "须与 DIR 合用" in shell("watch", "--to", str(tmp_path))[2]
