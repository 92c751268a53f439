"""The installer of the archive chooses wheels by machine and says what is missing; what it installs is used in ``tests/carry``."""

import ast
import os
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from carry import __main__ as carry
from carry.__main__ import Machine, Unfit, chosen

ROOT = Path(__file__).parent.parent
DEBIAN = Machine((3, 11), "x86_64", (2, 36))
KYLIN = Machine((3, 12), "aarch64", (2, 28))
WHEELS = [
    f"wheels/{name}.whl"
    for name in (
        "pure-1-py3-none-any",
        "old_pure-1-py2.py3-none-any",
        "own-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64",
        "own-1-cp311-cp311-manylinux_2_28_aarch64",
        "own-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
        "own-1-cp312-cp312-manylinux_2_26_aarch64.manylinux_2_28_aarch64",
        "stable-1-cp310-abi3-manylinux2014_x86_64",
        "stable-1-cp39-abi3-manylinux_2_28_aarch64",
    )
]


def short(machine: Machine, names: list[str]) -> list[str]:
    return [name[len("wheels/") : -len(".whl")] for name in chosen(machine, ["SHA256SUMS", *names])]


def test_each_machine_gets_the_wheels_that_fit_it() -> None:
    assert short(DEBIAN, WHEELS) == ["old_pure-1-py2.py3-none-any", WHEELS[2][7:-4], "pure-1-py3-none-any", WHEELS[6][7:-4]]
    assert short(KYLIN, WHEELS) == ["old_pure-1-py2.py3-none-any", WHEELS[5][7:-4], "pure-1-py3-none-any", WHEELS[7][7:-4]]


def test_the_closest_wheel_is_taken() -> None:
    names = [
        "wheels/a-1-py3-none-any.whl",
        "wheels/a-1-cp38-abi3-manylinux_2_5_x86_64.whl",
        "wheels/a-1-cp311-cp311-manylinux_2_17_x86_64.whl",
    ]
    assert chosen(DEBIAN, names) == [names[2]]
    assert chosen(DEBIAN, names[:2]) == [names[1]]
    assert chosen(KYLIN, names) == [names[0]]


@pytest.mark.parametrize(
    ("machine", "missing"),
    [
        (Machine((3, 11), "loongarch64", (2, 28)), "own、stable"),
        (Machine((3, 13), "x86_64", (2, 28)), "own。"),
        (Machine((3, 11), "aarch64", (2, 27)), "own、stable"),
        (Machine((3, 9), "x86_64", (2, 36)), "own、stable"),
    ],
)
def test_what_no_wheel_is_there_for_is_named_with_the_machine(machine: Machine, missing: str) -> None:
    with pytest.raises(Unfit, match=missing) as refused:
        chosen(machine, WHEELS)
    assert f"{machine.kind}，Python {machine.python[0]}.{machine.python[1]}，glibc {machine.glibc[0]}.{machine.glibc[1]}" in str(
        refused.value
    )


def test_an_old_python_gives_way_to_a_newer_one_or_says_what_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[list[str]] = []
    monkeypatch.setattr(sys, "version_info", (3, 7, 9))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(Unfit, match=r"没有 Python 3\.11、3\.12 或 3\.13"):
        carry.this_machine([])
    monkeypatch.setattr(shutil, "which", lambda name: f"/opt/{name}" if name == "python3.12" else None)
    monkeypatch.setattr(os, "execv", lambda path, argv: gone.append(argv))
    with pytest.raises(Unfit):
        carry.this_machine(["/opt/duban"])
    assert gone == [["/opt/python3.12", str(carry.ARCHIVE), "/opt/duban"]]


def test_another_c_library_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "confstr", lambda name: None)
    with pytest.raises(Unfit, match="不是 glibc"):
        carry.this_machine([])


def test_a_python_that_was_built_without_something_is_told_what(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("zlib", "sqlite3"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(Unfit, match=r"缺少zlib 模块（zlib-devel）、带 FTS5 的 sqlite3 模块"):
        carry.this_machine([])


def test_an_old_python_can_read_the_installer() -> None:
    ast.parse((ROOT / "carry/__main__.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_list_of_system_packages_says_of_each_what_for() -> None:
    head, *lines = (ROOT / "carry/system-packages.tsv").read_text(encoding="utf-8").splitlines()
    assert all(len(line.split("\t")) == len(head.split("\t")) == 5 and all(line.split("\t")) for line in lines)
    listed = {line.split("\t")[1] for line in lines}
    assert {"git", "openssh-server", "libreoffice-writer-nogui", "python3-uno", "bubblewrap", "fonts-noto-cjk"} <= listed


def test_the_pages_name_the_archive_of_today() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    told = [
        word
        for page in ("README.md", "docs/offline.md")
        for word in re.findall(r"duban-(.*?)-carry", (ROOT / page).read_text(encoding="utf-8"))
    ]
    assert set(told) == {version}
