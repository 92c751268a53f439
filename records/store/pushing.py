"""A register that several servers keep: its branch advances by a push to the upstream, and stands here where the upstream has confirmed it.

The objects are those of any register, durable on this disk before anything is sent; only the one step differs in which stores differ
(``branch``). So local ``main`` is never ahead of the upstream, and index, documents and watcher need not know of it. If another server was
quicker, ``main`` goes on to where that one left the upstream, and whoever acts is told to run his act again on it (``MovedError``).
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

from records.store.answers import Answer, Locked, Moved, Refused, Standby, Taken, Unreached, Unsure
from records.store.branch import Branch
from records.store.complaints import meaning
from records.store.disk import reporting, sync_folder
from records.store.lock import held, let_go, locked
from records.store.opening import FOLDER
from records.store.ownership import refuse_others
from records.store.repository import Repository, RepositoryBatch, RepositoryTransaction
from records.store.store import PATIENCE, Commit, Followed, MovedError, SentError, StoreError
from records.store.upstream import NOT_AT_STANDBY, UnreachedError, Upstream
from schema.text import show

_CROWDED = 60.0  # seconds for which a server that has met another asks to be let go first
_LONGEST = 2.0  # seconds that it pauses at most where it cannot ask
_SHOWN = 160  # characters of what the other end says that a person is shown
_NOTHING = "本次操作未写入。"
_ANOTHER = f"这台服务器已经改接别的上级库，{_NOTHING}请退出界面，重新进入再办，写的都留着；还是这样的，请系统管理员重新启动服务。"
_ASK = "请系统管理员先查明以哪一边为准（docs/machines.md）。"


class FollowingBranch(Branch):
    """The branch of a register that goes on to where its upstream stands, and never anywhere else.

    Args:
        repository: its folder.
        upstream: the upstream.
        describe: reads a commit.
        raw: reads an object as Git keeps it.
    """

    def __init__(self, repository: Path, upstream: Upstream, describe: Callable[[str], Commit], raw: Callable[[str, str], bytes]) -> None:
        super().__init__(repository)
        self._upstream, self._describe, self._raw = upstream, describe, raw

    def follow(self, now: float) -> Followed:
        """Go on to where the upstream stands; the register's lock is held.

        Args:
            now: seconds since 1970 on the clock of the file system.

        Raises:
            UnreachedError: it cannot be asked.
            StoreError: it does not go on from where the register stands, which stays there.
        """
        tip = self._upstream.tip()
        return self._go_on(self._upstream.fetch() if tip is not None and tip != self.head() else tip, now)

    def _go_on(self, tip: str | None, now: float) -> Followed:
        """Go on to a commit that is here already, if it follows from where the register stands."""
        old = self.head()
        if tip is None:
            raise StoreError(f"上级库是空的，本机的 main 在 {(old or '')[:12]}：已停下，什么都没有改。{_ASK}")
        mine, count, common = self._meeting(old, tip)
        if common != old:
            raise StoreError(self._apart(old or "", mine, tip, count, common))
        if tip != old:
            with reporting("写入登记库", self._repository):
                sync_folder(self._repository / "objects/pack")  # where Git put what came: it syncs files, and not their names
            super().advance(old, tip, self._raw(tip, "commit"), now)
            self._upstream.tidied()
        return Followed(old, tip, count)

    def beyond(self, commit: str) -> int | None:
        """Return how many commits this branch has after a commit, None where that is not in its history."""
        at, count = self.head(), 0
        while at is not None and at != commit:
            at, count = self._describe(at).parent, count + 1
        return None if at is None else count

    def _meeting(self, here: str | None, there: str) -> tuple[int, int, str | None]:
        """How many commits two histories have after the newest that is in both, and that one; None where none is.

        It is walked back from both in step: what it takes is by how far they are apart, and not by how long they are.
        """
        seen, ends = ({here: 0}, {there: 0}), [here, there]
        if here == there:
            return 0, 0, here
        while any(ends):
            for n in (0, 1):
                if (end := ends[n]) is None:
                    continue
                ends[n] = parent = self._describe(end).parent
                if parent is not None:
                    seen[n][parent] = len(seen[n])
                    if parent in seen[1 - n]:
                        return seen[0][parent], seen[1][parent], parent
        return len(seen[0]), len(seen[1]), None

    @staticmethod
    def _apart(here: str, mine: int, there: str, theirs: int, common: str | None) -> str:
        """How two histories that do not follow one from the other are told."""
        if common == there:
            told = f"上级库只到 {there[:12]}，比本机的 main（{here[:12]}）少 {mine} 笔：上级库可能是从旧备份恢复的"
        elif common is None:
            told = f"本机的 main（{here[:12]}）与上级库（{there[:12]}）没有共同的一笔，是两个登记簿"
        else:
            since = f"在 {common[:12]} 以后，本机多 {mine} 笔，上级库多 {theirs} 笔"
            told = f"本机的 main（{here[:12]}）与上级库（{there[:12]}）两边分叉了：{since}"
        return f"{told}。已停下，什么都没有改。{_ASK}"


class PushedBranch(FollowingBranch):
    """The branch of a register that advances once its upstream has.

    Whoever loses a race has to fetch and act before he can push, and would lose the next one too against a server that only has to push.
    So where servers crowd, a server asks to be let go first (``Upstream.turn``) before it carries anything out, goes on to where the
    upstream stands then, and sends all that came together meanwhile. When it met another last stands in a file, by its age, for all its
    processes. At a host that knows of no turns it pauses instead as long as its last push took, and looks.
    """

    is_far = True

    def __init__(self, repository: Path, upstream: Upstream, describe: Callable[[str], Commit], raw: Callable[[str, str], bytes]) -> None:
        super().__init__(repository, upstream, describe, raw)
        self._crowded, self._landed = (repository.parent / FOLDER / name for name in ("crowded", "landed"))

    def is_crowded(self, now: float) -> bool:
        """Whether another server has been at it in the last seconds.

        Args:
            now: seconds since 1970 on the clock of the file system.
        """
        return _younger(self._crowded, now, _CROWDED)

    @contextmanager
    def ready(self, now: float) -> Iterator[None]:
        """Where servers crowd, be the one whom the others let go first, and stand where the upstream does."""
        if not self.is_crowded(now):
            yield
            return
        with self._upstream.turn() as stands:
            with suppress(UnreachedError):  # the push will say it
                if stands is None:
                    time.sleep(self._pause(now))
                if (stands or self._upstream.tip()) != self.head():
                    _touch(self._crowded)
                    self._go_on(self._upstream.fetch(), now)
            yield

    def _pause(self, now: float) -> float:
        """Seconds for which others are let go first who cannot ask for it: as many as the last push took, from when it was through."""
        with suppress(OSError, ValueError):
            took = float(self._landed.read_text())
            return max(0.0, min(took, _LONGEST) - abs(now - self._landed.stat().st_mtime))
        return 0.0

    def advance(self, old: str | None, commit: str, data: bytes, now: float) -> None:
        """Have the upstream compare and swap, then move to what it has confirmed; raises as ``Branch.advance`` does, and MovedError."""
        self.expect(old)
        if self._upstream.is_another_by_now():  # what the old one took now, the new one would never have
            raise StoreError(_ANOTHER)
        begun = time.monotonic()
        answer = self._upstream.land(old, commit, self._describe)
        with suppress(OSError):
            self._landed.write_text(f"{time.monotonic() - begun:.3f}")
        if isinstance(answer, Moved):
            _touch(self._crowded)
            self._go_on(answer.tip, now)
            raise MovedError(answered(answer, commit))
        if not isinstance(answer, Taken):
            raise (SentError if isinstance(answer, Unsure) else StoreError)(answered(answer, commit))
        try:
            super().advance(old, commit, data, now)
        except StoreError as error:
            why = str(error).partition("。")[0].replace(f"，{_NOTHING[:-1]}", "")  # which is so of the branch here, and not of the act
            raise SentError(f"本次操作已写入上级库（提交 {commit}），本机没有跟上，不要重复操作。原因：{why}。") from error


def _touch(mark: Path) -> None:
    with suppress(OSError):
        mark.touch()


def _younger(mark: Path, now: float, seconds: float) -> bool:
    try:
        return abs(now - mark.stat().st_mtime) < seconds  # a clock that ran ahead once makes no crowd for a year
    except OSError:
        return False


def answered(answer: Answer, commit: str) -> str:
    """Return what a person is told whose commit the upstream has not taken."""
    match answer:
        case Refused(words):
            return f"上级库没有收下，{_NOTHING}它说：{_refused(words)}"
        case Locked(name, at_standby):
            which, whose = ("备用库", "备用主机") if at_standby else ("上级库", "Git 主机")
            return (
                f"{which}的 main 没有动，却移动不了：那里有残留的锁 {show(name)}，{_NOTHING}"
                f"请{whose}的管理员确认没有 git 命令在运行，删除这个文件，再办。"
            )
        case Unsure(words, Standby.HAS_IT):
            told = f"备用库已经收下（提交 {commit[:12]}），上级库还没有写成，恢复以后会补上：不要重复操作，到时看记录里有没有这一笔。"
            return f"{told}上级库的原因：{show(words[:_SHOWN])}"
        case Unsure(words, standby):
            whose, when = ("备用库", "它恢复以后") if standby else ("上级库", "连上以后")
            told = f"不知道是否已写入（提交 {commit[:12]}），请先核对：{when}看记录里有没有这一笔，没有再办。"
            return f"{told}{whose}没有答复：{show(words[:_SHOWN])}"
        case Unreached(words):
            return f"上级库连不上，{_NOTHING}请稍后再试；一直这样的，请告诉系统管理员：{show(words[:_SHOWN])}"
    return "别的服务器先办了，" + _NOTHING + "请重新打开后再试。"


def _refused(words: str) -> str:
    """What an upstream says that refuses, and what it means where it is Git there that speaks, or the standby's."""
    if words.startswith(NOT_AT_STANDBY):
        beyond = words.removeprefix(NOT_AT_STANDBY)
        return NOT_AT_STANDBY + (meaning(beyond, there="备用主机") or show(beyond[:_SHOWN]))
    return meaning(words, there="Git 主机") or show(words[:_SHOWN])


class Following(Repository):
    """A register that has an upstream.

    Args:
        path: the repository; what is known of the upstream lies beside it.
        who: says who writes, for those who wait for him; one line.
    """

    def __init__(self, path: Path, who: Callable[[], str] = lambda: "") -> None:
        self.upstream = Upstream(path.parent)
        self._following = self._goes_on(path)
        super().__init__(path, who, lambda _: self._following)

    def _goes_on(self, path: Path) -> FollowingBranch:
        return FollowingBranch(path, self.upstream, self.describe, self.raw)

    def follow(self, timeout: float = PATIENCE) -> Followed:
        """Go on to where the upstream stands.

        Args:
            timeout: seconds to wait for others who write.

        Raises:
            UnreachedError: the upstream cannot be asked.
            OthersError: the register is another account's.
            StoreError: it does not go on from where this register stands, which stays there; or the folder names another one by now.
        """
        refuse_others(self.path)
        with self.still(timeout) as now:
            if self.upstream.is_another_by_now():
                raise StoreError(_ANOTHER)
            return self._following.follow(now)


class Pushing(Following):
    """A register that several servers keep. A ``Store``; what it promises holds at the upstream, however many write there."""

    def _goes_on(self, path: Path) -> FollowingBranch:
        self._pushed = PushedBranch(path, self.upstream, self.describe, self.raw)
        return self._pushed

    @contextmanager
    def writing(self, timeout: float = PATIENCE) -> Iterator[RepositoryTransaction]:
        """Hold the register for writing, as any does; where servers crowd, with the turn taken before anything is read.

        Nobody acts then while a push is under way: he would stand on what another server goes on from. Whoever has the turn lets all act
        who have come meanwhile, so that one push takes them, and leads them; they wait for nothing but that. Who comes shares one lock,
        which he has whole while he pushes.
        """
        if not self._pushed.is_crowded(time.clock_gettime(time.CLOCK_REALTIME)):
            with super().writing(timeout) as transaction:
                yield transaction
            return
        with reporting("锁定登记库", self.path):
            coming = os.open(self.path.parent / FOLDER / "coming", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            locked(coming, fcntl.LOCK_SH, timeout)  # comfort: nothing rests on whether it could be had
            with ExitStack() as afterwards, held(self.path / "duban.lock", timeout, self._who()) as now, self._waiting.seen():
                announced = afterwards.enter_context(ExitStack())
                if leads := self._line.end() == self.head() and not self._line.is_announced():
                    announced.enter_context(self._line.announced(timeout))
                    with self._line.alone(timeout):
                        afterwards.enter_context(self._pushed.ready(now))
                transaction = RepositoryTransaction(self)
                afterwards.callback(transaction.settle, timeout)
                afterwards.callback(announced.close)
                afterwards.callback(self._all_have_come, coming, timeout, leads=leads)
                afterwards.callback(transaction.put)
                yield transaction
        finally:
            let_go(coming)

    def _all_have_come(self, coming: int, timeout: float, *, leads: bool) -> None:
        """Let all act who have come, and push what they did together; what comes of it each is told who waits for it."""
        if not leads:
            fcntl.flock(coming, fcntl.LOCK_UN)
            return
        locked(coming, fcntl.LOCK_EX, timeout)
        with suppress(StoreError), held(self.path / "duban.lock", timeout, self._who()):
            self._line.drain(timeout)


class Replica(Following):
    """A register that follows an upstream and is only read here. A ``Store`` for reading."""

    read_only = "这里是副本，只供查看，不能办理。请到办理的服务器上办。"

    def writing(self, timeout: float = PATIENCE) -> AbstractContextManager[RepositoryTransaction]:  # type: ignore[override]
        """Refuse: what is decided is decided at a server that pushes."""
        raise StoreError(self.read_only)

    def batch(self, timeout: float = PATIENCE) -> AbstractContextManager[RepositoryBatch]:  # type: ignore[override]
        """Refuse, as ``writing`` does."""
        raise StoreError(self.read_only)
