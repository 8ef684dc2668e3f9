"""A book of 100,000 invoices with 800,000 lines for 5,000 clients, billed by the product, kept for the next time."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection, insert

from db.engine import Book
from db.schema import Agreement, AgreementLine, Allocation, Client, Item, Payment, RuleSetting, TimeEntry
from desktop.services.books import open_
from desktop.services.runs import Scope, bill
from tests.books import new_book

CLIENTS = 5_000
MONTHS = 20
LINES = 8
HOURS = 20_000
FIRST = date(2025, 1, 1)
TODAY = date(2026, 9, 30)
_E6 = 1_000_000
_NAMES = ("Nordlicht", "Castellan", "Kraków", "Harbour", "Elm", "Fjord", "Maison", "Orbit", "Brückner", "Łódź",
          "Sånga", "Ünal", "Pixel", "Quay", "Riverside", "Stella", "Tamar", "Ursa", "Vela", "Wachau")  # fmt: skip
_TRADES = ("Studio", "Energy", "Foods", "Labs", "Trading", "Media", "Papier", "Bau", "Logistik", "Verlag")
_FORMS = ("GmbH", "Ltd", "SARL", "AG", "plc")
_CITIES = ("Hamburg", "Berlin", "München", "Köln", "Leipzig", "Bremen", "Stuttgart")


def large_book() -> Path:
    """The file; made on the first call, which takes some minutes, and again when the schema has changed."""
    root = Path(__file__).resolve().parents[2]
    parts = [root / "db" / "migrations" / "versions" / "0001_first.py", root / "db" / "triggers.py", Path(__file__)]
    key = hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / "sheaf-perf"
    path = folder / f"large-{key}.sheaf"
    if not path.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with tempfile.TemporaryDirectory(dir=folder) as working:
            book = new_book(Path(working))
            _build(book)
            book.close()
            book.path.replace(path)
    return path


def copy_of_large_book(folder: Path) -> Book:
    """A copy that may be written to, open."""
    path = folder / "large.sheaf"
    shutil.copyfile(large_book(), path)
    return open_(path)


def _build(book: Book) -> None:
    begun = time.perf_counter()
    with book.writing() as session:
        _parties(session.connection())
        # What stays unpaid would hold every later invoice of its client.
        for code in ("client_overdue", "partly_paid"):
            session.connection().execute(
                insert(RuleSetting), {"code": code, "scope": "firm", "scope_id": 0, "enabled": False}
            )
    first = FIRST
    for number in range(1, MONTHS + 1):
        following = (first + timedelta(days=32)).replace(day=1)
        month = following - timedelta(days=1)
        done = bill(book, through=month, issue_date=month, scope=Scope(), actor="bench", now=book.now)
        if len(done.invoices) != CLIENTS:
            raise SystemExit(f"{len(done.invoices)} invoices instead of {CLIENTS}: {done.outcomes}")
        print(f"{number * CLIENTS} invoices, {time.perf_counter() - begun:.0f} s", file=sys.stderr)
        first = following
    with book.writing() as session:
        _pay(session.connection(), book.now)
        _work(session.connection())


def _parties(connection: Connection) -> None:
    """An agreement of eight lines for each client."""
    standard = connection.exec_driver_sql("SELECT id FROM tax_code WHERE code = 'standard'").scalar_one()
    service = {"unit": "month", "tax_code_id": standard}
    connection.execute(
        insert(Item), [{"id": k, "code": f"S{k:02d}", "name": f"Managed service {k}", **service} for k in range(1, 13)]
    )
    everyone = range(1, CLIENTS + 1)
    connection.execute(
        insert(Client),
        [
            {
                "id": k,
                "code": f"C{k:05d}",
                "name": f"{_NAMES[k % 20]} {_TRADES[k // 20 % 10]} {k} {_FORMS[k % 5]}",
                "street": f"Speicherstraße {k}",
                "postcode": f"{20000 + k}",
                "city": _CITIES[k % 7],
                "email": f"invoices{k}@example.com",
                "country": "DE",
                "currency": "EUR",
            }
            for k in everyone
        ],
    )
    common = {"title": "Managed services", "billing": "recurring", "currency": "EUR", "anchor": FIRST}
    connection.execute(
        insert(Agreement),
        [
            {"id": k, "code": f"A{k:05d}", "client_id": k, "start_date": FIRST, "po_number": f"PO-{k:05d}", **common}
            for k in everyone
        ],
    )
    connection.execute(
        insert(AgreementLine),
        [
            {
                "agreement_id": k,
                "position": p,
                "kind": "recurring",
                "item_id": (k + p) % 12 + 1,
                "quantity": (1 + (k + p) % 5) * _E6,
                "unit_price": (20 + (k * p) % 180) * _E6,
            }
            for k in everyone
            for p in range(1, LINES + 1)
        ],
    )


def _pay(connection: Connection, now: str) -> None:
    """Nine of ten documents are paid in full, each by a payment of its own."""
    paid = connection.exec_driver_sql(
        """SELECT i.id, i.number, i.client_id, i.due_date, i.currency, i.payable, o.id
        FROM invoice i JOIN open_item o ON o.invoice_id = i.id WHERE i.id % 10 > 0 ORDER BY i.due_date, i.id"""
    ).fetchall()
    made = {"actor": "bench", "created_at": now}
    connection.execute(
        insert(Payment),
        [
            {
                "id": row[0],
                "number": f"P-{place:06d}",
                "client_id": row[2],
                "paid_on": date.fromisoformat(row[3]),
                "reference": row[1],
                "currency": row[4],
                "amount": row[5],
                **made,
            }
            for place, row in enumerate(paid, 1)
        ],
    )
    connection.execute(
        insert(Allocation),
        [
            {
                "kind": "payment",
                "dated": date.fromisoformat(row[3]),
                "open_item_id": row[6],
                "invoice_id": row[0],
                "payment_id": row[0],
                "amount": row[5],
                **made,
            }
            for row in paid
        ],
    )
    connection.exec_driver_sql("UPDATE open_item SET open = 0 WHERE invoice_id % 10 > 0")


def _work(connection: Connection) -> None:
    connection.execute(
        insert(TimeEntry),
        [
            {
                "external_id": f"T{k}",
                "client_id": k % CLIENTS + 1,
                "agreement_id": k % CLIENTS + 1,
                "item_id": k % 12 + 1,
                "work_date": FIRST + timedelta(days=k % 600),
                "person": f"Person {k % 9}",
                "hours": (1 + k % 8) * _E6,
                "rate": 90 * _E6,
                "note": f"Ticket {k}",
            }
            for k in range(1, HOURS + 1)
        ],
    )


if __name__ == "__main__":
    print(large_book())
