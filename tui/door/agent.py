"""The agent that a person forwards: which keys it holds, and its signature over a statement (draft-miller-ssh-agent).

It is on his computer, behind a line that he opened himself, and hostile until what it says fits: it may hang, refuse, hold other people's
keys, answer with garbage or with more than anybody asked for. What it signs is verified here before anybody else sees it.
"""

import socket
import time
from collections.abc import Callable, Iterator

from records.signatures.ssh_keys import KINDS, fingerprint, strings, unfit
from records.signatures.sshsig import BY_AGENT, SshSignature, Unfit, put_together, read, string, to_be_signed, verified

_PATIENCE = 30.0  # seconds for an answer: somebody may be asked to agree, or to touch a key
_LARGEST = 256 << 10  # bytes of an answer
_KEYS = 128
_FAILURE, _LIST, _LISTED, _SIGN, _SIGNED = 5, 11, 12, 13, 14
_RSA_SHA2_512 = 4  # the flag by which an RSA key signs as it should


class _GoneError(Exception):
    """The line is no good any more: what comes next could be an answer to anything."""


class Agent:
    """An agent at the other end of a line.

    Args:
        line: to it; it is this one's to close.
        whose: says by the fingerprint of a key why it is not the person's own; empty where it is.
        patience: seconds for an answer.
    """

    def __init__(self, line: socket.socket, whose: Callable[[str], str], patience: float = _PATIENCE) -> None:
        self._line: socket.socket | None = line
        self._whose, self._patience = whose, patience

    def sign(self, message: bytes) -> SshSignature | Unfit:
        """Return a signature of the person's own key over a message, or why there is none: a full sentence.

        Raises:
            StoreError: it cannot be told whose the keys are.
        """
        if self._line is None:
            return Unfit("转发的密钥代理已经断开，请重新登录（ssh -A）。")
        try:
            return self._signed(message)
        except _GoneError as error:
            self._line.close()
            self._line = None
            return Unfit(f"{error}，没有签，请重新登录（ssh -A）。")

    def _signed(self, message: bytes) -> SshSignature | Unfit:
        held = list(self._keys())
        mine = [key for key in held if not self._whose(fingerprint(key))]
        if not held:
            return Unfit("转发的密钥代理里没有可以采用的密钥，请在自己的电脑上运行 ssh-add。")
        if not mine:
            return Unfit("转发的密钥代理里没有您登记的密钥，请在自己的电脑上用 ssh-add 加上。")
        flags = _RSA_SHA2_512 if _kind(mine[0]) == "ssh-rsa" else 0
        asked = string(mine[0]) + string(to_be_signed(message, BY_AGENT)) + flags.to_bytes(4, "big")
        kind, answer = self._asked(_SIGN, asked)
        if kind == _FAILURE:
            return Unfit("密钥代理没有签：本人没有同意，或者密钥锁着。")
        if kind != _SIGNED:
            raise _GoneError("密钥代理答非所问")
        try:
            (made,) = strings(answer)
        except ValueError:
            raise _GoneError("密钥代理给出的签名不完整") from None
        found = read(put_together(mine[0], BY_AGENT, made))
        if isinstance(found, Unfit):
            return Unfit(f"密钥代理给出的签名不能采用：{found.reason}")
        return found if verified(found, message) else Unfit("密钥代理给出的签名不是这把密钥对这一份声明的，没有采用。")

    def _keys(self) -> Iterator[bytes]:
        """Yield the keys that it holds, of the kinds that are accepted."""
        kind, answer = self._asked(_LIST, b"")
        count = int.from_bytes(answer[:4], "big")
        if kind != _LISTED or len(answer) < 4 or count > _KEYS:
            raise _GoneError("密钥代理答非所问")
        try:
            parts = list(strings(answer[4:]))
        except ValueError:
            raise _GoneError("密钥代理说的密钥不完整") from None
        if len(parts) != 2 * count:
            raise _GoneError("密钥代理说的密钥不完整")
        yield from (key for key in parts[::2] if _is_accepted(key))

    def _asked(self, kind: int, body: bytes) -> tuple[int, bytes]:
        """Ask for something, and return the kind of the answer and the answer."""
        assert self._line is not None
        end = time.monotonic() + self._patience
        try:
            self._line.settimeout(self._patience)
            self._line.sendall(string(bytes([kind]) + body))
            size = int.from_bytes(self._heard(4, end), "big")
            if not 0 < size <= _LARGEST:
                raise _GoneError("密钥代理的应答太长，或者是空的")
            answer = self._heard(size, end)
        except TimeoutError:
            raise _GoneError(f"密钥代理 {self._patience:.0f} 秒没有应答") from None
        except OSError:
            raise _GoneError("转发的密钥代理断开了") from None
        return answer[0], answer[1:]

    def _heard(self, size: int, end: float) -> bytes:
        assert self._line is not None
        data = b""
        while len(data) < size:
            if (left := end - time.monotonic()) <= 0:
                raise TimeoutError
            self._line.settimeout(left)
            if not (piece := self._line.recv(min(size - len(data), 1 << 16))):
                raise _GoneError("转发的密钥代理断开了")
            data += piece
        return data


def line_of(descriptor: int | None) -> socket.socket | None:
    """Return the line behind a descriptor that somebody handed over, None where that is none."""
    if descriptor is None:
        return None
    try:
        line = socket.socket(fileno=descriptor)
    except OSError:
        return None
    if line.type == socket.SOCK_STREAM and line.family == socket.AF_UNIX:
        return line
    line.close()
    return None


def _kind(key: bytes) -> str:
    return next(strings(key), b"").decode("ascii", "replace")


def _is_accepted(key: bytes) -> bool:
    try:
        kind = _kind(key)
        return kind in KINDS and not unfit(kind, list(strings(key)))
    except ValueError:
        return False
