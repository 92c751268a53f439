"""Stock Git, run as a program of its own: nothing of the caller's surroundings counts, and no text from a record is an argument."""

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from records.store.complaints import complaint, meaning
from records.store.store import StoreError
from schema.text import show


@dataclass(frozen=True)
class Git:
    """Stock Git; neither the caller's environment nor anybody's configuration counts.

    Args:
        program: where it is.
        path: where it finds its own programs.
        reaching: what of the caller's environment it takes to reach another machine: home, agent, locale of ssh; nothing else.
    """

    program: str
    path: str
    reaching: Mapping[str, str] = field(default_factory=dict)

    def run(self, doing: str, *argv: str, given: str = "") -> str:
        """Run a command of Git's and return what it says.

        Args:
            doing: what it is run for, in words.
            argv: its arguments.
            given: what it reads.

        Raises:
            StoreError: it failed.
        """
        done = self.tried(*argv, given=given)
        if done.returncode:
            told = complaint(done.stderr)[-300:]
            why = f"{meant}（{show(told)}）" if (meant := meaning(told, there="本机")) else show(told) or str(done.returncode)
            raise StoreError(f"{doing}失败：{why}。登记簿未受影响，请排除故障后重试，或联系系统管理员。")
        return done.stdout

    def tried(
        self, *argv: str, folder: Path | None = None, timeout: float | None = None, given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of Git's, and return how it ended and what it said.

        Args:
            argv: the command.
            folder: where it runs; where the caller is, if None.
            timeout: seconds that it has.
            given: what it reads.

        Raises:
            subprocess.TimeoutExpired: it was not through in time, and was killed.
        """
        environment: Mapping[str, str] = {
            "PATH": self.path, "LC_ALL": "C", "HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_COMMITTER_NAME": "duban", "GIT_COMMITTER_EMAIL": "duban@localhost", "GIT_ALLOW_PROTOCOL": "file:ssh:http:https",
            "GIT_TERMINAL_PROMPT": "0", **self.reaching,
        }  # fmt: skip
        with subprocess.Popen(
            [self.program, "-c", "safe.directory=*", *argv],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=timeout is not None,  # whoever may wait without end may also be asked something at his terminal
        ) as run:
            try:
                said, complained = run.communicate(given, timeout)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)  # with its transport, which holds the pipes open
                raise
        return subprocess.CompletedProcess(argv, run.returncode, said, complained)
