"""``duban service``: the process of the service account that sessions are forked from, and that knows by the kernel who calls."""

import os
import pkgutil
import pwd
import sys
import threading
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path

import click

from records.keys.closed import ClosedError
from records.keys.keys import Keys
from records.register.register import Register
from records.store.disk import reporting
from records.store.record_files import Unreadable
from records.store.store import StoreError
from schema.tables import RECORD_KINDS, checker
from schema.text import show
from tui.command.caller import guarded
from tui.command.common import at_keys, caller_of, say
from tui.command.environment import find_keys, find_register
from tui.command.help import command
from tui.command.rehearsal import rehearse
from tui.command.serve import IDLE, session
from tui.door.calls import Call
from tui.door.enter import REFUSED, SOCKET
from tui.door.grammar import verb_of
from tui.door.guest import Identity
from tui.door.line import keep_line, paths_of, sessions_need_network
from tui.door.sandbox import Sandbox, covered, own, trial
from tui.door.service import Service
from tui.door.surroundings import rebuilt
from tui.later import load_without
from tui.terminal.widths import count_changeably

_ROOMS = ("tui.frame", "tui.forms", "tui.widgets", "tui.screens", "tui.terminal", "desk", "documents.forms", "documents.publishing")
_LATE = (
    "tui.app", "textual.drivers.linux_driver", "textual.layouts.factory", "textual.pilot",
    "records.acts", "records.index.building", "gitdb.pack",
)  # fmt: skip


@command("service")
@at_keys
@click.option("--socket", type=click.Path(path_type=Path), default=SOCKET, metavar="FILE", help=f"套接字，默认 {SOCKET}。")
@click.option("--idle", type=click.IntRange(1, 1440), default=round(IDLE / 60), metavar="MINUTES", help="多少分钟没有操作就退出，默认30。")
@click.pass_context
def service(context: click.Context, place: Path | None, socket: Path, idle: int) -> None:
    """由服务账号常驻运行：各人的会话从它分出，用口令登录的人由它向内核查明是谁；停止用 SIGTERM，各会话先存好草稿。"""
    home = find_register(caller_of(context).place).absolute()
    kept = find_keys(place, home)
    register, book = Register(home), Keys(kept)
    _imported()
    with suppress(StoreError):  # without it each session takes more memory
        rehearse()
    _warmed(register, book)
    os.umask(0o027)
    place = socket.absolute()
    sandbox = _sandbox(home, kept, place)
    Service(place, home, kept, partial(_visit, home, kept, idle * 60.0, place, sandbox), partial(_publish, home), say, sandbox).run()
    say("已停止。")


def _imported() -> None:
    """Import what any session may need, once for all of them."""
    count_changeably()
    load_without("asyncio")
    for room in _ROOMS:
        package = import_module(room)
        for each in pkgutil.iter_modules(package.__path__, f"{room}."):
            import_module(each.name)
    for name in _LATE:
        import_module(name)


def _warmed(register: Register, keys: Keys) -> None:
    """Do once what each session would do first: schemas, tables and expressions are made then, and shared by all."""
    from rich.cells import cell_len

    cell_len("督办")
    verb_of("-", "staff")
    for kind in RECORD_KINDS:
        checker(kind).problems({})
    with suppress(StoreError, Unreadable):  # whoever comes in is told
        list(keys.people())
        list(register.view().roster.people)
        next(register.view().all_items(), None)


def _sandbox(home: Path, keys: Path, place: Path) -> Sandbox | None:
    """Return what sessions are forked into, None where this machine has no such thing; either is said."""
    made = partial(Sandbox, network=sessions_need_network(home))
    if reason := trial(made, covered(home, place), (home, keys)):
        click.echo(f"会话不隔离，也不接受转发的密钥代理：{reason}。", err=True)
        return None
    click.echo("会话各自隔离。", err=True)
    return made()


def _visit(home: Path, keys: Path, idle: float, place: Path, sandbox: Sandbox | None, call: Call) -> int:
    """Be the session of whoever calls, in a process of its own."""
    surroundings = rebuilt(call.given)
    os.environ.clear()
    os.environ.update(surroundings)
    return guarded(lambda: _met(home, keys, idle, place, sandbox, call))


def _met(home: Path, keys: Path, idle: float, place: Path, sandbox: Sandbox | None, call: Call) -> int:
    try:
        identity = identity_of(call, Keys(keys))
    except ClosedError as closed:
        click.echo(show(str(closed)), err=True)
        return REFUSED
    agent = call.agent
    if sandbox is not None and sandbox.within:
        with reporting("进入隔离环境", home):
            sandbox.seal(covered(home, place), (home, keys, *own(home, identity.person), *paths_of(home)))
    elif agent is not None:  # whoever is not apart from the others brings nothing that they could use
        os.close(agent)
        agent = None
    return session(identity, call.asked, home, keys, idle, publish=False, agent=agent)


def identity_of(call: Call, keys: Keys) -> Identity:
    """Return who calls: as the service's own account says, which sshd started for a key; else as the kernel and the keys say.

    Raises:
        ClosedError: nobody, or nobody that can be told.
        StoreError: the keys cannot be read.
    """
    if call.stated:
        return Identity(call.stated.person, call.stated.key)
    try:
        account = pwd.getpwuid(call.uid).pw_name
        same = pwd.getpwnam(account).pw_uid == call.uid
    except KeyError:
        same = False
    if not same or call.uid in (0, os.geteuid()):
        raise ClosedError("这个账号不是哪个人的，不能进入。请用本人的账号登录。")
    return Identity(keys.whose(account), account)


def _publish(home: Path) -> None:
    from documents.layout.profile import standard
    from documents.publishing.publisher import Publisher
    from documents.publishing.watcher import follow

    def told(text: str) -> None:
        print(show(text), file=sys.stderr, flush=True)

    def failed(error: Exception) -> None:
        told(f"公文没有生成：{error}")

    stop = threading.Event()
    threading.Thread(target=keep_line, args=(home, stop, told), name="line", daemon=True).start()
    register = Register(home)
    follow(register, Publisher(register, standard()), stop=stop, built=lambda _: None, failed=failed, told=told)


COMMANDS = (service,)
