"""Whether this terminal can carry the app at all.

Textual takes a terminal without colours for one with 24-bit colours and floods it with sequences that it cannot read, so the
app must not start there.
"""

_WITHOUT_SCREEN = {"", "dumb", "unknown"}
_WAY_OUT = "请换用普通的交互终端（ssh 登录时加 -t），或改用命令：duban ls（列出事项）、duban acts 事项编号（查看可办的动作）。"


_OTHER = "终端的字符编码不是 UTF-8，界面会是乱码，没有打开。请在终端软件的设置里把字符集（编码）改为 UTF-8，再登录。"
NOT_UTF8 = _OTHER.encode("gb18030") + b"\r\nThis terminal is not set to UTF-8. Set its character set to UTF-8 and log in again.\r\n"
"""What a terminal is told that does not take UTF-8: in the encoding that it most likely takes, and in letters that all take."""


def unfit(term: str, stdin_tty: bool, stdout_tty: bool) -> str | None:
    """Return why the app must not start here, and which commands to use instead; None when it may start.

    Args:
        term: the value of TERM, empty when it is not set.
        stdin_tty: whether standard input is a terminal.
        stdout_tty: whether standard output is a terminal.
    """
    if not stdin_tty:
        return f"标准输入不是终端，不能打开全屏界面。{_WAY_OUT}"
    if not stdout_tty:
        return f"标准输出不是终端，不能打开全屏界面。{_WAY_OUT}"
    name = term.strip().lower()
    if name in _WITHOUT_SCREEN:
        kind = f"终端类型（TERM）为“{name}”" if name else "没有终端类型（TERM）"
        return f"{kind}，不能打开全屏界面。{_WAY_OUT}"
    return None
