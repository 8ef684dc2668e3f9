"""A print server of the tests' own: cupsd in a folder of its own, with queues that keep what they print as files."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import textwrap
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.servers.needed import command_path, free_port, need, until

SYSTEM = Path("/usr/lib/cups")
CUPS_PDF = SYSTEM / "backend" / "cups-pdf"
_PDF_DRIVER = Path("/usr/share/ppd/cups-pdf/CUPS-PDF_noopt.ppd")
# Where cups-pdf puts what people print whom the system does not know.
_STRANGERS = Path("/var/spool/cups-pdf/ANONYMOUS")

# What a job was given along stands beside its file. The printer can be told to be out of order, or to be slow.
_BACKEND = """#!/bin/sh
if [ $# -eq 0 ]; then echo 'direct keep "Unknown" "Keep"'; exit 0; fi
folder=${DEVICE_URI#keep:}
if [ -e "$folder/broken" ]; then echo "ERROR: Out of toner" >&2; exit 4; fi
if [ -e "$folder/faulty" ]; then exit 1; fi
cat "${6:--}" > "$folder/.$1"
while [ -e "$folder/slow" ]; do sleep 0.05; done
printf '%s' "$5" > "$folder/$1.options"
mv "$folder/.$1" "$folder/$1.pdf"
"""

_DRIVER = """*PPD-Adobe: "4.3"
*FormatVersion: "4.3"
*FileVersion: "1.0"
*LanguageVersion: English
*LanguageEncoding: ISOLatin1
*PCFileName: "KEEP.PPD"
*Manufacturer: "Keep"
*Product: "(Keep)"
*ModelName: "Keep PDF"
*ShortNickName: "Keep PDF"
*NickName: "Keep PDF"
*PSVersion: "(3010.000) 0"
*LanguageLevel: "3"
*ColorDevice: True
*cupsVersion: 2.4
*cupsManualCopies: True
*cupsFilter2: "application/vnd.cups-pdf application/pdf 0 -"
*OpenUI *PageSize/Media Size: PickOne
*OrderDependency: 10 AnySetup *PageSize
*DefaultPageSize: A4
*PageSize A4/A4: ""
*PageSize Letter/US Letter: ""
*CloseUI: *PageSize
*OpenUI *PageRegion: PickOne
*OrderDependency: 10 AnySetup *PageRegion
*DefaultPageRegion: A4
*PageRegion A4/A4: ""
*PageRegion Letter/US Letter: ""
*CloseUI: *PageRegion
*DefaultImageableArea: A4
*ImageableArea A4/A4: "0 0 595 842"
*ImageableArea Letter/US Letter: "0 0 612 792"
*DefaultPaperDimension: A4
*PaperDimension A4/A4: "595 842"
*PaperDimension Letter/US Letter: "612 792"
"""
_CHOICES = """*OpenUI *InputSlot/Paper Tray: PickOne
*OrderDependency: 20 AnySetup *InputSlot
*DefaultInputSlot: Tray1
*InputSlot Tray1/Tray 1: ""
*InputSlot Tray2/Letterhead: ""
*CloseUI: *InputSlot
*OpenUI *Duplex/Two-Sided: PickOne
*OrderDependency: 20 AnySetup *Duplex
*DefaultDuplex: None
*Duplex None/Off: ""
*Duplex DuplexNoTumble/Long Edge: ""
*Duplex DuplexTumble/Short Edge: ""
*CloseUI: *Duplex
"""

# Anybody on this machine may print and look after the queues; the rules about whose job it is are CUPS's usual ones.
_SETTINGS = """
Listen 127.0.0.1:{port}
Listen {folder}/socket
LogLevel debug
MaxLogSize 0
Browsing No
DefaultAuthType None
WebInterface No
IdleExitTimeout 0
<Location />
Order allow,deny
Allow all
</Location>
<Policy default>
JobPrivateAccess default
JobPrivateValues default
<Limit Create-Job Print-Job Print-URI Validate-Job>
Order deny,allow
{print}
</Limit>
<Limit Cancel-Job Send-Document Send-URI Hold-Job Release-Job Restart-Job Set-Job-Attributes CUPS-Move-Job>
Require user @OWNER @SYSTEM
Order deny,allow
</Limit>
<Limit All>
Order deny,allow
</Limit>
</Policy>
"""
_FILES = """
ServerRoot {folder}/root
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/temp
ServerBin {folder}/bin
AccessLog {folder}/log/access
ErrorLog {folder}/log/error
PageLog {folder}/log/page
Sandboxing Relaxed
"""


class Cups:
    """A running server. `office` has trays and prints on both sides, `plain` has no choice."""

    def __init__(self, folder: Path, *, forbids: bool = False) -> None:
        self.folder = folder
        self.port = free_port()
        self._forbids = forbids
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"{self.folder}/socket"

    def start(self) -> None:
        for name in ("root/ppd", "spool", "cache", "state", "temp", "log", "bin/backend", "out"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        # Filters and printers work as another user.
        for name in ("temp", "out"):
            (self.folder / name).chmod(0o1777)
        for part in SYSTEM.iterdir():
            link = self.folder / "bin" / part.name
            if not link.exists():
                link.symlink_to(part)
        backend = self.folder / "bin/backend/keep"
        backend.write_text(_BACKEND, "ascii")
        backend.chmod(0o755)
        if CUPS_PDF.exists() and not (pdf := backend.with_name("cups-pdf")).exists():
            pdf.symlink_to(CUPS_PDF)
        values = {"folder": self.folder, "port": self.port, "print": "Require user nobody" if self._forbids else ""}
        (self.folder / "cupsd.conf").write_text(_SETTINGS.format(**values), "ascii")
        (self.folder / "cups-files.conf").write_text(_FILES.format(**values), "ascii")
        self.go()

    def go(self) -> None:
        """Start the server, with the jobs and queues that it has by now."""
        with (self.folder / "log/out").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    command_path("cupsd") or "cupsd",
                    "-f",
                    "-c",
                    str(self.folder / "cupsd.conf"),
                    "-s",
                    str(self.folder / "cups-files.conf"),
                ],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )
        until(self._runs, 20, self._log)

    def stop(self) -> None:
        """End the server; its jobs and queues stay for the next time."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def forget(self) -> None:
        """Let the server know nothing of the jobs that it had, as after some hundred others."""
        self.stop()
        for file in (*(self.folder / "spool").glob("[cd]*"), *(self.folder / "cache").glob("job.cache*")):
            file.unlink()
        self.go()

    def command(self, *words: str, check: bool = True) -> str:
        done = subprocess.run(
            [command_path(words[0]) or words[0], *words[1:]],
            env={**os.environ, "CUPS_SERVER": self.address, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"{words}: {done.stderr}\n{self._log()}")
        return done.stdout

    def add_queue(self, name: str, *, choices: bool = False) -> None:
        driver = self.folder / f"{name}.ppd"
        driver.write_text(_DRIVER + (_CHOICES if choices else ""), "ascii")
        self.command("lpadmin", "-p", name, "-E", "-v", f"keep:{self.folder}/out", "-P", str(driver))

    def add_pdf_queue(self, name: str) -> None:
        """The queue of Debian's PDF printer, for which somebody must be root."""
        self.command("lpadmin", "-p", name, "-E", "-v", "cups-pdf:/", "-P", str(_PDF_DRIVER))

    def printed(self, count: int, seconds: float = 20) -> list[bytes]:
        """What came out of the printer, once there is so much, in the order of the jobs."""

        def found() -> list[Path]:
            return sorted((self.folder / "out").glob("*.pdf"), key=lambda path: int(path.stem))

        until(lambda: len(found()) >= count, seconds, lambda: f"{len(found())} of {count}\n{self._log()}")
        return [path.read_bytes() for path in found()]

    def options(self) -> list[str]:
        """What came along with each job that was printed."""
        found = sorted((self.folder / "out").glob("*.options"), key=lambda path: int(path.stem))
        return [path.read_text("utf-8") for path in found]

    def shut(self, flag: str) -> None:
        """Let the printer be "broken" (it stops its queue), "faulty" (it fails each job) or "slow" (until `open`)."""
        (self.folder / "out" / flag).touch()

    def open(self, flag: str) -> None:
        (self.folder / "out" / flag).unlink(missing_ok=True)

    def _runs(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise AssertionError(self._log())
        return "is running" in self.command("lpstat", "-r", check=False)

    def _log(self) -> str:
        lines = []
        for name in ("out", "error"):
            file = self.folder / "log" / name
            if file.exists():
                lines += file.read_text("utf-8", "replace").splitlines()[-25:]
        return textwrap.indent("\n".join(lines), "  ")


@contextmanager
def running(*, forbids: bool = False) -> Iterator[Cups]:
    """A server with its queues, gone afterwards; `forbids` lets nobody print who is asked for."""
    need("cupsd", "lp", "lpadmin", "cancel")
    # A socket's path must be short.
    folder = Path(tempfile.mkdtemp(prefix="cups"))
    folder.chmod(0o755)
    server = Cups(folder, forbids=forbids)
    try:
        server.start()
        server.add_queue("office", choices=True)
        server.add_queue("plain")
        yield server
    finally:
        server.open("slow")
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cups(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cups]:
    """A print server that the program finds as it would find the system's."""
    with running() as server:
        monkeypatch.setenv("CUPS_SERVER", server.address)
        # Qt asks CUPS' own library, which keeps to the server that it was told of first.
        with suppress(OSError):
            ctypes.CDLL("libcups.so.2").cupsSetServer(server.address.encode())
        yield server


@contextmanager
def strangers_file() -> Iterator[tuple[str, Path]]:
    """A title that nothing else has, and the folder where Debian's PDF printer puts it when a stranger prints."""
    need("cupsd", "gs", root=True)
    need(str(CUPS_PDF))
    title = f"sheaf-{uuid.uuid4().hex[:12]}"
    try:
        yield title, _STRANGERS
    finally:
        for file in _STRANGERS.glob(f"*{title[6:]}*"):
            file.unlink()
