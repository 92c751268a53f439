"""The standby of an upstream: made, fed, told to take over; and what an upstream does that comes back to find that it has.

Who decides is one file at the standby, ``is-standby``: while it is there it takes from its upstream alone, and once it is gone from servers
alone. So between an upstream that came back and a standby that has taken over there is never a moment in which both take acts that are
acknowledged: where the standby is pushed to first, the old one takes nothing that the standby does not take.
"""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from records.register.host_scripts import IS_STANDBY, SUPERSEDED
from records.store.address import Address, address
from records.store.branch import MAIN
from records.store.complaints import complaint, in_words
from records.store.disk import plain_bytes, replace_durably, reporting, sync_folder, write_durably
from records.store.stock_git import Git
from records.store.store import StoreError
from records.store.upstream import FEEDING

_PATH = "/usr/local/bin:/usr/bin:/bin"
_TIMEOUT = 4 * 3600.0  # seconds for a whole history over a slow line


def is_standby(place: Path) -> bool:
    """Say whether a repository is a standby that has not taken over."""
    return (place / IS_STANDBY).exists()


def made_standby(place: Path) -> bool:
    """Have an upstream be a standby from now on, which takes from its upstream alone; say whether it was none before.

    Raises:
        StoreError: it has a standby itself, or the disk refuses.
    """
    if is_standby(place):
        return False
    if (place / FEEDING / "url").exists():
        raise StoreError(f"{place} 自己有备用库，不能同时作备用库。它的备用库已经接替的，运行 duban upstream {place} --rejoin。")
    _mark(place)
    return True


def _mark(place: Path) -> None:
    with reporting("写下备用库的标记", place):
        if not is_standby(place):
            write_durably(place / IS_STANDBY, b"", 0o640)
        sync_folder(place)


def taken_over(place: Path) -> bool:
    """Have a standby take over: from now on servers push to it, and its old upstream cannot; say whether it was a standby.

    Raises:
        StoreError: the disk refuses.
    """
    if not is_standby(place):
        return False
    with reporting("撤去备用库的标记", place):
        (place / IS_STANDBY).unlink()
        sync_folder(place)
    return True


def key_for(place: Path) -> Path:
    """Return where the key lies by which an upstream comes in at its standby; its folder is made."""
    with reporting("建立目录", place / FEEDING):
        (place / FEEDING).mkdir(mode=0o750, exist_ok=True)
    return place / FEEDING / "key"


def fed(place: Path, where: Address, *, later: bool) -> None:
    """Have an upstream push what it takes to a standby, from now on, and bring there what it holds already.

    Args:
        place: the upstream.
        where: the standby.
        later: whether the standby follows a moment later instead of deciding.

    Raises:
        StoreError: this is a standby itself, or that one cannot be reached or does not take it; nothing has changed then.
    """
    if is_standby(place):
        raise StoreError(f"{place} 是备用库，还没有接替，不能再有备用库。")
    if where.way == "http":
        raise StoreError("备用库的地址请写 ssh://账号@主机/路径，或者本机上的绝对路径：从 http 进来的，分不出是服务器还是上级库。")
    if (path := where.path) is not None and path.is_dir() and not is_standby(path):  # an entrance over ssh says so itself
        raise StoreError(f"{where.url} 还不是备用库，什么都没有改。请先在那里运行 duban upstream {where.url} --standby。")
    key_for(place)
    done = _feed(place, "first", DUBAN_TO=where.url)
    if done.returncode:
        told = in_words(complaint(done.stdout), str(place / FEEDING), there="备用主机")
        raise StoreError(f"备用库没有接上，什么都没有改。{told}")
    with reporting("写下备用库的地址", place / FEEDING):
        for name, there in (("later", later), (SUPERSEDED, False)):
            (place / FEEDING / name).unlink(missing_ok=True)
            if there:
                write_durably(place / FEEDING / name, b"", 0o640)
        replace_durably(place / FEEDING / "url", f"{where.url}\n".encode(), 0o640)


def fed_by_now(place: Path) -> str:
    """Return where the standby of an upstream is, as it was noted; nothing where it has none."""
    with suppress(OSError, StoreError):
        return plain_bytes(place / FEEDING / "url", 1 << 12).decode(errors="replace").strip()
    return ""


def fed_no_more(place: Path) -> bool:
    """Have an upstream do without its standby from now on; say whether it had one.

    Raises:
        StoreError: that one has taken over, so that both would take acts from now on, or the disk refuses.
    """
    if not (place / FEEDING / "url").exists():
        return False
    if _is_superseded(place):
        way = f"请运行 duban upstream {place} --rejoin，作它的备用库"
        way += f"；那个库也没有了、要以这里为准的，删除 {place / FEEDING / SUPERSEDED}，再运行一次"
        raise StoreError(f"{place} 的备用库已经接替，两边都收就分叉了，什么都没有改。{way}。")
    _forget(place)
    return True


def _is_superseded(place: Path) -> bool:
    """Whether the standby of an upstream has taken over, as far as that can be heard."""
    return (place / FEEDING / SUPERSEDED).exists() or _feed(place, "taken").returncode == 0


def _forget(place: Path) -> None:
    with reporting("撤去备用库的地址", place / FEEDING):
        (place / FEEDING / "url").unlink()
        sync_folder(place / FEEDING)


def rejoined(place: Path, git: Git) -> tuple[Address, Path | None]:
    """Have an upstream whose standby has taken over be the standby of that one.

    What it took and the other one does not have was acknowledged only where the standby followed later. It is kept as a bundle.

    Args:
        place: the old upstream.
        git: stock Git.

    Returns:
        Where the new upstream is, and the bundle where there is one.

    Raises:
        StoreError: its standby has not taken over or cannot be asked, or the disk refuses.
    """
    if not (place / FEEDING / "url").exists():
        told = "它已经是备用库，不用再做" if is_standby(place) else "它没有备用库，没有谁会接替它"
        raise StoreError(f"{place}：{told}，什么都没有改。")
    with reporting("读取备用库的地址", place / FEEDING):
        where = address(plain_bytes(place / FEEDING / "url", 1 << 12).decode(errors="replace").strip())
    if not _is_superseded(place):
        raise StoreError(f"备用库 {where.url} 没有接替，或者连不上，不知道它是不是已经接替：什么都没有改。")
    _mark(place)  # from now on no server gets anything in here, nor after a power cut
    done = _feed(place, "fetch")
    if done.returncode:
        told = in_words(complaint(done.stderr), str(place / FEEDING), there="本机")
        raise StoreError(f"没有取来 {where.url} 的历史，这里已经不收推送的，连得上以后再运行一次。{told}")
    tip = git.tried("rev-parse", "FETCH_HEAD", folder=place).stdout.strip()
    was = git.tried("rev-parse", "--quiet", "--verify", MAIN, folder=place).stdout.strip()
    left = None
    if was and git.tried("merge-base", "--is-ancestor", was, tip, folder=place).returncode:
        left = place / f"left-{was[:12]}.bundle"
        git.run("写出这里独有的各笔", "-C", str(place), "bundle", "create", "--quiet", str(left), MAIN, f"^{tip}")
    git.run("移到接替它的库所在", "-C", str(place), "update-ref", MAIN, tip, *([was] if was else []))
    _forget(place)
    with reporting("撤去备用库的标记", place / FEEDING):
        (place / FEEDING / SUPERSEDED).unlink(missing_ok=True)
    return where, left


def _feed(place: Path, *words: str, **told: str) -> "subprocess.CompletedProcess[str]":
    """Run the upstream's own script, which alone knows how a standby is reached."""
    git = Path(shutil.which("git") or "git").parent
    argv = ["/bin/sh", str(place / "feed"), *words]
    try:
        return subprocess.run(
            argv, cwd=place, capture_output=True, text=True, errors="replace", timeout=_TIMEOUT, check=False, stdin=subprocess.DEVNULL,
            env={"PATH": f"{git}:{_PATH}", "GIT_DIR": str(place), **told},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(argv, 1, "没有应答", "没有应答")
