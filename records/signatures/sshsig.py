"""A signature that ``ssh-keygen -Y sign`` made, taken to pieces and verified (OpenSSH, PROTOCOL.sshsig and PROTOCOL.u2f).

What was signed is never taken from the one who hands the signature in: it is verified over bytes of our own.
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from records.signatures.ssh_keys import KINDS, LONGEST, fingerprint, strings, unfit
from schema.text import show

NAMESPACE = "duban-signoff@v1"
"""What ``ssh-keygen -Y sign -n`` is given: a signature for Git, for mail or for another system is none for us."""

BY_AGENT = "duban-agent@v1"
"""What a signature is made for that an agent gave to a session: he saw the statement on our screen only, and not on his own computer."""

_MAGIC = b"SSHSIG"
_HASHES = ("sha256", "sha512")
_ARMOUR = re.compile(r"-----BEGIN SSH SIGNATURE-----([A-Za-z0-9+/=\s]*)-----END SSH SIGNATURE-----", re.ASCII)
_MOST = 16384  # characters of a block; one of an RSA key of 16384 bits has 5900
_PRESENT = 1  # the bit by which a hardware key says that it was touched


@dataclass(frozen=True)
class Unfit:
    """Why what was handed in is no signature that counts: a full sentence."""

    reason: str


@dataclass(frozen=True)
class SshSignature:
    """A signature in its pieces.

    Attributes:
        blob: all of it.
        key: the blob of the public key that it names.
        namespace: what it was made for.
        hash: the algorithm by which the message was hashed.
        algorithm: by which it was signed.
        signature: what that algorithm makes, with what follows it.
    """

    blob: bytes
    key: bytes
    namespace: str
    hash: str
    algorithm: str
    signature: bytes

    @property
    def kind(self) -> str:
        """The kind of its key."""
        return next(strings(self.key)).decode("ascii")

    @property
    def fingerprint(self) -> str:
        """The fingerprint of its key."""
        return fingerprint(self.key)


def unarmoured(text: str) -> bytes | Unfit:
    """Return what stands in the one block that there is in a text; how its lines are broken means nothing."""
    if len(text) > _MOST:
        return Unfit("粘贴的内容太长，不是一个签名块。")
    blocks = _ARMOUR.findall(text)
    if len(blocks) != 1:
        return Unfit("签名块不完整：应从 -----BEGIN SSH SIGNATURE----- 到 -----END SSH SIGNATURE-----，只有一块。")
    try:
        return base64.b64decode("".join(blocks[0].split()), validate=True)
    except binascii.Error:
        return Unfit("签名块里缺了字，或者多了字。请把整块重新复制。")


def read(blob: bytes) -> SshSignature | Unfit:
    """Return a signature in its pieces, or why it is none that is accepted; whether it is good is not said by that."""
    if len(blob) > 2 * LONGEST or blob[:6] != _MAGIC or blob[6:10] != (1).to_bytes(4, "big"):
        return Unfit("不是 ssh-keygen -Y sign 做的签名。")
    try:
        key, namespace, reserved, algorithm, signature = strings(blob[10:])
        parts = list(strings(key))
        kind = parts[0].decode("ascii")
        wrong = unfit(kind, parts) if kind in KINDS else f"不收 {show(kind)[:40]} 类型的密钥。"
        signed_by, rest = _split(signature)
        found = SshSignature(blob, key, namespace.decode("ascii"), algorithm.decode("ascii"), signed_by.decode("ascii"), rest)
    except (ValueError, IndexError):
        return Unfit("签名块的内容不完整，或者被改动过。")
    if wrong:
        return Unfit(f"签名的密钥不能用：{wrong}")
    if reserved or found.hash not in _HASHES or found.algorithm not in _algorithms(kind):
        return Unfit("签名的算法不在可以采用的之列（RSA 密钥须用 SHA-2）。")
    return found


def to_be_signed(message: bytes, namespace: str, algorithm: str = "sha512") -> bytes:
    """Return the bytes over which a key signs for a message.

    Args:
        message: what is signed.
        namespace: for what.
        algorithm: by which the message is hashed.
    """
    digest = hashlib.new(algorithm, message).digest()
    return _MAGIC + b"".join(string(each) for each in (namespace.encode(), b"", algorithm.encode(), digest))


def put_together(key: bytes, namespace: str, signature: bytes) -> bytes:
    """Return the blob of a signature over what ``to_be_signed`` gives.

    Args:
        key: the blob of the public key.
        namespace: as it was given there.
        signature: what the holder of the key made of it: an algorithm, and what that makes.
    """
    return _MAGIC + (1).to_bytes(4, "big") + b"".join(string(each) for each in (key, namespace.encode(), b"", b"sha512", signature))


def verified(found: SshSignature, message: bytes) -> bool:
    """Say whether a signature is good over a message; by whom its key is, and for what it was made, is asked elsewhere."""
    try:
        return _good(found, to_be_signed(message, found.namespace, found.hash))
    except ValueError:  # a point that is not on its curve, a number that is none
        return False


def _good(found: SshSignature, signed: bytes) -> bool:
    # Loaded where a signature is looked at, and nowhere else: nobody who signs nothing waits for it.
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    _, *parts = strings(found.key)
    signature = found.signature
    if found.kind.startswith("sk-"):
        signature, flags, counter = _of_hardware(signature)
        if not flags[0] & _PRESENT:
            return False
        signed = hashlib.sha256(parts.pop()).digest() + flags + counter + hashlib.sha256(signed).digest()
    try:
        if "ed25519" in found.kind:
            ed25519.Ed25519PublicKey.from_public_bytes(parts[0]).verify(signature, signed)
        elif "ecdsa" in found.kind:
            curve = ec.SECP384R1() if "384" in found.kind else ec.SECP256R1()
            r, s = (int.from_bytes(each, "big") for each in strings(signature))
            point = ec.EllipticCurvePublicKey.from_encoded_point(curve, parts[1])
            point.verify(encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA384() if "384" in found.kind else hashes.SHA256()))
        else:
            key = rsa.RSAPublicNumbers(*(int.from_bytes(each, "big") for each in parts)).public_key()
            key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA512() if found.algorithm == "rsa-sha2-512" else hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _of_hardware(signature: bytes) -> tuple[bytes, bytes, bytes]:
    if len(signature) < 5:
        raise ValueError
    return signature[:-5], signature[-5:-4], signature[-4:]


def _split(signature: bytes) -> tuple[bytes, bytes]:
    """The algorithm and what it made; of a hardware key with the flags and the counter behind that."""
    behind = len(signature) - 5 if signature[4:7] == b"sk-" else len(signature)
    algorithm, made = strings(signature[:behind])
    return algorithm, made + signature[behind:]


def _algorithms(kind: str) -> tuple[str, ...]:
    return ("rsa-sha2-256", "rsa-sha2-512") if kind == "ssh-rsa" else (kind,)


def string(data: bytes) -> bytes:
    """Return bytes as SSH writes them: their number before them."""
    return len(data).to_bytes(4, "big") + data
