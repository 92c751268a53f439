"""Below 待办: what the person handed on, by the name of whoever has it now, and what the days ahead ask from outside."""

from datetime import date, datetime

from desk.below import DAYS, Ahead, below
from desk.daily import Page, page
from desk.desk import Desk
from desk.inbox import inbox
from records.register.register import Receipt, Register
from records.rules.clocks import CLOSED

NOW = datetime.fromisoformat("2026-11-27T10:30:00+08:00")


def _desk(register: Register, person: str | None) -> Desk:
    return Desk(register, register.view().roster.people[person] if person else None, lambda: NOW)


def test_what_was_handed_on_is_with_somebody_else_now_and_is_listed_once(demo: Register) -> None:
    desk = _desk(demo, "BGS.clerk1")
    (found,) = below(desk, page(desk, {})).handed
    assert (found.item, found.since, found.who, found.what) == ("DB-2026-0185", "自11-20", "田拟霖", "主管主任审签")
    assert found.title == "0185 市市场监管局商请联合查处食品“黑作坊”"
    for person in ("BGS.clerk1", "BGS.clerk2", "JJ.liaison", "L03"):
        desk = _desk(demo, person)
        # With an empty page above, all that he had a hand in is told; nothing of it is his to do.
        told = below(desk, Page())
        mine = {task.excerpt.id for task in inbox(desk)}
        for each in told.handed:
            case = desk.open(each.item)
            assert case is not None
            assert case.item.state not in CLOSED
            assert case.next is not None
            assert person not in case.next.people
            assert each.item not in mine or len(case.duties) > 1
        assert told.more == 0 or len(told.handed) == 5
    assert below(_desk(demo, None), Page()) == below(_desk(demo, "BGS.archivist"), Page())


def test_the_days_ahead_name_what_is_asked_from_outside_and_when_the_roundup_is_due(demo: Register) -> None:
    clerk, unit = _desk(demo, "BGS.clerk1"), _desk(demo, "QLH.liaison")
    due = Ahead(date(2026, 12, 7), "11月汇总通报印发期限（第5个工作日）")
    assert below(clerk, Page()).ahead == (due,)
    assert below(unit, Page()).ahead == (), "who makes no roundup is not told of its day"
    for item, day in (("DB-2026-0194", "2026-12-01"), ("DB-2026-0171", "2026-12-08"), ("DB-2026-0118", "2026-11-28")):
        done = demo.act("amend", item, "BGS.clerk1", {"external_due": day, "reason": "补记上级要求的时限。"}, NOW)
        assert isinstance(done, Receipt) == (item != "DB-2026-0118"), "what is over is asked for no more"
    demo.index.catch_up()  # as the page does, beneath which it stands
    asked = Ahead(date(2026, 12, 1), "0194 局长对电动自行车盗窃警情上升的批示  上级要求报送", "DB-2026-0194")
    assert below(clerk, Page()).ahead == (asked, due), f"{DAYS} days and no more"
    assert below(unit, Page()).ahead == (asked,)
    assert below(_desk(demo, "JJ.liaison"), Page()).ahead == (), "of what he may not see nothing is said"
