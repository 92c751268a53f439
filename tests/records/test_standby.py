"""An upstream with a standby: what is acknowledged is at both, the standby takes over, and the old one that comes back does not fork."""

import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from records.acts import Refusal
from records.register.hosting import line_for
from records.register.joining import join
from records.register.register import Receipt, Register
from records.register.standby import fed, fed_no_more, key_for, made_standby, rejoined, taken_over
from records.store import upstream as wire
from records.store.address import Address, address
from records.store.stock_git import Git
from records.store.store import StoreError
from records.store.upstream import Upstream
from tests import githost
from tests.documents.case import ITEM, NOW, act, created, walk
from tests.githost import git, serving, sshd, upstream_at, with_key
from tests.records.test_two_servers import SERVERS, hosts_own, texts, writer
from tests.records.test_upstream import hook
from tests.waiting import until
from tui.command import duban
from tui.command.upstream_lines import standby_line

pytestmark = pytest.mark.e2e

GIT = Git(shutil.which("git") or "git", "/usr/local/bin:/usr/bin:/bin")


@dataclass
class Host:
    """A Git host that can be taken off the net, and comes back as it was."""

    place: Path
    listening: githost.Sshd | None

    @property
    def where(self) -> Address:
        """Where it is for whoever reaches it."""
        return address(self.listening.url(Path("/up.git")) if self.listening else str(self.place))

    @property
    def head(self) -> str:
        return git(self.place, "rev-parse", "main")

    @property
    def away(self) -> Path:
        """Where it lies while it is off the net."""
        return self.place.with_name(f"{self.place.name}.away")

    def gone(self) -> None:
        """Kill all that runs there, and let nobody in."""
        self.place.rename(self.away)
        for pid in hosts_own(self.away):
            subprocess.run(["kill", "-9", str(pid)], check=False)

    def back(self) -> None:
        """Come back as it was."""
        self.away.rename(self.place)
        self.unlocked()

    def unlocked(self) -> None:
        """What its keeper does who is told of a lock that was left, by its name."""
        for lock in self.place.rglob("*.lock"):
            lock.unlink()


@dataclass(frozen=True)
class Hosts:
    """An upstream, its standby, and two servers that have one matter in hand."""

    first: Host
    second: Host
    home: Path

    def feed(self, *, later: bool = False) -> None:
        """Have the first push to the second."""
        made_standby(self.second.place)
        fed(self.first.place, self.second.where, later=later)

    def server(self, name: str) -> Register:
        return Register(self.home / name)


@pytest.fixture(params=["path", "ssh"])
def hosts(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hosts]:
    """Over ssh each host has an entrance of its own, by which the servers come in, and the other host as the one it stands by."""
    places = [upstream_at(tmp_path / name) for name in ("first.git", "second.git")]
    found = [Host(place, None) for place in places]
    if request.param == "ssh":
        mine = (sshd().place / "key.pub").read_text()
        theirs = [with_feeding_key(place) for place in places]
        lines = [line_for(places[n], mine) + line_for(places[n], theirs[1 - n], feeding=True) for n in (0, 1)]
        found = [Host(place, serving(sshd().place, told)) for place, told in zip(places, lines, strict=True)]
    walk(created(with_key(tmp_path / "one")), "dispatch")
    for name in SERVERS:
        join(with_key(tmp_path / name), found[0].where)
    act(Register(tmp_path / "one"), "sign_for", "JJ.liaison", {})
    yield Hosts(found[0], found[1], tmp_path)
    for name in (*SERVERS, "late"):
        githost.let_go(tmp_path / name)
    for host in found:
        githost.let_go(host.place, "standby")
        if host.listening:
            host.listening.process.terminate()
            host.listening.process.wait()


def with_feeding_key(place: Path) -> str:
    """Make the key by which an upstream comes in at its standby, and return its public half."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key_for(place)], check=True)
    return (place / "standby/key.pub").read_text()


def progress(register: Register, text: str) -> Receipt | Refusal:
    return register.act("report_progress", ITEM, "JJ.liaison", {"percent": 40, "text": text}, NOW)


def done_in(said: Path) -> set[str]:
    return {line.removeprefix("done ") for line in said.read_text().splitlines() if line.startswith("done ")}


def standing_by(register: Register) -> str:
    state = Upstream(register.home).state()
    line = standby_line(register, state or "")
    return line[1] if line else ""


def test_what_is_taken_is_at_the_standby_first(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts.feed()
    assert hosts.first.head == hosts.second.head
    lock = hosts.second.place / "refs/heads/main.lock"
    lock.touch()
    told = rf"备用库的 main 没有动，却移动不了：那里有残留的锁 {lock}，.*请备用主机的管理员"
    with monkeypatch.context() as hasty:
        hasty.setattr("records.store.upstream._PATIENCE", 0.0)
        with pytest.raises(StoreError, match=told):  # the two hosts have their repositories at the same place, as the page has it
            progress(hosts.server("one"), "走访。")
    lock.unlink()
    assert isinstance(progress(hosts.server("one"), "走访。"), Receipt)
    assert hosts.first.head == hosts.second.head == hosts.server("one").head()
    assert isinstance(progress(hosts.server("other"), "又走访。"), Receipt)  # it was slower, and acts again
    assert hosts.first.head == hosts.second.head == hosts.server("other").head()
    assert standing_by(hosts.server("other")) == f"备用库 {hosts.second.where.url} 先收下才算，与上级库同在"


def test_a_standby_takes_nothing_from_servers(hosts: Hosts) -> None:
    hosts.feed()
    join(hosts.home / "other", hosts.second.where)
    with pytest.raises(StoreError, match=r"上级库没有收下，本次操作未写入。它说：这里是备用库，还没有接替"):
        progress(hosts.server("other"), "走访。")
    assert "接的这个库是备用库，还没有接替" in standing_by(hosts.server("other"))
    assert hosts.first.head == hosts.second.head


def test_the_drill(hosts: Hosts) -> None:
    """The upstream is killed under load; work goes on at the standby; nothing acknowledged is lost; the old one does not fork."""
    hosts.feed()
    said, home = hosts.home / "said", hosts.home
    said.touch()
    shutil.copytree(home / "one", home / "late", ignore=shutil.ignore_patterns("line-*"))  # a server that nobody will tell
    writers = [writer(home / name, f"{name}{n}", 1000, said) for name in SERVERS for n in range(2)]
    while len(done_in(said)) < 12:
        assert all(each.is_alive() for each in writers)
        assert "trouble " not in said.read_text(), said.read_text()
        time.sleep(0.01)
    hosts.first.gone()
    while "trouble " not in said.read_text():  # somebody has been told so
        assert all(each.is_alive() for each in writers)
        time.sleep(0.01)
    for each in writers:
        each.kill()
        each.join()
    before = done_in(said)

    assert taken_over(hosts.second.place)
    for name in SERVERS:
        join(home / name, hosts.second.where)
    writers = [writer(home / name, f"{name}{n}以后", 3, said) for name in SERVERS for n in range(2)]
    for each in writers:
        each.join()
    assert len(done_in(said)) == len(before) + 12
    Register(home / "one").follow()
    counts = texts(home / "one")
    assert before <= done_in(said) <= counts.keys()
    assert set(counts.values()) == {1}

    hosts.first.back()
    old = hosts.first.head
    with pytest.raises(StoreError, match=r"上级库没有收下，本次操作未写入。它说：.*备用库已经接替，这里不再收"):
        progress(hosts.server("late"), "没有人告诉它。")
    assert hosts.first.head == old
    where, left = rejoined(hosts.first.place, GIT)
    assert (where.url, left) == (hosts.second.where.url, None)
    assert hosts.first.head == hosts.second.head
    with pytest.raises(StoreError, match="它已经是备用库，不用再做，什么都没有改"):
        rejoined(hosts.first.place, GIT)
    fed(hosts.second.place, hosts.first.where, later=False)
    assert isinstance(progress(hosts.server("other"), "照旧。"), Receipt)
    assert hosts.first.head == hosts.second.head
    join(home / "late", hosts.second.where)
    assert isinstance(progress(hosts.server("late"), "告诉了它。"), Receipt)
    assert hosts.first.head == hosts.second.head == hosts.server("late").head()
    for host in (hosts.first, hosts.second):
        assert git(host.place, "fsck", "--strict", "--full", "--no-dangling") == ""
    told = CliRunner().invoke(duban, ["audit", str(home / "other")])
    assert told.exit_code == 0, told.output


@pytest.mark.parametrize("same", [True, False], ids=["the same again", "another"])
def test_an_upstream_that_died_after_its_standby_had_taken_goes_on(hosts: Hosts, same: bool) -> None:
    """The standby is ahead by what nobody was told of."""
    hosts.feed()
    hook = hosts.first.place / "hooks/reference-transaction"
    hook.write_text("#!/bin/sh\ntest -e died && exit 0\ntest $1 = prepared || exit 0\n: >died\nkill -9 $PPID\n")
    hook.chmod(0o755)
    seen, who, text = hosts.first.head, "one" if same else "other", "走访。" if same else "别人的。"
    with pytest.raises(StoreError, match=r"备用库已经收下.*上级库还没有写成，恢复以后会补上：不要重复操作.*Git 主机有残留的锁"):
        progress(hosts.server(who), text)
    assert hosts.first.head == seen != hosts.second.head
    hosts.first.unlocked()
    assert isinstance(progress(hosts.server("one"), "走访。"), Receipt)
    assert hosts.first.head == hosts.second.head == hosts.server("one").head()
    assert texts(hosts.home / "one") == Counter(["走访。"] if same else ["走访。", "别人的。"])


@pytest.mark.parametrize("comes_back", [True, False], ids=["heard again at once", "away for a while"])
def test_what_a_standby_may_have_taken_is_not_said_to_be_unwritten(hosts: Hosts, monkeypatch: pytest.MonkeyPatch, comes_back: bool) -> None:
    """It had taken it, and the line was cut before it could say so: the next act of anybody put it on record."""
    hosts.feed()
    leaves = f"mv {hosts.second.place} {hosts.second.away}"
    hook(hosts.second.place, "reference-transaction", f"[ $1 = committed ] || exit 0\n{leaves}\nkill -9 $PPID")

    def pauses(_: float) -> None:
        (hosts.second.away / "hooks/reference-transaction").unlink(missing_ok=True)
        if comes_back and hosts.second.away.exists():
            hosts.second.back()

    monkeypatch.setattr(wire, "time", SimpleNamespace(monotonic=time.monotonic, sleep=pauses))
    if comes_back:
        assert isinstance(progress(hosts.server("one"), "走访。"), Receipt)
    else:
        monkeypatch.setattr(wire, "_PATIENCE", 0.1)
        with pytest.raises(StoreError, match=r"不知道是否已写入.*它恢复以后看记录里有没有这一笔，没有再办。备用库没有答复"):
            progress(hosts.server("one"), "走访。")
        pauses(0)
        hosts.second.back()
    assert isinstance(progress(hosts.server("other"), "别人的。"), Receipt)
    assert hosts.first.head == hosts.second.head == hosts.server("other").head()
    assert texts(hosts.home / "other") == Counter(["走访。", "别人的。"])


@pytest.mark.parametrize("hinders", ["a hook that refuses", "a lock"])
def test_what_the_standby_has_is_not_said_to_be_unwritten_though_the_upstream_cannot_write_it(
    hosts: Hosts, monkeypatch: pytest.MonkeyPatch, hinders: str
) -> None:
    hosts.feed()
    monkeypatch.setattr(wire, "_PATIENCE", 0.1)
    if hinders == "a lock":
        (hosts.first.place / "refs/heads/main.lock").touch()
    else:
        hook(hosts.first.place, "update", "exit 1")
    with pytest.raises(StoreError, match=r"备用库已经收下.*上级库还没有写成，恢复以后会补上：不要重复操作"):
        progress(hosts.server("one"), "走访。")
    hosts.first.unlocked()
    (hosts.first.place / "hooks/update").unlink(missing_ok=True)
    assert isinstance(progress(hosts.server("other"), "别人的。"), Receipt)
    assert texts(hosts.home / "other") == Counter(["走访。", "别人的。"])


def test_where_the_standby_does_not_answer_nothing_is_taken_until_it_is_let_go(hosts: Hosts) -> None:
    hosts.feed()
    hosts.second.gone()
    with pytest.raises(StoreError, match=r"上级库没有收下，本次操作未写入。它说：备用库没有收下，所以这里也没有收"):
        progress(hosts.server("one"), "走访。")
    assert hosts.first.head == hosts.server("one").head()
    assert fed_no_more(hosts.first.place)
    assert isinstance(progress(hosts.server("one"), "走访。"), Receipt)
    hosts.second.back()
    hosts.feed()
    assert hosts.first.head == hosts.second.head


def test_one_that_follows_later_says_how_far_it_is_behind_and_what_it_lacks_is_brought_there(hosts: Hosts) -> None:
    hosts.feed(later=True)
    one = hosts.server("one")
    assert isinstance(progress(one, "走访。"), Receipt)
    until(lambda: standing_by(one) == f"备用库 {hosts.second.where.url} 随后跟上，与上级库同在")
    assert hosts.second.head == hosts.first.head
    hosts.second.gone()
    for n in range(3):
        assert isinstance(progress(one, f"第{n}次。"), Receipt)
    assert standing_by(one) == f"备用库 {hosts.second.where.url} 随后跟上，落后 3 笔"
    hosts.first.gone()
    hosts.second.back()
    assert taken_over(hosts.second.place)
    assert join(hosts.home / "one", hosts.second.where).sent  # the newest server first
    assert isinstance(progress(hosts.server("one"), "以后。"), Receipt)
    join(hosts.home / "other", hosts.second.where)
    assert hosts.server("other").head() == hosts.second.head
    assert len(texts(hosts.home / "other")) == 5


@pytest.mark.parametrize("ago", [120, -86400], ids=["two minutes ago", "by a clock that ran ahead"])
def test_an_old_upstream_that_is_followed_later_asks_after_a_pause_before_it_takes_anything(hosts: Hosts, ago: int) -> None:
    hosts.feed(later=True)
    assert isinstance(progress(hosts.server("one"), "走访。"), Receipt)
    sent = hosts.first.place / "standby/sent"
    until(lambda: hosts.second.head == hosts.first.head and sent.read_text().startswith(hosts.first.head))
    assert taken_over(hosts.second.place)
    join(hosts.home / "other", hosts.second.where)
    assert isinstance(progress(hosts.server("other"), "以后。"), Receipt)
    long_ago = time.time() - ago
    os.utime(hosts.first.place / "standby/sent", (long_ago, long_ago))
    before = hosts.first.head
    join(with_key(hosts.home / "late"), hosts.first.where, replica=True)  # which pushes nothing, and hears it all the same
    assert "已经接替，这个上级库不再收。请改接" in (told := standing_by(hosts.server("late")))
    assert f"--upstream {hosts.second.where.url} --replica，" in told
    (hosts.first.place / "standby/superseded").unlink()
    with pytest.raises(StoreError, match="备用库已经接替，这里不再收"):
        progress(hosts.server("one"), "没有人告诉它。")
    assert hosts.first.head == before
    assert "已经接替，这个上级库不再收。请改接" in standing_by(hosts.server("one"))


def test_one_that_follows_later_and_was_away_catches_up_though_nobody_acts(hosts: Hosts) -> None:
    """Over a weekend: whoever follows the upstream asks it once a minute how the standby stands."""
    hosts.feed(later=True)
    sends = hosts.first.place / "hooks/post-receive"
    sends.rename(sends.with_suffix(".away"))  # as if what it sets off had found nobody there
    assert isinstance(progress(hosts.server("one"), "走访。"), Receipt)
    sends.with_suffix(".away").rename(sends)
    os.utime(hosts.first.place / "standby/sent", (long_ago := time.time() - 120, long_ago))
    standing_by(hosts.server("other"))
    until(lambda: hosts.second.head == hosts.first.head)
    until(lambda: standing_by(hosts.server("one")).endswith("随后跟上，与上级库同在"))


def test_a_standby_whose_disk_is_not_mounted_has_not_taken_over(tmp_path: Path) -> None:
    first, second = (Host(upstream_at(tmp_path / name), None) for name in ("first.git", "second.git"))
    walk(created(tmp_path / "one"), "dispatch")
    join(tmp_path / "one", first.where)
    act(Register(tmp_path / "one"), "sign_for", "JJ.liaison", {})
    hosts = Hosts(first, second, tmp_path)
    hosts.feed()
    second.gone()
    second.place.mkdir()
    with pytest.raises(StoreError, match=r"它说：备用库没有收下，所以这里也没有收"):
        progress(hosts.server("one"), "走访。")
    second.place.rmdir()
    second.back()
    assert isinstance(progress(hosts.server("one"), "走访。"), Receipt)
    assert first.head == second.head


def test_an_old_upstream_whose_standby_has_taken_over_does_not_go_on_alone(hosts: Hosts) -> None:
    """Both would take acts then, each from whom it was told of."""
    hosts.feed()
    assert taken_over(hosts.second.place)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"的备用库已经接替，两边都收就分叉了，什么都没有改。请运行 duban upstream .* --rejoin"):
            fed_no_more(hosts.first.place)
    with pytest.raises(StoreError, match="备用库已经接替，这里不再收"):
        progress(hosts.server("one"), "走访。")
    hosts.second.gone()  # for good
    (hosts.first.place / "standby/superseded").unlink()
    assert fed_no_more(hosts.first.place)
    assert isinstance(progress(hosts.server("one"), "走访。"), Receipt)


def test_an_old_upstream_is_a_standby_for_good_before_it_has_none_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a power cut between the two it would take acts again beside the one that took over."""
    first, second = (Host(upstream_at(tmp_path / name), None) for name in ("first.git", "second.git"))
    walk(created(tmp_path / "one"), "dispatch")
    join(tmp_path / "one", first.where)
    Hosts(first, second, tmp_path).feed()
    taken_over(second.place)
    synced, real = list[str](), os.fsync

    def noted(descriptor: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    rejoined(first.place, GIT)
    assert synced.index(str(first.place)) < synced.index(str(first.place / "standby"))


def test_a_standby_that_is_silent_for_hours_is_not_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    up = upstream_at(tmp_path / "up.git")
    (up / "feed").write_text("exec sleep 3600\n")
    monkeypatch.setattr("records.register.standby._TIMEOUT", 0.2)
    with pytest.raises(StoreError, match="备用库没有接上，什么都没有改。那台主机没有应答"):
        fed(up, address("ssh://host/up.git"), later=False)


def test_what_an_old_upstream_alone_had_taken_is_kept_as_a_bundle(hosts: Hosts) -> None:
    hosts.feed(later=True)
    hosts.second.gone()
    assert isinstance(progress(hosts.server("one"), "只在这里。"), Receipt)
    hosts.second.back()
    assert taken_over(hosts.second.place)
    join(hosts.home / "other", hosts.second.where)
    assert isinstance(progress(hosts.server("other"), "只在那里。"), Receipt)
    only = hosts.first.head
    _, left = rejoined(hosts.first.place, GIT)
    assert left is not None
    assert only in git(hosts.first.place, "bundle", "list-heads", str(left))
    assert hosts.first.head == hosts.second.head
    with pytest.raises(StoreError, match=r"这里是备用库，还没有接替|两边分叉了"):
        progress(hosts.server("one"), "再办。")


def test_who_may_not_be_a_standby_or_have_one_is_told_so(hosts: Hosts) -> None:
    with pytest.raises(StoreError, match="备用库没有接上，什么都没有改。那里没有这个库"):
        fed(hosts.first.place, address("/nowhere.git"), later=False)
    with pytest.raises(StoreError, match="它没有备用库，没有谁会接替它，什么都没有改"):
        rejoined(hosts.first.place, GIT)
    assert not (hosts.first.place / "standby/url").exists()
    with pytest.raises(StoreError, match="从 http 进来的，分不出"):
        fed(hosts.first.place, address("http://host/up.git"), later=False)
    hosts.feed()
    with pytest.raises(StoreError, match="自己有备用库，不能同时作备用库"):
        made_standby(hosts.first.place)
    with pytest.raises(StoreError, match="是备用库，还没有接替，不能再有备用库"):
        fed(hosts.second.place, hosts.first.where, later=False)
    with pytest.raises(StoreError, match="没有接替，或者连不上"):
        rejoined(hosts.first.place, GIT)
