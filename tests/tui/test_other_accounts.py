"""What belongs to a service's account is written by nobody else: root could, and would lock it out of its own register."""

import os
from pathlib import Path

import pytest

from records.register.joining import join
from records.register.register import Register
from records.store.address import address
from records.store.store import StoreError
from tests.bureau import AFTERWARDS
from tests.documents.case import act, created, walk
from tests.githost import upstream_at
from tests.tui.test_command import Shell

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another account")]

_NOBODY = 65534


def given_away(folder: Path) -> None:
    """Give a folder to another account, with all that is in it."""
    for each in (folder, *folder.rglob("*")):
        os.chown(each, _NOBODY, _NOBODY, follow_symlinks=False)


def roots(folder: Path) -> list[str]:
    return [each.name for each in folder.rglob("*") if each.lstat().st_uid == 0]


def test_root_writes_into_no_register_and_no_upstream_of_another_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whichever command; and whoever is refused is told what to type instead."""
    monkeypatch.setattr("tui.command.environment.now", lambda: AFTERWARDS)  # on a rest day the clock owes nothing that it could not write
    up, home, shell = upstream_at(tmp_path / "up.git"), tmp_path / "one", Shell(tmp_path / "one", capsys, monkeypatch)
    walk(created(home), "dispatch")
    join(home, address(str(up)))
    join(tmp_path / "other", address(str(up)))
    act(Register(tmp_path / "other"), "sign_for", "JJ.liaison", {})
    for each in (home, up):
        given_away(each)
    for argv in (
        ("sync",),
        ("tick",),
        ("maintain",),
        ("build",),
        ("watch",),
        ("init", str(home), "--upstream", str(up)),
        ("init", str(home), "--upstream", "a@b:c"),
    ):
        status, out, err = shell(*argv)
        assert (status, out) == (1, ""), argv
        assert "归账号 nobody，由 root 写下的 nobody 读不了，什么都没有做" in err, argv
        assert "su -s /bin/sh nobody -c 'duban --register " in err, argv
    with pytest.raises(StoreError, match="归账号 nobody"):
        act(Register(home), "sign_for", "CG.liaison", {})
    (up / "hooks/post-receive").unlink()  # which the command would write again
    for words in (["--take-over"], ["--rejoin"], ["--standby"], ["--to", "ssh://a@b/c"], []):
        assert "归账号 nobody" in shell("upstream", str(up), *words)[2]
    assert roots(home) + roots(up) == []
