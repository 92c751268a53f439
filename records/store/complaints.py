"""What Git and ssh complain of when two machines do not come together, in the words of those who have to mend it.

Nothing is decided by these words: whoever asks knows already that it failed. What is not known here is given on as it was said.
"""

import re

from schema.text import show

_HEARD = 2000  # characters of what is said
_TRACE = re.compile(r"\d\d:\d\d:\d\d\.\d+ ")
_FRAME = re.compile(r"@+|@ .* @")  # with which ssh frames its warnings
_MOVES = re.compile(
    r"(?:remote: )*(?:Enumerating|Counting|Compressing|Writing|Receiving|Resolving|Unpacking|Checking) [a-z ]+:"
    r" +\d+(?:% \(.*|, done\. *| *)"
)
_NO_COMPLAINT = re.compile(r"(?:remote: )*(?:Total \d+ .*|Delta compression using .*)|From .*|[ *+=!-] .* -> FETCH_HEAD")
_NO_NEWS = (
    "Could not read from remote repository.", "Please make sure you have the correct access rights", "and the repository exists.",
    "IT IS POSSIBLE THAT SOMEONE", "Someone could be eavesdropping", "It is also possible that a host key", "Please contact your system",
    "It is required that your private", "This private key will be ignored.", "Another git process seems to be running",
    "an editor opened by", "are terminated then try again", "may have crashed in this repository", "remove the file manually",
)  # fmt: skip
_LOCK = re.compile(r"'([^'\n]{1,300}\.lock)'(?!: (?!File exists)[A-Z])")
_UNPACKED = "error: remote unpack failed: "

_MEANINGS = tuple(
    (re.compile(said), meant)
    for said, meant in (
        (
            r"HOST IDENTIFICATION HAS CHANGED|Host key verification failed|host key is known",
            "那台主机的主机密钥与记下的不同：换过，或者连到的不是它。请与它的管理员核对，换过的，删除 {known}，再接一次（写出新的指纹）",
        ),
        (
            r"UNPROTECTED PRIVATE KEY|Load key |bad permissions|no such identity",
            "{key}不在、读不了，或者别的账号也读得了，ssh 不用它。它应归运行的账号，权限 600",
        ),
        (
            r"[Pp]assword (?:has )?expired|[Pp]assword change required|account has expired",
            "那台主机上这个账号或者它的口令过期了。请它的管理员改成不过期（chage -E -1 -M -1 账号）",
        ),
        (
            r"bad line length character",
            "那台主机让这个账号登录，先来的却是别的字：它的壳不能登录（nologin），或者登录时运行的脚本在说话。请它的管理员改过来",
        ),
        (
            r"Permission denied \(|Too many authentication failures",
            "那台主机不认{key}。请它的管理员看公钥的那一行在不在 authorized_keys 里，账号的目录和 .ssh 是不是别人也能写",
        ),
        (
            r"Unable to create '(?P<lock>[^'\n]{1,300}\.lock)': File exists",
            "{there}有残留的锁 {lock}。请确认没有 git 命令在运行，删除它",
        ),
        (
            r"could not lock config file (?P<config>[^'\n]{1,300}): File exists",
            "{there}有残留的锁 {config}.lock。请确认没有 git 命令在运行，删除它",
        ),
        (r"No space left|Out of diskspace|[Dd]isk quota", "{there}的磁盘满了。请腾出空间"),
        (r"Read-only file system", "{there}的磁盘只能读，多半是坏了"),
        (r"Connection refused|Failed to connect", "那台主机在，没有服务应答：sshd（或者网页服务）没有运行，或者端口不对"),
        (r"Could not resolve", "找不到这个名字的主机：名字写错了，或者域名解析不通"),
        (
            r"timed out|Operation too slow|No route to host|Network is unreachable|not responding|没有应答",
            "那台主机没有应答：关着、太忙，或者网络、防火墙不通",
        ),
        (
            r"support this repository's hash algorithm|mismatched algorithms",
            "{there}的库用 SHA-256 格式的对象，登记簿用 SHA-1。请在那里另建一个：duban upstream，或者 git init --bare --object-format=sha1",
        ),
        (r"couldn't find remote ref", "那里是空的，没有登记簿：还没有建立，或者地址写错了"),
        (r"Connection (?:closed|reset)|closed by remote host|Broken pipe", "连上以后断了：那台主机正在重启、太忙，或者网络不稳"),
        (
            r"\benter: No such file|not appear to be a git repository|not a git repository|repository .*not found",
            "那里没有这个库：移动过、没有挂上，或者地址写错了",
        ),
        (
            r"unable to create temporary object directory",  # for which Git says no reason
            "{there}的库写不进去：磁盘满了（空间或者文件数，用 df、df -i 看）、只能读，或者有文件不归运行的账号",
        ),
        (
            r"\benter: Permission denied|insufficient permission|dubious ownership|[Pp]ermission denied",
            "{there}的库里有文件不归运行的账号，读写不了。请把整个目录改归它（chown -R）",
        ),
        (r"git(?:-\S+)?: (?:command )?not found", "{there}没有 git 命令"),
        (r"certificate", "那台主机的证书核对不了"),
        (r"Authentication failed|could not read Username", "那台主机要口令。这里不写口令，请改用 ssh 的地址"),
        (
            r"repository corruption|bad object|is corrupt|missing (?:blob|tree|commit)",
            "{there}的库里有损坏的对象。请用 git fsck 查看，从备用库或者备份恢复",
        ),
    )
)


def moves(line: str) -> bool:
    """Whether a line of Git's error stream tells how far it has come; what a hook says, or Git traces, does not."""
    return _MOVES.fullmatch(line) is not None


def complaint(told: str) -> str:
    """Return what Git and ssh say themselves on their error stream, in a line."""
    lines = [line.strip().removeprefix("fatal: ") for line in told.splitlines() if not _TRACE.match(line)]
    lines = [line for line in lines if line and not line.startswith(_NO_NEWS)]
    lines = [line for line in lines if not (_FRAME.fullmatch(line) or _NO_COMPLAINT.fullmatch(line) or moves(line))]
    return " ".join(" ".join(lines).split())[:_HEARD]


def of_the_other_end(told: str) -> str:
    """Return what the other end says, in a line; what became of the objects there where it says no more."""
    lines = [line.removeprefix("remote: ") for line in told.splitlines() if line.startswith("remote: ") and not moves(line)]
    lines = lines or [line.removeprefix(_UNPACKED) for line in told.splitlines() if line.startswith(_UNPACKED)]
    return " ".join(" ".join(lines).split())[:_HEARD]


def lock_left(words: str) -> str:
    """Return the lock that Git could not take because it was there, by a complaint in any language; empty where it was another reason."""
    found = _LOCK.search(words)
    return found[1] if found else ""


def meaning(words: str, folder: str = "", *, there: str = "那台主机") -> str:
    """Return what a complaint means and what is to be done about it; empty where that is not known.

    Args:
        words: the complaint, of any content.
        folder: where key and known hosts lie by which the other end is reached; empty where they are the caller's own.
        there: the machine that a fault of the disk's is on.
    """
    known, key = (f"{folder}/known_hosts", f"密钥（{folder}/key）") if folder else ("known_hosts 里它的那一行", "运行的账号的密钥")
    for said, meant in _MEANINGS:
        if found := said.search(words):
            return meant.format(
                known=known, key=key, there=there, **{name: show(each.replace("/./", "/")) for name, each in found.groupdict().items()}
            )
    return ""


def in_words(words: str, folder: str = "", *, there: str = "那台主机", most: int = 200) -> str:
    """Return a complaint for whoever keeps the machines: what it means, and as it was said.

    Args:
        words: the complaint, of any content.
        folder: as for ``meaning``.
        there: as for ``meaning``.
        most: characters of what was said.
    """
    told, meant = show(words[:most]), meaning(words, folder, there=there)
    return f"{meant}。（原话：{told}）" if meant else f"{told or '没有应答'}。请检查网络、密钥和那台主机。"
