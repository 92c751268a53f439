"""A PDF beside each document: made when the document is, never of another text, and nobody waits for it."""

import shutil
from pathlib import Path

import pytest

from documents.layout.profile import standard
from documents.publishing.folder import digest
from documents.publishing.publisher import Built, Publisher
from records.register.register import Register
from records.store.paths import item_path
from tests.documents.case import (
    ITEM,
    NAME,
    OTHER,
    OTHER_NAME,
    RECORD,
    REPORT_NAME,
    TITLE,
    Press,
    created,
    manifest,
    printed,
    published,
    pushed,
    walk,
)

PDF = f"{ITEM}-special.pdf"


@pytest.fixture
def register(tmp_path: Path) -> Register:
    found = created(tmp_path / "register")
    walk(found, "office_review")
    return found


def written(built: tuple[Built, ...]) -> list[str]:
    return [name for each in built for name in each.files if name.endswith(".pdf")]


def problems(built: tuple[Built, ...]) -> list[str]:
    return [str(problem) for each in built for problem in each.problems]


def test_every_document_has_its_pdf_and_the_manifest_tells_its_hash(register: Register) -> None:
    publisher = Publisher(register, standard(), Press())
    built = publisher.catch_up()
    documents = [path.name for path in register.published.glob("*.docx")]
    assert {NAME, REPORT_NAME} <= set(documents)
    assert all(printed(register, name) for name in documents)
    assert len(written(built)) == len(documents)
    told = {each["name"]: each["pdf"] for each in manifest(register)["documents"]}
    assert told == {name: digest((register.published / name).with_suffix(".pdf").read_bytes()) for name in documents}
    assert publisher.catch_up() == publisher.rebuild() == ()


def test_who_wants_one_items_documents_does_not_wait_for_the_pdfs_of_others(register: Register) -> None:
    walk(register, "office_review", OTHER)
    Publisher(register, standard()).catch_up()
    publisher = Publisher(register, standard(), Press())
    seen: list[tuple[int, int]] = []
    own = written(publisher.rebuild(ITEM, lambda done, total: seen.append((done, total))))
    assert PDF in own
    assert all(name.startswith(ITEM) for name in own)
    assert (len(own) - 1, len(own)) in seen
    assert all(name.startswith(OTHER) for name in written(publisher.rebuild()))


def test_a_changed_document_has_another_pdf_and_an_unchanged_one_keeps_its_own(register: Register) -> None:
    publisher = Publisher(register, standard(), Press())
    publisher.catch_up()
    draft, agreed = published(register, PDF), published(register, f"{ITEM}-report.pdf")
    walk(register, "bureau_sign")
    assert PDF in written(publisher.catch_up())
    issued = published(register, PDF)
    assert printed(register)
    assert issued != draft
    walk(register, "archive")
    Publisher(register, standard()).catch_up()  # nor does one without a printer take it away
    publisher.rebuild()
    assert published(register, PDF) == issued
    assert published(register, f"{ITEM}-report.pdf") == agreed


def test_without_a_printer_no_pdf_of_an_earlier_text_is_left(register: Register) -> None:
    assert not written(Publisher(register, standard()).catch_up())
    assert problems(Publisher(register, standard(), Press()).catch_up()) == []
    assert printed(register)  # the register has not moved, and yet they came when there was a printer
    walk(register, "director_sign")
    (built,) = Publisher(register, standard()).catch_up()
    assert PDF in built.removed
    assert built.problems == ()
    assert not printed(register)
    assert printed(register, REPORT_NAME)


def test_what_was_lost_or_altered_is_printed_again(register: Register) -> None:
    publisher = Publisher(register, standard(), Press())
    publisher.catch_up()
    (register.published / PDF).unlink()
    (register.published / f"{ITEM}-report.pdf").write_bytes(b"altered")
    assert set(written(publisher.rebuild(ITEM))) == {PDF, f"{ITEM}-report.pdf"}
    assert printed(register)
    assert printed(register, REPORT_NAME)
    (register.published / "manifest.json").unlink()
    (register.published / NAME).unlink()
    publisher.catch_up()
    assert printed(register)


def test_what_is_no_document_any_more_takes_its_pdf_along(register: Register) -> None:
    publisher = Publisher(register, standard(), Press())
    publisher.catch_up()
    pushed(register, (RECORD, TITLE, f"{TITLE}（更名）"))
    shutil.rmtree(register.published / "records")
    (register.published / "manifest.json").unlink()
    (register.published / "DB-2026-0007-special.pdf").write_bytes(b"of another register")
    (register.published / "notes.pdf").write_bytes(b"a person's own")
    removed = {name for each in publisher.catch_up() for name in each.removed}
    assert "DB-2026-0007-special.pdf" in removed
    assert published(register, "notes.pdf")
    assert printed(register)


def test_a_printer_that_fails_once_spoils_one_pdf_until_the_next_pass(register: Register) -> None:
    publisher = Publisher(register, standard(), Press(failing=1))
    built = publisher.catch_up()
    (problem,) = problems(built)
    assert problem.startswith(RECORD)
    assert "排版程序已退出" in problem
    documents = [path.name for path in register.published.glob("*.docx")]
    missing = [name for name in documents if not printed(register, name)]
    assert len(missing) == 1
    assert missing[0] in problem
    assert manifest(register)["problems"] == {RECORD: [problem]}
    (again,) = publisher.catch_up()  # the register has not moved
    assert (again.files, again.problems) == ((f"{missing[0].removesuffix('.docx')}.pdf",), ())
    assert manifest(register)["problems"] == {}


def test_a_printer_that_always_fails_costs_no_document(register: Register) -> None:
    publisher = Publisher(register, standard(), Press())
    publisher.catch_up()
    walk(register, "director_sign")
    walk(register, "office_review", OTHER)
    dead = Publisher(register, standard(), Press(failing=-1))
    told = {each.record: each for each in dead.catch_up()}
    assert NAME in told[RECORD].files
    assert (register.published / OTHER_NAME).exists()
    assert not printed(register)  # that of the earlier draft is gone
    assert printed(register, REPORT_NAME)
    assert len(manifest(register)["problems"]) == 2
    assert dead.catch_up() == ()  # told once
    assert [each.record for each in publisher.catch_up()] == [RECORD, item_path(OTHER)]
    assert manifest(register)["problems"] == {}
    assert printed(register)


def test_documents_do_not_wait_for_the_pdfs_of_others(register: Register) -> None:
    class Slow(Press):
        """Somebody acts while the first PDF is being made."""

        def pdf(self, data: bytes) -> bytes:
            if not self.made:
                walk(register, "director_sign")
            return super().pdf(data)

    Publisher(register, standard()).catch_up()
    walk(register, "sign_for", OTHER)
    publisher = Publisher(register, standard(), Slow())
    (first,) = written(publisher.catch_up())
    assert first.startswith(OTHER)  # what has just changed comes before what has waited long
    documents = list(register.published.glob("*.docx"))
    assert len(documents) > 1
    publisher.catch_up()
    assert all(printed(register, path.name) for path in documents)


def test_a_pass_that_is_ended_keeps_the_pdfs_it_has_made(register: Register) -> None:
    press = Press()

    def enough(_done: int, _all: int) -> None:
        if press.made == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        Publisher(register, standard(), press).catch_up(enough)
    assert sum(bool(each["pdf"]) for each in manifest(register)["documents"]) == 2
    documents = list(register.published.glob("*.docx"))
    assert len(written(Publisher(register, standard(), press).catch_up())) == len(documents) - 2
