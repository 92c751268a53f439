"""``duban serve``: what sshd starts for a person who came in by his key. Who he is stands in the arguments, which sshd wrote.

What he asks for comes in ``SSH_ORIGINAL_COMMAND`` and is nobody's word but his: the grammar takes it or refuses it.
"""

import os
import re
import shutil
import sys
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import click

from desk.attachments import fetched
from desk.classified import NO_LONGER_SHOWN
from desk.desk import Desk
from records.acts import Refusal
from records.keys.closed import ClosedError
from records.keys.keys import Keys
from records.matter.item import Item
from records.register.attachments import Attachments
from records.register.mirrored_papers import given, sent
from records.store import process
from records.store.disk import plain_bytes
from schema.text import show
from tui.command.app import open_app
from tui.command.caller import Caller
from tui.command.common import at_keys, caller_of, fail, refused, say, table
from tui.command.environment import find_keys, find_register, now
from tui.command.help import command
from tui.command.homecoming import carried_in, push
from tui.command.lines import open_lines
from tui.door.afresh import AGENT, LOCKS, WITHIN
from tui.door.agent import Agent, line_of
from tui.door.enter import REFUSED
from tui.door.grammar import NoVerb, Role, Verb, verb_of
from tui.door.guest import Guest, Identity, note
from tui.door.seats import seated
from tui.door.surroundings import rebuilt

IDLE = 30 * 60.0
"""Seconds without a key after which a person is taken to have left his seat."""

_BASIS = 1000  # bytes
_LIST = 65 * 50_000  # bytes of the hashes that a mirror asks for at a time
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PAPER = 64 << 20  # bytes of a document
_WRITING = ("--xlsx", "--pdf", "--docx", "--save-map", "export", "build", "pack")


@command("serve")
@click.option("--as", "person", required=True, metavar="PERSON", help="人员编号，由 sshd 的名单写明。")
@click.option("--key", "fingerprint", required=True, metavar="FINGERPRINT", help="密钥的指纹，由 sshd 的名单写明。")
@click.option("--role", type=click.Choice(["staff", "inspector", "site"]), default="staff", help="办理，克隆，还是站点。")
@at_keys
@click.option(WITHIN, "number", type=int, hidden=True)
@click.option(AGENT, "agent", type=int, hidden=True)
@click.pass_context
def serve(
    context: click.Context, person: str, fingerprint: str, role: Role, place: Path | None, number: int | None, agent: int | None
) -> None:
    """由 sshd 为登录的人运行（名单里的 command=），不手工运行。身份只从参数来；客户端要办的事须合语法，否则不予办理。"""
    if not os.environ.get("SSH_CONNECTION"):  # no fence against whoever owns the register, but none takes this for a way to act
        click.echo("这个命令由 sshd 为登录的人运行，不手工运行。办理请本人从入口进来：ssh -t 服务账号@服务器。", err=True)
        sys.exit(REFUSED)
    asked = os.environ.get("SSH_ORIGINAL_COMMAND", "")
    home = find_register(caller_of(context).place).absolute()
    keys = find_keys(place, home)
    surroundings = rebuilt(os.environ)
    os.environ.clear()
    os.environ.update(surroundings)
    os.umask(0o027)
    if number is not None:
        process.known_as(number, Path(LOCKS))
    sys.exit(session(Identity(person, fingerprint, role), asked, home, keys, agent=None if number is None else agent))


def session(
    identity: Identity, asked: str, home: Path, keys: Path, idle: float = IDLE, *, publish: bool = True, agent: int | None = None
) -> int:
    """Do for a person what he asks for, and return the exit status.

    Args:
        identity: who he is, as told by whom the service trusts.
        asked: what his client sent, as it came.
        home: the folder of the register.
        keys: the folder of the keys.
        idle: seconds without a key after which the screen is left, where no policy says so.
        publish: whether the session makes documents as the register moves; else somebody else does.
        agent: the descriptor of a line to his agent; of a session in a sandbox alone.

    Raises:
        StoreError: register or keys cannot be read.
    """
    verb = verb_of(asked, identity.role)
    if isinstance(verb, NoVerb):
        note(home, now(), identity, f"refused {asked}")
        click.echo(show(verb.reason), err=True)
        return REFUSED
    try:
        guest = Guest(identity, home, keys, now)
    except ClosedError as closed:
        note(home, now(), identity, f"closed {asked}")
        click.echo(show(str(closed)), err=True)
        return REFUSED
    book = Keys(keys)
    guest.register.signer = book.signer
    if line := line_of(agent):
        guest.agent = Agent(line, lambda key: book.signer(identity.person, key, now())).sign
    guest.note(f"{verb.name} {' '.join(verb.words)}".strip())
    # An inspector's account writes nowhere, so nothing can be noted there of who has come: sshd alone bounds its sessions.
    if identity.role != "inspector" and (refusal := seated(home / "sessions", identity.person)):
        guest.note("no seat")
        click.echo(show(str(refusal)), err=True)
        return REFUSED
    if verb.name == "clone":
        return _clone(guest)
    if verb.name == "papers":
        return _papers(guest)
    if verb.name == "push":
        return push(guest, keys)
    if verb.name == "bundle":
        carried_in(guest, sys.stdin.buffer)
        return 0
    os.chdir(guest.box.opened(now()))
    minutes = guest.register.view().policy.idle_minutes
    return _answered(guest, verb, minutes * 60.0 if minutes else idle, publish)


def _answered(guest: Guest, verb: Verb, idle: float, publish: bool) -> int:
    if verb.name == "app":
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            click.echo("打开界面须有终端，请用 ssh -t；不要界面的，写明命令，例如 ls。", err=True)
            return REFUSED
        return open_app(None, None, "auto", slow=bool(verb.words), guest=guest, idle=idle, publish=publish)
    if verb.name == "plain":
        return open_lines(None, None, guest, idle)
    if verb.name == "files":
        table([(each.name, f"{each.size}") for each in guest.box.files()])
    elif verb.name == "put":
        _put(guest, verb.words[0])
    elif verb.name == "get":
        _get(guest, verb.words[0])
    else:
        _run(guest, list(verb.words))
    return 0


def _run(guest: Guest, words: list[str]) -> None:
    """Run one of ``duban``'s own commands with the person's eyes; files are named in his box, which is the folder that we are in."""
    from tui.command import duban

    if any(word in _WRITING for word in words) and (refusal := guest.box.full()):
        refused(refusal)
    if words[0] in ("act", "statement"):
        words.append("--stdin")
    elif words[0] == "import":
        words += ["--left", f"{Path(words[2]).stem[:40]}-left.xlsx"]
    elif words[:2] == ["roster", "import"] or "--import" in words:
        words += [f"--basis={basis}"] if (basis := _line()) else []
    duban.main(args=words, prog_name="duban", standalone_mode=False, obj=Caller(guest=guest))


def _line() -> str:
    """Return the line that came on standard input: what rests on a paper names it in Chinese, which no command line holds."""
    data = b"" if sys.stdin.isatty() else sys.stdin.buffer.read(_BASIS + 1)
    try:
        return data.decode("utf-8").strip() if len(data) <= _BASIS else fail("标准输入太长：这里只写依据的文号。")
    except UnicodeDecodeError:
        fail("标准输入不是 UTF-8 编码的文字：这里只写依据的文号。")


def _put(guest: Guest, name: str) -> None:
    if sys.stdin.isatty():
        fail("请不要加 -t，把文件写到标准输入：ssh 服务账号@服务器 put 文件名 < 文件")
    kept = guest.box.put(name, sys.stdin.buffer)
    if isinstance(kept, Refusal):
        refused(kept)
    guest.note(f"kept {name} {kept[:16]}")
    say(f"已收下 {name}，SHA-256 {kept}。保存30天，登记、导入时写这个名字。")


def _get(guest: Guest, name: str) -> None:
    if sys.stdout.isatty():
        fail("请不要加 -t，把标准输出改向到文件：ssh 服务账号@服务器 get 文件名 > 文件")
    desk = Desk(guest.register, guest.person(), now, box=guest.box.folder)
    found = _fetched(desk, guest, name)
    if found is None:
        fail(f"没有 {name}，或不在您的职责范围内。公文的名字在界面的公文一页，附件写作 事项编号/第几件，自己的文件用 files 查看。")
    with found:
        size = found.seek(0, os.SEEK_END)
        found.seek(0)
        guest.note(f"gave {name} {size}")
        shutil.copyfileobj(found, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _fetched(desk: Desk, guest: Guest, name: str) -> BinaryIO | None:
    """Return what a person may fetch under a name: a paper of a matter, a document, a file of his own."""
    from documents.publishing.folder import owner_named

    owner, _, number = name.partition("/")
    if number:
        case = desk.open(owner)
        found = fetched(desk, case.item, int(number)) if case else None
        return refused(found) if isinstance(found, Refusal) else _held(found)
    if owner := owner_named(name):
        return _held(_document(desk, owner, name))
    return guest.box.fetched(name)


def _held(data: bytes | None) -> BinaryIO | None:
    return None if data is None else BytesIO(data)


def _document(desk: Desk, owner: str, name: str) -> bytes | None:
    """Return a document of a record that the person may see: as it was published, else made on the spot.

    It is made where it is not laid out for all, and where the folder is behind the register: of a report handed in again that would be the
    text of the round before, which whoever takes the paper in has to refuse.
    """
    from documents.layout.official_document import DocumentError
    from documents.layout.profile import standard
    from documents.publishing.folder import pdf_name
    from documents.publishing.history import History
    from documents.publishing.publisher import Publisher

    case = desk.open(owner) if owner.startswith("DB-") else None
    record = case.item if case else None if owner.startswith("DB-") else desk.roundup(owner)
    if record is None:
        return None
    if isinstance(record, Item) and record.classified:
        fail(NO_LONGER_SHOWN)
    register, head = desk.register, desk.register.head() or ""
    published = register.published / name
    laid_out = published.is_file() and not (isinstance(record, Item) and record.need_to_know)
    manifest = Publisher(register, standard()).manifest()
    there = {each.name: each for each in manifest.documents} if manifest else {}
    whole = register.view(head).record(owner)
    assert whole is not None
    due = () if laid_out and manifest and manifest.commit == head else History(register, None, head).due(owner, whole, ())
    for plan, made_of in due:
        old = there.get(plan.name)
        if laid_out and old and not old.draft and old.commit == made_of:
            continue  # issued, and as it was issued, whatever has become of the layout since
        if pdf_name(plan.name) == name and laid_out:
            fail(f"{name} 是改动以前的，新的还没有排出来。请稍后再取，或者取 {plan.name}。")
        if plan.name == name and made_of is not None:
            try:
                return plan.make(register.view(made_of), standard())
            except DocumentError as error:
                fail(f"未生成 {name}：{error}")
    return plain_bytes(published, _PAPER) if laid_out else None


def _papers(guest: Guest) -> int:
    """Send an inspector's mirror the papers whose hashes it says: it has the records that name them."""
    wanted = [] if sys.stdin.isatty() else sys.stdin.buffer.read(_LIST).decode("ascii", "replace").split()
    kept = Attachments(guest.register.home / "attachments")
    count = sent(given(kept, [each for each in wanted if _DIGEST.fullmatch(each)]), sys.stdout.buffer)
    sys.stdout.buffer.flush()
    guest.note(f"gave {count} papers")
    return 0


def _clone(guest: Guest) -> int:
    """Become Git's reader of the whole register; nothing that the client sent is an argument."""
    repository = str(guest.register.home / "register.git")
    told = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": repository}
    argv = ["git", "upload-pack", "--strict", "--timeout=600", repository]
    os.execvpe("git", argv, {**os.environ, **told})  # noqa: S606, S607  # PATH is our own


COMMANDS = (serve,)
