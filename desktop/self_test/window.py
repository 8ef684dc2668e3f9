"""The window over a book, in a process of its own: where Qt finds no screen it ends its process without a word."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from desktop.i18n import _
from desktop.self_test.steps import Bench, Failed

WINDOW_FLAG = "--window"
_SECONDS = 120
_SIZE = (1200, 760)
_SETTLE_MS = 200


def window_opens(bench: Bench) -> str:
    """Without a screen the window is drawn into memory."""
    frozen = getattr(sys, "frozen", False)
    command = [sys.executable] if frozen else [sys.executable, "-m", "desktop"]
    environment = dict(os.environ)
    if sys.platform == "linux" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    done = subprocess.run(
        [*command, "--self-test", WINDOW_FLAG, str(bench.book)],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=_SECONDS,
    )
    if done.returncode:
        last = (done.stdout + done.stderr).strip().splitlines()[-3:]
        raise Failed(" / ".join(last) or _("it ended with code {code}").format(code=done.returncode))
    return done.stdout.strip()


def show(book_path: Path) -> int:
    """Open the window on a book, look at it, close it; prints what was seen."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtWidgets import QApplication

    from desktop.app import Program
    from desktop.services.books import open_

    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        program = Program(app, Path(folder) / "window.ini")
        program.window.resize(*_SIZE)
        program.window.show()
        program.furnish(open_(book_path))
        loop = QEventLoop()
        QTimer.singleShot(_SETTLE_MS, loop.quit)
        loop.exec()
        while program.jobs.busy:
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
        picture = program.window.grab().toImage()
        title = program.window.windowTitle()
        width, height = picture.width(), picture.height()
        # A window that could not draw is one plain surface.
        shades = {picture.pixel(x, y) for x in range(0, width, 7) for y in range(0, height, 7)}
        program.end()
    if book_path.stem not in title or len(shades) < 8:
        print(_("the window stays empty"))
        return 1
    print(
        _("“{title}” on {platform}, {width} by {height}").format(
            title=title, platform=QGuiApplication.platformName(), width=width, height=height
        )
    )
    return 0
