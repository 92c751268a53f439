"""When a running app looks for garbage: while nobody waits for a key.

Python has all that there is gone through whenever enough came that is still there, 30 to 50 ms in an app that has read a long list; and
that is while a key is answered, for then things are made. Young ones are gone through as ever, which is quick.
"""

import gc

_YOUNG, _MIDDLE = 700, 10
"""As Python has it: things made before the young are gone through, and collections of these before those that stayed are too."""
_ENOUGH = 10
"""Collections of the young after which all are gone through, as Python has it."""
_AT_MOST = 3 * _ENOUGH
"""The same where somebody does not leave the keys alone: what he did away with is not to pile up."""


class Garbage:
    """The collector of a process in which one app runs. Until something stands on the screen nothing is looked for."""

    def __init__(self) -> None:
        gc.disable()
        self._keyed, self._kept = False, False

    def stands(self) -> None:
        """Look for what is young from now on."""
        gc.set_threshold(_YOUNG, _MIDDLE, _AT_MOST)
        gc.enable()

    def keyed(self) -> None:
        """Know that somebody is at the keys."""
        self._keyed = True

    def rest(self) -> None:
        """Go through all, where enough was made and nobody has been at the keys since this was last called; what begins an app is kept."""
        keyed, self._keyed = self._keyed, False
        if keyed or not gc.isenabled() or (self._kept and gc.get_count()[2] < _ENOUGH):
            return
        gc.collect()
        if not self._kept:
            gc.freeze()
            self._kept = True
