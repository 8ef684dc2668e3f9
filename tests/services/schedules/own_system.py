"""Runs inside a mount namespace of its own, where /run and the tables of cron are empty: installs for real, lets the
real systemd or cron call the program, and takes everything out again. Prints one JSON object.

python -m tests.services.schedules.own_system (systemd|cron) BOOK
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from db.book_files import open_book
from db.engine import Book
from desktop.errors import UserError
from desktop.services.schedules.installing import Installed, entry, install, installed, renew, uninstall
from desktop.services.schedules.keeping import pause, save_schedule

RUNTIME, HOME = Path("/run/user/0"), Path("/run/home")
TABLES = Path("/var/spool/cron")
SECONDS = 60.0
# What somebody had in the table before: no words of ours, odd letters, a % and a line like our marks. cron takes the
# home from the list of users, where the program would leave its backup; a table may say another.
OTHERS = b'MAILTO=""\nHOME=/run/home\n'
OTHERS += b"# BEGIN something else\n5 4 * * * echo caf\xe9 \\% > /dev/null\n# END something else\n\n"


def run(*argv: str, given: bytes | None = None) -> bytes:
    return subprocess.run(argv, input=given, capture_output=True, check=True).stdout


def until(done: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + SECONDS
    while not (found := done()):
        if time.monotonic() > end:
            raise AssertionError(what)
        time.sleep(0.1)
    return found


def prepare() -> None:
    run("mount", "-t", "tmpfs", "none", "/run")
    for folder in (Path("/run/systemd/system"), RUNTIME, HOME):
        folder.mkdir(parents=True)
    RUNTIME.chmod(0o700)
    run("mount", "-t", "tmpfs", "none", str(TABLES))
    (TABLES / "crontabs").mkdir()
    run("chgrp", "crontab", str(TABLES / "crontabs"))
    (TABLES / "crontabs").chmod(0o1730)
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        os.environ.pop(name, None)
    os.environ |= {"HOME": str(HOME), "XDG_RUNTIME_DIR": str(RUNTIME)}


@contextmanager
def running(*argv: str) -> Iterator[None]:
    with Path("/run/output").open("wb") as output:
        process = subprocess.Popen(argv, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.terminate()
        process.wait(SECONDS)


def state(one: Installed) -> list[Any]:
    return [one.system, one.fits, one.usable]


def results(path: Path) -> list[dict[str, Any]]:
    """Read by a command beside whatever has the book: its lock is taken only by who writes."""
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "schedule", str(path), "results", "--json"], capture_output=True, check=False
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)["results"] if done.returncode == 0 else []
    return [{"due": one["due"], "state": one["state"], "said": one["said"]} for one in found]


def with_book(path: Path, act: Callable[[Any], Any]) -> Any:
    """As soon as the call that was made by the system has closed it."""
    with until(lambda: _opened(path), "the book stays open") as book:
        return act(book)


def _opened(path: Path) -> Book | None:
    try:
        return open_book(path)
    except UserError:
        return None


def systemd(path: Path) -> dict[str, Any]:
    with running("/lib/systemd/systemd", "--user"):
        until(lambda: (RUNTIME / "systemd/private").exists(), "no systemd")
        before = state(with_book(path, installed))
        made = state(with_book(path, install))
        name = with_book(path, entry).name
        following = run("systemctl", "--user", "show", f"{name}.timer", "--property=TimersCalendar").decode().strip()

        # The computer was off when it was due: systemd itself remembers when it called last.
        stamp = HOME / f".local/share/systemd/timers/stamp-{name}.timer"
        run("systemctl", "--user", "stop", f"{name}.timer")
        yesterday = (datetime.now() - timedelta(days=2)).timestamp()
        os.utime(stamp, (yesterday, yesterday))
        run("systemctl", "--user", "start", f"{name}.timer")
        came = until(lambda: results(path), Path("/run/output").read_text(errors="replace"))
        service = run("systemctl", "--user", "show", f"{name}.service", "--property=Result").decode().strip()

        later = {"at": "23:59"}
        with_book(path, lambda book: save_schedule(book, later, actor="x", now=datetime.now(), schedule_id=1))
        stale = state(with_book(path, installed))
        renewed = state(with_book(path, renew))
        removed = state(with_book(path, uninstall))
        left = sorted(one.name for one in (HOME / ".config/systemd/user").rglob("*") if not one.is_dir())
        timers_left = json.loads(run("systemctl", "--user", "list-timers", "--all", "--output=json"))
    return {
        "states": [before, made, stale, renewed, removed],
        "following": following,
        "results": came,
        "service": service,
        "left": left,
        "timers_left": timers_left,
    }


def cron(path: Path) -> dict[str, Any]:
    run("crontab", "-", given=OTHERS)
    before = state(with_book(path, installed))
    made = state(with_book(path, install))
    table = run("crontab", "-l")
    with running("cron", "-f"):
        came = until(lambda: results(path), "cron called nothing")
    later = {"at": "23:59"}
    with_book(path, lambda book: save_schedule(book, later, actor="x", now=datetime.now(), schedule_id=1))
    stale = state(with_book(path, installed))
    renewed = state(with_book(path, renew))
    twice = run("crontab", "-l").count(b"# BEGIN sheaf-")
    # A schedule that goes no more is not called for.
    with_book(path, lambda book: pause(book, 1, on=True, actor="x", now=datetime.now()))
    removed = state(with_book(path, renew))
    after = run("crontab", "-l")
    run("crontab", "-r")
    with_book(path, lambda book: pause(book, 1, on=False, actor="x", now=datetime.now()))
    with_book(path, install)
    with_book(path, uninstall)
    none = subprocess.run(["crontab", "-l"], capture_output=True, check=False)
    return {
        "states": [before, made, stale, renewed, removed],
        "kept": table.startswith(OTHERS),
        "results": came,
        "twice": twice,
        "as_before": after == OTHERS,
        "none": none.returncode,
    }


def main() -> None:
    prepare()
    act = {"systemd": systemd, "cron": cron}[sys.argv[1]]
    print(json.dumps(act(Path(sys.argv[2]))))


if __name__ == "__main__":
    main()
