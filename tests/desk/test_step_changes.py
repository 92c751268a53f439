"""Who changed a fact is told also of a matter whose record somebody broke once, and somebody mended."""

from datetime import datetime

from click.testing import CliRunner

from desk.desk import Desk
from desk.step_changes import changes_of, members
from records.register.register import Register
from records.store.paths import item_path
from records.store.store import Ident
from tests.planting import store_of
from tui.command import duban

ITEM = "DB-2026-0118"
NOW = datetime.fromisoformat("2026-11-28T09:00:00+08:00")
SOMEBODY = Ident("某人", "x@lzga", NOW)


def test_a_version_that_does_not_pass_changed_nothing_and_hides_no_other(brief: Register) -> None:
    desk = Desk(brief, None, lambda: NOW)

    def told() -> list[tuple[str, str]]:
        read = desk.read(ITEM)
        assert read is not None
        return [(change.step.act, str(change.changes)) for change in changes_of(brief, *read, members("due"))]

    before, sound = told(), store_of(brief).read(item_path(ITEM), brief.head() or "") or b""
    assert before
    for data in (sound + b"x: 1\n", sound):
        with store_of(brief).writing() as transaction:
            transaction.commit({item_path(ITEM): data}, author=SOMEBODY, committer=SOMEBODY, message="手改\n")
    brief.index.catch_up()
    assert told() == before
    asked = CliRunner().invoke(duban, ["--register", str(brief.home), "log", ITEM, "--field", "due"])
    assert asked.exit_code == 0, asked.output
