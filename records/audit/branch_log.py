"""What the branch's own log says of where it stood, held against the history: who rewrites a register has to think of it too.

The log is a convenience of the server's, unsigned, and no verdict on an act rests on it. It never says more than the branch did, since a
move is noted once it is durable; a power cut may take the last lines of it, which the next move makes good by a line of its own
(``records.store.branch``). Such a line goes forward along the history, and is no falsehood; whatever leads back or elsewhere is.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from records.audit.finding import Finding
from records.store.branch import GOES_ON, MAIN, MOVE
from records.store.disk import reporting

_NAME = f"logs/{MAIN}"
_EACH = re.compile(MOVE.pattern, re.MULTILINE)
_CUT = re.compile(MOVE.pattern.replace(rb"[^\n]*$", rb"[^\t\n]*" + GOES_ON + b"$"), re.MULTILINE)
_WHY = "断电、磁盘出错或者程序被强行结束时会这样"

_Move = tuple[bytes, bytes]
"""Where the branch stood, and where it went."""


def read_branch_log(repository: Path) -> bytes:
    """Return the log of a bare repository, empty where there is none.

    Raises:
        StoreError: it cannot be read.
    """
    with reporting("核对登记库", repository):
        try:
            return (repository / _NAME).read_bytes()
        except FileNotFoundError:
            return b""


def ends_at(data: bytes) -> str | None:
    """Return where the branch went by the last line of its log, None where there is none."""
    end = len(data)
    while end > 0:
        begins = data.rfind(b"\n", 0, end) + 1
        if match := MOVE.match(data[begins:end]):
            return match[2].decode()
        end = begins - 1
    return None


def branch_log(data: bytes, history: Sequence[str], *, whole: bool = True, head: str = "") -> tuple[list[Finding], list[str]]:
    """Return what of the log is false, and what of the moves of ``main`` it does not tell because the service was cut off.

    Args:
        data: the log; read before it was looked where ``main`` stands, for moves are noted once they are made, and acts go on meanwhile.
        history: the commits up to where ``main`` stood then, oldest first.
        whole: whether that is all of them; else the moves before the first that is known are passed over.
        head: up to which commit of them it must tell, for an act of this moment is on record before it is noted; the last, if empty.
    """
    head = head or history[-1]
    if not whole and (begins := data.find(history[0].encode())) >= 0:
        data = data[data.rfind(b"\n", 0, begins) + 1 :]
    places = {commit.encode(): place for place, commit in enumerate(history)} | ({b"0" * 40: -1} if whole else {})
    moves: list[_Move] = _EACH.findall(data)  # what a power cut left half written is none
    if not whole:
        moves = moves[next((number for number, (_, new) in enumerate(moves) if new in places), -1) :]
        places |= {old: -1 for old, _ in moves[:1] if old not in places}
    cuts = [move for move in _CUT.findall(data) if move[1] in places] if GOES_ON in data else []
    return _findings(moves, places, head), _cut_off(moves, cuts, places, head)


def _findings(moves: Sequence[_Move], places: Mapping[bytes, int], head: str) -> list[Finding]:
    broken, gone, back = [], [], []
    before = b""
    for old, new in moves:
        was, now = places.get(old), places.get(new)
        if before and before != old:
            broken.append(old)
        elif was is None or now is None:
            gone.append(old if was is None else new)
        elif now <= was:
            back.append(new)
        before = new
    found = []
    if before not in places:
        found.append(_false(f"没有记到现在的 {head[:12]}：日志被抹去，或者 main 是绕过登记服务移动的。"))
    if broken:
        found.append(_false(f"里 main 从 {_few(broken)} 移动的记录，接不上它前面的：日志被删改过，或者 main 是绕过登记服务移动的。"))
    if gone:
        found.append(_false(f"说 main 曾在 {_few(gone)}，现在的历史里没有这一笔：历史被改写或截短过。", gone[0].decode()))
    if back:
        found.append(_false(f"说 main 曾移回从前的 {_few(back)}：有人退回过历史。"))
    return found


def _cut_off(moves: Sequence[_Move], cuts: Sequence[_Move], places: Mapping[bytes, int], head: str) -> list[str]:
    told = []
    if cuts:
        acts = sum(max(0, places.get(new, 0) - places.get(old, 0)) for old, new in cuts)
        which = f"{cuts[0][0][:12].decode()} 到 {cuts[0][1][:12].decode()} " + (f"等{len(cuts)}处" if len(cuts) > 1 else "")
        told.append(f"main 从 {which}怎样移动，{_NAME} 没有逐笔记下（共 {acts} 笔）：{_WHY}。")
    if moves and (last := moves[-1][1]) in places and places[last] < places[head.encode()]:
        told.append(f"{_NAME} 记到 {last[:12].decode()}，没有记到现在的 {head[:12]}：{_WHY}，下一笔会接上。")
    return told


def _few(commits: Sequence[bytes]) -> str:
    return commits[0][:12].decode() + (f" 等{len(commits)}处" if len(commits) > 1 else "")


def _false(reason: str, commit: str = "") -> Finding:
    return Finding("repository", f"{_NAME} {reason}", commit, paths=(_NAME,))
