"""Opens the window, or runs a command. Imports late: a command does not load Qt, the window not the commands."""

import multiprocessing
import os
import sys
from collections.abc import Sequence

from desktop import i18n, log
from desktop.starts import asked_start


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0 done, 1 a problem the user can mend, 2 wrong usage."""
    # In a frozen program a worker process starts here as well, and must go no further.
    multiprocessing.freeze_support()
    arguments = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        # A console that cannot show a sign of a name must not stop a run.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="replace")
    log.start()
    i18n.set_language()
    if arguments[:1] == ["--self-test"]:
        from desktop.self_test import main as test_itself

        return test_itself(arguments[1:])
    start = asked_start(arguments)
    if start is None:
        from desktop.cli import main as run_command

        return run_command(arguments)
    if not _has_screen():
        print(
            i18n._("There is no screen to open the window on. The commands work without one: sheaf --help"),
            file=sys.stderr,
        )
        return 1
    from desktop.app import main as open_window

    return open_window(start)


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


if __name__ == "__main__":
    sys.exit(main())
