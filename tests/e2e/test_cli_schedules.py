"""`schedule` and `due` as a person and a timer call them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.book_files import open_book
from desktop.cli.call import Call
from desktop.services.schedules.installing import SYSTEMS
from desktop.ui.attention import Attention
from tests.contracts import rows
from tests.e2e.commands import Sheaf
from tests.ui.program import Driver

MONTH_END = ("--task", "bill", "--on", "last", "--at", "6:00", "--through", "this-month")


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = datetime(2025, 3, 10, 12)
        monkeypatch.setattr(Call, "clock", property(lambda _call: self.now))
        monkeypatch.setattr(Call, "today", property(lambda _call: self.now.date()))


@pytest.fixture(autouse=True)
def _no_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this computer's own schedule is looked at: there is no systemd of the user's here, and no cron."""
    for system in SYSTEMS.values():
        monkeypatch.setattr(system, "is_here", lambda: False)
        monkeypatch.setattr(system, "read", lambda _entry: None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_a_schedule_from_its_making_to_its_end(firm: Sheaf, clock: Clock) -> None:
    made = firm("schedule", "firm.sheaf", "add", "Month end", *MONTH_END, "--most-documents", 9)
    assert made.code == 0
    assert made.out.splitlines() == [
        "Month end: Bill what is due. Last day of the month, 06:00.",
        "It bills through the end of the month in which it is due.",
        "More than 9 documents wait for you.",
        "Next: 31 Mar 2025 06:00.",
    ]
    assert "Nothing calls Sheaf at these times yet" in made.err
    changed = firm(
        "schedule", "firm.sheaf", "change", "Month end", "--rename", "Bills", "--most-documents", "none", "--json"
    )
    assert changed.data["schedule"]["name"] == "Bills"
    found = firm("schedule", "firm.sheaf", "--json").data
    assert found["schedules"] == [
        {
            "name": "Bills",
            "task": "bill",
            "every": "month",
            "on": 31,
            "at": "06:00",
            "segment": None,
            "folder": None,
            "through": "this-month",
            "most_documents": None,
            "most_amount": None,
            "catch_up": True,
            "active": True,
            "next": "2025-03-31T06:00",
            "last": None,
        }
    ]
    assert found["installed"] == {"system": None, "fits": False, "usable": None}
    assert firm("schedule", "firm.sheaf", "pause", "Bills").out.endswith("It is stopped.\n")
    assert "stopped" in firm("schedule", "firm.sheaf").out
    assert firm("schedule", "firm.sheaf", "resume", "Bills").code == 0
    assert firm("schedule", "firm.sheaf", "remove", "Bills").out == "The schedule is removed; what it did stands.\n"
    assert firm("schedule", "firm.sheaf").out.startswith("No schedule. Add one with:")


@pytest.mark.parametrize(
    "day, every, on",
    [("monday", "week", "monday"), ("SUN", "week", "sunday"), ("last", "month", 31), ("15", "month", 15)],
)
def test_a_day_says_how_often(firm: Sheaf, clock: Clock, day: str, every: str, on: object) -> None:
    made = firm("schedule", "firm.sheaf", "add", "X", "--task", "bill", "--on", day, "--at", "06:00", "--json")
    assert (made.data["schedule"]["every"], made.data["schedule"]["on"]) == (every, on)


def test_everything_that_can_be_given_is_kept(firm: Sheaf, clock: Clock) -> None:
    given = ("--segment", "Retainers", "--most-amount", "1234.50", "--no-catch-up", "--through", "last-month")
    made = firm(
        "schedule", "firm.sheaf", "add", "X", "--task", "bill", "--every", "day", "--at", "23:45", *given, "--json"
    )
    one = made.data["schedule"]
    assert (one["segment"], one["most_amount"], one["catch_up"]) == ("Retainers", "1234.50", False)
    assert (one["through"], one["next"]) == ("last-month", "2025-03-10T23:45")
    changed = firm(
        "schedule", "firm.sheaf", "change", "X", "--segment", "none", "--most-amount", "none", "--catch-up", "--json"
    )
    one = changed.data["schedule"]
    assert (one["segment"], one["most_amount"], one["catch_up"]) == (None, None, True)


@pytest.mark.parametrize(
    "argv, code, said",
    [
        (("add",), 1, "Name the schedule."),
        (("list", "X"), 1, "“list” takes no name."),
        (("change", "Moon"), 1, "There is no schedule “Moon”."),
        (("add", "X", "--task", "bill", "--on", "15", "--at", "25:00"), 1, "Write a time of the day like 06:30."),
        (("add", "X", "--task", "bill", "--at", "06:00"), 1, "Choose a day of the month"),
        (("add", "X", "--task", "bill", "--on", "someday", "--at", "06:00"), 2, "“someday” is no day like monday"),
        (("add", "X", "--task", "sing", "--on", "1", "--at", "06:00"), 2, "invalid choice"),
        (("add", "X", *MONTH_END, "--most-documents", "0"), 2, "not a whole number above 0"),
        (("add", "X", *MONTH_END, "--segment", "Moon"), 1, "There is no segment “Moon”."),
        (("install",), 1, "No schedule of this book goes."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    firm: Sheaf, clock: Clock, argv: tuple[str, ...], code: int, said: str
) -> None:
    answer = firm("schedule", "firm.sheaf", *argv)
    assert answer.code == code
    assert said in answer.err
    assert answer.out == ""


def test_due_does_what_is_due_and_says_so(firm: Sheaf, clock: Clock) -> None:
    firm("schedule", "firm.sheaf", "add", "Month end", *MONTH_END)
    assert firm("due", "firm.sheaf").out == "Nothing is due.\n"
    clock.now = datetime(2025, 3, 31, 6)
    answer = firm("due", "firm.sheaf", "--json")
    assert answer.data == {
        "results": [
            {
                "schedule": "Month end",
                "task": "bill",
                "due": "2025-03-31T06:00",
                "state": "done",
                "run": "R-2025-0001",
                "said": "Run R-2025-0001 issued 2 invoices over 1,916.50 EUR.",
            }
        ]
    }
    assert firm("due", "firm.sheaf", "--json").data == {"results": []}
    listed = firm("schedule", "firm.sheaf", "results", "Month end")
    assert "31 Mar 2025 06:00  Month end  done   Run R-2025-0001 issued 2 invoices" in listed.out
    items = firm.json("today", "firm.sheaf")["items"]
    (one,) = [item for item in items if item["kind"] == "schedule"]
    assert one["sentence"] == "“Month end” of 31 Mar 2025 is done"
    assert one["why"] == "Run R-2025-0001 issued 2 invoices over 1,916.50 EUR."


def test_a_failure_is_told_and_ends_with_1(firm: Sheaf, clock: Clock) -> None:
    firm("schedule", "firm.sheaf", "add", "Night", "--task", "bounces", "--every", "day", "--at", "22:00")
    answer = firm("due", "firm.sheaf", "--now", "Night", "--json")
    assert answer.code == 1
    assert json.loads(answer.out)["results"][0]["state"] == "failed"
    assert answer.err.startswith("Night: No e-mail account says where its inbox is.")
    assert firm("due", "firm.sheaf", "--now", "Moon").code == 1


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_a_system_is_given_can_be_seen(firm: Sheaf, clock: Clock, system: str) -> None:
    firm("schedule", "firm.sheaf", "add", "Month end", *MONTH_END)
    files = firm("schedule", "firm.sheaf", "show", "--system", system, "--json").data
    assert files["system"] == system
    assert all(
        str(firm.folder / "firm.sheaf") in text or name.endswith(".timer") for name, text in files["files"].items()
    )


def test_a_call_waits_while_another_command_has_the_book(firm: Sheaf, clock: Clock) -> None:
    firm("schedule", "firm.sheaf", "add", "Month end", *MONTH_END)
    book = open_book(firm.folder / "firm.sheaf")
    try:
        waiting = firm.start("due", "firm.sheaf", "--wait", "60", "--progress")
        assert waiting.stderr is not None
        line = waiting.stderr.readline()
        while "Waiting for another command" not in line:
            assert line, "it ended without waiting"
            line = waiting.stderr.readline()
    finally:
        book.close()
    out, _err = waiting.communicate(timeout=60)
    assert waiting.returncode == 0
    assert "Month end" in out


def test_a_call_that_waited_in_vain_says_who_has_the_book(firm: Sheaf) -> None:
    with open_book(firm.folder / "firm.sheaf"):
        answer = firm("due", "firm.sheaf", "--wait", 1)
    assert (answer.code, answer.out) == (1, "")
    assert "is open in another window or command" in answer.err


def test_two_timers_at_once_do_it_once(firm: Sheaf, clock: Clock) -> None:
    firm("schedule", "firm.sheaf", "add", "Month end", *MONTH_END)
    callers = [firm.start("due", "firm.sheaf", "--json") for _ in range(3)]
    answers = [json.loads(caller.communicate(timeout=120)[0]) for caller in callers]
    assert [caller.returncode for caller in callers] == [0, 0, 0]
    assert sorted(len(answer["results"]) for answer in answers) == [0, 0, 1]
    with open_book(firm.folder / "firm.sheaf") as book:
        assert rows(book, "SELECT count(*) FROM schedule_result WHERE state <> 'missed'") == [(1,)]
        assert rows(book, "SELECT count(*) FROM run") == [(1,)]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="notify-send is of other desktops")
def test_a_timer_tells_the_desktop(firm: Sheaf, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    told = firm.folder / "told"
    program = firm.folder / "notify-send"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >> "{told}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(firm.folder), prepend=os.pathsep)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    firm("schedule", "firm.sheaf", "add", "Month end", *MONTH_END)
    firm("due", "firm.sheaf")
    assert not told.exists()
    clock.now = datetime(2025, 3, 31, 6, 30)
    firm("due", "firm.sheaf")
    words = told.read_text().splitlines()
    assert words[-2:] == ["Sheaf", "Month end: Run R-2025-0001 issued 2 invoices over 1,916.50 EUR."]
    firm("due", "missing.sheaf")
    assert told.read_text().splitlines()[-1].startswith("There is no book at")


@pytest.fixture
def driver(firm: Sheaf, qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    """The window over a book with two schedules."""
    firm("schedule", "firm.sheaf", "add", "Month end", *MONTH_END)
    firm("schedule", "firm.sheaf", "add", "Daily", "--task", "bill", "--every", "day", "--at", "00:00")
    driver = Driver(qtbot, qapp, open_book(firm.folder / "firm.sheaf"), tmp_path)
    yield driver
    driver.end()


def test_the_window_does_what_a_timer_calls_for(firm: Sheaf, driver: Driver, qtbot: QtBot) -> None:
    path = firm.folder / "firm.sheaf"
    command = QProcess()
    command.start(sys.executable, ["-m", "desktop", "due", str(path), "--now", "Daily", "--json"])
    qtbot.waitUntil(lambda: command.state() == QProcess.ProcessState.NotRunning, timeout=60_000)
    assert command.exitCode() == 0, bytes(command.readAllStandardError().data())
    (one,) = json.loads(bytes(command.readAllStandardOutput().data()))["results"]
    assert one["state"] == "done"
    driver.settle()
    # Whoever sits at the window reads what came of it.
    driver.until(lambda: one["said"] in driver.window.notices.sentence)
    driver.window.hide()
    driver.until(lambda: QApplication.activeWindow() is None)
    time.sleep(1.1)
    command.start(sys.executable, ["-m", "desktop", "due", str(path), "--now", "Month end", "--json"])
    qtbot.waitUntil(lambda: command.state() == QProcess.ProcessState.NotRunning, timeout=60_000)
    driver.settle()
    attention = driver.window.findChild(Attention)
    assert isinstance(attention, Attention)
    # Nothing is left to bill: nobody is called for that.
    assert attention.said == ""
