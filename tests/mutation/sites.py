"""Where the code compares or names a role, and the same code with a switch at each such place.

A module is compiled once with every mutant in it: ``a < b`` becomes ``a <= b if on(17) else a < b``. So a mutant is born by setting a
number in a process that has everything imported, not by starting Python anew.
"""

import ast
from collections import Counter
from copy import deepcopy
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

ROOT = Path(__file__).parent.parent.parent
# Acts, duties, clocks, roster, roundup: whatever decides; the model beside it says what is an opinion, a round, a text in force.
# Not the flags of a report: they point a reader to what may be wrong, decide nothing, and their measures are matters of taste.
PLACES = ("records/acts", "records/rules", "records/bureau", "records/procedure")
FILES = (
    "records/matter/changes.py",
    "records/matter/item.py",
    "records/matter/report.py",
    "records/matter/roundup.py",
    "records/register/clock.py",
)

_OPERATORS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_WORDS = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
}  # fmt: skip
OTHER_ROLE = {
    "supervision_office": "registry_clerk",
    "registry_clerk": "archivist",
    "archivist": "registry_clerk",
    "roster_keeper": "supervision_office",
    "office_director_in_charge": "supervision_office",
    "deputy_director_in_charge": "bureau_leader",
    "bureau_leader": "deputy_director_in_charge",
    "auditor": "admin",
    "admin": "auditor",
    "liaison": "reviewing_head",
    "reviewing_head": "supervising_leader",
    "supervising_leader": "main_leader",
    "main_leader": "supervising_leader",
    "lead": "assisting",
    "assisting": "lead",
}
"""What a role is exchanged for, the nearest that could be mistaken for it; so are the two parts that a unit may have."""


@dataclass(frozen=True)
class Site:
    """A place that can be mutated in one way.

    Attributes:
        number: by which the changed module asks for it.
        kind: ``comparison`` or ``role``.
        path: the file, from the root.
        line: where it stands today, for the report only.
        where: the function, as ``Clock.missed``; "" for the module itself.
        code: the expression as it stands.
        change: what becomes of it, as ``< → <=``.
        again: how many of the same stand before it in the same function.
    """

    number: int
    kind: str
    path: str
    line: int
    where: str
    code: str
    change: str
    again: int

    @property
    def early(self) -> bool:
        """Whether it is looked at when the module is imported, and never again."""
        return not self.where

    @property
    def key(self) -> str:
        """What it is known by, whatever line it moves to."""
        return f"{self.path}: {self.where or 'module'}: {self.code}: {self.change}" + (f" ({self.again + 1})" if self.again else "")


def paths() -> tuple[str, ...]:
    """Return the files that are mutated."""
    found = {path.relative_to(ROOT).as_posix() for place in PLACES for path in (ROOT / place).glob("*.py")}
    return tuple(sorted({*found, *FILES} - {"records/rules/report_flags.py"}))


class Switches(ast.NodeTransformer):
    """Puts a switch at each site of a module and counts them."""

    def __init__(self, path: str, first: int) -> None:
        self.path, self.first = path, first
        self.sites: list[Site] = []
        self._where: list[str] = []
        self._seen: Counter[tuple[str, str, str]] = Counter()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Go into the body; what stands in decorators, defaults and annotations is not a rule."""
        return self._inside(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Go into the methods; fields and their defaults are no rules."""
        self._where.append(node.name)
        node.body = [self.visit(each) if isinstance(each, ast.FunctionDef) else each for each in node.body]
        self._where.pop()
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """Leave assertions alone: they say what cannot be otherwise."""
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Leave the annotation alone."""
        if node.value is not None:
            node.value = self.visit(node.value)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        """Go into what is filled in, not into the words round it."""
        for each in node.values:
            if isinstance(each, ast.FormattedValue):
                each.value = self.visit(each.value)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Offer each operator's neighbour."""
        told = ast.unparse(node)
        self.generic_visit(node)
        found: ast.expr = node
        for n, operator in enumerate(node.ops):
            changed = deepcopy(node)
            changed.ops[n] = _OPERATORS[type(operator)]()
            found = self._switch("comparison", node, told, f"{_WORDS[type(operator)]} → {_WORDS[type(changed.ops[n])]}", changed, found)
        return found

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """Offer the other one of ``and`` and ``or`` where conditions are joined; ``x or ""`` joins none."""
        told, joins = ast.unparse(node), any(_is_condition(each) for each in node.values)
        self.generic_visit(node)
        if not joins:
            return node
        changed = deepcopy(node)
        changed.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return self._switch("comparison", node, told, "and → or" if isinstance(node.op, ast.And) else "or → and", changed, node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Offer another role for a role."""
        other = OTHER_ROLE.get(node.value) if isinstance(node.value, str) else None
        if other is None:
            return node
        return self._switch("role", node, repr(node.value), f"→ {other!r}", ast.Constant(other), node)

    def _inside(self, node: ast.FunctionDef) -> ast.AST:
        self._where.append(node.name)
        node.body = [self.visit(each) for each in node.body]
        self._where.pop()
        return node

    def _switch(self, kind: str, node: ast.expr, told: str, change: str, changed: ast.expr, otherwise: ast.expr) -> ast.expr:
        where, number = ".".join(self._where), self.first + len(self.sites)
        same = (where, told, change)
        self.sites.append(Site(number, kind, self.path, node.lineno, where, told, change, self._seen[same]))
        self._seen[same] += 1
        asked = ast.Call(ast.Name("_mutant_on", ast.Load()), [ast.Constant(number)], [])
        return ast.copy_location(ast.IfExp(asked, changed, otherwise), node)


def _is_condition(node: ast.expr) -> bool:
    negated = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return negated or isinstance(node, ast.Compare) or (isinstance(node, ast.BoolOp) and any(_is_condition(each) for each in node.values))


def switched(path: str, first: int) -> tuple[ast.Module, list[Site]]:
    """Return a file of the tree with a switch at each site, and the sites, numbered from ``first``."""
    tree, switches = ast.parse((ROOT / path).read_text("utf-8")), Switches(path, first)
    switches.visit(tree)
    after = 1 if ast.get_docstring(tree) is not None else 0
    tree.body.insert(after, ast.ImportFrom("tests.mutation.switch", [ast.alias("on", "_mutant_on")], 0))
    return ast.fix_missing_locations(tree), switches.sites


def sites() -> list[Site]:
    """Return every site of the tree."""
    found: list[Site] = []
    for path in paths():
        found += switched(path, len(found))[1]
    return found


class Importer(MetaPathFinder):
    """Gives the modules with their switches instead of those that stand in the files; to be put before all other finders."""

    def __init__(self) -> None:
        self.first: dict[str, int] = {}
        self.sites: list[Site] = []
        for path in paths():
            self.first[path] = len(self.sites)
            self.sites += switched(path, len(self.sites))[1]

    def find_spec(self, name: str, path: object, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return the spec of a module that is mutated; None for any other."""
        file = name.replace(".", "/")
        known = next((each for each in (f"{file}.py", f"{file}/__init__.py") if each in self.first), None)
        found = PathFinder.find_spec(name, [str((ROOT / file).parent)]) if known else None
        if found is not None and known is not None:
            found.loader = _Loader(name, str(ROOT / known), known, self.first[known])
        return found


class _Loader(SourceFileLoader):
    def __init__(self, name: str, file: str, path: str, first: int) -> None:
        super().__init__(name, file)
        self._path, self._first = path, first

    def get_code(self, fullname: str) -> CodeType:
        return compile(switched(self._path, self._first)[0], self.get_filename(fullname), "exec")
