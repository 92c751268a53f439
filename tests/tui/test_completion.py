"""Tab at the command line: a shell that has read what ``duban completion`` writes is offered acts, matters and people."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_DUBAN = f"""#!/bin/sh
PYTHONPATH={ROOT} exec {sys.executable} -c 'import sys; sys.argv[0] = "duban"; from tui.start import main; main()' "$@"
"""
_ASKED = """
eval "$(duban completion bash)"
COMP_WORDS=(duban "$@")
COMP_CWORD=$#
_duban_completion duban
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return a PATH on which this program stands as ``duban``."""
    (tmp_path / "duban").write_text(_DUBAN)
    (tmp_path / "duban").chmod(0o755)
    return f"{tmp_path}:{os.environ['PATH']}"


def _offered(path: str, register: Path, *words: str) -> tuple[list[str], str]:
    environment = {**os.environ, "PATH": path, "DUBAN_REGISTER": str(register)}
    done = subprocess.run(["bash", "--norc", "-c", _ASKED, "bash", *words], capture_output=True, text=True, env=environment, check=True)
    return done.stdout.split(), done.stderr


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("ver",), ["verify"]),
        (("show", "0118"), ["DB-2026-0118"]),
        (("acts", "--as", "BGS.cl"), ["BGS.clerk1", "BGS.clerk2"]),
        (("acts", "--as", "谭拟慎"), ["BGS.section_chief"]),
        (("act", "sign_f"), ["sign_for"]),
        (("act", "签收"), ["sign_for"]),
        (("act", "sign_for", "0206"), ["DB-2026-0206"]),
        (("log", "涉案财物"), ["DB-2026-0206"]),
        (("show", "nothing of that kind"), []),
    ],
    ids=" ".join,
)
def test_tab_goes_on_with_what_was_begun(path: str, brief_home: Path, words: tuple[str, ...], found: list[str]) -> None:
    assert _offered(path, brief_home, *words) == (found, "")


def test_where_there_is_no_register_nothing_is_offered_and_nothing_said(path: str, tmp_path: Path) -> None:
    assert _offered(path, tmp_path / "none", "show", "0118") == ([], "")
    assert _offered(path, tmp_path / "none", "acts", "--as", "BGS") == ([], "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_is_written_is_of_that_shell(path: str, shell: str) -> None:
    done = subprocess.run(["duban", "completion", shell], capture_output=True, text=True, env={**os.environ, "PATH": path}, check=True)
    assert f"_DUBAN_COMPLETE={shell}_complete" in done.stdout
    assert done.stderr == ""
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=done.stdout, text=True, capture_output=True, check=False).returncode == 0
