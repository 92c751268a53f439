"""The lists of hashes that every package carries: one file and its hash a line, as ``sha256sum -c`` and ``cksum -a sm3`` read them.

``SHA256SUMS`` lists every file but itself, ``SM3SUMS`` among them, so that one hash stands for the whole package.
"""

import re
from collections.abc import Iterator, Mapping

SHA256, SM3 = "SHA256SUMS", "SM3SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  ([0-9A-Za-z_][0-9A-Za-z_.-]*(?:/[0-9A-Za-z_][0-9A-Za-z_.-]*){0,5})", re.ASCII)


def is_name(name: str) -> bool:
    """Say whether a file of a package may be called so: plain ASCII, relative, no dots at the start of a part, no more than six parts."""
    return _LINE.fullmatch(f"{'0' * 64}  {name}") is not None


def listed(hashes: Mapping[str, str]) -> bytes:
    """Return a list of hashes by name as a file."""
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items())).encode()


def read_list(data: bytes) -> tuple[dict[str, str], list[str]]:
    """Return what a list of hashes says by name, and what is wrong with it, in words."""
    found: dict[str, str] = {}
    wrong = list(_gathered(data, found))
    return found, wrong


def _gathered(data: bytes, found: dict[str, str]) -> Iterator[str]:
    lines = data.decode("ascii", errors="replace").split("\n")
    if lines.pop():
        yield "末行不完整，清单可能被截断。"
    for place, line in enumerate(lines, start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            yield f"第{place}行不是“摘要、两个空格、文件名”，或者文件名不合规：{line[:100]}"
        elif match[2] in found:
            yield f"第{place}行与前面重复：{match[2]}"
        else:
            found[match[2]] = match[1]
