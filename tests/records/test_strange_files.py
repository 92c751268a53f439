"""What no act writes lies in the register, by somebody's hand: it is named, stops nobody else, and is never gone into without end."""

from collections.abc import Iterator

import pytest

from records.audit.subject import subject
from records.register.register import NEW, Receipt, Register
from records.store.repository import Repository
from records.store.store import DEEPEST, StoreError
from records.store.tree_digests import tree_digests
from tests.bureau import REGISTER, at
from tests.planting import store_of
from tests.records.test_gitstore import git, put

NOW = at("2026-11-23T10:40")
STRAYS = (
    "items/README",
    "items/２０２６/x",
    "items/2026/README.md",
    "items/2026/9999/x",
    "items/2026/00/DB-2026-9999.yaml",
    "numbers/README",
    "numbers/2026/README.md",
    "roundups/2026/x.yaml",
    "units/x.yaml",
    "calendar/notes.yaml",
)


def planted(store: Repository, name: str, tree: str) -> str:
    """Have the branch go on to a commit by hand that has a folder beside what there was."""
    head = store.head() or ""
    root = git(store, "ls-tree", head) + f"040000 tree {tree}\t{name}\n".encode()
    made = git(store, "commit-tree", "-p", head, "-m", "hand", git(store, "mktree", feed=root).decode().strip()).decode().strip()
    git(store, "update-ref", "refs/heads/main", made, head)
    return made


def folded(store: Repository, levels: int, wide: int) -> str:
    """A folder that stands for ``wide`` to the power of ``levels`` files, of as many objects as levels."""
    blob = git(store, "hash-object", "-w", "--stdin", feed=b"x").decode().strip()
    tree = git(store, "mktree", feed=f"100644 blob {blob}\tf\n".encode()).decode().strip()
    for _ in range(levels):
        tree = git(store, "mktree", feed="".join(f"040000 tree {tree}\td{n:03}\n" for n in range(wide)).encode()).decode().strip()
    return tree


@pytest.mark.parametrize("stray", STRAYS)
def test_a_stray_file_is_named_and_stops_nobody(brief: Register, stray: str) -> None:
    def known(register: Register) -> Iterator[object]:
        view = register.view()
        yield from (view.first_item(), view.next_item(2026), view.number_years(), tuple(view.months()))
        yield from (view.series_in_use(2026), view.roster, view.calendar.shift(NOW.date(), 5))

    before = list(known(brief))
    put(store_of(brief), {stray: b"x\n"}, "hand")
    after = Register(brief.home)
    after.index.catch_up()
    assert [problem.file for problem in after.problems(NOW.date())] == [stray]
    assert list(known(after)) == before
    done = after.act("register", NEW, "BGS.clerk1", REGISTER, NOW)
    assert isinstance(done, Receipt)
    assert done.outcome.target == before[1]
    assert [str(found) for _, found in after.tick(at("2026-12-01T09:00")) if not isinstance(found, Receipt)] == []


def test_folders_in_one_another_are_not_gone_into_without_end(brief: Register) -> None:
    store = store_of(brief)
    made = planted(store, "deep", folded(store, 1200, 1))
    place = "deep/" + "d000/" * DEEPEST
    assert [change.path for change in store.changes(store.describe(made).parent, made)] == [place]
    judged = subject(brief.home)
    account = judged.walk(*judged.history(made)[:2], None, lambda done, total: None, 1)
    assert [(found.commit, found.paths) for found in account.findings] == [(made, (place,))]
    brief.index.catch_up()
    assert [(problem.file, problem.reason) for problem in brief.problems(NOW.date())] == [(place, "登记簿里不应有这个文件夹。")]
    with pytest.raises(StoreError, match="登记簿没有这么深"):
        tree_digests(store.raw, store.describe(made).tree, {})


@pytest.mark.parametrize("act", ["", "\n\nDuban-Act: register\nDuban-Item: DB-2026-0001\nDuban-Rules: 2\n"], ids=["hand", "forged"])
def test_an_audit_comes_to_its_end_also_of_a_folder_that_stands_for_more_files_than_there_are_anywhere(brief: Register, act: str) -> None:
    store = store_of(brief)
    before, bomb = store.head() or "", folded(store, DEEPEST - 1, 100)
    root = git(store, "ls-tree", before) + f"040000 tree {bomb}\tbomb\n".encode()
    tree = git(store, "mktree", feed=root).decode().strip()
    made = git(store, "commit-tree", "-p", before, "-m", f"hand{act}", tree).decode().strip()
    git(store, "update-ref", "refs/heads/main", made, before)
    judged = subject(brief.home)
    commits, begin, _ = judged.history(made, before)
    (found,) = judged.walk(commits, begin, None, lambda done, total: None, 1).findings
    assert found.commit == made
    assert len(found.reason) < 2000
