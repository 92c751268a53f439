"""A public key that somebody handed in: taken to pieces, judged, and written anew from the pieces, so that nothing rides along with it.

What a line of authorized_keys may hold besides (options, a comment, a second line) could name a program or another person. So the line is
never passed on: of what was handed in only the blob is read, and of the blob only what its type says (RFC 4253 §6.6, RFC 5656, RFC 8709,
PROTOCOL.u2f). P-521 is refused because PuTTY leaked such keys through their signatures (CVE-2024-31497).
"""

import base64
import binascii
import re
from collections.abc import Iterator

from records.acts import Refusal
from schema.text import unsafe

_LONGEST = 8192  # characters; an RSA key of 16384 bits has 2800
_RSA = (3072, 16384)
_CURVES = {"nistp256": 65, "nistp384": 97}
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
    if kind not in _SHAPES:
        return _refused("不是可以登记的密钥类型，或者类型前面写了选项。")
    try:
        blob = base64.b64decode(found[2], validate=True)
        wrong = _SHAPES[kind](kind, list(_strings(blob)))
    except (binascii.Error, ValueError):
        return _refused("公钥的内容不完整，或者被改动过。")
    if wrong:
        return _refused(wrong)
    return f"{kind} {base64.b64encode(blob).decode()}"


def _refused(reason: str) -> Refusal:
    return Refusal("", f"公钥不能登记：{reason}", _WAY_OUT)


def _strings(blob: bytes) -> Iterator[bytes]:
    """Yield the strings that a blob is made of, to its last byte."""
    while blob:
        size = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + size or size > _LONGEST:
            raise ValueError
        yield blob[4 : 4 + size]
        blob = blob[4 + size :]


def _ed25519(kind: str, parts: list[bytes]) -> str:
    inner, key = parts
    return "" if inner == kind.encode() and len(key) == 32 else "公钥的内容与类型不符。"


def _ecdsa(kind: str, parts: list[bytes]) -> str:
    inner, curve, point = parts
    name = kind.rpartition("-")[2]
    return "" if inner == kind.encode() and curve == name.encode() and _on(name, point) else "公钥的内容与类型不符。"


def _rsa(kind: str, parts: list[bytes]) -> str:
    inner, exponent, modulus = parts
    if inner != kind.encode() or not all(_is_positive(each) for each in (exponent, modulus)):
        return "公钥的内容与类型不符。"
    bits = int.from_bytes(modulus, "big").bit_length()
    if not _RSA[0] <= bits <= _RSA[1]:
        return f"RSA 密钥应为 {_RSA[0]} 至 {_RSA[1]} 位，这一把 {bits} 位。"
    public = int.from_bytes(exponent, "big")
    return "" if 65537 <= public < 1 << 64 and public % 2 and modulus[-1] % 2 else "公钥的内容不是一把 RSA 密钥。"


def _sk_ed25519(kind: str, parts: list[bytes]) -> str:
    *own, application = parts
    return _ed25519(kind, own) or _of_ssh(application)


def _sk_ecdsa(kind: str, parts: list[bytes]) -> str:
    inner, curve, point, application = parts
    if inner != kind.encode() or curve != b"nistp256" or not _on("nistp256", point):
        return "公钥的内容与类型不符。"
    return _of_ssh(application)


def _on(curve: str, point: bytes) -> bool:
    return len(point) == _CURVES[curve] and point[0] == 4


def _is_positive(number: bytes) -> bool:
    """Whether these are the bytes of a number above zero, in the one way in which SSH writes it."""
    return len(number) > 0 and number[0] < 0x80 and (number[0] > 0 or (len(number) > 1 and number[1] >= 0x80))


def _of_ssh(application: bytes) -> str:
    return "" if application == b"ssh:" else "硬件密钥应在 ssh: 名下生成。"


_SHAPES = {
    "ssh-ed25519": _ed25519,
    "ssh-rsa": _rsa,
    "ecdsa-sha2-nistp256": _ecdsa,
    "ecdsa-sha2-nistp384": _ecdsa,
    "sk-ssh-ed25519@openssh.com": _sk_ed25519,
    "sk-ecdsa-sha2-nistp256@openssh.com": _sk_ecdsa,
}
