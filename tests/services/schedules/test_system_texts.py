"""What each system is given, as text: the right times, and paths with every sign that a path may have."""

from __future__ import annotations

import plistlib
import re
import shlex
import subprocess
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.schedule import Times
from desktop.errors import UserError
from desktop.services.schedules.installing import SYSTEMS
from desktop.services.schedules.systems import cron, launchd, systemd, task_scheduler
from desktop.services.schedules.systems.entry import Entry, entry_of, program_here
from tests.servers.needed import need

TIMES = (
    Times("day", time(22)),
    Times("week", time(7, 5), weekday=0),
    Times("week", time(23, 59), weekday=6),
    Times("month", time(6), day=5),
    Times("month", time(6), day=29),
    Times("month", time(6), day=30),
    Times("month", time(6, 30), day=31),
)
PLAIN = Entry("sheaf-harbour-1", Path("/books/Harbour.sheaf"), ("/opt/sheaf", "due", "/books/Harbour.sheaf"), TIMES)
AWKWARD = '50 % Bücher & Söhne "off" $HOME it\'s \\%d `x` #1 *.sheaf'
# No control signs: those are refused. A path has no slash in a name and no zero byte.
names = st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="/"), min_size=1, max_size=30).filter(
    lambda name: name not in (".", "..")
)


def awkward(name: str = AWKWARD) -> Entry:
    path = f"/tmp/{name}"
    return Entry("sheaf-awkward-1", Path(path), ("/opt/a b/sheaf", "due", path), TIMES)


# systemd


def test_a_timer_says_each_time_and_makes_up_for_missed_ones() -> None:
    texts = systemd.texts(PLAIN)
    assert list(texts) == ["sheaf-harbour-1.service", "sheaf-harbour-1.timer"]
    timer = texts["sheaf-harbour-1.timer"].splitlines()
    assert [line for line in timer if line.startswith("OnCalendar")] == [
        "OnCalendar=*-*-* 22:00:00",
        "OnCalendar=Mon *-*-* 07:05:00",
        "OnCalendar=Sun *-*-* 23:59:00",
        "OnCalendar=*-*-05 06:00:00",
        "OnCalendar=*-*-29 06:00:00",
        "OnCalendar=*-02~01 06:00:00",
        "OnCalendar=*-*-30 06:00:00",
        "OnCalendar=*-*~01 06:30:00",
    ]
    assert {"Persistent=true", "OnStartupSec=2min", "WantedBy=timers.target"} <= set(timer)
    service = texts["sheaf-harbour-1.service"]
    assert 'ExecStart="/opt/sheaf" "due" "/books/Harbour.sheaf"' in service.splitlines()
    assert "Type=oneshot" in service


@pytest.mark.parametrize("name", [AWKWARD, "plain.sheaf", "ends with \\", "a;b ; c", "-dash", "{x}", "  two"])
def test_systemd_finds_no_fault(tmp_path: Path, name: str) -> None:
    need("systemd-analyze")
    # It looks for the program that is started.
    entry = Entry("sheaf-x-1", Path(f"/tmp/{name}"), ("/bin/true", "due", f"/tmp/{name}"), TIMES)
    for file, text in systemd.texts(entry).items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--user", "--man=no", str(tmp_path / "sheaf-x-1.timer")],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "SYSTEMD_LOG_LEVEL": "warning", "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    about = [line for line in done.stderr.splitlines() if "sheaf-x" in line]
    assert (done.returncode, about) == (0, [])


@pytest.mark.parametrize("times", TIMES)
def test_systemd_reckons_the_same_moments(times: Times) -> None:
    need("systemd-analyze")
    since = datetime(2027, 12, 30, 12)
    wanted = list(islice(times.after(since), 16))
    found: set[datetime] = set()
    for calendar in systemd.calendars(times):
        done = subprocess.run(
            ["systemd-analyze", "calendar", "--iterations=16", f"--base-time={since:%Y-%m-%d %H:%M:%S} UTC", calendar],
            capture_output=True,
            text=True,
            check=True,
            env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
        )
        found |= {
            datetime.fromisoformat(one) for one in re.findall(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", done.stdout)
        }
    assert sorted(one for one in found if since < one <= wanted[-1]) == wanted


def systemd_words(line: str) -> list[str]:
    """As systemd.syntax(7) and systemd.service(5) read a command: quotes, escapes, specifiers, variables."""
    words = [re.sub(r"\\(.)", r"\1", word) for word in re.findall(r'"((?:[^"\\]|\\.)*)"', line)]
    assert not re.search(r"(?<!%)%(?!%)", re.sub("%%", "", line))
    assert not re.search(r"\$", re.sub(r"\$\$", "", line))
    return [word.replace("%%", "%").replace("$$", "$") for word in words]


@given(names)
@settings(max_examples=200)
def test_systemd_gives_the_program_the_very_path(name: str) -> None:
    entry = awkward(name)
    (line,) = [
        one for one in systemd.texts(entry)["sheaf-awkward-1.service"].split("\n") if one.startswith("ExecStart")
    ]
    assert systemd_words(line.removeprefix("ExecStart=")) == list(entry.command)


def test_a_program_with_a_dollar_in_its_path_is_called_by_another() -> None:
    entry = Entry("sheaf-x-1", Path("/b"), ("/opt/$x/sheaf", "due", "/b"), TIMES)
    assert 'ExecStart="/usr/bin/env" "/opt/$$x/sheaf"' in systemd.texts(entry)["sheaf-x-1.service"]


# cron


def test_lines_of_cron_stand_between_their_marks() -> None:
    lines = cron.texts(PLAIN)["crontab"].splitlines()
    command = "/opt/sheaf due /books/Harbour.sheaf >/dev/null"
    assert lines[0] == "# BEGIN sheaf-harbour-1 (Sheaf writes these lines anew)"
    assert lines[-1] == "# END sheaf-harbour-1"
    assert lines[1:5] == [
        f"0 22 * * * {command}",
        f"5 7 * * 1 {command}",
        f"59 23 * * 0 {command}",
        f"0 6 5 * * {command}",
    ]
    assert lines[-2] == f"@reboot {command}"
    assert f"30 6 30 4,6,9,11 * {command}" in lines


def cron_command(line: str) -> str:
    """What cron gives to sh: the rest of the line to the first bare %, without the \\ before one (crontab(5))."""
    made, escaped = "", False
    for sign in line:
        if escaped:
            made = made[:-1] + sign if sign == "%" else made + sign
            escaped = False
            continue
        if sign == "%":
            break
        escaped = sign == "\\"
        made += sign
    return made


@given(names)
@settings(max_examples=200)
def test_cron_gives_the_program_the_very_path(name: str) -> None:
    entry = awkward(name)
    line = cron.texts(entry)["crontab"].split("\n")[1]
    words = shlex.split(cron_command(line.removeprefix("0 22 * * * ")))
    assert words == [*entry.command, ">/dev/null"]


@pytest.mark.parametrize("times", TIMES)
def test_cron_is_told_every_moment(times: Times) -> None:
    fields = [one.split() for one in cron.calendars(times)]

    def called(day: datetime) -> bool:
        return any(
            (dom == "*" or day.day == int(dom))
            and (months == "*" or str(day.month) in months.split(","))
            and (dow == "*" or day.isoweekday() % 7 == int(dow))
            for _minute, _hour, dom, months, dow in fields
        )

    assert {(int(one[0]), int(one[1])) for one in fields} == {(times.at.minute, times.at.hour)}
    wanted = {one.date() for one in islice(times.after(datetime(2027, 1, 1)), 30)}
    days = [datetime(2027, 1, 1) + timedelta(days=k) for k in range(1000)]
    last = max(wanted)
    told = {one.date() for one in days if called(one) and one.date() <= last}
    # One call too many in a leap year is the price of a system that knows no last day.
    assert wanted <= told
    assert len(told - wanted) <= (times.every == "month")


# launchd


def test_an_agent_of_launchd_is_a_property_list() -> None:
    entry = awkward()
    ((name, text),) = launchd.texts(entry).items()
    assert name == "sheaf-awkward-1.plist"
    agent = plistlib.loads(text.encode())
    assert agent["Label"] == "sheaf-awkward-1"
    assert agent["ProgramArguments"] == list(entry.command)
    assert agent["RunAtLoad"] is True
    intervals = agent["StartCalendarInterval"]
    assert intervals[:4] == [
        {"Hour": 22, "Minute": 0},
        {"Weekday": 1, "Hour": 7, "Minute": 5},
        {"Weekday": 0, "Hour": 23, "Minute": 59},
        {"Day": 5, "Hour": 6, "Minute": 0},
    ]
    assert {"Month": 2, "Day": 28, "Hour": 6, "Minute": 30} in intervals
    assert len(intervals) == len({tuple(one.items()) for one in intervals})


@given(names)
@settings(max_examples=100)
def test_launchd_gives_the_program_the_very_path(name: str) -> None:
    entry = awkward(name)
    ((_file, text),) = launchd.texts(entry).items()
    assert plistlib.loads(text.encode())["ProgramArguments"] == list(entry.command)


# Windows


def test_a_task_of_windows_follows_its_schema() -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = etree.XMLSchema(etree.parse(str(Path(__file__).with_name("windows_task.xsd"))))
    for entry in (PLAIN, awkward()):
        ((name, text),) = task_scheduler.texts(entry).items()
        assert name == f"{entry.name}.xml"
        assert text.startswith('<?xml version="1.0" encoding="UTF-16"?>\n')
        document = etree.fromstring(text.encode("utf-16"))
        schema.assertValid(document)


def test_a_task_of_windows_says_each_time() -> None:
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    task = ET.fromstring(task_scheduler.texts(PLAIN)["sheaf-harbour-1.xml"].split("\n", 1)[1])
    triggers = task.findall(".//t:CalendarTrigger", space)
    at = [one.findtext("t:StartBoundary", "", space)[11:] for one in triggers]
    assert at == ["22:00:00", "07:05:00", "23:59:00", "06:00:00"] + ["06:00:00"] * 4 + ["06:30:00"]
    assert triggers[0].find("t:ScheduleByDay", space) is not None
    assert triggers[1].find("t:ScheduleByWeek/t:DaysOfWeek/t:Monday", space) is not None
    days = [one.findtext("t:ScheduleByMonth/t:DaysOfMonth/t:Day", "", space) for one in triggers[3:]]
    assert days == ["5", "29", "Last", "30", "Last", "Last"]
    months = [len(one.findall("t:ScheduleByMonth/t:Months/*", space)) for one in triggers[3:]]
    assert months == [12, 12, 1, 12, 1, 12]
    assert task.findtext(".//t:StartWhenAvailable", "", space) == "true"
    assert task.findtext(".//t:MultipleInstancesPolicy", "", space) == "Queue"


def windows_words(line: str) -> Iterator[str]:
    """As CommandLineToArgvW reads the words after the program."""
    for word in re.finditer(
        r'(?:[^\s"\\]|\\+(?!\\*")|\\*"(?:[^"\\]|\\+(?!\\*")|(?:\\\\)*\\")*(?:\\\\)*"|(?:\\\\)*\\")+', line
    ):
        text, inside, made = word[0], False, ""
        place = 0
        while place < len(text):
            slashes = len(text[place:]) - len(text[place:].lstrip("\\"))
            after = text[place + slashes : place + slashes + 1]
            if after == '"':
                made += "\\" * (slashes // 2)
                if slashes % 2:
                    made += '"'
                else:
                    inside = not inside
                place += slashes + 1
            else:
                made += "\\" * slashes + after
                place += slashes + 1
        yield made


@pytest.mark.parametrize(
    "path", [r"C:\Books\Harbour.sheaf", r"C:\My Books\50 % Bücher & Söhne.sheaf", r"D:\it's #1\x.sheaf", "C:\\end\\"]
)
def test_windows_gives_the_program_the_very_path(path: str) -> None:
    entry = Entry("sheaf-w-1", Path("w"), (r"C:\Program Files\Sheaf\sheaf.exe", "due", path), TIMES)
    task = ET.fromstring(task_scheduler.texts(entry)["sheaf-w-1.xml"].split("\n", 1)[1])
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:Command", "", space) == entry.command[0]
    assert list(windows_words(task.findtext(".//t:Arguments", "", space))) == ["due", path]


def test_a_task_that_windows_wrote_in_its_own_words_fits_all_the_same() -> None:
    ((name, text),) = task_scheduler.texts(PLAIN).items()
    own = text.replace("<Author>Sheaf</Author>", "<Author>PC\\anne</Author><URI>\\Sheaf\\x</URI>")
    own = own.replace("      <Enabled>true</Enabled>\n", "", 2).replace("    ", "  ")
    assert task_scheduler.fits({name: own}, PLAIN)
    assert not task_scheduler.fits({name: own.replace("22:00:00", "22:01:00")}, PLAIN)
    assert not task_scheduler.fits({name: own.replace("due", "bill")}, PLAIN)
    assert not task_scheduler.fits({name: "nonsense"}, PLAIN)


# All of them


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_same_times_twice_are_called_once(system: str) -> None:
    twice = entry_of(Path("/b.sheaf"), [TIMES[0], TIMES[0]], ("/opt/sheaf",))
    once = entry_of(Path("/b.sheaf"), [TIMES[0]], ("/opt/sheaf",))
    assert SYSTEMS[system].texts(twice) == SYSTEMS[system].texts(once)


def test_an_entry_is_named_by_its_book(tmp_path: Path) -> None:
    one = entry_of(tmp_path / "Bücher & Co.sheaf", TIMES)
    other = entry_of(tmp_path / "x" / "Bücher & Co.sheaf", TIMES)
    assert re.fullmatch(r"sheaf-bucher-co-[0-9a-f]{10}", one.name)
    assert one.name != other.name
    assert one.name == entry_of(tmp_path / "x" / ".." / "Bücher & Co.sheaf", ()).name
    assert re.fullmatch(r"sheaf-[0-9a-f]{10}", entry_of(tmp_path / "किताब.sheaf", ()).name)


@pytest.mark.parametrize("name", ["two\nlines.sheaf", "tab\t.sheaf", "half\udc80.sheaf"])
def test_a_path_that_no_system_can_be_told_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="cannot hold"):
        entry_of(tmp_path / name, TIMES)


def test_the_program_is_called_by_a_path_that_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    versioned = tmp_path / "sheaf-1.2.3"
    versioned.mkdir()
    (versioned / "python").touch()
    (versioned / "sheaf").touch()
    (tmp_path / "current").symlink_to(versioned)
    monkeypatch.setattr("sys.executable", str(tmp_path / "current" / "python"))
    assert program_here() == (str(tmp_path / "current" / "sheaf"),)
    (versioned / "sheaf").unlink()
    assert program_here()[-3:] == (str(tmp_path / "current" / "python"), "-m", "desktop")
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert program_here() == (str(tmp_path / "current" / "python"),)
    monkeypatch.setenv("APPIMAGE", "/home/anne/Sheaf.AppImage")
    assert program_here() == ("/home/anne/Sheaf.AppImage",)
