"""How long a run takes: plan, check and issue of N agreements of 8 lines against raw inserts of the same invoices."""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from sqlalchemy import insert

from db.engine import Book
from db.schema import Agreement, AgreementLine, Client, Item
from desktop.services.books import open_
from desktop.services.encryption.recovery import new_key
from desktop.services.encryption.switching import encrypt
from desktop.services.runs import Scope, bill
from tests.books import new_book
from tests.perf.floors import load

LINES = 8
LARGE_REPEATS = 3
FIRST = date(2026, 1, 1)
THROUGH = date(2026, 1, 31)


def fill(book: Book, agreements: int) -> None:
    """Clients with four agreements each and eight priced lines an agreement."""
    with book.writing() as session:
        connection = session.connection()
        standard = connection.exec_driver_sql("SELECT id FROM tax_code WHERE code = 'standard'").scalar_one()
        reduced = connection.exec_driver_sql("SELECT id FROM tax_code WHERE code = 'reduced'").scalar_one()
        connection.execute(
            insert(Item),
            [
                {
                    "id": k,
                    "code": f"S{k:02d}",
                    "name": f"Managed service {k}",
                    "unit": "month",
                    "tax_code_id": reduced if k % 4 == 0 else standard,
                }
                for k in range(1, 13)
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
        common = {"title": "Managed services", "billing": "recurring", "currency": "EUR", "anchor": FIRST}
        connection.execute(
            insert(Agreement),
            [
                {"id": k, "code": f"A{k:05d}", "client_id": (k - 1) % clients + 1, "start_date": FIRST, **common}
                for k in range(1, agreements + 1)
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
                    "quantity": (1 + (k + p) % 5) * 1_000_000,
                    "unit_price": (20 + (k * p) % 180) * 1_000_000,
                }
                for k in range(1, agreements + 1)
                for p in range(1, LINES + 1)
            ],
        )


def once(agreements: int, *, encrypted: bool = False) -> dict[str, float]:
    """One run over a fresh book, in seconds, with the process's peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        book = new_book(Path(folder))
        fill(book, agreements)
        if encrypted:
            book.close()
            encrypt(book.path, new_key())
            book = open_(book.path)
        started = time.perf_counter()
        result = bill(book, through=THROUGH, issue_date=THROUGH, scope=Scope(), actor="bench", now=book.now)
        took = time.perf_counter() - started
        book.close()
    if len(result.invoices) != agreements:
        raise SystemExit(f"{len(result.invoices)} invoices instead of {agreements}: {result.outcomes}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "run": took,
        "plan": result.seconds.plan,
        "check": result.seconds.check,
        "issue": result.seconds.issue,
        "peak_mb": peak,
    }


def isolated(agreements: int) -> dict[str, float]:
    """`once` in a process of its own, so that its memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.perf.run", "--once", str(agreements)], capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def measure(repeats: int = 5) -> dict[str, float]:
    """Medians, and the ratios that the project promises."""
    floors = load()
    small, floor = [], []
    for _ in range(repeats):
        floor.append(floors.sqlite_floor(2000))
        small.append(isolated(2000))
    large = [isolated(20000) for _ in range(LARGE_REPEATS)]
    large_run = statistics.median(one["run"] for one in large)
    run = statistics.median(one["run"] for one in small)
    raw = statistics.median(floor)
    return {
        "sqlite_floor_s": raw,
        "run_2000_s": run,
        "run_2000_over_floor": run / raw,
        "plan_s": statistics.median(one["plan"] for one in small),
        "check_s": statistics.median(one["check"] for one in small),
        "issue_s": statistics.median(one["issue"] for one in small),
        "run_20000_s": large_run,
        "run_20000_over_2000": large_run / run,
        "peak_20000_mb": max(one["peak_mb"] for one in large),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--once", type=int)
    parser.add_argument("--encrypted", action="store_true", help="with --once: the run of an encrypted book")
    chosen = parser.parse_args()
    figures = once(chosen.once, encrypted=chosen.encrypted) if chosen.once else measure()
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
