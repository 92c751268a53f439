"""What ``duban doctor`` says of a register's upstream: asked on the spot, nothing fetched and nothing moved."""

import shlex
import time
from collections.abc import Iterator

from records.audit.surroundings import settings
from records.register.host_scripts import SUPERSEDED
from records.register.hosting import locks_left, strays_left, unlike, wanting
from records.register.register import Register
from records.store.opening import has_upstream, is_replica
from records.store.store import StoreError
from records.store.upstream import CLOCK, STANDBY, Upstream
from schema.text import show
from tui.command.upkeep import FINE, HINT, Line, program

_SHOWN = 3
_APART = 60.0  # seconds


def upstream_lines(register: Register) -> Iterator[Line]:
    """Yield what was found of the upstream of a register; nothing where it has none."""
    if not has_upstream(register.home):
        return
    try:
        upstream = Upstream(register.home, kept=False)
        begun = time.monotonic()
        tip = upstream.tip()
    except StoreError as error:
        yield HINT, str(error)
        return
    took = 1000 * (time.monotonic() - begun)
    role = "，本机是副本" if upstream.replica else ""
    yield FINE, f"上级库 {upstream.address.url} 可达，新连接往返 {took:.0f} 毫秒{role}"
    yield _standing(register, tip)
    state = upstream.state()
    if state is None:
        yield HINT, "看不到上级库的落盘设置和残留锁：请它的管理员照 docs/machines.md 第一节核对 core.fsync、receive.unpackLimit。"
        return
    lacking = wanting(state)
    if lacking:
        yield HINT, f"上级库断电可能丢掉已经收下的，或者收得慢：缺 {'、'.join(lacking)}。请在那里再运行一次 duban upstream 目录。"
    else:
        yield FINE, "上级库的落盘设置齐备"
    if names := unlike(state):
        told = f"上级库的 {'、'.join(names)} 不能运行，或者不是本机这一版程序写的"
        yield HINT, f"{told}。请在那里换成同一版程序，用它的账号再运行一次 duban upstream 目录。"
    if strays := strays_left(state):
        told = f"上级库里有中断的推送、整理留下的 {len(strays)} 处，占着磁盘：{'、'.join(strays[:_SHOWN])}"
        yield HINT, f"{told}。请在那里用它的账号再运行一次 duban upstream 目录，没有程序在用的清掉。"
    if (line := standby_line(register, state)) is not None:
        yield line
    if apart := clocks_apart(state, time.time()):
        yield HINT, apart
    if locks := locks_left(state):
        told = "、".join(locks[:_SHOWN])
        yield HINT, f"上级库里有残留的锁 {told}，一分钟以上没有动：办不成的，请它的管理员确认没有 git 命令在运行，删除它。"


def standby_line(register: Register, state: str) -> Line | None:
    """Return what is to be said of the standby of a register's upstream; None where it has none, or does not tell.

    Args:
        register: which stands where its upstream does.
        state: what the upstream tells of itself.
    """
    told = {key.removeprefix(f"{STANDBY}."): show(values[-1]) for key, values in settings(state).items() if key.startswith(f"{STANDBY}.")}
    if "role" in told:
        return HINT, "接的这个库是备用库，还没有接替，在这里办不成：请改接它的上级库，或者请它的管理员接替（docs/machines.md）。"
    if "url" not in told:
        return None
    where = f"备用库 {told['url']}"
    if SUPERSEDED in told:
        way = f"{program()} init {shlex.quote(str(register.home.absolute()))} --upstream {shlex.quote(told['url'])}"
        way += " --replica" if is_replica(register.home) else ""
        return HINT, f"{where} 已经接替，这个上级库不再收。请改接：{way}，然后重新启动服务。"
    try:
        behind = sum(1 for _ in register.commits(told.get("sent") or None))
    except StoreError:  # it stands further on than this register
        behind = 0
    mode = "随后跟上" if "later" in told else "先收下才算"
    return (FINE, f"{where} {mode}，与上级库同在") if not behind else (HINT, f"{where} {mode}，落后 {behind} 笔")


def clocks_apart(state: str, now: float) -> str:
    """Return what is to be said where the clock here and that of the upstream's host are apart; empty where they agree or it tells none.

    Whoever acts by a clock that is fast keeps all others waiting until it is as late with them: time in a register only goes on.

    Args:
        state: what the upstream tells of itself.
        now: seconds since 1970 by the clock here.
    """
    there = settings(state).get(f"{CLOCK}.now", [""])[-1]
    ahead = now - int(there) if there.isdecimal() else 0.0
    if abs(ahead) < _APART:
        return ""
    told = f"本机的时钟比 Git 主机{'快' if ahead > 0 else '慢'} {abs(ahead) / 60:.0f} 分钟"
    return f"{told}：快的一台办了一笔，慢的各台要等到那时才办得成。请现在就把两边校准。"


def _standing(register: Register, tip: str | None) -> Line:
    head = register.head() or ""
    if tip == head:
        return FINE, f"与上级库同在 {head[:12]}"
    if tip is None:
        return HINT, f"上级库是空的，本机在 {head[:12]}。请先查明以哪一边为准（docs/machines.md）。"
    try:
        missing = sum(1 for _ in register.commits(tip))
    except StoreError:
        way = f"{program()} sync"
        return HINT, f"本机在 {head[:12]}，落后于上级库的 {tip[:12]}，或者与它分叉：运行 {way}，接得上的取来，接不上的说明。"
    return HINT, f"上级库只到 {tip[:12]}，比本机少 {missing} 笔，可能是从旧备份恢复的。请先查明以哪一边为准（docs/machines.md）。"
