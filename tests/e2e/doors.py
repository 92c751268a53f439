"""A door on the real thing: an sshd of the tests' own, real keys, accounts of their own for service, reader and security administrator.

Rights and the lines of sshd's configuration are those of docs/door.md.
"""

import fcntl
import json
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import IO

from records.bureau.entrances import Entrance
from records.keys.keys import Keys
from records.keys.public_key import public_key
from records.register.register import Register
from records.store.store import Ident
from tests.bureau import roster
from tui.command.environment import now

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/door.md").read_text(encoding="utf-8")
DUBAN = Path(sys.executable).with_name("duban")
PASSWORD = secrets.token_hex(12)
PASSWORDS = ("chang", "nobody", "outside")
"""Accounts with a password: of somebody, of nobody, of somebody who is not in the group."""
AUDITOR = next((who for who in roster().people if "auditor" in {role for role, _ in roster().roles(who, now().date())}), "")


_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are still there."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Door:
    """A register behind a door, and the keys of those who come to it."""

    def __init__(self, place: Path, port: int) -> None:
        self.place, self.port = place, port
        self.home, self.keys = place / "duban", place / "duban-keys"
        self.service: subprocess.Popen[str]

    def argv(self, key: str, *words: str, account: str = "svc", options: Sequence[str] = ()) -> list[str]:
        """Return the command line of a client that holds a key."""
        told = (
            "IdentitiesOnly=yes",
            "BatchMode=yes",
            "LogLevel=ERROR",
            "StrictHostKeyChecking=no",
            f"UserKnownHostsFile={self.place}/known",
        )
        where = ("-p", str(self.port), f"{account_of(account)}@127.0.0.1")
        own = [part for each in key.split() for part in ("-i", f"{self.place}/clients/{each}")]
        return ["ssh", "-F", "none", *(part for each in told for part in ("-o", each)), *own, *options, *where, *words]

    def ask(self, key: str, *words: str, given: bytes = b"", account: str = "svc", options: Sequence[str] = ()) -> tuple[int, bytes, str]:
        """Ask for something; return status, output, complaints."""
        argv = self.argv(key, *words, account=account, options=options)
        done = subprocess.run(argv, input=given, capture_output=True, check=False, timeout=60)
        return done.returncode, done.stdout, done.stderr.decode()

    def ok(self, key: str, *words: str, given: object = None) -> str:
        """Ask for what must be had; what is given goes in as JSON."""
        status, out, err = self.ask(key, *words, given=b"" if given is None else json.dumps(given).encode())
        assert status == 0, err
        return out.decode()

    def run(self, account: str, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a program on the server under an account."""
        return as_account(account, *argv, folder=self.place)

    def start(self) -> None:
        """Start the service, and wait until it listens."""
        found = pwd.getpwnam(account_of("svc"))
        argv = [str(DUBAN), "--register", str(self.home), "service", "--socket", str(self.place / "run/door")]
        groups = os.getgrouplist(found.pw_name, found.pw_gid)
        with (self.place / "service.log").open("a") as out:
            self.service = subprocess.Popen(
                argv,
                user=found.pw_uid,
                group=found.pw_gid,
                extra_groups=groups,
                umask=0o027,
                cwd="/",
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
                env=_ENVIRONMENT,
            )
        assert self.service.stdout
        assert "等候" in self.service.stdout.readline(), (self.place / "service.log").read_text(encoding="utf-8")

    def stop(self) -> None:
        """Stop the service, as its manager would, and wait until it and all sessions are gone."""
        self.service.terminate()
        assert self.service.wait(60) == 0

    def sessions(self) -> list[int]:
        """The processes of the sessions that the service has open now, and of its publisher."""
        return children(self.service.pid)

    def sessions_until(self, count: int) -> list[int]:
        """Wait until so many are open, or half a minute is over; return them."""
        end = time.monotonic() + 60
        while len(found := self.sessions()) < count and time.monotonic() < end:
            time.sleep(0.05)
        return found

    @contextmanager
    def impatient(self) -> Iterator[int]:
        """A second sshd of the same door that asks a silent client every second whether it is there; gives its port."""
        mine = self.port
        with _serving(self, "ClientAliveInterval 1\n"):
            theirs, self.port = self.port, mine
            yield theirs

    @contextmanager
    def with_agents(self) -> Iterator[None]:
        """Come in by a second sshd of the same door that lets agents be forwarded, as the page says how."""
        mine = self.port
        self.write_list("--agents")
        try:
            with _serving(self, more=_block("转发密钥代理")):
                yield
        finally:
            self.port = mine
            self.write_list()

    def by_password(self, role: str, *words: str, password: str = PASSWORD, tty: bool = False, options: Sequence[str] = ()) -> list[str]:
        """Return the command line of a client that knows a password."""
        told = ("PreferredAuthentications=password", "NumberOfPasswordPrompts=1", "LogLevel=ERROR", "StrictHostKeyChecking=no")
        own = [part for each in (*told, f"UserKnownHostsFile={self.place}/known") for part in ("-o", each)]
        asked = self.place / "clients" / f"ask-{password}"
        if not asked.exists():
            asked.write_text(f"#!/bin/sh\necho {password}\n")
            asked.chmod(0o700)
        forced = ["env", f"SSH_ASKPASS={asked}", "SSH_ASKPASS_REQUIRE=force", "ssh", *(["-tt"] if tty else [])]
        return [*forced, "-F", "none", *own, *options, "-p", str(self.port), f"{account_of(role)}@127.0.0.1", *words]

    def ask_by_password(self, role: str, *words: str, given: bytes = b"", password: str = PASSWORD) -> tuple[int, bytes, str]:
        """Ask for something with a password; return status, output, complaints."""
        argv = self.by_password(role, *words, password=password)
        done = subprocess.run(argv, input=given, capture_output=True, check=False, timeout=60)
        return done.returncode, done.stdout, done.stderr.decode()

    def keep(self, *words: str) -> str:
        """Run ``duban keys`` as the security administrator, who must succeed."""
        done = self.run("sec", str(DUBAN), "--register", str(self.home), "keys", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def write_list(self, *more: str) -> None:
        """Have root write sshd's list, as the page says."""
        for role, name in (("staff", "staff"), ("inspector", "inspectors")):
            file = str(self.place / "etc" / name)
            subprocess.run([DUBAN, "--register", self.home, "keys", "authorized-keys", "--role", role, *more, "--to", file], check=True)

    def head(self) -> str:
        """The head of the register."""
        return Register(self.home).head() or ""

    def log(self) -> list[str]:
        """The lines of the door's log."""
        return [line for path in sorted((self.home / "door").iterdir()) for line in path.read_text(encoding="ascii").splitlines()]


def account_of(role: str) -> str:
    """The name of an account of the test's own."""
    return f"dbt{os.getpid()}{role}"


def as_account(account: str, *argv: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program under an account, with its groups, and nothing of this environment."""
    found = pwd.getpwnam(account_of(account))
    return subprocess.run(
        argv,
        user=found.pw_uid,
        group=found.pw_gid,
        extra_groups=os.getgrouplist(found.pw_name, found.pw_gid),
        umask=0o027,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=_ENVIRONMENT,
    )


def _locked(note: Path) -> IO[str]:
    """Open a note that others take away, and lock it while it still is the one that all know."""
    while True:
        lock = note.open("a+", encoding="utf-8")
        fcntl.flock(lock, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(lock.fileno()), note.stat()):
                return lock
        lock.close()


@contextmanager
def _reachable() -> Iterator[None]:
    """Let other accounts come to this program and its Python, whose folders may be root's alone, until the last worker is through.

    Only passing through is allowed, nothing can be listed.
    """
    note = Path("/run/duban-door.json")
    with _locked(note) as lock:
        lock.seek(0)
        known = json.loads(lock.read() or "{}")
        folders = {folder for path in (ROOT / "tui", Path(sys.executable).resolve()) for folder in path.parents}
        closed = {str(folder): folder.stat().st_mode & 0o7777 for folder in folders if not folder.stat().st_mode & 1}
        note.write_text(json.dumps(closed | known), encoding="utf-8")
        for name, mode in closed.items():
            os.chmod(name, mode | 0o001)
        fcntl.flock(lock, fcntl.LOCK_SH)
        try:
            yield
        finally:
            with suppress(BlockingIOError):  # another worker is still at it, and the last one sees to it
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                for name, mode in json.loads(note.read_text(encoding="utf-8")).items():
                    os.chmod(name, mode)
                note.write_text("{}", encoding="utf-8")  # it stays: who waits for its lock must not get that of a file that is gone


@contextmanager
def alone() -> Iterator[None]:
    """Be the only one who changes the accounts of this machine: the programs that do give up where another is at it."""
    with Path("/run/duban-accounts.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _hash() -> str:
    return subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=PASSWORD, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def accounts() -> Iterator[None]:
    """Make the accounts of docs/door.md, and one of somebody who has a shell on the server; and let them reach the program."""
    service, reader, *_ = names = [account_of(role) for role in ("svc", "ro", "sec", "liaison", *PASSWORDS)]
    groups = account_of("door"), account_of("staff")
    with alone():
        for group in groups:
            subprocess.run(["groupadd", "--system", group], check=True)
        for name in names:
            made = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/", "--shell", "/bin/sh", "-p*", name]
            subprocess.run(made, check=True)
        for role in PASSWORDS:
            subprocess.run(["usermod", "-p", _hash(), account_of(role)], check=True)
            if role != "outside":
                subprocess.run(["usermod", "--append", "--groups", groups[1], account_of(role)], check=True)
        for name in (service, reader):
            subprocess.run(["usermod", "--append", "--groups", groups[0], name], check=True)
    try:
        with _reachable():
            yield
    finally:
        with alone():
            for name in names:
                subprocess.run(["userdel", name], check=False, stderr=subprocess.DEVNULL)
            for group in groups:
                subprocess.run(["groupdel", group], check=False, stderr=subprocess.DEVNULL)


@contextmanager
def opened() -> Iterator[Door]:
    """A register in use, as docs/door.md sets it up, and its sshd."""
    place = Path(tempfile.mkdtemp(dir="/srv" if Path("/srv").is_dir() else "/var"))  # sshd trusts no list below a folder open to all
    place.chmod(0o755)
    for name in ("etc", "clients"):
        (place / name).mkdir(mode=0o755)
    (place / "clients").chmod(0o700)
    try:
        found = roster()
        home, units = place / "duban", tuple(found.units.values())
        home.mkdir()
        Register.create(home, replace(found.bureau, demo=False), found.leaders, units, now() - timedelta(minutes=1))
        subprocess.run([DUBAN, "--register", home, "keys", "init"], check=True, capture_output=True)
        server = Door(place, 0)
        for key, person in (
            ("clerk", "BGS.clerk1"),
            ("liaison", "JJ.liaison"),
            ("keeper", "BGS.section_chief"),
            ("leader", "L03"),
            ("archivist", "BGS.archivist"),
        ):
            _enrol(server, key, person)
        _enrol(server, "lost", "CG.liaison")
        _enrol(server, "inspector", AUDITOR, "inspector")
        _enrol(server, "site", "BGS.registry", "site")
        _key(server, "unlisted")
        _give_away(place)
        server.write_list()
        with _serving(server):
            server.start()
            try:
                yield server
            finally:
                server.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _give_away(place: Path) -> None:
    """Set the owners and rights of docs/door.md, whose lines these are."""
    lines = _block("权限")
    names = {
        "duban-keys:duban-door": f"{account_of('sec')}:{account_of('door')}",
        "duban:duban-ro": f"{account_of('svc')}:{account_of('ro')}",
    }
    names |= {"-o duban -g duban-staff": f"-o {account_of('svc')} -g {account_of('staff')}"}
    names |= {"duban:duban": f"{account_of('svc')}:{account_of('svc')}", "/srv/": f"{place}/", "/run/duban": f"{place}/run"}
    for old, new in names.items():
        lines = lines.replace(old, new)
    subprocess.run(["sh", "-euc", lines], check=True)


def _block(heading: str) -> str:
    """The block of the page under a heading."""
    found = re.search(rf"^##+ [^\n]*{heading}.*?^```text\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert found, heading
    return found[1]


def _key(server: Door, name: str) -> Path:
    path = server.place / "clients" / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", f"{name}@pc", "-f", path], check=True)
    return path.with_suffix(".pub")


def _enrol(server: Door, name: str, person: str, role: str = "staff") -> None:
    keys, at = Keys(server.keys), now()
    key = public_key(_key(server, name).read_text(encoding="utf-8"))
    assert isinstance(key, str), key
    done = keys.enrol(person, Entrance(role, at.isoformat(), "2099-12-31", "测试", key), Ident("security", "security@keys", at))
    assert isinstance(done, str), done


def _exempt() -> str:
    """What the page has said to sshd where all come from one address, as all do here; an older one does not know it, nor penalties."""
    told = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True).stderr
    version = tuple(map(int, re.findall(r"OpenSSH_(\d+)\.(\d+)", told)[0]))
    (name,) = re.findall(r"`(PerSource\w+) 堡垒机地址`", PAGE)
    return f"{name} 127.0.0.1\n" if version >= (9, 8) else ""


class _serving:  # noqa: N801
    """An sshd with the lines of the page, on a port that the kernel gives; it is waited for until it says that it listens."""

    def __init__(self, server: Door, first: str = "", more: str = "") -> None:
        self._server, self._first, self._listening, self.told = server, first, threading.Event(), list[str]()
        self._more = more

    def __enter__(self) -> "_serving":
        place = self._server.place
        if not (place / "etc/host").exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", place / "etc/host"], check=True)
        lines = (
            _block("sshd")
            .replace("Match User", f"{self._more}Match User", 1)
            .replace("/etc/duban/", f"{place}/etc/")
            .replace("/srv/duban", f"{place}/duban")
        )
        lines = lines.replace("/opt/duban/bin/duban-enter", str(DUBAN.with_name("duban-enter"))).replace("/run/duban", f"{place}/run")
        lines = re.sub(r"\bduban-staff\b", account_of("staff"), lines)
        lines = re.sub(r"\bduban-ro\b", account_of("ro"), lines)
        lines = re.sub(r"(?<=User )duban\b|(?<=AllowUsers )duban\b", account_of("svc"), lines)
        os.makedirs("/run/sshd", exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        if self._first:
            lines = re.sub(r"(?m)^ +ClientAliveInterval .*\n", f"    {self._first}", lines)
        config = place / f"etc/sshd_config{port}"
        own = f"Port {port}\nListenAddress 127.0.0.1\nHostKey {place}/etc/host\nUsePAM no\nPidFile none\n{_exempt()}"
        config.write_text(own + lines, encoding="utf-8")
        self._daemon = subprocess.Popen(
            ["/usr/sbin/sshd", "-D", "-e", "-f", str(config)], stderr=subprocess.PIPE, text=True, errors="replace"
        )
        threading.Thread(target=self._listen, daemon=True).start()
        assert self._listening.wait(60), "".join(self.told)
        assert self._daemon.poll() is None, "".join(self.told)
        self._server.port = port
        return self

    def __exit__(self, *_: object) -> None:
        self._daemon.terminate()
        self._daemon.wait()

    def _listen(self) -> None:
        assert self._daemon.stderr
        for line in self._daemon.stderr:
            self.told.append(line)
            if "Server listening" in line:
                self._listening.set()
        self._listening.set()
