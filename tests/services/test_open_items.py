"""What is open, item by item: as of any day the rows behind the buckets of aging."""

from datetime import date, timedelta
from pathlib import Path

from desktop.services.aging import aging_at
from desktop.services.disputes import open_dispute
from desktop.services.open_items import OpenItemRow, open_items
from desktop.services.payment_plans import agree_plan
from desktop.services.payments import record_payment
from desktop.services.reports import plain_rows, report
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice

FIRST = date(2026, 1, 10)
TODAY = date(2026, 6, 30)


def test_each_instalment_is_a_row_and_the_rows_are_the_buckets(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        acme, zen = add_client(book, "ACME"), add_client(book, "ZEN", currency="USD")
        parts = add_invoice(book, acme, FIRST, (9_000, 0), terms="3 x monthly from net 10")
        plain = add_invoice(book, acme, FIRST, (5_000, 0), terms="net 30")
        add_invoice(book, zen, FIRST, (7_000, 0), currency="USD", terms="1/2 now, 1/2 net 60")
        record_payment(book, amount=4_000, paid_on=date(2026, 2, 1), actor=ANNE, today=TODAY, numbers=[parts])
        agree_plan(
            book,
            [plain],
            [(date(2026, 4, 1), 2_000), (date(2026, 5, 1), 3_000)],
            on=date(2026, 3, 1),
            reason="asked",
            actor=ANNE,
            today=TODAY,
        )
        open_dispute(book, parts, reason="hours", on=date(2026, 3, 5), actor=ANNE, today=TODAY)
        for days in range(0, 171, 3):
            day = FIRST + timedelta(days=days)
            found: dict[tuple[int, str], list[int]] = {}
            for row in open_items(book, day):
                found.setdefault((row.client_id, row.currency), [0] * 5)[row.bucket] += row.open
            aged = {
                (row.client_id, row.currency): [row.current, row.d1_30, row.d31_60, row.d61_90, row.over_90]
                for row in aging_at(book, day)
            }
            assert found == aged, day
        rows = open_items(book, date(2026, 4, 10), client_id=acme)
        assert [(row.name, row.days, row.open, row.plan, row.disputed) for row in rows] == [
            (f"{parts}/2", 49, 2_000, False, True),
            (f"{parts}/3", 21, 3_000, False, True),
            (f"{plain}/2", 9, 2_000, True, False),
            (f"{plain}/3", -21, 3_000, True, False),
        ]
        assert isinstance(rows[0], OpenItemRow)
        made = report(book, "open", as_of=date(2026, 4, 10), client_code="ACME")
        assert plain_rows(made, beside=False)[2] == {
            "client": "ACME",
            "name": f"{plain}/2",
            "issue_date": "2026-01-10",
            "due_date": "2026-04-01",
            "days": "9",
            "currency": "EUR",
            "open": "20.00",
            "plan": "yes",
            "disputed": "",
        }
        assert [row["open"] for row in made.sums] == [10_000]
