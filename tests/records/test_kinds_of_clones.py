"""Whatever Git makes of a register is read, or it is said what it is and what to do: never that it is damaged."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from records.register.register import Register
from records.store.store import StoreError
from records.store.worktree import WORK_TREE, WorkTree
from tests.documents.case import RECORD, created, walk
from tests.planting import store_of

_GIT = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
_WHO = {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=True, env=_GIT | _WHO, encoding="utf-8")
    return done.stdout.strip()


@pytest.fixture
def register(tmp_path: Path) -> Register:
    found = created(tmp_path / "register")
    walk(found, "dispatch")
    return found


def _plain(source: Path, place: Path) -> None:
    git(place.parent, "clone", "-q", str(source), str(place))


def _shared(source: Path, place: Path) -> None:
    git(place.parent, "clone", "-q", "--shared", str(source), str(place))
    assert not [*place.glob(".git/objects/??/*"), *place.glob(".git/objects/pack/*")]


def _shared_twice(source: Path, place: Path) -> None:
    _shared(source, place.parent / "between")
    _shared(place.parent / "between", place)


def _shared_by_a_relative_path(source: Path, place: Path) -> None:
    _shared(source, place)
    names = place / ".git/objects/info/alternates"
    names.write_text("# borrowed\n" + os.path.relpath(source / "objects", place / ".git/objects") + "\n")


def _referring(source: Path, place: Path) -> None:
    _plain(source, place.parent / "other")
    git(place.parent, "clone", "-q", "--reference", str(place.parent / "other"), str(source), str(place))


def _apart(source: Path, place: Path) -> None:
    git(place.parent, "clone", "-q", "--separate-git-dir", str(place.parent / "apart.git"), str(source), str(place))


def _linked(source: Path, place: Path) -> None:
    _plain(source, place.parent / "first")
    git(place.parent / "first", "worktree", "add", "-q", "-b", "draft", str(place))


def _linked_to_the_register(source: Path, place: Path) -> None:
    git(source, "worktree", "add", "-q", "-b", "draft", str(place), "main")


def _packed(source: Path, place: Path) -> None:
    _shared(source, place)
    git(source, "repack", "-adfq")
    git(source, "pack-refs", "--all")


MAKERS = (_plain, _shared, _shared_twice, _shared_by_a_relative_path, _referring, _apart, _linked, _linked_to_the_register, _packed)


@pytest.mark.parametrize("make", MAKERS)
def test_every_kind_of_clone_is_read_with_its_history_and_its_files(
    make: Callable[[Path, Path], None], register: Register, tmp_path: Path
) -> None:
    make(store_of(register).path, tmp_path / "clone")
    tree = WorkTree(tmp_path / "clone")
    head = register.head() or ""
    assert tree.head() == head
    assert [each.id for each in tree.commits(None, head)] == [each.id for each in register.commits()]
    assert tree.read(RECORD, WORK_TREE) == tree.read(RECORD, head) == register.written(RECORD, head)
    assert tree.changed() == ()


def test_what_comes_to_the_lender_later_is_found(register: Register, tmp_path: Path) -> None:
    _shared(store_of(register).path, tmp_path / "clone")
    tree = WorkTree(tmp_path / "clone")
    git(tmp_path / "clone", "commit", "-q", "--allow-empty", "-m", "x")
    walk(register, "sign_for")
    head = register.head() or ""
    assert tree.read(RECORD, head) == register.written(RECORD, head)


def refused(register: Register, place: Path) -> str:
    head = register.head() or ""

    def look() -> None:
        tree = WorkTree(place)
        assert list(tree.commits(None, head))
        assert tree.read(RECORD, head)

    with pytest.raises(StoreError) as told:
        look()
    assert "损坏" not in str(told.value)
    assert "备份" not in str(told.value)
    return str(told.value)


def test_a_clone_whose_lender_is_gone_says_so(register: Register, tmp_path: Path) -> None:
    _plain(store_of(register).path, tmp_path / "lender")
    _shared(tmp_path / "lender", tmp_path / "clone")
    (tmp_path / "lender").rename(tmp_path / "moved")
    told = refused(register, tmp_path / "clone")
    assert f"借用 {tmp_path}/lender/.git/objects 的对象（git clone --shared）" in told
    assert "重新克隆" in told


def test_lenders_that_lend_to_one_another_in_a_circle_end_nothing(register: Register, tmp_path: Path) -> None:
    for name in ("clone", "other"):
        _plain(store_of(register).path, tmp_path / name)
    for one, other in (("clone", "other"), ("other", "clone")):
        (tmp_path / one / ".git/objects/info/alternates").write_text(f"{tmp_path}/{other}/.git/objects\n")
    tree = WorkTree(tmp_path / "clone")
    with pytest.raises(StoreError, match="缺少对象"):
        tree.blob("0" * 40)


@pytest.mark.parametrize(("how", "words"), [("--depth=1", "git fetch --unshallow"), ("--filter=blob:none", "部分克隆")])
def test_a_clone_that_lacks_some_of_it_says_what_it_is(how: str, words: str, register: Register, tmp_path: Path) -> None:
    source = store_of(register).path
    git(source, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", how, source.as_uri(), "clone")
    assert words in refused(register, tmp_path / "clone")


def test_a_clone_or_register_of_sha_256_says_what_it_is(register: Register, tmp_path: Path) -> None:
    for place, bare in (("clone", ()), ("home/register.git", ("--bare",))):
        git(tmp_path, "init", "-q", "-b", "main", "--object-format=sha256", *bare, place)
    (tmp_path / "clone/bureau.yaml").write_text("id: x\n")
    git(tmp_path / "clone", "add", ".")
    git(tmp_path / "clone", "commit", "-q", "-m", "x")
    git(tmp_path / "clone", "push", "-q", str(tmp_path / "home/register.git"), "main")
    assert "SHA-256" in refused(register, tmp_path / "clone")
    git(tmp_path / "clone", "pack-refs", "--all")
    assert "克隆请从登记簿用 git clone 重新克隆" in refused(register, tmp_path / "clone")
    with pytest.raises(StoreError, match="SHA-256"):
        Register(tmp_path / "home")


def test_a_clone_or_register_that_keeps_its_branches_in_tables_says_what_it_is(register: Register, tmp_path: Path) -> None:
    """Laid out as Git 2.45 does it, which is newer than the Git of the tests."""
    _plain(store_of(register).path, tmp_path / "clone")
    for home in (tmp_path / "clone/.git", store_of(register).path):
        for path in sorted((home / "refs").rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        (home / "packed-refs").unlink(missing_ok=True)
        (home / "refs/heads").write_text("this repository uses the reftable format\n")
        (home / "HEAD").write_text("ref: refs/heads/.invalid\n")
        (home / "reftable").mkdir()
        (home / "reftable/tables.list").touch()
    with pytest.raises(StoreError, match=r"reftable.*git refs migrate --ref-format=files"):
        WorkTree(tmp_path / "clone")
    with pytest.raises(StoreError, match=r"reftable.*git refs migrate --ref-format=files"):
        register.head()
