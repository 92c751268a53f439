"""``duban keys``: for the security administrator, and for sshd, which asks it whom to let in. No business of the register's."""

import ipaddress
import os
import pwd
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from records.acts import Refusal
from records.bureau.entrances import Entrance
from records.keys.authorized_keys import lines
from records.keys.keys import Keys
from records.keys.public_key import public_key
from records.register.register import Register
from records.store.disk import read_foreign, replace_durably, reporting
from records.store.store import Ident, StoreError
from schema.tables import checker
from tui.command.common import as_json, at_keys, caller_of, fail, refused, register_of, say, say_data, table
from tui.command.environment import find_keys, find_register, now
from tui.command.help import ChineseCommand, ChineseGroup
from tui.command.upkeep import started

_LINE = 1 << 14  # bytes of a public key with its comment
_YEAR = timedelta(days=365)
_ROLES = ("staff", "inspector", "site")
_LISTS = {"staff": ("staff", "site"), "inspector": ("inspector",)}  # by the account of the server that they come to
_KEPT = "duban.keys"


@click.group("keys", cls=ChineseGroup)
@at_keys
@click.pass_context
def keys(context: click.Context, place: Path | None) -> None:
    """入口登记簿：哪把密钥、哪个账号是谁。由安全管理员登记（enrol）、停用（revoke）、查看（list），写出 sshd 用的名单。"""
    context.meta[_KEPT] = find_keys(place, find_register(caller_of(context).place))


@keys.command("init", cls=ChineseCommand)
@click.pass_context
def init(context: click.Context) -> None:
    """为登记簿建立入口登记簿，只办一次；建成以后交给安全管理员的账号。"""
    register, home = register_of(context), _home(context)
    if home.resolve().is_relative_to(register.home.resolve()):
        fail(f"{home} 在登记簿的目录里：能写登记簿的就能给自己开入口。请放到登记簿以外。")
    made = Keys.create(home, register.first, _me(now()))
    say(f"已建立入口登记簿 {made.home}。请把它交给安全管理员的账号：除那个账号以外，谁都不能写。")


@keys.command("enrol", cls=ChineseCommand)
@click.argument("person", metavar="PERSON")
@click.option(
    "--key",
    "file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="公钥文件（.pub）；- 为标准输入。",
)
@click.option("--account", metavar="NAME", help="服务器的账号（用口令登录的）。")
@click.option(
    "--role",
    type=click.Choice(_ROLES),
    default="staff",
    help="staff 办理；inspector 只能克隆整个登记簿；site 站点，另一台机器上办的从这里送回来。默认 staff。",
)
@click.option("--until", metavar="DATE", help="有效期至，写作 2027-11-30；默认一年。")
@click.option("--from", "sources", multiple=True, metavar="NETWORK", help="只许从这个地址段来，例如 10.8.0.0/16；可重复。")
@click.option("--basis", required=True, metavar="TEXT", help="依据：申请单、通知的文号。")
@click.pass_context
def enrol(
    context: click.Context,
    person: str,
    file: Path | None,
    account: str | None,
    role: str,
    until: str | None,
    sources: tuple[str, ...],
    basis: str,
) -> None:
    r"""登记一个入口。PERSON 写花名册里的人员编号。一把密钥、一个账号只能是一个人。

    \b
    例：duban keys enrol JJ.liaison --key shao.pub --basis 某公信申〔2026〕3号
        duban keys enrol DC.auditor --key xun.pub --role inspector --from 10.8.3.0/24 --basis 督察〔2026〕1号
    """
    if (file is None) == (account is None):
        fail("--key（公钥）和 --account（账号）须写一样，且只写一样。")
    book, at = _mine(context), now()
    key = None if file is None else public_key(_text(file))
    if isinstance(key, Refusal):
        refused(key)
    if account is not None:
        _one_persons(account)
    networks = tuple(str(_network(each)) for each in sources)
    entrance = Entrance(role, at.isoformat(), _day(until, at.date() + _YEAR), basis, key, account, networks)
    for line in _about(context, person):
        say(line)
    done = book.enrol(person, entrance, _me(at))
    if isinstance(done, Refusal):
        refused(done)
    say(f"已登记 {person} {entrance.name}，有效期至 {entrance.until}（提交 {done[:10]}）。")


@keys.command("revoke", cls=ChineseCommand)
@click.argument("person", metavar="PERSON")
@click.argument("name", metavar="[FINGERPRINT|ACCOUNT]", required=False, default="")
@click.option("--reason", required=True, metavar="TEXT", help="停用的原因。")
@click.pass_context
def revoke(context: click.Context, person: str, name: str, reason: str) -> None:
    """停用一个人的一个入口，不写哪一个的为全部。立即生效：正开着的界面在下一步办理时结束。停用的不能恢复。"""
    done = _mine(context).revoke(person, name, reason, _me(now()))
    if isinstance(done, Refusal):
        refused(done)
    say(f"已停用 {person} {name or '全部入口'}（提交 {done[:10]}）。用名单文件的，请重新写出名单。")


@keys.command("list", cls=ChineseCommand)
@as_json
@click.pass_context
def list_keys(context: click.Context, as_data: bool) -> None:
    """列出登记过的入口：谁、用途、密钥的指纹或者账号、有效期、来源地址、是否停用。"""
    at, told = now(), checker("entrances")
    every = [(each.person, entrance) for each in Keys(_home(context)).people() for entrance in each.entrances]
    if as_data:
        names = ("role", "name", "key", "account", "since", "until", "basis", "sources")
        say_data(
            [{"person": who, **{name: getattr(each, name) for name in names}, "closed": each.closed(at) or None} for who, each in every]
        )
        return
    table(
        [
            (
                who,
                told.enum_label(("entrances", 0, "role"), each.role),
                each.name,
                f"至 {each.until}",
                "、".join(each.sources),
                each.closed(at),
            )
            for who, each in every
        ]
    )
    if not every:
        say("没有登记过入口。")


@keys.command("authorized-keys", cls=ChineseCommand)
@click.option(
    "--role", type=click.Choice([*_LISTS]), default="staff", help="哪一种入口的名单：办理和站点；克隆的（inspector）用另一个账号。"
)
@click.option(
    "--to",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="写到这个文件，整个换过；默认打印，供 sshd 的 AuthorizedKeysCommand 用。",
)
@click.option("--agents", is_flag=True, help="办理的人可以转发密钥代理；只在会话各自隔离的机器上（duban doctor 说是不是）。")
@click.pass_context
def authorized_keys(context: click.Context, role: str, file: Path | None, agents: bool) -> None:
    """写出 sshd 用的名单（authorized_keys）：每个有效的密钥一行，命令写死是谁。"""
    home = find_register(caller_of(context).place).absolute()
    kept = _home(context).absolute()
    program = [str(started()), "--register", str(home), "serve", *([] if kept == find_keys(None, home) else ["--keys", str(kept)])]
    book, at = Keys(kept), now()
    text = "".join(f"{line}\n" for each in _LISTS[role] for line in lines(book.open(at, each), program, agents=agents))
    if file is None:
        click.echo(text, nl=False)
        return
    with reporting("写出名单", file):
        replace_durably(file, text.encode(), 0o644, exactly=True)  # sshd reads it as whoever comes in, whatever root's umask is
    say(f"已写出 {file}：{len(text.splitlines())} 把密钥。")


def _home(context: click.Context) -> Path:
    found: Path = context.meta[_KEPT]
    return found


def _mine(context: click.Context) -> Keys:
    """The keys, for the one account that may write them; what another account wrote there, this one could not write any more."""
    found = Keys(_home(context))
    owner = (found.home / "keys.git").stat().st_uid
    if os.geteuid() != owner:
        fail(f"入口登记簿归账号 {_account(owner)} 所有，只由安全管理员用那个账号写。请用它运行这个命令。")
    return found


def _me(at: datetime) -> Ident:
    name = _account(os.geteuid())
    return Ident(name, f"{name}@keys", at)


def _account(uid: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return str(uid)


def _text(file: Path) -> str:
    data = sys.stdin.buffer.read(_LINE + 1) if str(file) == "-" else read_foreign(file, 1 << 20)
    try:
        return data[: _LINE + 1].decode("ascii")
    except UnicodeDecodeError:
        return data[: _LINE + 1].decode("utf-8", errors="replace")


def _one_persons(account: str) -> None:
    """Refuse an account of which the kernel could not tell whose it is: it knows numbers alone."""
    try:
        uid = pwd.getpwnam(account).pw_uid
    except KeyError:
        fail(f"服务器上没有账号 {account}。请先建立账号，再登记。")
    alike = sorted({each.pw_name for each in pwd.getpwall() if each.pw_uid == uid} - {account})
    if uid in (0, os.geteuid()) or alike:
        fail(f"账号 {account} 不能登记：" + (f"与 {'、'.join(alike)} 是同一个编号。" if alike else "不是哪个人的。") + "请用本人的账号。")


def _day(text: str | None, default: date) -> str:
    try:
        return (date.fromisoformat(text) if text else default).isoformat()
    except ValueError:
        fail(f"“{text}”不是日期，应写作 2027-11-30。")


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        fail(f"“{text}”不是地址段，应写作 10.8.0.0/16，斜线后面的各位须为零。")


def _about(context: click.Context, person: str) -> Iterator[str]:
    """Say who this is, as far as this account may know."""
    try:
        roster = Register(find_register(caller_of(context).place)).view().roster
    except (StoreError, OSError):
        yield "没有核对花名册：本账号读不了登记簿。花名册里没有的人进不来。"
        return
    if person not in roster.people:
        fail(f"花名册里没有 {person}。请核对人员编号（duban roster show 姓名）。")
    yield roster.described(person)


COMMANDS = (keys,)
