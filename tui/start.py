"""Where ``duban`` starts: it says why it cannot, when another package stands in the place of a part of this program."""

import atexit
import gc
import os
import sys
from contextlib import suppress

_YOUNG = 20_000
"""Things made before Python looks for garbage among them: while a command loads its modules, which stay, it would do so a hundred times."""


def main() -> None:
    """Run the command line, or say why this program cannot be found; ends the process."""
    well: list[bool] = []
    atexit.register(_end_at_once, well)  # the first one to come is the last one done
    try:
        _start()
    except SystemExit as left:
        well += [True] * (not left.code)
        raise


def _end_at_once(well: list[bool]) -> None:
    """End a process that did what it was asked; to take all that was loaded apart, piece by piece, is a tenth of what a command takes."""
    if well:
        with suppress(OSError, ValueError):  # of what cannot be written the interpreter complains in its own way
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(0)


def _start() -> None:
    if "serve" in sys.argv:  # what sshd's list asks for; whoever else calls need not know the way to the service
        from tui.door.enter import handed_over

        if (status := handed_over(sys.argv[1:])) is not None:
            sys.exit(status)
        from tui.door.afresh import go_apart

        go_apart(sys.argv[1:])
    gc.set_threshold(_YOUNG)
    # A search by first letters reads single characters; the phrases of pypinyin would take 44 MB of each session for nothing.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from tui.later import load_later

    load_later()
    try:
        from schema.module_code import find_kept_modules

        find_kept_modules()
        from schema.expression_code import keep_expression_code

        keep_expression_code()
        from schema.class_code import keep_class_code

        keep_class_code()
        from tui.command import main as run
    except ImportError:
        from tui.parts import displaced

        told = list(displaced())
        if not told:
            raise
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        sys.exit("\n".join(f"缺失  {each}" for each in told))
    run()
