"""The upkeep of a repository: few packs, a quick history, nothing lost, nobody stopped, whoever acts, reads or is killed meanwhile."""

import json
import os
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.register import maintenance
from records.register.maintenance import MaintainedNowError, inventory, last_maintained, maintain
from records.register.register import Register
from records.store import rolling
from records.store.lock import held
from records.store.repository import Repository
from records.store.rolling import rolled
from records.store.stock_git import Git
from records.store.store import Ident, StoreError
from tests.bureau import at
from tests.planting import store_of

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
NOW = at("2026-11-29T02:40")
PLAIN = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": os.devnull, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
PROGRAM = shutil.which("git") or ""
WHO = Ident("王敏", "wangmin@bureau", at("2026-11-20T09:00"))
STOCK = Git(PROGRAM, os.environ["PATH"])


def git(home: Path, *words: str) -> str:
    done = subprocess.run([PROGRAM, "-C", str(home / "register.git"), *words], capture_output=True, text=True, env=PLAIN, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sound(home: Path) -> None:
    """Hold a register to what Git and its own reader find in it: every object there and whole, every commit read."""
    git(home, "fsck", "--strict", "--no-dangling")
    store = Repository(home / "register.git")
    for commit in store.commits(None, store.head() or ""):
        assert store.entries("", commit.id)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A repository as it lies where every act has written its objects by themselves."""
    Repository.create(tmp_path / "register.git")
    acts(tmp_path, range(40))
    return tmp_path


def acts(home: Path, numbers: range, who: str = "a") -> list[str]:
    store = Repository(home / "register.git")
    return [act(store, f"items/{who}/{number % 7}.yaml", f"{number % 14}\n" * 99, f"{who} {number}") for number in numbers]


def act(store: Repository, path: str, words: str, message: str) -> str:
    """What is written stood there before, every second time: such objects lie in a pack already, or are just being taken away."""
    with store.writing(60.0) as register:
        return register.commit({path: words.encode()}, author=WHO, committer=WHO, message=message)


def test_what_lay_in_files_lies_in_a_pack_and_reads_as_it_did(home: Path) -> None:
    before = git(home, "log", "-p", "--format=%H %an %ad%n%B", "main")
    reader = Repository(home / "register.git")
    commits = [each.id for each in reader.commits(None, reader.head() or "")]
    done = maintain(home, STOCK, NOW)
    assert done.before.loose > 100
    assert done.before.packs == 0
    assert (done.after.loose, done.after.packs) == (0, 1)
    assert inventory(home / "register.git") == done.after
    assert done.after.size < done.before.size
    assert git(home, "log", "-p", "--format=%H %an %ad%n%B", "main") == before
    assert [each.id for each in reader.commits(None, reader.head() or "")] == commits
    assert {reader.read("items/a/3.yaml", commit) for commit in commits} > {None}
    assert git(home, "count-objects", "-v").splitlines()[-2:] == ["garbage: 0", "size-garbage: 0"]
    sound(home)
    assert last_maintained(home) == NOW


def test_the_graph_knows_every_commit_and_which_paths_it_touches(home: Path) -> None:
    maintain(home, STOCK, NOW)
    acts(home, range(40, 45))
    maintain(home, STOCK, NOW)
    git(home, "commit-graph", "verify")
    chain = (home / "register.git/objects/info/commit-graphs/commit-graph-chain").read_text().split()
    graphs = [(home / f"register.git/objects/info/commit-graphs/graph-{each}.graph").read_bytes() for each in chain]
    assert all(b"BIDX" in each[:200] and b"BDAT" in each[:200] for each in graphs)  # the filters of changed paths


def test_a_second_time_there_is_nothing_to_do(home: Path) -> None:
    maintain(home, STOCK, NOW)
    files = {path: path.stat().st_ino for path in (home / "register.git/objects").rglob("*") if path.is_file()}
    maintain(home, STOCK, NOW)
    assert {path: path.stat().st_ino for path in (home / "register.git/objects").rglob("*") if path.is_file()} == files


def test_packs_stay_few_however_often_it_runs(home: Path) -> None:
    store = Repository(home / "register.git")
    for number in range(24):
        act(store, f"items/b/{number}.yaml", f"b {number}\n", f"b {number}")
        maintain(home, STOCK, NOW)
        found = sorted(rolling._objects(each) for each in rolling._packs(home / "register.git"))
        assert all(large >= 2 * small for small, large in pairwise(found))
    assert inventory(home / "register.git").packs <= 8
    sound(home)


@given(st.lists(st.integers(1, 10**6), max_size=40))
def test_each_pack_is_left_with_twice_what_all_smaller_ones_have(sizes: list[int]) -> None:
    sizes.sort()
    many = rolled(sizes)
    assert many != 1
    left = [sum(sizes[:many]), *sizes[many:]] if many else sizes
    for number in range(1, len(left)):
        assert left[number] >= 2 * sum(left[:number])
    assert many == 0 or sizes[many - 1] < 2 * sum(sizes[: many - 1])


def test_a_pack_that_somebody_keeps_and_an_index_over_packs_are_no_hindrance(home: Path) -> None:
    git(home, "repack", "-dq")
    (kept,) = (home / "register.git/objects/pack").glob("*.pack")
    kept.with_suffix(".keep").touch()
    for number in (50, 60):
        acts(home, range(number, number + 3))
        git(home, "repack", "-dq")
    git(home, "multi-pack-index", "write")
    maintain(home, STOCK, NOW)
    assert kept.exists()
    assert inventory(home / "register.git").packs == 2
    sound(home)


WRITER = """
import sys
from pathlib import Path
from tests.records.test_maintenance import acts
print("begun", flush=True)
print(*acts(Path(sys.argv[1]), range(int(sys.argv[3])), sys.argv[2]), flush=True)
"""


def writer(home: Path, who: str, many: int) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", WRITER, str(home), who, str(many)], stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_who_acts_and_who_reads_goes_on_while_it_runs(home: Path) -> None:
    """Three who write, two who read what they opened before; every act that was told to be done is on record once."""
    reader = Repository(home / "register.git")
    first = [each.id for each in reader.commits(None, reader.head() or "")]
    wanted = {commit: reader.read("items/a/3.yaml", commit) for commit in first}
    over, wrong = threading.Event(), list[str]()

    def read(store: Repository, seed: int) -> None:
        chance = random.Random(seed)
        while not over.is_set():
            commit = chance.choice(first)
            try:
                if Repository.read(store if chance.random() < 0.9 else Repository(store.path), "items/a/3.yaml", commit) != wanted[commit]:
                    wrong.append(commit)
            except StoreError as error:
                wrong.append(str(error))

    readers = [threading.Thread(target=read, args=(Repository(home / "register.git"), seed)) for seed in range(2)]
    writers = [writer(home, who, 40) for who in ("b", "c", "d")]
    for each in readers:
        each.start()
    rounds = 0
    try:
        while any(each.poll() is None for each in writers) or rounds < 2:
            maintain(home, STOCK, NOW)
            rounds += 1
    finally:
        over.set()
        for thread in readers:
            thread.join()
    told = [each.communicate()[0].split("\n", 1)[1].split() for each in writers]
    assert [each.returncode for each in writers] == [0, 0, 0]
    assert wrong == []
    history = git(home, "log", "--format=%H", "main").split()
    assert len(history) == len(set(history)) == 40 + 3 * 40
    assert set(history) == {*first, *(commit for each in told for commit in each)}
    maintain(home, STOCK, NOW)
    sound(home)


KILLED = """
import os, sys
from pathlib import Path
from tests.records.test_maintenance import NOW
from records.store.stock_git import Git
from records.register.maintenance import maintain
maintain(Path(sys.argv[1]), Git(sys.argv[2], os.environ["PATH"]), NOW)
"""


def kill_at(home: Path, place: Path, call: int, when: str) -> bool:
    """Have the upkeep killed when it calls Git for the n-th time, before or after that did its work; return whether it came so far."""
    count, program = place / "count", place / "git"
    count.write_text("0")
    lines = {"before": "kill -9 $PPID; exit 1", "after": f'{PROGRAM} "$@"; kill -9 $PPID; exit 1'}
    program.write_text(
        f'#!/bin/sh\nn=$(($(cat {count}) + 1)); echo $n > {count}\n[ $n = {call} ] && {{ {lines[when]}; }}\nexec {PROGRAM} "$@"\n'
    )
    program.chmod(0o755)
    done = subprocess.run([sys.executable, "-c", KILLED, str(home), str(program)], cwd=ROOT, check=False)
    assert done.returncode in (0, -signal.SIGKILL)
    return done.returncode != 0


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_step_it_stops_nobody(home: Path, tmp_path_factory: pytest.TempPathFactory, when: str) -> None:
    place, calls = tmp_path_factory.mktemp("git"), 0
    reader = Repository(home / "register.git")
    assert reader.read("items/a/3.yaml", reader.head() or "")
    maintain(home, STOCK, NOW)
    for call in range(1, 9):
        acts(home, range(100 * call, 100 * call + 12))  # enough that packs are rolled up too
        if not kill_at(home, place, call, when):
            break
        calls += 1
        acts(home, range(100 * call + 50, 100 * call + 52))
        assert reader.read("items/a/3.yaml", reader.head() or "")
    assert calls >= 4
    maintain(home, STOCK, NOW)
    assert inventory(home / "register.git").loose == 0
    assert len(git(home, "log", "--format=%H").split()) == len(set(git(home, "log", "--format=%s").split("\n")) - {""})
    sound(home)


def test_a_lock_that_a_killed_git_left_is_taken_away_and_that_of_a_living_one_is_not(home: Path) -> None:
    maintain(home, STOCK, NOW)
    left = home / "register.git/objects/info/commit-graphs/commit-graph-chain.lock"
    left.touch()
    acts(home, range(50, 52))
    maintain(home, STOCK, NOW)
    assert not left.exists()
    with left.open("w"):
        acts(home, range(60, 62))
        with pytest.raises(StoreError, match="维护登记库失败"):
            maintain(home, STOCK, NOW)
        assert left.exists()
    sound(home)


def test_what_killed_programs_left_goes_after_a_day_and_nothing_else(home: Path) -> None:
    objects = home / "register.git/objects"
    names = ("pack/tmp_pack_abc", "pack/tmp_idx_abc", "pack/.tmp-12-pack-abc.pack", "pack/pack-12.pack", "00/tmp_obj_abc", "info/note")
    for folder in ("00", "01"):
        (objects / folder).mkdir(exist_ok=True)
    for name in (*names, "01/tmp_obj_young"):
        (objects / name).write_bytes(b"x")
        if "young" not in name:
            os.utime(objects / name, (1, 1))
    assert maintain(home, STOCK, NOW).strays == 5
    assert [name for name in (*names, "01/tmp_obj_young") if (objects / name).exists()] == ["info/note", "01/tmp_obj_young"]
    # Beside the repository: what was to take the place of a draft, of a paper, of a note; what came in and was never judged.
    half, kept = ".0badcafe.4711.new", (".ab.new", "ab.json")
    beside = [home / each / half for each in ("register.git", "attachments/ab", "drafts/JJ.liaison", "boxes/JJ.liaison")]
    for path in (
        *beside,
        *(home / "drafts/JJ.liaison" / name for name in kept),
        home / "arrivals/tmp1/objects",
        home / "arrivals/tmp2/new",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (1, 1))
    os.utime(home / "arrivals/tmp1", (1, 1))
    os.utime(beside[0])
    assert maintain(home, STOCK, NOW).strays == 4
    assert [path.exists() for path in beside] == [True, False, False, False]
    assert sorted(os.listdir(home / "drafts/JJ.liaison")) == sorted(kept)
    assert os.listdir(home / "arrivals") == ["tmp2"]


@pytest.mark.parametrize("text", ["fetch-pack {} on host\n", "receive-pack {} on host.local\n"])
def test_a_pack_that_a_killed_fetch_kept_is_packed_with_the_others(home: Path, text: str) -> None:
    """Git keeps what comes from being packed until the branch has moved; whoever was killed before kept it for good."""
    git(home, "repack", "-dq")
    (pack,) = (home / "register.git/objects/pack").glob("*.pack")
    keep = pack.with_suffix(".keep")
    keep.write_text(text.format(os.getpid()))
    os.utime(keep, (1, 1))
    acts(home, range(50, 53))
    assert maintain(home, STOCK, NOW).strays == 0  # it lives
    keep.write_text(text.format(dead()))
    assert maintain(home, STOCK, NOW).strays == 0  # it is young
    os.utime(keep, (1, 1))
    assert maintain(home, STOCK, NOW).strays == 1
    assert not keep.exists()
    for number in range(3):
        acts(home, range(60 + number, 63 + number))
        maintain(home, STOCK, NOW)
    sound(home)


def dead() -> int:
    """The number of a process that is no more."""
    with subprocess.Popen(["true"]) as run:
        return run.pid


def test_what_was_pushed_and_never_taken_goes_once_no_process_has_it(home: Path) -> None:
    apart = [home / "register.git/objects" / name for name in ("tmp_objdir-incoming-abcdef", "incoming-abcdef", "incoming", "tmp_objdir-x")]
    for each in apart:
        (each / "pack").mkdir(parents=True)
        (each / "pack/tmp_pack_1").write_bytes(b"x")
        for path in (each / "pack/tmp_pack_1", each / "pack", each):
            os.utime(path, (1, 1))
    os.utime(apart[3] / "pack/tmp_pack_1")  # written to just now
    with subprocess.Popen(["sleep", "3600"], env={"GIT_QUARANTINE_PATH": f"{apart[1]}"}) as run:
        assert maintain(home, STOCK, NOW).strays == 1
        assert [each.exists() for each in apart] == [False, True, True, True]
        run.kill()
    with (apart[1] / "pack/tmp_pack_1").open():
        assert maintain(home, STOCK, NOW).strays == 0
    assert maintain(home, STOCK, NOW).strays == 1
    assert [each.exists() for each in apart] == [False, False, True, True]
    sound(home)


def test_an_object_that_no_commit_names_yet_stays(home: Path) -> None:
    """An act that is being done has written objects, and nothing refers to them."""
    command = [PROGRAM, "-C", str(home / "register.git"), "hash-object", "-w", "--stdin"]
    lonely = subprocess.run(command, input="soon", capture_output=True, text=True, env=PLAIN, check=True).stdout
    path = home / f"register.git/objects/{lonely[:2]}/{lonely[2:40]}"
    os.utime(path, (1, 1))
    maintain(home, STOCK, NOW)
    assert path.exists()


def test_one_at_a_time(home: Path) -> None:
    with held(home / "register.git/duban.maintenance.lock", 0), pytest.raises(MaintainedNowError):
        maintain(home, STOCK, NOW)
    assert inventory(home / "register.git").packs == 0


def test_packs_vanish_under_the_registers_lock_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for who in ("b", "c", "d"):
        git(home, "repack", "-dq")
        acts(home, range(9), who)
    monkeypatch.setattr(maintenance, "_PATIENCE", 0.05)
    with held(home / "register.git/duban.lock", 0, "王敏"), pytest.raises(StoreError, match="王敏"):
        maintain(home, STOCK, NOW)
    assert inventory(home / "register.git").packs >= 3  # the new one beside those that it stands for
    sound(home)
    maintain(home, STOCK, NOW)
    assert inventory(home / "register.git").packs <= 2
    sound(home)


def test_nobodys_surroundings_count(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("home")
    (place / "gitconfig").write_text("[commitGraph]\n\treadChangedPaths = nonsense\n[pack]\n\tthreads = nonsense\n")
    for name, value in {"GIT_CONFIG_GLOBAL": str(place / "gitconfig"), "GIT_DIR": str(place), "GIT_OBJECT_DIRECTORY": str(place)}.items():
        monkeypatch.setenv(name, value)
    assert maintain(home, STOCK, NOW).after.loose == 0


def test_where_git_fails_all_is_there_and_the_reason_is_told(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    program = tmp_path_factory.mktemp("git") / "git"
    program.write_text('#!/bin/sh\necho "fatal: No space left on device" >&2\nexit 128\n')
    program.chmod(0o755)
    before = inventory(home / "register.git")
    with pytest.raises(StoreError, match="维护登记库失败：本机的磁盘满了。请腾出空间（No space left on device"):
        maintain(home, Git(str(program), os.environ["PATH"]), NOW)
    assert inventory(home / "register.git") == before
    assert last_maintained(home) is None
    sound(home)


def test_what_is_packed_is_read_by_whom_the_registers_group_lets(home: Path) -> None:
    maintain(home, STOCK, NOW)
    for path in (home / "register.git/objects/pack").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o440
    for path in (home / "register.git/objects/info").rglob("*"):
        assert not path.stat().st_mode & stat.S_IRWXO


def test_the_indexs_log_goes_into_the_index_and_the_index_serves_on(brief: Register) -> None:
    brief.index.catch_up()
    with closing(sqlite3.connect(brief.home / "index.sqlite")) as beside:
        beside.execute("CREATE TABLE noise (words)")
        beside.executemany("INSERT INTO noise VALUES (?)", [("x" * 1000,)] * 100)
        beside.commit()
        assert (brief.home / "index.sqlite-wal").stat().st_size > 0
        done = maintain(brief.home, STOCK, NOW)
        assert (done.trouble, (brief.home / "index.sqlite-wal").stat().st_size) == ("", 0)
        assert done.log > 0
    brief.index.catch_up()
    assert store_of(brief).head() == brief.index.commit


def test_a_broken_index_is_said_and_hinders_nothing(home: Path) -> None:
    (home / "index.sqlite").write_bytes(b"no database" * 100)
    done = maintain(home, STOCK, NOW)
    assert "database" in done.trouble
    assert done.after.loose == 0


def test_an_index_of_which_sqlite_tells_what_is_no_text_hinders_nothing(home: Path) -> None:
    with closing(sqlite3.connect(home / "index.sqlite")) as made:
        made.execute("CREATE TABLE x (words)")
    found = (home / "index.sqlite").read_bytes()
    (home / "index.sqlite").write_bytes(found.replace(b"CREATE TABLE x", b"CREATE TABL\xaa x"))
    done = maintain(home, STOCK, NOW)
    assert done.trouble
    assert done.after.loose == 0


@pytest.mark.parametrize("note", [b"", b"{}", b"[]", b'{"at": 5}', b'{"at": "soon"}', b"\xff"])
def test_a_spoilt_note_says_nothing(home: Path, note: bytes) -> None:
    (home / "register.git/duban.maintained").write_bytes(note)
    assert last_maintained(home) is None
    maintain(home, STOCK, NOW)
    assert last_maintained(home) == NOW
    assert json.loads((home / "register.git/duban.maintained").read_bytes()) == {"at": NOW.isoformat()}
