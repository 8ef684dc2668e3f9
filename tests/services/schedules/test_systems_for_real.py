"""systemd and cron themselves call the program for a book whose path has every awkward sign, and forget it again.

They run in a mount namespace of their own, so that nothing of this computer's is read or written.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from desktop.services.schedules.keeping import save_schedule
from tests.books import new_book
from tests.contracts import ANNE, Contracts
from tests.servers.needed import need

ROOT = Path(__file__).parents[3]
NAME = '50 % Bücher & Söhne "off" $HOME it\'s \\%d `x` #1.sheaf'

APART = ("unshare", "--mount", "--propagation", "private")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A book with an agreement to bill, that was due yesterday."""
    folder = tmp_path / "a b"
    folder.mkdir()
    yesterday = datetime.now() - timedelta(days=1)
    with new_book(folder, file=NAME) as book:
        made = Contracts(book)
        made.agreement(made.client(), start_date=(date.today() - timedelta(days=70)).replace(day=1))
        values = {"name": "Daily", "task": "bill", "every": "day", "at": "00:00"}
        save_schedule(book, values, actor=ANNE, now=yesterday)
        return book.path


def of_its_own(system: str, path: Path) -> dict[str, Any]:
    # No package mends this: a container may be forbidden to part from its host's mounts, even for root.
    if subprocess.run([*APART, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system lets nobody have mounts of their own")
    done = subprocess.run(
        [*APART, sys.executable, "-m", "tests.services.schedules.own_system", system, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def check_results(found: dict[str, Any]) -> None:
    (one,) = found["results"]
    assert one["due"] == f"{date.today().isoformat()}T00:00"
    assert one["state"] == "done"
    assert one["said"].startswith("Run R-")
    assert "issued 1 invoice over" in one["said"]


@pytest.mark.skipif(sys.platform != "linux", reason="systemd is a part of Linux")
def test_systemd_calls_what_was_due_while_the_computer_was_off(path: Path) -> None:
    need("unshare", "systemctl", "crontab", root=True)
    found = of_its_own("systemd", path)
    assert found["states"] == [
        ["", False, "systemd"],
        ["systemd", True, "systemd"],
        ["systemd", False, "systemd"],
        ["systemd", True, "systemd"],
        ["", False, "systemd"],
    ]
    check_results(found)
    tomorrow = date.today() + timedelta(days=1)
    assert f"OnCalendar=*-*-* 00:00:00 ; next_elapse={tomorrow:%a} {tomorrow} 00:00:00" in found["following"]
    assert found["service"] == "Result=success"
    assert (found["left"], found["timers_left"]) == ([], [])


@pytest.mark.skipif(sys.platform != "linux", reason="the cron of Linux")
def test_cron_calls_what_was_due_and_keeps_what_others_wrote(path: Path) -> None:
    need("unshare", "cron", "crontab", root=True)
    found = of_its_own("cron", path)
    assert found["states"] == [
        ["", False, "cron"],
        ["cron", True, "cron"],
        ["cron", False, "cron"],
        ["cron", True, "cron"],
        ["", True, "cron"],
    ]
    check_results(found)
    assert found["kept"]
    assert found["as_before"]
    assert found["twice"] == 1
    assert found["none"] == 1
