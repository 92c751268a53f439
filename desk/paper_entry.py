"""代录: a signature that somebody gave on paper, entered with its scan by the office that keeps the paper (Q24).

A form holds it in two fields of its own, out of sight until they are asked for; what stands in them is no input of the act.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from desk.desk import CaseFile, Desk, PaperSignature, Subject
from desk.forms import Field
from desk.scans import SCAN, SIGNER, box_hint
from records.acts import enters_paper, prospects
from records.matter.item import Item
from records.matter.numbers import NumberSeries
from records.matter.roundup import Roundup
from records.register.scans import TAKEN
from schema.tables import acts

PAPER = (SIGNER, SCAN)
"""The fields: who signed, and the file of the scan."""

_HINT = f"写扫描件的路径：{TAKEN}"


def may_enter(desk: Desk, act: str) -> bool:
    """Say whether the person enters signatures on paper, and one can stand for an act: not where policy wants that of the signer's key."""
    spec, view, person = acts()[act], desk.view, desk.person
    if person is None or not spec.paper or view.policy.strength(act) != "session":
        return False
    return enters_paper(view.roster, person.id, desk.today)


def paper_fields(desk: Desk, act: str, target: str, on: Subject) -> tuple[Field, ...]:
    """Return the fields for who signed an act on paper and for the scan; none where the person enters none, or nobody may sign it now.

    Args:
        desk: the person's; reads the register.
        act: the act.
        target: id of what it is done on.
        on: that as it stands.
    """
    if not may_enter(desk, act) or not (signers := tuple(_signers(desk, act, target, on))):
        return ()
    described = tuple((person, desk.view.roster.described(person)) for person in signers)
    signer = Field(SIGNER, "纸质签字人", "choice", described, hint="在纸上签字的人")
    return signer, Field(SCAN, "扫描件", "line", hint=_HINT if desk.box is None else box_hint(desk.box))


def to_enter(desk: Desk, targets: Mapping[str, str]) -> frozenset[str]:
    """Return those of some acts that somebody else may sign on paper now, so that the person can enter it.

    Args:
        desk: the person's; reads the register.
        targets: id of what each act would be done on.
    """
    found, kinds = set[str](), dict[tuple[str, str], Subject]()
    for act, target in targets.items():
        if may_enter(desk, act):
            kind = acts()[act].target, target
            if kind not in kinds:
                kinds[kind] = desk.subject(act, target)
            found |= {act} if next(_signers(desk, act, target, kinds[kind]), None) else set()
    return frozenset(found)


def entered(words: Mapping[str, str], *, asked: bool = False) -> PaperSignature | None:
    """Return the signature on paper that stands in the fields of a form, whole or begun; None where they are empty and not asked for.

    Args:
        words: what stands in the fields.
        asked: whether the person is asked for it, so that with nothing there the act is none of his own.
    """
    signer, scan = (words.get(name, "").strip() for name in PAPER)
    return PaperSignature(signer, Path(scan)) if signer or scan or asked else None


def _signers(desk: Desk, act: str, target: str, on: Subject) -> Iterator[str]:
    """Yield the ids of the others to whom the act is open as the record stands."""
    spec, view, at, record = acts()[act], desk.view, desk.clock(), on.item if isinstance(on, CaseFile) else on
    world, roster, item = view.world(last_commit=desk.register.last_commit), view.roster, record if isinstance(record, Item) else None
    places = ((who.role, body) for who in spec.who for body in roster.bodies(who, item))
    holders = dict.fromkeys(each.person for role, body in places for each in roster.standings(role, body, at.date()))
    what = record if isinstance(record, Item | Roundup | NumberSeries) else target

    def is_open(person: str) -> bool:
        return any(each.refusal is None for each in prospects(world, what, person, at, (spec.target,), only=act))

    me = desk.person.id if desk.person else ""
    yield from (person for person in holders if person != me and is_open(person))
