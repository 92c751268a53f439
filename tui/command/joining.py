"""What ``init --upstream`` does before there is a register, and ``sync``: a server comes by its upstream, and goes on with it."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import click

from records.register.joining import Joined, join, name, reached
from records.register.register import Register
from records.store.address import Address, address
from records.store.disk import plain_bytes, replace_durably, reporting, sync_folder
from records.store.opening import FOLDER, is_replica
from records.store.ownership import refuse_others
from records.store.stock_git import not_run
from records.store.store import LARGEST, BusyError, StoreError
from records.store.upstream import UnreachedError, Upstream
from tui.command.common import fail, register_of, say
from tui.command.environment import now
from tui.command.help import command
from tui.command.upkeep import HINT, program
from tui.command.upstream_lines import clocks_apart, standby_line

_AGAIN = 60.0  # seconds after which a trouble that goes on is told again


def upstream_first(place: Path, url: str, *, replica: bool) -> bool:
    """Have a register's folder come by its upstream; say what is to be done next.

    Args:
        place: the folder.
        url: where the upstream is, as a person wrote it.
        replica: whether the server is only to read.

    Returns:
        Whether the upstream is empty and a register is to be founded, whose first commit then goes there.

    Raises:
        StoreError: the address is none, the upstream cannot be reached, or it holds another register.
    """
    where = address(url)
    refuse_others(place)
    if not replica and is_replica(place):
        noted = place / FOLDER / "url"
        fail(f"{place} 是副本，什么都没有改。改接别的上级库，请加 --replica；要改为办理的服务器，先删除 {noted}，再运行一次。")
    key = place / FOLDER / "key"
    if where.way == "ssh" and not key.exists():
        _make_key(place, key, where, replica=replica)
        return False
    with met(where, place / FOLDER):
        tip = reached(place, where).tip()
    founded = (place / "register.git/HEAD").is_file() and Register.founded(place)
    if tip is None and not founded:
        if replica:
            fail("上级库是空的，副本无从取起。请先让办理的服务器建立登记簿。")
        name(place, where)
        return True
    _tell(place, where, join(place, where, replica=replica), replica=replica)
    return False


def _tell(place: Path, where: Address, joined: Joined, *, replica: bool) -> None:
    what = "副本" if replica else "登记簿"
    if joined.sent:
        say(f"本机的登记簿已送到上级库 {where.url}，两边都在 {joined.head[:12]}。")
    elif joined.fetched:
        say(f"已从上级库 {where.url} 取来登记簿，在 {joined.head[:12]}。")
    else:
        say(f"上级库 {where.url} 与本机同在 {joined.head[:12]}。")
    duban = f"{program()} --register {shlex.quote(str(place.absolute()))}"
    say(f"{what} {place} 从现在起以上级库为准。正在运行的服务、打开的界面重新启动以后才照办。")
    say(f"核对历史：{duban} audit")
    say(f"随时跟上别的服务器，常驻运行：{duban} sync --every 1")
    say("附件、扫描件不在上级库里，请另行复制 attachments 目录（docs/machines.md）。")


def _make_key(place: Path, key: Path, where: Address, *, replica: bool) -> None:
    public = made_key(key)
    say(f"已为这台服务器生成密钥，公钥在 {key}.pub：\n{public}")
    say(f"请交给 {where.host} 的管理员，在那里写出它的一行：duban upstream 目录 --key key.pub{' --read' if replica else ''}")
    say("那一行放进 authorized_keys 以后，把这个命令再运行一次。")


def made_key(key: Path) -> str:
    """Make a key, whole before it is there, and return its public half.

    Raises:
        StoreError: ssh-keygen or the disk refuses; there is none then, and the next one makes it.
    """
    new, public = key.with_name("new"), key.with_name("key.pub")
    with reporting("生成密钥", key):
        key.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        for left in (new, new.with_suffix(".pub")):
            left.unlink(missing_ok=True)
        keygen("-q", "-t", "ed25519", "-N", "", "-C", "duban", "-f", str(new))
        os.replace(new.with_suffix(".pub"), public)
        os.replace(new, key)
        sync_folder(key.parent)
        return plain_bytes(public, 1 << 12).decode(errors="replace").strip()


@contextmanager
def met(where: Address, folder: Path) -> Iterator[None]:
    """Say by which key a host is known that is met in the block for the first time.

    Args:
        where: what is reached in the block.
        folder: where known hosts are written down.
    """
    known = folder / "known_hosts"
    _without_half_a_line(known)
    before = _fingerprints(known)
    try:
        yield
    finally:
        if new := [line for line in _fingerprints(known) if line not in before]:
            say(f"第一次连上 {where.host}，它的主机密钥如下，请与它的管理员核对；不对的，删除 {known}：")
            say("\n".join(new))


def _without_half_a_line(known: Path) -> None:
    """Take away what a full disk left of a line: ssh would write the next one behind it, and know neither host, ever."""
    with reporting("读取已知的主机", known), suppress(FileNotFoundError):
        told = plain_bytes(known, LARGEST)
        if not told.endswith(b"\n"):
            replace_durably(known, told[: told.rfind(b"\n") + 1], 0o600)


def _fingerprints(known: Path) -> list[str]:
    with suppress(StoreError):  # nobody is known by a file that is empty, or not to be read; ssh says the rest
        return keygen("-l", "-f", str(known)).splitlines() if known.exists() else []
    return []


def keygen(*argv: str) -> str:
    """Run ssh-keygen and return what it says.

    Raises:
        StoreError: it failed.
    """
    found = shutil.which("ssh-keygen")
    if found is None:
        fail("没有 ssh-keygen 命令。请安装 openssh-client。")
    try:
        done = subprocess.run([found, *argv], capture_output=True, text=True, errors="replace", check=False, stdin=subprocess.DEVNULL)
    except OSError as error:
        raise StoreError(not_run("ssh-keygen", found, error, "openssh-client")) from error
    if done.returncode:
        raise StoreError(f"ssh-keygen 失败：{done.stderr.strip()[:200]}")
    return done.stdout


@command("sync")
@click.option("--every", type=click.FloatRange(0.1, 3600), metavar="SECONDS", help="常驻运行，隔几秒取一次；不写只取一次。")
@click.pass_context
def sync(context: click.Context, every: float | None) -> None:
    r"""从上级库取来别的服务器新办的，只接着往下取；说明取到哪里、落后多少。副本靠它跟上，办理的服务器靠它早些看到别人办的。

    本机的 main 不在上级库的历史里的（上级库从旧备份恢复过，或者分叉了），停下来说明，什么都不改，返回 1。
    连不上的、登记库正忙的，常驻运行的接着再试。

    \b
    例：duban --register /srv/duban sync --every 1
    """
    register, last = register_of(context), _Last()
    while True:
        begun = time.monotonic()
        try:
            found = register.follow()
        except (BusyError, UnreachedError) as error:
            if every is None:
                raise
            last.tell(f"{now():%H:%M:%S} {error}接着再试。")
        else:
            if found is None:
                fail(f"{register.home} 没有上级库，不用取。要接入的，运行 {program()} init --upstream 地址。")
            last.reached(found.new, found.count, now(), every is None)
            last.standing_by(register)
        if every is None:
            return
        time.sleep(max(0.0, every - (time.monotonic() - begun)))


class _Last:
    """What was told last: what goes on is not told each second."""

    def __init__(self) -> None:
        self._trouble, self._told, self._head, self._seen = "", 0.0, "", ""
        self._standby, self._asked = "", -_AGAIN

    def tell(self, trouble: str) -> None:
        """Say why nothing can be fetched for now, and since when."""
        if self._trouble and time.monotonic() - self._told < _AGAIN:
            return
        say(trouble + (f"最后一次取到 {self._seen}。" if self._seen else ""))
        self._trouble, self._told = trouble, time.monotonic()

    def reached(self, head: str, count: int, at: datetime, once: bool) -> None:
        """Say where the register stands now, where that is news."""
        if once or count or self._trouble or head != self._head:
            came = f"新取来 {count} 笔，" if count else ""
            say(f"{at:%H:%M:%S} {came}与上级库同在 {head[:12]}，落后 0 笔。")
        self._trouble, self._head, self._seen = "", head, f"{at:%Y-%m-%d %H:%M:%S}"

    def standing_by(self, register: Register) -> None:
        """Say how the upstream's standby stands, where that is news; it is asked once a minute."""
        if time.monotonic() - self._asked < _AGAIN:
            return
        self._asked = time.monotonic()
        with suppress(StoreError):
            state = Upstream(register.home).state()
            lines = (standby_line(register, state), (HINT, clocks_apart(state, time.time()))) if state is not None else ()
            told = "\n".join(line[1] for line in lines if line and line[1])
            if told and told != self._standby:
                say(told)
            self._standby = told


COMMANDS = (sync,)
