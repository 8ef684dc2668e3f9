"""A graduated card through a whole run: charged once, the book stays clean, and the next month goes on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from db.schema import Rate
from desktop.services.changes import change
from desktop.services.check import check
from tests.billing_facts import money
from tests.books import new_book
from tests.contracts import Contracts, rows


def test_tiers_are_charged_once_a_month(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        contracts = Contracts(book)
        item = contracts.item("SEAT")
        with change(book, "test", "Card") as made:
            for up_to, price in ((money(10), money(10)), (None, money(8))):
                made.insert(
                    Rate,
                    item_id=item,
                    currency="EUR",
                    valid_from=date(2026, 1, 1),
                    up_to=up_to,
                    price=price,
                    mode="graduated",
                )
        client = contracts.client()
        contracts.agreement(client, "A1", {"item_id": item, "quantity": money(25), "unit_price": None})
        assert contracts.bill("2026-01-31").outcomes["issued"] == 1
        assert contracts.bill("2026-01-31").outcomes["skipped"] == 1
        assert contracts.bill("2026-02-28").outcomes["issued"] == 1
        nets = rows(book, "SELECT net FROM invoice_line ORDER BY id")
        assert [net for (net,) in nets] == [10_000, 12_000] * 2
        assert check(book).clean
