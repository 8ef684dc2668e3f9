"""Windows' Task Scheduler: a task of the user in a folder of its own, as the XML that schtasks takes."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from desktop.domain.schedule import Times
from desktop.services.schedules.systems.calling import attempt, call
from desktop.services.schedules.systems.entry import Entry

NAME: Final = "task_scheduler"

_NAMESPACE: Final = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# A trigger begins on some day; any that has passed will do.
_LONG_AGO: Final = date(2020, 1, 1)
_SURE_DAY: Final = 28
_LAST_DAY: Final = 31


def texts(entry: Entry) -> dict[str, str]:
    """The task by its file's name. It says UTF-16, which schtasks wants of the file."""
    task = ET.Element("Task", {"version": "1.2", "xmlns": _NAMESPACE})
    _put(ET.SubElement(task, "RegistrationInfo"), Author="Sheaf", Description=entry.title)
    triggers = ET.SubElement(task, "Triggers")
    for times in entry.times:
        for schedule in _schedules(times):
            trigger = ET.SubElement(triggers, "CalendarTrigger")
            _put(trigger, StartBoundary=datetime.combine(_LONG_AGO, times.at).isoformat(), Enabled="true")
            trigger.append(schedule)
    principal = ET.SubElement(ET.SubElement(task, "Principals"), "Principal", {"id": "Author"})
    # As the user who is logged in: no password is kept, and the keyring is open.
    _put(principal, LogonType="InteractiveToken", RunLevel="LeastPrivilege")
    _put(
        ET.SubElement(task, "Settings"),
        MultipleInstancesPolicy="Queue",
        DisallowStartIfOnBatteries="false",
        StopIfGoingOnBatteries="false",
        StartWhenAvailable="true",
        Enabled="true",
        ExecutionTimeLimit="PT0S",
    )
    action = ET.SubElement(ET.SubElement(task, "Actions", {"Context": "Author"}), "Exec")
    _put(action, Command=entry.command[0], Arguments=subprocess.list2cmdline(entry.command[1:]))
    ET.indent(task)
    text = ET.tostring(task, encoding="unicode")
    return {f"{entry.name}.xml": f'<?xml version="1.0" encoding="UTF-16"?>\n{text}\n'}


def _put(parent: ET.Element, **children: str) -> None:
    for name, text in children.items():
        ET.SubElement(parent, name).text = text


def _schedules(times: Times) -> Iterator[ET.Element]:
    if times.every == "day":
        found = ET.Element("ScheduleByDay")
        _put(found, DaysInterval="1")
        yield found
    elif times.every == "week":
        found = ET.Element("ScheduleByWeek")
        _put(found, WeeksInterval="1")
        ET.SubElement(ET.SubElement(found, "DaysOfWeek"), _DAYS[times.weekday or 0])
        yield found
    elif times.day == _LAST_DAY:
        yield _monthly("Last", _MONTHS)
    else:
        assert times.day is not None
        yield _monthly(str(times.day), _MONTHS)
        if times.day > _SURE_DAY:
            yield _monthly("Last", _MONTHS[1:2])


def _monthly(day: str, months: tuple[str, ...]) -> ET.Element:
    found = ET.Element("ScheduleByMonth")
    _put(ET.SubElement(found, "DaysOfMonth"), Day=day)
    named = ET.SubElement(found, "Months")
    for month in months:
        ET.SubElement(named, month)
    return found


def is_here() -> bool:
    return sys.platform == "win32" and shutil.which("schtasks") is not None


def _place(entry: Entry) -> str:
    return f"\\Sheaf\\{entry.name}"


def read(entry: Entry) -> dict[str, str] | None:
    """What is there under the entry's name, as the Task Scheduler writes it."""
    if not is_here():
        return None
    done = attempt(["schtasks", "/Query", "/TN", _place(entry), "/XML"])
    if done.returncode:
        return None
    # It prints in the console's code page, whatever its first line says.
    return {f"{entry.name}.xml": done.stdout.decode("oem" if sys.platform == "win32" else "utf-8", errors="replace")}


def install(entry: Entry) -> None:
    """Register the task, in the place of the one that was there. UserError where the system refuses."""
    ((name, text),) = texts(entry).items()
    with tempfile.TemporaryDirectory(prefix="sheaf-") as place:
        path = Path(place) / name
        path.write_text(text, encoding="utf-16")
        call(["schtasks", "/Create", "/TN", _place(entry), "/XML", str(path), "/F"])


def remove(entry: Entry) -> None:
    """Take the task away; what is not there is gone already."""
    attempt(["schtasks", "/Delete", "/TN", _place(entry), "/F"])


def fits(there: Mapping[str, str], entry: Entry) -> bool:
    """Whether it calls the same at the same times; the system adds words of its own to the rest."""
    return _gist("".join(there.values())) == _gist("".join(texts(entry).values()))


def _gist(text: str) -> tuple[list[str], list[str]] | None:
    try:
        task = ET.fromstring(text[text.index("<Task") :])
    except (ET.ParseError, ValueError):
        return None
    triggers = [_plain(one) for one in task.iter(f"{{{_NAMESPACE}}}CalendarTrigger")]
    return sorted(triggers), [_plain(one) for one in task.iter(f"{{{_NAMESPACE}}}Exec")]


def _plain(element: ET.Element) -> str:
    parts = [f"{one.tag}={(one.text or '').strip()}" for one in element.iter() if not one.tag.endswith("Enabled")]
    return " ".join(parts)


def caution() -> str:
    """What a person should know of it, empty where there is nothing."""
    return ""
