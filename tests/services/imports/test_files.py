"""Importing: once, the same file a second time, all or nothing, a stop, undo, and what is remembered."""

from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.importing.mapping import Profile, signature
from desktop.importing.options import TableOptions
from desktop.services.changes import changes, undo
from desktop.services.check import check
from desktop.services.imports import (
    forget,
    import_file,
    named_profile,
    preview_import,
    profiles,
    remember,
    summary,
)
from tests.services.imports.conftest import Importer
from tests.services.imports.material import AGREEMENTS, CLIENTS, ITEMS, TIME, TODAY, counted, everything, rows

RATES = "item,client,from,currency,up_to,price,mode\nDEV,ACME,2026-01-01,EUR,,95,flat\n"
CHARGES = "id,client,date,item,description,quantity,unit_price\nX1,ACME,2026-03-01,,Setup,1,250\n"


@pytest.mark.parametrize(
    "kind, text", [("clients", CLIENTS), ("items", ITEMS), ("agreements", AGREEMENTS), ("rates", RATES),
                   ("time", TIME), ("charges", CHARGES)],
)  # fmt: skip
def test_the_same_file_twice_changes_nothing(book: Book, filled: Importer, kind: str, text: str) -> None:
    filled(kind, text)
    before = everything(book)
    again = filled(kind, text)
    count = text.count("\n") - 1
    assert counted(again) == (count, 0, count, 0)
    assert again.batch is None
    assert everything(book) == before


def test_rows_in_another_order_and_layout_are_the_same(book: Book, filled: Importer) -> None:
    filled("time", TIME)
    before = everything(book)
    text = (
        "Note;Stunden;Person;Datum;Vertrag;item;id;rate\n"
        "second;2;Ann;03.03.2026;A-1;DEV;T2;120,00\n"
        "first;1,5;Ann;02.03.2026;A-1;DEV;T1;\n"
    )
    assert counted(filled("time", text)) == (2, 0, 2, 0)
    assert everything(book) == before


def test_good_rows_are_taken_and_bad_ones_told(book: Book, filled: Importer) -> None:
    text = TIME + "T3,A-1,2026-02-30,Ann,DEV,1,,\nT4,A-9,2026-03-04,Ann,DEV,0,,\n"
    result = filled("time", text)
    assert counted(result) == (4, 2, 0, 2)
    assert [(one.row, one.column, one.value) for one in result.rejected] == [
        (4, "date", "2026-02-30"),
        (5, "hours", "0"),
    ]
    assert rows(book, "SELECT external_id FROM time_entry ORDER BY id") == [("T1",), ("T2",)]
    assert summary(result) == "2 rows imported, 0 unchanged, 2 rejected."
    assert rows(book, "SELECT rows, imported, unchanged, rejected FROM import_batch WHERE kind = 'time'") == [
        (4, 2, 0, 2)
    ]


def test_all_or_nothing(book: Book, filled: Importer) -> None:
    before = everything(book)
    result = filled("time", TIME + "T3,A-9,2026-03-05,Ann,DEV,1,,\n", all_or_nothing=True)
    assert counted(result) == (3, 0, 0, 1)
    assert result.batch is None
    assert everything(book) == before
    assert counted(filled("time", TIME, all_or_nothing=True)) == (2, 2, 0, 0)


def test_a_preview_writes_nothing_and_foretells(book: Book, filled: Importer) -> None:
    before = everything(book)
    text = TIME + "T3,A-7,2026-03-05,Ann,DEV,1,,\n"
    shown = preview_import(book, "time", text.encode(), name="time.csv", today=TODAY)
    assert everything(book) == before
    assert shown.result is not None
    assert counted(shown.result) == (3, 2, 0, 1)
    assert shown.file.header[:2] == ("id", "agreement")
    assert counted(filled("time", text)) == (3, 2, 0, 1)
    assert preview_import(book, "time", b"a,b\n1,2\n", today=TODAY).result is None


def test_a_needed_column_that_is_missing(book: Book) -> None:
    with pytest.raises(UserError, match="No column of the file is recognised as hours"):
        import_file(book, "time", b"id,agreement,date\nT1,A-1,2026-01-01\n", actor="Ann", today=TODAY)


@pytest.mark.parametrize("kind", ["moon", "invoices"])
def test_a_kind_that_is_not_there(book: Book, kind: str) -> None:
    with pytest.raises(UserError, match=kind):
        import_file(book, kind, b"a,b\n1,2\n", actor="Ann", today=TODAY)


def test_a_stop_leaves_nothing_half_done(book: Book, filled: Importer) -> None:
    class Stop(BaseException):
        pass

    before = everything(book)
    lines = "".join(f"T{n},A-1,2026-03-02,Ann,DEV,1,,x\n" for n in range(12_000))
    text = ("id,agreement,date,person,item,hours,rate,note\n" + lines).encode()
    heard: list[tuple[int, int, str]] = []

    def report(done: int, total: int, words: str) -> None:
        heard.append((done, total, words))
        if words == "Writing" and done >= 5_000:
            raise Stop

    with pytest.raises(Stop):
        import_file(book, "time", text, actor="Ann", today=TODAY, report=report)
    assert heard[-1] == (5_000, 12_000, "Writing")
    assert everything(book) == before
    assert import_file(book, "time", text, actor="Ann", today=TODAY).imported == 12_000


@pytest.mark.parametrize(
    "kind, text", [("clients", CLIENTS), ("items", ITEMS), ("agreements", AGREEMENTS), ("rates", RATES),
                   ("time", TIME), ("charges", CHARGES)],
)  # fmt: skip
def test_an_import_is_undone_as_one(book: Book, take_in: Importer, kind: str, text: str) -> None:
    tables = ("client", "segment", "item", "rate", "agreement", "agreement_line", "time_entry", "one_off")
    for needed, content in (("clients", CLIENTS), ("items", ITEMS), ("agreements", AGREEMENTS)):
        if needed == kind:
            break
        take_in(needed, content)
    before = {table: rows(book, f"SELECT * FROM {table}") for table in tables}
    result = take_in(kind, text)
    assert result.imported == text.count("\n") - 1
    assert undo(book, "Ann") == f"Import {result.imported} row{'s'[: result.imported - 1]} of {kind} from {kind}.csv"
    assert {table: rows(book, f"SELECT * FROM {table}") for table in tables} == before
    assert take_in(kind, text).imported == result.imported


def test_undo_restores_what_an_import_changed(book: Book, filled: Importer) -> None:
    filled("time", TIME)
    before = rows(book, "SELECT * FROM time_entry")
    changed = TIME.replace("1.5,,first", "4,80,first") + "T3,A-1,2026-03-09,Bob,DEV,1,,\n"
    assert counted(filled("time", changed)) == (3, 2, 1, 0)
    undo(book, "Ann")
    assert rows(book, "SELECT * FROM time_entry") == before


def test_undo_refuses_what_was_changed_since(book: Book, filled: Importer) -> None:
    filled("time", TIME)
    first = changes(book, 1)[0].id
    filled("time", TIME.replace("1.5,,first", "4,,first"))
    with pytest.raises(UserError, match=r"was changed since by “Import 1 row of time from time\.csv”"):
        undo(book, "Ann", first)


def test_columns_are_mapped_once(book: Book, filled: Importer) -> None:
    text = "Wer;Wann;Wieviel;Wofür\nAnn;2.3.2026;1,5;A-1\n"
    header = ("Wer", "Wann", "Wieviel", "Wofür")
    columns: dict[str, tuple[str, ...]] = {
        "person": ("Wer",),
        "date": ("Wann",),
        "hours": ("Wieviel",),
        "agreement": ("Wofür",),
    }
    with pytest.raises(UserError, match="No column"):
        filled("time", text)
    profile = Profile("Zeiten", "time", columns, signature(header), TableOptions(date_order="dmy"))
    assert counted(filled("time", text, profile=profile)) == (1, 1, 0, 0)
    remember(book, profile, actor="Ann")
    again = filled("time", text + "Bob;3.3.2026;2;A-1\n")
    assert counted(again) == (2, 1, 1, 0)
    assert again.profile == "Zeiten"
    assert named_profile(book, "time", "zeiten").columns == columns
    shown = preview_import(book, "time", text.encode(), today=TODAY)
    assert shown.file.mapping.profile == "Zeiten"


def test_profiles_are_replaced_and_forgotten(book: Book) -> None:
    one = Profile("P", "time", {"date": ("Wann",)}, "s1")
    remember(book, one, actor="Ann")
    remember(book, Profile("P", "time", {"date": ("Tag",)}, "s2"), actor="Ann")
    assert [(known.columns, known.signature) for known in profiles(book, "time")] == [({"date": ("Tag",)}, "s2")]
    with pytest.raises(UserError, match="There are: “P”"):
        named_profile(book, "time", "Q")
    forget(book, "time", "p", actor="Ann")
    with pytest.raises(UserError, match="Map the columns once"):
        named_profile(book, "time", "P")


def test_what_was_written_meanwhile_is_judged_again(book: Book, filled: Importer) -> None:
    """Between the judging and the writing somebody imports the same rows."""
    meanwhile: list[int] = []

    def report(done: int, total: int, words: str) -> None:
        if words.startswith("Reading") and done == total and not meanwhile:
            meanwhile.append(1)
            filled("time", TIME)

    result = import_file(book, "time", TIME.encode(), actor="Bob", today=TODAY, report=report, name="time.csv")
    assert meanwhile
    assert counted(result) == (2, 0, 2, 0)
    assert rows(book, "SELECT count(*) FROM time_entry") == [(2,)]


@pytest.mark.parametrize(
    "content, match",
    [
        (b"", "is empty"),
        (b"PK\x03\x04 xl/workbook", "no workbook that can be read"),
        (b"\x00\x01\x02\x03" * 200, "not a text file"),
    ],
)
def test_files_that_are_no_tables(book: Book, content: bytes, match: str) -> None:
    with pytest.raises(UserError, match=match):
        import_file(book, "clients", content, actor="Ann", today=TODAY, name="c.csv")


def test_a_file_by_its_path(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "kunden.csv"
    path.write_bytes("Kundennummer;Firma;Land\nK1;Müller GmbH;Deutschland\n".encode("utf-16"))
    result = import_file(book, "clients", path, actor="Ann", today=TODAY)
    assert (result.name, result.imported) == ("kunden.csv", 1)
    found: list[tuple[Any, ...]] = rows(book, "SELECT code, name, country, currency FROM client")
    assert found == [("K1", "Müller GmbH", "DE", "EUR")]


def test_the_book_proves_itself_after_imports_and_undo(book: Book, filled: Importer) -> None:
    assert check(book).clean
    filled("time", TIME)
    filled("clients", CLIENTS.replace("Kai 1", "Kai 2"))
    filled("agreements", AGREEMENTS.replace("RET,1,450", "RET,2,460"))
    filled("time", TIME.replace("1.5,,first", "3,,first"))
    filled("opening", "number,client,issue_date,gross\nOLD-1,ACME,2025-11-03,100\n")
    assert check(book).problems == ()
    for _change in range(5):
        undo(book, "Ann")
    assert check(book).problems == ()
    assert rows(book, "SELECT count(*) FROM time_entry") == [(0,)]
    assert rows(book, "SELECT street FROM client WHERE code = 'ACME'") == [("Kai 1",)]
