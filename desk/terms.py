"""Words that all pages share: who did a step and when, whose turn it is, what a value is called, a day that is an estimate."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from records.bureau.calendar import Calendar
from records.bureau.foundations import BUREAU, LEADERS, POLICY, SCORING
from records.bureau.roster import Authority, Roster, role_label
from records.matter.attachments import Attachment
from records.matter.prose import flowing
from records.matter.stamps import Stamp
from records.signatures.statement import OwnSignature, own_signature
from schema.tables import checker

if TYPE_CHECKING:
    from records.acts import Duty

Line = tuple[str, str]
"""A label, and what it names."""

_NAMES = {LEADERS: "局领导", BUREAU: "机关", POLICY: "时限规则", SCORING: "评分规则"}
_ISO_DAY = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")


def ends(day: str, calendar: Calendar) -> str:
    """Return a day on which a clock ends, said to be an estimate while the notice of its year is not in (D-10)."""
    return day + ("（估算）" if calendar.estimated(date.fromisoformat(day)) else "")


def guessed(told: str, calendar: Calendar) -> str:
    """Return a word on the days named in a text whose year's notice is not in yet, empty where there is none (D-10)."""
    days = dict.fromkeys(day for day in _ISO_DAY.findall(told) if _is_day(day) and calendar.estimated(date.fromisoformat(day)))
    years = "、".join(dict.fromkeys(f"{day[:4]}年" for day in days))
    return f"{'、'.join(days)}：{years}放假安排尚未公布，是否工作日为估算，公布后请核对。" if days else ""


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return bool(date.fromisoformat(text))
    return False


def called(target: str, roster: Roster) -> str:
    """Return what an act is done on as people call it: units, number series and what there is one of by name, anything else by its id."""
    if target in roster.units:
        return roster.unit_name(target)
    return roster.series_name(target) if roster.series_of(target) else _NAMES.get(target, target)


def holders(owed: "Sequence[Duty]", roster: Roster, *, titles: bool = True, brief: bool = False) -> str:
    """Return who has what is owed first: the office, the people who hold it in that office, and what other units owe the same.

    Where nobody can do it, why.

    Args:
        owed: what is owed on a record, at least one duty.
        roster: knows the names.
        titles: whether each is named with his title.
        brief: whether a title leaves out what the office says already: 联络员：秦拟宁（A角）.
    """
    duty = owed[0]
    with_it = dict.fromkeys(each.body for each in owed if each.act == duty.act and each.body not in (None, duty.body))
    others = "、".join(roster.unit_name(unit or "") for unit in with_it)
    role = role_label(duty.role)
    unit = roster.unit_name(duty.body) if duty.body else ""
    office = role if unit in role else unit + role
    if not duty.holders:
        why = duty.refusal.reason.rstrip("。") if duty.refusal else "花名册上没有现任人员"
        return f"{office}：无人承办，由{roster.unit_name(roster.bureau.office)}处理（{why}）" + (f"；另有{others}" if others else "")
    standings = [each for each in duty.holders if (each.role, each.unit) == (duty.role, duty.body)]
    named = [_standing(each, roster, role if brief else "") if titles else roster.name(each.person) for each in standings]
    return f"{office}{'：' if titles else ' '}{'、'.join(dict.fromkeys(named))}" + (f"和{others}" if others else "")


def _standing(standing: Authority, roster: Roster, said: str) -> str:
    person = roster.people.get(standing.person)
    title = person.title.removeprefix(said) if person else ""
    title = title[1:-1] if title.startswith("（") and title.endswith("）") else title  # what of it is not said stood in brackets itself
    behalf = f"代{roster.name(standing.on_behalf_of)}" if standing.on_behalf_of else ""
    told = "，".join(filter(None, (title, behalf)))
    return roster.name(standing.person) + (f"（{told}）" if told else "")


def serial(item: str, year: int) -> str:
    """Return a matter's number as people say it: within its year, with the year where it is another than this one."""
    own, _, number = item.removeprefix("DB-").partition("-")
    return number if own == str(year) else f"{own}-{number}"


def label(place: str, value: object) -> str:
    """Return the Chinese name of a value at a place of the item's record, e.g. ``state``, ``units.0.role``."""
    return checker("item").enum_label(tuple(int(part) if part.isdigit() else part for part in place.split(".")), value)


def signed(stamp: Stamp, roster: Roster) -> str:
    """Return who did a step and when; a stand-in with the person he stood in for, a paper signature as entered by whom (Q24)."""
    behalf = f"（代{roster.name(stamp.on_behalf_of, stamp.at)}）" if stamp.on_behalf_of else ""
    paper = f"（纸质签字，{roster.name(stamp.entered_by, stamp.at)}录入）" if stamp.entered_by else ""
    own = _signed_by(stamp.own) if stamp.own else ""
    return f"{roster.name(stamp.by, stamp.at)}{behalf}{paper}{own} {moment(stamp.at)}"


def signatory(stamp: Stamp, roster: Roster) -> str:
    """Return who did a step where there is no room for more: for whom he stood in, and whether he signed on paper (Q24)."""
    behalf = f"（代{roster.name(stamp.on_behalf_of, stamp.at)}）" if stamp.on_behalf_of else ""
    return f"{roster.name(stamp.by, stamp.at)}{behalf}{'（纸质签字）' if stamp.entered_by else ''}"


def with_words(decision: str, text: str) -> str:
    """Return a decision with the words in which it was given; once, where these say no more: 同意交办。"""
    words = flowing(text)
    return words if words.rstrip("。") == decision else f"{decision}：{words}"


def moment(at: str) -> str:
    """Return a record's time as people read it: ``2026-09-07 09:20``."""
    return at[:16].replace("T", " ")


def paper_in_words(found: Attachment) -> str:
    """Return type, size and the beginning of the hash of a paper that is kept beside the register."""
    told = (found.type.upper(), size_in_words(found.size)) if found.size else ()
    return "，".join((*told, f"摘要 {found.digest[:12]}"))


def size_in_words(size: int) -> str:
    """Return so many bytes as people say it."""
    return f"{size}字节" if size < 1000 else f"{size / 1e3:.1f}KB" if size < 1e5 else f"{size / 1e6:.1f}MB"


def _signed_by(token: str) -> str:
    found = own_signature(token)
    return "（密钥代理签名）" if isinstance(found, OwnSignature) and found.by_agent else "（本人签名）"
