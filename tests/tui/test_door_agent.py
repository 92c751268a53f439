"""Signing by a forwarded agent: what policy is content with it, what it is taken for, and an agent that does what it likes (S11)."""

import base64
import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from desk.desk import Desk
from desk.signing import done_signed
from records.acts import Refusal
from records.register.register import Receipt
from records.signatures.ssh_keys import fingerprint
from records.signatures.sshsig import BY_AGENT, SshSignature, Unfit, string, verified
from records.signatures.statement import OwnSignature, own_signature
from tests.records.test_people import DEPUTY, POLICY_DRAFT
from tests.records.test_signed_by_himself import AGREED, LEADER, REVIEWER, Signing, office
from tests.signing import STATEMENT, block, key, public
from tests.tui.agents import agent_of, answering, line_to, listed
from tui.door.agent import Agent, line_of

pytestmark = pytest.mark.e2e

__all__ = ["office"]
MESSAGE = STATEMENT.text.encode()
MINE = base64.b64decode(public("me").split(" ")[1])


def mine(_: str) -> str:
    return ""


@pytest.mark.parametrize("kind", [(), ("rsa", "-b", "3072"), ("ecdsa", "-b", "256")])
def test_a_real_agent_signs_what_own_code_verifies(kind: tuple[str, ...]) -> None:
    with agent_of() as place:
        subprocess.run(["ssh-add", "-q", str(key("me", *kind))], env={"PATH": os.defpath, "SSH_AUTH_SOCK": str(place)}, check=True)
        with line_to(place) as line:
            found = Agent(line, mine).sign(MESSAGE)
    assert isinstance(found, SshSignature)
    assert (found.namespace, verified(found, MESSAGE)) == (BY_AGENT, True)
    signed = own_signature(OwnSignature("c" * 40, STATEMENT.at, found).token)
    assert isinstance(signed, OwnSignature)
    assert (signed.by_agent, signed.wrong(STATEMENT)) == (True, "")
    assert not verified(found, MESSAGE + b"x")


def test_of_several_keys_ones_own_is_asked_and_without_it_none() -> None:
    with agent_of("other", "me") as place, line_to(place) as line:
        found = Agent(line, lambda name: "" if name == fingerprint(MINE) else "x").sign(MESSAGE)
        assert isinstance(found, SshSignature)
        assert found.key == MINE
        told = Agent(line, lambda _: "x").sign(MESSAGE)
        assert isinstance(told, Unfit)
        assert "没有您登记的密钥" in told.reason
    with agent_of() as place, line_to(place) as line:
        told = Agent(line, mine).sign(MESSAGE)
        assert isinstance(told, Unfit)
        assert "没有可以采用的密钥" in told.reason


def signing(answer: bytes | None) -> Callable[[bytes], bytes | None]:
    return lambda asked: listed(MINE) if asked == b"\x0b" else answer


GARBAGE = string(b"\x0e" + string(string(b"ssh-ed25519") + string(b"g" * 64)))
HOSTILE: dict[str, tuple[Callable[[bytes], bytes | None], str, bool]] = {
    "hangs": (signing(None), "没有应答", False),
    "hangs at once": (lambda _: None, "没有应答", False),
    "hangs half way": (signing(string(b"\x0e" + b"x" * 60)[:-1]), "没有应答", False),
    "refuses": (signing(string(b"\x05")), "本人没有同意", True),
    "garbage": (signing(GARBAGE), "没有采用", True),
    "no signature": (signing(string(b"\x0e" + b"\xff" * 90)), "不完整", False),
    "another algorithm": (signing(string(b"\x0e" + string(string(b"ssh-rsa") + string(b"g" * 256)))), "不能采用", True),
    "a frame of 256 KB and more": (signing(((256 << 10) + 1).to_bytes(4, "big")), "太长", False),
    "a frame of 256 KB": (signing(string(b"\x0e" + b"x" * ((256 << 10) - 1))), "不完整", False),
    "an empty frame": (signing(b"\0\0\0\0"), "太长，或者是空的", False),
    "another answer": (signing(listed(MINE)), "答非所问", False),
    "millions of keys": (lambda _: string(b"\x0c\xff\xff\xff\xff"), "答非所问", False),
    "half a list": (lambda _: string(b"\x0c" + (2).to_bytes(4, "big") + string(MINE)), "不完整", False),
    "keys that are none": (
        lambda _: listed(b"", b"\0\0\0\1x", string(b"ssh-ed25519") + string(b"x"), string(b"\xff")),
        "没有可以采用的",
        True,
    ),
}


@pytest.mark.parametrize("how", HOSTILE)
def test_whatever_an_agent_does_it_is_a_sentence_and_no_signature(how: str) -> None:
    answer, words, usable = HOSTILE[how]
    with answering(answer) as line:
        agent = Agent(line, mine, patience=1.0 if "hangs" in how else 60.0)
        told = agent.sign(MESSAGE)
        assert isinstance(told, Unfit)
        assert words in told.reason
        again = agent.sign(MESSAGE)
        assert isinstance(again, Unfit)
        assert ("已经断开" in again.reason) is not usable


def test_an_agent_that_is_gone_is_said_to_be() -> None:
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    there.close()
    told = Agent(here, mine).sign(MESSAGE)
    assert isinstance(told, Unfit)
    assert "断开" in told.reason


def test_what_is_handed_over_is_a_line_or_nothing(tmp_path: Path) -> None:
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    found = line_of(os.dup(here.fileno()))
    assert found is not None
    found.close()
    for each in (here, there):
        each.close()
    assert line_of(None) is None
    assert line_of(os.open(tmp_path, os.O_RDONLY)) is None
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        assert line_of(os.dup(other.fileno())) is None


def asking(office: Signing, own: tuple[str, ...], agent: tuple[str, ...]) -> None:
    office.do(
        "draft_policy", "policy", **{**POLICY_DRAFT, "version": "代理"}, own_signatures=list(own) or None, agent_signatures=list(agent)
    )
    office.do("enact_policy", "policy", DEPUTY, text="同意施行。")


def desk(office: Signing, person: str, agent: Agent | None) -> Desk:
    known = office.register.view().roster.people[person]
    return Desk(office.register, known, lambda: office.now, agent=agent.sign if agent else None)


def consenting(office: Signing, agent: Agent | None, item: str) -> Receipt | Refusal:
    at = desk(office, LEADER, agent)
    shown = at.open(item)
    assert shown
    assert shown.item.report
    return done_signed(at, "consent", item, {**AGREED, "hash": shown.item.report.round.hash})


def test_where_policy_is_content_with_it_the_agent_signs_and_the_record_says_so(office: Signing) -> None:
    asking(office, (), ("consent", "enact_policy"))
    item = office.walk("consent")
    told = consenting(office, None, item)
    assert isinstance(told, Refusal)
    assert "缺本人签名" in told.reason
    with agent_of(LEADER, REVIEWER) as place, line_to(place) as line:
        agent = Agent(line, lambda key: office.keys.signer(LEADER, key, office.now))
        done = consenting(office, agent, item)
    assert isinstance(done, Receipt), str(done)
    signed = own_signature(done.outcome.own)
    assert isinstance(signed, OwnSignature)
    assert signed.by_agent
    office.replays()


def test_own_satisfies_agent_and_agent_does_not_satisfy_own(office: Signing) -> None:
    item = office.walk("review_report")
    asking(office, (), ("review_report", "consent", "enact_policy"))
    passed = {"verdict": "pass"}
    done = office.do("review_report", item, REVIEWER, **passed, **office.own("review_report", item, REVIEWER, **passed))
    signed = own_signature(done.outcome.own)
    assert isinstance(signed, OwnSignature)
    assert not signed.by_agent
    said = {"text": "同意施行。"}
    office.do("draft_policy", "policy", **{**POLICY_DRAFT, "version": "本人"}, own_signatures=["consent", "enact_policy"])
    office.do("enact_policy", "policy", DEPUTY, **said, **office.own("enact_policy", "policy", DEPUTY, **said))
    text = office.statement("consent", item, LEADER, **AGREED).text
    refusal = office.refused("consent", item, LEADER, **AGREED, signature=text + block(LEADER, text, namespace=BY_AGENT))
    assert "经密钥代理签的不够" in refusal.reason


@pytest.mark.parametrize("how", ["hangs", "refuses", "garbage"])
def test_an_agent_that_does_not_sign_leaves_nothing_on_record(office: Signing, how: str) -> None:
    asking(office, (), ("consent", "enact_policy"))
    item = office.walk("consent")
    head = office.register.head()
    answer, words, _ = HOSTILE[how]
    with answering(answer) as line:
        told = consenting(office, Agent(line, mine, patience=1.0), item)
    assert isinstance(told, Refusal)
    assert words in told.reason
    assert told.problems[0].field == ("signature",)
    assert "ssh-keygen" in told.way_out
    assert office.register.head() == head


def test_whoever_may_lift_the_rule_must_sign_as_strongly(office: Signing) -> None:
    refusal = office.refused("draft_policy", "policy", **POLICY_DRAFT, agent_signatures=["consent"])
    assert refusal.problems[0].field == ("agent_signatures",)
    refusal = office.refused("draft_policy", "policy", **POLICY_DRAFT, own_signatures=["consent"], agent_signatures=["enact_policy"])
    assert refusal.problems[0].field == ("own_signatures",)
