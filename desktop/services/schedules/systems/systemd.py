"""systemd: a timer of the user, and the service that it starts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from desktop.domain.schedule import Times
from desktop.i18n import _
from desktop.services.schedules.systems.calling import answers, attempt, call
from desktop.services.schedules.systems.entry import Entry

NAME: Final = "systemd"

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SURE_DAY: Final = 28
_LAST_DAY: Final = 31

# A call that was killed goes on by itself; one that says what is wrong waits for its next time.
_SERVICE: Final = """\
# Written by Sheaf, which writes it anew when the schedules of the book change.
[Unit]
Description={title}
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart={command}
Restart=on-abnormal
RestartSec=5min
"""

# Persistent makes up for a time at which the computer was off, OnStartupSec for a call that was cut off by it.
_TIMER: Final = """\
# Written by Sheaf, which writes it anew when the schedules of the book change.
[Unit]
Description={title}

[Timer]
{calendar}
OnStartupSec=2min
Persistent=true
AccuracySec=30s

[Install]
WantedBy=timers.target
"""


def texts(entry: Entry) -> dict[str, str]:
    """The unit files by name."""
    # A backslash at the end of a line would take in the next one.
    title = entry.title.replace("%", "%%").replace("\\", "/")
    # A $ in the program's own path is not undone as it is in what it is given.
    through = ("/usr/bin/env",) if "$" in entry.command[0] else ()
    command = " ".join(map(_quoted, (*through, *entry.command)))
    calendar = dict.fromkeys(f"OnCalendar={one}" for times in entry.times for one in calendars(times))
    return {
        f"{entry.name}.service": _SERVICE.format(title=title, command=command),
        f"{entry.name}.timer": _TIMER.format(title=title, calendar="\n".join(calendar)),
    }


def _quoted(word: str) -> str:
    """As systemd.syntax(7) wants it, specifiers and variables undone."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'.replace("%", "%%").replace("$", "$$")


def calendars(times: Times) -> Iterator[str]:
    """Calendar events of systemd.time(7), in local time."""
    at = times.at.strftime("%H:%M:%S")
    if times.every == "day":
        yield f"*-*-* {at}"
    elif times.every == "week":
        yield f"{_DAYS[times.weekday or 0]} *-*-* {at}"
    elif times.day == _LAST_DAY:
        yield f"*-*~01 {at}"
    else:
        assert times.day is not None
        yield f"*-*-{times.day:02d} {at}"
        if times.day > _SURE_DAY:
            yield f"*-02~01 {at}"


def is_here() -> bool:
    """Whether this user has a systemd of their own that answers."""
    return shutil.which("systemctl") is not None and answers(["systemctl", "--user", "show-environment"])


def folder() -> Path:
    """Where a user's units lie, systemd.unit(5)."""
    base = os.environ.get("XDG_CONFIG_HOME") or ""
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".config") / "systemd" / "user"


def read(entry: Entry) -> dict[str, str] | None:
    """What is there under the entry's name; a timer that is not switched on is as good as none."""
    files = {name: folder() / name for name in texts(entry)}
    if not _switch(entry).is_symlink():
        return None
    return {name: _text(path) if path.is_file() else "" for name, path in files.items()}


def _switch(entry: Entry) -> Path:
    return folder() / "timers.target.wants" / f"{entry.name}.timer"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def install(entry: Entry) -> None:
    """Write the units and switch the timer on. UserError where the system refuses; then nothing of them stays."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True)
    for name, text in texts(entry).items():
        (place / name).write_text(text, encoding="utf-8")
    try:
        call(["systemctl", "--user", "daemon-reload"])
        call(["systemctl", "--user", "enable", f"{entry.name}.timer"])
        # A timer that runs already keeps its old times until it is started anew.
        call(["systemctl", "--user", "restart", f"{entry.name}.timer"])
    except BaseException:
        remove(entry)
        raise


def remove(entry: Entry) -> None:
    """Switch the timer off and take the units away; what is not there is gone already."""
    attempt(["systemctl", "--user", "disable", "--now", f"{entry.name}.timer"])
    for path in (_switch(entry), *(folder() / name for name in texts(entry))):
        path.unlink(missing_ok=True)
    attempt(["systemctl", "--user", "daemon-reload"])


def fits(there: Mapping[str, str], entry: Entry) -> bool:
    """Whether what is there is what would be written now."""
    return dict(there) == texts(entry)


def caution() -> str:
    """What a person should know of it, empty where there is nothing."""
    who = os.environ.get("USER") or os.environ.get("LOGNAME") or ""
    if who and Path("/var/lib/systemd/linger", who).exists():
        return ""
    return _("It works while you are logged in. To have it work before that too: loginctl enable-linger")
