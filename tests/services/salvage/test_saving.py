"""As much as possible of a damaged book is saved, nothing is invented, and what is missing is said."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from db.book_files import open_book
from db.files import DamagedBook
from desktop.errors import UserError
from desktop.services import books
from desktop.services.check import check
from desktop.services.payments import record_payment
from desktop.services.salvage.noticing import look_for_damage
from desktop.services.salvage.saving import Salvaged, free_name_for, salvage
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice

PAGE = 4096
DAY = date(2026, 3, 1)


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book of 60 clients, 180 invoices and 60 payments."""
    with new_book(tmp_path_factory.mktemp("firm")) as book:
        for number in range(60):
            client = add_client(book, f"C{number:03}")
            numbers = [add_invoice(book, client, DAY, (10_000 + number, 19)) for _again in range(3)]
            record_payment(book, amount=5_000, paid_on=DAY, actor=ANNE, today=DAY, numbers=numbers[:1])
        assert check(book).clean
        return book.path


@pytest.fixture
def broken(firm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "books").mkdir()
    path = tmp_path / "books" / "Harbour.sheaf"
    shutil.copyfile(firm, path)
    return path


def ask(path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


def leaves(path: Path, table: str) -> list[int]:
    """The pages that hold the rows of a table."""
    content = path.read_bytes()
    ((root,),) = ask(path, f"SELECT rootpage FROM sqlite_master WHERE name = '{table}'")
    found, waiting = [], [int(str(root))]
    while waiting:
        page = waiting.pop()
        at = (page - 1) * PAGE
        if content[at] == 13:
            found.append(page)
            continue
        cells = int.from_bytes(content[at + 3 : at + 5], "big")
        waiting.append(int.from_bytes(content[at + 8 : at + 12], "big"))
        for cell in range(cells):
            place = at + int.from_bytes(content[at + 12 + 2 * cell : at + 14 + 2 * cell], "big")
            waiting.append(int.from_bytes(content[place : place + 4], "big"))
    return sorted(found)


def spoil(path: Path, *pages: int) -> None:
    with path.open("rb+") as file:
        for page in pages:
            file.seek((page - 1) * PAGE)
            file.write(b"\xde\xad\xbe\xef" * (PAGE // 4))


def state(salvaged: Salvaged, table: str) -> tuple[int, int]:
    found = next((one for one in salvaged.tables if one.table == table), None)
    return (found.lost, found.from_backup) if found else (0, 0)


def test_a_sound_book_is_saved_whole(broken: Path, tmp_path: Path) -> None:
    before = broken.read_bytes()
    saved = salvage(broken, tmp_path / "saved.sheaf")
    assert saved.complete
    assert (saved.tables, saved.left_out, saved.list_from) == ((), None, None)
    assert books.contents(saved.book) == books.contents(broken)
    assert broken.read_bytes() == before


def test_around_a_broken_page_all_is_saved_and_the_rest_is_counted(broken: Path, tmp_path: Path) -> None:
    pages = leaves(broken, "invoice_line")
    spoil(broken, pages[1])
    saved = salvage(broken, tmp_path / "saved.sheaf")
    lost, _lent = state(saved, "invoice_line")
    there = ask(saved.book, "SELECT count(*) FROM invoice_line")[0][0]
    assert lost > 0
    assert there == 180 - lost
    assert not saved.complete
    # Nothing else is touched, and the check tells of the documents without lines.
    assert [one.table for one in saved.tables] == ["invoice_line"]
    assert saved.problems
    with open_book(saved.book):
        pass


def test_a_backup_lends_what_is_gone(broken: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup.sheaf"
    shutil.copyfile(broken, backup)
    with open_book(broken) as book:
        add_invoice(book, 1, DAY, (77_000, 19))
    for table in ("invoice_line", "invoice", "audit_event", "client"):
        spoil(broken, leaves(broken, table)[0])
    saved = salvage(broken, tmp_path / "saved.sheaf", backups=[backup])
    assert saved.problems == ()
    assert saved.backup == backup
    assert saved.from_backup > 0
    assert (saved.lost, saved.dropped) == (0, 0)
    # What was written after the backup came out of the damaged book.
    assert ask(saved.book, "SELECT count(*) FROM invoice")[0][0] == 181
    with open_book(saved.book) as book:
        assert check(book).clean


def test_rows_that_hang_on_lost_ones_are_put_aside(broken: Path, tmp_path: Path) -> None:
    spoil(broken, *leaves(broken, "client"))
    saved = salvage(broken, tmp_path / "saved.sheaf", backups=[])
    assert saved.left_out is not None
    rows = [json.loads(line) for line in saved.left_out.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == saved.dropped
    assert {row["values"]["number"] for row in rows if row["table"] == "invoice"} == {
        number for (number,) in ask(broken, "SELECT number FROM invoice")
    }
    assert ask(saved.book, "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize("lender", ["a backup", "a new book"])
def test_a_book_whose_first_page_is_gone_takes_the_list_of_tables_of_another(
    broken: Path, tmp_path: Path, lender: str
) -> None:
    backup = tmp_path / "backup.sheaf"
    shutil.copyfile(broken, backup)
    with broken.open("rb+") as file:
        file.write(bytes(PAGE))
    with pytest.raises(DamagedBook):
        open_book(broken)
    saved = salvage(broken, tmp_path / "saved.sheaf", backups=[backup] if lender == "a backup" else [])
    assert saved.list_from is not None
    assert saved.problems == ()
    assert saved.lost == 0
    assert books.contents(saved.book).invoices == 180


def test_a_book_cut_off_keeps_its_beginning(broken: Path, tmp_path: Path) -> None:
    whole = broken.stat().st_size
    with broken.open("rb+") as file:
        file.truncate(whole * 7 // 10 // PAGE * PAGE)
    with pytest.raises(DamagedBook):
        open_book(broken)
    saved = salvage(broken, tmp_path / "saved.sheaf", backups=[])
    assert saved.read > 500
    assert not saved.complete
    with open_book(saved.book):
        pass


def test_what_is_no_book_at_all_is_said(tmp_path: Path) -> None:
    path = tmp_path / "noise.sheaf"
    path.write_bytes(random.Random(1).randbytes(40 * PAGE))
    with pytest.raises(UserError, match="Nothing can be saved"):
        salvage(path, tmp_path / "saved.sheaf")
    assert sorted(one.name for one in tmp_path.iterdir() if one.suffix == ".sheaf") == ["noise.sheaf"]
    with pytest.raises(UserError, match="There is no file"):
        salvage(tmp_path / "none.sheaf", tmp_path / "saved.sheaf")
    with pytest.raises(UserError, match="exists already"):
        salvage(path, path)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_spoiled_the_saved_book_is_sound_and_invents_nothing(
    broken: Path, firm: Path, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    content = bytearray(broken.read_bytes())
    for _again in range(chance.randint(1, 6)):
        page = chance.randrange(len(content) // PAGE)
        content[page * PAGE : (page + 1) * PAGE] = chance.choice([bytes(PAGE), chance.randbytes(PAGE)])
    broken.write_bytes(content)
    saved = salvage(broken, tmp_path / "saved.sheaf", backups=[])
    assert ask(saved.book, "PRAGMA integrity_check") == [("ok",)]
    assert ask(saved.book, "PRAGMA foreign_key_check") == []
    for table in ("invoice", "client", "payment", "posting"):
        assert set(ask(saved.book, f"SELECT * FROM {table}")) <= set(ask(firm, f"SELECT * FROM {table}"))
    assert list(tmp_path.glob(".salvage*")) == []


def test_damage_is_noticed_in_an_open_book(broken: Path) -> None:
    with open_book(broken) as book:
        assert look_for_damage(book) is None
    spoil(broken, leaves(broken, "posting")[0])
    with open_book(broken, read_only=True) as book:
        found = look_for_damage(book)
    assert found is not None
    assert found.path == broken
    assert found.detail


def test_a_log_whose_end_was_changed_is_noticed(broken: Path) -> None:
    with closing(sqlite3.connect(broken)) as connection:
        connection.executescript(
            "".join(
                f"DROP TRIGGER {name};"
                for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            )
            + "UPDATE audit_event SET action = 'x' WHERE id = (SELECT max(id) FROM audit_event);"
        )
    with open_book(broken) as book:
        found = look_for_damage(book)
    assert found is not None
    assert "last entry of its log" in found.detail


def test_the_saved_book_gets_a_name_beside_the_damaged_one(broken: Path) -> None:
    first = free_name_for(broken)
    assert first.name == "Harbour saved.sheaf"
    first.touch()
    assert free_name_for(broken).name == "Harbour saved 2.sheaf"
