"""``duban setup``: shows what a server needs for the door, does it, and takes it back."""

import json
import os
import shlex
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click

from records.register.register import Register
from records.store.disk import plain_bytes, reporting, sync_folder, write_durably
from records.store.opening import has_upstream, is_replica
from records.store.store import StoreError
from tui.command import machine
from tui.command.apart import not_apart
from tui.command.common import caller_of, fail, say
from tui.command.environment import find_register
from tui.command.help import command
from tui.command.installation import Account, Entrances, File, Folder, Group, Layout, Listing, Member, Passwordless, Step, Tree, Unit, plan
from tui.command.machine import OTHER, TO_DO, Found
from tui.command.upkeep import started

_YES = {"y", "yes", "是"}
_LIMIT = 1 << 20  # bytes of the record of what was made
_AGAIN = "请照 docs/door.md 改好，或者移开以后再运行一次。"


@command("setup")
@click.option("--dry-run", "dry", is_flag=True, help="只列出各步和要写的文件，什么都不做。")
@click.option("--yes", "agreed", is_flag=True, help="不再询问。")
@click.option("--undo", is_flag=True, help="收回由它建立的账号、组和文件；登记簿、入口登记簿和备份都不动。")
@click.option("--agents/--no-agents", default=None, help="许可转发密钥代理，供本人签名；只在会话各自隔离的机器上。不写的照旧，起初不许。")
@click.option("--backup", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="每天20:30备份到这个目录；不写就不设。")
@click.pass_context
def setup(context: click.Context, dry: bool, agreed: bool, undo: bool, agents: bool | None, backup: Path | None) -> None:
    """设置服务器（用 root）：账号、权限、sshd、systemd 各项先列出来，同意了才做；做过的不重做，改过的不覆盖。照 docs/door.md。"""
    layout = layout_of(caller_of(context).place, backup, agents)
    if wrong := list(layout.unfit()):
        fail(f"{'、'.join(wrong)} 不能写进 sshd 和 systemd 的配置。目录请只用英文字母、数字和 . _ - /。")
    if not dry and os.geteuid() != 0:
        fail("设置服务器要用 root 运行。只看各步请用 duban setup --dry-run。")
    if not dry and not agreed and not sys.stdin.isatty():
        fail("没有终端可以询问，什么都没有做。先用 --dry-run 看各步，同意的再加 --yes。")
    sound = take_back(layout, dry=dry, ask=_ask(agreed)) if undo else set_up(layout, dry=dry, ask=_ask(agreed))
    if not dry and not undo:  # the accounts that will run it cannot write what is kept of it
        with suppress(StoreError):  # it is slower without, and no worse
            machine.run(f"{shlex.quote(sys.executable)} -I -m tui.everything")
    if not sound:
        sys.exit(1)


def layout_of(place: str | None, backup: Path | None = None, agents: bool | None = None) -> Layout:
    """Return where all lies on this server; backups go where they went, and agents are as when it was set up, unless told otherwise."""
    home = find_register(place).absolute()
    layout = Layout(
        home=home, program=started().parent, backup=backup and backup.absolute(), follows=has_upstream(home), replica=is_replica(home)
    )
    with suppress(StoreError):
        known = Made.read(layout)
        layout = replace(layout, backup=layout.backup or (Path(known.backup) if known.backup else None), agents=known.agents)
    return layout if agents is None else replace(layout, agents=agents)


def _ask(agreed: bool) -> Callable[[], bool]:
    def ask() -> bool:
        click.echo("照上面的做吗？写 y 做，别的不做：", nl=False)
        return sys.stdin.readline().strip().lower() in _YES

    return (lambda: True) if agreed else ask


@dataclass
class Made:
    """What was made on this server, in the order in which it was made: that alone is taken back.

    Attributes:
        path: the file in which this stands.
        entries: one a step, ``kind`` and what it is called; files with their SHA-256.
        backup: where backups go, nothing for none.
        agents: whether people may forward their agents.
    """

    path: Path
    entries: list[dict[str, str]] = field(default_factory=list)
    backup: str = ""
    agents: bool = False

    @classmethod
    def read(cls, layout: Layout) -> "Made":
        """Return what stands in the file, nothing made where there is none.

        Raises:
            StoreError: it is none of ours.
        """
        try:
            data: Any = json.loads(plain_bytes(layout.record, _LIMIT))
            entries = [{str(key): str(value) for key, value in each.items()} for each in data["made"]]
            return cls(layout.record, entries, str(data.get("backup", "")), data.get("agents") is True)
        except FileNotFoundError:
            return cls(layout.record)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise StoreError(f"{layout.record} 读不出来，不知道哪些是 duban setup 建立的。请从备份恢复这个文件。") from error

    def sha256(self, path: Path) -> str:
        """Return the hash under which a file was written, nothing where it was not."""
        return next((each["sha256"] for each in self.entries if each["kind"] == "file" and each["path"] == str(path)), "")

    def add(self, entry: dict[str, str]) -> None:
        """Note one more, on disk before it is made."""
        self.drop(entry)
        self.entries.append(entry)
        self.write()

    def drop(self, entry: dict[str, str]) -> None:
        """Forget one, in memory."""
        self.entries = [each for each in self.entries if _same(each) != _same(entry)]

    def write(self) -> None:
        """Write the file."""
        with reporting("写出设置记录", self.path):
            new = self.path.with_suffix(".new")
            new.unlink(missing_ok=True)
            write_durably(new, json.dumps({"made": self.entries, "backup": self.backup, "agents": self.agents}, indent=1).encode(), 0o644)
            os.replace(new, self.path)
            sync_folder(self.path.parent)


def _same(entry: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in entry.items() if key != "sha256"}


def standing(step: Step, made: Made) -> Found:
    """Return how a step stands; a file that is as it was written here by an earlier version is to be written anew."""
    found = machine.look(step)
    if isinstance(step, File) and found.state == OTHER and (known := made.sha256(step.path)) and known == machine.digest(step.path):
        return Found(TO_DO, found.told)
    return found


def title(step: Step) -> str:
    """Return what a step is, in a few words."""
    match step:
        case Group(name):
            return f"组 {name}"
        case Account(name):
            return f"账号 {name}"
        case Passwordless(account):
            return f"账号 {account} 不能用口令登录"
        case Member(account, group):
            return f"账号 {account} 加入组 {group}"
        case Entrances(path):
            return f"入口登记簿 {path}"
        case Tree(path, owner):
            return f"{path} 及其中各项归 {owner}"
        case Folder(path, mode, owner, group):
            return f"目录 {path}（{owner}:{group} {mode:o}）"
        case Listing(path):
            return f"名单 {path}"
        case File(path):
            return f"文件 {path}"
        case Unit(name):
            return f"启用 {name}"


def set_up(layout: Layout, *, dry: bool, ask: Callable[[], bool]) -> bool:
    """Show all steps, ask, do what is not there; return whether all of it is there then.

    Raises:
        StoreError: a step failed; those before it are done and noted.
    """
    made = Made.read(layout)
    found = [(step, standing(step, made)) for step in plan(layout)]
    for step, state in found:
        _show(step, state)
    obstacles = list(_obstacles(layout, found))
    for each in obstacles:
        say(f"提示  {each}")
    todo = [step for step, state in found if state.state == TO_DO]
    left = [step for step, state in found if state.state == OTHER]
    if dry or obstacles:
        say(f"共 {len(found)} 步，要做的 {len(todo)} 步，这次什么都没有做。")
        return not obstacles and not left
    if todo and not ask():
        say("没有做。")
        return False
    made.backup, made.agents = str(layout.backup or ""), layout.agents
    if any(isinstance(step, Tree) for step in todo):
        _indexed(layout.home)
    for step in todo:
        _do(step, layout, made)
    _after([step for step in todo if isinstance(step, File)], layout)
    if todo and not machine.SYSTEMD.is_dir():
        say("本机没有运行 systemd：单元文件已经写好，没有启用；sshd 请自己重新载入，服务请自己启动。")
    say(f"做了 {len(todo)} 步，原来就有的 {len(found) - len(todo) - len(left)} 步。" if todo else "没有要做的。")
    if left:
        say(f"与应当的不同，没有动：{'、'.join(map(title, left))}。{_AGAIN}")
    return not left


def _indexed(home: Path) -> None:
    """Make the index before all is given away: the first look by root, such as doctor's, would make one that the service cannot write."""
    register = Register(home)
    register.index.catch_up()
    register.close()


def _show(step: Step, found: Found) -> None:
    say(f"{found.state}  {title(step)}" + (f"：{found.told}" if found.told and "\n" not in found.told else ""))
    if found.state == TO_DO:
        told = step.text if isinstance(step, File) else "\n".join(step.commands())
        say("".join(f"        {line}\n" for line in told.splitlines()).rstrip("\n"))
    if "\n" in found.told:
        say("".join(f"    {line}\n" for line in found.told.splitlines()).rstrip("\n"))


def _obstacles(layout: Layout, found: list[tuple[Step, Found]]) -> list[str]:
    """Return what must be put right before anything is done."""
    told = list(machine.exposed(layout))
    if not (layout.home / "register.git").is_dir():
        told.append(f"{layout.home} 没有登记簿。请先用 duban init {layout.home} 建立。")
    elif Register(layout.home).demo:
        told.append(f"{layout.home} 是演示登记簿，不设入口。请用 --register 写明正式登记簿的目录。")
    if layout.agents and (reason := "；".join(filter(None, not_apart(layout.home, layout.name)))):
        told.append(f"会话不能各自隔离，不能许可转发密钥代理：{reason}。")
    for step, state in found:
        if state.state == OTHER and isinstance(step, Account | Passwordless):
            told.append(f"{title(step)}：同名的账号已经有了，不是照 docs/door.md 建的（{state.told}）。请先查明是谁的，改好再运行。")
    return told


def _do(step: Step, layout: Layout, made: Made) -> None:
    say(f"正在做  {title(step)}")
    entry = _entry(step)
    known = [dict(each) for each in made.entries]
    first = step == Folder(layout.record.parent, 0o755)  # the note stands in it
    if entry and not first:
        made.add(entry)
    try:
        if isinstance(step, Unit):
            machine.run("systemctl daemon-reload")
        machine.done(step, layout)
    except StoreError:
        if entry and not first:
            made.entries = known
            made.write()
        raise
    if first and entry:
        made.add(entry)


def _entry(step: Step) -> dict[str, str] | None:
    """Return what to note of a step before it is done; None for what is not taken back."""
    match step:
        case Group(name):
            return {"kind": "group", "name": name}
        case Account(name):
            return {"kind": "account", "name": name}
        case Member(account, group):
            return {"kind": "member", "name": account, "group": group}
        case Tree(path, owner):
            return {"kind": "tree", "path": str(path), "owner": owner}
        case Folder(path, _, owner):
            return None if path.exists() else {"kind": "folder", "path": str(path), "owner": owner}
        case Listing(path):
            return {"kind": "list", "path": str(path)}
        case File(path, text):
            return {"kind": "file", "path": str(path), "sha256": machine.digest_of(text)}
        case Unit(name):
            return {"kind": "unit", "name": name}
        case Entrances() | Passwordless():
            return None


def _after(files: list[File], layout: Layout) -> None:
    """Have the daemons take up what was written for them."""
    if machine.SYSTEMD.is_dir() and any(each.path == layout.sshd for each in files):
        machine.run("systemctl reload ssh")


def take_back(layout: Layout, *, dry: bool, ask: Callable[[], bool]) -> bool:
    """Show what was made here, ask, take it back, the last first; return whether nothing of it is left.

    Raises:
        StoreError: the record of it cannot be read.
    """
    made = Made.read(layout)
    if not made.entries:
        say(f"{layout.record} 里没有记着 duban setup 建立过什么，没有要收回的。")
        return True
    mine = {each["name"] for each in made.entries if each["kind"] == "account"}
    todo = list(reversed(made.entries))
    for entry in todo:
        say(f"收回  {_named(entry, mine)}")
    say(f"{layout.home}、{layout.keys} 和备份的内容都不动。")
    if dry or not ask():
        say("没有做。")
        return dry
    left = [told for entry in todo if (told := _taken(entry, mine, made, layout))]
    if machine.SYSTEMD.is_dir():
        machine.run("systemctl daemon-reload")
        machine.run("systemctl reload ssh")
    if not made.entries:  # its folder was there before
        layout.record.unlink(missing_ok=True)
    for told in left:
        say(f"留着  {told}")
    say("已经收回。" if not left else "其余已经收回。")
    return not left


def _named(entry: dict[str, str], mine: set[str]) -> str:
    match entry:
        case {"kind": "unit", "name": name}:
            return f"停用 {name}"
        case {"kind": "member", "name": name, "group": group}:
            return f"账号 {name} 在组 {group} 里"
        case {"kind": "tree", "path": path, "owner": owner}:
            return f"{path} 的所有者改为 root" if owner in mine else f"{path} 的所有者不动"
        case {"kind": "folder", "path": path}:
            return f"{path}（里面有东西的不删除）"
        case {"kind": kind, "name": name}:
            return f"{'账号' if kind == 'account' else '组'} {name}"
        case _:
            return entry.get("path", "")


def _taken(entry: dict[str, str], mine: set[str], made: Made, layout: Layout) -> str:
    """Take one back and forget it; return why not where it stays."""
    if entry["kind"] == "folder" and entry["path"] == str(layout.record.parent):
        if len(made.entries) > 1:  # the record of what stays
            return ""
        layout.record.unlink()
    try:
        told = machine.undone(entry, mine)
    except (StoreError, OSError) as error:
        told = f"{_named(entry, mine)}：{error}"
    if layout.record.exists() and not told:
        made.drop(entry)
        made.write()
    return told


COMMANDS = (setup,)
