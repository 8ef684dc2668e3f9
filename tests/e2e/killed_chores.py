"""Kills imports, payments, upgrades, backups and restores at random points, and looks at what is left.

python -m tests.e2e.killed_chores FOLDER SEED COUNT prints one JSON object; COUNT kills of each chore.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from alembic import command

from db import ddl, upgrades
from db.backup import copy_book, faults, put_in_place
from db.book_files import open_book
from db.engine import PLAIN, Book, Driver
from desktop.services.check import check
from desktop.services.imports import import_file
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.contracts import ANNE, rows, value
from tests.e2e.killing import Step, killed, traced
from tests.issued import add_client, add_invoice

TODAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
_MONEY = (
    "SELECT number, client_id, paid_on, amount, reference, reverses_id FROM payment ORDER BY id",
    "SELECT kind, dated, open_item_id, payment_id, amount FROM allocation ORDER BY id",
    "SELECT payment_id, amount, open FROM open_credit ORDER BY id",
    "SELECT id, open FROM open_item ORDER BY id",
    "SELECT role, client_id, amount FROM posting ORDER BY id",
)
_CLIENTS = "".join(f"K{k:03d},Client {k},Weg {k},5311{k % 10},Bonn,DE,EUR\n" for k in range(200))


class _NoBook:
    """In the place of a book where the work opens what it needs."""

    def close(self) -> None: ...


@dataclass(frozen=True)
class Chore:
    """`work` is done on the files of a folder by a victim; `proof` finishes what it left and says what is wrong."""

    work: Callable[[Path, Driver], object]
    proof: Callable[[Path], list[str]]


def opened(path: Path, driver: Driver = PLAIN) -> Book:
    book = open_book(path, driver=driver)
    book.clock = lambda: NOON
    return book


def told(book: Book) -> list[list[tuple[Any, ...]]]:
    return [rows(book, query) for query in _MONEY]


def take_in(folder: Path, driver: Driver = PLAIN) -> None:
    with opened(folder / "Harbour.sheaf", driver) as book:
        import_file(book, "clients", folder / "clients.csv", actor=ANNE, today=TODAY)


def whole_or_not_at_all(folder: Path) -> list[str]:
    wrong = []
    with opened(folder / "Harbour.sheaf") as book:
        before = value(book, "SELECT count(*) FROM client WHERE code LIKE 'K%'")
        if before not in (0, 200):
            wrong.append(f"{before} of 200 clients")
    take_in(folder)
    with opened(folder / "Harbour.sheaf") as book:
        if (after := value(book, "SELECT count(*) FROM client WHERE code LIKE 'K%'")) != 200:
            wrong.append(f"{after} of 200 clients after the second import")
        if (batches := value(book, "SELECT count(*) FROM import_batch")) != 1:
            wrong.append(f"{batches} batches")
        wrong += [str(problem) for problem in check(book).problems]
    return wrong


def pay(folder: Path, driver: Driver = PLAIN) -> None:
    """Twenty payments, each known by its reference, every fourth given back; goes on where it was left."""
    with opened(folder / "Harbour.sheaf", driver) as book:
        for k in range(20):
            found = rows(book, "SELECT number FROM payment WHERE reference = ? AND reverses_id IS NULL", f"R{k}")
            number = (
                found[0][0]
                if found
                else record_payment(
                    book,
                    amount=4_000 + 2_571 * (k % 5),
                    paid_on=date(2026, 2, 1) + timedelta(k),
                    actor=ANNE,
                    today=TODAY,
                    numbers=[f"INV-2026-{k % 6 + 1:04d}"],
                    reference=f"R{k}",
                ).payment
            )
            back = "SELECT 1 FROM payment p JOIN payment r ON r.reverses_id = p.id WHERE p.number = ?"
            if k % 4 == 3 and not rows(book, back, number):
                reverse_payment(book, number, on=date(2026, 3, 1), reason="bounced", actor=ANNE, today=TODAY)


def paid_as_if_nothing_had_been(expected: list[list[tuple[Any, ...]]]) -> Callable[[Path], list[str]]:
    def proof(folder: Path) -> list[str]:
        with opened(folder / "Harbour.sheaf") as book:
            wrong = [str(problem) for problem in check(book).problems]
        pay(folder)
        with opened(folder / "Harbour.sheaf") as book:
            wrong += [str(problem) for problem in check(book).problems]
            if told(book) != expected:
                wrong.append("other payments than without the kill")
        return wrong

    return proof


def bring_up(folder: Path, driver: Driver = PLAIN) -> None:
    upgrades.upgrade(folder / "old.sheaf", driver=driver)


def upgraded_with_its_rows(expected: list[list[tuple[Any, ...]]]) -> Callable[[Path], list[str]]:
    def proof(folder: Path) -> list[str]:
        with opened(folder / "old.sheaf") as book:
            wrong = [str(problem) for problem in check(book).problems]
            if told(book) != expected:
                wrong.append("other rows than before")
        for backup in folder.glob("old before upgrade*"):
            wrong += faults(backup)
        return wrong

    return proof


def back_up(folder: Path, driver: Driver = PLAIN) -> None:
    copy_book(folder / "Harbour.sheaf", folder / "copy.sheaf", driver=driver)


def whole_copy_or_none(folder: Path) -> list[str]:
    copy = folder / "copy.sheaf"
    wrong = []
    if copy.exists():
        with opened(copy) as book:
            wrong += [str(problem) for problem in check(book).problems]
    back_up(folder)
    for path in (copy, folder / "Harbour.sheaf"):
        with opened(path) as book:
            wrong += [str(problem) for problem in check(book).problems]
    return wrong


def restore(folder: Path, driver: Driver = PLAIN) -> None:
    put_in_place(folder / "backup.sheaf", folder / "paid.sheaf", driver=driver)


def one_of_the_two(folder: Path) -> list[str]:
    """The book with its payments, or the backup from before them and the book kept beside it."""
    wrong = []
    with opened(folder / "paid.sheaf") as book:
        wrong += [str(problem) for problem in check(book).problems]
        standing = value(book, "SELECT count(*) FROM payment")
    kept = list(folder.glob("paid replaced*"))
    if standing == 0 and len(kept) != 1:
        wrong.append(f"{len(kept)} kept books")
    for path in kept:
        with opened(path) as book:
            wrong += [str(problem) for problem in check(book).problems]
            if value(book, "SELECT count(*) FROM payment") == 0:
                wrong.append("the kept book has lost its payments")
    return wrong


def prepared(folder: Path) -> dict[str, Chore]:
    """The folder that each victim gets a copy of, and the chores."""
    folder.mkdir()
    with new_book(folder) as book:
        book.clock = lambda: NOON
        for k in range(6):
            add_invoice(book, add_client(book, f"C{k}"), date(2026, 1, 5), (10_000 + 777 * k, 19))
    shutil.copyfile(folder / "Harbour.sheaf", folder / "backup.sheaf")
    (folder / "clients.csv").write_text(f"code,name,street,postcode,city,country,currency\n{_CLIENTS}", "utf-8")
    done = Path(shutil.copytree(folder, folder.with_name("done")))
    pay(done)
    with opened(done / "Harbour.sheaf") as book:
        paid = told(book)
    for name in ("old.sheaf", "paid.sheaf"):
        shutil.copyfile(done / "Harbour.sheaf", folder / name)
    # Triggers of today guard tables that the first revision does not have; the upgrade makes them anew.
    untouched = mock.patch.object(ddl, "trigger_statements", return_value=[])
    with untouched, upgrades.migrating(folder / "old.sheaf") as (_, config):
        command.downgrade(config, "0001")
    return {
        "import": Chore(take_in, whole_or_not_at_all),
        "payments": Chore(pay, paid_as_if_nothing_had_been(paid)),
        "upgrade": Chore(bring_up, upgraded_with_its_rows(paid)),
        "backup": Chore(back_up, whole_copy_or_none),
        "restore": Chore(restore, one_of_the_two),
    }


def main() -> None:
    folder, seed, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    source = folder / "source"
    chores = prepared(source)
    kills: dict[str, int] = {}
    wrong: list[str] = []
    for name, chore in chores.items():
        steps: list[str] = []
        whole = Path(shutil.copytree(source, folder / f"whole-{name}"))
        started = time.perf_counter()
        chore.work(whole, traced(steps.append))
        took = time.perf_counter() - started
        kills[name] = 0
        for k in range(count):
            place = Path(shutil.copytree(source, folder / f"{name}-{k}"))
            # Every fifth by the clock, which also meets a rename or a commit half-way.
            at = 0 if k % 5 == 0 else chance.randint(1, len(steps))
            told_to: list[Step] = []

            def begin(step: Step, told_to: list[Step] = told_to) -> Any:
                told_to.append(step)
                return _NoBook()

            def work(_book: Any, place: Path = place, chore: Chore = chore, told_to: list[Step] = told_to) -> object:
                return chore.work(place, traced(told_to[0]))

            kills[name] += killed(begin, work, at, chance.random() * took if not at else None)
            wrong += [f"{name}, statement {at}: {problem}" for problem in chore.proof(place)]
            shutil.rmtree(place)
    print(json.dumps({"kills": kills, "wrong": wrong}))


if __name__ == "__main__":
    main()
