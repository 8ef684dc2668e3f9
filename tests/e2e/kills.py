"""The long proof: kills by the hundred in imports, runs, payments, passes, reminders, sending, upgrades, backups.

python -m tests.e2e.kills [EACH], 56 kills of each kind unless told, which are 504 in all. The suite does fewer.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from db.engine import Book
from tests.books import new_book
from tests.contracts import Contracts
from tests.e2e import test_kill_and_resume, test_kill_passes, test_kill_reminding, test_kill_sending
from tests.e2e.killing import ROOT

_BOOKS: dict[str, Callable[[Book], object]] = {
    "killed_run": lambda book: test_kill_and_resume.fill(Contracts(book)),
    "killed_pass": test_kill_passes.fill,
    "killed_reminders": test_kill_reminding.fill,
    "killed_sender": lambda book: test_kill_sending.fill(Contracts(book)),
}


def main() -> int:
    each = int(sys.argv[1]) if len(sys.argv) > 1 else 56
    kills, wrong = 0, 0
    with tempfile.TemporaryDirectory() as name:
        for module, fill in _BOOKS.items():
            folder = Path(name) / module
            folder.mkdir()
            with new_book(folder) as book:
                fill(book)
            # A round of this one kills twice: while booking, and while taking back.
            count = each // 2 if module == "killed_pass" else each
            told = _told(module, str(book.path), str(folder), "500", str(count))
            print(f"{module}: {told['kills']} kills, wrong: {told['wrong'] or 'nothing'}", flush=True)
            kills += int(told["kills"])
            wrong += len(told["wrong"])
        folder = Path(name) / "chores"
        folder.mkdir()
        told = _told("killed_chores", str(folder), "500", str(each))
        print(f"killed_chores: {told['kills']} kills, wrong: {told['wrong'] or 'nothing'}")
    kills += sum(told["kills"].values())
    wrong += len(told["wrong"])
    print(f"{kills} kills, {wrong} wrong")
    return 1 if wrong else 0


def _told(module: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", f"tests.e2e.{module}", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
