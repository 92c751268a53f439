"""What an upstream answers, each case with its own words: nothing is lost, nothing is there twice, and who is told what can act on it."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from records.store import upstream as wire
from records.store.address import address
from records.store.branch import MAIN
from records.store.opening import opened
from records.store.pushing import Pushing, Replica
from records.store.repository import Repository
from records.store.store import Ident, MovedError, StoreError
from records.store.upstream import UnreachedError
from tests import githost
from tests.githost import attached, git, over_http, sshd, upstream_at
from tests.waiting import looked_at, until

pytestmark = pytest.mark.e2e

WHO = Ident("王敏", "BGS.clerk1@lzga", datetime.fromisoformat("2026-08-31T09:00:00+08:00"))
SERVICE = Ident("督办系统", "duban@lzga", WHO.time + timedelta(seconds=2))


@dataclass(frozen=True)
class Servers:
    """Two servers of one register, and its upstream."""

    one: Pushing
    other: Pushing
    upstream: Path

    def head(self) -> str:
        return git(self.upstream, "rev-parse", "main")


@pytest.fixture(params=["path", "ssh", "http"])
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Servers]:
    """The same over each way by which an upstream is reached."""
    up = upstream_at(tmp_path / "up.git")
    with over_http(tmp_path) as http:
        url = {"path": str(up), "ssh": sshd().url(up) if request.param == "ssh" else "", "http": f"{http}/up.git"}[request.param]
        yield two(tmp_path, url, up)
        for name in ("one", "other"):
            githost.let_go(tmp_path / name)


@pytest.fixture
def near(tmp_path: Path) -> Servers:
    """With the upstream on this disk, for what is the same whichever way it is reached."""
    up = upstream_at(tmp_path / "up.git")
    return two(tmp_path, str(up), up)


def two(folder: Path, url: str, up: Path) -> Servers:
    one, other = (server(folder / name, url) for name in ("one", "other"))
    put(one, "first")
    other.follow()
    return Servers(one, other, up)


def server(home: Path, url: str) -> Pushing:
    attached(home, url)
    Repository.create(home / "register.git")
    found = opened(home)
    assert isinstance(found, Pushing)
    return found


def put(store: Repository, name: str) -> str:
    with store.writing() as transaction:
        return transaction.commit({f"n/{name}": name.encode()}, author=WHO, committer=SERVICE, message=name)


def hook(up: Path, name: str, lines: str) -> None:
    path = up / "hooks" / name
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)


def messages(store: Repository) -> list[str]:
    return [each.message for each in store.commits(None, store.head() or "")]


# What lands, and what does not


def test_what_is_taken_stands_at_the_upstream_and_here(servers: Servers) -> None:
    commit = put(servers.one, "a")
    assert servers.head() == servers.one.head() == commit
    found = servers.other.follow()
    assert (found.new, found.count, servers.other.read("n/a", commit)) == (commit, 1, b"a")
    assert git(servers.upstream, "fsck", "--strict", "--full") == ""


def test_who_was_slower_is_told_so_and_stands_where_the_quicker_one_left_it(servers: Servers) -> None:
    theirs = put(servers.other, "theirs")
    before = servers.one.head()
    with pytest.raises(MovedError, match=r"别的服务器先办了，本次操作未写入"):
        put(servers.one, "ours")
    assert before != servers.one.head() == servers.head() == theirs
    assert put(servers.one, "ours") == servers.head()
    assert messages(servers.one) == ["first", "theirs", "ours"]


def test_a_batch_lands_whole_or_not_at_all(servers: Servers) -> None:
    put(servers.other, "theirs")
    for _ in range(2):
        try:
            with servers.one.batch() as batch:
                for n in range(5):
                    batch.commit({f"n/{n}": b"x"}, author=WHO, committer=SERVICE, message=str(n))
        except MovedError:
            assert messages(servers.one) == ["first", "theirs"]
    assert messages(servers.one) == ["first", "theirs", *"01234"]
    assert servers.head() == servers.one.head()


def test_what_a_hook_says_reaches_whoever_acts_and_moves_nothing(servers: Servers) -> None:
    hook(servers.upstream, "pre-receive", "printf '今天不收\\033[31m红的\\n' >&2\nexit 1")
    before = servers.head()
    with pytest.raises(StoreError, match=r"上级库没有收下，本次操作未写入。它说：.*今天不收") as refused:
        put(servers.one, "a")
    assert "\033" not in str(refused.value)
    assert not isinstance(refused.value, MovedError)
    assert servers.head() == servers.one.head() == before


def test_a_lock_that_was_left_is_named_and_is_no_lost_race(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_PAUSES", (0.01, 0.01))
    lock = servers.upstream / f"{MAIN}.lock"
    lock.touch()
    before = servers.one.head()
    with pytest.raises(StoreError, match=r"残留的锁 \S*refs/heads/main\.lock，本次操作未写入") as locked:
        put(servers.one, "a")
    assert not isinstance(locked.value, MovedError)
    assert servers.one.head() == servers.head() == before
    lock.unlink()
    assert put(servers.one, "a") == servers.head()


def test_a_lock_that_another_holds_for_a_moment_is_waited_for(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = near.upstream / f"{MAIN}.lock"
    lock.touch()
    fetch, asked = near.one.upstream.fetch, list[str | None]()

    def fetched() -> str | None:
        asked.append(fetch())
        lock.unlink()  # whoever held it is through
        return asked[-1]

    monkeypatch.setattr(near.one.upstream, "fetch", fetched)
    assert put(near.one, "a") == near.head()
    assert len(asked) == 1


KILL_ONCE = "test -e killed && exit 0\n: > killed\nkill -9 $PPID"
BEFORE, AFTER = ("pre-receive", KILL_ONCE), ("reference-transaction", f'test "$1" != committed && exit 0\n{KILL_ONCE}')


@pytest.mark.parametrize("cut", [BEFORE, AFTER], ids=["before", "after"])
def test_a_line_that_is_cut_after_sending_lands_once(servers: Servers, cut: tuple[str, str]) -> None:
    """The upstream's own process dies before the branch moves, or after it has moved and before it says so."""
    hook(servers.upstream, *cut)
    commit = put(servers.one, "a")
    assert (servers.upstream / "killed").exists()
    assert servers.head() == servers.one.head() == commit
    servers.other.follow()
    put(servers.other, "b")
    assert messages(servers.other) == ["first", "a", "b"]
    assert git(servers.upstream, "fsck", "--strict", "--full") == ""


def test_a_push_may_take_as_long_as_it_likes_while_git_tells_that_it_moves(
    near: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A year's import over a slow line; half a minute in all was not enough for it, ever."""
    clock = looked_at(tmp_path, monkeypatch, step=0.5)
    tells = 'read -r _ <&3; echo "Resolving deltas:  50% (1/2)" >&2'
    hook(near.upstream, "pre-receive", f"exec 3<{tmp_path}/sign\nfor _ in $(seq 100); do {tells}; done")
    assert put(near.one, "a") == near.head()
    assert clock.at >= 50


def test_a_push_that_stands_still_is_given_up_whatever_a_hook_says_meanwhile(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_PATIENCE", 0.0)
    monkeypatch.setattr(near.one.upstream, "_quiet", 0.5)  # of the push alone
    hook(near.upstream, "pre-receive", "while ! test -e gone; do echo 还在核对 >&2; sleep 0.01; done; exit 1")
    try:
        with pytest.raises(StoreError, match=r"不知道是否已写入.*没有应答"):
            put(near.one, "a")
    finally:
        (near.upstream / "gone").touch()


def test_a_large_push_that_was_cut_is_sent_again(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it had taken: what is given up after ten seconds is what does not come through at all."""
    real, push, taken = time.monotonic, near.one.upstream._push, list[float]()

    def for_an_hour(*what: Any) -> Any:
        found = push(*what)
        taken.append(3600.0)
        return found

    monkeypatch.setattr(near.one.upstream, "_push", for_an_hour)
    monkeypatch.setattr(time, "monotonic", lambda: real() + sum(taken))
    hook(near.upstream, *BEFORE)
    assert put(near.one, "a") == near.head()
    assert (near.upstream / "killed").exists()


def test_what_a_killed_process_of_the_upstreams_leaves_is_named(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_PAUSES", (0.01, 0.01))
    hook(near.upstream, "reference-transaction", f'test "$1" != prepared && exit 0\n{KILL_ONCE}')
    with pytest.raises(StoreError, match=r"残留的锁 \S*main\.lock"):
        put(near.one, "a")
    assert len([*near.upstream.glob("objects/pack/*.pack")]) > 2  # what is sent again is packed otherwise than what the killed one kept
    for name in (MAIN, "HEAD"):
        (near.upstream / f"{name}.lock").unlink()
    assert put(near.one, "a") == near.head()
    assert messages(near.one) == ["first", "a"]


def test_where_nobody_can_be_asked_any_more_it_is_said_that_nobody_knows(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "_PAUSES", (0.01, 0.01))
    hook(
        near.upstream, "reference-transaction", f'test "$1" != committed && exit 0\nmv {near.upstream} {near.upstream}.away\nkill -9 $PPID'
    )
    before = near.one.head()
    with pytest.raises(StoreError, match=r"不知道是否已写入（提交 [0-9a-f]{12}），请先核对"):
        put(near.one, "a")
    assert near.one.head() == before
    Path(f"{near.upstream}.away").rename(near.upstream)
    (near.upstream / "hooks/reference-transaction").unlink()
    with pytest.raises(MovedError):
        put(near.one, "b")
    assert messages(near.one) == ["first", "a"]  # it had landed, and is seen now


def test_an_upstream_that_cannot_be_reached_has_certainly_nothing(servers: Servers) -> None:
    servers.upstream.rename(servers.upstream.with_name("away.git"))
    before = servers.one.head()
    with pytest.raises(StoreError, match=r"上级库连不上，本次操作未写入。"):
        put(servers.one, "a")
    with pytest.raises(UnreachedError, match="上级库连不上"):
        servers.one.follow()
    assert servers.one.head() == before
    servers.upstream.with_name("away.git").rename(servers.upstream)
    assert put(servers.one, "a") == servers.head()


def test_what_cannot_be_kept_here_is_not_put_down_to_the_line(servers: Servers) -> None:
    put(servers.other, "a")
    folder = servers.one.path / "objects/pack"
    folder.rename(folder.with_name("away"))
    folder.touch()
    with pytest.raises(UnreachedError, match="上级库连得上，它的历史没有取全，登记簿还在原处"):
        servers.one.follow()
    folder.unlink()
    folder.with_name("away").rename(folder)
    servers.one.follow()
    assert servers.one.head() == servers.head()


def test_what_came_from_there_has_durable_names_before_the_branch_moves(near: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    put(near.other, "theirs")
    synced, real = list[str](), os.fsync

    def noted(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}").removeprefix(f"{near.one.path.resolve()}/"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    near.one.follow()
    assert synced == ["objects/pack", "duban.main", "refs/heads"]


def test_what_landed_there_and_not_here_is_not_called_undone(near: Servers) -> None:
    (near.one.path / f"{MAIN}.lock").touch()
    with pytest.raises(StoreError, match=r"本次操作已写入上级库（提交 ([0-9a-f]{40})），本机没有跟上，不要重复操作"):
        put(near.one, "a")
    (near.one.path / f"{MAIN}.lock").unlink()
    assert near.one.follow().new == near.head()
    assert messages(near.one) == ["first", "a"]


def test_the_same_commit_sent_by_two_is_there_once(near: Servers) -> None:
    assert put(near.one, "a") == put(near.other, "a") == near.head()
    assert messages(near.one) == messages(near.other) == ["first", "a"]


# Histories that do not follow one from the other


def test_an_upstream_from_an_old_backup_stops_a_server_and_is_given_nothing(near: Servers) -> None:
    was = near.one.head() or ""
    put(near.one, "a")
    put(near.one, "b")
    git(near.upstream, "update-ref", MAIN, was)
    here = near.one.head()
    for do in (near.one.follow, lambda: put(near.one, "c")):
        with pytest.raises(StoreError, match=rf"上级库只到 {was[:12]}，比本机的 main（{here[:12] if here else ''}）少 2 笔：.*已停下"):
            do()
    assert (near.one.head(), near.head()) == (here, was)


def test_two_histories_that_forked_stop_a_server(near: Servers) -> None:
    """It says since when, and how many acts each has that the other has not: whoever decides has to look at these."""
    was = near.one.head() or ""
    put(near.one, "a")
    put(near.one, "aa")
    git(near.upstream, "update-ref", MAIN, was)
    put(near.other, "b")
    here, there = near.one.head(), near.head()
    for do in (near.one.follow, lambda: put(near.one, "c")):
        with pytest.raises(StoreError, match=rf"两边分叉了：在 {was[:12]} 以后，本机多 2 笔，上级库多 1 笔。已停下"):
            do()
    assert (near.one.head(), near.head()) == (here, there)


def test_two_registers_have_nothing_in_common(near: Servers, tmp_path: Path) -> None:
    away = near.upstream.rename(tmp_path / "away.git")
    put(server(tmp_path / "another", str(upstream_at(tmp_path / "up.git"))), "another")
    here = near.one.head()
    with pytest.raises(StoreError, match=r"没有共同的一笔，是两个登记簿。已停下"):
        near.one.follow()
    assert near.one.head() == here
    assert away.exists()


def test_an_upstream_that_is_empty_again_stops_a_server(near: Servers) -> None:
    git(near.upstream, "update-ref", "-d", MAIN)
    here = near.one.head()
    for do in (near.one.follow, lambda: put(near.one, "c")):
        with pytest.raises(StoreError, match="上级库是空的"):
            do()
    assert near.one.head() == here


# Replicas


def test_whoever_was_at_it_when_the_server_was_led_to_another_upstream_writes_to_neither(near: Servers, tmp_path: Path) -> None:
    """What the old one took, the new one would not have: and so would nobody soon."""
    before, up = near.one.head(), upstream_at(tmp_path / "new.git")
    git(near.upstream, "push", "--quiet", str(up), MAIN)
    attached(near.one.path.parent, str(up))
    for do in (near.one.follow, lambda: put(near.one, "a")):
        with pytest.raises(StoreError, match="已经改接别的上级库，本次操作未写入。请退出界面，重新进入再办，写的都留着"):
            do()
    assert before == near.one.head() == near.head() == git(up, "rev-parse", "main")
    again = opened(near.one.path.parent)
    assert put(again, "a") == git(up, "rev-parse", "main")


def test_other_refs_of_a_foreign_host_whose_names_end_alike_are_not_its_branch(servers: Servers) -> None:
    was = servers.one.head() or ""
    git(servers.upstream, "update-ref", f"refs/backup/{MAIN}", was)
    put(servers.other, "a")
    assert servers.one.follow().new == servers.head()
    git(servers.upstream, "update-ref", "-d", MAIN)
    with pytest.raises(StoreError, match="上级库是空的"):
        servers.one.follow()


def test_a_replica_follows_and_writes_nothing(servers: Servers, tmp_path: Path) -> None:
    home = attached(tmp_path / "replica", servers.one.upstream.address.url, replica=True)
    Repository.create(home / "register.git")
    replica = opened(home)
    assert isinstance(replica, Replica)
    put(servers.one, "a")
    assert (replica.follow().old, replica.head()) == (None, servers.head())
    put(servers.one, "b")
    assert (replica.follow().count, replica.follow().count, replica.read("n/b", servers.head())) == (1, 0, b"b")
    for hold in (replica.writing, replica.batch):
        with pytest.raises(StoreError, match=r"这里是副本，只供查看"), hold():
            pass
    githost.let_go(home)


# Addresses

TAKEN = [
    "/srv/git/库.git",
    "/media/移动 硬盘/库 (1)/x.git",
    "/media/备份\u3000二/库(2)",
    "ssh://git@host:22/srv/x.git",
    "git@host:x.git",
    "an_alias:x.git",
    "host:/x",
    "git@[::1]:x",
    "http://host:80/x.git",
    "https://host/x",
]
REFUSED = [
    "", "-oProxyCommand=id", "--upload-pack=id", "ext::sh -c id", "ext::id", "fd::3", "file:///x", "git://host/x", "x.git", "./x",
    "host:-x", "ssh://-oProxyCommand=id/x", "-x@host:x", "ssh://host/-x", "http://u:p@host/x",
    "/a ", "/ a", "/a\tb", "host:a b", "ssh://host/a b", "ssh://u:p@host/x",
    "http://u@host/x", "u:p@host:x", "/a'b", '/a"b', "/$(id)",
    "host:`id`", "/a;id", "/a\nb", "/a\u202eb", "host::x", "host://x", f"/{'x' * 2000}",
]  # fmt: skip


@pytest.mark.parametrize("text", TAKEN)
def test_an_address_that_git_can_be_given_is_taken(text: str) -> None:
    assert address(text).url == text


@pytest.mark.parametrize("text", REFUSED)
def test_an_address_that_could_be_more_than_one_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="不合规"):
        address(text)
    (tmp_path / "upstream").mkdir()
    (tmp_path / "upstream/url").write_text(f"{text}\n")
    with pytest.raises(StoreError, match=r"不合规|不是上级库的地址"):
        opened(tmp_path)


@pytest.mark.parametrize("lines", ["/x\nreplicas\n", "/x\nreplica\n/y\n", "/x\n\n"])
def test_a_file_of_any_other_form_is_no_address(lines: str, tmp_path: Path) -> None:
    (tmp_path / "upstream").mkdir()
    (tmp_path / "upstream/url").write_text(lines)
    with pytest.raises(StoreError, match="不是上级库的地址"):
        opened(tmp_path)


def test_a_password_that_was_written_all_the_same_is_not_shown_again() -> None:
    for text in ("http://u:geheim@host/x", "http://u:ge@heim@host/x", "ssh://u:geheim@host:22/x", "u:geheim@host:x"):
        with pytest.raises(StoreError, match="不写口令") as told:
            address(text)
        assert "heim" not in str(told.value)


def test_nobodys_configuration_and_surroundings_count(near: Servers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GIT_SSH_COMMAND", "GIT_DIR", "GIT_CONFIG_PARAMETERS", "GIT_EXEC_PATH", "GIT_TRACE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/nonexistent")
    (tmp_path / ".gitconfig").write_text(f'[url "{tmp_path}/nowhere"]\n\tinsteadOf = {near.upstream}\n')
    assert put(near.one, "a") == (near.upstream / MAIN).read_text().strip()


def test_the_connection_is_made_once_and_a_dead_one_is_made_anew(tmp_path: Path) -> None:
    up = upstream_at(tmp_path / "up.git")
    found = two(tmp_path, sshd().url(up), up)
    (line,) = (tmp_path / "one/upstream").glob("line-*")
    before = line.stat().st_ino
    put(found.one, "a")
    assert line.stat().st_ino == before
    githost.let_go(tmp_path / "one")
    until(lambda: not line.exists())  # it takes leave of its own
    line.touch()  # what a killed one leaves is no socket that answers
    put(found.one, "b")
    assert found.head() == found.one.head()
    for name in ("one", "other"):
        githost.let_go(tmp_path / name)


def test_whether_a_push_was_sent_is_known_by_what_git_exchanged(servers: Servers) -> None:
    """By Git's own trace; a Git that traces otherwise would make every line that was cut look as if nothing had been sent."""
    wired, head, to = servers.one.upstream, servers.head(), git(servers.one.path, "commit-tree", "-p", "main", "-m", "x", "main^{tree}")
    hook(servers.upstream, *BEFORE)
    cut = wired._push(head, to)
    assert (cut.mark, cut.sent) == ("", True)
    servers.upstream.rename(servers.upstream.with_name("away.git"))
    away = wired._push(head, to)
    assert (away.mark, away.sent) == ("", False)
