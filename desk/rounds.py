"""对比: two rounds of a report sentence by sentence, what the return asked for and where the change seems to answer it, and who wrote what.

Nothing here says that a reason is answered: 看来答了 is a place to look at; what counts is the reviewer's own tick.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from desk.answers import answered, reason_in_words
from desk.char_diff import Line as Woven
from desk.char_diff import changed
from desk.terms import Line, ends, moment, signatory, signed
from records.bureau.roster import Roster
from records.matter.item import Item
from records.matter.prose import flowing
from records.matter.report import Report, Return, Round
from records.rules.report_answers import Answer, change_answers
from records.rules.report_places import Place, point_places
from records.store.view import View

Change = Literal["same", "changed", "new", "old"]
_PLACES = 3
"""Places that are named of where a reason seems to be answered."""


@dataclass(frozen=True)
class Sentence:
    """A sentence of one round against what it was in the other.

    Attributes:
        change: what became of it.
        woven: both, in pieces.
        old: as it was, empty where there was none.
        new: as it is, empty where it is gone.
    """

    change: Change
    woven: Woven
    old: str
    new: str


@dataclass(frozen=True)
class Passage:
    """The sentences of a paragraph; ``changes`` is how many of them are not as they were."""

    sentences: tuple[Sentence, ...]

    @property
    def changes(self) -> int:
        """How many of its sentences are not as they were."""
        return sum(each.change != "same" for each in self.sentences)


@dataclass(frozen=True)
class Compared:
    """Two rounds of a report.

    Attributes:
        item: the matter.
        numbers: of the earlier round and of the later one.
        rounds: the texts of all rounds, by their number.
        passages: both texts, paragraph by paragraph.
    """

    item: Item
    numbers: tuple[int, int]
    rounds: Mapping[int, Report]
    passages: tuple[Passage, ...]

    @property
    def counted(self) -> str:
        """What changed, in figures: 改 3 句，增 1 句."""
        kinds = [each.change for passage in self.passages for each in passage.sentences]
        named = (("改", "changed"), ("增", "new"), ("删", "old"))
        return "，".join(f"{name} {kinds.count(kind)} 句" for name, kind in named if kind in kinds) or "一字不差"


def compared(item: Item, rounds: Mapping[int, Report], earlier: int, later: int) -> Compared:
    """Return two rounds against each other.

    Args:
        item: the matter.
        rounds: the texts of its rounds.
        earlier: the number of one.
        later: that of the other.
    """
    return Compared(item, (earlier, later), rounds, passages(_text(rounds[earlier]), _text(rounds[later])))


def passages(old: str, new: str) -> tuple[Passage, ...]:
    """Return two texts in their normal form against each other, paragraph by paragraph."""
    found: list[list[Sentence]] = [[]]
    for woven in changed(old, new):
        if woven:
            found[-1].append(_sentence(woven))
        else:
            found.append([])
    return tuple(Passage(tuple(each)) for each in found if each)


def _text(report: Report) -> str:
    listed = "\n".join(f"附件{n} {name}" for n, name in enumerate(report.attachments, start=1))
    return "\n\n".join(filter(None, (report.title, report.body.strip("\n"), listed, (report.attachment_text or "").strip("\n")))) + "\n"


def _sentence(woven: Woven) -> Sentence:
    old, new = ("".join(text for kind, text in woven if kind in ("same", which)) for which in ("old", "new"))
    change: Change = "same" if old == new else "changed" if old and new else "new" if new else "old"
    return Sentence(change, woven, old, new)


def asked_back(found: Compared, view: View, *, brief: bool) -> Iterator[Line]:
    """Yield what the earlier round was returned for, each reason with where the change seems to answer it; the requirements likewise.

    Args:
        found: the rounds.
        view: knows names and days.
        brief: whether there is little room: one place a reason, and of the requirements those that are missed or newly answered.
    """
    earlier, later = found.numbers
    before, after = found.rounds[earlier], found.rounds[later]
    back = _decided(found.item, earlier).returned
    if back:
        seen = change_answers(found.item, before, after, back.reasons, view.roster.unit_name)
        yield f"第{earlier}轮退回", "\n".join(_told(each, 1 if brief else _PLACES) for each in seen)
        by = f"（{signed(back, view.roster)}，{ends(back.redo_due, view.calendar)} 前重报）"
        yield "退回意见", flowing(back.comment) + ("" if brief else by)
    if found.item.points:
        yield f"要求 {len(found.item.points)}", _points_in_brief(found) if brief else "   ".join(_points(found))


def answers_given(found: Compared) -> Iterator[str]:
    """Yield what the unit itself says it did about each reason."""
    earlier, later = found.numbers
    if back := _decided(found.item, earlier).returned:
        yield from (f"{reason}：{said}" for reason, said in answered(back, _decided(found.item, later)))


def _told(answer: Answer, most: int) -> str:
    where = "、".join(answer.places[:most]) + (f" 等{len(answer.places)}处" if len(answer.places) > most else "")
    said = {
        "seems": f"看来答了：{where}",
        "not": f"没有看到：{answer.lacks or '没有相应的改动'}",
        "unknown": f"请人看{f'：改了 {where}' if where else ''}",
    }
    return f"{reason_in_words(answer.reason)}  {said[answer.seen]}"


def _places(found: Compared) -> Iterator[tuple[str, Place | None, bool]]:
    """Each requirement with its number, its place in the later round, and whether the earlier one had none for it."""
    was, now = (point_places(replace(found.item, report=found.rounds[number])) for number in found.numbers)
    for n, (point, before, place) in enumerate(zip(found.item.points, was, now, strict=True), start=1):
        yield f"{n} {point.text}", place, before is None


def _points(found: Compared) -> Iterator[str]:
    for point, place, new in _places(found):
        yield f"{point} " + (f"见{place.called}{'（新）' if new else ''}" if place else "未见")


def _points_in_brief(found: Compared) -> str:
    every = tuple(_places(found))
    missed = "、".join(point for point, place, _ in every if place is None)
    new = "、".join(point for point, place, fresh in every if place and fresh)
    told = [f"未见 {missed}" if missed else "都有对应的段落"] + ([f"这一轮新见 {new}"] if new else [])
    return "；".join(told)


def headings(found: Compared, roster: Roster) -> tuple[str, str]:
    """Return who wrote each of the two rounds and when, and what became of it."""
    earlier, later = (_heading(number, _decided(found.item, number), roster) for number in found.numbers)
    return earlier, later


def _heading(number: int, this: Round, roster: Roster) -> str:
    end = this.returned or this.office_reviewed
    became = f"{'被退回' if isinstance(end, Return) else '审核通过'} {end.at[5:10]}" if end else "还没有审核"
    return f"第{number}轮  {_who(this, roster)}  {became}"


def written_by(found: Compared, sentence: Sentence, roster: Roster) -> str:
    """Return who wrote a sentence, in which round and when, and who consented to it there; of one that is gone, also who left it out."""
    earlier, later = found.numbers
    now = sentence.new or sentence.old
    last = later if sentence.new else earlier
    first = last
    while first - 1 in found.rounds and now in _text(found.rounds[first - 1]).split("\n"):
        first -= 1
    this = _decided(found.item, first)
    told = [f"第{first}轮 {_who(this, roster)} {'改写' if sentence.change == 'changed' else '写'}"]
    if first < last:
        told.append(f"此后到第{last}轮没有改动")
    signing = next((each for number in range(last, first - 1, -1) if (each := _decided(found.item, number)).consented), None)
    if signing and (word := signing.consented):
        which = f"（第{signing.round}轮）" if signing.round != first else ""
        told.append(f"{signatory(word, roster)} {moment(word.at)[5:]} {'同意' if word.agrees else '没有同意'}{which}")
    else:
        told.append("主要领导还没有同意")
    if sentence.change == "old":
        told.append(f"第{later}轮 {_who(_decided(found.item, later), roster)} 删去")
    return "这一句：" + "，".join(told)


def _who(this: Round, roster: Roster) -> str:
    return f"{roster.name(this.drafted.by, this.drafted.at)} {moment(this.drafted.at)[5:]}"


def _decided(item: Item, number: int) -> Round:
    assert item.report is not None
    return next(each for each in item.report.rounds if each.round == number)
