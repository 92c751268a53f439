"""The grammar of the door: what is listed goes through as it stands, all else is refused, and nothing that comes out can do harm (S1)."""

import re

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.command import duban
from tui.door.grammar import LONGEST, NAME, NoVerb, Verb, commands, verb_of

LAWFUL = """\
ls
ls --light red
ls --year 2026 --xlsx ledger.xlsx --json
show DB-2026-0118
show DB-2026-0118 --json
log DB-2026-0118
diff DB-2026-0118 --rounds 1 2
acts DB-2026-0206
acts leaders --json
act sign_for DB-2026-0118
act register new --json
act read DB-2026-0118 --paper-of L03 --scan sign.pdf --base 3f2a91c
act draft_roundup 2026-10
act record_outside_numbers JJ.report
stats --by unit --as-of 2026-10-31
stats --docx report.docx --year 2026
numbers --series JJ.report
yearend 2026 --archive 12
digest
roundup 2026-10
policy
calendar
calendar 2027-01
calendar 2027 --import 2027.json --dry-run
roster show gnn
roster show --vacant
roster history JJ liaison
roster import roster-2026.xlsx --dry-run
import ledger old.csv --set category=9
import minutes m.xlsx --scan m.pdf
""".splitlines()
HOSTILE = """\
git-upload-pack '--help'
git-upload-pack 'reg'; id
git-upload-pack 'register' --help
$(id)
ls  --json
ls --as L01
ls --register /tmp
ls --to /tmp
ls --xlsx /etc/passwd
ls --xlsx ../a.xlsx
ls --xlsx a
ls --xlsx -a.xlsx
show DB-２０２６-0118
show DB-2026-0118;id
show DB-2026-0118 --as L01
show
show --help
act
--help
act sign_for DB-2026-0118 --from /etc/passwd
act sign_for DB-2026-0118 --at 2026-01-01
act read x --scan /etc/shadow
act read x --scan ../../x.pdf
get ../../x
get DB-2026-0118/../1
get .bashrc
get -x.pdf
get a..pdf
get a.pdf b.pdf
put a
put a/b.pdf
put ..pdf
put -.pdf
roster import /etc/passwd.csv
import ledger x.xlsx --left ../x.xlsx
tick
serve
serve --as L01
keys list
check
build
backup --to x
restore
init
doctor
watch
verify x
demo
sh
bash -c id
scp -t .
sftp
/usr/lib/openssh/sftp-server
git-upload-archive 'register'
git-shell
rsync --server .
ｌｓ
yearend 2026 --archive -1
diff DB-2026-0118 --rounds 1
ls --search $(id)
ls --search `id`
ls --search --help
calendar --import a.ics
calendar 2027 --import ../a.ics
calendar 2027 --import a.json --basis x
digest --to x
roundup 2026-10 --as-of 2026-10-01
""".splitlines()
HOSTILE += ["ls\n", "ls\nid", "\nls", "ls ", " ls", "ls\x00", "ls\x1b[2J", "ls\u202e", "ls --search a|b"]
HOSTILE += ["l" * (LONGEST + 1), "a" * 1_000_000]


@pytest.mark.parametrize("asked", LAWFUL)
def test_what_is_listed_goes_through_as_it_stands(asked: str) -> None:
    assert verb_of(asked, "staff") == Verb("command", tuple(asked.split()))


@pytest.mark.parametrize("asked", HOSTILE, ids=lambda asked: ascii(asked[:40]))
def test_what_is_not_listed_is_refused_to_everybody(asked: str) -> None:
    assert isinstance(verb_of(asked, "staff"), NoVerb)
    assert isinstance(verb_of(asked, "inspector"), NoVerb)
    assert isinstance(verb_of(asked, "site"), NoVerb)


@pytest.mark.parametrize("asked", LAWFUL)
def test_a_site_asks_for_nothing_of_a_persons(asked: str) -> None:
    assert isinstance(verb_of(asked, "site"), NoVerb)


def test_a_site_fetches_sends_and_brings_papers() -> None:
    told = {"git-upload-pack 'register'": "clone", "git receive-pack register.git": "push", "import bundle": "bundle", "files": "files"}
    assert {asked: getattr(verb_of(asked, "site"), "name", None) for asked in told} == told
    assert verb_of("put a.pdf", "site") == Verb("put", ("a.pdf",))
    for asked in (
        "git-receive-pack '../register'",
        "git-receive-pack 'register' x",
        "import bundle x",
        "git-receive-pack '--help'",
        "get a.pdf",
    ):
        assert isinstance(verb_of(asked, "site"), NoVerb), asked
    for role in ("staff", "inspector"):
        assert isinstance(verb_of("git-receive-pack 'register'", role), NoVerb)


def test_verbs_of_the_doors_own() -> None:
    assert verb_of("", "staff") == Verb("app")
    assert verb_of("files", "staff") == Verb("files")
    assert verb_of("plain", "staff") == Verb("plain")
    assert verb_of("slow", "staff") == Verb("app", ("slow",))
    assert isinstance(verb_of("plain", "inspector"), NoVerb)
    assert isinstance(verb_of("plain --as L01", "staff"), NoVerb)
    assert verb_of("get DB-2026-0118-special.docx", "staff") == Verb("get", ("DB-2026-0118-special.docx",))
    assert verb_of("get DB-2026-0118/2", "staff") == Verb("get", ("DB-2026-0118/2",))
    assert verb_of("put scan-1.pdf", "staff") == Verb("put", ("scan-1.pdf",))


@pytest.mark.parametrize("asked", ["git-upload-pack 'register'", "git-upload-pack '/register.git'", "git upload-pack 'register/'"])
def test_an_inspector_clones_and_staff_does_not(asked: str) -> None:
    assert verb_of(asked, "inspector") == Verb("clone")
    assert isinstance(verb_of(asked, "staff"), NoVerb)


@pytest.mark.parametrize("asked", ["", "ls", "git-receive-pack 'register'", "get a.pdf", "git-upload-pack 'register/../x'"])
def test_an_inspector_does_nothing_else(asked: str) -> None:
    assert isinstance(verb_of(asked, "inspector"), NoVerb)


def test_nobody_pushes() -> None:
    found = verb_of("git-receive-pack '/srv/duban/register.git'", "staff")
    assert isinstance(found, NoVerb)
    assert "不能推送" in found.reason


@given(
    st.text(max_size=60) | st.sampled_from(LAWFUL + HOSTILE[:60]).flatmap(lambda text: st.text(max_size=6).map(lambda more: text + more))
)
def test_nothing_that_comes_out_can_do_harm(asked: str) -> None:
    found = verb_of(asked, "staff")
    if isinstance(found, NoVerb):
        assert "\n" not in found.reason
        return
    options = {f"--{name}" for _, each in commands() for name in each}
    for word in found.words:
        assert re.fullmatch(r"[A-Za-z0-9_.@/:+=,-]+", word)
        assert not word.startswith("-") or word in options
        assert found.name != "put" or "/" not in word


@given(st.from_regex(NAME, fullmatch=True))
def test_a_name_leads_nowhere(name: str) -> None:
    assert not name.startswith((".", "-"))
    assert "/" not in name
    assert ".." not in name


def test_every_command_and_option_of_the_grammar_exists() -> None:
    for words, options in commands():
        command: click.Command = duban
        for word in words:
            assert isinstance(command, click.Group)
            command = command.commands[word]
        known = {name for param in command.params for name in param.opts}
        assert {f"--{name}" for name in options} <= known, words
        assert not {"as", "register", "left", "config"} & {*options}, words


def test_an_act_without_its_target_is_told_how_one_is_written() -> None:
    """Who leaves out `new` has named a command that there is."""
    found = verb_of("act register --json", "staff")
    assert isinstance(found, NoVerb)
    assert "写法不对" in found.reason
    assert "act register new" in found.reason
    assert isinstance(verb_of("act register new --json", "staff"), Verb)
