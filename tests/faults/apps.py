"""Two running apps, each making documents too, on one register and one index; and what ails the machine under a running app."""

import os
import random
import shutil
from contextlib import suppress
from functools import partial

from documents.layout.profile import standard
from documents.publishing.publisher import Publisher
from records.register.register import Register
from tests.faults.around import amiss, published_once, spoil_index
from tests.faults.office import BrokenError, NotHereError, Office, apart
from tests.faults.seats import AMENDING, ESC, F6, F10, LEAVE, Attended, Hand, Seat

_BLOCK = 4096
_WAYS = ("follows", "overtaken", "race")
_AILS = (
    "index gone",
    "index cut short",
    "index overwritten",
    "index of nothing",
    "read-only",
    "full",
    "inotify used up",
)  # the first four as `spoil_index` counts them


class TwoApps(Attended):
    """Two apps that no service forked: each is a process by itself that makes documents."""

    served = False

    def holds(self, *, whole: bool = False) -> None:
        """Look besides whether the published folder stands where the register does."""
        super().holds(whole=whole)
        if whole:
            apart(partial(published_once, self.home))
            if wrong := apart(lambda: list(amiss(self.home))):
                raise BrokenError(f"not in the published folder as it is on record: {wrong[:3]}")


def two_apps(office: Office, chance: random.Random) -> None:
    """Two at their apps amend the same matter at the same time: each sees what the other did, and decides before he does away with it."""
    assert isinstance(office, Attended)
    way, hands = chance.choice(_WAYS), chance.sample(AMENDING, 2)
    item, mark = office.item(), chance.randrange(10**9)
    titles = {hand: f"第{mark}号整改事项{'甲乙'[n]}" for n, hand in enumerate(hands)}
    seats = {hand: office.seat(hand.person) for hand in hands}
    for hand in hands:
        seats[hand].opens(item)
    first, second = hands
    _fills(seats[first], first, titles[first])
    if way == "follows":
        _done(office, first, seats[first], item, titles[first])
        seats[second].sees(titles[first])
        _fills(seats[second], second, titles[second])
        _done(office, second, seats[second], item, titles[second])
    else:
        _fills(seats[second], second, titles[second])
        for hand in hands if way == "race" else hands[:1]:
            seats[hand].send(F10)
        one = _first_of(seats, hands if way == "race" else hands[:1], item)
        office.done(one, item, _reason(titles[one]))
        other = second if one is first else first
        if way == "overtaken":
            seats[other].send(F10)
        _decides(seats[other], titles[one], titles[other], chance)
        _done(office, other, seats[other], item, titles[other])
        second, first = other, one
    for hand in hands:
        seats[hand].sees(titles[second])
    if office.draft(first.person, titles[first]) or office.draft(second.person, titles[second]):
        raise BrokenError("still kept as a draft though it is done")


def ailing(office: Office, chance: random.Random) -> None:
    """Under a running app the index goes or is spoilt, the disk is read-only or full: it goes on, or says so and goes on afterwards."""
    assert isinstance(office, Attended)
    ail, hand, item = chance.choice(_AILS), AMENDING[0], office.item()
    title = f"第{chance.randrange(10**9)}号整改事项"
    seat = _unwatching(office, hand) if ail == "inotify used up" else office.seat(hand.person)
    seat.opens(item)
    _fills(seat, hand, title)
    if ail.startswith("index"):
        spoil_index(office.home, _AILS.index(ail), chance)
    elif ail == "full":
        _full(office, seat, title)
    elif ail == "read-only":
        seat = _read_only(office, hand, seat, item, title)
    _done(office, hand, seat, item, title)
    seat.sees(title)
    seat.send("\x1bOR")  # F3
    seat.sees("查找")
    seat.sees(title[:8])
    apart(partial(_finds, office, item))
    if ail == "inotify used up":
        seat.wait(lambda: apart(partial(_laid_out, office)))
        seat.send(LEAVE)
        office.left(hand.person)


def _unwatching(office: Attended, hand: Hand) -> Seat:
    """Let somebody leave and come in again with an app to which the system gives nothing by which it would be told of changes."""
    if not shutil.which("strace"):
        raise NotHereError("strace is not installed")
    if hand.person in office.seats:
        office.seats[hand.person].send(LEAVE)
        office.left(hand.person)
    words = (
        "strace",
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-o",
        os.devnull,
        "-e",
        "trace=inotify_init1",
        "-e",
        "inject=inotify_init1:error=EMFILE",
    )
    return office.seat(hand.person, words)


def _laid_out(office: Attended) -> bool:
    register = Register(office.home)
    found = Publisher(register, standard()).manifest()
    return found is not None and found.commit == register.head()


def _finds(office: Attended, item: str) -> None:
    register = Register(office.home)
    register.index.catch_up()
    if register.index.alarm or register.index.history(item)[-1].commit != register.head():
        raise BrokenError(f"the index does not find what is on record: {register.index.alarm}")


def _full(office: Attended, seat: Seat, title: str) -> None:
    """Have no room on the disk: it is said, what was typed stays, and once there is room it can be handed in."""
    ballast = office.on_disk.root / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(_BLOCK)):
            pass
    try:
        seat.send(F10)
        seat.sees("磁盘已满")
        seat.sees(title)
    finally:
        ballast.unlink()


def _read_only(office: Attended, hand: Hand, seat: Seat, item: str, title: str) -> Seat:
    """Have a disk that can only be read: it is said; with the disk in order whoever comes again is offered what he typed."""
    office.kept(hand.person, _reason(title))
    office.on_disk.err()
    seat.send(F10)
    seat.sees("只读")
    seat.sees(title)
    office.leave()
    office.on_disk.plug_in_again()
    seat = office.seat(hand.person)
    seat.opens(item)
    seat.begins(hand.label)
    seat.sees("已恢复")
    return seat


def _reason(title: str) -> str:
    return f"登记有误：{title}"


def _fills(seat: Seat, hand: Hand, title: str) -> None:
    """Write another title, and why, which is the last field."""
    seat.begins(hand.label)
    seat.sees("还缺")
    seat.types(title, "\x15")
    seat.types(_reason(title), hand.to_text)
    seat.misses("还缺")


def _done(office: Attended, hand: Hand, seat: Seat, item: str, title: str) -> None:
    seat.send(F10)
    seat.sees(f"已办：{hand.label} {item}")
    office.done(hand, item, _reason(title))


def _first_of(seats: dict[Hand, Seat], hands: list[Hand], item: str) -> Hand:
    """Wait until each is told what came of it, and return who was first."""
    for hand in hands:
        seats[hand].wait(lambda: any(word in seats[hand].text() for word in (f"已办：{hand.label} {item}", "两稿对比")))  # noqa: B023
    done = [hand for hand in hands if "两稿对比" not in seats[hand].text()]
    if len(done) != 1:
        raise BrokenError(f"of {len(hands)} that acted at once {len(done)} were told that it is done")
    return done[0]


def _decides(seat: Seat, theirs: str, mine: str, chance: random.Random) -> None:
    """Be told of what another wrote, and come to one's own words again, one way or the other."""
    seat.sees("两稿对比")
    seat.sees("照此办理会把这些改动盖掉")
    way = chance.choice(("mine", "later", "theirs"))
    if way == "later":
        seat.send(ESC)
        seat.misses("两稿对比")
        seat.sees(_reason(mine))
        seat.send(F10)
        seat.sees("两稿对比")
    if way == "theirs":
        seat.send("2")
        seat.sees("已与现在的记录合上")
        seat.send(F6)
        seat.sees("两稿对比")
        seat.send("1")
        seat.sees("已换回您的一稿")
    else:
        seat.send("1")
        seat.sees("已与现在的记录合上")
    seat.sees(mine)
