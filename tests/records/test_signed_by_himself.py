"""Where policy asks for a person's own signature: demanded, verified, kept, replayed; and what the service can and cannot forge."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from records.acts import PaperEntry, Refusal
from records.bureau.entrances import Entrance
from records.keys.keys import Keys
from records.keys.public_key import public_key
from records.register.homecoming import Arrival, come_home
from records.register.register import Receipt, Register
from records.signatures.statement import OwnSignature, Statement, own_signature
from records.store.store import Ident
from schema.tables import acts, checker
from tests.bureau import at, roster
from tests.records.test_people import DEPUTY, KEEPER, POLICY_DRAFT, Office
from tests.signing import block, public
from tests.tampering.forge import Forge

LEADER, REVIEWER, DIRECTOR, SIGNER = "JJ.main_leader", "JJ.reviewing_head", "BGS.director_in_charge", "L01"
ALL = ["review_report", "consent", "director_sign", "bureau_sign", "enact_policy"]
AGREED: Mapping[str, object] = {"decision": "agree", "text": "同意上报。"}


class Signing(Office):
    """An office of people who have keys."""

    def __init__(self, register: Register, keys: Keys) -> None:
        super().__init__(register)
        self.keys = keys

    def ask(self, *names: str) -> None:
        """Put a version of the rules in force that asks for own signatures."""
        self.do("draft_policy", "policy", **{**POLICY_DRAFT, "version": f"{self.now:%m-%d-%H-%M}"}, own_signatures=list(names))
        said = {"text": "同意施行。"}
        asked = self.register.view().policy.own_signatures
        self.do("enact_policy", "policy", DEPUTY, **said, **(self.own("enact_policy", "policy", DEPUTY, **said) if asked else {}))

    def statement(self, act: str, target: str, by: str, /, **inputs: object) -> Statement:
        found = self.register.to_sign(self.register.view(), act, target, by, inputs, self.now)
        assert isinstance(found, Statement), str(found)
        return found

    def own(self, act: str, target: str, by: str, key: str = "", /, **inputs: object) -> dict[str, object]:
        """What a person pastes to sign an act himself; ``key`` names whose key he does it with, his own by default."""
        text = self.statement(act, target, by, **inputs).text
        return {"signature": text + block(key or by, text)}

    def enrol(self, person: str, *, until: str = "2027-12-31") -> None:
        key = public_key(public(person))
        assert isinstance(key, str)
        done = self.keys.enrol(person, Entrance("staff", self.now.isoformat(), until, "依据", key=key), Ident("管理员", "a@b", self.now))
        assert isinstance(done, str), str(done)


@pytest.fixture
def office(tmp_path: Path) -> Signing:
    """A bureau of which four people have keys, and nobody has to sign himself yet."""
    told = roster()
    bureau = replace(told.bureau, demo=False)
    register = Register.create(tmp_path / "r", bureau, told.leaders, tuple(told.units.values()), at("2026-08-28T08:00"))
    office = Signing(register, Keys.create(tmp_path / "k", register.first, Ident("管理员", "a@b", at("2026-08-28T08:00"))))
    register.signer = office.keys.signer
    for person in (LEADER, REVIEWER, DIRECTOR, SIGNER, DEPUTY):
        office.enrol(person)
    return office


def test_the_steps_that_policy_may_name_are_those_that_a_person_may_sign_himself_under_their_names() -> None:
    wanted = checker("policy").at(("own_signatures", 0))
    signing = {name: spec.label for name, spec in acts().items() if spec.signable}
    assert {name: checker("policy").enum_label(("own_signatures", 0), name) for name in wanted["enum"]} == signing  # type: ignore[attr-defined]
    assert {name for name, spec in acts().items() if spec.signs} < set(signing)


def test_the_words_of_a_statement_are_there_for_whatever_a_signer_supplies() -> None:
    from records.acts.own_signatures import _NAMES, _VALUES

    for spec in acts().values():
        for wanted in spec.inputs if spec.signable else ():
            assert wanted.shown or wanted.own or wanted.name in _NAMES, spec.name
            values = checker(spec.target).at(tuple(0 if "[" in each else each for each in _places(wanted.at))).get("enum", ())
            assert {value for value in values if wanted.name in ("decision", "verdict")} <= set(_VALUES)  # type: ignore[attr-defined]


def _places(at: str) -> list[str]:
    return at.replace("[", ".[").split(".")


def test_where_nothing_is_asked_for_nothing_is_written(office: Signing) -> None:
    item = office.walk("submit")
    data = office.register.written("items/2026/00/DB-2026-0001.yaml", office.register.head() or "")
    assert item == "DB-2026-0001"
    assert data
    assert b"own" not in data
    office.replays()


def test_without_his_own_signature_it_is_refused_with_the_way_out(office: Signing) -> None:
    office.ask("consent", "enact_policy")
    item = office.walk("consent")
    refusal = office.refused("consent", item, LEADER, **AGREED)
    assert (refusal.rule, refusal.clause, refusal.problems[0].field) == ("R-17", "二", ("signature",))
    assert "缺本人签名" in refusal.reason
    assert "主要领导同意" in refusal.reason
    assert "ssh-keygen" in refusal.way_out
    assert "不能以纸质签字代替" not in refusal.reason
    paper = PaperEntry("BGS.registry", "sha256:" + "a" * 64)
    found = office.register.act("consent", item, LEADER, AGREED, office.now, paper=paper)
    assert isinstance(found, Refusal)
    assert "缺本人签名" in found.reason


def test_his_own_signature_is_kept_replayed_and_verified_after_the_key_is_gone(office: Signing) -> None:
    office.ask(*ALL)
    item = office.walk("review_report")
    passed = {"verdict": "pass"}
    office.do("review_report", item, REVIEWER, **passed, **office.own("review_report", item, REVIEWER, **passed))
    done = office.do("consent", item, LEADER, **AGREED, **office.own("consent", item, LEADER, **AGREED))
    found = office.register.view().item(item)
    assert found
    assert found.report
    consented = found.report.round.consented
    assert consented
    assert consented.own == done.outcome.own
    office.now += timedelta(days=2)
    by = Ident("管理员", "a@b", office.now)
    office.keys.revoke(LEADER, "", "丢失", by)
    office.replays()
    assert office.keys.signer(LEADER, _fingerprint(done.outcome.own), done.outcome.at) == ""
    assert "有效期内" in office.keys.signer(LEADER, _fingerprint(done.outcome.own), office.now)


def _fingerprint(token: str) -> str:
    found = own_signature(token)
    assert isinstance(found, OwnSignature)
    return found.made.fingerprint


def test_a_statement_of_the_outgoing_document_names_it(office: Signing) -> None:
    item = office.walk("director_sign")
    office.ask(*ALL)
    assert "文本：上报公文《关于学校周边交通安全隐患整改情况的报告》" in office.statement("director_sign", item, DIRECTOR).text
    said = {"text": "请局领导审签。"}
    office.do("director_sign", item, DIRECTOR, **said, **office.own("director_sign", item, DIRECTOR, **said))
    office.do("reserve_number", item, "BGS.registry")
    office.do("bureau_sign", item, SIGNER, **office.own("bureau_sign", item, SIGNER))
    office.replays()


def test_what_signs_no_text_is_signed_over_the_record_that_he_decides_on_as_git_shows_it(office: Signing) -> None:
    item = office.walk("read")
    told = office.statement("read", item, DEPUTY, decision="agree", text="同意。")
    written = office.register.written("items/2026/00/DB-2026-0001.yaml", told.base) or b""
    assert told.hash == f"sha256:{hashlib.sha256(written).hexdigest()}"
    assert told.document == "事项《省领导对学校周边交通安全隐患群众来信的批示》的全部记录"
    assert told.words == (("决定", "同意"), ("意见", "同意。"))


def test_one_may_sign_himself_where_nothing_asks_for_it(office: Signing) -> None:
    item = office.walk("consent")
    office.do("consent", item, LEADER, **AGREED, **office.own("consent", item, LEADER, **AGREED))
    office.replays()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": "不急。"}, "签的不是这一份声明"),
        ({"decision": "send_back"}, "签的不是这一份声明"),
    ],
)
def test_other_words_than_those_that_were_signed_are_refused(office: Signing, change: Mapping[str, object], words: str) -> None:
    item = office.walk("consent")
    signature = office.own("consent", item, LEADER, **AGREED)
    refusal = office.refused("consent", item, LEADER, **{**AGREED, **change}, **signature)
    assert words in refusal.reason
    assert refusal.problems[0].field == ("signature",)


def test_the_statement_of_another_matter_is_refused(office: Signing) -> None:
    item = office.walk("consent")
    second = office.do("register", "new", "BGS.clerk1", **{**_another(), "source_ref": "第二件"}).outcome.target
    text = office.statement("consent", item, LEADER, **AGREED).text.replace(item, second)
    refusal = office.refused("consent", item, LEADER, **AGREED, signature=text + block(LEADER, text))
    assert "签的不是这一份声明" in refusal.reason


def _another() -> Mapping[str, object]:
    from tests.bureau import REGISTER

    return REGISTER


def test_another_persons_key_is_refused(office: Signing) -> None:
    item = office.walk("consent")
    refusal = office.refused("consent", item, LEADER, **AGREED, **office.own("consent", item, LEADER, REVIEWER, **AGREED))
    assert f"没有登记为 {LEADER} 的" in refusal.reason
    assert refusal.rule == "R-17"


def test_a_revoked_key_signs_nothing_new(office: Signing) -> None:
    item = office.walk("consent")
    office.keys.revoke(LEADER, "", "丢失", Ident("管理员", "a@b", office.now))
    refusal = office.refused("consent", item, LEADER, **AGREED, **office.own("consent", item, LEADER, **AGREED))
    assert "不在" in refusal.reason


def test_where_nobody_knows_whose_keys_they_are_nothing_is_signed(office: Signing) -> None:
    item = office.walk("consent")
    office.register.signer = None
    refusal = office.refused("consent", item, LEADER, **AGREED, **office.own("consent", item, LEADER, **AGREED))
    assert "没有入口登记簿" in refusal.reason


def test_what_was_signed_before_the_record_moved_is_signed_anew(office: Signing) -> None:
    item = office.walk("consent")
    signature = office.own("consent", item, LEADER, **AGREED)
    office.do("add_instruction", item, "BGS.clerk1", instruction_by="市领导", instruction_at="2026-08-31", instruction="请抓紧。")
    refusal = office.refused("consent", item, LEADER, **AGREED, **signature)
    assert "又有变动" in refusal.reason
    assert "重新签名" in refusal.way_out
    office.do("consent", item, LEADER, **AGREED, **office.own("consent", item, LEADER, **AGREED))


def test_what_others_did_elsewhere_meanwhile_leaves_it_good(office: Signing) -> None:
    item = office.walk("consent")
    signature = office.own("consent", item, LEADER, **AGREED)
    office.do("register", "new", "BGS.clerk1", **{**_another(), "source_ref": "第二件"})
    office.do("consent", item, LEADER, **AGREED, **signature)
    office.replays()


@pytest.mark.parametrize("hours", [-48, 48])
def test_a_statement_of_another_time_is_refused(office: Signing, hours: int) -> None:
    item = office.walk("consent")
    office.now += timedelta(hours=hours)
    text = office.statement("consent", item, LEADER, **AGREED).text
    office.now -= timedelta(hours=hours)
    refusal = office.refused("consent", item, LEADER, **AGREED, signature=text + block(LEADER, text))
    assert "不在所据的提交和现在之间" in refusal.reason


def test_a_commit_of_no_history_is_refused(office: Signing) -> None:
    item = office.walk("consent")
    for commit in ("f" * 40, office.register.view().policy_id):
        found = office.statement("consent", item, LEADER, **AGREED).text
        text = found.replace(office.register.head() or "", commit)
        assert "不是这个登记簿的" in office.refused("consent", item, LEADER, **AGREED, signature=text + block(LEADER, text)).reason


def test_what_is_no_signature_is_refused_with_the_reason_at_its_field(office: Signing) -> None:
    item = office.walk("consent")
    refusal = office.refused("consent", item, LEADER, **AGREED, signature="同意。")
    assert "签名块不完整" in refusal.reason
    assert refusal.problems[0].field == ("signature",)


def test_a_version_that_asks_for_own_signatures_asks_for_them_on_rules_too(office: Signing) -> None:
    refusal = office.refused("draft_policy", "policy", **POLICY_DRAFT, own_signatures=["consent"])
    assert "批准时限规则" in refusal.reason
    assert refusal.problems[0].field == ("own_signatures",)
    office.ask("consent", "enact_policy")
    office.do("draft_policy", "policy", KEEPER, **{**POLICY_DRAFT, "version": "次版", "due_ordinary": 12})
    assert "缺本人签名" in office.refused("enact_policy", "policy", DEPUTY, text="同意。").reason
    said = {"text": "同意。"}
    office.do("enact_policy", "policy", DEPUTY, **said, **office.own("enact_policy", "policy", DEPUTY, **said))
    assert office.register.view().policy.own_signatures == ()
    office.replays()


def test_what_is_no_leaders_step_has_no_statement(office: Signing) -> None:
    item = office.walk("consent")
    found = office.register.to_sign(office.register.view(), "urge", item, "BGS.clerk1", {}, office.now)
    assert isinstance(found, Refusal)
    receipt = office.try_("consent", item, LEADER, **AGREED)
    assert isinstance(receipt, Receipt)
    assert receipt.outcome.own == ""


def test_what_a_site_sends_is_signed_with_the_keys_that_are_enrolled_here(office: Signing, tmp_path: Path) -> None:
    """The machine of the site may take any key for anybody's; whose they are is known at home."""
    item, signer = office.walk("consent"), office.register.signer
    place, head = tmp_path / "away", office.register.head()
    away = Register(shutil.copytree(office.register.home, place, symlinks=True))
    away.signer = lambda person, key, at: ""

    def sent(key: str) -> object:
        signed = office.own("consent", item, LEADER, key, **AGREED)
        done = away.act("consent", item, LEADER, {**AGREED, **signed}, office.now)
        assert isinstance(done, Receipt), str(done)
        (place / "register.git/refs/heads/main").write_text(f"{head}\n")
        return come_home(
            office.register, place / "register.git/objects", done.commit, office.now,
            documents=lambda past, commit, before, after: iter(()), papers=lambda digest: None, progress=lambda done, total: None, cores=1,
        )  # fmt: skip

    found = sent(REVIEWER)
    assert isinstance(found, tuple)
    assert "签名不是本人的" in found[0].reason
    office.register.signer = None
    refused = sent(LEADER)
    assert isinstance(refused, Refusal)
    assert "没有入口登记簿" in refused.reason
    assert office.register.head() == head
    office.register.signer = signer
    assert isinstance(sent(LEADER), Arrival)


def audited(place: Path, *words: str) -> str:
    """Audit in a process that knows nothing of what the register's own has seen."""
    argv = [sys.executable, "-m", "tui.command", "audit", str(place), *words]
    return subprocess.run(argv, capture_output=True, text=True, check=False, env={**os.environ, "HOME": "/"}).stdout


def test_a_shallow_clone_cannot_judge_an_own_signature_and_says_so_and_a_full_one_finds_a_base_that_is_gone(
    office: Signing, tmp_path: Path
) -> None:
    office.ask("consent", "enact_policy")
    item = office.walk("consent")
    office.do("consent", item, LEADER, **AGREED, **office.own("consent", item, LEADER, **AGREED))
    signed = office.register.head() or ""
    office.do("submit", item, "JJ.liaison")
    source, shallow = f"file://{office.register.home}/register.git", tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--bare", "--depth=5", source, shallow], check=True)
    told = audited(shallow)
    assert "不能核对：1 个本人签名：这个克隆是浅的" in told
    assert signed[:12] not in told, "no finding"
    forge = Forge(Path(shutil.copytree(office.register.home, tmp_path / "forged", symlinks=True)))
    consented = office.register.view().item(item)
    assert consented
    assert consented.report
    assert consented.report.round.consented
    base = (consented.report.round.consented.own or "").split(",")[1]
    forge.everywhere("items/2026/00/DB-2026-0001.yaml", base, "e" * 40)
    (forge.git / "shallow").write_text(f"{'e' * 40}\n")  # who says that his whole clone is shallow hides nothing
    told = audited(forge.git.parent)
    assert "不是这个登记簿的" in told
    assert "个本人签名：这个克隆是浅的" not in told
