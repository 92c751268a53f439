"""The LibreOffice of this machine: where it is, what drives it, which fonts it sets documents with, and the sandbox that it runs in.

Fonts are mapped for its process alone. Where bubblewrap works, it sees programs, fonts and the folder that it is given, and nothing else:
no register, no home, no network. What it makes of a hostile document harms nobody.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_LIMIT = 60.0  # seconds for a program to say whether it works
# What documents ask for, with what may stand in for it, best first, and what it is called. In all of them every 汉字 is as wide as it is
# high, and every line has its height from the document: lines and pages break as with the real ones.
STAND_INS: Mapping[str, Mapping[str, str]] = {
    "仿宋_GB2312": {"仿宋": "仿宋", "FangSong": "仿宋", "FandolFang": "Fandol仿宋", "Noto Serif CJK SC": "思源宋体"},
    "楷体_GB2312": {
        "楷体": "楷体",
        "KaiTi": "楷体",
        "FandolKai": "Fandol楷体",
        "AR PL UKai CN": "文鼎楷体",
        "LXGW WenKai": "霞鹜文楷",
        "Noto Serif CJK SC": "思源宋体",
    },
    "黑体": {"SimHei": "黑体", "FandolHei": "Fandol黑体", "Noto Sans CJK SC": "思源黑体", "WenQuanYi Zen Hei": "文泉驿正黑"},
    "宋体": {"SimSun": "宋体", "FandolSong": "Fandol宋体", "Noto Serif CJK SC": "思源宋体", "AR PL UMing CN": "文鼎明体"},
    # Black is too heavy, and Bold cannot be named: it is a style of the family, not a family.
    "方正小标宋简体": {
        "华文中宋": "华文中宋",
        "STZhongsong": "华文中宋",
        "Noto Serif CJK SC SemiBold": "思源宋体半粗",
        "Noto Serif CJK SC": "思源宋体",
    },
}
# These say that their weight is regular, and would be taken for the regular ones.
_REJECTED = ("FandolHei-Bold", "FandolSong-Bold")
# What LibreOffice sees of the machine from its sandbox, besides its own installation and fonts that lie elsewhere; none of it can it write.
_SHOWN = (
    *("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/alternatives", "/etc/libreoffice"),
    *("/etc/fonts", "/var/cache/fontconfig"),
)
_FONTS = "fonts.conf"  # in the private folder
_INSIDE = Path("/tmp")  # noqa: S108  # where the sandbox has the private folder: LibreOffice makes its pipes there and nowhere else


@dataclass(frozen=True)
class Office:
    """A LibreOffice that can be driven.

    Attributes:
        program: its ``soffice.bin``.
        python: a Python that has the module ``uno``.
        fonts: by the name of each font that documents ask for, what the one that is taken for it is called: the same if it is installed,
            "" if none of those that may stand in is. Empty when fontconfig cannot be asked.
        sandbox: bubblewrap and its options, but those that name the private folder; empty when there is none that works.
    """

    program: Path
    python: Path
    fonts: dict[str, str]
    sandbox: tuple[str, ...] = ()

    def command(self, folder: Path) -> tuple[str, ...]:
        """Return what runs LibreOffice with a private folder, to which the options of LibreOffice itself are added."""
        return (*_wrapped(self.sandbox, folder), str(self.program))

    def seen(self, folder: Path) -> Path:
        """Return the path under which LibreOffice sees its private folder."""
        return _INSIDE if self.sandbox else folder


def find_office(path: str) -> Office | None:
    """Return the LibreOffice of this machine, None when there is none or no Python that can drive it.

    Args:
        path: folders to search, as in PATH.
    """
    program = _program(path)
    python = next(filter(_has_uno, _pythons(path, program.parent)), None) if program else None
    return Office(program, python, _fonts(path), _sandbox(path, program)) if program and python else None


def environment_in(folder: Path, stand_ins: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Return all that LibreOffice and what drives it are told of the world; lays down in their folder which fonts stand in for which."""
    aliases = "".join(
        # Accepted, not assigned: a font that is installed under the name itself goes before.
        f'<alias binding="same"><family>{name}</family><accept>{"".join(map("<family>{}</family>".format, others))}</accept></alias>'
        for name, others in stand_ins.items()
    )
    rejected = "".join(f"<glob>*/{name}.otf</glob>" for name in _REJECTED)
    fonts = folder / _FONTS
    fonts.write_text(
        '<?xml version="1.0"?><fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"<selectfont><rejectfont>{rejected}</rejectfont></selectfont>{aliases}</fontconfig>",
        encoding="utf-8",
    )
    return {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "FONTCONFIG_FILE": str(fonts),
        "SAL_USE_VCLPLUGIN": "svp",  # draws into memory, also where there is a screen
    }


def _program(path: str) -> Path | None:
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name, path=path):
            program = Path(found).resolve().with_name("soffice.bin")
            if program.is_file():
                return program
    return None


def _pythons(path: str, beside: Path) -> Iterator[Path]:
    yield from (beside / "python3", beside / "python", Path("/usr/bin/python3"))
    yield from (Path(folder) / "python3" for folder in path.split(":") if folder)


def _has_uno(python: Path) -> bool:
    try:
        return subprocess.run([python, "-c", "import uno"], capture_output=True, timeout=_LIMIT, env={}, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _sandbox(path: str, program: Path) -> tuple[str, ...]:
    found = shutil.which("bwrap", path=path)
    if not found:
        return ()
    shown = (*_SHOWN, *(str(each) for each in (program.parents[1], *sorted(_font_folders(path))) if not each.is_relative_to("/usr")))
    sandbox = (
        str(Path(found).resolve()),
        *("--unshare-all", "--die-with-parent", "--cap-drop", "ALL", "--proc", "/proc", "--dev", "/dev"),
        *(word for each in shown for word in ("--ro-bind-try", each, each)),
        *(word for name in ("HOME", "TMPDIR") for word in ("--setenv", name, str(_INSIDE))),
        *("--setenv", "FONTCONFIG_FILE", str(_INSIDE / _FONTS)),
    )
    with tempfile.TemporaryDirectory(prefix="duban-") as folder, suppress(OSError, subprocess.TimeoutExpired):
        trial = (*_wrapped(sandbox, Path(folder)), str(program), "--version")  # what is installed may still be forbidden
        environment = environment_in(Path(folder), {})
        if subprocess.run(trial, capture_output=True, timeout=_LIMIT, env=environment, check=False).returncode == 0:
            return sandbox
    return ()


def _wrapped(sandbox: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    """Return what goes before a program's name; the folder comes first, so that it hides nothing that is shown below /tmp."""
    return (sandbox[0], "--bind", str(folder), str(_INSIDE), *sandbox[1:]) if sandbox else ()


def _font_folders(path: str) -> set[Path]:
    """Return the folders in which fonts lie, also those that are only linked to."""
    listing = shutil.which("fc-list", path=path)
    if not listing:
        return set()
    with tempfile.TemporaryDirectory(prefix="duban-") as folder:
        told = subprocess.run([listing, "-f", "%{file}\n"], capture_output=True, env=environment_in(Path(folder), {}), check=False)
    files = [Path(os.fsdecode(line)) for line in told.stdout.splitlines()]
    return {each.parent for file in files for each in (file, file.resolve())}


def _fonts(path: str) -> dict[str, str]:
    match = shutil.which("fc-match", path=path)
    if not match:
        return {}
    with tempfile.TemporaryDirectory(prefix="duban-") as folder:
        environment = environment_in(Path(folder), STAND_INS)
        found = {}
        for name, others in STAND_INS.items():
            told = subprocess.run([match, "-f", "%{family}", name], capture_output=True, env=environment, encoding="utf-8", check=False)
            families = told.stdout.split(",")
            found[name] = next((called for family, called in {name: name, **others}.items() if family in families), "")
    return found
