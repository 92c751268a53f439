"""A: what somebody who may write the repository commits on top of it, past all acts."""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha1

from tests.tampering.base import DONE, LATE
from tests.tampering.forge import Files, Forge, Link

Tamper = Callable[[Forge], str]
"""Tampers, and returns the commit that is false first, or the name of what is false round the commits."""

_PLAIN = b"100644"
_EXTENSION = "审批延期 DB-2026-0002\n\nDuban-Act: decide_extension\nDuban-Item: DB-2026-0002\nDuban-Role: bureau_leader\nDuban-Rules: 2\n"


def _edit(path: str, old: str, new: str, message: str = "改\n", author: bytes = b"") -> Tamper:
    return lambda forge: forge.hand(lambda files: forge.changed(files, path, old, new), message, author)


def _add(path: str, content: bytes, mode: bytes = _PLAIN) -> Tamper:
    return lambda forge: forge.hand(lambda files: {**files, path: (mode, forge.put("blob", content))})


def _gone(forge: Forge) -> str:
    return forge.hand(lambda files: {path: what for path, what in files.items() if path != DONE})


def _mode(mode: bytes) -> Tamper:
    return lambda forge: forge.hand(lambda files: {**files, DONE: (mode, files[DONE][1])})


def _submodule(forge: Forge) -> str:
    return forge.hand(lambda files: {**files, "items/lib": (b"160000", forge.head)})


def _merge(forge: Forge) -> str:
    line = forge.line()
    side = Link("", line[-1].headers, b"side\n", line[-2].files)
    other = forge.lay([*line[:-1], side])[-1]
    merge = Link("", line[-1].headers, b"Merge\n", line[-1].files, (other,))
    return forge.lay([*line, merge])[-1]


def _second_parent(forge: Forge) -> str:
    line = forge.line()
    return forge.lay([*line[:-1], replace(line[-1], parents=(line[3].id,))])[-1]


def _empty_subtree(forge: Forge) -> str:
    line = forge.line()
    tree = forge.get(forge.tree(line[-1].files)) + b"40000 zz\0" + bytes.fromhex(forge.put("tree", b""))
    return forge.lay([*line[:-1], replace(line[-1], tree=forge.put("tree", tree))])[-1]


def _twice(content: Callable[[Forge, Link], bytes], *, first: bool) -> Tamper:
    """The root of the last commit names leaders.yaml twice: once as it is, once as the forger would have it."""

    def tamper(forge: Forge) -> str:
        line = forge.line()
        tree = forge.get(forge.tree(line[-1].files))
        true = b"100644 leaders.yaml\0" + bytes.fromhex(line[-1].files["leaders.yaml"][1])
        false = b"100644 leaders.yaml\0" + bytes.fromhex(forge.put("blob", content(forge, line[-1])))
        assert true in tree
        tree = tree.replace(true, false + true if first else true + false)
        return forge.lay([*line[:-1], replace(line[-1], tree=forge.put("tree", tree))])[-1]

    return tamper


def _other_leaders(forge: Forge, link: Link) -> bytes:
    return forge.blob(link.files, "leaders.yaml").replace("孟拟衡".encode(), "别的人".encode())


def _unsorted(forge: Forge) -> str:
    line = forge.line()
    entries = re.findall(rb"[0-7]+ [^\0]+\0.{20}", forge.get(forge.tree(line[-1].files)), re.DOTALL)
    return forge.lay([*line[:-1], replace(line[-1], tree=forge.put("tree", b"".join(entries[::-1])))])[-1]


def _padded_mode(forge: Forge) -> str:
    line = forge.line()
    tree = forge.get(forge.tree(line[-1].files)).replace(b"40000 items", b"040000 items")
    return forge.lay([*line[:-1], replace(line[-1], tree=forge.put("tree", tree))])[-1]


def _lawful_looking(forge: Forge) -> str:
    """The liaison writes the deputy director's 阅示, with every trailer as it should be, in a way that the commit is of the leader."""
    line = forge.line()
    read = line[forge.find("read")]
    files = forge.changed(line[-1].files, LATE, "decision: agree", "decision: disagree")
    return forge.lay([*line, Link("", read.headers, read.message.replace(b"0001", b"0002"), files)])[-1]


def _a_future_act(forge: Forge) -> str:
    """A lawful act's own commit once more, a year ahead."""
    last = forge.line()[-1]
    late = tuple(re.sub(rb"(\d{10}) ", lambda found: b"%d " % (int(found[1]) + 366 * 86400), line) for line in last.headers)
    return forge.lay([*forge.line(), replace(last, headers=late)])[-1]


def _back_in_time(forge: Forge) -> str:
    """The last act dated a day before the one before it, in its commit and, where that says so, in the record."""
    last = forge.line()[-1]
    early = tuple(re.sub(rb"(\d{10}) ", lambda found: b"%d " % (int(found[1]) - 86400), line) for line in last.headers)
    return forge.lay([*forge.line()[:-1], replace(last, headers=early)])[-1]


def _no_utf8(name: bytes) -> Tamper:
    """A name that no text is, in the root of the last commit."""

    def tamper(forge: Forge) -> str:
        line = forge.line()
        tree = forge.get(forge.tree(line[-1].files)) + b"100644 %s\0" % name + bytes.fromhex(forge.put("blob", b"x: 1\n"))
        return forge.lay([*line[:-1], replace(line[-1], tree=forge.put("tree", tree))])[-1]

    return tamper


def _not_yaml(forge: Forge) -> str:
    return forge.hand(lambda files: {**files, LATE: (_PLAIN, forge.put("blob", b"\xff\xfe[not yaml"))})


def _missing(kind: str) -> Tamper:
    """A commit whose tree or blob never was."""

    def tamper(forge: Forge) -> str:
        nothing = sha1(kind.encode()).hexdigest()
        line = forge.line()
        files: Files = {**line[-1].files, LATE: (_PLAIN, nothing)}
        return forge.lay([*line, Link("", line[-1].headers, line[-1].message, files, tree=nothing if kind == "tree" else "")])[-1]

    return tamper


BY_HAND: dict[str, Tamper] = {
    "A01 a character of a report": _edit(DONE, "查处货车19起", "查处货车91起"),
    "A02 a deadline": _edit(LATE, "due: '2026-09-07'", "due: '2026-09-30'"),
    "A03 a deadline, told to be an act": _edit(LATE, "due: '2026-09-07'\noriginal", "due: '2026-09-30'\noriginal", _EXTENSION),
    "A04 an urge taken away": _edit(LATE, "level: yellow_card", "level: reminder"),
    "A05 a leader put in": _edit("leaders.yaml", "孟拟衡", "别的人"),
    "A06 a date of office moved back": _edit("units/JJ.yaml", "since: '", "since: '19"),
    "A07 the policy": _edit("policy.yaml", "days_left: -1", "days_left: -9"),
    "A08 the calendar": _edit("calendar/2026.yaml", "2026-10-01", "2026-09-30"),
    "A09 a file of another kind": _add("README.md", b"# x\n"),
    "A10 another record beside": _add("items/2026/00/DB-2026-0099.yaml", b"id: DB-2026-0099\n"),
    "A11 a program": _mode(b"100755"),
    "A12 a link": _mode(b"120000"),
    "A13 a submodule": _submodule,
    "A14 attributes": _add(".gitattributes", b"*.yaml diff=x\n"),
    "A15 an item gone": _gone,
    "A16 a key twice": _edit(LATE, "importance: important\n", "importance: important\nimportance: ordinary\n"),
    "A17 a merge of nothing": _merge,
    "A18 a second parent": _second_parent,
    "A19 an empty commit": lambda forge: forge.hand(lambda files: files),
    "A20 an empty folder": _empty_subtree,
    "A21 a demo made of it": _edit("bureau.yaml", "id: lzga\n", "id: lzga\ndemo: true\n"),
    "A22 a consent without its person": _lawful_looking,
    "A23 an act done once more a year ahead": _a_future_act,
    "A24 no record at all": _not_yaml,
    "A25 a file that never was": _missing("blob"),
    "A26 a folder that never was": _missing("tree"),
    "A27 a name twice, the false one first": _twice(_other_leaders, first=True),
    "A28 a name twice, the true one first": _twice(_other_leaders, first=False),
    "A29 a folder out of order": _unsorted,
    "A30 a mode written otherwise": _padded_mode,
    "A31 a folder of other letters": _add("Items/2026/00/DB-2026-0001.yaml", b"id: DB-2026-0001\n"),
    "A32 a name that no disk takes": _add("items/2026/00/con.yaml", b"x\n"),
    "A35 the last act before the one before it": _back_in_time,
    "C21 a name that is no UTF-8": _no_utf8(b"zz\xff\xfe.yaml"),
    "C21 a name that is half a sign": _no_utf8(b"zz\xe5\x8a"),
    "A33 a record not as it is written": _edit(LATE, "urgency: extra_urgent", "urgency: 'extra_urgent'"),
    "A34 a signature put on paper": _edit(
        LATE, "    text: 请勘查大队今天到现场。", "    text: 请勘查大队今天到现场。\n    entered_by: BGS.registry"
    ),
}
"""Kind to what does it; each is a commit of its own, and the one that is false first."""
