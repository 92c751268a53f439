"""``python -m tui.everything``: load the whole program once, so that all that is kept of it (``schema.kept_code``) is there.

For whoever installs it: the accounts under which it runs afterwards may write nothing into its folder.
"""

from contextlib import suppress
from importlib import import_module
from pkgutil import walk_packages

from schema.class_code import keep_class_code
from schema.expression_code import keep_expression_code
from schema.module_code import write_module_code
from tui.parts import HOME, PARTS


def everything() -> list[str]:
    """Import all parts of this program; return the names of their modules."""
    found = []
    for each in (each for part in PARTS for each in walk_packages([str(HOME / part)], f"{part}.")):
        if not each.name.endswith("__main__"):
            with suppress(ModuleNotFoundError):  # what only runs inside another program
                import_module(each.name)
                found.append(each.name)
    return found


def _write_style_sheets() -> None:
    """Keep what the app's style sheet and those of all widgets are parsed to, in each of its themes."""
    from tui.terminal.app import ChineseApp
    from tui.terminal.style_sheets import Sheet, default_sheets, write_style_sheets
    from tui.terminal.themes import NAMES

    own = Sheet((HOME / "tui/duban.tcss").read_text(encoding="utf-8"), is_default=False, scope="")
    write_style_sheets([own, *default_sheets()], [ChineseApp(theme=name).get_css_variables() for name in NAMES])


if __name__ == "__main__":
    keep_expression_code()
    keep_class_code()
    everything()
    _write_style_sheets()
    write_module_code()
