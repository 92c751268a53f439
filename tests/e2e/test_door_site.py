"""Acts done at a site come home through the door on the real thing: what is lawful is taken, all else refused with the reason (G1-G5)."""

import fcntl
import os
import pwd
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from records.register.register import NEW, Receipt, Register
from tests.e2e.doors import DUBAN, Door, account_of
from tests.e2e.test_door import registration
from tests.tampering.forge import Forge
from tui.command.environment import now

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.geteuid() != 0, reason="only root makes accounts; run the tests as root for the door")]


class Site:
    """A machine that holds a clone of the register, on which acts are done."""

    def __init__(self, server: Door, place: Path) -> None:
        self.server, self.home, self.git = server, place, place / "register.git"
        ssh = " ".join(f"'{part}'" if " " in part else part for part in server.argv("site")[:-1])
        self._env = {**os.environ, "GIT_SSH_COMMAND": ssh, "GIT_CONFIG_GLOBAL": "/dev/null"}
        place.mkdir()
        done = self.told("clone", "-q", "--bare", "--no-local", f"{account_of('svc')}@127.0.0.1:register", str(self.git), folder=place)
        assert done.returncode == 0, done.stderr
        for pack in (self.git / "objects/pack").glob("*.pack"):  # the forger's workshop knows loose objects alone
            data = pack.read_bytes()
            pack.with_suffix(".idx").unlink()
            pack.unlink()
            subprocess.run(["git", "-C", self.git, "unpack-objects", "-q"], input=data, check=True)
        self.begun = (self.git / "packed-refs").read_text().split()[-2]
        self.back()

    def told(self, *words: str, folder: Path | None = None, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run Git here, which reaches the door with the site's key."""
        environment = {**self._env, **(env or {})}
        return subprocess.run(["git", "-C", folder or self.git, *words], capture_output=True, text=True, check=False, env=environment)

    def push(self, *refs: str, env: Mapping[str, str] | None = None) -> tuple[bool, str]:
        """Push; return whether it was taken, and what was said."""
        done = self.told("push", f"{account_of('svc')}@127.0.0.1:register", *(refs or ("main",)), env=env)
        return done.returncode == 0, done.stderr

    def act(self, ref: str) -> str:
        """Do an act here, as a person, and return its commit."""
        register = Register(self.home)
        when = max(now(), register.describe(register.head() or "").author.time)
        done = register.act("register", NEW, "BGS.clerk1", registration(source_ref=ref), when)
        assert isinstance(done, Receipt), str(done)
        return done.commit

    def back(self) -> None:
        """Forget what was done here and never came home."""
        (self.git / "packed-refs").unlink(missing_ok=True)
        (self.git / "refs/heads").mkdir(parents=True, exist_ok=True)
        (self.git / "refs/heads/main").write_text(f"{self.begun}\n")
        (self.git / "logs/refs/heads").mkdir(parents=True, exist_ok=True)


@pytest.fixture
def site(door: Door, tmp_path: Path) -> Site:
    """Return a site that has cloned."""
    return Site(door, tmp_path / "site")


def test_acts_of_a_site_come_home_and_nothing_stays_in_the_repository(site: Site) -> None:
    server, first, second = site.server, site.act("站点第1号"), site.act("站点第2号")
    taken, told = site.push()
    assert (taken, "已收下 2 笔" in told) == (True, True), told
    assert server.head() == second
    assert Register(server.home).describe(second).parent == first
    uid = pwd.getpwnam(account_of("svc")).pw_uid
    assert {path.stat().st_uid for path in (server.home / "register.git").rglob("*")} == {uid}
    assert [*(server.home / "register.git/hooks").iterdir(), *(server.home / "arrivals").iterdir()] == []
    done = server.run("svc", str(DUBAN), "--register", str(server.home), "audit", str(server.home))
    assert (done.returncode, "没有发现问题" in done.stdout) == (0, True), done.stdout
    assert any(f"push {second[:12]}" in line for line in server.log())
    assert "up-to-date" in site.push()[1]
    server.ok("clerk", "act register new --json", given=registration(source_ref="站点以后的第1号"))


def test_a_bundle_comes_home_through_the_door_with_its_paper(site: Site, tmp_path: Path) -> None:
    server, head = site.server, site.act("介质第1号")
    file = tmp_path / "home.bundle"
    done = subprocess.run(
        [DUBAN, "--register", site.home, "export", "--bundle", file, "--since", site.begun], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "不是 Git 的 bundle" in server.ask("site", "import bundle", given=b"x")[2]
    status, out, err = server.ask("site", "import bundle", given=file.read_bytes())
    assert (status, "已收下 1 笔" in out.decode()) == (0, True), err
    assert server.head() == head
    assert server.run("svc", str(DUBAN), "--register", str(server.home), "import", "bundle", str(file)).returncode != 0


def test_a_push_holds_a_seat_until_it_ends_however_it_ends(site: Site) -> None:
    """Seven seats are held by hand; what hangs takes the eighth, and dropped or killed leaves it."""
    server = site.server  # the site has cloned, so there is the file
    with (server.home / "sessions/BGS.registry").open("r+") as seats:
        fcntl.lockf(seats, fcntl.LOCK_EX, 7, 1)
        for asked, how in (("git-receive-pack 'register'", signal.SIGTERM), ("git-upload-pack 'register'", signal.SIGKILL)):
            hanging = subprocess.Popen(server.argv("site", asked), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            assert hanging.stdout
            assert hanging.stdout.read(4)  # what Git says first: it runs
            assert "已经开着8个会话" in server.ask("site", "files")[2]
            assert site.push()[0] is False
            hanging.send_signal(how)
            hanging.communicate()
            fcntl.lockf(seats, fcntl.LOCK_EX, 1)  # waits until nobody holds it
            fcntl.lockf(seats, fcntl.LOCK_UN, 1)
    site.act("站点第41号")
    assert site.push()[0]


def test_what_moved_meanwhile_is_not_merged(site: Site) -> None:
    site.act("站点第11号")
    site.server.ok("clerk", "act register new --json", given=registration(source_ref="在家第11号"))
    head = site.server.head()
    taken, told = site.push()  # stock Git sees it for itself
    assert (taken, "fetch first" in told or "non-fast-forward" in told) == (False, True), told
    taken, told = site.push("+main")
    assert (taken, "不自动合并" in told, site.server.head()) == (False, True, head), told


def test_what_no_act_makes_is_refused_with_the_reason(site: Site) -> None:
    """Each kind of forgery is tried in tests/tui/test_homecoming.py; here one is refused by the audit, one by Git, two are no push."""
    server, forge = site.server, Forge(site.home)
    head, before = server.head(), sorted((server.home / "register.git/objects").rglob("*"))
    false = forge.hand(lambda files: forge.changed(files, "bureau.yaml", "demo: false", "demo: true"))
    taken, told = site.push()
    assert (taken, "一笔也没有收下" in told, false[:12] in told, "没有写明办理动作" in told) == (False, True, True, True), told
    site.back()
    forge.hand(lambda files: {**files, ".gitmodules": (b"120000", forge.put("blob", b"/etc/passwd"))})
    taken, told = site.push()
    assert (taken, "gitmodulesSymlink" in told) == (False, True), told
    site.back()
    new = site.act("站点第21号")
    for refs in ((f"{new}:refs/replace/{head}", "main"), (":main",)):
        taken, told = site.push(*refs)
        assert (taken, "只收 main" in told) == (False, True), (refs, told)
    assert (server.head(), sorted((server.home / "register.git/objects").rglob("*"))) == (head, before)


def test_surroundings_of_the_client_count_for_nothing(site: Site) -> None:
    hostile = ["GIT_DIR=/x", "GIT_OBJECT_DIRECTORY=/x", "GIT_QUARANTINE_PATH=/x", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.hooksPath"]
    argv = site.server.argv("site", options=("-o", "SetEnv=" + " ".join([*hostile, "GIT_CONFIG_VALUE_0=/x", "GIT_PROTOCOL=version=2:x"])))
    site.act("站点第31号")
    taken, told = site.push(env={"GIT_SSH_COMMAND": " ".join(f"'{part}'" if " " in part else part for part in argv[:-1])})
    assert (taken, "已收下" in told) == (True, True), told


def test_a_site_does_nothing_else(site: Site) -> None:
    for asked in (
        "ls",
        "act register new",
        "git-receive-pack '/etc'",
        "git-upload-archive 'register'",
        "git-receive-pack 'register' --x",
        "",
    ):
        status, out, err = site.server.ask("site", asked)
        assert (status, out, "站点" in err) == (126, b"", True), asked
    told = site.server.run("svc", str(DUBAN), "--register", str(site.server.home), "receive", "--as", "BGS.registry", "--key", "x")
    assert (told.returncode, "由 git" in told.stderr) == (1, True)
    for key in ("clerk", "liaison"):
        assert "不能推送" in site.server.ask(key, "git-receive-pack 'register'")[2]
    line = next(line for line in (site.server.place / "etc/staff").read_text().splitlines() if "--role site" in line)
    assert (line.startswith("restrict,expiry"), bool(re.search(r"\bpty\b", line))) == (True, False)
