"""Makes the large registers that the benches of the reading side ask: real records of the demo, told over, in one pack.

Each matter is the last record of one of the demo's stories, with a number, a title and a paper of its own; the newest ones are of every
story, all older ones of stories that have ended. The newest 100,000 came in by commits of their own.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from documents.layout.profile import standard
from documents.publishing.publisher import Publisher
from records.demo import build
from records.register.register import Register
from records.store.paths import item_path

OPEN = 0.02
"""How many of all matters are of any story, the newest."""
_YEAR = 10_000  # matters a year
_LAST = 2026
_FIRST_NUMBER = 300  # in its year: the demo has the numbers below
_SECOND = 1_795_400_000  # of the last matter
_SINGLE, _AT_ONCE = 100_000, 100  # the newest came in by commits of their own; of more, so many by one
_SUBJECTS = ("校园周边秩序", "夜市噪声扰民", "危化品运输", "信访积案化解", "涉企执法检查", "养犬管理", "电动车充电", "工地扬尘", "占道经营")
_PLACES = ("安宁", "城关", "七里河", "西固", "红古", "永登", "榆中", "皋兰")
ARCHIVED, CONCLUDED = b"\nstate: archived\n", b"\nstate: concluded\n"


class _Story(NamedTuple):
    item: str
    title: bytes
    data: bytes


class _Matter(NamedTuple):
    place: int
    item: str
    year: int
    story: _Story


def place_of(folder: Path, items: int) -> Path:
    """Return where a register of so many matters is made: in a folder, or where BENCH_AT says that several benches share what they make."""
    return Path(shared) / str(items) if (shared := os.environ.get("BENCH_AT")) else folder / "register"


def large(home: Path, items: int, open_share: float = OPEN, over: bytes = ARCHIVED, single: int = _SINGLE) -> Register:
    """Return a register of so many matters, without an index; one that is there already is taken as it is.

    Args:
        home: its folder.
        items: how many, those of the demo included.
        open_share: how many of them are of any story, open ones among them.
        over: what the records of all others hold.
        single: how many of the newest came in by commits of their own.
    """
    if not home.exists():
        fresh = home.with_name(f"{home.name}.part")
        shutil.rmtree(fresh, ignore_errors=True)
        register = build(fresh)
        matters = list(_matters(_stories(register), items, open_share, over))
        command = ["git", "-C", str(fresh / "register.git"), "-c", "core.compression=1", "fast-import", "--quiet", "--done", "--depth=0"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, env=_environment()) as importer:
            assert importer.stdin is not None
            for number, some in enumerate(_together(matters, single)):
                importer.stdin.write(_commit(register.head() or "", number, some))
            importer.stdin.write(b"done\n")
        if importer.returncode:
            raise SystemExit(f"git fast-import failed at {items} matters")
        fresh.rename(home)
    return Register(home)


def indexed(home: Path, items: int, open_share: float = OPEN, over: bytes = ARCHIVED, single: int = _SINGLE) -> Register:
    """Return such a register with its index complete."""
    register = large(home, items, open_share, over, single)
    register.index.catch_up(lambda done, total: True)
    return register


def published(home: Path, items: int, open_share: float = OPEN) -> Register:
    """Return such a register whose published folder is whole: what each story was published as stands there for each of its matters."""
    register = indexed(home, items, open_share)
    folder, model = home / "published", home.with_name(f"{home.name}.demo")
    if (folder / "manifest.json").exists():
        return register
    shutil.rmtree(folder, ignore_errors=True)
    demo = Register(model) if model.exists() else build(model)
    publisher = Publisher(demo, standard())
    publisher.catch_up()
    told = publisher.manifest()
    assert told is not None
    shutil.copytree(demo.published, folder)
    documents = list(told.documents)
    for matter in _matters(_stories(demo), items, open_share):
        for each in (each for each in told.documents if each.item == matter.story.item):
            name = each.name.replace(each.item, matter.item)
            os.link(folder / each.name, folder / name)
            documents.append(msgspec.structs.replace(each, name=name, item=matter.item))
        copy = folder / "records" / item_path(matter.item)
        copy.parent.mkdir(parents=True, exist_ok=True)
        os.link(folder / "records" / item_path(matter.story.item), copy)
    whole = msgspec.structs.replace(told, commit=register.head() or "", documents=tuple(sorted(documents, key=lambda each: each.name)))
    (folder / "manifest.json").write_bytes(msgspec.json.encode(whole))
    shutil.rmtree(model)
    return register


def _stories(register: Register) -> list[_Story]:
    head, found = register.head() or "", []
    for path in sorted(path for path in register.changed(None, head) if path.startswith("items/")):
        data = register.written(path, head)
        title = re.search(rb"^title: (.*)$", data or b"", re.MULTILINE)
        assert data is not None
        assert title is not None
        found.append(_Story(Path(path).stem, title[1], data))
    return found


def _matters(stories: list[_Story], items: int, open_share: float, mark: bytes = ARCHIVED) -> Iterator[_Matter]:
    """Yield the matters beside those of the demo, oldest first."""
    over = [story for story in stories if mark in story.data]
    count, lively = items - len(stories), int(items * open_share)
    for place in range(count):
        behind = count - 1 - place
        year = _LAST - behind // _YEAR
        number = _FIRST_NUMBER + place - max(0, count - (_LAST - year + 1) * _YEAR)
        some = stories if behind < lively else over
        yield _Matter(place, f"DB-{year}-{number:04}", year, some[place % len(some)])


def _together(matters: list[_Matter], single: int) -> Iterator[list[_Matter]]:
    """Yield the matters that came in together, oldest first: each by itself, but for those of an old ledger that was taken over."""
    old = max(0, len(matters) - single) // _AT_ONCE * _AT_ONCE
    yield from (matters[first : first + _AT_ONCE] for first in range(0, old, _AT_ONCE))
    yield from ([matter] for matter in matters[old:])


def _commit(origin: str, number: int, matters: list[_Matter]) -> bytes:
    item, place = matters[-1].item, matters[-1].place
    who = b"<BGS.clerk1@lzga> %d +0800" % (_SECOND + place)
    told = f"登记立项 {item}\n\nDuban-Act: register\nDuban-Item: {item}\nDuban-Unit: BGS\nDuban-Clause: 一\n".encode()
    head = b"commit refs/heads/main\nmark :%d\nauthor BGS %s\ncommitter duban %s\ndata %d\n%s\n" % (number + 1, who, who, len(told), told)
    head += b"from %s\n" % (origin.encode() if number == 0 else b":%d" % number)
    return head + b"".join(map(_file, matters))


def _file(matter: _Matter) -> bytes:
    place, item, year, story = matter
    title = f"关于{_PLACES[place % len(_PLACES)]}{_SUBJECTS[place % len(_SUBJECTS)]}问题的督办（{place}）".encode()
    data = story.data.replace(story.item.encode(), item.encode()).replace(story.title, title)
    data = re.sub(rb"^(  ref: )(.*)$", lambda found: b"%s'%d-%d'" % (found[1], year, place), data, count=1, flags=re.MULTILINE)
    if year != _LAST:
        data = data.replace(b"%d-" % _LAST, b"%d-" % year)
    return b"M 100644 inline %s\ndata %d\n%s\n" % (item_path(item).encode(), len(data), data)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
