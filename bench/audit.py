"""What the audit costs an act, beside reading the same history with Git and a YAML parser; and what a day of a long history costs it.

    python bench/audit.py [--copies 6] [--long 500000] [--at DIR]

The history is that of the demo's stories, each told so many times by the real acts, and cloned as an inspector clones it. The audit does
every act again; the rival, ``git log --raw``, ``git cat-file --batch`` and yaml.CSafeLoader, only reads each commit and parses the record
that it left, once. Then a register of so many acts, in whose last day some two hundred are done by the real acts: the audit of that day,
by an auditor who never was here and by one who audited the day before, beside that of the same day where nothing came before it. Processor
time, user and system, with that of the children, on one core.

``--at`` keeps the long register, which takes minutes to make, and finds it again. Exit status 1 if fewer than 350 acts a second are
audited, or the next day after a long history takes more than a second of processor time.
"""

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from documents.layout import profile
from documents.publishing.document_hashes import record_issued
from documents.publishing.publisher import Publisher
from documents.publishing.remaking import judge
from records.acts import Refusal, perform
from records.audit.audit import Account, Documents, walked
from records.audit.beginning import Folders, beginning
from records.audit.subject import Subject, subject
from records.bureau.roster import SYSTEM
from records.demo import play, steps
from records.matter.papers import Papers
from records.register.register import Register
from records.store import receipt
from records.store.paths import item_path
from records.store.repository import Repository
from records.store.store import Transaction
from records.store.view import View
from tests.bureau import STORY, as_read, at, roster

LEAST = 350  # acts a second
MOST = 1.0  # seconds of processor time that a day may take whoever audited the one before
_ITEM = re.compile(r"DB-2026-(\d{4})")
_MATTERS = 10  # of the last day, each with its whole story
_YEARS = range(2019, 2026)


def seconds() -> float:
    """Return the processor time that this process and its children took."""
    both = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(each.ru_utime + each.ru_stime for each in both)


def taken(work: Callable[[], object]) -> float:
    begun = seconds()
    work()
    return seconds() - begun


def created(home: Path, opened: str = "2019-01-01") -> Register:
    known = roster()
    return Register.create(home, known.bureau, known.leaders, tuple(known.units.values()), at(f"{opened}T09:00"))


def moved(value: object, copy: int) -> object:
    """Return inputs of a story as those of another matter, of which the paper is another one."""
    if isinstance(value, str):
        return _ITEM.sub(lambda match: f"DB-2026-{int(match[1]) + 200 * copy:04}", value)
    if isinstance(value, Mapping):
        papers = ("source_ref", "meeting_number")
        return {key: f"{moved(each, copy)}（{copy}）" if key in papers else moved(each, copy) for key, each in value.items()}
    return [moved(each, copy) for each in value] if isinstance(value, list) else value


def told_over(home: Path, copies: int, publish: bool = False) -> Path:
    """Make a register in which each of the demo's stories happens so many times, put its documents on record, and return a clone of it."""
    register = created(home)
    for step in steps():
        for copy in range(copies) if step.target.startswith("DB-") else ():
            inputs = moved(step.inputs, copy)
            assert isinstance(inputs, dict)
            done = play(register, replace(step, target=str(moved(step.target, copy)), inputs=inputs))
            if isinstance(done, Refusal):
                raise SystemExit(f"{step}: {done}")
    if publish:
        publisher = Publisher(register, profile.standard())
        publisher.catch_up()
        manifest = publisher.manifest()
        assert manifest is not None
        for _, told in record_issued(register, manifest, register.describe(register.head() or "").author.time):
            assert not isinstance(told, Refusal), str(told)
    register.close()
    clone = home.with_suffix(".git")
    git("clone", "-q", "--mirror", "--no-local", str(home / "register.git"), str(clone))
    return clone


def git(*words: str) -> bytes:
    return subprocess.run(["git", *words], check=True, capture_output=True, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}).stdout


def audited(place: Path, since: str = "", documents: Documents | None = None, cores: int = 1, folders: Folders | None = None) -> Account:
    """Audit a history and hold it to have nothing wrong."""
    judged: Subject = subject(place)
    commits, begin, _ = judged.history(judged.head(), since)
    account = walked(judged.store, commits, begin, documents, lambda done, total: None, cores, folders=folders)
    if account.findings or account.reproduced < len(commits):
        raise SystemExit(f"{place}: {account.findings[:3]}")
    return account


def rival(place: Path) -> None:
    """Read each commit of a history, and parse the records that it left with the parser in C."""
    told = git("-C", str(place), "log", "--raw", "--no-abbrev", "--reverse", "--format=%H", "main").decode()
    blobs = re.findall(r"^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+)", told, re.MULTILINE)
    commits = re.findall(r"^[0-9a-f]{40}$", told, re.MULTILINE)
    found = git_objects(place, [*commits, *blobs])
    for _, (kind, data) in zip([*commits, *blobs], found, strict=True):
        if kind == b"blob":
            yaml.load(data, yaml.CSafeLoader)


def git_objects(place: Path, ids: list[str]) -> Iterator[tuple[bytes, bytes]]:
    command = ["git", "-C", str(place), "cat-file", "--batch"]
    told = subprocess.run(command, input="\n".join(ids).encode(), stdout=subprocess.PIPE, check=True).stdout
    position = 0
    while position < len(told):
        head, _, _ = told[position : position + 100].partition(b"\n")
        _, kind, size = head.split(b" ")
        start = position + len(head) + 1
        yield kind, told[start : start + int(size)]
        position = start + int(size) + 1


class Day:
    """Acts done one upon another on a store, as the register does them; it needs no index."""

    def __init__(self, store: Repository) -> None:
        self._store, self._papers = store, Papers()
        self.done = 0

    def matters(self, day: datetime, number: int) -> str:
        """Have matters registered and go their whole way, and take the checkpoint; return the last commit."""
        now = day
        with self._store.batch() as transaction:
            for act, by, inputs in STORY:
                for place in range(_MATTERS):
                    now += timedelta(seconds=30)
                    paper = {"source_ref": f"群众来信摘报第{number + place}期（虚构）"} if act == "register" else {}
                    self.act(transaction, act, f"DB-{day.year}-{number + place:04}", by, {**inputs, **paper}, now)
            self.checkpoint(transaction, now)
            return transaction.head or ""

    def checkpoint(self, transaction: Transaction, now: datetime) -> None:
        """Take the checkpoint of a day."""
        self.act(transaction, "take_checkpoint", now.date().isoformat(), SYSTEM, {}, now)

    def act(self, transaction: Transaction, act: str, target: str, by: str, inputs: Mapping[str, object], now: datetime) -> None:
        """Carry out an act on what stands there; a refusal ends the bench with its words."""
        view = View(self._store, transaction.head or "")
        item = view.item(target) if target.startswith("DB-") else None
        found = perform(
            view.world(self._papers.same_source, count=view.count), act, item, by, as_read(act, inputs, item), now, target=target
        )
        if isinstance(found, Refusal):
            raise SystemExit(f"{act} {target}: {found}")
        who, message = receipt.author(found.actor.person, view.roster, now), receipt.message(found, view.roster, view.policy_id)
        transaction.commit(receipt.contents(found), author=who, committer=receipt.service(view.roster.bureau, now), message=message)
        self.done += 1
        if found.item is not None:
            self._papers.note(found.item)


@cache
def one_story() -> tuple[tuple[bytes, str, str, str, bytes], ...]:
    """Return of each act of a story the item it leaves, author, committer, commit message."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        store = Repository(created(Path(folder) / "one").home / "register.git")
        Day(store).matters(at("2026-08-31T09:00"), 1)
        path, found, last = item_path("DB-2026-0001"), [], b""
        for commit in store.commits(None, store.head() or ""):
            data = store.read(path, commit.id)
            if data is not None and data != last:
                found.append((data, commit.author.name, commit.author.email, commit.message, b""))
                last = data
        return tuple(found)


def stream(register: Register, acts: int) -> Iterator[bytes]:
    """Yield a history of acts that nobody does again: matter after matter, each going its way as the first did."""
    story, origin, when, mark = one_story(), register.head() or "", int(at("2019-01-02T09:00").timestamp()), 0
    each = acts // len(story) // len(_YEARS)
    for year in _YEARS:
        for number in range(1, each + 1):
            item, mine = f"DB-{year}-{number:04}", f"第{year}{number}期".encode()
            for data, name, email, message, _ in story:
                mark, when = mark + 1, when + 60
                told = message.replace("DB-2026-0001", item).encode()
                content = data.replace(b"DB-2026-0001", item.encode()).replace("第1期".encode(), mine)
                yield f"commit refs/heads/main\nmark :{mark}\nauthor {name} <{email}> {when} +0800\n".encode()
                yield f"committer 督办登记簿 <duban@lzga> {when} +0800\ndata {len(told)}\n".encode() + told + b"\n"
                yield (f"from {origin}\n" if mark == 1 else f"from :{mark - 1}\n").encode()
                yield b"M 100644 inline %s\ndata %d\n%s\n" % (item_path(item).encode(), len(content), content)
    yield b"done\n"


def long_history(home: Path, acts: int) -> tuple[str, int]:
    """Make a register of so many acts with two days done by the real acts; return the last commit of the first of them, and the acts."""
    if not home.exists():
        register = created(home)
        if acts:
            command = ["git", "-C", str(home / "register.git"), "-c", "pack.depth=4", "fast-import", "--quiet", "--done", "--depth=0"]
            with subprocess.Popen(command, stdin=subprocess.PIPE) as importer:
                assert importer.stdin is not None
                for line in stream(register, acts):
                    importer.stdin.write(line)
            if importer.returncode:
                raise SystemExit("git fast-import failed")
        days = Day(Repository(home / "register.git"))
        since = days.matters(at("2026-08-31T09:00"), 1)
        days.matters(at("2026-09-01T09:00"), 1 + _MATTERS)
        (home / "since").write_text(f"{since} {days.done // 2}")
    since, _, done = (home / "since").read_text().partition(" ")
    return since, int(done)


def main() -> int:
    parser = argparse.ArgumentParser(description="what the audit costs")
    parser.add_argument("--copies", type=int, default=6, help="how often each story of the demo is told")
    parser.add_argument("--long", type=int, default=0, help="acts before the day that is audited; 500000 take minutes to make")
    parser.add_argument("--at", type=Path, help="where the long register is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        kept = speed(told_over(Path(folder) / "told", options.copies), told_over(Path(folder) / "published", 1, publish=True))
        if options.long:
            kept = day(options.at or Path(folder) / "long", Path(folder) / "short", options.long) and kept
    return 0 if kept else 1


def speed(clone: Path, published: Path) -> bool:
    documents = judge(profile.standard())
    audited(clone)  # schemas and tables are made
    papers = audited(published, documents=documents).papers
    found = audited(clone)
    rows = (
        ("git cat-file and CSafeLoader", found, taken(lambda: rival(clone))),
        ("every act done again", found, taken(lambda: audited(clone))),
        ("of the demo alone", audited(published), taken(lambda: audited(published))),
        (f"and its {len(papers)} documents made again", audited(published), taken(lambda: audited(published, documents=documents))),
    )
    least = rows[0][2] / found.commits
    print(f"{'':34}  {'acts':>7}  {'acts/s':>7}  {'ms an act':>9}  {'ratio':>5}")
    for name, account, spent in rows:
        each = spent / account.commits
        print(f"{name:34}  {account.commits:>7,}  {1 / each:>7.0f}  {1000 * each:>9.2f}  {each / least:>5.2f}")
    return found.commits / rows[1][2] >= LEAST


def day(long: Path, short: Path, acts: int) -> bool:
    audits = [("nothing", short, 0, False), (f"{acts:,} acts, first come", long, acts, False), (f"{acts:,} acts", long, acts, True)]
    for name, home, many, was_here in audits:
        since, done = long_history(home, many)
        folders = Folders(kept(home, since, done) if was_here else b"")
        begun, before = time.perf_counter(), seconds()
        audited(home / "register.git", since, cores=os.cpu_count() or 1, folders=folders)
        processor = seconds() - before
        print(f"a day of {done} acts after {name}: {processor:.2f} s of processor time, {time.perf_counter() - begun:.2f} s by the clock")
    return processor <= MOST


def kept(home: Path, since: str, done: int) -> bytes:
    """Return what somebody keeps who audited the day before."""
    store, folders = Repository(home / "register.git"), Folders()
    for _ in range(done):
        since = store.describe(since).parent or since
    beginning(store, since, os.cpu_count() or 1, folders)
    return folders.dumped()


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        raise SystemExit(main())
