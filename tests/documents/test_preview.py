"""Previews out of a clone: what is saved there shows as a draft, what is wrong with it is told at file and line."""

import os
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from queue import Queue

import pytest

from documents.layout.profile import standard
from documents.publishing.preview import Looked, Preview, follow
from documents.publishing.publisher import Publisher
from records.register.register import Register
from records.store.paths import item_path
from records.store.store import StoreError
from records.store.worktree import WORK_TREE, WorkTree
from tests.documents.case import ITEM, NAME, OTHER, OTHER_NAME, RECORD, REPORT_NAME, TITLE, Press, created, published, texts, walk
from tests.planting import store_of

OTHER_RECORD = item_path(OTHER)
PATIENCE = 30  # seconds until a test gives up; nothing is measured by it


@pytest.fixture
def register(tmp_path: Path) -> Register:
    """Return a register with an item whose document is issued, and one whose document waits for its signature."""
    found = created(tmp_path / "register")
    walk(found, "bureau_sign")
    walk(found, "director_sign", OTHER)
    return found


@pytest.fixture
def clone(register: Register, tmp_path: Path) -> Path:
    return cloned(register, tmp_path)


@pytest.fixture
def folder(clone: Path) -> Path:
    return clone / "preview"


def git(folder: Path, *words: str) -> str:
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=True, env=environment, encoding="utf-8").stdout


def cloned(register: Register, place: Path) -> Path:
    git(place, "clone", "--quiet", str(store_of(register).path), "clone")
    return place / "clone"


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def previewing(clone: Path, folder: Path, printer: Press | None = None) -> Preview:
    return Preview(WorkTree(clone), folder, standard(), printer)


def names(found: Sequence[Looked]) -> set[str]:
    return {name for each in found for name in each.written}


def lying(folder: Path, ending: str = ".docx") -> set[str]:
    return {path.name for path in folder.iterdir() if path.name.endswith(ending)}


def test_it_begins_with_what_was_altered_and_what_is_asked_for(clone: Path, folder: Path) -> None:
    assert list(previewing(clone, folder).begin()) == []
    edit(clone / RECORD, TITLE, "关于三所学校的报告")
    begun = list(previewing(clone, folder).begin())
    assert [each.record for each in begun] == [RECORD]
    assert NAME in names(begun)
    assert "关于三所学校的报告" in texts((folder / NAME).read_bytes())
    assert [each.record for each in previewing(clone, folder).begin([OTHER])] == [RECORD, OTHER_RECORD]
    assert {NAME, OTHER_NAME} <= lying(folder)


def test_every_preview_is_a_draft_also_of_what_was_issued(register: Register, clone: Path, folder: Path) -> None:
    Publisher(register, standard()).catch_up()
    assert texts(published(register))[0] != "草稿"
    list(previewing(clone, folder).begin([ITEM, OTHER]))
    made = lying(folder)
    assert {NAME, OTHER_NAME, REPORT_NAME} <= made
    for name in made:
        data = (folder / name).read_bytes()
        assert texts(data)[0] == "草稿", name
        assert data != (register.published / name).read_bytes(), name


def test_people_come_from_the_work_tree_and_a_change_of_them_shows(clone: Path, folder: Path) -> None:
    preview = previewing(clone, folder)
    list(preview.begin([ITEM]))
    edit(clone / "bureau.yaml", "name: 兰州市公安局", "name: 金城市公安局")
    looked = list(preview.look(["bureau.yaml"]))
    assert NAME in names(looked)
    assert "金城市公安局" in "".join(texts((folder / NAME).read_bytes()))
    edit(clone / "bureau.yaml", "name:", "names:")
    [wrong] = preview.look(["bureau.yaml"])
    assert str(wrong.problems[0]).startswith("bureau.yaml:")
    assert "金城市公安局" in "".join(texts((folder / NAME).read_bytes()))
    edit(clone / "bureau.yaml", "names:", "name:")
    assert next(iter(preview.look(["bureau.yaml"]))).mended


def test_what_another_record_held_up_comes_when_that_is_mended(clone: Path, folder: Path) -> None:
    edit(clone / "bureau.yaml", "name:", "names:")
    preview = previewing(clone, folder)
    assert {each.record for each in preview.begin([ITEM]) if each.problems} == {"bureau.yaml", RECORD}
    edit(clone / "bureau.yaml", "names:", "name:")
    looked = list(preview.look(["bureau.yaml"]))
    assert {each.record for each in looked if each.mended} == {"bureau.yaml", RECORD}
    assert NAME in names(looked)


def test_any_record_is_checked_and_its_change_told_where_it_shows(clone: Path, folder: Path) -> None:
    preview = previewing(clone, folder)
    list(preview.begin([ITEM]))
    edit(clone / "policy.yaml", "\n", "\n\n")
    assert list(preview.look(["policy.yaml"])) == []
    (clone / "calendar" / "2026.yaml").write_text("year: 二〇二六\n")
    [wrong] = preview.look(["calendar/2026.yaml"])
    assert str(wrong.problems[0]).startswith("calendar/2026.yaml:1:")


def test_mistakes_are_told_at_their_line_once_a_change_and_so_is_their_end(clone: Path, folder: Path) -> None:
    preview = previewing(clone, folder)
    list(preview.begin([OTHER]))
    before = (folder / OTHER_NAME).read_bytes()
    line = next(n for n, text in enumerate((clone / OTHER_RECORD).read_text().splitlines(), start=1) if text.startswith("due:"))
    edit(clone / OTHER_RECORD, "\ndue: '2026-09-07'", "\ndue: 九月七日")
    [wrong] = preview.look([OTHER_RECORD])
    assert [str(problem).split(" ")[0] for problem in wrong.problems] == [f"{OTHER_RECORD}:{line}:1"]
    assert (wrong.written, wrong.mended) == ((), False)
    assert (folder / OTHER_NAME).read_bytes() == before
    (clone / OTHER_RECORD).touch()
    assert list(preview.look([OTHER_RECORD])) == []
    edit(clone / OTHER_RECORD, "\ndue: 九月七日", "\ndue: '2026-09-08'")
    [sound] = preview.look([OTHER_RECORD])
    assert (sound.problems, sound.mended) == ((), True)


def test_a_record_that_lies_in_the_wrong_place_is_told(clone: Path, folder: Path) -> None:
    wrong = (clone / OTHER_RECORD).with_name("DB-2026-0120.yaml")
    (clone / OTHER_RECORD).rename(wrong)
    looked = {each.record: each for each in previewing(clone, folder).begin()}
    assert f"应在 {OTHER_RECORD}" in str(looked[wrong.relative_to(clone).as_posix()].problems[0])


def test_what_cannot_be_printed_is_told_and_stops_no_other_paper(clone: Path, folder: Path) -> None:
    edit(clone / RECORD, "number: 兰公交报〔2026〕1号", "number: 兰公交报第1号")
    [looked] = previewing(clone, folder).begin()
    assert ["兰公交报第1号" in str(problem) for problem in looked.problems] == [True]
    assert NAME in looked.written
    assert REPORT_NAME not in lying(folder)


def test_a_deleted_record_takes_its_previews_with_it(clone: Path, folder: Path) -> None:
    preview = previewing(clone, folder)
    list(preview.begin([ITEM, OTHER]))
    (clone / RECORD).unlink()
    [gone] = preview.look([RECORD])
    assert NAME in gone.removed
    assert all(OTHER in name for name in lying(folder))
    git(clone, "checkout", "--quiet", "--", RECORD)
    assert NAME in names(list(preview.look([RECORD])))


def test_a_copy_in_the_wrong_place_takes_nothing_with_it_when_it_goes(clone: Path, folder: Path) -> None:
    copy = clone / "items" / "2026" / "05" / f"{ITEM}.yaml"
    copy.parent.mkdir()
    copy.write_bytes((clone / RECORD).read_bytes())
    preview = previewing(clone, folder)
    list(preview.begin([ITEM]))
    before = lying(folder)
    copy.unlink()
    assert list(preview.look([copy.relative_to(clone).as_posix()])) == []
    assert lying(folder) == before


def test_papers_that_are_no_longer_due_go(clone: Path, folder: Path) -> None:
    list(previewing(clone, folder).begin([ITEM, OTHER]))
    assert [each.record for each in previewing(clone, folder).begin([OTHER])] == [OTHER_RECORD]
    assert all(OTHER in name for name in lying(folder))


def test_git_sees_no_preview_and_a_folder_with_other_files_is_left_alone(clone: Path, folder: Path, tmp_path: Path) -> None:
    list(previewing(clone, folder).begin([ITEM]))
    assert git(clone, "status", "--porcelain") == ""
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / NAME).write_bytes(b"the issued one")
    with pytest.raises(StoreError, match="已有别的文件"):
        previewing(clone, mine)
    assert [path.name for path in mine.iterdir()] == [NAME]


def test_a_pdf_follows_its_preview(clone: Path, folder: Path) -> None:
    printer = Press()
    preview = previewing(clone, folder, printer)
    begun = list(preview.begin([ITEM]))
    pdf = NAME.replace(".docx", ".pdf")
    assert pdf in names(begun)
    assert {name.removesuffix(".docx") for name in lying(folder)} == {name.removesuffix(".pdf") for name in lying(folder, ".pdf")}
    printer.failing = -1
    edit(clone / RECORD, TITLE, "关于三所学校的报告")
    looked = list(preview.look([RECORD]))
    assert any(f"{pdf} 未生成：排版程序已退出" in str(problem) for each in looked for problem in each.problems)
    assert pdf not in lying(folder, ".pdf")  # rather none than one of the text before
    assert f"{ITEM}-receipts.pdf" in lying(folder, ".pdf")


@pytest.mark.parametrize("kind", ["register", "empty", "other repository", "missing"])
def test_what_is_no_clone_is_refused(register: Register, tmp_path: Path, kind: str) -> None:
    place = register.home if kind == "register" else tmp_path / "elsewhere"
    if kind in {"empty", "other repository"}:
        place.mkdir()
    if kind == "other repository":
        git(place, "init", "--quiet", "--initial-branch=main")
        git(place, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "--allow-empty", "--message=x")
    with pytest.raises(StoreError, match="是登记簿本身" if kind == "register" else "不是登记簿的克隆"):
        WorkTree(place)


def test_a_link_in_the_work_tree_is_not_followed(clone: Path, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("秘密")
    (clone / RECORD).unlink()
    (clone / RECORD).symlink_to(tmp_path / "secret")
    [looked] = previewing(clone, folder).begin()
    assert "不是普通文件" in str(looked.problems[0])


def test_history_stays_readable_beside_the_work_tree(clone: Path) -> None:
    tree = WorkTree(clone)
    head = tree.head() or ""
    committed = tree.blob_id("bureau.yaml", head)
    assert committed == tree.blob_id("bureau.yaml", WORK_TREE)
    assert {each.name for each in tree.entries("units", WORK_TREE)} == {each.name for each in tree.entries("units", head)}
    edit(clone / "bureau.yaml", "name: 兰州市公安局", "name: 金城市公安局")
    assert "金城市" in tree.blob(tree.blob_id("bureau.yaml", WORK_TREE) or "").decode()
    assert "金城市" not in (tree.read("bureau.yaml", head) or b"").decode()
    assert tree.changed() == ("bureau.yaml",)


class Following:
    """A preview at work in a thread of its own, and what it tells."""

    def __init__(self, clone: Path, folder: Path, owners: Sequence[str]) -> None:
        self.looked: Queue[Looked] = Queue()
        self.failed: list[Exception] = []
        self.stop = threading.Event()
        self.told: list[str] = []
        told = {"owners": owners, "stop": self.stop, "looked": self.looked.put, "failed": self.failed.append, "told": self.told.append}
        self.thread = threading.Thread(target=follow, args=(Preview(WorkTree(clone), folder, standard()),), kwargs=told, daemon=True)
        self.thread.start()

    def until(self, reached: Callable[[Looked], bool]) -> Looked:
        while not reached(found := self.looked.get(timeout=PATIENCE)):
            pass
        return found


@contextmanager
def following(clone: Path, folder: Path, *owners: str) -> Iterator[Following]:
    found = Following(clone, folder, owners)
    try:
        yield found
    finally:
        found.stop.set()
        found.thread.join(PATIENCE)
        assert not found.thread.is_alive()


def test_it_follows_what_editors_do(clone: Path, folder: Path) -> None:
    record = clone / RECORD
    with following(clone, folder, ITEM) as found:
        found.until(lambda each: NAME in each.written)
        # As vim saves: a probe, a swap file, the old file renamed, the new one written in its place.
        (record.parent / "4913").touch()
        (record.parent / f".{ITEM}.yaml.swp").write_text("half")
        text = record.read_text().replace(TITLE, "关于三所学校的报告")
        record.rename(f"{record}~")
        record.write_text(text)
        found.until(lambda each: NAME in each.written)
        assert "关于三所学校的报告" in texts((folder / NAME).read_bytes())
        # As others do: a temporary file renamed over the old one.
        spare = record.with_suffix(".tmp")
        spare.write_text(text.replace("关于三所学校的报告", "due: ["))
        spare.replace(record)
        assert RECORD in str(found.until(lambda each: bool(each.problems)).problems[0])
        for n in range(50):
            record.write_text(text.replace("关于三所学校的报告", f"关于第{n}次更名的报告"))
        while "关于第49次更名的报告" not in texts((folder / NAME).read_bytes()):
            found.until(lambda each: NAME in each.written)
        record.unlink()
        assert NAME in found.until(lambda each: bool(each.removed)).removed
    assert found.failed == []


def test_a_new_folder_of_records_is_seen(clone: Path, folder: Path, tmp_path: Path) -> None:
    with following(clone, folder, OTHER) as found:
        found.until(lambda each: each.record == OTHER_RECORD)
        new = tmp_path / "outside"
        new.mkdir()
        number = OTHER_RECORD.replace("2026-0119", "2026-0219").replace("/01/", "/02/")
        (new / f"{Path(number).stem}.yaml").write_text((clone / OTHER_RECORD).read_text().replace(OTHER, "DB-2026-0219"))
        new.rename((clone / number).parent)
        assert found.until(lambda each: each.record == number).problems == ()
    assert found.failed == []


def test_an_error_is_told_and_the_next_change_makes_up_for_it(clone: Path, folder: Path) -> None:
    edit(clone / RECORD, TITLE, "关于三所学校的报告")
    with following(clone, folder) as found:
        found.until(lambda each: NAME in each.written)
        (folder / NAME).unlink()
        (folder / NAME).mkdir()
        edit(clone / RECORD, "关于三所学校的报告", TITLE)
        while not found.failed:
            found.stop.wait(0.02)
        assert "是目录，不是普通文件" in str(found.failed[0])
        (folder / NAME).rmdir()
        edit(clone / OTHER_RECORD, TITLE, "关于另三所学校的报告")
        found.until(lambda each: NAME in each.written)
    assert TITLE in texts((folder / NAME).read_bytes())
