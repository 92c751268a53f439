"""History run again: each commit must be what its act makes of the record before it, byte for byte.

A hand edit, a forged sign-off, a deadline moved quietly, a number taken twice: each shows as the commit where replay breaks. What is
compared is the whole commit: its tree and its own bytes are made again and must come out the same, so nothing can hide in how Git writes
them (a second parent, a header, a mode, a name given twice). After a false commit the walk goes on from what stands.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from itertools import islice

from records.acts import Outcome, Refusal, perform
from records.audit.before import Before, Known
from records.audit.beginning import Folders
from records.audit.done_on import record_of
from records.audit.finding import Finding
from records.audit.first_rules import first_rules_problems
from records.bureau.foundations import KINDS
from records.matter.altered import Altered, altered
from records.matter.attachments import named
from records.matter.digests import Digests, has_sm3
from records.matter.item import Item
from records.procedure.input_places import supplied
from records.store import receipt
from records.store.ancestry import begun
from records.store.objects import commit_data, parse_commit
from records.store.paths import kind_of
from records.store.receipt import contents
from records.store.record_files import Unreadable, as_data, parse
from records.store.repository import Repository
from records.store.roster_files import ROSTER_KINDS, committed_roster_problems
from records.store.store import Commit, FileChange, Ident, Store, StoreError
from records.store.view import View
from schema.problem import Problem
from schema.tables import ActSpec, acts
from schema.text import show
from schema.versions import FIRST_RULES, RULES
from schema.yaml_text import write

_NOTHING: Mapping[str, object] = {}
_MOST = 20_000  # files that one commit changes, and more than any act does
_TOLD = 20  # of those that it should not, which are named
_RECORDS = frozenset({"item", "numbers", "roundup"})
_DRAWN_UP = frozenset({"policy_draft", "scoring", "scoring_draft", "checkpoint"})  # by acts; no register begins with them


@dataclass(frozen=True, slots=True)
class Judged:
    """One commit walked over.

    Attributes:
        id: 40 hex digits.
        commit: None where it cannot be read.
        finding: what is wrong with it, None when it replays.
        outcome: what its act came to, None where it was not done again.
        attachments: the SHA-256 of each paper beside the register that the records it left name.
    """

    id: str
    commit: Commit | None
    finding: Finding | None
    outcome: Outcome | None = None
    attachments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Wrong:
    """Why a commit is not what it should be; what should stand in its records, where that is known."""

    reason: str
    paths: tuple[str, ...] = ()
    made: Mapping[str, bytes] = field(default_factory=dict)
    outcome: Outcome | None = None
    rests: bool = False


class Replay:
    """A walk over the history of one repository.

    Args:
        store: the repository, the service's own or a clone's.
        since: a commit after which it begins, taken as it stands; None for all of history.
        count: says how many commits led to ``since``, it included, where that is known; else the last checkpoint up to it is taken as it
            stands.
        cores: how many processes may read what stood at ``since``.
        known: where to look for the papers of the items that stood then; without it all of them are read as soon as one is asked for.
        folders: what is known of what the folders held then; told what is read of them.

    Attributes:
        reproduced: how many of the commits walked over came out again as they are.
        unperformed: how many were made under the first version of the rules, and so were not done again.
        unhashed: of how many checkpoints the SM3 was taken as it stands, for this machine cannot count it.
        unproved: how many own signatures were taken as they stand, for the clone is shallow and what they are over is not in it.
    """

    def __init__(
        self,
        store: Store,
        since: str | None = None,
        count: Callable[[], int] | None = None,
        cores: int = 1,
        known: Known | None = None,
        folders: Folders | None = None,
    ) -> None:
        self.reproduced = self.unperformed = self.unhashed = self.unproved = 0
        self._store, self._since = store, since
        # Of the commit looked at, and so the least that those after it may tell.
        self._rules = _rules(store, since) if since else 1
        self._past = Before(store, since, cores, known, folders)
        self._pieces = self._past.pieces
        self._walked = 0  # commits before the one looked at, of those that are walked over
        self._count = cache(count or (lambda: View(store, since).count() if since else 0))
        self._before: Commit | None = None
        self._named: frozenset[str] = frozenset()

    def problems(self) -> Iterator[tuple[Commit, Problem | None]]:
        """Yield every commit, oldest first, with what is wrong with it (None when it replays).

        Raises:
            StoreError: a commit cannot be read; ``walk`` goes on all the same.
        """
        head = self._store.head()
        for commit in self._store.commits(self._since, head) if head else ():
            finding = self.judge(commit.id).finding
            yield commit, Problem(finding.reason, commit.id[:12]) if finding else None

    def judge(self, commit_id: str) -> Judged:
        """Judge the commit that follows the one judged last; whatever is wrong with it, it is told and never raised."""
        try:
            data = self._store.raw(commit_id, "commit")
            commit = parse_commit(commit_id, data)
        except StoreError as error:
            self._before = None
            self._walked += 1
            return Judged(commit_id, None, Finding("store", str(error), commit_id))
        unperformed, self._named = self.unperformed, frozenset[str]()
        wrong, outcome = None, None
        try:
            found = self._wrong(commit, data)
            wrong, outcome = (found, found.outcome) if isinstance(found, _Wrong) else (None, found)
        except Unreadable as broken:
            reason = "；".join(str(problem) for problem in broken.problems) or "缺少必要的文件"
            wrong = _Wrong(reason, tuple(problem.file for problem in broken.problems if problem.file))
        except StoreError as error:
            wrong = _Wrong(str(error))
        except MemoryError:  # of this machine it says something, of the register nothing
            raise
        except Exception as error:  # what no act writes may break any of them; the walk goes on
            wrong = _Wrong(f"按当时的记录不能重办（{type(error).__name__}）：记录或提交里有登记簿不会写成的内容。")
        self.reproduced += wrong is None and self.unperformed == unperformed
        finding = self._found(commit, wrong) if wrong else None
        self._before = commit
        self._walked += 1
        return Judged(commit_id, commit, finding, outcome, self._named)

    def _found(self, commit: Commit, wrong: _Wrong) -> Finding:
        """What is told of a commit that is not what it should be; and what stands from now on is taken as it stands."""
        changes: tuple[FileChange, ...] = ()
        damaged, reason = False, wrong.reason
        try:
            changes = self._changes(commit)
        except StoreError as error:
            damaged, reason = True, reason if str(error) in reason else f"{reason}{error}"
        told = receipt.trailers(commit.message)
        places = [*self._altered(changes, wrong)]
        with suppress(StoreError):
            self._named |= named(self._store.blob(change.new) for change in changes if change.new)
        for change in changes:
            self._take(commit, change)
        paths = wrong.paths or tuple(change.path for change in changes)
        author = f"{commit.author.name} <{commit.author.email}>"
        return Finding(
            "store" if damaged else "history",
            reason,
            commit.id,
            commit.author.time,
            author,
            receipt.target_of(told),
            paths,
            tuple(places),
            bool(wrong.made),
            wrong.rests,
        )

    def _altered(self, changes: tuple[FileChange, ...], wrong: _Wrong) -> Iterator[Altered]:
        for change in changes:
            kind = kind_of(change.path)
            if kind is None or (wrong.made and change.path not in wrong.paths):
                continue
            try:
                new = as_data(self._store.blob(change.new), change.path) if change.new else _NOTHING
                if change.path in wrong.made:
                    old: Mapping[str, object] = as_data(wrong.made[change.path], change.path)
                else:
                    old = as_data(self._store.blob(change.old), change.path) if change.old else _NOTHING
            except (Unreadable, StoreError):
                continue  # what is wrong with the file itself is told by the reason
            yield from altered(change.path, kind, old, new)

    def _take(self, commit: Commit, change: FileChange) -> None:
        """Take a record of a false commit as it stands, so that what follows is judged by what everybody then saw."""
        if kind_of(change.path) != "item" or change.new is None:
            return
        try:
            item = parse(self._store.blob(change.new), Item, change.path)
        except (Unreadable, StoreError):
            return
        self._past.note(commit, item)

    def _wrong(self, commit: Commit, data: bytes) -> "_Wrong | Outcome | None":
        told = receipt.trailers(commit.message)
        if "Duban-Act" not in told:
            return _Wrong("没有写明办理动作，不是经办理动作形成的。")
        if wrong := self._strange_rules(told):
            return _Wrong(wrong)
        if commit.parent is None:
            self.unperformed += self._rules < FIRST_RULES
            reason = self._not_set_up(commit, data) if told.get("Duban-Act") == "init" else "第一笔不是建立登记簿。"
            return _Wrong(reason) if reason else None
        if self._rules < FIRST_RULES:
            self.unperformed += 1
            return self._told_of_first_rules(commit, data, told)
        spec = acts(self._rules).get(told["Duban-Act"])
        if spec is None:
            return _Wrong(self._strange_files(commit, None) or f"没有“{told['Duban-Act']}”这个办理动作。")
        target = receipt.target_of(told)
        path = record_of(spec.target, target, commit)
        old, new = (self._store.blob_id(path, each) if path else None for each in (commit.parent, commit.id))
        if new is None or new == old:
            return _Wrong(self._strange_files(commit, spec) or f"“{spec.label}”应当只改动 {target or '一个记录'}。")
        before = self._past.data(old, path) if old else _NOTHING
        sm3 = "" if spec.target != "checkpoint" or has_sm3() else str(self._past.data(new, path).get("sm3", ""))
        return self._differs(commit, data, spec, target, supplied(spec, before, self._past.data(new, path)), sm3)

    def _told_of_first_rules(self, commit: Commit, data: bytes, told: Mapping[str, str]) -> _Wrong | None:
        changes = self._changes(commit)
        if strange := [change.path for change in changes if kind_of(change.path) not in _RECORDS]:
            return _Wrong(self._strange(commit, strange))
        self._past.remember(commit, told.get("Duban-Item", ""))
        problems = "".join(first_rules_problems(self._store, commit, changes))
        if not problems and data != commit_data(commit.tree, commit.parent, commit.author, commit.committer, commit.message):
            problems = _STRANGE_BYTES
        for change in changes:
            if not problems and kind_of(change.path) == "item" and change.new:
                self._past.papers.note(parse(self._store.blob(change.new), Item, change.path))
        return _Wrong(problems) if problems else None

    def _strange_files(self, commit: Commit, spec: ActSpec | None) -> str:
        """Which files a commit changes that no act of its kind does, with what is wrong with the roster it leaves; empty for none."""
        lawful = _RECORDS | (KINDS if spec and spec.target in KINDS else frozenset())
        strange = [change.path for change in self._changes(commit) if kind_of(change.path) not in lawful]
        return self._strange(commit, strange) if strange else ""

    def _strange(self, commit: Commit, paths: list[str]) -> str:
        faults = self._roster_faults(commit) if any(kind_of(path) in ROSTER_KINDS for path in paths) else ""
        more = f" 等{len(paths)}个" if len(paths) > _TOLD else ""
        return f"改动了办理动作不应改动的文件：{'、'.join(map(show, paths[:_TOLD]))}{more}。{faults}"

    def _changes(self, commit: Commit) -> tuple[FileChange, ...]:
        """What a commit changes; no more of it than any act does, for what is folded into one another may stand for any number of files."""
        return tuple(islice(self._store.changes(commit.parent, commit.id), _MOST))

    def _not_set_up(self, commit: Commit, data: bytes) -> str:
        """Why a first commit is not what setting a register up makes: people, rules and days, each as it is written, and nothing else."""
        files: dict[str, bytes] = {}
        for change in self._store.changes(None, commit.id):
            kind = kind_of(change.path)
            if kind not in KINDS - _DRAWN_UP or change.new is None:
                return f"建立登记簿时不应有 {show(change.path)}。"
            files[change.path] = content = self._store.blob(change.new)
            if self._rules >= FIRST_RULES and write(as_data(content, change.path)) != content:
                return f"{change.path} 不是登记簿写成的样子。"
        view = View(self._store, commit.id)
        service = receipt.service(view.roster.bureau, commit.author.time)
        message = receipt.first_message(view.roster.bureau, self._rules)
        told = self._rules < FIRST_RULES or commit.message.strip("\n") == message.strip("\n")
        if (commit.author, commit.committer) != (service, service) or not told:
            return "建立登记簿的署名或提交说明不对。"
        if self._store.tree_with(None, files) != commit.tree or data != commit_data(commit.tree, None, service, service, commit.message):
            return _STRANGE_BYTES
        return self._roster_faults(commit)

    def _roster_faults(self, commit: Commit) -> str:
        """What is wrong with the roster that a commit leaves, as it stood on that day."""
        return "；".join(str(problem) for problem in committed_roster_problems(self._store, commit.id, commit.author.time.date()))

    def _strange_rules(self, told: Mapping[str, str]) -> str:
        """Why a commit cannot be of the rules it tells: unknown ones, or older ones than those before it, which have fewer gates."""
        rules = receipt.rules_of(told)
        if rules > RULES:
            return f"写明的规则是第{rules}版，本程序只认到第{RULES}版，无从重办。请换用更新的程序核对。"
        if rules < self._rules:
            return f"写明的规则是第{told.get('Duban-Rules', '1')}版，应为第{self._rules}版至第{RULES}版。"
        self._rules = rules
        return ""

    def _differs(self, commit: Commit, data: bytes, spec: ActSpec, target: str, inputs: Mapping[str, object], sm3: str) -> _Wrong | Outcome:
        assert commit.parent is not None
        view = View(self._store, commit.parent)
        at, author = commit.author.time, receipt.person_of(commit.author.email)
        person, paper = receipt.on_paper(commit) or (author, None)
        if self._parent(commit.parent).author.time > at:
            return _Wrong("时间早于前一笔。")
        past = self._past
        item = past.item(view, target) if spec.target == "item" else None
        roundup = view.roundup(target) if spec.target == "roundup" else None
        seen, carried = past.last_commit, past.carried_in
        world = view.world(past.same_source, last_commit=seen, carried_in=carried, rules=self._rules, count=self._counted)
        head = replace(world.head, digests=partial(past.digests, view))
        if self._cut_off:
            head = replace(head, cut_off=lambda: True)
            self.unproved += "signature" in inputs
        world = replace(world, numbers=partial(past.numbers, view), head=head)
        if sm3:
            self.unhashed += 1
            world = replace(world, head=replace(head, digests=lambda: Digests(past.digests(view).sha256, sm3)))
        outcome = perform(world, spec.name, item, person, inputs, at, target=target, roundup=roundup, paper=paper)
        if isinstance(outcome, Refusal):
            strange = self._strange_files(commit, spec)
            return _Wrong(strange or f"按当时的记录应予拒绝：{outcome}", rests=not strange)
        made = contents(outcome, self._pieces.emit)
        self._named = named(made.values())
        expected = receipt.author(author, view.roster, at), receipt.service(view.roster.bureau, at)
        message = receipt.message(outcome, view.roster, view.policy_id)
        if self._store.tree_with(commit.parent, made) != commit.tree:
            return self._other_tree(commit, spec, made, outcome)
        if data != commit_data(commit.tree, commit.parent, *expected, message):
            return _Wrong(_other_bytes(commit, expected, message), outcome=outcome, rests=True)
        self._past.left(commit, outcome)
        return outcome

    def _other_tree(self, commit: Commit, spec: ActSpec, made: Mapping[str, bytes], outcome: Outcome) -> _Wrong:
        if strange := self._strange_files(commit, spec):
            return _Wrong(strange)
        touched = {change.path for change in self._changes(commit)}
        # A number that a further round keeps leaves its series as it was.
        wrong = sorted(path for path in made.keys() | touched if self._store.read(path, commit.id) != made.get(path))
        if wrong:
            return _Wrong(f"{'、'.join(wrong)} 与办理动作得出的记录不一致。", tuple(wrong), made, outcome, rests=True)
        return _Wrong(_STRANGE_BYTES, outcome=outcome)

    @cached_property
    def _cut_off(self) -> bool:
        """Whether the beginning of the history is missing because Git was told so; where it is there, so is what a signature rests on."""
        if not (isinstance(self._store, Repository) and (self._store.path / "shallow").exists()):
            return False
        try:
            return not begun(self._store, self._store.head() or "")
        except StoreError:
            return True

    def _parent(self, commit: str) -> Commit:
        return self._before if self._before is not None and self._before.id == commit else self._store.describe(commit)

    def _counted(self) -> int:
        """How many commits led to the one before the one looked at."""
        return self._count() + self._walked


def _rules(store: Store, commit: str) -> int:
    try:
        return View(store, commit).rules
    except StoreError:
        return 1


_STRANGE_BYTES = "提交或目录的写法不是登记服务写成的（另有父提交、附加的头、时区、文件模式或重名条目）。"


def _other_bytes(commit: Commit, expected: tuple[Ident, Ident], message: str) -> str:
    """Say in what the bytes of a commit differ from those that the service writes."""
    if (commit.author, commit.committer) != expected:
        return f"署名 {commit.author.name} <{commit.author.email}> 与花名册不符，或不是由登记服务写入。"
    if commit.message.strip("\n") != message.strip("\n"):
        return "提交说明与办理动作不一致。"
    return _STRANGE_BYTES
