"""History run again: each commit must be what its act makes of the record before it, byte for byte.

A hand edit, a forged sign-off, a deadline moved quietly, a number taken twice: each shows as the commit where replay breaks.
"""

from collections.abc import Iterator, Mapping

from records.acts import Refusal, perform
from records.bureau.foundations import KINDS
from records.bureau.roster import SYSTEM
from records.matter.item import Item
from records.matter.papers import Papers
from records.procedure.input_places import supplied
from records.register.first_rules import first_rules_problems
from records.store import receipt
from records.store.paths import foundation_place, kind_of
from records.store.receipt import contents
from records.store.record_files import Unreadable, as_data, parse
from records.store.roster_files import ROSTER_KINDS, committed_roster_problems
from records.store.store import Commit, Store
from records.store.view import View
from schema.problem import Problem
from schema.tables import ActSpec, acts
from schema.versions import FIRST_RULES, RULES
from schema.yaml_text import write

_NOTHING: Mapping[str, object] = {}
_KEPT = 1000
"""Records whose last version is kept as read: those that acts came by last, so that a register of any size costs the same."""
_RECORDS = frozenset({"item", "numbers", "roundup"})
_DRAWN_UP = frozenset({"policy_draft", "scoring", "scoring_draft"})  # by acts; no register begins with them


class Replay:
    """A walk over the history of one repository.

    Args:
        store: the repository, the service's own or a clone's.

    Attributes:
        reproduced: how many of the commits walked over came out again as they are.
        unperformed: how many were made under the first version of the rules, and so were not done again.
    """

    def __init__(self, store: Store) -> None:
        self.reproduced = self.unperformed = 0
        self._store = store
        self._rules = 1  # of the commit looked at, and so the least that those after it may tell
        self._papers = Papers()
        self._last: dict[str, str] = {}
        self._left: dict[str, tuple[str, Mapping[str, object]]] = {}

    def problems(self) -> Iterator[tuple[Commit, Problem | None]]:
        """Yield every commit, oldest first, with what is wrong with it (None when it replays)."""
        head = self._store.head()
        for commit in self._store.commits(None, head) if head else ():
            unperformed = self.unperformed
            try:
                reason = self._wrong(commit)
            except Unreadable as broken:
                reason = "；".join(str(problem) for problem in broken.problems) or "缺少必要的文件"
            self.reproduced += not reason and self.unperformed == unperformed
            yield commit, Problem(reason, commit.id[:12]) if reason else None

    def _wrong(self, commit: Commit) -> str:
        told = receipt.trailers(commit.message)
        if "Duban-Act" not in told:
            return "没有写明办理动作，不是经办理动作形成的。"
        if wrong := self._strange_rules(told):
            return wrong
        if commit.parent is None:
            self.unperformed += self._rules < FIRST_RULES
            return self._not_set_up(commit) if told.get("Duban-Act") == "init" else "第一笔不是建立登记簿。"
        changes = list(self._store.changes(commit.parent, commit.id))
        spec = acts(self._rules).get(told["Duban-Act"])
        lawful = _RECORDS | (KINDS if spec and spec.target in KINDS and self._rules >= FIRST_RULES else frozenset())
        if strange := [change.path for change in changes if kind_of(change.path) not in lawful]:
            faults = self._roster_faults(commit) if any(kind_of(path) in ROSTER_KINDS for path in strange) else ""
            return f"改动了办理动作不应改动的文件：{'、'.join(strange)}。{faults}"
        if self._rules < FIRST_RULES:
            self.unperformed += 1
            self._remember(commit, told.get("Duban-Item", ""))
            problems = "".join(first_rules_problems(self._store, commit, changes))
            for change in changes:
                if not problems and kind_of(change.path) == "item" and change.new:
                    self._papers.note(parse(self._store.blob(change.new), Item, change.path))
            return problems
        if spec is None:
            return f"没有“{told['Duban-Act']}”这个办理动作。"
        target = receipt.target_of(told)
        if spec.target in KINDS:
            main = [change for change in changes if change.path == foundation_place(spec.target, target)]
            file = ""
        else:
            main = [change for change in changes if kind_of(change.path) == spec.target]
            file = f"/{target.replace('-', '/')}.yaml" if spec.target == "roundup" else f"/{target}.yaml"
        if len(main) != 1 or main[0].new is None or not main[0].path.endswith(file):
            return f"“{spec.label}”应当只改动 {target or '一个记录'}。"
        path = main[0].path
        before = self._data(main[0].old, path) if main[0].old else _NOTHING
        after = self._data(main[0].new, path)
        return self._differs(commit, spec, target, supplied(spec, before, after))

    def _data(self, blob: str, path: str) -> Mapping[str, object]:
        """What a version of a record holds; the one that a commit left is the one that the record's next commit began with."""
        known, data = self._left.get(path, ("", _NOTHING))
        if known != blob:
            data = as_data(self._store.blob(blob), path)
        self._left.pop(path, None)
        self._left[path] = (blob, data)
        if len(self._left) > _KEPT:
            del self._left[next(iter(self._left))]
        return data

    def _not_set_up(self, commit: Commit) -> str:
        """Why a first commit is not what setting a register up makes: people, rules and days, each as it is written, and nothing else."""
        for change in self._store.changes(None, commit.id):
            kind = kind_of(change.path)
            if kind not in KINDS - _DRAWN_UP or change.new is None:
                return f"建立登记簿时不应有 {change.path}。"
            data = self._store.blob(change.new)
            if self._rules >= FIRST_RULES and write(as_data(data, change.path)) != data:
                return f"{change.path} 不是登记簿写成的样子。"
        view = View(self._store, commit.id)
        service = receipt.service(view.roster.bureau, commit.author.time)
        message = receipt.first_message(view.roster.bureau, self._rules)
        told = self._rules < FIRST_RULES or commit.message.strip("\n") == message.strip("\n")
        if (commit.author, commit.committer) != (service, service) or not told:
            return "建立登记簿的署名或提交说明不对。"
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

    def _differs(self, commit: Commit, spec: ActSpec, target: str, inputs: Mapping[str, object]) -> str:
        assert commit.parent is not None
        view = View(self._store, commit.parent)
        at, author = commit.author.time, receipt.person_of(commit.author.email)
        person, paper = receipt.on_paper(commit) or (author, None)
        if self._store.describe(commit.parent).author.time > at:
            return "时间早于前一笔。"
        item = view.item(target) if spec.target == "item" else None
        roundup = view.roundup(target) if spec.target == "roundup" else None
        world = view.world(self._papers.same_source, last_commit=self._last.get, carried_in=self._papers.carried_in, rules=self._rules)
        outcome = perform(world, spec.name, item, person, inputs, at, target=target, roundup=roundup, paper=paper)
        if isinstance(outcome, Refusal):
            return f"按当时的记录应予拒绝：{outcome}"
        made = contents(outcome)
        touched = {change.path for change in self._store.changes(commit.parent, commit.id)}
        # A number that a further round keeps leaves its series as it was.
        wrong = [path for path in made.keys() | touched if self._store.read(path, commit.id) != made.get(path)]
        if wrong:
            return f"{'、'.join(sorted(wrong))} 与办理动作得出的记录不一致。"
        expected = (receipt.author(author, view.roster, at), receipt.service(view.roster.bureau, at))
        if (commit.author, commit.committer) != expected:
            return f"署名 {commit.author.name} <{commit.author.email}> 与花名册不符，或不是由登记服务写入。"
        if commit.message.strip("\n") != receipt.message(outcome, view.roster, view.policy_id).strip("\n"):
            return "提交说明与办理动作不一致。"
        for changed in (*([outcome.item] if outcome.item else []), *outcome.items):
            self._papers.note(changed)
            self._remember(commit, changed.id)
        return ""

    def _remember(self, commit: Commit, item: str) -> None:
        """Keep the last commit that a person made on each item, for what is taken back."""
        if receipt.person_of(commit.author.email) != SYSTEM:
            self._last[item] = commit.id
