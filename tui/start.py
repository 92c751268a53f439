"""Where ``duban`` starts: it says why it cannot, when another package stands in the place of a part of this program."""

import os
import sys


def main() -> None:
    """Run the command line, or say why this program cannot be found."""
    if "serve" in sys.argv:  # what sshd's list asks for; whoever else calls need not know the way to the service
        from tui.door.enter import handed_over

        if (status := handed_over(sys.argv[1:])) is not None:
            sys.exit(status)
        from tui.door.afresh import go_apart

        go_apart(sys.argv[1:])
    # A search by first letters reads single characters; the phrases of pypinyin would take 44 MB of each session for nothing.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    try:
        from tui.command import main as run
    except ImportError:
        from tui.parts import displaced

        told = list(displaced())
        if not told:
            raise
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
        sys.exit("\n".join(f"缺失  {each}" for each in told))
    run()
