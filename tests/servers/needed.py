"""What a test of a real server needs of the system: without it the test is skipped, and in CI it fails."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
from collections.abc import Callable

import pytest

_FOLDERS = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin", "/usr/local/sbin"))


def need(*commands: str, root: bool = False) -> None:
    """Go on only where these commands exist, and with `root` only as root."""
    lacking = [command for command in commands if command_path(command) is None]
    if lacking:
        _without(f"this system has no {', '.join(lacking)}")
    if root and (sys.platform == "win32" or os.geteuid() != 0):
        _without("this server starts only as root")


def command_path(command: str) -> str | None:
    return shutil.which(command, path=_FOLDERS)


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def until(done: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
    """Wait until something holds; `otherwise` says what was seen instead."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise AssertionError(otherwise())
        time.sleep(0.02)


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


def _without(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
