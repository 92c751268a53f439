"""The sandbox of a session that the service forks: what the session does to itself before it reads a byte of anybody's.

It has processes, shared memory, network and mounts of its own (namespaces; no right is needed beyond that to a user namespace), sees the
machine without the folders in which others keep their sockets, drafts and files, holds no capability and can get none. So a fault in one
session reaches no other: not its memory, not its terminal, not its agent, and not the service, which believes its own account.
"""

import ctypes
import errno
import os
import platform
import signal
import stat
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from records.store import process
from records.store.disk import reporting, said
from schema.text import show

PROGRAM = Path(__file__).resolve().parents[2]
"""Where this program's own modules lie, of which some are imported when they are needed."""

COVERED = ("/tmp", "/var/tmp", "/run", "/dev/shm", "/dev/pts", "/home", "/root", "/mnt", "/media")  # noqa: S108
"""What no session needs of a machine, and where programs leave sockets and files for others of their account."""

_SYSTEM_LOG = Path("/dev/log")
_NAMES = Path("/etc/resolv.conf")
_LOCKS = Path("/run/locks")

_CLONE = {"x86_64": 56, "aarch64": 220, "loongarch64": 220, "riscv64": 220}  # the number of the call, which libc does not offer as such
_CAPSET = {"x86_64": 126, "aarch64": 91, "loongarch64": 91, "riscv64": 91}
_NEW_MOUNTS, _NEW_IPC, _NEW_USERS, _NEW_PROCESSES, _NEW_NETWORK = 0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000
_NO_SUID, _NO_DEVICES, _NO_PROGRAMS, _BIND, _RECURSIVE, _PRIVATE = 2, 4, 8, 0x1000, 0x4000, 1 << 18
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 4, 24, 38
_CAPABILITIES_V3 = 0x20080522
_EXAMINED = 1 << 12  # bytes
_ROOM = 256 << 20  # bytes of a folder that is empty at first


@dataclass
class Sandbox:
    """The sandbox of the sessions of one service.

    Attributes:
        network: whether a session keeps the network of the machine.
        within: whether this process is in it.
    """

    network: bool = False
    within: bool = field(default=False, init=False)

    def fork(self) -> int:
        """Fork, as ``os.fork`` does, into namespaces of its own; the child has all rights in them and nothing hidden yet: see ``seal``.

        The child is the first process of its namespace: what it starts ends with it, and of signals from outside it gets those alone
        that it handles, so those that end a program are handled.

        Raises:
            OSError: the system does not let it; there is no child then.
        """
        uid, gid = os.geteuid(), os.getegid()
        flags = _NEW_MOUNTS | _NEW_IPC | _NEW_USERS | _NEW_PROCESSES | (0 if self.network else _NEW_NETWORK)
        pid = _cloned(flags | signal.SIGCHLD)
        if pid == 0:
            self.within = True
            for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGALRM):
                signal.signal(number, _leave)
            try:
                process.known_as(int(os.readlink("/proc/self")), _LOCKS)
                for name, text in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
                    _write(f"/proc/self/{name}", text)
            except BaseException:  # nothing of the one that forked may go on in here
                os._exit(1)
        return pid

    def seal(self, covered: Sequence[Path], kept: Sequence[Path]) -> None:
        """Hide what the session does not need, and give up every right for good.

        Args:
            covered: folders that are empty from now on, besides those of every machine.
            kept: what is still seen of what lies in any of these.

        Raises:
            OSError: the system does not let it; nothing may be done in here then.
        """
        assert self.within
        _mount("none", "/", flags=_RECURSIVE | _PRIVATE)
        every = (*kept, PROGRAM, Path(sys.prefix), Path(sys.base_prefix), *_seen_of_the_machine(network=self.network))
        _cover(tuple(map(Path, COVERED)) + tuple(covered), every)
        _mount("proc", "/proc", "proc", _NO_SUID | _NO_DEVICES | _NO_PROGRAMS)
        _give_up()


def covered(home: Path, socket: Path | None = None) -> tuple[Path, ...]:
    """Return what of a register's folder is other people's, and where the service listens: a session of its account could call it."""
    return (home / "boxes", home / "drafts", *([socket.parent] if socket else []))


def own(home: Path, person: str) -> tuple[Path, ...]:
    """Return what of these is a person's own, made where it is missing.

    Raises:
        StoreError: it cannot be made.
    """
    found = tuple(home / name / person for name in ("boxes", "drafts"))
    for each in found:
        with reporting("准备文件柜和草稿", each):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def trial(sandbox: Callable[[], Sandbox], covered: Sequence[Path], kept: Sequence[Path], account: tuple[int, int] | None = None) -> str:
    """Try on the spot whether there is a sandbox, and return why not; empty where there is.

    Args:
        sandbox: makes one.
        covered: as ``Sandbox.seal``.
        kept: likewise; a file or folder that must be seen in it.
        account: uid and gid for which it is tried, where root asks for another; else for this account.
    """
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(told)
        os.write(tell, _tried(sandbox, covered, kept, account).encode()[:_EXAMINED])
        os._exit(0)
    os.close(tell)
    with os.fdopen(told, "rb") as answer:
        found = answer.read()
    os.waitpid(pid, 0)
    return "" if found == b"." else show(found.decode(errors="replace")) or "试的时候中断了"


def _tried(sandbox: Callable[[], Sandbox], covered: Sequence[Path], kept: Sequence[Path], account: tuple[int, int] | None) -> str:
    """What a process of its own finds: a dot where all is well, so that no answer is none."""
    try:
        if account is not None:
            os.setgroups([])
            os.setresgid(account[1], account[1], account[1])
            os.setresuid(account[0], account[0], account[0])
            ctypes.PyDLL(None).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # as a program has it that the account starts itself
        made = sandbox()
        pid = made.fork()
        if pid == 0:
            _look_round(made, covered, kept)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except OSError as error:
        return f"系统不许建立命名空间：{said(error)}"
    return "." if status == 0 else "命名空间建立了，里面应当看见的、看不见的没有分开"


def _look_round(made: Sandbox, covered: Sequence[Path], kept: Sequence[Path]) -> NoReturn:
    status = 1
    try:
        made.seal(covered, kept)
        alone = [each for each in os.listdir("/proc") if each.isdecimal()] == ["1"]
        status = 0 if alone and all(os.path.lexists(each) for each in kept) else 1
    finally:
        os._exit(status)


def _leave(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


def _cloned(flags: int) -> int:
    """Call clone(2) with these flags, for which libc has no fork, and let Python do before and after what it does round its own."""
    call = _CLONE.get(platform.machine())
    if call is None:
        raise OSError(errno.ENOSYS, "no such call is known of this processor")
    library, python = ctypes.PyDLL(None, use_errno=True), ctypes.pythonapi  # it must not let go of the interpreter's lock
    python.PyOS_BeforeFork()
    pid = int(library.syscall(ctypes.c_long(call), ctypes.c_ulong(flags), None, None, None, None))
    if pid == 0:
        python.PyOS_AfterFork_Child()
        return 0
    number = ctypes.get_errno()
    python.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(number, os.strerror(number))
    return pid


def _write(path: str, text: str) -> None:
    opened = os.open(path, os.O_WRONLY)
    os.write(opened, text.encode())
    os.close(opened)


def _mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    library = ctypes.PyDLL(None, use_errno=True)
    told = (os.fsencode(each) if each else None for each in (source, target, kind))
    if library.mount(*told, ctypes.c_ulong(flags), options.encode() or None):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), target)


def _seen_of_the_machine(*, network: bool) -> tuple[Path, ...]:
    """What lies in the covered folders and is needed all the same: the socket of the system's log, the person's own terminal."""
    found = [_SYSTEM_LOG.resolve(), *([_NAMES.resolve()] if network else [])]
    for number in range(3):
        with suppress(OSError):
            found.append(Path(os.ttyname(number)))
    return tuple(found)


def _cover(covered: Sequence[Path], kept: Sequence[Path]) -> None:
    """Put an empty folder over each of these, and back into it what is kept; what is to be covered may itself lie in another."""
    hidden = sorted({folder for each in covered if (folder := each.resolve()).is_dir()}, key=lambda each: len(each.parts))
    there = sorted({each.resolve() for each in kept if os.path.lexists(each)}, key=lambda each: len(each.parts))
    opened = {each: os.open(each, os.O_PATH | os.O_CLOEXEC) for each in there}
    locks = os.open("/proc/locks", os.O_PATH | os.O_CLOEXEC)
    for folder in hidden:
        if folder in there or not folder.is_dir():  # it went with one above it
            continue
        mode = stat.S_IMODE(folder.stat().st_mode)
        _mount("tmpfs", str(folder), "tmpfs", _NO_SUID | _NO_DEVICES, f"mode={mode:o},size={_ROOM}")
        for path in there:
            if path.is_relative_to(folder) and not path.exists():
                _put_back(opened[path], path)
    if Path("/run") in hidden:
        _put_back(locks, _LOCKS)
    for each in (*opened.values(), locks):
        os.close(each)


def _put_back(opened: int, path: Path) -> None:
    if stat.S_ISDIR(os.fstat(opened).st_mode):
        path.mkdir(mode=0o755, parents=True, exist_ok=True)
    else:
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        path.touch(mode=0o644)
    _mount(f"/proc/self/fd/{opened}", str(path), flags=_BIND | _RECURSIVE)


def _give_up() -> None:
    """Hold no capability, and none that a program could give: what is covered stays so."""
    library = ctypes.PyDLL(None, use_errno=True)
    for number in range(64):
        if library.prctl(_PR_CAPBSET_DROP, ctypes.c_ulong(number), 0, 0, 0):
            break  # the kernel has no more
    header, none = (ctypes.c_uint32 * 2)(_CAPABILITIES_V3, 0), (ctypes.c_uint32 * 6)()
    asked = ctypes.c_long(_CAPSET[platform.machine()])
    if library.syscall(asked, header, none) or library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
