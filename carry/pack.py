"""Packs the archive that is carried into a network without a registry: wheels, their checksums, the installer, what to read.

    python carry/pack.py --wheels build/wheels --to build            every Python and machine that is supported
    python carry/pack.py --here --wheels build/wheels --to build     this Python and machine only

The same sources and the same wheels give the same bytes: order, times and rights of what is packed are fixed. Wheels are fetched by pip,
from wherever the machine's own configuration says.
"""

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("schema", "records", "documents", "desk", "tui")
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = ("x86_64", "aarch64")
PLATFORMS = ("manylinux_2_28", "manylinux_2_17", "manylinux2014")  # glibc 2.28 and older: Kylin V10, UOS 20, openEuler 20.03 and later
BUILD_ONLY = ("setuptools",)
FIRST_DAY = 315532800  # 1 January 1980, the earliest that a zip can tell

PAGES = ("docs/door.md", "docs/threats.md", "docs/archive.md", "docs/offline.md", "docs/guide/*.md", "docs/guide/pictures/*.png")
"""The pages that the program's own words lead to, by their place in the project: there is no network to read them by."""


def main() -> None:
    """Fetch what is missing, pack, and print the archive with its checksum."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--here", action="store_true", help="wheels of this Python and machine only")
    asked.add_argument("--wheels", type=Path, required=True, help="folder in which fetched wheels are kept")
    asked.add_argument("--to", type=Path, required=True, help="folder for the archive")
    told = asked.parse_args()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    here = (f"{sys.version_info[0]}.{sys.version_info[1]}", platform.machine())
    sets = [here] if told.here else [(python, machine) for machine in MACHINES for python in PYTHONS]
    with tempfile.TemporaryDirectory() as away:
        wheels = {path.name: path for each in sets for path in fetched(told.wheels, *each)}
        wheels |= {path.name: path for path in [own_wheel(Path(away))]}
        name = f"duban-{version}-carry" + (f"-{here[0]}-{here[1]}" if told.here else "")
        archive = told.to / f"{name}.zip"
        told.to.mkdir(parents=True, exist_ok=True)
        pack(archive, wheels)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    archive.with_suffix(".zip.sha256").write_text(f"{digest}  {archive.name}\n")
    print(f"{archive}  {archive.stat().st_size / 2**20:.1f} MB，{len(wheels)} 个安装包，SHA-256 {digest}")


def fetched(folder: Path, python: str, machine: str) -> list[Path]:
    """Return the wheels of everything duban uses, for one Python on one kind of machine; what is there is not fetched again."""
    wanted = [
        line for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line and line.split("==")[0] not in BUILD_ONLY
    ]
    place = folder / f"{python}-{machine}-{hashlib.sha256(chr(10).join(wanted).encode()).hexdigest()[:12]}"
    if not place.is_dir():
        half = place.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        platforms = [word for each in PLATFORMS for word in ("--platform", f"{each}_{machine}")]
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*pip, "--python-version", python, *platforms, "--dest", str(half), *wanted], check=True)
        half.rename(place)
    return sorted(place.glob("*.whl"))


def own_wheel(away: Path) -> Path:
    """Build duban's own wheel from a copy, so that nothing an earlier build left gets in and nothing is left here."""
    source = away / "source"
    for name in PARTS:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"), copy_function=_plain)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        _plain(str(ROOT / name), str(source / name))
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(FIRST_DAY)}
    subprocess.run([*pip, "--wheel-dir", str(away), str(source)], check=True, env=environment)
    (wheel,) = away.glob("duban-*.whl")
    return wheel


def _plain(source: str, target: str) -> str:
    shutil.copyfile(source, target)
    os.chmod(target, 0o644)
    return target


def pack(archive: Path, wheels: Mapping[str, Path]) -> None:
    """Write an archive that Python runs as it is; wheels are compressed already and stand in it as they are."""
    files = {name: (ROOT / "carry" / name).read_bytes() for name in ("__main__.py", "system-packages.tsv")}
    files["README.md"] = (ROOT / "docs/offline.md").read_bytes()
    files["LICENSE"] = (ROOT / "LICENSE").read_bytes()
    pages = (path for name in PAGES for path in sorted(ROOT.glob(name)))
    files |= {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in pages}
    files |= {f"wheels/{name}": path.read_bytes() for name, path in wheels.items()}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    files["SHA256SUMS"] = sums.encode()
    half = archive.with_suffix(".half")
    with zipfile.ZipFile(half, "w", zipfile.ZIP_STORED) as packed:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o100644 << 16
            packed.writestr(info, data)
    half.replace(archive)


if __name__ == "__main__":
    main()
