"""``duban keys`` as the security administrator types it."""

import io
import json
import os
import pwd
import sys
from pathlib import Path

import pytest

from records.register.register import Register
from tests.records.test_keys import ed25519
from tests.tui.test_command import Shell


@pytest.fixture
def shell(demo: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(demo.home, capsys, monkeypatch)


def test_keys_are_kept_beside_the_register_by_an_account_of_their_own(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "入口登记簿" in shell("keys", "list")[2]
    assert "登记簿的目录里" in shell("keys", "--keys", str(shell.home / "keys"), "init")[2]
    shell.ok("keys", "init")
    assert (shell.home.parent / "register-keys/keys.git").is_dir()
    assert "已有内容" in shell("keys", "init")[2]
    assert shell.ok("keys", "list") == "没有登记过入口。\n"
    pub = tmp_path / "a.pub"
    pub.write_text(f"{ed25519()} shao@pc\n")
    enrol = ("keys", "enrol", "JJ.liaison", "--basis", "某公信申〔2026〕3号")
    assert "须写一样" in shell(*enrol)[2]
    assert "花名册里没有" in shell("keys", "enrol", "JJ.nobody", "--basis", "x", "--key", str(pub))[2]
    assert "不是地址段" in shell(*enrol, "--key", str(pub), "--from", "10.8.0.1/16")[2]
    assert "不是日期" in shell(*enrol, "--key", str(pub), "--until", "soon")[2]
    assert "邵拟行" in shell.ok(*enrol, "--key", str(pub), "--from", "10.8.0.0/16", "--until", "2099-12-31")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{ed25519(2)}".encode())))
    shell.ok(*enrol, "--key", "-", "--role", "inspector")
    for account, words in (("no-such-account", "没有账号"), ("root", "不是哪个人的"), ("daemon", "同一个编号")):
        if account == "daemon":
            monkeypatch.setattr(
                pwd, "getpwall", lambda: [pwd.getpwnam("daemon"), pwd.struct_passwd(("other", "x", 1, 1, "", "/", "/bin/sh"))]
            )
        assert words in shell(*enrol, "--account", account)[2]
    monkeypatch.setattr(pwd, "getpwall", list)
    shell.ok(*enrol, "--account", "daemon")
    told = json.loads(shell.ok("keys", "list", "--json"))
    assert [(each["role"], each["account"], each["closed"]) for each in told] == [
        ("staff", None, None),
        ("inspector", None, None),
        ("staff", "daemon", None),
    ]
    line = shell.ok("keys", "authorized-keys")
    assert line.startswith('restrict,pty,expiry-time="21000101",from="10.8.0.0/16",command="')
    assert f"--register {shell.home} serve --as JJ.liaison --key {told[0]['name']} --role staff" in line
    mask = os.umask(0o077)
    shell.ok("keys", "authorized-keys", "--to", str(tmp_path / "list"))
    os.umask(mask)
    assert (tmp_path / "list").read_text() == line
    assert (tmp_path / "list").stat().st_mode & 0o777 == 0o644  # sshd reads it as whoever comes in
    assert shell("keys", "revoke", "JJ.liaison", "SHA256:x", "--reason", "丢失")[0] == 1
    shell.ok("keys", "revoke", "JJ.liaison", told[0]["name"], "--reason", "丢失")
    assert shell.ok("keys", "authorized-keys") == ""
    assert shell.ok("keys", "list").count("停用") == 1
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    assert "归账号" in shell("keys", "revoke", "JJ.liaison", "--reason", "x")[2]
    assert "归账号" in shell(*enrol, "--account", "shao_b")[2]
