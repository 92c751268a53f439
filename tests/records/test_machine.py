"""Random acts, lawful and not, by random people over random days: whatever happens, the laws of the register hold.

``make deep`` runs at least 100,000 acts; the suite a shorter run.
"""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from records.acts import Outcome, Refusal, form, perform, prospects
from records.acts.duties import duties, held, turns, whose
from records.bureau.calendar import Calendar, Holiday
from records.bureau.roster import Unit
from records.matter.item import Item, signatures
from records.matter.plain_data import to_data
from records.matter.prose import printed_code
from records.procedure.case import LastStep
from records.procedure.input_places import supplied
from records.procedure.shell import is_on_paper
from records.procedure.unattended import emptied
from records.rules.clocks import CLOSED, light
from records.rules.roundup_figures import concerns, figures, period
from records.rules.routes import route
from records.rules.timeliness import Late, accepted_rounds, deadline, in_time, lateness
from records.store.record_files import emit, parse
from schema.check import keywords
from schema.tables import ActSpec, acts, checker
from tests.bureau import CALENDAR, POLICY, REGISTER, Matter, roster, source_of

_ROSTER = roster()
_KINDS = st.sampled_from(["leader_instruction", "organ_assignment"])
_SOURCES = [source_of("leader_instruction"), source_of("organ_assignment", 4), source_of("director_meeting"), source_of("peer_request")]
_REGISTERED: Mapping[str, st.SearchStrategy[object]] = {
    name: st.just(value) for name, value in REGISTER.items() if name.startswith("instruction") or name == "source_organ"
}
_ANYTHING: Mapping[str, st.SearchStrategy[object]] = {}
_PEOPLE = [
    "BGS.clerk1", "BGS.section_chief", "BGS.director_in_charge", "BGS.registry", "BGS.archivist", "L01", "L03", "L05", "L06",
    *(f"{unit}.{role}" for unit in ("JJ", "CG", "XJ") for role in ("liaison", "reviewing_head", "supervising_leader", "main_leader")),
]  # fmt: skip
_TEXTS = st.sampled_from(["同意。", "查处货车19起。", "查处货车23起。已反馈来信人。", "# 一、情况。\n属实。\n\n已整改。", "甲。\n乙。"])
_UNITS = st.sampled_from(["JJ", "CG", "XJ", "BGS", "PCS"])


def _likely(act: str, item: Item | None, today: date) -> dict[str, st.SearchStrategy[object]]:
    """Return what people usually supply, so that lives get long."""
    ahead = st.integers(1, 8).map(lambda n: CALENDAR.shift(today, n).isoformat())
    usual: dict[str, dict[str, st.SearchStrategy[object]]] = {
        "amend": {"category": st.just(4), "source_kind": _KINDS, "source_level": st.just(""), "received": st.just("")},
        "change_assisting": {"to_unit": st.sampled_from(["XJ", "ZA"])},
        "propose": {"lead": st.just("JJ"), "assisting": st.sampled_from([[], ["CG"], ["CG", "XJ"]]), "due": ahead,
                    "points": st.sampled_from([[{"text": "一"}], [{"text": "一"}, {"text": "二"}]])},
        "read": {"decision": st.sampled_from(["agree"] * 9 + ["change"])},
        "review_report": {"verdict": st.sampled_from(["pass"] * 9 + ["send_back"])},
        "consent": {"decision": st.sampled_from(["agree"] * 9 + ["send_back"])},
        "draft_report": {"body": st.integers(0, 999).map(lambda n: f"查处货车{n}起。")},
        "return_report": {"reasons": st.just(["R1"]), "redo_due": ahead},
        "receive_paper": {"pages": st.just(2), "copies": st.just(2)},
    }  # fmt: skip
    usual |= {
        "handle_directly": {"task_team": st.just(["BGS.section_chief"])},
        "decide_objection": {"decision": st.sampled_from(["accepted", "rejected"]), "to_unit": st.sampled_from(["XJ", "ZA"])},
        "request_extension": {"until": st.integers(9, 20).map(lambda n: CALENDAR.shift(today, n).isoformat())},
        "reopen": {"due": ahead},
        "change_lead": {"to_unit": st.just("ZA")},
    }
    found = usual.get(act, {})
    if act == "draft_report" and item is not None and item.report is not None and (back := item.report.to_answer):
        found = found | {"answers": st.lists(st.sampled_from(back.reasons), unique=True, min_size=today.day % 2).map(_answers)}
    if act == "receive_paper" and item is not None and item.report is not None:
        found = found | {"code": st.just(printed_code(item.report.hash))}
    if act == "office_review" and item is not None:
        series, leaves = route(item, _ROSTER.series), today.day % 4 == 0  # on some days documents leave the route of their source
        found = {"answered": st.just(list(range(1, len(item.points) + 1)))}
        found |= {"series": st.just(series or ""), "to": st.just("某某公司" if leaves else item.source.organ)}
        found |= {"override_reason": st.just("来文机关要求。" if leaves and series else "")}
        if series:
            found |= {"kind": st.just("report"), "title": st.just("关于办理情况的报告"), "body": _TEXTS}
    return found


def _answers(reasons: list[str]) -> list[dict[str, str]]:
    return [{"reason": code, "text": "已补写。"} for code in reasons]


def _value(name: str, schema: Mapping[str, object], today: date) -> st.SearchStrategy[object]:
    """Return mostly lawful values for one input."""
    if isinstance(values := schema.get("enum"), list):
        return st.sampled_from(values)
    if schema.get("format") == "date":
        return st.integers(-3, 20).map(lambda n: (today + timedelta(days=n)).isoformat())
    if name in ("lead", "unit"):
        return _UNITS
    if name == "assisting":
        return st.lists(_UNITS, max_size=2)
    if name == "points":
        return st.lists(st.fixed_dictionaries({"text": _TEXTS.map(lambda text: text[:3])}, optional={"unit": _UNITS}), max_size=3)
    if name == "answered":
        return st.sampled_from([[1], [1, 2], [1, 2, 3], [2], [9]])
    if name in ("reasons", "answers"):
        codes = st.lists(st.sampled_from(["R1", "R2", "R10"]), max_size=2, unique=True)
        return codes.map(_answers) if name == "answers" else codes
    if schema.get("type") == "array":
        return st.lists(st.sampled_from(["表一", "表二"]), max_size=2, unique=True)
    if schema.get("type") == "integer":
        return st.integers(0, 30)
    if schema.get("type") == "boolean":
        return st.booleans()
    if name in ("portfolio_leader", "instruction_leader", "leader"):
        return st.just("L06")
    if keywords(schema).scan:
        return st.just("")
    return _TEXTS.map(lambda text: text if keywords(schema).prose else text[:4])


class Register(RuleBasedStateMachine):
    """One item, its number series, and everybody trying everything."""

    done: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.matter = Matter(roster=_ROSTER)
        self.taken: dict[str, list[tuple[str, int]]] = {}
        self.looked: tuple[Item, date] | None = None

    @initialize(data=st.data(), steps=st.integers(1, 20))
    def a_matter_comes_in(self, data: st.DataObject, steps: int) -> None:
        """Each life begins somewhere on the lawful way; which of the rules below it goes on by differs from life to life."""
        for _ in range(steps):
            self._goes_on(data)

    @rule(data=st.data())
    def anybody_tries_anything(self, data: st.DataObject) -> None:
        """Any act by anybody."""
        self._try(data, data.draw(st.sampled_from(sorted(acts()))), data.draw(st.sampled_from(_PEOPLE)), wide=True)

    @rule(data=st.data(), steps=st.integers(1, 6))
    def the_holder_goes_on(self, data: st.DataObject, steps: int) -> None:
        """The acts the item waits for, one after the other, by somebody who may do them: how lives get long."""
        for _ in range(steps):
            self._goes_on(data)

    def _goes_on(self, data: st.DataObject) -> None:
        item = self.matter.item
        if item is None:
            source = data.draw(st.sampled_from(_SOURCES))
            return self._try(data, "register", "BGS.clerk1", {**_REGISTERED, **{name: st.just(value) for name, value in source.items()}})
        for duty in self.matter.owed[:1]:
            if duty.people:
                self._try(data, duty.act, data.draw(st.sampled_from(duty.people)), _likely(duty.act, item, self.matter.now.date()))
        return None

    @rule(data=st.data())
    def an_assisting_unit_does_its_part(self, data: st.DataObject) -> None:
        """Receipts and opinions, which the item does not wait for but the report does."""
        for part in self.matter.item.assisting if self.matter.item else ():
            self._try(data, "give_opinion" if part.signed_for else "sign_for", f"{part.unit}.liaison")

    @rule(data=st.data(), times=st.integers(1, 8))
    def the_way_bends(self, data: st.DataObject, times: int) -> None:
        """Objections, changes, extensions, pauses, urges, checks, by those who may, with a step on the way in between."""
        for place in range(times):
            self._bends(data)
            if place % 2:
                self._goes_on(data)

    def _bends(self, data: st.DataObject) -> None:
        item = self.matter.item
        if item is None:
            return
        bends = [
            "object",
            "change_lead",
            "change_assisting",
            "request_extension",
            "decide_extension",
            "suspend",
            "urge",
            "reply_urge",
            "verify",
        ]
        bends += ["decline", "redraft_document", "withdraw_document", "withdraw_report", "propose_adjustment", "decide_adjustment"]
        bends += [
            "name_leader",
            "take_back",
            "amend",
            "cancel",
            "report_no_change",
            "reopen",
            "open_accountability",
            "approve_accountability",
            "record_outcome",
            "record_satisfaction",
            "classify",
        ]
        bends += ["amend"]
        if data.draw(st.integers(0, 4)):  # else a life would end, rest or run back before anything came of it
            bends = [each for each in bends if each not in ("cancel", "suspend", "take_back", "classify")]
        # Of those that are done in other states nothing would come.
        act = data.draw(st.sampled_from([each for each in bends if item.state in acts()[each].from_states] or bends))
        day = self.matter.now.date()
        roster = self.matter.roster
        able = [person.id for who in acts()[act].who for unit in roster.bodies(who, item) for person in roster.holders(who.role, unit, day)]
        if act == "take_back":
            able = [self.matter.last.person] if self.matter.last else []
        if able:
            self._try(data, act, data.draw(st.sampled_from(able)), _likely(act, item, day))

    @rule(unit=st.sampled_from(["JJ", "CG", "BGS", ""]), place=st.integers(0, 20))
    def an_office_passes_on(self, unit: str, place: int) -> None:
        """Somebody leaves an office, and somebody new holds it from today."""
        roster, day = self.matter.roster, self.matter.now.date()
        body = roster.units[unit] if unit else roster.leaders
        held = body.appointments[place % len(body.appointments)]
        if held.until or held.since >= day.isoformat():
            return
        new = replace(roster.people[held.person], id=f"{held.person}n", login=None)
        ended = replace(held, until=(day - timedelta(days=1)).isoformat())
        begun = replace(held, person=new.id, since=day.isoformat())
        people = body.people if new in body.people else (*body.people, new)
        appointments = (*(ended if each is held else each for each in body.appointments), begun)
        changed = replace(body, people=people, appointments=appointments)
        if isinstance(changed, Unit):
            self.matter.roster = replace(roster, units={**roster.units, unit: changed})
        else:
            over = tuple(replace(each, leader=new.id) if each.leader == held.person else each for each in changed.portfolios)
            self.matter.roster = replace(roster, leaders=replace(changed, portfolios=over))

    @rule(data=st.data())
    def counts_are_carried_in_and_put_right(self, data: st.DataObject) -> None:
        """Numbers used elsewhere, entered rightly or wrongly."""
        self._try(data, data.draw(st.sampled_from(["record_outside_numbers", "correct_carry_in", "record_void_number"])), "BGS.registry")

    @rule(days=st.integers(0, 4), reading=st.sampled_from(["always", "important"]))
    def the_policy_changes(self, days: int, reading: str) -> None:
        """Other settings are in force; what was dispatched keeps those it was dispatched under."""
        matter = self.matter
        matter.earlier[matter.policy_id] = matter.policy
        cycles = {cycle: days + count for cycle, count in POLICY.feedback_workdays.items()}
        matter.policy = replace(
            POLICY, version=f"{len(matter.earlier)}", reading_required=reading, objection_workdays=days, quiet_workdays=days,
            opinion_workdays=days, feedback_workdays=cycles, sign_for_workdays=dict.fromkeys(POLICY.sign_for_workdays, days),
        )  # fmt: skip
        matter.policy_id = f"{len(matter.earlier):040x}"

    @rule(ahead=st.integers(0, 12), off=st.booleans())
    def the_calendar_changes(self, ahead: int, off: bool) -> None:
        """A day, today or ahead, becomes a holiday, or one that is worked."""
        day, told = self.matter.now.date() + timedelta(days=ahead), self.matter.calendar.years[2026]
        holidays = tuple(each for each in told.holidays if not each.since <= day.isoformat() <= each.until)
        workdays = tuple(each for each in told.workdays if each != day.isoformat())
        if off:
            holidays = (*holidays, Holiday("调休", day.isoformat(), day.isoformat()))
        else:
            workdays = (*workdays, day.isoformat())
        self.matter.calendar = Calendar({2026: replace(told, holidays=holidays, workdays=workdays)})

    @rule(hours=st.one_of(st.integers(1, 12), st.sampled_from([24, 72, 240])))
    def time_passes(self, hours: int) -> None:
        """Hours or days go by."""
        self.matter.now += timedelta(hours=hours)

    def _inputs(
        self, data: st.DataObject, spec: ActSpec, likely: Mapping[str, st.SearchStrategy[object]], *, wide: bool
    ) -> dict[str, object]:
        """Draw what somebody supplies: of what need not be there only what is likely, unless anything is tried (``wide``)."""
        before, checked, today = self.matter.item, form(spec.name), self.matter.now.date()
        wanted = {
            each.name: _value(each.name, checked.at((each.name,)), today)
            for each in spec.inputs
            if not each.shown and (wide or not each.optional or each.besides)
        }
        wanted |= likely
        kept = [name for name in wanted if name not in ("secrecy", "secrecy_years", "copy_number")]  # in order: the same run every time
        if before is not None and before.secrecy.level != "none":  # whoever forgets is refused, so nobody goes on who does
            paper = {each.name for each in spec.inputs if not each.besides and is_on_paper(each, checked.at((each.name,)))}
            kept = [name for name in kept if name not in paper]
            wanted |= {"points": st.just([{"text": "1"}])}
        return {name: data.draw(wanted[name]) for name in kept}

    def _may(self, spec: ActSpec, person: str) -> bool:
        """Whether it is worth while to draw inputs: the state and the person are of the act's row."""
        item, day = self.matter.item, self.matter.now.date()
        fits = item.state in spec.from_states if item and spec.from_states else bool(item) == bool(spec.from_states)
        return spec.target != "item" or (fits and any(self.matter.roster.authority(person, who, item, day) for who in spec.who))

    def _try(
        self, data: st.DataObject, act: str, person: str, likely: Mapping[str, st.SearchStrategy[object]] = _ANYTHING, *, wide: bool = False
    ) -> None:
        spec, before = acts()[act], self.matter.item
        inputs = self._inputs(data, spec, likely, wide=wide) if self._may(spec, person) else {}
        if act == "classify":
            inputs |= {"secrecy": "secret", "secrecy_years": 5, "copy_number": "000042"}
        if act == "register":
            inputs |= {"secrecy": "none", "received": "2026-08-31", "importance": "important"}
        if spec.target == "roundup":
            return
        target = "special" if spec.target == "numbers" else "DB-2026-0118"
        found = perform(
            self.matter.world, act, None if spec.target == "numbers" else before, person, inputs, self.matter.now, target=target
        )
        if isinstance(found, Refusal):
            assert found.reason
            return
        self._lawful(found, before)
        self.matter.series |= {series.series: series for series in found.numbers}
        for changed in found.items:
            assert not checker("item").problems(to_data(changed))
            self.matter.item = changed
        self.done[act] += 1
        if found.item is not None:
            stages = before, found.item
            self.matter.last = LastStep(act, person, self.matter.now, lambda: stages)
            self.matter.item = found.item

    def _lawful(self, found: Outcome, before: Item | None) -> None:
        item = found.item
        if item is None:
            return
        data = to_data(item)
        assert not checker("item").problems(data)
        assert parse(emit(item), Item) == parse(emit(item), Item, passed=True) == item
        told = supplied(found.spec, to_data(before) if before else {}, data)
        again = perform(self.matter.world, found.spec.name, before, found.actor.person, told, found.at, target=found.target)
        assert isinstance(again, Outcome), str(again)
        assert emit(again.item) == emit(item)
        assert again.numbers == found.numbers
        if before is not None:
            assert item.moved_at >= before.moved_at
        assert all(day <= f"{found.at.date()}" for day in (item.source.received, *(each.at for each in item.instructions)))
        if found.spec.name == "give_opinion" and before and (part := before.part(found.actor.unit or "")) and part.opinion:
            late = [{each for each in self._late(record) if each.kind == "opinion"} for record in (before, item)]
            assert late[0] == late[1], "an opinion given anew is judged by the first (D-1)"
        if found.spec.name == "submit":
            assert item.report is not None
            assert item.report.round.consented is not None
            assert item.report.round.consented.hash == item.report.hash
            assert not item.report.unanswered

    def _late(self, item: Item) -> tuple[Late, ...]:
        return lateness(item, self.matter.policy_at(item.policy), self.matter.calendar)

    @invariant()
    def numbers_are_unique_without_gap_and_never_change_back(self) -> None:
        """Each series runs 1, 2, 3 …; what is issued or void stays so."""
        for series in self.matter.series.values():
            covered = sorted(n for entry in series.entries for n in range(entry.number, (entry.through or entry.number) + 1))
            assert len(set(covered)) == len(covered)
            assert [n for n in covered if n < series.next] == list(range(1, series.next))
            # A count put right leaves void numbers ahead (D-9).
            assert all(entry.status == "void" for entry in series.entries if entry.number > series.next)
            now = [(entry.status, entry.number) for entry in series.entries]
            for (was, n), (is_, m) in zip(self.taken.get(series.series, []), now, strict=False):
                assert n == m
                # A document was withdrawn (D-13); a number given up here was used elsewhere, or was not after all (D-9).
                assert was in (is_, "reserved") or (was, is_) == ("issued", "void") or {was, is_} == {"void", "outside"}
            self.taken[series.series] = now

    @invariant()
    def no_number_stays_reserved_for_what_is_over(self) -> None:
        """Whatever ends the way of a text voids the number that was reserved for it (D-9)."""
        item = self.matter.item
        if item is None or item.state not in CLOSED:
            return
        for series in self.matter.series.values():
            assert not [entry for entry in series.entries if entry.status == "reserved" and entry.item == item.id]

    @invariant()
    def what_is_in_time_is_not_late(self) -> None:
        """The report that the office accepted last is on time or late, never both, and on time only by its own day (D-1, D-2)."""
        item = self.matter.item
        if item is None or not (accepted := accepted_rounds(item)):
            return
        this = accepted[-1]
        if in_time(item, self.matter.calendar):
            assert this.round not in {each.round for each in self._late(item)}
            assert this.submitted is None or this.submitted.at[:10] <= (deadline(item, this) or "9999")

    @invariant()
    def what_ended_is_told_by_one_months_roundup(self) -> None:
        """Each month stands for a matter at most once, and the month in which it ended tells of that, no other (三（三）)."""
        item, today = self.matter.item, self.matter.now.date()
        if item is None or item.begun is None:
            return
        month, ends = date.fromisoformat(item.begun[:10]).replace(day=1), Counter[str]()
        while (after := (month + timedelta(days=32)).replace(day=1)) <= today:
            since, until = period(f"{month}"[:7])
            counts = vars(figures([item] if concerns(item, since) else [], since, until, today, self.matter.calendar))
            stands = [
                name for name, count in counts.items() if count and not name.startswith(("carried", "opened", "accepted", "returned"))
            ]
            assert counts["carried_over"] + counts["opened"] == len(stands) <= 1
            ends.update(name for name in stands if name.startswith(("closed", "ended")))
            month = after
        accepted, over = accepted_rounds(item), item.closed.at if item.closed else "9"
        assert ends["closed_on_time"] + ends["closed_late"] <= len(accepted)
        assert ends["ended_otherwise"] == (over[:7] < f"{today}"[:7])
        if len(accepted) == 1 and not item.reopenings and accepted[0].office_reviewed:
            assert ends["closed_on_time"] + ends["closed_late"] == (accepted[0].office_reviewed.at[:7] < f"{today}"[:7])

    @invariant()
    def a_consent_never_outlives_an_edit(self) -> None:
        """A signature that stands is for the text that stands."""
        item = self.matter.item
        if item is None or item.report is None:
            return
        for signed in signatures(item):
            assert signed.signature.hash == signed.text, signed.place

    @invariant()
    def a_duty_is_of_those_to_whom_its_act_is_open_and_of_nobody_else(self) -> None:
        """Inbox and gates never differ: who is asked for an act may do it, who may do what is owed is asked for it."""
        item, today = self.matter.item, self.matter.now.date()
        if item is None or self.looked == (item, today):
            return
        self.looked = (item, today)
        roster = self.matter.roster
        able: dict[str, set[str]] = {}
        everybody = [each for each in roster.people if each.split(".")[0] in ("BGS", "JJ", "CG", "XJ", "ZA") or each.startswith("L")]
        for person in everybody:
            for prospect in prospects(self.matter.world, item, person, self.matter.now):
                if prospect.refusal is None:
                    able.setdefault(prospect.spec.name, set()).add(person)
        for duty in self.matter.owed:
            spec = acts()[duty.act]
            assert not spec.optional
            here = able.get(duty.act, set())
            if spec.who[0].of in ("undertaking", "assisting"):
                own = {each.person for each in roster.standings(duty.role, duty.body, today)}
                here = here & own
            assert set(duty.people) == here, duty
            office = {person.id for person in roster.holders("supervision_office", "BGS", today)}
            assert set(whose(duty, roster, today)) == (here or office)

    @invariant()
    def what_a_record_tells_of_its_duties_is_what_they_are(self) -> None:
        """What the index keeps makes, with the holders of the day, the same of every record as asking for its duties."""
        item, today, world = self.matter.item, self.matter.now.date(), self.matter.world
        if item is None:
            return
        found, asked = turns(emptied(world), item)
        told = [(turn.act, held(turn.places, world.roster, today), turn.since, turn.clock) for turn in found if turn.begins <= f"{today}"]
        assert told == [(duty.act, duty.holders, duty.since, duty.clock) for duty in self.matter.owed if duty.act not in asked]
        assert duties(world, item, self.matter.now, asked) == tuple(duty for duty in self.matter.owed if duty.act in asked)
        self.done["asked" if asked else "told"] += 1

    @invariant()
    def somebody_holds_every_open_item(self) -> None:
        """No open item without a holder and a next act, and its light can be told."""
        item = self.matter.item
        if item is None or item.state in ("archived", "cancelled", "merged"):
            return
        roster, today = self.matter.roster, self.matter.now.date()
        owed = self.matter.owed
        # Who can go on, or where nobody can the office that is told so (D-4).
        assert any(duty.people for duty in owed) or any(whose(duty, roster, today) for duty in owed)
        assert light(item, self.matter.policy_at(item.policy), self.matter.calendar, today).words


def test_the_laws_hold_whatever_people_try() -> None:
    deep = int(os.environ.get("DUBAN_DEEP", "0"))
    run_state_machine_as_test(
        Register,
        settings=settings(
            max_examples=deep // 45 or 10,
            stateful_step_count=120 if deep else 80,
            deadline=None,
            derandomize=not deep,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate] if deep else [Phase.generate, Phase.shrink],
        ),
    )
    # A machine that never gets anywhere finds nothing.
    assert {"dispatch", "submit", "bureau_sign", "conclude", "told", "asked"} <= Register.done.keys()
    assert len(Register.done) > 30, "hardly any way bends"
