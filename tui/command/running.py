"""Whether the service that runs is of the program that is installed: what ``duban doctor`` says of it.

An upgrade leaves what runs alone, and a service runs for months: until it is started again everybody works with the program of before,
while the clock does its work with that of now, and each of them makes the index of the other anew where their rules differ.
"""

import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tui.command.upkeep import HINT, Line
from tui.door.enter import NOTE


def running_lines(home: Path) -> Iterator[Line]:
    """Yield what is wrong with the program of the service of a register, as far as this account may see; nothing where none runs.

    Args:
        home: the folder of the register.
    """
    with suppress(OSError, ValueError):
        place = (home / NOTE).read_text(encoding="utf-8").strip()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as line:
            line.connect(place)
            pid: int = struct.unpack("3i", line.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        python = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0])
        if os.path.isabs(python) and Path(python).parents[1] != Path(sys.prefix):
            yield (
                HINT,
                f"服务（进程 {pid}）还是另一次安装的程序（{Path(python).parents[1]}，现在的是 {sys.prefix}）：升级以后没有重启，"
                "从入口进来的人用的都是旧程序。请用 root 运行 systemctl restart duban，开着的会话先存好草稿再退出。",
            )
