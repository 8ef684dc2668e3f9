"""What the rail shows: the firm, and how many things of each place need a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.engine import Book
from desktop.services import hygiene
from desktop.services.today import pressing_items


@dataclass(frozen=True, slots=True)
class Overview:
    """`waiting` counts by place: drafts held or failed, unused money of clients, and what did not reach its client."""

    firm: str
    currency: str
    waiting: dict[str, int]


def overview(book: Book) -> Overview:
    with book.reading() as session:
        connection = session.connection()
        firm, currency = connection.exec_driver_sql("SELECT name, currency FROM firm").one()
        # Drafts that wait are of runs that are not done; those of the others are many and wide.
        drafts = connection.exec_driver_sql(
            """SELECT count(*) FROM draft WHERE state IN ('held', 'failed')
            AND run_id IN (SELECT id FROM run WHERE state IN ('planning', 'issuing', 'review'))"""
        ).scalar_one()
        credits = connection.exec_driver_sql(
            "SELECT count(*) FROM open_credit WHERE open > 0 AND payment_id IS NOT NULL"
        ).scalar_one()
        astray = connection.exec_driver_sql(
            """SELECT (SELECT count(*) FROM delivery WHERE state <> 'sent' AND state IN ('failed', 'uncertain')
            AND current = 1) + (SELECT count(*) FROM delivery WHERE fate <> '' AND fate = 'bounced' AND current = 1)"""
        ).scalar_one()
    waiting = {"runs": int(drafts), "payments": int(credits), "outbox": int(astray)}
    return Overview(str(firm), str(currency), waiting)


def pressing(book: Book, today: date, now: str) -> dict[str, int]:
    """By place what takes longer to count: things late or for today, and matters that would stop or hold a run.

    `now` is UTC text.
    """
    return {"today": pressing_items(book, today, now), "hygiene": hygiene.pressing(book, today)}
