"""``duban`` names what stands in the place of a part of this program, in ``duban doctor`` and where it can no longer start."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tui import parts
from tui.command import doctor

ROOT = Path(__file__).parents[2]
_START = "import sys; sys.argv = ['duban', 'doctor', *sys.argv[1:]]; from tui.start import main; main()"


def package(place: Path, name: str) -> Path:
    """Put a package of others into a folder."""
    (place / name).mkdir(parents=True)
    (place / name / "__init__.py").touch()
    return place / name


def test_our_own_parts_are_no_news() -> None:
    assert list(parts.displaced()) == []
    assert set(parts.PARTS) == {path.name for path in ROOT.iterdir() if (path / "py.typed").is_file()}


def test_another_package_in_our_place_is_named_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = package(tmp_path, "records_of_others")
    monkeypatch.syspath_prepend(str(tmp_path))
    (told,) = parts.displaced(["records_of_others"])
    assert str(there) in told
    assert "单独的环境" in told
    (told,) = parts.displaced(["no_such_part"])
    assert "没有" in told


def test_a_package_laid_over_ours_is_named_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, "part_of_both")
    info = tmp_path / "other_records-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-records\nVersion: 1.0\n", encoding="utf-8")
    (info / "RECORD").write_text("part_of_both/__init__.py,,\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    (told,) = parts.displaced(["part_of_both"], tmp_path)
    assert "other-records" in told
    assert "单独的环境" in told


def test_doctor_says_it_before_anything_that_might_fail_for_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(doctor, "displaced", lambda: iter(["程序自己的部件 desk 被顶替"]))
    assert not doctor.examine(None)
    assert capsys.readouterr().out == "缺失  程序自己的部件 desk 被顶替\n"


@pytest.mark.parametrize("name", [name for name in parts.PARTS if name != "tui"])  # without tui nothing of ours runs
def test_a_program_that_cannot_start_says_whose_package_is_in_its_way(name: str, tmp_path: Path) -> None:
    there = package(tmp_path / "others", name)
    ours = tmp_path / "ours"
    for part in parts.PARTS:  # as a wheel lays them: nothing but the path leads there
        shutil.copytree(ROOT / part, ours / part, ignore=shutil.ignore_patterns("__pycache__"))
    libraries = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    path = ":".join(map(str, (there.parent, ours, *libraries)))
    argv = [sys.executable, "-S", "-c", _START]
    done = subprocess.run(
        argv, env={"PYTHONPATH": path, "PATH": "/usr/bin:/bin"}, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode in (1, 2)
    assert str(there) in done.stdout + done.stderr
    assert "单独的环境" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
