"""Fails the disk at writes of a run, one after the other, and goes on with the run once the disk is mended.

python -m tests.e2e.failed_run BOOK FOLDER FROM STEP prints one JSON object; FROM 1 and STEP 1 fail each single write.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from desktop.errors import UserError
from desktop.services.check import check
from desktop.services.runs import issuing_runs, planning
from tests.e2e.killed_run import go, opened
from tests.failing_disk import FULL, SYNC_FAILED, WRITE_FAILED, FailingDisk, failing_disk
from tests.whole_books import told

_ERRORS = (FULL, WRITE_FAILED, SYNC_FAILED)


def _fail(path: Path, disk: FailingDisk, at: int, error: int, *, for_good: bool) -> str:
    """What the user is told of a run on a disk that fails at its write number `at`; empty where nothing was."""
    said = ""
    try:
        book = opened(path)
        try:
            disk.mend()
            disk.at, disk.error, disk.for_good = at, error, for_good
            go(book)
        finally:
            book.close()
    except UserError as refused:
        said = refused.message
    finally:
        disk.mend()
    return said


def main() -> None:
    source, folder, first, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    planning.CHUNK, issuing_runs.CHUNK = 25, 10
    wrong: list[str] = []
    sentences: dict[str, int] = {}
    failed = tries = 0
    with failing_disk() as disk:
        with opened(Path(shutil.copyfile(source, folder / "undisturbed.sheaf"))) as book:
            disk.mend()
            go(book)
            whole = told(book)
        writes = disk.seen
        for at in range(first, writes + 1, step):
            path = Path(shutil.copyfile(source, folder / f"failing-{at}.sheaf"))
            disk.failed = 0
            # In turn: full and broken, for a moment and until somebody mends it.
            said = _fail(path, disk, at, _ERRORS[tries % 3], for_good=tries % 2 == 0).replace(path.name, "BOOK")
            failed += disk.failed > 0
            tries += 1
            sentences[said] = sentences.get(said, 0) + 1
            with opened(path) as book:
                problems = check(book).problems
                go(book)
                if problems or check(book).problems:
                    wrong.append(f"write {at}: {problems} {check(book).problems}")
                after = told(book)
                wrong += [f"write {at}: {table}" for table in whole if after[table] != whole[table]]
            for left in folder.glob(f"failing-{at}.sheaf*"):
                left.unlink()
    print(json.dumps({"writes": writes, "tries": tries, "failed": failed, "said": sentences, "wrong": wrong}))


if __name__ == "__main__":
    main()
