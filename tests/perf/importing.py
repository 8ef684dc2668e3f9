"""How long a time sheet of 100,000 rows takes to read, as a multiple of csv.reader over the same file.

Run it from the root of the project: `.venv/bin/python -m tests.perf.importing`. Medians of five; memory of one pass.
"""

import csv
import random
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from desktop.importing.files import open_file
from desktop.importing.kinds import headers
from desktop.importing.preview import preview
from desktop.importing.results import Row
from desktop.importing.tables import open_table

ROWS = 100_000
RUNS = 5


def write_time_sheet(path: Path) -> None:
    """As a tracker exports it: days and people repeat, ids and notes do not."""
    dice = random.Random(1)
    people = [f"Person {number}" for number in range(40)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers("time"))
        for number in range(ROWS):
            day = date(2026, 1, 1) + timedelta(days=dice.randrange(365))
            hours = f"{dice.randrange(1, 33) / 4:.2f}"
            agreement, item = f"A-{dice.randrange(500):04}", dice.choice(("DEV", "OPS", "DOC"))
            rate, note = f"{dice.randrange(80, 200)}.00", f"Ticket {number}: réparé, testé"
            writer.writerow((f"T{number}", agreement, day, dice.choice(people), item, hours, rate, note))


def median(work: Callable[[], object]) -> float:
    seconds = []
    for _run in range(RUNS):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def floor(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _row in csv.reader(file))


def records(path: Path) -> int:
    return sum(1 for _record in open_table(path).records())


def rows(path: Path) -> int:
    return sum(isinstance(result, Row) for result in open_file(path, "time").rows())


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "time.csv"
        write_time_sheet(path)
        assert floor(path) == ROWS + 1
        assert records(path) == ROWS
        assert rows(path) == ROWS
        base = median(lambda: floor(path))
        print(f"csv.reader   {base:6.3f} s")
        for name, work in (("open, records", records), ("open, rows", rows)):
            seconds = median(lambda work=work: work(path))  # type: ignore[misc]
            print(f"{name:13}{seconds:6.3f} s  {seconds / base:5.1f} x")
        seconds = median(lambda: preview(path, "time"))
        print(f"{'preview':13}{seconds:6.3f} s  {seconds / base:5.1f} x")
        tracemalloc.start()
        rows(path)
        print(f"memory of one pass {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
