"""Installs duban from this archive: ``python3 duban-….zip [DIR]``. Needs python3 and nothing else, neither pip nor a network.

It stands in the archive as what Python runs, so the archive is its own installer; unpacked it works the same. Written for Python 3.6, in
which nothing else of duban runs, so that an older Python hears what is missing instead of a syntax error. The wheels are unpacked as their
specification says ("Binary distribution format"): those of pure Python and those of this machine, once all checksums are right.
"""

import errno
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, NoReturn, Tuple

ARCHIVE = Path(__file__).resolve().parent
PYTHONS = ((3, 11), (3, 12), (3, 13))
"""Those for which the archive holds wheels; the first is the one on which everything is run, and the one looked for first."""
_GLIBC = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_REASONS = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "文件系统为只读",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件或目录不存在",
    errno.EEXIST: "同名文件已存在",
    errno.ENOTDIR: "上级不是目录",
    errno.EIO: "读写出错",
    errno.EPIPE: "输出没有人接收",
}
_NEW = re.compile(r"manylinux_(\d+)_(\d+)")
HELP = """用法：python3 {0} [DIR]         装到 DIR，不写时装到 /opt/duban；已装好的同一版不再装
      python3 {0} --check       只核对校验和，看本机能不能装，不安装"""


class Unfit(Exception):
    """It cannot be installed here; the message says what is missing and the way out."""


class Machine(NamedTuple):
    """What wheels have to fit."""

    python: Tuple[int, int]
    kind: str
    glibc: Tuple[int, int]


def main(argv: List[str]) -> None:
    """Install, or say why not and what to do."""
    name = ARCHIVE.name
    if any(each in ("-h", "--help") for each in argv):
        say(HELP.format(name))
        return
    options, places = [each for each in argv if each.startswith("-")], [each for each in argv if not each.startswith("-")]
    try:
        if options not in ([], ["--check"]) or len(places) > 1:
            raise Unfit("写法不对。\n" + HELP.format(name))
        machine = this_machine(argv)
        sums = checked()
        wheels = chosen(machine, list(sums))
        say("校验和全部相符：{}个文件；本机用其中{}个安装包。".format(len(sums), len(wheels)))
        if not options:
            pages = [each for each in sums if each.startswith("docs/")]
            install(Path(places[0] if places else "/opt/duban").absolute(), wheels, pages, machine)
        for line in missing_programs():
            say(line)
    except Unfit as unfit:
        fail(str(unfit))
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, "系统错误 {}".format(error.errno))
        fail("{}（{}）。请用有权限的账号运行（例如 root），或者另写一个目录。".format(reason, error.filename or ARCHIVE))


def this_machine(argv: List[str]) -> Machine:
    """Return what this machine is; go over to a newer Python where there is one and this one is none of ours.

    Raises:
        Unfit: there is no Python, C library or machine for which the archive holds wheels.
    """
    if sys.version_info[:2] not in PYTHONS:
        for wanted in PYTHONS:
            found = shutil.which("python{}.{}".format(*wanted))
            if found:
                say("这个 Python 是 {}，改用 {}。".format(platform.python_version(), found))
                sys.stdout.flush()
                os.execv(found, [found, str(ARCHIVE), *argv])
        raise Unfit(
            "本机没有 Python 3.11、3.12 或 3.13（运行安装程序的是 {}）。请先装一个，再用它运行，例如 python3.11 {}。".format(
                platform.python_version(), ARCHIVE.name
            )
        )
    if platform.python_implementation() != "CPython":
        raise Unfit("这个 Python 是 {}，请换用 CPython。".format(platform.python_implementation()))
    lacking = lacking_modules()
    if lacking:
        raise Unfit("这个 Python 缺少{}。请装齐系统的 python3，或者先装好开发包再重新编译 Python。".format("、".join(lacking)))
    told = ""
    if "CS_GNU_LIBC_VERSION" in os.confstr_names:
        told = os.confstr("CS_GNU_LIBC_VERSION") or ""
    match = re.match(r"glibc (\d+)\.(\d+)", told)
    if not match:
        raise Unfit("本机的 C 库不是 glibc，安装包都不能用。请换用麒麟、openEuler、统信 UOS、Debian 等系统。")
    kind = {"arm64": "aarch64", "amd64": "x86_64"}.get(platform.machine().lower(), platform.machine())
    return Machine(sys.version_info[:2], kind, (int(match.group(1)), int(match.group(2))))


def lacking_modules() -> List[str]:
    """Return what of the standard library duban needs and this Python was built without, each with the package it is built with."""
    lacking = []
    for name, package in (("zlib", "zlib-devel"), ("venv", "python3")):
        try:
            import_module(name)
        except ImportError:
            lacking.append("{} 模块（{}）".format(name, package))
    try:
        import_module("sqlite3").connect(":memory:").execute("CREATE VIRTUAL TABLE words USING fts5(word)")
    except Exception as error:  # whichever way it fails, lists and search would
        lacking.append("带 FTS5 的 sqlite3 模块（sqlite-devel；{}）".format(error))
    return lacking


def read(name: str) -> bytes:
    """Return a file of the archive, packed or unpacked."""
    if ARCHIVE.is_dir():
        return (ARCHIVE / name).read_bytes()
    with zipfile.ZipFile(str(ARCHIVE)) as archive:
        return archive.read(name)


def checked() -> Dict[str, str]:
    """Return the files of the archive with their checksums, all of which are right.

    Raises:
        Unfit: one is not, or is missing.
    """
    sums = {}
    for line in read("SHA256SUMS").decode("ascii").splitlines():
        told, name = line.split("  ", 1)
        sums[name] = told
    for name, told in sums.items():
        try:
            found = hashlib.sha256(read(name)).hexdigest()
        except (KeyError, OSError, zipfile.BadZipFile):
            found = ""
        if found != told:
            raise Unfit("{} 缺失或已损坏，校验和不符。请重新拷贝安装包，与制作时写出的 SHA-256 核对。没有安装任何东西。".format(name))
    return sums


def chosen(machine: Machine, names: List[str]) -> List[str]:
    """Return the wheel of each package that fits a machine.

    Raises:
        Unfit: there is none of some package.
    """
    best = {}  # type: Dict[str, Tuple[int, str]]
    packages = set()
    for name in names:
        if name.endswith(".whl"):
            package = name.rpartition("/")[2].split("-")[0]
            packages.add(package)
            fit = _fit(name, machine)
            if fit and fit > best.get(package, (0, ""))[0]:
                best[package] = (fit, name)
    missing = sorted(packages - set(best))
    if missing:
        raise Unfit(
            "安装包里没有适合本机（{}，Python {}.{}，glibc {}.{}）的 {}。它们含有编译过的程序，"
            "要在同样的机器上从源码编译（其中几个要用 Rust 编译器），再放进安装包。"
            "现有的适合 x86_64 和 aarch64、Python 3.11 至 3.13、glibc 2.28 以上。".format(
                machine.kind, *machine.python, *machine.glibc, "、".join(missing)
            )
        )
    return [best[package][1] for package in sorted(best)]


def _fit(name: str, machine: Machine) -> int:
    """Return how well a wheel fits by the tags in its name: 0 not at all, more the closer."""
    pythons, abis, platforms = (part.split(".") for part in name[: -len(".whl")].split("-")[-3:])
    own = "cp{}{}".format(*machine.python)
    if own in pythons and own in abis:
        fit = 3
    elif "abi3" in abis and any(_older(each, machine.python) for each in pythons):
        fit = 2
    elif "none" in abis and any(each in ("py3", own) for each in pythons):
        fit = 1
    else:
        return 0
    return fit if any(_runs(each, machine) for each in platforms) else 0


def _older(tag: str, python: Tuple[int, int]) -> bool:
    match = re.match(r"cp3(\d+)$", tag)
    return match is not None and int(match.group(1)) <= python[1]


def _runs(tag: str, machine: Machine) -> bool:
    if tag == "any":
        return True
    suffix = "_" + machine.kind
    if not tag.endswith(suffix):
        return False
    base = tag[: -len(suffix)]
    match = _NEW.match(base)
    needed = (int(match.group(1)), int(match.group(2))) if match else _GLIBC.get(base, (*machine.glibc, 0))
    return needed <= machine.glibc  # what is no manylinux is newer than any


_SCRIPTS = {"duban": "tui.start", "duban-enter": "tui.door.enter"}


def install(home: Path, wheels: List[str], pages: List[str], machine: Machine) -> None:
    """Make an environment of its own in a folder, whole before it counts, and let ``bin/duban`` lead to it; one that is there stays."""
    what = hashlib.sha256("\n".join(["{}.{}".format(*machine.python), sys.executable, *wheels]).encode() + read("SHA256SUMS")).hexdigest()
    environment = home / "env-{}".format(what[:12])
    if environment.is_dir():
        say("这一版已经装在 {}，没有改动。".format(environment))
    else:
        os.umask(0o022)
        home.mkdir(parents=True, exist_ok=True)
        half = home / ".half-{}".format(os.getpid())
        try:
            _build(half, environment, wheels)
            for name in pages:
                (half / name).parent.mkdir(parents=True, exist_ok=True)
                (half / name).write_bytes(read(name))
            os.rename(str(half), str(environment))
        finally:
            shutil.rmtree(str(half), ignore_errors=True)
    for name in _SCRIPTS:
        start = home / "bin" / name
        start.parent.mkdir(exist_ok=True)
        fresh = start.with_name(".{}-{}".format(name, os.getpid()))
        os.symlink("../{}/bin/{}".format(environment.name, name), str(fresh))
        os.replace(str(fresh), str(start))  # whoever starts it in this moment gets the old one or the new one
    start = home / "bin" / "duban"
    version = subprocess.check_output([str(start), "--version"], universal_newlines=True).strip()
    say("已装好 {}：{}".format(version, start))
    others = [each.name for each in sorted(home.glob("env-*")) if each != environment]
    if others:
        say("服务还是以前的程序：设了服务的，用 root 运行 systemctl restart duban，开着的会话先存好草稿再退出。")
        say("以前的版本还在：{}。没有人在用了再删除。".format("、".join(others)))
    say("各页说明在 {}，先看 guide/operator.md。".format(environment / "docs"))
    say("下一步：照系统管理员指南第一节建账号，用 duban 账号运行 {} init /srv/duban 建立登记簿。".format(start))
    say("要在任何地方都能直接输入 duban：ln -s {} /usr/local/bin/duban".format(start))


def _build(half: Path, environment: Path, wheels: List[str]) -> None:
    import venv

    venv.EnvBuilder(symlinks=True, with_pip=False).create(str(half))
    for path in (half / "bin").glob("[Aa]ctivate*"):
        path.unlink()  # they name the place where it was made
    packages = half / "lib" / "python{}.{}".format(*sys.version_info[:2]) / "site-packages"
    for name in wheels:
        _unpack(read(name), packages, half)
    # In two languages: to the shell it says which Python runs it, however long the path is; to Python its first lines are a text.
    quoted = "'" + str(environment / "bin" / "python").replace("'", "'\"'\"'") + "'"
    for name, module in _SCRIPTS.items():
        script = half / "bin" / name
        script.write_text(
            "#!/bin/sh\n'''exec' {} -I \"$0\" \"$@\"\n' '''\nimport sys\nfrom {} import main\nsys.exit(main())\n".format(quoted, module)
        )
        script.chmod(0o755)
    python = str(half / "bin" / "python")
    subprocess.check_call([python, "-I", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", str(packages)])
    subprocess.check_call([python, "-I", "-m", "tui.everything"])


def _unpack(wheel: bytes, packages: Path, prefix: Path) -> None:
    with zipfile.ZipFile(BytesIO(wheel)) as files:
        for info in files.infolist():
            if info.is_dir():
                continue
            first, _, rest = info.filename.partition("/")
            scheme, _, inside = rest.partition("/")
            path = packages / info.filename
            if first.endswith(".data"):
                path = {"purelib": packages, "platlib": packages, "scripts": prefix / "bin", "data": prefix}[scheme] / inside
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(files.read(info))
            path.chmod(0o755 if info.external_attr >> 16 & 0o111 else 0o644)


def missing_programs() -> Iterator[str]:
    """Yield what is not on this machine of the programs that duban uses, each with what for and how the package is called."""
    for line in read("system-packages.tsv").decode("utf-8").splitlines()[1:]:
        program, debian, rpm, needed, what = line.split("\t")
        there = (
            os.path.exists(program) if program.startswith("/") else shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin")
        )
        if not there:
            yield "{}：没有找到 {}，它的用处是{}。软件包 {}（麒麟、openEuler 上是 {}，未试装）".format(needed, program, what, debian, rpm)


def say(text: str) -> None:
    """Print a line, in UTF-8 whatever the locale says."""
    sys.stdout.flush()
    sys.stdout.buffer.write((text + "\n").encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()


def fail(text: str) -> NoReturn:
    """Say why it cannot be, and end."""
    sys.stderr.buffer.write(("没有装成：" + text + "\n").encode("utf-8", "backslashreplace"))
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
