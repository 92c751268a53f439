"""What the operator of the machine has set, in a file outside the register: no record can name a program or a folder.

    [digest]
    state = "/var/lib/duban/digests.json"            # who was sent his digest today
    spool = "/var/spool/duban"                       # a file a person; or instead of it
    command = ["/usr/local/bin/send", "{login}"]     # a program: the text on its standard input

The file is that of ``--config``, else of ``DUBAN_CONFIG`` (empty: none), else ``/etc/duban/duban.toml`` where there is one.
"""

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from records.store.disk import read_foreign, reporting
from records.store.store import StoreError

VARIABLE, USUAL = "DUBAN_CONFIG", Path("/etc/duban/duban.toml")
PLACEHOLDERS = ("{login}", "{id}")
_LIMIT = 1 << 16  # bytes of a configuration
_KEYS = ("state", "spool", "command")
_TOLD = re.compile(r"\(at line (\d+), column (\d+)\)")


class ConfigurationError(Exception):
    """The configuration cannot be used; the message says in Chinese what is wrong with it and where."""


@dataclass(frozen=True)
class DigestRoute:
    """How digests leave the system.

    Attributes:
        state: the file that remembers who was sent his digest today.
        spool: the folder that they are put into; None where a program takes them.
        command: the program with its arguments; empty where they go into a folder.
    """

    state: Path
    spool: Path | None = None
    command: tuple[str, ...] = ()


def digest_route(given: Path | None, home: Path) -> DigestRoute | None:
    """Return how digests leave the system, None where the operator has not set it.

    Args:
        given: the file that the command line names.
        home: the folder of the register, in which no configuration may lie.

    Raises:
        ConfigurationError: there is a configuration, and it cannot be used.
        StoreError: it cannot be read.
    """
    path = given or _found()
    if path is None:
        return None
    _refuse_unless_trusted(path, home)
    text = _text(path)
    told = _parsed(path, text)
    if wrong := list(_wrong(told, text)):
        raise ConfigurationError("\n".join(f"{path}:{line}：{reason}" for line, reason in wrong))
    section = told.get("digest")
    if section is None:
        return None
    spool = section.get("spool")
    return DigestRoute(Path(section["state"]), Path(spool) if spool else None, tuple(section.get("command", ())))


def configured(home: Path) -> tuple[Path | None, tuple[str, ...]]:
    """Return the configuration that ``duban tick`` would go by, None where there is none, and what is wrong with it on this machine.

    Args:
        home: the folder of the register.
    """
    path = _found()
    try:
        route = digest_route(path, home) if path else None
        return path, tuple(f"{path}:{line}：{reason}" for line, reason in _unusable(route, _text(path))) if path and route else ()
    except (ConfigurationError, StoreError) as error:
        return path, tuple(str(error).splitlines())


def _unusable(route: DigestRoute, text: str) -> Iterator[tuple[int, str]]:
    """Yield what this account cannot use of what is rightly written, each with its line and the way out."""
    folder, me = route.state.parent, f"账号编号 {os.geteuid()}"
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield _line(text, "state"), f"{folder} 不是本账号（{me}）能写的目录。请建立这个目录并归本账号所有，或者换一个。"
    elif route.state.exists() and not (route.state.is_file() and os.access(route.state, os.R_OK | os.W_OK)):
        yield _line(text, "state"), f"{route.state} 不是本账号（{me}）能读写的文件。请改正归属和权限，或者换一个。"
    if route.spool and not (route.spool.is_dir() and os.access(route.spool, os.W_OK | os.X_OK)):
        yield _line(text, "spool"), f"{route.spool} 不是本账号（{me}）能写的目录。请建立这个目录并归本账号所有，或者换一个。"
    if route.command and not Path(route.command[0]).is_file():
        yield _line(text, "command"), f"没有 {route.command[0]} 这个程序。请安装，或者改正路径。"
    elif route.command and not os.access(route.command[0], os.X_OK):
        yield _line(text, "command"), f"{route.command[0]} 本账号（{me}）不能运行。请用 chmod a+x 加上运行的权限。"


def _found() -> Path | None:
    named = os.environ.get(VARIABLE)
    if named is not None:
        return Path(named) if named else None
    return USUAL if USUAL.exists() else None


def _refuse_unless_trusted(path: Path, home: Path) -> None:
    """What names a program to be run is the operator's alone to write."""
    with reporting("读取配置", path):
        told = os.stat(path)
    if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(home)):
        raise ConfigurationError(f"{path} 在登记簿的目录里，不予采用。请把配置放到登记簿以外，例如 {USUAL}。")
    if told.st_uid not in (0, os.geteuid()) or told.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ConfigurationError(f"{path} 别的账号可以改写，不予采用。请让它归 root 或运行账号所有，权限不大于 0644。")


def _text(path: Path) -> str:
    try:
        return read_foreign(path, _LIMIT).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}：不是 UTF-8 编码的文本。") from error


def _parsed(path: Path, text: str) -> Mapping[str, dict[str, str]]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _TOLD.search(str(error))
        line, column = found.groups() if found else (str(len(text.splitlines())), "末尾")
        raise ConfigurationError(f"{path}:{line}：第{column}列不合 TOML 的写法。") from error


def _wrong(told: Mapping[str, object], text: str) -> Iterator[tuple[int, str]]:
    """Yield what is wrong, each with its line."""
    yield from ((_line(text, name), f"没有“{name}”这一节，只有 [digest]。") for name in told if name != "digest")
    section = told.get("digest", {})
    if not isinstance(section, dict):
        yield _line(text, "digest"), "digest 应为一节，写作 [digest]。"
        return
    if "digest" not in told:
        return
    yield from ((_line(text, name), f"没有“{name}”这一项，可写的是 {'、'.join(_KEYS)}。") for name in section if name not in _KEYS)
    for name in ("state", "spool"):
        if name in section and not _is_path(section[name]):
            yield _line(text, name), f'{name} 应为绝对路径，例如 "/var/spool/duban"。'
    if "state" not in section:
        yield _line(text, "digest"), "缺 state：记录今天已发给谁的文件。"
    if ("spool" in section) == ("command" in section):
        yield _line(text, "digest"), "spool（放进目录）和 command（交给程序）须写一样，且只写一样。"
    if "command" in section:
        yield from ((_line(text, "command"), reason) for reason in _wrong_command(section["command"]))


def _wrong_command(command: object) -> Iterator[str]:
    if not isinstance(command, list) or not command or not all(isinstance(word, str) and "\0" not in word for word in command):
        yield 'command 应为程序和参数的列表，例如 ["/usr/local/bin/send", "{login}"]；不经过 shell。'
        return
    if not _is_path(command[0]):
        yield "command 的第一项应为程序的绝对路径。"
    for word in command:
        if ("{" in word or "}" in word) and word not in PLACEHOLDERS:
            yield f"参数“{word}”：占位符只有 {'、'.join(PLACEHOLDERS)}，须单独成一个参数。"


def _is_path(value: object) -> bool:
    return isinstance(value, str) and value.startswith("/") and "\0" not in value and "{" not in value


def _line(text: str, name: str) -> int:
    """The line in which a key or a section stands, the first where it cannot be told."""
    here = re.compile(rf"\s*\[*\s*[\"']?{re.escape(name)}[\"']?\s*[\]=.]")
    return next((n for n, line in enumerate(text.splitlines(), start=1) if here.match(line)), 1)
