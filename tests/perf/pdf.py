"""How long 2,000 invoices of 8 lines take on two processes, against hand-written PDFs on two processes: as plain paper
and as Factur-X, both PDF/A-3 with tags.

Run it from the root of the project: `.venv/bin/python -m tests.perf.pdf`. The floor forks processes that have their
fonts encoded already, so the ratios are those of a pool that is warm. `started_*` count the start of the pool as well,
`cold_*` everything that a program does that has rendered nothing yet. With `--many 20000` it looks at the memory alone,
with `--templates` at what each finished template costs in each language.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import ModuleType

import psutil  # type: ignore[import-untyped]

from desktop.documents.batch import RenderPool, render_batch
from desktop.documents.render import compose, render_pdf
from desktop.documents.words import LANGUAGES
from desktop.domain.document import Document, DocumentLine, DocumentTax, Party, TemplateVersion
from desktop.domain.template import layout_from
from desktop.paths import resource
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
                quantity=_scaled(thousandths, 1000),
                unit="hour",
                unit_price=_scaled(cents, 100),
                net=net,
                category="S",
                rate=_scaled(rate, 100),
            )
            for position, (words, thousandths, cents, rate, net) in enumerate(invoice["lines"], 1)
        )
        taxes = [DocumentTax("S", _scaled(rate, 100), *sums) for rate, sums in sorted(invoice["tax"].items())]
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


@cache
def _scaled(value: int, scale: int) -> Decimal:
    """Equal figures are one object, as in what the service reads from a book."""
    return Decimal(value) / scale


def timed(jobs: list[tuple[Document, TemplateVersion]], pool: RenderPool | None = None, form: str = "pdf") -> float:
    """Seconds for all files, in a folder of their own; files made anew over old ones would measure the file system."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        written = list(render_batch(jobs, Path(folder) / "pdf", processes=PROCESSES, pool=pool, form=form))
        took = time.perf_counter() - started
    if len(written) != len(jobs):
        raise SystemExit(f"{len(written)} files instead of {len(jobs)}")
    return took


def cold(count: int, form: str) -> float:
    """The same in a program that has rendered nothing before."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.perf.pdf", "--cold", str(count), "--form", form],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def memory(floors: ModuleType, count: int, form: str = "facturx") -> dict[str, float]:
    """Megabytes of the program and of its largest process after a tenth of the documents and after all of them.

    Each has a number and a buyer of its own, so that nothing comes back that could be remembered.
    """
    known = documents(floors, DOCUMENTS)

    def stream() -> Iterator[tuple[Document, TemplateVersion]]:
        for position in range(count):
            paper, template = known[position % len(known)]
            buyer = replace(paper.buyer, name=f"{paper.buyer.name} {position}", city=f"Town {position}")
            yield replace(paper, number=f"M-{position:06d}", buyer=buyer), template

    found: dict[str, float] = {}
    with RenderPool(PROCESSES) as pool, tempfile.TemporaryDirectory() as folder:
        for done, row in enumerate(render_batch(stream(), Path(folder), pool=pool, form=form, total=count), 1):
            row.path.unlink()
            if done in (count // 10, count):
                name = "first" if done < count else "last"
                found[f"program_mb_{name}"] = psutil.Process().memory_info().rss / 2**20
                found[f"worker_mb_{name}"] = max(
                    psutil.Process(number).memory_info().rss / 2**20 for number in pool.process_ids()
                )
    return found


def measure(floors: ModuleType, repeats: int = REPEATS, count: int = DOCUMENTS) -> dict[str, float]:
    """Medians in seconds and the ratios that the project promises; floor and product take turns."""
    jobs = documents(floors, count)
    floors.rl_register()
    hand = floors.Hand()
    took: dict[str, list[float]] = {"hand_pdf_2p": [], "pdf_2p": [], "facturx_2p": []}
    with RenderPool(PROCESSES) as pool:
        for form in ("pdf", "facturx"):
            timed(jobs[:200], pool, form)
        for _ in range(repeats):
            took["hand_pdf_2p"].append(floors.pdf_floor(lambda: hand.render, count, PROCESSES))
            took["pdf_2p"].append(timed(jobs, pool))
            took["facturx_2p"].append(timed(jobs, pool, "facturx"))
    for form in ("pdf", "facturx"):
        took[f"started_{form}_2p"] = [timed(jobs, form=form) for _ in range(repeats)]
        took[f"cold_{form}_2p"] = [cold(count, form) for _ in range(repeats)]
    median = {name: statistics.median(times) for name, times in took.items()}
    base = median["hand_pdf_2p"]
    return {
        **{f"{name}_s": seconds for name, seconds in median.items()},
        **{f"{name}_over_floor": seconds / base for name, seconds in median.items() if name != "hand_pdf_2p"},
        "documents_per_s": count / median["pdf_2p"],
        "pdf_bytes": len(render_pdf(*jobs[0])),
        "facturx_bytes": len(render_pdf(*jobs[0], "facturx")),
    }


def by_template(floors: ModuleType, count: int = 200, repeats: int = 5) -> Iterator[tuple[str, str, float, float]]:
    """(template, language, milliseconds of processor as PDF, as Factur-X) of setting one document in this process.

    The least of the repeats: what another program took of the processor is not ours.
    """
    known = documents(floors, count)
    for file in sorted((resource("templates")).glob("*.json")):
        layout = layout_from(json.loads(file.read_text(encoding="utf-8"))["layout"])
        template = replace(known[0][1], layout=layout)
        for language in LANGUAGES:
            papers = [replace(paper, language=language) for paper, _template in known]
            took = []
            for form in ("pdf", "facturx"):
                times = []
                for _ in range(repeats):
                    started = time.process_time()
                    for paper in papers:
                        compose(paper, template, form)
                    times.append((time.process_time() - started) / count * 1000)
                took.append(min(times))
            yield file.stem, language, took[0], took[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", type=int)
    parser.add_argument("--form", default="pdf")
    parser.add_argument("--many", type=int)
    parser.add_argument("--templates", action="store_true")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    chosen = parser.parse_args()
    if chosen.cold:
        print(timed(documents(load(), chosen.cold), form=chosen.form))
        return
    if chosen.templates:
        print(f"{'template':20}{'language':10}{'pdf ms':>8}{'facturx ms':>12}")
        for name, language, pdf, facturx in by_template(load()):
            print(f"{name:20}{language:10}{pdf:8.3f}{facturx:12.3f}")
        return
    figures = memory(load(), chosen.many) if chosen.many else measure(load(), chosen.repeats)
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
