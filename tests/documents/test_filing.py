"""The hash of an issued document goes on record, by acts that replay, and guards the file from then on."""

import hashlib
from pathlib import Path

import msgspec

from documents.layout.profile import Profile, standard
from documents.publishing.document_hashes import record_issued
from documents.publishing.folder import Manifest
from documents.publishing.origin import origin
from documents.publishing.publisher import Publisher
from records.acts import Refusal
from records.register.register import Receipt, Register
from tests.bureau import REGISTER, at
from tests.documents.case import ITEM, NAME, NOW, RECORD, act, created, published, walk


def held(publisher: Publisher) -> Manifest:
    publisher.catch_up()
    found = publisher.manifest()
    assert found is not None
    return found


def on_record(register: Register) -> dict[str, str]:
    item = register.view().item(ITEM)
    assert item is not None
    return {each.name: each.hash for each in item.documents}


def test_what_is_issued_is_put_on_record_once_and_replays(tmp_path: Path) -> None:
    register = created(tmp_path)
    publisher = Publisher(register, standard())
    walk(register, "director_sign")
    names = [name for name, came in record_issued(register, held(publisher), NOW) if isinstance(came, Receipt)]
    assert names == [f"{ITEM}-report.docx"]
    walk(register, "archive")
    names = [name for name, came in record_issued(register, held(publisher), NOW) if isinstance(came, Receipt)]
    assert names == [NAME]
    assert on_record(register)[NAME] == f"sha256:{hashlib.sha256(published(register)).hexdigest()}"
    assert list(record_issued(register, held(publisher), NOW)) == []
    assert not [problem for _, problem in register.replay().problems() if problem]


def test_what_few_may_know_is_not_published_but_its_hash_is_on_record_and_tells_the_file(tmp_path: Path) -> None:
    register, other = created(tmp_path / "narrow"), created(tmp_path / "open")
    publisher = Publisher(register, standard())
    act(register, "register", "BGS.clerk1", {**REGISTER, "source_ref": ITEM, "need_to_know": ["L01", "L06"]})
    for each in (register, other):
        walk(each, "report_up")
    (built,) = (each for each in publisher.catch_up() if each.record == RECORD)
    assert built.files == ()
    came = dict(record_issued(register, held(publisher), NOW, [ITEM]))
    assert all(isinstance(each, Receipt) for each in came.values())
    assert set(on_record(register)) == set(came) > {NAME}
    assert not list(register.published.glob(f"{ITEM}*"))
    Publisher(other, standard()).catch_up()
    found = origin(register, standard(), published(other), [], lambda done, total: None)
    assert found
    assert (found.owner, found.name, found.word) == (ITEM, NAME, "")
    assert list(record_issued(register, held(publisher), NOW)) == []
    assert not [problem for _, problem in register.replay().problems() if problem]


def test_only_the_items_named_are_looked_at_and_a_wrong_clock_is_told(tmp_path: Path) -> None:
    register = created(tmp_path)
    publisher = Publisher(register, standard())
    walk(register, "archive")
    assert list(record_issued(register, held(publisher), NOW, ["DB-2026-0119"])) == []
    came = [came for _, came in record_issued(register, held(publisher), at("2026-08-30T09:00"), [ITEM])]
    assert came
    assert all(isinstance(each, Refusal) and "时钟" in str(each) for each in came)


def test_without_a_manifest_the_hash_on_record_still_tells_the_document_from_another(tmp_path: Path) -> None:
    register = created(tmp_path)
    walk(register, "archive")
    publisher = Publisher(register, standard())
    issued = held(publisher)
    assert all(isinstance(came, Receipt) for _, came in record_issued(register, issued, NOW))
    kept = published(register)
    (register.published / "manifest.json").unlink()
    other = Publisher(register, _larger())
    assert other.rebuild() != ()
    assert published(register) == kept
    (register.published / "manifest.json").unlink()
    (register.published / NAME).write_bytes(b"altered")
    problems = [str(problem) for built in other.rebuild() for problem in built.problems]
    assert any("登记成文的摘要不同" in problem for problem in problems)


def _larger() -> Profile:
    right = standard()
    return msgspec.structs.replace(right, title=msgspec.structs.replace(right.title, size=24))
