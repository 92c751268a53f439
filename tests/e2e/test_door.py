"""The door on the real thing, by everybody who comes to it: staff, keeper, inspector, the revoked, the unlisted, and the forging liaison.

What is tried at it stands in security.md §6: S1-S7, S10, T1 and G1-G4, as far as they fit a door at which nobody pushes.
"""

import hashlib
import json
import os
import pwd
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from records.register.register import Register
from tests.e2e.doors import DUBAN, ROOT, Door, account_of
from tests.e2e.terminals import Terminal
from tui.command.environment import now

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(os.geteuid() != 0, reason="only root makes accounts; run the tests as root for the door")]
PDF = b"%PDF-1.4 a scanned page startxref 0 %%EOF"


def registration(**more: object) -> dict[str, object]:
    today = now().date().isoformat()
    told: dict[str, object] = {
        "title": "门前停车秩序整治",
        "category": 9,
        "subtype": "热线",
        "source_kind": "other",
        "source_organ": "信访处",
    }
    told |= {"source_ref": "热线第1期", "received": today, "importance": "normal", "urgency": "ordinary", "secrecy": "none"}
    return told | more


def test_staff_come_in_by_key_act_as_themselves_and_see_what_is_theirs(door: Door) -> None:
    done = json.loads(door.ok("clerk", "act register new --json", given=registration()))
    item = done["target"]
    assert Register(door.home).describe(done["commit"]).author.email.startswith("BGS.clerk1@")
    assert "门前停车秩序整治" in door.ok("clerk", f"show {item}")
    assert item in door.ok("clerk", "ls --category 9")
    status, out, err = door.ask("liaison", f"show {item}")
    assert (status, out, "不在您的职责范围内" in err) == (1, b"", True)
    assert item not in door.ok("liaison", "ls")  # where other tests came before there may be others
    status, _, err = door.ask("liaison", f"act propose {item}", given=b'{"lead": "JJ"}')
    assert (status, "不在您的职责范围内" in err, "门前" in err) == (1, True, False)
    assert door.ask("clerk")[0] == 126
    given = json.dumps(registration(title="\x1b]0;forged\x07\u202e", source_ref="热线第9期")).encode()
    status, out, err = door.ask("clerk", "act register new", given=given)
    assert (status, "不允许的字符" in err, "\x1b" in err or "\u202e" in err) == (1, True, False)
    assert f"{item}" not in "".join(door.ask("liaison", f"act register new --base {door.head()[:10]}", given=b"{}")[1:2][0].decode())
    assert (door.home / "register.git/objects").stat().st_uid == pwd.getpwnam(account_of("svc")).pw_uid


def test_files_go_in_and_out_by_name_and_only_their_owners(door: Door) -> None:
    assert "SHA-256" in door.ask("clerk", "put paper.pdf", given=PDF)[1].decode()
    assert door.ask("clerk", "get paper.pdf")[1] == PDF
    assert door.ask("liaison", "get paper.pdf")[0] == 1
    done = json.loads(door.ok("clerk", "act register new --json", given=registration(source_ref="热线第2期", original="paper.pdf")))
    assert door.ask("clerk", f"get {done['target']}/1")[1] == PDF
    assert door.ask("liaison", f"get {done['target']}/1")[0] == 1
    given = json.dumps(registration(source_ref="热线第3期", original=f"{door.home}/boxes/BGS.clerk1/paper.pdf")).encode()
    assert "文件柜" in door.ask("clerk", "act register new", given=given)[2]
    assert "已写出 ledger.xlsx" in door.ok("clerk", "ls --xlsx ledger.xlsx")
    assert door.ask("clerk", "get ledger.xlsx")[1][:2] == b"PK"


def test_the_keeper_of_the_roster_changes_people_through_the_door(door: Door) -> None:
    given = {"person": "JJ.liaison", "title": "办公室民警", "basis": "某公政〔2026〕1号"}
    assert "不属于" in door.ask("clerk", "act correct_person JJ", given=json.dumps(given).encode())[2]
    assert "更正人员" in door.ok("keeper", "act correct_person JJ", given=given)
    assert "办公室民警" in door.ok("clerk", "roster show JJ.liaison")
    door.ok("keeper", "roster export roster.xlsx")
    table = door.ask("keeper", "get roster.xlsx")[1]
    assert "SHA-256" in door.ask("keeper", "put roster-1.xlsx", given=table)[1].decode()
    assert "没有要办的" in door.ok("keeper", "roster import roster-1.xlsx")
    assert "不存在" in door.ask("clerk", "roster import roster-1.xlsx")[2]


HOSTILE = ("git-upload-pack 'reg'; id", "$(id)", "ls\nid", "ls --as L03", "serve --as L03 --key x", "x" * 100_000 + "\x1b]0;x\x07")


def test_what_is_not_listed_is_refused_in_a_line(door: Door) -> None:
    before = len(door.log())
    for asked in HOSTILE:
        status, out, err = door.ask("liaison", asked)
        assert (status, out, err.count("\n"), "\x1b" in err) == (126, b"", 1, False), ascii(asked[:40])
    lines = door.log()[before:]
    assert len(lines) == len(HOSTILE)
    assert all(re.search(r" JJ\.liaison SHA256:\S+ staff ['\"]refused ", line) and len(line) < 400 for line in lines)


def test_no_other_way_through_the_line(door: Door, tmp_path: Path) -> None:
    known = ("-o", "LogLevel=ERROR")
    assert door.ask("clerk", options=("-s", *known))[0] != 0
    assert door.ask("clerk", "sftp", options=("-s", *known))[0] != 0
    assert door.ask("clerk", options=("-W", f"127.0.0.1:{door.port}"))[0] != 0
    assert door.ask("clerk", "ls", options=("-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:22"))[0] != 0
    assert door.ask("clerk", "ls", options=("-o", "ExitOnForwardFailure=yes", "-w", "0:0"))[0] != 0
    (tmp_path / "x").write_text("x")
    argv = ["scp", "-F", "none", "-P", str(door.port), *door.argv("clerk")[3:15], str(tmp_path / "x"), f"{account_of('svc')}@127.0.0.1:x"]
    assert subprocess.run(argv, capture_output=True, check=False).returncode != 0
    sent = ["LD_PRELOAD=/x.so", "PYTHONPATH=/x", "GIT_DIR=/x", "DUBAN_REGISTER=/x", "SSH_ORIGINAL_COMMAND=id", "LC_ALL=xx"]
    sent += ["LANG=" + "x" * 10_000]
    assert door.ask("clerk", "ls", options=("-o", "SetEnv=" + " ".join(sent)))[0] == 0


def test_whose_key_it_is_counts_and_not_whose_was_offered(door: Door) -> None:
    (door.place / "clients/offered").write_bytes((door.place / "clients/leader.pub").read_bytes())  # the public half, and no other
    (door.place / "clients/offered.pub").write_bytes((door.place / "clients/leader.pub").read_bytes())
    door.ask("offered liaison", "ls")
    assert door.log()[-1].split()[1] == "JJ.liaison"
    assert door.ask("unlisted", "ls")[0] == 255
    assert "Permission denied" in door.ask("unlisted", "ls")[2]
    assert door.ask("clerk", "ls", account="ro")[0] == 255
    assert door.ask("inspector", "ls")[0] == 255


def test_the_screen_opens_as_that_person_without_anybodys_agent(door: Door) -> None:
    agent = subprocess.run(["ssh-agent", "-s"], capture_output=True, text=True, check=True).stdout
    told = dict(re.findall(r"(SSH_\w+)=([^;]+);", agent))
    os.environ["SSH_AUTH_SOCK"] = told["SSH_AUTH_SOCK"]
    try:
        person = Terminal(door.argv("liaison", options=("-A",)))
        took = person.until("邵拟行")
        uid = pwd.getpwnam(account_of("svc")).pw_uid
        surroundings: list[bytes] = []
        for path in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
                if path.stat().st_uid == uid and b"serve\0" in (path / "cmdline").read_bytes():
                    surroundings.append((path / "environ").read_bytes())
        assert surroundings
        assert not any(b"SSH_AUTH_SOCK" in each for each in surroundings)
        person.press(b"\x11")  # ctrl+q
        person.until("")
        assert person.left() == 0
    finally:
        del os.environ["SSH_AUTH_SOCK"]
        os.kill(int(told["SSH_AGENT_PID"]), 15)
    print(f"first screen after {took:.2f} s")  # noqa: T201


def test_one_acts_line_by_line_and_on_a_slow_line_through_the_door(door: Door) -> None:
    item = json.loads(door.ok("clerk", "act register new --json", given=registration(source_ref="热线第10期")))["target"]
    typed = f"{item}\n1\n交警\n\n查实处理\n\n+5工作日\n\n拟由交警支队主办。\n。\n\n办\n"
    status, out, err = door.ask("clerk", "plain", given=typed.encode())
    assert (status, b"\x1b" in out, err) == (0, False, "")
    assert f"已办：拟办 {item}" in out.decode()
    person = Terminal(door.argv("clerk", "slow"))
    person.until("都可办")  # of the first line, which is told last
    person.press(b"\x11")  # ctrl+q
    person.until("")
    assert person.left() == 0
    assert len(person.raw) < 4000  # without, a screen takes 12 to 17 KB


def test_a_terminal_of_any_name_gets_a_screen(door: Door) -> None:
    person = Terminal(door.argv("liaison"), "../../\x1b[2J" + "x" * 5000)
    person.until("邵拟行")
    person.press(b"\x11")
    person.until("")
    assert person.left() == 0


def test_a_revoked_key_ends_the_session_and_opens_none(door: Door) -> None:
    person = Terminal(door.argv("lost"))
    person.until("城关")
    door.keep("revoke", "CG.liaison", "--reason", "丢失")
    person.until("")
    assert "停用" in person.raw.decode(errors="replace")
    assert person.left() == 1
    status, out, err = door.ask("lost", "ls")
    assert (status, out, "停用" in err) == (126, b"", True)  # though sshd's list still names it
    door.write_list()
    assert door.ask("lost", "ls")[0] == 255


def ssh_of(door: Door) -> str:
    return " ".join(f"'{part}'" if " " in part else part for part in door.argv("inspector", account="ro")[:-1])


def test_an_inspectors_mirror_brings_the_history_and_the_papers(door: Door, tmp_path: Path) -> None:
    data = PDF + b"for the mirror"
    door.ask("clerk", "put mirrored.pdf", given=data)
    door.ok("clerk", "act register new --json", given=registration(source_ref="热线第7期", original="mirrored.pdf"))
    argv = [str(DUBAN), "mirror", str(tmp_path / "mirror"), "--from", f"{account_of('ro')}@127.0.0.1:register"]
    done = subprocess.run(argv, capture_output=True, check=False, env={**os.environ, "GIT_SSH_COMMAND": ssh_of(door)})
    assert (done.returncode, "附件取到" in done.stdout.decode()) == (0, True), done.stdout + done.stderr
    digest = hashlib.sha256(data).hexdigest()
    assert (tmp_path / "mirror/attachments" / digest[:2] / digest).read_bytes() == data


def test_an_inspector_clones_and_writes_nothing(door: Door, tmp_path: Path) -> None:
    door.ok("clerk", "act register new --json", given=registration(source_ref="热线第4期"))
    git = {**os.environ, "GIT_SSH_COMMAND": ssh_of(door)}
    git |= {f"GIT_{who}_{what}": "x@x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    where, copy, head = f"{account_of('ro')}@127.0.0.1:register", tmp_path / "copy", door.head()

    def told(*words: str, folder: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True, check=False, env=git)

    done = told("clone", "-q", "-b", "main", where, str(copy))
    assert done.returncode == 0, done.stderr
    assert told("rev-parse", "HEAD", folder=copy).stdout.strip() == head
    (copy / "bureau.yaml").write_text((copy / "bureau.yaml").read_text().replace("demo: false", "demo: true"))
    os.symlink("/etc/passwd", copy / "items/x.yaml")
    (copy / ".gitattributes").write_text("* diff=x")
    told("add", "-A", folder=copy)
    told("commit", "-qm", "x", folder=copy)
    for refs in ("HEAD:main", "+HEAD~2:main", ":main", "HEAD:refs/replace/x"):
        pushed = told("push", "-q", "origin", refs, folder=copy)
        assert (pushed.returncode != 0, "只能克隆" in pushed.stderr) == (True, True), refs
    assert "只能克隆" in door.ask("inspector", "ls", account="ro")[2]
    assert door.head() == head
    for path in ("register.git/refs/heads/main", "register.git/config", "register.git/duban.lock", "index.sqlite"):
        assert door.run("ro", "sh", "-c", f"echo x >> {door.home / path}").returncode != 0, path
    for path in ("drafts", "boxes", "published", "door"):
        assert not (door.home / path).exists() or door.run("ro", "ls", str(door.home / path)).returncode != 0, path
    assert door.run("ro", "cat", str(door.home / "index.sqlite")).returncode != 0
    assert door.run("ro", "touch", str(door.home / "x")).returncode != 0
    assert door.run("ro", "git", "-C", str(door.home / "register.git"), "update-ref", "refs/heads/x", head).returncode != 0


FORGED = """
import sys
from datetime import datetime
from pathlib import Path
from records.register.register import Register
from tui.command.environment import now
register = Register(Path(sys.argv[1]))
print(register.act("register", "new", "L03", {}, now()))
"""


def test_the_forging_liaison_can_do_none_of_it(door: Door) -> None:
    """She has an account of the server, a shell, Python, Git and her own key, and knows all fingerprints (issue 12, first paragraph)."""
    item = json.loads(door.ok("clerk", "act register new --json", given=registration(source_ref="热线第11期")))["target"]
    home, repository, head = door.home, door.home / "register.git", door.head()
    files = {
        path: path.stat().st_mtime_ns for path in (repository / "config", door.place / "etc/staff", door.keys / "keys.git/refs/heads/main")
    }
    fingerprint = next(each["name"] for each in json.loads(door.keep("list", "--json")) if each["person"] == "L03")
    tried = {
        "an act of the leader's, by the library": ("env", f"PYTHONPATH={ROOT}", sys.executable, "-c", FORGED, str(home)),
        "an act of the leader's, by the command": (str(DUBAN), "--register", str(home), "act", "register", "new", "--as", "L03"),
        "the leader's session": (str(DUBAN), "--register", str(home), "serve", "--as", "L03", "--key", fingerprint),
        "a key of her own for the leader": (str(DUBAN), "--register", str(home), "keys", "enrol", "L03", "--account", "x", "--basis", "x"),
        "the list of sshd": ("sh", "-c", f"echo x >> {door.place}/etc/staff"),
        "a clone": ("git", "clone", "-q", str(repository), str(door.place / "copy")),
        "a reading of a record": ("git", "-C", str(repository), "show", "main:bureau.yaml"),
        "the branch moved": ("git", "-C", str(repository), "update-ref", "refs/heads/main", "0" * 40),
        "a program in the configuration": ("git", "-C", str(repository), "config", "diff.external", "/tmp/x"),
        "a hook": ("sh", "-c", f"echo x > {repository}/hooks/post-receive"),
        "a file": ("touch", str(home / "x")),
        "the index": ("cat", str(home / "index.sqlite")),
        "the published folder": ("ls", str(home / "published")),
        "documents of a matter": (str(DUBAN), "--register", str(home), "build", item, "--to", str(door.place)),
        "everybody's digest": (str(DUBAN), "--register", str(home), "digest"),
        "the keys": ("git", "-C", str(door.keys), "log"),
        "a lock held for ever": ("sh", "-c", f"exec 9> {repository}/duban.lock"),
    }
    for what, argv in tried.items():
        done = door.run("liaison", *argv)
        assert done.returncode != 0, what
        assert "Traceback" not in done.stderr or "library" in what, what
    pushed = door.ask("liaison", f"git-receive-pack '{repository}'")
    assert (pushed[0], "不能推送" in pushed[2]) == (126, True)
    assert door.ask("liaison", "ls --as L03")[0] == 126
    assert door.head() == head
    assert {path: path.stat().st_mtime_ns for path in files} == files
    assert not list(Register(home).replay().problems())[-1][1]


def test_the_operator_looks_checks_and_backs_up_and_acts_as_nobody(door: Door) -> None:
    backup = door.place / "backup"
    backup.mkdir()
    shutil.chown(backup, account_of("svc"))

    def told(*words: str) -> subprocess.CompletedProcess[str]:
        return door.run("svc", str(DUBAN), "--register", str(door.home), *words)

    for words in (("ls",), ("check",), ("check", "--history"), ("backup", "--to", str(backup)), ("tick",)):
        done = told(*words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    head = door.head()  # the clock has taken its checkpoint
    for refused in (("act", "register", "new"), ("act", "register", "new", "--as", "L03"), ("acts", "new", "--as", "L03")):
        done = told(*refused)
        assert (done.returncode, "只从入口办理" in done.stderr) == (1, True), refused
    assert "由sshd" in told("serve", "--as", "L03", "--key", "x").stderr.replace(" ", "")
    assert door.head() == head


def test_none_of_the_three_administrators_can_do_what_is_anothers(door: Door) -> None:
    """System: the service's account. Security: that of the keys. Audit: the reader's, and an inspector's key."""
    home, repository, keys, head = door.home, door.home / "register.git", door.keys / "keys.git", door.head()
    book = (keys / "refs/heads/main").read_text()
    duban = (str(DUBAN), "--register", str(home))
    key = str(door.place / "clients/unlisted.pub")
    shutil.copy(key, door.place / "handed-in.pub")  # where every account can read it
    enrolling = (*duban, "keys", "enrol", "L03", "--key", str(door.place / "handed-in.pub"), "--basis", "x")
    revoking = (*duban, "keys", "revoke", "JJ.liaison", "--reason", "x")
    moved = ("git", "-C", str(repository), "update-ref", "refs/heads/main", head)
    refused: dict[str, dict[str, tuple[str, ...]]] = {
        "svc": {
            "enrols": enrolling,
            "revokes": revoking,
            "writes the keys": ("sh", "-c", f"echo x >> {keys}/refs/heads/main"),
            "commits to the keys": ("git", "-C", str(keys), "update-ref", "refs/heads/x", book.strip()),
            "writes sshd's list": ("sh", "-c", f"echo x >> {door.place}/etc/staff"),
            "brings acts in": (*duban, "import", "bundle", str(door.place / "handed-in.pub")),
        },
        "sec": {
            "looks": (*duban, "ls"),
            "audits": (*duban, "audit", str(home)),
            "reads a record": ("git", "-C", str(repository), "show", "main:bureau.yaml"),
            "lists the register": ("ls", str(home)),
            "reads the index": ("cat", str(home / "index.sqlite")),
            "reads the door's log": ("ls", str(home / "door")),
            "clones": ("git", "clone", "-q", str(repository), str(door.place / "copy")),
            "moves the branch": moved,
            "comes in as somebody": (*duban, "serve", "--as", "L03", "--key", "x"),
        },
        "ro": {
            "enrols": enrolling,
            "writes the keys": ("sh", "-c", f"echo x >> {keys}/refs/heads/main"),
            "moves the branch": moved,
            "writes an object": ("touch", str(repository / "objects/x")),
            "acts": (*duban, "act", "register", "new", "--as", "BGS.clerk1"),
            "holds the lock": ("sh", "-c", f"exec 9> {repository}/duban.lock"),
            "lists boxes and drafts": ("ls", str(home / "boxes"), str(home / "drafts")),
        },
    }
    for account, each in refused.items():
        for what, argv in each.items():
            done = door.run(account, *argv)
            assert done.returncode != 0, (account, what, done.stdout)
            assert "Traceback" not in done.stderr, (account, what)
    for asked in ("ls", "act register new", "git-receive-pack 'register'"):
        assert door.ask("inspector", asked, account="ro")[0] == 126, asked
    assert (door.head(), (keys / "refs/heads/main").read_text()) == (head, book)


def test_each_thing_that_the_security_administrator_does_is_a_commit_with_its_basis(door: Door) -> None:
    before = door.run("sec", "git", "-C", str(door.keys), "rev-list", "--count", "HEAD").stdout
    new = door.place / "handed-in-2"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", new], check=True)
    new.with_suffix(".pub").chmod(0o644)
    door.keep("enrol", "BGS.clerk2", "--key", str(new.with_suffix(".pub")), "--basis", "某公信申〔2026〕8号")
    door.keep("revoke", "BGS.clerk2", "--reason", "试用完毕")
    after = door.run("sec", "git", "-C", str(door.keys), "rev-list", "--count", "HEAD").stdout
    assert int(after) == int(before) + 2
    lines = door.run("sec", "git", "-C", str(door.keys), "log", "-2", "--format=%an|%s|%b").stdout
    for words in (account_of("sec"), "停用入口 BGS.clerk2", "试用完毕", "登记入口 BGS.clerk2", "某公信申〔2026〕8号", "Duban-Keys: enrol"):
        assert words in lines, words
