"""Drafts on disk."""

import os
import stat
from pathlib import Path

import pytest

from tui.terminal import Drafts


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "drafts"


def test_what_was_saved_comes_back_whatever_it_holds(folder: Path) -> None:
    texts = {"DB-2026-0001/report": "第一段。\n\n第二段\t\x1b[2J", "../../etc/passwd": "甲", "\ud800": "\udfff", "": ""}
    for key, text in texts.items():
        Drafts(folder).save(key, text)
    assert Drafts(folder).all() == texts
    assert {key: Drafts(folder).load(key) for key in texts} == texts


def test_the_last_one_saved_counts_and_dropped_is_gone(folder: Path) -> None:
    drafts = Drafts(folder)
    drafts.save("意见", "一")
    drafts.save("意见", "二")
    assert drafts.load("意见") == "二"
    drafts.drop("意见")
    drafts.drop("意见")
    assert drafts.load("意见") is None
    assert drafts.all() == {}
    assert os.listdir(folder) == []


def test_nothing_saved_is_nothing_found_and_leaves_no_folder(folder: Path) -> None:
    assert Drafts(folder).load("意见") is None
    assert Drafts(folder).all() == {}
    assert not folder.exists()


def test_only_the_owner_can_look_even_where_the_folder_was_open(folder: Path) -> None:
    folder.mkdir(mode=0o755, parents=True)
    Drafts(folder).save("意见", "内容")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())]
    assert modes == [0o700, 0o600]


def test_no_text_becomes_part_of_a_file_name(folder: Path) -> None:
    Drafts(folder).save("../../秘密/a b;rm", "内容")
    (name,) = os.listdir(folder)
    assert name.removesuffix(".json").isalnum()
    assert name.isascii()


def test_a_damaged_file_hides_no_other_and_stays(folder: Path) -> None:
    Drafts(folder).save("好", "内容")
    for number, data in enumerate([b"", b"{", b"\xff", b"[]", b'{"key": 1, "text": "x"}']):
        (folder / f"{number}.json").write_bytes(data)
    assert Drafts(folder).all() == {"好": "内容"}
    assert len(os.listdir(folder)) == 6


def test_a_disk_that_fails_leaves_the_earlier_draft_whole(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = Drafts(folder)
    drafts.save("意见", "先前")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="space"):
            drafts.save("意见", "后来" * 1000)
    assert drafts.load("意见") == "先前"
    assert len(os.listdir(folder)) == 1


def test_a_draft_is_on_the_disk_before_it_takes_the_place_of_the_old_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def noted_fsync(descriptor: int) -> None:
        steps.append("sync folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "sync file")
        fsync(descriptor)

    def noted_replace(path: Path, target: Path) -> None:
        steps.append("replace")
        replace(path, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    Drafts(folder).save("意见", "内容")
    assert steps == ["sync file", "replace", "sync folder"]
