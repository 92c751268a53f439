"""What stands round the commits of a repository and can make a reader see another register, or run something: refs, HEAD, config, hooks.

None of it is history, so a clone brings none of it along; there it is said that it cannot be judged. On the server each is held against
what the register's own program makes. Only files are read: stock Git is never run in a repository that somebody else may have set up.
"""

import hashlib
import os
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from records.audit.finding import Finding
from records.store.address import without_secret
from records.store.branch import MAIN
from records.store.disk import plain_bytes, reporting
from records.store.repository import CONFIG
from records.store.store import LARGEST
from schema.text import show

NOT_ON_A_CLONE = ("HEAD", "config", "hooks", "reflog", "replace", "grafts", "alternates", "索引")
"""What a clone says nothing of: it has its own."""

_ASTRAY = (
    ("info/grafts", "嫁接文件，Git 会把历史接到别处"),
    ("shallow", "浅克隆的标记，Git 看不到更早的历史"),
    ("commondir", "Git 会到它写的目录去读分支、对象和配置，看到的、克隆去的不是登记簿"),
)
"""Files by which Git reads another history than stands there."""
_OVER_PACKS = "objects/pack/multi-pack-index"
_SECTION = re.compile(r"\[([A-Za-z0-9.-]+)(?: \"((?:[^\"\\]|\\.)*)\")?\]")
_SETTING = re.compile(r"([A-Za-z][A-Za-z0-9-]*) ?= ?(.*)")
_ID = re.compile(rb"[0-9a-f]{40}")


def set_up(repository: Path) -> Iterator[Finding]:
    """Yield what of a repository of the service's own is not as its program sets it up, whatever its history: HEAD, config, hooks, refs.

    Args:
        repository: the bare repository, of a register or of its keys.

    Raises:
        StoreError: a file cannot be read.
    """
    with reporting("核对登记库", repository):
        if (told := _text(repository / "HEAD")) != f"ref: {MAIN}\n":
            yield _false(f"HEAD 指向“{show(told.strip())[:80]}”，应为 {MAIN}：克隆和别的工具读到的不是登记簿。", "HEAD")
        yield from _config(_text(repository / "config"))
        yield from _programs(repository)
        if (repository / "objects/info/alternates").exists():
            yield _false("对象借自别处（objects/info/alternates），那里没有了，历史也就没有了。", "objects/info/alternates")
        if (repository / _OVER_PACKS).exists():
            yield _false(f"{_OVER_PACKS} 不是登记簿的维护写的，Git 却照它找对象，看到的可能不是登记簿的内容。请删去它。", _OVER_PACKS)
        yield from _others(repository, frozenset({MAIN}))


def round_a_clone(repository: Path) -> Iterator[Finding]:
    """Yield what of a clone shows its reader, or took from the server, another history than ``main``.

    Raises:
        StoreError: a file cannot be read.
    """
    with reporting("核对克隆", repository):
        own = frozenset(name for name, _ in _refs(repository) if name.startswith("refs/heads/"))
        followed = (name for name, _ in _refs(repository) if re.fullmatch(r"refs/remotes/[^/]+/(?:main|HEAD)", name))
        yield from _others(repository, own | {MAIN, *followed})


def _others(repository: Path, known: Collection[str]) -> Iterator[Finding]:
    for name, value in _refs(repository):
        if name.startswith("refs/replace/"):
            told = f"替换引用 {name} 让 Git 把一个对象读成另一个（{value[:12]}）：用 Git 看到的不是登记簿的内容。"
            yield _false(told, name, name.removeprefix("refs/replace/") if _ID.fullmatch(name[13:].encode()) else "")
        elif name not in known:
            yield _false(f"登记库里另有引用 {show(name)}（{show(value)[:12]}），登记簿只有 {MAIN} 一个分支。", name)
    for name, what in _ASTRAY:
        if os.path.lexists(repository / name):
            yield _false(f"{name}：{what}。", name)


def _config(text: str) -> Iterator[Finding]:
    wanted, found = settings(CONFIG), settings(text)
    for key in sorted(found.keys() | wanted.keys()):
        if found.get(key) != wanted.get(key):
            old, new = (values and "、".join(values) for values in (wanted.get(key), found.get(key)))
            yield _false(
                f"config 的 {show(key)} 应为“{old or '（不设）'}”，现为“{show(without_secret(new or '（不设）'))[:120]}”。", "config"
            )


def settings(text: str) -> dict[str, list[str]]:
    """Return the settings of a configuration file by name; a line of any other form counts as one of that name."""
    found: dict[str, list[str]] = {}
    section = ""
    for line in text.splitlines():
        told = line.strip()
        if not told or told[0] in "#;":
            continue
        if match := _SECTION.fullmatch(told):
            section = match[1].lower() + (f".{match[2]}" if match[2] is not None else "")
        elif match := _SETTING.fullmatch(told):
            found.setdefault(f"{section}.{match[1].lower()}", []).append(match[2])
        else:
            found.setdefault(f"{section}.{told}", []).append("")
    return found


def _programs(repository: Path) -> Iterator[Finding]:
    """Whatever Git would run of itself, or lets name programs for the contents of files."""
    hooks = repository / "hooks"
    for path in sorted(hooks.iterdir()) if hooks.is_dir() else ():
        if path.suffix != ".sample":
            content = plain_bytes(path, LARGEST) if path.is_file() else b""
            mark = hashlib.sha256(content).hexdigest()[:16]
            yield _false(f"hooks 里有 {show(path.name)}（SHA-256 {mark}…），不是登记簿装的。", f"hooks/{path.name}")
    if (repository / "info/attributes").exists():
        yield _false("info/attributes 会让 Git 用别的程序显示记录。", "info/attributes")


def _refs(repository: Path) -> Iterator[tuple[str, str]]:
    """Yield the refs of a repository with what they say, loose ones before packed ones, each once."""
    found: dict[str, str] = {}
    for folder, folders, files in os.walk(repository / "refs"):
        folders.sort()
        for file in sorted(files):
            path = Path(folder) / file
            if path.suffix != ".lock":  # another's, at this moment
                with suppress(FileNotFoundError):
                    found[path.relative_to(repository).as_posix()] = _text(path).strip()
    for line in _text(repository / "packed-refs").splitlines():
        value, _, name = line.partition(" ")
        if _ID.fullmatch(value.encode()):
            found.setdefault(name, value)
    yield from found.items()


def _text(path: Path) -> str:
    try:
        return plain_bytes(path, LARGEST).decode(errors="replace")
    except FileNotFoundError:
        return ""


def _false(reason: str, name: str, commit: str = "") -> Finding:
    return Finding("repository", reason, commit, paths=(name,))
