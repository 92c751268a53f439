"""What a person comes by inside the door: his own eyes, his own box, his own acts, and nothing of anybody else's (issue 12 A)."""

import asyncio
import hashlib
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import click
import pytest

from desk.desk import Desk
from records.index.index import Index
from records.register.attachments import Attachments
from records.register.mirrored_papers import received
from records.register.register import Register
from records.store.record_files import Unreadable
from records.store.store import StoreError
from tests.bureau import at, roster
from tests.documents.case import pushed
from tests.guests import guest, identity, revoke
from tests.planting import store_of
from tests.records.test_people import DEPUTY, KEEPER, POLICY_DRAFT
from tests.tui.hands import hands_on
from tests.tui.playing import Playing, act, playing
from tests.tui.test_intake import HEADS, SOUND
from tui.app import DubanApp
from tui.command import app as opening
from tui.command import common, doctor, duban
from tui.command import serve as serving
from tui.command.caller import Caller
from tui.command.environment import DOOR_ONLY, Unknown, find_keys, whoami
from tui.door.box import Box
from tui.door.enter import REFUSED
from tui.door.grammar import NoVerb, Role
from tui.door.guest import Guest, Identity
from tui.door.surroundings import rebuilt

PDF = b"%PDF-1.4 a scanned page startxref 0 %%EOF"


class Session:
    """Somebody who asks at the door of one register."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.home, self._capsys, self._monkeypatch = home, capsys, monkeypatch
        monkeypatch.chdir(home)

    def __call__(self, person: str, asked: str, given: bytes = b"", role: Role = "staff") -> tuple[int, bytes, str]:
        """Ask; return status, output, complaints."""
        return self.by(identity(self.home, person, role), asked, given)

    def by(self, who: Identity, asked: str, given: bytes = b"") -> tuple[int, bytes, str]:
        """Ask as somebody who is not enrolled first."""
        out = io.BytesIO()
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        self._monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8", write_through=True))
        try:
            status = serving.session(who, asked, self.home, find_keys(None, self.home))
        except SystemExit as left:
            status = int(left.code or 0)
        except click.ClickException as error:  # said by ``main``
            status = error.exit_code
        sys.stdout.flush()
        return status, out.getvalue(), self._capsys.readouterr().err

    def ok(self, person: str, asked: str, given: bytes = b"") -> str:
        """Ask for what must be had."""
        status, out, err = self(person, asked, given)
        assert status == 0, err
        return out.decode()


@pytest.fixture
def session(demo: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Session:
    return Session(demo.home, capsys, monkeypatch)


@pytest.fixture
def formal(tmp_path: Path) -> Register:
    """A register in use, with the demo's people and no matters."""
    found = roster()
    units = tuple(found.units.values())
    return Register.create(tmp_path / "formal", replace(found.bureau, demo=False), found.leaders, units, at("2026-08-31T09:00"))


def test_one_sees_with_ones_own_eyes_and_chooses_no_others(session: Session) -> None:
    every, own = session.ok("BGS.clerk1", "ls"), session.ok("WA.liaison", "ls")
    assert len(every.splitlines()) == 30
    assert 0 < len(own.splitlines()) < 30
    assert "DB-2026-0118" not in own
    assert "不在您的职责范围内" in session("WA.liaison", "show DB-2026-0118")[2]
    assert session.ok("JJ.liaison", "digest").startswith("邵拟行同志")
    assert session.ok("WA.liaison", "digest").count("同志") <= 1
    assert session("WA.liaison", "ls --as L01")[0] == REFUSED
    with pytest.raises(Unknown):
        common.desk_of(click.Context(duban, obj=Caller(guest=guest(session.home, "L01"))), "L02")


def test_one_acts_line_by_line_and_who_says_nothing_for_long_has_left(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    given, typed = os.pipe()
    os.write(typed, "DB-2026-0206\n1\n\n\n办\n".encode())
    out = io.StringIO()
    with os.fdopen(given) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys, "stdout", out)
        assert serving.session(identity(session.home, "L03"), "plain", session.home, find_keys(None, session.home), idle=0.05) == 0
    os.close(typed)
    assert "已办：阅示 DB-2026-0206" in out.getvalue()
    assert "久未输入" in out.getvalue()


def test_an_act_takes_its_inputs_as_json_and_is_the_persons(session: Session) -> None:
    words = '{"decision": "agree", "text": "同意。"}'.encode()
    status, _, err = session("JJ.liaison", "act read DB-2026-0206", words)
    assert (status, "不在您的职责范围内" in err) == (1, True)
    assert "已办 阅示 DB-2026-0206" in session.ok("L03", "act read DB-2026-0206", words)
    item = Register(session.home).view().item("DB-2026-0206")
    assert item is not None
    assert item.state == "read"
    commit = Register(session.home).describe(Register(session.home).head() or "")
    assert commit.author.email.startswith("L03@")


def test_files_come_in_by_content_and_go_out_to_their_owner_alone(session: Session) -> None:
    told = session.ok("BGS.registry", "put sign.pdf", PDF)
    assert "SHA-256" in told
    assert session.ok("BGS.registry", "files").split() == ["sign.pdf", str(len(PDF))]
    assert session("BGS.registry", "get sign.pdf")[1] == PDF
    assert session("JJ.liaison", "get sign.pdf")[0] == 1
    for name, data in (("x.pdf", b"%PDF-1.4 cut off"), ("x.png", PDF), ("x.xlsx", b"PK\3\4"), ("x.csv", b"a\0b"), ("x.pdf", b"")):
        assert session("BGS.registry", f"put {name}", data)[0] == 1, name
    assert "公文的名字" in session("BGS.registry", "put DB-2026-0118-special.pdf", PDF)[2]
    assert "20 MB" in session("BGS.registry", "put big.pdf", PDF + b"x" * (20 << 20))[2]
    assert session.ok("BGS.registry", "files").split() == ["sign.pdf", str(len(PDF))]
    words = '{"decision": "agree", "text": "同意。"}'.encode()
    asked = "act read DB-2026-0206 --paper-of L03 --scan sign.pdf"
    assert session("BGS.clerk1", asked, words)[0] != 0  # it lies in another's box
    session.ok("BGS.registry", asked, words)
    assert session("L03", "get DB-2026-0206/1")[1] == PDF
    assert session("WA.liaison", "get DB-2026-0206/1")[0] == 1


def test_no_file_of_the_machine_is_taken_for_a_scan(session: Session, tmp_path: Path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(PDF)
    paper = '"title": "甲", "category": 9, "subtype": "其他", "source_kind": "other", "source_organ": "乙", "source_ref": "第1号"'
    rest = '"received": "2026-11-23", "importance": "normal", "urgency": "ordinary", "secrecy": "none"'
    for name in (str(secret), "../../secret.pdf", "/etc/passwd", "sign.pdf\\u0000", "../JJ.liaison/a.pdf"):
        status, _, err = session("BGS.clerk1", "act register new", f'{{{paper}, {rest}, "original": "{name}"}}'.encode())
        assert (status, "只能写您文件柜里的文件名" in err) == (1, True), name
    inside = guest(session.home, "BGS.clerk1")
    desk = Desk(inside.register, inside.person(), lambda: at("2026-11-23T10:30"), box=inside.box.folder)
    assert " put " in next(each.hint for each in desk.form("register", None) if each.name == "original")
    session.ok("BGS.clerk1", "put a.pdf", PDF)
    assert "现有 a.pdf" in next(each.hint for each in desk.form("register", None) if each.name == "original")
    assert "已办" in session.ok("BGS.clerk1", "act register new", f'{{{paper}, {rest}, "original": "a.pdf"}}'.encode())


def test_documents_are_for_those_who_see_their_matter(session: Session) -> None:
    name = "DB-2026-0118-special.docx"
    status, data, _ = session("BGS.clerk1", f"get {name}")
    assert (status, data[:2]) == (0, b"PK")
    assert session("WA.liaison", f"get {name}")[0] == 1
    assert session("BGS.clerk1", "get DB-2026-0118-none.docx")[0] == 1
    assert session("BGS.clerk1", "get DB-2026-9999-special.docx")[0] == 1


def test_of_a_document_behind_the_register_the_present_text_is_given(session: Session) -> None:
    """Of a report handed in again the liaison got the round before: the folder was behind, and the registry had to refuse his paper."""
    published, name = session.home / "published", "DB-2026-0118-special.docx"
    published.mkdir(exist_ok=True)
    (published / name).write_bytes(b"the round before")
    status, data, _ = session("BGS.clerk1", f"get {name}")
    assert (status, data[:2]) == (0, b"PK")
    (published / "DB-2026-0118-special.pdf").write_bytes(b"the round before")
    status, _, err = session("BGS.clerk1", "get DB-2026-0118-special.pdf")
    assert (status, "改动以前的" in err) == (1, True)


def test_what_a_command_writes_goes_into_the_persons_box(session: Session) -> None:
    assert "已写出 ledger.xlsx" in session.ok("WA.liaison", "ls --xlsx ledger.xlsx")
    assert session("WA.liaison", "get ledger.xlsx")[1][:2] == b"PK"
    assert (session.home / "boxes/WA.liaison").stat().st_mode & 0o777 == 0o700


def test_documents_and_packages_are_made_into_ones_own_box_and_checked_there(session: Session) -> None:
    assert "生成 built-DB-2026-0118-special.docx" in session.ok("BGS.clerk1", "build DB-2026-0118 --no-pdf")
    assert "built-DB-2026-0118-special.docx" in session.ok("BGS.clerk1", "files")
    data = session("BGS.clerk1", "get built-DB-2026-0118-special.docx")[1]
    assert data == session("BGS.clerk1", "get DB-2026-0118-special.docx")[1]
    session.ok("BGS.clerk1", "put mine.docx", data)
    assert "与登记簿一致：DB-2026-0118" in session.ok("BGS.clerk1", "verify mine.docx")
    for _ in range(2):  # the one made before gives way
        assert "已写出 archive-DB-2026-0118.tar" in session.ok("BGS.archivist", "archive pack DB-2026-0118 --no-pdf")
    assert session("BGS.archivist", "get archive-DB-2026-0118.tar")[1][257:262] == b"ustar"
    assert "核对无误" in session.ok("BGS.archivist", "archive verify archive-DB-2026-0118.tar --compare")
    assert "已写出 archive-2026.tar" in session.ok("BGS.archivist", "archive pack 2026 --no-pdf")
    assert session("BGS.archivist", "get archive-2026.tar")[1][257:262] == b"ustar"
    assert "核对无误" in session.ok("BGS.archivist", "archive verify archive-2026.tar")
    assert session("BGS.clerk1", "get archive-DB-2026-0118.tar")[0] == 1
    assert session("BGS.clerk1", "put x.tar", b"no package")[0] == 1
    for asked in ("build DB-2026-9999", "build 2031-01", "archive pack DB-2026-9999"):
        assert "不在您的职责范围内" in session("JJ.liaison", asked)[2] + session("BGS.clerk1", asked)[2], asked


def test_the_lines_that_the_calendar_prints_can_be_run_through_the_door(
    session: Session, demo: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.command.environment.now", lambda: at("2026-11-23T10:30"))
    days = [{"name": "春节", "date": f"2026-11-{day}", "isOffDay": True} for day in (25, 26, 27)]
    session.ok("BGS.section_chief", "put c.json", json.dumps({"year": 2026, "papers": [], "days": days}).encode())
    session.ok("BGS.section_chief", "calendar 2026 --import c.json", "国办发明电〔2026〕9号".encode())
    told = session.ok("BGS.clerk1", "calendar 2026-11")
    lines = [line.strip() for line in told.splitlines() if "act propose_adjustment DB-2026-0188" in line]
    assert len(lines) == 1, told
    bin_folder = session.home / "bin"
    bin_folder.mkdir()
    (bin_folder / "ssh").write_text('#!/bin/sh\ncat > given\necho "$@" > asked\n')
    (bin_folder / "ssh").chmod(0o700)
    subprocess.run(["sh", "-c", lines[0]], cwd=bin_folder, env={"PATH": f"{bin_folder}:{os.environ['PATH']}"}, check=True)
    to, _, asked = (bin_folder / "asked").read_text(encoding="utf-8").strip().partition(" ")
    assert to == "duban@服务器"
    assert "已办" in session.ok("BGS.clerk1", asked, (bin_folder / "given").read_bytes())
    changed = demo.view().item("DB-2026-0188")
    assert changed
    assert changed.adjustments[-1].due == "2026-11-24"


def test_after_how_many_idle_minutes_a_session_ends_the_policy_says(demo: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[object] = []

    def opened(*_: object, idle: float, **__: object) -> int:
        seen.append(idle)
        return 0

    monkeypatch.setattr(serving, "open_app", opened)
    monkeypatch.chdir(demo.home)
    for name in ("stdin", "stdout"):
        monkeypatch.setattr(f"sys.{name}", SimpleNamespace(isatty=lambda: True))
    who, keys = identity(demo.home, "L03"), find_keys(None, demo.home)
    assert serving.session(who, "", demo.home, keys, 60.0) == 0
    act(demo, "draft_policy", "policy", KEEPER, **POLICY_DRAFT, idle_minutes=15)
    act(demo, "enact_policy", "policy", DEPUTY, text="同意施行。")
    assert serving.session(who, "", demo.home, keys, 60.0) == 0
    assert seen == [60.0, 15 * 60.0]


def test_whoever_comes_by_an_account_is_told_his_own() -> None:
    assert [Identity("JJ.liaison", each).login for each in ("SHA256:x", "baicheng")] == ["duban@服务器", "baicheng@服务器"]


def test_a_box_is_bounded_and_forgets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box, now = Box(tmp_path / "box"), at("2026-11-23T10:30")
    box.opened(now)
    assert isinstance(box.put("a.pdf", io.BytesIO(PDF)), str) is not False
    os.utime(box.folder / "a.pdf", (0, now.timestamp() - 30 * 86400 - 1))
    (box.folder / ".7.new").write_bytes(b"half")
    os.utime(box.folder / ".7.new", (0, now.timestamp() - 86401))
    os.symlink("/etc/passwd", box.folder / "b.pdf")
    assert [each.name for each in box.files()] == ["a.pdf"]
    assert [box.read(name) for name in ("b.pdf", "../x.pdf")] == [None, None]
    os.unlink(box.folder / "b.pdf")
    box.opened(now)
    assert list(box.folder.iterdir()) == []
    monkeypatch.setattr("tui.door.box.ROOM", (20 << 20) + len(PDF))
    assert isinstance(box.put("a.pdf", io.BytesIO(PDF)), str)
    assert isinstance(box.put("b.pdf", io.BytesIO(PDF)), str)
    assert "满了" in str(box.put("c.pdf", io.BytesIO(PDF)))


def test_no_more_of_a_file_is_read_than_a_box_takes(tmp_path: Path) -> None:
    """What the service made may be larger, up to a year's package; whoever reads it whole for a push would fill the memory of all."""
    box = Box(tmp_path / "box")
    box.opened(at("2026-11-23T10:30"))
    for name, more in (("full.pdf", 0), ("over.pdf", 1), ("archive-2026.tar", 40 << 30)):
        with (box.folder / name).open("wb") as file:
            file.truncate((20 << 20) + more)
    full = box.read("full.pdf")
    assert isinstance(full, bytes)
    assert len(full) == 20 << 20
    for name in ("over.pdf", "archive-2026.tar"):
        assert f"{name} 超过 20 MB" in str(box.read(name))


def test_what_a_site_sends_and_fetches_takes_a_seat_too(session: Session) -> None:
    seats = session.home / "sessions"
    seats.mkdir()
    program = "import fcntl, sys; seats = open(sys.argv[1], 'w'); fcntl.lockf(seats, fcntl.LOCK_EX, 8); print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", program, seats / "BGS.registry"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin
        assert other.stdout
        other.stdout.readline()
        for asked in ("git-receive-pack 'register'", "import bundle", "git-upload-pack 'register'", "put a.pdf", "files"):
            status, out, err = session("BGS.registry", asked, b"x", role="site")
            assert (status, out, "已经开着8个会话" in err) == (REFUSED, b"", True), (asked, err)
        other.stdin.close()
    with pytest.raises(StoreError, match="不是 Git 的 bundle"):
        session("BGS.registry", "import bundle", b"x", role="site")


def test_only_a_table_of_ones_own_is_imported(session: Session) -> None:
    assert session("BGS.clerk1", "import ledger none.csv")[0] != 0
    rows = (HEADS, [*SOUND[:5], "某支队", *SOUND[6:]])
    session.ok("BGS.clerk1", "put old.csv", "\n".join(map(",".join, rows)).encode())
    status, _, _ = session("BGS.clerk1", "import ledger old.csv --set category=4")
    assert status == 1
    assert "old-left.xlsx" in session.ok("BGS.clerk1", "files")
    assert "没有附件" not in session("JJ.liaison", "import ledger old.csv")[2]


def test_whoever_is_not_enrolled_comes_in_nowhere(session: Session) -> None:
    identity(session.home, "L01")  # so that there are keys
    nobody = Identity("L02", "SHA256:none")
    status, out, err = session.by(nobody, "ls")
    assert (status, out) == (REFUSED, b"")
    assert "没有登记这个入口" in err
    own = identity(session.home, "L01")
    assert "没有登记这个入口" in session.by(replace(own, person="L02"), "ls")[2]
    assert "不是用来克隆的" in session.by(replace(own, role="inspector"), "git-upload-pack 'register'")[2]
    stranger = identity(session.home, "JJ.stranger")
    assert "花名册里没有 JJ.stranger" in session.by(stranger, "ls")[2]


def test_a_clone_is_for_auditors_in_office(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "没有督察职责" in session("JJ.liaison", "git-upload-pack 'register'", role="inspector")[2]
    seen: list[list[str]] = []
    monkeypatch.setattr(os, "execvpe", lambda file, argv, env: seen.append([file, *argv, env["GIT_CONFIG_VALUE_0"]]))
    auditor = next(who for who in roster().people if "auditor" in {role for role, _ in roster().roles(who, at("2026-11-23T10:30").date())})
    monkeypatch.setattr(serving, "now", lambda: at("2026-11-23T10:30"))
    monkeypatch.setattr("tests.guests.now", lambda: at("2026-11-23T10:30"))
    session(auditor, "git-upload-pack 'register'", role="inspector")
    repository = str(session.home / "register.git")
    assert seen == [["git", "git", "upload-pack", "--strict", "--timeout=600", repository, repository]]
    assert not (session.home / "boxes" / auditor).exists()
    digest = hashlib.sha256(PDF).hexdigest()
    Attachments(session.home / "attachments").keep(digest, PDF)
    status, out, _ = session(auditor, "papers", f"{digest}\n../../x {'b' * 64}".encode(), role="inspector")
    assert (status, dict(received(io.BytesIO(out)))) == (0, {digest: PDF})
    assert session("JJ.liaison", "papers", digest.encode())[0] == REFUSED


def test_a_revoked_key_does_nothing_any_more_and_ends_the_session(session: Session) -> None:
    inside = guest(session.home, "L03")
    head = inside.register.head()
    revoke(session.home, "L03")
    with pytest.raises(StoreError, match="停用"):
        inside.register.act("read", "DB-2026-0206", "L03", {"decision": "agree", "text": "同意。"}, at("2026-11-23T10:30"))
    with pytest.raises(StoreError, match="停用"):
        inside.register.act_each([], "L03", at("2026-11-23T10:30"))
    with pytest.raises(StoreError, match="停用"):
        inside.register.act_together([("read", "DB-2026-0206", {})], "L03", at("2026-11-23T10:30"))
    assert inside.register.head() == head
    assert "停用" in session.by(inside.identity, "ls")[2]


async def test_whose_entrance_will_be_closed_soon_is_told_as_he_comes_in_and_doctor_tells_the_administrator(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = guest(session.home, "L03")
    assert inside.warning() == ""
    assert list(doctor._entrances(str(session.home))) == []
    soon = at("2099-12-22T10:30")
    late = Guest(inside.identity, session.home, find_keys(None, session.home), lambda: soon)
    assert late.warning() == "您的密钥还有9天到期，到期以后进不来，请现在就请安全管理员重新登记。"
    app = DubanApp(inside.register, inside.person(), clock=lambda: at("2026-11-23T10:30"), publish=False, warning=late.warning())
    async with hands_on(app, (100, 24)) as hands:
        assert "您的密钥还有9天到期" in await hands.look()
    monkeypatch.setattr(doctor, "now", lambda: soon)
    [(mark, told)] = doctor._entrances(str(session.home))
    assert (mark, "入口：1 人的密钥或账号30天内到期：L03（2099-12-31）" in told) == ("提示", True)


def test_unreadable_keys_let_nobody_act(session: Session) -> None:
    inside = guest(session.home, "L03")
    (find_keys(None, session.home) / "keys.git/refs/heads/main").write_text("0" * 39)
    with pytest.raises(StoreError):
        inside.register.act("read", "DB-2026-0206", "L03", {"decision": "agree", "text": "同意。"}, at("2026-11-23T10:30"))
    with pytest.raises(StoreError):
        session.by(inside.identity, "ls")


def test_where_the_roster_cannot_be_read_nobody_comes_in(session: Session) -> None:
    """X11: and who comes by the operator's way is told what is wrong, and where."""
    who = identity(session.home, "L03")
    pushed(Register(session.home), ("leaders.yaml", "people:", "nobody:"))
    head = Register(session.home).head()
    for asked in ("ls", "act read DB-2026-0206", "show DB-2026-0206"):
        with pytest.raises(Unreadable):
            session.by(who, asked, '{"decision": "agree", "text": "同意。"}'.encode())
    assert Register(session.home).head() == head
    mark, told = doctor._register(str(session.home))
    assert (mark, "leaders.yaml" in told, "duban audit" in told) == ("缺失", True, True)


async def test_the_screen_of_a_revoked_key_closes_and_keeps_what_was_typed(demo: Register) -> None:
    inside = guest(demo.home, "L03")
    app = DubanApp(inside.register, inside.person(), clock=lambda: at("2026-11-23T10:30"), publish=False, box=inside.box.folder)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not app._demo
        revoke(demo.home, "L03")
        app._look()
        await pilot.pause()
    assert app.return_code == 1


async def test_whoever_left_his_seat_is_logged_out_and_keeps_what_he_typed(demo: Register, capsys: pytest.CaptureFixture[str]) -> None:
    inside = guest(demo.home, "BGS.clerk1")
    app = DubanApp(inside.register, inside.person(), clock=lambda: at("2026-11-23T10:30"), publish=False, idle=3600.0)
    async with app.run_test(size=(80, 24)):
        play = Playing(app)
        assert app._left
        here: list[None] = []
        app._left.reset = lambda: here.append(None)  # type: ignore[method-assign]
        await play.press("f3")
        assert here
        await play.press("n")
        await play.type("河边的路灯坏了")
        app._leave_idle()
    assert (app.return_code, app.failure) == (0, None)
    assert "60分钟没有操作" in capsys.readouterr().err
    kept = [path.read_text(encoding="utf-8") for path in (demo.drafts / "BGS.clerk1").iterdir()]
    assert any("河边的路灯坏了" in each for each in kept)
    short = DubanApp(inside.register, inside.person(), clock=lambda: at("2026-11-23T10:30"), publish=False, idle=0.01)
    async with short.run_test(size=(80, 24)) as pilot, asyncio.timeout(60):
        while short.return_code is None:
            await pilot.pause()
    assert short.return_code == 0


async def test_a_demo_without_a_door_stays_as_free_as_it_is(demo: Register) -> None:
    async with playing(demo, "L03") as play:
        assert play.app._demo


def test_keys_of_another_register_open_nothing(session: Session, formal: Register) -> None:
    own = identity(session.home, "L03")
    with pytest.raises(StoreError, match="不是登记簿"):
        serving.session(own, "ls", formal.home, find_keys(None, session.home))


def test_a_register_in_use_is_acted_in_through_the_door_alone_and_never_becomes_a_demo(
    formal: Register, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Unknown, match="只从入口"):
        whoami(formal, "L03")
    monkeypatch.setattr(opening, "unfit", lambda *_: None)
    with pytest.raises(Unknown, match=DOOR_ONLY[:10]):
        opening.open_app(str(formal.home), None, "auto", slow=False)
    store, tip = store_of(formal), formal.describe(formal.head() or "")
    text = store.read("bureau.yaml", tip.id) or b""
    with store.writing() as transaction:
        changed = {"bureau.yaml": text.replace(b"demo: false", b"demo: true")}
        transaction.commit(changed, author=tip.author, committer=tip.committer, message="x")
    assert Register(formal.home).view().roster.bureau.demo
    assert not Register(formal.home).demo
    caught_up = Register(formal.home)
    caught_up.index.catch_up(lambda done, total: True)
    assert caught_up.index.first() == caught_up.first
    assert not Register(formal.home).demo
    monkeypatch.setattr(Index, "first", lambda _: caught_up.head())  # one that lies
    assert not Register(formal.home).demo
    with pytest.raises(Unknown, match="只从入口"):
        whoami(Register(formal.home), "L03")
    told = Session(formal.home, capsys, monkeypatch).ok("BGS.section_chief", "roster show JJ")
    assert "邵拟行" in told


def test_the_log_tells_who_asked_for_what_in_one_line_each(session: Session) -> None:
    session("L03", "ls\n\x1b[2Jforged line")
    session("L03", "x" * 5000)
    session("L03", "ls")
    (log,) = (session.home / "door").iterdir()
    lines = log.read_text(encoding="ascii").splitlines()
    assert len(lines) == 3
    assert all(" L03 SHA256:" in line and len(line) < 400 for line in lines)
    assert "refused ls\\n\\x1b[2Jforged" in lines[0]
    assert lines[2].endswith("'command ls'")


def test_an_app_needs_a_terminal(session: Session) -> None:
    status, _, err = session("L03", "")
    assert (status, "ssh -t" in err) == (REFUSED, True)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"TERM": "xterm-256color"}, {"TERM": "xterm-256color"}),
        ({"TERM": "../../x"}, {"TERM": "xterm-256color"}),
        ({"TERM": "\x1b[2J"}, {"TERM": "xterm-256color"}),
        ({"TERM": "x" * 100}, {"TERM": "xterm-256color"}),
        ({}, {"TERM": ""}),
        ({"COLORTERM": "truecolor"}, {"COLORTERM": "truecolor"}),
        ({"COLORTERM": "x"}, {"COLORTERM": None}),
        ({"GIT_PROTOCOL": "version=2"}, {"GIT_PROTOCOL": "version=2"}),
        ({"GIT_PROTOCOL": "version=2:x"}, {"GIT_PROTOCOL": None}),
        ({"SSH_CONNECTION": "10.8.0.1 5000 10.8.0.2 22"}, {"SSH_CONNECTION": "10.8.0.1 5000 10.8.0.2 22"}),
        ({"SSH_CONNECTION": "$(id)"}, {"SSH_CONNECTION": None}),
        ({"SSH_AUTH_SOCK": "/tmp/agent"}, {"SSH_AUTH_SOCK": None}),
        (
            {"LD_PRELOAD": "x", "PYTHONPATH": "x", "GIT_DIR": "x", "DUBAN_REGISTER": "x", "DUBAN_DEBUG": "1", "COLUMNS": "0"},
            {"LD_PRELOAD": None},
        ),
        (
            {"LANG": "x" * 10_000, "LC_ALL": "xx", "PATH": "/tmp", "HOME": "/root"},
            {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"},
        ),
    ],
)
def test_surroundings_are_made_anew(given: dict[str, str], kept: dict[str, str | None]) -> None:
    found = rebuilt(given)
    assert {name: found.get(name) for name in kept} == kept
    assert not found.keys() & {"LD_PRELOAD", "PYTHONPATH", "GIT_DIR", "DUBAN_REGISTER", "DUBAN_DEBUG", "COLUMNS", "SSH_AUTH_SOCK"}
    assert found["PATH"] == "/usr/local/bin:/usr/bin:/bin"


def test_every_refusal_of_the_grammar_is_one_line(session: Session) -> None:
    assert NoVerb("x").reason == "x"
    for asked in ("tick", "git-receive-pack 'register'", "\n"):
        status, out, err = session("L03", asked)
        assert (status, out, err.count("\n")) == (REFUSED, b"", 1)
