"""The network of a register with an upstream stays with the service: sessions have none, and push over the connection that it keeps.

ssh finds that connection by its socket in the register's folder, in whatever network it runs itself. An upstream that is reached by http
has no such thing: then sessions keep the network, and all else of the sandbox holds.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from records.store.opening import FOLDER, has_upstream
from records.store.store import StoreError
from records.store.upstream import Upstream

_LINES = "line-" + "[0-9a-f]" * 40  # as ssh is told (records/store/upstream.py); while it is being made it has a longer name
_LOOK = 2.0  # seconds between two looks at whether it stands
_USED = 150  # looks after which it is used, for ssh lets go of what nobody uses


def sessions_need_network(home: Path) -> bool:
    """Say whether what a session does cannot be sent without a network of its own.

    Raises:
        StoreError: the address of the upstream cannot be read.
    """
    return has_upstream(home) and Upstream(home).address.way == "http"


def paths_of(home: Path) -> tuple[Path, ...]:
    """Return where an upstream lies that is on this machine; nothing for another.

    Raises:
        StoreError: its address cannot be read.
    """
    there = Upstream(home).address.path if has_upstream(home) else None
    return (there,) if there else ()


def keep_line(home: Path, stop: threading.Event, told: Callable[[str], None]) -> None:
    """Keep the connection to an upstream that is reached by ssh until told to stop; what is wrong with it is told once.

    Args:
        home: the folder of the register.
        stop: set it to end.
        told: called with a line for the journal.

    Raises:
        StoreError: its address cannot be read.
    """
    if not has_upstream(home) or Upstream(home).address.way != "ssh":
        return
    before, unused = "", _USED
    while not stop.wait(0 if unused == _USED else _LOOK):
        unused += 1
        if unused < _USED and _stands(home / FOLDER):
            continue
        said, unused = "", 0
        try:
            Upstream(home).tip()
        except StoreError as error:
            said = str(error)
        if said and said != before:
            told(said)
        before = said


def _stands(folder: Path) -> bool:
    """Whether a connection is there, and each that is there is answered."""
    places = list(folder.glob(_LINES))
    with suppress(OSError):
        for place in places:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.settimeout(_LOOK)
                probe.connect(str(place))
        return bool(places)
    return False
