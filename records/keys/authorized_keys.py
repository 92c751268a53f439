"""The file by which OpenSSH knows whom to let in: made whole from the keys, a line an entrance, never edited.

The forced command names the person and the entrance; the options take everything else away (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
"""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from records.bureau.entrances import Entrance
from records.store.store import StoreError

_UNFIT = frozenset('"\\\n\r\0')


def lines(entrances: Iterable[tuple[str, Entrance]], program: Sequence[str], *, agents: bool = False) -> Iterator[str]:
    """Yield a line for each key; accounts have none. Only who sits at a desk may have a terminal, and forward an agent.

    Args:
        entrances: those that are open, each with its person.
        program: what is run, with its first arguments; who comes is added.
        agents: whether agents may be forwarded: where sessions are kept apart from each other.

    Raises:
        StoreError: the program's path holds what such a line cannot.
    """
    for person, entrance in entrances:
        if entrance.key is None:
            continue
        command = shlex.join([*program, "--as", person, "--key", entrance.name, "--role", entrance.role])
        if _UNFIT & set(command) or not command.isascii():
            raise StoreError(f"程序或登记簿的路径里有不能写进 authorized_keys 的字符：{command}。请换一个路径。")
        after = date.fromisoformat(entrance.until) + timedelta(days=1)
        more = ["pty", *(["agent-forwarding"] if agents else [])] if entrance.role == "staff" else []
        options = ["restrict", *more, f'expiry-time="{after:%Y%m%d}"']
        options += [f'from="{",".join(entrance.sources)}"'] if entrance.sources else []
        yield ",".join([*options, f'command="{command}"']) + f" {entrance.key}"
