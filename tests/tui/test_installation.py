"""What ``duban setup`` does is what the pages list by hand, line by line; nothing is changed here, and no root is needed."""

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from records.store.store import StoreError
from tui.command import duban, machine
from tui.command.inspection import deviations, installed_lines
from tui.command.installation import Account, File, Folder, Group, Layout, Listing, Member, Passwordless, Step, Tree, Unit, effective, plan
from tui.command.installation import sshd_lines as lines_of
from tui.command.machine import APART, OTHER, THERE, TO_DO, Found
from tui.command.setup import Made, layout_of

DOCS = Path(__file__).parents[2] / "docs"
DOOR = (DOCS / "door.md").read_text(encoding="utf-8")
PLAN = plan(Layout(backup=Path("/mnt/backup/duban")))
FILES = {str(step.path): step.text for step in PLAN if isinstance(step, File)}


def block(heading: str, kind: str = "text", nth: int = 0) -> str:
    """A block of the page of the door."""
    chapter = re.search(rf"^## [^\n]*{heading}\n(.*?)(?=^## |\Z)", DOOR, re.MULTILINE | re.DOTALL)
    assert chapter, heading
    found: list[str] = re.findall(rf"^```{kind}\n(.*?)^```", chapter[1], re.MULTILINE | re.DOTALL)
    return found[nth]


def commands(*kinds: type[Step]) -> list[str]:
    return [command for step in PLAN if isinstance(step, kinds) for command in step.commands()]


def test_accounts_are_those_of_the_page() -> None:
    told = "".join(f"{name}() {{ printf '{name}'; printf ' %s' \"$@\"; echo; }}\n" for name in ("groupadd", "useradd", "usermod"))
    played = subprocess.run(["sh", "-euc", told + block("账号")], capture_output=True, text=True, check=True).stdout
    assert played.replace(" * ", " '*' ").splitlines() == commands(Group, Account, Passwordless, Member)


def test_rights_files_and_lists_are_those_of_the_pages() -> None:
    run = next(step for step in PLAN if isinstance(step, Folder) and step.path == Layout.run)
    assert block("权限").splitlines() == [*commands(Tree), *run.commands()]
    assert f"`/etc/tmpfiles.d/duban.conf`：`{FILES['/etc/tmpfiles.d/duban.conf'].strip()}`" in DOOR
    assert block("sshd") == FILES["/etc/ssh/sshd_config.d/duban.conf"] == lines_of(Layout())
    assert block("服务", "ini") == FILES["/etc/systemd/system/duban.service"]
    by_hand = block("密钥和账号", nth=1).replace("\nduban --register", "\n/opt/duban/bin/duban --register").splitlines()
    assert by_hand == [*Folder(Path("/etc/duban"), 0o755).commands(), *commands(Listing)]


def test_timers_are_those_of_the_pages() -> None:
    offline = (DOCS / "offline.md").read_text(encoding="utf-8")
    for name in ("duban-tick.service", "duban-tick.timer"):
        path = f"/etc/systemd/system/{name}"
        told = "".join(f"    {line}\n" for line in FILES[path].splitlines())
        assert f"    # {path}\n{told}" in offline
    backup = FILES["/etc/systemd/system/duban-backup.service"].rpartition("ExecStart=")[2].strip()
    assert f"30 20 * * * {backup}" in (DOCS / "guide/operator.md").read_text(encoding="utf-8")
    lists = FILES["/etc/systemd/system/duban-lists.service"]
    assert re.findall("ExecStart=(.*)", lists) == commands(Listing)
    assert "User=" not in lists
    started = {step.name for step in PLAN if isinstance(step, Unit)}
    assert started == {"duban.service", "duban-tick.timer", "duban-maintain.timer", "duban-lists.timer", "duban-backup.timer"}
    nightly = re.search("ExecStart=(.*)", FILES["/etc/systemd/system/duban-maintain.service"])
    assert nightly is not None
    assert f"`40 2 * * * {nightly[1]}`" in DOOR
    assert not any("backup" in str(step) for step in plan(Layout()))


def test_a_server_of_several_follows_the_others_by_the_unit_of_the_page(tmp_path: Path) -> None:
    assert not any("sync" in str(step) for step in PLAN)
    steps = plan(replace(Layout(), follows=True))
    (unit,) = (step.text for step in steps if isinstance(step, File) and step.path.name == "duban-sync.service")
    assert f"```ini\n{unit}```" in (DOCS / "machines.md").read_text(encoding="utf-8")
    assert Unit("duban-sync.service") in steps
    (tmp_path / "upstream").mkdir()
    assert not layout_of(str(tmp_path)).follows
    (tmp_path / "upstream/url").write_text("/srv/git/duban.git\n")
    assert (layout_of(str(tmp_path)).follows, layout_of(str(tmp_path)).replica) == (True, False)


def test_at_a_replica_the_clock_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "upstream").mkdir()
    (tmp_path / "upstream/url").write_text("/srv/git/duban.git\nreplica\n")
    steps = plan(layout_of(str(tmp_path)))
    assert Unit("duban-sync.service") in steps
    assert not any("tick" in str(step) for step in steps)


@pytest.mark.parametrize(
    "place", ["/srv/du ban", "/srv/a\nUser=root", "/srv/%n", "/srv/督办", "/srv/$HOME", "/srv/../root", "srv", "/srv/'"]
)
def test_a_path_that_means_more_than_a_path_in_some_file_is_unfit(place: str) -> None:
    assert list(Layout(home=Path(place)).unfit()) == [place]
    assert list(Layout(backup=Path(place)).unfit()) == [place]
    assert not list(Layout().unfit())


def test_the_first_value_for_a_user_counts() -> None:
    lines = lines_of(Layout())
    service, reader, member = (effective(lines, *of) for of in (("duban",), ("duban-ro",), ("baicheng", ("duban-staff",))))
    assert (service["authorizedkeysfile"], reader["authorizedkeysfile"]) == ("/etc/duban/staff", "/etc/duban/inspectors")
    assert ("permittty" in service, reader["permittty"]) == (False, "no")
    assert member["forcecommand"] == "/opt/duban/bin/duban-enter /run/duban/door"
    assert (member["pubkeyauthentication"], member["maxstartups"]) == ("no", "100:30:300")
    assert effective(lines, "root") == {"maxstartups": "100:30:300", "logingracetime": "30"}


OURS = "".join(f"{keyword} {value}\n" for keyword, value in effective(lines_of(Layout()), "duban").items())
COMMAND = "/opt/duban/bin/duban --register /srv/duban keys authorized-keys"
DEVIATIONS = {
    "as the page has it": (OURS, []),
    "more is taken from the environment": (OURS + "acceptenv LANG\n", []),
    "by the command that the page leaves open": (
        OURS.replace("/etc/duban/staff", "none") + f"authorizedkeyscommand {COMMAND}\n",
        [],
    ),
    "a file beside the list": (OURS.replace("/etc/duban/staff", "/etc/duban/staff .ssh/authorized_keys"), ["authorizedkeysfile"]),
    "another command": (OURS + "authorizedkeyscommand /usr/bin/ldap-keys\n", ["authorizedkeyscommand"]),
    "certificates": (OURS + "trustedusercakeys /etc/ssh/ca.pub\n", ["trustedusercakeys"]),
    "a password": (OURS.replace("passwordauthentication no", "passwordauthentication yes"), ["passwordauthentication"]),
    "forwarding": (OURS.replace("allowtcpforwarding no", "allowtcpforwarding local"), ["allowtcpforwarding"]),
}


@pytest.mark.parametrize("name", DEVIATIONS)
def test_what_sshd_goes_by_is_held_against_the_page(name: str) -> None:
    told, wrong = DEVIATIONS[name]
    assert [keyword for keyword, _, _ in deviations(Layout(), "duban", (), told)] == wrong


def test_nothing_is_done_unasked_to_a_demo_or_by_anybody(demo_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ran(*argv: str) -> tuple[int, str]:
        done = CliRunner().invoke(duban, ["--register", str(demo_home), "setup", *argv])
        return done.exit_code, done.output

    def nothing(*_: object) -> None:
        pytest.fail("this machine is changed")

    monkeypatch.setattr(machine, "done", nothing)
    monkeypatch.setattr(machine, "undone", nothing)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    for argv in ([], ["--undo"]):
        assert (ran(*argv)[0], "没有终端可以询问" in ran(*argv)[1]) == (1, True)
    code, told = ran("--dry-run", "--yes")
    assert (code, "是演示登记簿，不设入口" in told, "什么都没有做" in told) == (1, True, True)
    assert (ran("--yes")[0], "什么都没有做" in ran("--yes")[1]) == (1, True)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert (ran("--yes")[0], "要用 root 运行" in ran("--yes")[1]) == (1, True)


def test_who_is_not_root_is_told_that_only_root_sees_it_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layout = Layout(etc=tmp_path)
    assert not list(installed_lines(layout))
    layout.sshd.parent.mkdir(parents=True)
    layout.sshd.touch()
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert [(mark, "再用 root 运行" in told) for mark, told in installed_lines(layout)] == [("提示", True)]


def test_a_record_that_is_none_of_ours_is_said_and_nothing_is_guessed(tmp_path: Path) -> None:
    layout = Layout(etc=tmp_path)
    layout.record.parent.mkdir()
    for text in ("", "[]", '{"made": 1}', '{"made": [1]}', "\0"):
        layout.record.write_text(text)
        with pytest.raises(StoreError, match="读不出来"):
            Made.read(layout)


def test_units_are_enabled_where_systemd_runs_and_only_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unit = Unit("duban.service")
    monkeypatch.setattr(machine, "SYSTEMD", tmp_path / "none")
    assert machine.look(unit) == Found(APART, "本机没有运行 systemd")
    (tmp_path / "systemctl").write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/log\ncase $1 in enable) touch {tmp_path}/on;; is-*) test -e {tmp_path}/on;; esac\n'
    )
    (tmp_path / "systemctl").chmod(0o755)
    monkeypatch.setattr(machine, "SYSTEMD", tmp_path)
    monkeypatch.setattr(machine, "PATH", f"{tmp_path}:{machine.PATH}")
    assert machine.look(unit).state == TO_DO
    machine.done(unit, Layout())
    assert machine.look(unit).state == THERE
    machine.undone({"kind": "unit", "name": "duban.service"}, ())
    assert (tmp_path / "log").read_text().splitlines()[1:-1] == [
        "enable --now duban.service",
        "is-enabled --quiet duban.service",
        "is-active --quiet duban.service",
    ]
    assert (tmp_path / "log").read_text().splitlines()[-1] == "disable --now duban.service"


def test_a_file_of_another_text_is_shown_and_no_link_is_followed_out_of_it(tmp_path: Path) -> None:
    path = tmp_path / "duban.conf"
    assert machine.look(File(path, "a\n")) == Found(TO_DO)
    path.write_text("b\n")
    path.chmod(0o644)
    found = machine.look(File(path, "a\n"))
    assert found.state == OTHER
    assert {"-b", "+a"} <= set(found.told.splitlines()) or "应当归 root" in found.told  # the second where no root runs the tests
    path.chmod(0o666)
    assert "权限 666" in machine.look(File(path, "b\n")).told
