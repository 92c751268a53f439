"""SSH public keys taken to pieces and judged: of a blob only what its type says (RFC 4253 §6.6, RFC 5656, RFC 8709, PROTOCOL.u2f).

P-521 is not among them because PuTTY leaked such keys through their signatures (CVE-2024-31497).
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping

LONGEST = 8192  # bytes of a part; an RSA key of 16384 bits has 2100
_RSA = (3072, 16384)
_CURVES = {"nistp256": 65, "nistp384": 97}
_OTHER = "公钥的内容与类型不符。"


def strings(blob: bytes) -> Iterator[bytes]:
    """Yield the strings that a blob is made of, to its last byte.

    Raises:
        ValueError: it is made of anything else.
    """
    while blob:
        size = int.from_bytes(blob[:4], "big")
        if len(blob) < 4 + size or size > LONGEST:
            raise ValueError
        yield blob[4 : 4 + size]
        blob = blob[4 + size :]


def unfit(kind: str, parts: list[bytes]) -> str:
    """Return why a key is none that is accepted, empty for one that is.

    Args:
        kind: one of ``KINDS``.
        parts: what its blob is made of.

    Raises:
        ValueError: there are too many parts, or too few.
    """
    return KINDS[kind](kind, parts)


def fingerprint(blob: bytes) -> str:
    """Return the fingerprint of a public key as OpenSSH prints it, ``SHA256:…``."""
    return f"SHA256:{base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip('=')}"


def _ed25519(kind: str, parts: list[bytes]) -> str:
    inner, key = parts
    return "" if inner == kind.encode() and len(key) == 32 else _OTHER


def _ecdsa(kind: str, parts: list[bytes]) -> str:
    inner, curve, point = parts
    name = kind.rpartition("-")[2]
    return "" if inner == kind.encode() and curve == name.encode() and _on(name, point) else _OTHER


def _rsa(kind: str, parts: list[bytes]) -> str:
    inner, exponent, modulus = parts
    if inner != kind.encode() or not all(_is_positive(each) for each in (exponent, modulus)):
        return _OTHER
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
        return _OTHER
    return _of_ssh(application)


def _on(curve: str, point: bytes) -> bool:
    return len(point) == _CURVES[curve] and point[0] == 4


def _is_positive(number: bytes) -> bool:
    """Whether these are the bytes of a number above zero, in the one way in which SSH writes it."""
    return len(number) > 0 and number[0] < 0x80 and (number[0] > 0 or (len(number) > 1 and number[1] >= 0x80))


def _of_ssh(application: bytes) -> str:
    return "" if application == b"ssh:" else "硬件密钥应在 ssh: 名下生成。"


KINDS: Mapping[str, Callable[[str, list[bytes]], str]] = {
    "ssh-ed25519": _ed25519,
    "ssh-rsa": _rsa,
    "ecdsa-sha2-nistp256": _ecdsa,
    "ecdsa-sha2-nistp384": _ecdsa,
    "sk-ssh-ed25519@openssh.com": _sk_ed25519,
    "sk-ecdsa-sha2-nistp256@openssh.com": _sk_ecdsa,
}
"""The kinds of keys that are accepted, each with what judges its parts."""
