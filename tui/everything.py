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


if __name__ == "__main__":
    keep_expression_code()
    keep_class_code()
    everything()
    write_module_code()
