"""``make canary``: the suite on the newest of every dependency, Textual's pin loosened, and which of them breaks what.

In an environment of its own (``.venv-canary``). What fails there is run again on the pins with one newer package at a time, so that each
failure has a name: a package, old → new; or several together; or none, where it fails on the pins too. Arguments go to pytest.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
HOME = ROOT / ".venv-canary"
Newer = Mapping[str, tuple[str, str]]
Tests = frozenset[str]


def canonical(name: str) -> str:
    """Return the name of a package as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(project: str) -> list[str]:
    """Return what ``pyproject.toml`` asks for, for use, for tests and to build, no version named."""
    told = tomllib.loads(project)
    asked = [*told["project"]["dependencies"], *told["project"]["optional-dependencies"]["test"], *told["build-system"]["requires"]]
    return sorted(re.split(r"[^\w.-]", each)[0] for each in asked)


def pinned(lines: Iterable[str]) -> dict[str, str]:
    """Return the version of each package in lines such as ``name==1.0``."""
    return {canonical(name): version for name, found, version in (line.strip().partition("==") for line in lines) if found}


def culprits(failed: Tests, newer: Newer, failing: Callable[[Tests, Collection[str]], Tests]) -> Iterator[tuple[str, Tests]]:
    """Yield what broke and which tests; ``failing`` says which of some tests fail on the pins with only those packages newer."""
    anyway = failing(failed, ())
    if anyway:
        yield "fails on the pins too", anyway
    left = failed - anyway
    together = left
    for name, (old, new) in newer.items():
        if broken := failing(left, (name,)) if left else left:
            yield f"{name} {old} -> {new}", broken
            together -= broken
    if together:
        yield "no single one, only several together", together


def main(arguments: list[str]) -> int:
    """Run it; return pytest's own result on the newest of everything."""
    venv.create(HOME, with_pip=True)
    _pip("install", "--upgrade", "--upgrade-strategy", "eager", *wanted((ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    files = [ROOT / name for name in ("requirements.txt", "requirements-test.txt")]
    pins = pinned(line for file in files for line in file.read_text(encoding="utf-8").splitlines())
    newest = pinned(_pip("freeze", "--all").splitlines())
    newer = {name: (old, newest[name]) for name, old in sorted(pins.items()) if newest.get(name, old) != old}
    print("newer than the pins:", *(f"  {name} {old} -> {new}" for name, (old, new) in newer.items()), sep="\n", flush=True)
    result, failed = _pytest(*arguments)
    if not failed:
        print("nothing broke" if result == 0 else "the suite could not be run", flush=True)
        return result

    def failing(tests: Tests, alone: Collection[str]) -> Tests:
        _pip("install", "--requirement", str(files[-1]))
        if alone:
            _pip("install", "--no-deps", *(f"{name}=={newer[name][1]}" for name in alone))
        return _pytest(*sorted(tests))[1] & tests

    for what, tests in culprits(failed, newer, failing):
        print(f"== {what}:", *(f"  {test}" for test in sorted(tests)), sep="\n", flush=True)
    return result


def _pip(*arguments: str) -> str:
    argv = [str(HOME / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout


def _pytest(*arguments: str) -> tuple[int, Tests]:
    """Run tests; return pytest's result and what failed."""
    with tempfile.TemporaryDirectory() as cache:
        done = subprocess.run(
            [HOME / "bin/python", "-m", "pytest", "-n", "2", "-o", f"cache_dir={cache}", *arguments], cwd=ROOT, check=False
        )
        told = Path(cache, "v/cache/lastfailed")
        return done.returncode, frozenset(json.loads(told.read_text(encoding="utf-8"))) if told.exists() else frozenset()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
