"""What happened since a person was here: told once he comes again, of what he may see, and of nothing that he did himself."""

from datetime import datetime, timedelta

from desk.desk import Desk
from desk.visits import came, news
from records.register.register import Receipt, Register
from tests.tui.playing import NOW


def _desk(register: Register, person: str, at: datetime = NOW) -> Desk:
    return Desk(register, register.view().roster.people[person], lambda: at)


def test_the_first_visit_has_none_before_it_and_the_next_one_has(demo: Register) -> None:
    assert came(_desk(demo, "QLH.liaison")) == ""
    assert came(_desk(demo, "QLH.liaison", NOW + timedelta(days=1))) == NOW.isoformat()
    assert came(_desk(demo, "L03")) == "", "each has his own"
    assert came(Desk(demo, None, lambda: NOW)) == ""


def test_a_damaged_note_is_a_first_visit(demo: Register) -> None:
    came(_desk(demo, "L03"))
    (demo.drafts / "L03" / "visit").write_bytes(b"\xff\x00")
    assert came(_desk(demo, "L03")) == ""
    assert came(_desk(demo, "L03")) == NOW.isoformat()


def test_what_others_did_since_is_counted_and_the_last_step_on_what_is_his_is_named(demo: Register) -> None:
    desk, mine = _desk(demo, "QLH.liaison"), frozenset({"DB-2026-0194"})
    told = news(desk, "2026-11-20T17:10:00+08:00", mine)
    assert told.startswith("上次来 11-20 17:10。其后 ")
    assert told.endswith("步与您有关：0194 责成重新上报 11-23")
    assert news(desk, NOW.isoformat(), mine) == ""
    assert news(desk, "", mine) == ""


def test_neither_his_own_steps_nor_those_on_what_he_may_not_see_are_counted(demo: Register) -> None:
    inputs = {"level": "reminder", "means": "system", "text": "请抓紧。"}
    done = demo.act("urge", "DB-2026-0194", "BGS.clerk1", inputs, NOW)
    assert isinstance(done, Receipt), done
    before = (NOW - timedelta(seconds=1)).isoformat()
    assert "其后 1 步" in news(_desk(demo, "QLH.liaison"), before, frozenset())
    assert news(_desk(demo, "BGS.clerk1"), before, frozenset()) == "", "he did it himself"
    assert news(_desk(demo, "JJ.liaison"), before, frozenset()) == "", "it is none of his unit's"
