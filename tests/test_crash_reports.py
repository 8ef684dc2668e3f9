"""Reports of faults: kept, few, and without anything that is nobody's business."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desktop import crashes, log, starts
from desktop.paths import log_dir

NOW = datetime(2026, 11, 30, 12)
SECRET = "hunter2 of Harbour GmbH"


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    level = logging.getLogger().level
    yield
    log.stop()
    logging.getLogger().setLevel(level)


def fault(error: BaseException) -> BaseException:
    try:
        password = SECRET
        raise error
    except type(error) as caught:
        assert password
        return caught


def test_a_report_names_the_fault_and_the_way_to_it_and_no_value() -> None:
    cause = fault(KeyError(SECRET))
    error = fault(ValueError(f"cannot read {SECRET} in {Path.home()}/books"))
    error.__cause__ = cause
    path = crashes.keep(error, NOW)
    assert path is not None
    (report,) = crashes.reports()
    assert report.path == path
    assert report.at == NOW
    assert report.what == "ValueError"
    assert "KeyError\n" in report.text
    assert "test_crash_reports.py" in report.text
    assert " in fault\n" in report.text
    assert "Python 3" in report.text
    for word in ("hunter2", "Harbour", str(Path.home()), str(Path(__file__).parent)):
        assert word not in report.text


def test_what_is_said_of_the_programs_own_names_is_kept() -> None:
    crashes.keep(fault(AttributeError("'NoneType' object has no attribute 'close'")), NOW)
    assert crashes.reports()[0].what == "AttributeError: 'NoneType' object has no attribute 'close'"


def test_others_on_this_computer_cannot_read_it() -> None:
    path = crashes.keep(fault(KeyError("x")), NOW)
    assert path is not None
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_one_fault_has_one_report_and_the_last_twenty_stay() -> None:
    for second in range(5):
        crashes.keep(fault(KeyError("x")), NOW + timedelta(seconds=second))
    (report,) = crashes.reports()
    assert report.at.second == 4
    for number in range(30):
        crashes.keep(fault(type(f"Fault{number}", (Exception,), {})()), NOW + timedelta(minutes=number))
    kept = crashes.reports()
    assert len(kept) == crashes.MOST
    assert kept[0].what == "Fault29"
    crashes.forget(kept[0])
    assert crashes.reports()[0].what == "Fault28"


def test_whatever_is_logged_as_an_error_leaves_a_report(tmp_path: Path) -> None:
    log.start(tmp_path)
    try:
        dict[str, int]()["x"]
    except KeyError:
        logging.getLogger("a.job").exception("A job failed")
    logging.getLogger("a.job").error("only words")
    assert [one.what for one in crashes.reports()] == ["KeyError"]


def test_a_fault_below_python_is_found_at_the_next_start(tmp_path: Path) -> None:
    script = "import ctypes\nfrom desktop import crashes\ncrashes.watch_native()\nctypes.string_at(0)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=Path(__file__).parents[1])
    assert done.returncode != 0
    (path,) = crashes.gather_native(NOW)
    (report,) = crashes.reports()
    assert report.path == path
    assert "egmentation fault" in report.what or "access violation" in report.what
    assert "ctypes" in report.text
    assert str(Path(sys.prefix)) not in report.text
    assert crashes.gather_native(NOW) == []


def test_a_process_that_ends_as_it_should_leaves_nothing() -> None:
    crashes.watch_native()
    (file,) = crashes.folder().iterdir()
    assert file.name == f"native-{os.getpid()}.txt"
    # It runs still.
    assert crashes.gather_native(NOW) == []
    assert file.exists()
    crashes.unwatch_native()
    assert list(crashes.folder().iterdir()) == []


def test_starting_the_log_twice_writes_each_line_once(tmp_path: Path) -> None:
    file = log.start(tmp_path)
    assert log.start(tmp_path) == file
    logging.getLogger("sheaf").info("once")
    assert file is not None
    assert file.read_text(encoding="utf-8").count("once") == 1


def test_starts_that_never_stood_are_counted() -> None:
    assert [starts.begun(), starts.begun(), starts.begun()] == [0, 1, 2]
    starts.stands()
    assert starts.begun() == 0
    (log_dir() / "starts.json").write_text("[]", encoding="utf-8")
    assert starts.begun() == 0
