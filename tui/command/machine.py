"""The server that ``duban setup`` sets up: what of it is there already, and how it is done. The one place that changes a machine."""

import difflib
import grp
import os
import pwd
import shlex
import stat
import subprocess
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from records.store.disk import plain_bytes, reporting, sync_folder, write_durably
from records.store.store import StoreError
from tui.command.installation import Account, Entrances, File, Folder, Group, Layout, Listing, Member, Passwordless, Step, Tree, Unit

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where the programs of the system stand; whoever runs setup may have come by ``su``, without those for root."""

SYSTEMD = Path("/run/systemd/system")
"""The folder that is there where systemd runs."""

THERE, TO_DO, OTHER, APART = "已有", "要做", "不同", "略过"
"""It is so; it is to be done; it is otherwise and is left as it is; it cannot be here."""

_LONGEST = 1 << 20  # bytes of a file of the configuration
_PATIENCE = 600  # seconds for a command over a large register
_SHELL, _NO_PASSWORD = "/bin/sh", "*"


@dataclass(frozen=True)
class Found:
    """How a step stands: which of the four, and what there is to say."""

    state: str
    told: str = ""


def look(step: Step) -> Found:
    """Return how a step stands on this machine; nothing is changed."""
    with suppress(KeyError):  # an account or a group that is not there yet
        match step:
            case Group(name):
                grp.getgrnam(name)
                return Found(THERE)
            case Account(name):
                return _account(pwd.getpwnam(name))
            case Passwordless(account):
                pwd.getpwnam(account)
                return _passwordless(account)
            case Member(account, group):
                return Found(THERE if account in grp.getgrnam(group).gr_mem else TO_DO)
            case Entrances(path):
                return Found(THERE if (path / "keys.git").is_dir() else TO_DO)
            case Tree():
                wrong = next(astray(step), "")
                return Found(TO_DO if wrong else THERE, wrong)
            case Folder():
                return _folder(step)
            case Listing(path):
                return Found(THERE if path.is_file() else TO_DO)
            case File(path, text):
                return _file(path, text)
            case Unit(name):
                if not SYSTEMD.is_dir():
                    return Found(APART, "本机没有运行 systemd")
                running = all(_runs("systemctl", asked, "--quiet", name) for asked in ("is-enabled", "is-active"))
                return Found(THERE if running else TO_DO)
    return Found(TO_DO)


def _account(found: pwd.struct_passwd) -> Found:
    wrong = [] if (found.pw_shell, found.pw_dir) == (_SHELL, "/") else [f"壳 {found.pw_shell}，家目录 {found.pw_dir}"]
    with suppress(KeyError):
        if grp.getgrgid(found.pw_gid).gr_name != found.pw_name:
            wrong.append("主组不是自己的组")
    return Found(OTHER, "；".join(wrong)) if wrong else Found(THERE)


def _passwordless(account: str) -> Found:
    shadow = _shadow(account)
    if shadow is None:
        return Found(APART, "只有 root 看得见")
    if shadow == _NO_PASSWORD:
        return Found(THERE)
    return Found(TO_DO, "账号已锁") if shadow.startswith("!") and len(shadow) <= 2 else Found(OTHER, "账号有口令")


def _shadow(name: str) -> str | None:
    """Return what stands for an account's password; None where only root may see it."""
    with suppress(OSError):
        for line in Path("/etc/shadow").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith(f"{name}:"):
                return line.split(":")[1]
        return "!"
    return None


def astray(tree: Tree) -> Iterator[str]:
    """Yield what in a folder is another's, lacks its group, or lets others in.

    Raises:
        KeyError: there is no such account or group.
    """
    owner = pwd.getpwnam(tree.owner).pw_uid
    groups = {name: grp.getgrnam(name).gr_gid for name in (tree.group, tree.readers)}
    yield from (f"{each} 不存在" for each in (tree.path, *tree.fresh) if not each.is_dir())
    for place, folders, files in os.walk(tree.path):
        for path in (
            Path(place),
            *(Path(place, each) for each in files),
            *(Path(place, each) for each in folders if _is_link(place, each)),
        ):
            with suppress(FileNotFoundError):  # it is in use
                had = path.lstat()
                if had.st_uid != owner or had.st_gid != groups[tree.group_of(path)]:
                    yield f"{path} 的所有者是 {_name(had.st_uid)}，组是 {_group(had.st_gid)}"
                elif not stat.S_ISLNK(had.st_mode) and had.st_mode & 0o027:
                    yield f"{path} 的权限是 {stat.S_IMODE(had.st_mode):o}"
                elif stat.S_ISDIR(had.st_mode) and tree.is_shared(path) and not had.st_mode & stat.S_ISGID:
                    yield f"{path} 没有 g+s"


def _is_link(place: str, name: str) -> bool:
    return os.path.islink(os.path.join(place, name))


def _folder(step: Folder) -> Found:
    wanted = (pwd.getpwnam(step.owner).pw_uid, grp.getgrnam(step.group).gr_gid, step.mode)
    try:
        had = step.path.lstat()
    except OSError:
        return Found(TO_DO)
    if not stat.S_ISDIR(had.st_mode):
        return Found(OTHER, f"{step.path} 不是目录")
    if (had.st_uid, had.st_gid, stat.S_IMODE(had.st_mode)) == wanted:
        return Found(THERE)
    return Found(TO_DO, f"现在是 {_name(had.st_uid)}:{_group(had.st_gid)} {stat.S_IMODE(had.st_mode):o}")


def _file(path: Path, text: str) -> Found:
    try:
        had = plain_bytes(path, _LONGEST).decode(errors="replace")
    except FileNotFoundError:
        return Found(TO_DO)
    except (OSError, StoreError) as error:
        return Found(OTHER, f"读不了：{error}")
    whose = path.stat()
    if whose.st_uid != 0 or whose.st_mode & 0o022:
        return Found(OTHER, f"归 {_name(whose.st_uid)}，权限 {stat.S_IMODE(whose.st_mode):o}：应当归 root，别人不能写")
    if had == text:
        return Found(THERE)
    lines = difflib.unified_diff(had.splitlines(), text.splitlines(), "现在的", "应当的", lineterm="")
    return Found(OTHER, "\n".join(lines))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, nothing where there is none that can be read."""
    try:
        return sha256(plain_bytes(path, _LONGEST)).hexdigest()
    except (OSError, StoreError):
        return ""


def exposed(layout: Layout) -> Iterator[str]:
    """Yield the folders above register, keys and program, and the programs themselves, in which another than root can change something,
    or to which the accounts do not come through.
    """
    programs = [layout.program / name for name in ("duban", "duban-enter")]
    yield from (f"{each} 不存在" for each in programs if not each.is_file())
    resolved = {each.resolve() for each in programs} | {each.resolve() for each in _interpreters(programs)}
    made = (layout.home, layout.run, layout.record, *([layout.backup] if layout.backup else []))
    above = {folder for each in (*made, *programs, *resolved) for folder in each.parents}
    for path in sorted(above | resolved):
        with suppress(OSError):
            had = path.stat()
            if had.st_uid != 0 or had.st_mode & 0o022:
                yield f"{path} 归 {_name(had.st_uid)}，权限 {stat.S_IMODE(had.st_mode):o}：应当归 root，别人不能写"
            elif not had.st_mode & 0o001:
                yield f"{path} 的权限是 {stat.S_IMODE(had.st_mode):o}：服务账号进不去，运行不了程序"


def _interpreters(programs: list[Path]) -> Iterator[Path]:
    """Yield what runs the programs, as their first lines say."""
    for each in programs:
        with suppress(OSError, StoreError):
            first = plain_bytes(each, _LONGEST).partition(b"\n")[0].decode(errors="replace")
            if first.startswith("#!/"):
                yield Path(first[2:].split()[0])


def done(step: Step, layout: Layout) -> None:
    """Bring a step about.

    Raises:
        StoreError: it could not be done; what to do about it is said.
    """
    if isinstance(step, File):
        with reporting("写出配置", step.path):
            _write(step, layout)
    for command in step.commands():
        run(command)


def _write(step: File, layout: Layout) -> None:
    """Put a file in its place whole; sshd judges its own twice, and what it would not start with does not stay."""
    path, before = step.path, step.path.read_bytes() if step.path.exists() else None
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    judged = path == layout.sshd
    _replace(path, step.text.encode(), f"sshd -t -f {_beside(path)}" if judged else "")
    if not judged:
        return
    try:
        run(f"sshd -t -f {layout.etc}/ssh/sshd_config")
    except StoreError:
        path.unlink() if before is None else _replace(path, before)
        raise


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")  # no name that sshd, systemd or tmpfiles takes up


def _replace(path: Path, data: bytes, check: str = "") -> None:
    new = _beside(path)
    new.unlink(missing_ok=True)
    write_durably(new, data, 0o644)
    try:
        new.chmod(0o644)
        if check:
            run(check)
        os.replace(new, path)
    finally:
        new.unlink(missing_ok=True)
    sync_folder(path.parent)


def run(command: str) -> str:
    """Run a command line of the plan, without a shell, and return what it prints.

    Raises:
        StoreError: it failed.
    """
    argv = shlex.split(command)
    surroundings = {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": "/root"}
    try:
        ended = subprocess.run(
            _found(argv), capture_output=True, text=True, errors="replace", timeout=_PATIENCE, check=False, env=surroundings, umask=0o022
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StoreError(f"运行不了 {command}：{error}。请排除故障后再运行一次，做过的不会重做。") from error
    if ended.returncode:
        told = (ended.stderr or ended.stdout).strip()
        raise StoreError(f"{command} 没有办成（返回 {ended.returncode}）：{told}。请排除故障后再运行一次，做过的不会重做。")
    return ended.stdout


def _found(argv: list[str]) -> list[str]:
    """Put in the path of a program: sshd insists on it, and the path of this process may not lead there."""
    if "/" in argv[0]:
        return argv
    there = (Path(folder, argv[0]) for folder in PATH.split(":"))
    return [str(next((each for each in there if os.access(each, os.X_OK)), argv[0])), *argv[1:]]


def _runs(*argv: str) -> bool:
    try:
        run(shlex.join(argv))
    except StoreError:
        return False
    return True


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text as a file has it."""
    return sha256(text.encode()).hexdigest()


def undone(entry: Mapping[str, str], accounts: Collection[str]) -> str:
    """Take back what was made; what is no longer there is taken back already. Return why it stays, where it does.

    Args:
        entry: as it was noted.
        accounts: those that were made here and go.

    Raises:
        StoreError: a program of the system would not.
        OSError: neither would the file system.
    """
    path, name = Path(entry.get("path", "/")), entry.get("name", "")
    match entry["kind"]:
        case "unit" if SYSTEMD.is_dir():
            run(f"systemctl disable --now {name}")
        case "file" if os.path.lexists(path):
            if digest(path) != entry["sha256"]:
                return f"{path} 已经改过，请自己删除"
            path.unlink()
        case "list":
            path.unlink(missing_ok=True)
        case "folder" if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
            elif entry["owner"] not in accounts:
                return f"{path} 里还有别的"
            else:
                run(_to_root(path))
        case "tree" if path.is_dir() and entry["owner"] in accounts:
            run(_to_root(path))
        case "member" if name not in accounts and _known(pwd.getpwnam, name) and name in _members(entry["group"]):
            run(f"gpasswd --delete {name} {entry['group']}")
        case "account" if _known(pwd.getpwnam, name):
            run(f"userdel {name}")
        case "group" if _known(grp.getgrnam, name):
            run(f"groupdel {name}")
    return ""


def _to_root(path: Path) -> str:
    """What stays is root's: a later account could come by the number of one that is gone."""
    return f"chown -R root:root {path}"


def _members(group: str) -> list[str]:
    return grp.getgrnam(group).gr_mem if _known(grp.getgrnam, group) else []


def _known(ask: Callable[[str], object], name: str) -> bool:
    try:
        ask(name)
    except KeyError:
        return False
    return True
