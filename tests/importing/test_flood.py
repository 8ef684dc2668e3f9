"""A short flood at each importer; `python -m tests.importing.flood` is the long one."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from desktop.services.check import check
from tests.books import new_book
from tests.importing.flood import flood, targets


@pytest.mark.skipif(not hasattr(signal, "alarm"), reason="a hang is ended by an alarm")
def test_no_file_crashes_an_importer_or_hangs_it(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        for name, target in targets(book, tmp_path).items():
            told = flood(target, 60_000, seed=20261122)
            assert told.wrong == [], name
            # Not all of it is noise, and not all of it is whole.
            assert told.taken or name in ("archive", "bank zip", "book"), name
            assert told.refused or name == "returned mail", name
        assert check(book).problems == ()
