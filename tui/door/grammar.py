"""What may be asked for at the door: a closed list of verbs, each one anchored expression over ASCII, and nothing else (design §5, §10).

The client's command text is hostile. What comes out of here are words for an argument list, made of letters, digits and ``_.@/:+=,-``
alone; no shell ever sees them, no word but a listed option begins with a dash, and no name of a file leads out of its folder.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

Role = Literal["staff", "inspector", "site"]
"""For what an entrance is: a person of the bureau at his desk; an inspector who takes a copy of the whole register and nothing else; a
machine that holds the whole register, on which acts are done that come home."""

LONGEST = 200
"""Characters of a command."""

_ITEM = r"DB-[0-9]{4}-[0-9]{4,6}"
_DAY = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
_YEAR = r"2[0-9]{3}"
_COMMIT = r"[0-9a-f]{4,40}"
_ID = r"[A-Za-z][A-Za-z0-9_.]{0,39}"
_WORD = r"[A-Za-z0-9][A-Za-z0-9_.@/:+-]{0,60}"
_PAIR = r"[a-z][a-z_]{0,39}=[A-Za-z0-9][A-Za-z0-9_.@/:+-]{0,60}"
_TARGET = rf"(?:{_ITEM}|[0-9]{{4}}(?:-[0-9]{{2}})?|{_ID})"
_STEM = r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?=[A-Za-z0-9])){0,59}"
_TABLE, _SCAN = r"\.(?:xlsx|csv)", r"\.(?:pdf|ofd|jpg|jpeg|png|tif|tiff)"
NAME = re.compile(rf"\A{_STEM}\.(?:xlsx|csv|docx|pdf|ofd|jpg|jpeg|png|tif|tiff|yaml|json|ics|tar)\Z", re.ASCII)
"""The name of a file that a person sends or fetches."""

_FLAG = ""
_OUT = {"xlsx": rf"{_STEM}\.xlsx", "pdf": rf"{_STEM}\.pdf"}
_IN = {"sheet": _WORD, "map": rf"{_STEM}\.yaml", "save-map": rf"{_STEM}\.yaml", "set": _PAIR, "dry-run": _FLAG}


@dataclass(frozen=True)
class _Command:
    """One command of ``duban`` as it may be asked for: the words that name it, what follows them, its options with their values."""

    words: str
    places: tuple[str, ...] = ()
    options: Mapping[str, str] | None = None

    @property
    def expression(self) -> re.Pattern[str]:
        """The whole line."""
        told = (self.options or {}).items()
        options = "|".join(f" --{name}{f' {value}' if value else ''}" for name, value in told)
        return re.compile(rf"\A{self.words}{''.join(self.places)}{f'(?:{options})*' if options else ''}\Z", re.ASCII)


_COMMANDS = (
    _Command("ls", (), {"unit": "[A-Z]{2,8}", "state": "[a-z_]{1,32}", "category": "[1-9]", "light": "(?:red|yellow|green)",
                        "meeting": _WORD, "search": _WORD, "year": _YEAR, **_OUT, "json": _FLAG}),
    _Command("show", (f" {_ITEM}",), {"json": _FLAG}),
    _Command("log", (f" {_ITEM}",), {"act": "[a-z_]{1,40}", "by": _ID, "field": "[a-z_]{1,40}"}),
    _Command("diff", (f" {_ITEM}",), {"rounds": "[0-9]{1,2} [0-9]{1,2}"}),
    _Command("score", (f" {_ITEM}",)),
    _Command("attachment", (f" {_ITEM}",)),
    _Command("acts", (f" {_TARGET}",), {"json": _FLAG}),
    _Command("act", (" [a-z][a-z_]{1,39}", f" {_TARGET}"),
             {"base": _COMMIT, "paper-of": _ID, "scan": f"{_STEM}{_SCAN}", "dry-run": _FLAG, "json": _FLAG}),
    _Command("statement", (" [a-z][a-z_]{1,39}", f" {_TARGET}")),
    _Command("stats", (), {"by": "[a-z]{1,16}", "from": _DAY, "to": _DAY, "as-of": _DAY, "at": _COMMIT, "year": _YEAR,
                           "xlsx": _OUT["xlsx"], "docx": rf"{_STEM}\.docx", "json": _FLAG}),
    _Command("numbers", (), {"year": _YEAR, "series": _ID, **_OUT, "json": _FLAG}),
    _Command("yearend", (f" {_YEAR}",), {"archive": "[1-9][0-9]{0,4}", **_OUT, "json": _FLAG}),
    _Command("digest"),
    _Command("roundup", (r" [0-9]{4}-[0-9]{2}",), {"json": _FLAG}),
    _Command("policy"),
    _Command("clause", (rf"(?: {_WORD})?",)),
    _Command("checkpoint", (rf"(?: {_WORD})?",), {"json": _FLAG}),
    _Command("calendar", (rf"(?: {_DAY})?",)),
    _Command("calendar", (f" {_YEAR}",), {"import": rf"{_STEM}\.(?:json|ics)", "dry-run": _FLAG}),
    _Command("roster show", (rf"(?: {_WORD}){{0,8}}",), {"vacant": _FLAG, "json": _FLAG}),
    _Command("roster history", (f" {_ID}", rf"(?: {_ID})?")),
    _Command("roster export", (f" {_OUT['xlsx']}",)),
    _Command("roster import", (f" {_STEM}{_TABLE}",), {"dry-run": _FLAG}),
    _Command("build", (rf" (?:{_ITEM}|[0-9]{{4}}-[0-9]{{2}})",), {"at": _COMMIT, "no-pdf": _FLAG}),
    _Command("verify", (rf" {_STEM}\.(?:docx|pdf)",), {"all": _FLAG}),
    _Command("archive pack", (f" (?:{_ITEM}|{_YEAR})",), {"no-pdf": _FLAG}),
    _Command("archive verify", (rf" {_STEM}\.tar",), {"compare": _FLAG}),
    _Command("import ledger", (f" {_STEM}{_TABLE}",), _IN),
    _Command("import minutes", (f" {_STEM}{_TABLE}",),
             {**_IN, "date": _DAY, "received": _DAY, "scan": f"{_STEM}{_SCAN}"}),
)  # fmt: skip
_GET = re.compile(rf"\Aget ((?:{_ITEM}/[1-9][0-9]?)|{_STEM}\.[a-z]{{3,4}})\Z", re.ASCII)
_PUT = re.compile(rf"\Aput ({_STEM}\.[a-z]{{3,4}})\Z", re.ASCII)
_FILES = re.compile(r"\Afiles\Z", re.ASCII)
_PLAIN = re.compile(r"\Aplain\Z", re.ASCII)
_SLOW = re.compile(r"\A(slow)\Z", re.ASCII)
_CLONE = re.compile(r"\Agit[- ]upload-pack '?/?register(?:\.git)?/?'?\Z", re.ASCII)
_PAPERS = re.compile(r"\Apapers\Z", re.ASCII)
_PUSH = re.compile(r"\Agit[- ]receive-pack '?/?register(?:\.git)?/?'?\Z", re.ASCII)
_BUNDLE = re.compile(r"\Aimport bundle\Z", re.ASCII)


@dataclass(frozen=True)
class Verb:
    """What is asked for.

    Attributes:
        name: ``app``, ``plain``, ``get``, ``put``, ``files``, ``clone``, ``papers``, ``push`` and ``bundle``, or ``command`` for one of
            ``duban``'s own.
        words: the command with its arguments; of ``get`` and ``put`` the name; of ``app`` ``slow`` where the line is.
    """

    name: Literal["app", "plain", "command", "get", "put", "files", "clone", "papers", "push", "bundle"]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class NoVerb:
    """What is no verb, or none for whoever asks: why, with the way out, in one line."""

    reason: str


def verb_of(asked: str, role: Role) -> Verb | NoVerb:
    """Return what a client's command text asks for.

    Args:
        asked: the text as it came, empty where none did.
        role: for what the entrance is through which it came.
    """
    if len(asked) > LONGEST or not all(" " <= sign <= "~" for sign in asked):
        return NoVerb(f"命令不能超过 {LONGEST} 个字符，只能用英文字母、数字和常用符号；汉字在界面里填，或者写在标准输入的 JSON 里。")
    if role == "inspector":
        if _PAPERS.match(asked):
            return Verb("papers")
        return Verb("clone") if _CLONE.match(asked) else NoVerb("这个入口只能克隆：git clone 账号@服务器:register，或者 duban mirror。")
    if role == "site":
        return _of_a_site(asked)
    if asked.startswith(("git-", "git ")):
        return NoVerb("这个入口不能克隆，也不能推送。克隆用督察专用的入口；办理打开界面，或者用 act。")
    if not asked:
        return Verb("app")
    for name, expression in _OWN.items():
        if found := expression.match(asked):
            return Verb(name, tuple(filter(None, found.groups())))
    if any(expression.match(asked) for expression in _commands()):
        return Verb("command", tuple(asked.split(" ")))
    some = "ls、show DB-2026-0001、act register new、get、put、files"
    return NoVerb(f"没有这样的命令，或者写法不对。不带命令打开界面（ssh -t）；一行一行问答的写 plain；可用的命令见使用说明，例如 {some}。")


def _of_a_site(asked: str) -> Verb | NoVerb:
    """What a site may ask for: the history, to bring its own up to date and to send what was done; the papers that this names."""
    for name, expression in _SITES.items():
        if found := expression.match(asked):
            return Verb(name, tuple(filter(None, found.groups())))
    return NoVerb("这个入口是站点的，只能 git clone、git fetch、git push，或者 import bundle、put、files。办理用本人的入口。")


_OWN: Mapping[Literal["app", "plain", "get", "put", "files"], re.Pattern[str]] = {
    "app": _SLOW, "plain": _PLAIN, "get": _GET, "put": _PUT, "files": _FILES,
}  # fmt: skip


_SITES: Mapping[Literal["clone", "push", "bundle", "put", "files"], re.Pattern[str]] = {
    "clone": _CLONE, "push": _PUSH, "bundle": _BUNDLE, "put": _PUT, "files": _FILES,
}  # fmt: skip


@cache
def _commands() -> tuple[re.Pattern[str], ...]:
    return tuple(each.expression for each in _COMMANDS)


def commands() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield each command of ``duban`` that may be asked for, with its options."""
    return ((tuple(each.words.split(" ")), tuple(each.options or ())) for each in _COMMANDS)
