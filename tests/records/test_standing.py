"""In what standing people act (D-6), and that an office outlives whoever holds it (D-4)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from records.acts import duties
from records.bureau.roster import Appointment, Leaders, Person, Portfolio, Roster, StandIn, Unit, Waiver
from records.matter.item import Item
from records.register.register import Register
from records.store.store import Commit
from schema.tables import acts, states
from tests.bureau import DRAFT, OUTGOING, REGISTER, STORY, Matter

LETTER = {**OUTGOING, "series": "letter", "kind": "letter", "to": str(REGISTER["source_organ"])}
ASSIGNED = {**REGISTER, "source_kind": "organ_assignment", "subtype": "上级机关交办"}


def led(roster: Roster, **changed: object) -> Roster:
    """The roster with its leaders changed."""
    return replace(roster, leaders=replace(roster.leaders, **changed))  # type: ignore[arg-type]


def staffed(roster: Roster, unit: str, **changed: object) -> Roster:
    """The roster with a unit changed."""
    return replace(roster, units={**roster.units, unit: replace(roster.units[unit], **changed)})  # type: ignore[arg-type]


def stands_in(role: str, person: str, behalf: str) -> StandIn:
    return StandIn(role, person, behalf, "2026-01-01", "2026-12-31", "关于局领导AB角的通知")


def letter_to_sign() -> Matter:
    """A letter under 兰公督字 that waits for the leader over the matter, L04."""
    matter = Matter()
    matter.do("register", "BGS.clerk1", **ASSIGNED)
    for act, by, inputs in _after_registration():
        matter.do(act, by, **inputs)
    assert matter.item is not None
    assert matter.item.state == "awaiting_bureau_sign"
    return matter


def _after_registration() -> list[tuple[str, str, dict[str, object]]]:
    from tests.bureau import STORY

    way = [(act, by, dict(LETTER if act == "office_review" else inputs)) for act, by, inputs in STORY[1:]]
    return way[: next(n for n, (act, _, _) in enumerate(way) if act == "bureau_sign")]


@pytest.mark.parametrize(("act", "person"), [("bureau_sign", "L05"), ("waive_up_report", "L05")])
def test_who_stands_in_for_a_leader_acts_for_him_though_he_is_a_leader_himself(act: str, person: str) -> None:
    matter = letter_to_sign()
    assert matter.item is not None
    over = matter.item.portfolio_leader or ""
    if act == "waive_up_report":
        matter.do("void_number", "BGS.registry", reason="拟免予行文。")
    assert "主管局领导" in matter.refused(act, person, text="同意。").reason
    matter.roster = led(matter.roster, stand_ins=(stands_in("bureau_leader", person, over),))
    item = matter.do(act, person, text="同意。")
    assert item.outgoing is not None
    stamp = item.up_report_waiver or item.outgoing.signature
    assert stamp is not None
    assert (stamp.by, stamp.on_behalf_of) == (person, over)


def test_a_stand_in_for_a_leader_covers_all_that_falls_to_him() -> None:
    matter = Matter().until("read")
    assert matter.refused("read", "L05", decision="agree", text="同意。").rule == "R-04"
    matter.roster = led(matter.roster, stand_ins=(stands_in("bureau_leader", "L05", "L03"),))
    assert "L05" in matter.owed[0].people
    item = matter.do("read", "L05", decision="agree", text="同意。")
    assert item.reading is not None
    assert item.reading.on_behalf_of == "L03"
    assert ("deputy_director_in_charge", None) in set(matter.roster.roles("L05", matter.now.date()))


def test_a_stand_in_in_a_unit_covers_the_role_named_and_no_other() -> None:
    matter = Matter().until("review_report")
    matter.roster = staffed(
        matter.roster, "JJ", stand_ins=(replace(stands_in("reviewing_head", "JJ.liaison_b", "JJ.reviewing_head"), basis="AB角"),)
    )
    matter.do("review_report", "JJ.liaison_b", verdict="pass")
    assert matter.refused("consent", "JJ.liaison_b", decision="agree").rule == "R-34"


@pytest.mark.parametrize("act", ["review_report", "consent", "director_sign", "bureau_sign"])
@pytest.mark.parametrize("part", ["draft_report", "review_report", "consent"])
def test_one_person_gives_one_part_of_a_text(act: str, part: str) -> None:
    """Whoever gave one part and stands in, recorded, for the giver of a later one."""
    order = ["draft_report", "review_report", "consent", "director_sign", "bureau_sign"]
    if order.index(part) >= order.index(act):
        return
    person = {"draft_report": "JJ.liaison", "review_report": "JJ.reviewing_head", "consent": "JJ.main_leader"}[part]
    role = acts()[act].who[0]
    matter = Matter().until(act)
    given = (replace(stands_in(role.role, person, "X"), since="2026-01-01"),)
    if role.of == "bureau":
        over = StandIn("bureau_leader", person, "L01", "2026-01-01", "2026-12-31", "x")
        matter.roster = led(matter.roster, stand_ins=(over,))
    else:
        body = "JJ" if role.of == "lead" else "BGS"
        matter.roster = staffed(matter.roster, body, stand_ins=given)
    refusal = matter.refused(act, person, text="同意。", **({"verdict": "pass"} if act == "review_report" else {}))
    assert (refusal.rule, refusal.clause) == ("R-15", acts()[act].clause)


@pytest.mark.parametrize(("part", "told"), [("liaison", "单位起草人"), ("reviewing_head", "单位审核人"), ("main_leader", "单位同意人")])
def test_who_gave_a_part_of_the_report_does_not_accept_it_for_the_office(part: str, told: str) -> None:
    """A clerk of the supervising office may be the liaison, or more, of a unit, as of the office itself."""
    matter = Matter().until("draft_report")
    unit = matter.roster.units["JJ"]
    held = (*unit.appointments, Appointment(part, "BGS.clerk1", "2026-01-01"))
    matter.roster = staffed(matter.roster, "JJ", appointments=held)
    for act, by, inputs in STORY[9:14]:
        matter.do(act, "BGS.clerk1" if acts()[act].who[0].role == part else by, **inputs)
    refusal = matter.refused("office_review", "BGS.clerk1", **OUTGOING)
    assert (refusal.rule, told in refusal.reason) == ("R-15", True)
    matter.do("office_review", "BGS.clerk2", **OUTGOING)


@pytest.mark.parametrize("act", ["director_sign", "bureau_sign"])
def test_whoever_drew_a_document_up_signs_it_in_no_standing(act: str) -> None:
    """The clerk who wrote it anew after a leader declined it, and who stands in, recorded, for whoever signs it next."""
    matter = Matter().until("bureau_sign")
    matter.do("decline", "L01", text="请补数字。")
    anew = {name: OUTGOING[name] for name in ("kind", "title", "to")}
    matter.do("redraft_document", "BGS.clerk2", **anew, body="三所学校均已整改，查处货车19起。")
    if act == "bureau_sign":
        matter.do("director_sign", "BGS.director_in_charge")
        matter.do("reserve_number", "BGS.registry")
    matter.roster = led(matter.roster, stand_ins=(stands_in("bureau_leader", "BGS.clerk2", "L01"),))
    own = stands_in("office_director_in_charge", "BGS.clerk2", "BGS.director_in_charge")
    matter.roster = staffed(matter.roster, "BGS", stand_ins=(own,))
    refusal = matter.refused(act, "BGS.clerk2")
    assert (refusal.rule, refusal.clause) == ("R-15", acts()[act].clause)
    assert "拟写" in refusal.reason
    assert all("BGS.clerk2" not in duty.people for duty in matter.owed if duty.act == act)
    matter.do(act, "BGS.director_in_charge" if act == "director_sign" else "L01")


def test_a_small_unit_with_a_written_waiver_reviews_what_it_drafted_and_says_so() -> None:
    matter = Matter().until("draft_report")
    only = StandIn("reviewing_head", "JJ.liaison", "JJ.reviewing_head", "2026-01-01", "2026-12-31", "AB角")
    matter.roster = staffed(matter.roster, "JJ", stand_ins=(only,))
    matter.do("draft_report", "JJ.liaison", **DRAFT)
    assert matter.refused("review_report", "JJ.liaison", verdict="pass").rule == "R-15"
    waiver = Waiver("JJ.liaison", "2026-01-01", "2026-12-31", "局办〔2026〕3号")
    matter.roster = staffed(matter.roster, "JJ", waivers=(waiver,))
    item = matter.do("review_report", "JJ.liaison", verdict="pass")
    assert item.report is not None
    assert item.report.round.reviewed is not None
    assert item.report.round.reviewed.waiver == waiver.basis
    consenting = StandIn("main_leader", "JJ.liaison", "JJ.main_leader", "2026-01-01", "2026-12-31", "AB角")
    matter.roster = staffed(matter.roster, "JJ", stand_ins=(only, consenting))
    assert matter.refused("consent", "JJ.liaison", decision="agree").rule == "R-15"


def test_what_waits_for_a_leader_who_left_waits_for_the_one_over_the_unit_now() -> None:
    matter = letter_to_sign()
    item = matter.item
    assert item is not None
    gone, day = item.portfolio_leader or "", matter.now.date()
    left = tuple(replace(each, until="2026-08-30") if each.person == gone else each for each in matter.roster.leaders.appointments)
    portfolios = tuple(replace(each, until="2026-08-30") if each.leader == gone else each for each in matter.roster.leaders.portfolios)
    matter.roster = led(matter.roster, appointments=left, portfolios=portfolios)
    (duty,) = (each for each in matter.owed if each.act == "bureau_sign")
    assert duty.people == ()
    assert duty.refusal is not None
    assert "指定主管局领导" in duty.refusal.way_out
    followed = replace(matter, roster=led(matter.roster, portfolios=(*portfolios, Portfolio("L05", item.lead or "", "2026-08-31"))))
    assert followed.roster.leader_over(item, day) == "L05"
    assert followed.refused("bureau_sign", "L04", text="同意。").rule == "R-25"
    followed.do("bureau_sign", "L05", text="同意。")
    assert matter.refused("name_leader", "BGS.clerk1", leader="L04", reason="原主管局领导离任。").rule == "R-34"
    assert "现任" in matter.refused("name_leader", "L03", leader=gone, reason="原主管局领导离任。").reason
    named = matter.do("name_leader", "L03", leader="L04", reason="原主管局领导离任。")
    assert (named.portfolio_leader, named.leader_changes[0].from_leader, named.state) == ("L04", gone, "awaiting_bureau_sign")
    matter.do("bureau_sign", "L04", text="同意。")


def everybody_new(roster: Roster, day: date) -> Roster:
    """The roster of a bureau in which every office passed to somebody new on ``day``."""
    last, first = (day - timedelta(days=1)).isoformat(), day.isoformat()

    def passed(appointments: tuple[Appointment, ...]) -> tuple[Appointment, ...]:
        ended = tuple(replace(each, until=last) for each in appointments)
        return (*ended, *(replace(each, person=f"N{each.person}", since=first, until=None) for each in appointments))

    def people(known: tuple[Person, ...]) -> tuple[Person, ...]:
        return (*known, *(replace(each, id=f"N{each.id}", login=None) for each in known))

    def unit(old: Unit) -> Unit:
        return replace(old, people=people(old.people), appointments=passed(old.appointments), stand_ins=())

    over = roster.leaders.portfolios
    portfolios = (*(replace(each, until=last) for each in over), *(Portfolio(f"N{each.leader}", each.unit, first) for each in over))
    leaders = Leaders(people(roster.leaders.people), passed(roster.leaders.appointments), portfolios)
    return Roster(roster.bureau, {name: unit(each) for name, each in roster.units.items()}, leaders)


def test_when_everybody_is_replaced_each_item_of_the_demo_goes_on_from_each_of_its_states(demo: Register) -> None:
    seen: dict[tuple[str, str], Commit] = {}
    for commit in demo.commits():
        for path in demo.changed(commit.parent, commit.id) if commit.parent else ():
            if path.startswith("items/"):
                item = demo.view(commit.id).item(path.rpartition("/")[2].removesuffix(".yaml"))
                assert item is not None
                seen[item.id, item.state] = commit
    assert len({state for _, state in seen}) > 15
    stuck = []
    for (name, state), commit in seen.items():
        view, when = demo.view(commit.id), commit.author.time + timedelta(days=1)
        item = view.item(name)
        assert isinstance(item, Item)
        world = replace(view.world(), roster=everybody_new(view.roster, when.date()))
        if item.state in states("closed") - {"concluded"}:
            continue
        stuck += [(name, state, duty.act) for duty in duties(world, item, when) if not duty.people]
    assert stuck == []
