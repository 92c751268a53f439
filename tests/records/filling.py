"""Acts filled in by rote: for tests that try every act in every state without knowing any of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from records.acts import Outcome, form
from records.matter.item import Item
from records.matter.prose import printed_code
from records.rules.routes import route
from schema.check import keywords
from schema.tables import acts
from tests.bureau import CALENDAR, STORY, Matter


def stages() -> Iterator[Matter]:
    """Yield a matter as each step of the story leaves it."""
    for n in range(1, len(STORY) + 1):
        matter = Matter()
        for name, by, inputs in STORY[:n]:
            matter.do(name, by, **inputs)
        yield matter


@dataclass(frozen=True)
class Done:
    """An act that went through."""

    act: str
    by: str
    given: Mapping[str, object]
    outcome: Outcome

    def left(self, matter: Matter) -> Matter:
        """Return the matter as it leaves it."""
        return replace(matter, item=self.outcome.item, series=matter.series | {each.series: each for each in self.outcome.numbers})


def everything(matter: Matter, tag: str) -> Iterator[Done]:
    """Yield every act that somebody can do on a matter as it stands, done by the first who can, filled in by rote."""
    item, day = matter.item, matter.now.date()
    assert item is not None
    for spec in (each for each in acts().values() if item.state in each.from_states and each.target == "item"):
        bodies = [(who.role, body) for who in spec.who for body in matter.roster.bodies(who, item)]
        given = filled(spec.name, matter, tag)
        for person in dict.fromkeys(each.person for role, body in bodies for each in matter.roster.standings(role, body, day)):
            found = matter.try_(spec.name, person, **given)
            if isinstance(found, Outcome):
                yield Done(spec.name, person, given, found)
                break


def filled(act: str, matter: Matter, tag: str) -> dict[str, object]:
    """Return lawful inputs of an act; ``tag`` stands in every text, so that two persons never write the same."""
    item, today = matter.item, matter.now.date()
    assert item is not None
    wanted = [each.name for each in acts()[act].inputs if not each.shown and not each.own]
    found = {name: _value(name, form(act).at((name,)), item, today, tag) for name in wanted}
    if act == "office_review":
        series = route(item, matter.roster.series)
        found |= {"answered": list(range(1, len(item.points) + 1)), "series": series, "attachment_text": None}
        found |= {"to": item.source.organ, "override_reason": None}
    if act == "receive_paper" and item.report:
        found |= {"code": printed_code(item.report.hash)}
    if act in ("draft_report", "amend"):
        found |= (
            {"attachment_text": None}
            if act == "draft_report"
            else dict.fromkeys(("category", "subtype", "source_level", "source_kind", "secrecy", "secrecy_years", "copy_number"))
        )
    return found


def _value(name: str, schema: Mapping[str, object], item: Item, today: date, tag: str) -> object:
    units = {"lead": "ZA", "to_unit": "XJ", "from_unit": item.assisting[0].unit if item.assisting else None, "unit": None}
    if name in units:
        return next((part.unit for part in item.assisting if not part.opinion), None) if name == "unit" else units[name]
    if isinstance(values := schema.get("enum"), list):
        return values[0]
    if schema.get("format") == "date":
        return today.isoformat() if name in ("received", "instruction_at") else CALENDAR.shift(today, 3 + len(tag)).isoformat()
    known: dict[str, object] = {
        "assisting": ["CG"], "points": [{"text": f"要求{tag}"}], "reasons": ["R1"], "task_team": ["BGS.section_chief"],
        "portfolio_leader": "L04", "leader": "L05",
        "instruction_leader": "L02", "original": None, "indicators": [{"name": f"指标{tag}", "target": "一"}], "merged_into": None,
    }  # fmt: skip
    if name in known:
        return known[name]
    if schema.get("type") == "integer":
        return len(tag)
    if schema.get("type") in ("array", "boolean"):
        return None
    return f"{name}写{tag}。" if keywords(schema).prose else f"{name}{tag}"
