"""The surroundings of a session, made anew: nothing that a client could have set goes on to this program or to one that it starts."""

import re
from collections.abc import Mapping

_TERM = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9+._-]{0,31}\Z", re.ASCII)
_PROTOCOL = re.compile(r"\Aversion=[12]\Z", re.ASCII)
_CONNECTION = re.compile(r"\A[0-9a-fA-F.:%a-z]{2,64}( [0-9]{1,5}| [0-9a-fA-F.:]{2,64}){3}\Z", re.ASCII)
_COLOURS = ("truecolor", "24bit")
_FIXED = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "PYPINYIN_NO_PHRASES": "true",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_EDITOR": "false",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
}


def rebuilt(given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a session: what is fixed, and what only says how a terminal draws and whence somebody came.

    The socket of an agent is not among it: where all sessions are one account, each could have the others' agents sign (S10).

    Args:
        given: the environment as sshd gave it.
    """
    found = dict(_FIXED)
    term = given.get("TERM", "")
    found["TERM"] = term if _TERM.match(term) or not term else "xterm-256color"
    if given.get("COLORTERM") in _COLOURS:
        found["COLORTERM"] = given["COLORTERM"]
    for name, form in (("SSH_CONNECTION", _CONNECTION), ("GIT_PROTOCOL", _PROTOCOL)):
        if form.match(given.get(name, "")):
            found[name] = given[name]
    return found
