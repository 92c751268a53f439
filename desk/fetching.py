"""How a file is brought to a person's own computer, in lines to be pasted there as they stand."""

import re
from collections.abc import Iterator

_CONNECTION = re.compile(r"\S+ \d+ ([0-9a-fA-F.:]+) (\d+)")
_YEAR = re.compile(r"^DB-\d+-")
_UNKNOWN = "服务器"
LONGEST_COPY = 20_000
"""Bytes of a text that are handed to a terminal's clipboard: what is longer, terminals and tmux on the way let fall without a word."""


def fetch_lines(name: str, account: str, connection: str) -> Iterator[tuple[str, str]]:
    """Yield for each kind of computer the line that fetches a file.

    Args:
        name: of the file, as the door knows it.
        account: of the service.
        connection: what sshd says of the connection (client, its port, server, its port); empty where it is not known.
    """
    found = _CONNECTION.fullmatch(connection)
    server, port = (found[1], found[2]) if found else (_UNKNOWN, "22")
    at = f"{account}@{server} get {name} > {_YEAR.sub('', name)}"
    ssh = f"ssh {'' if port == '22' else f'-p {port} '}{at}"
    yield "Linux、Mac", ssh
    # In PowerShell ">" writes UTF-16 and spoils the file; cmd writes what comes.
    yield "Windows 自带的 ssh", f'cmd /c "{ssh}"'
    yield "Windows 的 plink", f'cmd /c "plink -batch {"" if port == "22" else f"-P {port} "}{at}"'
