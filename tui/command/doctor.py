"""``duban doctor``: is this machine fit, is this register sound, and if not, what to do."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping

from desk.attachments import named
from desk.terms import size_in_words
from records.audit.surroundings import set_up
from records.keys.keys import SOON, Keys
from records.register.register import Register
from records.store.record_files import Unreadable
from records.store.stock_git import Git
from records.store.store import StoreError
from tui.command.apart import apart_lines
from tui.command.common import say
from tui.command.configuration import configured
from tui.command.environment import find_keys, find_register, now
from tui.command.inspection import installed_lines
from tui.command.running import running_lines
from tui.command.setup import layout_of
from tui.command.upkeep import upkeep_lines
from tui.command.upstream_lines import upstream_lines
from tui.parts import displaced
from tui.terminal.fitness import unfit

_RULER = "“特急”——第③号…→★ │"


def examine(place: str | None) -> bool:
    """Print what was found, a line each; return whether everything needed is there."""
    if told := list(displaced()):  # nothing else can be relied on
        for text in told:
            say(f"缺失  {text}")
        return False
    door = tuple(installed_lines(layout_of(place)))  # first: while root looks at the register, files of root's lie there
    home = find_register(place)
    door += (*apart_lines(home, find_keys(None, home)), *running_lines(home))
    around = (*_upkeep(place), *_attachments(place), *_entrances(place), *_repositories(place), *_configuration(place), *door)
    found = [_python(), _git(), _terminal(), _register(place), *around, _office()]
    for mark, text in found:
        say(f"{mark}  {text}")
    say(f"标尺  下面两行应当一样长；上一行更长的，说明终端把引号、破折号画成两格，请用 duban --width wide：\n{_RULER}\n{'-' * 21}")
    return all(mark != "缺失" for mark, _ in found)


def _python() -> tuple[str, str]:
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    return ("正常" if utf8 else "提示"), f"Python {sys.version.split()[0]}，字符编码 {sys.stdout.encoding}" + (
        "" if utf8 else "，请把语言环境设为 UTF-8"
    )


def _git() -> tuple[str, str]:
    git = shutil.which("git")
    if not git:
        return "提示", "没有 git 命令。办理不受影响；查阅历史（git log、git diff）请安装 git。"
    try:
        told = Git(git, os.environ.get("PATH", os.defpath)).tried("--version")
    except StoreError as error:
        return "提示", str(error)
    if told.returncode or not told.stdout.startswith("git version"):
        return "提示", f"git 命令 {git} 不是通用的 git，或者没有装全。请重新安装 git。"
    return "正常", told.stdout.strip()


def _terminal() -> tuple[str, str]:
    reason = unfit(os.environ.get("TERM", ""), sys.stdin.isatty(), sys.stdout.isatty())
    size = shutil.get_terminal_size()
    return ("提示", reason) if reason else ("正常", f"终端 {os.environ['TERM']}，{size.columns}列{size.lines}行")


def _register(place: str | None) -> tuple[str, str]:
    home = find_register(place)
    try:
        register = Register(home)
        roster = register.view().roster
        register.index.catch_up()
        problems, closed = register.problems(now().date()), register.read_only(now().date())
        who = "演示登记簿，身份任选" if register.demo else "正式登记簿，只从入口办理"
    except (StoreError, OSError) as error:
        return "缺失", str(error)
    except Unreadable as broken:
        told = "；".join(map(str, broken.problems[:3])) or "缺少必要的文件"
        return "缺失", f"登记簿 {home} 读不出来，谁都进不来：{told}。用 duban audit 看是哪一笔改的，再从备份或者镜像恢复。"
    if register.index.alarm:
        return "提示", register.index.alarm
    if closed:
        return "提示", f"登记簿 {home}：只读。{closed}"
    if problems:
        return "提示", f"登记簿 {home}：有 {len(problems)} 处记录有误，请用 duban check 查看。"
    return "正常", f"登记簿 {home}：{roster.bureau.name}，{len(roster.units)} 个单位，{who}"


def _upkeep(place: str | None) -> list[tuple[str, str]]:
    """Say what a register needs to go on; nothing where there is none."""
    found: list[tuple[str, str]] = []
    try:
        register = Register(find_register(place))
        found.extend(upkeep_lines(register, now()))
        found.extend(upstream_lines(register))
    except (StoreError, OSError, Unreadable):
        return found  # what is wrong with it is told already, or by duban check
    return found


def _attachments(place: str | None) -> Iterator[tuple[str, str]]:
    """Yield how many papers lie beside the register, and what is amiss with them; whether they are sound ``duban check`` reads."""
    try:
        register = Register(find_register(place))
        found = register.attachments.survey(named(register))
    except (StoreError, OSError):  # said of the register
        return
    if not found.named and not found.unnamed:
        return
    text = f"附件：记录里 {len(found.named)} 件，这里共 {size_in_words(found.size)}"
    if found.unnamed:
        text += f"；{len(found.unnamed)} 件现在的记录没有提到，可能是更正以前的或者没有办成的，请勿删除"
    if found.missing:
        yield "提示", f"{text}；缺 {len(found.missing)} 件，请从备份恢复（克隆里没有附件是正常的）。"
    else:
        yield "正常", f"{text}。"


def _entrances(place: str | None) -> Iterator[tuple[str, str]]:
    """Yield whose keys and accounts will be closed soon: those enrolled on one day are closed on one day, and nobody can come in then."""
    try:
        kept = find_keys(None, find_register(place))
        ending = [f"{person}（{entrance.until}）" for person, entrance in Keys(kept).ending(now())] if kept.is_dir() else []
    except (StoreError, OSError):  # the keys are kept by another account, which may not let this one look
        return
    if ending:
        some = "、".join(ending[:10]) + ("等" if len(ending) > 10 else "")
        yield (
            "提示",
            f"入口：{len(ending)} 人的密钥或账号{SOON}天内到期：{some}。请安全管理员用 duban keys enrol 重新登记，公钥可以是原来的。",
        )


def _repositories(place: str | None) -> Iterator[tuple[str, str]]:
    """Yield what of the register's and the keys' repositories was set up otherwise than by the program, as the audit judges it."""
    home = find_register(place)
    sound = []
    for name, path in (("登记库", home / "register.git"), ("入口登记簿", find_keys(None, home) / "keys.git")):
        try:
            if not path.is_dir():
                continue
            found = list(set_up(path))
        except (StoreError, OSError):  # another account's, which may not let this one look
            continue
        yield from (("提示", f"{name} {path}：{each.reason}请查明是谁改的，用 duban audit 核对。") for each in found)
        sound += [] if found else [name]
    if sound:
        yield "正常", f"{'、'.join(sound)}的 HEAD、配置、钩子、引用都是程序写成的"


def _configuration(place: str | None) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the operator's configuration, line by line; that there is none is no fault."""
    path, wrong = configured(find_register(place))
    if path and not wrong:
        yield "正常", f"配置 {path} 可以采用"
    yield from (("提示", f"配置 {text}") for text in wrong)


def _office() -> tuple[str, str]:
    from documents.libreoffice.installation import find_office

    path = os.environ.get("PATH", os.defpath)
    office = find_office(path)
    if office:
        mark, fonts = _fonts(office.fonts)
        apart, isolation = _isolation(bool(office.sandbox), shutil.which("bwrap", path=path) is not None)
        return ("正常" if mark == apart == "正常" else "提示"), f"LibreOffice 已安装，公文同时生成 PDF。{fonts}{isolation}"
    if shutil.which("soffice", path=path) or shutil.which("libreoffice", path=path):
        return "提示", "LibreOffice 已安装，但程序驱动不了它，多半是缺少 python3-uno。公文只生成 .docx；要同时生成 PDF，请安装它。"
    return "提示", (
        "没有 LibreOffice。公文照常生成 .docx，可用 WPS 或 Word 打开。要同时生成 PDF，请安装 libreoffice-writer-nogui 和 python3-uno。"
    )


def _fonts(fonts: Mapping[str, str]) -> tuple[str, str]:
    """Say with which fonts LibreOffice sets documents."""
    used: dict[str, list[str]] = {}
    for name, other in fonts.items():
        used.setdefault("原字体" if other == name else other, []).append(name)
    missing = "、".join(used.pop("", []))
    text = ""
    if used:
        text += "字体：" + "；".join(f"{'、'.join(names)}用{other}" for other, names in used.items()) + "。"
    if missing:
        return "提示", text + f"{missing}及其代用字体都没有，PDF 里的汉字会显示不全，请安装 fonts-noto-cjk。"
    return "正常", text


def _isolation(works: bool, installed: bool) -> tuple[str, str]:
    """Say whether LibreOffice is kept apart from the register."""
    if works:
        return "正常", "排版在隔离环境里进行。"
    if installed:
        return "提示", "排版未隔离：bubblewrap 已安装，但本机不许它建立隔离环境，请系统管理员允许普通账号使用用户命名空间。"
    return "提示", "排版未隔离，要让 LibreOffice 接触不到登记簿和网络，请安装 bubblewrap。"
