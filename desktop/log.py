"""The log: what happened, and the traceback of every bug, in a file that does not grow without end.

Nothing here writes values of variables, so that a password cannot reach the file by way of a traceback.
"""

import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from desktop.crashes import KeepsCrashes
from desktop.paths import log_dir

_BYTES_A_FILE = 1_000_000
_OLD_FILES = 3

_bugs = logging.getLogger("sheaf.bug")


def start(folder: Path | None = None) -> Path | None:
    """Log to a file in the folder (the user's log folder by default) and record whatever nobody caught.

    Gives the file, or None where it cannot be written: a full disk must not keep the window shut.
    """
    try:
        file = (folder or log_dir()) / "sheaf.log"
    except OSError:
        return None
    if _writes_already(file):
        # Two that write one file would rotate it under each other.
        return file
    try:
        handler: logging.Handler = RotatingFileHandler(
            file, maxBytes=_BYTES_A_FILE, backupCount=_OLD_FILES, encoding="utf-8", delay=False
        )
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.addHandler(KeepsCrashes())
    root.setLevel(logging.INFO)
    catch_bugs()
    return file


def _writes_already(file: Path) -> bool:
    handlers = logging.getLogger().handlers
    return any(isinstance(one, RotatingFileHandler) and Path(one.baseFilename) == file.absolute() for one in handlers)


def stop() -> None:
    """Close the file and give the hooks back."""
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, RotatingFileHandler | KeepsCrashes)]:
        root.removeHandler(handler)
        handler.close()
    sys.excepthook = sys.__excepthook__
    threading.excepthook = threading.__excepthook__


def catch_bugs(show: Callable[[BaseException], None] | None = None) -> None:
    """Log what nobody caught, in whatever thread, then hand it to `show`; without one it goes to stderr.

    The window passes what shows its "report" button; it must be safe to call from any thread.
    """

    def bug(error: BaseException) -> None:
        _bugs.critical("%s", type(error).__name__, exc_info=error)
        if show is None:
            sys.__excepthook__(type(error), error, error.__traceback__)
        else:
            show(error)

    def in_main(kind: type[BaseException], error: BaseException, trace: object) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, error.__traceback__)
        else:
            bug(error)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            bug(args.exc_value)

    sys.excepthook = in_main
    threading.excepthook = in_thread
