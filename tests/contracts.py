"""Clients, agreements and what waits under them, put into a book of a test in few words; and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from db.engine import Book
from db.schema import Agreement, AgreementLine, Client, Item, OneOff, Pause, PriceChange, TimeEntry
from desktop.services.changes import change
from desktop.services.runs import BillResult, Scope, bill
from tests.billing_facts import day, money

ANNE = "Anne"


def rows(book: Book, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    with book.reading() as session:
        return [tuple(row) for row in session.connection().exec_driver_sql(sql, parameters)]


def value(book: Book, sql: str, *parameters: object) -> Any:
    ((found,),) = rows(book, sql, *parameters)
    return found


@dataclass
class Contracts:
    """Adds to a book; ids come back. Dates as text, prices and quantities as major units in text."""

    book: Book
    items: dict[str, int] = field(default_factory=dict)

    def item(self, code: str = "RET", name: str = "", **changes: Any) -> int:
        if code not in self.items:
            tax = changes.pop("tax", "standard")
            with change(self.book, ANNE, f"Add {code}") as made:
                tax_id = made.connection.exec_driver_sql("SELECT id FROM tax_code WHERE code = ?", (tax,)).scalar_one()
                given = {"name": name or f"Managed service {code}", "unit": "month", "tax_code_id": tax_id} | changes
                self.items[code] = made.insert(Item, code=code, **given)
        return self.items[code]

    def client(self, code: str = "C1", **changes: Any) -> int:
        with change(self.book, ANNE, f"Add {code}") as made:
            given = {"name": f"Client {code}", "country": "DE", "currency": "EUR", "street": "Weg 1", "city": "Bonn"}
            return made.insert(Client, code=code, **given | changes)

    def agreement(
        self,
        client_id: int,
        code: str = "A1",
        *lines: dict[str, Any],
        pauses: Sequence[tuple[str, str | None]] = (),
        **changes: Any,
    ) -> int:
        """Monthly by the calendar in arrears from 1 January 2026, one line of a retainer at 100 unless told."""
        item = self.item()
        for name in ("start_date", "end_date", "trial_until", "charged_through", "anchor", "po_expires"):
            if isinstance(changes.get(name), str):
                changes[name] = day(changes[name])
        start = changes.setdefault("start_date", date(2026, 1, 1))
        given = {"title": f"Services {code}", "billing": "recurring", "currency": "EUR", "anchor": start}
        with change(self.book, ANNE, f"Add {code}") as made:
            agreement_id = made.insert(Agreement, code=code, client_id=client_id, **given | changes)
            for position, line in enumerate(lines or ({},), 1):
                told: dict[str, Any] = {
                    "kind": "recurring",
                    "item_id": item,
                    "quantity": "1",
                    "unit_price": "100",
                } | line
                rises = told.pop("prices", ())
                for name in ("quantity", "unit_price", "discount"):
                    if isinstance(told.get(name), str):
                        told[name] = money(told[name])
                for name in ("start_date", "end_date"):
                    if isinstance(told.get(name), str):
                        told[name] = day(told[name])
                line_id = made.insert(AgreementLine, agreement_id=agreement_id, position=position, **told)
                for since, price in rises:
                    made.insert(PriceChange, agreement_line_id=line_id, valid_from=day(since), unit_price=money(price))
            for first, last in pauses:
                made.insert(
                    Pause, agreement_id=agreement_id, start_date=day(first), end_date=day(last) if last else None
                )
        return agreement_id

    def hours(self, client_id: int, agreement_id: int | None, on: str, hours: str, **changes: Any) -> int:
        given = {"item_id": self.item(), "person": "Anne", "note": "Call with the bank"}
        if isinstance(changes.get("rate"), str):
            changes["rate"] = money(changes["rate"])
        with change(self.book, ANNE, "Add hours") as made:
            return made.insert(
                TimeEntry,
                client_id=client_id,
                agreement_id=agreement_id,
                work_date=day(on),
                hours=money(hours),
                **given | changes,
            )

    def one_off(self, client_id: int, agreement_id: int | None, on: str, price: str | None, **changes: Any) -> int:
        given = {"item_id": self.item(), "quantity": money(1), "currency": "EUR"}
        with change(self.book, ANNE, "Add a charge") as made:
            return made.insert(
                OneOff,
                client_id=client_id,
                agreement_id=agreement_id,
                due_date=day(on),
                unit_price=None if price is None else money(price),
                **given | changes,
            )

    def update(self, model: type[Any], id: int, **values: Any) -> None:
        with change(self.book, "Ben", f"Change {model.__name__}") as made:
            made.update(model, id, **values)

    def bill(self, through: str, issue_date: str = "", scope: Scope | None = None, **more: Any) -> BillResult:
        return bill(
            self.book,
            through=day(through),
            issue_date=day(issue_date or through),
            scope=scope,
            actor=ANNE,
            now=self.book.now,
            **more,
        )
