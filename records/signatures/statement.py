"""What a person signs: a short text that he can read, and the token by which the record keeps his signature over it.

Its words are fixed for ever: an audit writes the statement again, after any number of years, and verifies the signature over that. Another
form is another version, with its own first line.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from records.signatures.sshsig import BY_AGENT, NAMESPACE, SshSignature, Unfit, read, unarmoured, verified
from schema.text import show

SSHSIG = "sshsig"
"""The one algorithm that there is; another one (SM2 with a token of the bureau's own) would stand before its comma under its own name."""

COMMAND = f"ssh-keygen -Y sign -n {NAMESPACE} -f $HOME/.ssh/id_ed25519 $HOME/s.txt"
"""How a person signs on his own computer what he saved as ``s.txt``, in a shell or in PowerShell; the block is in ``s.txt.sig`` then."""

_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00"
_TOKEN = re.compile(rf"{SSHSIG},([0-9a-f]{{40}}),({_TIME}),([A-Za-z0-9+/]+={{0,2}})", re.ASCII)
_BASE = re.compile(r"^基准提交：([0-9a-f]{40})(?![0-9a-f])", re.ASCII | re.MULTILINE)
_AT = re.compile(rf"^时间：({_TIME})", re.ASCII | re.MULTILINE)
_WIDE = 78  # columns of a line, a Chinese sign two: whole in a terminal of 80, so that a mouse takes it as it is
_FAULTS: Sequence[tuple[str, Callable[[str], bytes]]] = (
    ("换行是 Windows 的（CRLF）", lambda text: text.replace("\n", "\r\n").encode()),
    ("换行是 Windows 的（CRLF），末行没有换行", lambda text: text.rstrip("\n").replace("\n", "\r\n").encode()),
    ("末行没有换行", lambda text: text.rstrip("\n").encode()),
    ("末尾多了空行", lambda text: f"{text}\n".encode()),
    ("换行都没有了", lambda text: text.replace("\n", "").encode()),
    ("文件开头有 BOM", lambda text: b"\xef\xbb\xbf" + text.encode()),
    ("文件开头有 BOM，换行是 Windows 的", lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()),
    ("文件不是 UTF-8（是 GBK）", lambda text: text.encode("gb18030")),
    ("文件不是 UTF-8（是 GBK），换行是 Windows 的", lambda text: text.replace("\n", "\r\n").encode("gb18030")),
    ("文件不是 UTF-8（是 UTF-16）", lambda text: text.replace("\n", "\r\n").encode("utf-16")),
)
"""How a copied text goes wrong on the way, so that the signer is told which it was; none of them is taken."""


@dataclass(frozen=True)
class Statement:
    """What is signed.

    Attributes:
        register: the first commit of the register.
        target: what is acted on: an item, a month, a set of rules.
        act: what the act is called.
        document: the text that is signed, by its name.
        hash: names exactly that text.
        words: what else the signer supplies, each with its name.
        base: the commit at which record and text were put before him.
        person: name and id.
        on_behalf_of: the same of whom he stands in for; empty where he does not.
        at: when it was put before him, as ISO time.
    """

    register: str
    target: str
    act: str
    document: str
    hash: str
    words: Sequence[tuple[str, str]]
    base: str
    person: str
    on_behalf_of: str
    at: str

    @property
    def text(self) -> str:
        """As it is shown and signed: UTF-8, a fact a line, what is longer goes on under it, each line ended by LF."""
        lines = (
            ("登记簿", self.register),
            ("对象", self.target),
            ("办理", self.act),
            ("文本", self.document),
            ("摘要", self.hash),
            *self.words,
            ("基准提交", self.base),
            ("签名人", self.person),
            *([("代", self.on_behalf_of)] if self.on_behalf_of else []),
            ("时间", self.at),
        )
        facts = (line for name, value in lines for line in _folded(f"{name}：{_in_line(value)}"))
        return "".join(f"{line}\n" for line in ("督办签名（第1版）", *facts))


@dataclass(frozen=True)
class OwnSignature:
    """A signature as the record keeps it.

    Attributes:
        base: the commit that the statement names; ``at`` the time.
        made: the signature itself.
    """

    base: str
    at: str
    made: SshSignature

    @property
    def token(self) -> str:
        """The one way in which it is written: algorithm, commit, time, signature."""
        return ",".join((SSHSIG, self.base, self.at, base64.b64encode(self.made.blob).decode()))

    @property
    def by_agent(self) -> bool:
        """Whether an agent made it for a session, and not the person on his own computer: that is signed with it."""
        return self.made.namespace == BY_AGENT

    def wrong(self, statement: Statement) -> str:
        """Return why it is no signature over a statement, a full sentence; empty where it is one."""
        if self.made.namespace not in (NAMESPACE, BY_AGENT):
            return f"签名的用途（命名空间）是 {show(self.made.namespace)[:60]}，不是 {NAMESPACE}。"
        if verified(self.made, statement.text.encode()):
            return ""
        for fault, spoilt in _FAULTS:
            if verified(self.made, spoilt(statement.text)):
                return f"签的文本在复制时变了样：{fault}。"
        return "签的不是这一份声明：事项、文本、意见、基准提交、签名人、时间有一处不同，或者签名被改动过。"


def own_signature(token: str) -> OwnSignature | Unfit:
    """Return a signature as it is read from a record, or why it is none."""
    found = _TOKEN.fullmatch(token)
    if found is None:
        return Unfit("签名的写法不对，或者是本程序不认识的算法。")
    try:
        blob = base64.b64decode(found[3], validate=True)
    except binascii.Error:
        blob = b""
    if base64.b64encode(blob).decode() != found[3]:
        return Unfit("签名的写法不对：不是一个完整的签名块。")
    made = read(blob)
    return made if isinstance(made, Unfit) else OwnSignature(found[1], found[2], made)


def handed_in(text: str) -> OwnSignature | Unfit:
    """Return a signature that a person pasted: the statement, of which only commit and time are read, and the block below it."""
    if text.strip().startswith(f"{SSHSIG},"):
        return own_signature(text.strip())
    blob = unarmoured(text)
    if isinstance(blob, Unfit):
        return blob
    before = text.partition("-----BEGIN")[0]
    base, at = _BASE.findall(before), _AT.findall(before)
    if len(base) != 1 or len(at) != 1:
        return Unfit("签名块前面没有声明，或者不止一份。请把声明和签名块一起交来。")
    made = read(blob)
    return made if isinstance(made, Unfit) else OwnSignature(base[0], at[0], made)


def _folded(line: str) -> Iterator[str]:
    """Yield a line in pieces; what goes on is set in by two blanks, so that no word of anybody can begin a line."""
    piece, room = "", _WIDE
    for sign in line:
        wide = 1 if sign.isascii() else 2
        if wide > room:
            yield piece
            piece, room = "  ", _WIDE - 2
        piece, room = piece + sign, room - wide
    yield piece


def _in_line(value: str) -> str:
    return " / ".join(filter(None, value.split("\n")))
