"""What a Git host holds for several servers: a bare repository that loses nothing it has acknowledged, and one entrance to it.

Nothing of ours runs there but Git itself and two files of the shell's: a hook that takes ``main`` alone, and the command that sshd forces
on each server's key. Both say the same wherever they lie, so that whoever keeps the host can read and compare them. What Git does not do
of itself is set: out of the box it syncs nothing of a small push, and a power cut would take back what servers were told is kept.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from records.audit.surroundings import settings
from records.store.branch import MAIN
from records.store.disk import plain_bytes, reporting, sync_folder, write_durably
from records.store.repository import CONFIG, Repository
from records.store.stock_git import Git
from records.store.store import LARGEST, StoreError
from records.store.upstream import ENTER, LOCKED, STATE, TURN
from schema.text import show

LOCKS = f"{LOCKED}."
"""How the settings begin that are none, but locks which have stood for a minute (``Upstream.state``)."""
_WANTED = {
    key: values[-1]
    for key, values in settings(f"{CONFIG}[receive]\n\tunpackLimit = 1\n").items()  # a pack a push: five times cheaper than loose objects
    if key.startswith(("core.fsync", "core.logallrefupdates", "gc.", "maintenance.", "receive.", "transfer."))
}
_MARK = "#!/bin/sh\n# duban upstream："
_HOOK = f"""{_MARK}只收 main 一个分支，删除不收；强制推送由 receive.denyNonFastForwards 拒绝。
# 轮到别的服务器的，先等它，最多三秒。
n=0
while [ -e turn ] && [ "$(cat turn 2>/dev/null)" != "$DUBAN_SERVER" ] && [ $n -lt 60 ]; do
    sleep 0.05
    n=$((n + 1))
done
[ $n -lt 60 ] || rm -f turn
while read -r old new ref; do
    case "$ref:$new" in
    {MAIN}:*[!0]*) ;;
    *)
        echo "上级库只收 main 一个分支上接着办的各笔，这一次没有收下。" >&2
        exit 1
        ;;
    esac
done
"""
_AFTER = f"""{_MARK}轮到自己的，写好以后交出。
[ "$(cat turn 2>/dev/null)" != "$DUBAN_SERVER" ] || rm -f turn
"""
_ENTER = f"""{_MARK}sshd 为各服务器的密钥运行的命令：哪一台，read 的只能取。只有这几种，客户端写的路径一律不用。
cd "${{0%/*}}" || exit 1
umask 027
export DUBAN_SERVER="$1"
case "$2:$SSH_ORIGINAL_COMMAND" in
:"git-receive-pack "*) exec git receive-pack . ;;
:"git-upload-pack "* | read:"git-upload-pack "*) exec git upload-pack . ;;
:{STATE} | read:{STATE})
    cat config
    echo "[{LOCKED}]"
    exec find . -name "*.lock" -mmin +1
    ;;
:{TURN})
    [ "$(cat turn 2>/dev/null)" != "$1" ] || exec cat {MAIN}
    exec 9>>turn.queue
    flock -w 5 9 || exit 1
    n=0
    while [ -e turn ] && [ "$(cat turn 2>/dev/null)" != "$1" ] && [ $n -lt 60 ]; do
        sleep 0.05
        n=$((n + 1))
    done
    echo "$1" >turn.new && mv turn.new turn
    exec cat {MAIN}
    ;;
esac
echo "这里只能由登记簿的服务器推送、获取（git-receive-pack、git-upload-pack）。" >&2
exit 126
"""
_PATH = re.compile(r"/[^\s\"'\\$`*?\[\]#;&|<>()!]*")


def hosted(place: Path, git: Git) -> Iterator[str]:
    """Make an upstream, or bring one that there is to what this program makes; yield each thing that was done. Safe to run again.

    Args:
        place: the repository; nothing, an empty folder, or a bare repository of Git's.
        git: stock Git.

    Raises:
        StoreError: something else is there, or it cannot be written.
    """
    if not _PATH.fullmatch(str(place)):
        raise StoreError(f"目录名 {show(str(place))} 里有空格、引号一类的字符，写不进 authorized_keys。请换一个目录。")
    if (place / "duban.lock").exists():
        raise StoreError(f"{place} 是一个登记簿自己的库，不能作上级库。请另写一个不存在的目录。")
    if (place / "HEAD").is_file() and (place / "objects").is_dir():
        _fit(place)
    else:
        Repository.create(place)
        yield "建立裸库，落盘设置与登记库相同"
    yield from _configured(place, git)
    yield from _written(place, "hooks/pre-receive", _HOOK, "钩子 pre-receive：只收 main 一个分支")
    yield from _written(place, "hooks/post-receive", _AFTER, "钩子 post-receive：几台服务器轮流")
    yield from _written(place, ENTER, _ENTER, f"入口 {ENTER}：sshd 只运行它")


def wanting(config: str) -> tuple[str, ...]:
    """Return what a repository's configuration lacks to be an upstream that loses nothing, a setting each."""
    found = settings(config)
    return tuple(f"{key} = {value}" for key, value in _WANTED.items() if found.get(key, [""])[-1].lower() != value)


def line_for(place: Path, key: str, *, reading: bool) -> str:
    """Return the line of authorized_keys by which a server comes in.

    Args:
        place: the upstream.
        key: type and base64 of its public key.
        reading: whether it may only fetch.
    """
    server = hashlib.sha256(key.encode()).hexdigest()[:12]
    return f'restrict,command="/bin/sh {place / ENTER} {server}{" read" if reading else ""}" {key}'


def _fit(place: Path) -> None:
    """Refuse a repository that no register can be kept in."""
    with reporting("读取上级库", place):
        head = plain_bytes(place / "HEAD", LARGEST).decode(errors="replace").strip()
        config = settings(plain_bytes(place / "config", LARGEST).decode(errors="replace"))
    if config.get("core.bare") != ["true"]:
        raise StoreError(f"{place} 不是裸库，推送会弄乱它的工作区。请另写一个不存在的目录。")
    if head != f"ref: {MAIN}":
        raise StoreError(f"{place} 的 HEAD 指向“{show(head)[:80]}”，应为 {MAIN}。请另写一个不存在的目录，或者先改过来。")
    Repository(place).head()  # says so where its objects or refs are of a format that is not read


def _configured(place: Path, git: Git) -> Iterator[str]:
    with reporting("读取上级库", place):
        found = settings(plain_bytes(place / "config", LARGEST).decode(errors="replace"))
    for key, value in _WANTED.items():
        was = found.get(key, [])
        if [each.lower() for each in was] != [value]:
            git.run("设置上级库", "config", "--file", str(place / "config"), "--replace-all", key, value)
            yield f"设 {key} = {value}（原来{f'是 {show(was[-1])[:60]}' if was else '没有设'}）"


def _written(place: Path, name: str, text: str, what: str) -> Iterator[str]:
    path, data = place / name, text.encode()
    with reporting("写出上级库的文件", path):
        there = plain_bytes(path, LARGEST) if os.path.lexists(path) else b""
        if there == data and os.access(path, os.X_OK):
            return
        if there and not there.startswith(_MARK.encode()):
            raise StoreError(f"{path} 是别人写的，没有改动。请核对它是做什么的，移走以后再运行一次。")
        path.parent.mkdir(exist_ok=True)
        new = path.with_name(f".{path.name}.{os.getpid()}.new")
        write_durably(new, data, 0o750)
        os.replace(new, path)
        sync_folder(path.parent)
    yield f"{'改写' if there else '写好'}{what}"
