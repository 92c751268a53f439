"""A session that sshd starts while no service runs, in a sandbox all the same: it becomes itself once more, in bubblewrap.

That is done before anything of this program is imported, so it costs what bubblewrap costs, and not a second start.
"""

import os
import subprocess
import sys
from collections.abc import Sequence

from tui.door.enter import agent_line, staff_line

PROGRAMS = ("/usr/bin/bwrap", "/usr/local/bin/bwrap")
COVERED = ("/tmp", "/var/tmp", "/run", "/dev/shm", "/home", "/root", "/mnt", "/media")  # noqa: S108
"""As in tui.door.sandbox, which is too much to import here; a test holds the two together."""

LOCKS = "/run/locks"
WITHIN, AGENT = "--within", "--agent"
"""The options by which a session knows that it is in the sandbox: its number outside, and the descriptor of the line to an agent."""

_PATIENCE = 10  # seconds for bubblewrap to say whether it works


def go_apart(words: Sequence[str]) -> None:
    """Become in bubblewrap what a line of sshd's list asks of ``duban``; return where that cannot be, or is so already.

    Args:
        words: the arguments as such a line has them; others are none of ours.
    """
    if not staff_line(words) or WITHIN in words:
        return
    os.umask(0o027)  # as the session has it: here its person's folders are made
    argv = wrapping(words)
    if reason(argv):
        return
    line = agent_line()
    if line is not None:
        os.set_inheritable(line.fileno(), True)
    agent = [AGENT, str(line.fileno())] if line is not None else []
    within = [WITHIN, str(os.getpid())]
    os.execv(argv[0], [*argv, "--", sys.executable, *sys.orig_argv[1:], *within, *agent])  # noqa: S606


def reason(argv: Sequence[str], account: tuple[int, int] | None = None) -> str:
    """Return why bubblewrap does not work, as it says it itself; empty where it does.

    Args:
        argv: as ``wrapping`` gives it; none where it is not installed.
        account: uid and gid for which it is tried, where root asks for another; else for this account.
    """
    if not argv:
        return "没有安装 bubblewrap"
    whose = {"user": account[0], "group": account[1], "extra_groups": []} if account else {}
    try:
        done = subprocess.run([*argv, "--", "/bin/true"], capture_output=True, timeout=_PATIENCE, check=False, cwd="/", **whose)  # type: ignore[call-overload]
    except (OSError, subprocess.TimeoutExpired):
        return "bubblewrap 没有应答"
    told = " ".join(done.stderr.decode(errors="replace").split())[:100]
    return f"bubblewrap 已安装，但本机不许它建立隔离环境（{told}）" if done.returncode else ""


def wrapping(words: Sequence[str]) -> list[str]:
    """Return bubblewrap with all that a session sees, nothing where it is not installed; the program comes behind.

    Args:
        words: the session's arguments.
    """
    program = next((each for each in PROGRAMS if os.access(each, os.X_OK)), "")
    told = dict(zip(words[3::2], words[4::2], strict=False))
    home = os.path.abspath(words[1])
    keys, whose = os.path.abspath(told.get("--keys", f"{home}-keys")), told.get("--as", "")
    upstream = _upstream(home)
    argv = [program, "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--cap-drop", "ALL"]
    argv += [] if upstream else ["--unshare-net"]
    argv += ["--ro-bind", "/", "/", "--dev-bind", "/dev", "/dev", "--proc", "/proc"]
    argv += [word for each in COVERED if os.path.isdir(each) for word in ("--tmpfs", each)]
    argv += ["--ro-bind", "/proc/locks", LOCKS]
    program_is = (sys.prefix, sys.base_prefix, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    needed = (*program_is, keys, os.path.realpath("/dev/log"), *([os.path.realpath("/etc/resolv.conf")] if upstream else []))
    argv += [word for each in needed for word in ("--ro-bind-try", each, each)]
    argv += ["--bind", home, home, *(["--bind-try", upstream, upstream] if upstream.startswith("/") else [])]
    for folder in (os.path.join(home, name) for name in ("boxes", "drafts")):
        if whose and told.get("--role") != "inspector":
            os.makedirs(os.path.join(folder, whose), mode=0o700, exist_ok=True)
        if os.path.isdir(folder):
            argv += ["--tmpfs", folder, *(["--bind-try", each, each] if whose and (each := os.path.join(folder, whose)) else [])]
    return argv if program else []


def _upstream(home: str) -> str:
    """The address of the register's upstream, empty for none."""
    try:
        with open(os.path.join(home, "upstream/url"), encoding="utf-8", errors="replace") as note:
            return note.readline(4096).strip()
    except OSError:
        return ""
