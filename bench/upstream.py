"""What an act costs whose register is kept at an upstream, beside the same act on this disk alone and beside pygit2.

    python bench/upstream.py [--items 2000] [--rounds 30] [--seconds 10] [--many 1x32 4x8] [--at DIR]

First one act after another, the ways taking turns on registers of the same size: on this disk alone (``local``), by pygit2 with its own
syncs and no checks (``pygit2``), at an upstream on this disk (``path``), and at one over an ssh connection that is kept (``ssh``): an sshd
of the bench's own on this machine, so the line itself costs nothing. Then many at once over ssh, servers x writers at each, beside as many
writers of pygit2's under one lock. A writer acts again where another server was quicker, as an act of the register does; how often is told
for each act that landed. Last a replica that looks each second, as ``duban sync --every 1`` does, while ten acts a second land: by how much
each act is later there. Exit status 1 if an act failed, was lost or is there twice, or if one over ssh costs over 6 times pygit2's.
"""

import argparse
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.durable_act import CLERK, SERVICE, build, clean_environment, path_of
from bench.writers import rival_acts
from bench.writers import run as run_rival
from records.register.again import until_it_lands
from records.register.hosting import line_for
from records.register.joining import join
from records.store.address import Address, address
from records.store.opening import opened
from records.store.repository import Repository
from records.store.store import StoreError
from tests.githost import let_go, serving, sshd, upstream_at, with_own_key

LIMIT = 6.0
Act = Callable[[int], None]


class Writer:
    """Acts on the record of one item, again and again."""

    def __init__(self, store: Repository, item: int, mark: str) -> None:
        self._store, self._path, self._mark = store, path_of(item), mark
        self.tries = 0

    @until_it_lands
    def act(self, turn: int) -> None:
        self.tries += 1
        with self._store.writing() as register:
            before = (self._store.read(self._path, register.head or "") or b"")[:3000]
            files = {self._path: before + f"# {self._mark}-{turn}\n".encode()}
            register.commit(files, author=CLERK, committer=SERVICE, message=f"签收 {self._mark}-{turn}")

    def head(self) -> str | None:
        return self._store.head()

    def follow(self) -> None:
        """Nothing is refused here, so nothing need be looked at again."""


def joined(home: Path, where: Address) -> Path:
    join(home, where)
    return home


def one_by_one(acts: dict[str, Act], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each act of each way, the ways taking turns; the first of each is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for turn in range(rounds + 1):
        for name, act in acts.items():
            begun = time.perf_counter()
            act(turn)
            if turn:
                taken[name].append(1000 * (time.perf_counter() - begun))
    return taken


def many(homes: list[Path], writers: int, seconds: float) -> tuple[list[list[float]], list[int], int, int]:
    """Seconds of each act by server, how many there were of each, how often any was tried, and how many failed."""
    context = multiprocessing.get_context("fork")
    told, end = context.Queue(), time.time() + seconds
    run = [context.Process(target=_write, args=(home, n, k, end, told)) for n, home in enumerate(homes) for k in range(writers)]
    for each in run:
        each.start()
    found = [told.get() for _ in run]
    for each in run:
        each.join()
    taken = [[each for server, done, _, _ in found if server == n for each in done] for n in range(len(homes))]
    return taken, [len(each) for each in taken], sum(tries for _, _, tries, _ in found), sum(failed for *_, failed in found)


def _write(home: Path, server: int, number: int, end: float, told: object) -> None:
    writer, taken, failed, turn = Writer(opened(home), 100 * server + number, f"{home.name}-{number}-{os.getpid()}"), list[float](), 0, 0
    while (begun := time.time()) < end:
        turn += 1
        try:
            writer.act(turn)
            taken.append(time.time() - begun)
        except StoreError as error:
            print(error, file=sys.stderr)
            failed += 1
    told.put((server, taken, writer.tries, failed))  # type: ignore[attr-defined]


def subjects(up: Path) -> Counter[str]:
    words = ["git", "-C", str(up), "log", "--format=%s", "main"]
    return Counter(subprocess.run(words, capture_output=True, check=True, text=True, env=clean_environment()).stdout.splitlines())


def main() -> int:
    parser = argparse.ArgumentParser(description="what an act costs at an upstream")
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--many", nargs="+", default=["1x32", "4x8"], metavar="SERVERSxWRITERS")
    parser.add_argument("--at", type=Path, help="a folder on the disk to be measured")
    options = parser.parse_args()
    if lacking := [program for program in ("/usr/sbin/sshd", "ssh", "ssh-keygen") if not shutil.which(program)]:
        parser.error(f"this machine has no {', '.join(lacking)} (Debian: apt-get install openssh-server openssh-client)")
    with tempfile.TemporaryDirectory(prefix="duban-bench-", dir=options.at) as folder:
        place = Path(folder)
        build(place / "local.git", options.items)
        for name in ("pygit2.git", "path.git", "ssh.git"):
            shutil.copytree(place / "local.git", place / name)
        for name in ("path.git", "ssh.git"):
            upstream_at(place / name)
        keys = [with_own_key(place / f"server{n}") for n in range(max(servers for servers, _ in shapes(options)) + 1)]
        listening = serving(sshd().place, "".join(line_for(place / "ssh.git", key, reading=False) for key in keys))
        where = address(listening.url(Path("/register.git")))
        try:
            return measured(place, where, options)
        finally:
            for home in place.glob("server*"):
                let_go(home)
            listening.process.terminate()
            listening.process.wait()


def measured(place: Path, where: Address, options: argparse.Namespace) -> int:
    homes = [joined(place / f"server{n}", where) for n in range(max(servers for servers, _ in shapes(options)) + 1)]
    near = joined(place / "near", Address(str(place / "path.git"), "path"))
    acts: dict[str, Act] = {
        "pygit2": rival_acts(place / "pygit2.git", 0),
        "local": Writer(Repository(place / "local.git"), 0, "local").act,
        "path": Writer(opened(near), 0, "path").act,
        "ssh": Writer(opened(homes[0]), 0, "ssh").act,
    }
    os.sync()
    taken = one_by_one(acts, options.rounds)
    rival, local = statistics.median(taken["pygit2"]), statistics.median(taken["local"])
    print(f"{'one act, ms':<12} {'p50':>7}  {'p95':>7}  {'x pygit2':>8}  {'x local':>8}")
    for name, times in taken.items():
        p50, p95 = statistics.median(times), sorted(times)[int(0.95 * len(times))]
        print(f"{name:<12} {p50:>7.1f}  {p95:>7.1f}  {p50 / rival:>8.2f}  {p50 / local:>8.2f}")
    good = statistics.median(taken["ssh"]) <= LIMIT * rival
    print("servers x writers   acts/s  of pygit2   p50, ms   p95, ms  p95/p50  retries/act  failed  least/even  acts by server")
    for servers, writers in shapes(options):
        some, beside = homes[:servers], run_rival(rival_acts, place / "pygit2.git", servers * writers, options.seconds).rate
        before = subjects(place / "ssh.git")
        for home in some:
            opened(home).follow()
        by_server, shares, tries, failed = many(some, writers, options.seconds)
        every, total = sorted(each for times in by_server for each in times), sum(shares)
        now = subjects(place / "ssh.git") - before
        twice = [subject for subject, count in now.items() if count > 1]
        good &= not failed and not twice and total <= sum(now.values())
        rate, p50, p95 = total / options.seconds, 1000 * every[total // 2], 1000 * every[int(0.95 * total)]
        print(
            f"{servers:>7} x {writers:<7}  {rate:>7.1f}  {rate / beside:>9.2f}  {p50:>8.0f}  {p95:>8.0f}  {p95 / p50:>7.2f}"
            f"  {tries / total - 1:>11.2f}  {failed:>6}  {min(shares) * servers / total:>10.2f}  {'/'.join(map(str, shares))}",
            flush=True,
        )
        if twice or total > sum(now.values()):
            print(f"lost {max(0, total - sum(now.values()))}, there twice {len(twice)}")
    late = behind(homes[0], homes[-1], options.seconds)
    print(f"replica, {len(late)} acts, ten a second: {statistics.median(late):.2f} s behind, at most {max(late):.2f} s")
    return 0 if good else 1


def behind(server: Path, replica: Path, seconds: float) -> list[float]:
    """Seconds by which acts at a server are later at a replica that looks once a second, ten acts a second."""
    context = multiprocessing.get_context("fork")
    told = context.Queue()
    writing = context.Process(target=_steadily, args=(server, time.time() + seconds, told))
    store, seen, late = opened(replica), dict[str, float](), list[float]()
    writing.start()
    at, done = store.follow().new, False  # type: ignore[union-attr]
    while not done:
        begun = time.time()
        now = store.follow().new  # type: ignore[union-attr]
        seen |= {each.id: time.time() for each in store.commits(at, now)}
        at, done = now, not writing.is_alive()
        time.sleep(max(0.0, 1 - (time.time() - begun)))
    for _ in range(told.get()):
        commit, landed = told.get()
        if commit in seen:
            late.append(seen[commit] - landed)
    return late


def _steadily(home: Path, end: float, told: object) -> None:
    store, landed, turn = opened(home), list[tuple[str | None, float]](), 0
    writer = Writer(store, 0, "steadily")
    while (begun := time.time()) < end:
        turn += 1
        writer.act(turn)
        landed.append((store.head(), time.time()))
        time.sleep(max(0.0, 0.1 - (time.time() - begun)))
    told.put(len(landed))  # type: ignore[attr-defined]
    for each in landed:
        told.put(each)  # type: ignore[attr-defined]


def shapes(options: argparse.Namespace) -> list[tuple[int, int]]:
    """How many servers there are with how many writers each, one run after another."""
    return [(int(servers), int(writers)) for servers, _, writers in (each.partition("x") for each in options.many)]


if __name__ == "__main__":
    raise SystemExit(main())
