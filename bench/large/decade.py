"""What ten years of an office make of a register: 20,000 matters, 500,000 acts, each carried out by the real acts.

    python bench/large/decade.py --at DIR [--years 10] [--a-day 8]

Eight matters are registered each workday; each goes its whole way in some three weeks, one in three is returned and reported again, all
that is on its way beside it; each act is written as the register writes it. Each evening the checkpoint is taken, each week the register is
looked after. It is killed whenever one likes: again goes on with the act that is missing. What each year leaves is kept beside the register
and told at the end: acts, files, megabytes, one matter's history by stock Git, and a durable act beside the first year's. Then what is
asked of the whole: the audit of its last day, ``git fsck --strict``. In memory (``--at /dev/shm/…``) it takes half an hour, on a disk its
syncs besides. Exit status 1 if it is over 1.5 GB or 2,000 files, a history takes over 150 ms, an act over 1.5 times what it took at first,
the audit of a day over a second of processor time, or anything is wrong.
"""

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.audit import Day, audited, created, kept, seconds
from bench.durable_act import act_on
from bench.maintenance import git, lying, ours
from records.audit.beginning import Folders
from records.store.paths import item_path
from records.store.repository import Repository
from tests.bureau import CALENDAR, DRAFT, STORY

BYTES, FILES, HISTORY, TIMES, AUDIT = 1.5 * 2**30, 2000, 0.150, 1.5, 1.0
OPENED = date(2026, 1, 5)
_SPAN = 24  # workdays from the paper to the archive
_LIMIT = 15  # workdays that a lead unit has
_LOOKS = 5
_ACTS = 41
_PROGRESS = {"text": "正在逐校核查，查处情况随后续报。"}
# On which workday of its way a matter comes to which act; whoever does it and with what is told by the story.
_DAYS = {"report_progress": 2, "give_opinion": 5, "draft_report": 8, "receive_paper": 9, "office_review": 12, "conclude": 14, "archive": 24}
_AGAIN = ("draft_report", "review_report", "consent", "submit", "receive_paper")
_RETURN = ("return_report", "BGS.clerk1", {"reasons": ["R1", "R2"], "comment": "三所学校没有逐一作答，没有数字。"})
_TOPICS = ("学校周边交通安全隐患", "夜市噪声扰民", "危化品运输", "信访积案化解", "涉企执法检查", "养犬管理", "工地扬尘")


class Step(NamedTuple):
    """One act of a matter's way: on which of its workdays, which, by whom, with what."""

    day: int
    act: str
    by: str
    inputs: Mapping[str, object]


def way(returned: bool) -> tuple[Step, ...]:
    """Return a matter's whole way, in the order in which it goes."""
    found, day = [], 0
    for act, by, inputs in STORY:
        day = max(day, _DAYS.get(act, 0))
        if act == "office_review" and returned:
            found.append(Step(10, *_RETURN))
            found += [Step(11, name, who, what) for name, who, what in STORY if name in _AGAIN]
        found.append(Step(day, act, by, inputs))
        if act == "report_progress":
            found += [Step(day + more, act, by, {"percent": 40 + 15 * more, **_PROGRESS}) for more in (1, 2, 3)]
            day += 3
    return tuple(found)


WAYS = {returned: way(returned) for returned in (False, True)}


def workdays(years: int) -> Iterator[date]:
    day = OPENED
    while day.year < OPENED.year + years:
        yield day
        day = CALENDAR.shift(day, 1)


def told(step: Step, serial: int, first: date) -> Mapping[str, object]:
    """Return the inputs of a step as those of one matter, which began on a day."""
    topic, due = _TOPICS[serial % len(_TOPICS)], CALENDAR.shift(first, _LIMIT).isoformat()
    if step.act == "register":
        received = {"received": first.isoformat(), "instruction_at": CALENDAR.previous(first).isoformat()}
        paper = {"title": f"省领导对{topic}群众来信的批示", "source_ref": f"群众来信摘报第{serial}期（虚构）"}
        return {**step.inputs, **received, **paper}
    if step.act == "propose":
        return {**step.inputs, "due": due}
    if step.act == "return_report":
        return {**step.inputs, "redo_due": CALENDAR.shift(first, 12).isoformat()}
    if step.act == "draft_report":
        again = "\n\n# 二、三所学校逐一作答。\n均已整改，逐校列明。" if step.day > _DAYS["draft_report"] else ""
        return {**step.inputs, "body": f"{DRAFT['body']}\n{topic}共查处{serial % 97 + 3}起，逐一整改到位。{again}"}
    return step.inputs


class Office:
    """The office of ten years: it knows of every workday which matters come to which act."""

    def __init__(self, home: Path, years: int, a_day: int) -> None:
        self.home, self._a_day = home, a_day
        self.days = tuple(workdays(years))
        self._first = {
            year: min(place for place, day in enumerate(self.days) if day.year == year) for year in {day.year for day in self.days}
        }
        self._store = Repository(home / "register.git")
        self._acts = Day(self._store)

    def begun(self) -> tuple[int, int]:
        """How many workdays are on record, each of which ends with its checkpoint, and how many acts of the next one."""
        acts, at = 0, self._store.describe(self._store.head() or "")
        while at.parent and "Duban-Act: take_checkpoint" not in at.message:
            acts, at = acts + 1, self._store.describe(at.parent)
        return sum(day <= at.author.time.date() for day in self.days), acts

    def act(self, today: int, done: int) -> None:
        """Do a workday's acts, beside so many that are done, and take its checkpoint; each is written as the register writes it."""
        now = datetime.fromisoformat(f"{self.days[today]}T08:30:00+08:00")
        for begun in range(max(0, today - _SPAN), today + 1):
            for nth in range(self._a_day):
                serial = begun * self._a_day + nth
                for step in (step for step in WAYS[serial % 3 == 0] if step.day == today - begun):
                    now += timedelta(seconds=60)
                    done -= 1
                    if done < 0:
                        inputs = told(step, serial, self.days[begun])
                        with self._store.writing() as transaction:
                            self._acts.act(transaction, step.act, self._item(begun, nth), step.by, inputs, now)
        with self._store.writing() as transaction:
            self._acts.checkpoint(transaction, now)

    def _item(self, begun: int, nth: int) -> str:
        year = self.days[begun].year
        return f"DB-{year}-{(begun - self._first[year]) * self._a_day + nth + 1:04}"


def year_end(home: Path, year: int, days: int, a_day: int) -> dict[str, float]:
    """Look after the register, and return what it is like at the end of a year."""
    began = time.perf_counter()
    ours(home)
    upkeep, (files, size) = time.perf_counter() - began, lying(home)
    return {
        "year": year, "acts": int(git(home, "rev-list", "--count", "main")), "matters": days * a_day, "files": files, "MB": size / 2**20,
        "history": history(home, f"DB-{OPENED.year}-0005"), "newest": history(home, f"DB-{year}-0005"), "act": durable(home, year),
        "upkeep": upkeep,
    }  # fmt: skip


def history(home: Path, item: str, span: str = "main") -> float:
    """Return the seconds that stock Git takes for one matter's history, of the whole or of a span, the middle of some tries."""
    taken = []
    for _ in range(_LOOKS):
        begun = time.perf_counter()
        found = git(home, "log", "--format=%h %an %s", span, "--", item_path(item))
        taken.append(time.perf_counter() - begun)
        assert found.count("\n") >= len(STORY)
    return statistics.median(taken)


def spanned(home: Path, item: str) -> float:
    """Return the same of the acts from the matter's first to its last, which ``duban log`` names."""
    ids = git(home, "log", "--format=%H", "main", "--", item_path(item)).split()
    return history(home, item, f"{ids[-1]}^..{ids[0]}")


def durable(home: Path, year: int) -> float:
    """Return the seconds of a durable act on a copy of the register, the middle of some."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-", dir=home.parent) as folder:
        copy = Path(folder) / "register.git"
        shutil.copytree(home / "register.git", copy)
        os.sync()  # what copying left to write must not fall on what is measured
        store, taken = Repository(copy), []
        for turn in range(_ACTS):
            begun = time.perf_counter()
            act_on(store, item_path(f"DB-{year}-{turn % 200 + 1:04}"), turn)
            taken.append(time.perf_counter() - begun)
        return statistics.median(taken[1:])


def last_day(home: Path) -> tuple[float, float]:
    """Return the processor time of the audit of the last day by whoever audited the one before, and the seconds by the clock."""
    checkpoints = git(home, "log", "-3", "--format=%H", "main", "--", "checkpoints").split()
    since, before_it = checkpoints[1:]
    folders = Folders(kept(home, since, int(git(home, "rev-list", "--count", f"{before_it}..{since}"))))
    begun, before = time.perf_counter(), seconds()
    audited(home / "register.git", since, cores=os.cpu_count() or 1, folders=folders)
    return seconds() - before, time.perf_counter() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description="what ten years make of a register")
    parser.add_argument("--at", type=Path, required=True, help="where it is kept")
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--a-day", type=int, default=8, help="matters registered each workday")
    options = parser.parse_args()
    options.at.mkdir(parents=True, exist_ok=True)
    home, book = options.at / "register", options.at / "years.jsonl"
    if not home.exists():
        created(home, OPENED.replace(day=2).isoformat()).close()
    office = Office(home, options.years, options.a_day)
    years = {each["year"]: each for each in map(json.loads, book.read_text().splitlines())} if book.exists() else {}
    begun, acts = office.begun()
    for done in range(begun, len(office.days) + 1):
        year = office.days[done - 1].year
        if done and year not in years and (done == len(office.days) or office.days[done].year > year):
            years[year] = year_end(home, year, done, options.a_day)
            with book.open("a") as file:
                file.write(json.dumps(years[year]) + "\n")
            print(json.dumps(years[year]), flush=True)
        if done == len(office.days):
            break
        office.act(done, acts if done == begun else 0)
        if done % 5 == 4:
            ours(home)
    return report(home, [years[each] for each in sorted(years)])


def report(home: Path, years: list[dict[str, float]]) -> int:
    print(f"{'':>4}  {'acts':>8}  {'matters':>7}  {'files':>5}  {'MB':>6}  {'oldest, ms':>10}  {'newest, ms':>10}  {'act, ms':>7}  {'':>5}")
    for each in years:
        looks = "  ".join(f"{1000 * each[name]:>10.0f}" for name in ("history", "newest"))
        row = f"{each['year']:>4}  {each['acts']:>8,}  {each['matters']:>7,}  {each['files']:>5,}  {each['MB']:>6.0f}  {looks}"
        print(f"{row}  {1000 * each['act']:>7.2f}  {each['act'] / years[0]['act']:>5.2f}")
    spent, clock = last_day(home)
    spans = [spanned(home, f"DB-{each['year']}-0005") for each in years]
    wrong = git(home, "fsck", "--strict", "--no-dangling").strip()
    print(f"the audit of the last day: {spent:.2f} s of processor time, {clock:.2f} s by the clock")
    print(f"a matter's history between its first act and its last: {1000 * min(spans):.0f} to {1000 * max(spans):.0f} ms")
    print(f"git fsck --strict: {wrong or 'nothing to say'}")
    last = years[-1]
    within = last["MB"] * 2**20 <= BYTES and last["files"] <= FILES and max(spans) <= HISTORY
    return 0 if within and last["act"] <= TIMES * years[0]["act"] and spent <= AUDIT and not wrong else 1


if __name__ == "__main__":
    with suppress(BrokenPipeError):
        raise SystemExit(main())
