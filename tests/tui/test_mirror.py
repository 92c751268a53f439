"""An inspector's mirror: it goes on from where it was, refuses what does not, keeps its own book, and reads like a case file."""

import errno
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from records.register.mirror import Mirror, read_log
from records.register.register import Register
from records.store.store import StoreError
from tests.bureau import at
from tests.documents.case import act, created, pushed, walk
from tests.planting import store_of
from tests.waiting import until
from tui.command import duban

DUE = ("items/2026/01/DB-2026-0118.yaml", "due: '2026-09-07'", "due: '2026-09-30'")


@pytest.fixture
def register(tmp_path: Path) -> Register:
    found = created(tmp_path / "register")
    walk(found, "dispatch")
    return found


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command on the inspector's mirror."""
    monkeypatch.setattr("tui.command.mirror.now", lambda: at("2026-09-01T08:00"))
    return lambda *words, name="mirror": CliRunner().invoke(duban, ["mirror", str(tmp_path / name), *words])


def main(register: Register) -> Path:
    return register.home / "register.git/refs/heads/main"


def head(register: Register) -> str:
    found = register.head()
    assert found
    return found


def test_it_begins_goes_on_and_keeps_its_book(register: Register, mirror: Callable[..., Result], tmp_path: Path) -> None:
    first = head(register)
    assert "那里没有这个库" in str(mirror("--from", str(tmp_path / "mistyped.git")).exception)
    told = mirror("--from", str(store_of(register).path))
    assert (told.exit_code, told.output) == (0, f"已取到 {first[:12]}，共 5 笔。\n"), told.output
    assert "已经是镜像" in mirror("--from", str(tmp_path / "mistyped.git")).output
    assert mirror().output == f"没有新的提交 {first[:12]}，共 5 笔。\n"
    act(register, "sign_for", "JJ.liaison", {})
    assert mirror().output == f"已取到 {head(register)[:12]}，共 6 笔。\n"
    book = (tmp_path / "mirror/heads.log").read_text().splitlines()
    assert book == [f"2026-09-01T08:00:00+08:00 {first} 5", f"2026-09-01T08:00:00+08:00 {head(register)} 6"]
    told = CliRunner().invoke(duban, ["audit", str(tmp_path / "mirror")])
    assert (told.exit_code, "重新办理 6 笔，6 笔一字不差" in told.output) == (0, True), told.output


def test_an_empty_repository_and_a_lock_that_was_left_are_named(register: Register, mirror: Callable[..., Result], tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", str(tmp_path / "empty.git")], check=True)
    assert "那里是空的，没有登记簿" in str(mirror("--from", str(tmp_path / "empty.git")).exception)
    mirror("--from", str(store_of(register).path))
    act(register, "sign_for", "JJ.liaison", {})
    lock = tmp_path / "mirror/refs/heads/main.lock"
    lock.touch()
    assert f"本机有残留的锁 {lock}。请确认没有 git 命令在运行，删除它" in str(mirror().exception)
    lock.unlink()
    assert mirror().output == f"已取到 {head(register)[:12]}，共 6 笔。\n"


@pytest.mark.parametrize("said", ["This account is currently not available.", "欢迎使用"])
def test_a_host_whose_account_says_something_first_is_named(
    mirror: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    ssh = tmp_path / "says"
    ssh.write_text(f"#!/bin/sh\necho {said}\n")
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    assert "壳不能登录（nologin），或者登录时运行的脚本在说话" in str(mirror("--from", "duban-ro@host:register").exception)


def test_a_host_that_is_gone_without_a_word_is_not_waited_for_by_one_mirror_after_the_other(
    mirror: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ssh = tmp_path / "bin/ssh"
    ssh.parent.mkdir()
    ssh.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/asked\nexit 255\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("PATH", f"{ssh.parent}:{os.environ['PATH']}")
    monkeypatch.delenv("GIT_SSH_COMMAND", raising=False)
    mirror("--from", "duban-ro@host:register")
    assert "ServerAliveInterval=15" in (tmp_path / "asked").read_text()
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -p 2022")  # an inspector's own counts
    (tmp_path / "asked").unlink()
    mirror()
    assert (tmp_path / "asked").read_text().startswith("-p 2022 ")


def test_a_line_that_is_cut_each_time_fills_no_disk(
    register: Register, mirror: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut = tmp_path / "cut"
    cut.write_text(f"#!/bin/sh\ngit upload-pack {store_of(register).path} | (. {tmp_path}/through)\n")
    cut.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(cut))
    (tmp_path / "through").write_text("dd bs=1 count=12000 status=none; kill $$")
    for _ in range(2):
        assert mirror("--from", "duban-ro@host:register").exit_code
        assert [*(tmp_path / "mirror").rglob("tmp_*")] == []
    (tmp_path / "through").write_text("cat")
    assert mirror().output.startswith(f"已取到 {head(register)[:12]}")


def test_one_that_is_begun_while_another_still_fetches_leaves_it_the_line(
    register: Register, mirror: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = tmp_path / "slow"
    upload = f"git upload-pack {store_of(register).path}"
    slow.write_text(f"#!/bin/sh\necho >>{tmp_path}/came\nwhile ! test -e {tmp_path}/go; do sleep 0.01; done\nexec {upload}\n")
    slow.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(slow))
    first = threading.Thread(target=mirror, args=("--from", "host:x"))
    first.start()
    try:
        until((tmp_path / "came").exists)
        told = mirror()
        assert (told.exit_code, told.output) == (0, "上一次还没有取完，这一次不取。\n")
        assert (tmp_path / "came").read_text() == "\n"
    finally:
        (tmp_path / "go").touch()
        first.join()
    assert mirror().output.startswith(f"没有新的提交 {head(register)[:12]}")


def test_what_was_left_by_one_that_was_killed_goes_after_a_day_and_its_pack_is_packed_again(
    register: Register, mirror: Callable[..., Result], tmp_path: Path
) -> None:
    """One that is killed each month; each left a pack for good, and what had come of the next one."""
    mirror("--from", str(store_of(register).path))
    packs = tmp_path / "mirror/objects/pack"
    (pack,) = packs.glob("*.pack")
    gone = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, text=True, check=True).stdout.strip()
    paper = tmp_path / "mirror/attachments/aa/.0123abcd.7.new"  # half of one that was fetched
    paper.parent.mkdir(parents=True)
    left = [packs / "tmp_pack_abcdef", pack.with_suffix(".keep"), paper]
    for path in left:
        path.write_text(f"fetch-pack {gone} on host\n")
    assert "清掉" not in mirror().output  # somebody may be at it
    for path in left:
        os.utime(path, (1, 1))
    assert mirror().output.startswith("清掉中断时留下的临时文件 3 处。\n没有新的提交")
    assert [path for path in left if path.exists()] == []


def test_after_years_of_ten_minutes_it_lies_in_few_files(register: Register, mirror: Callable[..., Result], tmp_path: Path) -> None:
    mirror("--from", str(store_of(register).path))
    act(register, "sign_for", "JJ.liaison", {})
    for n in range(9):
        mirror()
        act(register, "report_progress", "JJ.liaison", {"percent": 40 + n, "text": f"查处{n}起。"})
    told = mirror()
    assert told.output == f"已取到 {head(register)[:12]}，共 15 笔。\n"
    objects = tmp_path / "mirror/objects"
    assert [*objects.glob("[0-9a-f][0-9a-f]/*")] == []
    assert len([*objects.glob("pack/*.pack")]) < 5
    assert "没有发现问题" in CliRunner().invoke(duban, ["audit", str(tmp_path / "mirror")]).output


def test_what_came_and_could_not_be_noted_is_noted_the_next_time(
    register: Register, mirror: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mirror("--from", str(store_of(register).path))
    act(register, "sign_for", "JJ.liaison", {})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "injected")

    with monkeypatch.context() as patched:
        patched.setattr(Mirror, "_note", full)
        assert mirror().exit_code
    assert mirror().output == f"没有新的提交 {head(register)[:12]}，共 6 笔。\n"
    mirror()
    assert [each.count for each in read_log(tmp_path / "mirror/heads.log")] == [5, 6]


@pytest.mark.parametrize("left", [1, 27, 60])
def test_half_a_line_in_its_book_is_none(register: Register, mirror: Callable[..., Result], tmp_path: Path, left: int) -> None:
    mirror("--from", str(store_of(register).path))
    book = tmp_path / "mirror/heads.log"
    first = book.read_bytes()
    book.write_bytes(first + first[:left])  # the power was cut, or the disk was full
    assert [each.count for each in read_log(book)] == [5]
    act(register, "sign_for", "JJ.liaison", {})
    assert not mirror().exit_code
    assert [each.count for each in read_log(book)] == [5, 6]
    assert book.read_bytes().startswith(first)
    book.write_bytes(book.read_bytes().rstrip(b"\n"))  # by an editor
    act(register, "report_progress", "JJ.liaison", {"percent": 40, "text": "查处19起。"})
    mirror()
    assert [each.count for each in read_log(book)] == [5, 6, 7]
    book.write_bytes(first[:40] + b"\n" + first)
    with pytest.raises(StoreError, match="第1行不是镜像记下的样子"):
        read_log(book)


def test_a_history_cut_or_rewritten_does_not_get_in(register: Register, mirror: Callable[..., Result], tmp_path: Path) -> None:
    mirror("--from", str(store_of(register).path))
    was = head(register)
    back = register.describe(was).parent or ""
    main(register).write_text(f"{back}\n")
    told = mirror()
    assert told.exit_code == 1
    assert f"本镜像在 {was[:12]}（第5笔），登记簿现在 {back[:12]}（第4笔），两段历史在 {back[:12]} 以后分开" in told.output
    false = pushed(register, ("policy.yaml", "days_left: -1", "days_left: -9"))
    told = mirror()
    assert (told.exit_code, f"另存在 refs/refused/{false[:12]}" in told.output) == (1, True), told.output
    assert (tmp_path / "mirror/refs/heads/main").read_text().strip() == was
    assert len((tmp_path / "mirror/heads.log").read_text().splitlines()) == 1


def test_two_mirrors_that_saw_two_registers_find_it_out(register: Register, mirror: Callable[..., Result], tmp_path: Path) -> None:
    mirror("--from", str(store_of(register).path))
    there = head(register)
    act(register, "sign_for", "JJ.liaison", {})
    mirror("--from", str(store_of(register).path), name="other")
    assert "同一段历史" in mirror("--compare", str(tmp_path / "other")).output  # who looked later knows more
    assert "同一段历史" in mirror("--compare", str(tmp_path / "mirror"), name="other").output
    main(register).write_text(f"{there}\n")
    pushed(register, DUE)
    mirror()
    told = mirror("--compare", str(tmp_path / "other/heads.log"))
    assert (told.exit_code, "两处看到的登记簿不同" in told.output) == (1, True), told.output


def test_stock_git_marks_characters_in_it_not_sentences(register: Register, mirror: Callable[..., Result], tmp_path: Path) -> None:
    pushed(register, ("items/2026/01/DB-2026-0118.yaml", "请抓紧查实整改", "请抓好查实整改"))
    mirror("--from", str(store_of(register).path))
    for locale in ("C", "C.UTF-8"):
        shown = subprocess.run(
            ["git", "-C", str(tmp_path / "mirror"), "log", "-1", "-p", "--word-diff=plain", "main"],
            capture_output=True, check=True, encoding="utf-8", env={"PATH": "/usr/bin:/bin", "LC_ALL": locale},
        )  # fmt: skip
        assert "请抓[-紧-]{+好+}查实整改" in shown.stdout


@pytest.mark.parametrize("url", ["-u x", "a\nb", 'a"b', "", "https://u:geheim@host/x", "ssh://u:geheim@host/x", "ext::sh -c id"])
def test_an_address_that_is_none_or_holds_a_password_is_refused(mirror: Callable[..., Result], tmp_path: Path, url: str) -> None:
    told = mirror("--from", url)
    assert (told.exit_code, (tmp_path / "mirror").exists()) == (1, False)
    assert "登记簿的地址" in str(told.exception)
    assert "不合规" in str(told.exception)
    assert "geheim" not in f"{told.output}{told.exception}"


@pytest.mark.parametrize("url", ["https://u:geheim@host/x", "http://geheim@host/x", "https://u:ge@heim@host/x", "ssh://u:geheim@host/x"])
def test_a_password_that_stands_in_its_configuration_is_told_and_not_shown(
    register: Register, mirror: Callable[..., Result], tmp_path: Path, url: str
) -> None:
    """Written there by hand, or by somebody else's program: it went on for years, and nobody knew."""
    mirror("--from", str(store_of(register).path))
    place, config = tmp_path / "mirror", ["git", "config", "--file", str(tmp_path / "mirror/config")]
    subprocess.run([*config, f"url.{store_of(register).path}.insteadOf", url], check=True)  # so that it is reached
    subprocess.run([*config, "remote.origin.url", url], check=True)
    act(register, "sign_for", "JJ.liaison", {})
    told = mirror()
    assert (told.exit_code, f"已取到 {head(register)[:12]}，共 6 笔。" in told.output) == (0, True), told.output
    assert "…@host/x 写着口令，读得了它的人都能用。请改用 ssh 的地址" in told.output
    assert f"git -C {place} config remote.origin.url" in told.output
    assert "并请登记簿的管理员换掉那个口令" in told.output
    assert "heim" not in told.output
    subprocess.run([*config, "remote.origin.url", str(store_of(register).path)], check=True)
    assert "口令" not in mirror().output


@pytest.mark.parametrize("url", ["ssh://duban-ro@host:22/x", "duban-ro@host:x@y", "ssh://duban-ro@[::1]:22/x"])
def test_an_account_of_ssh_is_no_password(register: Register, mirror: Callable[..., Result], tmp_path: Path, url: str) -> None:
    mirror("--from", str(store_of(register).path))
    subprocess.run(["git", "config", "--file", str(tmp_path / "mirror/config"), "remote.origin.url", url], check=True)
    subprocess.run(
        ["git", "config", "--file", str(tmp_path / "mirror/config"), f"url.{store_of(register).path}.insteadOf", url], check=True
    )
    assert "口令" not in mirror().output


@pytest.mark.parametrize("name", ["登记 簿 (1)", "a #1; 'b'", 'a "b" \\c'])
@pytest.mark.parametrize("way", ["whole", "from here", "file"])
def test_a_folder_of_any_name_is_mirrored_wherever_one_stands(
    register: Register, mirror: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, way: str
) -> None:
    store_of(register).path.rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    told = mirror("--from", {"whole": str(tmp_path / name), "from here": name, "file": f"file://{tmp_path / name}"}[way])
    assert told.output.endswith("共 5 笔。\n"), told.output
    monkeypatch.chdir("/")
    told = mirror()
    assert (told.exit_code, told.output.startswith("没有新的提交")) == (0, True), told.output


def test_what_is_no_mirror_is_said_to_be_none(register: Register, mirror: Callable[..., Result], tmp_path: Path) -> None:
    assert "第一次请用 --from" in mirror().exception.args[0]  # type: ignore[union-attr]
    mirror("--from", str(store_of(register).path))
    assert "已经是镜像" in mirror("--from", "elsewhere").output
    (tmp_path / "mirror/heads.log").write_text("x\n")
    assert "第1行不是镜像记下的样子" in mirror("--compare", str(tmp_path / "mirror")).exception.args[0]  # type: ignore[union-attr]
