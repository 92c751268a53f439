"""A ``git`` that cannot be run, or is none: what needs it says so, and ``duban doctor`` goes on."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from records.register.register import Register
from tui.command import duban


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("#!/nonexistent/interpreter\n", "运行不了：文件或目录不存在。请重新安装 git"),
        ("#!/bin/sh\nexit 1\n", "不是通用的 git，或者没有装全。请重新安装 git"),
    ],
    ids=["not to be run", "none"],
)
def test_doctor_says_what_is_wrong_with_it(brief: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str) -> None:
    git = tmp_path / "bin/git"
    git.parent.mkdir()
    git.write_text(text)
    git.chmod(0o755)
    monkeypatch.setenv("PATH", str(git.parent))
    done = CliRunner().invoke(duban, ["--register", str(brief.home), "doctor"])
    assert f"提示  git 命令 {git} {told}" in done.output
    assert "标尺" in done.output
