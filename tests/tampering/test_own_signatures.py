"""What whoever holds the service account can add in another's name: found where policy asks for his own signature, else by nothing.

He runs the product's own code on the register itself, with its gates taken away where they stand against him.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from documents.layout.profile import standard
from documents.publishing.remaking import judge
from records.procedure.table import TABLE
from records.register.homecoming import Arrival, come_home
from records.register.register import Receipt, Register
from records.store.store import Ident
from tests.mutation.rows import name_of
from tests.records.test_signed_by_himself import AGREED, ALL, LEADER, REVIEWER, Signing, office
from tests.signing import block
from tui.command import duban

__all__ = ["office"]
PASSED: Mapping[str, object] = {"verdict": "pass"}


def audited(place: Path, *words: str) -> tuple[int, dict[str, Any]]:
    told = CliRunner().invoke(duban, ["audit", str(place), "--json", *words])
    assert told.exit_code in (0, 1), told.stderr
    return told.exit_code, json.loads(told.stdout)


def asking(office: Signing) -> str:
    """A matter whose report was reviewed by the unit's own word, under rules that ask for own signatures."""
    office.ask(*ALL)
    item = office.walk("review_report")
    office.do("review_report", item, REVIEWER, **PASSED, **office.own("review_report", item, REVIEWER, **PASSED))
    return item


def forged(office: Signing, item: str, monkeypatch: pytest.MonkeyPatch, **signature: object) -> str:
    """A consent that the service account adds in the main leader's name, past its own gates."""
    with monkeypatch.context() as patched:
        gates = [each for each in TABLE.rules["consent"] if "own" not in name_of(each)]
        patched.setitem(TABLE.rules, "consent", gates)
        office.register.signer = lambda person, key, at: ""
        done = office.do("consent", item, LEADER, **AGREED, **signature)
    assert isinstance(done, Receipt)
    return done.commit


def _nothing(office: Signing, item: str) -> dict[str, object]:
    return {}


def _other_text(office: Signing, item: str) -> dict[str, object]:
    other = {**AGREED, "text": "不急。"}
    return office.own("consent", item, LEADER, **other)


def _other_person(office: Signing, item: str) -> dict[str, object]:
    text = office.statement("consent", item, LEADER, **AGREED).text.replace(LEADER, REVIEWER)
    return {"signature": text + block(REVIEWER, text)}


def _forged(office: Signing, item: str) -> dict[str, object]:
    text = office.statement("consent", item, LEADER, **AGREED).text
    return {"signature": text + block(LEADER, "别的")}


def _older(office: Signing, item: str) -> dict[str, object]:
    signature = office.own("consent", item, LEADER, **AGREED)
    office.do("add_instruction", item, "BGS.clerk1", instruction_by="市领导", instruction_at="2026-08-31", instruction="请抓紧。")
    return signature


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (_nothing, "缺本人签名"),
        (_other_text, "签的不是这一份声明"),
        (_other_person, "签的不是这一份声明"),
        (_forged, "签的不是这一份声明"),
        (_older, "又有变动"),
    ],
)
def test_an_act_added_in_anothers_name_is_found_where_policy_asks_for_his_own_signature(
    office: Signing, monkeypatch: pytest.MonkeyPatch, made: Callable[[Signing, str], dict[str, object]], words: str
) -> None:
    item = asking(office)
    false = forged(office, item, monkeypatch, **made(office, item))
    code, found = audited(office.register.home)
    (finding,) = found["findings"]
    assert (code, finding["commit"], finding["record"]) == (1, false, item)
    assert words in finding["reason"]
    assert any("缺本人签名" in str(problem) or words in str(problem) for _, problem in office.register.replay().problems() if problem)


def test_a_key_of_the_forgers_own_is_found_by_the_register_of_keys(
    office: Signing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    item = asking(office)
    false = forged(office, item, monkeypatch, **office.own("consent", item, LEADER, "forger", **AGREED))
    code, found = audited(office.register.home)
    assert (code, found["findings"]) == (0, [])
    assert any("--keys" in each for each in found["untold"])
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(office.keys.home / "keys.git"), str(clone)], check=True)
    for keys in (office.keys.home, office.keys.home / "keys.git", clone):
        code, found = audited(office.register.home, "--keys", str(keys))
        assert (code, [each["commit"] for each in found["findings"]]) == (1, [false])
        assert f"没有登记为 {LEADER} 的" in found["findings"][0]["reason"]


def test_acts_signed_with_anothers_key_do_not_come_home(office: Signing, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    item = asking(office)
    here, signer = office.register, office.register.signer
    for key, came in (("forger", tuple), ("", Arrival)):
        office.register = Register(shutil.copytree(here.home, tmp_path / f"away {key}", symlinks=True))
        new = forged(office, item, monkeypatch, **office.own("consent", item, LEADER, key, **AGREED))
        here.signer = signer
        found = come_home(
            here,
            office.register.home / "register.git/objects",
            new,
            office.now,
            documents=judge(standard()),
            papers=lambda digest: None,
            progress=lambda done, total: None,
            cores=1,
        )
        assert isinstance(found, came), found
        assert isinstance(found, Arrival) or f"没有登记为 {LEADER} 的" in found[0].reason


def test_one_key_for_two_persons_is_found_without_the_register_of_keys(office: Signing, monkeypatch: pytest.MonkeyPatch) -> None:
    item = asking(office)
    false = forged(office, item, monkeypatch, **office.own("consent", item, LEADER, REVIEWER, **AGREED))
    code, found = audited(office.register.home)
    assert (code, [each["commit"] for each in found["findings"]]) == (1, [false])
    assert f"先前由 {REVIEWER} 用过" in found["findings"][0]["reason"]


def test_the_true_twin_passes_and_its_signatures_are_counted_whatever_became_of_the_keys(office: Signing, tmp_path: Path) -> None:
    item = asking(office)
    office.do("consent", item, LEADER, **AGREED, **office.own("consent", item, LEADER, **AGREED))
    office.keys.revoke(LEADER, "", "丢失", Ident("管理员", "a@b", office.now + timedelta(minutes=5)))
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(office.register.home / "register.git"), str(clone)], check=True)
    code, found = audited(clone, "--keys", str(office.keys.home))
    assert (code, found["findings"]) == (0, [])
    # The version that brought the rule, and what was done before it, has the service's word.
    assert found["signatures"] == {"session": 3, "agent": 0, "own": 2}
    told = CliRunner().invoke(duban, ["audit", str(clone), "--keys", str(office.keys.home)]).output
    assert "领导和负责人签字、批示 5 个，登记服务作证的 3 个，本人用自己的密钥签的 2 个。" in told


def test_where_the_services_word_is_enough_nothing_finds_it(office: Signing, monkeypatch: pytest.MonkeyPatch) -> None:
    item = office.walk("consent")
    forged(office, item, monkeypatch)
    code, found = audited(office.register.home, "--keys", str(office.keys.home))
    assert (code, found["findings"]) == (0, [])
    assert found["signatures"]["own"] == 0


def test_keys_of_another_register_bear_no_witness(office: Signing, tmp_path: Path) -> None:
    from records.keys.keys import Keys

    other = Keys.create(tmp_path / "other", "b" * 40, Ident("管理员", "a@b", office.now))
    told = CliRunner().invoke(duban, ["audit", str(office.register.home), "--keys", str(other.home)])
    assert told.exit_code == 2
    assert "不是这个登记簿的入口登记簿" in told.stderr
