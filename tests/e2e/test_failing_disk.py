"""A disk that fails under SQLite at any write of a run: it is said, and once mended the run ends as it would have.

`python -m tests.e2e.failed_run BOOK FOLDER 1 1` fails each single write; here every seventieth.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from db.book_files import open_book
from desktop.errors import UserError
from tests.books import new_book
from tests.contracts import Contracts, value
from tests.e2e.killing import driven
from tests.e2e.test_kill_and_resume import fill
from tests.failing_disk import failing_disk, library

pytestmark = pytest.mark.skipif(library() is None, reason="this Python's SQLite cannot be reached from outside")


def test_a_run_on_a_failing_disk_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        fill(Contracts(book))
        source = book.path
    told = driven("tests.e2e.failed_run", source, tmp_path, seed=7, count=70)
    assert told["wrong"] == []
    assert told["writes"] > 1000
    # How many writes a run takes differs by a few.
    assert told["tries"] >= 30
    assert told["failed"] >= told["tries"] - 2
    # Nearly all are said; only what the next opening makes up for by itself passes in silence.
    assert told["said"].pop("", 0) <= 3
    assert any("The disk is full" in sentence for sentence in told["said"])
    assert any("reported an error" in sentence for sentence in told["said"])


def test_a_disk_that_is_full_when_the_book_is_closed_keeps_both_files(tmp_path: Path) -> None:
    with failing_disk() as disk:
        book = new_book(tmp_path)
        Contracts(book).client("C1")
        disk.mend()
        disk.at, disk.for_good = 1, True
        with pytest.raises(UserError, match=r"Everything that was saved is safe.*Harbour\.sheaf-wal beside it"):
            book.close()
        assert (tmp_path / "Harbour.sheaf-wal").exists()
        disk.mend()
    with open_book(tmp_path / "Harbour.sheaf") as again:
        assert value(again, "SELECT code FROM client") == "C1"
