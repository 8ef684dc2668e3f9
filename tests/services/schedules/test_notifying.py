"""Messages of the desktop from a call that has no session of its own."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from desktop.services.schedules.notifying import join_session, notify

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the session bus of Linux")


@pytest.fixture(autouse=True)
def _no_session(monkeypatch: pytest.MonkeyPatch) -> None:
    # Set before, so that what is set in a test is taken back.
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")


def test_a_call_by_cron_joins_the_session_that_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("r")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    join_session()
    assert "DBUS_SESSION_BUS_ADDRESS" not in os.environ
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind("bus")
        join_session()
        assert os.environ["DBUS_SESSION_BUS_ADDRESS"] == f"unix:path={folder / 'bus'}"


def test_a_session_that_is_known_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/elsewhere")
    join_session()
    assert os.environ["DBUS_SESSION_BUS_ADDRESS"] == "unix:path=/elsewhere"


def test_without_a_session_nobody_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = tmp_path / "told"
    program = tmp_path / "notify-send"
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{told}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert not notify("--words")
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/elsewhere")
    assert notify("--words")
    # A sentence that begins like an option is none.
    assert told.read_text().splitlines()[-3:] == ["--", "Sheaf", "--words"]
    program.write_text("#!/bin/sh\nexit 1\n")
    assert not notify("words")
