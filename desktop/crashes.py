"""Reports of the program's own faults: kept in a folder of this user's, sent nowhere, and small enough to be read.

A report names the fault and the places in the program that it went through. It holds no values, so neither a client's
name nor a password can stand in it, and no folder of the person's.
"""

from __future__ import annotations

import contextlib
import faulthandler
import hashlib
import logging
import os
import platform
import re
import sys
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

from desktop.paths import log_dir

# More than these nobody reads.
MOST: Final = 20
_NATIVE: Final = "native-"
_REPORT: Final = re.compile(r"^crash (\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d) [0-9a-f]{8}\.txt$")
_TIME: Final = "%Y-%m-%d %H.%M.%S"
# What the interpreter says of these is about the program's own names; of others it may quote what was typed.
_SPEAKS_OF_CODE: Final = (AttributeError, NameError, ImportError, RecursionError, NotImplementedError, AssertionError)
_PLACE: Final = re.compile(r'^\s*File "(?P<file>[^"]*)", line (?P<line>\d+) in (?P<name>\S+)')


@dataclass(frozen=True, slots=True)
class CrashReport:
    """`at` by the clock on the wall."""

    path: Path
    at: datetime
    text: str

    @property
    def what(self) -> str:
        """The fault in a line."""
        return self.text.strip().splitlines()[-1] if self.text.strip() else ""


def folder() -> Path:
    return log_dir() / "crashes"


def report_of(error: BaseException) -> str:
    """What a report of an error holds, the outermost place first; what caused it stands before it."""
    parts = [ran_on()]
    for one in reversed(_chain(error)):
        parts += [f"  {place}" for place in _places(one)]
        parts.append(_named(one))
    return "\n".join(parts) + "\n"


def keep(error: BaseException, now: datetime) -> Path | None:
    """Write the report of an error; the one before of the same fault goes. None where the disk takes nothing."""
    text = report_of(error)
    fault = "\n".join(text.splitlines()[1:])
    return _write(text, fault, now)


def reports() -> list[CrashReport]:
    """All that are kept, the newest first."""
    found = []
    for path in _files():
        match = _REPORT.match(path.name)
        if match is not None:
            with contextlib.suppress(OSError):
                text = path.read_text(encoding="utf-8", errors="replace")
                found.append(CrashReport(path, datetime.strptime(match[1], _TIME), text))
    return sorted(found, key=lambda one: one.at, reverse=True)


def forget(report: CrashReport) -> None:
    with contextlib.suppress(FileNotFoundError):
        report.path.unlink()


class KeepsCrashes(logging.Handler):
    """Keeps a report of every error that is logged with its traceback: of the window, its jobs, and commands."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Exception):
            # The report of a fault must not become one.
            with contextlib.suppress(Exception):
                keep(error, datetime.fromtimestamp(record.created))


# Faults below Python: Qt, SQLite, a driver. Python writes where it was into a file that is open from the start.

_native: IO[str] | None = None


def watch_native() -> None:
    """From now on, until `unwatch_native`."""
    global _native
    if _native is not None:
        return
    with contextlib.suppress(OSError):
        place = folder()
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        _native = (place / f"{_NATIVE}{os.getpid()}.txt").open("w", encoding="utf-8")
        faulthandler.enable(_native, all_threads=False)


def unwatch_native() -> None:
    """A process that ends as it should leaves no file."""
    global _native
    if _native is None:
        return
    faulthandler.disable()
    path = Path(_native.name)
    _native.close()
    _native = None
    with contextlib.suppress(OSError):
        if not path.stat().st_size:
            path.unlink()


def gather_native(now: datetime) -> list[Path]:
    """Turn what processes left that died into reports; files of those that still run are left alone."""
    made = []
    for path in _files():
        number = path.stem.removeprefix(_NATIVE)
        if not path.name.startswith(_NATIVE) or not number.isdecimal() or _runs(int(number)):
            continue
        with contextlib.suppress(OSError):
            raw = path.read_text(encoding="utf-8", errors="replace")
            path.unlink()
            if raw.strip() and (kept := _write(_native_report(raw), raw, now)):
                made.append(kept)
    return made


def ran_on() -> str:
    """The versions that matter to whoever mends a fault."""
    # Fifteen milliseconds of the window's start, for what hardly ever happens.
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for name in ("sheaf", "PySide6-Essentials"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "from source" if name == "sheaf" else "?"
    system = f"{platform.system()} {platform.release()}"
    return f"Sheaf {found['sheaf']}, Python {platform.python_version()}, Qt {found['PySide6-Essentials']}, {system}"


def short_place(file: str) -> str:
    """A file's place within the program or a library: the way to it names the person's folders."""
    path = Path(file)
    for root in sorted(sys.path, key=len, reverse=True):
        if root and path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.name


def _chain(error: BaseException) -> list[BaseException]:
    """The error, then what it came from."""
    found: list[BaseException] = []
    here: BaseException | None = error
    while here is not None and here not in found:
        found.append(here)
        here = here.__cause__ or (None if here.__suppress_context__ else here.__context__)
    return found


def _places(error: BaseException) -> list[str]:
    return [
        f"{short_place(frame.filename)}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


def _named(error: BaseException) -> str:
    name = type(error).__name__
    extra = str(getattr(error, "sqlite_errorname", ""))
    if isinstance(error, _SPEAKS_OF_CODE) and type(error) is not AssertionError:
        extra = str(error).replace(str(Path.home()), "~").partition("\n")[0]
    return f"{name}: {extra}" if extra else name


def _native_report(raw: str) -> str:
    """Python's own words, with each file's place within the program."""
    lines = []
    for line in raw.splitlines():
        place = _PLACE.match(line)
        if place is not None:
            lines.append(f"  {short_place(place['file'])}:{place['line']} in {place['name']}")
        elif line.startswith(("Fatal Python error", "Windows fatal exception")):
            lines.append(line)
    first = next((line for line in lines if not line.startswith("  ")), "Fatal error")
    return "\n".join([ran_on(), *(line for line in lines if line.startswith("  ")), first]) + "\n"


def _write(text: str, fault: str, now: datetime) -> Path | None:
    mark = hashlib.sha256(fault.encode()).hexdigest()[:8]
    place = folder()
    path = place / f"crash {now.strftime(_TIME)} {mark}.txt"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        for older in place.glob(f"crash * {mark}.txt"):
            older.unlink()
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        for one in reports()[MOST:]:
            forget(one)
    except OSError:
        return None
    return path


def _files() -> list[Path]:
    try:
        return sorted(folder().iterdir())
    except OSError:
        return []


def _runs(process: int) -> bool:
    if process == os.getpid():
        return True
    if sys.platform == "win32":
        # A file that a process has open cannot be removed there: the attempt shows whether it runs.
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
