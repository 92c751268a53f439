"""Keys of invented people, and their signatures as ``ssh-keygen -Y sign`` makes them: real ones, by that program."""

import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from records.signatures.sshsig import NAMESPACE
from records.signatures.statement import Statement

STATEMENT = Statement(
    register="a" * 40,
    target="DB-2026-0118",
    act="主要领导同意",
    document="办结报告（第1轮）",
    hash="sha256:" + "b" * 64,
    words=(("决定", "同意"), ("意见", "同意上报。\n请抓紧。\n\n另行报告。\n")),
    base="c" * 40,
    person="邵拟平（JJ.main_leader）",
    on_behalf_of="",
    at="2026-09-05T16:00:00+08:00",
)
"""What somebody might sign."""


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="duban-keys-")


@cache
def key(who: str, *kind: str) -> Path:
    """Return the private key of a person, made once; its public key lies beside it. ``kind`` is for ssh-keygen, by default ed25519."""
    place = Path(_folder().name) / "-".join((who, *kind))
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-C", who, "-t", *(kind or ("ed25519",)), "-f", str(place)], check=True)
    return place


@cache
def public(who: str, *kind: str) -> str:
    """Return a person's public key as it is handed in: type and base64."""
    place = key(who, *kind)
    return " ".join(place.with_name(f"{place.name}.pub").read_text().split(" ")[:2])


def block(who: str, text: str | bytes, *kind: str, namespace: str = NAMESPACE) -> str:
    """Return the block that a person's own signature over a text is pasted as."""
    data = text.encode() if isinstance(text, str) else text
    asked = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(key(who, *kind))]
    return subprocess.run(asked, input=data, capture_output=True, check=True).stdout.decode()
