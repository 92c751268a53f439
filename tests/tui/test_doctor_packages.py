"""``duban doctor`` names what stands in the place of a part of this program."""

from pathlib import Path

import pytest

from tui.command import doctor

ROOT = Path(__file__).parents[2]


def test_our_own_parts_are_no_news() -> None:
    assert list(doctor._packages(doctor.ROOMS, ROOT)) == []
    assert set(doctor.ROOMS) == {path.name for path in ROOT.iterdir() if (path / "py.typed").is_file()}


def test_another_package_in_our_place_is_named_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "records_of_others").mkdir()
    (tmp_path / "records_of_others/__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    ((mark, told),) = doctor._packages(["records_of_others"], ROOT)
    assert mark == "缺失"
    assert str(tmp_path / "records_of_others") in told
    assert "单独的环境" in told
    ((_, told),) = doctor._packages(["no_such_part"], ROOT)
    assert "没有" in told
