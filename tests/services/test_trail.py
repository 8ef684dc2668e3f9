"""From a document's total to where each cent comes from."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services import runs
from desktop.services.credits import credit_invoice
from desktop.services.imports import import_file
from desktop.services.payments import record_payment
from desktop.services.trail import CardRow, currency_of, trail
from tests.books import new_book

DAY = date(2026, 3, 31)
NOW = "2026-03-31T10:00:00Z"
FILES = {
    "clients": "code,name,country,street,postcode,city\nACME,Acme GmbH,DE,Kai 1,20457,Hamburg\n",
    "items": "code,name,unit,price\nDEV,Development,hour,100\nRET,Retainer,month,500\n",
    "rates": "item,client,from,currency,up_to,price,mode\nDEV,ACME,2026-02-01,EUR,,90,\n",
    "agreements": (
        "code,client,billing,item,description,quantity,unit_price,every,start\n"
        "H-1,ACME,recurring,RET,Care,1,200,monthly,2026-03-01\n"
        "H-1,,time,DEV,,,,,\n"
    ),
    "time": (
        "id,agreement,date,person,item,hours,note\nT1,H-1,2026-03-02,Ann,DEV,1.5,first\nT2,H-1,2026-03-03,Bo,DEV,1,\n"
    ),
    "charges": "id,agreement,date,description,quantity,unit_price\nX1,H-1,2026-03-05,Travel,1,33.33\n",
}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path, street="Kai 9", postcode="20457", city="Hamburg", tax_id="DE136695976") as made:
        for kind, text in FILES.items():
            assert import_file(made, kind, text.encode(), actor="Ann", today=DAY).rejected == ()
        run = runs.plan(made, through=DAY, issue_date=DAY, actor="Ann", now=NOW)
        held = [one.id for one in runs.exceptions(made, run.number)]
        if held:
            runs.approve(made, held, "seen", actor="Eva", now=NOW)
        runs.resume(made, run.number, actor="Ann", now=NOW)
        yield made


def test_each_line_leads_to_its_sources(book: Book) -> None:
    found = trail(book, "INV-2026-0001")
    lines = {line.description: line for line in found.lines}
    assert set(lines) == {"Care", "Development", "Travel"}
    care = lines["Care"].sources[0]
    assert (care.kind, care.agreement, care.start, care.end, care.amount) == (
        "recurring",
        "H-1",
        date(2026, 3, 1),
        date(2026, 4, 1),
        20_000,
    )
    hours = lines["Development"]
    assert (hours.net, hours.price_source, hours.item) == (22_500, "client", "DEV")
    assert hours.card == CardRow(1, "ACME", date(2026, 2, 1), None, Decimal(90), "flat")
    assert [(one.detail, one.quantity, one.amount) for one in hours.sources] == [
        ({"entry": "T1", "person": "Ann", "note": "first"}, Decimal("1.5"), 13_500),
        ({"entry": "T2", "person": "Bo"}, Decimal(1), 9_000),
    ]
    travel = lines["Travel"].sources[0]
    assert (travel.kind, travel.detail) == ("one_off", {"charge": "X1", "kind": "charge", "description": "Travel"})
    for line in found.lines:
        assert sum(source.amount for source in line.sources) == line.net
    assert sum(line.net for line in found.lines) == found.head["net"] == 45_833
    assert sum(tax.basis for tax in found.taxes) == found.head["net"]
    assert sum(posting.amount for posting in found.journal) == 0


def test_what_settled_it_and_what_was_freed(book: Book) -> None:
    record_payment(book, amount=10_000, paid_on=DAY, numbers=["INV-2026-0001"], actor="Ann", today=DAY)
    note = credit_invoice(book, "INV-2026-0001", lines=[1], release=True, reason="wrong", actor="Ann", today=DAY)
    found = trail(book, "INV-2026-0001")
    assert [(one.kind, one.amount) for one in found.settled] == [("payment", 10_000), ("credit", note.amount)]
    assert sum(one.open for one in found.due) == found.head["payable"] - 10_000 - note.amount
    freed = {source.reversed_by for line in found.lines for source in line.sources if line.position == 1}
    assert freed == {note.credit_note}
    assert {source.reversed_by for line in found.lines for source in line.sources if line.position > 1} == {""}
    back = trail(book, note.credit_note)
    assert (back.head["kind"], back.head["corrects"], back.head["reason"]) == ("credit_note", "INV-2026-0001", "wrong")


def test_a_number_that_is_none(book: Book) -> None:
    with pytest.raises(UserError, match="There is no document INV-9"):
        trail(book, "INV-9")
    with pytest.raises(UserError, match="There is no document INV-9"):
        currency_of(book, ["INV-9"])
    assert currency_of(book, ["INV-2026-0001"]) == "EUR"
