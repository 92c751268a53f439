"""An index that stood beside people or rules that could not be read says nothing of that once they can be read again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from records.index.comparison import lies
from records.index.index import Index
from records.register.register import Register
from records.store.store import Ident
from tests.bureau import NOW
from tests.planting import store_of

SOMEBODY = Ident("某人", "x@lzga", NOW)


def _put(register: Register, path: str, data: bytes) -> None:
    """Write a file by hand, as who repairs a register does, and who breaks it."""
    with store_of(register).writing() as transaction:
        transaction.commit({path: data}, author=SOMEBODY, committer=SOMEBODY, message="手改\n")


@pytest.mark.parametrize("path", ["leaders.yaml", "bureau.yaml", "policy.yaml", "calendar/2026.yaml", "units/BGS.yaml"])
def test_what_was_broken_and_mended_leaves_nobodys_turn_untold(demo: Register, tmp_path: Path, path: str) -> None:
    """Whose turn it is rests on these; whoever had it in hand, the archivist above all, has it again when they are mended."""
    store = store_of(demo)
    sound = store.read(path, demo.head() or "") or b""

    def at_head(name: str) -> Callable[[], Path]:
        index = Index(tmp_path / name, store)

        def follow() -> Path:
            index.catch_up(lambda done, total: True)
            return tmp_path / name

        return follow

    follows, meanwhile = at_head("follows.sqlite"), at_head("meanwhile.sqlite")
    follows()
    _put(demo, path, b"id: x\n")
    assert list(lies(follows(), meanwhile())) == []
    _put(demo, path, sound)
    anew = at_head("anew.sqlite")()
    assert Index(anew, store).turns.groups()
    assert list(lies(follows(), anew)) == []
    assert list(lies(meanwhile(), anew)) == []
