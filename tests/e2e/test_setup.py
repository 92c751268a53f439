"""``duban setup`` on the real thing: accounts, rights and sshd of this machine under names of the test's own, and all of it taken back."""

import grp
import json
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from records.register.register import Register
from records.store.store import StoreError
from tests.bureau import roster
from tests.e2e.doors import DUBAN, alone
from tui.command.environment import now
from tui.command.inspection import installed_lines
from tui.command.installation import Layout, sshd_lines
from tui.command.setup import set_up, take_back

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.geteuid() != 0, reason="only root makes accounts; run the tests as root for the door")]
SSHD = "HostKey {etc}/ssh/host\nUsePAM no\nInclude {etc}/ssh/sshd_config.d/*.conf\n"


@pytest.fixture
def layout() -> Iterator[Layout]:
    """A register in use, and an ``/etc`` of the test's own; the accounts of this machine are as before when it is over."""
    place = Path(tempfile.mkdtemp(dir="/srv" if Path("/srv").is_dir() else "/var"))
    place.chmod(0o755)
    found = Layout(
        home=place / "duban", program=place / "bin", backup=place / "backup", etc=place / "etc", run=place / "run", name=f"dbs{os.getpid()}"
    )
    for folder in ("bin", "duban", "etc/ssh/sshd_config.d"):
        (place / folder).mkdir(parents=True)
    for name in ("duban", "duban-enter"):
        (place / "bin" / name).write_text(f'#!/bin/sh\nexec {DUBAN.with_name(name)} "$@"\n')
        (place / "bin" / name).chmod(0o755)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", found.etc / "ssh/host"], check=True)
    (found.etc / "ssh/sshd_config").write_text(SSHD.format(etc=found.etc))
    os.makedirs("/run/sshd", exist_ok=True)
    people = roster()
    Register.create(
        found.home, replace(people.bureau, demo=False), people.leaders, tuple(people.units.values()), now() - timedelta(minutes=1)
    )
    with alone():
        try:
            yield found
        finally:
            for name in (*found.accounts, f"{found.name}-li"):
                subprocess.run(["userdel", name], check=False, capture_output=True)
            for group in (found.door, found.staff):
                subprocess.run(["groupdel", group], check=False, capture_output=True)
            shutil.rmtree(place, ignore_errors=True)


def yes() -> bool:
    return True


def no() -> bool:
    return False


def ours(layout: Layout) -> set[str]:
    """The accounts and groups of this machine that are called as ours are."""
    return {
        each
        for each in [*(one.pw_name for one in pwd.getpwall()), *(one.gr_name for one in grp.getgrall())]
        if each.startswith(layout.name)
    }


def tree(layout: Layout) -> dict[str, bytes]:
    """All that stands in the test's ``/etc``."""
    return {str(path): path.read_bytes() for path in layout.etc.rglob("*") if path.is_file()}


def told(layout: Layout) -> list[str]:
    return [f"{mark} {text}" for mark, text in installed_lines(layout)]


def test_a_server_is_set_up_once_looked_after_and_taken_back(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    before, head = tree(layout), Register(layout.home).head()
    assert told(layout) == []
    assert set_up(layout, dry=True, ask=yes)
    shown = capsys.readouterr().out
    assert "这次什么都没有做" in shown
    assert all(f"        {line}\n" in shown for line in sshd_lines(layout).splitlines())
    assert not set_up(layout, dry=False, ask=no)
    assert (ours(layout), tree(layout)) == (set(), before)

    (layout.etc / "ssh/sshd_config").write_text("Nonsense yes\n" + SSHD.format(etc=layout.etc))
    with pytest.raises(StoreError, match="Nonsense"):
        set_up(layout, dry=False, ask=yes)
    assert not list(layout.sshd.parent.iterdir()), "sshd would not start with it, so it must not stay"
    (layout.etc / "ssh/sshd_config").write_text(SSHD.format(etc=layout.etc))
    capsys.readouterr()
    assert set_up(layout, dry=False, ask=yes)
    shown = capsys.readouterr().out
    assert f"已有  账号 {layout.name}\n" in shown
    assert "没有运行 systemd" in shown or Path("/run/systemd/system").is_dir()
    assert ours(layout) == {*layout.accounts, layout.door, layout.staff}
    assert layout.sshd.read_text() == sshd_lines(layout)
    _rights_are_those_of_the_page(layout)
    known = tree(layout)
    assert set_up(layout, dry=False, ask=no), "nothing is to be done, so nobody is asked"
    assert "没有要做的" in capsys.readouterr().out
    assert tree(layout) == known

    _looked_after(layout, capsys)

    assert layout.backup
    service = layout.backup.stat().st_uid
    (layout.backup / "register.bundle").touch()
    os.chown(layout.backup / "register.bundle", service, service)
    layout.sshd.write_text("# mine\n" + sshd_lines(layout))
    assert not take_back(layout, dry=False, ask=yes)
    assert f"{layout.sshd} 已经改过" in capsys.readouterr().out
    layout.sshd.write_text(sshd_lines(layout))
    assert take_back(layout, dry=False, ask=yes)
    assert {path.stat().st_uid for path in (layout.backup, *layout.backup.iterdir())} == {0}
    assert ours(layout) == {f"{layout.name}-li"}
    assert (tree(layout), layout.run.exists()) == (before, False)
    assert (Register(layout.home).head(), (layout.keys / "keys.git").is_dir()) == (head, True)
    assert {path.stat().st_uid for path in (layout.home, *layout.home.rglob("*"), *layout.keys.rglob("*"))} == {0}
    assert take_back(layout, dry=False, ask=no)
    assert "没有要收回的" in capsys.readouterr().out


def _rights_are_those_of_the_page(layout: Layout) -> None:
    def whose(path: Path) -> tuple[str, str, int]:
        had = path.stat()
        return pwd.getpwuid(had.st_uid).pw_name, grp.getgrgid(had.st_gid).gr_name, had.st_mode & 0o7777

    shared = [layout.home / each for each in ("register.git", "attachments")]
    names = {path: whose(path) for path in (layout.home, *shared, layout.keys, layout.run)}
    assert names[layout.home][:2] == (layout.name, layout.reader)
    assert all(names[each] == (layout.name, layout.reader, 0o2750) for each in shared)
    assert names[layout.keys][:2] == (layout.security, layout.door)
    assert names[layout.run] == (layout.name, layout.staff, 0o2750)
    assert not any(mode & 0o027 & ~0o050 for _, _, mode in names.values())
    shadow = Path("/etc/shadow").read_text()
    assert all(f"\n{name}:*:" in shadow for name in layout.accounts)


def _looked_after(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    """Each thing that somebody might have changed is said, and what setup may mend it mends."""
    person = f"{layout.name}-li"
    assert [line[:2] for line in told(layout)] == ["正常", "正常"]
    assert "没有核对" in told(layout)[1]
    subprocess.run(["useradd", "--system", "--no-create-home", "--groups", layout.staff, person], check=True)
    assert [line[:2] for line in told(layout)] == ["正常", "正常"]
    assert "没有核对" not in told(layout)[1]

    (layout.etc / "ssh/sshd_config").write_text(
        f"X11Forwarding yes\nMatch User {person}\nForceCommand none\nMatch all\n" + SSHD.format(etc=layout.etc)
    )
    assert any("forcecommand 是 none" in line for line in told(layout))
    assert sum("x11forwarding 是 yes" in line for line in told(layout)) == 0, "a Match of ours outweighs what stands outside one"
    (layout.etc / "ssh/sshd_config").write_text(SSHD.format(etc=layout.etc))

    subprocess.run(["usermod", "--append", "--groups", layout.name, person], check=True)
    assert any(person in line and f"在组 {layout.name} 里" in line for line in told(layout))
    subprocess.run(["gpasswd", "--delete", person, layout.name], check=True, capture_output=True)

    (layout.home / "register.git/HEAD").chmod(0o644)
    assert any("register.git/HEAD 的权限是 644" in line for line in told(layout))
    (layout.program / "duban-enter").chmod(0o777)
    assert any("duban-enter 归 root，权限 777" in line for line in told(layout))
    assert not set_up(layout, dry=False, ask=yes), "people would be let in to what others can change"
    (layout.program / "duban-enter").chmod(0o755)
    assert set_up(layout, dry=False, ask=yes)
    assert [line[:2] for line in told(layout)] == ["正常", "正常"]

    mine = sshd_lines(layout).replace("MaxSessions 4", "MaxSessions 40")
    layout.sshd.write_text(mine)
    capsys.readouterr()
    assert not set_up(layout, dry=False, ask=yes)
    shown = capsys.readouterr().out
    assert "-    MaxSessions 40" in shown
    assert "没有动" in shown
    assert layout.sshd.read_text() == mine
    assert any("maxsessions 是 40，应当是 4" in line for line in told(layout))
    assert any("有人改过" in line for line in told(layout))

    record = json.loads(layout.record.read_text())  # as if an earlier version had written these lines: then they are written anew
    next(each for each in record["made"] if each.get("path") == str(layout.sshd))["sha256"] = _sha256(mine)
    layout.record.write_text(json.dumps(record))
    assert set_up(layout, dry=False, ask=yes)
    assert layout.sshd.read_text() == sshd_lines(layout)


def _sha256(text: str) -> str:
    from tui.command.machine import digest_of

    return digest_of(text)


def test_an_account_of_somebody_is_never_taken_over(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["useradd", "--no-create-home", "--shell", "/bin/bash", layout.name], check=True)
    before = ours(layout)
    with suppress(StoreError):
        assert not set_up(layout, dry=False, ask=yes)
    assert "同名的账号已经有了" in capsys.readouterr().out
    assert (ours(layout), layout.record.exists(), layout.sshd.exists()) == (before, False, False)
