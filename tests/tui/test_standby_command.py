"""The commands of docs/machines.md about a standby, word by word: set up, taken over, the old upstream come back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from records.register.register import Receipt, Register
from tests import githost
from tests.documents.case import ITEM, NOW, act, created, walk
from tests.githost import git, serving, sshd, upstream_at
from tests.tui.test_command import Shell

pytestmark = pytest.mark.e2e

PAGE = (Path(__file__).parents[2] / "docs/machines.md").read_text(encoding="utf-8")
CHAPTER = PAGE.partition("## 五、备用库")[2].partition("\n## ")[0]
STEPS = [re.findall(r"^(\S+)\$ duban (.*)$", block, re.MULTILINE) for block in re.findall(r"```text\n(.*?)```", CHAPTER, re.DOTALL)]


@dataclass
class Hall:
    """Two Git hosts and two servers, each with what stands for it on the page."""

    home: Path
    shell: Shell
    listening: dict[str, githost.Sshd] = field(default_factory=dict)

    def place(self, host: str) -> Path:
        return self.home / {"主机": "first.git", "备用主机": "second.git"}[host]

    def run(self, who: str, words: str) -> str:
        """Do what a line of the page says, there, and let in whoever it writes a line for."""
        other = "主机" if who == "备用主机" else "备用主机"
        if who in self.listening:
            words = words.replace("/srv/git/duban.git ", f"{self.place(who)} ", 1)
            words = re.sub(r"\bkey\.pub", f"{self.place(other)}/standby/key.pub", words)
        else:
            words = words.replace("/srv/duban", str(self.home / who))
        words = re.sub(r"([甲乙])\.pub", rf"{self.home}/\1/upstream/key.pub", words)
        words = re.sub(r"ssh://duban-git@(\S+?)/srv/git/duban\.git", lambda found: self.listening[found[1]].url(Path("/x.git")), words)
        assert "srv" not in words
        told = self.shell.ok(*words.split())
        if lines := [line for line in told.splitlines() if line.startswith("restrict,")]:
            self.let_in(who, lines)
        return told

    def let_in(self, host: str, lines: list[str]) -> None:
        with (sshd().place / f"authorized{self.listening[host].port}").open("a") as file:
            file.writelines(f"{line}\n" for line in lines)

    def head(self, host: str) -> str:
        return git(self.place(host), "rev-parse", "main")


@pytest.fixture
def hall(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Hall]:
    found = Hall(tmp_path, Shell(tmp_path / "甲", capsys, monkeypatch))
    found.listening = {name: serving(sshd().place, "") for name in ("主机", "备用主机")}
    upstream_at(found.place("主机"))
    walk(created(tmp_path / "甲"), "dispatch")
    for name in ("甲", "乙"):
        for turn in range(2):
            found.run(name, "init /srv/duban --upstream ssh://duban-git@主机/srv/git/duban.git")
            if turn == 0:
                found.run("主机", f"upstream /srv/git/duban.git --key {name}.pub")
    yield found
    for name in ("甲", "乙"):
        githost.let_go(tmp_path / name)
    for host in ("主机", "备用主机"):
        githost.let_go(found.place(host), "standby")
        found.listening[host].process.terminate()
        found.listening[host].process.wait()


def progress(hall: Hall, name: str, text: str) -> None:
    done = Register(hall.home / name).act("report_progress", ITEM, "JJ.liaison", {"percent": 40, "text": text}, NOW)
    assert isinstance(done, Receipt), str(done)


def test_the_commands_of_the_page_do_what_it_says(hall: Hall) -> None:
    made, over, back = STEPS
    told = [hall.run(who, words) for who, words in made]
    assert "从现在起是备用库" in told[0]
    assert "再运行一次" in told[1]
    assert "从现在起它收下了，这里才收" in told[3]
    act(Register(hall.home / "甲"), "sign_for", "JJ.liaison", {})
    assert hall.head("主机") == hall.head("备用主机")
    assert "先收下才算，与上级库同在" in hall.shell.ok("--register", str(hall.home / "甲"), "sync")
    shut = hall.place("主机").rename(hall.home / "away.git")

    told = [hall.run(who, words) for who, words in over]
    assert "已经接替" in told[0]
    assert "同在" in told[1]
    progress(hall, "乙", "接替以后。")
    assert Register(hall.home / "乙").head() == hall.head("备用主机")

    shut.rename(hall.place("主机"))
    told = [hall.run(who, words) for who, words in back]
    assert "的备用库，两边同在" in told[0]
    assert "从现在起它收下了，这里才收" in told[3]
    progress(hall, "甲", "回来以后。")
    assert hall.head("主机") == hall.head("备用主机") == Register(hall.home / "甲").head()
    assert "没有发现问题" in hall.shell.ok("audit", str(hall.home / "甲"))


def test_words_that_do_not_go_together_are_refused(hall: Hall) -> None:
    place = str(hall.place("主机"))
    for words, told in [
        (("--standby", "--take-over"), "一次只写一个"),
        (("--later",), "--later 要与 --to 一起写"),
        (("--feed", "x.pub"), "--feed 要与 --standby 一起写"),
    ]:
        assert told in hall.shell("upstream", place, *words)[2]
    assert "没有上级库" in hall.shell("upstream", str(hall.home / "none.git"), "--take-over")[2]
    assert "它不是备用库，或者已经接替" in hall.shell.ok("upstream", place, "--take-over")
    assert "本来就没有备用库" in hall.shell.ok("upstream", place, "--alone")
