"""Sessions of the running app are killed, in the middle of a sentence and of an act; whoever comes again finds what he typed."""

import os
import random
import signal
import time

from tests.faults.office import BrokenError, Office
from tests.faults.seats import ESC, F9, F10, HANDS, Attended, Hand, Seat

_HOW = ("killed", "killed", "killed", "caller killed", "caller killed", "hung up", "hung up", "service killed", "service stopped")
_AT_ONCE = "killed"  # all others let what is typed be kept


def sessions(office: Office, chance: random.Random) -> None:
    """One who sits at the app loses his session, or all lose theirs with the service; what he typed is offered again, and he goes on."""
    assert isinstance(office, Attended)
    mine, others = chance.sample(HANDS, 2)
    how, acting = chance.choice(_HOW), chance.random() < 0.6
    item, other_item, mark = office.item(), office.item(), f"{chance.randrange(10**9):09}"
    seat = _at(office, mine, item)
    beside = _at(office, others, other_item)
    their = f"旁边走访{mark}家。"
    beside.types(their, others.keys(mark[:4]))
    first, text = f"走访商户{mark}", f"走访商户{mark}家，整改{chance.randrange(100)}处。"
    seat.types(first, mine.keys(mark[:4]))
    safe = chance.random() < 0.5
    if safe:
        office.kept(mine.person, first)
    seat.types(text.removeprefix(first))
    if acting:
        seat.send(F10)
    time.sleep(chance.random() / 4)
    _struck(office, seat, how)
    for person in list(office.seats) if how.startswith("service") else [mine.person]:
        office.left(person)
    if how.startswith("service") and office.service:
        office.service.wait(60)
    said = acting and f"已办：{mine.label} {item}" in seat.text()
    found = [each for each in office.texts(mine, item) if mark in each]
    if found not in ([], [text]) or (said and not found):
        raise BrokenError(f"{how}, {'said' if said else 'unsaid'}: {text} is on record as {found}")
    office.acts += bool(found)
    lost = text if how != _AT_ONCE else first if safe else ""
    if not found and lost and not office.draft(mine.person, lost):
        raise BrokenError(f"{how}, {'acting' if acting else 'typing'}: not kept: {lost}")
    _goes_on(office, mine, item, text if found else "", mark)
    if how.startswith("service"):
        if not office.draft(others.person, their):
            raise BrokenError(f"{how}: not kept of the one beside: {their}")
        beside = _at(office, others, other_item)
        beside.sees("已恢复")
    _does(office, others, other_item, their, beside)
    if len(office.running()) > len(office.seats) + 1:  # and the publisher
        raise BrokenError(f"{how}: {len(office.running())} processes of the service for {len(office.seats)} sessions")


def _at(office: Attended, hand: Hand, item: str) -> Seat:
    seat = office.seat(hand.person)
    seat.opens(item)
    seat.begins(hand.label)
    return seat


def _does(office: Attended, hand: Hand, item: str, text: str, seat: Seat) -> None:
    seat.send(F10)
    seat.sees(f"已办：{hand.label} {item}")
    office.done(hand, item, text)
    if office.draft(hand.person, text):
        raise BrokenError(f"still kept as a draft though it is done: {text}")


def _struck(office: Attended, seat: Seat, how: str) -> None:
    if how == "killed":
        os.kill(seat.session, signal.SIGKILL)
    elif how == "caller killed":
        seat.process.kill()
    elif how == "hung up":
        seat.hang_up()
    else:
        assert office.service
        (office.service.kill if how == "service killed" else office.service.terminate)()


def _goes_on(office: Attended, hand: Hand, item: str, done: str, mark: str) -> None:
    """Come in again: what was typed is there and goes on record once; of what is on record already it is said so."""
    kept = office.draft(hand.person, mark)
    seat = office.seat(hand.person)
    if kept:
        seat.sees("草稿")
    seat.opens(item)
    seat.begins(hand.label)
    if not kept:
        if office.begun(hand.person, item):  # the beginning of it
            _clears(seat)
        new = f"再来走访{mark}家。"
        seat.types(new, hand.keys(mark[-4:]))
        _does(office, hand, item, new, seat)
        return
    seat.sees("已恢复")
    seat.send(F10)
    if done:
        seat.sees("确需再办一次的，再按 F10")
        _clears(seat)
        seat.send(ESC)
        seat.sees("在谁手里")
    else:
        seat.sees(f"已办：{hand.label} {item}")
        office.acts += 1
    found = [each for each in office.texts(hand, item) if mark in each]
    if len(found) != 1 or office.begun(hand.person, item):
        raise BrokenError(f"of what was kept of {mark} is on record: {found}")


def _clears(seat: Seat) -> None:
    """Give up what was brought back."""
    seat.send(F9)
    seat.sees("再按一次 F9")
    seat.send(F9)
    seat.sees("已恢复为最初的样子")
