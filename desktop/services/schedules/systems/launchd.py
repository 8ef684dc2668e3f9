"""launchd: an agent of the user, as a property list."""

from __future__ import annotations

import os
import plistlib
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from desktop.domain.schedule import Times, month_days
from desktop.services.schedules.systems.calling import attempt, call
from desktop.services.schedules.systems.entry import Entry

NAME: Final = "launchd"

_ALL: Final = 12


def texts(entry: Entry) -> dict[str, str]:
    """The property list by its file's name."""
    wanted = [one for times in entry.times for one in calendars(times)]
    agent = {
        "Label": entry.name,
        "ProgramArguments": list(entry.command),
        "StartCalendarInterval": [one for place, one in enumerate(wanted) if one not in wanted[:place]],
        # A time that passed asleep is made up for by launchd itself, one that passed switched off only by this.
        "RunAtLoad": True,
        "ProcessType": "Background",
    }
    return {f"{entry.name}.plist": plistlib.dumps(agent, sort_keys=False).decode()}


def calendars(times: Times) -> Iterator[dict[str, int]]:
    """StartCalendarInterval of launchd.plist(5); what is not named is any."""
    at = {"Hour": times.at.hour, "Minute": times.at.minute}
    if times.every == "day":
        yield at
    elif times.every == "week":
        yield {"Weekday": ((times.weekday or 0) + 1) % 7, **at}
    else:
        assert times.day is not None
        for months, day in month_days(times.day):
            for month in months if len(months) < _ALL else (0,):
                yield ({"Month": month} if month else {}) | {"Day": day, **at}


def is_here() -> bool:
    return sys.platform == "darwin" and shutil.which("launchctl") is not None


def folder() -> Path:
    return Path.home() / "Library" / "LaunchAgents"


def read(entry: Entry) -> dict[str, str] | None:
    """What is there under the entry's name."""
    if not is_here():
        return None
    found = {name: folder() / name for name in texts(entry)}
    return {name: _text(path) for name, path in found.items() if path.is_file()} or None


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def install(entry: Entry) -> None:
    """Write the agent and load it. UserError where launchd refuses; then nothing of it stays."""
    remove(entry)
    folder().mkdir(parents=True, exist_ok=True)
    ((name, text),) = texts(entry).items()
    path = folder() / name
    path.write_text(text, encoding="utf-8")
    try:
        call(["launchctl", "bootstrap", _domain(), str(path)])
    except BaseException:
        remove(entry)
        raise


def remove(entry: Entry) -> None:
    """Unload the agent and take its file away; what is not there is gone already."""
    attempt(["launchctl", "bootout", f"{_domain()}/{entry.name}"])
    for name in texts(entry):
        (folder() / name).unlink(missing_ok=True)


def _domain() -> str:
    if sys.platform == "win32":
        raise OSError("launchd is a part of macOS")
    return f"gui/{os.getuid()}"


def fits(there: Mapping[str, str], entry: Entry) -> bool:
    """Whether what is there is what would be written now."""
    return dict(there) == texts(entry)


def caution() -> str:
    """What a person should know of it, empty where there is nothing."""
    return ""
