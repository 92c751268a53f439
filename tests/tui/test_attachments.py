"""The papers beside the register: named by hash, size and type, fetched by those who may see the item, checked, backed up and restored."""

import hashlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from desk.attachments import named
from desk.desk import Desk, PaperSignature
from records.matter.attachments import Attachment, attachment
from records.register.attachments import Attachments
from records.register.mirrored_papers import given, received, sent
from records.register.register import Receipt, Register
from records.store.store import StoreError
from tests.bureau import REGISTER, at
from tui.command import duban

NOW = at("2026-11-23T10:40")
PDF, TIFF = b"%PDF-1.4 a page startxref 0 %%EOF", b"II*\0\x08\0\0\0" + bytes(1200)
REGISTERED: Mapping[str, object] = {**REGISTER, "source_ref": "来文第9号", "received": "2026-11-20", "instruction_at": "2026-11-19"}
Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    def once(home: Path, *argv: str) -> Result:
        return CliRunner().invoke(duban, ["--register", str(home), *argv])

    return once


@pytest.fixture
def papers(brief: Register, tmp_path: Path) -> tuple[str, Path]:
    """An item with the scan of its paper, and the reading of another signed on paper; returns the item and where its scan lies."""
    (tmp_path / "paper.pdf").write_bytes(PDF)
    (tmp_path / "signed.tif").write_bytes(TIFF)
    roster = brief.view().roster
    done = Desk(brief, roster.people["BGS.clerk1"], lambda: NOW).do(
        "register", "new", {**REGISTERED, "original": str(tmp_path / "paper.pdf")}
    )
    assert isinstance(done, Receipt), str(done)
    entering = Desk(brief, roster.people["BGS.registry"], lambda: NOW)
    signature = PaperSignature("L03", tmp_path / "signed.tif")
    signed = entering.do("read", "DB-2026-0206", {"decision": "agree", "text": "同意。"}, signature)
    assert isinstance(signed, Receipt), str(signed)
    return done.outcome.target, brief.attachments.path(hashlib.sha256(PDF).hexdigest())


def _written(path: Path) -> int:
    return path.stat().st_mtime_ns


def test_a_mirror_brings_the_papers_that_its_records_name(papers: tuple[str, Path], brief: Register, tmp_path: Path) -> None:
    folder, digest = tmp_path / "mirror", hashlib.sha256(PDF).hexdigest()

    def mirror(*words: str) -> str:
        told = CliRunner().invoke(duban, ["mirror", str(folder), *words])
        assert told.exit_code == 0, told.output
        return told.output

    assert "附件取到 2 件。" in mirror("--from", str(brief.home / "register.git"))
    assert Attachments(folder / "attachments").read(digest) == PDF
    assert "附件" not in mirror()
    assert "附件 2 件：相符 2 件。" in CliRunner().invoke(duban, ["audit", str(folder)]).output
    here = Attachments(folder / "attachments").path(digest)
    here.unlink()
    papers[1].chmod(0o600)
    papers[1].write_bytes(PDF + b"altered")
    assert "附件" not in mirror()  # what was there is not looked for again, unless its note is taken away
    (folder / "attachments.head").unlink()
    assert "附件有 1 件没有取来" in mirror()
    assert not here.exists()
    papers[1].write_bytes(PDF)
    assert "附件取到 1 件。" in mirror()
    assert here.read_bytes() == PDF


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (255, "附件没有取完，线路断了。已经取到的留着，请再运行一次。"),
        (1, "附件有 2 件没有取来：登记簿那里没有，或者那里的 duban 还不会送。"),
    ],
    ids=["the line", "the other end"],
)
def test_a_line_that_is_dead_is_no_register_that_lacks_papers(
    papers: tuple[str, Path], brief: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int, told: str
) -> None:
    ssh = tmp_path / "ssh"
    upload = f"exec git upload-pack {brief.home / 'register.git'}"
    ssh.write_text(f'#!/bin/sh\ncase "$*" in *papers) exit {status};; esac\n{upload}\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    done = CliRunner().invoke(duban, ["mirror", str(tmp_path / "mirror"), "--from", "duban-ro@host:register"])
    assert told in f"{done.output}{done.exception}"


def test_papers_come_over_a_line_whole_or_it_is_said(tmp_path: Path) -> None:
    kept = Attachments(tmp_path)
    digests = {hashlib.sha256(data).hexdigest(): data for data in (PDF, TIFF)}
    for digest, data in digests.items():
        kept.keep(digest, data)
    line = BytesIO()
    assert sent(given(kept, [*digests, "a" * 64]), line) == 2
    assert dict(received(BytesIO(line.getvalue()))) == digests
    with pytest.raises(StoreError, match="没有取完"):
        dict(received(BytesIO(line.getvalue()[:-1])))
    with pytest.raises(StoreError, match="写法不对"):
        dict(received(BytesIO(b"Last login: today\n" + line.getvalue())))


def test_a_line_names_an_attachment_by_hash_size_and_type_and_the_lines_of_before_are_read() -> None:
    digest = "a" * 64
    assert attachment(f"sha256:{digest},48213,pdf") == Attachment(digest, 48213, "pdf")
    assert str(Attachment(digest, 48213, "pdf")) == f"sha256:{digest},48213,pdf"
    assert attachment(f"sha256:{digest}") == Attachment(digest)
    assert str(Attachment(digest)) == f"sha256:{digest}"
    for name in ("", f"sha256:{digest},", f"sha256:{digest},0,pdf", f"sha256:{digest},1,exe", "sha256:ab", "/tmp/a.pdf"):
        assert attachment(name) is None


def test_the_papers_of_an_item_are_listed_and_fetched_by_those_who_may_see_it(
    brief: Register, papers: tuple[str, Path], run: Run, tmp_path: Path
) -> None:
    item, _ = papers
    listed = run(brief.home, "attachment", item, "--as", "BGS.clerk2").output
    assert listed.split() == ["1", "来文扫描件", "PDF，33字节，摘要", hashlib.sha256(PDF).hexdigest()[:12]]
    told = run(brief.home, "attachment", "DB-2026-0206", "--as", "BGS.clerk2").output
    assert "阅示：顾拟宁（纸质签字，万拟竹录入） 2026-11-23 10:40  TIFF，1.2KB" in told
    fetched = run(brief.home, "attachment", "DB-2026-0206", "1", "--to", str(tmp_path / "out.tif"), "--as", "BGS.clerk2")
    assert "与记录的摘要相符" in fetched.output
    assert (tmp_path / "out.tif").read_bytes() == TIFF
    for argv, words in (
        (("attachment", item, "--as", "JJ.liaison"), "不在您的职责范围内"),
        (("attachment", item, "2", "--to", str(tmp_path / "new"), "--as", "BGS.clerk1"), "没有第2件附件"),
        (("attachment", item, "--to", str(tmp_path / "out.tif"), "--as", "BGS.clerk1"), "已经存在"),
        (("attachment", item, "1", "--as", "BGS.clerk1"), "--to"),
        (("attachment", "DB-2026-0118", "--as", "BGS.clerk1"), "没有附件"),
    ):
        done = run(brief.home, *argv)
        assert words in done.output, done.output
    assert (tmp_path / "out.tif").read_bytes() == TIFF
    assert not (tmp_path / "new").exists()


def test_what_is_altered_is_told_by_check_and_not_given_out(brief: Register, papers: tuple[str, Path], run: Run, tmp_path: Path) -> None:
    item, path = papers
    assert run(brief.home, "check").output == "附件 2 件与记录的摘要相符。\n没有发现问题。\n"
    path.chmod(0o600)
    path.write_bytes(PDF + b"x")
    told = run(brief.home, "check")
    assert (told.exit_code, f"{path} 内容与记录的摘要不符" in told.output, "附件 1 件与" in told.output) == (1, True, True)
    given = CliRunner().invoke(
        duban, ["--register", str(brief.home), "attachment", item, "--to", str(tmp_path / "out.pdf"), "--as", "BGS.clerk1"]
    )
    assert "摘要不符" in str(given.exception)
    assert not (tmp_path / "out.pdf").exists()


def test_a_clone_without_them_neither_passes_nor_fails(brief: Register, papers: tuple[str, Path], run: Run, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", "--bare", brief.home / "register.git", tmp_path / "clone/register.git"], check=True)
    told = run(tmp_path / "clone", "check")
    assert (told.exit_code, told.output) == (0, "附件未随克隆 2 件：不在这里，没有核对。\n没有发现问题。\n")
    assert "未随克隆" in run(tmp_path / "clone", "attachment", papers[0], "--as", "BGS.clerk1").output
    assert "没有随克隆带来" in run(tmp_path / "clone", "attachment", papers[0], "--to", str(tmp_path / "o"), "--as", "BGS.clerk1").output


def test_doctor_counts_them_and_what_is_missing_or_no_longer_named(
    brief: Register, papers: tuple[str, Path], run: Run, tmp_path: Path
) -> None:
    item, path = papers
    (tmp_path / "better.pdf").write_bytes(PDF + b"\n")
    desk = Desk(brief, brief.view().roster.people["BGS.clerk1"], lambda: NOW)
    assert isinstance(desk.do("amend", item, {"original": str(tmp_path / "better.pdf"), "reason": "扫描不清。"}), Receipt)
    assert {each.size for each in named(brief)} == {len(PDF) + 1, len(TIFF)}
    assert {each.size for each in named(brief, ever=True)} == {len(PDF), len(PDF) + 1, len(TIFF)}
    told = run(brief.home, "doctor").output
    assert "正常  附件：记录里 2 件，这里共 1.3KB；1 件现在的记录没有提到" in told
    shutil.rmtree(brief.attachments.path(hashlib.sha256(TIFF).hexdigest()).parent)
    assert "提示  附件：记录里 2 件，这里共 67字节；1 件现在的记录没有提到" in run(brief.home, "doctor").output
    assert "缺 1 件，请从备份恢复" in run(brief.home, "doctor").output
    path.chmod(0o600)
    path.write_bytes(b"altered")  # named by the history alone, which is what --history goes through
    assert run(brief.home, "check").exit_code == 0
    assert run(brief.home, "check", "--history").exit_code == 1


def test_a_backup_is_read_back_adds_what_is_new_and_is_restored_to_a_new_place_alone(
    brief: Register, papers: tuple[str, Path], run: Run, tmp_path: Path
) -> None:
    kept, back = tmp_path / "kept", tmp_path / "back"
    first = run(brief.home, "backup", "--to", str(kept)).output
    assert "附件：这次复制 2 件，共 2 件。" in first
    (bundle,) = kept.glob("*.bundle")
    assert f"已备份到 {bundle}" in first
    assert "没有新的提交" in run(brief.home, "backup", "--to", str(kept)).output
    (tmp_path / "more.pdf").write_bytes(PDF + b"\n")
    desk = Desk(brief, brief.view().roster.people["BGS.clerk1"], lambda: NOW)
    assert isinstance(desk.do("amend", papers[0], {"original": str(tmp_path / "more.pdf"), "reason": "扫描不清。"}), Receipt)
    assert "附件：这次复制 1 件，共 3 件。" in run(brief.home, "backup", "--to", str(kept)).output
    assert len(list(kept.glob("*.bundle"))) == 2
    assert not list(kept.glob(".duban-*"))
    # The clock was a year ahead when the first was written: the one that has all others in its history counts.
    bundle, last = sorted(kept.glob("*.bundle"), key=_written)
    bundle = bundle.rename(kept / re.sub(r"-\d{8}-", "-20991123-", bundle.name))
    restored = run(kept, "restore", str(kept), str(back))
    assert (restored.exit_code, "没有发现问题。" in restored.output) == (0, True), restored.output
    assert Register(back).head() == brief.head()
    assert sorted(Register(back).attachments.kept()) == sorted(brief.attachments.kept())
    before = Register(back).head()
    again = CliRunner().invoke(duban, ["restore", str(kept), str(back)])
    assert "已经存在" in str(again.exception)
    assert Register(back).head() == before
    assert not list(tmp_path.glob(".duban-*"))
    older = run(kept, "restore", str(bundle), str(tmp_path / "older"))
    assert older.exit_code == 0, older.output
    assert (Register(tmp_path / "older").head() or "").startswith(bundle.name[-19:-7])
    # Whoever went on from there has made another history: which of the two counts is not guessed.
    desk = Desk(Register(tmp_path / "older"), desk.person, lambda: NOW)
    assert isinstance(desk.do("amend", papers[0], {"original": str(tmp_path / "more.pdf"), "reason": "重扫一份。"}), Receipt)
    run(tmp_path / "older", "backup", "--to", str(kept))
    doubt = str(run(kept, "restore", str(kept), str(tmp_path / "neither")).exception)
    assert "各有对方没有的办理" in doubt
    assert last.name in doubt
    assert not (tmp_path / "neither").exists()


def test_a_paper_that_is_brought_again_is_whole_again(papers: tuple[str, Path], brief: Register) -> None:
    """Its disk failed, and no byte is missing: who brings it names it in a record."""
    _, path = papers
    path.chmod(0o600)
    path.write_bytes(PDF[:-1] + b"x")
    brief.attachments.keep(path.name, PDF)
    assert brief.attachments.read(path.name) == PDF
    before = path.stat()
    brief.attachments.keep(path.name, PDF)
    assert path.stat().st_ino == before.st_ino, "what is whole stays"


def test_a_backup_does_away_with_what_killed_ones_left(brief: Register, run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    for name, hours in ((".duban-left", 25), (".duban-working", 1), ("others", 25)):
        (kept / name / "register.git").mkdir(parents=True)
        os.utime(kept / name, times=(then := time.time() - 3600 * hours, then))
    assert run(brief.home, "backup", "--to", str(kept)).exit_code == 0
    assert sorted(each.name for each in kept.iterdir() if each.is_dir() and each.name != "attachments") == [".duban-working", "others"]


def test_what_is_restored_has_durable_names_before_it_has_its_own(
    brief: Register, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(brief.home, "backup", "--to", str(tmp_path / "kept"))
    synced, real, rename = list[str](), os.fsync, os.rename

    def noted(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}").partition("/home/")[2])
        real(descriptor)

    def named(old: Path, new: Path) -> None:
        if new == tmp_path / "back":
            made = [name for name in synced if name in ("register.git/objects/pack", "register.git/refs/heads")]
            assert len(made) == 4  # as they were made, and with what Git put into them
        rename(old, new)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", noted)
        patched.setattr(os, "rename", named)
        assert run(tmp_path / "kept", "restore", str(tmp_path / "kept"), str(tmp_path / "back")).exit_code == 0
    assert (tmp_path / "back").is_dir()


def test_a_backup_that_is_cut_short_or_called_otherwise_is_none(
    brief: Register, papers: tuple[str, Path], run: Run, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    run(brief.home, "backup", "--to", str(kept))
    (bundle,) = kept.glob("*.bundle")
    whole = bundle.read_bytes()
    bundle.chmod(0o600)
    bundle.write_bytes(whole[: len(whole) // 2])
    broken = f"{bundle} 没有写完、没有拷全，或者已损坏，"
    for data in (whole[: len(whole) // 2], whole[:40], b"", whole[:-30] + bytes(30)):
        bundle.write_bytes(data)
        told = str(run(brief.home, "restore", str(kept), str(tmp_path / "back")).exception)
        assert told == f"{broken}什么都没有恢复。{kept} 里没有别的备份，请用别处的，或者督察的镜像。"
    assert str(run(brief.home, "backup", "--to", str(kept)).exception) == f"{broken}没有另写。请把它移走，再备份一次。"
    older = kept / "register-20200101-000000-0123456789ab.bundle"
    older.touch()
    assert f"请用另一份：{older.name}。" in str(run(brief.home, "restore", str(kept), str(tmp_path / "back")).exception)
    older.unlink()
    bundle.write_bytes(whole)
    other = bundle.rename(kept / f"{bundle.name[:-19]}{'0' * 12}.bundle")
    assert "不是完好的备份" in str(run(brief.home, "restore", str(other), str(tmp_path / "back")).exception)
    assert not (tmp_path / "back").exists()
    assert "在登记簿自己的目录里" in str(run(brief.home, "backup", "--to", str(brief.home / "kept")).exception)
    path = brief.attachments.path(hashlib.sha256(TIFF).hexdigest())
    path.chmod(0o600)
    path.write_bytes(b"altered")
    lost = run(brief.home, "backup", "--to", str(tmp_path / "new"))
    assert (lost.exit_code, "1 件附件没有复制" in lost.output) == (1, True)
    assert len(list((tmp_path / "new/attachments").glob("*/*"))) == 1


def test_a_good_copy_outlives_a_damaged_paper_and_a_damaged_copy_is_made_again(
    brief: Register, papers: tuple[str, Path], run: Run, tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    run(brief.home, "backup", "--to", str(kept))
    _, path = papers
    copy = kept / "attachments" / path.parent.name / path.name
    for place in (copy, path):
        place.chmod(0o600)
    copy.write_bytes(PDF[:-1])
    assert "这次复制 1 件" in run(brief.home, "backup", "--to", str(kept)).output
    assert copy.read_bytes() == PDF
    path.write_bytes(PDF[:-1])  # the disk under the register fails
    told = run(brief.home, "backup", "--to", str(kept))
    assert (told.exit_code, "1 件附件没有复制" in told.output) == (1, True)
    assert copy.read_bytes() == PDF
    back = run(kept, "restore", str(kept), str(tmp_path / "back"))
    assert back.exit_code == 0, back.output
    assert Register(tmp_path / "back").attachments.read(path.name) == PDF
