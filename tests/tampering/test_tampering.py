"""Every kind of tampering is found, named at its first false commit or by its name; the untouched twin passes."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from records.register.register import Receipt, Register
from tests.bureau import at
from tests.tampering.base import made
from tests.tampering.by_hand import BY_HAND
from tests.tampering.forge import Forge
from tests.tampering.in_history import IN_HISTORY, ONLY_OUTSIDE
from tests.tampering.round_it import ROUND_IT
from tui.command import duban

KINDS = {**BY_HAND, **IN_HISTORY, **ROUND_IT}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("base") / "register")


@pytest.fixture
def forge(base: Path, tmp_path: Path) -> Forge:
    return Forge(_copied(base, tmp_path / "register"))


def _copied(source: Path, target: Path) -> Path:
    def copied(one: str, other: str) -> None:
        (os.link if f"{os.sep}objects{os.sep}" in one else shutil.copy2)(one, other)

    return shutil.copytree(source, target, copy_function=copied)


def audited(place: Path, *words: str) -> tuple[int, dict[str, Any]]:
    told = CliRunner().invoke(duban, ["audit", str(place), "--json", *words])
    assert told.exit_code in (0, 1), told.stderr
    return told.exit_code, json.loads(told.stdout)


def named_first(found: dict[str, Any]) -> tuple[str, ...]:
    """What the first finding that follows from no other names: its commit and the paths."""
    first = next(each for each in found["findings"] if not each["follows"])
    assert first["reason"]
    return (first["commit"], *first["paths"])


@pytest.mark.parametrize("kind", [*BY_HAND, *IN_HISTORY])
def test_what_stands_in_the_commits_is_found_on_any_clone(forge: Forge, kind: str) -> None:
    where = KINDS[kind](forge)
    (forge.git / "duban.lock").unlink()  # as no clone has it
    code, found = audited(forge.git)
    assert (code, found["server"]) == (1, False)
    assert where in named_first(found), json.dumps(found["findings"], ensure_ascii=False, indent=1)[:2000]


@pytest.mark.parametrize("kind", [*ROUND_IT, *list(BY_HAND)[::9], *list(IN_HISTORY)[::9]])
def test_what_stands_round_them_is_found_on_the_server(forge: Forge, kind: str) -> None:
    where = KINDS[kind](forge)
    code, found = audited(forge.home)
    assert (code, found["server"]) == (1, True)
    assert where in named_first(found), json.dumps(found["findings"], ensure_ascii=False, indent=1)[:2000]


def run_again(forge: Forge) -> None:
    """Have the product's own code take the checkpoint of the day anew, as whoever holds the server can."""
    *line, last = forge.line()
    if last.act == "take_checkpoint":
        forge.lay(line)
        (forge.home / "index.sqlite").unlink(missing_ok=True)
        assert isinstance(Register(forge.home).take_checkpoint(at("2026-09-08T09:00")), Receipt)


@pytest.mark.parametrize("kind", ONLY_OUTSIDE)
def test_what_is_lawful_in_itself_is_found_by_the_code_on_a_paper_and_by_a_mirrors_book(forge: Forge, kind: str) -> None:
    taken = Register(forge.home).view().checkpoint  # reads no index
    assert taken is not None
    book = forge.home.parent / "heads.log"
    book.write_text(f"2026-09-08T09:00:00+08:00 {taken.commit} {taken.count}\n")
    code, found = audited(forge.home, "--checkpoint", taken.code, "--mirror", str(book))
    assert (code, [each["count"] for each in found["witnesses"]]) == (0, [taken.count] * 2)
    ONLY_OUTSIDE[kind](forge)
    run_again(forge)
    code, found = audited(forge.home)
    assert (code, found["findings"]) == (0, []), json.dumps(found["findings"], ensure_ascii=False, indent=1)[:2000]
    for witness in (("--checkpoint", taken.code), ("--mirror", str(book))):
        code, found = audited(forge.home, *witness)
        assert (code, [each["kind"] for each in found["findings"]]) == (1, ["checkpoint"])


def test_how_much_nothing_outside_vouches_for_is_said(forge: Forge) -> None:
    taken = Register(forge.home).view().checkpoint
    assert taken is not None
    told = CliRunner().invoke(duban, ["audit", str(forge.home)]).output
    assert f"全部 {taken.count + 1} 笔没有外部凭据" in told
    told = CliRunner().invoke(duban, ["audit", str(forge.home), "--checkpoint", taken.code.upper().replace("-", " ")]).output
    assert f"外面的凭据 {taken.code}：2026-09-08 09:00 记下，到第{taken.count}笔（{taken.commit[:12]}）为止" in told
    assert f"第{taken.count}笔以后的 1 笔没有外部凭据" in told
    wrong = CliRunner().invoke(duban, ["audit", str(forge.home), "--checkpoint", f"{taken.code[:-1]}0"])
    assert (wrong.exit_code, "校验位不符" in wrong.output or taken.code.endswith("0")) == (1, True)


def test_the_untouched_twin_passes(forge: Forge) -> None:
    line = forge.line()
    assert forge.lay(line) == [link.id for link in line]
    code, found = audited(forge.home)
    assert (code, found["findings"], found["reproduced"]) == (0, [], len(line))
    assert found["documents"] == {"same": 2, "other": 0, "older": 0}
    assert found["attachments"] == {"agree": 1, "away": 0, "damaged": 0}


def test_what_rests_on_a_falsehood_is_told_to_follow_from_it(forge: Forge) -> None:
    """The hash that was consented to is false in one version alone: the next act, which has the true one again, cannot come of it."""
    where = KINDS["B13 the hash that was consented to"](forge)
    first, second, document, *others = audited(forge.home)[1]["findings"]
    assert (first["commit"], first["follows"], second["follows"]) == (where, "", where)
    assert second["commit"] == forge.line()[forge.find("submit")].id
    assert [each["follows"] for each in others if each["kind"] == "history"] == [where] * len(others)
    assert (document["kind"], document["follows"]) == ("document", where)  # the unit's report carries that consent


def test_there_are_at_least_ninety_kinds() -> None:
    assert len(KINDS) + len(ONLY_OUTSIDE) >= 90
