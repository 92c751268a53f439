"""The unit's completion report (办结报告) and its rounds."""

from collections.abc import Iterator
from dataclasses import dataclass

from records.matter.prose import content_hash
from records.matter.stamps import Remark, Stamp, TextSignature


@dataclass(frozen=True)
class Shell:
    """What is kept of a classified report whose text stays on paper (Q22); ``text_hash`` of one classified after it was written (D-16)."""

    carrier: str
    pages: int
    digest: str
    text_hash: str | None = None


@dataclass(frozen=True)
class Voided:
    """A signature that a later edit of the text made void."""

    act: str
    by: str
    at: str
    hash: str


@dataclass(frozen=True)
class Review(TextSignature):
    """The unit's own review (审核把关) of a draft."""

    verdict: str = "pass"
    hash: str = ""
    text: str | None = None
    waiver: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether the draft passed."""
        return self.verdict == "pass"


@dataclass(frozen=True)
class Consent(TextSignature):
    """The main leader's word on the exact text that ``hash`` names."""

    decision: str = "agree"
    hash: str = ""
    text: str | None = None

    @property
    def agrees(self) -> bool:
        """Whether the report may go up."""
        return self.decision == "agree"


@dataclass(frozen=True)
class PaperReceipt(Stamp):
    """Receipt of the printed report."""

    pages: int = 1
    copies: int = 1
    code: str | None = None


@dataclass(frozen=True)
class OfficeReview(Stamp):
    """The supervising office's review: which points the report answers."""

    answered: tuple[int, ...] = ()
    text: str | None = None


@dataclass(frozen=True)
class Return(Stamp):
    """A report sent back: coded reasons, words, and the day by which it is due again."""

    reasons: tuple[str, ...] = ()
    comment: str = ""
    redo_due: str = ""


@dataclass(frozen=True)
class Answer:
    """What the unit did about one of the reasons for which its report was sent back (3-2-5)."""

    reason: str
    text: str


@dataclass(frozen=True)
class Round:
    """One submission of a report; the text of an earlier round is the commit in which it was submitted."""

    round: int
    hash: str
    drafted: Stamp
    answers: tuple[Answer, ...] = ()
    voided: tuple[Voided, ...] = ()
    reviewed: Review | None = None
    consented: Consent | None = None
    submitted: Stamp | None = None
    paper: PaperReceipt | None = None
    office_reviewed: OfficeReview | None = None
    returned: Return | None = None
    withdrawn: tuple[Remark, ...] = ()

    @property
    def over(self) -> bool:
        """Whether the office is done with it, so that what is written next is a round of its own."""
        return self.returned is not None or self.office_reviewed is not None

    def answer(self, reason: str) -> str:
        """Return what it answers to a reason, empty where it answers nothing."""
        return next((each.text for each in self.answers if each.reason == reason), "")


@dataclass(frozen=True, kw_only=True)
class Report:
    """The unit's completion report (办结报告). Its text stands once; rounds keep what was decided on it."""

    number: str | None = None
    title: str
    body: str = ""
    attachments: tuple[str, ...] = ()
    attachment_text: str | None = None
    shell: Shell | None = None
    rounds: tuple[Round, ...]

    @property
    def round(self) -> Round:
        """The round in hand."""
        return self.rounds[-1]

    @property
    def answering(self) -> Round | None:
        """The round that is written, or goes up, in answer to a return: the one in hand; None while the next is not begun."""
        return None if self.round.over else self.round

    @property
    def to_answer(self) -> Return | None:
        """The return that the round in hand answers, or the next one once that is over; None where the round before was not returned."""
        before = self.rounds[-1:] if self.round.over else self.rounds[-2:-1]
        return before[0].returned if before else None

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The reasons of that return to which nothing is answered yet."""
        back, this = self.to_answer, self.answering
        return tuple(reason for reason in (back.reasons if back else ()) if not (this and this.answer(reason)))

    @property
    def place(self) -> int:
        """Which text of the report the one in hand is, from 1: each round begins another, and so does each change after a consent."""
        return len(self.rounds) + sum(_consents_voided(each) for each in self.rounds)

    @property
    def agreed(self) -> Iterator[int]:
        """The places of those texts that the main leader consented to, also of those written anew since."""
        place = 1
        for each in self.rounds:
            last = place + _consents_voided(each)
            yield from range(place, last)
            if each.consented and each.consented.decision == "agree":
                yield last
            place = last + 1

    @property
    def hash(self) -> str:
        """The hash of the text as it stands, which review and consent are given for (二); of a text that is kept no more since the matter
        was classified the one it had.
        """
        if self.shell and self.shell.text_hash:
            return self.shell.text_hash
        shell = (self.shell.carrier, str(self.shell.pages), self.shell.digest) if self.shell else ()
        return content_hash(self.title, self.body, *shell, *self.attachments, *appended(self.attachment_text))


def _consents_voided(this: Round) -> int:
    return sum(each.act == "consent" for each in this.voided)


def appended(text: str | None) -> tuple[str, ...]:
    """Return what a text that not every document has adds to a hash; a document without it keeps the hash it always had."""
    return () if text is None else ("", text)
