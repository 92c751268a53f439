"""The data files of the program as Python keeps its modules: read as YAML once, and after that from ``__pycache__``.

YAML is what a person reads and changes, and to read 200 KB of it takes a tenth of a second, which every command would pay. So a file goes
the way of a ``.py`` file: the interpreter's own loader keeps what it was made into, with size and time of the file it was made from, and
makes it anew where they differ. Nothing but the YAML is true; nothing is built, and where nothing may be written it is read each time.
"""

from collections.abc import Callable
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

_NAMED = ".py"  # what the loader is told behind the true name, so that clauses.yaml and clauses.py are kept under two names


def kept_table(path: Path, check: Callable[[dict[str, Any]], object] = lambda table: None) -> dict[str, Any]:
    """Return a data file of the program, shaped as the file says; its keys are text, whatever they look like.

    Args:
        path: the file, beside the program's own code and as much to be trusted.
        check: raises for a table that says nothing sensible; asked when the file is read as YAML, for what is kept passed it.

    Raises:
        OSError: it cannot be read.
        yaml.YAMLError: it is no YAML, or a key stands twice.
    """
    code = _Loader(path, check).get_code(path.name)
    assert code is not None
    found: dict[str, Any] = {}
    exec(code, found)  # noqa: S102 - one literal, out of this program's own file
    table = found["TABLE"]
    assert isinstance(table, dict)
    return table


class _Loader(SourceFileLoader):
    def __init__(self, path: Path, check: Callable[[dict[str, Any]], object]) -> None:
        super().__init__(path.name, f"{path}{_NAMED}")
        self._check = check

    def path_stats(self, path: str) -> Any:  # noqa: ANN401 - what the interpreter makes of it
        return super().path_stats(path.removesuffix(_NAMED))

    def get_data(self, path: str) -> bytes:
        return super().get_data(path.removesuffix(_NAMED))

    def source_to_code(self, data: Any, path: Any, *, _optimization: int = -1) -> CodeType:  # type: ignore[override]  # noqa: ANN401
        from schema.table_text import read_table  # and PyYAML with it, which is not needed where the file is kept already

        self._check(table := read_table(data))
        return compile(f"TABLE = {table!r}", path, "exec", dont_inherit=True)
