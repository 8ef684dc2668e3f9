"""How long 2,000 invoices of 8 lines take as PDF files on two processes, against hand-written PDFs on two processes.

Run it from the root of the project: `.venv/bin/python -m tests.perf.pdf`. The start of the processes is counted. The
floor encodes its fonts before its clock starts; `cold_s` counts that too, in a program that has rendered nothing yet.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import psutil  # type: ignore[import-untyped]

from desktop.documents.batch import RenderPool, render_batch
from desktop.documents.render import render_pdf
from desktop.domain.document import Document, DocumentLine, DocumentTax, Party, TemplateVersion
from tests.documents.papers import BANK, SELLER
from tests.perf.floors import load

DOCUMENTS = 2000
PROCESSES = 2
REPEATS = 5


def documents(floors: ModuleType, count: int) -> list[tuple[Document, TemplateVersion]]:
    """The floors' own invoices, clients and logo."""
    template = TemplateVersion(1, "Standard", 1, logo=Path(floors.LOGO).read_bytes())
    buyers = {
        client["id"]: Party(
            client["name"],
            street=client["street"],
            postcode=client["zip"],
            city=client["city"],
            country="GB",
            tax_id=client["vat"],
            code=client["code"],
        )
        for client in floors.customers()
    }
    found = []
    for invoice in floors.invoices(count):
        lines = tuple(
            DocumentLine(
                position=position,
                description=words,
                quantity=Decimal(thousandths) / 1000,
                unit="hour",
                unit_price=Decimal(cents) / 100,
                net=net,
                category="S",
                rate=Decimal(rate) / 100,
            )
            for position, (words, thousandths, cents, rate, net) in enumerate(invoice["lines"], 1)
        )
        taxes = [DocumentTax("S", Decimal(rate) / 100, *sums) for rate, sums in sorted(invoice["tax"].items())]
        paper = Document(
            kind="invoice",
            number=invoice["number"],
            issue_date=date.fromisoformat(invoice["date"]),
            due_date=date.fromisoformat(invoice["due"]),
            currency="EUR",
            language="en",
            seller=SELLER,
            buyer=buyers[invoice["customer_id"]],
            lines=lines,
            taxes=tuple(taxes),
            net=invoice["net"],
            tax=invoice["tax_total"],
            gross=invoice["gross"],
            payable=invoice["gross"],
            po_number=invoice["po"],
            bank=BANK,
            terms="within the stated terms",
            late_clause="Late payments bear interest at the statutory rate.",
        )
        found.append((paper, template))
    return found


def timed(jobs: list[tuple[Document, TemplateVersion]], pool: RenderPool | None = None) -> float:
    """Seconds for all files, in a folder of their own; files made anew over old ones would measure the file system."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        written = list(render_batch(jobs, Path(folder) / "pdf", processes=PROCESSES, pool=pool))
        took = time.perf_counter() - started
    if len(written) != len(jobs):
        raise SystemExit(f"{len(written)} files instead of {len(jobs)}")
    return took


def cold(count: int) -> float:
    """The same in a program that has rendered nothing before."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.perf.pdf", "--cold", str(count)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def memory(jobs: list[tuple[Document, TemplateVersion]], rounds: int) -> list[float]:
    """Megabytes of the largest process after each round on one pool."""
    found = []
    with RenderPool(PROCESSES) as pool:
        for _ in range(rounds):
            timed(jobs, pool)
            found.append(max(psutil.Process(number).memory_info().rss for number in pool.process_ids()) / 2**20)
    return found


def measure(floors: ModuleType, repeats: int = REPEATS, count: int = DOCUMENTS) -> dict[str, float]:
    """Medians in seconds and the ratio that the project promises; floor and product take turns."""
    jobs = documents(floors, count)
    floors.rl_register()
    hand = floors.Hand()
    size = len(render_pdf(*jobs[0]))
    floor, ours, warm = [], [], []
    for _ in range(repeats):
        floor.append(floors.pdf_floor(lambda: hand.render, count, PROCESSES))
        ours.append(timed(jobs))
    with RenderPool(PROCESSES) as pool:
        timed(jobs[:100], pool)
        warm = [timed(jobs, pool) for _ in range(repeats)]
    after = memory(jobs, 3)
    base = statistics.median(floor)
    return {
        "hand_pdf_2p_s": base,
        "pdf_2p_s": statistics.median(ours),
        "pdf_2p_over_floor": statistics.median(ours) / base,
        "warm_pool_s": statistics.median(warm),
        "cold_s": statistics.median(cold(count) for _ in range(repeats)),
        "documents_per_s": count / statistics.median(ours),
        "bytes": size,
        "worker_mb_first": after[0],
        "worker_mb_last": after[-1],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", type=int)
    chosen = parser.parse_args()
    if chosen.cold:
        print(timed(documents(load(), chosen.cold)))
        return
    figures = measure(load())
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
