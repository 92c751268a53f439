"""What ``duban doctor`` says of LibreOffice, and the way out it names."""

from pathlib import Path

import pytest

from documents.libreoffice import installation
from documents.libreoffice.installation import Office
from tui.command import doctor


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing is installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], nowhere: Path) -> str:
    doctor.examine(str(nowhere))
    return next(line for line in capsys.readouterr().out.splitlines() if "LibreOffice" in line)


def found(monkeypatch: pytest.MonkeyPatch, *sandbox: str, **fonts: str) -> None:
    monkeypatch.setattr(installation, "find_office", lambda path: Office(Path("soffice.bin"), Path("python3"), fonts, sandbox))


def test_without_libreoffice_documents_come_without_pdf(nothing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = told(capsys, nothing)
    assert line.startswith("提示")
    assert "照常生成 .docx" in line
    assert "python3-uno" in line


def test_a_libreoffice_that_cannot_be_driven_wants_uno(nothing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (nothing / "soffice").write_text("#!/bin/sh\n")
    (nothing / "soffice").chmod(0o755)
    line = told(capsys, nothing)
    assert line.startswith("提示  LibreOffice 已安装")
    assert "缺少 python3-uno" in line


def test_the_fonts_that_are_there_and_those_that_stand_in(
    nothing: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, "bwrap", 黑体="黑体", 宋体="思源宋体", 仿宋_GB2312="Fandol仿宋", 方正小标宋简体="思源宋体")
    line = told(capsys, nothing)
    assert line == (
        "正常  LibreOffice 已安装，公文同时生成 PDF。字体：黑体用原字体；宋体、方正小标宋简体用思源宋体；仿宋_GB2312用Fandol仿宋。"
        "排版在隔离环境里进行。"
    )


def test_without_a_sandbox_it_says_what_is_missing(
    nothing: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, 黑体="黑体")
    line = told(capsys, nothing)
    assert line.startswith("提示")
    assert "请安装 bubblewrap" in line
    (nothing / "bwrap").write_text("#!/bin/sh\nexit 1\n")
    (nothing / "bwrap").chmod(0o755)
    assert "本机不许它建立隔离环境" in told(capsys, nothing)


def test_no_chinese_font_is_told(nothing: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, 黑体="黑体", 宋体="", 仿宋_GB2312="")
    line = told(capsys, nothing)
    assert line.startswith("提示")
    assert "宋体、仿宋_GB2312及其代用字体都没有" in line
    assert "fonts-noto-cjk" in line
