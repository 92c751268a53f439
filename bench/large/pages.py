"""What each page of the app costs in a register of many years, beside the same page in the demo's register.

    python bench/large/pages.py --at DIR [--person BGS.clerk1]

The register is any that has people of the demo; of ten years that of ``decade.py`` (``DIR/decade/register`` of ``make bench-large``). Its
index is completed first. Then each page is opened from the inbox, and it is told how much processor time the thread takes that reads the
register: for as long nobody's next key is answered. Exit status 1 if a page takes over a quarter of a second, or the year's end, which is
opened once a year and counts ten years of numbers, over three.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import tui.app
from records.demo import build
from records.register.register import Register
from tui.app import DubanApp

PAGE, YEAR_END = 0.25, 3.0
_PAGES = (
    "ledger", "done", "statistics", "roundups", "numbers", "roster", "rules", "year_end", "clauses", "days_off", "followed", "registered",
)  # fmt: skip
_QUIET = 0.2  # seconds without a question after which a page has been read
_T = TypeVar("_T")


class Counted(DubanApp):
    """An app that counts what its thread of the register takes."""

    CSS_PATH = str(Path(tui.app.__file__).with_name("duban.tcss"))
    spent = 0.0
    asked = 0

    async def ask(self, work: Callable[[], _T]) -> _T:
        def counted() -> _T:
            begun = time.thread_time()
            try:
                return work()
            finally:
                self.spent += time.thread_time() - begun

        self.asked += 1
        return await super().ask(counted)

    async def settled(self) -> None:
        """Return once nothing is asked any more."""
        before = -1
        while before != self.asked:
            before = self.asked
            await asyncio.sleep(_QUIET)
            await super().ask(lambda: None)


async def costs(register: Register, person: str) -> dict[str, float]:
    """Return the seconds of processor time that the reading of each page takes."""
    when = register.describe(register.head() or "").author.time
    app, found = Counted(register, register.view().roster.people[person], clock=lambda: when, publish=False), dict[str, float]()
    async with app.run_test(size=(80, 24)):
        for page in _PAGES:
            await app.run_action("inbox")
            await app.settled()
            app.spent = 0.0
            await app.run_action(page)
            await app.settled()
            found[page] = app.spent
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="what pages cost after many years")
    parser.add_argument("--at", type=Path, required=True, help="the register's folder")
    parser.add_argument("--person", default="BGS.clerk1")
    options = parser.parse_args()
    register = Register(options.at)
    register.index.catch_up(lambda done, total: True)
    ours = asyncio.run(costs(register, options.person))
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        rival = asyncio.run(costs(build(Path(folder) / "demo"), options.person))
    print(f"{len(register.index.items()):,} matters")
    print(f"{'page, ms of processor time':28}  {'ours':>8}  {'demo':>8}  {'ratio':>6}")
    for page in _PAGES:
        print(f"{page:28}  {1000 * ours[page]:>8.1f}  {1000 * rival[page]:>8.1f}  {ours[page] / rival[page]:>6.1f}")
    return 0 if all(spent <= (YEAR_END if page == "year_end" else PAGE) for page, spent in ours.items()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
