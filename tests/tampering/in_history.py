"""B: history made again, with something else in it, by whoever owns the repository."""

import re
from collections.abc import Callable
from dataclasses import replace

from tests.tampering.base import DONE, LATE
from tests.tampering.by_hand import Tamper
from tests.tampering.forge import Files, Forge, Link


def _from(act: str, edit: Callable[[Forge, Link], Link], *, last: bool = False) -> Tamper:
    """Change the commit of an act; what comes after stands on it as it was."""

    def tamper(forge: Forge) -> str:
        place = forge.find(act, last)
        return forge.each(lambda number, link: edit(forge, link) if number == place else link)[place]

    return tamper


def _header(place: int, old: bytes, new: bytes) -> Callable[[Forge, Link], Link]:
    def edit(_: Forge, link: Link) -> Link:
        headers = list(link.headers)
        changed = re.sub(old, new, headers[place])
        assert changed != headers[place]
        headers[place] = changed
        return replace(link, headers=tuple(headers))

    return edit


def _message(old: bytes, new: bytes) -> Callable[[Forge, Link], Link]:
    def edit(_: Forge, link: Link) -> Link:
        assert old in link.message
        return replace(link, message=link.message.replace(old, new, 1))

    return edit


def _in_file(path: str, old: str, new: str) -> Callable[[Forge, Link], Link]:
    return lambda forge, link: replace(link, files=forge.changed(link.files, path, old, new))


def _extra(*lines: bytes) -> Callable[[Forge, Link], Link]:
    return lambda _, link: replace(link, headers=(*link.headers, *lines))


def _all_versions(path: str, old: str, new: str, act: str, *, last: bool = False) -> Tamper:
    def tamper(forge: Forge) -> str:
        place = forge.find(act, last)
        return forge.everywhere(path, old, new)[place]

    return tamper


def _dropped(act: str, last: bool = False) -> Tamper:
    """A commit left out; the one after it is the first that cannot be."""

    def tamper(forge: Forge) -> str:
        place = forge.find(act, last)
        return forge.each(lambda number, link: None if number == place else link)[place]

    return tamper


def _swapped(forge: Forge) -> str:
    line, place = forge.line(), forge.find("sign_for")
    line[place], line[place + 1] = line[place + 1], line[place]
    return forge.lay(line)[place]


def _number(old: str, new: str) -> Tamper:
    """A number of a document, in every place where it stands."""

    def tamper(forge: Forge) -> str:
        place = forge.find("reserve_number")

        def edit(number: int, link: Link) -> Link:
            if number < place:
                return link
            files: Files = link.files
            for path, text, other in (
                ("numbers/2026/special.yaml", f"number: {old}", f"number: {new}"),
                (DONE, f"〕{old}号", f"〕{new}号"),
            ):
                if path in files and text.encode() in forge.blob(files, path) and "办" in forge.blob(files, path).decode():
                    files = forge.changed(files, path, text, other)
            return replace(link, files=files)

        return forge.each(edit)[place]

    return tamper


def _root(edit: Callable[[Forge, Link], Link]) -> Tamper:
    def tamper(forge: Forge) -> str:
        return forge.each(lambda number, link: edit(forge, link) if number == 0 else link)[0]

    return tamper


def _root_file(forge: Forge, link: Link) -> Link:
    return replace(link, files={**link.files, "notes.yaml": (b"100644", forge.put("blob", b"x: y\n"))})


def _squashed(path: str = "", old: str = "", new: str = "") -> Tamper:
    """Everything up to the middle as one first commit."""

    def tamper(forge: Forge) -> str:
        line = forge.line()
        files = line[25].files
        if path:
            files = forge.changed(files, path, old, new)
        return forge.lay([replace(line[0], files=files), *line[26:]])[0]

    return tamper


def _record_hash(forge: Forge, link: Link) -> Link:
    digest = re.search(rb"special\.docx\n    hash: sha256:([0-9a-f]{64})", forge.blob(link.files, DONE))
    assert digest
    return replace(link, files=forge.changed(link.files, DONE, digest[1].decode(), "5" * 64))


def _document(forge: Forge) -> str:
    """The publisher puts another hash on record, in every place where it stands: lawful in itself, and no document has it."""
    place = forge.find("record_document", last=True)
    digest = re.search(rb"special\.docx\n    hash: sha256:([0-9a-f]{64})", forge.blob(forge.line()[-1].files, DONE))
    assert digest
    return forge.everywhere(DONE, digest[1].decode(), "5" * 64)[place]


def _roundup(old: str, new: str) -> Tamper:
    return _all_versions("roundups/2026/08.yaml", old, new, "draft_roundup")


def _timed(hours: int, *, everywhere: bool) -> Tamper:
    """A sign-off moved: in the record alone, or in the commit too."""

    def tamper(forge: Forge) -> str:
        place = forge.find("consent")
        line = forge.line()
        stamp = re.search(rb"consented:\n        by: JJ.main_leader\n        at: '2026-08-31T(\d\d):", forge.blob(line[place].files, DONE))
        assert stamp
        old = stamp[0].decode()
        new = old[: -len("09:")] + f"{int(stamp[1]) + hours:02}:"

        def edit(number: int, link: Link) -> Link:
            if number < place:
                return link
            files = forge.changed(link.files, DONE, old, new)
            headers = link.headers
            if everywhere and number == place:
                headers = tuple(re.sub(rb" (\d{10}) ", lambda f: b" %d " % (int(f[1]) + hours * 3600), line) for line in headers)
            return replace(link, files=files, headers=headers)

        return forge.each(edit)[place]

    return tamper


_AGREED = "decision: agree\n        hash: sha256:"
_SIGNED = b"gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----"

IN_HISTORY: dict[str, Tamper] = {
    "B01 a report in all its versions": _all_versions(DONE, "查处货车19起", "查处货车91起", "draft_report"),
    "B02 a title in all its versions": _all_versions(LATE, "title: 省领导对学校", "title: 市领导对学校", "register", last=True),
    "B03 a deadline in all its versions": _all_versions(LATE, "due: '2026-09-07'", "due: '2026-09-30'", "propose", last=True),
    "B05 another author": _from("read", _header(0, rb"L03@", b"L01@")),
    "B06 another committer": _from("read", _header(1, rb"duban@", b"root@")),
    "B07 another name": _from("read", _header(0, "顾拟宁".encode(), "孟拟衡".encode())),
    "B08 the committer an hour later": _from("read", _header(1, rb"(\d{9})\d ", rb"\g<1>9 ")),
    "B09 the author's zone": _from("read", _header(0, rb"\+0800", b"+0000")),
    "B10 the committer's zone": _from("read", _header(1, rb"\+0800", b"+0000")),
    "B11 a consent an hour later in the record": _timed(1, everywhere=False),
    "B12 a consent an hour later in record and commit": _timed(1, everywhere=True),
    "B13 the hash that was consented to": _from(
        "consent",
        lambda forge, link: replace(
            link,
            files=forge.changed(link.files, DONE, "decision: agree\n        hash: sha256:79", "decision: agree\n        hash: sha256:97"),
        ),
    ),
    "B14 a number used before": _number("1", "0"),
    "B15 a number left out": _number("1", "2"),
    "B16 an act left out": _dropped("review_report"),
    "B17 a signing for left out": _dropped("sign_for"),
    "B21 two acts in another order": _swapped,
    "B22 another role": _from("read", _message(b"Duban-Role: ", b"Duban-Role: x")),
    "B23 another subject": _from("report_progress", _message("进展反馈".encode(), "进展报告".encode())),
    "B24 another opinion in the message": _from("read", _message("同意。".encode(), "不同意。".encode())),
    "B25 empty lines after the message": _from("read", lambda _, link: replace(link, message=link.message + b"\n\n")),
    "B29 a file in the first commit": _root(_root_file),
    "B30 the first half made one commit": _squashed(),
    "B31 the first half made one commit, with a falsehood": _squashed(DONE, "查处货车19起", "查处货车91起"),
    "B32 a document's hash in its commit alone": _from("record_document", _record_hash, last=True),
    "B33 a paper beside the register": _all_versions(DONE, "original: sha256:", "original: sha256:0", "register"),
    "B34 a document's hash": _document,
    "B35 a row of a roundup": _roundup("days_late: 1", "days_late: 0"),
    "B36 a figure of a roundup": _roundup("overdue: 1", "overdue: 0"),
    "B37 the clause": _from("read", _message(b"Duban-Clause: ", b"Duban-Clause: x")),
    "B38 the policy pinned": _from("read", _message(b"Duban-Policy: 58", b"Duban-Policy: 85")),
    "B39 later rules": _from("read", _message(b"Duban-Rules: 2", b"Duban-Rules: 3")),
    "B40 earlier rules": _from("read", _message(b"Duban-Rules: 2", b"Duban-Rules: 1")),
    "B41 told to be on paper": _from("read", _message(b"Duban-Policy", b"Duban-Paper: sha256:" + b"0" * 64 + b"\nDuban-Policy")),
    "B42 told to be on behalf of": _from("read", _message(b"Duban-Policy", "Duban-On-Behalf-Of: 孟拟衡 <L01@lzga>\nDuban-Policy".encode())),
    "B43 told to be another act": _from("read", _message(b"Duban-Act: read", b"Duban-Act: bureau_sign")),
    "B44 told to be on another item": _from("read", _message(b"DB-2026-0001", b"DB-2026-0002")),
    "B45 an act that there is not": _from("read", _message(b"Duban-Act: read", b"Duban-Act: bless")),
    "B46 a line end of another system": _from("read", _message(b"\n\n", b"\r\n\n")),
    "B47 a false person of the roster": _root(
        lambda forge, link: replace(link, files=forge.changed(link.files, "leaders.yaml", "id: L01", "id: L03"))
    ),
    "C17 a signature of a key": _from("read", _extra(_SIGNED)),
    "C18 two authors": _from("read", lambda _, link: replace(link, headers=(link.headers[0], *link.headers))),
    "C19 a zero byte in a message": _from("read", _message("同意。".encode(), "同意。".encode() + b"\0")),
    "C20 an encoding": _from("read", _extra(b"encoding GBK")),
    "C23 a tag merged": _from("read", _extra(b"mergetag object 0000\n type commit")),
    "C24 a zone that is none": _from("read", _header(0, rb"\+0800", b"+9999")),
    "C25 a time before time": _from("read", _header(0, rb" \d{10} ", b" -1 ")),
    "C26 a name that is not UTF-8": _from("read", _header(0, "顾".encode(), b"\xff")),
}
"""Kind to what does it, found by the audit alone."""


def _urge_everywhere(forge: Forge) -> str:
    """The urge, its commit and its trace in the roundup, as if nobody had urged."""
    place = forge.find("remind")
    line = forge.line()
    before = line[place - 1].files[LATE]

    def edit(number: int, link: Link) -> Link | None:
        if number == place:
            return None
        if number < place:
            return link
        files = {**link.files, LATE: before}
        return replace(link, files=forge.changed(files, "roundups/2026/08.yaml", "urges: 1", "urges: 0"))

    return forge.each(edit)[-1]


def _progress_everywhere(forge: Forge) -> str:
    place = forge.find("report_progress", last=True)
    block = "progress:\n  - by: JJ.liaison\n    at: '2026-08-31T10:35:00+08:00'\n    percent: 40\n    text: 查处19起。\n"

    def edit(number: int, link: Link) -> Link | None:
        if number == place:
            return None
        return replace(link, files=forge.changed(link.files, LATE, block, "")) if number > place else link

    return forge.each(edit)[-1]


def _cut(count: int) -> Tamper:
    return lambda forge: forge.lay(forge.line()[:-count])[-1]


def _policy_everywhere(forge: Forge) -> str:
    """The first policy another one, before anything rested on it; the register is then made anew by the product's own code elsewhere."""
    line = forge.line()[:1]
    return forge.lay([replace(line[0], files=forge.changed(line[0].files, "policy.yaml", "days_left: -1", "days_left: -2"))])[-1]


def _begun_earlier(forge: Forge) -> str:
    line = forge.line()
    earlier = tuple(re.sub(rb" (\d{10}) ", lambda found: b" %d " % (int(found[1]) - 86400), header) for header in line[0].headers)
    return forge.lay([replace(line[0], headers=earlier), *line[1:]])[0]


ONLY_OUTSIDE: dict[str, Tamper] = {
    "B04 an urge left out everywhere": _urge_everywhere,
    "B18 a report of progress left out everywhere": _progress_everywhere,
    "B19 the last ten cut off": _cut(10),
    "B20 the last act cut off": _cut(2),
    "B26 another leader from the first": lambda forge: forge.everywhere("leaders.yaml", "林拟晖", "别的人")[0],
    "B27 another policy from the first": _policy_everywhere,
    "B28 begun a day earlier": _begun_earlier,
}
"""Kind to what does it: lawful in itself, so that only what was written down elsewhere tells."""
