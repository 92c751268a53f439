"""Forwarded agents on a real sshd: each reaches its own session alone, and signs what policy leaves to it (S10, S11)."""

import base64
import json
import os
import re
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from records.register.register import Register
from records.signatures.sshsig import string
from records.signatures.statement import OwnSignature, own_signature
from tests.e2e.doors import Door, account_of
from tests.e2e.terminals import Terminal
from tests.records.test_people import POLICY_DRAFT
from tests.tui.agents import listed
from tui.door.afresh import reason, wrapping
from tui.door.sandbox import Sandbox, trial

WHY_NOT = trial(Sandbox, (), ()) or reason(wrapping(["--register", "/usr", "serve"]))
pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes accounts; run the tests as root for the door"),
    pytest.mark.skipif(bool(WHY_NOT), reason=f"no agent is taken where sessions are not kept apart: {WHY_NOT}"),
]


@pytest.fixture(autouse=True)
def at_home(door: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty agent by which ssh comes in: it forwards none where it has none itself."""
    with agent(door) as option:
        monkeypatch.setenv("SSH_AUTH_SOCK", option.partition("=")[2])
        yield


@contextmanager
def agent(door: Door, *keys: str) -> Iterator[str]:
    """An agent on somebody's own computer, with some keys of the door's clients; gives the option by which ssh forwards it."""
    told = dict(re.findall(r"(SSH_\w+)=([^;]+);", subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout))
    try:
        for each in keys:
            subprocess.run(["ssh-add", "-q", door.place / "clients" / each], env={"PATH": os.defpath, **told}, check=True)
        yield f"ForwardAgent={told['SSH_AUTH_SOCK']}"
    finally:
        os.kill(int(told["SSH_AGENT_PID"]), signal.SIGTERM)


@contextmanager
def false_agent(place: Path, key: bytes, signed: bytes) -> Iterator[str]:
    """An agent that says it holds a key, and answers whatever it is asked to sign with these bytes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(place))
        listener.listen()

        def serve() -> None:
            line, _ = listener.accept()
            with line, line.makefile("rb") as asked:
                while len(head := asked.read(4)) == 4:
                    line.sendall(listed(key) if asked.read(int.from_bytes(head, "big")) == b"\x0b" else signed)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"ForwardAgent={place}"


def sessions_of(door: Door, before: set[int]) -> set[int]:
    return set(door.sessions()) - before


def seen_by(session: int, *argv: str) -> str:
    """What a program says that runs where a session does, with all that it sees."""
    inside = ["nsenter", "--target", str(session), "--mount", "--pid", "--ipc", "--net", *argv]
    done = subprocess.run(inside, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_each_agent_reaches_its_own_session_and_no_other(door: Door) -> None:
    with door.with_agents(), agent(door, "leader") as theirs, agent(door, "liaison") as own:
        before = set(door.sessions())
        leader = Terminal(door.argv("leader", options=("-o", theirs)))
        leader.until("待办")
        (first,) = sessions_of(door, before)
        liaison = Terminal(door.argv("liaison", options=("-o", own)))
        liaison.until("邵拟行")
        (second,) = sessions_of(door, {*before, first})
        uid = subprocess.run(["id", "-u", account_of("svc")], capture_output=True, text=True, check=True).stdout.strip()
        sockets = [str(each) for each in Path("/tmp").glob("ssh-*/agent.*") if str(each.lstat().st_uid) == uid]
        assert len(sockets) == 2  # as sshd made them, for the one account that both come in to
        for session in (first, second):
            assert "ssh-" not in seen_by(session, "ls", "/tmp")
            for place in sockets:
                assert "No such file" in seen_by(session, "ls", place)
            assert "No such file" in seen_by(session, "ls", str(door.place / "run/door"))
            status = Path(f"/proc/{session}/status").read_text()
            assert re.search(r"^NSpid:\t\d+\t1$", status, re.MULTILINE)
            assert re.search(r"^CapEff:\t0{16}$", status, re.MULTILINE)
            assert "SSH_AUTH_SOCK" not in Path(f"/proc/{session}/environ").read_bytes().decode(errors="replace")
        for person in (leader, liaison):
            person.press(b"\x11")  # ctrl+q
            person.until("")
            assert person.left() == 0


def told(door: Door, key: str, asked: str, given: Mapping[str, object], option: str = "ForwardAgent=no") -> tuple[int, dict[str, object]]:
    status, out, err = door.ask(key, f"{asked} --json", given=json.dumps(given).encode(), options=("-o", option))
    assert out, err
    found: dict[str, object] = json.loads(out)
    return status, found


def drafted(door: Door, days: int) -> dict[str, object]:
    """Have the keeper draw up rules under which their approval may be signed by an agent; returns what approves them."""
    draft = {**POLICY_DRAFT, "version": f"平件{days}日", "due_ordinary": days, "agent_signatures": ["consent", "enact_policy"]}
    assert told(door, "keeper", "act draft_policy policy", draft)[0] == 0
    found = Register(door.home).view().policy_draft
    assert found
    return {"text": "同意施行。", "hash": found.hash}


def test_an_agent_signs_what_policy_leaves_to_it_and_its_whims_put_nothing_on_record(door: Door, tmp_path: Path) -> None:
    key = base64.b64decode((door.place / "clients/leader.pub").read_text().split(" ")[1])
    with door.with_agents():
        assert told(door, "leader", "act enact_policy policy", drafted(door, 11))[0] == 0
        approval = drafted(door, 12)
        head = door.head()
        other = string(b"\x0e" + string(string(b"ssh-ed25519") + string(b"g" * 64)))
        whims = ((string(b"\x05"), "没有同意"), (other, "没有采用"), (((256 << 10) + 1).to_bytes(4, "big"), "太长"))
        for n, (signed, words) in enumerate(whims):
            with false_agent(tmp_path / f"agent{n}", key, signed) as option:
                status, found = told(door, "leader", "act enact_policy policy", approval, option)
            assert (status, words in str(found["reason"])) == (1, True), found
        with agent(door, "liaison") as option:
            status, found = told(door, "leader", "act enact_policy policy", approval, option)
        assert (status, "没有您登记的密钥" in str(found["reason"])) == (1, True), found
        status, found = told(door, "leader", "act enact_policy policy", approval)
        assert (status, "缺本人签名" in str(found["reason"])) == (1, True), found
        assert door.head() == head
        door.stop()
        try:  # afresh, through bubblewrap
            with agent(door, "leader", "liaison") as option:
                status, found = told(door, "leader", "act enact_policy policy", approval, option)
        finally:
            door.start()
        assert (status, found.get("done")) == (0, True), found
        again = drafted(door, 13)
        with agent(door, "leader") as option:
            assert told(door, "leader", "act enact_policy policy", again, option)[1].get("done") is True
    draft = Register(door.home).view().policy_draft
    assert draft
    assert draft.approved
    signature = own_signature(draft.approved.own or "")
    assert isinstance(signature, OwnSignature)
    assert signature.by_agent


def test_where_sshd_is_not_told_so_no_agent_comes_in(door: Door) -> None:
    with agent(door, "leader") as option:
        status, found = told(door, "leader", "act enact_policy policy", {"text": "同意。"}, option)
    assert status == 1, found
    assert "代理" not in str(found["reason"])
