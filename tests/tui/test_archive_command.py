"""``duban archive``: a package made, checked, compared with the register, and refused in a line whatever an argument leads to."""

from collections.abc import Callable
from pathlib import Path

import pytest

from documents.libreoffice import installation
from records.register.register import Register
from tests.tui.test_command import Shell
from tests.tui.test_hostile_arguments import PLACES, WORDS, home, libreoffice, places, run  # noqa: F401  # fixtures

ITEM = "DB-2026-0073"


@pytest.fixture
def shell(demo_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Return a shell at the demo of all tests, on a machine without LibreOffice; nothing here writes to it."""
    monkeypatch.setattr(installation, "find_office", lambda path: None)
    return Shell(demo_home, capsys, monkeypatch)


def test_a_package_is_made_and_checked_as_folder_and_as_tar(shell: Shell, tmp_path: Path) -> None:
    for options, name in (((), ITEM), (("--tar",), f"{ITEM}.tar")):
        out = shell.ok("archive", "pack", ITEM, "--to", str(tmp_path), *options)
        assert "没有可用的 LibreOffice" in out
        assert f"已写出 {tmp_path / name}：1 件事项，13 个文件。" in out
        told = out.partition("SHA256SUMS 的摘要是 ")[2][:64]
        checked = shell.ok("archive", "verify", str(tmp_path / name), "--compare")
        assert f"{tmp_path / name} 核对无误：1 件事项，13 个文件。SHA256SUMS 的摘要是 {told}" in checked
        assert "各事项的经过都在登记簿的历史里" in checked
    status, _, err = shell("archive", "pack", ITEM, "--to", str(tmp_path))
    assert (status, "没有覆盖" in err) == (1, True)


def test_the_help_keeps_its_examples_on_lines_of_their_own(shell: Shell) -> None:
    assert "\n  例：duban archive pack DB-2026-0118 --to 移交\n      duban archive pack 2026 --to 移交 --tar\n" in shell.ok(
        "archive", "pack", "--help"
    )


def test_what_is_wrong_is_named_file_by_file(shell: Shell, tmp_path: Path) -> None:
    shell.ok("archive", "pack", ITEM, "--to", str(tmp_path), "--no-pdf")
    place = tmp_path / ITEM
    (place / "record.txt").write_text("另一份\x1b[2J")
    (place / "policy.yaml").unlink()
    (place / "extra").symlink_to("/etc/passwd")
    status, out, err = shell("archive", "verify", str(place))
    assert status == 1
    for words in ("record.txt 内容与 SHA256SUMS 里的摘要不符", "policy.yaml SHA256SUMS 列了这个文件，包里没有", "extra 是链接、设备或管道"):
        assert words in out
    assert "不能作为完整的档案包接收" in err
    assert "\x1b" not in out + err


def test_a_register_that_knows_less_of_the_matter_says_so(shell: Shell, demo: Register, tmp_path: Path) -> None:
    shell.ok("archive", "pack", ITEM, "--to", str(tmp_path), "--no-pdf")
    branch = demo.home / "register.git/refs/heads/main"
    branch.write_text(f"{next(demo.commits()).id}\n")  # a register set back to its first commit
    (demo.home / "index.sqlite").unlink()
    shell.home = demo.home
    status, out, _ = shell("archive", "verify", str(tmp_path / ITEM), "--compare")
    assert (status, f"{ITEM} 登记簿里这个事项的经过与档案包里的不同" in out) == (1, True)


@pytest.mark.parametrize("given", [("DB-2026-0206",), ("2031",), ("x",), ("20261",), ("DB-2026-0118", "--as", "WA.liaison")])
def test_what_is_not_to_be_packed_is_refused_and_nothing_written(shell: Shell, tmp_path: Path, given: tuple[str, ...]) -> None:
    status, out, err = shell("archive", "pack", *given, "--to", str(tmp_path / "to"))
    assert (status, out) == (1, "")
    assert "不予办理" in err
    assert not (tmp_path / "to").exists()


@pytest.mark.parametrize("value", PLACES)
def test_whatever_a_path_leads_to_is_said_in_a_line(value: str, run: Callable[..., tuple[int, str]]) -> None:  # noqa: F811
    for argv in (("archive", "verify", value), ("archive", "pack", ITEM, "--no-pdf", "--to", value)):
        code, told = run(*argv)
        assert any("一" <= sign <= "龥" for sign in told), argv
        assert not any(words in told for words in ("程序出错", "Traceback", "\x1b", "\0")), (argv, told)
        assert code or (argv[1] == "pack" and value in ("folder", "\udcff")), (argv, told)


@pytest.mark.parametrize("value", WORDS)
def test_whatever_is_asked_for_is_refused_in_a_line(value: str, run: Callable[..., tuple[int, str]]) -> None:  # noqa: F811
    code, told = run("archive", "pack", value, "--to", "out")
    assert code
    assert any("一" <= sign <= "龥" for sign in told)
    assert not any(words in told for words in ("程序出错", "Traceback", "\x1b", "\0"))
