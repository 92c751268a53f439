"""The published folder as a whole: its manifest, the copies, that nothing else is touched, and who may work on it."""

import json
import threading
from collections.abc import Callable

import pytest

from documents.layout.profile import standard
from documents.publishing.folder import FORMAT, digest
from documents.publishing.publisher import Publisher, PublishError
from records.register.register import Register
from records.store.paths import item_path
from tests.bureau import REGISTER
from tests.documents.case import (
    ITEM,
    NAME,
    OTHER,
    OTHER_NAME,
    RECORD,
    REPORT_NAME,
    Press,
    act,
    draft_of,
    files,
    git,
    manifest,
    outgoing,
    published,
    pushed,
    texts,
    walk,
)
from tests.planting import store_of


def test_copies_of_records_lie_beside_the_documents_but_of_those_that_name_every_matter(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    publisher.catch_up()
    head = register.head() or ""
    paths = [change.path for change in store_of(register).changes(None, head)]
    assert {RECORD, "bureau.yaml", "units/JJ.yaml", "numbers/2026/special.yaml"} <= set(paths)
    expected = {f"records/{path}": store_of(register).read(path, head) for path in paths if not path.startswith("numbers/")}
    assert {name: data for name, data in files(register).items() if name.startswith("records/")} == expected


def test_the_manifest_tells_commit_hash_and_size_of_each_document(register: Register, publisher: Publisher) -> None:
    walk(register, "reserve_number")
    signed = act(register, "bureau_sign", "L01", {})
    walk(register, "report_up")
    publisher.catch_up()
    data = published(register)
    found = manifest(register)
    assert found["commit"] == register.head() != signed
    assert found["problems"] == {}
    (entry,) = (each for each in found["documents"] if each["name"] == NAME)
    assert (entry["name"], entry["item"], entry["commit"]) == (NAME, ITEM, signed)
    assert (entry["sha256"], entry["bytes"], entry["draft"]) == (digest(data), len(data), "")


def test_only_what_changed_is_touched(register: Register, publisher: Publisher) -> None:
    walk(register, "office_review")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    before = {path: path.stat().st_ino for path in register.published.rglob("*.*") if path.is_file()}
    walk(register, "director_sign", OTHER)
    (built,) = publisher.catch_up()
    assert built.record == item_path(OTHER)
    assert {f"records/{item_path(OTHER)}", OTHER_NAME} <= set(built.files)
    changed = {path.relative_to(register.published).as_posix() for path, inode in before.items() if path.stat().st_ino != inode}
    assert changed == {"manifest.json", *built.files}
    assert not [name for name in changed if ITEM in name]
    assert publisher.catch_up() == ()


def test_the_same_commit_gives_the_same_bytes(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    before = files(register)
    assert publisher.rebuild() == ()
    assert publisher.rebuild(ITEM) == ()
    for name in before:
        (register.published / name).unlink()
    publisher.catch_up()
    assert files(register) == before


def test_rebuilding_puts_back_what_was_altered_in_the_folder(register: Register, publisher: Publisher) -> None:
    walk(register, "bureau_sign")
    walk(register, "office_review", OTHER)
    publisher.catch_up()
    before = files(register)
    (register.published / NAME).write_bytes(b"altered")
    (register.published / OTHER_NAME).unlink()
    assert outgoing(publisher.rebuild(ITEM)) == [NAME]
    assert outgoing(publisher.rebuild()) == [OTHER_NAME]
    assert files(register) == before
    with pytest.raises(ValueError, match="x"):
        publisher.rebuild("../x")


def foreign(data: bytes) -> bytes:
    return data.replace(json.loads(data)["commit"].encode(), b"a" * 40)


def newer(data: bytes) -> bytes:
    return data.replace(b'"format": %d' % FORMAT, b'"format": %d' % (FORMAT + 1))


def escaping(data: bytes) -> bytes:
    return data.replace(NAME.encode(), b"../../x.docx")


@pytest.mark.parametrize("spoil", [foreign, newer, escaping, lambda data: data[:-9], lambda _: b"\xff", lambda _: b"[]", lambda _: b""])
def test_a_manifest_that_cannot_be_relied_on_is_made_anew(
    register: Register, publisher: Publisher, spoil: Callable[[bytes], bytes]
) -> None:
    walk(register, "bureau_sign")
    publisher.catch_up()
    before = files(register)
    (register.published / "manifest.json").write_bytes(spoil(before["manifest.json"]))
    (register.published / "DB-2026-0007-special.docx").write_bytes(b"of another register")
    (register.published / "records/units/ZZ.yaml").write_bytes(b"of another register")
    (register.published / "notes.txt").write_bytes(b"a person's own")
    removed = {name for each in publisher.catch_up() for name in each.removed}
    assert removed == {"DB-2026-0007-special.docx", "records/units/ZZ.yaml"}
    assert files(register) == before | {"notes.txt": b"a person's own"}


def test_a_manifest_of_a_history_that_was_rewritten_is_made_anew(register: Register, publisher: Publisher) -> None:
    walk(register, "office_review")
    kept = register.head() or ""
    walk(register, "bureau_sign")
    publisher.catch_up()
    git(register, "update-ref", "refs/heads/main", kept)
    publisher.catch_up()
    assert texts(published(register))[0] == "草稿"
    assert draft_of(register, publisher) == "草稿"


def test_a_second_publisher_is_turned_away(register: Register, publisher: Publisher) -> None:
    second = Publisher(register, standard())
    with publisher.try_lock() as mine:
        assert mine
        with pytest.raises(PublishError, match="另一个程序正在发布"):
            second.catch_up()
        with second.try_lock() as too:
            assert not too
        thread = threading.Thread(target=lambda: results.append(_locks(publisher)))
        results: list[bool] = []
        thread.start()
        thread.join(20)
        assert results == [False]
        publisher.catch_up()  # the holder itself works on
    with second.try_lock() as now:
        assert now
    second.rebuild()


def _locks(publisher: Publisher) -> bool:
    with publisher.try_lock() as mine:
        return mine


def test_a_folder_that_cannot_be_made_is_told(register: Register, publisher: Publisher) -> None:
    register.published.write_text("in the way")
    with pytest.raises(PublishError, match=r"发布公文失败：.*published"):
        publisher.catch_up()


def test_progress_may_end_a_pass_and_nothing_is_lost(register: Register, publisher: Publisher) -> None:
    walk(register, "office_review")
    seen: list[tuple[int, int]] = []

    def enough(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        publisher.catch_up(enough)
    assert publisher.manifest() is None
    publisher.catch_up(lambda done, total: seen.append((done, total)))
    assert seen[-1] == (seen[0][1], seen[0][1])
    assert texts(published(register))[0] == "草稿"


def test_what_few_may_know_is_not_published(register: Register, publisher: Publisher) -> None:
    open_matter = {**REGISTER, "source_ref": "群众来信摘报第8期（虚构）"}
    act(register, "register", "BGS.clerk1", {**open_matter, "need_to_know": ["L01", "L06"]})
    walk(register, "bureau_sign")
    publisher.catch_up()
    assert not list(register.published.rglob(f"{ITEM}*"))
    assert manifest(register)["documents"] == []
    assert {each["name"] for each in manifest(register)["withheld"]} > {NAME, REPORT_NAME}


def test_what_few_may_know_from_now_on_is_taken_away(register: Register) -> None:
    walk(register, "bureau_sign")
    publisher = Publisher(register, standard(), Press())
    publisher.catch_up()
    pushed(register, (RECORD, "\nstate:", "\nneed_to_know:\n  - L01\nstate:"))
    (built,) = publisher.catch_up()
    assert built.problems == ()
    assert NAME in built.removed
    assert not list(register.published.rglob(f"{ITEM}*"))
    assert NAME in {each["name"] for each in manifest(register)["withheld"]}
    pushed(register, (RECORD, "\nneed_to_know:\n  - L01\nstate:", "\nstate:"))
    publisher.catch_up()
    assert NAME in {each["name"] for each in manifest(register)["documents"]}
    assert manifest(register)["withheld"] == []


def test_a_signature_altered_where_few_may_know_is_told(register: Register) -> None:
    walk(register, "bureau_sign")
    pushed(register, (RECORD, "\nstate:", "\nneed_to_know:\n  - L01\nstate:"))
    publisher = Publisher(register, standard())
    publisher.catch_up()
    before = manifest(register)["withheld"]
    item = register.view().item(ITEM)
    assert item
    assert item.outgoing
    assert item.outgoing.signature
    pushed(register, (RECORD, f"  number: {item.outgoing.number}", "  number: 兰公办〔2026〕999号"))
    (built,) = publisher.catch_up()
    assert "签发签名与历史中的签发不符" in str(built.problems)
    assert manifest(register)["withheld"] == before
