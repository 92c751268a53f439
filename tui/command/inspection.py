"""What ``duban doctor`` says of a server that people come in to: is it still as docs/door.md wants it, and does sshd see it so."""

import grp
import os
import pwd
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from records.store.store import StoreError
from tui.command import machine
from tui.command.installation import File, Layout, effective, plan, sshd_lines
from tui.command.machine import OTHER, TO_DO
from tui.command.setup import Made, standing, title
from tui.command.upkeep import FINE, HINT, Line

_SHOWN = 3
_ELSEWHERE = {"authorizedkeyscommand": "none", "trustedusercakeys": "none"}
"""Other ways by which a key could be let in without its line in the list, which sshd must not have."""


def installed_lines(layout: Layout) -> Iterator[Line]:
    """Yield what was found of accounts, rights, files and sshd; nothing where no door was ever set up."""
    if not layout.record.exists() and not layout.sshd.exists():
        return
    if os.geteuid() != 0:
        yield HINT, "入口的账号、权限和 sshd 的设置只有 root 看得全：请再用 root 运行一次 duban doctor。"
        return
    yield from _steps(layout)
    yield from ((HINT, f"入口：{told}") for told in machine.exposed(layout))
    yield from _strangers(layout)
    yield from _other_keys(layout)
    yield from _sshd(layout)


def _steps(layout: Layout) -> Iterator[Line]:
    try:
        made = Made.read(layout)
    except StoreError as error:
        yield HINT, str(error)
        return
    steps = plan(layout)
    wrong = [(step, found) for step in steps if (found := standing(step, made)).state in (TO_DO, OTHER)]
    for step, found in wrong[:_SHOWN]:
        changed = isinstance(step, File) and found.state == OTHER and "\n" in found.told
        told = "与应当的不同，多半是有人改过" if changed else found.told or "没有"
        yield HINT, f"入口：{title(step)}：{told}。用 duban setup --dry-run 看应当怎样。"
    if len(wrong) > _SHOWN:
        yield HINT, f"入口：另有 {len(wrong) - _SHOWN} 处与应当的不同，用 duban setup --dry-run 逐项看。"
    if not wrong:
        yield FINE, f"入口：账号、权限、文件 {len(steps)} 项都照 docs/door.md"


def _strangers(layout: Layout) -> Iterator[Line]:
    """Yield who is in a group that opens the register or the entrances, and should not be."""
    allowed = {layout.name: set[str](), layout.reader: set(), layout.security: set(), layout.door: {layout.name, layout.reader}}
    for group, known in allowed.items():
        with suppress(KeyError):
            found = grp.getgrnam(group)
            primary = {each.pw_name for each in pwd.getpwall() if each.pw_gid == found.gr_gid} - {group}
            if others := sorted((set(found.gr_mem) | primary) - known):
                yield HINT, f"入口：{'、'.join(others)} 在组 {group} 里，看得见不该看的。请移出：gpasswd --delete 账号 {group}"
    with suppress(KeyError):
        if mine := sorted(set(grp.getgrnam(layout.staff).gr_mem) & set(layout.accounts)):
            yield HINT, f"入口：服务账号 {'、'.join(mine)} 在组 {layout.staff} 里，请移出。"


def _other_keys(layout: Layout) -> Iterator[Line]:
    """Yield the files of keys that an account of no person has beside sshd's list."""
    homes = set[Path]()
    for name in layout.accounts:
        with suppress(KeyError):
            homes.add(Path(pwd.getpwnam(name).pw_dir))
    for path in (home / ".ssh" / file for home in sorted(homes) for file in ("authorized_keys", "authorized_keys2")):
        if os.path.lexists(path):
            yield HINT, f"入口：{path} 里另有密钥，服务账号的密钥只应当在 {layout.record.parent} 的名单里。请查明是谁放的。"


def _sshd(layout: Layout) -> Iterator[Line]:
    """Hold what sshd would go by for each kind of caller against the lines of the page."""
    try:
        member = next(iter(grp.getgrnam(layout.staff).gr_mem), "")
    except KeyError:
        member = ""
    users = [(layout.name, ()), (layout.reader, ()), *([(member, (layout.staff,))] if member else [])]
    wrong = 0
    for user, groups in users:
        try:
            told = machine.run(f"sshd -T -f {layout.etc}/ssh/sshd_config -C user={user},host=localhost,addr=127.0.0.1")
        except StoreError as error:
            yield HINT, f"入口：sshd 的设置查不了：{error}"
            return
        for keyword, wanted, had in deviations(layout, user, groups, told):
            wrong += 1
            yield HINT, f"入口：sshd 对账号 {user} 的 {keyword} 是 {had}，应当是 {wanted}。请看 {layout.sshd} 和 sshd_config 里别的文件。"
    if not wrong:
        unseen = "" if member else f"；组 {layout.staff} 里没有人，用口令登录的没有核对"
        yield FINE, f"入口：sshd 实际采用的设置与 docs/door.md 一致{unseen}"


def deviations(layout: Layout, user: str, groups: tuple[str, ...], told: str) -> Iterator[tuple[str, str, str]]:
    """Yield keyword, what is wanted and what sshd goes by, wherever the two differ.

    Args:
        layout: of the server.
        user: who comes in.
        groups: those of his groups that sshd's lines speak of.
        told: what ``sshd -T`` prints for him.
    """
    had: dict[str, list[str]] = {}
    for line in told.splitlines():
        keyword, _, value = line.partition(" ")
        had.setdefault(keyword.lower(), []).append(value)
    wanted = effective(sshd_lines(layout), user, groups)
    if not groups:
        asked = f"{layout.program}/duban --register {layout.home} keys authorized-keys{' --agents' if layout.agents else ''}"
        by_command = user == layout.name and had.get("authorizedkeyscommand") == [asked]  # the other way that the page leaves open
        wanted |= {"authorizedkeysfile": "none", "authorizedkeyscommand": asked} if by_command else {}
        wanted = _ELSEWHERE | wanted
    for keyword, value in wanted.items():
        found = had.get(keyword, ["none"])
        if value.lower() not in [each.lower() for each in found]:
            yield keyword, value, " ".join(found)
