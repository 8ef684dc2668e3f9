import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.books import new_book

SECONDS = 120


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_a_window_that_is_terminated_closes_its_book_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        path = book.path
    home, meeting = tmp_path / "home", tmp_path / "meeting"
    home.mkdir()
    meeting.mkdir(mode=0o700)
    places = {"HOME": str(home), "XDG_RUNTIME_DIR": str(meeting), "TMPDIR": str(meeting)}
    xdg = {f"XDG_{name}_HOME": str(home / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    window = subprocess.Popen(
        [sys.executable, "-m", "desktop", str(path)],
        env={**os.environ, **places, **xdg, "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        until = time.monotonic() + SECONDS
        while not list(meeting.glob("sheaf-*/commands")):
            assert window.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        window.send_signal(signal.SIGTERM)
        assert window.wait(SECONDS) == 0
    finally:
        window.kill()
        window.wait()
    assert list(meeting.glob("sheaf*")) == []
    assert sorted(one.name for one in tmp_path.glob("*.sheaf*")) == [path.name]
