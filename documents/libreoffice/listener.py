"""Keeps a LibreOffice warm and lets it set documents as PDF; the half of ``printer`` that speaks UNO.

Run as a script, by whichever Python has the module ``uno``; that is seldom the one that runs duban, so nothing of duban is imported here:

    python3 listener.py FOLDER SEEN COMMAND…

FOLDER is for LibreOffice alone; SEEN is the path under which it sees FOLDER, another one in a sandbox; COMMAND runs ``soffice.bin``.

A job is a line of JSON on standard input, ``{"source": path of the .docx or .xlsx, "target": path of the PDF}``, as LibreOffice sees them;
its answer a line on standard output, ``{}`` when the PDF is there or ``{"error": …}`` when LibreOffice refuses the document. Output that
ends without an answer tells of LibreOffice's death. When the input ends, by whatever death of the process at its other end, LibreOffice is
killed and FOLDER removed.
"""

import ctypes
import json
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import uno  # type: ignore[import-not-found]
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]
from com.sun.star.lang import DisposedException  # type: ignore[import-not-found]

_RESTART = 81  # how soffice.bin, having made a new profile, asks to be started again
_TRIES, _PAUSE = 500, 0.1  # seconds between looks whether it is up
_MEMORY = 4 << 30  # bytes of address space: 0.7 GB when it is up, 1.2 GB after a hundred documents
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
# PDF/A-2b: fonts within, an output intent, metadata as XMP, nothing that runs or leads elsewhere; tagged, with the heads as bookmarks.
_ARCHIVED: dict[str, object] = {"SelectPdfVersion": 2, "UseTaggedPDF": True, "ExportBookmarks": True}
# By the ending of a document: as what it is read, and what writes it as PDF. The filter is named, or text of any kind would be taken for
# something that can be opened.
_FILTERS = {".docx": ("MS Word 2007 XML", "writer_pdf_Export"), ".xlsx": ("Calc MS Excel 2007 XML", "calc_pdf_Export")}
# A document is text and nothing else: whatever it links to stays unread, whatever it wants to run stays still.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""  # noqa: E501


def _main(folder: Path, seen: Path, command: list[str]) -> None:
    os.umask(0o077)  # its pipes stand in /tmp, where everybody passes
    office = _LibreOffice(folder, seen, command)
    try:
        office.start()
        jobs: queue.SimpleQueue[dict[str, str]] = queue.SimpleQueue()
        threading.Thread(target=_serve, args=(office, jobs), daemon=True).start()
        for line in sys.stdin:
            jobs.put(json.loads(line))
    finally:
        office.kill()
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)  # past the thread, which may hang in a call to what was killed


def _serve(office: "_LibreOffice", jobs: queue.SimpleQueue[dict[str, str]]) -> None:
    try:
        while True:
            job = jobs.get()
            try:
                office.set(Path(job["source"]), Path(job["target"]))
                answer = {}
            except DisposedException:
                return
            except Exception as error:  # LibreOffice has many ways to refuse
                answer = {"error": f"{type(error).__name__}: {error}"}
            os.write(1, json.dumps(answer).encode() + b"\n")
    finally:
        os.close(1)


class _LibreOffice:
    def __init__(self, folder: Path, seen: Path, command: list[str]) -> None:
        self._folder, self._seen, self._command = folder, seen, command
        self._process: subprocess.Popen[bytes] | None = None
        self._sockets: list[Path] = []

    def start(self) -> None:
        user = self._folder / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
        context = self._connected()
        self._desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        self._sockets = list(_sockets(self._process.pid)) if self._process else []

    def _connected(self) -> Any:  # noqa: ANN401  # UNO has no types
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
        for _ in range(_TRIES):
            state = self._process.poll() if self._process else _RESTART
            if state == _RESTART:
                self._process = self._started()
            elif state is not None:
                raise ChildProcessError(state)
            link = self._link()
            try:
                return resolver.resolve(f"uno:pipe,name={self._folder.name};urp;StarOffice.ComponentContext")
            except NoConnectException:
                time.sleep(_PAUSE)
            finally:
                if link:
                    link.unlink()
        raise TimeoutError

    def _link(self) -> Path | None:
        """Let the pipe of a LibreOffice that has another /tmp be found where UNO looks for it."""
        # Its name bears the user, unless the sandbox knows no users.
        pipe = next(self._folder.glob(f"OSL_PIPE_*{self._folder.name}"), None)
        if pipe is None:
            return None
        link = Path(f"/tmp/OSL_PIPE_{pipe.stat().st_uid}_{self._folder.name}")  # noqa: S108  # sal knows no other place
        link.symlink_to(pipe)
        return link

    def _started(self) -> "subprocess.Popen[bytes]":
        options = ("headless", "invisible", "nocrashreport", "nodefault", "nofirststartwizard", "nolockcheck", "nologo", "norestore")
        return subprocess.Popen(
            [
                # Not by the script soffice: that starts a second process which would outlive it.
                *self._command,
                f"-env:UserInstallation={(self._seen / 'profile').as_uri()}",
                *(f"--{option}" for option in options),
                f"--accept=pipe,name={self._folder.name};urp;StarOffice.ServiceManager",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_bound,  # noqa: PLW1509  # no other thread runs yet
            start_new_session=True,  # to be killed with all that it has started
        )

    def set(self, source: Path, target: Path) -> None:
        read_as, written_by = _FILTERS[source.suffix]
        reading = {"Hidden": True, "ReadOnly": True, "FilterName": read_as, "MacroExecutionMode": 0, "UpdateDocMode": 0}
        document = self._desktop.loadComponentFromURL(source.as_uri(), "_blank", 0, _properties(reading))
        if document is None:
            raise ValueError("not loaded")
        try:
            # LibreOffice takes no autoSpaceDE and autoSpaceDN from a .docx and parts 汉字 from digits by 3.45 pt. As the import never
            # says anything about it, the default decides for every paragraph, whatever its style and wherever it stands.
            if source.suffix == ".docx":
                document.createInstance("com.sun.star.text.Defaults").ParaIsCharacterDistance = False
            data = uno.Any("[]com.sun.star.beans.PropertyValue", _properties(_ARCHIVED))
            uno.invoke(document, "storeToURL", (target.as_uri(), _properties({"FilterName": written_by, "FilterData": data})))
        finally:
            document.close(True)

    def kill(self) -> None:
        if self._process:
            # Its children become ours: the folder is cleared when none of them is left that might write into it.
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                while True:
                    os.wait()
        for path in self._sockets:
            path.unlink(missing_ok=True)


def _bound() -> None:
    """Bind the process, before it becomes LibreOffice, to the life of this one and to a measure of memory."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # it would hold the text of documents


def _sockets(pid: int) -> Iterator[Path]:
    """Yield what the process listens on, which it leaves behind when it is killed."""
    own = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            own.add(os.readlink(each))
    for fields in map(str.split, Path("/proc/net/unix").read_text(encoding="utf-8").splitlines()):
        if len(fields) == 8 and f"socket:[{fields[6]}]" in own and fields[7].startswith("/"):
            yield Path(fields[7])


def _properties(values: dict[str, object]) -> tuple[Any, ...]:
    found = []
    for name, value in values.items():
        each = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        each.Name, each.Value = name, value
        found.append(each)
    return tuple(found)


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
