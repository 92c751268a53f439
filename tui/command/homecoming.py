"""Commands by which acts done on another machine come home: ``export --bundle``, ``import bundle``, and what the door does with a push."""

import hashlib
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import click

from desk.audit_words import numbered, told
from records.acts import Refusal
from records.keys.keys import Keys
from records.matter.attachments import named
from records.register.homecoming import Papers, come_home
from records.register.register import Register
from records.register.scans import type_of
from records.register.staging import MOST, bundled, pushed, staged, unbundled
from records.store.disk import reporting
from records.store.store import StoreError
from tui.command.backup import stock_git
from tui.command.common import at_keys, caller_of, commit_of, fail, refused, register_of, say
from tui.command.environment import DOOR_ONLY, clock, find_keys, find_register, now
from tui.command.help import ChineseCommand, command
from tui.command.paths import read_paper, write_file
from tui.command.upkeep import started
from tui.door.guest import Guest, Identity

_SHOWN = 5
_PIECE = 1 << 20
_QUIET = 200  # commits that are judged before anybody asks how far it has come


@command("export")
@click.option(
    "--bundle", "file", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="写到哪个文件（.bundle）。"
)
@click.option("--since", metavar="COMMIT", help="只写这一笔以后的：那一头已经有的最后一笔。默认全部历史。")
@click.pass_context
def export(context: click.Context, file: Path, since: str | None) -> None:
    r"""把登记簿的办理写成一个 Git 文件（.bundle），用介质带到另一台机器上去；各笔写到的附件放在旁边的 .papers 目录。

    在那一台上用 duban import bundle 收下：逐笔重新办理来核对，一笔不对全部不收。

    \b
    例：duban export --bundle 回局.bundle --since 3f2a91c
    """
    register = register_of(context)
    head, base = register.head() or "", commit_of(register, since) if since else None
    if head == base:
        fail(f"{head[:12]} 以后没有新的办理。")
    bundled(register, base, file, stock_git())
    papers = _papers_out(register, base, head, file.with_suffix(".papers"))
    say(f"已写出 {file}，到提交 {head[:12]}{f'，接在 {base[:12]} 后面' if base else ''}。附件 {papers} 件。")


@click.command("bundle", cls=ChineseCommand)
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def bundle(context: click.Context, file: Path) -> None:
    r"""收下另一台机器上的办理：逐笔重新办理来核对，一笔不对全部不收。

    FILE 是 duban export --bundle 写出的文件。登记簿已经动过的，不自动合并。
    正式登记簿从站点的入口收：ssh 服务账号@服务器 import bundle < FILE，附件先用 put 送来。
    """
    register = register_of(context)
    if not register.demo:
        fail(f"{DOOR_ONLY}别的机器上的办理由站点的密钥送来：ssh 服务账号@服务器 import bundle < 文件（docs/door.md）。")
    if file.stat().st_size > MOST:
        fail(f"文件超过 {MOST >> 20} MB。请用 export --since 分几次写出。")
    beside = file.with_suffix(".papers")
    kept = [partial(read_paper, each) for each in sorted(beside.iterdir()) if each.is_file()] if beside.is_dir() else []
    with staged(register) as place:
        new = unbundled(place, file.absolute(), stock_git())
        say(_home(register, place / "objects", new, _papers_of(kept)))


@click.command("receive", cls=ChineseCommand, hidden=True)
@click.option("--as", "person", required=True, metavar="PERSON", help="站点负责人的编号。")
@click.option("--key", "fingerprint", required=True, metavar="FINGERPRINT", help="密钥的指纹。")
@at_keys
@click.pass_context
def receive(context: click.Context, person: str, fingerprint: str, place: Path | None) -> None:
    """由 git receive-pack 运行，不手工运行：核对送来的各笔，都对的收下。"""
    home = find_register(caller_of(context).place).absolute()
    here = Path.cwd()
    if not here.is_relative_to(home / "arrivals"):
        fail("这个命令由 git receive-pack 运行，不手工运行。")
    guest = Guest(Identity(person, fingerprint, "site"), home, find_keys(place, home), now)
    guest.register.signer = Keys(find_keys(place, home)).signer
    told = pushed([*islice(sys.stdin, 100)])
    guest.note(f"push {told if isinstance(told, str) else told.reason}")
    if isinstance(told, Refusal):
        refused(told)
    _received(guest, Path(os.environ.get("GIT_QUARANTINE_PATH") or here / "objects"), told)  # where no object came there is no quarantine


def push(guest: Guest, keys: Path) -> int:
    """Let a site push: stock Git takes what comes at a place apart and asks ``receive`` whether to; return its exit status.

    Args:
        guest: the site's person.
        keys: the folder of the keys.
    """
    who = guest.identity
    argv = [str(started()), "--register", str(guest.register.home), "receive"]
    argv += ["--as", who.person, "--key", who.entrance, "--keys", str(keys)]
    with staged(guest.register, f"#!/bin/sh\nexec {shlex.join(argv)}\n") as place:
        return subprocess.run(["git", "receive-pack", str(place)], check=False).returncode  # noqa: S607  # PATH is our own


def carried_in(guest: Guest, stream: BinaryIO) -> None:
    """Take the bundle that a site sends on standard input."""
    with staged(guest.register) as place:
        file = place / "sent.bundle"
        with reporting("收取送来的办理", file), file.open("xb") as kept:
            while kept.tell() <= MOST and (piece := stream.read(_PIECE)):
                kept.write(piece)
            size = kept.tell()
        if size > MOST:
            fail(f"文件超过 {MOST >> 20} MB。请用 export --since 分几次写出。")
        new = unbundled(place, file, stock_git())
        guest.note(f"bundle {new[:12]} {size}")
        _received(guest, place / "objects", new)


def _received(guest: Guest, apart: Path, new: str) -> None:
    guest.box.opened(now())
    told = _home(guest.register, apart, new, _papers_of([partial(guest.box.read, each.name) for each in guest.box.files()]))
    guest.note(f"took {new[:12]}")
    say(told)


def _home(register: Register, apart: Path, new: str, papers: Papers) -> str:
    """Take what came into the register, and return what is told of it; what is wrong is said, and this is left."""
    from documents.layout import profile
    from documents.publishing.remaking import judge

    found = come_home(
        register,
        apart,
        new,
        clock(register)(),
        documents=judge(profile.standard()),
        papers=papers,
        progress=_progress,
        cores=len(os.sched_getaffinity(0)),
    )
    if isinstance(found, Refusal):
        refused(found)
    if isinstance(found, tuple):
        numbers = numbered(found)
        names = {each.id: each.name for each in register.view().roster.people.values()}
        lines = [line for number, each in enumerate(found[:_SHOWN], start=1) for line in told(number, each, numbers, names)]
        more = f"\n另有 {len(found) - _SHOWN} 处。" if len(found) > _SHOWN else ""
        fail("\n".join((f"核对不通过，一笔也没有收下。发现 {len(found)} 处：", *lines)) + more)
    if not found.commits:
        return f"没有新的办理，登记簿在 {found.head[:12]}。"
    return f"已收下 {found.commits} 笔，附件 {found.papers} 件，登记簿从 {found.since[:12]} 到了 {found.head[:12]}。"


def _papers_of(files: Sequence[Callable[[], bytes | Refusal | None]]) -> Papers:
    """Return what gives a paper by its hash: those among these files that a record may name, one at a time in memory."""

    @cache
    def there() -> dict[str, Callable[[], bytes | Refusal | None]]:
        read = ((each, each()) for each in files)
        return {hashlib.sha256(data).hexdigest(): each for each, data in read if isinstance(data, bytes) and type_of(data)}

    def given(digest: str) -> bytes | None:
        data = there()[digest]() if digest in there() else None
        return data if isinstance(data, bytes) and hashlib.sha256(data).hexdigest() == digest else None  # it may be another file by now

    return given


def _papers_out(register: Register, base: str | None, head: str, folder: Path) -> int:
    """Write the papers that the records name since a commit beside the bundle, each under a name that the door takes."""
    paths = register.changed(base, head)
    after = named(data for path in paths if (data := register.written(path, head)))
    before = named(data for path in paths if base and (data := register.written(path, base)))
    done = 0
    for digest in sorted(after - before):
        data = register.attachments.read(digest)
        if data is None:
            raise StoreError(f"附件 sha256:{digest[:16]}… 不在登记簿里，写出的收不下。请先从备份恢复它。")
        with reporting("写出附件", folder):
            folder.mkdir(exist_ok=True)
        write_file("写出附件", folder / f"{digest[:32]}.{type_of(data)}", data)
        done += 1
    return done


def _progress(done: int, total: int) -> None:
    if total > _QUIET:
        click.echo(f"已核对 {done}/{total} 笔", err=True)


COMMANDS = (export, receive)
