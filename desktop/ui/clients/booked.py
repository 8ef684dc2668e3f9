"""The way from a booking of an account to its document or payment."""

from __future__ import annotations

from desktop.services.lists.invoices import InvoiceList
from desktop.services.lists.payments import PaymentList
from desktop.ui.desk import Desk

DOCUMENTS = ("invoice", "deposit", "final", "credit_note", "opening")


def find_booked(desk: Desk, kind: str, number: str) -> None:
    """Look the number up and go there; nothing happens where it has no row of its own."""
    book, today = desk.book, desk.today()
    place = "invoices" if kind in DOCUMENTS else "payments"

    def work() -> tuple[str, int | None]:
        listing = InvoiceList(book, today) if place == "invoices" else PaymentList(book)
        rows = listing.rows(listing.ids(number, frozenset(), "", False))
        return place, next((one for one, row in rows.items() if row["number"] == number), None)

    def go(found: object) -> None:
        assert isinstance(found, tuple)
        if found[1] is not None:
            desk.shell.go(*found)

    desk.shell.jobs.ask(work, go)
