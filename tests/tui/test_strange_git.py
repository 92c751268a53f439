"""A ``git`` that cannot be run, or is none: what needs it says so, and ``duban doctor`` goes on."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner

from records.register.register import Register
from records.store.opening import opened
from records.store.store import StoreError
from tests.githost import upstream_at
from tests.records.test_upstream import put, server
from tests.tui.test_command import Shell
from tui.command import duban


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("#!/nonexistent/interpreter\n", "运行不了：文件或目录不存在。请重新安装 git"),
        ("\x7fELF?", "运行不了：格式不对。请重新安装 git"),
        ("", "运行不了：格式不对。请重新安装 git"),
        ("#!/bin/sh\nexit 1\n", "不是通用的 git，或者没有装全。请重新安装 git"),
    ],
    ids=["not to be run", "of another machine", "nothing in it", "none"],
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


STRANGE = {"the interpreter is gone": "#!/nonexistent/interpreter\n", "of another machine": "\x7fELF?", "nothing in it": ""}
AGAIN = "git 命令 {git} 运行不了：{why}。请重新安装 git。"


def strange(folder: Path, text: str) -> tuple[Path, str]:
    git = folder / "bin/git"
    git.parent.mkdir()
    git.write_text(text)
    git.chmod(0o755)
    why = "文件或目录不存在" if text.startswith("#!") else "格式不对"
    return git, AGAIN.format(git=git, why=why)


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
@pytest.mark.parametrize(
    "words",
    [("backup", "--to", "{}/backup"), ("maintain",), ("export", "--bundle", "{}/x.bundle"), ("upstream", "{}/up.git"), ("mirror", "{}/m")],
    ids=lambda words: words[0],
)
def test_what_needs_git_says_that_it_is_to_be_installed_again(
    brief: Register, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str, words: tuple[str, ...]
) -> None:
    shell = Shell(brief.home, capsys, monkeypatch)
    if words[0] == "mirror":
        shell.ok("mirror", str(tmp_path / "m"), "--from", str(brief.home / "register.git"))
    git, told = strange(tmp_path, text)
    monkeypatch.setenv("PATH", str(git.parent))
    status, _, err = shell(*(each.format(tmp_path) for each in words))
    assert (status, err.strip()) == (1, told)


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_an_act_that_goes_to_an_upstream_says_so_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    one = server(tmp_path / "one", str(upstream_at(tmp_path / "up.git")))
    before = put(one, "first")
    git, told = strange(tmp_path, text)
    monkeypatch.setattr("records.store.upstream._PATH", str(git.parent))
    with pytest.raises(StoreError, match=told):
        put(opened(tmp_path / "one"), "a")
    assert one.head() == before


def test_a_git_that_is_not_the_one_to_blame_is_not_to_be_installed_again(tmp_path: Path) -> None:
    """The register's folder is gone: moved away while the program ran."""
    one = server(tmp_path / "one", str(upstream_at(tmp_path / "up.git")))
    os.rename(tmp_path / "one", tmp_path / "moved")
    with pytest.raises(StoreError) as told:
        one.upstream.tip()
    assert "git" not in str(told.value).replace(str(tmp_path), "")
