"""A public key that somebody handed in: taken to pieces, judged, and written anew from the pieces, so that nothing rides along with it.

What a line of authorized_keys may hold besides (options, a comment, a second line) could name a program or another person. So the line is
never passed on: of what was handed in only the blob is read, and of the blob only what its type says (records/signatures/ssh_keys.py).
"""

import base64
import binascii
import re

from records.acts import Refusal
from records.signatures.ssh_keys import KINDS, strings, unfit
from schema.text import unsafe

_LONGEST = 8192  # characters; an RSA key of 16384 bits has 2800
_LINE = re.compile(r"(\S+) ([A-Za-z0-9+/]+={0,2})(?: ([^\r\n]*))?", re.ASCII)
_WAY_OUT = "请用 ssh-keygen -t ed25519 生成，交来 .pub 文件里的那一行。"


def public_key(text: str) -> str | Refusal:
    """Return a public key as type and base64, or why it is refused.

    Args:
        text: what was handed in: one line, ``type base64`` and perhaps a comment, which is dropped.
    """
    line = text.removesuffix("\n").removesuffix("\r")
    if len(line) > _LONGEST or "\n" in line or "\r" in line or any(unsafe(line)):
        return _refused("应为一行公钥，只能有一把，不能有换行和控制字符。")
    found = _LINE.fullmatch(line)
    if found is None:
        return _refused("应为“类型 公钥”一行，前面不能有选项。")
    kind = found[1]
    if "-cert-" in kind:
        return _refused("不收证书，只收公钥。")
    if "nistp521" in kind or kind in ("ssh-dss", "ssh-rsa1"):
        return _refused(f"不收 {kind} 类型的密钥：已知不安全。")
    if kind not in KINDS:
        return _refused("不是可以登记的密钥类型，或者类型前面写了选项。")
    try:
        blob = base64.b64decode(found[2], validate=True)
        wrong = unfit(kind, list(strings(blob)))
    except (binascii.Error, ValueError):
        return _refused("公钥的内容不完整，或者被改动过。")
    if wrong:
        return _refused(wrong)
    return f"{kind} {base64.b64encode(blob).decode()}"


def _refused(reason: str) -> Refusal:
    return Refusal("", f"公钥不能登记：{reason}", _WAY_OUT)
