"""``python -m tui.command``, for a checkout that is not installed."""

from tui.command import main

main()
