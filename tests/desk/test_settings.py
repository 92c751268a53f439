"""What a person chose for himself is kept beside his drafts; nothing that befalls the file stops anybody."""

from datetime import datetime
from pathlib import Path

import pytest

from desk.desk import Desk
from desk.settings import LedgerView, Settings, choose, settings
from records.register.register import Register
from records.store.store import StoreError

NOW = datetime.fromisoformat("2026-11-23T10:30:00+08:00")
WHO = "BGS.clerk1"


def _desk(register: Register, person: str | None = WHO) -> Desk:
    return Desk(register, register.view().roster.people[person] if person else None, lambda: NOW)


def _file(register: Register) -> Path:
    return register.drafts / WHO / "settings"


def test_what_is_chosen_is_there_the_next_time_and_is_nobody_elses(demo: Register) -> None:
    head = demo.head()
    choose(_desk(demo), theme="duban-light")
    view = LedgerView("交警红灯", "主办:交警 灯:红", "time_left", ("DB-2026-0188",))
    choose(_desk(demo), views=(view,), columns=("id", "title"), order="lead")
    assert settings(_desk(demo)) == Settings("duban-light", ("id", "title"), "lead", "", (view,))
    assert settings(_desk(demo, "BGS.clerk2")) == settings(_desk(demo, None)) == Settings()
    assert demo.head() == head
    assert _file(demo).stat().st_mode & 0o777 == 0o600


def test_whoever_is_nobody_keeps_nothing(demo: Register) -> None:
    choose(_desk(demo, None), theme="duban-light")
    assert settings(_desk(demo, None)) == Settings()


@pytest.mark.parametrize(
    "kept", [b"", b"{", b"[]", b'{"theme": 3}', b'{"views": [{}]}', b"\xff\xfe", b'{"theme": "x' + b"y" * (1 << 20), b"[" * 100_000]
)
def test_a_damaged_file_is_said_and_stops_nobody(demo: Register, kept: bytes) -> None:
    _file(demo).parent.mkdir(parents=True, exist_ok=True)
    _file(demo).write_bytes(kept)
    assert settings(_desk(demo)) == Settings(damaged=True)
    choose(_desk(demo), theme="ansi-dark")
    assert settings(_desk(demo)) == Settings("ansi-dark")


def test_a_newer_programs_choices_do_not_damage_it(demo: Register) -> None:
    _file(demo).parent.mkdir(parents=True, exist_ok=True)
    _file(demo).write_bytes(b'{"theme": "ansi-dark", "sound": true}')
    assert settings(_desk(demo)) == Settings("ansi-dark")


def test_where_something_else_lies_in_its_place_it_is_said_what_is_wrong(demo: Register) -> None:
    _file(demo).mkdir(parents=True)
    assert settings(_desk(demo)).damaged
    with pytest.raises(StoreError, match="保存设置失败"):
        choose(_desk(demo), theme="ansi-dark")
