"""How long planning and checking of metered use takes: a million rows and 200,000 hours against one statement that sums
them and the raw insert of as many invoices."""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert

from db.engine import Book
from db.schema import Agreement, AgreementLine, Client, Item, Rate
from desktop.services.runs import Scope, explain, plan
from tests.books import new_book
from tests.perf.raw_insert import raw_insert

AGREEMENTS = 10_000
METERS = 3
USAGE = 1_000_000
HOURS = 200_000
FIRST = date(2026, 1, 1)
THROUGH = date(2026, 1, 31)
SUM_TIMES, INSERT_TIMES = 3, 15
_ITEMS = 12


def fill(book: Book, agreements: int, usage: int, hours: int) -> None:
    """Agreements with three meters (an agreed price, tiers by volume, graduated ones) and hours: a month of records."""
    with book.writing() as session:
        connection = session.connection()
        standard = connection.exec_driver_sql("SELECT id FROM tax_code WHERE code = 'standard'").scalar_one()
        connection.execute(
            insert(Item),
            [
                {"id": k, "code": f"M{k:02d}", "name": f"Metered service {k}", "unit": "unit", "tax_code_id": standard}
                for k in range(1, _ITEMS + 1)
            ]
            + [{"id": 99, "code": "HOUR", "name": "Support hour", "unit": "hour", "tax_code_id": standard}],
        )
        tiers = [(1_000, 50), (5_000, 40), (None, 30)]
        connection.execute(
            insert(Rate),
            [
                {
                    "item_id": k,
                    "currency": "EUR",
                    "valid_from": FIRST,
                    "up_to": up_to * 1_000_000 if up_to else None,
                    "price": price * 1_000,
                    "mode": "graduated" if k % 2 else "volume",
                }
                for k in range(1, _ITEMS + 1)
                for up_to, price in tiers
            ],
        )
        clients = max(agreements // 4, 1)
        address = {"postcode": "20457", "city": "Hamburg", "country": "DE", "currency": "EUR"}
        connection.execute(
            insert(Client),
            [
                {"id": k, "code": f"C{k:05d}", "name": f"Client {k} GmbH", "street": f"Speicherstraße {k}", **address}
                for k in range(1, clients + 1)
            ],
        )
        common = {"title": "Metered services", "billing": "usage", "currency": "EUR", "anchor": FIRST}
        connection.execute(
            insert(Agreement),
            [
                {"id": k, "code": f"A{k:05d}", "client_id": (k - 1) % clients + 1, "start_date": FIRST, **common}
                for k in range(1, agreements + 1)
            ],
        )
        lines: list[dict[str, object]] = [
            {
                "agreement_id": k,
                "position": p,
                "kind": "usage",
                "item_id": _meter(k, p),
                "quantity": 1_000_000,
                "unit_price": 20_000 if p == 1 else None,
                "included": 100_000_000 if p == 2 else 0,
            }
            for k in range(1, agreements + 1)
            for p in range(1, METERS + 1)
        ]
        hour: list[dict[str, object]] = [
            {
                "agreement_id": k,
                "position": METERS + 1,
                "kind": "time",
                "item_id": 99,
                "quantity": 1_000_000,
                "unit_price": 90_000_000,
                "included": 0,
            }
            for k in range(1, agreements + 1)
        ]
        connection.execute(insert(AgreementLine), lines + hour)
        chance = random.Random(5)
        days = [(FIRST + timedelta(days=k)).isoformat() for k in range(32)]
        connection.exec_driver_sql(
            """INSERT INTO usage (agreement_id, item_id, start_date, end_date, days, quantity, note, digest)
            VALUES (?, ?, ?, ?, 1, ?, '', '')""",
            [_use(k, agreements, days, chance) for k in range(usage)],
        )
        connection.exec_driver_sql(
            """INSERT INTO time_entry
            (client_id, agreement_id, item_id, work_date, person, hours, note, billable, digest)
            VALUES (?, ?, 99, ?, ?, ?, 'Support', 1, '')""",
            [
                (k % agreements % clients + 1, k % agreements + 1, days[chance.randrange(31)], f"P{k % 7}", 1_500_000)
                for k in range(hours)
            ],
        )


def _meter(agreement: int, position: int) -> int:
    return (agreement * METERS + position) % _ITEMS + 1


def _use(k: int, agreements: int, days: list[str], chance: random.Random) -> tuple[object, ...]:
    """Rows in no order of their agreements, as they come from meters; their quantities hardly ever the same."""
    agreement, day = k % agreements + 1, chance.randrange(31)
    quantity = chance.randrange(1, 200_000_000)
    return agreement, _meter(agreement, k // agreements % METERS + 1), days[day], days[day + 1], quantity


def once(agreements: int, usage: int, hours: int) -> dict[str, float]:
    """One plan over a fresh book, in seconds, with the growth of the process's peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        book = new_book(Path(folder))
        fill(book, agreements, usage, hours)
        summed = statistics.median(_sum(book.path) for _ in range(3))
        started = time.perf_counter()
        run = plan(book, through=THROUGH, issue_date=THROUGH, scope=Scope(), actor="bench", now=book.now)
        took = time.perf_counter() - started
        outcomes = [one.reason for one in explain(book, run.number) if one.outcome == "skipped"]
        book.close()
    if outcomes:
        raise SystemExit(f"{len(outcomes)} agreements were skipped: {outcomes[0]}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"plan": took, "sum": summed, "insert": raw_insert(agreements), "peak_mb": peak}


def _sum(path: Path) -> float:
    """The one statement that sums what planning bills, over the same indexes."""
    with sqlite3.connect(path) as connection:
        started = time.perf_counter()
        connection.execute(
            """SELECT agreement_id, item_id, sum(quantity), count(*) FROM usage WHERE invoice_id IS NULL
            AND end_date <= '2026-02-01' GROUP BY agreement_id, item_id
            UNION ALL SELECT agreement_id, item_id, sum(hours), count(*) FROM time_entry WHERE invoice_id IS NULL
            AND work_date <= '2026-01-31' GROUP BY agreement_id, item_id"""
        ).fetchall()
        return time.perf_counter() - started


def isolated(agreements: int, usage: int, hours: int) -> dict[str, float]:
    """`once` in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.perf.metered", "--once", str(agreements), str(usage), str(hours)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def measure(repeats: int = 3) -> dict[str, float]:
    """Medians, and the ratio to what the project promises."""
    found = [isolated(AGREEMENTS, USAGE, HOURS) for _ in range(repeats)]
    took, summed, inserted = (statistics.median(one[name] for one in found) for name in ("plan", "sum", "insert"))
    floor = SUM_TIMES * summed + INSERT_TIMES * inserted
    return {
        "sum_s": summed,
        "insert_s": inserted,
        "floor_s": floor,
        "plan_and_check_s": took,
        "plan_over_floor": took / floor,
        "peak_mb": max(one["peak_mb"] for one in found),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", type=int, nargs=3, metavar=("AGREEMENTS", "USAGE", "HOURS"))
    chosen = parser.parse_args()
    figures = once(*chosen.once) if chosen.once else measure()
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
