"""A document that was issued with a mistake and withdrawn: its file stays what it was, and whoever verifies it is told (D-13)."""

from datetime import timedelta
from pathlib import Path

from click.testing import CliRunner

from documents.layout.profile import standard
from documents.publishing.document_hashes import record_issued
from documents.publishing.publisher import Publisher
from records.register.register import Receipt
from tests.bureau import OUTGOING
from tests.documents.case import ITEM, NAME, NOW, act, created, published, texts, walk
from tests.documents.test_filing import held
from tui.command import duban


def test_a_withdrawn_document_is_told_from_the_one_that_took_its_place(tmp_path: Path) -> None:
    register = created(tmp_path / "register")
    publisher = Publisher(register, standard())
    walk(register, "bureau_sign")
    assert all(isinstance(came, Receipt) for _, came in record_issued(register, held(publisher), NOW))
    first = published(register)
    later = [NOW + timedelta(hours=n) for n in range(1, 6)]
    act(register, "withdraw_document", "L01", {"reason": "清单漏列一所学校。"}, when=later[0])
    text = {name: OUTGOING[name] for name in ("kind", "title", "to")} | {"body": "四所学校均已整改。"}
    act(register, "redraft_document", "BGS.clerk1", text, when=later[1])
    act(register, "director_sign", "BGS.director_in_charge", {}, when=later[2])
    act(register, "reserve_number", "BGS.registry", {}, when=later[3])
    act(register, "bureau_sign", "L01", {"text": "同意。"}, when=later[4])
    assert all(isinstance(came, Receipt) for _, came in record_issued(register, held(publisher), later[4]))
    assert published(register) == first
    second = published(register, NAME.replace(".docx", "-2.docx"))
    assert any("〔2026〕2号" in line for line in texts(second))
    for data, withdrawn in ((first, True), (second, False)):
        (tmp_path / "x.docx").write_bytes(data)
        told = CliRunner().invoke(duban, ["--register", str(register.home), "verify", str(tmp_path / "x.docx")])
        assert told.exit_code == 0, told.output
        assert ("已于2026-08-31由孟拟衡撤回，文号兰公办〔2026〕1号作废：清单漏列一所学校。" in told.output) == withdrawn
    item = register.view().item(ITEM)
    assert item is not None
    assert not [problem for _, problem in register.replay().problems() if problem]
