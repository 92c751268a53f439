"""Acts done on another machine come home through the same audit, all or none, and never past an act that was done here (issue 12 C)."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from documents.layout import profile
from documents.publishing.remaking import judge
from records.acts import Refusal
from records.index.index import Index
from records.register import homecoming
from records.register.homecoming import Arrival, come_home
from records.register.register import NEW, Receipt, Register
from records.register.scans import Scan, read_scan
from records.register.staging import staged, unbundled
from records.register.upkeep import busy
from records.store.arriving import Arriving
from records.store.branch import Branch
from records.store.repository import Repository
from records.store.store import Commit, StoreError
from records.store.view import View
from tests.bureau import REGISTER, at, roster
from tests.records.test_carried import CONCLUDED
from tests.tampering.forge import Forge
from tui.command import duban
from tui.command.backup import stock_git

PDF = b"%PDF-1.4 a scanned page startxref 0 %%EOF"


@pytest.fixture
def away(brief: Register, tmp_path: Path) -> Register:
    """The same register on another machine."""
    return Register(shutil.copytree(brief.home, tmp_path / "away", symlinks=True))


def do(register: Register, ref: str, **more: object) -> Receipt:
    when = register.describe(register.head() or "").author.time + timedelta(minutes=1)
    given = {**REGISTER, "source_ref": ref, "received": when.date().isoformat(), **more}
    done = register.act("register", NEW, "BGS.clerk1", given, when)
    assert isinstance(done, Receipt), str(done)
    return done


def run(register: Register, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(duban, ["--register", str(register.home), *words])
    assert done.exception is None or isinstance(done.exception, SystemExit | StoreError), done.exception  # a StoreError is said by ``main``
    return done.exit_code, done.output + (str(done.exception) if isinstance(done.exception, StoreError) else "")


def sent(home: Register, away: Register, *words: str) -> tuple[int, str]:
    """Carry what was done away home in a bundle."""
    file = away.home.parent / "home.bundle"
    code, told = run(away, "export", "--bundle", str(file), *words)
    assert code == 0, told
    return run(home, "import", "bundle", str(file))


def by_hand(register: Register) -> str:
    """Change a record past all acts, and return the commit."""
    with Repository(register.home / "register.git").writing() as transaction:
        last = register.describe(transaction.head or "")
        path = next(path for path in sorted(register.changed(None, last.id)) if path.startswith("items/"))
        data = (register.written(path, last.id) or b"").replace(b"urgency: ordinary", b"urgency: urgent")
        return transaction.commit({path: data}, author=last.author, committer=last.committer, message="改")


def back(register: Register) -> None:
    """Take the last act away."""
    parent = register.describe(register.head() or "").parent
    (register.home / "register.git/refs/heads/main").write_text(f"{parent}\n")


def objects(register: Register) -> set[str]:
    return {str(path) for path in (register.home / "register.git/objects").rglob("*") if path.is_file()}


def test_what_was_done_elsewhere_comes_home_with_its_papers(brief: Register, away: Register, tmp_path: Path) -> None:
    begun = brief.head() or ""
    (tmp_path / "scan.pdf").write_bytes(PDF)
    scan = read_scan(tmp_path / "scan.pdf")
    assert isinstance(scan, Scan)
    away.attachments.keep(scan.named.digest, scan.data)
    do(away, "在外第1号", original=str(scan.named))
    do(away, "在外第2号")
    code, told = sent(brief, away, "--since", begun[:12])
    assert (code, "已收下 2 笔，附件 1 件" in told) == (0, True), told
    assert brief.head() == away.head()
    assert brief.attachments.read(scan.named.digest) == PDF
    assert list((brief.home / "arrivals").iterdir()) == []
    code, told = run(brief, "audit", str(brief.home))
    assert (code, "没有发现问题" in told) == (0, True), told
    assert "没有新的办理" in sent(brief, away, "--since", begun[:12])[1]
    code, told = run(away, "export", "--bundle", "x", "--since", away.head() or "")
    assert (code, "以后没有新的办理" in told) == (1, True)
    do(brief, "在家第1号")  # and life goes on, at both


def test_an_act_that_came_first_is_not_merged_and_not_lost(brief: Register, away: Register) -> None:
    do(away, "在外第1号")
    here, before = do(brief, "在家第1号").commit, objects(brief)
    code, told = sent(brief, away)
    assert (code, "没有收下" in told, "不自动合并" in told) == (1, True, True), told
    assert (brief.head(), objects(brief)) == (here, before)


def test_what_is_sent_again_is_not_to_be_done_again_whatever_was_done_since(brief: Register, away: Register, tmp_path: Path) -> None:
    """It came home, and whoever sends does not know of it: an answer was lost, or an old file lay on the stick."""
    begun = brief.head() or ""
    do(away, "在外第1号")
    assert sent(brief, away, "--since", begun)[0] == 0
    here = do(brief, "在家第1号").commit
    for words in (("--since", begun), ()):
        code, told = sent(brief, away, *words)
        assert (code, "没有新的办理" in told, "重新办理" in told) == (0, True, False), told
    do(away, "在外第2号")
    code, told = sent(brief, away)
    assert (code, "重新办理" in told, brief.head()) == (1, True, here), told


def test_a_file_goes_where_there_is_a_folder(brief: Register, tmp_path: Path) -> None:
    code, told = run(brief, "export", "--bundle", str(tmp_path / "没有/x.bundle"))
    assert (code, f"目录 {tmp_path / '没有'} 不在，没有写出" in told, "lock" in told) == (1, True, False), told


def test_a_paper_that_is_registered_here_is_not_registered_again_by_what_comes_home(
    brief: Register, away: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the records that stand in the way are read, not the register: the others cannot be read here at all."""

    def merged(register: Register, item: str, into: str) -> Receipt:
        when = register.describe(register.head() or "").author.time + timedelta(minutes=1)
        done = register.act("merge", item, "L03", {"merged_into": into, "reason": "同一事项。"}, when)
        assert isinstance(done, Receipt), str(done)
        return done

    first, second = (do(brief, f"在家第{number}号").outcome.target for number in (1, 2))
    merged(brief, first, second)
    shutil.rmtree(away.home)
    away = Register(shutil.copytree(brief.home, away.home, symlinks=True))
    monkeypatch.setattr(View, "all_items", None)
    third = do(away, "在外第1号")
    assert isinstance(came(brief, away, third.commit), Arrival)
    begun = brief.head() or ""
    with monkeypatch.context() as patched:
        patched.setattr(Index, "same_source", lambda index, key: None)
        again = do(away, "在家第1号").commit
    found = came(brief, away, again)
    assert isinstance(found, tuple)
    assert (second in found[0].reason, "同一来文" in found[0].reason, brief.head()) == (True, True, begun), found
    back(away)
    last = merged(away, second, third.outcome.target)  # now the third stands for both papers, by what came itself
    with monkeypatch.context() as patched:
        patched.setattr(Index, "same_source", lambda index, key: None)
        again = do(away, "在家第1号").commit
    found = came(brief, away, again)
    assert isinstance(found, tuple)
    assert third.outcome.target in found[0].reason, found
    back(away)
    assert away.head() == last.commit
    when = away.describe(last.commit).author.time + timedelta(minutes=1)
    assert isinstance(away.act("cancel", third.outcome.target, "L03", {"reason": "上级撤回。"}, when), Receipt)
    found = came(brief, away, do(away, "在家第1号").commit)
    assert isinstance(found, Arrival), found


def test_a_step_that_is_taken_back_is_looked_up_and_not_looked_for(
    brief: Register, away: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many acts lie between; the index says which one it was."""
    first = do(brief, "在家第1号").outcome.target
    between = [do(brief, f"在家第{number}号").commit for number in range(2, 7)]
    shutil.rmtree(away.home)
    away = Register(shutil.copytree(brief.home, away.home, symlinks=True))
    when = away.describe(away.head() or "").author.time + timedelta(minutes=1)
    undone = away.act("take_back", first, "BGS.clerk1", {"reason": "登记有误。"}, when)
    assert isinstance(undone, Receipt), str(undone)
    read, describe = set[str](), Arriving.describe

    def told(store: Arriving, commit: str) -> Commit:
        read.add(commit)
        return describe(store, commit)

    monkeypatch.setattr(Arriving, "describe", told)
    assert isinstance(came(brief, away, undone.commit), Arrival)
    assert undone.commit in read
    assert not read & set(between[:-1])


def test_a_number_of_another_ledger_comes_home_once(brief: Register, away: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def carry_in(register: Register) -> str:
        when = register.describe(register.head() or "").author.time + timedelta(minutes=1)
        done = register.act("carry_in_item", NEW, "BGS.clerk1", CONCLUDED, when)
        assert isinstance(done, Receipt), str(done)
        return done.commit

    carry_in(brief)
    shutil.rmtree(away.home)
    away = Register(shutil.copytree(brief.home, away.home, symlinks=True))
    monkeypatch.setattr(View, "all_items", None)
    with monkeypatch.context() as patched:
        patched.setattr(Index, "carried_in", lambda index, key: None)
        again = carry_in(away)
    found = came(brief, away, again)
    assert isinstance(found, tuple)
    assert "应予拒绝" in found[0].reason


def test_an_act_done_while_the_audit_runs_is_not_lost(brief: Register, away: Register) -> None:
    new, here = do(away, "在外第1号").commit, list[str]()

    def meanwhile(done: int, total: int) -> None:
        here.append(do(Register(brief.home), "在家第1号").commit)

    found = came(brief, away, new, progress=meanwhile)
    assert isinstance(found, Refusal)
    assert ("核对期间有人办理" in found.reason, brief.head()) == (True, here[0])


def test_main_moves_under_the_registers_own_lock_alone(brief: Register, away: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    new, held, advance = do(away, "在外第1号").commit, list[bool](), Branch.advance

    def watched(branch: Branch, old: str | None, commit: str, data: bytes, now: float) -> None:
        held.append(bool(busy(brief.home)))
        advance(branch, old, commit, data, now)

    monkeypatch.setattr(Branch, "advance", watched)
    assert isinstance(came(brief, away, new), Arrival)
    assert held == [True]


def came(home: Register, away: Register, new: str, **more: object) -> object:
    """Have what was done away judged and taken, without commands."""
    when = home.describe(home.head() or "").author.time + timedelta(minutes=2)
    given: dict[str, object] = {"papers": lambda digest: None, "progress": lambda done, total: None, "cores": 1, **more}
    return come_home(home, away.home / "register.git/objects", new, when, documents=judge(profile.standard()), **given)  # type: ignore[arg-type]


def test_what_is_unlawful_is_refused_whole_and_told_in_words(brief: Register, away: Register) -> None:
    begun, before = brief.head(), objects(brief)
    do(away, "在外第1号")
    false = by_hand(away)
    code, told = sent(brief, away)
    assert (code, "一笔也没有收下" in told, false[:12] in told, "没有写明办理动作" in told) == (1, True, True, True), told
    assert (brief.head(), objects(brief)) == (begun, before)


def test_a_history_cut_or_run_again_is_refused(brief: Register, away: Register) -> None:
    begun = brief.head()
    back(away)
    assert ("没有新的办理" in sent(brief, away)[1], brief.head()) == (True, begun)
    back(away)
    do(away, "在外第1号")
    assert "不是接着登记簿现在的" in sent(brief, away)[1]


def test_what_names_a_paper_that_nobody_brought_is_refused(brief: Register, away: Register, tmp_path: Path) -> None:
    begun = brief.head()
    (tmp_path / "scan.pdf").write_bytes(PDF)
    scan = read_scan(tmp_path / "scan.pdf")
    assert isinstance(scan, Scan)
    away.attachments.keep(scan.named.digest, scan.data)
    do(away, "在外第1号", original=str(scan.named))
    assert run(away, "export", "--bundle", str(tmp_path / "home.bundle"))[0] == 0
    shutil.rmtree(tmp_path / "home.papers")
    code, told = run(brief, "import", "bundle", str(tmp_path / "home.bundle"))
    assert (code, "附件" in told, "put" in told, brief.head()) == (1, True, True, begun)
    away.attachments.path(scan.named.digest).unlink()
    assert "先从备份恢复" in run(away, "export", "--bundle", str(tmp_path / "again.bundle"))[1]


def test_what_is_of_tomorrow_is_refused(brief: Register, away: Register) -> None:
    begun = brief.head() or ""
    when = away.describe(begun).author.time + timedelta(days=1)
    done = away.act("register", NEW, "BGS.clerk1", {**REGISTER, "received": when.date().isoformat(), "source_ref": "明天"}, when)
    assert isinstance(done, Receipt), str(done)
    found = came(brief, away, done.commit)
    assert isinstance(found, Refusal)
    assert ("比服务器的钟" in found.reason, brief.head()) == (True, begun)


def test_too_much_at_once_is_refused(brief: Register, away: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(homecoming, "MOST", 1)
    do(away, "在外第1号")
    found = came(brief, away, do(away, "在外第2号").commit)
    assert isinstance(found, Refusal)
    assert "一次最多送来 1 笔" in found.reason


@pytest.fixture
def other_files(away: Register, tmp_path: Path) -> dict[str, Path]:
    do(away, "在外第1号")
    second = do(away, "在外第2号").commit
    git, place = stock_git(), str(away.home / "register.git")
    found = {name: tmp_path / f"{name}.bundle" for name in ("text", "cut", "long", "altered", "gap", "branch")}
    found["text"].write_text("x")
    git.run("x", "-C", place, "bundle", "create", "--quiet", str(found["cut"]), "main")
    whole = found["cut"].read_bytes()
    found["cut"].write_bytes(whole[:-500])
    found["long"].write_bytes(whole + b"x")
    found["altered"].write_bytes(whole[:-200] + bytes([whole[-200] ^ 1]) + whole[-199:])
    git.run("x", "-C", place, "bundle", "create", "--quiet", str(found["gap"]), "main", f"^{second}~1")
    git.run("x", "-C", place, "update-ref", "refs/heads/other", second)
    git.run("x", "-C", place, "bundle", "create", "--quiet", str(found["branch"]), "refs/heads/other")
    return found


def test_a_file_that_is_no_bundle_of_this_register_is_refused(brief: Register, other_files: dict[str, Path]) -> None:
    begun = brief.head()
    told = {
        "text": "不是 Git 的 bundle",
        "cut": "没有拷全",
        "long": "没有拷全",
        "altered": "已损坏",
        "gap": "接不上登记簿",
        "branch": "没有分支 main",
    }
    for name, words in told.items():
        code, output = run(brief, "import", "bundle", str(other_files[name]))
        assert (code, words in output) == (1, True), (name, output)
    assert (brief.head(), [*(brief.home / "arrivals").iterdir()]) == (begun, [])


def test_a_bundle_may_set_nothing_but_what_is_judged(brief: Register, away: Register, tmp_path: Path) -> None:
    """Its other refs are not looked at, and Git's surroundings are the program's own (G4, G12)."""
    new, git, place = do(away, "在外第1号").commit, stock_git(), str(away.home / "register.git")
    git.run("x", "-C", place, "update-ref", f"refs/replace/{new}", f"{new}~1")
    git.run("x", "-C", place, "tag", "v1", new)
    git.run("x", "-C", place, "--no-replace-objects", "bundle", "create", "--quiet", str(tmp_path / "all.bundle"), "--all")
    hostile = {"GIT_DIR": "/x", "GIT_OBJECT_DIRECTORY": "/x", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath"}
    words = ["-m", "tui.command", "--register", str(brief.home), "import", "bundle", str(tmp_path / "all.bundle")]

    done = subprocess.run([sys.executable, *words], env={**os.environ, **hostile}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert brief.head() == new
    assert not (brief.home / "register.git/refs/replace").exists()
    assert not list((brief.home / "register.git/refs/tags").iterdir())


def test_the_place_apart_lets_git_see_the_register_and_write_nothing_in_it(brief: Register, away: Register, tmp_path: Path) -> None:
    begun, before, new = brief.head(), objects(brief), do(away, "在外第1号").commit
    assert run(away, "export", "--bundle", str(tmp_path / "home.bundle"))[0] == 0
    left, young = brief.home / "arrivals/left", brief.home / "arrivals/young"
    for each in (left, young):
        (each / "objects").mkdir(parents=True)
    os.utime(left, (0, 0))
    with staged(brief) as place:
        assert (left.exists(), young.exists()) == (False, True)
        assert unbundled(place, tmp_path / "home.bundle", stock_git()) == new
        assert (brief.head(), objects(brief)) == (begun, before)
    assert not place.exists()


def kinds(forge: Forge) -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield what no act makes, with what makes it on top of the register (security.md G1-G3, G5)."""

    def hand(path: str, mode: bytes, data: bytes) -> Callable[[], object]:
        return lambda: forge.hand(lambda files: {**files, path: (mode, forge.put("blob", data))})

    def headed(*more: bytes, author: bytes = b"x <x@x> 1800000000 +0800") -> Callable[[], object]:
        last = forge.line()[-1]
        return lambda: forge.lay([*forge.line(), replace(last, headers=(b"author " + author, *more, b"committer " + author))])

    yield "G1 a record changed by hand", lambda: forge.hand(lambda files: forge.changed(files, "bureau.yaml", "demo: true", "demo: false"))
    yield "G2 a link", hand("items/x.yaml", b"120000", b"/etc/passwd")
    yield "G2 a program", hand("items/x.yaml", b"100755", b"x: 1\n")
    yield "G2 attributes", hand(".gitattributes", b"100644", b"* diff=x\n")
    yield "G2 modules", hand(".gitmodules", b"100644", b"[submodule]\n")
    for path in ("ITEMS/2026/x.yaml", "items/x.", "items/con.yaml", f"items/{'x' * 300}.yaml", "items/../x.yaml"):
        yield f"G3 {path[:20]}", hand(path, b"100644", b"x: 1\n")
    yield "G5 two authors", headed(b"author x <x@x> 1800000000 +0800")
    yield "G5 a NUL in a header", headed(b"x \0 y")
    for date in (b"9223372036854775808", b"-1"):
        yield f"G5 the date {date.decode()}", headed(author=b"x <x@x> %s +0800" % date)


def test_no_kind_of_forgery_comes_in(tmp_path: Path) -> None:
    found = roster()
    home = Register.create(tmp_path / "home", found.bureau, found.leaders, (found.units["BGS"],), at("2026-08-31T09:00"))
    forge = Forge(shutil.copytree(home.home, tmp_path / "away", symlinks=True))
    begun, before, tried = home.head(), objects(home), 0
    for what, make in kinds(forge):
        make()
        stock_git().run(what, "-C", str(forge.git), "bundle", "create", "--quiet", str(tmp_path / "false.bundle"), "main")
        code, told = run(home, "import", "bundle", str(tmp_path / "false.bundle"))
        assert (code, "一笔也没有收下" in told or "失败" in told) == (1, True), (what, told)
        assert (home.head(), objects(home)) == (begun, before), what
        forge.main.write_text(f"{begun}\n")
        tried += 1
    assert tried == 14
