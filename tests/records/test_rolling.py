"""Each fetch brings a pack: whoever fetched rolls them up once they are many, and nobody who reads or acts meanwhile meets that."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from records.store import rolling
from records.store.lock import held
from records.store.repository import Repository
from records.store.store import MovedError
from tests.githost import git, upstream_at
from tests.records.test_two_servers import hosts_own
from tests.records.test_upstream import Servers, messages, put, two
from tests.waiting import PATIENCE, until


@pytest.fixture
def near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Servers:
    """Two servers of which one follows the other, and a handful of packs is many."""
    monkeypatch.setattr(rolling, "MANY", 4)
    up = upstream_at(tmp_path / "up.git")
    return two(tmp_path, str(up), up)


def packs(store: Repository) -> int:
    return len([*(store.path / "objects/pack").glob("*.pack")])


def followed(near: Servers, names: range) -> Iterator[int]:
    """The packs that a server has each time that it followed an act of the other."""
    for name in names:
        put(near.one, str(name))
        near.other.follow()
        yield packs(near.other)


def test_packs_stay_few_however_often_is_fetched(near: Servers) -> None:
    reader = Repository(near.other.path)
    assert messages(reader) == messages(near.other)
    assert max(followed(near, range(30))) <= 5
    near.one.follow()
    assert messages(reader) == messages(near.other) == messages(near.one)
    assert {near.other.read(f"n/{name}", near.other.head() or "") for name in range(30)} == {str(name).encode() for name in range(30)}
    assert git(near.other.path, "fsck", "--strict", "--full", "--no-dangling") == ""
    assert put(near.other, "ours") == near.head()


def test_servers_that_act_in_turn_have_few_too(near: Servers) -> None:
    for name in range(12):
        for who in (near.one, near.other):
            with suppress(MovedError):  # the first time; from then on he fetches before he acts
                put(who, f"{name} of {who.path}".replace("/", " "))
    assert packs(near.one) <= 5
    assert packs(near.other) <= 5
    assert len(messages(near.one)) >= 20


def test_while_an_upkeep_packs_nothing_is_rolled_and_following_goes_on(near: Servers) -> None:
    with held(near.other.path / rolling.ALONE, 0):
        assert [*followed(near, range(8))][-1] >= 8
    assert [*followed(near, range(8, 9))] == [1]


def test_what_is_large_or_kept_is_left_to_the_upkeep(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    [*followed(near, range(3))]
    (first, *_) = (near.other.path / "objects/pack").glob("*.pack")
    first.with_suffix(".keep").touch()
    [*followed(near, range(3, 9))]
    assert first.exists()
    monkeypatch.setattr(rolling, "_SMALL", 1)
    before = packs(near.other)
    assert [*followed(near, range(9, 15))][-1] == before + 6


def test_where_it_cannot_be_done_following_goes_on(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "")

    monkeypatch.setattr(rolling, "taken_away", fails)
    assert [*followed(near, range(8))][-1] >= 8
    near.one.follow()
    assert messages(near.other) == messages(near.one)


def test_a_host_rolls_up_what_was_pushed_and_nobody_waits_for_it(near: Servers) -> None:
    """Each push brings a pack there: after six hundred an act took four times as long."""
    file = near.upstream / "hooks/post-receive"
    assert "-gt 50 " in file.read_text()
    file.write_text(file.read_text().replace("-gt 50 ", "-gt 4 "))
    up = Repository(near.upstream)
    for name in range(12):
        put(near.one, str(name))
        if packs(up) > 4:
            until(lambda: packs(up) == 1)
            with held(near.upstream / "repack.lock", PATIENCE):  # who packed has gone: he would keep the next one from it
                pass
    until(lambda: not hosts_own(near.upstream))
    near.other.follow()
    assert messages(near.other) == messages(near.one)
    assert git(near.upstream, "fsck", "--strict", "--full", "--no-dangling") == ""


def test_a_host_at_which_somebody_packs_takes_what_is_pushed_all_the_same(near: Servers) -> None:
    file = near.upstream / "hooks/post-receive"
    file.write_text(file.read_text().replace("-gt 50 ", "-gt 1 "))
    with held(near.upstream / "repack.lock", 0):
        for name in range(4):
            put(near.one, str(name))
        until(lambda: not hosts_own(near.upstream))
        assert packs(Repository(near.upstream)) == 5
