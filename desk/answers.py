"""Answers to the reasons of a return as they are typed, a line each: ``R1 未逐条回应批示要求：答复``, or ``R1：答复`` (3-2-5)."""

import re
from collections.abc import Iterator, Mapping

from records.matter.item import Item
from records.matter.report import Report, Return, Round
from records.procedure.shell import words_at
from schema.tables import ActSpec, acts, checker

_LINE = re.compile(r"\s*[RrＲｒ]\s?(\d{1,2})(?!\d)(.*)")
_OPEN = "（未答复）"


def reason_in_words(code: str) -> str:
    """Return a reason of a return as people read it: ``R2 缺少事实和数据``."""
    return f"{code} {checker('item').enum_label(('report', 'rounds', 0, 'returned', 'reasons', 0), code)}"


def answers(text: str) -> list[dict[str, str]]:
    """Return the answers in what was typed; a reason without words is left for later, and a line that names none goes on with the last."""
    found: list[dict[str, str]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if match := _LINE.fullmatch(line):
            code = f"R{int(match[1])}"
            said = match[2].strip().removeprefix(reason_in_words(code).partition(" ")[2])
            found.append({"reason": code, "text": said.lstrip(" :：\t")})
        elif found:
            found[-1]["text"] += line
        else:
            found.append({"reason": line, "text": line})  # for the check to refuse
    return [each for each in found if each["text"]]


def answer_in_words(answer: Mapping[str, str]) -> str:
    """Return an answer, or a reason that still has none, as it is typed."""
    return f"{reason_in_words(answer['reason'])}：{answer.get('text', '')}"


def to_be_answered(item: Item, *, on_paper: bool) -> list[dict[str, str]]:
    """Return an entry for each reason of the return that the report in hand answers, with what is answered already.

    Args:
        item: the matter.
        on_paper: whether its text is kept on paper, so that the program writes the words.
    """
    report = item.report
    if report is None or report.to_answer is None:
        return []
    this = report.answering
    fixed = words_at("report.rounds.answers.text", item.secrecy.copy_number) if on_paper else ""
    return [{"reason": code, "text": (this.answer(code) if this else "") or fixed} for code in report.to_answer.reasons]


def left_open(spec: ActSpec, report: Report | None, typed: str | None = None) -> tuple[str, ...]:
    """Return the reasons of the return that a report still leaves without an answer, where a row says for what act they are wanted.

    Args:
        spec: the act that is about to be done.
        report: the report, None before there is one.
        typed: what stands in the form that answers them; None where they are answered elsewhere.
    """
    if not spec.then or report is None or report.to_answer is None:
        return ()
    if typed is None:
        return report.unanswered
    said = {each["reason"] for each in answers(typed)}
    return tuple(code for code in report.to_answer.reasons if code not in said)


def warned(spec: ActSpec, report: Report | None) -> str:
    """Return what is said first of all that is pointed out, where reasons are left open: which, and what will not go; else empty."""
    told = "、".join(map(reason_in_words, left_open(spec, report)))
    return f"退回的原因还没有逐条答复：{told}。照这样“{acts()[spec.then].label}”办不成，请起草人先补齐答复。" if told else ""


def answered(back: Return, this: Round | None) -> Iterator[tuple[str, str]]:
    """Yield each reason of a return in words with what a round answers to it, or that it does not."""
    for code in back.reasons:
        yield reason_in_words(code), (this.answer(code) if this else "") or _OPEN


def answers_in_hand(report: Report) -> Iterator[str]:
    """Yield, for whoever looks at a report that was returned before, a line a reason with its answer."""
    if report.to_answer and report.answering:
        yield from (f"{reason}：{said}" for reason, said in answered(report.to_answer, report.answering))
