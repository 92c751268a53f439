"""The service: one process that has imported everything, asks the kernel who calls, and forks a session for each call.

It has one thread and does nothing that can wait: whoever is to be known, whatever is read or written is the child's business, so that no
caller and no fault holds up another. A caller hands over three descriptors and a line of text, and passes on signals later.
"""

import ctypes
import gc
import json
import os
import resource
import selectors
import signal
import socket
import stat
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from records.register.upkeep import writer
from records.store.disk import reporting
from records.store.store import StoreError
from tui.door.calls import Call, NotMine, taken_over, understood
from tui.door.enter import NOTE, REFUSED, SIGNALS
from tui.door.sandbox import Sandbox

_HELLO = 1 << 14  # bytes
_PATIENCE = 10.0  # seconds in which a caller must say what it wants
_LEAVING = 20.0  # seconds in which a session whose line dropped must have kept its drafts and gone
_HOLDING = 60.0  # seconds for which a session may hold the lock under which the register is written
_LOOK = 2.0  # seconds between two looks at all of these
_EACH = 24  # calls of one account at a time
_ALL = 300  # calls at a time
_QUEUE = 512  # calls that wait to be taken
_PR_SET_PDEATHSIG = 1
_BROKEN = "会话意外结束。已经办成的都在登记簿里，没有提交的内容尽量存为草稿。请重新登录；如再次出错，请告诉管理员。"
_HELD = f"会话占用登记库超过{_HOLDING:.0f}秒，已被终止，这一步没有办成。请重新登录再办；如再次出错，请告诉管理员。"
_MANY = "进入的人太多，请稍后再试。"
_STOPPING = "督办服务正在停止，请稍后再登录。"


@dataclass
class _Session:
    """One that was forked: its process, its caller's line while it holds, by when it must be gone, and why it was ended, if it was."""

    pid: int
    line: socket.socket | None
    uid: int
    until: float = float("inf")
    ended: str = ""


@dataclass
class _Caller:
    line: socket.socket
    uid: int
    until: float


@dataclass
class _Writer:
    """Who holds the register's lock, by process and the time of its taking, and since when that has been seen (monotonic seconds)."""

    seen: tuple[int, float] | None = None
    since: float = field(default=0.0)


class Service:
    """The service of one register.

    Args:
        place: where its socket is made; the folder's group is that of the accounts which may call.
        home: the folder of the register.
        keys: that of the keys.
        work: does for a caller what it wants, in a process of its own, and gives the exit status.
        publish: makes documents as the register moves, in a process of its own.
        told: called with a line for the journal.
        sandbox: what sessions are forked into; None where there is none.
    """

    def __init__(
        self,
        place: Path,
        home: Path,
        keys: Path,
        work: Callable[[Call], int],
        publish: Callable[[], None],
        told: Callable[[str], None],
        sandbox: Sandbox | None = None,
    ) -> None:
        self._place, self._home, self._keys = place, home, keys
        self._work, self._publish, self._told, self._sandbox = work, publish, told, sandbox
        self._selector = selectors.DefaultSelector()
        self._callers: dict[int, _Caller] = {}
        self._sessions: dict[int, _Session] = {}
        self._writer = _Writer()
        self._publisher, self._next_publisher = 0, 0.0  # its process, and before when none is started again
        self._stopping = False
        self._kernel = ctypes.CDLL(None)

    def run(self) -> None:
        """Serve until told to stop (SIGTERM, SIGINT); sessions are told to leave then, and have kept their drafts when this returns.

        Raises:
            StoreError: there is no place for the socket, it is not safe, or a service of this register runs already.
        """
        if len(os.listdir("/proc/self/task")) != 1:
            raise StoreError("服务不能这样启动：程序已经有几个线程，分不出会话。请把这一行告诉管理员。")
        self._listener = self._listening()
        heard, wake = socket.socketpair()
        heard.setblocking(False)
        wake.setblocking(False)
        self._pipe = heard, wake
        before = signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        handlers = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        self._selector.register(heard, selectors.EVENT_READ, partial(self._drained, heard))
        self._selector.register(self._listener, selectors.EVENT_READ, self._called)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what people type and read is left in no file where a session crashes
        gc.collect()
        gc.disable()
        gc.freeze()  # what was imported is touched by no collection, and stays one copy for all
        try:
            self._serve()
        finally:
            signal.set_wakeup_fd(before)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            for each in (*self._pipe, self._listener, self._selector):
                each.close()
            gc.enable()
            self._forgotten()

    def _serve(self) -> None:
        note = self._home / NOTE
        with reporting("公布服务", note):
            note.parent.mkdir(mode=0o700, exist_ok=True)
            new = note.with_suffix(".new")
            new.write_text(f"{self._place}\n", encoding="utf-8")
            os.replace(new, note)
        self._bound()
        self._tell(f"正在 {self._place} 等候，登记簿 {self._home}。")
        while not (self._stopping and not self._sessions and not self._publisher):
            try:
                for key, _ in self._selector.select(_LOOK):
                    key.data()
                self._reap()
                self._bound()
            except (OSError, StoreError) as error:  # no process, no descriptor, a folder gone: one call or one look fails, not all sessions
                self._tell(f"没有做成：{error}")
                time.sleep(0.05)

    def _listening(self) -> socket.socket:
        """Make the socket, for the group of its folder; nobody else can even see it."""
        with reporting("等候来人", self._place):
            found = os.stat(self._place.parent)
            if found.st_uid not in (0, os.geteuid()) or stat.S_IMODE(found.st_mode) & 0o022:
                raise StoreError(f"{self._place.parent} 不能用：应归 root 或者服务账号，组和其他人不能写。")
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as probe:
                if probe.connect_ex(str(self._place)) == 0:
                    listener.close()
                    raise StoreError(f"{self._place} 已经有服务在等候。")
            with suppress(FileNotFoundError):
                os.unlink(self._place)
            before = os.umask(0o177)
            try:
                listener.bind(str(self._place))
            finally:
                os.umask(before)
            os.chmod(self._place, 0o660)
            listener.listen(_QUEUE)
        listener.setblocking(False)
        return listener

    def _forgotten(self) -> None:
        with suppress(OSError):
            os.unlink(self._place)
        with suppress(OSError):
            os.unlink(self._home / NOTE)

    def _tell(self, line: str) -> None:
        with suppress(OSError, ValueError):  # the journal may be gone
            self._told(line)

    def _stop(self, *_: object) -> None:
        self._stopping = True

    @staticmethod
    def _drained(heard: socket.socket) -> None:
        with suppress(BlockingIOError):
            while heard.recv(4096):
                pass

    def _called(self) -> None:
        """Take a call, and know from the kernel whose it is."""
        try:
            line, _ = self._listener.accept()
        except OSError as error:  # it hung up again, or there are no descriptors left
            if not isinstance(error, BlockingIOError | ConnectionError):
                self._tell(f"接不进来：{error.strerror}")
                time.sleep(0.05)
            return
        line.setblocking(False)
        uid: int = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[1]
        there = [each.uid for each in self._callers.values()] + [each.uid for each in self._sessions.values()]
        if len(there) >= _ALL or (uid != os.geteuid() and there.count(uid) >= _EACH):
            self._answer(line, REFUSED, _MANY)
        elif self._stopping:
            self._answer(line, REFUSED, _STOPPING)
        else:
            self._heard(caller := _Caller(line, uid, time.monotonic() + _PATIENCE), partial(self._told_what, caller))

    def _heard(self, caller: _Caller, what: Callable[[], None]) -> None:
        """Wait for what comes on a line; a while, and not on any number of them."""
        if len(self._callers) >= _ALL:
            caller.line.close()
            return
        self._callers[caller.line.fileno()] = caller
        self._selector.register(caller.line, selectors.EVENT_READ, what)

    def _unheard(self, caller: _Caller) -> None:
        self._selector.unregister(caller.line)
        del self._callers[caller.line.fileno()]

    def _told_what(self, caller: _Caller) -> None:
        """Take what a caller says first, and fork for it."""
        self._unheard(caller)
        descriptors: list[int] = []
        try:
            data, descriptors, _, _ = socket.recv_fds(caller.line, _HELLO, 4, socket.MSG_CMSG_CLOEXEC)
            call = understood(data, caller.uid, str(self._home), str(self._keys)) if len(descriptors) in (3, 4) else None
            if call is None:
                caller.line.close()
            elif isinstance(call, NotMine):
                self._answer(caller.line, None)
            else:
                self._forked(call, caller.line, descriptors)
        except OSError as error:
            self._tell(f"没有开成会话：{error.strerror}")
            self._answer(caller.line, REFUSED, _MANY)
        finally:
            for each in descriptors:
                os.close(each)

    def _forked(self, call: Call, line: socket.socket, descriptors: list[int]) -> None:
        call = replace(call, agent=next(iter(descriptors[3:]), None))
        pid = self._child(partial(taken_over, descriptors[:3], partial(self._work, call)), self._sandbox)
        self._sessions[pid] = session = _Session(pid, line, call.uid)
        self._selector.register(line, selectors.EVENT_READ, partial(self._passed_on, session))

    def _child(self, work: Callable[[], int], sandbox: Sandbox | None = None) -> int:
        """Fork a process that does something and ends, into a sandbox where there is one; return its id."""
        parent = os.getpid()
        held, pid = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS.values()), -1  # whoever hangs up at once ends his session, not more
        try:
            pid = self._split(sandbox)
        finally:
            if pid:
                signal.pthread_sigmask(signal.SIG_SETMASK, held)
        if pid:
            return pid
        status = 1
        try:
            self._kernel.prctl(_PR_SET_PDEATHSIG, signal.SIGHUP)
            if os.getppid() in (parent, 0):  # whoever has a namespace of his own does not see it
                self._let_go(apart=sandbox is not None and sandbox.within)
                signal.pthread_sigmask(signal.SIG_SETMASK, held)
                status = work()
        except BaseException as error:
            with suppress(Exception):
                self._tell(f"会话出错：{type(error).__name__}")
        finally:
            os._exit(status)

    def _split(self, sandbox: Sandbox | None) -> int:
        if sandbox is not None:
            try:
                return sandbox.fork()
            except OSError as error:  # it could be had when the service started; the session goes on without, and without an agent
                self._tell(f"会话没有隔离：{error.strerror}")
        return os.fork()

    def _let_go(self, *, apart: bool) -> None:
        """Become a process of one's own: nothing of the service's is open here, and signals mean what they mean to a program."""
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, *(() if apart else (signal.SIGTERM,))):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        lines = [each.line for each in self._callers.values()] + [each.line for each in self._sessions.values() if each.line]
        for line in (*lines, *self._pipe, self._listener):
            line.close()
        self._selector.close()
        os.setsid()
        gc.enable()

    def _passed_on(self, session: _Session) -> None:
        """Raise in a session what its caller passes on; where the line dropped, have it leave."""
        data = b""
        with suppress(OSError):
            data = session.line.recv(16) if session.line else b""
        if data and (number := SIGNALS.get(data)):
            os.kill(session.pid, number)  # it is our child and not waited for yet, so the number is still its own
        elif not data:
            self._hung_up(session)
            self._end(session, signal.SIGHUP)

    def _hung_up(self, session: _Session) -> None:
        if session.line:
            self._selector.unregister(session.line)
            session.line.close()
            session.line = None

    @staticmethod
    def _end(session: _Session, number: int) -> None:
        session.until = min(session.until, time.monotonic() + _LEAVING)
        os.kill(session.pid, number)

    def _reap(self) -> None:
        """Tell callers how their sessions ended."""
        while True:
            try:
                pid, waited = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._publisher:
                self._publisher, self._next_publisher = 0, time.monotonic() + _LEAVING
            elif session := self._sessions.pop(pid, None):
                self._over(session, os.waitstatus_to_exitcode(waited))

    def _over(self, session: _Session, status: int) -> None:
        if status < 0:
            self._tell(f"会话 {session.pid}（账号 {session.uid}）被信号 {-status} 终止。{session.ended}")
        if line := session.line:
            self._selector.unregister(line)
            self._answer(line, 128 - status if status < 0 else status, (session.ended or _BROKEN) if status < 0 else "")

    def _answer(self, line: socket.socket, status: int | None, say: str = "") -> None:
        """Tell a caller the exit status and a line to say. Its line is kept until it hangs up: were it closed before all that the caller
        sent is read, the answer would be lost.
        """
        with suppress(OSError):
            line.send(json.dumps({"status": status, "say": say, "broken": bool(say)}).encode())
        self._heard(caller := _Caller(line, -1, time.monotonic() + _PATIENCE), partial(self._farewell, caller))

    def _farewell(self, caller: _Caller) -> None:
        with suppress(OSError):
            if caller.line.recv(_HELLO):
                return
        self._unheard(caller)
        caller.line.close()

    def _bound(self) -> None:
        """End what has lasted too long, and see to the publisher."""
        now = time.monotonic()
        for caller in [each for each in self._callers.values() if each.until < now]:
            self._unheard(caller)
            caller.line.close()
        for session in self._sessions.values():
            if session.until < now:
                os.kill(session.pid, signal.SIGKILL)
            elif self._stopping and session.until == float("inf"):
                self._end(session, signal.SIGTERM)
        if self._publisher and self._stopping:
            os.kill(self._publisher, signal.SIGTERM)
        elif not self._publisher and not self._stopping and self._next_publisher <= now:
            self._next_publisher = now + _LEAVING
            self._publisher = self._child(partial(_nothing_else, self._publish))
        if self._sessions:
            with suppress(StoreError):  # the sessions say so themselves
                self._bound_writer(now)

    def _bound_writer(self, now: float) -> None:
        """End a session that holds the register's lock for too long: whoever waits for it was refused meanwhile, and told who holds it."""
        found = writer(self._home)
        seen = (found.pid, found.since) if found else None
        if seen is None or seen != self._writer.seen:
            self._writer = _Writer(seen, now)
        elif now - self._writer.since > _HOLDING and (session := self._sessions.get(seen[0])):
            session.ended = _HELD
            os.kill(session.pid, signal.SIGKILL)


def _nothing_else(work: Callable[[], None]) -> int:
    work()
    return 0
