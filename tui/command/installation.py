"""What ``duban setup`` brings a server to: accounts, rights, files and units, in their order, as docs/door.md lists them by hand.

Nothing here looks at the machine or touches it. A test holds each command and each line against the page.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PLAIN = re.compile(r"/[A-Za-z0-9._/-]*\Z", re.ASCII)
_ABOVE = re.compile(r"(?:\A|/)\.\.(?:/|\Z)")


@dataclass(frozen=True)
class Layout:
    """Where all lies on a server, and what its accounts are called.

    Attributes:
        home: the folder of the register.
        program: the folder in which the programs of ``duban`` stand.
        backup: where backups go; None for none by the clock.
        follows: whether the register has an upstream that other servers push to.
        replica: whether it is only read here.
        etc: the folder of the machine's configuration.
        run: the folder in which the service listens.
        name: the account of the service; the others and the groups are named after it.
        agents: whether people may forward their agents.
    """

    home: Path = Path("/srv/duban")
    program: Path = Path("/opt/duban/bin")
    backup: Path | None = None
    etc: Path = Path("/etc")
    run: Path = Path("/run/duban")
    name: str = "duban"
    follows: bool = False
    replica: bool = False
    agents: bool = False

    @property
    def keys(self) -> Path:
        """The folder of the register of entrances."""
        return self.home.with_name(f"{self.home.name}-keys")

    @property
    def reader(self) -> str:
        """The account that inspectors clone by."""
        return f"{self.name}-ro"

    @property
    def security(self) -> str:
        """The account of the security administrator."""
        return f"{self.name}-keys"

    @property
    def door(self) -> str:
        """The group of those who read the entrances."""
        return f"{self.name}-door"

    @property
    def staff(self) -> str:
        """The group of the persons' own accounts."""
        return f"{self.name}-staff"

    @property
    def accounts(self) -> tuple[str, str, str]:
        """The accounts of no person."""
        return self.name, self.reader, self.security

    @property
    def record(self) -> Path:
        """The file in which stands what was made here."""
        return self.etc / "duban/setup.json"

    @property
    def sshd(self) -> Path:
        """The file of sshd's lines."""
        return self.etc / "ssh/sshd_config.d/duban.conf"

    def unfit(self) -> Iterator[str]:
        """Yield the paths that no unit, no line of sshd's and no list of commands may hold as they are."""
        places = (self.home, self.program, self.run, *((self.backup,) if self.backup else ()))
        yield from (str(each) for each in places if not _PLAIN.match(str(each)) or _ABOVE.search(str(each)))


@dataclass(frozen=True)
class Group:
    """A group of the system."""

    name: str

    def commands(self) -> Iterator[str]:
        """Yield the commands that do it."""
        yield f"groupadd --system {self.name}"


@dataclass(frozen=True)
class Account:
    """An account of no person."""

    name: str

    def commands(self) -> Iterator[str]:
        """Yield the commands that do it."""
        yield f"useradd --system --user-group --no-create-home --home-dir / --shell /bin/sh {self.name}"


@dataclass(frozen=True)
class Passwordless:
    """An account for which no password is right, and which an sshd without PAM does not take for a locked one."""

    account: str

    def commands(self) -> Iterator[str]:
        """Yield the commands that do it."""
        yield f"usermod --password '*' {self.account}"


@dataclass(frozen=True)
class Member:
    """An account that belongs to a group."""

    account: str
    group: str

    def commands(self) -> Iterator[str]:
        """Yield the commands that do it."""
        yield f"usermod --append --groups {self.group} {self.account}"


@dataclass(frozen=True)
class Entrances:
    """The register of entrances, which is never taken back."""

    path: Path
    duban: str

    def commands(self) -> Iterator[str]:
        """Yield the commands that do it."""
        yield f"{self.duban} keys init"


@dataclass(frozen=True)
class Tree:
    """A folder with all that is in it: whose it is; nobody else writes, the world sees nothing.

    Attributes:
        path: the folder.
        owner: of everything.
        group: of what is not shared.
        shared: the folders in it, or it itself, that a group reads; what is made in them later is the group's too.
        readers: that group, which passes through the top.
        fresh: those of the shared folders that may not be there yet.
    """

    path: Path
    owner: str
    group: str
    shared: tuple[Path, ...]
    readers: str
    fresh: tuple[Path, ...] = ()

    def commands(self) -> Iterator[str]:
        """Yield the commands that do it."""
        yield f"chown -R {self.owner}:{self.group} {self.path}"
        yield f"chmod -R g-w,o= {self.path}"
        if self.path not in self.shared:
            yield f"chown {self.owner}:{self.readers} {self.path}"
        for folder in self.shared:
            if folder in self.fresh:
                yield f"install -d -m 750 {folder}"
            if folder != self.path:
                yield f"chown -R {self.owner}:{self.readers} {folder}"
            yield f"find {folder} -type d -exec chmod g+s {{}} +"

    def is_shared(self, path: Path) -> bool:
        """Say whether something in it lies where the group reads."""
        return any(path.is_relative_to(each) for each in self.shared)

    def group_of(self, path: Path) -> str:
        """Return the group that something in it should have."""
        return self.readers if path == self.path or self.is_shared(path) else self.group


@dataclass(frozen=True)
class Folder:
    """One folder, without what is in it."""

    path: Path
    mode: int
    owner: str = "root"
    group: str = "root"

    def commands(self) -> Iterator[str]:
        """Yield the commands that do it."""
        whose = "" if self.owner == self.group == "root" else f"-o {self.owner} -g {self.group} "
        yield f"install -d {whose}-m {self.mode:o} {self.path}"


@dataclass(frozen=True)
class Listing:
    """A list of sshd's, which follows from the entrances and is written anew all the time."""

    path: Path
    duban: str
    options: str = ""

    def commands(self) -> Iterator[str]:
        """Yield the commands that do it."""
        yield f"{self.duban} keys authorized-keys {self.options}--to {self.path}"


@dataclass(frozen=True)
class File:
    """A file of the configuration."""

    path: Path
    text: str

    def commands(self) -> Iterator[str]:
        """Yield nothing: it is written."""
        yield from ()


@dataclass(frozen=True)
class Unit:
    """A unit that runs from now on and after each start of the machine."""

    name: str

    def commands(self) -> Iterator[str]:
        """Yield the commands that do it."""
        yield f"systemctl enable --now {self.name}"


Step = Group | Account | Passwordless | Member | Entrances | Tree | Folder | Listing | File | Unit
"""One thing that is so or is not."""


def plan(layout: Layout) -> tuple[Step, ...]:
    """Return all steps in their order: each finds done what it needs."""
    duban = f"{layout.program}/duban --register {layout.home}"
    etc, papers = layout.record.parent, layout.home / "attachments"
    shared = (layout.home / "register.git", papers)
    units = dict(_units(layout, duban))
    return (
        Folder(etc, 0o755),
        Group(layout.door),
        Group(layout.staff),
        *(step for name in layout.accounts for step in (Account(name), Passwordless(name))),
        Member(layout.name, layout.door),
        Member(layout.reader, layout.door),
        Entrances(layout.keys, duban),
        Tree(layout.home, layout.name, layout.name, shared, layout.reader, (papers,)),
        Tree(layout.keys, layout.security, layout.door, (layout.keys,), layout.door),
        Folder(layout.run, 0o2750, layout.name, layout.staff),
        File(layout.etc / "tmpfiles.d/duban.conf", f"d {layout.run} 2750 {layout.name} {layout.staff} -\n"),
        *((Folder(layout.backup, 0o750, layout.name, layout.name),) if layout.backup else ()),
        *_lists(layout, duban),
        File(layout.sshd, sshd_lines(layout)),
        *(File(layout.etc / "systemd/system" / name, text) for name, text in units.items()),
        *(Unit(name) for name, text in units.items() if "[Install]" in text),
    )


_SHUT = """\
    PermitUserRC no
    AllowAgentForwarding no
    AllowTcpForwarding no
    AllowStreamLocalForwarding no
    X11Forwarding no
    PermitTunnel no
    GatewayPorts no
    MaxAuthTries 4
    MaxSessions 4
    ClientAliveInterval 60
    ClientAliveCountMax 3
    LogLevel VERBOSE
"""


def sshd_lines(layout: Layout) -> str:
    """Return the lines of sshd's configuration; of a keyword that stands twice the first counts."""
    etc = layout.record.parent
    allowed = "    AllowAgentForwarding yes\n"
    agents = f"Match User {layout.name}\n{allowed}Match Group {layout.staff}\n{allowed}" if layout.agents else ""
    return f"""\
MaxStartups 100:30:300
LoginGraceTime 30
{agents}\
Match User {layout.name},{layout.reader}
    AuthenticationMethods publickey
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    AcceptEnv GIT_PROTOCOL
{_SHUT}\
Match User {layout.name}
    AuthorizedKeysFile {etc}/staff
Match User {layout.reader}
    PermitTTY no
    AuthorizedKeysFile {etc}/inspectors
Match Group {layout.staff}
    ForceCommand {layout.program}/duban-enter {layout.run}/door
    PubkeyAuthentication no
    PasswordAuthentication yes
{_SHUT}"""


def effective(lines: str, user: str, groups: tuple[str, ...] = ()) -> dict[str, str]:
    """Return what such lines settle for a user, keywords in small letters; as in sshd the first value of a keyword counts."""
    found: dict[str, str] = {}
    meant = True
    for line in lines.splitlines():
        keyword, _, value = line.strip().partition(" ")
        if keyword == "Match":
            kind, _, names = value.partition(" ")
            meant = user in names.split(",") if kind == "User" else names in groups
        elif meant and keyword:
            found.setdefault(keyword.lower(), value)
    return found


def _lists(layout: Layout, duban: str) -> tuple[Listing, Listing]:
    etc = layout.record.parent
    return Listing(etc / "staff", duban, "--agents " if layout.agents else ""), Listing(etc / "inspectors", duban, "--role inspector ")


def _units(layout: Layout, duban: str) -> Iterator[tuple[str, str]]:
    """Yield the units, the service first: it is also the publisher and holds the sessions."""
    socket = "" if layout.run == Layout.run else f" --socket {layout.run}/door"
    yield (
        "duban.service",
        f"""\
[Service]
User={layout.name}
UMask=0027
ExecStart={duban} service{socket}
Restart=always
KillMode=mixed
TimeoutStopSec=40
[Install]
WantedBy=multi-user.target
""",
    )
    if layout.follows:
        yield (
            "duban-sync.service",
            f"""\
[Service]
User={layout.name}
UMask=0027
ExecStart={duban} sync --every 1
Restart=always
RestartSec=30
[Install]
WantedBy=multi-user.target
""",
        )
    if not layout.replica:
        yield from _timed("duban-tick", f"User={layout.name}\nUMask=0027\n", [f"{duban} tick"], "*-*-* 08..18:00/30")
    gentle = f"User={layout.name}\nUMask=0027\nNice=10\n"
    yield from _timed("duban-maintain", gentle, [f"{duban} maintain"], "*-*-* 02:40:00")
    yield from _timed("duban-lists", "", [command for each in _lists(layout, duban) for command in each.commands()], "*:0/5")
    if layout.backup:
        yield from _timed("duban-backup", f"User={layout.name}\nUMask=0027\n", [f"{duban} backup --to {layout.backup}"], "*-*-* 20:30:00")


def _timed(name: str, whose: str, commands: list[str], when: str) -> Iterator[tuple[str, str]]:
    does = "".join(f"ExecStart={command}\n" for command in commands)
    yield f"{name}.service", f"[Service]\nType=oneshot\n{whose}{does}"
    yield f"{name}.timer", f"[Timer]\nOnCalendar={when}\nPersistent=true\n[Install]\nWantedBy=timers.target\n"
