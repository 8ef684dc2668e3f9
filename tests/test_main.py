"""Which way a start takes: the window, a command, or a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.starts import Start, asked_start


@pytest.mark.parametrize(
    "arguments, window",
    [
        ([], True),
        (["firm.sheaf"], True),
        (["bill"], False),
        (["--help"], False),
        (["check", "firm.sheaf"], False),
        (["--safe"], True),
        (["--safe", "firm.sheaf"], True),
        (["--read-only", "firm.sheaf"], True),
        (["--read-only"], False),
        (["--safe", "check", "firm.sheaf"], False),
        (["--restore", "backup.sheaf", "firm.sheaf"], True),
    ],
)
def test_a_book_alone_opens_the_window(arguments: list[str], window: bool) -> None:
    start = asked_start(arguments)
    assert (start is not None) is window
    assert start is None or start.arguments() == arguments


def test_any_file_alone_is_meant_for_the_window(tmp_path: Path) -> None:
    (tmp_path / "book").write_text("")
    assert asked_start([str(tmp_path / "book")]) == Start(tmp_path / "book")


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="these always have a screen")
def test_without_a_screen_it_says_so(tmp_path: Path) -> None:
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    bare = {name: value for name, value in os.environ.items() if name not in screens}
    done = subprocess.run(
        [sys.executable, "-m", "desktop", str(tmp_path / "firm.sheaf")], env=bare, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == "There is no screen to open the window on. The commands work without one: sheaf --help\n"


def test_starting_loads_neither_window_nor_book() -> None:
    heavy = "PySide6", "sqlalchemy", "reportlab"
    script = f"import sys, desktop.__main__; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
