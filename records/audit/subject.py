"""What an audit is of: a register on its server, with everything that stands round it, or a clone of one, bare or with its files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from records.audit.audit import Account, Documents, Progress, chain, walked
from records.audit.finding import Finding
from records.audit.surroundings import round_a_clone, round_the_server
from records.store.repository import Repository
from records.store.store import StoreError
from records.store.worktree import repository_of


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
        """Return the commits up to ``head``; arguments and answer are those of ``audit.chain``."""
        return chain(self.store, head, since)

    def walk(self, commits: Sequence[str], since: str | None, documents: Documents, progress: Progress, cores: int) -> Account:
        """Judge commits that follow one another; the arguments are those of ``audit.walked``."""
        return walked(self.store, commits, since, documents, progress, cores)

    def surroundings(self, head: str, history: Sequence[str]) -> Iterator[Finding]:
        """Yield what stands round the commits and is not as it should be; on a clone that is what it took along from the server."""
        return round_the_server(self.repository, head, history) if self.home else round_a_clone(self.repository)


def subject(path: Path) -> Subject:
    """Return what is to be judged at a path: a register's folder, its repository, a clone or its repository.

    Raises:
        StoreError: there is none.
    """
    if (path / "register.git").is_dir():
        return Subject(Repository(path / "register.git"), path / "register.git", path)
    bare = (path / "HEAD").is_file() and (path / "objects").is_dir()
    if bare and path.name == "register.git" and (path / "duban.lock").exists():
        return Subject(Repository(path), path, path.parent)
    repository = path if bare else repository_of(path)
    if not (repository / "objects").is_dir():
        raise StoreError(f"{path} 不是登记簿，也不是它的克隆。请写登记簿的目录，或者 git clone 得到的目录。")
    return Subject(Repository(repository), repository, None)
