"""What an audit is of: a register on its server, with everything that stands round it, or a clone of one, bare or with its files."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from records.audit.audit import Account, Documents, Progress, chain, walked
from records.audit.beginning import Folders
from records.audit.bitmaps import bitmaps
from records.audit.branch_log import branch_log, ends_at, read_branch_log
from records.audit.commit_graph import commit_graph
from records.audit.finding import Finding
from records.audit.surroundings import round_a_clone, set_up
from records.store.objects import parent_in
from records.store.record_files import Unreadable
from records.store.repository import Repository
from records.store.store import StoreError
from records.store.view import View
from records.store.worktree import repository_of

_AHEAD = timedelta(minutes=10)


@dataclass(frozen=True)
class Subject:
    """A repository to be judged.

    Attributes:
        store: reads its commits.
        repository: the folder that Git knows as the repository.
        home: the folder of the register, on its server; None for a clone.
    """

    store: Repository
    repository: Path
    home: Path | None

    def head(self) -> str:
        """Return where ``main`` stands.

        Raises:
            StoreError: nowhere, or it cannot be read.
        """
        head = self.store.head()
        if head is None:
            raise StoreError(f"{self.repository} 里没有分支 main，没有可以核对的历史。请写登记簿或者它的克隆。")
        return head

    def history(self, head: str, since: str = "") -> tuple[list[str], str | None, str]:
        """Return the commits up to ``head``; arguments and answer are those of ``audit.chain``.

        Raises:
            StoreError: several commits begin with what is written of one.
        """
        if since and len(found := self.store.commits_starting(since)) > 1:
            raise StoreError(f"不止一笔提交以 {since} 开头：{'、'.join(each[: len(since) + 4] for each in found)}。请多写几位。")
        return chain(self.store, head, since)

    def ahead(self, head: str, at: datetime) -> Iterator[Finding]:
        """Yield that the last commit is later than now, where it is: times never run back, so it is the latest. A demo's days are invented.

        Args:
            head: where ``main`` stands.
            at: now, by the clock of whoever judges; it may go otherwise than the server's, so a few minutes say nothing.
        """
        with suppress(StoreError, Unreadable):  # what is damaged is found by the walk
            last = self.store.describe(head)
            if last.author.time <= at + _AHEAD or View(self.store, head).roster.bureau.demo:
                return
            told = f"最后一笔写的时间 {last.author.time:%Y-%m-%d %H:%M} 比核对用的这台机器的钟（{at:%Y-%m-%d %H:%M}）晚："
            told += "这台机器的钟慢了，或者登记服务的钟快过，或者时间不是真的。请先对准两台机器的钟，再核对一次。"
            yield Finding("history", told, head, last.author.time, f"{last.author.name} <{last.author.email}>")

    def names(self, head: str) -> Mapping[str, str]:
        """Return what the people are called, by their ids; nothing where the roster cannot be read."""
        with suppress(StoreError, Unreadable):
            return {each.id: each.name for each in View(self.store, head).roster.people.values()}
        return {}

    def walk(
        self,
        commits: Sequence[str],
        since: str | None,
        documents: Documents | None,
        progress: Progress,
        cores: int,
        folders: Folders | None = None,
    ) -> Account:
        """Judge commits that follow one another; the arguments are those of ``audit.walked``.

        Whatever is found is found without what was kept of walks before, which is nobody's word but the auditor's own.
        """
        account = walked(self.store, commits, since, documents, progress, cores, folders=folders)
        if account.findings and folders is not None and folders.told:
            folders.forget()
            anew = Repository(self.repository, everywhere=True)  # a store that knows nothing yet
            return walked(anew, commits, since, documents, progress, cores, folders=folders)
        return account

    def surroundings(
        self, head: str, history: Sequence[str], *, whole: bool, beside: Mapping[str, Sequence[str]] | None = None
    ) -> tuple[list[Finding], list[str]]:
        """Return what stands round the commits and is not as it should be, and what of it could not be judged.

        On a clone that is what it took along from the server. On the server people act while it is audited: of what they did since only
        that it goes on from there is looked at.

        Args:
            head: where ``main`` stood when it was begun.
            history: the commits up to it, oldest first.
            whole: whether that is all of them.
            beside: which records commits left besides those that their acts were done on (``Account.beside``).

        Raises:
            StoreError: a file cannot be read.
        """
        if not self.home:
            return [*round_a_clone(self.repository)], []
        log, history = read_branch_log(self.repository), history or [head]
        with suppress(StoreError):  # which goes on from there no more: then the log tells of what is gone
            history = [*history, *(commit.id for commit in self.store.commits(head, self.head()))]
        if not whole and (last := ends_at(log)) and last not in history:
            history = [*self._between(last, history[0]), *history]
        false, untold = branch_log(log, history, whole=whole, head=head)
        caches = *commit_graph(self.repository, self.store, history, beside or {}), *bitmaps(self.repository, history)
        return [*set_up(self.repository), *caches, *false], untold

    def _between(self, last: str, first: str) -> list[str]:
        """The commits from where the log ends, if that is before what is judged, as after a power cut; nothing where it is elsewhere."""
        line: list[str] = []
        with suppress(StoreError):  # what lies before a damaged commit cannot be known
            at: str | None = first
            while at is not None and at != last:
                line.append(at)
                at = parent_in(self.store.raw(at, "commit"))
            return [last, *line[:0:-1]] if at is not None and line else []
        return []


def subject(path: Path) -> Subject:
    """Return what is to be judged at a path: a register's folder, its repository, a clone or its repository.

    Raises:
        StoreError: there is none.
    """
    if (path / "register.git").is_dir():
        return _judged(path / "register.git", path)
    bare = (path / "HEAD").is_file() and (path / "objects").is_dir()
    if bare and path.name == "register.git" and (path / "duban.lock").exists():
        return _judged(path, path.parent)
    repository = path if bare else repository_of(path)
    if not (repository / "objects").is_dir():
        raise StoreError(f"{path} 不是登记簿，也不是它的克隆。请写登记簿的目录，或者 git clone 得到的目录。")
    return _judged(repository, None)


def _judged(repository: Path, home: Path | None) -> Subject:
    return Subject(Repository(repository, everywhere=True), repository, home)
