"""Broken records, full disks, kills: no file is ever half written, nothing issued is lost, and the next pass ends the work."""

import errno
import multiprocessing
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from documents.layout.profile import standard
from documents.publishing import folder
from documents.publishing.publisher import Published, Publisher, PublishError
from records.register.register import Register
from records.store.paths import item_path
from tests.documents.case import (
    BUREAU,
    COPY,
    ITEM,
    NAME,
    OTHER,
    OTHER_NAME,
    RECORD,
    Press,
    created,
    files,
    git,
    imported,
    manifest,
    outgoing,
    printed,
    published,
    pushed,
    walk,
)
from tests.planting import store_of

forked = multiprocessing.get_context("fork")


BREAKS: dict[str, Callable[[Register], object]] = {
    "unknown key": lambda register: pushed(register, (RECORD, "title:", "titel:")),
    "control character": lambda register: pushed(register, (RECORD, "三所学校", "三所\x1b[2J学校")),
    "link": lambda register: imported(register, f"M 120000 inline {RECORD}\ndata 11\n/etc/passwd"),
}


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_record_keeps_its_last_good_document_and_is_reported(
    register: Register, publisher: Publisher, broken: Callable[[Register], object]
) -> None:
    walk(register, "office_review")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    good, copy = published(register), published(register, COPY)
    sound = store_of(register).read(RECORD, register.head() or "")
    broken(register)
    walk(register, "director_sign", OTHER)
    told = {each.record: each for each in publisher.catch_up()}
    assert told[RECORD].problems
    assert OTHER_NAME in told[item_path(OTHER)].files  # one bad record hides no other
    assert (published(register), published(register, COPY)) == (good, copy)
    assert manifest(register)["problems"] == {RECORD: [str(problem) for problem in told[RECORD].problems]}
    assert publisher.catch_up() == ()  # told once
    (register.published / "manifest.json").unlink()
    publisher.catch_up()
    assert (published(register), published(register, COPY)) == (good, copy)
    assert list(manifest(register)["problems"]) == [RECORD]
    imported(register, f"M 100644 inline {RECORD}\ndata {len(sound or b'')}\n{(sound or b'').decode()}")
    assert [(each.record, each.problems) for each in publisher.catch_up()] == [(RECORD, ())]
    assert manifest(register)["problems"] == {}


def test_what_no_document_can_be_made_of_is_a_problem(register: Register, publisher: Publisher) -> None:
    walk(register, "office_review")
    pushed(register, ("leaders.yaml", "role: bureau_leader", "role: deputy_director_in_charge"))
    built = publisher.catch_up()
    assert ["缺少签发人" in str(problem) for each in built for problem in each.problems] == [True]
    pushed(register, ("leaders.yaml", "person: L01", "person: L01\n    until: '2026-12-31'"))
    assert outgoing(publisher.catch_up()) == []
    pushed(register, ("leaders.yaml", "role: deputy_director_in_charge", "role: bureau_leader"))
    assert outgoing(publisher.catch_up()) == [NAME]


def test_drafts_wait_for_a_broken_bureau_and_issued_documents_do_not(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    walk(register, "office_review", OTHER)
    broken = ("bureau.yaml", "organ_char", "organ_chat")
    pushed(register, broken)
    assert outgoing(publisher.catch_up()) == [NAME]
    assert (register.published / f"{OTHER}-notice-1.docx").exists()  # beside a draft that has to wait
    assert set(manifest(register)["problems"]) == {"bureau.yaml", item_path(OTHER)}
    pushed(register, (broken[0], broken[2], broken[1]))
    assert outgoing(publisher.catch_up()) == [OTHER_NAME]
    assert manifest(register)["problems"] == {}


def killed_at(register: Register, n: int) -> bool:
    """Publish in a process that dies, without a word, before it puts its nth file in place; say whether it got so far."""

    def work() -> None:
        rename, count = os.replace, [0]

        def deadly(old: Path, new: Path) -> None:
            count[0] += 1
            if count[0] == n:
                os.kill(os.getpid(), signal.SIGKILL)
            rename(old, new)

        os.replace = deadly  # type: ignore[assignment]
        Publisher(register, standard(), Press(alike=True)).catch_up()

    child = forked.Process(target=work)
    child.start()
    child.join(60)
    return child.exitcode == -signal.SIGKILL


def test_a_kill_at_any_file_leaves_every_file_whole_and_the_next_pass_ends_the_work(register: Register, tmp_path: Path) -> None:
    walk(register, "office_review")
    Publisher(register, standard(), Press(alike=True)).catch_up()
    before = files(register)
    walk(register, "bureau_sign")
    pushed(register, BUREAU)
    whole = {name: {data} for name, data in before.items()}
    other = created(tmp_path / "other")
    git(other, "fetch", "-q", "--update-head-ok", "-f", str(store_of(register).path), "main:main")
    Publisher(other, standard(), Press(alike=True)).catch_up()
    after = files(other)
    for name, data in after.items():
        whole.setdefault(name, set()).add(data)
    deaths = 0
    while killed_at(register, deaths + 1):
        deaths += 1
        found = {name: data for name, data in files(register).items() if not name.endswith(".new")}
        assert {name for name in before if not name.endswith(".pdf")} <= found.keys()
        assert all(data in whole[name] for name, data in found.items() if name != "manifest.json")
        assert Publisher(register, standard()).manifest() is not None
        assert {printed(register, name) for name in found if name.endswith(".docx")} <= {True, False}  # never that of another text
        for name in files(register):
            (register.published / name).unlink()
        for name, data in before.items():
            (register.published / name).write_bytes(data)
    assert deaths >= 6  # document, PDF, copies, manifest twice
    assert files(register) == after


def test_a_full_disk_is_told_and_the_next_pass_tries_again(
    register: Register, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk(register, "office_review")
    publisher.catch_up()
    before = files(register)
    walk(register, "director_sign")

    def full(path: Path, data: bytes, mode: int) -> None:
        raise OSError(errno.ENOSPC, "")

    with monkeypatch.context() as patch:
        patch.setattr(folder, "write_durably", full)
        with pytest.raises(PublishError, match=r"发布公文失败：磁盘已满.*请排除故障后重试"):
            publisher.catch_up()
        assert files(register) == before
    assert outgoing(publisher.catch_up()) == [NAME]


@pytest.fixture
def small_disk(register: Register) -> Iterator[Path]:
    """The published folder on a disk of its own that holds four megabytes."""
    register.published.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", register.published], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no right to mount a disk of limited size")
    yield register.published
    subprocess.run(["umount", register.published], check=True)


def issued(publisher: Publisher) -> list[Published]:
    found = publisher.manifest()
    assert found
    return [each for each in found.documents if each.item == ITEM and not each.draft]


@pytest.mark.parametrize("room", [2_000, 60_000], ids=["no document fits", "no PDF fits"])
def test_a_disk_that_is_really_full_loses_nothing(register: Register, small_disk: Path, room: int) -> None:
    publisher = Publisher(register, standard(), Press(size=70_000))
    walk(register, "bureau_sign")
    publisher.catch_up()
    before, signed = {path.name: path.read_bytes() for path in small_disk.glob("DB-*")}, issued(publisher)
    walk(register, "consent", OTHER)
    disk = os.statvfs(small_disk)
    (small_disk / "filler").write_bytes(b"x" * (disk.f_bavail * disk.f_bsize - room))
    for _ in range(2):
        with pytest.raises(PublishError, match="磁盘已满"):
            publisher.catch_up()
        assert {path.name: path.read_bytes() for path in small_disk.glob(f"{ITEM}-*")} == before
        assert issued(publisher) == signed
    (small_disk / "filler").unlink()
    publisher.catch_up()
    assert manifest(register)["commit"] == register.head()
    assert printed(register, f"{OTHER}-report.docx")
    assert publisher.catch_up() == ()
