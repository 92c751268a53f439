"""办后 is what the record says afterwards: each act of an office that is kept for five weeks, people, rules and roundups among them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from desk.desk import Desk
from desk.outlook import outlook
from desk.terms import Line, holders
from records.acts import PaperEntry, duties
from records.matter.history import Step
from records.matter.item import Item
from records.register.register import NEW, Register
from records.store.view import View
from schema.tables import acts, checker
from tests.bureau import OUTGOING, as_read, source_of
from tests.desk.test_foretold import Done, said_truly
from tests.kept_register import BASIS, BEGINS, CLERK, DEPUTY, KEEPER, REGISTRY, Hand, begun, kept
from tests.records.test_carried import CARRIED
from tests.records.test_proposers import ANSWER
from tests.tui.playing import NOW

MONTH = "2026-10"


class _Held(Hand):
    """Does nothing without hearing first what comes of it, and holds the record against that."""

    met: frozenset[str] = frozenset()

    def enter(self, act: str, target: str, by: str, inputs: Mapping[str, object], paper: PaperEntry | None = None) -> str:
        """Do an act, or enter one that was done on paper, as it was said to come out."""
        self.register.index.catch_up()
        before, when = self.register.view(), self.now + timedelta(minutes=2)
        person = before.roster.people.get(by)
        item = before.item(target) if target.startswith("DB-") else None
        told = outlook(Desk(self.register, person, lambda: when), act, target, as_read(act, inputs, item)) if person else None
        on = super().enter(act, target, by, inputs, paper)
        if told:
            assert told.refusal is None, (act, target, str(told.refusal))
            self._hold(told.lines, act, on, before, when)
            self.met |= {act}
        return on

    def _hold(self, lines: Iterable[Line], act: str, on: str, before: View, when: datetime) -> None:
        """Hold what was said an act would come to against what the record says."""
        after, kind, told = self.register.view(), acts()[act].target, dict(lines)
        if kind == "item":
            said_truly(told, Done(Step("", on, act, "", when.isoformat(), "", "", "", "", ""), on, before, after))
        elif kind == "roundup":
            month = after.roundup(on)
            assert month is not None
            assert checker("roundup").enum_label(("state",), month.state) in told["办后"].rpartition("→")[2]
            due = duties(after.world(), month, when)
            assert told.get("下一手") == (
                f"{holders(due[:1], after.roster, titles=False)}，下一步{acts()[due[0].act].label}" if due else None
            )
        elif kind == "numbers":
            was = before.numbers(on, when.year).entries
            changed = [f"{entry.through or entry.number}号" for entry in after.numbers(on, when.year).entries if entry not in was]
            assert changed
            assert all(number in told["文号"] for number in changed), (act, told)
        else:
            assert told["办后"].startswith(f"{acts()[act].label}，"), (act, told)
            moved = sorted(_moved(self.register.open_items(before), before, after, when))
            said = sorted(line for label, line in lines if label in ("转手", "无人承办"))
            assert said == moved, (act, said, moved)


def _moved(items: Iterable[Item], before: View, after: View, when: datetime) -> Iterator[str]:
    """Each duty that lies with others than before, as the record has it now."""
    for item in items:
        was = {(duty.act, duty.body): duty for duty in duties(before.world(), item, when)}
        for now in duties(after.world(), item, when):
            then = was.get((now.act, now.body))
            if then is None or not then.people or set(then.people) == set(now.people):
                continue
            names = ("、".join(before.roster.name(person) for person in then.people), "、".join(map(after.roster.name, now.people)))
            yield f"{item.id} {acts()[now.act].label}" + (f"：{names[0]} → {names[1]}" if now.people else f"（原由{names[0]}）")


def _what_few_offices_do(hand: Hand) -> None:
    """Requirements adjusted, a leader stood in for, a report withdrawn, a proposer heard, a rule set aside, a matter carried in."""
    days = {"since": "2026-08-31", "until": "2026-09-30"}
    first = hand.walk(NEW, "register", "report_progress", **source_of("npc_suggestion"), source_ref="建议第5号")
    hand.do(
        "propose_adjustment",
        first,
        CLERK,
        points=[{"text": "三所学校逐一查实"}, {"text": "错峰放学", "unit": "CG"}, {"text": "回访家长"}],
        reason="代表来信。",
    )
    hand.do("decide_adjustment", first, DEPUTY, decision="approved", text="同意。")
    hand.walk(first, "give_opinion", "review_report")
    hand.do("stand_in", "JJ", KEEPER, role="main_leader", person="JJ.supervising_leader", on_behalf_of="JJ.main_leader", **days, **BASIS)
    hand.do("consent", first, "JJ.supervising_leader", decision="agree")
    *_, last = hand.register.commits()
    assert "Duban-On-Behalf-Of" in last.message
    hand.do("submit", first, "JJ.liaison")
    hand.do("withdraw_report", first, "JJ.main_leader", text="数字有误。")
    hand.do(
        "end_stand_in",
        "JJ",
        KEEPER,
        role="main_leader",
        person="JJ.supervising_leader",
        on_behalf_of="JJ.main_leader",
        day="2026-08-31",
        **BASIS,
    )
    hand.do("draft_report", first, "JJ.liaison", title="关于整改情况的报告", body="三所学校均已整改，查处货车23起。")
    hand.walk(first, "review_report", "receive_paper")
    hand.do("office_review", first, CLERK, **{**ANSWER, "answered": [1, 2, 3]})
    hand.walk(first, "director_sign", "reserve_number")
    hand.do("bureau_sign", first, "L06", text="同意。")
    hand.do("ask_proposer", first, CLERK, text="登门听取意见。")
    leader = {**source_of("bureau_leader_instruction", 5), "source_ref": "局长批示第9号"}
    second = hand.walk(NEW, "register", "receive_paper", **leader)
    hand.do("office_review", second, CLERK, **OUTGOING, override_reason="局长要求同时报省领导。")
    hand.do("decide_override", second, DEPUTY, decision="approved", text="同意。")
    hand.do("carry_in_item", NEW, CLERK, **{**CARRIED, "source_ref": "摘报第12期"})
    hand.do("record_outside_numbers", "special", REGISTRY, through=5, reason="系统启用前已编号。")
    hand.do("correct_carry_in", "special", REGISTRY, through=3, reason="多登了两个。")
    hand.do("record_void_number", "special", REGISTRY, reason="系统启用前作废。")


def test_each_act_of_an_office_comes_out_as_it_was_said_to(tmp_path: Path) -> None:
    hand = _Held(begun(tmp_path / "register"), BEGINS)
    _what_few_offices_do(hand)
    kept(hand)
    assert len(hand.met) > 65, hand.met


def test_so_does_a_roundup_and_what_changes_in_a_busy_office(demo: Register) -> None:
    hand = _Held(demo, NOW)
    hand.do("draft_roundup", MONTH, CLERK)
    hand.do("omit_row", MONTH, CLERK, item="DB-2026-0162", reason="见纸质件")
    hand.do("correct_unit", "JJ", KEEPER, char="警", **BASIS)
    hand.do("relieve", "JJ", KEEPER, role="liaison", person="JJ.liaison", day="2026-11-23", **BASIS)
    hand.do("relieve", "BGS", KEEPER, role="supervision_office", person=CLERK, day="2026-11-23", **BASIS)
    hand.do("set_portfolio", "leaders", KEEPER, unit="CG", leader="L01", since="2026-11-23", **BASIS)
    hand.do("dissolve_unit", "JJ", KEEPER, successor="ZA", day="2026-11-23", **BASIS)
