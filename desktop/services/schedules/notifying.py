"""Tells the person who sits at this computer what came of work that nobody watched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_SECONDS: Final = 10
_BUS: Final = "DBUS_SESSION_BUS_ADDRESS"
_SCRIPT: Final = 'on run argv\ndisplay notification (item 1 of argv) with title "Sheaf"\nend run'


def join_session() -> None:
    """Let what is called from outside a session, as by cron, reach the keyring and the messages of this user's."""
    if sys.platform in ("win32", "darwin") or os.environ.get(_BUS):
        return
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    if (folder / "bus").is_socket():
        os.environ[_BUS] = f"unix:path={folder / 'bus'}"
        os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))


def notify(sentence: str) -> bool:
    """Show a message of the desktop, if the system has a way to; whether it was given one."""
    if sys.platform == "darwin":
        argv = ["osascript", "-e", _SCRIPT, sentence]
    elif sys.platform != "win32" and os.environ.get(_BUS) and shutil.which("notify-send"):
        argv = ["notify-send", "--app-name=Sheaf", "--icon=sheaf", "--", "Sheaf", sentence]
    else:
        return False
    with suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(argv, capture_output=True, timeout=_SECONDS, check=False).returncode == 0
    return False
