"""Files that name a client or an item by a code that was merged since."""

from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Rate
from desktop.services import runs
from desktop.services.changes import change
from desktop.services.exports import export_file
from desktop.services.merging import merge_clients, merge_items
from tests.services.imports.conftest import Importer
from tests.services.imports.material import CLIENTS, ITEMS, TIME, TODAY, counted, rows

ACTOR = "Ann"
HEAD = "agreement,date,person,item,hours,rate,note\n"
LINE = "A-1,2026-03-02,Ann,DEV,1.5,,first\n"
CHARGES = "id,client,date,item,description,quantity,unit_price\nX1,ACME,2026-03-05,DEV,Extra,1,40\n"


@pytest.fixture
def merged(book: Book, filled: Importer) -> Importer:
    """ACME is ZEN now, Development is Programming (PRO); what ACME had is billed."""
    filled("items", "code,name,unit,price,tax_code\nPRO,Programming,hour,100,standard\n")
    filled("time", TIME)
    filled("time", HEAD + LINE.replace("first", "without id"))
    filled("opening", "number,client,issue_date,gross,open\nOLD-1,ACME,2025-11-03,100,100\n")
    run = runs.plan(book, through=TODAY, issue_date=TODAY, actor=ACTOR, now="2026-03-31T10:00:00Z")
    held = [one.id for one in runs.exceptions(book, run.number)]
    runs.approve(book, held, "tested", actor=ACTOR, now="2026-03-31T10:00:00Z")
    runs.resume(book, run.number, actor=ACTOR, now="2026-03-31T10:00:00Z")
    assert rows(book, "SELECT count(*) FROM time_entry WHERE invoice_id IS NOT NULL") == [(3,)]
    merge_clients(book, 2, 1, actor=ACTOR)
    merge_items(book, 3, 1, actor=ACTOR)
    return filled


def test_either_code_or_name_is_the_one(book: Book, merged: Importer) -> None:
    assert counted(merged("charges", CHARGES)) == (1, 1, 0, 0)
    assert counted(merged("charges", CHARGES.replace("ACME", "Acme Ltd").replace("X1", "X2"))) == (1, 1, 0, 0)
    assert rows(book, "SELECT DISTINCT client_id, item_id FROM one_off") == [(2, 3)]


def test_what_is_billed_under_the_old_ones_is_known_again(book: Book, merged: Importer) -> None:
    more = "id,agreement,client,date,person,item,hours,rate,note\n"
    again = more + "T1,A-1,ACME,2026-03-02,Ann,DEV,1.5,,first\nT2,A-1,ZEN,2026-03-03,Ann,PRO,2,120,second\n"
    assert counted(merged("time", again)) == (2, 0, 2, 0)
    line = "A-1,2026-03-02,Ann,PRO,1.5,,without id,ZEN\n"
    assert counted(merged("time", HEAD.replace("note", "note,client") + line)) == (1, 0, 1, 0)
    opening = "number,client,issue_date,gross,open\nOLD-1,{},2025-11-03,100,100\n"
    assert counted(merged("opening", opening.format("ACME"))) == (1, 0, 1, 0)
    assert counted(merged("opening", opening.format("ZEN"))) == (1, 0, 1, 0)


def test_the_old_one_is_not_changed_behind_ones_back(book: Book, merged: Importer) -> None:
    assert counted(merged("clients", CLIENTS)) == (2, 0, 2, 0)
    (wrong,) = merged("clients", CLIENTS.replace("Hamburg", "Kiel")).rejected
    assert (wrong.column, wrong.value, wrong.problem) == ("code", "ACME", "ACME was merged into ZEN.")
    (wrong,) = merged("items", ITEMS.replace("hour,100", "hour,110")).rejected
    assert (wrong.column, wrong.problem) == ("code", "DEV was merged into PRO.")


def test_the_name_of_the_old_one_is_free(book: Book, merged: Importer) -> None:
    assert counted(merged("items", "code,name,unit,price\nDEV2,Development,hour,130\n")) == (1, 1, 0, 0)


@pytest.mark.parametrize("kind", ["clients", "items", "rates", "agreements", "time", "charges", "opening"])
def test_an_export_comes_in_again_without_a_word(book: Book, merged: Importer, tmp_path: Path, kind: str) -> None:
    merged("rates", "item,from,currency,price\nPRO,2026-01-01,EUR,90\n")
    with change(book, ACTOR, "A card that gave way") as made:
        made.insert(Rate, item_id=1, currency="EUR", valid_from=date(2026, 1, 1), price=80_000_000)
    merged("charges", CHARGES)
    export_file(book, kind, tmp_path / "out.csv")
    again = merged(kind, (tmp_path / "out.csv").read_bytes())
    assert again.rejected == ()
    assert (again.imported, again.unchanged) == (0, again.rows)
    assert again.rows > 0
