"""Where an upstream is: the few ways in which stock Git reaches a repository that this program takes, and nothing that Git would run.

An address stands in a file of the register's folder and becomes one argument of Git's. So it is taken to pieces first: it cannot begin as
an option does, name a program (``ext::``), carry a password, or hold a sign that means something to a shell on the way.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from records.store.store import StoreError
from schema.text import show, unsafe

_HOST = r"(?:(?P<account>[A-Za-z0-9_][A-Za-z0-9_.-]*)@)?(?P<host>[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])"
_SIGN = r"""[^\s"'\\$`*?\[\]#;&|<>()!{}^]"""
_NAME = rf"(?![%-]){_SIGN}+"
_PLACE = rf"/{_NAME}(?:[ \u3000()]+{_SIGN}+)*\)*"  # no shell is given it, and people's folders have blanks
_WAYS = (
    ("path", re.compile(_PLACE)),
    ("ssh", re.compile(rf"ssh://{_HOST}(?::(?P<port>\d{{1,5}}))?/{_NAME}")),
    ("http", re.compile(rf"https?://(?P<host>[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::\d{{1,5}})?/{_NAME}")),
    ("ssh", re.compile(rf"{_HOST}:(?!:|//|[^/]*@){_NAME}")),
)
_LONGEST = 1024
_SECRET = re.compile(r"(?<=://)[^/\s]*(?=@)|(?<=:)[^/:@\s]+(?=@)")
_WITH_A_SECRET = re.compile(r"https?://[^/]*@|[a-z+]+://[^/]*:[^/]*@|[^/:@]+:[^/:]*@")  # to a web server whatever stands there lets in


@dataclass(frozen=True)
class Address:
    """An address that may be given to Git.

    Attributes:
        url: as it was written.
        way: ``path``, ``ssh`` or ``http``.
        host: what ssh is given, ``account@host``; empty for another way.
        port: its port, empty for the usual one.
    """

    url: str
    way: str
    host: str = ""
    port: str = ""

    @property
    def path(self) -> Path | None:
        """Where it lies if it is on this machine."""
        return Path(self.url) if self.way == "path" else None


def holds_secret(text: str) -> bool:
    """Whether an address of anybody's making holds what lets in whoever reads it: a password, or an account at a web server."""
    return _WITH_A_SECRET.match(text) is not None


def without_secret(text: str) -> str:
    """Return an address, or a text that holds some, as it may be shown: with … for who comes in by it."""
    return _SECRET.sub("…", text)


def nearby(text: str, of: str = "上级库") -> Address:
    """Return where a person reads from who stands before the machine: a folder that is there, of whatever name, or any address.

    Args:
        text: as he wrote it; a folder may be named from where he stands.
        of: as for ``address``.

    Raises:
        StoreError: it is neither.
    """
    place = os.path.abspath(text.removeprefix("file://"))
    return Address(place, "path") if text and os.path.exists(place) and not any(unsafe(place)) else address(text, of)


def address(text: str, of: str = "上级库") -> Address:
    """Return an address that was written by a person or a file.

    Args:
        text: as it was written.
        of: what is there, in words.

    Raises:
        StoreError: it is none that is taken.
    """
    if len(text) <= _LONGEST and not any(unsafe(text)):
        for way, form in _WAYS:
            if found := form.fullmatch(text):
                told = found.groupdict(default="") if way == "ssh" else {}
                account = f"{told['account']}@" if told.get("account") else ""
                return Address(text, way, f"{account}{told.get('host', '').strip('[]')}", told.get("port", ""))
    raise StoreError(
        f"{of}的地址“{show(without_secret(text))[:80]}”不合规。"
        "写成 ssh://账号@主机:端口/路径、账号@主机:路径、http(s)://主机/路径，或者本机上的绝对路径；不写口令，不用引号一类的字符。"
    )
